"""Lion: steps of one size, by the sign of momentum and gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin import ops
from onionskin.base.errors import ArgumentError
from onionskin.optimizers.lookup import OPTIMIZERS
from onionskin.optimizers.optimizer import Optimizer
from onionskin.state import Variable


@OPTIMIZERS.entry("lion")
class Lion(Optimizer):
    """Steps of one size in the direction that momentum and gradient agree on.

        w ← w - lr·sign(β₁·m + (1 - β₁)·g)
        m ← β₂·m + (1 - β₂)·g

    Args:
        learning_rate: lr, a number, a schedule, or a function of the step number; smaller than Adam's.
        beta_1: β₁, more than 0 and at most 1.
        beta_2: β₂.
        common: the arguments of `Optimizer` that follow its learning rate, in their order.
        arguments: or by name.

    Raises:
        ArgumentError: beta_1 is out of range, or as in `Optimizer`.

    Example:
        >>> import numpy as np
        >>> weight = Variable([1.0])
        >>> Lion(0.25).apply([np.array([2.0], "float32")], [weight])
        >>> print(weight.numpy())
        [0.75]

    Source: Chen et al., "Symbolic discovery of optimization algorithms", 2023.
    """

    def __init__(
        self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.99, *common: Any, **arguments: Any
    ) -> None:
        super().__init__(learning_rate, *common, **arguments)
        if not 0 < beta_1 <= 1:
            raise ArgumentError(
                "beta_1 is a share, and not 0.", where=type(self).__name__, expected="more than 0, at most 1",
                given=beta_1, fix="with 0 the momentum would do nothing",
            )  # fmt: skip
        self.beta_1, self.beta_2 = beta_1, beta_2
        self.momentums: list[Variable] = []

    def make_slots(self, variables: Sequence[Variable]) -> None:
        """Make a momentum for each variable."""
        self.momentums = self.add_optimizer_variables(variables, "momentum")

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable and its momentum."""
        m = self.momentums[self._get_variable_index(variable)]
        self.assign_sub(variable, learning_rate * ops.sign(m * self.beta_1 + gradient * (1 - self.beta_1)))
        self.assign(m, m * self.beta_2 + gradient * (1 - self.beta_2))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer."""
        return {**super().get_config(), "beta_1": self.beta_1, "beta_2": self.beta_2}
