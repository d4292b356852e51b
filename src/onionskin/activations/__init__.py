"""Activation functions, and the names that they go by."""

from onionskin.activations.lookup import deserialize as deserialize
from onionskin.activations.lookup import get as get
from onionskin.activations.lookup import serialize as serialize
from onionskin.activations.normalized import log_softmax as log_softmax
from onionskin.activations.normalized import softmax as softmax
from onionskin.activations.normalized import sparsemax as sparsemax
from onionskin.activations.piecewise import hard_sigmoid as hard_sigmoid
from onionskin.activations.piecewise import hard_silu as hard_silu
from onionskin.activations.piecewise import hard_silu as hard_swish  # noqa: F401 - its other name
from onionskin.activations.piecewise import hard_tanh as hard_tanh
from onionskin.activations.piecewise import leaky_relu as leaky_relu
from onionskin.activations.piecewise import linear as linear
from onionskin.activations.piecewise import relu as relu
from onionskin.activations.piecewise import relu6 as relu6
from onionskin.activations.piecewise import sign as sign
from onionskin.activations.piecewise import step as step
from onionskin.activations.shrinking import hard_shrink as hard_shrink
from onionskin.activations.shrinking import soft_shrink as soft_shrink
from onionskin.activations.shrinking import sparse_plus as sparse_plus
from onionskin.activations.shrinking import sparse_sigmoid as sparse_sigmoid
from onionskin.activations.shrinking import tanh_shrink as tanh_shrink
from onionskin.activations.shrinking import threshold as threshold
from onionskin.activations.smooth import celu as celu
from onionskin.activations.smooth import elu as elu
from onionskin.activations.smooth import exponential as exponential
from onionskin.activations.smooth import gelu as gelu
from onionskin.activations.smooth import glu as glu
from onionskin.activations.smooth import log_sigmoid as log_sigmoid
from onionskin.activations.smooth import mish as mish
from onionskin.activations.smooth import selu as selu
from onionskin.activations.smooth import sigmoid as sigmoid
from onionskin.activations.smooth import silu as silu
from onionskin.activations.smooth import silu as swish  # noqa: F401 - its other name
from onionskin.activations.smooth import softplus as softplus
from onionskin.activations.smooth import softsign as softsign
from onionskin.activations.smooth import squareplus as squareplus
from onionskin.activations.smooth import tanh as tanh
