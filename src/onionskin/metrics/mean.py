"""Sums and means over all samples seen, and metrics that are the mean of a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from onionskin import losses, ops
from onionskin.losses.reduction import apply_mask
from onionskin.metrics.lookup import METRICS, deserialize_function, serialize_function
from onionskin.metrics.metric import Metric
from onionskin.state import mask_of


def samplewise(values: Any, sample_weight: Any, reduce: Callable[..., Any], dtype: str) -> tuple[Any, Any]:
    """Return one weighted value for each sample, and the weights.

    As in Keras, a mask that the values carry counts beside weights only; without weights all values count.

    Args:
        values: (batch, …).
        sample_weight: weights that broadcast to the values from the left, or None.
        reduce: `ops.sum` or `ops.mean`, over all axes but the first.
        dtype: dtype of both.
    """
    mask = mask_of(values)
    values = ops.convert_to_tensor(values, dtype=dtype)
    if sample_weight is not None:
        weight = apply_mask(ops.convert_to_tensor(sample_weight, dtype=dtype), mask, dtype, "sum")
        values, weight = losses.squeeze_or_expand_to_same_rank(values, weight)
        rank = len(weight.shape)
        if len(values.shape) > rank:
            values = reduce(values, axis=tuple(range(rank, len(values.shape))))
        weight = ops.broadcast_to(weight, values.shape)
        values = values * weight
        sample_weight = reduce(weight, axis=tuple(range(1, rank))) if rank > 1 else weight
    if len(values.shape) > 1:
        values = reduce(values, axis=tuple(range(1, len(values.shape))))
    return values, sample_weight


@METRICS.entry()
class Sum(Metric):
    """Weighted sum of all values.

    Args:
        name: name.
        dtype: float dtype to compute in, the default one where None.

    Example:
        >>> metric = Sum()
        >>> metric.update_state([1.0, 2.0])
        >>> print(metric([3.0]))
        6.0
    """

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.total = self.add_variable(name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take in values (batch, …) with weights."""
        values, _ = samplewise(values, sample_weight, ops.sum, self.dtype)
        self.total.assign_add(ops.sum(values))

    def result(self) -> Any:
        """Return the sum so far."""
        return self.total.value


@METRICS.entry()
class Mean(Metric):
    """Weighted mean of all values.

        Σ wᵢ vᵢ / Σ wᵢ

    Args:
        name: name.
        dtype: float dtype to compute in, the default one where None.

    Example:
        >>> metric = Mean()
        >>> metric.update_state([1.0, 2.0])
        >>> print(metric([6.0], sample_weight=[2.0]))
        3.75
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.total = self.add_variable(name="total")
        self.count = self.add_variable(name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take in values (batch, …) with weights."""
        values, weight = samplewise(values, sample_weight, ops.mean, self.dtype)
        self.total.assign_add(ops.sum(values))
        if weight is not None:
            self.count.assign_add(ops.sum(weight))
        else:
            size = values.shape[0] if len(values.shape) else 1
            self.count.assign_add(1.0 if size is None else float(size))  # None while a model is described

    def result(self) -> Any:
        """Return the mean so far, 0 before any value."""
        total, count = self.total.value, self.count.value
        if isinstance(count, np.ndarray) and count.ndim == 0 and count:  # as `divide_no_nan`, in a tenth of the time
            with np.errstate(all="ignore"):
                return np.divide(total, count)
        return ops.divide_no_nan(total, count)


@METRICS.entry()
class MeanMetricWrapper(Mean):
    """Mean of a function `(y_true, y_pred, **kwargs) -> value of each sample`.

    Args:
        fn: the function.
        name: name; that of the class in snake_case where None.
        dtype: float dtype to compute in, the default one where None.
        kwargs: further arguments of the function.

    Example:
        >>> print(MeanMetricWrapper(losses.huber, delta=2.0)([[0.0]], [[1.0]]))
        0.5
    """

    def __init__(self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name or "mean_metric_wrapper", dtype)
        self.fn = fn
        self.kwargs = kwargs
        if self._direction is None and losses.is_known(fn):
            self._direction = "down"

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take in targets and predictions of a batch, with weights; those that a mask leaves out do not count."""
        mask = losses.prediction_mask(y_pred)
        values = self.fn(y_true, y_pred, **self.kwargs)
        sample_weight = losses.apply_mask(sample_weight, mask, self.dtype, "sum")
        if sample_weight is not None:
            counted = losses.mask_of_values(self.fn, y_true, y_pred, values, self.kwargs)
            sample_weight = losses.apply_mask(sample_weight, counted, self.dtype, "sum")
        super().update_state(values, sample_weight=sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        config = {**super().get_config(), **self.kwargs}
        return {**config, "fn": serialize_function(self.fn)} if type(self) is MeanMetricWrapper else config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """Make a metric from what `get_config` returned."""
        if "fn" in config and not callable(config["fn"]):
            config = {**config, "fn": deserialize_function(config["fn"])}
        return cls(**config)
