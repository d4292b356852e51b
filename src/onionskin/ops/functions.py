"""Functions of each element: exponentials, logarithms, roots, circular, hyperbolic and error functions."""

from __future__ import annotations

import math
from typing import Any

from onionskin.base.errors import DTypeError
from onionskin.base.specs import is_float
from onionskin.ops.arguments import public, tensor
from onionskin.prims import elementwise
from onionskin.prims.families import dtype_of, floating, joined


@public
def exp(x: Any) -> Any:
    """Return the exponential, y = eˣ.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(exp([0.0, 0.5]))
        [1.        1.6487212]
    """
    return elementwise.exp(floating(x))


@public
def expm1(x: Any) -> Any:
    """Return y = eˣ - 1, exact also for small x.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(expm1([0.0, 0.5]))
        [0.        0.6487213]
    """
    return elementwise.expm1(floating(x))


@public
def exp2(x: Any) -> Any:
    """Return the power of two, y = 2ˣ.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(exp2([0.0, 3.0]))
        [1. 8.]
    """
    x = floating(x)
    return elementwise.power(elementwise.number(2, x), x)


@public
def log(x: Any) -> Any:
    """Return the natural logarithm, y = ln x; NaN below 0.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(log([1.0, 2.0]))
        [0.        0.6931472]
    """
    return elementwise.log(floating(x))


@public
def log1p(x: Any) -> Any:
    """Return y = ln(1 + x), exact also for small x.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(log1p([0.0, 0.5]))
        [0.         0.40546513]
    """
    return elementwise.log1p(floating(x))


@public
def log2(x: Any) -> Any:
    """Return the logarithm to base 2.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(log2([1.0, 8.0]))
        [0. 3.]
    """
    x = floating(x)
    return elementwise.divide(elementwise.log(x), elementwise.number(math.log(2), x))


@public
def log10(x: Any) -> Any:
    """Return the logarithm to base 10.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(log10([1.0, 100.0]))
        [0. 2.]
    """
    x = floating(x)
    return elementwise.divide(elementwise.log(x), elementwise.number(math.log(10), x))


@public
def logaddexp(x1: Any, x2: Any) -> Any:
    """Return the logarithm of a sum of exponentials, y = ln(eˣ¹ + eˣ²), without overflow.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, a float.

    Example:
        >>> print(logaddexp([0.0, 1000.0], 0.0))
        [6.931472e-01 1.000000e+03]
    """
    more, less = _larger_first(x1, x2)
    return elementwise.add(more, elementwise.softplus(less))


def _larger_first(x1: Any, x2: Any) -> tuple[Any, Any]:
    """Return the larger of two numbers, and how far the other lies below it (at most 0).

    Where they are equal each choice has the same derivatives, of any order.
    """
    a, b = joined(x1, x2, to_float=True)
    first = elementwise.greater_equal(a, b)
    gap = elementwise.where(first, elementwise.subtract(b, a), elementwise.subtract(a, b))
    # equal infinities have no difference
    endless = elementwise.logical_and(elementwise.equal(a, b), elementwise.isinf(a))
    return elementwise.where(first, a, b), elementwise.where(endless, elementwise.number(0, a), gap)


@public
def sqrt(x: Any) -> Any:
    """Return the square root, y = √x; NaN below 0.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(sqrt([1.0, 4.0]))
        [1. 2.]
    """
    return elementwise.sqrt(floating(x))


@public
def rsqrt(x: Any) -> Any:
    """Return the reciprocal of the square root, y = 1 / √x.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(rsqrt([1.0, 4.0]))
        [1.  0.5]
    """
    return elementwise.rsqrt(floating(x))


@public
def sin(x: Any) -> Any:
    """Return the sine of an angle in radians.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(sin([0.0, 0.5]))
        [0.         0.47942555]
    """
    return elementwise.sin(floating(x))


@public
def cos(x: Any) -> Any:
    """Return the cosine of an angle in radians.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(cos([0.0, 0.5]))
        [1.         0.87758255]
    """
    return elementwise.cos(floating(x))


@public
def tanh(x: Any) -> Any:
    """Return the hyperbolic tangent, y = (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ).

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(tanh([0.0, 0.5]))
        [0.        0.4621172]
    """
    return elementwise.tanh(floating(x))


@public
def erf(x: Any) -> Any:
    """Return the error function, y = 2/√π ∫₀ˣ exp(-t²) dt.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(erf([0.0, 0.5]))
        [0.        0.5204999]
    """
    return elementwise.erf(floating(x))


@public
def erfinv(x: Any) -> Any:
    """Return the inverse error function: y with erf(y) = x; ±inf at ±1, NaN beyond.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(erfinv([0.0, 0.5]))
        [0.         0.47693628]
    """
    return elementwise.erfinv(floating(x))


@public
def logaddexp2(x1: Any, x2: Any) -> Any:
    """Return y = log₂(2^x1 + 2^x2), without overflow.

    Args:
        x1: array or tensor.
        x2: array or tensor whose shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, a float.

    Example:
        >>> print(logaddexp2([3.0, 1000.0], 3.0))
        [   4. 1000.]
    """
    more, less = _larger_first(x1, x2)
    scale = elementwise.number(math.log(2), more)
    return elementwise.add(more, elementwise.divide(elementwise.softplus(elementwise.multiply(less, scale)), scale))


@public
def cbrt(x: Any) -> Any:
    """Return the cube root, with the sign of x.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(cbrt([8.0, -1.0]))
        [ 2. -1.]
    """
    x = floating(x)
    root = elementwise.power(elementwise.abs_(x), elementwise.number(1 / 3, x))
    return elementwise.multiply(elementwise.sign(x), root)


@public
def ldexp(x1: Any, x2: Any) -> Any:
    """Return y = x1 · 2^x2.

    Args:
        x1: array or tensor.
        x2: integers whose shape broadcasts with that of x1.

    Returns:
        Array of the broadcast shape, a float.

    Raises:
        DTypeError: x2 are no integers.

    Example:
        >>> print(ldexp([1.0, 3.0], [3, -1]))
        [8.  1.5]
    """
    power = tensor(x2)
    if is_float(dtype_of(power)):
        raise DTypeError("the exponent is a whole number.", expected="an integer dtype", given=dtype_of(power))
    a, b = joined(x1, power, to_float=True)
    return elementwise.multiply(a, elementwise.power(elementwise.number(2, b), b))
