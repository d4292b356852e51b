"""Parts of arrays at positions that may be computed: slices, updates, codes of several classes."""

# ruff: noqa: A001 - the names are those of keras.ops

from __future__ import annotations

import math
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.specs import dtype_name, is_float
from onionskin.graph import Node
from onionskin.ops.arguments import public, sizes, tensor
from onionskin.ops.indexing import flat_places, one_hot, whole
from onionskin.prims import elementwise, indexing, movement, reductions
from onionskin.prims.families import dtype_of
from onionskin.prims.operators import shaped


@public
def slice(inputs: Any, start_indices: Any, shape: Any) -> Any:
    """Return a block of an array.

    Args:
        inputs: array or tensor.
        start_indices: whole numbers, one for each axis; a tensor too.
        shape: sizes of the block; -1 means to the end where the start is known.

    Returns:
        Array of that shape.

    Raises:
        ArgumentError: a size is missing, or a computed block leaves the array.
        ShapeError: the block does not fit the array.

    Example:
        >>> print(slice([[1, 2], [3, 4]], [0, 1], [2, 1]))
        [[2]
         [4]]
    """
    x = tensor(inputs)
    starts = _starts(start_indices, x)
    wanted = tuple(int(size) for size in shape)
    if len(wanted) != x.ndim:
        raise ShapeError("a block has a size for each axis.", expected=f"{x.ndim} sizes", given=shape)
    for place, (start, size) in enumerate(zip(starts, wanted, strict=True)):
        if isinstance(start, Node):
            if size < 0:
                raise ArgumentError(
                    "a block whose start is computed needs its size.", given=f"size {size} at axis {place}"
                )
            x = indexing.take(x, elementwise.add(start, np.arange(size, dtype=np.int32)), axis=place)
        else:
            stop = x.shape[place] if size == -1 else start + size
            if not 0 <= start <= stop <= x.shape[place]:
                raise ShapeError(
                    "the block leaves the array.",
                    expected=f"0 <= start and start + size <= {x.shape[place]} at axis {place}",
                    given=f"start {start}, size {size}",
                )
            x = movement.slice_along(x, place, start, stop)
    return x


def _starts(start_indices: Any, x: Any) -> list[Any]:
    """Return the start along each axis as a number, or as a node where it is computed."""
    given = start_indices if isinstance(start_indices, list | tuple) else tensor(start_indices)
    if isinstance(given, Node):
        given = [movement.slice_along(given, 0, place, place + 1) for place in range(given.shape[0])]
        given = [movement.reshape(one, shape=()) for one in given]
    starts = [whole(one) for one in given]
    if len(starts) != x.ndim:
        raise ShapeError("a block starts somewhere on each axis.", expected=f"{x.ndim} starts", given=len(starts))
    return [elementwise.cast(one, dtype="int32") if isinstance(one, Node) else int(one) for one in starts]


@public
def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Any:
    """Return an array with a block of other values.

    Args:
        inputs: array or tensor.
        start_indices: whole numbers, one for each axis; a tensor too.
        updates: the values, with as many axes.

    Returns:
        Array of the shape of inputs.

    Raises:
        ArgumentError: a block whose start is computed leaves the array.
        ShapeError: the block leaves the array or has other axes.

    Example:
        >>> print(slice_update([[1, 2], [3, 4]], [0, 1], [[7], [8]]))
        [[1 7]
         [3 8]]
    """
    x = tensor(inputs)
    block = tensor(updates, dtype_of(x))
    starts = _starts(start_indices, x)
    if block.ndim != x.ndim:
        raise ShapeError(
            "the block needs as many axes as the array.", expected=f"{x.ndim} axes", given=tuple(block.shape)
        )
    flat: Any = np.zeros((), np.int32)
    for place, (start, size, total) in enumerate(zip(starts, block.shape, x.shape, strict=True)):
        if not isinstance(start, Node) and not 0 <= start <= total - size:
            raise ShapeError(
                "the block leaves the array.",
                expected=f"0 <= start and start + size <= {total} at axis {place}",
                given=f"start {start}, size {size}",
            )
        steps = np.arange(size, dtype=np.int32)
        along = elementwise.add(start, steps) if isinstance(start, Node) else steps + np.int32(start)
        inside = elementwise.logical_and(
            elementwise.greater_equal(along, np.zeros((), np.int32)),
            elementwise.less(along, np.asarray(total, np.int32)),
        )
        # a place outside is sent beyond all others, where it is an error
        along = elementwise.where(inside, along, np.asarray(x.size, np.int32))
        along = movement.reshape(along, shape=tuple(size if one == place else 1 for one in range(x.ndim)))
        flat = elementwise.add(elementwise.multiply(flat, np.asarray(total, np.int32)), along)
    return _written(x, shaped(movement.broadcast_to(flat, shape=tuple(block.shape)), (-1,)), shaped(block, (-1,)), 1)


