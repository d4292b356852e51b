"""The base of initializers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


class Initializer:
    """Base of initializers: `init(shape, dtype)` returns the first values of a weight.

    Subclasses define `__call__` and, where they take arguments, `get_config`.
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        """Return an array of a shape and dtype; the default float dtype where None."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __call__(self, shape, dtype=None)")

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
