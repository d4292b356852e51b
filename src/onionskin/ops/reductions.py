"""Reductions over axes, and running totals, orders and ranks along one axis."""

# ruff: noqa: A001, A002 - the names are those of keras.ops

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.specs import dtype_name, normalize_axes, normalize_axis
from onionskin.ops.arguments import Axis, public, tensor, truth
from onionskin.prims import elementwise, indexing, movement, reductions
from onionskin.prims.families import joined, reduced_shape
from onionskin.prims.indexing import take_along
from onionskin.prims.operators import reduced, shaped


@public
def sum(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the sum over axes; bools and short integers are summed as 32-bit integers.

    y = Σ x

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(sum([[1, 2], [3, 4]], axis=0))
        [4 6]
    """
    return reduced(reductions.sum_, x, axis, keepdims)


@public
def mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the mean over axes, a float.

    y = Σ x / n

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(mean([[1, 2], [3, 4]], axis=0))
        [2. 3.]
    """
    return reduced(reductions.mean, x, axis, keepdims, to_float=True)


@public
def max(x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Any:
    """Return the largest element over axes.

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.
        initial: a value that counts too; needed where nothing is reduced.

    Returns:
        Array without the reduced axes.

    Raises:
        ShapeError: an axis of size 0 and no initial.

    Example:
        >>> print(max([[1, 2], [3, 4]], axis=0))
        [3 4]
    """
    return _extreme(reductions.max_, elementwise.maximum, x, axis, keepdims, initial)


@public
def min(x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Any:
    """Return the smallest element over axes.

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.
        initial: a value that counts too; needed where nothing is reduced.

    Returns:
        Array without the reduced axes.

    Raises:
        ShapeError: an axis of size 0 and no initial.

    Example:
        >>> print(min([[1, 2], [3, 4]], axis=0))
        [1 2]
    """
    return _extreme(reductions.min_, elementwise.minimum, x, axis, keepdims, initial)


def _extreme(primitive: Any, joining: Any, x: Any, axis: Axis, keepdims: bool, initial: Any) -> Any:
    x = tensor(x)
    axes = normalize_axes(axis, x.ndim)
    shape = reduced_shape(tuple(x.shape), axes, keepdims)
    if 0 in [x.shape[one] for one in axes]:
        if initial is None:
            raise ShapeError("nothing has no extreme.", expected="axes of size 1 or more, or initial=", given=x.shape)
        return movement.broadcast_to(tensor(initial, joined(x, initial)[0].dtype), shape=shape)
    y = primitive(x, axis=axes, keepdims=keepdims)
    return y if initial is None else joining(*joined(y, initial))


@public
def prod(x: Any, axis: Axis = None, keepdims: bool = False, dtype: Any = None) -> Any:
    """Return the product over axes.

    y = Π x

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.
        dtype: dtype to multiply in; the dtype of x where None, of 32 bits for bools and short integers.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(prod([[1, 2], [3, 4]], axis=0))
        [3 8]
    """
    x = tensor(x) if dtype is None else tensor(x, dtype_name(dtype))
    y = reduced(reductions.prod, x, axis, keepdims)
    return y if dtype is None else tensor(y, dtype_name(dtype))


@public
def any(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Tell whether any element is true (not 0) over axes.

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(any([[True, False], [False, False]], axis=1))
        [ True False]
    """
    return reduced(reductions.any_, truth(x), axis, keepdims)


@public
def all(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Tell whether all elements are true (not 0) over axes.

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(all([[True, True], [False, True]], axis=1))
        [ True False]
    """
    return reduced(reductions.all_, truth(x), axis, keepdims)


@public
def var(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the variance over axes (divided by n), a float.

    y = Σ (x - mean x)² / n

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(var([1.0, 2.0, 3.0, 4.0]))
        1.25
    """
    return reduced(reductions.var, x, axis, keepdims, to_float=True)


@public
def std(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the standard deviation over axes (divided by n), a float.

    y = √(Σ (x - mean x)² / n)

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(std([1.0, 3.0]))
        1.0
    """
    return elementwise.sqrt(reduced(reductions.var, x, axis, keepdims, to_float=True))


@public
def logsumexp(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the logarithm of the sum of exponentials over axes, without overflow.

    y = ln Σ eˣ

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(logsumexp([1000.0, 1000.0]))
        1000.6932
    """
    return reduced(reductions.logsumexp, x, axis, keepdims, to_float=True)


@public
def argmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Return the position of the largest element along an axis; the first where several tie.

    Args:
        x: array or tensor of any shape.
        axis: the axis to search along; all elements in a row where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        int32 array without the axis.

    Raises:
        ShapeError: the axis has size 0.

    Example:
        >>> print(argmax([[1, 5, 2], [7, 0, 3]], axis=1))
        [1 0]
    """
    return _position(reductions.argmax, x, axis, keepdims)


@public
def argmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Return the position of the smallest element along an axis; the first where several tie.

    Args:
        x: array or tensor of any shape.
        axis: the axis to search along; all elements in a row where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        int32 array without the axis.

    Raises:
        ShapeError: the axis has size 0.

    Example:
        >>> print(argmin([[1, 5, 2], [7, 0, 3]], axis=1))
        [0 1]
    """
    return _position(reductions.argmin, x, axis, keepdims)


def _position(primitive: Any, x: Any, axis: int | None, keepdims: bool) -> Any:
    x = tensor(x)
    whole = axis is None
    row = shaped(x, (-1,)) if axis is None else x
    along = 0 if axis is None else normalize_axis(axis, x.ndim)
    if row.shape[along] == 0:
        raise ShapeError("nothing has no extreme.", expected="an axis of size 1 or more", given=tuple(x.shape))
    y = primitive(row, axis=along, keepdims=keepdims and not whole)
    return movement.reshape(y, shape=(1,) * x.ndim) if whole and keepdims else y


def _row(x: Any, axis: int | None) -> tuple[Any, int]:
    """Return x and the axis counted from the front; all elements in one row where the axis is None."""
    return (shaped(x, (-1,)), 0) if axis is None else (x, normalize_axis(axis, x.ndim))


@public
def cumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Return the running sum along an axis.

    yᵢ = Σ x₀ … xᵢ

    Args:
        x: array or tensor of any shape.
        axis: the axis to sum along; all elements in a row where None.
        dtype: dtype to sum in; the dtype of x where None, int32 for bools.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(cumsum([1, 2, 3]))
        [1 3 6]
    """
    x, axis = _row(_counted(x, dtype), axis)
    return reductions.cumsum(x, axis=axis)


@public
def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Return the running product along an axis.

    yᵢ = Π x₀ … xᵢ

    Args:
        x: array or tensor of any shape.
        axis: the axis to multiply along; all elements in a row where None.
        dtype: dtype to multiply in; the dtype of x where None, int32 for bools.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(cumprod([1, 2, 3]))
        [1 2 6]
    """
    x, axis = _row(_counted(x, dtype), axis)
    return elementwise.multiply(reductions.running_product(x, axis), x) if x.shape[axis] else x


def _counted(x: Any, dtype: Any) -> Any:
    x = tensor(x) if dtype is None else tensor(x, dtype_name(dtype))
    return elementwise.cast(x, dtype="int32") if x.dtype == "bool" else x


@public
def sort(x: Any, axis: int | None = -1) -> Any:
    """Return the elements in rising order along an axis.

    Args:
        x: array or tensor of any shape.
        axis: the axis to sort along; all elements in a row where None.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(sort([3, 1, 2]))
        [1 2 3]
    """
    x, axis = _row(tensor(x), axis)
    return reductions.sort(x, axis=axis)


@public
def argsort(x: Any, axis: int | None = -1) -> Any:
    """Return the positions that sort along an axis; equal elements keep their order.

    Args:
        x: array or tensor of any shape.
        axis: the axis to sort along; all elements in a row where None.

    Returns:
        int32 array of the shape of x.

    Example:
        >>> print(argsort([3, 1, 2]))
        [1 2 0]
    """
    x, axis = _row(tensor(x), axis)
    return reductions.argsort(x, axis=axis)


@public
def top_k(x: Any, k: int, sorted: bool = True) -> Any:
    """Return the k largest elements along the last axis and their positions.

    Args:
        x: array or tensor (…, n).
        k: how many, at most n.
        sorted: they always come in falling order, which both settings allow.

    Returns:
        Values (…, k) and positions (…, k) as int32; of equal elements the first comes first.

    Raises:
        ArgumentError: k is negative or larger than the last axis.

    Example:
        >>> values, positions = top_k([3, 1, 2], 2)
        >>> print(values, positions)
        [3 2] [0 2]
    """
    x = tensor(x)
    if x.ndim == 0 or not 0 <= k <= x.shape[-1]:
        raise ArgumentError(
            "there are not so many elements.",
            expected="0 <= k <= size of the last axis",
            given=f"k={k}, shape {tuple(x.shape)}",
        )
    last = x.ndim - 1
    # a stable sort of the reversed row, reversed again: falling order, the first of equals first
    backwards = movement.flip(reductions.argsort(movement.flip(x, axes=(last,)), axis=last), axes=(last,))
    order = elementwise.subtract(elementwise.number(x.shape[-1] - 1, backwards), backwards)
    order = movement.slice_along(order, last, 0, k)
    return take_along(x, order, last), order


@public
def in_top_k(targets: Any, predictions: Any, k: int) -> Any:
    """Tell for each sample whether its class is among the k best predictions.

    Args:
        targets: integer classes (batch,).
        predictions: scores (batch, classes).
        k: how many.

    Returns:
        Bool array (batch,); False where the class does not exist or its score is not finite.

    Raises:
        ShapeError: targets is no row of classes or predictions no table of scores.

    Example:
        >>> print(in_top_k([1, 0], [[0.1, 0.9], [0.3, 0.7]], 1))
        [ True False]
    """
    targets, predictions = tensor(targets), tensor(predictions)
    if targets.ndim != 1 or predictions.ndim != 2:
        raise ShapeError(
            "in_top_k compares a class for each row of scores.",
            expected="targets (batch,), predictions (batch, classes)",
            given=f"{tuple(targets.shape)} and {tuple(predictions.shape)}",
        )
    zero = elementwise.number(0, predictions)
    mine = indexing.one_hot(targets, num_classes=predictions.shape[1], dtype="bool")
    own = reductions.sum_(elementwise.where(mine, predictions, zero), axis=(1,), keepdims=True)
    better = elementwise.cast(elementwise.greater(predictions, own), dtype="int32")
    among = elementwise.less(reductions.sum_(better, axis=(1,), keepdims=False), np.asarray(k, np.int32))
    valid = elementwise.logical_and(elementwise.isfinite(own), reductions.any_(mine, axis=(1,), keepdims=True))
    return elementwise.logical_and(among, movement.reshape(valid, shape=among.shape))


@public
def amax(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the largest element over axes; the same as `max`.

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(amax([[1, 2], [3, 4]], axis=0))
        [3 4]
    """
    return max(x, axis, keepdims)


@public
def amin(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the smallest element over axes; the same as `min`.

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(amin([[1, 2], [3, 4]], axis=0))
        [1 2]
    """
    return min(x, axis, keepdims)
