"""Learning rates that fall with the steps of training: exponentially, by a power, as 1/t, or in stairs."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from onionskin import ops
from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError
from onionskin.optimizers.schedules.lookup import SCHEDULES


class LearningRateSchedule:
    """Base of schedules: `schedule(step)` returns the learning rate of a step, written with `onionskin.ops`.

    Subclasses define `__call__(step)`, where step is a tensor of shape () within a training step, and
    `get_config`.
    """

    def __call__(self, step: Any) -> Any:
        """Return the learning rate of a step, of shape ()."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __call__(self, step)")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal schedule."""
        raise NotImplementedError(f"{type(self).__name__} needs a method get_config(self)")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LearningRateSchedule:
        """Make a schedule from what `get_config` returned."""
        return cls(**config)


def check_steps(name: str, value: Any, where: str) -> None:
    """Refuse a number of steps that is not positive.

    Raises:
        ArgumentError: it is not.
    """
    if not value > 0:
        raise ArgumentError(f"{name} is a positive number.", where=where, expected="more than 0", given=value)


@SCHEDULES.entry()
class ExponentialDecay(LearningRateSchedule):
    """Learning rate that is multiplied by a rate every so many steps.

        lr(step) = initial_learning_rate · decay_rate ^ (step / decay_steps)

    Args:
        initial_learning_rate: learning rate of step 0.
        decay_steps: after how many steps it is multiplied once, > 0.
        decay_rate: by what.
        staircase: the exponent is rounded down, so that the rate falls in stairs.
        name: name.

    Raises:
        ArgumentError: decay_steps is not positive.

    Example:
        >>> print(round(float(ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)(20)), 6))
        0.025
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        check_steps("decay_steps", decay_steps, "ExponentialDecay")
        self.initial_learning_rate, self.decay_steps, self.decay_rate = initial_learning_rate, decay_steps, decay_rate
        self.staircase, self.name = staircase, name

    def __call__(self, step: Any) -> Any:
        """Return the learning rate of a step, of shape ()."""
        exponent = ops.cast(step, floatx()) / self.decay_steps
        if self.staircase:
            exponent = ops.floor(exponent)
        return self.initial_learning_rate * ops.power(self.decay_rate, exponent)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal schedule."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }


@SCHEDULES.entry()
class PiecewiseConstantDecay(LearningRateSchedule):
    """Learning rate that changes at given steps.

        lr(step) = values[0] where step ≤ boundaries[0], values[i] where boundaries[i-1] < step ≤ boundaries[i]

    Args:
        boundaries: rising step numbers.
        values: learning rates, one more than boundaries.
        name: name.

    Raises:
        ArgumentError: the counts do not fit, or the boundaries do not rise.

    Example:
        >>> schedule = PiecewiseConstantDecay([10, 20], [0.5, 0.25, 0.125])
        >>> [float(schedule(step)) for step in (10, 11, 21)]
        [0.5, 0.25, 0.125]
    """

    def __init__(self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant") -> None:
        if not boundaries or len(boundaries) != len(values) - 1:
            raise ArgumentError(
                "a piecewise learning rate has one value more than boundaries.",
                where="PiecewiseConstantDecay",
                given=f"{len(boundaries)} boundaries and {len(values)} values",
            )
        if any(low >= high for low, high in itertools.pairwise(boundaries)):
            raise ArgumentError(
                "the boundaries of a piecewise learning rate rise.",
                where="PiecewiseConstantDecay",
                given=f"boundaries={list(boundaries)}",
            )
        self.boundaries, self.values, self.name = boundaries, values, name

    def __call__(self, step: Any) -> Any:
        """Return the learning rate of a step, of shape ()."""
        step = ops.convert_to_tensor(step)
        rate = ops.convert_to_tensor(self.values[-1], dtype=floatx())
        for boundary, value in zip(self.boundaries[::-1], self.values[-2::-1], strict=True):
            rate = ops.where(ops.less_equal(step, boundary), value, rate)
        return rate

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal schedule."""
        return {"boundaries": list(self.boundaries), "values": list(self.values), "name": self.name}


@SCHEDULES.entry()
class InverseTimeDecay(LearningRateSchedule):
    """Learning rate that falls as 1/t.

        lr(step) = initial_learning_rate / (1 + decay_rate · step / decay_steps)

    Args:
        initial_learning_rate: learning rate of step 0.
        decay_steps: the unit of steps, > 0.
        decay_rate: how fast.
        staircase: the quotient is rounded down, so that the rate falls in stairs.
        name: name.

    Raises:
        ArgumentError: decay_steps is not positive.

    Example:
        >>> print(round(float(InverseTimeDecay(0.1, decay_steps=10, decay_rate=1.0)(30)), 6))
        0.025
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        check_steps("decay_steps", decay_steps, "InverseTimeDecay")
        self.initial_learning_rate, self.decay_steps, self.decay_rate = initial_learning_rate, decay_steps, decay_rate
        self.staircase, self.name = staircase, name

    def __call__(self, step: Any) -> Any:
        """Return the learning rate of a step, of shape ()."""
        quotient = ops.cast(step, floatx()) / self.decay_steps
        if self.staircase:
            quotient = ops.floor(quotient)
        return self.initial_learning_rate / (1 + self.decay_rate * quotient)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal schedule."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }


@SCHEDULES.entry()
class PolynomialDecay(LearningRateSchedule):
    """Learning rate that falls to another by a power of the steps that are left.

        lr(step) = (first - last) · (1 - min(step, n) / n) ^ power + last

    With `cycle`, n is the next whole multiple of decay_steps, so that the rate rises again and again.

    Args:
        initial_learning_rate: first, that of step 0.
        decay_steps: n, > 0.
        end_learning_rate: last.
        power: 1 for a straight line.
        cycle: begin anew with a longer n instead of staying at the last rate.
        name: name.

    Raises:
        ArgumentError: decay_steps is not positive.

    Example:
        >>> schedule = PolynomialDecay(0.5, decay_steps=4, end_learning_rate=0.25)
        >>> [float(schedule(step)) for step in (0, 2, 4, 9)]
        [0.5, 0.375, 0.25, 0.25]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        check_steps("decay_steps", decay_steps, "PolynomialDecay")
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.end_learning_rate, self.power, self.cycle, self.name = end_learning_rate, power, cycle, name

    def __call__(self, step: Any) -> Any:
        """Return the learning rate of a step, of shape ()."""
        step = ops.cast(step, floatx())
        if self.cycle:
            rounds = ops.maximum(ops.ceil(step / self.decay_steps), 1.0)
            done = step / (self.decay_steps * rounds)
        else:
            done = ops.minimum(step, self.decay_steps) / self.decay_steps
        span = self.initial_learning_rate - self.end_learning_rate
        return span * ops.power(1 - done, self.power) + self.end_learning_rate

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal schedule."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "end_learning_rate": self.end_learning_rate,
            "power": self.power,
            "cycle": self.cycle,
            "name": self.name,
        }
