"""The best of one share of right answers at the thresholds where another is high enough."""

from __future__ import annotations

from typing import Any

from onionskin import ops
from onionskin.base.errors import ArgumentError
from onionskin.metrics.counts import COUNTS, ThresholdCounts, evenly_spaced
from onionskin.metrics.lookup import METRICS

# share of right answers → its two counts
_SHARES = {
    "precision": ("true_positives", "false_positives"),
    "recall": ("true_positives", "false_negatives"),
    "sensitivity": ("true_positives", "false_negatives"),
    "specificity": ("true_negatives", "false_positives"),
}


class _BestAt(ThresholdCounts):
    """The largest of one share where another is at least a value."""

    _direction = "up"
    _wanted: str  # the share that is reported
    _held: str  # the share that has to be high enough

    def __init__(
        self, value: float, num_thresholds: int = 200, class_id: int | None = None,
        name: str | None = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        where = type(self).__name__
        if not 0 <= value <= 1:
            raise ArgumentError("a share lies between 0 and 1.", where=where, given=f"{self._held}={value}")
        if num_thresholds < 1:
            raise ArgumentError(
                "there is at least one threshold.", where=where, expected="1 or more",
                given=f"num_thresholds={num_thresholds}",
            )  # fmt: skip
        super().__init__(evenly_spaced(num_thresholds), COUNTS, name, dtype, None, class_id)
        self.value, self.num_thresholds = value, num_thresholds
        self._count_in()

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in targets of 0 and 1 and probabilities of a batch, with weights."""
        self._take_in(y_true, y_pred, sample_weight)

    def result(self) -> Any:
        """Return the best share so far, 0 where no threshold does."""
        wanted, held = self._share(*_SHARES[self._wanted]), self._share(*_SHARES[self._held])
        return ops.max(ops.where(held >= self.value, wanted, 0), initial=0)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        own = {"num_thresholds": self.num_thresholds, self._held: self.value, "class_id": self.class_id}
        return {**super().get_config(), **own}


@METRICS.entry()
class SensitivityAtSpecificity(_BestAt):
    """Largest share of the positives that is found, where the share of negatives told apart is high enough.

        sensitivity = TP / (TP + FN),  specificity = TN / (TN + FP)

    Args:
        specificity: the least specificity, from 0 to 1.
        num_thresholds: how many thresholds from 0 to 1 are tried.
        class_id: the one class to look at, of all where None.
        name: name.
        dtype: float dtype to compute in, the default one where None.

    Raises:
        ArgumentError: specificity is not between 0 and 1, or there are no thresholds.

    Example:
        >>> print(SensitivityAtSpecificity(0.5)([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8]))
        0.5
    """

    _wanted, _held = "sensitivity", "specificity"

    def __init__(
        self, specificity: float, num_thresholds: int = 200, class_id: int | None = None,
        name: str | None = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(specificity, num_thresholds, class_id, name, dtype)
        self.specificity = specificity


@METRICS.entry()
class SpecificityAtSensitivity(_BestAt):
    """Largest share of the negatives told apart, where the share of positives found is high enough.

    Args:
        sensitivity: the least sensitivity, from 0 to 1.
        num_thresholds: as in `SensitivityAtSpecificity`.
        class_id: as in `SensitivityAtSpecificity`.
        name: name.
        dtype: float dtype to compute in, the default one where None.

    Raises:
        ArgumentError: sensitivity is not between 0 and 1, or there are no thresholds.
    """

    _wanted, _held = "specificity", "sensitivity"

    def __init__(
        self, sensitivity: float, num_thresholds: int = 200, class_id: int | None = None,
        name: str | None = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)
        self.sensitivity = sensitivity


@METRICS.entry()
class PrecisionAtRecall(_BestAt):
    """Largest precision where the recall is high enough.

    Args:
        recall: the least recall, from 0 to 1.
        num_thresholds: as in `SensitivityAtSpecificity`.
        class_id: as in `SensitivityAtSpecificity`.
        name: name.
        dtype: float dtype to compute in, the default one where None.

    Raises:
        ArgumentError: recall is not between 0 and 1, or there are no thresholds.

    Example:
        >>> print(PrecisionAtRecall(0.5)([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8]))
        0.5
    """

    _wanted, _held = "precision", "recall"

    def __init__(
        self, recall: float, num_thresholds: int = 200, class_id: int | None = None,
        name: str | None = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(recall, num_thresholds, class_id, name, dtype)
        self.recall = recall


@METRICS.entry()
class RecallAtPrecision(_BestAt):
    """Largest recall where the precision is high enough.

    Args:
        precision: the least precision, from 0 to 1.
        num_thresholds: as in `SensitivityAtSpecificity`.
        class_id: as in `SensitivityAtSpecificity`.
        name: name.
        dtype: float dtype to compute in, the default one where None.

    Raises:
        ArgumentError: precision is not between 0 and 1, or there are no thresholds.
    """

    _wanted, _held = "recall", "precision"

    def __init__(
        self, precision: float, num_thresholds: int = 200, class_id: int | None = None,
        name: str | None = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(precision, num_thresholds, class_id, name, dtype)
        self.precision = precision
