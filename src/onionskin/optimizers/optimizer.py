"""The base of optimizers: learning rate, clipping, weight decay, accumulation, averages, and the order of one step."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError, DTypeError, NotBuiltError, ShapeError, suggest
from onionskin.base.registry import snake_case
from onionskin.optimizers import schedules
from onionskin.optimizers.clipping import clipped
from onionskin.optimizers.counting import completes, only_where, rounds
from onionskin.optimizers.rates import called, number
from onionskin.optimizers.slots import Slots
from onionskin.state import Variable
from onionskin.state.scope import Scope, opened

_MANY = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD


class Optimizer(Slots):
    """Base of optimizers: `apply(gradients, variables)` changes the variables by one step.

    A step is written with tensors: within a traced function it becomes part of the graph. Subclasses
    make their slots in `build`, and define `update_step` and `get_config`.

    Args:
        learning_rate: a positive number, a schedule, or a function of the step number.
        weight_decay: share of a weight, times the learning rate, that each step takes away.
        clipnorm: largest norm of the gradient of one variable.
        clipvalue: largest absolute value of a gradient.
        global_clipnorm: largest norm of all gradients together.
        use_ema: keep the running average ā ← β·ā + (1 - β)·w of each variable, from its value after the first
            step; `fit` puts the averages into the model at its end.
        ema_momentum: β, 0 to 1.
        ema_overwrite_frequency: after how many steps each the averages are put into the model; None for never.
        loss_scale_factor: what the loss was multiplied by (`scale_loss`), and gradients are divided by.
        gradient_accumulation_steps: of how many steps the mean gradient is applied; None for every one.
        name: name; that of the class in snake_case where None.

    Raises:
        ArgumentError: an argument is unknown or out of range.

    Example:
        >>> class Plain(Optimizer):
        ...     def update_step(self, gradient, variable, learning_rate):
        ...         self.assign_sub(variable, learning_rate * gradient)
        >>> weight = Variable([1.0, 2.0])
        >>> Plain(0.5).apply([np.array([1.0, -1.0], "float32")], [weight])
        >>> print(weight.numpy())
        [0.5 2.5]
    """

    def __init__(
        self,
        learning_rate: Any,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **unknown: Any,
    ) -> None:
        where = type(self).__name__
        super().__init__(name or snake_case(where))
        for argument, value in unknown.items():
            raise ArgumentError("unknown argument.", where=where, given=f"{argument}={value!r}",
                                fix=suggest(argument, self._arguments()))  # fmt: skip
        clips = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
        given = [f"{key}={value}" for key, value in clips.items() if value is not None]
        if len(given) > 1:
            raise ArgumentError("only one kind of clipping can be used.", where=where, given=", ".join(given))
        for argument, value in {"weight_decay": weight_decay, **clips}.items():
            if value is not None and not (isinstance(value, Real) and value >= 0):
                raise ArgumentError(f"{argument} is a number, or None.", where=where, expected="0 or more",
                                    given=f"{argument}={value!r}")  # fmt: skip
        if use_ema and not 0 <= ema_momentum <= 1:
            raise ArgumentError("ema_momentum is a share.", where=where, expected="0 to 1", given=ema_momentum)
        if use_ema and ema_overwrite_frequency:
            _check_count("ema_overwrite_frequency", ema_overwrite_frequency, 1, where)
        if gradient_accumulation_steps:
            _check_count("gradient_accumulation_steps", gradient_accumulation_steps, 2, where)
        self.weight_decay = weight_decay
        self.clipnorm, self.clipvalue, self.global_clipnorm = clipnorm, clipvalue, global_clipnorm
        self.use_ema, self.ema_momentum = bool(use_ema), ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self._trainable: list[Variable] = []
        self._index: dict[int, int] = {}
        self._averages: list[Variable] = []
        self._accumulated: list[Variable] = []
        self._undecayed: tuple[tuple[Variable, ...], tuple[str, ...]] = ((), ())
        self._edition = 0  # counts what a traced step has in it and that changed: another schedule
        self._iterations = self.add_variable((), dtype="int32", name="iteration")
        self._learning_rate: Any = learning_rate
        if not callable(learning_rate):
            rate = number(learning_rate, where)
            self._learning_rate = self.add_variable((), lambda shape, dtype: np.full(shape, rate, dtype),
                                                    name="learning_rate")  # fmt: skip

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Show the arguments that a subclass hands on to this class in its signature, in Keras's order."""
        super().__init_subclass__(**kwargs)
        own = list(inspect.signature(cls.__init__).parameters.values())[1:]
        if {one.kind for one in own} >= set(_MANY):
            base = inspect.signature(cls.__mro__[1]).parameters.values()
            names = {one.name for one in own}
            own = [one for one in own if one.kind not in _MANY] + [one for one in base if one.name not in names]
            cls.__signature__ = inspect.Signature(own)  # type: ignore[attr-defined]

    def _arguments(self) -> set[str]:
        """Return the names of all arguments, those of the subclass and the common ones."""
        return {
            name
            for cls in (type(self), Optimizer)
            for name, one in inspect.signature(cls.__init__).parameters.items()
            if name != "self" and one.kind not in _MANY
        }

    # --- step count and learning rate ---

    @property
    def iterations(self) -> Any:
        """How many updates were made: a variable, or where gradients are accumulated a number computed from it."""
        if self.gradient_accumulation_steps:
            return rounds(self._iterations.value, self.gradient_accumulation_steps)
        return self._iterations

    @property
    def learning_rate(self) -> Any:
        """The learning rate: a variable, or what the schedule says for the steps done so far."""
        rate = self._learning_rate
        if isinstance(rate, Variable):
            return rate
        return called(rate, self._iterations.value)

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if callable(value) and not isinstance(value, Variable):
            self._variables = [one for one in self._variables if one is not self._learning_rate]
            self._learning_rate = value
            self._edition += 1
        elif isinstance(self._learning_rate, Variable):
            self._learning_rate.assign(np.asarray(number(value, type(self).__name__), floatx()))
        else:
            raise ArgumentError(
                "the learning rate follows a schedule and cannot be set to a number.",
                where=type(self).__name__,
                given=repr(value),
                fix="make the optimizer with a number as learning_rate, or set another schedule",
            )

    # --- slots ---

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the slots for the variables that will be changed; later calls do nothing."""
        if self.built:
            return
        for one in variables:
            if not isinstance(one, Variable):
                raise DTypeError("an optimizer changes variables.", where=type(self).__name__,
                                 expected="Variables, such as model.trainable_variables",
                                 given=f"an object of type {type(one).__name__}")  # fmt: skip
        self._trainable = list(variables)
        self._index = _places(self._trainable)
        self.built = True
        if self.use_ema:
            self._averages = self.add_optimizer_variables(self._trainable, "average")
        if self.gradient_accumulation_steps:
            self._accumulated = self.add_optimizer_variables(self._trainable, "gradient_accumulator")
        self.make_slots(self._trainable)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the state of a copy, whose variables are others than those of the original."""
        self.__dict__.update(state)
        self._index = _places(self._trainable)

    def make_slots(self, variables: Sequence[Variable]) -> None:
        """Make the slots; called once by `build`."""

    def _get_variable_index(self, variable: Variable) -> int:
        return self._index[id(variable)]

    # --- one step ---

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable, and its slots, by one step."""
        raise NotImplementedError(f"{type(self).__name__} needs a method update_step(self, gradient, variable, …)")

    def begin_step(self) -> None:
        """Change what all variables share, before the first of them is changed."""

    def scale_loss(self, loss: Any) -> Any:
        """Return the loss that gradients are to be taken of: times `loss_scale_factor`."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Variable]]) -> Variable:
        """Change variables by one step; returns the step count.

        Args:
            grads_and_vars: pairs of a gradient and its variable.
        """
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])
        return self._iterations

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None) -> None:
        """Change variables by one step: unscale, accumulate, clip, decay, update, average, constrain, count.

        Args:
            grads: a gradient for each variable; None leaves the variable as it is.
            trainable_variables: the variables; those that the optimizer was built with where None.

        Raises:
            NotBuiltError: no variables are known yet.
            ArgumentError: other variables than it was built with, other counts, or no gradient at all.
            ShapeError: a gradient has another shape than its variable.
        """
        if not len(grads):
            return
        variables = self._known(trainable_variables, len(grads))
        grads = [None if one is None else ops.convert_to_tensor(one) for one in grads]
        pairs = [(gradient, one) for gradient, one in zip(grads, variables, strict=True) if gradient is not None]
        self._report_missing(pairs, variables)
        for gradient, variable in pairs:
            if tuple(gradient.shape) != variable.shape:
                raise ShapeError(
                    "a gradient has another shape than its variable.",
                    where=f"{type(self).__name__}.apply, {variable.path}",
                    expected=variable.shape,
                    given=tuple(gradient.shape),
                )
        with np.errstate(all="ignore"):  # infinity and NaN go on into the numbers, as in a compiled step
            self._update(pairs)
        self._iterations.assign_add(1)

    def _update(self, pairs: Sequence[tuple[Any, Variable]]) -> None:
        changed = [variable for _, variable in pairs]
        gradients = [ops.cast(gradient, variable.dtype) for gradient, variable in pairs]
        if self.loss_scale_factor is not None:
            gradients = [gradient / self.loss_scale_factor for gradient in gradients]
        if self.gradient_accumulation_steps:
            self._accumulate(gradients, changed, self.gradient_accumulation_steps)
        else:
            self._step(gradients, changed)
        if self.use_ema:
            self._average()
        for variable in changed:
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable.value))

    def _accumulate(self, gradients: Sequence[Any], variables: Sequence[Variable], steps: int) -> None:
        """Add to the sums of gradients; where the last of so many steps is reached, apply their mean."""
        due = completes(self._iterations + 1, steps)
        own = [self._accumulated[self._get_variable_index(variable)] for variable in variables]
        sums = [gradient + one for gradient, one in zip(gradients, own, strict=True)]
        only_where(due, [*variables, *self._variables], lambda: self._step([one / steps for one in sums], variables))
        for one, total in zip(own, sums, strict=True):
            one.assign(ops.where(due, ops.zeros_like(total), total))

    def _step(self, gradients: Sequence[Any], variables: Sequence[Variable]) -> None:
        rate = self.learning_rate
        self.begin_step()
        for gradient, variable in zip(self._clipped(gradients), variables, strict=True):
            own_rate = ops.cast(rate, variable.dtype)
            decay = self.decay_of(variable)
            if decay is not None and self._decays(variable):
                self.assign_sub(variable, variable * (decay * own_rate))
            self.update_step(gradient, variable, own_rate)

    def _clipped(self, gradients: Sequence[Any]) -> list[Any]:
        return clipped(gradients, self.clipnorm, self.global_clipnorm, self.clipvalue)

    def _average(self) -> None:
        """Bring the running averages up to date; where it is time, put them into the variables."""
        updates = self.iterations
        started = ops.not_equal(updates, 0)
        every = self.ema_overwrite_frequency
        due = completes(updates + 1, every) if every else None
        for variable, average in zip(self._trainable, self._averages, strict=True):
            momentum = ops.cast(started, variable.dtype) * self.ema_momentum
            self.assign(average, momentum * average + (1 - momentum) * variable)
            if due is not None:
                self.assign(variable, ops.where(due, average.value, variable.value))

    @property
    def averaged_variables(self) -> list[tuple[Variable, Variable]]:
        """Each variable with its running average; none where they are not kept."""
        return list(zip(self._trainable, self._averages, strict=True)) if self._averages else []

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """Put the running averages into the variables, where they are kept; `fit` does it at its end.

        Args:
            var_list: variables that the optimizer was built with.

        Raises:
            ArgumentError: no running average is kept of one.
        """
        averages = {id(variable): average for variable, average in self.averaged_variables}
        for variable in var_list if self.use_ema and self.built else ():
            if id(variable) not in averages:
                raise ArgumentError(
                    "no running average is kept of this variable.",
                    where=f"{type(self).__name__}.finalize_variable_values",
                    given=variable.path,
                )
            variable.assign(averages[id(variable)])

    def stateless_apply(
        self, optimizer_variables: Sequence[Any], grads: Sequence[Any], trainable_variables: Sequence[Any]
    ) -> tuple[list[Any], list[Any]]:
        """Return what `apply` would make of these values; nothing is changed.

        Args:
            optimizer_variables: values for the optimizer's variables, in their order.
            grads: gradients.
            trainable_variables: values for the variables that it was built with.

        Returns:
            `(trainable_variables, optimizer_variables)`, two lists of new values.

        Raises:
            NotBuiltError: the slots are not made yet.
            ArgumentError: there are more or fewer values.
        """
        where = f"{type(self).__name__}.stateless_apply"
        if not self.built:
            raise NotBuiltError(
                "the optimizer has no slots yet.", where=where, fix="call build(trainable_variables) first"
            )
        scope = Scope()
        rows = (
            ("optimizer_variables", self.variables, optimizer_variables),
            ("trainable_variables", self._trainable, trainable_variables),
        )
        for what, own, values in rows:
            if len(own) != len(values):
                raise ArgumentError(
                    f"{what} does not have one value for each variable.", where=where, expected=len(own),
                    given=len(values),
                )  # fmt: skip
            for variable, value in zip(own, values, strict=True):
                scope.reads[variable] = ops.convert_to_tensor(value, dtype=variable.dtype)
        with opened(scope):
            self.apply(grads)
        return [scope.read(one) for one in self._trainable], [scope.read(one) for one in self.variables]

    # --- what is wrong ---

    def _known(self, variables: Sequence[Variable] | None, count: int) -> list[Variable]:
        """Return the variables of this step, building with them where nothing is built yet."""
        where = f"{type(self).__name__}.apply"
        if variables is None and not self.built:
            raise NotBuiltError(
                "the optimizer does not know its variables yet.", where=where,
                fix="call build(variables) first, or pass the variables too",
            )  # fmt: skip
        chosen = self._trainable if variables is None else list(variables)
        if len(chosen) != count:
            raise ArgumentError(
                "there must be one gradient for each variable.",
                where=where,
                expected=f"{len(chosen)} gradients",
                given=count,
            )
        if not self.built:
            self.build(chosen)
        for variable in chosen:
            if id(variable) not in self._index:
                raise ArgumentError(
                    "the optimizer was built for other variables.",
                    where=where,
                    expected=f"one of {', '.join(one.path for one in self._trainable)}",
                    given=variable.path,
                    fix="make a new optimizer for a new set of variables",
                )
        return chosen

    def _report_missing(self, pairs: Sequence[Any], variables: Sequence[Variable]) -> None:
        if not pairs:
            raise ArgumentError(
                "no variable has a gradient.",
                where=f"{type(self).__name__}.apply",
                given=f"None for {', '.join(variable.path for variable in variables)}",
                fix="compute the loss from these variables",
            )
        if len(pairs) < len(variables):
            with_one = {id(variable) for _, variable in pairs}
            missing = [variable.path for variable in variables if id(variable) not in with_one]
            warnings.warn(f"no gradient was given for {', '.join(missing)}; they stay as they are", stacklevel=3)

    # --- weight decay ---

    def decay_of(self, variable: Variable) -> float | None:
        """Return the weight decay of a variable that is not left out of it, None for none."""
        return self.weight_decay

    def exclude_from_weight_decay(
        self, var_list: Sequence[Variable] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Leave variables out of the weight decay.

        Args:
            var_list: the variables.
            var_names: parts of names, such as "bias".

        Raises:
            ArgumentError: the optimizer is built already.
        """
        if self.built:
            raise ArgumentError(
                "weight decay is arranged before the optimizer is built.",
                where=f"{type(self).__name__}.exclude_from_weight_decay",
            )
        self._undecayed = (tuple(var_list or ()), tuple(var_names or ()))

    def _decays(self, variable: Variable) -> bool:
        variables, names = self._undecayed
        return all(one is not variable for one in variables) and not any(
            re.search(name, variable.name) for name in names
        )

    # --- configuration ---

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer; what it has learnt is in `variables`.

        Raises:
            ArgumentError: the learning rate is a function.
        """
        rate = self._learning_rate
        # str() of a float32 is the shortest number that means it: 0.001, not 0.0010000000474974513
        rate = float(str(rate.numpy())) if isinstance(rate, Variable) else schedules.serialize(rate)
        return {
            "name": self.name,
            "learning_rate": rate,
            "weight_decay": self.weight_decay,
            "clipnorm": self.clipnorm,
            "global_clipnorm": self.global_clipnorm,
            "clipvalue": self.clipvalue,
            "use_ema": self.use_ema,
            "ema_momentum": self.ema_momentum,
            "ema_overwrite_frequency": self.ema_overwrite_frequency,
            "loss_scale_factor": self.loss_scale_factor,
            "gradient_accumulation_steps": self.gradient_accumulation_steps,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Optimizer:
        """Make an optimizer from what `get_config` returned."""
        rate = config.get("learning_rate")
        if isinstance(rate, dict):
            config = {**config, "learning_rate": schedules.deserialize(rate, custom_objects)}
        return cls(**config)


def _check_count(name: str, value: Any, least: int, where: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ArgumentError(f"{name} is a number of steps.", where=where, expected=f"an integer, at least {least}",
                            given=repr(value))  # fmt: skip


def _places(variables: Sequence[Variable]) -> dict[int, int]:
    return {id(variable): index for index, variable in enumerate(variables)}
