"""New arrays: constants, ranges, identities; conversion, casts and copies."""

# ruff: noqa: N803 - the names are those of keras.ops

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError
from onionskin.base.specs import dtype_name, whole_number
from onionskin.graph import Node, as_node
from onionskin.ops.arguments import float_dtype, public, sizes, tensor
from onionskin.prims import elementwise, movement
from onionskin.prims.families import cast_to, dtype_of, operand


@public
def convert_to_tensor(x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None) -> Any:
    """Return a value as an array, or as the tensor that it is.

    Args:
        x: number, list, array, variable or tensor.
        dtype: dtype of the result; its own where None (lists of Python floats take the default one).
        sparse: sparse tensors are not supported.
        ragged: ragged tensors are not supported.

    Returns:
        Array or tensor.

    Raises:
        ArgumentError: sparse or ragged is asked for.

    Example:
        >>> print(convert_to_tensor([1.0, 2.0]).dtype)
        float32
    """
    if sparse or ragged:
        raise ArgumentError(
            "sparse and ragged tensors are not supported.", given="sparse=True" if sparse else "ragged=True"
        )
    return tensor(x) if dtype is None else tensor(x, dtype_name(dtype))


@public
def convert_to_numpy(x: Any) -> Any:
    """Return a value as a NumPy array.

    Args:
        x: number, list, array or variable.

    Returns:
        NumPy array.

    Raises:
        GraphError: it is a tensor that has no numbers yet.

    Example:
        >>> print(convert_to_numpy([1, 2]))
        [1 2]
    """
    return np.asarray(tensor(x))


@public
def array(x: Any, dtype: Any = None) -> Any:
    """Return a value as an array; the same as `convert_to_tensor`.

    Args:
        x: number, list, array, variable or tensor.
        dtype: dtype of the result; its own where None.

    Returns:
        Array or tensor.

    Example:
        >>> print(array([1, 2], dtype="float32"))
        [1. 2.]
    """
    return convert_to_tensor(x, dtype)


@public
def is_tensor(x: Any) -> Any:
    """Tell whether a value is an array or a tensor.

    Args:
        x: anything.

    Returns:
        Bool.

    Example:
        >>> print(is_tensor(np.ones(2)), is_tensor([1.0]))
        True False
    """
    return isinstance(x, Node | np.ndarray | np.generic)


@public
def cast(x: Any, dtype: Any) -> Any:
    """Return x in another dtype.

    Args:
        x: array or tensor of any shape.
        dtype: dtype name; floats lose their fraction on the way to integers.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(cast([1.7, -1.7], "int32"))
        [ 1 -1]
    """
    return tensor(x, dtype_name(dtype))


@public
def dtype(x: Any) -> Any:
    """Return the name of the dtype.

    Args:
        x: array or tensor of any shape.

    Returns:
        Text.

    Example:
        >>> print(dtype(np.ones(2)))
        float64
    """
    return dtype_of(tensor(x))


@public
def copy(x: Any) -> Any:
    """Return a copy: later changes of the array do not reach it. A tensor cannot change and is its own copy.

    Args:
        x: array or tensor of any shape.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(copy([1, 2]))
        [1 2]
    """
    x = tensor(x)
    return x if isinstance(x, Node) else np.array(x)


@public
def stop_gradient(variable: Any) -> Any:
    """Return the value; derivatives do not pass through it.

    Args:
        variable: array, tensor or variable.

    Returns:
        The same value.

    Example:
        >>> print(stop_gradient([1.0, 2.0]))
        [1. 2.]
    """
    return elementwise.stop_gradient(tensor(variable))


