"""Joining, splitting, repeating, shifting and padding: whole parts move, nothing is computed."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.specs import normalize_axes, normalize_axis, whole_number
from onionskin.ops.arguments import Axis, concrete_array, public, sizes, tensor
from onionskin.prims import indexing, movement
from onionskin.prims.families import dtype_of, joined
from onionskin.prims.operators import shaped


@public
def concatenate(xs: Any, axis: int | None = 0) -> Any:
    """Return arrays joined along an axis they have.

    Args:
        xs: arrays or tensors of equal sizes on every other axis.
        axis: the axis to join along; all in one row where None.

    Returns:
        Array with the sum of the sizes at the axis.

    Raises:
        ArgumentError: there is nothing to join.
        ShapeError: other sizes differ.

    Example:
        >>> print(concatenate([[1, 2], [3]]))
        [1 2 3]
    """
    parts = joined(*_several(xs))
    if axis is None:
        parts, axis = [shaped(part, (-1,)) for part in parts], 0
    if parts[0].ndim == 0:
        raise ShapeError("single numbers have no axis to be joined along.", fix="use ops.stack")
    return movement.concatenate(*parts, axis=normalize_axis(axis, parts[0].ndim))


def _several(xs: Any) -> list[Any]:
    """Return the members of a sequence of arrays, or the rows of one array."""
    parts = list(xs) if isinstance(xs, list | tuple) else list(tensor(xs))
    if not parts:
        raise ArgumentError("there is nothing to join.", expected="at least one array", given="an empty sequence")
    return parts


@public
def stack(x: Any, axis: int = 0) -> Any:
    """Return arrays of one shape joined along a new axis.

    Args:
        x: sequence of arrays or tensors.
        axis: where the new axis stands.

    Returns:
        Array with one more axis.

    Raises:
        ArgumentError: there is nothing to join.
        ShapeError: the shapes differ.

    Example:
        >>> print(stack([[1, 2], [3, 4]], axis=1))
        [[1 3]
         [2 4]]
    """
    parts = joined(*_several(x))
    shapes = [tuple(part.shape) for part in parts]
    if len({len(one) for one in shapes}) > 1 or any(
        a != b for one in shapes for a, b in zip(shapes[0], one, strict=True) if None not in (a, b)
    ):
        raise ShapeError(
            "only arrays of one shape can be stacked.", expected=shapes[0], given=" and ".join(map(str, shapes))
        )
    place = normalize_axis(axis, parts[0].ndim + 1)
    wide = [movement.reshape(part, shape=(*part.shape[:place], 1, *part.shape[place:])) for part in parts]
    return movement.concatenate(*wide, axis=place)


@public
def unstack(x: Any, num: int | None = None, axis: int = 0) -> Any:
    """Return the parts of x along an axis, without that axis.

    Args:
        x: array or tensor of any shape.
        num: how many parts; the size of the axis where None.
        axis: the axis to work along.

    Returns:
        List of arrays.

    Raises:
        ShapeError: num is not the size of the axis, or that is not known.

    Example:
        >>> print([part.tolist() for part in unstack(np.array([[1, 2], [3, 4]]))])
        [[1, 2], [3, 4]]
    """
    x = tensor(x)
    place = normalize_axis(axis, x.ndim)
    count = x.shape[place] if num is None else num
    if count is None or x.shape[place] not in (None, count):
        raise ShapeError("the number of parts is the size of the axis.", expected=x.shape[place], given=f"num={num}")
    rest = (*x.shape[:place], *x.shape[place + 1 :])
    return [movement.reshape(movement.slice_along(x, place, index, index + 1), shape=rest) for index in range(count)]


@public
def split(x: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Return x cut into parts along an axis.

    Args:
        x: array or tensor of any shape.
        indices_or_sections: the number of equal parts, or the positions of the cuts.
        axis: the axis to work along.

    Returns:
        List of arrays.

    Raises:
        ShapeError: the axis cannot be cut into so many equal parts.

    Example:
        >>> print([part.tolist() for part in split(np.arange(6), [2, 3])])
        [[0, 1], [2], [3, 4, 5]]
    """
    x = tensor(x)
    place = normalize_axis(axis, x.ndim)
    size = x.shape[place]
    if size is None:
        raise ShapeError("an axis of unknown size cannot be cut.", given=f"axis {axis} of shape {tuple(x.shape)}")
    if isinstance(indices_or_sections, int | np.integer):
        if indices_or_sections < 1 or size % indices_or_sections:
            raise ShapeError(
                "the axis cannot be cut into equal parts.", expected=f"a divisor of {size}", given=indices_or_sections
            )
        step = size // int(indices_or_sections)
        cuts = list(range(step, size, step)) if size else [0] * (int(indices_or_sections) - 1)
    else:
        cuts = [min(max(int(cut) + (size if cut < 0 else 0), 0), size) for cut in indices_or_sections]
    starts, stops = [0, *cuts], [*cuts, size]
    return [movement.slice_along(x, place, a, max(a, b)) for a, b in zip(starts, stops, strict=True)]


