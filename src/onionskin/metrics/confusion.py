"""Counts of right and wrong answers, and precision and recall, the shares of the right ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin.metrics.counts import LOWEST, ThresholdCounts, checked_thresholds
from onionskin.metrics.lookup import METRICS

Thresholds = float | Sequence[float] | None


class _Count(ThresholdCounts):
    """The weight of one kind of answer at each threshold."""

    _kind: str

    def __init__(self, thresholds: Thresholds = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(checked_thresholds(thresholds, 0.5, type(self).__name__), (self._kind,), name, dtype)
        self.init_thresholds = thresholds
        self.accumulator = self.add_variable((len(self.thresholds),), name="accumulator")

    def _counter(self, name: str) -> Any:
        return self.accumulator

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in targets of 0 and 1 and probabilities of a batch, with weights."""
        self._take_in(y_true, y_pred, sample_weight)

    def result(self) -> Any:
        """Return the count so far, for each threshold where there are several."""
        count = self.accumulator.value
        return count[0] if len(self.thresholds) == 1 else count

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


@METRICS.entry()
class TruePositives(_Count):
    """How many of the answers "yes" are right.

    Args:
        thresholds: above it a prediction means "yes"; several give several figures. 0.5 where None.
        name: name.
        dtype: float dtype to compute in, the default one where None.

    Raises:
        ArgumentError: a threshold is not between 0 and 1.

    Example:
        >>> print(TruePositives()([0, 1, 1, 1], [0.9, 0.8, 0.7, 0.1]))
        2.0
    """

    _kind = "true_positives"


@METRICS.entry()
class FalsePositives(_Count):
    """How many of the answers "yes" are wrong; arguments as in `TruePositives`.

    Example:
        >>> print(FalsePositives()([0, 1, 1, 1], [0.9, 0.8, 0.7, 0.1]))
        1.0
    """

    _kind = "false_positives"


@METRICS.entry()
class TrueNegatives(_Count):
    """How many of the answers "no" are right; arguments as in `TruePositives`.

    Example:
        >>> print(TrueNegatives()([0, 0, 1, 1], [0.9, 0.2, 0.7, 0.1]))
        1.0
    """

    _kind = "true_negatives"


@METRICS.entry()
class FalseNegatives(_Count):
    """How many of the answers "no" are wrong; arguments as in `TruePositives`.

    Example:
        >>> print(FalseNegatives()([0, 1, 1, 1], [0.9, 0.8, 0.7, 0.1]))
        1.0
    """

    _kind = "false_negatives"


class _RightShare(ThresholdCounts):
    """The share of true positives among them and one kind of wrong answers."""

    _direction = "up"
    _wrong: str  # name of the variable of the wrong answers

    def __init__(
        self,
        thresholds: Thresholds = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        levels = checked_thresholds(thresholds, 0.5 if top_k is None else LOWEST, type(self).__name__)
        super().__init__(levels, ("true_positives", self._wrong), name, dtype, top_k, class_id)
        self.init_thresholds = thresholds
        self._count_in()

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in targets of 0 and 1 and probabilities of a batch, with weights."""
        self._take_in(y_true, y_pred, sample_weight)

    def result(self) -> Any:
        """Return the share so far, for each threshold where there are several; 0 before any answer."""
        share = self._share("true_positives", self._wrong)
        return share[0] if len(self.thresholds) == 1 else share

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        own = {"thresholds": self.init_thresholds, "top_k": self.top_k, "class_id": self.class_id}
        return {**super().get_config(), **own}


@METRICS.entry()
class Precision(_RightShare):
    """Share of the answers "yes" that are right.

        true positives / (true positives + false positives)

    Args:
        thresholds: above it a prediction means "yes"; several give several figures. Where None 0.5, or none
            with top_k.
        top_k: only the k largest predictions of a sample can mean "yes".
        class_id: the one class to look at, of all where None.
        name: name.
        dtype: float dtype to compute in, the default one where None.

    Raises:
        ArgumentError: a threshold is not between 0 and 1.

    Example:
        >>> print(Precision()([0, 1, 1], [0.9, 0.8, 0.1]))
        0.5
        >>> print(Precision(top_k=1)([[0, 1, 1]], [[0.1, 0.3, 0.2]]))
        1.0
    """

    _wrong = "false_positives"


@METRICS.entry()
class Recall(_RightShare):
    """Share of the samples to be found that are found.

        true positives / (true positives + false negatives)

    Args:
        thresholds: as in `Precision`.
        top_k: as in `Precision`.
        class_id: as in `Precision`.
        name: name.
        dtype: float dtype to compute in, the default one where None.

    Raises:
        ArgumentError: a threshold is not between 0 and 1.

    Example:
        >>> print(Recall()([0, 1, 1, 1], [0.9, 0.8, 0.7, 0.6]))
        1.0
    """

    _wrong = "false_negatives"
