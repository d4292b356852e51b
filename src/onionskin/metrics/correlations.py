"""How much of the targets' changes the predictions follow: correlations and the coefficient of determination."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from onionskin import losses, ops
from onionskin.base.config import epsilon
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.graph import Node
from onionskin.metrics.lookup import METRIC_FUNCTIONS, METRICS
from onionskin.metrics.mean import MeanMetricWrapper
from onionskin.metrics.metric import Metric

AVERAGES = (None, "uniform_average", "variance_weighted_average")


def _paired(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    y_pred = ops.convert_to_tensor(y_pred)
    pair: tuple[Any, Any] = losses.squeeze_or_expand_to_same_rank(
        ops.convert_to_tensor(y_true, dtype=y_pred.dtype), y_pred
    )
    losses.check_same_shape(*pair)
    return pair


@METRIC_FUNCTIONS.entry()
def pearson_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Return the correlation of targets and predictions, 1 where one is a rising line of the other.

        ρ = mean of (t - mean t)(p - mean p) / (std t · std p)

    Args:
        y_true: targets t.
        y_pred: predictions p of the same shape.
        axis: axis of the means.

    Example:
        >>> print(pearson_correlation([[0.0, 1.0, 2.0]], [[1.0, 3.0, 5.0]]).round(4))
        [1.]
    """
    y_true, y_pred = _paired(y_true, y_pred)
    with np.errstate(all="ignore"):  # NaN where one does not change, as in a compiled step
        parts = [y - ops.mean(y, axis=axis, keepdims=True) for y in (y_true, y_pred)]
        parts = [y / ops.std(y, axis=axis, keepdims=True) for y in parts]
        return ops.mean(parts[0] * parts[1], axis=axis)