@public
def tile(x: Any, repeats: Any) -> Any:
    """Return x laid side by side, so many times along each axis.

    Args:
        x: array or tensor of any shape.
        repeats: how often, for each axis; a shorter list speaks of the last axes.

    Returns:
        Array with each size times its repeats.

    Example:
        >>> print(tile([1, 2], 2))
        [1 2 1 2]
    """
    x = tensor(x)
    times = list(sizes(repeats))
    times = [1] * (x.ndim - len(times)) + times
    x = movement.reshape(x, shape=(1,) * (len(times) - x.ndim) + tuple(x.shape))
    if None in x.shape:
        for place, count in enumerate(times):
            x = x if count == 1 else movement.concatenate(*[x] * count, axis=place)
        return x
    pairs = [(count, size) for count, size in zip(times, x.shape, strict=True)]
    apart = movement.reshape(x, shape=tuple(one for _, size in pairs for one in (1, size)))
    wide = movement.broadcast_to(apart, shape=tuple(one for pair in pairs for one in pair))
    return movement.reshape(wide, shape=tuple(count * size for count, size in pairs))


@public
def repeat(x: Any, repeats: Any, axis: int | None = None) -> Any:
    """Return x with each element repeated.

    Args:
        x: array or tensor of any shape.
        repeats: how often: a number, or one for each element along the axis.
        axis: the axis to repeat along; all elements in a row where None.

    Returns:
        Array with a longer axis.

    Raises:
        ShapeError: repeats has another length than the axis.

    Example:
        >>> print(repeat([1, 2], 2))
        [1 1 2 2]
    """
    x = tensor(x)
    x, place = (shaped(x, (-1,)), 0) if axis is None else (x, normalize_axis(axis, x.ndim))
    counts = concrete_array(repeats, "the number of repeats")
    if x.shape[place] is None or counts.size not in (1, x.shape[place]) or counts.ndim > 1 or (counts < 0).any():
        raise ShapeError(
            "repeats is one number, or one for each element.",
            expected=f"{x.shape[place]} numbers >= 0",
            given=counts.tolist(),
        )
    order = np.repeat(np.arange(x.shape[place], dtype=np.int32), counts)
    return indexing.take(x, order, axis=place)


@public
def flip(x: Any, axis: Axis = None) -> Any:
    """Return x with the order along axes reversed.

    Args:
        x: array or tensor of any shape.
        axis: axis or axes; all where None.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(flip([1, 2, 3]))
        [3 2 1]
    """
    x = tensor(x)
    return movement.flip(x, axes=normalize_axes(axis, x.ndim))


