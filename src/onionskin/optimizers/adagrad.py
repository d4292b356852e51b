"""Adagrad: steps divided by the root of the sum of all squared gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin import ops
from onionskin.optimizers.lookup import OPTIMIZERS
from onionskin.optimizers.optimizer import Optimizer
from onionskin.state import Variable


@OPTIMIZERS.entry("adagrad")
class Adagrad(Optimizer):
    """Steps divided by the root of the sum of all squared gradients.

        h ← h + g²
        w ← w - lr·g / √(h + ε)

    Args:
        learning_rate: lr, a number, a schedule, or a function of the step number.
        initial_accumulator_value: h at the start.
        epsilon: ε.
        common: the arguments of `Optimizer` that follow its learning rate, in their order.
        arguments: or by name.

    Raises:
        ArgumentError: as in `Optimizer`.

    Example:
        >>> weight = Variable([1.0])
        >>> Adagrad(0.1, initial_accumulator_value=0.0).apply([np.array([2.0], "float32")], [weight])
        >>> print(weight.numpy())
        [0.9]

    Source: Duchi, Hazan, Singer, "Adaptive subgradient methods", JMLR 12, 2011.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        *common: Any,
        **arguments: Any,
    ) -> None:
        super().__init__(learning_rate, *common, **arguments)
        self.initial_accumulator_value, self.epsilon = initial_accumulator_value, epsilon
        self.accumulators: list[Variable] = []

    def make_slots(self, variables: Sequence[Variable]) -> None:
        """Make a sum of squares for each variable."""
        start = self.initial_accumulator_value
        self.accumulators = self.add_optimizer_variables(
            variables, "accumulator", lambda shape, dtype: np.full(shape, start, dtype)
        )

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable and its sum of squares."""
        h = self.accumulators[self._get_variable_index(variable)]
        self.assign_add(h, ops.square(gradient))
        self.assign_sub(variable, learning_rate * gradient / ops.sqrt(h + self.epsilon))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer."""
        own = {"initial_accumulator_value": self.initial_accumulator_value, "epsilon": self.epsilon}
        return {**super().get_config(), **own}
