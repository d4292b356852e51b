"""Circular and hyperbolic functions and their inverses, made of the primitive ones."""

from __future__ import annotations

import math
from typing import Any

from onionskin.ops.arguments import public
from onionskin.prims import elementwise
from onionskin.prims.families import floating, joined


@public
def tan(x: Any) -> Any:
    """Return the tangent of an angle in radians.

    y = sin x / cos x

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(tan([0.0, 0.5]))
        [0.        0.5463025]
    """
    x = floating(x)
    return elementwise.divide(elementwise.sin(x), elementwise.cos(x))


@public
def arctan(x: Any) -> Any:
    """Return the angle whose tangent is x, between -π/2 and π/2.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(arctan([0.0, 0.5]))
        [0.        0.4636476]
    """
    return elementwise.arctan(floating(x))


@public
def arctan2(x1: Any, x2: Any) -> Any:
    """Return the angle of the point (x2, x1), between -π and π.

    Args:
        x1: the ordinate, an array or tensor.
        x2: the abscissa; its shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, a float.

    Example:
        >>> print(arctan2([1.0, 0.0], [0.0, -1.0]))
        [1.5707964 3.1415927]
    """
    return elementwise.arctan2(*joined(x1, x2, to_float=True))


@public
def arcsin(x: Any) -> Any:
    """Return the angle whose sine is x, between -π/2 and π/2; NaN beyond ±1.

    y = arctan2(x, √(1 - x²))

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(arcsin([0.0, 0.5]))
        [0.        0.5235988]
    """
    x = floating(x)
    return elementwise.arctan2(x, _leg(x))


@public
def arccos(x: Any) -> Any:
    """Return the angle whose cosine is x, between 0 and π; NaN beyond ±1.

    y = arctan2(√(1 - x²), x)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(arccos([0.0, 0.5]))
        [1.5707964 1.0471976]
    """
    x = floating(x)
    return elementwise.arctan2(_leg(x), x)


def _leg(x: Any) -> Any:
    """Return √(1 - x²), exact also near ±1."""
    one = elementwise.number(1, x)
    return elementwise.sqrt(elementwise.multiply(elementwise.subtract(one, x), elementwise.add(one, x)))


@public
def sinh(x: Any) -> Any:
    """Return the hyperbolic sine.

    y = (eˣ - e⁻ˣ) / 2

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(sinh([0.0, 0.5]))
        [0.        0.5210953]
    """
    x = floating(x)

    minus = elementwise.expm1(elementwise.negative(x))
    return elementwise.multiply(elementwise.number(0.5, x), elementwise.subtract(elementwise.expm1(x), minus))


@public
def cosh(x: Any) -> Any:
    """Return the hyperbolic cosine.

    y = (eˣ + e⁻ˣ) / 2

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(cosh([0.0, 0.5]))
        [1.       1.127626]
    """
    x = floating(x)

    both = elementwise.add(elementwise.exp(x), elementwise.exp(elementwise.negative(x)))
    return elementwise.multiply(elementwise.number(0.5, x), both)


@public
def arcsinh(x: Any) -> Any:
    """Return the inverse of the hyperbolic sine.

    y = ln(x + √(x² + 1))

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(arcsinh([0.0, 0.5]))
        [0.        0.4812118]
    """
    x = floating(x)

    one = elementwise.number(1, x)
    size = elementwise.abs_(x)
    small = elementwise.less(size, one)
    # each form is exact on its side; the other side is given a harmless value, also for the derivative's sake
    near = elementwise.where(small, x, elementwise.number(0, x))
    far = elementwise.where(small, one, size)
    rise = elementwise.rsqrt(elementwise.add(one, elementwise.multiply(near, near)))
    bend = elementwise.sqrt(elementwise.add(one, elementwise.power(far, elementwise.number(-2, x))))
    beyond = elementwise.add(elementwise.log(far), elementwise.log1p(bend))
    return elementwise.where(
        small, arctanh(elementwise.multiply(near, rise)), elementwise.multiply(elementwise.sign(x), beyond)
    )


@public
def arccosh(x: Any) -> Any:
    """Return the inverse of the hyperbolic cosine; NaN below 1.

    y = ln(x + √(x² - 1))

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(arccosh([1.0, 2.0]))
        [0.       1.316958]
    """
    x = floating(x)

    above = elementwise.subtract(x, elementwise.number(1, x))
    root = elementwise.sqrt(elementwise.add(above, elementwise.number(2, x)))
    return elementwise.log1p(elementwise.add(above, elementwise.multiply(elementwise.sqrt(above), root)))


@public
def arctanh(x: Any) -> Any:
    """Return the inverse of the hyperbolic tangent; ±inf at ±1, NaN beyond.

    y = ½·ln((1 + x) / (1 - x))

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(arctanh([0.0, 0.5]))
        [0.         0.54930615]
    """
    x = floating(x)

    both = elementwise.subtract(elementwise.log1p(x), elementwise.log1p(elementwise.negative(x)))
    return elementwise.multiply(elementwise.number(0.5, x), both)


@public
def sinc(x: Any) -> Any:
    """Return the normalised cardinal sine, 1 at 0.

    y = sin(πx) / (πx)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(sinc([0.0, 0.5]))
        [1.         0.63661975]
    """
    x = floating(x)

    zero = elementwise.equal(x, elementwise.number(0, x))
    angle = elementwise.multiply(elementwise.number(math.pi, x), x)
    angle = elementwise.where(zero, elementwise.number(1, x), angle)
    return elementwise.where(zero, elementwise.number(1, x), elementwise.divide(elementwise.sin(angle), angle))


@public
def deg2rad(x: Any) -> Any:
    """Return degrees as radians.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(deg2rad([0.0, 180.0]))
        [0.        3.1415927]
    """
    x = floating(x)
    return elementwise.multiply(x, elementwise.number(math.pi / 180, x))


@public
def rad2deg(x: Any) -> Any:
    """Return radians as degrees.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(rad2deg([0.0, 1.0]))
        [ 0.      57.29578]
    """
    x = floating(x)
    return elementwise.multiply(x, elementwise.number(180 / math.pi, x))


@public
def hypot(x1: Any, x2: Any) -> Any:
    """Return the length of the vector (x1, x2), without overflow.

    y = √(x1² + x2²)

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, a float.

    Example:
        >>> print(hypot([3.0], [4.0]))
        [5.]
    """
    a, b = joined(x1, x2, to_float=True)
    scale = elementwise.maximum(elementwise.abs_(a), elementwise.abs_(b))
    usable = elementwise.logical_and(elementwise.isfinite(scale), elementwise.greater(scale, elementwise.number(0, a)))
    # the scale cancels out, so that no derivative passes through it
    scale = elementwise.stop_gradient(elementwise.where(usable, scale, elementwise.number(1, a)))
    a, b = elementwise.divide(a, scale), elementwise.divide(b, scale)
    squares = elementwise.add(elementwise.multiply(a, a), elementwise.multiply(b, b))
    return elementwise.multiply(scale, elementwise.sqrt(squares))
