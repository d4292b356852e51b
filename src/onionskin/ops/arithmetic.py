"""Arithmetic: sums, products, quotients, powers, extremes, signs and rounding."""

# ruff: noqa: A001 - the names are those of keras.ops

from __future__ import annotations

from typing import Any

from onionskin.ops.arguments import public, tensor
from onionskin.prims import elementwise
from onionskin.prims.families import floating, joined


@public
def add(x1: Any, x2: Any) -> Any:
    """Return the sum, y = x1 + x2.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, in the promoted dtype.

    Example:
        >>> print(add([1, 2], 3))
        [4 5]
    """
    return elementwise.add(*joined(x1, x2))


@public
def subtract(x1: Any, x2: Any) -> Any:
    """Return the difference, y = x1 - x2.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, in the promoted dtype.

    Example:
        >>> print(subtract([1, 2], 3))
        [-2 -1]
    """
    return elementwise.subtract(*joined(x1, x2))


@public
def multiply(x1: Any, x2: Any) -> Any:
    """Return the product of the elements, y = x1 · x2.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, in the promoted dtype.

    Example:
        >>> print(multiply([1, 2], 3))
        [3 6]
    """
    return elementwise.multiply(*joined(x1, x2))


@public
def divide(x1: Any, x2: Any) -> Any:
    """Return the quotient, y = x1 / x2; by 0 it is ±inf or NaN.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, a float.

    Example:
        >>> print(divide([1, 2], 4))
        [0.25 0.5 ]
    """
    return elementwise.divide(*joined(x1, x2, to_float=True))


@public
def true_divide(x1: Any, x2: Any) -> Any:
    """Return the quotient, y = x1 / x2; the same as `divide`.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, a float.

    Example:
        >>> print(true_divide([1, 2], 4))
        [0.25 0.5 ]
    """
    return elementwise.divide(*joined(x1, x2, to_float=True))


@public
def divide_no_nan(x1: Any, x2: Any) -> Any:
    """Return the quotient, y = x1 / x2, and 0 where x2 is 0.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, a float.

    Example:
        >>> print(divide_no_nan([1.0, 2.0], [0.0, 4.0]))
        [0.  0.5]
    """
    a, b = joined(x1, x2, to_float=True)
    zero, one = elementwise.number(0, b), elementwise.number(1, b)
    none = elementwise.equal(b, zero)
    # the inner choice keeps the derivative finite where nothing is divided
    return elementwise.where(none, zero, elementwise.divide(a, elementwise.where(none, one, b)))


@public
def floor_divide(x1: Any, x2: Any) -> Any:
    """Return the quotient rounded down, y = ⌊x1 / x2⌋.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, in the promoted dtype.

    Example:
        >>> print(floor_divide([7, -7], 2))
        [ 3 -4]
    """
    return elementwise.floor_divide(*joined(x1, x2))


@public
def mod(x1: Any, x2: Any) -> Any:
    """Return the rest of a division, y = x1 - x2·⌊x1 / x2⌋, with the sign of x2.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, in the promoted dtype.

    Example:
        >>> print(mod([7, -7], 3))
        [1 2]
    """
    return elementwise.mod(*joined(x1, x2))


@public
def power(x1: Any, x2: Any) -> Any:
    """Return x1 to the power x2, y = x1^x2.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, in the promoted dtype.

    Example:
        >>> print(power([2.0, 3.0], 2))
        [4. 9.]
    """
    return elementwise.power(*joined(x1, x2))


@public
def maximum(x1: Any, x2: Any) -> Any:
    """Return the larger of two values, elementwise; NaN where one is NaN.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, in the promoted dtype.

    Example:
        >>> print(maximum([1, 5], [3, 2]))
        [3 5]
    """
    return elementwise.maximum(*joined(x1, x2))


@public
def minimum(x1: Any, x2: Any) -> Any:
    """Return the smaller of two values, elementwise; NaN where one is NaN.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, in the promoted dtype.

    Example:
        >>> print(minimum([1, 5], [3, 2]))
        [1 2]
    """
    return elementwise.minimum(*joined(x1, x2))


@public
def negative(x: Any) -> Any:
    """Return the negative, y = -x.

    Args:
        x: array or tensor of any shape.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(negative([1, -2]))
        [-1  2]
    """
    return elementwise.negative(tensor(x))


@public
def absolute(x: Any) -> Any:
    """Return the absolute value, y = |x|.

    Args:
        x: array or tensor of any shape.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(absolute([1, -2]))
        [1 2]
    """
    x = tensor(x)
    return x if x.dtype == "bool" else elementwise.abs_(x)


@public
def abs(x: Any) -> Any:
    """Return the absolute value, y = |x|; the same as `absolute`.

    Args:
        x: array or tensor of any shape.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(abs([1, -2]))
        [1 2]
    """
    return absolute(x)


@public
def square(x: Any) -> Any:
    """Return the square, y = x².

    Args:
        x: array or tensor of any shape.

    Returns:
        same; bools become int32.

    Example:
        >>> print(square([1, -2]))
        [1 4]
    """
    x = tensor(x)
    x = elementwise.cast(x, dtype="int32") if x.dtype == "bool" else x
    return elementwise.multiply(x, x)


@public
def reciprocal(x: Any) -> Any:
    """Return the reciprocal, y = 1 / x.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(reciprocal([2.0, 4.0]))
        [0.5  0.25]
    """
    x = floating(x)
    return elementwise.divide(elementwise.number(1, x), x)


@public
def fabs(x: Any) -> Any:
    """Return the absolute value as a float.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(fabs([1, -2]))
        [1. 2.]
    """
    return elementwise.abs_(floating(x))


@public
def fmod(x1: Any, x2: Any) -> Any:
    """Return the rest of a division rounded towards 0, with the sign of x1.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, in the promoted dtype.

    Example:
        >>> print(fmod([7, -7], 3))
        [ 1 -1]
    """
    a, b = joined(x1, x2)
    rest = elementwise.mod(elementwise.abs_(a), elementwise.abs_(b))
    return elementwise.where(elementwise.less(a, elementwise.number(0, a)), elementwise.negative(rest), rest)


@public
def fmax(x1: Any, x2: Any) -> Any:
    """Return the larger of two values, elementwise; where one is NaN, the other.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, in the promoted dtype.

    Example:
        >>> print(fmax([1.0, float('nan')], [3.0, 2.0]))
        [3. 2.]
    """
    a, b = joined(x1, x2)
    other = elementwise.where(elementwise.isnan(b), a, elementwise.maximum(a, b))
    return elementwise.where(elementwise.isnan(a), b, other)


@public
def fmin(x1: Any, x2: Any) -> Any:
    """Return the smaller of two values, elementwise; where one is NaN, the other.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, in the promoted dtype.

    Example:
        >>> print(fmin([1.0, float('nan')], [3.0, 2.0]))
        [1. 2.]
    """
    a, b = joined(x1, x2)
    other = elementwise.where(elementwise.isnan(b), a, elementwise.minimum(a, b))
    return elementwise.where(elementwise.isnan(a), b, other)
