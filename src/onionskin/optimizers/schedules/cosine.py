"""Learning rates that fall along a cosine: once, after a warm-up, or again and again."""

from __future__ import annotations

import math
from typing import Any

from onionskin import ops
from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError
from onionskin.optimizers.schedules.decay import LearningRateSchedule, check_steps
from onionskin.optimizers.schedules.lookup import SCHEDULES


@SCHEDULES.entry()
class CosineDecay(LearningRateSchedule):
    """Learning rate that falls along half a cosine, after a linear warm-up where one is asked for.

        lr(step) = top · ((1 - alpha) · (1 + cos(π·done)) / 2 + alpha),  done = min(step - warmup_steps, n) / n
        lr(step) = first + (top - first) · step / warmup_steps           while step < warmup_steps

    Args:
        initial_learning_rate: first, that of step 0.
        decay_steps: n, > 0.
        alpha: share of the top that is left at the end.
        name: name.
        warmup_target: top; None for no warm-up, so that top is first.
        warmup_steps: steps of the warm-up.

    Raises:
        ArgumentError: decay_steps is not positive, or there is a target and no steps to it.

    Example:
        >>> schedule = CosineDecay(0.0, decay_steps=4, warmup_target=0.5, warmup_steps=2)
        >>> [round(float(schedule(step)), 6) for step in (0, 1, 2, 4, 6)]
        [0.0, 0.25, 0.5, 0.25, 0.0]

    Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: float = 0,
    ) -> None:
        check_steps("decay_steps", decay_steps, "CosineDecay")
        if warmup_steps < 0:
            raise ArgumentError("warmup_steps is a number of steps.", where="CosineDecay", expected="0 or more",
                                given=warmup_steps)  # fmt: skip
        self.initial_learning_rate, self.decay_steps, self.alpha, self.name = (
            initial_learning_rate, decay_steps, alpha, name
        )  # fmt: skip
        self.warmup_target, self.warmup_steps = warmup_target, warmup_steps

    def __call__(self, step: Any) -> Any:
        """Return the learning rate of a step, of shape ()."""
        step = ops.cast(step, floatx())
        first, top = self.initial_learning_rate, self.warmup_target
        if top is None:
            return first * self._share(ops.minimum(step, self.decay_steps))
        warm = self.warmup_steps
        fallen = top * self._share(ops.minimum(step, self.decay_steps + warm) - warm)
        if not warm:
            return fallen
        return ops.where(step < warm, (top - first) * (step / warm) + first, fallen)

    def _share(self, done: Any) -> Any:
        return (1 - self.alpha) * 0.5 * (1 + ops.cos(math.pi * (done / self.decay_steps))) + self.alpha

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal schedule."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "alpha": self.alpha,
            "name": self.name,
            "warmup_target": self.warmup_target,
            "warmup_steps": self.warmup_steps,
        }


@SCHEDULES.entry()
class CosineDecayRestarts(LearningRateSchedule):
    """Learning rate that falls along half a cosine again and again, each period longer and lower than the last.

        lr(step) = first · ((1 - alpha) · m_mul^i · (1 + cos(π·done)) / 2 + alpha)

    Args:
        initial_learning_rate: first, that of step 0.
        first_decay_steps: steps of the first period, > 0.
        t_mul: how many times longer each period is than the one before.
        m_mul: how many times higher it begins.
        alpha: share of the first rate that is left at the end of a period.
        name: name.

    Raises:
        ArgumentError: first_decay_steps is not positive.

    Example:
        >>> schedule = CosineDecayRestarts(0.5, first_decay_steps=2, t_mul=2.0)
        >>> [round(float(schedule(step)), 6) for step in (0, 1, 2, 4)]
        [0.5, 0.25, 0.5, 0.25]

    Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: float,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        check_steps("first_decay_steps", first_decay_steps, "CosineDecayRestarts")
        self.initial_learning_rate, self.first_decay_steps = initial_learning_rate, first_decay_steps
        self.t_mul, self.m_mul, self.alpha, self.name = t_mul, m_mul, alpha, name

    def __call__(self, step: Any) -> Any:
        """Return the learning rate of a step, of shape ()."""
        done, t = ops.cast(step, floatx()) / self.first_decay_steps, self.t_mul
        if t == 1:
            period = ops.floor(done)
            done = done - period
        else:  # period i begins at (1 - tⁱ) / (1 - t) and is tⁱ long
            period = ops.floor(ops.log(1 - done * (1 - t)) / math.log(t))
            length = ops.power(t, period)
            done = (done - (1 - length) / (1 - t)) / length
        top = ops.power(self.m_mul, period)
        share = (1 - self.alpha) * 0.5 * top * (1 + ops.cos(math.pi * done)) + self.alpha
        return self.initial_learning_rate * share

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal schedule."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "first_decay_steps": self.first_decay_steps,
            "t_mul": self.t_mul,
            "m_mul": self.m_mul,
            "alpha": self.alpha,
            "name": self.name,
        }
