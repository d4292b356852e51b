"""Tensor operations as plain loops, written to be read: each says what the vector form of its name does at once.

Arrays go in, a new array or number comes out, and every step is one that could be done with a pencil. They
are slow; `explain.side_by_side` says by how much.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError

Array = np.ndarray


def naive_relu(x: Array) -> Array:
    """Return max(x, 0) for every element.

    Example:
        >>> print(naive_relu(np.array([[-1.0, 2.0]])))
        [[0. 2.]]
    """
    z = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        z[place] = max(x[place], 0)
    return z


def naive_add(x: Array, y: Array) -> Array:
    """Return x + y, element by element, for two arrays of one shape.

    Example:
        >>> print(naive_add(np.array([1, 2]), np.array([10, 20])))
        [11 22]
    """
    _need(x.shape == y.shape, "naive_add", "two arrays of one shape", x, y)
    z = np.zeros(x.shape, np.result_type(x, y))
    for place in np.ndindex(x.shape):
        z[place] = x[place] + y[place]
    return z


def naive_add_matrix_and_vector(x: Array, y: Array) -> Array:
    """Return x + y with the vector y added to every row of the matrix x.

    Example:
        >>> print(naive_add_matrix_and_vector(np.array([[1, 2], [3, 4]]), np.array([10, 20])))
        [[11 22]
         [13 24]]
    """
    fits = x.ndim == 2 and y.ndim == 1 and x.shape[1] == y.shape[0]
    _need(fits, "naive_add_matrix_and_vector", "(rows, columns) and (columns,)", x, y)
    z = np.zeros(x.shape, np.result_type(x, y))
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            z[i, j] = x[i, j] + y[j]
    return z


def naive_vector_dot(x: Array, y: Array) -> Any:
    """Return x·y = Σᵢ xᵢ·yᵢ, one number.

    Example:
        >>> print(naive_vector_dot(np.array([1.0, 2.0]), np.array([3.0, 4.0])))
        11.0
    """
    _need(x.ndim == 1 and x.shape == y.shape, "naive_vector_dot", "two vectors of one length", x, y)
    z = np.result_type(x, y).type(0)
    for i in range(x.shape[0]):
        z = z + x[i] * y[i]
    return z


def naive_matrix_vector_dot(x: Array, y: Array) -> Array:
    """Return x·y, for each row of the matrix x its product with the vector y.

    Example:
        >>> print(naive_matrix_vector_dot(np.array([[1, 2], [3, 4]]), np.array([1, 1])))
        [3 7]
    """
    fits = x.ndim == 2 and y.ndim == 1 and x.shape[1] == y.shape[0]
    _need(fits, "naive_matrix_vector_dot", "(rows, n) and (n,)", x, y)
    z = np.zeros(x.shape[0], np.result_type(x, y))
    for i in range(x.shape[0]):
        z[i] = naive_vector_dot(x[i, :], y)
    return z


def naive_matrix_dot(x: Array, y: Array) -> Array:
    """Return x·y, for each row of x and each column of y their product.

    Example:
        >>> print(naive_matrix_dot(np.array([[1, 2], [3, 4]]), np.array([[0, 1], [1, 0]])))
        [[2 1]
         [4 3]]
    """
    fits = x.ndim == 2 and y.ndim == 2 and x.shape[1] == y.shape[0]
    _need(fits, "naive_matrix_dot", "(rows, n) and (n, columns)", x, y)
    z = np.zeros((x.shape[0], y.shape[1]), np.result_type(x, y))
    for i in range(x.shape[0]):
        for j in range(y.shape[1]):
            row = x[i, :]
            column = y[:, j]
            z[i, j] = naive_vector_dot(row, column)
    return z


def naive_reshape(x: Array, shape: tuple[int, ...]) -> Array:
    """Return the elements of x, read row by row, in an array of another shape.

    Example:
        >>> print(naive_reshape(np.array([[1, 2], [3, 4], [5, 6]]), (2, 3)))
        [[1 2 3]
         [4 5 6]]
    """
    z = np.zeros(shape, x.dtype)
    _need(z.size == x.size, "naive_reshape", f"a shape for {x.size} elements", z)
    for number in range(x.size):
        z[element_place(number, z.shape)] = x[element_place(number, x.shape)]
    return z


def element_place(number: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the indices of the element of this number, counted row by row."""
    place: tuple[int, ...] = ()
    for size in reversed(shape):
        number, index = divmod(number, size)
        place = (index, *place)
    return place


def naive_transpose(x: Array) -> Array:
    """Return the matrix whose rows are the columns of x.

    Example:
        >>> print(naive_transpose(np.array([[1, 2, 3], [4, 5, 6]])))
        [[1 4]
         [2 5]
         [3 6]]
    """
    _need(x.ndim == 2, "naive_transpose", "a matrix (rows, columns)", x)
    z = np.zeros((x.shape[1], x.shape[0]), x.dtype)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            z[j, i] = x[i, j]
    return z


def naive_sum(x: Array, axis: int | None = None) -> Any:
    """Return the sum of all elements, or the sums along one axis.

    Example:
        >>> x = np.array([[1, 2], [3, 4]])
        >>> print(naive_sum(x), naive_sum(x, axis=0))
        10 [4 6]
    """
    if axis is not None and not -x.ndim <= axis < x.ndim:
        raise ArgumentError(
            "the array has no such axis.",
            where="naive_sum(axis)",
            expected=f"an axis of an array of rank {x.ndim}",
            given=axis,
        )
    z: Any
    dtype = np.sum(np.zeros(1, x.dtype)).dtype  # wide enough: 200 + 100 is no longer a uint8
    if axis is None:
        z = dtype.type(0)
        for place in np.ndindex(x.shape):
            z = z + x[place]
        return z
    axis = axis % x.ndim
    z = np.zeros(x.shape[:axis] + x.shape[axis + 1 :], dtype)
    for place in np.ndindex(x.shape):
        rest = place[:axis] + place[axis + 1 :]
        z[rest] = z[rest] + x[place]
    return z


def _need(fits: bool, where: str, expected: str, *arrays: Array) -> None:
    if not fits:
        raise ShapeError(
            "these shapes do not fit this loop.",
            where=where,
            expected=expected,
            given=" and ".join(str(one.shape) for one in arrays),
        )
