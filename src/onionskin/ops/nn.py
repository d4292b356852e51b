"""The namespace `ops.nn`, as in Keras: the operations of this family, all of which stand in `ops` too."""

# ruff: noqa: PLC0414 - the names are those of keras.ops, and offered here

from typing import Any as _Any

from onionskin.ops.activations import elu as elu
from onionskin.ops.activations import gelu as gelu
from onionskin.ops.activations import log_softmax as log_softmax
from onionskin.ops.activations import relu as relu
from onionskin.ops.activations import sigmoid as sigmoid
from onionskin.ops.activations import softmax as softmax
from onionskin.ops.activations import softplus as softplus
from onionskin.ops.alignment import ctc_loss as ctc_loss
from onionskin.ops.indexing import one_hot as one_hot
from onionskin.ops.losses import binary_crossentropy as binary_crossentropy
from onionskin.ops.losses import categorical_crossentropy as categorical_crossentropy
from onionskin.ops.losses import sparse_categorical_crossentropy as sparse_categorical_crossentropy
from onionskin.ops.names import explained as _explained
from onionskin.ops.normalization import batch_normalization as batch_normalization
from onionskin.ops.normalization import layer_normalization as layer_normalization
from onionskin.ops.normalization import normalize as normalize
from onionskin.ops.normalization import rms_normalization as rms_normalization
from onionskin.ops.patterns import depth_to_space as depth_to_space
from onionskin.ops.patterns import space_to_depth as space_to_depth
from onionskin.ops.rectifiers import celu as celu
from onionskin.ops.rectifiers import glu as glu
from onionskin.ops.rectifiers import hard_sigmoid as hard_sigmoid
from onionskin.ops.rectifiers import hard_silu as hard_silu
from onionskin.ops.rectifiers import hard_swish as hard_swish
from onionskin.ops.rectifiers import hard_tanh as hard_tanh
from onionskin.ops.rectifiers import leaky_relu as leaky_relu
from onionskin.ops.rectifiers import log_sigmoid as log_sigmoid
from onionskin.ops.rectifiers import relu6 as relu6
from onionskin.ops.rectifiers import selu as selu
from onionskin.ops.rectifiers import silu as silu
from onionskin.ops.rectifiers import softsign as softsign
from onionskin.ops.rectifiers import swish as swish
from onionskin.ops.shrinking import hard_shrink as hard_shrink
from onionskin.ops.shrinking import soft_shrink as soft_shrink
from onionskin.ops.shrinking import sparse_plus as sparse_plus
from onionskin.ops.shrinking import sparse_sigmoid as sparse_sigmoid
from onionskin.ops.shrinking import sparsemax as sparsemax
from onionskin.ops.shrinking import squareplus as squareplus
from onionskin.ops.shrinking import tanh_shrink as tanh_shrink
from onionskin.ops.shrinking import threshold as threshold
from onionskin.ops.statistics import moments as moments
from onionskin.ops.statistics import psnr as psnr
from onionskin.ops.updates import multi_hot as multi_hot


def __getattr__(name: str) -> _Any:
    raise AttributeError(_explained(__name__, name))
