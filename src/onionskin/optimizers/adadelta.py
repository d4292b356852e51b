"""Adadelta: steps in the units of the weights, by the ratio of two running root mean squares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin import ops
from onionskin.optimizers.lookup import OPTIMIZERS
from onionskin.optimizers.optimizer import Optimizer
from onionskin.state import Variable


@OPTIMIZERS.entry("adadelta")
class Adadelta(Optimizer):
    """Steps in the units of the weights: the root mean square of past steps by that of the gradient.

        h ← ρ·h + (1 - ρ)·g²
        d = -g·√(s + ε) / √(h + ε)
        s ← ρ·s + (1 - ρ)·d²
        w ← w + lr·d

    Args:
        learning_rate: lr, a number, a schedule, or a function of the step number; 1 in the paper.
        rho: ρ, the weight of the past.
        epsilon: ε.
        common: the arguments of `Optimizer` that follow its learning rate, in their order.
        arguments: or by name.

    Raises:
        ArgumentError: as in `Optimizer`.

    Example:
        >>> import numpy as np
        >>> weight = Variable([1.0])
        >>> Adadelta(1.0, rho=0.0, epsilon=1.0).apply([np.array([2.0], "float32")], [weight])
        >>> print(weight.numpy().round(4))
        [0.1056]

    Source: Zeiler, "ADADELTA: an adaptive learning rate method", 2012.
    """

    def __init__(
        self, learning_rate: Any = 0.001, rho: float = 0.95, epsilon: float = 1e-7, *common: Any, **arguments: Any
    ) -> None:
        super().__init__(learning_rate, *common, **arguments)
        self.rho, self.epsilon = rho, epsilon
        self.accumulated_grads: list[Variable] = []
        self.accumulated_delta_vars: list[Variable] = []

    def make_slots(self, variables: Sequence[Variable]) -> None:
        """Make the running squares of gradient and step for each variable."""
        self.accumulated_grads, self.accumulated_delta_vars = self.add_optimizer_variables(
            variables, ["accumulated_grad", "accumulated_delta_var"]
        )

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable and its slots."""
        index, rho = self._get_variable_index(variable), self.rho
        h, s = self.accumulated_grads[index], self.accumulated_delta_vars[index]
        self.assign(h, rho * h + (1 - rho) * ops.square(gradient))
        step = -gradient * ops.sqrt(s + self.epsilon) / ops.sqrt(h + self.epsilon)
        self.assign(s, rho * s + (1 - rho) * ops.square(step))
        self.assign_add(variable, learning_rate * step)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer."""
        return {**super().get_config(), "rho": self.rho, "epsilon": self.epsilon}
