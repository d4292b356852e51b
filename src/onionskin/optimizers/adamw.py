"""AdamW: Adam with weight decay that is no part of the gradient."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import ArgumentError
from onionskin.optimizers.adam import Adam
from onionskin.optimizers.lookup import OPTIMIZERS


@OPTIMIZERS.entry("adamw")
class AdamW(Adam):
    """Adam, and apart from its step every weight shrinks: w ← w - lr·λ·w.

    Args:
        learning_rate: lr, a number, a schedule, or a function of the step number.
        weight_decay: λ.
        beta_1: as in `Adam`.
        beta_2: as in `Adam`.
        epsilon: as in `Adam`.
        amsgrad: as in `Adam`.
        common: the arguments of `Optimizer` that follow its weight decay, in their order.
        arguments: or by name.

    Raises:
        ArgumentError: weight_decay is None, or as in `Optimizer`.

    Example:
        >>> import numpy as np
        >>> from onionskin.state import Variable
        >>> weight = Variable([1.0])
        >>> AdamW(0.1, weight_decay=0.5).apply([np.array([2.0], "float32")], [weight])
        >>> print(weight.numpy().round(5))
        [0.85]

    Source: Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        *common: Any,
        **arguments: Any,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay, *common, **arguments)
        if weight_decay is None:
            raise ArgumentError(
                "weight_decay is a number.", where=type(self).__name__, given="weight_decay=None", fix="use Adam"
            )
