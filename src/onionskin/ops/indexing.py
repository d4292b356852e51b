"""Indexing: taking elements by position, one-hot codes, adding into places."""

# ruff: noqa: A002 - the names are those of keras.ops

from __future__ import annotations

import math
from typing import Any

import numpy as np

from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError, DTypeError, ShapeError
from onionskin.base.specs import broadcast_shapes, dtype_name, normalize_axis
from onionskin.graph import Node
from onionskin.ops.arguments import concrete_array, public, sizes, tensor
from onionskin.prims import elementwise, indexing, movement
from onionskin.prims.families import dtype_of
from onionskin.prims.operators import getitem, shaped


@public
def take(x: Any, indices: Any, axis: int | None = None) -> Any:
    """Return the elements at positions along an axis.

    Args:
        x: array or tensor of any shape.
        indices: integers of any shape; negative ones count from the end.
        axis: the axis to take along; all elements in a row where None.

    Returns:
        Array whose axis is replaced by the axes of indices.

    Raises:
        ArgumentError: an index lies outside the axis.
        DTypeError: indices are no integers.

    Example:
        >>> print(take([10, 20, 30], [2, 0]))
        [30 10]
    """
    x, places = tensor(x), whole(indices)
    x, along = (shaped(x, (-1,)), 0) if axis is None else (x, normalize_axis(axis, x.ndim))
    return indexing.take(x, places, axis=along)


def _agree(one: int | None, other: int | None) -> bool:
    return one is None or other is None or one == other


@public
def nonzero(x: Any) -> Any:
    """Return the positions of the elements that are not 0.

    Args:
        x: array of any shape; a tensor that is traced has no numbers to tell from.

    Returns:
        Tuple with an int32 array for each axis.

    Raises:
        ArgumentError: x is a tensor that is being traced.

    Example:
        >>> print(nonzero([0, 3, 0, 5]))
        (array([1, 3], dtype=int32),)
    """
    return tuple(places.astype(np.int32) for places in np.nonzero(concrete_array(x, "the places that nonzero finds")))


def whole(indices: Any) -> Any:
    """Return positions as an integer array or node.

    Raises:
        DTypeError: they are no integers.
    """
    indices = tensor(indices)
    if not dtype_of(indices).startswith(("int", "uint")):
        raise DTypeError("positions are whole numbers.", expected="an integer dtype", given=dtype_of(indices))
    return indices


@public
def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> Any:
    """Return, at each place, the element of x that the indices name along one axis.

    Args:
        x: array or tensor of any shape.
        indices: integers with as many axes as x, equal sizes on the others or 1.
        axis: the axis to take along; all elements in a row where None.

    Returns:
        Array of the shape of indices.

    Raises:
        ArgumentError: an index lies outside the axis.
        ShapeError: the other axes do not fit.

    Example:
        >>> print(take_along_axis([[1, 2], [3, 4]], [[1], [0]], axis=1))
        [[2]
         [3]]
    """
    x, places = tensor(x), whole(indices)
    if axis is None:
        x, places, axis = shaped(x, (-1,)), shaped(places, (-1,)), 0
    if places.ndim != x.ndim:
        raise ShapeError(
            "indices need as many axes as the array.", expected=f"{x.ndim} axes", given=tuple(places.shape)
        )
    along = normalize_axis(axis, x.ndim)
    check_places(places, x.shape[along], along)
    others = [(*array.shape[:along], 1, *array.shape[along + 1 :]) for array in (x, places)]
    joint = broadcast_shapes(*others)
    x = movement.broadcast_to(x, shape=(*joint[:along], x.shape[along], *joint[along + 1 :]))
    places = movement.broadcast_to(places, shape=(*joint[:along], places.shape[along], *joint[along + 1 :]))
    count, size = math.prod(x.shape), x.shape[along]
    places = elementwise.cast(places, dtype="int32" if count * max(size, 1) < 2**31 else "int64")
    low, high = elementwise.number(-size, places), elementwise.number(size, places)
    fits = elementwise.logical_and(elementwise.greater_equal(places, low), elementwise.less(places, high))
    # a position outside its axis must not reach the next row: sent beyond all rows, it is an error
    return indexing.take_along(x, elementwise.where(fits, places, elementwise.number(count, places)), along)


@public
def get_item(x: Any, key: Any) -> Any:
    """Return x[key] for whole numbers, slices, `...`, `None`, and one array of integers or mask of known values.

    Args:
        x: array or tensor of any shape.
        key: what stands between the brackets.

    Returns:
        The part of x.

    Raises:
        ShapeError: the key does not fit.
        DTypeError: a mask whose values are not known yet.

    Example:
        >>> print(get_item([[1, 2], [3, 4]], (0, slice(1, None))))
        [2]
    """
    return getitem(tensor(x), key)


