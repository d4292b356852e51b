"""RMSprop: steps divided by the running root mean square of the gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin import ops
from onionskin.optimizers.lookup import OPTIMIZERS
from onionskin.optimizers.optimizer import Optimizer
from onionskin.state import Variable


@OPTIMIZERS.entry("rmsprop")
class RMSprop(Optimizer):
    """Steps divided by the running root mean square of the gradient.

        v ← ρ·v + (1 - ρ)·g²
        w ← w - lr·g / √(v + ε)

    Centred: a ← ρ·a + (1 - ρ)·g, and v - a² + ε under the root. With momentum β: m ← β·m + lr·g / √(…),
    w ← w - m.

    Args:
        learning_rate: lr, a number, a schedule, or a function of the step number.
        rho: ρ, the weight of the past.
        momentum: β, 0 for none.
        epsilon: ε.
        centered: divide by the estimated deviation instead.
        common: the arguments of `Optimizer` that follow its learning rate, in their order.
        arguments: or by name.

    Raises:
        ArgumentError: as in `Optimizer`.

    Example:
        >>> import numpy as np
        >>> weight = Variable([1.0])
        >>> RMSprop(0.1, rho=0.0).apply([np.array([2.0], "float32")], [weight])
        >>> print(weight.numpy())
        [0.9]

    Source: Tieleman and Hinton, "Lecture 6.5: rmsprop", Neural Networks for Machine Learning, 2012.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        *common: Any,
        **arguments: Any,
    ) -> None:
        super().__init__(learning_rate, *common, **arguments)
        self.rho, self.momentum, self.epsilon, self.centered = rho, momentum, epsilon, centered
        self.velocities: list[Variable] = []
        self.momentums: list[Variable] = []
        self.average_gradients: list[Variable] = []

    def make_slots(self, variables: Sequence[Variable]) -> None:
        """Make a velocity for each variable, and what momentum and centring need."""
        self.velocities = self.add_optimizer_variables(variables, "velocity")
        if self.momentum > 0:
            self.momentums = self.add_optimizer_variables(variables, "momentum")
        if self.centered:
            self.average_gradients = self.add_optimizer_variables(variables, "average_gradient")

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable and its slots."""
        index = self._get_variable_index(variable)
        v, rho = self.velocities[index], self.rho
        self.assign(v, rho * v + (1 - rho) * ops.square(gradient))
        spread = v.value
        if self.centered:
            a = self.average_gradients[index]
            self.assign(a, rho * a + (1 - rho) * gradient)
            spread = spread - ops.square(a)
        step = learning_rate * gradient / ops.sqrt(spread + self.epsilon)
        if self.momentum > 0:
            m = self.momentums[index]
            self.assign(m, self.momentum * m + step)
            step = m
        self.assign_sub(variable, step)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer."""
        own = {"rho": self.rho, "momentum": self.momentum, "epsilon": self.epsilon, "centered": self.centered}
        return {**super().get_config(), **own}
