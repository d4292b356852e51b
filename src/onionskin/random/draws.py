"""Random tensors: composed of the uniform numbers of a Philox stream, alike eagerly and in traced functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError, DTypeError
from onionskin.base.specs import INTS, dtype_name, is_float, normalize_axis
from onionskin.graph import Node, as_node
from onionskin.ops.arguments import sizes
from onionskin.prims.random import random_bits, random_uniform
from onionskin.state import seed_words, tracing

Shape = Sequence[int | None]
_KEPT = math.erf(math.sqrt(2))  # share of a normal distribution within two standard deviations


def words_of(seed: Any, record: bool = False) -> Any:
    """Return seed words, as a node within a trace, so that the draw is part of the graph."""
    words = seed_words(seed)
    return as_node(words) if record or tracing() else words


def _even(seed: Any, shape: Shape, dtype: str = "float64") -> Any:
    return random_uniform(words_of(seed), shape=sizes(shape), dtype=dtype)


def float_name(dtype: Any, where: str) -> str:
    """Return a float dtype's name, the default one where None.

    Raises:
        DTypeError: it is no float.
    """
    name = floatx() if dtype is None else dtype_name(dtype)
    if not is_float(name):
        raise DTypeError("these random numbers are floats.", where=where, given=f"dtype {name!r}")
    return name


def uniform(shape: Shape, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Draw numbers spread evenly over [minval, maxval).

    Args:
        shape: shape of the result.
        minval: lower end, a number or an array that broadcasts to the shape.
        maxval: upper end, likewise.
        dtype: float dtype of the result, the default one where None.
        seed: a whole number (the same numbers each time), a `SeedGenerator` (new ones each time, also in
            a traced function), or None (the process's next seed, fixed when a function is traced).

    Raises:
        DTypeError: the dtype is no float.

    Example:
        >>> values = uniform((1000,), -1.0, 1.0, seed=0)
        >>> bool((values >= -1).all() and (values < 1).all())
        True
    """
    kind = float_name(dtype, "random.uniform")
    u = _even(seed, shape, kind)
    if isinstance(minval, int | float) and isinstance(maxval, int | float) and (minval, maxval) == (0, 1):
        return u
    low, high = ops.cast(minval, kind), ops.cast(maxval, kind)
    return ops.minimum(u * (high - low) + low, ops.nextafter(high, low))  # sums may round up to maxval itself