@METRIC_FUNCTIONS.entry()
def concordance_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Return how near targets and predictions lie to the line t = p, 1 where all are on it.

        ρ = 2 cov(t, p) / (var t + var p + (mean t - mean p)² + ε)

    Args:
        y_true: targets t.
        y_pred: predictions p of the same shape.
        axis: axis of the means.

    Example:
        >>> print(concordance_correlation([[0.0, 1.0, 2.0]], [[0.0, 1.0, 2.0]]).round(4))
        [1.]

    Source: Lin, "A concordance correlation coefficient to evaluate reproducibility", 1989.
    """
    y_true, y_pred = _paired(y_true, y_pred)
    means = [ops.mean(y, axis=axis, keepdims=True) for y in (y_true, y_pred)]
    spread = [ops.var(y, axis=axis, keepdims=True) for y in (y_true, y_pred)]
    covariance = (y_true - means[0]) * (y_pred - means[1])
    scale = spread[0] + spread[1] + ops.square(means[0] - means[1]) + epsilon()
    return ops.mean(2 * covariance / scale, axis=axis)


@METRICS.entry()
class PearsonCorrelation(MeanMetricWrapper):
    """Mean of the correlations of targets and predictions; see `pearson_correlation`.

    Args:
        name: name.
        dtype: float dtype to compute in, the default one where None.
        axis: axis of the correlation.

    Example:
        >>> print(PearsonCorrelation()([[0.0, 1.0, 2.0]], [[5.0, 3.0, 1.0]]).round(4))
        -1.0
    """

    _direction = "up"

    def __init__(self, name: str | None = "pearson_correlation", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(pearson_correlation, name, dtype, axis=axis)
        self.axis = axis


@METRICS.entry()
class ConcordanceCorrelation(MeanMetricWrapper):
    """Mean of the concordances of targets and predictions; see `concordance_correlation`.

    Args:
        name: name.
        dtype: float dtype to compute in, the default one where None.
        axis: axis of the correlation.
    """

    _direction = "up"

    def __init__(self, name: str | None = "concordance_correlation", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(concordance_correlation, name, dtype, axis=axis)
        self.axis = axis


@METRICS.entry()
class R2Score(Metric):
    """Share of the targets' variance that the predictions explain, 1 for perfect ones.

        R² = 1 - Σ(t - p)² / Σ(t - mean t)²

    Args:
        class_aggregation: "uniform_average" of the outputs, "variance_weighted_average", or None for the
            figure of each.
        num_regressors: how many inputs the model has, for the adjusted figure
            1 - (1 - R²)(n - 1) / (n - inputs - 1); 0 for the plain one. n counts all targets.
        name: name.
        dtype: float dtype to compute in, the default one where None.

    Raises:
        ArgumentError: one of these cannot be used.

    Example:
        >>> print(R2Score()([[0.0], [1.0], [2.0]], [[0.0], [1.0], [1.0]]))
        0.5
    """

    _direction = "up"

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: Any = None,
    ) -> None:
        if class_aggregation not in AVERAGES:
            raise ArgumentError(
                "unknown class_aggregation.", where="R2Score", expected=AVERAGES, given=repr(class_aggregation)
            )
        if num_regressors < 0:
            raise ArgumentError(
                "a model has no less than 0 inputs.", where="R2Score", given=f"num_regressors={num_regressors}"
            )
        super().__init__(dtype, name)
        self.class_aggregation, self.num_regressors = class_aggregation, num_regressors
        self.num_samples = self.add_variable(name="num_samples")
        self._built = False

    def _build(self, y_true: Any, y_pred: Any) -> None:
        for y in (y_true, y_pred):
            if len(y.shape) != 2:
                raise ShapeError(
                    "R² takes a row of outputs for each sample.", where=f"metric '{self.name}'",
                    expected="shape (batch, outputs)", given=f"shape {tuple(y.shape)}",
                )  # fmt: skip
        shape = (y_pred.shape[-1],)
        self.squared_sum = self.add_variable(shape, name="squared_sum")
        self.sum = self.add_variable(shape, name="sum")
        self.total_mse = self.add_variable(shape, name="residual")
        self.count = self.add_variable(shape, name="count")
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in targets and predictions (batch, outputs) with weights (batch,) or (batch, outputs)."""
        y_true, y_pred = _paired(
            ops.convert_to_tensor(y_true, dtype=self.dtype), ops.convert_to_tensor(y_pred, dtype=self.dtype)
        )
        if not self._built:
            self._build(y_true, y_pred)
        weight = ops.convert_to_tensor(1.0 if sample_weight is None else sample_weight, dtype=self.dtype)
        weight = ops.broadcast_to(ops.expand_dims(weight, 1) if len(weight.shape) == 1 else weight, y_true.shape)
        weighted = y_true * weight
        self.sum.assign_add(ops.sum(weighted, axis=0))
        self.squared_sum.assign_add(ops.sum(y_true * weighted, axis=0))
        self.total_mse.assign_add(ops.sum(ops.square(y_true - y_pred) * weight, axis=0))
        self.count.assign_add(ops.sum(weight, axis=0))
        self.num_samples.assign_add(float(np.prod(y_true.shape)))

    def result(self) -> Any:
        """Return the share so far, of shape () or, without an average, (outputs,)."""
        if not self._built:
            return ops.zeros((), self.dtype)
        with np.errstate(all="ignore"):  # NaN before any sample, as in a compiled step
            total = self.squared_sum - self.sum * (self.sum / self.count)
            scores = 1 - self.total_mse / total
            scores = ops.where(ops.isinf(scores), 0.0, scores)
            if self.class_aggregation == "uniform_average":
                scores = ops.mean(scores)
            elif self.class_aggregation == "variance_weighted_average":
                scores = ops.sum(total * scores) / ops.sum(total)
            return self._adjusted(scores) if self.num_regressors else scores

    def _adjusted(self, score: Any) -> Any:
        n = self.num_samples.value
        free = n - (self.num_regressors + 1)
        if not isinstance(free, Node) and free <= 0:
            warnings.warn(
                f"R2Score: {int(n)} targets are too few to adjust for {self.num_regressors} inputs; "
                "the result is not adjusted.",
                stacklevel=3,
            )
        enough = free > 0
        return ops.where(enough, 1 - (1 - score) * (n - 1) / ops.where(enough, free, 1), score)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        own = {"class_aggregation": self.class_aggregation, "num_regressors": self.num_regressors}
        return {**super().get_config(), **own}
