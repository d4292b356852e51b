"""Precision and recall: what share of the answers "yes" is right, and what share of the right ones is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin import losses, ops
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.metrics.lookup import METRICS
from onionskin.metrics.metric import Metric


class _Counts(Metric):
    """Right and wrong answers at one or several thresholds."""

    _direction = "up"
    _wrong: str  # name of the variable of the wrong answers

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        if top_k is not None:
            raise ArgumentError(
                "top_k is not supported yet.", where=type(self).__name__, expected="None", given=f"top_k={top_k}"
            )
        several = np.atleast_1d(0.5 if thresholds is None else thresholds)
        self.thresholds: list[float] = [float(one) for one in several]
        if not self.thresholds or not all(0 <= one <= 1 for one in self.thresholds):
            raise ArgumentError(
                "thresholds lie between 0 and 1.", where=type(self).__name__, given=f"thresholds={thresholds}"
            )
        self.init_thresholds, self.class_id = thresholds, class_id
        shape = (len(self.thresholds),)
        self.true_positives = self.add_variable(shape, name="true_positives")
        self.wrong = self.add_variable(shape, name=self._wrong)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in targets of 0 and 1 and probabilities of a batch, with weights."""
        pair = ops.convert_to_tensor(y_true, dtype=self.dtype), ops.convert_to_tensor(y_pred, dtype=self.dtype)
        y_true, y_pred = losses.squeeze_or_expand_to_same_rank(*pair)
        if sample_weight is not None:
            weight = ops.expand_dims(ops.convert_to_tensor(sample_weight, dtype=self.dtype), -1)
            _, sample_weight = losses.squeeze_or_expand_to_same_rank(y_true, weight, expand_rank_1=False)
        if self.class_id is not None:
            if len(y_pred.shape) < 2:
                raise ShapeError(
                    "class_id needs predictions for several classes.",
                    where=f"metric '{self.name}'",
                    expected="shape (batch, classes)",
                    given=f"shape {tuple(y_pred.shape)}",
                )
            y_true, y_pred = (ops.expand_dims(y[..., self.class_id], -1) for y in (y_true, y_pred))
        yes, answers = ops.reshape(ops.not_equal(y_true, 0), (1, -1)), ops.reshape(y_pred, (1, -1))
        found = ops.greater(answers, ops.reshape(ops.convert_to_tensor(self.thresholds, dtype=self.dtype), (-1, 1)))
        wrong = self._wrong_ones(found, yes)
        share = 1.0
        if sample_weight is not None:
            share = ops.reshape(ops.broadcast_to(sample_weight, y_pred.shape), (1, -1))
        for variable, hits in ((self.true_positives, ops.logical_and(found, yes)), (self.wrong, wrong)):
            variable.assign_add(ops.sum(ops.cast(hits, self.dtype) * share, axis=1))

    def _wrong_ones(self, found: Any, yes: Any) -> Any:
        raise NotImplementedError

    def result(self) -> Any:
        """Return the share so far, for each threshold where there are several; 0 before any answer."""
        share = ops.divide_no_nan(self.true_positives, self.true_positives + self.wrong)
        return share[0] if len(self.thresholds) == 1 else share

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        own = {"thresholds": self.init_thresholds, "top_k": None, "class_id": self.class_id}
        return {**super().get_config(), **own}


@METRICS.entry()
class Precision(_Counts):
    """Share of the answers "yes" that are right.

        true positives / (true positives + false positives)

    Args:
        thresholds: above it a prediction means "yes"; several give several figures. 0.5 where None.
        top_k: not supported yet.
        class_id: the one class to look at, of all where None.
        name: name.
        dtype: float dtype to compute in, the default one where None.

    Raises:
        ArgumentError: a threshold is not between 0 and 1, or top_k is given.

    Example:
        >>> print(Precision()([0, 1, 1], [0.9, 0.8, 0.1]))
        0.5
    """

    _wrong = "false_positives"

    def _wrong_ones(self, found: Any, yes: Any) -> Any:
        return ops.logical_and(found, ops.logical_not(yes))


@METRICS.entry()
class Recall(_Counts):
    """Share of the samples to be found that are found.

        true positives / (true positives + false negatives)

    Args:
        thresholds: as in `Precision`.
        top_k: not supported yet.
        class_id: as in `Precision`.
        name: name.
        dtype: float dtype to compute in, the default one where None.

    Raises:
        ArgumentError: a threshold is not between 0 and 1, or top_k is given.

    Example:
        >>> print(Recall()([0, 1, 1, 1], [0.9, 0.8, 0.7, 0.6]))
        1.0
    """

    _wrong = "false_negatives"

    def _wrong_ones(self, found: Any, yes: Any) -> Any:
        return ops.logical_and(ops.logical_not(found), yes)
