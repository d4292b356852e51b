"""Adafactor: running squares of a matrix kept as one number for each row and each column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin import ops
from onionskin.optimizers.lookup import OPTIMIZERS
from onionskin.optimizers.optimizer import Optimizer
from onionskin.state import Variable


@OPTIMIZERS.entry("adafactor")
class Adafactor(Optimizer):
    """Steps divided by the root of running squares, which a matrix keeps by rows and columns only.

        β = 1 - tᵖ,  ρ = min(lr, 1/√t),  α = max(ε₂, rms(w))·ρ   at step t = 1, 2, …
        r ← β·r + (1 - β)·mean of (g² + ε₁) along rows,  c ← likewise along columns
        v ← r·c / mean(r)      (of vectors: v ← β·v + (1 - β)·(g² + ε₁))
        u = g / √v
        w ← w - α·u / max(1, rms(u) / d)

    Args:
        learning_rate: lr, a number, a schedule, or a function of the step number.
        beta_2_decay: p, less than 0.
        epsilon_1: ε₁.
        epsilon_2: ε₂.
        clip_threshold: d.
        relative_step: whether a rate that is a number falls as 1/√t where that is less.
        common: the arguments of `Optimizer` that follow its learning rate, in their order.
        arguments: or by name.

    Raises:
        ArgumentError: as in `Optimizer`.

    Example:
        >>> import numpy as np
        >>> weight = Variable([1.0, -1.0])
        >>> Adafactor(0.5).apply([np.array([2.0, 2.0], "float32")], [weight])
        >>> print(weight.numpy())
        [ 0.5 -1.5]

    Source: Shazeer and Stern, "Adafactor: adaptive learning rates with sublinear memory cost", 2018.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        *common: Any,
        **arguments: Any,
    ) -> None:
        super().__init__(learning_rate, *common, **arguments)
        self.beta_2_decay, self.epsilon_1, self.epsilon_2 = beta_2_decay, epsilon_1, epsilon_2
        self.clip_threshold, self.relative_step = clip_threshold, relative_step
        self.rows: list[Variable] = []
        self.columns: list[Variable] = []
        self.velocities: list[Variable] = []

    def make_slots(self, variables: Sequence[Variable]) -> None:
        """Make the running squares of rows, columns and the whole for each variable."""
        for variable in variables:
            shape, dtype, name = variable.shape, variable.dtype, variable.name
            if len(shape) < 2:  # nothing to factor: Keras's files have two unused numbers here
                self.rows.append(self._own(Variable(0, name=name, trainable=False)))
                self.columns.append(self._own(Variable(0, name=name, trainable=False)))
            else:
                self.rows.append(self.add_variable(shape[:-1], dtype=dtype, name=name))
                self.columns.append(self.add_variable((*shape[:-2], shape[-1]), dtype=dtype, name=name))
            self.velocities.append(self.add_variable_from_reference(variable, "velocity"))

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable and its slots."""
        index = self._get_variable_index(variable)
        r, c, v = self.rows[index], self.columns[index], self.velocities[index]
        t = ops.cast(self.iterations + 1, variable.dtype)
        # Keras's `relative_step` changes nothing beyond this minimum, which holds without it too
        rate = ops.maximum(self.epsilon_2, _rms(variable.value)) * ops.minimum(learning_rate, 1 / ops.sqrt(t))
        squares = ops.square(gradient) + self.epsilon_1
        past = 1 - ops.power(t, self.beta_2_decay)
        if variable.ndim >= 2:
            self.assign(r, past * r + (1 - past) * ops.mean(squares, axis=-1))
            self.assign(c, past * c + (1 - past) * ops.mean(squares, axis=-2))
            share = r / ops.mean(r.value, axis=-1, keepdims=True)
            self.assign(v, ops.expand_dims(share, -1) * ops.expand_dims(c.value, -2))
        else:
            self.assign(v, past * v + (1 - past) * squares)
        step = gradient / ops.sqrt(v.value)
        self.assign_sub(variable, rate * step / ops.maximum(1.0, _rms(step) / self.clip_threshold))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer."""
        own = {
            "beta_2_decay": self.beta_2_decay,
            "epsilon_1": self.epsilon_1,
            "epsilon_2": self.epsilon_2,
            "clip_threshold": self.clip_threshold,
            "relative_step": self.relative_step,
        }
        return {**super().get_config(), **own}


def _rms(x: Any) -> Any:
    """Return √(mean of x²)."""
    return ops.sqrt(ops.mean(ops.square(x)))
