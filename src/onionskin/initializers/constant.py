"""Initializers without chance: zeros, ones and given values."""

from __future__ import annotations

import reprlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError
from onionskin.base.specs import dtype_name
from onionskin.initializers.initializer import Initializer
from onionskin.initializers.lookup import INITIALIZERS


def dtype_or_default(dtype: Any) -> str:
    """Return the name of a dtype, the default float dtype where None."""
    return floatx() if dtype is None else dtype_name(dtype)


@INITIALIZERS.entry("zero")
class Zeros(Initializer):
    """All zeros.

    Example:
        >>> print(Zeros()((2,)))
        [0. 0.]
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        """Return zeros of a shape and dtype."""
        return np.zeros(self._sizes(shape), dtype_or_default(dtype))


@INITIALIZERS.entry("one")
class Ones(Initializer):
    """All ones.

    Example:
        >>> print(Ones()((2,)))
        [1. 1.]
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        """Return ones of a shape and dtype."""
        return np.ones(self._sizes(shape), dtype_or_default(dtype))


@INITIALIZERS.entry()
class Constant(Initializer):
    """One value everywhere, or an array that broadcasts to the shape.

    Args:
        value: a number or an array.

    Example:
        >>> print(Constant(0.5)((2,)))
        [0.5 0.5]
    """

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        """Return the value in a shape and dtype."""
        sizes = self._sizes(shape)
        try:
            return np.full(sizes, self.value, dtype_or_default(dtype))
        except ValueError:
            raise ArgumentError(
                "this value cannot fill a weight.", where="Constant",
                expected=f"a number, or an array that broadcasts to {sizes}", given=reprlib.repr(self.value),
            ) from None  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal initializer."""
        if isinstance(self.value, bool | int | float):
            return {"value": self.value}
        array = np.asarray(self.value)
        return {"value": {"class_name": "__numpy__", "config": {"value": array.tolist(), "dtype": array.dtype.name}}}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Constant:
        """Make an initializer from what `get_config` returned."""
        value = config.get("value", 0.0)
        if isinstance(value, dict):
            value = np.array(value["config"]["value"], dtype_name(value["config"]["dtype"]))
        return cls(value)
