"""Activations: the functions that stand between the layers of a network."""

from __future__ import annotations

import math
from typing import Any

from onionskin.base.specs import normalize_axes
from onionskin.ops.arguments import public, tensor
from onionskin.prims import elementwise, movement, reductions
from onionskin.prims.families import floating
from onionskin.prims.operators import shaped


@public
def sigmoid(x: Any) -> Any:
    """Return the logistic function.

    y = 1 / (1 + e⁻ˣ)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(sigmoid([-1.0, 0.0, 2.0]))
        [0.2689414 0.5       0.880797 ]
    """
    return elementwise.sigmoid(floating(x))


@public
def relu(x: Any) -> Any:
    """Return the rectified linear unit; its derivative at 0 is 0.

    y = max(0, x)

    Args:
        x: array or tensor of any shape.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(relu([-1.0, 0.0, 2.0]))
        [0. 0. 2.]
    """
    return elementwise.relu(tensor(x))


@public
def softplus(x: Any) -> Any:
    """Return the smooth form of relu.

    y = ln(1 + eˣ)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(softplus([-1.0, 0.0, 2.0]))
        [0.3132617 0.6931472 2.126928 ]
    """
    return elementwise.softplus(floating(x))


@public
def softmax(x: Any, axis: Any = -1) -> Any:
    """Return positive shares that sum to 1 over axes.

    y = eˣ / Σ eˣ

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.
        axis: axis or axes that the shares are of; all where None.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(softmax([1.0, 1.0]))
        [0.5 0.5]
    """
    return _over(reductions.softmax, floating(x), axis)


@public
def log_softmax(x: Any, axis: Any = -1) -> Any:
    """Return the logarithm of softmax, without overflow.

    y = x - ln Σ eˣ

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.
        axis: axis or axes that the shares are of; all where None.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(log_softmax([1.0, 1.0]))
        [-0.6931472 -0.6931472]
    """
    return _over(reductions.log_softmax, floating(x), axis)


def _over(primitive: Any, x: Any, axis: Any) -> Any:
    """Apply an operation along one axis to several axes made one."""
    axes = normalize_axes(axis, x.ndim)
    if len(axes) == 1:
        return primitive(x, axis=axes[0])
    order = (*[one for one in range(x.ndim) if one not in axes], *axes)
    moved = movement.transpose(x, perm=order)
    flat = primitive(shaped(moved, (*moved.shape[: x.ndim - len(axes)], -1)), axis=x.ndim - len(axes))
    back = movement.reshape(flat, shape=tuple(moved.shape))
    return movement.transpose(back, perm=tuple(order.index(one) for one in range(x.ndim)))


@public
def elu(x: Any, alpha: float = 1.0) -> Any:
    """Return the exponential linear unit.

    y = x for x > 0, else α·(eˣ - 1)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.
        alpha: minus the limit for x → -∞.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(elu([-1.0, 0.0, 2.0]))
        [-0.63212055  0.          2.        ]

    Source: Clevert, Unterthiner, Hochreiter, "Fast and accurate deep network learning by ELUs", 2016.
    """
    x = floating(x)
    zero = elementwise.number(0, x)
    # the exponential is taken of min(x, 0), so that it overflows nowhere and its derivative stays finite
    below = elementwise.multiply(elementwise.number(alpha, x), elementwise.expm1(elementwise.minimum(x, zero)))
    return elementwise.where(elementwise.greater(x, zero), x, below)


@public
def gelu(x: Any, approximate: bool = True) -> Any:
    """Return the Gaussian error linear unit.

    y = x·Φ(x), approximately x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.
        approximate: use the tanh form.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(gelu([-1.0, 0.0, 2.0]))
        [-0.158808   0.         1.9545977]

    Source: Hendrycks, Gimpel, "Gaussian error linear units", 2016.
    """
    x = floating(x)
    half, one = elementwise.number(0.5, x), elementwise.number(1, x)
    if approximate:
        cube = elementwise.multiply(elementwise.multiply(x, x), x)
        inner = elementwise.add(x, elementwise.multiply(elementwise.number(0.044715, x), cube))
        bend = elementwise.tanh(elementwise.multiply(elementwise.number(math.sqrt(2 / math.pi), x), inner))
    else:
        bend = elementwise.erf(elementwise.multiply(elementwise.number(math.sqrt(0.5), x), x))
    return elementwise.multiply(elementwise.multiply(half, x), elementwise.add(one, bend))
