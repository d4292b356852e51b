"""Norms of vectors and matrices."""

# ruff: noqa: A002 - the names are those of keras.ops

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.specs import normalize_axis
from onionskin.ops.arguments import Axis, public, tensor
from onionskin.prims import elementwise, factors, movement, reductions
from onionskin.prims.families import floating
from onionskin.prims.operators import reduced


@public
def norm(x: Any, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the norm of vectors or matrices, a float.

    y = (Σ |x|ᵖ)^(1/p)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.
        ord: for vectors any number p, inf or -inf; for matrices "fro", "nuc" (the sum of the singular values),
            2 and -2 (the largest and the smallest of them), 1, -1, inf or -inf. Where None, the root of the sum of
            squares.
        axis: one axis (vectors) or two (matrices); all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Raises:
        ArgumentError: there is no such order.
        ShapeError: an order needs one or two axes.

    Example:
        >>> print(norm([3.0, 4.0]))
        5.0
    """
    x = floating(x)
    if ord is None:
        return elementwise.sqrt(reduced(reductions.sum_, elementwise.multiply(x, x), axis, keepdims))
    axes = list(range(x.ndim)) if axis is None else [axis] if isinstance(axis, int | np.integer) else list(axis)
    axes = [normalize_axis(one, x.ndim) for one in axes]
    if len(axes) == 1:
        return _vector_norm(x, ord, axes[0], keepdims)
    if len(axes) == 2:
        return _matrix_norm(x, ord, axes[0], axes[1], keepdims)
    raise ShapeError(
        "a norm of this order is one of vectors or matrices.", expected="one or two axes", given=f"{len(axes)} axes"
    )


def _vector_norm(x: Any, order: Any, axis: int, keepdims: bool) -> Any:
    setting = {"axis": (axis,), "keepdims": keepdims}
    if isinstance(order, str):
        raise ArgumentError("vectors have no norm of this order.", expected="a number, inf or -inf", given=repr(order))
    if order == 2:
        return elementwise.sqrt(reductions.sum_(elementwise.multiply(x, x), **setting))
    size = elementwise.abs_(x)
    if order in (np.inf, -np.inf):
        return (reductions.max_ if order > 0 else reductions.min_)(size, **setting)
    if order == 0:
        return reductions.sum_(elementwise.cast(tensor(x != 0), dtype=str(x.dtype)), **setting)
    if order == 1:
        return reductions.sum_(size, **setting)
    total = reductions.sum_(elementwise.power(size, elementwise.number(order, x)), **setting)
    return elementwise.power(total, elementwise.number(1 / order, x))


def _matrix_norm(x: Any, order: Any, row: int, column: int, keepdims: bool) -> Any:
    if order == "fro":
        setting: dict[str, Any] = {"axis": tuple(sorted((row, column))), "keepdims": keepdims}
        return elementwise.sqrt(reductions.sum_(elementwise.multiply(x, x), **setting))
    if order in ("nuc", 2, -2):
        return _spectral_norm(x, order, row, column, keepdims)
    if order not in (1, -1, np.inf, -np.inf):
        raise ArgumentError(
            "matrices have no norm of this order.",
            expected="'fro', 'nuc', 1, -1, 2, -2, inf or -inf",
            given=repr(order),
        )
    inner, outer = (row, column) if order in (1, -1) else (column, row)
    sums = reductions.sum_(elementwise.abs_(x), axis=(inner,), keepdims=True)
    y = (reductions.max_ if order > 0 else reductions.min_)(sums, axis=(outer,), keepdims=True)
    shape = tuple(size for place, size in enumerate(y.shape) if place not in (row, column))
    return y if keepdims else movement.reshape(y, shape=shape)


def _spectral_norm(x: Any, order: Any, row: int, column: int, keepdims: bool) -> Any:
    kept = [axis for axis in range(x.ndim) if axis not in (row, column)]
    values = factors.singular_values(movement.transpose(x, perm=(*kept, row, column)))
    reduction = reductions.sum_ if order == "nuc" else reductions.max_ if order > 0 else reductions.min_
    y = reduction(values, axis=(values.ndim - 1,), keepdims=False)
    if not keepdims:
        return y
    shape = tuple(1 if axis in (row, column) else size for axis, size in enumerate(x.shape))
    return movement.reshape(y, shape=shape)
