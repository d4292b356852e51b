"""What the common arguments of layers say: a dtype, and the input's shape in the old style."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import ArgumentError
from onionskin.base.specs import dtype_name


def layer_dtype(dtype: Any, name: str) -> str:
    """Return the dtype that an argument or a policy in a configuration names; refuse mixed precision."""
    text = dtype if isinstance(dtype, str) else getattr(dtype, "name", dtype)
    if isinstance(text, dict):
        text = text.get("config", {}).get("name")
    if isinstance(text, str) and text.startswith("mixed_"):
        raise ArgumentError(
            "mixed precision policies are not supported.",
            where=f"layer '{name}'",
            given=repr(text),
            fix="use dtype='float32' (or 'float64', 'float16')",
        )
    return dtype_name(text)


def announced_shape(kwargs: dict[str, Any], where: str) -> tuple[Any, ...] | None:
    """Return the batch input shape that old-style arguments announce; refuse unknown arguments."""
    shape = kwargs.pop("input_shape", None)
    dim = kwargs.pop("input_dim", None)
    batch = kwargs.pop("batch_size", None)
    whole = kwargs.pop("batch_input_shape", None)
    if kwargs:
        first = next(iter(kwargs))
        raise ArgumentError("there is no such argument.", where=where, given=f"{first}={kwargs[first]!r}")
    if whole is not None:
        return tuple(whole)
    if shape is None and dim is not None:
        shape = (dim,)
    return None if shape is None else (batch, *((shape,) if isinstance(shape, int) else shape))
