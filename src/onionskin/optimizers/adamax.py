"""Adamax: Adam with the largest past gradient in place of the root mean square."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin import ops
from onionskin.optimizers.lookup import OPTIMIZERS
from onionskin.optimizers.optimizer import Optimizer
from onionskin.state import Variable


@OPTIMIZERS.entry("adamax")
class Adamax(Optimizer):
    """Adam by the infinity norm: steps divided by the largest past gradient, which fades.

        m ← m + (1 - β₁)(g - m)
        u ← max(β₂·u, |g|)
        w ← w - lr / (1 - β₁ᵗ) · m / (u + ε)   at step t = 1, 2, …

    Args:
        learning_rate: lr, a number, a schedule, or a function of the step number.
        beta_1: β₁, the weight of the past in m.
        beta_2: β₂, how slowly u fades.
        epsilon: ε.
        common: the arguments of `Optimizer` that follow its learning rate, in their order.
        arguments: or by name.

    Raises:
        ArgumentError: as in `Optimizer`.

    Example:
        >>> import numpy as np
        >>> weight = Variable([1.0])
        >>> Adamax(0.1).apply([np.array([2.0], "float32")], [weight])
        >>> print(weight.numpy().round(5))
        [0.9]

    Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2015, section 7.1.
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
        self.norms: list[Variable] = []

    def make_slots(self, variables: Sequence[Variable]) -> None:
        """Make momentum and norm for each variable."""
        self.momentums, self.norms = self.add_optimizer_variables(variables, ["momentum", "norm"])

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable and its slots."""
        index = self._get_variable_index(variable)
        m, u = self.momentums[index], self.norms[index]
        t = ops.cast(self.iterations + 1, variable.dtype)
        self.assign_add(m, (1 - self.beta_1) * (gradient - m))
        self.assign(u, ops.maximum(self.beta_2 * u, ops.abs(gradient)))
        self.assign_sub(variable, learning_rate / (1 - ops.power(self.beta_1, t)) * m / (u + self.epsilon))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer."""
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
        return {**super().get_config(), **own}
