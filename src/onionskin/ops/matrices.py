"""Matrices: diagonals, triangles, grids, and products of every element with every other."""

# ruff: noqa: N803 - the names are those of keras.ops

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.specs import normalize_axes, normalize_axis
from onionskin.ops.arguments import float_dtype, public, tensor
from onionskin.prims import elementwise, indexing, movement, reductions
from onionskin.prims.families import joined
from onionskin.prims.operators import shaped


@public
def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the diagonals of matrices.

    Args:
        x: array or tensor of two axes or more.
        offset: which diagonal; above the main one where positive.
        axis1: the axis of the rows.
        axis2: the axis of the columns.

    Returns:
        Array without the two axes, with the diagonal last.

    Raises:
        ShapeError: x has less than two axes.

    Example:
        >>> print(diagonal([[1, 2], [3, 4]]))
        [1 4]
    """
    x = _matrix(x)
    places = normalize_axes((axis1, axis2), x.ndim)
    rows, columns = x.shape[normalize_axis(axis1, x.ndim)], x.shape[normalize_axis(axis2, x.ndim)]
    kept = [place for place in range(x.ndim) if place not in places]
    moved = movement.transpose(x, perm=(*kept, normalize_axis(axis1, x.ndim), normalize_axis(axis2, x.ndim)))
    flat = shaped(moved, (*[x.shape[place] for place in kept], rows * columns))
    first, second = max(-offset, 0), max(offset, 0)
    count = max(min(rows - first, columns - second), 0)
    steps = np.arange(count, dtype=np.int32)
    return indexing.take(flat, (steps + first) * columns + steps + second, axis=len(kept))


def _matrix(x: Any) -> Any:
    x = tensor(x)
    if x.ndim < 2:
        raise ShapeError("a matrix has two axes or more.", given=tuple(x.shape))
    return x


@public
def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the sum of the diagonals of matrices.

    Args:
        x: array or tensor of two axes or more.
        offset: which diagonal.
        axis1: the axis of the rows.
        axis2: the axis of the columns.

    Returns:
        Array without the two axes.

    Raises:
        ShapeError: x has less than two axes.

    Example:
        >>> print(trace([[1, 2], [3, 4]]))
        5
    """
    line = diagonal(x, offset, axis1, axis2)
    return reductions.sum_(line, axis=(line.ndim - 1,), keepdims=False)


@public
def diagflat(x: Any, k: int = 0) -> Any:
    """Return a matrix with all elements on a diagonal.

    Args:
        x: array or tensor of any shape.
        k: which diagonal; above the main one where positive.

    Returns:
        Array (n, n) with n the number of elements and |k|.

    Example:
        >>> print(diagflat([1, 2]))
        [[1 0]
         [0 2]]
    """
    row = shaped(tensor(x), (-1,))
    size = row.shape[0] + abs(k)
    row = movement.pad(row, elementwise.number(0, row), low=(0,), high=(abs(k),), interior=(0,))
    line = movement.reshape(row, shape=(size, 1) if k >= 0 else (1, size))
    return elementwise.where(np.eye(size, k=k, dtype=bool), line, elementwise.number(0, row))


@public
def diag(x: Any, k: int = 0) -> Any:
    """Return the diagonal of a matrix, or the matrix of a diagonal.

    Args:
        x: array or tensor (n, m) or (n,).
        k: which diagonal; above the main one where positive.

    Returns:
        Array (min(n, m) or less,) or (n + |k|, n + |k|).

    Raises:
        ShapeError: x has neither one nor two axes.

    Example:
        >>> print(diag([[1, 2], [3, 4]]))
        [1 4]
    """
    x = tensor(x)
    if x.ndim not in (1, 2):
        raise ShapeError("diag takes a row or a matrix.", given=tuple(x.shape))
    return diagflat(x, k) if x.ndim == 1 else diagonal(x, k)


@public
def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """Return a matrix with ones at and below a diagonal.

    Args:
        N: number of rows.
        M: number of columns; N where None.
        k: which diagonal.
        dtype: dtype of the result; the default float dtype where None.

    Returns:
        Array (N, M).

    Example:
        >>> print(tri(2))
        [[1. 0.]
         [1. 1.]]
    """
    return np.tri(int(N), None if M is None else int(M), k=int(k), dtype=float_dtype(dtype))


@public
def tril(x: Any, k: int = 0) -> Any:
    """Return matrices with zeros above a diagonal.

    Args:
        x: array or tensor (…, n, m).
        k: which diagonal.

    Returns:
        Array of the shape of x.

    Raises:
        ShapeError: x has less than two axes.

    Example:
        >>> print(tril([[1, 2], [3, 4]]))
        [[1 0]
         [3 4]]
    """
    x = _matrix(x)
    rows, columns = x.shape[-2:]
    kept = np.tri(rows, columns, k, dtype=bool)
    return elementwise.where(kept, x, elementwise.number(0, x))


@public
def triu(x: Any, k: int = 0) -> Any:
    """Return matrices with zeros below a diagonal.

    Args:
        x: array or tensor (…, n, m).
        k: which diagonal.

    Returns:
        Array of the shape of x.

    Raises:
        ShapeError: x has less than two axes.

    Example:
        >>> print(triu([[1, 2], [3, 4]]))
        [[1 2]
         [0 4]]
    """
    x = _matrix(x)
    rows, columns = x.shape[-2:]
    kept = ~np.tri(rows, columns, k - 1, dtype=bool)
    return elementwise.where(kept, x, elementwise.number(0, x))


@public
def meshgrid(*x: Any, indexing: str = "xy") -> Any:
    r"""Return the coordinates of a grid.

    Args:
        x: the coordinates along each axis (n,).
        indexing: "xy" puts the first along the second axis, "ij" each along its own.

    Returns:
        List of arrays, one for each x, each of the shape of the grid.

    Raises:
        ArgumentError: an unknown indexing.

    Example:
        >>> print(*meshgrid([1, 2], [3, 4, 5]), sep="\n")
        [[1 2]
         [1 2]
         [1 2]]
        [[3 3]
         [4 4]
         [5 5]]
    """
    if indexing not in ("xy", "ij"):
        raise ArgumentError("there is no such indexing.", expected="xy or ij", given=repr(indexing))
    rows = [shaped(tensor(one), (-1,)) for one in x]
    order = list(range(len(rows)))
    if indexing == "xy" and len(rows) > 1:
        order[0], order[1] = 1, 0
    shape = tuple(rows[place].shape[0] for place in order)
    grids = []
    for index, row in enumerate(rows):
        line = tuple(row.shape[0] if place == index else 1 for place in order)
        grids.append(movement.broadcast_to(movement.reshape(row, shape=line), shape=shape))
    return grids


@public
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """Return the powers of each element side by side.

    Args:
        x: array or tensor (n,).
        N: number of powers; n where None.
        increasing: begin with the power 0.

    Returns:
        Array (n, N).

    Raises:
        ShapeError: x has not one axis.

    Example:
        >>> print(vander([1, 2, 3], 3))
        [[1 1 1]
         [4 2 1]
         [9 3 1]]
    """
    x = tensor(x)
    if x.ndim != 1:
        raise ShapeError("vander takes one row.", expected="shape (n,)", given=tuple(x.shape))
    count = x.shape[0] if N is None else int(N)
    powers = np.arange(count) if increasing else np.arange(count)[::-1]
    base, exponents = joined(movement.reshape(x, shape=(x.shape[0], 1)), tensor(powers, str(x.dtype)))
    return elementwise.power(base, exponents)
