"""Losses of real-valued targets: squares, absolute values, logarithms, angles; functions and classes."""

from __future__ import annotations

import math
from typing import Any

from onionskin import ops
from onionskin.base.config import epsilon
from onionskin.base.specs import broadcast_shapes
from onionskin.losses.lookup import LOSSES
from onionskin.losses.loss import LossFunctionWrapper
from onionskin.losses.reduction import squeeze_or_expand_to_same_rank


def paired(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Return targets and predictions as tensors of one dtype and, but for an axis of size 1, one rank.

    Raises:
        ShapeError: their shapes do not broadcast.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true, y_pred = squeeze_or_expand_to_same_rank(ops.convert_to_tensor(y_true, dtype=y_pred.dtype), y_pred)
    broadcast_shapes(tuple(y_true.shape), tuple(y_pred.shape))
    return y_true, y_pred


@LOSSES.entry("mse", "MSE")
def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of (y_true - y_pred)² over the last axis.

    Args:
        y_true: targets (batch, …, n).
        y_pred: predictions of the same shape.

    Returns:
        Losses (batch, …).

    Example:
        >>> print(mean_squared_error([[0.0, 1.0]], [[1.0, 3.0]]))
        [2.5]
    """
    y_true, y_pred = paired(y_true, y_pred)
    return ops.mean(ops.square(y_true - y_pred), axis=-1)


@LOSSES.entry("mae", "MAE")
def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of |y_true - y_pred| over the last axis; arguments as in `mean_squared_error`.

    Example:
        >>> print(mean_absolute_error([[0.0, 1.0]], [[1.0, 3.0]]))
        [1.5]
    """
    y_true, y_pred = paired(y_true, y_pred)
    return ops.mean(ops.absolute(y_true - y_pred), axis=-1)


@LOSSES.entry("mape", "MAPE")
def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of 100 · |y_true - y_pred| / max(|y_true|, ε); arguments as in `mean_squared_error`.

    Example:
        >>> print(mean_absolute_percentage_error([[2.0, 4.0]], [[1.0, 4.0]]))
        [25.]
    """
    y_true, y_pred = paired(y_true, y_pred)
    return 100.0 * ops.mean(ops.absolute((y_true - y_pred) / ops.maximum(ops.absolute(y_true), epsilon())), axis=-1)


@LOSSES.entry("msle", "MSLE")
def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of (ln(1 + y_true) - ln(1 + y_pred))²; arguments as in `mean_squared_error`, values ≥ 0.

    Example:
        >>> print(mean_squared_logarithmic_error([[0.0]], [[1.0]]).round(4))
        [0.4805]
    """
    y_true, y_pred = paired(y_true, y_pred)
    first, second = (ops.log(ops.maximum(y, epsilon()) + 1.0) for y in (y_pred, y_true))
    return ops.mean(ops.square(first - second), axis=-1)


@LOSSES.entry()
def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    """Return squares of small errors and absolute values of large ones.

        e²/2 where |e| ≤ δ,  δ|e| - δ²/2 elsewhere;  e = y_pred - y_true

    Args:
        y_true: targets (batch, …, n).
        y_pred: predictions of the same shape.
        delta: where the one passes into the other.

    Returns:
        Means over the last axis (batch, …).

    Example:
        >>> print(huber([[0.0, 0.0]], [[1.0, 3.0]]))
        [1.5]

    Source: Huber, "Robust estimation of a location parameter", 1964.
    """
    y_true, y_pred = paired(y_true, y_pred)
    error = y_pred - y_true
    size = ops.absolute(error)
    return ops.mean(ops.where(size <= delta, 0.5 * ops.square(error), delta * size - 0.5 * delta**2), axis=-1)


@LOSSES.entry("logcosh")
def log_cosh(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of ln cosh(y_pred - y_true); arguments as in `mean_squared_error`.

    Example:
        >>> print(log_cosh([[0.0]], [[1.0]]).round(4))
        [0.4338]
    """
    y_true, y_pred = paired(y_true, y_pred)
    error = y_pred - y_true
    return ops.mean(error + ops.softplus(error * -2.0) - math.log(2.0), axis=-1)


@LOSSES.entry()
def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Return minus the cosine of the angle between targets and predictions, -1 where they point the same way.

    Args:
        y_true: targets.
        y_pred: predictions of the same shape.
        axis: axis of the vectors.

    Example:
        >>> print(cosine_similarity([[0.0, 1.0]], [[0.0, 3.0]]))
        [-1.]
    """
    y_true, y_pred = paired(y_true, y_pred)
    return -ops.sum(unit(y_true, axis) * unit(y_pred, axis), axis=axis)


def unit(x: Any, axis: int) -> Any:
    """Return x / max(‖x‖₂, ε) along an axis, where ε² is the library's epsilon squared."""
    squares = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return x * ops.rsqrt(ops.maximum(squares, epsilon() ** 2))


@LOSSES.entry()
class MeanSquaredError(LossFunctionWrapper):
    """Mean of (y_true - y_pred)².

    Args:
        reduction: as in `Loss`.
        name: as in `Loss`.
        dtype: as in `Loss`.

    Example:
        >>> print(MeanSquaredError()([[0.0, 1.0]], [[1.0, 3.0]]))
        2.5
    """

    def __init__(
        self, reduction: Any = "sum_over_batch_size", name: str | None = "mean_squared_error", dtype: Any = None
    ) -> None:
        super().__init__(mean_squared_error, reduction, name, dtype)


@LOSSES.entry()
class MeanAbsoluteError(LossFunctionWrapper):
    """Mean of |y_true - y_pred|; arguments as in `MeanSquaredError`."""

    def __init__(
        self, reduction: Any = "sum_over_batch_size", name: str | None = "mean_absolute_error", dtype: Any = None
    ) -> None:
        super().__init__(mean_absolute_error, reduction, name, dtype)


@LOSSES.entry()
class MeanAbsolutePercentageError(LossFunctionWrapper):
    """Mean of 100 · |y_true - y_pred| / |y_true|; arguments as in `MeanSquaredError`."""

    def __init__(
        self,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "mean_absolute_percentage_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_absolute_percentage_error, reduction, name, dtype)


@LOSSES.entry()
class MeanSquaredLogarithmicError(LossFunctionWrapper):
    """Mean of (ln(1 + y_true) - ln(1 + y_pred))²; arguments as in `MeanSquaredError`."""

    def __init__(
        self,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "mean_squared_logarithmic_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_squared_logarithmic_error, reduction, name, dtype)


@LOSSES.entry()
class Huber(LossFunctionWrapper):
    """Squares of small errors, absolute values of large ones; see `huber`.

    Args:
        delta: where the one passes into the other.
        reduction: as in `Loss`.
        name: as in `Loss`.
        dtype: as in `Loss`.
    """

    def __init__(
        self,
        delta: float = 1.0,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(huber, reduction, name, dtype, delta=delta)


@LOSSES.entry()
class LogCosh(LossFunctionWrapper):
    """Mean of ln cosh(y_pred - y_true); arguments as in `MeanSquaredError`."""

    def __init__(
        self, reduction: Any = "sum_over_batch_size", name: str | None = "log_cosh", dtype: Any = None
    ) -> None:
        super().__init__(log_cosh, reduction, name, dtype)


@LOSSES.entry()
class CosineSimilarity(LossFunctionWrapper):
    """Minus the cosine of the angle between targets and predictions.

    Args:
        axis: axis of the vectors.
        reduction: as in `Loss`.
        name: as in `Loss`.
        dtype: as in `Loss`.
    """

    def __init__(
        self,
        axis: int = -1,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "cosine_similarity",
        dtype: Any = None,
    ) -> None:
        super().__init__(cosine_similarity, reduction, name, dtype, axis=axis)
