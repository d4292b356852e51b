"""What weights are held to after each update."""

from onionskin.constraints.lookup import deserialize as deserialize
from onionskin.constraints.lookup import get as get
from onionskin.constraints.lookup import serialize as serialize
from onionskin.constraints.norms import Constraint as Constraint
from onionskin.constraints.norms import MaxNorm as MaxNorm
from onionskin.constraints.norms import MaxNorm as max_norm  # noqa: F401,N813 - Keras's other name
from onionskin.constraints.norms import MinMaxNorm as MinMaxNorm
from onionskin.constraints.norms import MinMaxNorm as min_max_norm  # noqa: F401,N813 - Keras's other name
from onionskin.constraints.norms import NonNeg as NonNeg
from onionskin.constraints.norms import NonNeg as non_neg  # noqa: F401,N813 - Keras's other name
from onionskin.constraints.norms import UnitNorm as UnitNorm
from onionskin.constraints.norms import UnitNorm as unit_norm  # noqa: F401,N813 - Keras's other name
