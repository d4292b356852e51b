"""Activations that shrink towards 0 or come out sparse."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.specs import normalize_axis
from onionskin.ops.arguments import public
from onionskin.prims import elementwise, movement, reductions
from onionskin.prims.families import dtype_of, floating


@public
def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Return x moved towards 0 by a threshold, 0 within it.

    y = sign(x)·max(|x| - t, 0)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.
        threshold: the threshold t.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(soft_shrink([-1.0, 0.0, 2.0]))
        [-0.5  0.   1.5]
    """
    x = floating(x)

    bound = elementwise.number(threshold, x)
    return elementwise.subtract(x, elementwise.clip(x, elementwise.negative(bound), bound))


@public
def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Return x outside a threshold, 0 within it.

    y = x for |x| > t, else 0

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.
        threshold: the threshold t.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(hard_shrink([-1.0, 0.0, 2.0]))
        [-1.  0.  2.]
    """
    x = floating(x)
    return elementwise.where(
        elementwise.greater(elementwise.abs_(x), elementwise.number(threshold, x)), x, elementwise.number(0, x)
    )


@public
def tanh_shrink(x: Any) -> Any:
    """Return x without its hyperbolic tangent.

    y = x - tanh x

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(tanh_shrink([-1.0, 0.0, 2.0]))
        [-0.23840582  0.          1.0359724 ]
    """
    x = floating(x)
    return elementwise.subtract(x, elementwise.tanh(x))


@public
def threshold(x: Any, threshold: float, default_value: float) -> Any:
    """Return x above a threshold, a value elsewhere.

    y = x for x > t, else v

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.
        threshold: the threshold t.
        default_value: the value v.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(threshold([-1.0, 0.0, 2.0], 1.0, 7.0))
        [7. 7. 2.]
    """
    x = floating(x)
    return elementwise.where(
        elementwise.greater(x, elementwise.number(threshold, x)), x, elementwise.number(default_value, x)
    )


@public
def squareplus(x: Any, b: float = 4) -> Any:
    """Return the algebraic form of softplus.

    y = (x + √(x² + b)) / 2

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.
        b: smoothness.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(squareplus([-1.0, 0.0, 2.0]))
        [0.618034  1.        2.4142137]
    """
    x = floating(x)

    root = elementwise.sqrt(elementwise.add(elementwise.multiply(x, x), elementwise.number(b, x)))
    return elementwise.multiply(elementwise.number(0.5, x), elementwise.add(x, root))


@public
def sparse_plus(x: Any) -> Any:
    """Return softplus's sparse form.

    y = 0 for x ≤ -1, x for x ≥ 1, else (x + 1)²/4

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(sparse_plus([-1.0, 0.0, 2.0]))
        [0.   0.25 2.  ]
    """
    x = floating(x)

    inside = elementwise.add(
        elementwise.clip(x, elementwise.number(-1, x), elementwise.number(1, x)), elementwise.number(1, x)
    )
    curve = elementwise.multiply(elementwise.number(0.25, x), elementwise.multiply(inside, inside))
    return elementwise.where(elementwise.greater_equal(x, elementwise.number(1, x)), x, curve)


@public
def sparse_sigmoid(x: Any) -> Any:
    """Return the sigmoid's sparse form.

    y = (min(max(x, -1), 1) + 1) / 2

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(sparse_sigmoid([-1.0, 0.0, 2.0]))
        [0.  0.5 1. ]
    """
    x = floating(x)

    inside = elementwise.add(
        elementwise.clip(x, elementwise.number(-1, x), elementwise.number(1, x)), elementwise.number(1, x)
    )
    return elementwise.multiply(elementwise.number(0.5, x), inside)


@public
def sparsemax(x: Any, axis: int = -1) -> Any:
    """Return the nearest point of the simplex: shares that sum to 1, many of them 0.

    y = max(x - τ, 0) with τ such that Σ y = 1

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.
        axis: the axis that the shares are of.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(sparsemax([1.0, 1.5, -3.0]))
        [0.25 0.75 0.  ]

    Source: Martins, Astudillo, "From softmax to sparsemax", ICML 2016.
    """
    x = floating(x)

    place = normalize_axis(axis, x.ndim)
    size = x.shape[place]
    falling = movement.flip(reductions.sort(x, axis=place), axes=(place,))
    totals = elementwise.subtract(reductions.cumsum(falling, axis=place), elementwise.number(1, x))
    rank = (
        np.arange(1, size + 1).reshape(tuple(size if one == place else 1 for one in range(x.ndim))).astype(dtype_of(x))
    )
    support = elementwise.greater(falling, elementwise.divide(totals, rank))
    count = reductions.sum_(elementwise.cast(support, dtype=dtype_of(x)), axis=(place,), keepdims=True)
    last = elementwise.equal(rank, count)
    # the running total at the last rank of the support is the sum over the support
    total = reductions.sum_(elementwise.where(last, totals, elementwise.number(0, x)), axis=(place,), keepdims=True)
    return elementwise.maximum(elementwise.subtract(x, elementwise.divide(total, count)), elementwise.number(0, x))
