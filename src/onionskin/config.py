"""Settings that users may change, under the names of `keras.config`."""

from onionskin.base.config import epsilon, floatx, set_epsilon, set_floatx
from onionskin.dtype_policies import dtype_policy, set_dtype_policy

__all__ = ["dtype_policy", "epsilon", "floatx", "set_dtype_policy", "set_epsilon", "set_floatx"]
