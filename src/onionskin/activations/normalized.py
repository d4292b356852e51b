"""Activations over a whole axis: softmax, its logarithm, and sparsemax."""

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


@ACTIVATIONS.entry()
def sparsemax(x: Any, axis: int = -1) -> Any:
    """Values of at least 0 that sum to 1 along an axis: the point of that kind nearest to x.

        sparsemax(x)ᵢ = max(xᵢ - τ, 0), with τ such that they sum to 1

    Args:
        x: float array or tensor.
        axis: axis of the classes.

    Example:
        >>> print(sparsemax([0.0, 0.5, 3.0]))
        [0. 0. 1.]

    Source: Martins and Astudillo, "From softmax to sparsemax", 2016.
    """
    return ops.sparsemax(x, axis=axis)
