"""Initializers that draw from one given distribution: uniform, normal, truncated normal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin.base import philox
from onionskin.base.errors import ArgumentError, DTypeError
from onionskin.base.specs import FLOATS, is_float
from onionskin.initializers.constant import dtype_or_default
from onionskin.initializers.initializer import Initializer
from onionskin.initializers.lookup import INITIALIZERS
from onionskin.prims.special import erf_values, erfinv_values
from onionskin.state import SeedGenerator, draw_seed, seed_words


class RandomInitializer(Initializer):
    """Base of initializers that draw: one with a number or None as seed gives the same values each time.

    Args:
        seed: a whole number; a `SeedGenerator`, for other values at each call; or None, for a number
            drawn from the process's seed when the initializer is made.

    Raises:
        ArgumentError: it is none of these.
    """

    def __init__(self, seed: Any = None) -> None:
        self._given_seed = seed
        if isinstance(seed, dict):
            seed = SeedGenerator(seed["config"]["seed"])
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int | np.integer | SeedGenerator)):
            raise ArgumentError(
                "the seed of an initializer is a whole number, a SeedGenerator or None.",
                where=type(self).__name__,
                given=repr(seed),
            )
        self.seed = draw_seed() if seed is None else seed

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal initializer."""
        seed = self._given_seed
        if isinstance(seed, SeedGenerator):
            config = {"seed": seed.seed, "name": "seed_generator"}
            seed = {"module": "keras.random", "class_name": "SeedGenerator", "config": config, "registered_name": None}
        return {"seed": seed}

    def _float(self, dtype: Any) -> str:
        """Return the name of a float dtype, the default one where None.

        Raises:
            DTypeError: it is another one, in which random numbers would be cut off.
        """
        kind = dtype_or_default(dtype)
        if not is_float(kind):
            raise DTypeError(
                "random weights are floats.", where=type(self).__name__, expected=", ".join(FLOATS), given=kind
            )
        return kind

    def uniform(self, shape: Sequence[int], low: float, high: float, dtype: Any) -> np.ndarray:
        """Return numbers spread evenly over [low, high)."""
        kind = self._float(dtype)
        values = philox.uniform(seed_words(self.seed), self._sizes(shape), kind)
        return np.asarray(values * np.asarray(high - low, kind) + np.asarray(low, kind))

    def normal(self, shape: Sequence[int], mean: float, stddev: float, dtype: Any, cut: float = 1.0) -> np.ndarray:
        """Return normal numbers by the inverse of their distribution function, computed in float64.

            z = √2 · erfinv(cut · v),  v evenly spread over (-1, 1)

        Args:
            shape: shape of the result.
            mean: mean of the distribution.
            stddev: its standard deviation.
            dtype: dtype of the result, the default float dtype where None.
            cut: share of the distribution that is kept around its mean, all of it by default.
        """
        u = philox.uniform(seed_words(self.seed), self._sizes(shape), "float64")
        centred = 2 * u - 1 + 2.0**-53  # odd multiples of 2^-53: symmetric, and ±1, where z is infinite, never drawn
        z = math.sqrt(2) * erfinv_values(cut * centred)
        return np.asarray(mean + stddev * z, self._float(dtype))

    def truncated_normal(self, shape: Sequence[int], mean: float, stddev: float, dtype: Any) -> np.ndarray:
        """Return normal numbers of which none lies beyond two standard deviations."""
        return self.normal(shape, mean, stddev, dtype, cut=float(erf_values(np.array(math.sqrt(2)))))


@INITIALIZERS.entry("uniform")
class RandomUniform(RandomInitializer):
    """Numbers spread evenly over [minval, maxval).

    Args:
        minval: lower end.
        maxval: upper end.
        seed: as in `RandomInitializer`.

    Example:
        >>> values = RandomUniform(-1.0, 1.0, seed=0)((1000,))
        >>> bool((values >= -1).all() and (values < 1).all())
        True
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Any = None) -> None:
        super().__init__(seed)
        self.minval, self.maxval = minval, maxval

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        """Return random numbers of a shape and dtype."""
        return self.uniform(shape, self.minval, self.maxval, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal initializer."""
        return {**super().get_config(), "minval": self.minval, "maxval": self.maxval}


@INITIALIZERS.entry("normal")
class RandomNormal(RandomInitializer):
    """Numbers from a normal distribution.

    Args:
        mean: its mean.
        stddev: its standard deviation.
        seed: as in `RandomInitializer`.

    Example:
        >>> RandomNormal(seed=0)((2, 3)).shape
        (2, 3)
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None) -> None:
        super().__init__(seed)
        self.mean, self.stddev = mean, stddev

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        """Return random numbers of a shape and dtype."""
        return self.normal(shape, self.mean, self.stddev, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal initializer."""
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


@INITIALIZERS.entry()
class TruncatedNormal(RandomNormal):
    """Numbers from a normal distribution of which all beyond two standard deviations are left out.

    Args:
        mean: its mean.
        stddev: its standard deviation before the cut.
        seed: as in `RandomInitializer`.

    Example:
        >>> values = TruncatedNormal(stddev=1.0, seed=0)((1000,))
        >>> bool((abs(values) <= 2).all())
        True
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        """Return random numbers of a shape and dtype."""
        return self.truncated_normal(shape, self.mean, self.stddev, dtype)
