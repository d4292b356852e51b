"""Settings that users may change, under the names of `keras.config`."""

from onionskin.base.config import epsilon as epsilon
from onionskin.base.config import floatx as floatx
from onionskin.base.config import set_epsilon as set_epsilon
from onionskin.base.config import set_floatx as set_floatx
