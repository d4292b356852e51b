"""Activation functions, and the names that they go by."""

from onionskin.activations.lookup import deserialize as deserialize
from onionskin.activations.lookup import get as get
from onionskin.activations.lookup import serialize as serialize
from onionskin.activations.normalized import log_softmax as log_softmax
from onionskin.activations.normalized import softmax as softmax
from onionskin.activations.piecewise import hard_sigmoid as hard_sigmoid
from onionskin.activations.piecewise import leaky_relu as leaky_relu
from onionskin.activations.piecewise import linear as linear
from onionskin.activations.piecewise import relu as relu
from onionskin.activations.piecewise import relu6 as relu6
from onionskin.activations.piecewise import sign as sign
from onionskin.activations.piecewise import step as step
from onionskin.activations.smooth import elu as elu
from onionskin.activations.smooth import exponential as exponential
from onionskin.activations.smooth import gelu as gelu
from onionskin.activations.smooth import mish as mish
from onionskin.activations.smooth import selu as selu
from onionskin.activations.smooth import sigmoid as sigmoid
from onionskin.activations.smooth import silu as silu
from onionskin.activations.smooth import silu as swish  # noqa: F401 - its other name
from onionskin.activations.smooth import softplus as softplus
from onionskin.activations.smooth import softsign as softsign
from onionskin.activations.smooth import tanh as tanh
