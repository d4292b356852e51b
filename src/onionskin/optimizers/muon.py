"""Muon: momentum of a matrix made orthogonal; everything else by AdamW."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from onionskin import ops
from onionskin.optimizers.lookup import OPTIMIZERS
from onionskin.optimizers.optimizer import Optimizer
from onionskin.state import Variable


@OPTIMIZERS.entry("muon")
class Muon(Optimizer):
    """Momentum of a matrix, made orthogonal by Newton-Schulz iterations; everything else by AdamW.

        m ← β·m + g,  x = g + β·m (m where not Nesterov),  x ← x / (‖x‖ + 1e-7)
        x ← a·x + (b·A + c·A²)·x with A = x·xᵀ, `ns_steps` times
        w ← w - lr·x·√max(rows, columns)·rms_rate

    AdamW changes variables that are not of two axes, those of embeddings, and those whose path matches one of
    `exclude_layers`; the output layer should be among these.

    Args:
        learning_rate: lr, a number, a schedule, or a function of the step number.
        adam_beta_1: AdamW's weight of the past in the momentum.
        adam_beta_2: AdamW's weight of the past in the squares.
        adam_weight_decay: AdamW's weight decay; None for none.
        epsilon: AdamW's.
        weight_decay: that of the matrices; None for none.
        clipnorm: as in `Optimizer`.
        clipvalue: as in `Optimizer`.
        global_clipnorm: as in `Optimizer`.
        use_ema: as in `Optimizer`.
        ema_momentum: as in `Optimizer`.
        ema_overwrite_frequency: as in `Optimizer`.
        loss_scale_factor: as in `Optimizer`.
        gradient_accumulation_steps: as in `Optimizer`.
        name: as in `Optimizer`.
        exclude_layers: regular expressions; a variable in whose path one is found goes by AdamW.
        exclude_embeddings: likewise a variable with "embedding" in its path.
        muon_a: a.
        muon_b: b.
        muon_c: c.
        adam_lr_ratio: AdamW's learning rate by lr.
        momentum: β.
        ns_steps: number of iterations.
        nesterov: look ahead by one momentum step.
        rms_rate: brings the step to the size of AdamW's; None leaves the last factors out.
        arguments: none other is known.

    Raises:
        ArgumentError: as in `Optimizer`.

    Example:
        >>> import numpy as np
        >>> weight = Variable(np.eye(2, dtype="float32"), name="kernel")
        >>> Muon(0.1, weight_decay=None).apply([np.eye(2, dtype="float32")], [weight])
        >>> print(weight.numpy().round(2))
        [[0.97 0.  ]
         [0.   0.97]]

    Source: Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024; Liu et al., "Muon is
    scalable for LLM training", 2025.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **arguments: Any,
    ) -> None:
        super().__init__(
            learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name, **arguments,
        )  # fmt: skip
        self.adam_beta_1, self.adam_beta_2, self.adam_weight_decay = adam_beta_1, adam_beta_2, adam_weight_decay
        self.epsilon, self.adam_lr_ratio = epsilon, adam_lr_ratio
        self.exclude_layers, self.exclude_embeddings = list(exclude_layers or ()), exclude_embeddings
        self.muon_a, self.muon_b, self.muon_c = muon_a, muon_b, muon_c
        self.momentum, self.ns_steps, self.nesterov, self.rms_rate = momentum, ns_steps, nesterov, rms_rate
        self.momentums: list[Variable] = []
        self.adam_velocities: list[Variable | None] = []

    def by_adamw(self, variable: Variable) -> bool:
        """Tell whether a variable goes by AdamW rather than by the orthogonal momentum."""
        if variable.ndim != 2 or (self.exclude_embeddings and "embedding" in variable.path.lower()):
            return True
        return any(re.search(pattern, variable.path) for pattern in self.exclude_layers)

    def make_slots(self, variables: Sequence[Variable]) -> None:
        """Make a momentum for each variable, and a velocity for those that go by AdamW."""
        for variable in variables:
            self.momentums.append(self.add_variable_from_reference(variable, "momentum"))
            adam = self.by_adamw(variable)
            self.adam_velocities.append(self.add_variable_from_reference(variable, "velocity") if adam else None)

    def decay_of(self, variable: Variable) -> float | None:
        """Return the weight decay of a variable, which differs between the two rules."""
        return self.adam_weight_decay if self.by_adamw(variable) else self.weight_decay

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable and its slots."""
        index = self._get_variable_index(variable)
        m, v = self.momentums[index], self.adam_velocities[index]
        if v is not None:
            self._adamw_step(gradient, variable, learning_rate * self.adam_lr_ratio, m, v)
            return
        self.assign(m, self.momentum * m + gradient)
        ahead = gradient + self.momentum * m if self.nesterov else m.value
        step = learning_rate * self._orthogonal(ahead)
        scale = 1.0 if self.rms_rate is None else max(variable.shape) ** 0.5 * self.rms_rate
        self.assign_sub(variable, step * scale)

    def _adamw_step(self, gradient: Any, variable: Variable, learning_rate: Any, m: Variable, v: Variable) -> None:
        t = ops.cast(self.iterations + 1, variable.dtype)
        alpha = learning_rate * ops.sqrt(1 - ops.power(self.adam_beta_2, t)) / (1 - ops.power(self.adam_beta_1, t))
        self.assign_add(m, (1 - self.adam_beta_1) * (gradient - m))
        self.assign_add(v, (1 - self.adam_beta_2) * (ops.square(gradient) - v))
        self.assign_sub(variable, alpha * m / (ops.sqrt(v.value) + self.epsilon))

    def _orthogonal(self, x: Any) -> Any:
        """Return a matrix with the singular vectors of x and singular values near 1."""
        tall = x.shape[0] > x.shape[1]
        x = ops.transpose(x) if tall else x
        x = x / (ops.sqrt(ops.sum(ops.square(x))) + 1e-7)
        for _ in range(self.ns_steps):
            square = ops.matmul(x, ops.transpose(x))
            mixed = self.muon_b * square + self.muon_c * ops.matmul(square, square)
            x = self.muon_a * x + ops.matmul(mixed, x)
        return ops.transpose(x) if tall else x

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer."""
        names = (
            "adam_beta_1", "adam_beta_2", "epsilon", "exclude_layers", "muon_a", "muon_b", "muon_c", "adam_lr_ratio",
            "momentum", "ns_steps", "nesterov", "exclude_embeddings", "adam_weight_decay", "rms_rate",
        )  # fmt: skip
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
