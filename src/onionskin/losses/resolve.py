"""What `compile(loss=…)` means: a loss object, also for "crossentropy", which the shapes decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin.losses.lookup import get
from onionskin.losses.loss import Loss, LossFunctionWrapper
from onionskin.losses.probabilistic import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)

Shape = Sequence[int | None]


def target_kind(y_shape: Shape, output_shape: Shape) -> str:
    """Return whether targets are "binary", "sparse" (class numbers) or "categorical", by Keras's rule.

    Args:
        y_shape: shape of the targets, batch first.
        output_shape: shape of the model's output, batch first.

    Example:
        >>> target_kind((32,), (32, 1)), target_kind((32,), (32, 10)), target_kind((32, 10), (32, 10))
        ('binary', 'sparse', 'categorical')
    """
    if output_shape[-1] == 1:
        return "binary"
    return "sparse" if len(y_shape) < len(output_shape) or y_shape[-1] == 1 else "categorical"


def resolve(identifier: Any, y_shape: Shape, output_shape: Shape) -> Loss | None:
    """Return the loss object of what users pass to `compile`.

    Args:
        identifier: a name ("crossentropy" and "ce" leave the choice to the shapes), a function, a loss or None.
        y_shape: shape of the targets, batch first.
        output_shape: shape of the model's output, batch first.

    Raises:
        UnknownNameError: there is none of this name.

    Example:
        >>> resolve("crossentropy", (32,), (32, 10)).fn.__name__
        'sparse_categorical_crossentropy'
    """
    if isinstance(identifier, str) and identifier.lower() in ("crossentropy", "ce"):
        kinds: dict[str, type[LossFunctionWrapper]] = {
            "binary": BinaryCrossentropy, "sparse": SparseCategoricalCrossentropy,
            "categorical": CategoricalCrossentropy,
        }  # fmt: skip
        return kinds[target_kind(y_shape, output_shape)](name=identifier)  # type: ignore[call-arg]
    return as_loss(identifier)


def as_loss(identifier: Any) -> Loss | None:
    """Return the loss object of a name, function, class or loss; None stays None.

    Example:
        >>> as_loss("mse").name
        'mse'
    """
    loss = get(identifier)
    if loss is None or isinstance(loss, Loss):
        return loss
    name = identifier if isinstance(identifier, str) else getattr(loss, "__name__", type(loss).__name__)
    return LossFunctionWrapper(loss, name=name)
