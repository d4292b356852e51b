"""Stochastic gradient descent, plain and with momentum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin.base.errors import ArgumentError
from onionskin.optimizers.lookup import OPTIMIZERS
from onionskin.optimizers.optimizer import Optimizer
from onionskin.state import Variable


@OPTIMIZERS.entry("sgd")
class SGD(Optimizer):
    """Stochastic gradient descent.

        w ← w - lr·g

    With momentum β:

        m ← β·m - lr·g
        w ← w + m              (plain)
        w ← w + β·m - lr·g     (Nesterov)

    Args:
        learning_rate: lr, a number, a schedule, or a function of the step number.
        momentum: β, 0 to 1.
        nesterov: look ahead by one momentum step.
        common: the arguments of `Optimizer` that follow its learning rate, in their order.
        arguments: or by name.

    Raises:
        ArgumentError: the momentum is not between 0 and 1, or as in `Optimizer`.

    Example:
        >>> import numpy as np
        >>> weight = Variable([1.0])
        >>> SGD(0.1).apply([np.array([2.0], "float32")], [weight])
        >>> print(weight.numpy())
        [0.8]

    Source: Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum", 2013.
    """

    def __init__(
        self, learning_rate: Any = 0.01, momentum: float = 0.0, nesterov: bool = False, *common: Any, **arguments: Any
    ) -> None:
        super().__init__(learning_rate, *common, **arguments)
        if isinstance(momentum, bool) or not isinstance(momentum, float | int) or not 0 <= momentum <= 1:
            raise ArgumentError("momentum is a share.", where="SGD", expected="0 to 1", given=f"momentum={momentum!r}")
        self.momentum, self.nesterov = float(momentum), nesterov
        self.momentums: list[Variable] = []

    def make_slots(self, variables: Sequence[Variable]) -> None:
        """Make a momentum for each variable, where momentum is used."""
        if self.momentum:
            self.momentums = self.add_optimizer_variables(variables, "momentum")

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable and its momentum."""
        step = learning_rate * gradient
        if not self.momentum:
            self.assign_sub(variable, step)
            return
        m = self.momentums[self._get_variable_index(variable)]
        self.assign(m, self.momentum * m - step)
        self.assign_add(variable, self.momentum * m - step if self.nesterov else m)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer."""
        return {**super().get_config(), "momentum": self.momentum, "nesterov": self.nesterov}
