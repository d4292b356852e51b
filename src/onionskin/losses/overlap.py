"""Losses of regions: how little those that are predicted overlap with those that are there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin import ops
from onionskin.base.config import epsilon
from onionskin.losses.lookup import LOSSES
from onionskin.losses.loss import LossFunctionWrapper
from onionskin.losses.probabilistic import of_dtype

Axis = int | Sequence[int] | None


@LOSSES.entry()
def dice(y_true: Any, y_pred: Any, axis: Axis = None) -> Any:
    """Return 1 - 2 Σ t·p / (Σ t + Σ p + ε).

    Args:
        y_true: targets t from 0 to 1.
        y_pred: predictions p of the same shape.
        axis: axes of the sums; all where None.

    Returns:
        Losses without the axes of the sums.

    Example:
        >>> print(dice([[1.0, 1.0]], [[1.0, 0.0]]).round(4))
        0.3333

    Source: Milletari, Navab, Ahmadi, "V-Net", 2016.
    """
    y_true, y_pred = of_dtype(y_true, y_pred)
    both = ops.sum(y_true * y_pred, axis=axis)
    return 1 - 2.0 * both / (ops.sum(y_true, axis=axis) + ops.sum(y_pred, axis=axis) + epsilon())


@LOSSES.entry()
def tversky(y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Axis = None) -> Any:
    """Return 1 - Σ t·p / (Σ t·p + α Σ t(1 - p) + β Σ p(1 - t) + ε).

    Args:
        y_true: targets t from 0 to 1.
        y_pred: predictions p of the same shape.
        alpha: weight of what is there and not predicted.
        beta: weight of what is predicted and not there.
        axis: axes of the sums; all where None.

    Returns:
        Losses without the axes of the sums.

    Example:
        >>> print(tversky([[1.0, 1.0]], [[1.0, 0.0]], alpha=1.0).round(4))
        0.5

    Source: Salehi, Erdogmus, Gholipour, "Tversky loss function for image segmentation", 2017.
    """
    y_true, y_pred = of_dtype(y_true, y_pred)
    both = ops.sum(y_true * y_pred, axis=axis)
    missed = ops.sum((1 - y_pred) * y_true, axis=axis)
    added = ops.sum(y_pred * (1 - y_true), axis=axis)
    return 1 - both / (both + missed * alpha + added * beta + epsilon())


@LOSSES.entry()
class Dice(LossFunctionWrapper):
    """1 - 2 Σ t·p / (Σ t + Σ p); see `dice`.

    Args:
        reduction: as in `Loss`.
        name: as in `Loss`.
        axis: axes of the sums; all where None.
        dtype: as in `Loss`.
    """

    def __init__(
        self,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "dice",
        axis: Axis = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(dice, reduction, name, dtype, axis=axis)


@LOSSES.entry()
class Tversky(LossFunctionWrapper):
    """1 - Σ t·p / (Σ t·p + α Σ t(1 - p) + β Σ p(1 - t)); see `tversky`.

    Args:
        alpha: weight of what is there and not predicted.
        beta: weight of what is predicted and not there.
        reduction: as in `Loss`.
        name: as in `Loss`.
        axis: axes of the sums; all where None.
        dtype: as in `Loss`.
    """

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "tversky",
        axis: Axis = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(tversky, reduction, name, dtype, alpha=alpha, beta=beta, axis=axis)
