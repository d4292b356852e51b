"""Rounding, limits and signs."""

# ruff: noqa: A001 - the names are those of keras.ops

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.specs import is_float
from onionskin.ops.arguments import public, tensor
from onionskin.prims import elementwise
from onionskin.prims.families import dtype_of, floating, joined


@public
def sign(x: Any) -> Any:
    """Return the sign of each element: -1, 0 or 1.

    Args:
        x: array or tensor of any shape.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(sign([-2.0, 0.0, 3.0]))
        [-1.  0.  1.]
    """
    return elementwise.sign(tensor(x))


@public
def floor(x: Any) -> Any:
    """Return the largest whole number not above x, y = ⌊x⌋, as a float.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(floor([1.7, -1.2]))
        [ 1. -2.]
    """
    return elementwise.floor(floating(x))


@public
def ceil(x: Any) -> Any:
    """Return the smallest whole number not below x, y = ⌈x⌉, as a float.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(ceil([1.2, -1.7]))
        [ 2. -1.]
    """
    return elementwise.ceil(floating(x))


@public
def round(x: Any, decimals: int = 0) -> Any:
    """Return x rounded to a number of decimals; halves go to the even neighbour.

    Args:
        x: array or tensor of any shape.
        decimals: how many digits behind the point; negative ones round before it.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(round([0.5, 1.5, 1.26], 1))
        [0.5 1.5 1.3]
    """
    x = tensor(x)
    kept = dtype_of(x)
    if not is_float(kept) and decimals >= 0:
        return elementwise.cast(x, dtype="int32") if kept == "bool" else x
    x = floating(x)
    if decimals == 0:
        return elementwise.round_(x)
    scale = elementwise.number(10.0 ** (decimals if decimals > 0 else -decimals), x)
    if decimals > 0:
        return elementwise.divide(elementwise.round_(elementwise.multiply(x, scale)), scale)
    tens = elementwise.multiply(elementwise.round_(elementwise.divide(x, scale)), scale)
    return tens if is_float(kept) else elementwise.cast(tens, dtype=kept)


@public
def trunc(x: Any) -> Any:
    """Return x without its fraction: rounded towards 0.

    Args:
        x: array or tensor of any shape.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(trunc([1.7, -1.7]))
        [ 1. -1.]
    """
    x = tensor(x)
    if not is_float(dtype_of(x)):
        return elementwise.cast(x, dtype="int32") if x.dtype == "bool" else x
    size = elementwise.floor(elementwise.abs_(x))
    return elementwise.where(elementwise.less(x, elementwise.number(0, x)), elementwise.negative(size), size)


@public
def clip(x: Any, x_min: Any, x_max: Any) -> Any:
    """Return x limited to an interval, y = min(max(x, x_min), x_max).

    Args:
        x: array or tensor of any shape.
        x_min: lower limit, a number or an array that broadcasts with x.
        x_max: upper limit, likewise.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(clip([-1.0, 0.5, 2.0], 0, 1))
        [0.  0.5 1. ]
    """
    x = tensor(x)
    x = elementwise.cast(x, dtype="int32") if x.dtype == "bool" else x
    return elementwise.clip(*joined(x, x_min, x_max))


@public
def heaviside(x1: Any, x2: Any) -> Any:
    """Return the step function: 0 below 0, 1 above, x2 at 0.

    Args:
        x1: array or tensor.
        x2: value where x1 is 0; its shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, a float.

    Example:
        >>> print(heaviside([-1.0, 0.0, 2.0], 0.5))
        [0.  0.5 1. ]
    """
    a, b = joined(x1, x2, to_float=True)
    zero = elementwise.number(0, a)
    step = elementwise.cast(elementwise.greater(a, zero), dtype=dtype_of(a))
    step = elementwise.where(elementwise.isnan(a), a, step)
    return elementwise.where(elementwise.equal(a, zero), b, step)


@public
def nan_to_num(x: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Any:
    """Return x with numbers in place of NaN and infinities.

    Args:
        x: array or tensor of any shape.
        nan: what stands for NaN.
        posinf: what stands for infinity; the largest number of the dtype where None.
        neginf: what stands for minus infinity; the smallest number of the dtype where None.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(nan_to_num([float('nan'), 1.0], nan=7.0))
        [7. 1.]
    """
    x = tensor(x)
    if not is_float(dtype_of(x)):
        return x
    limits = np.finfo(dtype_of(x))
    high = elementwise.number(float(limits.max) if posinf is None else posinf, x)
    low = elementwise.number(float(limits.min) if neginf is None else neginf, x)
    infinity = elementwise.number(float("inf"), x)
    x = elementwise.where(elementwise.isnan(x), elementwise.number(nan, x), x)
    x = elementwise.where(elementwise.equal(x, infinity), high, x)
    return elementwise.where(elementwise.equal(x, elementwise.negative(infinity)), low, x)
