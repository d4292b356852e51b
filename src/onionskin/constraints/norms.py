"""Constraints on weights after each update: sign and norm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin import ops
from onionskin.base.config import epsilon
from onionskin.constraints.lookup import CONSTRAINTS

Axis = int | Sequence[int]


class Constraint:
    """Base of constraints: `__call__(w)` returns the weight as it may be.

    Subclasses define `__call__` and `get_config`.
    """

    def __call__(self, w: Any) -> Any:
        """Return the weight as it may be, in its own shape."""
        return w

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal constraint."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Constraint:
        """Make a constraint from what `get_config` returned."""
        return cls(**config)


def _norms(w: Any, axis: Axis) -> Any:
    return ops.sqrt(ops.sum(ops.square(w), axis=axis, keepdims=True))


@CONSTRAINTS.entry()
class NonNeg(Constraint):
    """Weights of at least 0: w ← max(w, 0).

    Example:
        >>> print(NonNeg()([-1.0, 2.0]))
        [0. 2.]
    """

    def __call__(self, w: Any) -> Any:
        """Return max(w, 0)."""
        return ops.maximum(w, 0)


@CONSTRAINTS.entry()
class MinMaxNorm(Constraint):
    """Norms between two bounds.

        w ← w · n' / (n + ε),  n = ‖w‖₂,  n' = rate · min(max(n, min_value), max_value) + (1 - rate) · n

    Args:
        min_value: smallest norm.
        max_value: largest norm.
        rate: how far an update goes towards the bounds, 1 for all the way.
        axis: axes along which the norm is taken; 0 for a dense kernel (one norm for each unit).

    Example:
        >>> print(MinMaxNorm(max_value=1.0)([3.0, 4.0]))
        [0.6 0.8]
    """

    def __init__(self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Axis = 0) -> None:
        self.min_value, self.max_value, self.rate, self.axis = min_value, max_value, rate, axis

    def __call__(self, w: Any) -> Any:
        """Return the weight with its norms between the bounds."""
        w = ops.convert_to_tensor(w)
        norms = _norms(w, self.axis)
        wanted = ops.clip(norms, self.min_value, self.max_value)
        if self.rate != 1:
            wanted = self.rate * wanted + (1 - self.rate) * norms
        return w * (wanted / (norms + epsilon()))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal constraint."""
        return {"min_value": self.min_value, "max_value": self.max_value, "rate": self.rate, "axis": self.axis}


@CONSTRAINTS.entry()
class MaxNorm(MinMaxNorm):
    """Norms of at most a bound: w ← w · min(n, max_value) / (n + ε), n = ‖w‖₂.

    Args:
        max_value: largest norm.
        axis: axes along which the norm is taken.

    Example:
        >>> print(MaxNorm(10.0)([3.0, 4.0]))
        [3. 4.]

    Source: Srivastava and others, "Dropout", JMLR 15, 2014.
    """

    def __init__(self, max_value: float = 2, axis: Axis = 0) -> None:
        super().__init__(0.0, max_value, 1.0, axis)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal constraint."""
        return {"max_value": self.max_value, "axis": self.axis}


@CONSTRAINTS.entry()
class UnitNorm(Constraint):
    """Norms of 1: w ← w / (‖w‖₂ + ε).

    Args:
        axis: axes along which the norm is taken.

    Example:
        >>> print(UnitNorm()([3.0, 4.0]))
        [0.6 0.8]
    """

    def __init__(self, axis: Axis = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        """Return the weight with norms of 1."""
        w = ops.convert_to_tensor(w)
        return w / (_norms(w, self.axis) + epsilon())

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal constraint."""
        return {"axis": self.axis}
