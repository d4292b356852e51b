"""Further activations: gated, leaky, hard, shrinking and sparse ones."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import ShapeError
from onionskin.base.specs import normalize_axis
from onionskin.ops.arguments import public
from onionskin.prims import elementwise, movement
from onionskin.prims.families import floating


@public
def silu(x: Any) -> Any:
    """Return the sigmoid linear unit.

    y = x·σ(x)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(silu([-1.0, 0.0, 2.0]))
        [-0.2689414  0.         1.761594 ]
    """
    x = floating(x)
    return elementwise.multiply(x, elementwise.sigmoid(x))


@public
def swish(x: Any) -> Any:
    """Return the sigmoid linear unit; the same as `silu`.

    y = x·σ(x)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(swish([-1.0, 0.0, 2.0]))
        [-0.2689414  0.         1.761594 ]
    """
    x = floating(x)
    return elementwise.multiply(x, elementwise.sigmoid(x))


@public
def selu(x: Any) -> Any:
    """Return the scaled exponential linear unit.

    y = λ·(x for x > 0, else α·(eˣ - 1))

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(selu([-1.0, 0.0, 2.0]))
        [-1.1113307  0.         2.101402 ]

    Source: Klambauer, Unterthiner, Mayr, Hochreiter, "Self-normalizing neural networks", 2017.
    """
    x = floating(x)

    zero = elementwise.number(0, x)
    below = elementwise.multiply(
        elementwise.number(1.6732632423543772, x), elementwise.expm1(elementwise.minimum(x, zero))
    )
    return elementwise.multiply(
        elementwise.number(1.0507009873554805, x), elementwise.where(elementwise.greater(x, zero), x, below)
    )


@public
def celu(x: Any, alpha: float = 1.0) -> Any:
    """Return the continuously differentiable exponential linear unit.

    y = max(x, 0) + min(α·(e^(x/α) - 1), 0)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.
        alpha: minus the limit for x → -∞.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(celu([-1.0, 0.0, 2.0]))
        [-0.63212055  0.          2.        ]
    """
    x = floating(x)

    zero, scale = elementwise.number(0, x), elementwise.number(alpha, x)
    below = elementwise.multiply(scale, elementwise.expm1(elementwise.divide(elementwise.minimum(x, zero), scale)))
    return elementwise.where(elementwise.greater(x, zero), x, below)


@public
def glu(x: Any, axis: int = -1) -> Any:
    """Return the gated linear unit: one half times the sigmoid of the other.

    y = a·σ(b)

    Args:
        x: array or tensor with an even size at the axis.
        axis: the axis to halve.

    Returns:
        Array with half the size at the axis.

    Raises:
        ShapeError: the size is odd.

    Example:
        >>> print(glu([1.0, 2.0, 0.0, 0.0]))
        [0.5 1. ]
    """
    x = floating(x)
    place = normalize_axis(axis, x.ndim)
    size = x.shape[place]
    if size is None or size % 2:
        raise ShapeError("glu halves an axis.", expected="an even size", given=f"size {size} at axis {axis}")
    a, b = movement.slice_along(x, place, 0, size // 2), movement.slice_along(x, place, size // 2, size)
    return elementwise.multiply(a, elementwise.sigmoid(b))


@public
def relu6(x: Any) -> Any:
    """Return relu limited to 6.

    y = min(max(0, x), 6)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(relu6([-1.0, 0.0, 2.0]))
        [0. 0. 2.]
    """
    x = floating(x)
    return elementwise.clip(x, elementwise.number(0, x), elementwise.number(6, x))


@public
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """Return relu with a slope below 0.

    y = x for x > 0, else slope·x

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.
        negative_slope: the slope below 0.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(leaky_relu([-1.0, 0.0, 2.0]))
        [-0.2  0.   2. ]
    """
    x = floating(x)
    return elementwise.where(
        elementwise.greater(x, elementwise.number(0, x)),
        x,
        elementwise.multiply(elementwise.number(negative_slope, x), x),
    )


@public
def hard_sigmoid(x: Any) -> Any:
    """Return the sigmoid made of three straight lines.

    y = min(max(x/6 + ½, 0), 1)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(hard_sigmoid([-1.0, 0.0, 2.0]))
        [0.3333333 0.5       0.8333334]
    """
    x = floating(x)
    return elementwise.clip(
        elementwise.add(elementwise.multiply(x, elementwise.number(1 / 6, x)), elementwise.number(0.5, x)),
        elementwise.number(0, x),
        elementwise.number(1, x),
    )


@public
def hard_silu(x: Any) -> Any:
    """Return x times its hard sigmoid.

    y = x·min(max(x/6 + ½, 0), 1)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(hard_silu([-1.0, 0.0, 2.0]))
        [-0.3333333  0.         1.6666667]
    """
    x = floating(x)
    return elementwise.multiply(x, hard_sigmoid(x))


@public
def hard_swish(x: Any) -> Any:
    """Return x times its hard sigmoid; the same as `hard_silu`.

    y = x·min(max(x/6 + ½, 0), 1)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(hard_swish([-1.0, 0.0, 2.0]))
        [-0.3333333  0.         1.6666667]
    """
    x = floating(x)
    return elementwise.multiply(x, hard_sigmoid(x))


@public
def hard_tanh(x: Any) -> Any:
    """Return x limited to -1 … 1.

    y = min(max(x, -1), 1)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(hard_tanh([-1.0, 0.0, 2.0]))
        [-1.  0.  1.]
    """
    x = floating(x)
    return elementwise.clip(x, elementwise.number(-1, x), elementwise.number(1, x))


@public
def log_sigmoid(x: Any) -> Any:
    """Return the logarithm of the sigmoid, without overflow.

    y = -ln(1 + e⁻ˣ)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(log_sigmoid([-1.0, 0.0, 2.0]))
        [-1.3132617 -0.6931472 -0.126928 ]
    """
    x = floating(x)
    return elementwise.negative(elementwise.softplus(elementwise.negative(x)))


@public
def softsign(x: Any) -> Any:
    """Return the soft sign.

    y = x / (1 + |x|)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(softsign([-1.0, 0.0, 2.0]))
        [-0.5        0.         0.6666667]
    """
    x = floating(x)
    return elementwise.divide(x, elementwise.add(elementwise.number(1, x), elementwise.abs_(x)))
