"""Means of the losses as metrics: errors of real values, cross-entropies and divergences, hinges."""

from __future__ import annotations

from typing import Any

from onionskin import losses, ops
from onionskin.metrics.lookup import METRICS
from onionskin.metrics.mean import Mean, MeanMetricWrapper


@METRICS.entry("mse", "MSE")
class MeanSquaredError(MeanMetricWrapper):
    """Mean of (y_true - y_pred)².

    Args:
        name: name.
        dtype: float dtype to compute in, the default one where None.

    Example:
        >>> print(MeanSquaredError()([[0.0, 1.0]], [[1.0, 3.0]]))
        2.5
    """

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_squared_error, name, dtype)


@METRICS.entry("rmse", "RMSE")
class RootMeanSquaredError(Mean):
    """Root of the mean of (y_true - y_pred)² over all samples seen.

    Args:
        name: name.
        dtype: float dtype to compute in, the default one where None.

    Example:
        >>> print(RootMeanSquaredError()([[0.0, 0.0]], [[3.0, 3.0]]))
        3.0
    """

    _direction = "down"

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take in targets and predictions of a batch, with weights."""
        pair = ops.convert_to_tensor(y_true, dtype=self.dtype), ops.convert_to_tensor(y_pred, dtype=self.dtype)
        y_true, y_pred = losses.squeeze_or_expand_to_same_rank(*pair)
        losses.check_same_shape(y_true, y_pred, f"metric '{self.name}'")
        super().update_state(ops.square(y_pred - y_true), sample_weight=sample_weight)

    def result(self) -> Any:
        """Return the root of the mean so far."""
        return ops.sqrt(super().result())


@METRICS.entry("mae", "MAE")
class MeanAbsoluteError(MeanMetricWrapper):
    """Mean of |y_true - y_pred|; arguments as in `MeanSquaredError`."""

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_absolute_error, name, dtype)


@METRICS.entry("mape", "MAPE")
class MeanAbsolutePercentageError(MeanMetricWrapper):
    """Mean of 100 · |y_true - y_pred| / |y_true|; arguments as in `MeanSquaredError`."""

    def __init__(self, name: str | None = "mean_absolute_percentage_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_absolute_percentage_error, name, dtype)


@METRICS.entry("msle", "MSLE")
class MeanSquaredLogarithmicError(MeanMetricWrapper):
    """Mean of (ln(1 + y_true) - ln(1 + y_pred))²; arguments as in `MeanSquaredError`."""

    def __init__(self, name: str | None = "mean_squared_logarithmic_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_squared_logarithmic_error, name, dtype)


@METRICS.entry()
class LogCoshError(MeanMetricWrapper):
    """Mean of ln cosh(y_pred - y_true); arguments as in `MeanSquaredError`."""

    def __init__(self, name: str | None = "logcosh", dtype: Any = None) -> None:
        super().__init__(losses.log_cosh, name, dtype)


@METRICS.entry()
class CosineSimilarity(MeanMetricWrapper):
    """Mean cosine of the angle between targets and predictions, 1 where they point the same way.

    Args:
        name: name.
        dtype: float dtype to compute in, the default one where None.
        axis: axis of the vectors.

    Example:
        >>> print(CosineSimilarity()([[0.0, 1.0]], [[0.0, 3.0]]))
        1.0
    """

    _direction = "up"

    def __init__(self, name: str | None = "cosine_similarity", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(_cosine, name, dtype, axis=axis)


def _cosine(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    return -losses.cosine_similarity(y_true, y_pred, axis=axis)


@METRICS.entry("bce", "BCE")
class BinaryCrossentropy(MeanMetricWrapper):
    """Mean of -(t ln p + (1 - t) ln(1 - p)).

    Args:
        name: name.
        dtype: float dtype to compute in, the default one where None.
        from_logits: the predictions are logits, p = σ(logits).
        label_smoothing: share by which targets are moved towards ½.
    """

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ) -> None:
        arguments = {"from_logits": from_logits, "label_smoothing": label_smoothing}
        super().__init__(losses.binary_crossentropy, name, dtype, **arguments)


@METRICS.entry()
class CategoricalCrossentropy(MeanMetricWrapper):
    """Mean of -Σ t_c ln p_c, for one-hot or soft targets.

    Args:
        name: name.
        dtype: float dtype to compute in, the default one where None.
        from_logits: the predictions are logits, p = softmax(logits).
        label_smoothing: share that is taken from the targets and spread evenly over the classes.
        axis: axis of the classes.
    """

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ) -> None:
        arguments = {"from_logits": from_logits, "label_smoothing": label_smoothing, "axis": axis}
        super().__init__(losses.categorical_crossentropy, name, dtype, **arguments)


@METRICS.entry()
class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """Mean of -ln p_y, for class numbers y.

    Args:
        name: name.
        dtype: float dtype to compute in, the default one where None.
        from_logits: the predictions are logits, p = softmax(logits).
        ignore_class: a class number whose loss is 0; with sample weights it does not count either.
        axis: axis of the classes.
    """

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        arguments = {"from_logits": from_logits, "ignore_class": ignore_class, "axis": axis}
        super().__init__(losses.sparse_categorical_crossentropy, name, dtype, **arguments)


@METRICS.entry()
class KLDivergence(MeanMetricWrapper):
    """Mean of Σ t ln(t / p); arguments as in `MeanSquaredError`."""

    def __init__(self, name: str | None = "kl_divergence", dtype: Any = None) -> None:
        super().__init__(losses.kl_divergence, name, dtype)


@METRICS.entry()
class Poisson(MeanMetricWrapper):
    """Mean of p - t ln p; arguments as in `MeanSquaredError`."""

    def __init__(self, name: str | None = "poisson", dtype: Any = None) -> None:
        super().__init__(losses.poisson, name, dtype)


@METRICS.entry()
class Hinge(MeanMetricWrapper):
    """Mean of max(1 - t·y_pred, 0); arguments as in `MeanSquaredError`."""

    def __init__(self, name: str | None = "hinge", dtype: Any = None) -> None:
        super().__init__(losses.hinge, name, dtype)


@METRICS.entry()
class SquaredHinge(MeanMetricWrapper):
    """Mean of max(1 - t·y_pred, 0)²; arguments as in `MeanSquaredError`."""

    def __init__(self, name: str | None = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(losses.squared_hinge, name, dtype)


@METRICS.entry()
class CategoricalHinge(MeanMetricWrapper):
    """Mean of max(1 + largest wrong prediction - right prediction, 0); arguments as in `MeanSquaredError`."""

    def __init__(self, name: str | None = "categorical_hinge", dtype: Any = None) -> None:
        super().__init__(losses.categorical_hinge, name, dtype)
