"""Losses of classes and probabilities: the cross-entropies, Kullback-Leibler divergence, Poisson."""

from __future__ import annotations

from typing import Any

from onionskin import ops
from onionskin.base.config import epsilon
from onionskin.base.errors import ArgumentError
from onionskin.base.specs import broadcast_shapes
from onionskin.losses.lookup import LOSSES
from onionskin.losses.loss import LossFunctionWrapper, counting, takes_class_numbers


def of_dtype(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Return targets and predictions as tensors of the predictions' dtype.

    Raises:
        ShapeError: their shapes do not broadcast.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.convert_to_tensor(y_true, dtype=y_pred.dtype)
    broadcast_shapes(tuple(y_true.shape), tuple(y_pred.shape))
    return y_true, y_pred


def smoothed(y_true: Any, share: float, classes: int) -> Any:
    """Return targets of which a share is taken and spread evenly over the classes."""
    return y_true * (1.0 - share) + share / classes if share else y_true


def check_class_axis(axis: Any) -> None:
    """Check the axis of the classes.

    Raises:
        ArgumentError: it is a truth value, as where another argument was meant.
    """
    if isinstance(axis, bool):
        raise ArgumentError("the axis of the classes is a whole number.", where="axis", given=repr(axis))


@LOSSES.entry("bce", "BCE")
def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Any:
    """Return the mean of -(t ln p + (1 - t) ln(1 - p)) over an axis.

    Args:
        y_true: targets t from 0 to 1.
        y_pred: probabilities p, or logits, of the same shape.
        from_logits: the predictions are logits, p = σ(logits).
        label_smoothing: share by which targets are moved towards ½.
        axis: axis of the mean.

    Example:
        >>> print(binary_crossentropy([[1.0]], [[0.5]]).round(4))
        [0.6931]
    """
    y_true, y_pred = of_dtype(y_true, y_pred)
    y_true = smoothed(y_true, label_smoothing, 2)
    return ops.mean(ops.binary_crossentropy(y_true, y_pred, from_logits=from_logits), axis=axis)


@LOSSES.entry()
def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Any:
    """Return -Σ t_c ln p_c over the classes.

    Args:
        y_true: targets t, a share for each class: one-hot, or soft.
        y_pred: probabilities p, or logits, of the same shape.
        from_logits: the predictions are logits, p = softmax(logits).
        label_smoothing: share that is taken from the targets and spread evenly over the classes.
        axis: axis of the classes.

    Raises:
        ArgumentError: the axis is a truth value.

    Example:
        >>> print(categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).round(4))
        [0.6931]
    """
    check_class_axis(axis)
    y_true, y_pred = of_dtype(y_true, y_pred)
    y_true = smoothed(y_true, label_smoothing, y_true.shape[-1])
    return ops.categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)


def class_numbers(y_true: Any, y_pred: Any, axis: int) -> Any:
    """Return class numbers without the axis of size 1 that they may have in the classes' place."""
    if len(y_true.shape) == len(y_pred.shape) and y_true.shape[axis] == 1:
        return ops.squeeze(y_true, axis=axis)
    return y_true


def _not_ignored(
    y_true: Any, y_pred: Any, values: Any, ignore_class: int | None = None, axis: int = -1, **others: Any
) -> Any:
    if ignore_class is None:
        return None
    numbers = class_numbers(ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred), axis)
    return ops.not_equal(numbers, ignore_class)


