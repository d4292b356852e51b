"""The rules of the solvers "sgd" and "adam": as part of a compiled step, and as the numbers that an estimator keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin import ops
from onionskin.state import Variable


class SGDRule:
    """Gradient descent with momentum, within a step: v ← μv − ηg; w ← w + v, or w + μv − ηg with Nesterov's.

    Args:
        trained: the variables that it changes.
        dtype: of the weights.
        nesterov: whether the step looks ahead.
    """

    def __init__(self, trained: Sequence[Variable], dtype: str, nesterov: bool = False) -> None:
        self.trained, self.nesterov = trained, nesterov
        self.rate, self.momentum = _number("learning_rate", dtype), _number("momentum", dtype)
        self.velocities = _zeros(trained, "velocity")

    def apply(self, slopes: Sequence[Any]) -> None:
        """Assign the new weights and velocities."""
        for weight, slope, velocity in zip(self.trained, slopes, self.velocities, strict=True):
            downhill = self.rate.value * slope
            new = self.momentum.value * velocity.value - downhill
            velocity.assign(new)
            weight.assign_add(self.momentum.value * new - downhill if self.nesterov else new)


class AdamRule:
    """Adam, within a step: w ← w − η·√(1−β₂ᵗ)/(1−β₁ᵗ)·m/(√v + ε), where m and v are running means of g and g².

    Source: Kingma and Ba, "Adam: A method for stochastic optimization" (2014), the last form of section 2.

    Args:
        trained: the variables that it changes.
        dtype: of the weights.
    """

    def __init__(self, trained: Sequence[Variable], dtype: str) -> None:
        self.trained, self.dtype = trained, dtype
        # 1 − β₂ᵗ of the first steps needs more digits than float32 has.
        self.rate, self.beta_1, self.beta_2, self.t = (
            _number(name, "float64") for name in ("learning_rate", "beta_1", "beta_2", "t")
        )
        self.epsilon = _number("epsilon", dtype)
        self.ms, self.vs = _zeros(trained, "m"), _zeros(trained, "v")

    def apply(self, slopes: Sequence[Any]) -> None:
        """Assign the new weights, moments and the count of steps."""
        t = self.t.value + 1.0
        self.t.assign(t)
        beta_1, beta_2 = self.beta_1.value, self.beta_2.value
        rate = self.rate.value * ops.sqrt(1.0 - ops.power(beta_2, t)) / (1.0 - ops.power(beta_1, t))
        scalars = [ops.cast(one, self.dtype) for one in (rate, beta_1, 1.0 - beta_1, beta_2, 1.0 - beta_2)]
        rate, keep_1, take_1, keep_2, take_2 = scalars
        for weight, slope, m, v in zip(self.trained, slopes, self.ms, self.vs, strict=True):
            first = keep_1 * m.value + take_1 * slope
            second = keep_2 * v.value + take_2 * ops.square(slope)
            m.assign(first)
            v.assign(second)
            weight.assign_sub(rate * first / (ops.sqrt(second) + self.epsilon.value))


def _nesterov(trained: Sequence[Variable], dtype: str) -> SGDRule:
    return SGDRule(trained, dtype, nesterov=True)


RULES: dict[str, Any] = {"sgd": SGDRule, "nesterov": _nesterov, "adam": AdamRule}


class SGDState:
    """What an estimator keeps of gradient descent between its fits.

    Args:
        shapes: arrays of the shapes and dtype of the weights.
        learning_rate_init: rate to begin with.
        schedule: "constant", "invscaling" or "adaptive".
        momentum: share of the velocity that is kept.
        nesterov: whether steps look ahead.
        power_t: exponent of "invscaling".
    """

    def __init__(
        self,
        shapes: Sequence[np.ndarray],
        learning_rate_init: float,
        schedule: str,
        momentum: float,
        nesterov: bool,
        power_t: float,
    ) -> None:
        self.learning_rate_init, self.learning_rate = learning_rate_init, float(learning_rate_init)
        self.lr_schedule, self.momentum, self.nesterov, self.power_t = schedule, momentum, nesterov, power_t
        self.velocities = [np.zeros_like(one) for one in shapes]

    @property
    def rule(self) -> str:
        """The key of its rule in `RULES`."""
        return "nesterov" if self.nesterov else "sgd"

    @property
    def changes_each_epoch(self) -> bool:
        """Whether the rate does."""
        return self.lr_schedule == "invscaling"

    def numbers(self, rule: SGDRule) -> dict[Any, Any]:
        """Return the numbers of the rule's variables."""
        numbers = {rule.rate: self.learning_rate, rule.momentum: self.momentum}
        return {**_cast(numbers), **dict(zip(rule.velocities, self.velocities, strict=True))}

    def take(self, rule: SGDRule, values: dict[Any, Any]) -> None:
        """Take over the numbers after some steps."""
        self.velocities = [values[one] for one in rule.velocities]

    def end_epoch(self, seen: int) -> bool:
        """Set the rate for the next epoch, after so many samples seen; tells whether it has changed."""
        if not self.changes_each_epoch:
            return False
        self.learning_rate = float(self.learning_rate_init) / (seen + 1) ** self.power_t
        return True

    def stops(self, reason: str, verbose: Any) -> bool:
        """Tell whether training without progress ends; "adaptive" goes on with a fifth of the rate."""
        ends, then = True, "Stopping."
        if self.lr_schedule == "adaptive":
            ends = self.learning_rate <= 1e-6
            if ends:
                then = "Learning rate too small. Stopping."
            else:
                self.learning_rate /= 5.0
                then = f"Setting learning rate to {self.learning_rate:f}"
        if verbose:
            print(f"{reason} {then}")
        return ends


