"""What `compile(metrics=[…])` means: metric objects, also for "accuracy", which the shapes decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin import losses
from onionskin.metrics.accuracies import BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy
from onionskin.metrics.errors import BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy
from onionskin.metrics.lookup import get
from onionskin.metrics.mean import MeanMetricWrapper
from onionskin.metrics.metric import Metric

_ACCURACIES: dict[str, Any] = {
    "binary": BinaryAccuracy, "sparse": SparseCategoricalAccuracy, "categorical": CategoricalAccuracy,
}  # fmt: skip
_CROSSENTROPIES: dict[str, Any] = {
    "binary": BinaryCrossentropy, "sparse": SparseCategoricalCrossentropy, "categorical": CategoricalCrossentropy,
}  # fmt: skip
_KINDS = {
    losses.binary_crossentropy: "binary",
    losses.sparse_categorical_crossentropy: "sparse",
    losses.categorical_crossentropy: "categorical",
}


def resolve(
    identifier: Any,
    loss: Any = None,
    y_shape: Sequence[int | None] | None = None,
    output_shape: Sequence[int | None] | None = None,
) -> Metric:
    """Return the metric object of what users pass to `compile`.

    "accuracy" and "acc" become the accuracy, "crossentropy" and "ce" the cross-entropy, that goes with the
    targets: binary where the output has one unit, of class numbers where the targets have an axis less
    or one of size 1, else of one-hot targets. While a shape is not known, the loss decides.

    Args:
        identifier: a name, a function, a class or a metric.
        loss: the model's loss, an object or function.
        y_shape: shape of the targets, batch first.
        output_shape: shape of the model's output, batch first.

    Raises:
        UnknownNameError: there is none of this name.

    Example:
        >>> resolve("acc", y_shape=(32,), output_shape=(32, 10))
        <SparseCategoricalAccuracy name=acc>
    """
    word = identifier.lower() if isinstance(identifier, str) else None
    if word in ("accuracy", "acc"):
        return _ACCURACIES[_kind(loss, y_shape, output_shape)](name=identifier)
    if word in ("crossentropy", "ce"):
        logits = bool(getattr(loss, "kwargs", {}).get("from_logits", False))
        return _CROSSENTROPIES[_kind(loss, y_shape, output_shape)](name=identifier, from_logits=logits)
    metric = get(identifier)
    if not isinstance(metric, Metric):
        metric = MeanMetricWrapper(metric, getattr(metric, "name", None) or getattr(metric, "__name__", None))
    if isinstance(identifier, str):
        metric.name = identifier
    return metric


def _kind(loss: Any, y_shape: Any, output_shape: Any) -> str:
    if y_shape is not None and output_shape is not None:
        return losses.target_kind(y_shape, output_shape)
    by_loss = _KINDS.get(getattr(loss, "fn", loss))
    if by_loss is not None:
        return by_loss
    return "binary" if output_shape is not None and output_shape[-1] == 1 else "categorical"
