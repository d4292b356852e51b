"""Ftrl: follow the regularized leader, which keeps weights at exactly 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base.errors import ArgumentError
from onionskin.optimizers.lookup import OPTIMIZERS
from onionskin.optimizers.optimizer import Optimizer
from onionskin.state import Variable


@OPTIMIZERS.entry("ftrl")
class Ftrl(Optimizer):
    """Follow the regularized leader: each weight is the minimum of all past losses' slopes and its penalties.

        n' = n + g²,  σ = (n'⁻ᵖ - n⁻ᵖ) / lr,  z ← z + g + 2·λ₃·w - σ·w
        w ← (clip(z, -λ₁, λ₁) - z) / (n'⁻ᵖ / lr + 2·(λ₂ + β / (2·lr))),  n ← n'

    Args:
        learning_rate: lr, a number, a schedule, or a function of the step number.
        learning_rate_power: p, 0 or less; -0.5 divides by the root of the sum of squares.
        initial_accumulator_value: n at the start, 0 or more.
        l1_regularization_strength: λ₁, 0 or more: makes weights exactly 0.
        l2_regularization_strength: λ₂, 0 or more.
        l2_shrinkage_regularization_strength: λ₃, 0 or more.
        beta: β.
        common: the arguments of `Optimizer` that follow its learning rate, in their order.
        arguments: or by name.

    Raises:
        ArgumentError: an argument is out of range, or as in `Optimizer`.

    Example:
        >>> weight = Variable([1.0])
        >>> Ftrl(0.1, l1_regularization_strength=50.0).apply([np.array([2.0], "float32")], [weight])
        >>> print(weight.numpy())
        [0.]

    Source: McMahan et al., "Ad click prediction: a view from the trenches", 2013.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        *common: Any,
        **arguments: Any,
    ) -> None:
        super().__init__(learning_rate, *common, **arguments)
        self.own = {
            "learning_rate_power": learning_rate_power,
            "initial_accumulator_value": initial_accumulator_value,
            "l1_regularization_strength": l1_regularization_strength,
            "l2_regularization_strength": l2_regularization_strength,
            "l2_shrinkage_regularization_strength": l2_shrinkage_regularization_strength,
            "beta": beta,
        }
        for name, value in self.own.items():
            wrong = value > 0 if name == "learning_rate_power" else value < 0 and name != "beta"
            if wrong:
                expected = "0 or less" if name == "learning_rate_power" else "0 or more"
                raise ArgumentError(f"{name} is out of range.", where=type(self).__name__, expected=expected,
                                    given=value)  # fmt: skip
            setattr(self, name, value)
        self.accumulators: list[Variable] = []
        self.linears: list[Variable] = []

    def make_slots(self, variables: Sequence[Variable]) -> None:
        """Make the sum of squares and the sum of slopes for each variable."""
        start = self.own["initial_accumulator_value"]
        self.accumulators, self.linears = self.add_optimizer_variables(
            variables, ["accumulator", "linear"], [lambda shape, dtype: np.full(shape, start, dtype), "zeros"]
        )

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable and its slots."""
        index, own = self._get_variable_index(variable), self.own
        n, z = self.accumulators[index], self.linears[index]
        power, shrinkage = -own["learning_rate_power"], own["l2_shrinkage_regularization_strength"]
        l1, l2 = own["l1_regularization_strength"], own["l2_regularization_strength"]
        total = n + ops.square(gradient)
        root = ops.power(total, power)
        slope = gradient + 2 * shrinkage * variable if shrinkage else gradient
        self.assign_add(z, slope - (root - ops.power(n, power)) / learning_rate * variable)
        curve = root / learning_rate + 2 * (l2 + own["beta"] / (2 * learning_rate))
        self.assign(variable, (ops.clip(z, -l1, l1) - z) / curve)
        self.assign(n, total)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer."""
        return {**super().get_config(), **self.own}
