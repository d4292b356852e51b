"""Intersection over union: how far the places predicted for a class are those where it is."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from onionskin import ops
from onionskin.base.config import epsilon
from onionskin.base.errors import ArgumentError
from onionskin.base.specs import dtype_name, is_float
from onionskin.metrics.lookup import METRICS
from onionskin.metrics.metric import Metric


@METRICS.entry()
class IoU(Metric):
    """Mean over some classes of the intersection over union.

        IoU = true positives / (true positives + false positives + false negatives)

    The confusion matrix is kept in whole numbers, unless a float dtype is given.

    Args:
        num_classes: how many classes there are.
        target_class_ids: the classes to take the mean of; those that never occur do not count.
        name: name.
        dtype: dtype of the confusion matrix, "int32" where None.
        ignore_class: a target whose places do not count.
        sparse_y_true: the targets are class numbers, rather than one-hot.
        sparse_y_pred: the predictions are class numbers, rather than a number for each class.
        axis: axis of the classes, where there is one.

    Raises:
        ArgumentError: a class to look at is not one of the classes.

    Example:
        >>> print(IoU(2, target_class_ids=[0])([0, 0, 1, 1], [0, 1, 0, 1]).round(4))
        0.3333
    """

    _direction = "up"

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(dtype or "int32", name)
        wanted = list(target_class_ids)
        if not wanted or min(wanted) < 0 or max(wanted) >= num_classes:
            raise ArgumentError(
                "the classes to look at are some of the classes.", where=type(self).__name__,
                expected=f"numbers from 0 to {num_classes - 1}", given=f"target_class_ids={wanted}",
            )  # fmt: skip
        self.num_classes, self.target_class_ids, self.ignore_class = num_classes, wanted, ignore_class
        self.sparse_y_true, self.sparse_y_pred, self.axis = sparse_y_true, sparse_y_pred, axis
        self.total_cm = self.add_variable((num_classes, num_classes), name="total_confusion_matrix")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in targets and predictions of a batch, with weights; places of other classes do not count."""
        y_true, y_pred = (
            ops.reshape(ops.cast(y if sparse else ops.argmax(y, axis=self.axis), self.dtype), (-1,))
            for y, sparse in ((y_true, self.sparse_y_true), (y_pred, self.sparse_y_pred))
        )
        counted = ops.logical_and(
            ops.logical_and(y_true >= 0, y_true < self.num_classes),
            ops.logical_and(y_pred >= 0, y_pred < self.num_classes),
        )
        if self.ignore_class is not None:
            counted = ops.logical_and(counted, ops.not_equal(y_true, self.ignore_class))
        weight = ops.where(counted, self._weights(sample_weight, y_true), ops.zeros((), self.dtype))
        cells = ops.cast(ops.where(counted, y_true * self.num_classes + y_pred, 0), "int32")
        sums = ops.segment_sum(weight, cells, self.num_classes**2)
        self.total_cm.assign_add(ops.reshape(sums, self.total_cm.shape))

    def _weights(self, sample_weight: Any, y_true: Any) -> Any:
        if sample_weight is None:
            return ops.ones_like(y_true)
        if hasattr(sample_weight, "dtype") and is_float(dtype_name(sample_weight.dtype)) and not is_float(self.dtype):
            warnings.warn(
                f"{type(self).__name__} counts in {self.dtype}, so that float weights lose their fraction; "
                "pass dtype='float32' to keep it.",
                stacklevel=4,
            )
        weight = ops.convert_to_tensor(sample_weight, dtype=self.dtype)
        return ops.broadcast_to(ops.reshape(weight, (-1,)) if len(weight.shape) > 1 else weight, y_true.shape)

    def result(self) -> Any:
        """Return the mean so far as float32, of shape ()."""
        matrix = ops.convert_to_tensor(self.total_cm)
        right = ops.diagonal(matrix)
        union = ops.sum(matrix, axis=0) + ops.sum(matrix, axis=1) - right
        classes = ops.convert_to_tensor(self.target_class_ids, dtype="int32")
        right, union = (ops.cast(ops.take(one, classes, axis=0), "float32") for one in (right, union))
        occurs = ops.greater(union, 1e-9)
        shares = ops.where(occurs, right / (union + epsilon()), 0.0)
        return ops.sum(shares) / (ops.sum(ops.cast(occurs, "float32")) + epsilon())

    _arguments: tuple[str, ...] = (
        "num_classes", "target_class_ids", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis"
    )  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        return {**super().get_config(), **{name: getattr(self, name) for name in self._arguments}}


@METRICS.entry()
class BinaryIoU(IoU):
    """Intersection over union of the answers "no" (class 0) and "yes" (class 1).

    Args:
        target_class_ids: (0, 1) for the mean of both, or one of them.
        threshold: from it on a prediction means "yes".
        name: name.
        dtype: dtype of the confusion matrix, "int32" where None.

    Raises:
        ArgumentError: a class to look at is neither 0 nor 1.

    Example:
        >>> print(BinaryIoU([1], threshold=0.3)([0, 1, 1], [0.1, 0.3, 0.2]).round(4))
        0.5
    """

    _arguments = ("target_class_ids", "threshold")

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in targets of 0 and 1 and probabilities of a batch, with weights."""
        answers = ops.greater_equal(ops.convert_to_tensor(y_pred, dtype="float32"), self.threshold)
        super().update_state(y_true, ops.cast(answers, self.dtype), sample_weight)


@METRICS.entry()
class MeanIoU(IoU):
    """Mean over all classes of the intersection over union; arguments as in `IoU`.

    Example:
        >>> print(MeanIoU(2)([0, 0, 1, 1], [0, 1, 0, 1]).round(4))
        0.3333
    """

    _arguments: tuple[str, ...] = ("num_classes", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis")

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, range(num_classes), name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)


@METRICS.entry()
class OneHotIoU(IoU):
    """Intersection over union of one-hot targets; arguments as in `IoU`."""

    _arguments = ("num_classes", "target_class_ids", "ignore_class", "sparse_y_pred", "axis")

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)


@METRICS.entry()
class OneHotMeanIoU(MeanIoU):
    """Mean over all classes of the intersection over union of one-hot targets; arguments as in `IoU`."""

    _arguments = ("num_classes", "ignore_class", "sparse_y_pred", "axis")

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)
