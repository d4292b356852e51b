"""Penalties that a layer adds to the loss to keep its weights small."""

from onionskin.regularizers.lookup import deserialize as deserialize
from onionskin.regularizers.lookup import get as get
from onionskin.regularizers.lookup import serialize as serialize
from onionskin.regularizers.penalties import L1 as L1
from onionskin.regularizers.penalties import L1 as l1  # noqa: F401,N811 - Keras's other name
from onionskin.regularizers.penalties import L1L2 as L1L2
from onionskin.regularizers.penalties import L1L2 as l1_l2  # noqa: F401,N811 - Keras's other name
from onionskin.regularizers.penalties import L2 as L2
from onionskin.regularizers.penalties import L2 as l2  # noqa: F401,N811 - Keras's other name
from onionskin.regularizers.penalties import OrthogonalRegularizer as OrthogonalRegularizer
from onionskin.regularizers.penalties import OrthogonalRegularizer as orthogonal_regularizer  # noqa: F401,N813 - Keras's other name
from onionskin.regularizers.penalties import Regularizer as Regularizer
