"""Lamb: Adam's step, scaled to the size of each variable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin import ops
from onionskin.optimizers.lookup import OPTIMIZERS
from onionskin.optimizers.optimizer import Optimizer
from onionskin.state import Variable


@OPTIMIZERS.entry("lamb")
class Lamb(Optimizer):
    """Adam's step, scaled to the size of each variable, for large batches.

        m ← m + (1 - β₁)(g - m)
        v ← v + (1 - β₂)(g² - v)
        d = m / (1 - β₁ᵗ) / (√(v / (1 - β₂ᵗ)) + ε)   at step t = 1, 2, …
        w ← w - lr·d·‖w‖ / ‖d‖,  with 1 for the ratio where a norm is 0

    Args:
        learning_rate: lr, a number, a schedule, or a function of the step number.
        beta_1: β₁, the weight of the past in m.
        beta_2: β₂, the weight of the past in v.
        epsilon: ε.
        common: the arguments of `Optimizer` that follow its learning rate, in their order.
        arguments: or by name.

    Raises:
        ArgumentError: as in `Optimizer`.

    Example:
        >>> import numpy as np
        >>> weight = Variable([3.0, 4.0])
        >>> Lamb(0.1).apply([np.array([2.0, 0.0], "float32")], [weight])
        >>> print(weight.numpy())
        [2.5 4. ]

    Source: You et al., "Large batch optimization for deep learning: training BERT in 76 minutes", 2020.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        *common: Any,
        **arguments: Any,
    ) -> None:
        super().__init__(learning_rate, *common, **arguments)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self.momentums: list[Variable] = []
        self.velocities: list[Variable] = []

    def make_slots(self, variables: Sequence[Variable]) -> None:
        """Make momentum and velocity for each variable."""
        self.momentums, self.velocities = self.add_optimizer_variables(variables, ["momentum", "velocity"])

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable and its slots."""
        index = self._get_variable_index(variable)
        m, v = self.momentums[index], self.velocities[index]
        t = ops.cast(self.iterations + 1, variable.dtype)
        self.assign_add(m, (1 - self.beta_1) * (gradient - m))
        self.assign_add(v, (1 - self.beta_2) * (ops.square(gradient) - v))
        spread = ops.sqrt(v / (1 - ops.power(self.beta_2, t))) + self.epsilon
        step = m / (1 - ops.power(self.beta_1, t)) / spread
        size, length = (ops.sqrt(ops.sum(ops.square(one))) for one in (variable.value, step))
        ratio = ops.where(ops.logical_and(size > 0, length > 0), size / length, 1.0)
        self.assign_sub(variable, ratio * learning_rate * step)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer."""
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
        return {**super().get_config(), **own}
