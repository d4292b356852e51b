"""Counts of right and wrong answers at thresholds: what precision, recall, AUC and their kin are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin import losses, ops
from onionskin.base.config import epsilon
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.metrics.metric import Metric
from onionskin.state import Variable

LOWEST = -1e10  # below every prediction: what those outside of the top k become, and the threshold that parts them
COUNTS = ("true_positives", "false_positives", "true_negatives", "false_negatives")


def checked_thresholds(thresholds: Any, default: float, where: str) -> list[float]:
    """Return thresholds as a list.

    Args:
        thresholds: one, several, or None for the default.
        default: that.
        where: name of the class that takes them.

    Raises:
        ArgumentError: none is given, or one does not lie between 0 and 1.
    """
    if thresholds is None:
        return [default]
    several = [float(one) for one in np.atleast_1d(thresholds)]
    if not several or not all(0 <= one <= 1 for one in several):
        raise ArgumentError("thresholds lie between 0 and 1.", where=where, given=f"thresholds={thresholds}")
    return several


def evenly_spaced(count: int) -> list[float]:
    """Return thresholds from 0 to 1 at equal distances, ½ for a single one."""
    return [0.5] if count == 1 else [index / (count - 1) for index in range(count)]


class ThresholdCounts(Metric):
    """Base of metrics that count answers at thresholds, in a variable for each kind of answer.

    Args:
        thresholds: above one of them a prediction means "yes".
        counts: which of `COUNTS` are kept.
        name: name.
        dtype: float dtype to compute in, the default one where None.
        top_k: only the k largest predictions of a sample can mean "yes".
        class_id: the one class to look at, of all where None.
    """

    def __init__(
        self,
        thresholds: Sequence[float],
        counts: Sequence[str],
        name: str | None = None,
        dtype: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
    ) -> None:
        super().__init__(dtype, name)
        self._levels = [float(one) for one in thresholds]
        # Evenly spaced thresholds need no comparison with each of them: a prediction's bucket says it.
        even = np.arange(len(self._levels), dtype="float32") / max(len(self._levels) - 1, 1)
        self._even = len(self._levels) > 2 and np.allclose(np.clip(self._levels, 0, 1), even, atol=epsilon())
        self.top_k, self.class_id = top_k, class_id
        self._kept = tuple(counts)

    @property
    def thresholds(self) -> list[float]:
        """The thresholds that answers are counted at."""
        return list(self._levels)

    def _count_in(self, *labels: int) -> None:
        """Make the variables, of a row for each threshold."""
        for name in self._kept:
            setattr(self, name, self.add_variable((len(self._levels), *labels), name=name))

    def _counter(self, name: str) -> Variable:
        found: Variable = getattr(self, name)
        return found

    def _take_in(
        self, y_true: Any, y_pred: Any, sample_weight: Any = None, label_weights: Any = None, by_label: bool = False
    ) -> None:
        """Add a batch's answers to the counts.

        Args:
            y_true: targets, those other than 0 to be found (batch, …).
            y_pred: predictions of the same shape; NaN means "no".
            sample_weight: weights (batch,) or of the predictions' shape.
            label_weights: weights (labels,) of the last axis.
            by_label: the labels of the last axis are counted apart.

        Raises:
            ShapeError: the shapes differ, or class_id has no classes to choose from.
        """
        dtype = self._counter(self._kept[0]).dtype
        y_pred, y_true = losses.squeeze_or_expand_to_same_rank(
            ops.convert_to_tensor(y_pred, dtype=dtype), ops.convert_to_tensor(y_true, dtype=dtype)
        )
        if tuple(y_true.shape) != tuple(y_pred.shape):
            raise ShapeError(
                "targets and predictions differ in shape.", where=f"metric '{self.name}'",
                expected=f"targets of shape {tuple(y_pred.shape)}", given=f"shape {tuple(y_true.shape)}",
            )  # fmt: skip
        weight = None
        if sample_weight is not None:
            weight = ops.expand_dims(ops.convert_to_tensor(sample_weight, dtype=dtype), -1)
            _, weight = losses.squeeze_or_expand_to_same_rank(y_true, weight, expand_rank_1=False)
        if self.top_k is not None:
            y_pred = _only_top(y_pred, self.top_k)
        if self.class_id is not None:
            y_true, y_pred = (ops.expand_dims(y[..., self.class_id], -1) for y in self._with_classes(y_true, y_pred))
        if label_weights is not None:
            row = ops.convert_to_tensor(label_weights, dtype=dtype)
            weight = row if weight is None else weight * row
        weight = ops.ones_like(y_pred) if weight is None else ops.broadcast_to(weight, y_pred.shape)
        columns = y_pred.shape[-1] if by_label else 1
        yes, answers, weight = (
            ops.reshape(one, (-1, columns)) for one in (ops.cast(ops.not_equal(y_true, 0), dtype), y_pred, weight)
        )
        told = self._told_even if self._even else self._told_each
        weights = {"positives": yes * weight, "negatives": (1 - yes) * weight}
        sums: dict[str, Any] = {}
        for name, (above, below) in {
            "positives": ("true_positives", "false_negatives"), "negatives": ("false_positives", "true_negatives")
        }.items():  # fmt: skip
            if above in self._kept or below in self._kept:
                sums[above], sums[below] = told(answers, weights[name])
        for name in self._kept:
            counter = self._counter(name)
            counter.assign_add(ops.reshape(sums[name], counter.shape))

    def _with_classes(self, y_true: Any, y_pred: Any) -> tuple[Any, Any]:
        if len(y_pred.shape) < 2:
            raise ShapeError(
                "class_id needs predictions for several classes.", where=f"metric '{self.name}'",
                expected="shape (batch, classes)", given=f"shape {tuple(y_pred.shape)}",
            )  # fmt: skip
        classes = y_pred.shape[-1]
        if not -classes <= self.class_id < classes:
            raise ArgumentError(
                "class_id is none of the classes.", where=f"metric '{self.name}'",
                expected=f"0 to {classes - 1}", given=self.class_id,
            )  # fmt: skip
        return y_true, y_pred

    def _told_each(self, answers: Any, weight: Any) -> tuple[Any, Any]:
        """Return the weight of the answers (n, labels) above each threshold, and that of the others.

        Both have the shape (thresholds, labels). What is not kept in the end is not computed in a compiled step.
        """
        levels = ops.reshape(ops.convert_to_tensor(self._levels, dtype=answers.dtype), (-1, 1, 1))
        above, weight = ops.greater(ops.expand_dims(answers, 0), levels), ops.expand_dims(weight, 0)
        return ops.sum(ops.where(above, weight, 0), axis=1), ops.sum(ops.where(above, 0, weight), axis=1)

    def _told_even(self, answers: Any, weight: Any) -> tuple[Any, Any]:
        """Return the same for evenly spaced thresholds, by sums over the buckets between them."""
        count, labels = len(self._levels), answers.shape[1]
        answers = ops.where(ops.isnan(answers), 0.0, ops.clip(answers, 0.0, 1.0))  # NaN names no bucket
        bucket = ops.ceil(answers * (count - 1))  # how many thresholds it lies above
        if self._levels[0] < 0 or self._levels[-1] > 1:
            bucket = ops.maximum(bucket, 1)  # the first threshold lies below 0, so that all pass it
        places = ops.cast(bucket, "int32") + (count + 1) * ops.arange(labels, dtype="int32")
        sums = ops.segment_sum(ops.reshape(weight, (-1,)), ops.reshape(places, (-1,)), (count + 1) * labels)
        sums = ops.transpose(ops.reshape(sums, (labels, count + 1)))
        above = ops.flip(ops.cumsum(ops.flip(sums[1:], axis=0), axis=0), axis=0)
        return above, ops.cumsum(sums[:-1], axis=0)

    def _share(self, part: str, other: str) -> Any:
        """Return part / (part + other) at each threshold, 0 before any answer."""
        first, second = self._counter(part).value, self._counter(other).value
        return ops.divide_no_nan(first, first + second)


def _only_top(y_pred: Any, k: int) -> Any:
    """Return predictions of which all but the k largest of the last axis lie below every threshold."""
    _, places = ops.top_k(y_pred, k)
    top = ops.sum(ops.one_hot(places, y_pred.shape[-1], dtype=y_pred.dtype), axis=-2)
    return y_pred * top + LOWEST * (1 - top)
