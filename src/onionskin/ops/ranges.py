"""Evenly spaced numbers and windows."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError
from onionskin.base.specs import dtype_name, normalize_axis
from onionskin.ops.arguments import public, tensor
from onionskin.ops.shapes import moveaxis
from onionskin.prims import elementwise, movement
from onionskin.prims.families import dtype_of, joined


@public
def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0
) -> Any:
    """Return evenly spaced numbers between two ends.

    Args:
        start: the first number, or an array of them.
        stop: the last number, or an array.
        num: how many.
        endpoint: stop is one of them.
        retstep: return the distance too.
        dtype: dtype of the result; a float where None.
        axis: where the numbers stand.

    Returns:
        Array (num, …); with retstep a pair of it and the distance.

    Raises:
        ArgumentError: num is negative.

    Example:
        >>> print(linspace(0, 1, 5))
        [0.   0.25 0.5  0.75 1.  ]
    """
    if num < 0:
        raise ArgumentError("there are 0 numbers or more.", given=f"num={num}")
    a, b = joined(start, stop, to_float=True)
    spaces = max(num - 1 if endpoint else num, 1)
    shape = tuple(elementwise.add(a, b).shape)
    # both ends come out exactly: one weight is 0 there
    share = (np.arange(num) / spaces).reshape(num, *[1] * len(shape)).astype(dtype_of(a))
    y = elementwise.add(
        elementwise.multiply(a, elementwise.subtract(elementwise.number(1, a), share)), elementwise.multiply(b, share)
    )
    y = moveaxis(y, 0, axis) if y.ndim > 1 else y
    y = y if dtype is None else tensor(y, dtype_name(dtype))
    step = elementwise.divide(elementwise.subtract(b, a), elementwise.number(spaces, a))
    return (y, step) if retstep else y


@public
def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10, dtype: Any = None, axis: int = 0
) -> Any:
    """Return powers of a base with evenly spaced exponents.

    Args:
        start: the first exponent.
        stop: the last exponent.
        num: how many.
        endpoint: stop is one of them.
        base: the base.
        dtype: dtype of the result; a float where None.
        axis: where the numbers stand.

    Returns:
        Array (num, …).

    Example:
        >>> print(logspace(0, 2, 3))
        [  1.  10. 100.]
    """
    exponents = linspace(start, stop, num, endpoint, axis=axis)
    y = elementwise.power(*joined(base, exponents))
    return y if dtype is None else tensor(y, dtype_name(dtype))


@public
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    """Return numbers each of which is the one before it times a factor.

    Args:
        start: the first number, not 0.
        stop: the last number, of the same sign.
        num: how many.
        endpoint: stop is one of them.
        dtype: dtype of the result; a float where None.
        axis: where the numbers stand.

    Returns:
        Array (num, …).

    Example:
        >>> print(geomspace(1, 8, 4))
        [1. 2. 4. 8.]
    """
    a, b = joined(start, stop, to_float=True)
    size = linspace(
        elementwise.log(elementwise.abs_(a)), elementwise.log(elementwise.abs_(b)), num, endpoint, axis=axis
    )
    signs = elementwise.sign(a)
    if signs.ndim:
        place = normalize_axis(axis, size.ndim)
        signs = movement.broadcast_to(signs, shape=tuple(elementwise.add(a, b).shape))
        signs = movement.reshape(signs, shape=(*signs.shape[:place], 1, *signs.shape[place:]))
    y = elementwise.multiply(signs, elementwise.exp(size))
    return y if dtype is None else tensor(y, dtype_name(dtype))


@public
def bartlett(x: Any) -> Any:
    """Return the Bartlett window.

    yₙ = 1 - |2n/(x-1) - 1|

    Args:
        x: number of its points.

    Returns:
        Array (x,) in the default float dtype.

    Example:
        >>> print(bartlett(3).round(2) + 0.0)
        [0. 1. 0.]
    """
    return np.bartlett(int(x)).astype(floatx())


@public
def blackman(x: Any) -> Any:
    """Return the Blackman window.

    yₙ = 0.42 - 0.5·cos(2πn/(x-1)) + 0.08·cos(4πn/(x-1))

    Args:
        x: number of its points.

    Returns:
        Array (x,) in the default float dtype.

    Example:
        >>> print(blackman(3).round(2) + 0.0)
        [0. 1. 0.]
    """
    return np.blackman(int(x)).astype(floatx())


@public
def hamming(x: Any) -> Any:
    """Return the Hamming window.

    yₙ = 0.54 - 0.46·cos(2πn/(x-1))

    Args:
        x: number of its points.

    Returns:
        Array (x,) in the default float dtype.

    Example:
        >>> print(hamming(3).round(2) + 0.0)
        [0.08 1.   0.08]
    """
    return np.hamming(int(x)).astype(floatx())


@public
def hanning(x: Any) -> Any:
    """Return the Hann window.

    yₙ = 0.5 - 0.5·cos(2πn/(x-1))

    Args:
        x: number of its points.

    Returns:
        Array (x,) in the default float dtype.

    Example:
        >>> print(hanning(3).round(2) + 0.0)
        [0. 1. 0.]
    """
    return np.hanning(int(x)).astype(floatx())


@public
def kaiser(x: Any, beta: Any) -> Any:
    """Return the Kaiser window.

    yₙ = I₀(β·√(1 - (2n/(x-1) - 1)²)) / I₀(β)

    Args:
        x: number of its points.
        beta: its shape; 0 gives ones.

    Returns:
        Array (x,) in the default float dtype.

    Example:
        >>> print(kaiser(3, 0.0))
        [1. 1. 1.]
    """
    return np.kaiser(int(x), float(beta)).astype(floatx())
