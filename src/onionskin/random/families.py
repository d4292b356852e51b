"""Gamma, beta and binomial numbers: chosen among a fixed number of proposals, so that a graph can hold it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base.errors import ArgumentError
from onionskin.graph import Node
from onionskin.prims.random import random_bits, random_uniform
from onionskin.random.draws import float_name, words_of

Shape = Sequence[int | None]
PROPOSALS = 10  # at the worst shape, 1, one in 20 is refused: all ten are for 1 number in 10^13
FEW = 16  # trials that are counted one by one
MOST_HALVINGS = 32  # where the counts are traced: enough for 2^36 trials


def gamma(shape: Shape, alpha: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Draw from a gamma distribution of scale 1.

        p(x) = xᵅ⁻¹·e⁻ˣ / Γ(α)

    Args:
        shape: shape of the result.
        alpha: its shape parameter, > 0: a number or an array that broadcasts to the shape. No gradient reaches it.
        dtype: float dtype of the result, the default one where None; computed in float64.
        seed: as in `uniform`.

    Raises:
        DTypeError: the dtype is no float.
        ArgumentError: alpha is not positive.

    Example:
        >>> round(float(gamma((10000,), 3.0, seed=0).mean()), 1)
        3.0

    Source: Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", ACM TOMS 26, 2000.
    """
    kind = float_name(dtype, "random.gamma")
    alpha = _positive(alpha, "alpha", "random.gamma")
    return ops.cast(ops.stop_gradient(ops.exp(_log_gamma(words_of(seed), tuple(shape), alpha))), kind)


