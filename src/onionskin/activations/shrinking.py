"""Activations that are 0 on a whole stretch: the shrinkers, threshold, and the sparse forms of softplus and sigmoid."""

from __future__ import annotations

from typing import Any

from onionskin import ops
from onionskin.activations.lookup import ACTIVATIONS


@ACTIVATIONS.entry()
def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Return x moved towards 0 by the threshold, 0 where |x| is below it.

        soft_shrink(x) = sign(x) · max(|x| - threshold, 0)

    Args:
        x: float array or tensor of any shape.
        threshold: how far x is moved.

    Example:
        >>> print(soft_shrink([-1.0, 0.2, 2.0]))
        [-0.5  0.   1.5]
    """
    return ops.soft_shrink(x, threshold=threshold)


@ACTIVATIONS.entry()
def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Return x where |x| > threshold, 0 elsewhere.

    Args:
        x: float array or tensor of any shape.
        threshold: up to which the values are 0.

    Example:
        >>> print(hard_shrink([-1.0, 0.2, 2.0]))
        [-1.  0.  2.]
    """
    return ops.hard_shrink(x, threshold=threshold)


@ACTIVATIONS.entry()
def tanh_shrink(x: Any) -> Any:
    """Return x - tanh(x).

    Args:
        x: float array or tensor of any shape.

    Example:
        >>> print(tanh_shrink([0.0, 1.0]).round(4))
        [0.     0.2384]
    """
    return ops.tanh_shrink(x)


@ACTIVATIONS.entry()
def threshold(x: Any, threshold: float, default_value: float) -> Any:
    """Return x where x > threshold, a fixed value elsewhere.

    Args:
        x: float array or tensor of any shape.
        threshold: up to which x is replaced.
        default_value: what it is replaced by.

    Example:
        >>> print(threshold([-1.0, 0.5, 2.0], threshold=1.0, default_value=0.0))
        [0. 0. 2.]
    """
    return ops.threshold(x, threshold, default_value)


@ACTIVATIONS.entry()
def sparse_plus(x: Any) -> Any:
    """Sparse form of softplus.

        sparse_plus(x) = 0 where x ≤ -1,  (x + 1)² / 4 where -1 < x < 1,  x where x ≥ 1

    Args:
        x: float array or tensor of any shape.

    Example:
        >>> print(sparse_plus([-2.0, 0.0, 3.0]))
        [0.   0.25 3.  ]
    """
    return ops.sparse_plus(x)


@ACTIVATIONS.entry()
def sparse_sigmoid(x: Any) -> Any:
    """Derivative of sparse_plus: a straight line between 0 and 1.

        sparse_sigmoid(x) = min(max((x + 1) / 2, 0), 1)

    Args:
        x: float array or tensor of any shape.

    Example:
        >>> print(sparse_sigmoid([-2.0, 0.5, 3.0]))
        [0.   0.75 1.  ]
    """
    return ops.sparse_sigmoid(x)
