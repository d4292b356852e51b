"""Normalisations: values brought to mean 0 and variance 1, or to length 1."""

from __future__ import annotations

from typing import Any

from onionskin.base.config import epsilon as default_epsilon
from onionskin.base.errors import ArgumentError
from onionskin.base.specs import normalize_axes, normalize_axis
from onionskin.ops.arguments import Axis, public, tensor
from onionskin.ops.norms import norm
from onionskin.prims import elementwise, movement, reductions
from onionskin.prims.families import cast_to, dtype_of, floating
from onionskin.prims.operators import reduced


@public
def normalize(x: Any, axis: Axis = -1, order: int = 2, epsilon: float | None = None) -> Any:
    """Return x divided by its norm along an axis.

    y = x / max(‖x‖ₚ, ε)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.
        axis: axis or axes of the norm.
        order: the order p of the norm, a whole number >= 1.
        epsilon: the least norm to divide by; the default one where None.

    Returns:
        Array of the shape of x.

    Raises:
        ArgumentError: order is no whole number >= 1.

    Example:
        >>> print(normalize([3.0, 4.0]))
        [0.6 0.8]
    """
    if not isinstance(order, int) or order < 1:
        raise ArgumentError("the order of a norm is a whole number >= 1.", given=f"order={order}")
    x = floating(x)
    x = movement.reshape(x, shape=(1,)) if x.ndim == 0 else x
    least = elementwise.number(default_epsilon() if epsilon is None else epsilon, x)
    if order == 2:
        squares = reduced(reductions.sum_, elementwise.multiply(x, x), axis, True)
        factor = elementwise.minimum(elementwise.rsqrt(squares), elementwise.divide(elementwise.number(1, x), least))
        return elementwise.multiply(x, factor)
    return elementwise.divide(x, elementwise.maximum(norm(x, order, axis, True), least))


@public
def batch_normalization(
    x: Any, mean: Any, variance: Any, axis: int, offset: Any = None, scale: Any = None, epsilon: float = 0.001
) -> Any:
    """Return x normalised by given statistics of each channel.

    y = scale·(x - mean) / √(variance + ε) + offset

    Args:
        x: array or tensor.
        mean: mean of each channel (channels,).
        variance: variance of each channel.
        axis: the axis of the channels.
        offset: added in the end, for each channel.
        scale: factor before that, for each channel.
        epsilon: added to the variance.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(batch_normalization([[1.0, 3.0]], [1.0, 1.0], [1.0, 4.0], axis=-1, epsilon=0.0))
        [[0. 1.]]

    Source: Ioffe, Szegedy, "Batch normalization", ICML 2015.
    """
    x = floating(x)
    place = normalize_axis(axis, x.ndim)

    def spread(value: Any) -> Any:
        value = cast_to(tensor(value), dtype_of(x))
        return movement.reshape(value, shape=tuple(value.shape[0] if one == place else 1 for one in range(x.ndim)))

    factor = elementwise.rsqrt(elementwise.add(spread(variance), elementwise.number(epsilon, x)))
    factor = factor if scale is None else elementwise.multiply(factor, spread(scale))
    shift = elementwise.negative(elementwise.multiply(spread(mean), factor))
    shift = shift if offset is None else elementwise.add(shift, spread(offset))
    return elementwise.add(elementwise.multiply(x, factor), shift)


@public
def layer_normalization(
    x: Any, gamma: Any = None, beta: Any = None, axis: Axis = -1, epsilon: float | None = None, **kwargs: Any
) -> Any:
    """Return x with mean 0 and variance 1 over axes of each sample.

    y = gamma·(x - mean x) / √(var x + ε) + beta

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.
        gamma: factor, of the sizes of the axes.
        beta: added in the end, likewise.
        axis: axis or axes to normalise over.
        epsilon: added to the variance; the default one where None.
        kwargs: none is supported.

    Returns:
        Array of the shape of x.

    Raises:
        ArgumentError: an unknown argument.

    Example:
        >>> print(layer_normalization([1.0, 3.0]).round(3))
        [-1.  1.]

    Source: Ba, Kiros, Hinton, "Layer normalization", 2016.
    """
    for key in kwargs:
        raise ArgumentError("layer_normalization has no such argument.", given=repr(key))
    kept = floating(x)
    x = cast_to(kept, "float32") if dtype_of(kept) == "float16" else kept
    axes = normalize_axes(axis, x.ndim)
    shape = tuple(size if place in axes else 1 for place, size in enumerate(x.shape))
    small = elementwise.number(default_epsilon() if epsilon is None else epsilon, x)
    factor = elementwise.rsqrt(elementwise.add(reductions.var(x, axis=axes, keepdims=True), small))
    factor = factor if gamma is None else elementwise.multiply(factor, _fitted(gamma, x, shape))
    shift = elementwise.negative(elementwise.multiply(reductions.mean(x, axis=axes, keepdims=True), factor))
    shift = shift if beta is None else elementwise.add(shift, _fitted(beta, x, shape))
    return cast_to(elementwise.add(elementwise.multiply(x, factor), shift), dtype_of(kept))


def _fitted(value: Any, x: Any, shape: tuple[Any, ...]) -> Any:
    """Return a factor with 1 where x is not normalised; one that has all axes, or only the last, stays."""
    value = cast_to(tensor(value), dtype_of(x))
    alone = len(shape) == 0 or all(size == 1 for size in shape[:-1])
    return value if value.ndim == x.ndim or alone else movement.reshape(value, shape=shape)


@public
def rms_normalization(x: Any, scale: Any = None, axis: Axis = -1, epsilon: float | None = None) -> Any:
    """Return x divided by the root of its mean square over axes.

    y = scale·x / √(mean x² + ε)

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.
        scale: factor, of the sizes of the axes.
        axis: axis or axes to normalise over.
        epsilon: added to the mean square; the default one where None.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(rms_normalization([3.0, 4.0]).round(3))
        [0.849 1.131]

    Source: Zhang, Sennrich, "Root mean square layer normalization", NeurIPS 2019.
    """
    kept = floating(x)
    x = cast_to(kept, "float32") if dtype_of(kept) == "float16" else kept
    axes = normalize_axes(axis, x.ndim)
    shape = tuple(size if place in axes else 1 for place, size in enumerate(x.shape))
    small = elementwise.number(default_epsilon() if epsilon is None else epsilon, x)
    squares = reductions.mean(elementwise.multiply(x, x), axis=axes, keepdims=True)
    y = elementwise.multiply(x, elementwise.rsqrt(elementwise.add(squares, small)))
    y = y if scale is None else elementwise.multiply(y, _fitted(scale, x, shape))
    return cast_to(y, dtype_of(kept))