def beta(shape: Shape, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Draw from a beta distribution, as the share that one of two gamma numbers has in their sum.

        p(x) = xᵅ⁻¹·(1 - x)ᵝ⁻¹ / B(α, β)

    Args:
        shape: shape of the result.
        alpha: first parameter, > 0: a number or an array that broadcasts to the shape. No gradient reaches it.
        beta: second parameter, likewise.
        dtype: float dtype of the result, the default one where None; computed in float64.
        seed: as in `uniform`.

    Raises:
        DTypeError: the dtype is no float.
        ArgumentError: a parameter is not positive.

    Example:
        >>> round(float(beta((10000,), 1.0, 3.0, seed=0).mean()), 2)
        0.25
    """
    kind = float_name(dtype, "random.beta")
    alpha, beta = _positive(alpha, "alpha", "random.beta"), _positive(beta, "beta", "random.beta")
    return ops.cast(ops.stop_gradient(_beta(words_of(seed), tuple(shape), alpha, beta)), kind)


def binomial(shape: Shape, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Draw how many of some trials succeed.

        P(k) = (n choose k)·pᵏ·(1 - p)ⁿ⁻ᵏ

    The trials are halved until few are left: the middle one of n even numbers in order is beta-distributed,
    and says how many of the lower half lie below p. What is left is counted.

    Args:
        shape: shape of the result.
        counts: number of trials n: a number or an array that broadcasts to the shape.
        probabilities: chance p of each trial, likewise.
        dtype: dtype of the result, the default float dtype where None.
        seed: as in `uniform`.

    Raises:
        DTypeError: the dtype is no float.
        ArgumentError: a count is negative, or a probability none.

    Example:
        >>> round(float(binomial((10000,), 100, 0.3, seed=0).mean()))
        30

    Source: Devroye, "Non-Uniform Random Variate Generation", 1986, X.4.3.
    """
    kind, shape = float_name(dtype, "random.binomial"), tuple(shape)
    words = words_of(seed)
    counts, chances = ops.convert_to_tensor(counts), ops.convert_to_tensor(probabilities)
    _check_binomial(counts, chances)
    if isinstance(counts, Node):
        halvings = MOST_HALVINGS
    else:
        halvings = max(int(np.max(counts, initial=0)).bit_length() - FEW.bit_length() + 1, 0)
    zeros = ops.zeros_like(random_uniform(words, shape=shape, dtype="float64"))
    state = (ops.cast(counts, "float64") + zeros, ops.cast(chances, "float64") + zeros, zeros)
    bits = random_bits(words, shape=(halvings + 1, 4))
    if halvings:
        state = ops.scan(lambda state, row: (_halved(row, shape, *state), None), state, bits[:halvings])[0]
    left, chance, found = state
    u = random_uniform(bits[halvings], shape=(FEW, *shape), dtype="float64")
    places = np.arange(FEW, dtype=np.float64).reshape(FEW, *[1] * len(shape))
    hits = ops.logical_and(ops.less(places, left), ops.less(u, chance))
    return ops.cast(ops.stop_gradient(found + ops.sum(ops.cast(hits, "float64"), axis=0)), kind)


def _positive(value: Any, name: str, where: str) -> Any:
    value = ops.cast(value, "float64")
    if not isinstance(value, Node) and not (np.asarray(value) > 0).all():
        raise ArgumentError(f"{name} is positive.", where=where, expected=f"{name} > 0", given=np.asarray(value).min())
    return value


def _check_binomial(counts: Any, chances: Any) -> None:
    if not isinstance(counts, Node) and (np.asarray(counts) < 0).any():
        raise ArgumentError(
            "a number of trials is not negative.", where="random.binomial", expected="counts >= 0", given=counts.min()
        )
    if not isinstance(chances, Node) and not ((np.asarray(chances) >= 0) & (np.asarray(chances) <= 1)).all():
        raise ArgumentError(
            "a probability lies between 0 and 1.", where="random.binomial", expected="0 to 1", given=chances
        )


def _log_gamma(words: Any, shape: Shape, alpha: Any) -> Any:
    """Return logarithms of gamma numbers: those of small parameters are too small for numbers of their own."""
    small = ops.less(alpha, 1.0)
    raised = ops.where(small, alpha + 1.0, alpha)  # below 1: that of α + 1, times u^(1/α)
    d = raised - 1 / 3
    c = 1 / ops.sqrt(9 * d)
    u = random_uniform(words, shape=(2 * PROPOSALS + 1, *shape), dtype="float64")
    chosen: Any = 1.0
    for place in reversed(range(PROPOSALS)):
        x = math.sqrt(2) * ops.erfinv(u[place] * 2 - 1 + 2.0**-53)
        v = (1 + c * x) ** 3
        inside = ops.greater(v, 0.0)
        v = ops.where(inside, v, 1.0)
        fits = ops.less(ops.log(u[PROPOSALS + place]), x * x / 2 + d * (1 - v + ops.log(v)))
        chosen = ops.where(ops.logical_and(inside, fits), v, chosen)
    boost = ops.where(small, ops.log(1 - u[2 * PROPOSALS]) / alpha, 0.0)
    return ops.log(d) + ops.log(chosen) + boost


def _beta(words: Any, shape: Shape, alpha: Any, beta: Any) -> Any:
    bits = random_bits(words, shape=(8,))  # a stream of its own for each of the two
    return ops.sigmoid(_log_gamma(bits[:4], shape, alpha) - _log_gamma(bits[4:], shape, beta))


def _halved(words: Any, shape: Shape, left: Any, chance: Any, found: Any) -> tuple[Any, Any, Any]:
    """Return the trials that are left, their chance and those that succeeded, after half of them are decided."""
    many = ops.greater(left, float(FEW))
    middle = ops.floor((left + 1) / 2)
    place = ops.where(many, middle, 1.0)
    y = _beta(words, shape, place, ops.where(many, left + 1 - middle, 1.0))
    below = ops.less_equal(y, chance)  # the lower half succeeds, and perhaps some of the upper
    rest = ops.where(below, left - middle, middle - 1)
    above = ops.clip((chance - y) / ops.maximum(1 - y, 1e-300), 0.0, 1.0)
    share = ops.where(below, above, ops.clip(chance / ops.maximum(y, 1e-300), 0.0, 1.0))
    gained = ops.where(below, middle, 0.0)
    return (
        ops.where(many, rest, left),
        ops.where(many, share, chance),
        ops.where(many, found + gained, found),
    )
