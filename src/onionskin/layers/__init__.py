"""Parts of networks, with weights: the layers of Keras 3 under its names."""

from onionskin.layers.activation import Activation as Activation
from onionskin.layers.dense import Dense as Dense
from onionskin.layers.dropout import Dropout as Dropout
from onionskin.layers.input import Input as Input
from onionskin.layers.input import InputLayer as InputLayer
from onionskin.layers.input_spec import InputSpec as InputSpec
from onionskin.layers.layer import Layer as Layer
from onionskin.layers.naming import reset_names as reset_names
from onionskin.layers.reshaping import Flatten as Flatten
from onionskin.layers.reshaping import Rescaling as Rescaling
from onionskin.layers.reshaping import Reshape as Reshape
