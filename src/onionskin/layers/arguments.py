"""What the common arguments of layers say: a dtype, and the input's shape in the old style."""

from __future__ import annotations

from typing import Any

from onionskin import dtype_policies
from onionskin.base.errors import ArgumentError, OnionskinError
from onionskin.dtype_policies import DTypePolicy


def layer_policy(dtype: Any, where: str) -> DTypePolicy:
    """Return the policy that a layer's argument `dtype` names: a dtype, a policy, or one from a configuration."""
    try:
        return dtype_policies.get(dtype)
    except OnionskinError as error:
        raise error.within(where) from None


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