def normal(shape: Shape, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Draw from a normal distribution, by the inverse of its distribution function.

        x = mean + stddev · √2 · erfinv(v),  v evenly spread over (-1, 1)

    Args:
        shape: shape of the result.
        mean: mean of the distribution.
        stddev: its standard deviation.
        dtype: float dtype of the result, the default one where None; computed in float64.
        seed: as in `uniform`.

    Raises:
        DTypeError: the dtype is no float.

    Example:
        >>> normal((2, 3), seed=0).shape
        (2, 3)
    """
    return _normal(shape, mean, stddev, float_name(dtype, "random.normal"), seed, 1.0)


def truncated_normal(shape: Shape, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Draw from a normal distribution of which all beyond two standard deviations is left out.

    Args:
        shape: shape of the result.
        mean: mean of the distribution.
        stddev: its standard deviation before the cut.
        dtype: float dtype of the result, the default one where None; computed in float64.
        seed: as in `uniform`.

    Raises:
        DTypeError: the dtype is no float.

    Example:
        >>> bool((abs(truncated_normal((1000,), seed=0)) <= 2).all())
        True
    """
    return _normal(shape, mean, stddev, float_name(dtype, "random.truncated_normal"), seed, _KEPT)


def _normal(shape: Shape, mean: float, stddev: float, dtype: str, seed: Any, kept: float) -> Any:
    u = _even(seed, shape)
    centred = u * 2 - 1 + 2.0**-53  # odd multiples of 2^-53: symmetric, and ±1, where x is infinite, never drawn
    return ops.cast(mean + (stddev * math.sqrt(2)) * ops.erfinv(centred * kept), dtype)


def randint(shape: Shape, minval: Any, maxval: Any, dtype: Any = "int32", seed: Any = None) -> Any:
    """Draw whole numbers from minval to maxval - 1, each as likely as any other.

    Args:
        shape: shape of the result.
        minval: smallest number, or an array that broadcasts to the shape.
        maxval: the first number that is too large, likewise.
        dtype: integer dtype of the result.
        seed: as in `uniform`.

    Raises:
        DTypeError: the dtype is no integer.
        ArgumentError: there is no number to draw.

    Example:
        >>> sorted({int(value) for value in randint((100,), 0, 3, seed=0)})
        [0, 1, 2]
    """
    kind = dtype_name(dtype)
    if kind not in INTS:
        raise DTypeError("these random numbers are integers.", where="random.randint", given=f"dtype {kind!r}")
    known = not (isinstance(minval, Node) or isinstance(maxval, Node))
    if known and not np.all(np.asarray(maxval) > np.asarray(minval)):
        raise ArgumentError(
            "there is no whole number to draw.", where="random.randint", expected="minval < maxval",
            given=f"minval={minval}, maxval={maxval}",
        )  # fmt: skip
    return ops.cast(ops.floor(_even(seed, shape) * (maxval - minval)) + minval, kind)


def bernoulli(shape: Shape, p: Any = 0.5, dtype: Any = None, seed: Any = None) -> Any:
    """Draw 1 with probability p, else 0.

    Args:
        shape: shape of the result.
        p: probability, a number or an array that broadcasts to the shape.
        dtype: dtype of the result, the default float dtype where None.
        seed: as in `uniform`.

    Example:
        >>> round(float(bernoulli((10000,), 0.3, seed=0).mean()), 1)
        0.3
    """
    kind = floatx() if dtype is None else dtype_name(dtype)
    return ops.cast(ops.less(_even(seed, shape), p), kind)


def permutation(n: int, seed: Any = None) -> Any:
    """Draw the numbers 0 … n-1 in random order, int32 of shape (n,).

    Args:
        n: how many.
        seed: as in `uniform`.

    Example:
        >>> sorted(permutation(4, seed=0).tolist())
        [0, 1, 2, 3]
    """
    return ops.argsort(random_bits(words_of(seed), shape=(int(n),)), axis=0)


def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Any:
    """Return x with what lies along one axis in random order.

    Args:
        x: array or tensor.
        axis: the axis whose entries change places.
        seed: as in `uniform`.

    Example:
        >>> sorted(shuffle([3, 1, 2], seed=0).tolist())
        [1, 2, 3]
    """
    x = ops.convert_to_tensor(x)
    axis = normalize_axis(axis, x.ndim)
    return ops.take(x, permutation(x.shape[axis], seed), axis=axis)


def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Any:
    """Draw class numbers, class c with probability softmax(logits)_c.

        argmax_c(logits_c + G_c),  G_c = -ln(-ln u)

    Args:
        logits: (batch, classes).
        num_samples: draws for each row.
        dtype: dtype of the result.
        seed: as in `uniform`.

    Returns:
        Class numbers (batch, num_samples).

    Raises:
        ArgumentError: the logits have not two axes.

    Example:
        >>> categorical([[0.0, -1e9]], 3, seed=0).tolist()
        [[0, 0, 0]]

    Source: Gumbel, "Statistical theory of extreme values", 1954.
    """
    logits = ops.convert_to_tensor(logits)
    if len(logits.shape) != 2:
        raise ArgumentError(
            "logits have two axes.", where="random.categorical", expected="shape (batch, classes)", given=logits.shape
        )
    batch, classes = logits.shape
    u = _even(seed, (batch, num_samples, classes))
    gumbel = -ops.log(-ops.log(u))
    return ops.cast(ops.argmax(ops.expand_dims(ops.cast(logits, "float64"), 1) + gumbel, axis=-1), dtype_name(dtype))


def dropout(inputs: Any, rate: float, noise_shape: Shape | None = None, seed: Any = None) -> Any:
    """Set each value to 0 with probability `rate`, and divide the others by 1 - rate, so that the mean stays.

    Args:
        inputs: float array or tensor.
        rate: share that is dropped, 0 to 1.
        noise_shape: shape of the choice, 1 where a whole axis shares it, None for the size of the inputs.
        seed: as in `uniform`.

    Raises:
        ArgumentError: the rate is no share.

    Example:
        >>> sorted(set(dropout([1.0] * 50, 0.5, seed=0).tolist()))
        [0.0, 2.0]

    Source: Srivastava and others, "Dropout", JMLR 15, 2014.
    """
    if not 0 <= rate <= 1:
        raise ArgumentError("the rate of dropout is a share.", where="random.dropout", expected="0 to 1", given=rate)
    inputs = ops.convert_to_tensor(inputs)
    if rate == 0:
        return inputs
    if rate == 1:
        return ops.zeros_like(inputs)
    given = inputs.shape if noise_shape is None else noise_shape
    shape = tuple(own if size is None else size for size, own in zip(given, inputs.shape, strict=True))
    u = random_uniform(words_of(seed, record=isinstance(inputs, Node)), shape=shape, dtype="float32")
    return ops.where(ops.less(u, 1 - rate), inputs / (1 - rate), 0)
