"""Initializers that scale with the shape of the weight, so that signals keep their size: Glorot, He, LeCun."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, suggest
from onionskin.initializers.distributions import RandomInitializer
from onionskin.initializers.lookup import INITIALIZERS

MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")
TRUNCATED_STDDEV = 0.87962566103423978  # standard deviation of a unit normal that is cut at ±2

Axes = Sequence[int] | None


def compute_fans(shape: Sequence[int], input_axes: Axes = None, output_axes: Axes = None) -> tuple[int, int]:
    """Return how many inputs and outputs one unit of a weight has.

    Args:
        shape: shape of the weight: (inputs, units), or (…window, inputs, units) for convolutions.
        input_axes: axes of the inputs, where the shape does not say.
        output_axes: axes of the outputs.

    Example:
        >>> compute_fans((784, 50)), compute_fans((3, 3, 16, 32))
        ((784, 50), (144, 288))
    """
    if input_axes is not None and output_axes is not None:
        return math.prod(shape[axis] for axis in input_axes), math.prod(shape[axis] for axis in output_axes)
    if len(shape) < 2:
        size = int(shape[0]) if shape else 1
        return size, size
    window = math.prod(shape[:-2])
    return int(window * shape[-2]), int(window * shape[-1])


@INITIALIZERS.entry()
class VarianceScaling(RandomInitializer):
    """Numbers of mean 0 and variance scale / n, where n is the number of inputs or outputs of a unit.

    Args:
        scale: factor of the variance, > 0.
        mode: n is "fan_in" (inputs), "fan_out" (outputs) or "fan_avg" (their mean).
        distribution: "truncated_normal" (also "normal"), "untruncated_normal" or "uniform".
        seed: as in `RandomInitializer`.
        input_axes: axes of the weight that are inputs, where the shape does not say.
        output_axes: axes of the weight that are outputs.

    Raises:
        ArgumentError: one of these cannot be used.

    Example:
        >>> round(float(VarianceScaling(seed=0)((1000, 100)).var()), 4)
        0.001
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Any = None,
        input_axes: Axes = None,
        output_axes: Axes = None,
    ) -> None:
        where = type(self).__name__
        if not scale > 0:
            raise ArgumentError("the scale of a variance is positive.", where=where, given=f"scale={scale!r}")
        if mode not in MODES:
            raise ArgumentError("unknown mode.", where=where, given=repr(mode), fix=suggest(str(mode), MODES))
        distribution = str(distribution).lower()
        distribution = "truncated_normal" if distribution == "normal" else distribution
        if distribution not in DISTRIBUTIONS:
            raise ArgumentError(
                "unknown distribution.", where=where, given=repr(distribution), fix=suggest(distribution, DISTRIBUTIONS)
            )
        super().__init__(seed)
        self.scale, self.mode, self.distribution = scale, mode, distribution
        self.input_axes, self.output_axes = input_axes, output_axes

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        """Return random numbers of a shape and dtype."""
        shape = self._sizes(shape)
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return self.uniform(shape, -limit, limit, dtype)
        if self.distribution == "truncated_normal":
            return self.truncated_normal(shape, 0.0, math.sqrt(variance) / TRUNCATED_STDDEV, dtype)
        return self.normal(shape, 0.0, math.sqrt(variance), dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal initializer."""
        return {
            **super().get_config(),
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            "input_axes": self.input_axes,
            "output_axes": self.output_axes,
        }


class _Fixed(VarianceScaling):
    """VarianceScaling with scale, mode and distribution given by the class."""

    _fixed: tuple[float, str, str]

    def __init__(self, seed: Any = None, input_axes: Axes = None, output_axes: Axes = None) -> None:
        super().__init__(*self._fixed, seed, input_axes, output_axes)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal initializer."""
        config = super().get_config()
        return {key: config[key] for key in ("seed", "input_axes", "output_axes")}


@INITIALIZERS.entry()
class GlorotUniform(_Fixed):
    """Even over ±√(6 / (fan_in + fan_out)); the default of dense kernels.

    Args:
        seed: as in `RandomInitializer`.
        input_axes: axes of the weight that are inputs, where the shape does not say.
        output_axes: axes of the weight that are outputs.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward networks", 2010.
    """

    _fixed = (1.0, "fan_avg", "uniform")


@INITIALIZERS.entry()
class GlorotNormal(_Fixed):
    """Truncated normal of variance 2 / (fan_in + fan_out); arguments as in `GlorotUniform`."""

    _fixed = (1.0, "fan_avg", "truncated_normal")


@INITIALIZERS.entry()
class HeUniform(_Fixed):
    """Even over ±√(6 / fan_in), made for relu; arguments as in `GlorotUniform`.

    Source: He, Zhang, Ren, Sun, "Delving deep into rectifiers", 2015.
    """

    _fixed = (2.0, "fan_in", "uniform")


@INITIALIZERS.entry()
class HeNormal(_Fixed):
    """Truncated normal of variance 2 / fan_in, made for relu; arguments as in `GlorotUniform`."""

    _fixed = (2.0, "fan_in", "truncated_normal")


@INITIALIZERS.entry()
class LecunUniform(_Fixed):
    """Even over ±√(3 / fan_in); arguments as in `GlorotUniform`.

    Source: LeCun, Bottou, Orr, Müller, "Efficient backprop", 1998.
    """

    _fixed = (1.0, "fan_in", "uniform")


@INITIALIZERS.entry()
class LecunNormal(_Fixed):
    """Truncated normal of variance 1 / fan_in, made for selu; arguments as in `GlorotUniform`."""

    _fixed = (1.0, "fan_in", "truncated_normal")
