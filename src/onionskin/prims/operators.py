"""What +, @, [] and the other operators of a tensor mean: filled into the grammar's table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from onionskin.base.errors import DTypeError, ShapeError
from onionskin.base.specs import dtype_name, normalize_axes, normalize_axis, whole_number
from onionskin.graph import OPERATORS, Node, Primitive
from onionskin.prims import contractions, elementwise, indexing, movement, reductions
from onionskin.prims.families import TABLE, cast_to, floating, joined, operand


def shaped(x: Any, newshape: Any) -> Any:
    """Return x in a new shape; one size may be -1, or None for a batch not known yet."""
    x = _as_value(x)
    listed = isinstance(newshape, Iterable) and not isinstance(newshape, str)
    sizes = tuple(newshape) if listed else (newshape,)
    sizes = tuple(size if size is None else whole_number(size, "a size") for size in sizes)
    if -1 in sizes:
        known = all(size is not None for size in (*x.shape, *sizes))
        rest = 1
        for size in sizes:
            rest *= 1 if size in (-1, None) else size
        if sizes.count(-1) > 1 or (known and (rest == 0 or x.size % rest)):
            raise ShapeError("this reshape does not work out.", expected=f"one -1, and sizes that divide {x.shape}",
                             given=f"shape {newshape}")  # fmt: skip
        filled = x.size // rest if known else _rest_when_unknown(x.shape, sizes)
        sizes = tuple(filled if size == -1 else size for size in sizes)
    return movement.reshape(x, shape=sizes)


def _rest_when_unknown(shape: tuple[Any, ...], sizes: tuple[Any, ...]) -> int | None:
    """Return what -1 stands for when the batch is None in both shapes: the rest of the known sizes."""
    if None in shape and None in sizes:
        known = [size for size in shape if size is not None]
        given = [size for size in sizes if size not in (-1, None)]
        total, rest = int(np.prod(known or [1])), int(np.prod(given or [1]))
        return total // rest if rest and shape.count(None) == 1 and sizes.count(None) == 1 else None
    return None


def _as_value(x: Any) -> Any:
    x = operand(x)
    return x if isinstance(x, Node | np.ndarray | np.generic) else np.asarray(x, joined(x)[0].dtype)


def matmul(a: Any, b: Any) -> Any:
    """Return the matrix product as `numpy.matmul` has it: vectors are rows on the left, columns on the right."""
    a, b = joined(a, b)
    if a.ndim == 0 or b.ndim == 0:
        raise ShapeError("a matrix product needs at least one axis each.", given=f"{a.shape} and {b.shape}")
    row, column = a.ndim == 1, b.ndim == 1
    a = movement.reshape(a, shape=(1, *a.shape)) if row else a
    b = movement.reshape(b, shape=(*b.shape, 1)) if column else b
    y = contractions.matmul(a, b)
    if row or column:
        batch, (rows, columns) = y.shape[:-2], y.shape[-2:]
        y = movement.reshape(y, shape=(*batch, *(() if row else (rows,)), *(() if column else (columns,))))
    return y


def getitem(x: Any, key: Any) -> Any:
    """Return x[key] for whole numbers, slices, `...`, `None`, and one array of integers or mask of known values.

    Raises:
        ShapeError: the key does not fit.
        DTypeError: a mask whose values are not known yet, or a single truth value.
    """
    parts = [_without_mask(x, part) for part in (key if isinstance(key, tuple) else (key,))]
    if len(parts) == 1 and isinstance(parts[0], tuple):  # a mask of several axes
        shape, positions = parts[0]
        return indexing.take(movement.reshape(x, shape=shape), positions, axis=0)
    _check_key(parts)
    named = sum(part is not None and part is not Ellipsis for part in parts)
    if named > x.ndim:
        raise ShapeError("too many indices.", expected=f"at most {x.ndim} for shape {x.shape}", given=named)
    places = [index for index, part in enumerate(parts) if part is Ellipsis]
    at = places[0] if places else len(parts)
    parts[at : at + 1] = [slice(None)] * (x.ndim - named)
    axis = 0
    for part in parts:  # each step handles one axis and says how many axes it leaves
        if part is None:
            x = movement.reshape(x, shape=(*x.shape[:axis], 1, *x.shape[axis:]))
            axis += 1
        elif isinstance(part, slice):
            x = _slice_axis(x, axis, part)
            axis += 1
        elif isinstance(part, int | np.integer):
            x = _element(x, axis, int(part))
        else:
            index = operand(part)
            index = np.asarray(index) if not isinstance(index, Node) else index
            if index.dtype == np.bool_:
                _check_mask(index, (x.shape[axis],))
                index = np.flatnonzero(index).astype(np.int32)
            x = indexing.take(x, index, axis=axis)
            axis += index.ndim
    return x


def _without_mask(x: Any, part: Any) -> Any:
    """Return a part of a key; for a mask of several axes, the shape that makes one of them, and where it is true.

    Raises:
        DTypeError: how many values remain is not known before the numbers are; or it is no array.
        ShapeError: a mask of several axes that are not the first ones of x.
    """
    if isinstance(part, bool | np.bool_) or (isinstance(part, Node) and part.dtype == "bool"):
        raise DTypeError(
            "a mask that is computed cannot choose what remains: its size would not be known.",
            given=part.spec if isinstance(part, Node) else repr(part),
            fix="use ops.where, or multiply by the mask",
        )
    if part is None or part is Ellipsis or isinstance(part, slice | int | np.integer | Node):
        return part
    mask = operand(part)
    if isinstance(mask, Node):
        return part
    mask = np.asarray(mask)
    if mask.dtype != np.bool_ or mask.ndim == 1:  # that of one axis is read when its axis is come to
        return part
    _check_mask(mask, tuple(x.shape[: mask.ndim]))
    return (mask.size, *x.shape[mask.ndim :]), np.flatnonzero(mask).astype(np.int32)


def _check_mask(mask: np.ndarray, chosen_from: tuple[int | None, ...]) -> None:
    if mask.shape != chosen_from:
        raise ShapeError("a mask has another shape than what it chooses from.", expected=chosen_from, given=mask.shape)


def _check_key(parts: list[Any]) -> None:
    """Refuse keys that NumPy reads differently from one axis after the other."""
    if sum(part is Ellipsis for part in parts) > 1:
        raise ShapeError("an index may hold one ... only.", given=f"{len(parts)} parts")
    places = [
        place
        for place, part in enumerate(parts)
        if not (part is None or part is Ellipsis or isinstance(part, int | np.integer | slice))
    ]
    whole = [place for place, part in enumerate(parts) if isinstance(part, int | np.integer)]
    if len(places) > 1:
        raise ShapeError(
            "an index may hold one array only.",
            given=f"{len(places)} arrays",
            fix="take along one axis after the other",
        )
    for place in whole if places else ():
        low, high = sorted((place, places[0]))
        if any(part is None or part is Ellipsis or isinstance(part, slice) for part in parts[low + 1 : high]):
            raise ShapeError(
                "an index may not hold an array and, behind a slice, a whole number.",
                given=f"parts {low} and {high} of the index",
                fix="index twice: with the whole number, then with the array",
            )


def _element(x: Any, axis: int, index: int) -> Any:
    size = x.shape[axis]
    if size is None:
        raise ShapeError("one element of an axis of unknown size cannot be taken.", given=f"shape {x.shape}")
    if not -size <= index < size:
        raise ShapeError("an index lies outside the axis.", expected=f"-{size} <= index < {size}", given=index)
    part = movement.slice_along(x, axis, index % size, index % size + 1)
    return movement.reshape(part, shape=(*x.shape[:axis], *x.shape[axis + 1 :]))


def _slice_axis(x: Any, axis: int, part: slice) -> Any:
    size = x.shape[axis]
    if part == slice(None):
        return x
    if size is None:
        if part.stop is None and (part.start or 0) >= 0 and (part.step or 1) > 0:
            starts = tuple(part.start or 0 if index == axis else 0 for index in range(x.ndim))
            stops = tuple(None if index == axis else length for index, length in enumerate(x.shape))
            steps = tuple(part.step or 1 if index == axis else 1 for index in range(x.ndim))
            return movement.slice_(x, start=starts, stop=stops, step=steps)
        raise ShapeError("this slice of an axis of unknown size is not known.", given=f"{part} of shape {x.shape}")
    start, stop, step = part.indices(size)
    if step < 0:
        x = movement.flip(x, axes=(axis,))
        start, stop, step = size - 1 - start, size - 1 - stop, -step
    return movement.slice_along(x, axis, start, max(start, stop), step)


def reduced(primitive: Primitive, x: Any, axis: Any = None, keepdims: bool = False, to_float: bool = False) -> Any:
    """Apply a reduction with the axis as users write it: None, a number or several."""
    x = floating(x) if to_float else _as_value(x)
    return primitive(x, axis=normalize_axes(axis, x.ndim), keepdims=bool(keepdims))


def transposed(x: Any, axes: Any = None) -> Any:
    """Return x with its axes in another order, reversed where none is given."""
    x = _as_value(x)
    order = range(x.ndim)[::-1] if axes is None else [normalize_axis(int(axis), x.ndim) for axis in axes]
    return movement.transpose(x, perm=tuple(order))


def _install() -> None:
    for name in ("add", "subtract", "multiply", "mod", "floor_divide", "power", "maximum", "minimum"):
        OPERATORS[name] = _joining(TABLE[name], to_float=False)
    OPERATORS["divide"] = _joining(TABLE["divide"], to_float=True)
    for name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"):
        OPERATORS[name] = _joining(TABLE[name], to_float=False)
    for name in ("logical_and", "logical_or", "logical_xor", "logical_not"):
        OPERATORS[name] = _logical(TABLE[name])
    OPERATORS["negative"], OPERATORS["abs"] = elementwise.negative, elementwise.abs_
    OPERATORS["matmul"], OPERATORS["getitem"] = matmul, getitem
    OPERATORS["transpose"], OPERATORS["reshape"] = transposed, shaped
    OPERATORS["cast"] = lambda x, dtype: cast_to(x, dtype_name(dtype))
    OPERATORS["sum"] = lambda x, axis, keepdims: reduced(reductions.sum_, x, axis, keepdims)
    OPERATORS["mean"] = lambda x, axis, keepdims: reduced(reductions.mean, x, axis, keepdims, to_float=True)


def _joining(primitive: Primitive, to_float: bool) -> Any:
    return lambda a, b: primitive(*joined(a, b, to_float=to_float))


def _logical(primitive: Primitive) -> Any:
    return lambda *xs: primitive(*[cast_to(operand(x), "bool") for x in xs])


_install()
