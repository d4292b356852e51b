"""Penalties on weights: on their size, L1, L2 and both, and on the angles between them."""

from __future__ import annotations

import math
from typing import Any

from onionskin import ops
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.regularizers.lookup import REGULARIZERS


class Regularizer:
    """Base of penalties: `__call__(x)` returns one number that is added to the loss.

    Subclasses define `__call__` and `get_config`.
    """

    def __call__(self, x: Any) -> Any:
        """Return the penalty of a weight, of shape ()."""
        return 0.0

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal regularizer."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Regularizer:
        """Make a regularizer from what `get_config` returned."""
        return cls(**config)


@REGULARIZERS.entry("l1_l2", "l1l2")
class L1L2(Regularizer):
    """Penalty on absolute values and squares.

        R(x) = l1 · Σ|x| + l2 · Σx²

    Args:
        l1: factor of the absolute values, ≥ 0.
        l2: factor of the squares, ≥ 0.

    Raises:
        ArgumentError: a factor is no number ≥ 0.

    Example:
        >>> print(L1L2(l1=0.5, l2=0.25)([1.0, -2.0]))
        2.75
    """

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0) -> None:
        self.l1 = _factor(l1, "l1", 0.0)
        self.l2 = _factor(l2, "l2", 0.0)

    def __call__(self, x: Any) -> Any:
        """Return the penalty of a weight, of shape ()."""
        x = ops.convert_to_tensor(x)
        parts = [self.l1 * ops.sum(ops.absolute(x))] if self.l1 else []
        parts += [self.l2 * ops.sum(ops.square(x))] if self.l2 else []
        return sum(parts[1:], parts[0]) if parts else ops.zeros((), x.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal regularizer."""
        return {"l1": self.l1, "l2": self.l2}


@REGULARIZERS.entry()
class L1(L1L2):
    """Penalty on absolute values, which makes weights exactly 0.

        R(x) = l1 · Σ|x|

    Args:
        l1: its factor, ≥ 0.

    Example:
        >>> print(L1(0.5)([1.0, -2.0]))
        1.5
    """

    def __init__(self, l1: float | None = 0.01) -> None:
        super().__init__(l1=0.01 if l1 is None else l1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal regularizer."""
        return {"l1": self.l1}


@REGULARIZERS.entry()
class L2(L1L2):
    """Penalty on squares, which keeps weights small.

        R(x) = l2 · Σx²

    Args:
        l2: its factor, ≥ 0.

    Example:
        >>> print(L2(0.5)([1.0, -2.0]))
        2.5
    """

    def __init__(self, l2: float | None = 0.01) -> None:
        super().__init__(l2=0.01 if l2 is None else l2)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal regularizer."""
        return {"l2": self.l2}


@REGULARIZERS.entry()
class OrthogonalRegularizer(Regularizer):
    """Penalty on the angles between the rows, or the columns, of a matrix; 0 where all are right angles.

        R(w) = factor · mean over pairs i < j of |cos(wᵢ, wⱼ)|

    Args:
        factor: its factor, ≥ 0.
        mode: "rows" or "columns".

    Raises:
        ArgumentError: the factor is no number ≥ 0, or an unknown mode.

    Example:
        >>> print(OrthogonalRegularizer(0.5)([[1.0, 0.0], [2.0, 0.0]]))
        0.5
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = _factor(factor, "factor", 0.01)
        if mode not in ("rows", "columns"):
            raise ArgumentError(
                "unknown mode.", where="OrthogonalRegularizer", expected="'rows' or 'columns'", given=repr(mode)
            )
        self.mode = mode

    def __call__(self, x: Any) -> Any:
        """Return the penalty of a matrix, of shape ().

        Raises:
            ShapeError: it has not two axes.
        """
        x = ops.convert_to_tensor(x)
        if len(x.shape) != 2:
            raise ShapeError(
                "a penalty on angles takes a matrix.", where="OrthogonalRegularizer", expected="(rows, columns)",
                given=tuple(x.shape),
            )  # fmt: skip
        x = ops.normalize(x if self.mode == "rows" else ops.transpose(x), axis=1)
        count = x.shape[0]
        cosines = ops.matmul(x, ops.transpose(x)) * (1.0 - ops.eye(count, dtype=x.dtype))
        return self.factor * 0.5 * ops.sum(ops.absolute(cosines)) / max(count * (count - 1) / 2, 1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal regularizer."""
        return {"factor": self.factor, "mode": self.mode}


def _factor(value: Any, name: str, default: float) -> float:
    value = default if value is None else value
    if isinstance(value, bool) or not isinstance(value, float | int) or not 0 <= value < math.inf:
        raise ArgumentError(
            "the factor of a penalty is a number of at least 0.", where=name, expected="0 or more", given=repr(value)
        )
    return float(value)
