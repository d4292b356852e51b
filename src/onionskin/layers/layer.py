"""`Layer`, the base of all parts with weights: build once the shapes are known, then call."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from onionskin import constraints, initializers, ops, regularizers
from onionskin.base import config
from onionskin.base.errors import ArgumentError, DTypeError, NotBuiltError, OnionskinError, ShapeError
from onionskin.base.specs import Spec, dtype_name, is_float
from onionskin.base.trees import flatten, map_tree
from onionskin.graph import Node, concrete
from onionskin.layers.arguments import announced_shape, layer_dtype
from onionskin.layers.budget import spend
from onionskin.layers.describe import call_node, is_described, output_specs
from onionskin.layers.naming import auto_name, checked_name
from onionskin.layers.tracking import Tracker, latest_edit
from onionskin.state import Variable
from onionskin.state.call import CallContext, calling, current_call


class Layer(Tracker):
    """A part of a network: weights made by `build`, a function `call` that uses them.

    Subclass it with `__init__` (settings), `build(input_shape)` (`add_weight` for each weight) and
    `call(inputs)`, written with `onionskin.ops` and operators. A layer inside another is found by being
    set as an attribute.

    Args:
        activity_regularizer: penalty on the output, a regularizer or its name.
        trainable: whether optimizers change its weights.
        dtype: dtype of weights and computation; the default float where None.
        autocast: cast float inputs to that dtype.
        name: its name; made from the class's where None.

    Example:
        >>> import onionskin
        >>> class Scale(onionskin.layers.Layer):
        ...     def build(self, input_shape):
        ...         self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="scale")
        ...     def call(self, inputs):
        ...         return inputs * self.scale
        >>> print(Scale()(np.array([[1.0, 2.0]])))
        [[1. 2.]]
    """

    _untracked_arguments: Mapping[str, Any] = MappingProxyType({})  # what __init__ was called with
    _untracked_output_shapes: Any = None  # of the last call in a description
    _untracked_losses: Sequence[Any] = ()  # what the last call of its own, outside of all others, added
    _untracked_edition: tuple[int, tuple[Any, ...]] = (-1, ())
    _bearing_nothing: ClassVar[frozenset[str]] = frozenset(
        {"_untracked_losses", "_untracked_output_shapes", "_untracked_arguments", "_untracked_edition"}
    )

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        self.name = auto_name(type(self).__name__) if name is None else checked_name(name)
        self._untracked_input_shape = announced_shape(kwargs, f"layer '{self.name}' ({type(self).__name__})")
        self.built = False
        self.autocast = autocast
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self._dtype = config.floatx() if dtype is None else layer_dtype(dtype, self.name)
        self._trainable = bool(trainable)
        self._untracked_build_shape: Any = None
        self._supports_training = "training" in inspect.signature(self.call).parameters

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            cls.build = _building(cls.__dict__["build"])  # type: ignore[method-assign]
        if "__init__" in cls.__dict__:
            cls.__init__ = _remembering(cls.__dict__["__init__"])  # type: ignore[method-assign]

    # --- what a subclass says ---

    def build(self, input_shape: Any) -> None:
        """Make the weights; called once, when the input's shape is known."""
        self._untracked_build_shape = input_shape
        self.built = True

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output; subclasses write it."""
        raise ArgumentError(
            "this layer says nothing about what it computes.",
            fix="define call(self, inputs) in the class",
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        base = {"name": self.name, "trainable": self._trainable, "dtype": self._dtype}
        if type(self).get_config is Layer.get_config:
            base.update(self._untracked_arguments)
        announced = "activity_regularizer" in self._untracked_arguments or type(self).__init__ is Layer.__init__
        if announced and self.activity_regularizer is not None:
            base["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        return base

    @classmethod
    def from_config(cls, settings: dict[str, Any]) -> Any:
        """Return a layer from what `get_config` gave."""
        accepted = inspect.signature(cls.__init__).parameters
        if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in accepted.values()):
            return cls(**settings)
        # a class whose __init__ does not hand the common arguments on gets them afterwards
        common = {
            key: settings[key] for key in ("name", "trainable", "dtype") if key in settings and key not in accepted
        }
        layer = cls(**{key: value for key, value in settings.items() if key not in common})
        if "name" in common:
            layer.name = checked_name(common["name"])
        if "dtype" in common:
            layer._dtype = layer_dtype(common["dtype"], layer.name)
        if not common.get("trainable", True):
            layer.trainable = False
        return layer

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the output's shape for an input shape, by calling the layer on a tensor without numbers."""
        spec = Spec(tuple(input_shape), self._dtype)
        return map_tree(lambda one: one.shape, self.compute_output_spec(spec))

    def compute_output_spec(self, *specs: Any, **kwargs: Any) -> Any:
        """Return the spec of the output for specs of the inputs, building the layer where needed."""
        return output_specs(self, specs, kwargs)

    # --- weights ---

    def add_weight(
        self,
        shape: Sequence[int] | None = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: str = "none",
        name: str | None = None,
    ) -> Variable:
        """Make a weight.

        Args:
            shape: its shape; a single number where None.
            initializer: an initializer or its name; Glorot uniform where None (zeros for integers).
            dtype: the layer's where None.
            trainable: whether optimizers change it.
            autocast: kept for Keras's signature.
            regularizer: penalty on it, added to the loss.
            constraint: applied after each update.
            aggregation: kept for Keras's signature.
            name: its name.
        """
        kind = dtype_name(dtype or self._dtype)
        start = initializers.get(initializer or ("glorot_uniform" if is_float(kind) else "zeros"))
        sizes = () if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
        spend(sizes)
        variable = Variable(start, sizes, kind, trainable, name or f"variable_{len(self._own_variables)}")
        variable.path = f"{self.name}/{variable.name}"
        variable.regularizer = regularizers.get(regularizer)
        variable.constraint = constraints.get(constraint)
        self._own_variables.append(variable)
        self._edited()
        return variable

    def add_loss(self, loss: Any) -> None:
        """Add a number to the loss of the step that this call belongs to."""
        context = current_call()
        if context is not None:
            context.losses.extend(loss if isinstance(loss, list | tuple) else [loss])

    @property
    def variables(self) -> list[Variable]:
        """All variables, random counters included: own trainable, own fixed, then the inner layers'."""
        found = [*self._variables_here(), *self._seed_states()]
        for layer in self._layers:
            found += [v for v in layer.variables if all(v is not known for known in found)]
        return found

    @property
    def weights(self) -> list[Variable]:
        """The variables without random counters, in Keras's order."""
        seeds = {id(v) for layer in self._flatten_layers() for v in layer._seed_states()}
        return [v for v in self.variables if id(v) not in seeds]

    @property
    def trainable_variables(self) -> list[Variable]:
        """The variables that optimizers change."""
        if not self._trainable:
            return []
        found = [v for v in self._variables_here() if v.trainable]
        for layer in self._layers:
            found += [v for v in layer.trainable_variables if all(v is not known for known in found)]
        return found

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The variables that optimizers leave alone."""
        moving = {id(v) for v in self.trainable_variables}
        return [v for v in self.variables if id(v) not in moving]

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that optimizers change."""
        return self.trainable_variables

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that optimizers leave alone."""
        moving = {id(v) for v in self.trainable_variables}
        return [v for v in self.weights if id(v) not in moving]

    @property
    def trainable(self) -> bool:
        """Whether optimizers change its weights; setting it sets the inner layers' too."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        for layer in self._layers:
            layer.trainable = value

    def _flatten_layers(self) -> list[Any]:
        found = [self]
        for layer in self._layers:
            found += layer._flatten_layers() if isinstance(layer, Layer) else []
        return found

    @property
    def _edition(self) -> tuple[Any, ...]:
        """What the layer and those within it are now: another after each change that a trace may have seen."""
        latest = latest_edit()
        if self._untracked_edition[0] != latest:
            parts = tuple([(layer._untracked_edit, layer._trainable) for layer in self._flatten_layers()])
            self._untracked_edition = (latest, parts)
        return self._untracked_edition[1]

    def get_weights(self) -> list[np.ndarray]:
        """Return copies of the weights, in the order of `weights`."""
        return [v.numpy() for v in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Give all weights new values; all are checked before one is changed.

        Raises:
            ShapeError: their number or a shape differs.
        """
        own = self.weights
        where = f"layer '{self.name}' ({type(self).__name__})"
        if len(own) != len(weights):
            raise ShapeError(
                "set_weights was given another number of arrays than there are weights.",
                where=where,
                expected=f"{len(own)}: {', '.join(f'{v.path} {v.shape}' for v in own) or 'none'}",
                given=len(weights),
                fix=None if self.built else "build it first: call it on data, or give it an input shape",
            )
        arrays = [concrete(array) if isinstance(array, Variable) else np.asarray(array) for array in weights]
        for variable, array in zip(own, arrays, strict=True):
            if array.dtype.kind not in "biuf":
                raise DTypeError(
                    "a weight is made of numbers.",
                    where=f"{where}, {variable.path}",
                    given=f"an array of dtype {array.dtype}",
                )
            if array.shape != variable.shape:
                raise ShapeError(
                    "a weight was given an array of another shape.",
                    where=f"{where}, {variable.path}",
                    expected=variable.shape,
                    given=array.shape,
                )
        for variable, array in zip(own, arrays, strict=True):
            variable.assign(array)

    def count_params(self) -> int:
        """Return the number of elements in all weights.

        Raises:
            NotBuiltError: it has no weights yet.
        """
        if not self.built:
            raise NotBuiltError(
                "the parameters cannot be counted before the input's shape is known.",
                where=f"layer '{self.name}' ({type(self).__name__})",
                fix="call it on data, or give it an input shape",
            )
        return sum(v.size for v in self.weights)

    @property
    def losses(self) -> list[Any]:
        """The penalties: of each trainable weight's regularizer, and what the running call, or the last, has added."""
        penalties = [v.regularizer(v.value) for v in self.trainable_variables if v.regularizer is not None]
        context = current_call()
        return [*penalties, *(self._untracked_losses if context is None else context.losses)]

    @property
    def dtype(self) -> str:
        """Dtype of the weights."""
        return self._dtype

    @property
    def compute_dtype(self) -> str:
        """Dtype of the computation."""
        return self._dtype

    variable_dtype = dtype

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"

    # --- calling ---

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Build the layer where needed and compute its output; a mistake names the layer."""
        self._check_begun()
        args = map_tree(self._input, tuple(_joined(one) for one in args))
        kwargs = {key: map_tree(self._input, one) if _has_tensor(one) else one for key, one in kwargs.items()}
        tensors, _ = flatten((args, kwargs))
        try:
            if any(is_described(one) for one in tensors):
                return call_node(self, args, kwargs)
            if not self.built:
                self._build_from(args)
            if current_call() is not None:
                return self._run(args, kwargs)
            with calling(CallContext()) as context:
                outputs = self._run(args, kwargs)
            self._untracked_losses = tuple(context.losses)
            return outputs
        except OnionskinError as error:
            raise error.within(f"layer '{self.name}' ({type(self).__name__})") from None

    def _run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        outer = current_call()
        if self._supports_training:
            given = kwargs.get("training")
            inherited = outer.training if outer is not None else None
            kwargs["training"] = bool(inherited) if given is None else bool(given)
            if given is None and inherited is None and self._training_default() is not None:
                kwargs["training"] = self._training_default()
            training = kwargs["training"]
        else:
            training = kwargs.pop("training", None)  # not for this layer, but for those inside it
        if outer is not None:
            return self._compute(args, kwargs, outer, training)
        with calling(CallContext(training=training)) as context:
            return self._compute(args, kwargs, context, training)

    def _training_default(self) -> bool | None:
        return inspect.signature(self.call).parameters["training"].default or None

    def _compute(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], context: CallContext, training: bool | None
    ) -> Any:
        before = context.training
        if training is not None:
            context.training = bool(training)
        try:
            outputs = self.call(*args, **kwargs)
        finally:
            context.training = before
        if outputs is None:
            raise ArgumentError("call returned nothing.", given="None", fix="end call(self, inputs) with return …")
        leaves = flatten(outputs)[0]
        described = any(isinstance(one, Node) and None in one.shape for one in leaves)
        if described:
            self._untracked_output_shapes = [tuple(one.shape) for one in leaves if hasattr(one, "shape")]
        elif self.activity_regularizer is not None:
            for one in leaves:
                penalty = self.activity_regularizer(one)
                context.losses.append(penalty / ops.cast(one.shape[0], one.dtype) if one.ndim else penalty)
        if context.watch:
            context.look_at(self, leaves)
        return outputs

    def _build_from(self, args: tuple[Any, ...]) -> None:
        shapes = [map_tree(lambda one: tuple(one.shape), one) for one in args if _has_tensor(one)]
        wanted = len(inspect.signature(self.build).parameters)
        if wanted and not shapes:
            raise ArgumentError(
                "a layer is called on an array or a tensor.",
                given=", ".join(type(one).__name__ for one in args) or "nothing",
                fix="pass an array (samples, …), or Input(shape=…) where a model is described",
            )
        self._check_shape(shapes)
        self.build(*(shapes[:1] if wanted <= 1 else shapes))

    def _check_shape(self, shapes: list[Any]) -> None:
        """Compare the first input with the shape that the user said it would have."""
        expected = self._untracked_input_shape
        if expected is None or not shapes or not isinstance(shapes[0], tuple):
            return
        pairs = zip(expected, shapes[0], strict=False)
        if len(expected) != len(shapes[0]) or any(a != b for a, b in pairs if None not in (a, b)):
            raise ShapeError("the input has another shape than was announced.", expected=expected, given=shapes[0])

    def _input(self, value: Any) -> Any:
        """Return an argument as the layer computes with it: arrays of numbers, floats in its dtype."""
        if isinstance(value, Variable):
            value = concrete(value)
        if isinstance(value, Node):
            return ops.cast(value, self._dtype) if self.autocast and _to_cast(value.dtype, self._dtype) else value
        if value is None or isinstance(value, str | bool) or callable(value):
            return value
        array = np.asarray(value)
        if array.dtype.kind in "OUSMmc":
            raise DTypeError(
                "a layer computes with numbers.",
                where=f"layer '{self.name}' ({type(self).__name__})",
                given=f"an input of dtype {array.dtype}",
                fix="turn text and dates into numbers first",
            )
        if self.autocast and array.dtype.kind == "f" and array.dtype != self._dtype:
            return array.astype(self._dtype)
        return array


def _to_cast(dtype: str, wanted: str) -> bool:
    return is_float(dtype) and dtype != wanted


def _has_tensor(value: Any) -> bool:
    return any(hasattr(leaf, "shape") for leaf in flatten(value)[0])


def _joined(value: Any) -> Any:
    """Return rows of Python numbers as one array; lists of arrays stay lists."""
    if not isinstance(value, list):
        return value
    leaves = flatten(value)[0]
    return np.asarray(value) if leaves and all(isinstance(one, int | float) for one in leaves) else value


def _building(build: Callable[..., None]) -> Callable[..., None]:
    """Make a subclass's build note the shape and that it has run."""

    @functools.wraps(build)
    def wrapped(self: Layer, *shapes: Any, **named: Any) -> None:
        build(self, *shapes, **named)
        given = [*shapes, *named.values()]
        self._untracked_build_shape = given[0] if len(given) == 1 else None
        self.built = True

    return wrapped


def _remembering(init: Callable[..., None]) -> Callable[..., None]:
    """Make a subclass's __init__ remember its arguments, for get_config where the class writes none."""

    @functools.wraps(init)
    def wrapped(self: Layer, *args: Any, **kwargs: Any) -> None:
        outermost = "_untracked_arguments" not in self.__dict__
        if outermost:
            object.__setattr__(self, "_untracked_arguments", _named(init, self, args, kwargs))
        try:
            init(self, *args, **kwargs)
        except OnionskinError as error:
            raise (error.within(type(self).__name__) if outermost and error.where is None else error) from None

    return wrapped


def _named(init: Callable[..., None], self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    try:
        bound = inspect.signature(init).bind(self, *args, **kwargs)
    except TypeError:
        return {}  # the call itself will say what is wrong
    named = dict(list(bound.arguments.items())[1:])
    for parameter in inspect.signature(init).parameters.values():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            named.update(named.pop(parameter.name, {}))
        elif parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            named.pop(parameter.name, None)
    return named
