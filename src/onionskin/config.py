"""Settings that users may change, under the names of `keras.config`."""

from onionskin.base.config import epsilon as epsilon
from onionskin.base.config import floatx as floatx
from onionskin.base.config import image_data_format as image_data_format
from onionskin.base.config import set_epsilon as set_epsilon
from onionskin.base.config import set_floatx as set_floatx
from onionskin.base.config import set_image_data_format as set_image_data_format
from onionskin.dtype_policies import dtype_policy as dtype_policy
from onionskin.dtype_policies import set_dtype_policy as set_dtype_policy
