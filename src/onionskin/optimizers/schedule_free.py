"""ScheduleFreeAdamW: AdamW whose weights are averages, so that no schedule of the learning rate is needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin import ops
from onionskin.optimizers.lookup import OPTIMIZERS
from onionskin.optimizers.optimizer import Optimizer
from onionskin.state import Variable


@OPTIMIZERS.entry("schedulefreeadamw")
class ScheduleFreeAdamW(Optimizer):
    """AdamW without a schedule: gradients are taken between the fast weights z and their mean x.

        v ← v + (1 - β₂)(g² - v)
        x = (w - (1 - β₁)·z) / β₁
        z ← z - lr·g / (√(v / (1 - β₂ᵗ)) + ε)
        x ← (1 - 1/t)·x + z / t
        w ← (1 - β₁)·z + β₁·x   at step t = 1, 2, …

    Args:
        learning_rate: lr, a number, a schedule, or a function of the step number; larger than Adam's.
        beta_1: β₁, how near the weights are to the mean; more than 0.
        beta_2: β₂, the weight of the past in v.
        epsilon: ε.
        warmup_steps: steps over which lr rises from 0.
        common: the arguments of `Optimizer` that follow its learning rate, in their order.
        arguments: or by name.

    Raises:
        ArgumentError: as in `Optimizer`.

    Example:
        >>> import numpy as np
        >>> weight = Variable([1.0])
        >>> ScheduleFreeAdamW(0.1).apply([np.array([2.0], "float32")], [weight])
        >>> print(weight.numpy().round(5))
        [0.9]

    Source: Defazio et al., "The road less scheduled", 2024.
    """

    def __init__(
        self,
        learning_rate: Any = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
        *common: Any,
        **arguments: Any,
    ) -> None:
        super().__init__(learning_rate, *common, **arguments)
        self.beta_1, self.beta_2, self.epsilon, self.warmup_steps = beta_1, beta_2, epsilon, warmup_steps
        self.momentums: list[Variable] = []
        self.velocities: list[Variable] = []

    def make_slots(self, variables: Sequence[Variable]) -> None:
        """Make fast weights, which begin as the variable, and velocity for each variable."""
        for variable in variables:
            start = variable.numpy()
            self.momentums.append(self.add_variable_from_reference(variable, "momentum", lambda *_, start=start: start))
            self.velocities.append(self.add_variable_from_reference(variable, "velocity"))

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable and its slots."""
        index, near = self._get_variable_index(variable), self.beta_1
        z, v = self.momentums[index], self.velocities[index]
        t = ops.cast(self.iterations + 1, variable.dtype)
        if self.warmup_steps > 0:
            learning_rate = learning_rate * ops.minimum(t / self.warmup_steps, 1.0)
        mean = (variable - (1 - near) * z) / near
        self.assign_add(v, (1 - self.beta_2) * (ops.square(gradient) - v))
        spread = ops.sqrt(v / (1 - ops.power(self.beta_2, t))) + self.epsilon
        self.assign_sub(z, learning_rate * gradient / spread)
        mean = (1 - 1 / t) * mean + z / t
        self.assign(variable, (1 - near) * z + near * mean)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer."""
        own = {
            "beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon, "warmup_steps": self.warmup_steps
        }  # fmt: skip
        return {**super().get_config(), **own}
