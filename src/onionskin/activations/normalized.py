"""Activations over a whole axis: softmax and its logarithm."""

from __future__ import annotations

from typing import Any

from onionskin import ops
from onionskin.activations.lookup import ACTIVATIONS


@ACTIVATIONS.entry()
def softmax(x: Any, axis: int = -1) -> Any:
    """Positive values that sum to 1 along an axis.

        softmax(x)ᵢ = e^xᵢ / Σⱼ e^xⱼ

    Args:
        x: float array or tensor.
        axis: axis of the classes.

    Example:
        >>> print(softmax([0.0, 0.0]))
        [0.5 0.5]
    """
    return ops.softmax(x, axis=axis)


@ACTIVATIONS.entry()
def log_softmax(x: Any, axis: int = -1) -> Any:
    """Logarithm of the softmax, exact also where the softmax rounds to 0.

        log_softmax(x)ᵢ = xᵢ - ln Σⱼ e^xⱼ

    Args:
        x: float array or tensor.
        axis: axis of the classes.

    Example:
        >>> print(log_softmax([0.0, 0.0]))
        [-0.6931472 -0.6931472]
    """
    return ops.log_softmax(x, axis=axis)
