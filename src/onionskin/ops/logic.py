"""Comparisons, logic, tests of a value, and choice."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import ArgumentError
from onionskin.base.specs import is_float
from onionskin.ops.arguments import public, tensor, truth
from onionskin.ops.indexing import nonzero
from onionskin.prims import elementwise, movement, reductions
from onionskin.prims.families import dtype_of, floating, joined
from onionskin.prims.operators import shaped


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


@public
def isclose(x1: Any, x2: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    """Tell where two values are close.

    |x1 - x2| ≤ atol + rtol·|x2|

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.
        rtol: relative part of the tolerance, of
        x2: array or tensor whose shape broadcasts with that of x1.
        .
        atol: absolute part.
        equal_nan: NaN is close to NaN.

    Returns:
        Bool array of the broadcast shape.

    Example:
        >>> print(isclose([1.0, 2.0], [1.0, 2.1]))
        [ True False]
    """
    a, b = joined(x1, x2, to_float=True)
    bound = elementwise.add(
        elementwise.number(atol, b), elementwise.multiply(elementwise.number(rtol, b), elementwise.abs_(b))
    )
    near = elementwise.less_equal(elementwise.abs_(elementwise.subtract(a, b)), bound)
    close = elementwise.logical_or(elementwise.logical_and(near, elementwise.isfinite(b)), elementwise.equal(a, b))
    if equal_nan:
        close = elementwise.logical_or(close, elementwise.logical_and(elementwise.isnan(a), elementwise.isnan(b)))
    return close


@public
def allclose(x1: Any, x2: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    """Tell whether all values are close, as `isclose` has it.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.
        rtol: relative part of the tolerance, of
        x2: array or tensor whose shape broadcasts with that of x1.
        .
        atol: absolute part.
        equal_nan: NaN is close to NaN.

    Returns:
        One bool.

    Example:
        >>> print(allclose([1.0, 2.0], [1.0, 2.0]))
        True
    """
    close = isclose(x1, x2, rtol, atol, equal_nan)
    return reductions.all_(close, axis=tuple(range(close.ndim)), keepdims=False)


@public
def isposinf(x: Any) -> Any:
    """Tell where a value is inf.

    Args:
        x: array or tensor of any shape.

    Returns:
        Bool array of the shape of x.

    Example:
        >>> print(isposinf([1.0, float('inf')]))
        [False  True]
    """
    x = floating(x)
    return elementwise.equal(x, elementwise.number(float("inf"), x))


@public
def isneginf(x: Any) -> Any:
    """Tell where a value is -inf.

    Args:
        x: array or tensor of any shape.

    Returns:
        Bool array of the shape of x.

    Example:
        >>> print(isneginf([1.0, float('-inf')]))
        [False  True]
    """
    x = floating(x)
    return elementwise.equal(x, elementwise.number(float("-inf"), x))


@public
def signbit(x: Any) -> Any:
    """Tell where a value is negative, -0.0 included.

    Args:
        x: array or tensor of any shape.

    Returns:
        Bool array of the shape of x.

    Example:
        >>> print(signbit([-1.0, -0.0, 0.0]))
        [ True  True False]
    """
    x = tensor(x)
    below = elementwise.less(x, elementwise.number(0, x))
    if not is_float(dtype_of(x)):
        return below
    inverse = elementwise.divide(elementwise.number(1, x), x)  # of -0.0 it is -inf
    return elementwise.logical_or(below, elementwise.less(inverse, elementwise.number(0, x)))


@public
def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    """Tell which elements of x1 are among those of x2.

    Args:
        x1: array or tensor.
        x2: array or tensor of any shape.
        assume_unique: accepted, and without effect on the result.
        invert: tell which are not.

    Returns:
        Bool array of the shape of x1.

    Example:
        >>> print(isin([1, 2, 3], [3, 1]))
        [ True False  True]
    """
    a, b = joined(x1, x2)
    a = movement.reshape(a, shape=(*a.shape, 1))
    found = reductions.any_(elementwise.equal(a, shaped(b, (-1,))), axis=(a.ndim - 1,), keepdims=False)
    return elementwise.logical_not(found) if invert else found


@public
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """Return elements of the first choice whose condition holds.

    Args:
        condlist: list of conditions.
        choicelist: list of as many choices.
        default: what to take where no condition holds.

    Returns:
        Array of the shape that all broadcast to.

    Raises:
        ArgumentError: there are not as many choices as conditions.

    Example:
        >>> print(select([[True, False], [True, True]], [[1, 2], [3, 4]]))
        [1 4]
    """
    if len(condlist) != len(choicelist) or not condlist:
        raise ArgumentError(
            "each condition needs a choice.", expected=f"{len(condlist)} choices", given=len(choicelist)
        )
    *choices, result = joined(*choicelist, default)
    for condition, choice in reversed(list(zip(condlist, choices, strict=True))):
        result = elementwise.where(truth(condition), choice, result)
    return result