@LOSSES.entry()
@takes_class_numbers
@counting(_not_ignored)
def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Any:
    """Return -ln p_y, where y is the number of the right class.

    Args:
        y_true: class numbers y (batch, …), or with an axis of size 1 for the classes.
        y_pred: probabilities p, or logits (batch, …, classes).
        from_logits: the predictions are logits, p = softmax(logits).
        ignore_class: a class number whose loss is 0.
        axis: axis of the classes.

    Example:
        >>> print(sparse_categorical_crossentropy([1], [[0.5, 0.5]]).round(4))
        [0.6931]
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    y_true = class_numbers(y_true, y_pred, axis)
    if ignore_class is None:
        return ops.sparse_categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)
    valid = ops.not_equal(y_true, ignore_class)
    y_true = ops.where(valid, y_true, 0)
    y_pred = ops.where(ops.expand_dims(valid, axis), y_pred, 0)
    values = ops.sparse_categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)
    return ops.where(valid, values, 0.0)


@LOSSES.entry("kld", "KLD", "kullback_leibler_divergence")
def kl_divergence(y_true: Any, y_pred: Any) -> Any:
    """Return Σ t ln(t / p) over the last axis, both clipped to [ε, 1].

    Args:
        y_true: target probabilities t (batch, …, n).
        y_pred: predicted probabilities p of the same shape.

    Example:
        >>> print(kl_divergence([[0.5, 0.5]], [[0.5, 0.5]]))
        [0.]

    Source: Kullback and Leibler, "On information and sufficiency", 1951.
    """
    y_true, y_pred = of_dtype(y_true, y_pred)
    y_true, y_pred = ops.clip(y_true, epsilon(), 1), ops.clip(y_pred, epsilon(), 1)
    return ops.sum(y_true * ops.log(y_true / y_pred), axis=-1)


@LOSSES.entry()
def poisson(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of p - t ln(p + ε) over the last axis, the loss of counts t with rates p.

    Args:
        y_true: counts t (batch, …, n).
        y_pred: rates p > 0 of the same shape.

    Example:
        >>> print(poisson([[2.0]], [[1.0]]).round(4))
        [1.]
    """
    y_true, y_pred = of_dtype(y_true, y_pred)
    return ops.mean(y_pred - y_true * ops.log(y_pred + epsilon()), axis=-1)


@LOSSES.entry()
class BinaryCrossentropy(LossFunctionWrapper):
    """Mean of -(t ln p + (1 - t) ln(1 - p)).

    Args:
        from_logits: the predictions are logits, p = σ(logits).
        label_smoothing: share by which targets are moved towards ½.
        axis: axis of the first mean.
        reduction: as in `Loss`.
        name: as in `Loss`.
        dtype: as in `Loss`.

    Example:
        >>> print(round(float(BinaryCrossentropy()([[1.0], [0.0]], [[0.5], [0.5]])), 4))
        0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        arguments = {"from_logits": from_logits, "label_smoothing": label_smoothing, "axis": axis}
        super().__init__(binary_crossentropy, reduction, name, dtype, **arguments)


@LOSSES.entry()
class CategoricalCrossentropy(LossFunctionWrapper):
    """Mean of -Σ t_c ln p_c, for one-hot or soft targets.

    Args:
        from_logits: the predictions are logits, p = softmax(logits).
        label_smoothing: share that is taken from the targets and spread evenly over the classes.
        axis: axis of the classes.
        reduction: as in `Loss`.
        name: as in `Loss`.
        dtype: as in `Loss`.

    Example:
        >>> print(round(float(CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])), 4))
        0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        arguments = {"from_logits": from_logits, "label_smoothing": label_smoothing, "axis": axis}
        super().__init__(categorical_crossentropy, reduction, name, dtype, **arguments)


@LOSSES.entry()
class SparseCategoricalCrossentropy(LossFunctionWrapper):
    """Mean of -ln p_y, for class numbers y.

    Args:
        from_logits: the predictions are logits, p = softmax(logits).
        ignore_class: a class number that does not count, also not in the mean.
        reduction: as in `Loss`.
        axis: axis of the classes.
        name: as in `Loss`.
        dtype: as in `Loss`.

    Example:
        >>> print(round(float(SparseCategoricalCrossentropy()([1], [[0.5, 0.5]])), 4))
        0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: Any = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        arguments = {"from_logits": from_logits, "ignore_class": ignore_class, "axis": axis}
        super().__init__(sparse_categorical_crossentropy, reduction, name, dtype, **arguments)


@LOSSES.entry()
class KLDivergence(LossFunctionWrapper):
    """Mean of Σ t ln(t / p).

    Args:
        reduction: as in `Loss`.
        name: as in `Loss`.
        dtype: as in `Loss`.
    """

    def __init__(
        self, reduction: Any = "sum_over_batch_size", name: str | None = "kl_divergence", dtype: Any = None
    ) -> None:
        super().__init__(kl_divergence, reduction, name, dtype)


@LOSSES.entry()
class Poisson(LossFunctionWrapper):
    """Mean of p - t ln p, for counts t; arguments as in `KLDivergence`."""

    def __init__(self, reduction: Any = "sum_over_batch_size", name: str | None = "poisson", dtype: Any = None) -> None:
        super().__init__(poisson, reduction, name, dtype)