@public
def full(shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    """Return an array filled with one value.

    Args:
        shape: sizes.
        fill_value: a number, or an array that broadcasts to the shape.
        dtype: dtype of the result; the default float dtype where None.

    Returns:
        Array of that shape.

    Example:
        >>> print(full((2,), 7))
        [7. 7.]
    """
    return _filled(cast_to(operand(fill_value), float_dtype(dtype)), sizes(shape))


def _filled(value: Any, shape: tuple[int, ...]) -> Any:
    if isinstance(value, Node):
        return movement.broadcast_to(value, shape=shape)
    return np.array(movement.broadcast_to(value, shape=shape))  # an array of its own, which may be changed


def _filled_like(x: Any, value: Any, dtype: Any) -> Any:
    x = tensor(x)
    value = cast_to(operand(value), dtype_of(x) if dtype is None else dtype_name(dtype))
    if isinstance(x, Node) and None in x.shape:
        # a batch size that is not known yet comes from x itself when the tensor gets its numbers
        return elementwise.where(elementwise.isnan(x), value, value)
    if isinstance(x, Node):
        return movement.broadcast_to(as_node(value), shape=x.shape)
    return _filled(value, tuple(x.shape))


@public
def zeros(shape: Any, dtype: Any = None) -> Any:
    """Return an array of zeros.

    Args:
        shape: sizes.
        dtype: dtype of the result; the default float dtype where None.

    Returns:
        Array of that shape.

    Example:
        >>> print(zeros((2,)))
        [0. 0.]
    """
    return np.zeros(sizes(shape), float_dtype(dtype))


@public
def ones(shape: Any, dtype: Any = None) -> Any:
    """Return an array of ones.

    Args:
        shape: sizes.
        dtype: dtype of the result; the default float dtype where None.

    Returns:
        Array of that shape.

    Example:
        >>> print(ones((2,)))
        [1. 1.]
    """
    return np.ones(sizes(shape), float_dtype(dtype))


@public
def empty(shape: Any, dtype: Any = None) -> Any:
    """Return an array for numbers to come; here it holds zeros, so that results repeat.

    Args:
        shape: sizes.
        dtype: dtype of the result; the default float dtype where None.

    Returns:
        Array of that shape.

    Example:
        >>> print(empty((2,)).shape)
        (2,)
    """
    return np.zeros(sizes(shape), float_dtype(dtype))


@public
def zeros_like(x: Any, dtype: Any = None) -> Any:
    """Return an array of zeros with the shape of another.

    Args:
        x: array or tensor of any shape.
        dtype: dtype of the result; that of x where None.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(zeros_like([1.5, 2.5]))
        [0. 0.]
    """
    return _filled_like(x, 0, dtype)


@public
def ones_like(x: Any, dtype: Any = None) -> Any:
    """Return an array of ones with the shape of another.

    Args:
        x: array or tensor of any shape.
        dtype: dtype of the result; that of x where None.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(ones_like([1.5, 2.5]))
        [1. 1.]
    """
    return _filled_like(x, 1, dtype)


@public
def empty_like(x: Any, dtype: Any = None) -> Any:
    """Return an array of numbers to come (zeros) with the shape of another.

    Args:
        x: array or tensor of any shape.
        dtype: dtype of the result; that of x where None.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(empty_like([1.5, 2.5]))
        [0. 0.]
    """
    return _filled_like(x, 0, dtype)


@public
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    """Return an array filled with one value, with the shape of another.

    Args:
        x: array or tensor of any shape.
        fill_value: a number, or an array that broadcasts to the shape.
        dtype: dtype of the result; that of x where None.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(full_like([1, 2], 7))
        [7 7]
    """
    return _filled_like(x, fill_value, dtype)


@public
def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Any:
    """Return evenly spaced numbers, start included, stop not; 0 … start-1 where stop is None.

    Args:
        start: the first number.
        stop: where to end.
        step: distance, 1 where None.
        dtype: dtype of the result; int32 for whole numbers, the default float dtype otherwise, where None.

    Returns:
        Array (n,).

    Raises:
        ArgumentError: step is 0, or an end is a tensor without numbers.

    Example:
        >>> print(arange(3), arange(1, 2, 0.5))
        [0 1 2] [1.  1.5]
    """
    given = [one for one in (start, stop, step) if one is not None]
    if any(isinstance(operand(one), Node) for one in given):
        raise ArgumentError("the ends of a range must be known while the function is traced.", given="a tensor")
    if step is not None and step == 0:
        raise ArgumentError("a range needs a step other than 0.", given="step=0")
    whole = all(np.asarray(one).dtype.kind in "biu" for one in given)
    kind = dtype_name(dtype) if dtype is not None else ("int32" if whole else floatx())
    first, last = (0, start) if stop is None else (start, stop)
    return np.arange(first, last, 1 if step is None else step).astype(kind)


@public
def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """Return a matrix with ones on a diagonal.

    Args:
        N: number of rows.
        M: number of columns; N where None.
        k: which diagonal; above the main one where positive.
        dtype: dtype of the result; the default float dtype where None.

    Returns:
        Array (N, M).

    Example:
        >>> print(eye(2))
        [[1. 0.]
         [0. 1.]]
    """
    rows, columns = sizes((N, N if M is None else M))
    return np.eye(rows, columns, k=whole_number(k, "a diagonal"), dtype=float_dtype(dtype))


@public
def identity(n: int, dtype: Any = None) -> Any:
    """Return the identity matrix.

    Args:
        n: number of rows and columns.
        dtype: dtype of the result; the default float dtype where None.

    Returns:
        Array (n, n).

    Example:
        >>> print(identity(2))
        [[1. 0.]
         [0. 1.]]
    """
    return np.eye(int(n), dtype=float_dtype(dtype))
