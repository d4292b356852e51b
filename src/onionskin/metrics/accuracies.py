"""Accuracies: the share of predictions that are right, by kind of target; functions and classes."""

from __future__ import annotations

from typing import Any

from onionskin import ops
from onionskin.base.config import floatx
from onionskin.losses import squeeze_or_expand_to_same_rank
from onionskin.metrics.lookup import METRIC_FUNCTIONS, METRICS
from onionskin.metrics.mean import MeanMetricWrapper


@METRIC_FUNCTIONS.entry()
def accuracy(y_true: Any, y_pred: Any) -> Any:
    """Return 1 where predictions equal targets, else 0.

    Args:
        y_true: targets.
        y_pred: predictions of the same shape.

    Example:
        >>> print(accuracy([1, 2], [1, 3]))
        [1. 0.]
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    y_true, y_pred = squeeze_or_expand_to_same_rank(ops.cast(y_true, y_pred.dtype), y_pred)
    return ops.cast(ops.equal(y_true, y_pred), floatx())


@METRIC_FUNCTIONS.entry()
def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Any:
    """Return 1 where the prediction is on the target's side of the threshold, else 0.

    Args:
        y_true: targets of 0 and 1.
        y_pred: probabilities of the same shape.
        threshold: above it a prediction means 1.

    Example:
        >>> print(binary_accuracy([1, 0], [0.7, 0.9]))
        [1. 0.]
    """
    y_true, y_pred = squeeze_or_expand_to_same_rank(ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred))
    answers = ops.cast(ops.greater(y_pred, threshold), y_true.dtype)
    return ops.cast(ops.equal(y_true, answers), floatx())


@METRIC_FUNCTIONS.entry()
def categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Return 1 where the largest prediction is that of the right class, else 0.

    Args:
        y_true: one-hot targets (batch, …, classes).
        y_pred: predictions of the same shape.

    Returns:
        Values (batch, …).

    Example:
        >>> print(categorical_accuracy([[0, 1], [1, 0]], [[0.1, 0.9], [0.4, 0.6]]))
        [1. 0.]
    """
    return ops.cast(ops.equal(ops.argmax(y_true, axis=-1), ops.argmax(y_pred, axis=-1)), floatx())


@METRIC_FUNCTIONS.entry()
def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Return 1 where the largest prediction is that of the right class, else 0.

    Args:
        y_true: class numbers (batch, …) or (batch, …, 1).
        y_pred: predictions (batch, …, classes).

    Returns:
        Values (batch, …).

    Example:
        >>> print(sparse_categorical_accuracy([1, 0], [[0.1, 0.9], [0.4, 0.6]]))
        [1. 0.]
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    if len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == 1:
        y_true = ops.squeeze(y_true, -1)
    matches = ops.cast(ops.equal(y_true, ops.argmax(y_pred, axis=-1)), floatx())
    return ops.squeeze(matches, -1) if len(matches.shape) > 1 and matches.shape[-1] == 1 else matches


@METRIC_FUNCTIONS.entry()
def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """Return 1 where the right class is among the k largest predictions, else 0.

    Args:
        y_true: one-hot targets (batch, …, classes).
        y_pred: predictions of the same shape.
        k: how many.

    Example:
        >>> print(top_k_categorical_accuracy([[0, 0, 1], [1, 0, 0]], [[0.1, 0.5, 0.4], [0.1, 0.5, 0.4]], k=2))
        [1. 0.]
    """
    return sparse_top_k_categorical_accuracy(ops.argmax(y_true, axis=-1), y_pred, k)


@METRIC_FUNCTIONS.entry()
def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False) -> Any:
    """Return 1 where the right class is among the k largest predictions, else 0.

    Args:
        y_true: class numbers (batch, …).
        y_pred: predictions (batch, …, classes).
        k: how many.
        from_sorted_ids: the predictions are class numbers, the most likely first.

    Example:
        >>> print(sparse_top_k_categorical_accuracy([2, 0], [[0.1, 0.5, 0.4], [0.1, 0.5, 0.4]], k=2))
        [1. 0.]
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    shape = y_true.shape
    flat_true = ops.reshape(y_true, (-1,)) if len(shape) > 1 else y_true
    flat_pred = ops.reshape(y_pred, (-1, y_pred.shape[-1])) if len(y_pred.shape) > 2 else y_pred
    if from_sorted_ids:
        matches = ops.any(ops.equal(ops.expand_dims(flat_true, 1), flat_pred[:, :k]), axis=1)
    else:
        matches = ops.in_top_k(ops.cast(flat_true, "int32"), flat_pred, k=k)
    matches = ops.cast(matches, floatx())
    return ops.reshape(matches, shape) if len(shape) > 1 else matches


class _Accuracy(MeanMetricWrapper):
    _direction = "up"


@METRICS.entry()
class Accuracy(_Accuracy):
    """Share of predictions that equal their targets.

    Args:
        name: name.
        dtype: float dtype to compute in, the default one where None.

    Example:
        >>> print(Accuracy()([1, 2], [1, 3]))
        0.5
    """

    def __init__(self, name: str | None = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy, name, dtype)


@METRICS.entry()
class BinaryAccuracy(_Accuracy):
    """Share of predictions on their target's side of a threshold.

    Args:
        name: name.
        dtype: float dtype to compute in, the default one where None.
        threshold: above it a prediction means 1.

    Example:
        >>> print(BinaryAccuracy()([1, 0], [0.7, 0.9]))
        0.5
    """

    def __init__(self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)
        self.threshold = threshold


@METRICS.entry()
class CategoricalAccuracy(_Accuracy):
    """Share of samples whose largest prediction is that of the right class; one-hot targets.

    Args:
        name: name.
        dtype: float dtype to compute in, the default one where None.
    """

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)


@METRICS.entry()
class SparseCategoricalAccuracy(_Accuracy):
    """Share of samples whose largest prediction is that of the right class; class numbers as targets.

    Args:
        name: name.
        dtype: float dtype to compute in, the default one where None.
    """

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)


@METRICS.entry()
class TopKCategoricalAccuracy(_Accuracy):
    """Share of samples whose right class is among the k largest predictions; one-hot targets.

    Args:
        k: how many.
        name: name.
        dtype: float dtype to compute in, the default one where None.
    """

    def __init__(self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)
        self.k = k


@METRICS.entry()
class SparseTopKCategoricalAccuracy(_Accuracy):
    """Share of samples whose right class is among the k largest predictions; class numbers as targets.

    Args:
        k: how many.
        name: name.
        dtype: float dtype to compute in, the default one where None.
        from_sorted_ids: the predictions are class numbers, the most likely first.
    """

    def __init__(
        self,
        k: int = 5,
        name: str | None = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, k=k, from_sorted_ids=from_sorted_ids)
        self.k, self.from_sorted_ids = k, from_sorted_ids
