"""Smooth activations: sigmoid, tanh, softplus, elu, gelu and their kin."""

from __future__ import annotations

from typing import Any

from onionskin import ops
from onionskin.activations.lookup import ACTIVATIONS


@ACTIVATIONS.entry()
def sigmoid(x: Any) -> Any:
    """Logistic function, between 0 and 1.

        σ(x) = 1 / (1 + e⁻ˣ)

    Args:
        x: float array or tensor of any shape.

    Example:
        >>> print(sigmoid([0.0]))
        [0.5]
    """
    return ops.sigmoid(x)


@ACTIVATIONS.entry()
def tanh(x: Any) -> Any:
    """Hyperbolic tangent, between -1 and 1.

    Args:
        x: float array or tensor of any shape.

    Example:
        >>> print(tanh([0.0]))
        [0.]
    """
    return ops.tanh(x)


@ACTIVATIONS.entry()
def softplus(x: Any) -> Any:
    """Smooth form of relu.

        softplus(x) = ln(1 + eˣ)

    Args:
        x: float array or tensor of any shape.

    Example:
        >>> print(softplus([0.0]))
        [0.6931472]
    """
    return ops.softplus(x)


@ACTIVATIONS.entry()
def softsign(x: Any) -> Any:
    """Slow-saturating form of tanh.

        softsign(x) = x / (1 + |x|)

    Args:
        x: float array or tensor of any shape.

    Example:
        >>> print(softsign([-1.0, 0.0, 3.0]))
        [-0.5   0.    0.75]
    """
    return ops.softsign(x)


@ACTIVATIONS.entry()
def exponential(x: Any) -> Any:
    """Return eˣ.

    Args:
        x: float array or tensor of any shape.

    Example:
        >>> print(exponential([0.0]))
        [1.]
    """
    return ops.exp(x)


@ACTIVATIONS.entry()
def elu(x: Any, alpha: float = 1.0) -> Any:
    """Exponential linear unit: x where x > 0, α(eˣ - 1) elsewhere.

    Args:
        x: float array or tensor of any shape.
        alpha: what large negative x tend to, with the sign turned.

    Example:
        >>> print(elu([-1e9, 2.0]))
        [-1.  2.]

    Source: Clevert, Unterthiner, Hochreiter, "Fast and accurate deep network learning by ELUs", 2016.
    """
    return ops.elu(x, alpha=alpha)


@ACTIVATIONS.entry()
def celu(x: Any, alpha: float = 1.0) -> Any:
    """Continuously differentiable exponential linear unit.

        celu(x) = max(x, 0) + min(α(e^(x/α) - 1), 0)

    Args:
        x: float array or tensor of any shape.
        alpha: what large negative x tend to, with the sign turned.

    Example:
        >>> print(celu([-1e9, 2.0]))
        [-1.  2.]

    Source: Barron, "Continuously differentiable exponential linear units", 2017.
    """
    return ops.celu(x, alpha=alpha)


@ACTIVATIONS.entry()
def selu(x: Any) -> Any:
    """Scaled exponential linear unit, which keeps mean 0 and variance 1 from layer to layer.

        selu(x) = s·x where x > 0, s·α(eˣ - 1) elsewhere; s = 1.0507, α = 1.6733

    Args:
        x: float array or tensor of any shape.

    Example:
        >>> print(selu([0.0, 1.0]))
        [0.       1.050701]

    Source: Klambauer and others, "Self-normalizing neural networks", 2017.
    """
    return ops.selu(x)


@ACTIVATIONS.entry()
def gelu(x: Any, approximate: bool = False) -> Any:
    """Gaussian error linear unit.

        gelu(x) = x · Φ(x) = x/2 · (1 + erf(x/√2))

    Args:
        x: float array or tensor of any shape.
        approximate: use tanh in place of erf.

    Example:
        >>> print(gelu([0.0, 1.0]))
        [0.        0.8413447]

    Source: Hendrycks and Gimpel, "Gaussian error linear units", 2016.
    """
    return ops.gelu(x, approximate=approximate)


@ACTIVATIONS.entry("swish")
def silu(x: Any) -> Any:
    """Sigmoid linear unit, also called swish.

        silu(x) = x · σ(x)

    Args:
        x: float array or tensor of any shape.

    Example:
        >>> print(silu([0.0]))
        [0.]
    """
    return ops.silu(x)


@ACTIVATIONS.entry()
def glu(x: Any, axis: int = -1) -> Any:
    """Gated linear unit: one half of x times the sigmoid of the other.

        glu([a, b]) = a · σ(b)

    Args:
        x: float array or tensor, of even size along the axis.
        axis: axis that is halved.

    Raises:
        ShapeError: the size along the axis is odd.

    Example:
        >>> print(glu([1.0, 2.0, 0.0, 0.0]))
        [0.5 1. ]

    Source: Dauphin, Fan, Auli, Grangier, "Language modeling with gated convolutional networks", 2017.
    """
    return ops.glu(x, axis=axis)


@ACTIVATIONS.entry()
def log_sigmoid(x: Any) -> Any:
    """Logarithm of the sigmoid, exact also where the sigmoid rounds to 0.

        log_sigmoid(x) = -ln(1 + e⁻ˣ)

    Args:
        x: float array or tensor of any shape.

    Example:
        >>> print(log_sigmoid([0.0]))
        [-0.6931472]
    """
    return ops.log_sigmoid(x)


@ACTIVATIONS.entry()
def squareplus(x: Any, b: float = 4) -> Any:
    """Algebraic form of softplus.

        squareplus(x) = (x + √(x² + b)) / 2

    Args:
        x: float array or tensor of any shape.
        b: how smooth the bend at 0 is; the value there is √b / 2.

    Example:
        >>> print(squareplus([0.0]))
        [1.]

    Source: Barron, "Squareplus: a softplus-like algebraic rectifier", 2021.
    """
    return ops.squareplus(x, b=b)


@ACTIVATIONS.entry()
def mish(x: Any) -> Any:
    """Self-regularised smooth unit.

        mish(x) = x · tanh(softplus(x))

    Args:
        x: float array or tensor of any shape.

    Example:
        >>> print(mish([0.0]))
        [0.]

    Source: Misra, "Mish: a self regularized non-monotonic activation function", 2020.
    """
    x = ops.convert_to_tensor(x)
    return x * ops.tanh(ops.softplus(x))
