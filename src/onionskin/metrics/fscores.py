"""Means of precision and recall: the F-scores."""

from __future__ import annotations

from typing import Any

from onionskin import losses, ops
from onionskin.base.config import epsilon
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.metrics.lookup import METRICS
from onionskin.metrics.metric import Metric

AVERAGES = (None, "micro", "macro", "weighted")


@METRICS.entry()
class FBetaScore(Metric):
    """Harmonic mean of precision and recall, where recall counts β times as much.

        F = (1 + β²) · precision · recall / (β² · precision + recall)

    Args:
        average: None for the figure of each class, "micro" for that of all answers together, "macro" for the
            mean over the classes, "weighted" for that by how often they occur.
        beta: β > 0.
        threshold: above it a prediction means "yes"; where None the largest of a sample does.
        name: name.
        dtype: float dtype to compute in, the default one where None.

    Raises:
        ArgumentError: one of these cannot be used.

    Example:
        >>> print(FBetaScore("micro", beta=2.0, threshold=0.5)([[1, 1, 0]], [[0.9, 0.2, 0.8]]).round(4))
        0.5
    """

    _direction = "up"

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        where = type(self).__name__
        if average not in AVERAGES:
            raise ArgumentError("unknown average.", where=where, expected=AVERAGES, given=repr(average))
        for argument, value, most in (("beta", beta, float("inf")), ("threshold", threshold, 1.0)):
            if (argument, value) == ("threshold", None):
                continue
            if isinstance(value, bool) or not isinstance(value, float | int) or not 0 < value <= most:
                raise ArgumentError(
                    f"{argument} is no number that can be used.", where=where,
                    expected="more than 0" + (", at most 1" if most == 1 else ""), given=repr(value),
                )  # fmt: skip
        super().__init__(dtype, name)
        self.average, self.beta, self.threshold = average, beta, threshold
        self._built = False

    def _build(self, y_true: Any, y_pred: Any) -> None:
        for y in (y_true, y_pred):
            if len(y.shape) != 2:
                raise ShapeError(
                    "F-scores take a row of predictions for each sample.", where=f"metric '{self.name}'",
                    expected="shape (batch, classes)", given=f"shape {tuple(y.shape)}",
                )  # fmt: skip
        shape = () if self.average == "micro" else (y_pred.shape[-1],)
        self.true_positives = self.add_variable(shape, name="true_positives")
        self.false_positives = self.add_variable(shape, name="false_positives")
        self.false_negatives = self.add_variable(shape, name="false_negatives")
        self.intermediate_weights = self.add_variable(shape, name="intermediate_weights")
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in targets of 0 and 1 and predictions (batch, classes), with weights (batch,)."""
        y_true, y_pred = (
            ops.convert_to_tensor(y_true, dtype=self.dtype),
            ops.convert_to_tensor(y_pred, dtype=self.dtype),
        )
        if not self._built:
            self._build(y_true, y_pred)
        losses.check_same_shape(y_true, y_pred, f"metric '{self.name}'")
        if self.threshold is None:
            largest = ops.greater_equal(y_pred, ops.max(y_pred, axis=-1, keepdims=True))
            answers = ops.logical_and(largest, ops.greater(ops.absolute(y_pred), 1e-9))
        else:
            answers = ops.greater(y_pred, self.threshold)
        said = ops.cast(answers, self.dtype)
        weight: Any = 1.0
        if sample_weight is not None:
            weight = ops.expand_dims(ops.convert_to_tensor(sample_weight, dtype=self.dtype), 1)
        for variable, values in (
            (self.true_positives, said * y_true), (self.false_positives, said * (1 - y_true)),
            (self.false_negatives, (1 - said) * y_true), (self.intermediate_weights, y_true),
        ):  # fmt: skip
            variable.assign_add(ops.sum(ops.multiply(values, weight), axis=None if self.average == "micro" else 0))

    def result(self) -> Any:
        """Return the score so far, of shape () or, without an average, (classes,)."""
        if not self._built:
            return ops.zeros((), self.dtype)
        precision = self.true_positives / (self.true_positives + self.false_positives + epsilon())
        recall = self.true_positives / (self.true_positives + self.false_negatives + epsilon())
        score = precision * recall / (self.beta**2 * precision + recall + epsilon()) * (1 + self.beta**2)
        if self.average == "weighted":
            shares = self.intermediate_weights / (ops.sum(self.intermediate_weights) + epsilon())
            return ops.sum(score * shares)
        return score if self.average is None else ops.mean(score)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        own = {"average": self.average, "beta": self.beta, "threshold": self.threshold}
        return {**super().get_config(), **own}


@METRICS.entry()
class F1Score(FBetaScore):
    """Harmonic mean of precision and recall.

        F = 2 · precision · recall / (precision + recall)

    Args:
        average: as in `FBetaScore`.
        threshold: as in `FBetaScore`.
        name: name.
        dtype: float dtype to compute in, the default one where None.

    Raises:
        ArgumentError: one of these cannot be used.

    Example:
        >>> print(F1Score("macro")([[0, 1], [1, 0]], [[0.2, 0.8], [0.4, 0.6]]).round(4))
        0.3333
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        return {key: value for key, value in super().get_config().items() if key != "beta"}
