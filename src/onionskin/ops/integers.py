"""Whole numbers: their bits, shifts, and common divisors."""

from __future__ import annotations

from typing import Any

from onionskin.ops.arguments import public
from onionskin.prims import elementwise, integers
from onionskin.prims.families import joined


@public
def bitwise_and(x: Any, y: Any) -> Any:
    """Return numbers whose bits are 1 where those of both operands are.

    Args:
        x: array or tensor of integers or truth values.
        y: likewise; the shapes broadcast.

    Returns:
        Array of the joint shape, in the promoted dtype.

    Raises:
        DTypeError: an operand is a float.

    Example:
        >>> print(bitwise_and([6, 5], 3))
        [2 1]
    """
    return integers.bitwise_and(*joined(x, y))


@public
def bitwise_or(x: Any, y: Any) -> Any:
    """Return numbers whose bits are 1 where those of an operand are.

    Args:
        x: array or tensor of integers or truth values.
        y: likewise; the shapes broadcast.

    Returns:
        Array of the joint shape, in the promoted dtype.

    Raises:
        DTypeError: an operand is a float.

    Example:
        >>> print(bitwise_or([6, 5], 3))
        [7 7]
    """
    return integers.bitwise_or(*joined(x, y))


@public
def bitwise_xor(x: Any, y: Any) -> Any:
    """Return numbers whose bits are 1 where those of the operands differ.

    Args:
        x: array or tensor of integers or truth values.
        y: likewise; the shapes broadcast.

    Returns:
        Array of the joint shape, in the promoted dtype.

    Raises:
        DTypeError: an operand is a float.

    Example:
        >>> print(bitwise_xor([6, 5], 3))
        [5 6]
    """
    return integers.bitwise_xor(*joined(x, y))


@public
def bitwise_not(x: Any) -> Any:
    """Return numbers with every bit turned over.

    Args:
        x: array or tensor of integers or truth values.

    Returns:
        Array of the shape of x.

    Raises:
        DTypeError: x is a float.

    Example:
        >>> print(bitwise_not([0, 5]))
        [-1 -6]
    """
    return integers.bitwise_not(*joined(x))


@public
def bitwise_invert(x: Any) -> Any:
    """Return numbers with every bit turned over; the same as `bitwise_not`.

    Args:
        x: array or tensor of integers or truth values.

    Returns:
        Array of the shape of x.

    Raises:
        DTypeError: x is a float.

    Example:
        >>> print(bitwise_invert([True, False]))
        [False  True]
    """
    return integers.bitwise_not(*joined(x))


@public
def bitwise_left_shift(x: Any, y: Any) -> Any:
    """Return numbers with their bits moved y places up, x·2ʸ; those that leave the dtype are lost.

    Args:
        x: array or tensor of integers.
        y: integers >= 0; the shapes broadcast.

    Returns:
        Array of the joint shape, in the promoted dtype.

    Raises:
        DTypeError: an operand is no integer.

    Example:
        >>> print(bitwise_left_shift([1, 3], 2))
        [ 4 12]
    """
    return integers.left_shift(*joined(x, y))


@public
def left_shift(x: Any, y: Any) -> Any:
    """Return numbers with their bits moved y places up; the same as `bitwise_left_shift`.

    Args:
        x: array or tensor of integers.
        y: integers >= 0; the shapes broadcast.

    Returns:
        Array of the joint shape, in the promoted dtype.

    Raises:
        DTypeError: an operand is no integer.

    Example:
        >>> print(left_shift(1, [0, 1, 2]))
        [1 2 4]
    """
    return integers.left_shift(*joined(x, y))


@public
def bitwise_right_shift(x: Any, y: Any) -> Any:
    """Return numbers with their bits moved y places down, ⌊x / 2ʸ⌋.

    Args:
        x: array or tensor of integers.
        y: integers >= 0; the shapes broadcast.

    Returns:
        Array of the joint shape, in the promoted dtype.

    Raises:
        DTypeError: an operand is no integer.

    Example:
        >>> print(bitwise_right_shift([12, -3], 1))
        [ 6 -2]
    """
    return integers.right_shift(*joined(x, y))


@public
def right_shift(x: Any, y: Any) -> Any:
    """Return numbers with their bits moved y places down; the same as `bitwise_right_shift`.

    Args:
        x: array or tensor of integers.
        y: integers >= 0; the shapes broadcast.

    Returns:
        Array of the joint shape, in the promoted dtype.

    Raises:
        DTypeError: an operand is no integer.

    Example:
        >>> print(right_shift([12, 3], 1))
        [6 1]
    """
    return integers.right_shift(*joined(x, y))


@public
def gcd(x1: Any, x2: Any) -> Any:
    """Return the greatest common divisor.

    Args:
        x1: array or tensor of integers.
        x2: likewise; the shapes broadcast.

    Returns:
        Array of the joint shape, in the promoted dtype; 0 where both are 0.

    Raises:
        DTypeError: an operand is no integer.

    Example:
        >>> print(gcd([12, 7], 18))
        [6 1]
    """
    return integers.gcd(*joined(x1, x2))


@public
def lcm(x1: Any, x2: Any) -> Any:
    """Return the least common multiple.

    lcm(a, b) = |a| / gcd(a, b) · |b|

    Args:
        x1: array or tensor of integers.
        x2: likewise; the shapes broadcast.

    Returns:
        Array of the joint shape, in the promoted dtype; 0 where one is 0.

    Raises:
        DTypeError: an operand is no integer.

    Example:
        >>> print(lcm([4, 7], 6))
        [12 42]
    """
    a, b = joined(x1, x2)
    divisor = integers.gcd(a, b)
    zero = elementwise.number(0, divisor)
    divisor = elementwise.where(elementwise.equal(divisor, zero), elementwise.number(1, divisor), divisor)
    parts = elementwise.floor_divide(elementwise.abs_(a), divisor)
    return elementwise.multiply(parts, elementwise.abs_(b))
