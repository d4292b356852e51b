"""Reductions of rows by segment, and selections: parts of an order, distinct values."""

# ruff: noqa: A002 - the names are those of keras.ops

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.specs import is_float, normalize_axis
from onionskin.graph import Primitive
from onionskin.ops.arguments import concrete_array, public, tensor
from onionskin.ops.indexing import whole
from onionskin.prims import movement, reductions, segments
from onionskin.prims.families import dtype_of
from onionskin.prims.operators import shaped


def _limit(dtype: str, most: bool) -> Any:
    """Return the largest or smallest number of a dtype; infinite for a float."""
    if dtype == "bool":
        return most
    if is_float(dtype):
        return np.inf if most else -np.inf
    limits = np.iinfo(dtype)
    return limits.max if most else limits.min


def _by_segment(primitive: Primitive, data: Any, segment_ids: Any, num_segments: int | None, empty: Any) -> Any:
    """Return rows brought together by a scattering primitive; `empty` gives what stands for no row, by dtype."""
    data, ids = tensor(data), whole(segment_ids)
    agree = ids.ndim == 1 and data.ndim > 0 and (None in (ids.shape[0], data.shape[0]) or ids.shape[0] == data.shape[0])
    if not agree:
        raise ShapeError(
            "each row needs the number of its segment.",
            expected=f"segment_ids of shape {tuple(data.shape[:1])}",
            given=tuple(ids.shape),
        )
    if num_segments is None:
        numbers = concrete_array(ids, "the number of segments")
        num_segments = int(numbers.max()) + 1 if numbers.size else 0
    none = np.asarray(empty(dtype_of(data)), dtype_of(data))
    start = movement.broadcast_to(none, shape=(int(num_segments), *data.shape[1:]))
    return primitive(start, ids, data, axis=0)


@public
def segment_max(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    """Return the largest elements among the rows of each segment.

    Args:
        data: array or tensor (n, …).
        segment_ids: integers (n,), which segment each row belongs to.
        num_segments: how many segments; the largest id and one where None.
        sorted: whether the ids rise, which changes nothing here.

    Returns:
        Array (num_segments, …); the smallest number of the dtype (-inf for floats) where a segment has no row.

    Raises:
        ArgumentError: num_segments is None while a function is traced, or an id is too large.
        ShapeError: there are not as many ids as rows.

    Example:
        >>> print(segment_max([1, 5, 3], [0, 1, 0], 2))
        [3 5]
    """
    return _by_segment(segments.scatter_max, data, segment_ids, num_segments, lambda dtype: _limit(dtype, False))


@public
def segment_min(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    """Return the smallest elements among the rows of each segment.

    Args:
        data: array or tensor (n, …).
        segment_ids: integers (n,), which segment each row belongs to.
        num_segments: how many segments; the largest id and one where None.
        sorted: whether the ids rise, which changes nothing here.

    Returns:
        Array (num_segments, …); the largest number of the dtype (inf for floats) where a segment has no row.

    Raises:
        ArgumentError: num_segments is None while a function is traced, or an id is too large.
        ShapeError: there are not as many ids as rows.

    Example:
        >>> print(segment_min([1, 5, 3], [0, 1, 0], 2))
        [1 5]
    """
    return _by_segment(segments.scatter_min, data, segment_ids, num_segments, lambda dtype: _limit(dtype, True))


@public
def segment_prod(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    """Return the product of the rows of each segment.

    Args:
        data: array or tensor (n, …).
        segment_ids: integers (n,), which segment each row belongs to.
        num_segments: how many segments; the largest id and one where None.
        sorted: whether the ids rise, which changes nothing here.

    Returns:
        Array (num_segments, …); 1 where a segment has no row.

    Raises:
        ArgumentError: num_segments is None while a function is traced, or an id is too large.
        ShapeError: there are not as many ids as rows.

    Example:
        >>> print(segment_prod([2, 5, 3], [0, 1, 0], 2))
        [6 5]
    """
    return _by_segment(segments.scatter_multiply, data, segment_ids, num_segments, lambda dtype: 1)


@public
def argpartition(x: Any, kth: int | Sequence[int], axis: int | None = -1) -> Any:
    """Return positions in which the k-th smallest element stands at place k, smaller ones before it, larger ones after.

    Args:
        x: array or tensor of any shape.
        kth: which place, or several.
        axis: the axis to order along; all elements in a row where None.

    Returns:
        int32 array of the shape of x. All elements are in order, so that every place is right.

    Raises:
        ArgumentError: there is no such place.
        ShapeError: there is no such axis.

    Example:
        >>> print(argpartition([3, 1, 2], 1))
        [1 2 0]
    """
    x = tensor(x)
    x, along = (shaped(x, (-1,)), 0) if axis is None else (x, normalize_axis(axis, x.ndim))
    size = x.shape[along]
    for place in np.atleast_1d(np.asarray(kth)):
        if size is not None and not -size <= place < size:
            raise ArgumentError("there is no such place.", expected=f"-{size} <= kth < {size}", given=f"kth={place}")
    return reductions.argsort(x, axis=along)


@public
def unique(
    x: Any,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """Return the distinct elements of an array, or its distinct rows along an axis, in rising order.

    Args:
        x: array of any shape; a tensor that is traced has no numbers to tell from.
        sorted: whether the order matters; it rises in any case.
        return_index: also return where each stands first.
        return_inverse: also return, for each element of x, which distinct one it is.
        return_counts: also return how often each stands in x.
        axis: whose rows are compared; all elements in a row where None.
        size: how many to return; the rest is left out, or filled up.
        fill_value: what to fill up with; the smallest element where None.

    Returns:
        The distinct elements; a tuple with int32 arrays where more is asked for.

    Raises:
        ArgumentError: x is a tensor that is being traced.

    Example:
        >>> print(unique([3, 1, 3]))
        [1 3]
    """
    numbers = concrete_array(x, "the elements that unique compares")
    values, index, inverse, counts = np.unique(
        numbers, return_index=True, return_inverse=True, return_counts=True, axis=axis, equal_nan=False
    )
    if size is not None:
        along = 0 if axis is None else normalize_axis(axis, numbers.ndim)
        first = values.take([0], axis=along) if values.size else np.zeros_like(values, shape=(1,) * values.ndim)
        fill = first if fill_value is None else fill_value
        values = _resized(values, int(size), along, fill)
        index = _resized(index, int(size), 0, index[:1] if len(index) else 0)
        counts = _resized(counts, int(size), 0, 0)
    more = [
        part.astype(np.int32)
        for part, wanted in ((index, return_index), (inverse, return_inverse), (counts, return_counts))
        if wanted
    ]
    return (values, *more) if more else values


def _resized(values: np.ndarray, size: int, axis: int, fill: Any) -> np.ndarray:
    """Return values cut off or filled up to a size along an axis."""
    kept = values.take(range(min(size, values.shape[axis])), axis=axis)
    missing = size - kept.shape[axis]
    shape = (*values.shape[:axis], missing, *values.shape[axis + 1 :])
    return np.concatenate([kept, np.broadcast_to(np.asarray(fill, values.dtype), shape)], axis=axis)
