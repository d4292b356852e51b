"""Parts of networks, with weights: the layers of Keras 3 under its names."""

from onionskin.layers.activation import Activation as Activation
from onionskin.layers.dense import Dense as Dense
from onionskin.layers.dropout import Dropout as Dropout
from onionskin.layers.dropout import SpatialDropout1D as SpatialDropout1D
from onionskin.layers.dropout import SpatialDropout2D as SpatialDropout2D
from onionskin.layers.dropout import SpatialDropout3D as SpatialDropout3D
from onionskin.layers.input import Input as Input
from onionskin.layers.input import InputLayer as InputLayer
from onionskin.layers.layer import Layer as Layer
from onionskin.layers.naming import reset_names as reset_names
from onionskin.layers.noise import AlphaDropout as AlphaDropout
from onionskin.layers.noise import GaussianDropout as GaussianDropout
from onionskin.layers.noise import GaussianNoise as GaussianNoise
from onionskin.layers.normalization import BatchNormalization as BatchNormalization
from onionskin.layers.normalization import GroupNormalization as GroupNormalization
from onionskin.layers.normalization import LayerNormalization as LayerNormalization
from onionskin.layers.normalization import RMSNormalization as RMSNormalization
from onionskin.layers.normalization import UnitNormalization as UnitNormalization
from onionskin.layers.reshaping import Flatten as Flatten
from onionskin.layers.reshaping import Rescaling as Rescaling
from onionskin.layers.reshaping import Reshape as Reshape
