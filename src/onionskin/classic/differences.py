"""The gradient by central differences, element by element: slow, and right whatever the function is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError, ShapeError


def numerical_gradient(f: Callable[[np.ndarray], Any], x: np.ndarray, h: float = 1e-4) -> np.ndarray:
    """Return the gradient of a function of an array: two values of it for each element.

    ∂f/∂xᵢ ≈ (f(xᵢ + h) − f(xᵢ − h)) / 2h

    Each element is moved in the array itself, and put back: so a network that computes with that array is
    differentiated by `lambda W: network.loss(x, t)`, too.

    Args:
        f: takes the array, returns a single number.
        x: floats of any shape; float64, where differences are to be exact.
        h: the step.

    Returns:
        An array of x's shape and dtype.

    Raises:
        DTypeError: x is no array of floats, as a small step would be lost in others, or f returns no number.
        ArgumentError: x cannot be written to, or the step is not positive, or is lost beside a large element.
        ShapeError: f returns several numbers.

    Example:
        >>> import numpy as np
        >>> print(numerical_gradient(lambda x: np.sum(x**2), np.array([3.0, 4.0])).round(6))
        [6. 8.]
    """
    where = "numerical_gradient"
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
        given = f"an array of dtype {x.dtype}" if isinstance(x, np.ndarray) else f"an object of type {type(x).__name__}"
        raise DTypeError("x is an array of floats.", where=where, given=given, fix="np.array(x, float)")
    if not x.flags.writeable:
        raise ArgumentError("x cannot be written to, and its elements are moved one by one.", where=where,
                            given="a read-only array", fix="pass x.copy()")  # fmt: skip
    if not callable(f):
        raise DTypeError("f is a function of the array.", where=where, given=f"an object of type {type(f).__name__}")
    if not isinstance(h, int | float | np.integer | np.floating) or not 0 < h < np.inf:
        raise ArgumentError("the step is a positive number.", where=where, given=f"h={h!r}")
    gradient = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        kept = x[place]
        try:
            x[place] = kept + h
            above, upper = _number(f(x)), float(x[place])
            x[place] = kept - h
            below, lower = _number(f(x)), float(x[place])
        finally:
            x[place] = kept
        if upper == lower:
            raise ArgumentError("the step is lost beside an element of x.", where=where,
                                given=f"h={h!r} and {kept} at {list(place)}", fix="pass a larger h")  # fmt: skip
        gradient[place] = (above - below) / (upper - lower)  # the step that the dtype could take
    return gradient


def _number(value: Any) -> float:
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise DTypeError("f returns a number.", where="numerical_gradient",
                         given=f"an object of type {type(value).__name__}")  # fmt: skip
    if array.size != 1:
        raise ShapeError("f returns a single number.", where="numerical_gradient", given=f"shape {array.shape}")
    return float(array.reshape(()))