def _written(x: Any, places: Any, values: Any, inner: int) -> Any:
    """Return x with values (n, inner…) in the rows that places name, when x is seen as rows of `inner` elements."""
    count = x.size // inner if inner else 0
    rows = movement.reshape(x, shape=(count, inner))
    values = movement.reshape(values, shape=(places.shape[0], inner))
    marks = indexing.scatter_add(np.zeros(count, np.int32), places, np.ones(places.shape[0], np.int32), axis=0)
    zeros = movement.broadcast_to(elementwise.number(0, x), shape=(count, inner))
    put = indexing.scatter_add(zeros, places, values, axis=0)
    hit = movement.reshape(elementwise.greater(marks, np.zeros((), np.int32)), shape=(count, 1))
    return movement.reshape(elementwise.where(hit, put, rows), shape=tuple(x.shape))


@public
def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> Any:
    """Return an array with other values at places.

    Args:
        inputs: array or tensor.
        indices: integers (n, k): each row names the first k positions of a place.
        updates: the values there, of shape (n,) + inputs.shape[k:]; of several at one place the last stays.
        reduction: None, or "add" to add them to what is there.

    Returns:
        Array of the shape of inputs.

    Raises:
        ArgumentError: an unknown reduction, or a place outside the array.
        ShapeError: the shapes do not fit.

    Example:
        >>> print(scatter_update([1, 2, 3], [[0], [2]], [7, 8]))
        [7 2 8]
    """
    x, rows = tensor(inputs), whole(indices)
    values = tensor(updates, dtype_of(x))
    if reduction not in (None, "add"):
        raise ArgumentError("there is no such reduction here.", expected="None or 'add'", given=repr(reduction))
    if rows.ndim != 2 or not 1 <= rows.shape[1] <= x.ndim:
        raise ShapeError(
            "each row of indices names the first positions of a place.",
            expected=f"(n, k) with 1 <= k <= {x.ndim}",
            given=tuple(rows.shape),
        )
    deep, count = rows.shape[1], rows.shape[0]
    rest = tuple(x.shape[deep:])
    values = movement.broadcast_to(values, shape=(count, *rest))
    places, total = flat_places(rows, tuple(x.shape[:deep])), math.prod(x.shape[:deep])
    if reduction == "add":
        flat = movement.reshape(x, shape=(total, *rest))
        return movement.reshape(indexing.scatter_add(flat, places, values, axis=0), shape=tuple(x.shape))
    # in the order of places the last of each run stays; the others are written to a row that is then left out
    order = reductions.argsort(places, axis=0)
    sorted_places = indexing.take(places, order, axis=0)
    later = movement.slice_along(sorted_places, 0, min(1, count), count)
    runs_on = elementwise.equal(later, movement.slice_along(sorted_places, 0, 0, max(count - 1, 0)))
    runs_on = movement.pad(runs_on, np.asarray(False), low=(0,), high=(min(count, 1),), interior=(0,))
    # places beyond the end stay beyond it
    sorted_places = elementwise.where(
        elementwise.greater_equal(sorted_places, elementwise.number(total, places)),
        elementwise.number(total + 1, places),
        sorted_places,
    )
    kept = elementwise.where(runs_on, elementwise.number(total, places), sorted_places)
    flat = movement.reshape(x, shape=(total, *rest))
    spare = movement.broadcast_to(elementwise.number(0, x), shape=(1, *rest))
    done = _written(
        movement.concatenate(flat, spare, axis=0), kept, indexing.take(values, order, axis=0), math.prod(rest)
    )
    return movement.reshape(movement.slice_along(done, 0, 0, total), shape=tuple(x.shape))


