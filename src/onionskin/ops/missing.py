"""Reductions that leave NaN out."""

from __future__ import annotations

from typing import Any

from onionskin.ops import reductions as plain
from onionskin.ops.arguments import Axis, concrete_array, public, tensor
from onionskin.ops.statistics import quantile_of
from onionskin.prims import elementwise, reductions
from onionskin.prims.families import dtype_of, floating
from onionskin.prims.operators import reduced


def _with(x: Any, value: float) -> Any:
    """Return x with a value in place of NaN."""
    x = tensor(x)
    return (
        elementwise.where(elementwise.isnan(x), elementwise.number(value, x), x)
        if dtype_of(x).startswith("float")
        else x
    )


def _count(x: Any, axis: Axis, keepdims: bool) -> Any:
    there = elementwise.cast(elementwise.logical_not(elementwise.isnan(x)), dtype=dtype_of(x))
    return reduced(reductions.sum_, there, axis, keepdims)


@public
def nansum(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the sum over axes without NaN.

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(nansum([1.0, float('nan'), 3.0]))
        4.0
    """
    return plain.sum(_with(x, 0), axis, keepdims)


@public
def nanprod(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the product over axes without NaN.

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(nanprod([1.0, float('nan'), 3.0]))
        3.0
    """
    return plain.prod(_with(x, 1), axis, keepdims)


@public
def nanmean(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the mean over axes without NaN; NaN where nothing else is there.

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(nanmean([1.0, float('nan'), 3.0]))
        2.0
    """
    x = floating(x)
    return elementwise.divide(reduced(reductions.sum_, _with(x, 0), axis, keepdims), _count(x, axis, keepdims))


@public
def nanvar(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the variance over axes without NaN; NaN where nothing else is there.

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(nanvar([1.0, float('nan'), 3.0]))
        1.0
    """
    x = floating(x)
    centred = elementwise.subtract(x, nanmean(x, axis, True))
    squares = _with(elementwise.multiply(centred, centred), 0)
    return elementwise.divide(reduced(reductions.sum_, squares, axis, keepdims), _count(x, axis, keepdims))


@public
def nanstd(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the standard deviation over axes without NaN; NaN where nothing else is there.

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(nanstd([1.0, float('nan'), 3.0]))
        1.0
    """
    return elementwise.sqrt(nanvar(x, axis, keepdims))


@public
def nanmax(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the largest element over axes without NaN; NaN where nothing else is there.

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(nanmax([1.0, float('nan'), 3.0]))
        3.0
    """
    x = tensor(x)
    y = plain.max(_with(x, float("-inf")), axis, keepdims)
    if not dtype_of(x).startswith("float"):
        return y
    none = reduced(reductions.all_, elementwise.isnan(x), axis, keepdims)
    return elementwise.where(none, elementwise.number(float("nan"), x), y)


@public
def nanmin(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the smallest element over axes without NaN; NaN where nothing else is there.

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(nanmin([1.0, float('nan'), 3.0]))
        1.0
    """
    x = tensor(x)
    y = plain.min(_with(x, float("inf")), axis, keepdims)
    if not dtype_of(x).startswith("float"):
        return y
    none = reduced(reductions.all_, elementwise.isnan(x), axis, keepdims)
    return elementwise.where(none, elementwise.number(float("nan"), x), y)


@public
def nanargmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Return the position of the largest element along an axis without NaN; -1 where nothing else is there.

    Args:
        x: array or tensor of any shape.
        axis: the axis to search along; all elements in a row where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        int32 array without the axis.

    Example:
        >>> print(nanargmax([1.0, float('nan'), 3.0]))
        2
    """
    x = tensor(x)
    y = plain.argmax(_with(x, float("-inf")), axis, keepdims)
    if not dtype_of(x).startswith("float"):
        return y
    none = reduced(reductions.all_, elementwise.isnan(x), axis, keepdims)
    return elementwise.where(none, elementwise.number(-1, y), y)


@public
def nanargmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Return the position of the smallest element along an axis without NaN; -1 where nothing else is there.

    Args:
        x: array or tensor of any shape.
        axis: the axis to search along; all elements in a row where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        int32 array without the axis.

    Example:
        >>> print(nanargmin([1.0, float('nan'), 3.0]))
        0
    """
    x = tensor(x)
    y = plain.argmin(_with(x, float("inf")), axis, keepdims)
    if not dtype_of(x).startswith("float"):
        return y
    none = reduced(reductions.all_, elementwise.isnan(x), axis, keepdims)
    return elementwise.where(none, elementwise.number(-1, y), y)


@public
def nancumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Return the running sum along an axis, NaN counting as 0.

    Args:
        x: array or tensor of any shape.
        axis: the axis to run along; all elements in a row where None.
        dtype: dtype to compute in; that of x where None.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(nancumsum([1.0, float('nan'), 3.0]))
        [1. 1. 4.]
    """
    return plain.cumsum(_with(x, 0), axis, dtype)


@public
def nancumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Return the running product along an axis, NaN counting as 1.

    Args:
        x: array or tensor of any shape.
        axis: the axis to run along; all elements in a row where None.
        dtype: dtype to compute in; that of x where None.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(nancumprod([1.0, float('nan'), 3.0]))
        [1. 1. 3.]
    """
    return plain.cumprod(_with(x, 1), axis, dtype)


@public
def nanmedian(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the median over axes without NaN.

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(nanmedian([1.0, float('nan'), 3.0]))
        2.0
    """
    return quantile_of(x, 0.5, axis, "linear", keepdims, skip_nan=True)


@public
def nanquantile(x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False) -> Any:
    """Return quantiles over axes without NaN.

    Args:
        x: array or tensor of any shape.
        q: the part of the elements below, numbers in 0 … 1.
        axis: axis or axes to reduce; all where None.
        method: between two elements: "linear", "lower", "higher", "nearest" or "midpoint".
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes, with the axes of q in front.

    Example:
        >>> print(nanquantile([1.0, float('nan'), 3.0], 0.5))
        2.0
    """
    return quantile_of(x, q, axis, method, keepdims, skip_nan=True)


@public
def nanpercentile(x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False) -> Any:
    """Return percentiles over axes without NaN.

    Args:
        x: array or tensor of any shape.
        q: percent of the elements below, numbers in 0 … 100.
        axis: axis or axes to reduce; all where None.
        method: between two elements: "linear", "lower", "higher", "nearest" or "midpoint".
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes, with the axes of q in front.

    Example:
        >>> print(nanpercentile([1.0, float('nan'), 3.0], 50))
        2.0
    """
    return quantile_of(x, concrete_array(q, "the percentage") / 100, axis, method, keepdims, skip_nan=True)
