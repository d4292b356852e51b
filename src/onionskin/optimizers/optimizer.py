"""The base of optimizers: learning rate, slots, clipping, weight decay, and the order of one step."""

from __future__ import annotations

import inspect
import math
import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError, NotBuiltError, ShapeError, suggest
from onionskin.base.registry import snake_case
from onionskin.optimizers import schedules
from onionskin.state import Variable

_LATER = {"use_ema": False, "loss_scale_factor": None, "gradient_accumulation_steps": None}


class Optimizer:
    """Base of optimizers: `apply(gradients, variables)` changes the variables by one step.

    A step is written with tensors: within a traced function it becomes part of the graph. Subclasses
    make their slots in `build`, and define `update_step` and `get_config`.

    Args:
        learning_rate: a positive number, a schedule, or a function of the step number.
        weight_decay: share of a weight, times the learning rate, that each step takes away.
        clipnorm: largest norm of the gradient of one variable.
        clipvalue: largest absolute value of a gradient.
        global_clipnorm: largest norm of all gradients together.
        use_ema: not supported yet, as are `loss_scale_factor` and `gradient_accumulation_steps`.
        ema_momentum: kept for the configuration.
        ema_overwrite_frequency: kept for the configuration.
        name: name; that of the class in snake_case where None.

    Raises:
        ArgumentError: an argument is unknown, not supported yet, or out of range.

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
        self.name = name or snake_case(type(self).__name__)
        where = type(self).__name__
        later = {
            "use_ema": use_ema,
            "loss_scale_factor": loss_scale_factor,
            "gradient_accumulation_steps": gradient_accumulation_steps,
        }
        for argument, value in later.items():
            if value:
                raise ArgumentError(
                    f"{argument} is not supported yet.", where=where, expected=repr(_LATER[argument]), given=repr(value)
                )
        for argument, value in unknown.items():
            raise ArgumentError(
                "unknown argument.",
                where=where,
                given=f"{argument}={value!r}",
                fix=suggest(argument, self._arguments()),
            )
        self.weight_decay = weight_decay
        self.clipnorm, self.clipvalue, self.global_clipnorm = clipnorm, clipvalue, global_clipnorm
        clips = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
        given = [f"{key}={value}" for key, value in clips.items() if value is not None]
        if len(given) > 1:
            raise ArgumentError("only one kind of clipping can be used.", where=where, given=", ".join(given))
        self.ema_momentum, self.ema_overwrite_frequency = ema_momentum, ema_overwrite_frequency
        self.built = False
        self._variables: list[Variable] = []
        self._trainable: list[Variable] = []
        self._index: dict[int, int] = {}
        self._undecayed: tuple[tuple[Variable, ...], tuple[str, ...]] = ((), ())
        self.iterations = self.add_variable((), dtype="int32", name="iteration")
        self._learning_rate: Any = learning_rate
        if not callable(learning_rate):
            rate = _number(learning_rate, where)
            self._learning_rate = self.add_variable((), lambda shape, dtype: np.full(shape, rate, dtype),
                                                    name="learning_rate")  # fmt: skip

    def _arguments(self) -> set[str]:
        """Return the names of all arguments, those of the subclass and the common ones."""
        return {
            name
            for cls in (type(self), Optimizer)
            for name, one in inspect.signature(cls.__init__).parameters.items()
            if name != "self" and one.kind is not inspect.Parameter.VAR_KEYWORD
        }

    # --- learning rate ---

    @property
    def learning_rate(self) -> Any:
        """The learning rate: a variable, or what the schedule says for the steps done so far."""
        rate = self._learning_rate
        if isinstance(rate, Variable):
            return rate
        return _called(rate, self.iterations.value)

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if callable(value):
            self._variables = [one for one in self._variables if one is not self._learning_rate]
            self._learning_rate = value
        elif isinstance(self._learning_rate, Variable):
            self._learning_rate.assign(np.asarray(_number(value, type(self).__name__), floatx()))
        else:
            raise ArgumentError(
                "the learning rate follows a schedule and cannot be set to a number.",
                where=type(self).__name__,
                given=repr(value),
                fix="make the optimizer with a number as learning_rate, or set another schedule",
            )

    # --- variables ---

    @property
    def variables(self) -> list[Variable]:
        """The optimizer's own variables: step count, learning rate, then the slots."""
        return list(self._variables)

    def add_variable(
        self, shape: Sequence[int], initializer: Any = "zeros", dtype: Any = None, name: str | None = None
    ) -> Variable:
        """Return a new variable of the optimizer.

        Args:
            shape: its shape.
            initializer: "zeros", "ones" or a function `(shape, dtype) -> array`.
            dtype: its dtype, the default float dtype where None.
            name: its name.

        Raises:
            ArgumentError: the initializer is none of these.
        """
        start = initializer if callable(initializer) else {"zeros": np.zeros, "ones": np.ones}.get(initializer)
        if start is None:
            raise ArgumentError(
                "unknown initializer.", where=f"{type(self).__name__}, variable {name!r}",
                expected="'zeros', 'ones' or a function", given=repr(initializer),
                fix=f"pass onionskin.initializers.get({initializer!r})",
            )  # fmt: skip
        variable = Variable(start, shape, dtype or floatx(), trainable=False, name=name)
        variable.path = f"{self.name}/{variable.name}"
        self._variables.append(variable)
        return variable

    def add_variable_from_reference(
        self, reference_variable: Variable, name: str | None = None, initializer: Any = "zeros"
    ) -> Variable:
        """Return a new slot of the shape and dtype of a model's variable."""
        label = f"{reference_variable.path.replace('/', '_')}_{name or 'var'}"
        return self.add_variable(reference_variable.shape, initializer, reference_variable.dtype, label)

    def add_optimizer_variables(
        self, trainable_variables: Sequence[Variable], name: Any, initializer: Any = "zeros"
    ) -> Any:
        """Return a slot for each variable; for several names a tuple of lists, made variable by variable."""
        names = [name] if isinstance(name, str) else list(name)
        slots = [
            [self.add_variable_from_reference(variable, one, initializer) for one in names]
            for variable in trainable_variables
        ]
        columns = tuple([row[index] for row in slots] for index in range(len(names)))
        return columns[0] if isinstance(name, str) else columns

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the slots for the variables that will be changed; later calls do nothing."""
        if self.built:
            return
        self._trainable = list(variables)
        self._index = _places(self._trainable)
        self.built = True
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

    def assign(self, variable: Variable, value: Any) -> None:
        """Give a variable a new value."""
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        """Add to a variable."""
        variable.assign_add(value)

    def assign_sub(self, variable: Variable, value: Any) -> None:
        """Subtract from a variable."""
        variable.assign_sub(value)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable, and its slots, by one step."""
        raise NotImplementedError(f"{type(self).__name__} needs a method update_step(self, gradient, variable, …)")

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Variable]]) -> Variable:
        """Change variables by one step; returns the step count.

        Args:
            grads_and_vars: pairs of a gradient and its variable.
        """
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])
        return self.iterations

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None) -> None:
        """Change variables by one step: clip, decay, update, constrain, count.

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
        self.iterations.assign_add(1)

    def _update(self, pairs: Sequence[tuple[Any, Variable]]) -> None:
        clipped = self._clipped([ops.cast(gradient, one.dtype) for gradient, one in pairs])
        rate = self.learning_rate
        for gradient, (_, variable) in zip(clipped, pairs, strict=True):
            own_rate = ops.cast(rate, variable.dtype)
            if self.weight_decay is not None and self._decays(variable):
                self.assign_sub(variable, variable * (self.weight_decay * own_rate))
            self.update_step(gradient, variable, own_rate)
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable.value))

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

    # --- clipping and decay ---

    def _clipped(self, gradients: list[Any]) -> list[Any]:
        if self.clipnorm:
            return [gradient * _shrink(_norm([gradient]), self.clipnorm) for gradient in gradients]
        if self.global_clipnorm:
            norm = _norm(gradients)
            scale = _shrink(norm, self.global_clipnorm) + (norm - norm)  # NaN where the norm is not finite
            return [gradient * ops.cast(scale, gradient.dtype) for gradient in gradients]
        if self.clipvalue:
            return [ops.clip(gradient, -self.clipvalue, self.clipvalue) for gradient in gradients]
        return gradients

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
            "use_ema": False,
            "ema_momentum": self.ema_momentum,
            "ema_overwrite_frequency": self.ema_overwrite_frequency,
            "loss_scale_factor": None,
            "gradient_accumulation_steps": None,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Optimizer:
        """Make an optimizer from what `get_config` returned."""
        rate = config.get("learning_rate")
        if isinstance(rate, dict):
            config = {**config, "learning_rate": schedules.deserialize(rate, custom_objects)}
        return cls(**config)


def _number(value: Any, where: str) -> float:
    try:
        number = float(value) if not isinstance(value, str | bool) else math.nan
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise ArgumentError(
            "the learning rate is a number, a schedule or a function of the step.",
            where=where,
            expected="at least 0, such as 0.01",
            given=f"learning_rate={value!r}",
        )
    return number


def _called(function: Callable[..., Any], step: Any) -> Any:
    """Return what a function of the user's own gives: of the step number, or of nothing, as Keras calls it."""
    return function(step) if inspect.signature(function).parameters else function()


def _norm(gradients: Sequence[Any]) -> Any:
    """Return √(Σ g²) over all gradients."""
    squares = [ops.sum(ops.square(gradient)) for gradient in gradients]
    return ops.sqrt(sum(squares[1:], squares[0]))


def _shrink(norm: Any, limit: float) -> Any:
    """Return the factor that brings a norm down to its limit, 1 where it is below."""
    return limit / ops.maximum(norm, limit)


def _places(variables: Sequence[Variable]) -> dict[int, int]:
    return {id(variable): index for index, variable in enumerate(variables)}