class AdamState:
    """What an estimator keeps of Adam between its fits.

    Args:
        shapes: arrays of the shapes and dtype of the weights.
        learning_rate_init: step size.
        beta_1: share of the running mean of gradients that is kept.
        beta_2: likewise, of their squares.
        epsilon: added to the root, so that nothing is divided by 0.
    """

    def __init__(
        self,
        shapes: Sequence[np.ndarray],
        learning_rate_init: float,
        beta_1: float,
        beta_2: float,
        epsilon: float,
    ) -> None:
        self.learning_rate_init, self.learning_rate = learning_rate_init, float(learning_rate_init)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self.t = 0
        self.ms, self.vs = ([np.zeros_like(one) for one in shapes] for _ in range(2))

    rule, changes_each_epoch = "adam", False

    def numbers(self, rule: AdamRule) -> dict[Any, Any]:
        """Return the numbers of the rule's variables."""
        numbers = {rule.rate: self.learning_rate_init, rule.beta_1: self.beta_1, rule.beta_2: self.beta_2}
        numbers.update({rule.epsilon: self.epsilon, rule.t: self.t})
        slots = zip((*rule.ms, *rule.vs), (*self.ms, *self.vs), strict=True)
        return {**_cast(numbers), **dict(slots)}

    def take(self, rule: AdamRule, values: dict[Any, Any]) -> None:
        """Take over the numbers after some steps."""
        self.t = int(values[rule.t])
        self.ms, self.vs = [values[one] for one in rule.ms], [values[one] for one in rule.vs]
        if self.t:
            self.learning_rate = (
                self.learning_rate_init * float(np.sqrt(1 - self.beta_2**self.t)) / (1 - self.beta_1**self.t)
            )

    def end_epoch(self, seen: int) -> bool:
        """Leave the rate as it is."""
        return False

    def stops(self, reason: str, verbose: Any) -> bool:
        """End training without progress."""
        if verbose:
            print(f"{reason} Stopping.")
        return True


def _number(name: str, dtype: str) -> Variable:
    return Variable(np.zeros((), dtype), trainable=False, name=name)


def _zeros(trained: Sequence[Variable], name: str) -> list[Variable]:
    return [Variable(np.zeros(one.shape, one.dtype), trainable=False, name=f"{one.name}_{name}") for one in trained]


def _cast(numbers: dict[Variable, float]) -> dict[Any, Any]:
    return {variable: np.array(number, variable.dtype) for variable, number in numbers.items()}
