"""Learning rates that fall with the steps of training: exponentially, or in stairs."""

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
        if not decay_steps > 0:
            raise ArgumentError(
                "decay_steps is a positive number.", where="ExponentialDecay", expected="more than 0", given=decay_steps
            )
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
