"""Parts of networks, with weights: the layers of Keras 3 under its names."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door
from onionskin.base.registry import LAYERS
from onionskin.layers import copies as _copies  # noqa: F401 - tells `copy` and `pickle` of tensors
from onionskin.layers.unsupported import refuse_absent

if TYPE_CHECKING:
    from onionskin.layers.activation import Activation as Activation
    from onionskin.layers.activations import ELU as ELU
    from onionskin.layers.activations import LeakyReLU as LeakyReLU
    from onionskin.layers.activations import PReLU as PReLU
    from onionskin.layers.activations import ReLU as ReLU
    from onionskin.layers.activations import Softmax as Softmax
    from onionskin.layers.dense import Dense as Dense
    from onionskin.layers.dropout import Dropout as Dropout
    from onionskin.layers.dropout import SpatialDropout1D as SpatialDropout1D
    from onionskin.layers.dropout import SpatialDropout2D as SpatialDropout2D
    from onionskin.layers.dropout import SpatialDropout3D as SpatialDropout3D
    from onionskin.layers.einsum_dense import EinsumDense as EinsumDense
    from onionskin.layers.embedding import Embedding as Embedding
    from onionskin.layers.input import Input as Input
    from onionskin.layers.input import InputLayer as InputLayer
    from onionskin.layers.input_spec import InputSpec as InputSpec
    from onionskin.layers.lambda_layer import Lambda as Lambda
    from onionskin.layers.layer import Layer as Layer
    from onionskin.layers.masking import Masking as Masking
    from onionskin.layers.merged import add as add
    from onionskin.layers.merged import average as average
    from onionskin.layers.merged import concatenate as concatenate
    from onionskin.layers.merged import dot as dot
    from onionskin.layers.merged import maximum as maximum
    from onionskin.layers.merged import minimum as minimum
    from onionskin.layers.merged import multiply as multiply
    from onionskin.layers.merged import subtract as subtract
    from onionskin.layers.merging import Add as Add
    from onionskin.layers.merging import Average as Average
    from onionskin.layers.merging import Concatenate as Concatenate
    from onionskin.layers.merging import Dot as Dot
    from onionskin.layers.merging import Maximum as Maximum
    from onionskin.layers.merging import Minimum as Minimum
    from onionskin.layers.merging import Multiply as Multiply
    from onionskin.layers.merging import Subtract as Subtract
    from onionskin.layers.naming import reset_names as reset_names
    from onionskin.layers.noise import AlphaDropout as AlphaDropout
    from onionskin.layers.noise import GaussianDropout as GaussianDropout
    from onionskin.layers.noise import GaussianNoise as GaussianNoise
    from onionskin.layers.normalization import BatchNormalization as BatchNormalization
    from onionskin.layers.normalization import GroupNormalization as GroupNormalization
    from onionskin.layers.normalization import LayerNormalization as LayerNormalization
    from onionskin.layers.normalization import RMSNormalization as RMSNormalization
    from onionskin.layers.normalization import SpectralNormalization as SpectralNormalization
    from onionskin.layers.normalization import UnitNormalization as UnitNormalization
    from onionskin.layers.numpy_layer import NumpyLayer as NumpyLayer
    from onionskin.layers.padding import Cropping1D as Cropping1D
    from onionskin.layers.padding import Cropping2D as Cropping2D
    from onionskin.layers.padding import Cropping3D as Cropping3D
    from onionskin.layers.padding import UpSampling1D as UpSampling1D
    from onionskin.layers.padding import UpSampling2D as UpSampling2D
    from onionskin.layers.padding import UpSampling3D as UpSampling3D
    from onionskin.layers.padding import ZeroPadding1D as ZeroPadding1D
    from onionskin.layers.padding import ZeroPadding2D as ZeroPadding2D
    from onionskin.layers.padding import ZeroPadding3D as ZeroPadding3D
    from onionskin.layers.passing import ActivityRegularization as ActivityRegularization
    from onionskin.layers.passing import Identity as Identity
    from onionskin.layers.preprocessing import CategoryEncoding as CategoryEncoding
    from onionskin.layers.preprocessing import Discretization as Discretization
    from onionskin.layers.preprocessing import HashedCrossing as HashedCrossing
    from onionskin.layers.preprocessing import Hashing as Hashing
    from onionskin.layers.preprocessing import IntegerLookup as IntegerLookup
    from onionskin.layers.preprocessing import Normalization as Normalization
    from onionskin.layers.preprocessing import Rescaling as Rescaling
    from onionskin.layers.preprocessing import StringLookup as StringLookup
    from onionskin.layers.reshaping import Flatten as Flatten
    from onionskin.layers.reshaping import Permute as Permute
    from onionskin.layers.reshaping import RepeatVector as RepeatVector
    from onionskin.layers.reshaping import Reshape as Reshape
    from onionskin.layers.serialization import deserialize as deserialize
    from onionskin.layers.serialization import serialize as serialize
    from onionskin.layers.wrappers import TimeDistributed as TimeDistributed
    from onionskin.layers.wrappers import Wrapper as Wrapper

_door = Door(
    __name__,
    {
        "onionskin.layers.activation": "Activation",
        "onionskin.layers.activations": "ELU LeakyReLU PReLU ReLU Softmax",
        "onionskin.layers.dense": "Dense",
        "onionskin.layers.dropout": "Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D",
        "onionskin.layers.einsum_dense": "EinsumDense",
        "onionskin.layers.embedding": "Embedding",
        "onionskin.layers.input": "Input InputLayer",
        "onionskin.layers.input_spec": "InputSpec",
        "onionskin.layers.lambda_layer": "Lambda",
        "onionskin.layers.layer": "Layer",
        "onionskin.layers.masking": "Masking",
        "onionskin.layers.merged": "add average concatenate dot maximum minimum multiply subtract",
        "onionskin.layers.merging": "Add Average Concatenate Dot Maximum Minimum Multiply Subtract",
        "onionskin.layers.naming": "reset_names",
        "onionskin.layers.noise": "AlphaDropout GaussianDropout GaussianNoise",
        "onionskin.layers.normalization": (
            "BatchNormalization GroupNormalization LayerNormalization RMSNormalization "
            "SpectralNormalization UnitNormalization"
        ),
        "onionskin.layers.numpy_layer": "NumpyLayer",
        "onionskin.layers.padding": (
            "Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D "
            "ZeroPadding2D ZeroPadding3D"
        ),
        "onionskin.layers.passing": "ActivityRegularization Identity",
        "onionskin.layers.preprocessing": (
            "CategoryEncoding Discretization HashedCrossing Hashing IntegerLookup Normalization Rescaling StringLookup"
        ),
        "onionskin.layers.reshaping": "Flatten Permute RepeatVector Reshape",
        "onionskin.layers.serialization": "deserialize serialize",
        "onionskin.layers.wrappers": "TimeDistributed Wrapper",
    },
    refuse_absent,
)
__getattr__, __dir__ = _door.find, _door.names
LAYERS.filled_by(_door)
