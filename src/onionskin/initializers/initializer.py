"""The base of initializers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import OnionskinError, ShapeError
from onionskin.base.specs import whole_number


class Initializer:
    """Base of initializers: `init(shape, dtype)` returns the first values of a weight.

    Subclasses define `__call__` and, where they take arguments, `get_config`.
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        """Return an array of a shape and dtype; the default float dtype where None."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __call__(self, shape, dtype=None)")

    def _sizes(self, shape: Any) -> tuple[int, ...]:
        """Return a shape as whole numbers; one number is a shape of one axis.

        Raises:
            DTypeError: a size is no whole number.
            ShapeError: a size is negative.
        """
        listed = tuple(shape) if isinstance(shape, Iterable) and not isinstance(shape, str) else (shape,)
        try:
            found = tuple(whole_number(size, "a size") for size in listed)
        except OnionskinError as error:
            raise error.within(type(self).__name__) from None
        if any(size < 0 for size in found):
            raise ShapeError("a size is negative.", where=type(self).__name__, given=f"shape {found}")
        return found

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal initializer."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Initializer:
        """Make an initializer from what `get_config` returned."""
        return cls(**config)

    def clone(self) -> Initializer:
        """Return a new initializer with the same arguments."""
        return type(self).from_config(self.get_config())