@public
def roll(x: Any, shift: Any, axis: Axis = None) -> Any:
    """Return x with the elements shifted along axes, the last ones coming round to the front.

    Args:
        x: array or tensor of any shape.
        shift: by how many places, one for each axis.
        axis: axis or axes; all elements in a row where None.

    Returns:
        Array of the shape of x.

    Raises:
        ArgumentError: there are not as many shifts as axes.

    Example:
        >>> print(roll([1, 2, 3, 4], 1))
        [4 1 2 3]
    """
    x = tensor(x)
    if axis is None:
        return movement.reshape(roll(shaped(x, (-1,)), shift, 0), shape=tuple(x.shape))
    axes = [axis] if isinstance(axis, int | np.integer) else list(axis)
    shifts = list(shift) if isinstance(shift, list | tuple | np.ndarray) else [shift] * len(axes)
    if len(shifts) != len(axes):
        raise ArgumentError("each axis needs a shift.", expected=f"{len(axes)} shifts", given=shift)
    for one, by in zip(axes, shifts, strict=True):
        place = normalize_axis(one, x.ndim)
        size = x.shape[place]
        cut = -whole_number(by, "a shift") % size if size else 0
        if cut:
            parts = movement.slice_along(x, place, cut, size), movement.slice_along(x, place, 0, cut)
            x = movement.concatenate(*parts, axis=place)
    return x


@public
def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Any:
    """Return x with a border along its axes.

    Args:
        x: array or tensor of any shape.
        pad_width: (before, after) for each axis, or one pair or number for all.
        mode: "constant", "edge", "reflect", "symmetric" or "wrap".
        constant_values: what to fill with where the mode is "constant"; 0 where None.

    Returns:
        Array with the border.

    Raises:
        ArgumentError: an unknown mode, negative or fractional widths.
        ShapeError: pad_width does not fit the axes.

    Example:
        >>> print(pad([1, 2], 1))
        [0 1 2 0]
        >>> print(pad([1, 2, 3], (2, 0), mode="reflect"))
        [3 2 1 2 3]
    """
    x = tensor(x)
    widths = np.asarray(pad_width)
    if widths.dtype.kind not in "iu" or (widths < 0).any():
        raise ArgumentError("a border is given in whole numbers >= 0.", given=f"pad_width={pad_width}")
    if widths.shape not in ((), (1,), (2,), (1, 2), (x.ndim, 2)):
        raise ShapeError(
            "pad_width does not fit the axes.", expected=f"{x.ndim} pairs (before, after)", given=pad_width
        )
    pairs = [(int(low), int(high)) for low, high in np.broadcast_to(widths, (x.ndim, 2))]
    if mode == "constant":
        fill = movement.reshape(tensor(0 if constant_values is None else constant_values, dtype_of(x)), shape=())
        low, high = tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs)
        return movement.pad(x, fill, low=low, high=high, interior=(0,) * x.ndim)
    if mode not in ("edge", "reflect", "symmetric", "wrap"):
        raise ArgumentError(
            "there is no such mode.", expected="constant, edge, reflect, symmetric or wrap", given=repr(mode)
        )
    if constant_values is not None:
        raise ArgumentError("constant_values belongs to mode='constant'.", given=f"mode={mode!r}")
    for place, pair in enumerate(pairs):
        if pair != (0, 0):  # the border repeats elements: NumPy says which
            order = np.pad(np.arange(x.shape[place], dtype=np.int32), pair, mode=mode)  # type: ignore[call-overload]
            x = indexing.take(x, order, axis=place)
    return x


@public
def append(x1: Any, x2: Any, axis: int | None = None) -> Any:
    """Return x2 joined behind x1.

    Args:
        x1: array or tensor.
        x2: array or tensor.
        axis: the axis to join along; all in one row where None.

    Returns:
        Array with the sum of the sizes at the axis.

    Raises:
        ShapeError: other sizes differ.

    Example:
        >>> print(append([1, 2], [3]))
        [1 2 3]
    """
    return concatenate([x1, x2], axis=axis)
