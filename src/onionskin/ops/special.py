"""Functions met less often: erfc, Bessel's I₀, parts of complex numbers (all are real here), and bits read anew."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from onionskin.base.specs import dtype_name
from onionskin.ops.arguments import public, tensor
from onionskin.prims import elementwise, indexing, movement
from onionskin.prims.families import dtype_of, floating, joined


@public
def erfc(x: Any) -> Any:
    """Return the complementary error function, 1 - erf(x), exact also where it is small.

    y = 2/√π ∫ₓ^∞ exp(-t²) dt

    Args:
        x: array or tensor of any shape.

    Returns:
        Float array of the shape of x.

    Example:
        >>> print(erfc(np.array([0.0, 10.0])))
        [1.00000000e+00 2.08848758e-45]
    """
    return elementwise.erfc(floating(x))


@public
def i0(x: Any) -> Any:
    """Return the modified Bessel function of the first kind of order 0.

    y = Σₖ (x/2)²ᵏ / (k!)²

    Args:
        x: array or tensor of any shape.

    Returns:
        Float array of the shape of x; int64 gives float64.

    Example:
        >>> print(i0([0.0, 1.0]))
        [1.        1.2660658]
    """
    x = tensor(x)
    x = tensor(x, "float64") if dtype_of(x) == "int64" else floating(x)
    return elementwise.bessel_i(x, order=0)


@public
def nextafter(x1: Any, x2: Any) -> Any:
    """Return the next number that the dtype holds, on the way to another.

    Args:
        x1: array or tensor, where to start.
        x2: where to go; the shapes broadcast.

    Returns:
        Float array of the joint shape. It has no gradient.

    Example:
        >>> print(nextafter(np.float64(1.0), np.float64(2.0)) - 1.0)
        2.220446049250313e-16
    """
    return elementwise.nextafter(*joined(x1, x2, to_float=True))


@public
def angle(x: Any) -> Any:
    """Return the angles of numbers in the complex plane; real ones lie at 0 or, where negative, at π.

    Args:
        x: array or tensor of any shape.

    Returns:
        Float array of the shape of x, in radians.

    Example:
        >>> print(angle([2.0, -1.0]))
        [0.        3.1415927]
    """
    x = floating(x)
    zero = elementwise.number(0, x)
    y = elementwise.where(elementwise.less(x, zero), elementwise.number(math.pi, x), zero)
    return elementwise.where(elementwise.isnan(x), x, y)


@public
def conjugate(x: Any) -> Any:
    """Return the complex conjugates; of real numbers the numbers themselves.

    Args:
        x: array or tensor of any shape.

    Returns:
        x.

    Example:
        >>> print(conjugate([1.0, -2.0]))
        [ 1. -2.]
    """
    return tensor(x)


@public
def conj(x: Any) -> Any:
    """Return the complex conjugates; the same as `conjugate`.

    Args:
        x: array or tensor of any shape.

    Returns:
        x.

    Example:
        >>> print(conj([1.0, -2.0]))
        [ 1. -2.]
    """
    return tensor(x)


@public
def real(x: Any) -> Any:
    """Return the real parts; there are no complex tensors, so that these are the numbers themselves.

    Args:
        x: array or tensor of any shape.

    Returns:
        x.

    Example:
        >>> print(real([1.0, -2.0]))
        [ 1. -2.]
    """
    return tensor(x)


@public
def imag(x: Any) -> Any:
    """Return the imaginary parts; there are no complex tensors, so that these are zeros.

    Args:
        x: array or tensor of any shape.

    Returns:
        Zeros of the shape and dtype of x.

    Example:
        >>> print(imag([1.0, -2.0]))
        [0. 0.]
    """
    x = tensor(x)
    return movement.broadcast_to(elementwise.number(0, x), shape=tuple(x.shape))


@public
def isreal(x: Any) -> Any:
    """Tell of each number whether it has no imaginary part; there are no complex tensors, so that all are real.

    Args:
        x: array or tensor of any shape.

    Returns:
        bool array of the shape of x.

    Example:
        >>> print(isreal([1.0, -2.0]))
        [ True  True]
    """
    return movement.broadcast_to(np.asarray(True), shape=tuple(tensor(x).shape))


@public
def view(x: Any, dtype: Any = None) -> Any:
    """Return the bits of numbers read as another dtype.

    Args:
        x: array or tensor; its last axis grows or shrinks where the dtypes differ in width.
        dtype: how to read the bits; as they are where None.

    Returns:
        Array of this dtype. It has no gradient.

    Raises:
        DTypeError: one of the dtypes is bool.
        ShapeError: the bits of the last axis do not divide into numbers of the dtype.

    Example:
        >>> print(view(np.array([1.0], np.float32), "int32"))
        [1065353216]
    """
    x = tensor(x)
    return x if dtype is None else indexing.bitcast(x, dtype=dtype_name(dtype))
