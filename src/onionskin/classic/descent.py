"""Gradient descent on a function of numbers, plain or with the noise of single samples, so that it can be drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from onionskin import random
from onionskin.base.errors import NumericError
from onionskin.classic.checks import count, positive
from onionskin.classic.targets import FunctionTarget
from onionskin.state import SeedGenerator


@dataclass(frozen=True)
class Descent:
    """A path down a function.

    Attributes:
        positions: (steps + 1,) or (steps + 1, d) points, the start first.
        values: (steps + 1,) of the function.
        last: where it ended.
        last_value: the function's value there.
    """

    positions: np.ndarray = field(repr=False)
    values: np.ndarray = field(repr=False)
    last: Any
    last_value: float


def descend(
    function: Any, x: Any, steps: int = 200, learning_rate: float = 0.01, noise: float = 0.0, seed: int | None = None
) -> Descent:
    """Follow a function's slope downwards.

        x ← x − η · (f'(x) + noise · ε),  ε normally distributed

    With noise it is stochastic gradient descent: the slope of a single sample is the slope of the whole set and an
    error, which can carry the search over a low ridge.

    Args:
        function: of a float64 number, or of (d,) numbers; returns a number; written with operators and `onionskin.ops`.
        x: where to start.
        steps: how many.
        learning_rate: η.
        noise: standard deviation of the slope's error.
        seed: of the noise; one drawn from the process where None.

    Raises:
        ArgumentError: a number cannot be used.
        GraphError: the function's code cannot be recorded, so that it has no gradient.
        NumericError: the path left the numbers.

    Example:
        >>> print(round(float(descend(lambda x: (x - 3.0) ** 2, 0.0, learning_rate=0.1).last), 6))
        3.0
    """
    steps, rate = count(steps, "descend(steps)"), positive(learning_rate, "descend(learning_rate)")
    spread = positive(noise, "descend(noise)", zero=True)
    target = FunctionTarget(function, x, "descend")
    slope, here, seeds = target.slope(), target.start, SeedGenerator(seed)
    errors = spread * np.asarray(random.normal((steps, *here.shape), dtype="float64", seed=seeds)) if spread else None
    positions, values = [here], []
    for place in range(steps):
        value, gradient = slope(here)
        values.append(value)
        with np.errstate(over="ignore", invalid="ignore"):  # said below, in words
            here = here - rate * (gradient if errors is None else gradient + errors[place])
        positions.append(here)
        if not np.isfinite(here).all():
            raise NumericError("the path left the numbers.", where="descend", given=f"{here} after step {place + 1}",
                               fix="take a smaller learning_rate")  # fmt: skip
    values.append(slope(here)[0])
    return Descent(np.array(positions), np.array(values), here[()], values[-1])