@public
def unravel_index(indices: Any, shape: Any) -> Any:
    """Return the positions along each axis of elements counted in a row.

    Args:
        indices: integers; negative ones count from the end.
        shape: the shape that is counted through.

    Returns:
        Tuple of integer arrays, one for each axis.

    Example:
        >>> print(*unravel_index([5, 1], (2, 3)))
        [1 0] [2 1]
    """
    rest, parts = whole(indices), []
    total = elementwise.number(math.prod(sizes(shape)), rest)
    rest = elementwise.where(elementwise.less(rest, elementwise.number(0, rest)), elementwise.add(rest, total), rest)
    for size in reversed(sizes(shape)):
        count = elementwise.number(size, rest)
        parts.append(elementwise.mod(rest, count))
        rest = elementwise.floor_divide(rest, count)
    return tuple(reversed(parts))


@public
def multi_hot(
    inputs: Any, num_classes: int | None = None, axis: int = -1, dtype: Any = None, sparse: bool = False, **kwargs: Any
) -> Any:
    """Return a code with 1 at each class of a sample.

    Args:
        inputs: integer classes (batch, n) or (n,).
        num_classes: length of the code.
        axis: where the code stands.
        dtype: dtype of the result; the default float dtype where None.
        sparse: sparse tensors are not supported.
        kwargs: none is supported.

    Returns:
        Array (batch, num_classes) or (num_classes,).

    Raises:
        ArgumentError: num_classes is missing, or sparse is asked for.

    Example:
        >>> print(multi_hot([[0, 2], [1, 1]], 3))
        [[1. 0. 1.]
         [0. 1. 0.]]
    """
    for key in kwargs:
        raise ArgumentError("multi_hot has no such argument.", given=repr(key))
    if num_classes is None:
        raise ArgumentError("multi_hot needs the number of classes.", given="num_classes=None")
    codes = one_hot(inputs, num_classes, axis, dtype, sparse)
    return reductions.max_(codes, axis=(1 if codes.ndim > 2 else 0,), keepdims=False)


@public
def saturate_cast(x: Any, dtype: Any) -> Any:
    """Return x in another dtype; what lies beyond its range becomes its limit.

    Args:
        x: array or tensor of any shape.
        dtype: dtype name.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(saturate_cast([-5, 300], "uint8"))
        [  0 255]
    """
    x, name = tensor(x), dtype_name(dtype)
    own = dtype_of(x)
    if own == name or "bool" in (own, name):
        return tensor(x, name)
    (low, high), (least, most) = _limits(name), _limits(own)
    bottom, top = elementwise.number(max(low, least), x), elementwise.number(min(high, most), x)
    if is_float(own) and not is_float(name) and float(top) > high:  # the limit rounded up: the next float below it
        top = np.nextafter(top, elementwise.number(0, x))
    return tensor(elementwise.clip(x, bottom, top), name)


def _limits(dtype: str) -> tuple[Any, Any]:
    if is_float(dtype):
        limits = np.finfo(dtype)
        return float(limits.min), float(limits.max)
    whole_limits = np.iinfo(dtype)
    return int(whole_limits.min), int(whole_limits.max)