@public
def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Any:
    """Return vectors with 1 at each class and 0 elsewhere.

    Args:
        x: integer classes of any shape; one outside 0 … num_classes-1 gives zeros.
        num_classes: length of each vector.
        axis: where the vectors stand.
        dtype: dtype of the result; the default float dtype where None.
        sparse: sparse tensors are not supported.

    Returns:
        Array with one more axis.

    Raises:
        ArgumentError: sparse is asked for.
        DTypeError: x are no integers.

    Example:
        >>> print(one_hot([0, 2], 3))
        [[1. 0. 0.]
         [0. 0. 1.]]
    """
    if sparse:
        raise ArgumentError("sparse tensors are not supported.", given="sparse=True", fix="leave it out")
    x = whole(x)
    code = indexing.one_hot(x, num_classes=int(num_classes), dtype=floatx() if dtype is None else dtype_name(dtype))
    place = normalize_axis(axis, code.ndim)
    if place == x.ndim:
        return code
    order = list(range(x.ndim))
    order.insert(place, x.ndim)
    return movement.transpose(code, perm=tuple(order))


@public
def scatter(indices: Any, values: Any, shape: Any) -> Any:
    """Return zeros with values added at places.

    Args:
        indices: integers (..., k): each row names the first k positions of a place.
        values: what to add there, of shape indices.shape[:-1] + shape[k:]; values at one place add up.
        shape: shape of the result.

    Returns:
        Array of that shape, in the dtype of values.

    Raises:
        ShapeError: values do not fit the places.

    Example:
        >>> print(scatter([[0], [2], [0]], [1.0, 2.0, 3.0], (4,)))
        [4. 0. 2. 0.]
    """
    values, shape = tensor(values), sizes(shape)
    zeros = movement.broadcast_to(elementwise.number(0, values), shape=shape)
    return _added(zeros, whole(indices), values)


def _added(x: Any, indices: Any, values: Any) -> Any:
    """Return x with values added at the places that the rows of indices name."""
    deep = indices.shape[-1] if indices.ndim else 0
    if not 1 <= deep <= x.ndim:
        raise ShapeError(
            "each row of indices names the first positions of a place.",
            expected=f"indices (…, k) with 1 <= k <= {x.ndim}",
            given=tuple(indices.shape),
        )
    lead, rest = tuple(indices.shape[:-1]), tuple(x.shape[deep:])
    if tuple(values.shape) != (*lead, *rest):
        raise ShapeError("the values do not fit the places.", expected=(*lead, *rest), given=tuple(values.shape))
    count, total = math.prod(lead), math.prod(x.shape[:deep])
    flat = flat_places(movement.reshape(indices, shape=(count, deep)), tuple(x.shape[:deep]))
    flat_x = movement.reshape(x, shape=(total, *rest))
    flat_x = indexing.scatter_add(flat_x, flat, movement.reshape(values, shape=(count, *rest)), axis=0)
    return movement.reshape(flat_x, shape=tuple(x.shape))


def check_places(indices: Any, size: int, axis: int) -> None:
    """Check positions along an axis where their numbers are known; those of a tensor are checked when it runs.

    Raises:
        ArgumentError: one lies outside the axis.
    """
    if isinstance(indices, Node):
        return
    wrong = np.asarray(indices)[(indices < -size) | (indices >= size)]
    if wrong.size:
        raise ArgumentError(
            "an index lies outside its axis.", expected=f"-{size} <= index < {size} at axis {axis}", given=wrong.flat[0]
        )


def flat_places(rows: Any, shape: tuple[int, ...]) -> Any:
    """Return the position in a row of all elements of each row of positions; outside where one lies outside."""
    total = math.prod(shape)
    rows = elementwise.cast(rows, dtype="int32" if total < 2**30 else "int64")
    flat: Any = elementwise.number(0, rows)
    good: Any = np.asarray(True)
    for place, size in enumerate(shape):
        column = movement.reshape(movement.slice_along(rows, 1, place, place + 1), shape=(rows.shape[0],))
        check_places(column, size, place)
        bound = elementwise.number(size, column)
        negative = elementwise.less(column, elementwise.number(0, column))
        column = elementwise.where(negative, elementwise.add(column, bound), column)
        inside = elementwise.logical_and(
            elementwise.greater_equal(column, elementwise.number(0, column)), elementwise.less(column, bound)
        )
        good = elementwise.logical_and(good, inside)
        flat = elementwise.add(elementwise.multiply(flat, bound), column)
    return elementwise.where(good, flat, elementwise.number(total, rows))


@public
def segment_sum(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    """Return the sum of the rows of each segment.

    Args:
        data: array or tensor (n, …).
        segment_ids: integers (n,), which segment each row belongs to.
        num_segments: how many segments; the largest id and one where None.
        sorted: whether the ids rise, which changes nothing here.

    Returns:
        Array (num_segments, …).

    Raises:
        ArgumentError: num_segments is None while a function is traced, or an id is too large.
        ShapeError: there are not as many ids as rows.

    Example:
        >>> print(segment_sum([1, 2, 3], [0, 1, 0], 2))
        [4 2]
    """
    data, ids = tensor(data), whole(segment_ids)
    if ids.ndim != 1 or data.ndim == 0 or not _agree(ids.shape[0], data.shape[0]):
        raise ShapeError(
            "each row needs the number of its segment.",
            expected=f"segment_ids of shape {tuple(data.shape[:1])}",
            given=tuple(ids.shape),
        )
    if num_segments is None:
        numbers = concrete_array(ids, "the number of segments")
        num_segments = int(numbers.max()) + 1 if numbers.size else 0
    zeros = movement.broadcast_to(elementwise.number(0, data), shape=(int(num_segments), *data.shape[1:]))
    return indexing.scatter_add(zeros, ids, data, axis=0)
