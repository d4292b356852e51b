"""Adam: momentum, and steps divided by the running root mean square of the gradient, both freed of their start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin import ops
from onionskin.optimizers.lookup import OPTIMIZERS
from onionskin.optimizers.optimizer import Optimizer
from onionskin.state import Variable


@OPTIMIZERS.entry("adam")
class Adam(Optimizer):
    """Momentum and scaled steps, both corrected for starting at 0.

        m ← m + (1 - β₁)(g - m)
        v ← v + (1 - β₂)(g² - v)
        w ← w - α·m / (√v + ε),  α = lr·√(1 - β₂ᵗ) / (1 - β₁ᵗ) at step t = 1, 2, …

    AMSGrad: v̂ ← max(v̂, v) under the root.

    Args:
        learning_rate: lr, a number, a schedule, or a function of the step number.
        beta_1: β₁, the weight of the past in m.
        beta_2: β₂, the weight of the past in v.
        epsilon: ε.
        amsgrad: never let the divisor fall.
        common: the arguments of `Optimizer` that follow its learning rate, in their order.
        arguments: or by name.

    Raises:
        ArgumentError: as in `Optimizer`.

    Example:
        >>> import numpy as np
        >>> weight = Variable([1.0])
        >>> Adam(0.1).apply([np.array([2.0], "float32")], [weight])
        >>> print(weight.numpy().round(5))
        [0.9]

    Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2015, the form before section 2.1.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        *common: Any,
        **arguments: Any,
    ) -> None:
        super().__init__(learning_rate, *common, **arguments)
        self.beta_1, self.beta_2, self.epsilon, self.amsgrad = beta_1, beta_2, epsilon, amsgrad
        self.momentums: list[Variable] = []
        self.velocities: list[Variable] = []
        self.velocity_hats: list[Variable] = []

    def make_slots(self, variables: Sequence[Variable]) -> None:
        """Make momentum and velocity for each variable, and the largest velocity for AMSGrad."""
        self.momentums, self.velocities = self.add_optimizer_variables(variables, ["momentum", "velocity"])
        if self.amsgrad:
            self.velocity_hats = self.add_optimizer_variables(variables, "velocity_hat")

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable and its slots."""
        index = self._get_variable_index(variable)
        m, v = self.momentums[index], self.velocities[index]
        t = ops.cast(self.iterations + 1, variable.dtype)
        alpha = learning_rate * ops.sqrt(1 - ops.power(self.beta_2, t)) / (1 - ops.power(self.beta_1, t))
        self.assign_add(m, (1 - self.beta_1) * (gradient - m))
        self.assign_add(v, (1 - self.beta_2) * (ops.square(gradient) - v))
        if self.amsgrad:
            v_hat = self.velocity_hats[index]
            self.assign(v_hat, ops.maximum(v_hat, v))
            v = v_hat
        self.assign_sub(variable, alpha * m / (ops.sqrt(v) + self.epsilon))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer."""
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon, "amsgrad": self.amsgrad}
        return {**super().get_config(), **own}
