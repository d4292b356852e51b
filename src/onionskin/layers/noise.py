"""`GaussianNoise`, `GaussianDropout` and `AlphaDropout`: random numbers that spoil the inputs while training."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from onionskin import ops, random
from onionskin.base.errors import ArgumentError
from onionskin.base.registry import LAYERS
from onionskin.layers.dropout import Dropping, checked_rate
from onionskin.layers.layer import Layer
from onionskin.state import SeedGenerator

# The constants of SELU, for which AlphaDropout is made
ALPHA = 1.6732632423543772848170429916717
SCALE = 1.0507009873554804934193349852946


@LAYERS.entry()
class GaussianNoise(Layer):
    """Add normal noise while training.

    y = x + stddev·n, n from the normal distribution

    Args:
        stddev: standard deviation of the noise, from 0 to 1.
        seed: whole number; one drawn from the process where None.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: stddev is not between 0 and 1.

    Example:
        >>> from onionskin.layers import GaussianNoise
        >>> print(GaussianNoise(0.5, seed=1)(np.ones(3), training=False))
        [1. 1. 1.]
    """

    _takes_one = True

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(stddev, bool) or not isinstance(stddev, int | float | np.number) or not 0 <= stddev <= 1:
            raise ArgumentError(
                "the standard deviation of the noise is a number from 0 to 1.",
                where=f"GaussianNoise '{self.name}'",
                given=f"stddev={stddev!r}",
            )
        self.stddev, self.seed = float(stddev), seed
        if stddev > 0:
            self.seed_generator = SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the inputs, noise added while training."""
        if not training or self.stddev == 0:
            return inputs
        return inputs + _normal(inputs, 0.0, self.stddev, self.seed_generator, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


@LAYERS.entry()
class GaussianDropout(Layer):
    """Multiply by normal noise around 1 while training.

    y = x·n, n normal with mean 1 and standard deviation √(rate / (1 - rate))

    Args:
        rate: as for `Dropout`, whose noise has the same variance; below 1.
        seed: whole number; one drawn from the process where None.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: the rate is not from 0 to below 1.

    Example:
        >>> from onionskin.layers import GaussianDropout
        >>> print(GaussianDropout(0.5, seed=1)(np.ones(3), training=False))
        [1. 1. 1.]

    Source: Srivastava and others, "Dropout", JMLR 15, 2014, section 10.
    """

    _takes_one = True

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate, self.seed = _below_one(rate, f"GaussianDropout '{self.name}'"), seed
        if self.rate > 0:
            self.seed_generator = SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the inputs, multiplied by noise while training."""
        if not training or self.rate == 0:
            return inputs
        spread = math.sqrt(self.rate / (1.0 - self.rate))
        return inputs * _normal(inputs, 1.0, spread, self.seed_generator, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}


@LAYERS.entry()
class AlphaDropout(Dropping):
    """Bring inputs to SELU's lower bound with probability `rate` while training; mean and variance stay.

    y = a·x' + b, x' being x or -scale·alpha; a, b such that inputs of mean 0 and variance 1 keep these

    Args:
        rate: share of the inputs to drop, from 0 to below 1.
        noise_shape: shape of the mask where it is to be shared along axes, None in place of a size that
            is the input's.
        seed: whole number; one drawn from the process where None.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: the rate is not from 0 to below 1, or noise_shape is no shape.

    Example:
        >>> from onionskin.layers import AlphaDropout
        >>> print(AlphaDropout(0.5, seed=1)(np.ones(3), training=False))
        [1. 1. 1.]

    Source: Klambauer and others, "Self-normalizing neural networks", NIPS 2017.
    """

    @staticmethod
    def _checked_rate(rate: Any, where: str) -> float:
        return _below_one(rate, where)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the inputs, some of them at the lower bound while training."""
        if not training or self.rate == 0:
            return inputs
        sizes = tuple(inputs.shape) if self.noise_shape is None else self.noise_shape
        shape = tuple(own if size is None else size for size, own in zip(sizes, inputs.shape, strict=True))
        low = -ALPHA * SCALE
        a = ((1 - self.rate) * (1 + self.rate * low**2)) ** -0.5
        kept = random.dropout(ops.ones_like(inputs), self.rate, shape, seed=self.seed_generator) > 0
        return ops.where(kept, inputs, low) * a - a * low * self.rate


def _normal(inputs: Any, mean: float, stddev: float, seed: SeedGenerator, dtype: str) -> Any:
    """Return normal numbers of the inputs' shape."""
    return random.normal(tuple(inputs.shape), mean, stddev, dtype, seed)


def _below_one(rate: Any, where: str) -> float:
    """Return a rate for which the variance of the noise is finite.

    Raises:
        ArgumentError: it is no number from 0 to below 1.
    """
    if checked_rate(rate, where) == 1:
        raise ArgumentError("the rate is below 1.", where=where, expected="0 <= rate < 1", given=repr(rate))
    return float(rate)
