"""LossScaleOptimizer: keeps small float16 gradients from vanishing, by a scale that adjusts itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base.errors import ArgumentError
from onionskin.optimizers.counting import only_where
from onionskin.optimizers.lookup import OPTIMIZERS, deserialize, serialize
from onionskin.optimizers.optimizer import Optimizer
from onionskin.state import Variable

_INNER = {
    "weight_decay": None, "clipnorm": None, "global_clipnorm": None, "clipvalue": None, "use_ema": False,
    "ema_momentum": 0.99, "ema_overwrite_frequency": None, "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
}  # fmt: skip


@OPTIMIZERS.entry("loss_scale_optimizer", "lossscaleoptimizer")
class LossScaleOptimizer(Optimizer):
    """Multiplies the loss by a scale and divides the gradients by it, for another optimizer.

    Where a gradient is not finite, the step is left out and the scale halved; after `dynamic_growth_steps`
    finite steps it is doubled. `scale_loss` must be applied to the loss before gradients are taken.

    Args:
        inner_optimizer: the optimizer that changes the weights.
        initial_scale: scale at the start; better too high than too low.
        dynamic_growth_steps: steps after which it is doubled.
        name: name.
        arguments: those of `Optimizer` at their defaults, as older files hold them.

    Raises:
        ArgumentError: an argument belongs to the inner optimizer, or is unknown; that is no optimizer.

    Example:
        >>> from onionskin.optimizers.sgd import SGD
        >>> weight, optimizer = Variable([1.0]), LossScaleOptimizer(SGD(1.0), initial_scale=4.0)
        >>> optimizer.apply([np.array([2.0], "float32")], [weight])
        >>> optimizer.apply([np.array([np.inf], "float32")], [weight])
        >>> print(weight.numpy(), optimizer.dynamic_scale.numpy())
        [0.5] 2.0

    Source: Micikevicius et al., "Mixed precision training", 2018.
    """

    def __init__(
        self,
        inner_optimizer: Any,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **arguments: Any,
    ) -> None:
        where = type(self).__name__
        for argument, value in arguments.items():
            if argument not in _INNER:
                raise ArgumentError("unknown argument.", where=where, given=f"{argument}={value!r}")
            if value != _INNER[argument]:
                raise ArgumentError(
                    f"{argument} belongs to the optimizer inside.", where=where, given=f"{argument}={value!r}",
                    fix=f"set it there: LossScaleOptimizer(SGD({argument}={value!r}))",
                )  # fmt: skip
        if not isinstance(inner_optimizer, Optimizer) or isinstance(inner_optimizer, LossScaleOptimizer):
            raise ArgumentError("this cannot be scaled for.", where=where, expected="another optimizer",
                                given=repr(inner_optimizer))  # fmt: skip
        self.inner_optimizer = inner_optimizer
        super().__init__(0.0, name=name)
        self.initial_scale, self.dynamic_growth_steps = initial_scale, dynamic_growth_steps
        inner_optimizer.loss_scale_factor = None  # or gradients would be divided twice
        self.step_counter: Any = None
        self.dynamic_scale: Any = None

    @property
    def variables(self) -> list[Variable]:
        """The optimizer's own variables, then those of the optimizer inside."""
        return [*self._variables, *self.inner_optimizer.variables]

    @property
    def iterations(self) -> Any:
        """How many updates the optimizer inside has made."""
        return self.inner_optimizer.iterations

    @property
    def learning_rate(self) -> Any:
        """That of the optimizer inside."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value
        self._edition += callable(value)

    def make_slots(self, variables: Sequence[Variable]) -> None:
        """Make the scale and the count of finite steps, and the slots of the optimizer inside."""
        start = self.initial_scale
        self.step_counter = self.add_variable((), dtype="int32", name="step_counter")
        self.dynamic_scale = self.add_variable(
            (), lambda shape, dtype: np.full(shape, start, dtype), "float32", name="dynamic_scale"
        )
        self.inner_optimizer.build(variables)

    def scale_loss(self, loss: Any) -> Any:
        """Return the loss that gradients are to be taken of: times the scale."""
        return loss * (self.dynamic_scale.value if self.built else self.initial_scale)

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None) -> None:
        """Change variables by one step of the optimizer inside, where every gradient is finite; adjust the scale.

        Args:
            grads: gradients of the scaled loss; None leaves a variable as it is.
            trainable_variables: as in `Optimizer.apply`.

        Raises:
            NotBuiltError: as in `Optimizer.apply`, and the other errors there.
        """
        if not len(grads):
            return
        variables = self._known(trainable_variables, len(grads))
        grads = [None if one is None else ops.convert_to_tensor(one) for one in grads]
        finite: Any = ops.convert_to_tensor(True)
        for gradient in grads:
            if gradient is not None:
                finite = ops.logical_and(finite, ops.all(ops.isfinite(gradient)))
        scale, count = self.dynamic_scale.value, self.step_counter.value
        plain = [
            None if one is None else ops.cast(one, variable.dtype) / ops.cast(scale, variable.dtype)
            for one, variable in zip(grads, variables, strict=True)
        ]
        inner = self.inner_optimizer
        only_where(finite, [*self._trainable, *inner.variables], lambda: inner.apply(plain, variables))
        grown = ops.equal(count, self.dynamic_growth_steps - 1)
        self.assign(self.step_counter, ops.where(ops.logical_or(grown, ops.logical_not(finite)), 0, count + 1))
        self.assign(self.dynamic_scale, scale * ops.where(finite, ops.where(grown, 2.0, 1.0), 0.5))

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """Put the running averages of the optimizer inside into the variables, where it keeps them."""
        self.inner_optimizer.finalize_variable_values(var_list)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer."""
        return {
            "name": self.name,
            "inner_optimizer": serialize(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> LossScaleOptimizer:
        """Make an optimizer from what `get_config` returned."""
        return cls(**{**config, "inner_optimizer": deserialize(config.get("inner_optimizer"), custom_objects)})
