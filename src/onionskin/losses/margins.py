"""Losses that ask for a margin: hinge, its square, and the hinge of several classes."""

from __future__ import annotations

from typing import Any

from onionskin import ops
from onionskin.losses.lookup import LOSSES
from onionskin.losses.loss import LossFunctionWrapper
from onionskin.losses.probabilistic import of_dtype


def _signs(y_true: Any) -> Any:
    """Return targets of -1 and 1 for those of 0 and 1, others as they are."""
    binary = ops.all(ops.logical_or(ops.equal(y_true, 0), ops.equal(y_true, 1)))
    return ops.where(binary, 2.0 * y_true - 1.0, y_true)


@LOSSES.entry()
def hinge(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of max(1 - t·y_pred, 0) over the last axis.

    Args:
        y_true: targets t of -1 and 1; where all are 0 or 1, they are taken for -1 and 1.
        y_pred: predictions of the same shape.

    Example:
        >>> print(hinge([[-1.0, 1.0]], [[0.5, 2.0]]))
        [0.75]
    """
    y_true, y_pred = of_dtype(y_true, y_pred)
    return ops.mean(ops.maximum(1.0 - _signs(y_true) * y_pred, 0.0), axis=-1)


@LOSSES.entry()
def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of max(1 - t·y_pred, 0)² over the last axis; arguments as in `hinge`.

    Example:
        >>> print(squared_hinge([[-1.0, 1.0]], [[1.0, 2.0]]))
        [2.]
    """
    y_true, y_pred = of_dtype(y_true, y_pred)
    return ops.mean(ops.square(ops.maximum(1.0 - _signs(y_true) * y_pred, 0.0)), axis=-1)


@LOSSES.entry()
def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    """Return how much the best wrong class comes within 1 of the right one.

        max(1 + max((1 - t)·y_pred) - Σ t·y_pred, 0)

    Args:
        y_true: one-hot targets t (batch, …, classes).
        y_pred: predictions of the same shape.

    Example:
        >>> print(categorical_hinge([[0.0, 1.0]], [[0.5, 0.75]]))
        [0.75]
    """
    y_true, y_pred = of_dtype(y_true, y_pred)
    right = ops.sum(y_true * y_pred, axis=-1)
    wrong = ops.max((1.0 - y_true) * y_pred, axis=-1)
    return ops.maximum(wrong - right + 1.0, 0.0)


@LOSSES.entry()
class Hinge(LossFunctionWrapper):
    """Mean of max(1 - t·y_pred, 0).

    Args:
        reduction: as in `Loss`.
        name: as in `Loss`.
        dtype: as in `Loss`.
    """

    def __init__(self, reduction: Any = "sum_over_batch_size", name: str | None = "hinge", dtype: Any = None) -> None:
        super().__init__(hinge, reduction, name, dtype)


@LOSSES.entry()
class SquaredHinge(LossFunctionWrapper):
    """Mean of max(1 - t·y_pred, 0)²; arguments as in `Hinge`."""

    def __init__(
        self, reduction: Any = "sum_over_batch_size", name: str | None = "squared_hinge", dtype: Any = None
    ) -> None:
        super().__init__(squared_hinge, reduction, name, dtype)


@LOSSES.entry()
class CategoricalHinge(LossFunctionWrapper):
    """Mean of max(1 + largest wrong prediction - right prediction, 0); arguments as in `Hinge`."""

    def __init__(
        self, reduction: Any = "sum_over_batch_size", name: str | None = "categorical_hinge", dtype: Any = None
    ) -> None:
        super().__init__(categorical_hinge, reduction, name, dtype)
