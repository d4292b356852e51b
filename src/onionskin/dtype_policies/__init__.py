"""What dtypes a layer computes in and keeps its weights in: policies, under the names of `keras.dtype_policies`."""

from typing import Any

from onionskin.base.errors import UnknownNameError as _UnknownNameError
from onionskin.dtype_policies.lookup import deserialize as deserialize
from onionskin.dtype_policies.lookup import dtype_policy as dtype_policy
from onionskin.dtype_policies.lookup import get as get
from onionskin.dtype_policies.lookup import serialize as serialize
from onionskin.dtype_policies.lookup import set_dtype_policy as set_dtype_policy
from onionskin.dtype_policies.policy import DTypePolicy as DTypePolicy
from onionskin.dtype_policies.policy import FloatDTypePolicy as FloatDTypePolicy

_ABSENT = {
    "DTypePolicyMap": "give each layer its own dtype=",
    **dict.fromkeys(
        ("AWQDTypePolicy", "GPTQDTypePolicy", "Int4DTypePolicy", "QuantizedDTypePolicy", "QuantizedFloat8DTypePolicy"),
        "nothing is quantized here: use DTypePolicy('mixed_float16') where memory is short",
    ),
}


def __getattr__(name: str) -> Any:
    if name in _ABSENT:
        raise _UnknownNameError(
            "there is no such policy here.", where=f"onionskin.dtype_policies.{name}", fix=_ABSENT[name]
        )
    raise AttributeError(f"module 'onionskin.dtype_policies' has no attribute {name!r}")
