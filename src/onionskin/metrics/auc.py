"""The area under a curve of two shares of right answers, as the threshold between yes and no moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base.config import epsilon
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.metrics.counts import COUNTS, ThresholdCounts, evenly_spaced
from onionskin.metrics.lookup import METRICS

CURVES = ("ROC", "PR", "PRGAIN")
METHODS = ("interpolation", "minoring", "majoring")


def _word(given: Any, known: Sequence[str], argument: str) -> str:
    """Return one of the known words, also where its letters are given all small or with the first one large."""
    word = str(getattr(given, "value", given))
    for one in known:
        if word in (one, one.lower(), one.capitalize()):
            return one
    raise ArgumentError(f"unknown {argument}.", where="AUC", expected=", ".join(known), given=repr(given))


@METRICS.entry()
class AUC(ThresholdCounts):
    """Area under the curve of two shares of right answers, over thresholds from 0 to 1.

        ROC: recall over the false positive rate;  PR: precision over recall;  PRGAIN: their gains

    Args:
        num_thresholds: how many thresholds, at equal distances.
        curve: "ROC", "PR" or "PRGAIN".
        summation_method: between two thresholds "interpolation" (of PR, by the counts), the smaller value
            ("minoring") or the larger one ("majoring").
        name: name.
        dtype: float dtype to compute in, the default one where None.
        thresholds: thresholds between 0 and 1 of your own; both ends are added.
        multi_label: the labels of the last axis have an area each, whose mean is returned.
        num_labels: how many labels, where multi_label; known from the first batch where None.
        label_weights: weights of the labels (labels,).
        from_logits: the predictions are logits.

    Raises:
        ArgumentError: one of these cannot be used.

    Example:
        >>> print(round(float(AUC(num_thresholds=3)([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9])), 4))
        0.75

    Source: Davis and Goadrich, "The relationship between precision-recall and ROC curves", 2006, for the
    interpolation of PR; Flach and Kull, "Precision-recall-gain curves", 2015.
    """

    _direction = "up"

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None:
        self.curve, self.summation_method = (
            _word(curve, CURVES, "curve"), _word(summation_method, METHODS, "summation_method")
        )  # fmt: skip
        if thresholds is None and num_thresholds < 2:
            raise ArgumentError(
                "a curve has at least two thresholds.", where="AUC", expected="2 or more",
                given=f"num_thresholds={num_thresholds}",
            )  # fmt: skip
        if num_labels and not multi_label:
            raise ArgumentError(
                "only areas of several labels need their number.", where="AUC", given=f"num_labels={num_labels}",
                fix="pass multi_label=True too, or leave it out",
            )  # fmt: skip
        inner = evenly_spaced(num_thresholds)[1:-1] if thresholds is None else sorted(float(one) for one in thresholds)
        super().__init__([-epsilon(), *inner, 1 + epsilon()], COUNTS, name, dtype)
        self.num_thresholds = len(inner) + 2
        self.multi_label, self.num_labels, self.from_logits = multi_label, num_labels, from_logits
        if isinstance(label_weights, dict):  # as a file says it
            label_weights = label_weights["config"]["value"]
        self.label_weights = None if label_weights is None else np.asarray(label_weights, self.dtype)
        self._init_from_thresholds = thresholds is not None
        self._built = False
        if num_labels or not multi_label:
            self._build(num_labels)

    def _build(self, labels: int | None) -> None:
        self._count_in(*([labels] if labels else []))
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in targets of 0 and 1 and probabilities of a batch, with weights."""
        y_pred = ops.convert_to_tensor(y_pred, dtype=self.dtype)
        if self.multi_label and len(y_pred.shape) != 2:
            raise ShapeError(
                "areas of several labels need a row of predictions for each sample.",
                where=f"metric '{self.name}'", expected="shape (batch, labels)", given=f"shape {tuple(y_pred.shape)}",
            )  # fmt: skip
        if not self._built:
            self._build(y_pred.shape[-1])
        if self.from_logits:
            y_pred = ops.sigmoid(y_pred)
        weights = None if self.multi_label else self.label_weights
        self._take_in(y_true, y_pred, sample_weight, weights, self.multi_label)

    def result(self) -> Any:
        """Return the area so far, of shape ()."""
        if not self._built:
            return ops.zeros((), self.dtype)
        if (self.curve, self.summation_method) == ("PR", "interpolation"):
            areas = self._interpolated()
        else:
            x, y = self._curve()
            heights = {"interpolation": lambda a, b: (a + b) / 2.0, "minoring": ops.minimum, "majoring": ops.maximum}
            areas = (x[:-1] - x[1:]) * heights[self.summation_method](y[:-1], y[1:])
        if not self.multi_label:
            return ops.sum(areas)
        by_label = ops.sum(areas, axis=0)
        if self.label_weights is None:
            return ops.mean(by_label)
        return ops.divide_no_nan(ops.sum(by_label * self.label_weights), ops.sum(self.label_weights))

    def _curve(self) -> tuple[Any, Any]:
        """Return the curve's points, one for each threshold: across and up."""
        tp, fp, tn, fn = (self._counter(name).value for name in COUNTS)
        recall = self._share("true_positives", "false_negatives")
        if self.curve == "ROC":
            return self._share("false_positives", "true_negatives"), recall
        if self.curve == "PR":
            return recall, self._share("true_positives", "false_positives")
        odds, none = ops.divide_no_nan(tp + fn, tn + fp), ops.equal(tp, 0.0)
        recall_gain = ops.where(none, 0.0, 1.0 - odds * ops.divide_no_nan(fn, tp))
        return ops.maximum(recall_gain, 0.0), ops.where(none, 1.0, 1.0 - odds * ops.divide_no_nan(fp, tp))

    def _interpolated(self) -> Any:
        """Return the areas under PR between two thresholds, where the counts rather than the shares are straight."""
        tp, fp, _, fn = (self._counter(name).value for name in COUNTS)
        found, said = tp[:-1] - tp[1:], tp + fp
        slope = ops.divide_no_nan(found, ops.maximum(said[:-1] - said[1:], 0))
        intercept = tp[1:] - slope * said[1:]
        both = ops.logical_and(said[:-1] > 0, said[1:] > 0)
        ratio = ops.where(both, ops.divide_no_nan(said[:-1], ops.maximum(said[1:], 0)), 1.0)
        return ops.divide_no_nan(slope * (found + intercept * ops.log(ratio)), ops.maximum(tp[1:] + fn[1:], 0))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        config = {
            **super().get_config(),
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": None if self.label_weights is None else self.label_weights.tolist(),
            "from_logits": self.from_logits,
        }
        return {**config, "thresholds": self.thresholds[1:-1]} if self._init_from_thresholds else config
