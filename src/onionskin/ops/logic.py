"""Comparisons, logic, tests of a value, and choice."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import ArgumentError
from onionskin.ops.arguments import public, tensor, truth
from onionskin.ops.indexing import nonzero
from onionskin.prims import elementwise
from onionskin.prims.families import joined


@public
def equal(x1: Any, x2: Any) -> Any:
    """Tell where x1 = x2.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Bool array of the broadcast shape.

    Example:
        >>> print(equal([1, 2, 3], 2))
        [False  True False]
    """
    return elementwise.equal(*joined(x1, x2))


@public
def not_equal(x1: Any, x2: Any) -> Any:
    """Tell where x1 ≠ x2.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Bool array of the broadcast shape.

    Example:
        >>> print(not_equal([1, 2, 3], 2))
        [ True False  True]
    """
    return elementwise.not_equal(*joined(x1, x2))


@public
def less(x1: Any, x2: Any) -> Any:
    """Tell where x1 < x2.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Bool array of the broadcast shape.

    Example:
        >>> print(less([1, 2, 3], 2))
        [ True False False]
    """
    return elementwise.less(*joined(x1, x2))


@public
def less_equal(x1: Any, x2: Any) -> Any:
    """Tell where x1 ≤ x2.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Bool array of the broadcast shape.

    Example:
        >>> print(less_equal([1, 2, 3], 2))
        [ True  True False]
    """
    return elementwise.less_equal(*joined(x1, x2))


@public
def greater(x1: Any, x2: Any) -> Any:
    """Tell where x1 > x2.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Bool array of the broadcast shape.

    Example:
        >>> print(greater([1, 2, 3], 2))
        [False False  True]
    """
    return elementwise.greater(*joined(x1, x2))


@public
def greater_equal(x1: Any, x2: Any) -> Any:
    """Tell where x1 ≥ x2.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Bool array of the broadcast shape.

    Example:
        >>> print(greater_equal([1, 2, 3], 2))
        [False  True  True]
    """
    return elementwise.greater_equal(*joined(x1, x2))


@public
def logical_and(x1: Any, x2: Any) -> Any:
    """Tell where both values are true (not 0).

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Bool array of the broadcast shape.

    Example:
        >>> print(logical_and([True, True, False], [True, False, False]))
        [ True False False]
    """
    return elementwise.logical_and(truth(x1), truth(x2))


@public
def logical_or(x1: Any, x2: Any) -> Any:
    """Tell where at least one value is true (not 0).

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Bool array of the broadcast shape.

    Example:
        >>> print(logical_or([True, True, False], [True, False, False]))
        [ True  True False]
    """
    return elementwise.logical_or(truth(x1), truth(x2))


@public
def logical_xor(x1: Any, x2: Any) -> Any:
    """Tell where just one of two values is true (not 0).

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Bool array of the broadcast shape.

    Example:
        >>> print(logical_xor([True, True, False], [True, False, False]))
        [False  True False]
    """
    return elementwise.logical_xor(truth(x1), truth(x2))


@public
def logical_not(x: Any) -> Any:
    """Tell where a value is false (0).

    Args:
        x: array or tensor of any shape.

    Returns:
        Bool array of the shape of x.

    Example:
        >>> print(logical_not([True, False]))
        [False  True]
    """
    return elementwise.logical_not(truth(x))


@public
def isfinite(x: Any) -> Any:
    """Tell where a value is neither infinite nor NaN.

    Args:
        x: array or tensor of any shape.

    Returns:
        Bool array of the shape of x.

    Example:
        >>> print(isfinite([1.0, float('inf'), float('nan')]))
        [ True False False]
    """
    return elementwise.isfinite(tensor(x))


@public
def isnan(x: Any) -> Any:
    """Tell where a value is NaN.

    Args:
        x: array or tensor of any shape.

    Returns:
        Bool array of the shape of x.

    Example:
        >>> print(isnan([1.0, float('inf'), float('nan')]))
        [False False  True]
    """
    return elementwise.isnan(tensor(x))


@public
def isinf(x: Any) -> Any:
    """Tell where a value is infinite.

    Args:
        x: array or tensor of any shape.

    Returns:
        Bool array of the shape of x.

    Example:
        >>> print(isinf([1.0, float('inf'), float('nan')]))
        [False  True False]
    """
    return elementwise.isinf(tensor(x))


@public
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """Return elements of x1 where a condition holds, of x2 elsewhere.

    Args:
        condition: bool array or tensor; other dtypes hold where they are not 0.
        x1: what to take where it holds.
        x2: what to take elsewhere. Without x1 and x2 the places where the condition holds are returned, as
            `nonzero` does.

    Returns:
        Array of the shape that all three broadcast to.

    Raises:
        ArgumentError: only one of x1 and x2 is given.

    Example:
        >>> print(where([True, False], [1, 2], 0))
        [1 0]
    """
    if x1 is None and x2 is None:
        return nonzero(condition)
    if x1 is None or x2 is None:
        raise ArgumentError("where takes either both values or none.", given="only " + ("x2" if x1 is None else "x1"))
    return elementwise.where(truth(condition), *joined(x1, x2))
