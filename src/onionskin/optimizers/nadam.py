"""Nadam: Adam that looks ahead by one momentum step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin import ops
from onionskin.base.config import floatx
from onionskin.optimizers.lookup import OPTIMIZERS
from onionskin.optimizers.optimizer import Optimizer
from onionskin.state import Variable

_DECAY = 0.96  # the momentum's own warm-up, as in the paper


@OPTIMIZERS.entry("nadam")
class Nadam(Optimizer):
    """Adam with Nesterov's momentum, whose weight rises over the first steps.

        μₜ = β₁(1 - 0.96ᵗ / 2),  Π ← Π·μₜ
        m ← m + (1 - β₁)(g - m)
        v ← v + (1 - β₂)(g² - v)
        m̂ = μₜ₊₁·m / (1 - Π·μₜ₊₁) + (1 - μₜ)·g / (1 - Π)
        w ← w - lr·m̂ / (√(v / (1 - β₂ᵗ)) + ε)   at step t = 1, 2, …

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
        >>> weight = Variable([1.0])
        >>> Nadam(0.1).apply([np.array([2.0], "float32")], [weight])
        >>> print(weight.numpy().round(4))
        [0.8937]

    Source: Dozat, "Incorporating Nesterov momentum into Adam", 2016.
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
        self.product: Any = None

    def make_slots(self, variables: Sequence[Variable]) -> None:
        """Make momentum and velocity for each variable, and the product of the momentum's weights for all."""
        self.momentums, self.velocities = self.add_optimizer_variables(variables, ["momentum", "velocity"])
        dtype = variables[0].dtype if variables else floatx()
        self.product = self._own(Variable(1.0, dtype=dtype))  # unnamed in Keras too

    def begin_step(self) -> None:
        """Multiply by this step's weight of the momentum."""
        self.assign(self.product, self.product * self._weight(self.iterations + 1, self.product.dtype))

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable and its slots."""
        index, dtype = self._get_variable_index(variable), variable.dtype
        m, v = self.momentums[index], self.velocities[index]
        now, following = self._weight(self.iterations + 1, dtype), self._weight(self.iterations + 2, dtype)
        product = ops.cast(self.product.value, dtype)
        t = ops.cast(self.iterations + 1, dtype)
        self.assign_add(m, (1 - self.beta_1) * (gradient - m))
        self.assign_add(v, (1 - self.beta_2) * (ops.square(gradient) - v))
        ahead = m * (following / (1 - product * following)) + gradient * ((1 - now) / (1 - product))
        spread = v / (1 - ops.power(self.beta_2, t))
        self.assign_sub(variable, learning_rate * ahead / (ops.sqrt(spread) + self.epsilon))

    def _weight(self, step: Any, dtype: str) -> Any:
        return self.beta_1 * (1 - 0.5 * ops.power(_DECAY, ops.cast(step, dtype)))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer."""
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
        return {**super().get_config(), **own}
