"""Settings that users may change, under the names of `keras.config`."""

from onionskin.base.config import epsilon, floatx, set_epsilon, set_floatx

__all__ = ["epsilon", "floatx", "set_epsilon", "set_floatx"]
