"""Settings that users may change, under the names of `keras.config`."""

from onionskin.base.config import (
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)
from onionskin.base.doors import unlike_keras
from onionskin.dtype_policies import dtype_policy, set_dtype_policy

__all__ = [
    "dtype_policy",
    "epsilon",
    "floatx",
    "image_data_format",
    "set_dtype_policy",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
]

_EACH_CALL = "say it at each call: verbose=0, 1 or 2"
_INSTEAD = {
    "backend": "there is one backend; onionskin.engines.get() is what runs",
    "set_backend": "there is one backend; onionskin.set_engine() chooses what runs",
    "disable_interactive_logging": _EACH_CALL,
    "enable_interactive_logging": _EACH_CALL,
    "is_interactive_logging_enabled": _EACH_CALL,
    "disable_traceback_filtering": "tracebacks are never shortened",
    "enable_traceback_filtering": "tracebacks are never shortened",
    "is_traceback_filtering_enabled": "tracebacks are never shortened",
    "enable_unsafe_deserialization": "nothing in a file is ever run, and no setting changes that",
    "max_epochs": "pass epochs to fit",
    "set_max_epochs": "pass epochs to fit",
    "max_steps_per_epoch": "pass steps_per_epoch to fit",
    "set_max_steps_per_epoch": "pass steps_per_epoch to fit",
    "enable_flash_attention": "layers of attention come later",
    "disable_flash_attention": "layers of attention come later",
    "is_flash_attention_enabled": "layers of attention come later",
    "is_nnx_enabled": "Flax is not used",
}


__getattr__ = unlike_keras(__name__, _INSTEAD)
