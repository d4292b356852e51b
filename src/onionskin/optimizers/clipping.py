"""Gradients cut down to a size: each by its norm, all by their common norm, or number by number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin import ops


def clipped(
    gradients: Sequence[Any], clipnorm: float | None, global_clipnorm: float | None, clipvalue: float | None
) -> list[Any]:
    """Return gradients within the limit that is set.

        clipnorm:         g · c / max(‖g‖, c)         for each gradient
        global_clipnorm:  g · c / max(‖all g‖, c)
        clipvalue:        min(max(g, -c), c)

    Args:
        gradients: arrays or tensors of any shapes.
        clipnorm: largest norm of one gradient; None or 0 for none.
        global_clipnorm: largest norm of all gradients together; likewise.
        clipvalue: largest absolute value; likewise.

    Returns:
        Gradients of the same shapes.

    Example:
        >>> import numpy as np
        >>> print(clipped([np.array([3.0, 4.0])], 1.0, None, None)[0])
        [0.6 0.8]
    """
    if clipnorm:
        return [gradient * _shrink(_norm([gradient]), clipnorm) for gradient in gradients]
    if global_clipnorm:
        norm = _norm(gradients)
        scale = _shrink(norm, global_clipnorm) + (norm - norm)  # NaN where the norm is not finite
        return [gradient * ops.cast(scale, gradient.dtype) for gradient in gradients]
    if clipvalue:
        return [ops.clip(gradient, -clipvalue, clipvalue) for gradient in gradients]
    return list(gradients)


def _norm(gradients: Sequence[Any]) -> Any:
    """Return √(Σ g²) over all gradients."""
    squares = [ops.sum(ops.square(gradient)) for gradient in gradients]
    return ops.sqrt(sum(squares[1:], squares[0]))


def _shrink(norm: Any, limit: float) -> Any:
    """Return the factor that brings a norm down to its limit, 1 where it is below."""
    return limit / ops.maximum(norm, limit)
