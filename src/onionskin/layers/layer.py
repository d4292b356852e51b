"""`Layer`, the base of all parts with weights: build once the shapes are known, then call."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from onionskin import dtype_policies, ops, regularizers
from onionskin.base.errors import (
    ArgumentError,
    DTypeError,
    NotBuiltError,
    NotDescribedError,
    OnionskinError,
    ShapeError,
)
from onionskin.base.specs import Spec, is_float
from onionskin.base.trees import flatten, map_tree
from onionskin.dtype_policies.policy import TEXT
from onionskin.graph import Node, concrete
from onionskin.layers.arguments import announced_shape, layer_policy
from onionskin.layers.calls import default_of, has_tensor, map_shapes, parameter_names, shapes_for
from onionskin.layers.describe import call_node, described_ends, is_described, output_specs, without_sizes
from onionskin.layers.input_spec import check_inputs, check_one
from onionskin.layers.masks import carry, first_argument, given_masks
from onionskin.layers.naming import auto_name, checked_name
from onionskin.layers.stepping import Stepwise
from onionskin.layers.wrapping import building, remembering
from onionskin.state import StatelessScope, Variable, mask_of, opened, set_mask
from onionskin.state.autocast import autocast_dtype, autocasting
from onionskin.state.call import CallContext, calling, current_call, path_of, within


class Layer(Stepwise):
    """A part of a network: weights made by `build`, a function `call` that uses them.

    Subclass it with `__init__` (settings), `build(input_shape)` (`add_weight` for each weight) and
    `call(inputs)`, written with `onionskin.ops` and operators. A layer inside another is found by being
    set as an attribute.

    Args:
        activity_regularizer: penalty on the output, a regularizer or its name.
        trainable: whether optimizers change its weights.
        dtype: dtype of weights and computation, or a policy such as "mixed_float16"; the default one where None.
        autocast: cast float inputs to the dtype that it computes in.
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
    _untracked_losses: Sequence[Any] = ()  # what it added in the last call that was not part of another
    _untracked_kept_losses: bool = False  # whether the last call that was not part of another added any
    _untracked_first_call: Node | None = None  # its first call in a description
    _untracked_path: str | None = None
    _bearing_nothing: ClassVar[frozenset[str]] = frozenset(
        {"_untracked_losses", "_untracked_output_shapes", "_untracked_arguments", "_untracked_edition",
         "_untracked_first_call", "_untracked_path", "_untracked_kept_losses", "_untracked_steps"}
    )  # fmt: skip
    _takes_one: ClassVar[bool] = False  # called on one tensor, no list or dictionary of them
    _not_copied: ClassVar[frozenset[str]] = Stepwise._not_copied | {
        "_untracked_losses", "_untracked_kept_losses", "_untracked_edition",
        "_untracked_first_call",  # set again where the model's tensors are copied
    }  # fmt: skip
    _masks_itself: ClassVar[bool] = False  # the layers within it say what masks its outputs carry
    input_spec: Any = None
    supports_masking: bool = False

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
        self._untracked_input_shape = announced_shape(kwargs, self._called())
        self.built = False
        self.autocast = autocast
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self._dtype_policy = layer_policy(dtype, self._called())
        self._trainable = bool(trainable)
        self.supports_masking = self._makes_masks = type(self).compute_mask is not Layer.compute_mask
        self._untracked_build_shape: Any = None
        self._untracked_build_shapes: dict[str, Any] = {}
        self._call_names = parameter_names(self.call)
        self._mask_names = tuple(one for one in self._call_names if one == "mask" or one.endswith("_mask"))
        self._supports_training = "training" in self._call_names
        self._training_default = default_of(self.call, "training")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            cls.build = building(cls.__dict__["build"])  # type: ignore[method-assign]
        if "__init__" in cls.__dict__:
            cls.__init__ = remembering(cls.__dict__["__init__"])  # type: ignore[method-assign]

    # --- what a subclass says ---

    def build(self, input_shape: Any) -> None:
        """Make the weights; called once, when the input's shape is known."""
        self._note_build({"input_shape": input_shape})

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output; subclasses write it."""
        raise ArgumentError(
            "this layer says nothing about what it computes.",
            fix="define call(self, inputs) in the class",
        )

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return the mask of the output, given that of the input; a layer with one of its own supports masking.

        Args:
            inputs: the first argument of the call.
            previous_mask: its mask, in its structure; None where it carries none.
        """
        return previous_mask

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return self._settings(automatic=type(self).get_config is Layer.get_config)

    def _settings(self, automatic: bool) -> dict[str, Any]:
        """Return the common arguments; where no class says more, all that `__init__` was called with."""
        policy = dtype_policies.serialize(self._dtype_policy)
        base = {"name": self.name, "trainable": self._trainable, "dtype": policy}
        if automatic:
            base.update({key: one for key, one in self._untracked_arguments.items() if key not in base})
        if self.activity_regularizer is not None:
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
            layer._dtype_policy = layer_policy(common["dtype"], layer._called())
        if not common.get("trainable", True):
            layer.trainable = False
        return layer

    def get_build_config(self) -> dict[str, Any] | None:
        """Return what `build_from_config` makes the weights from: the shapes that `build` was given."""
        shapes = self._untracked_build_shapes
        if not shapes:
            return None
        return {"input_shape": next(iter(shapes.values()))} if len(shapes) == 1 else {"shapes_dict": shapes}

    def build_from_config(self, config: dict[str, Any] | None) -> None:
        """Make the weights, where `get_build_config` of an equal layer said for which shapes."""
        if config and "input_shape" in config:
            self.build(map_shapes(tuple, config["input_shape"]))
        elif config and "shapes_dict" in config:
            self.build(**{name: map_shapes(tuple, one) for name, one in config["shapes_dict"].items()})

    def compute_output_shape(self, *shapes: Any, **named: Any) -> Any:
        """Return the shape of the output for the shape of the input, by calling the layer on tensors without numbers.

        Args:
            shapes: the shape of each argument of `call`, or a structure of shapes.
            named: likewise by name, each with `_shape` behind it.
        """
        kind = self.compute_dtype if self.compute_dtype != TEXT else "int64"
        specs = [map_shapes(lambda one: Spec(one, kind), shape) for shape in shapes]
        by_name = {name.removesuffix("_shape"): map_shapes(lambda one: Spec(one, kind), one)
                   for name, one in named.items()}  # fmt: skip
        if len(by_name) == 1 and next(iter(by_name)) not in self._call_names:  # input_shape=…, whatever its name
            specs, by_name = [*specs, *by_name.values()], {}
        return map_tree(lambda one: one.shape, self.compute_output_spec(*specs, **by_name))

    def compute_output_spec(self, *specs: Any, **kwargs: Any) -> Any:
        """Return the spec of the output for specs of the inputs, building the layer where needed."""
        return output_specs(self, specs, kwargs)

    # --- losses ---

    def add_loss(self, loss: Any) -> None:
        """Add a number, or a list of them, to the loss of the step that this call belongs to."""
        context = current_call()
        if context is not None:
            context.losses.extend((self, one) for one in flatten(loss)[0])

    @property
    def losses(self) -> list[Any]:
        """What the running call, or the last, has added here or within, and the penalty of each trainable weight."""
        inner = self._flatten_layers()
        context = current_call()
        if context is None:
            added = [loss for layer in inner for loss in layer._untracked_losses]
        else:
            own = {id(layer) for layer in inner}
            added = [loss for layer, loss in context.losses if id(layer) in own]
        return [*added, *[v.regularizer(v.value) for v in self.trainable_variables if v.regularizer is not None]]

    def _keep_losses(self, context: CallContext) -> None:
        """Note what the layers have added in a call of this one, in place of what they did in the call before."""
        for layer in self._flatten_layers():
            layer.__dict__.pop("_untracked_losses", None)
        self._untracked_kept_losses = bool(context.losses)
        for layer, loss in context.losses:
            layer._untracked_losses = (*layer._untracked_losses, loss)

    # --- dtypes ---

    @property
    def dtype_policy(self) -> dtype_policies.DTypePolicy:
        """What its weights are kept in, and what it computes in."""
        return self._dtype_policy

    @dtype_policy.setter
    def dtype_policy(self, value: Any) -> None:
        self._dtype_policy = layer_policy(value, self._called())

    @property
    def dtype(self) -> str:
        """Dtype of the weights."""
        return self._dtype_policy.variable_dtype

    @property
    def variable_dtype(self) -> str:
        """Dtype of the weights."""
        return self._dtype_policy.variable_dtype

    @property
    def compute_dtype(self) -> str:
        """Dtype of the computation."""
        return self._dtype_policy.compute_dtype

    @property
    def input_dtype(self) -> str:
        """Dtype that float inputs are cast to."""
        return self.compute_dtype

    @property
    def quantization_mode(self) -> None:
        """None: nothing is quantized here."""
        return None

    def quantize(self, mode: Any = None, type_check: bool = True, config: Any = None) -> None:
        """Refuse: quantization is not supported."""
        raise ArgumentError(
            "quantization is not supported.",
            where=f"{self._called()}, quantize",
            given=repr(mode),
            fix="train and run in float32, or in 'mixed_float16' where memory is short",
        )

    def add_metric(self, *args: Any, **kwargs: Any) -> None:
        """Refuse, as Keras 3 does: metrics are attributes, or named in `compile`."""
        raise ArgumentError(
            "add_metric is no longer a part of Keras.",
            where=self._called(),
            fix="name the metric in compile(metrics=[…]), or set it as an attribute in __init__ and call "
            "its update_state in call",
        )

    # --- what a description says ---

    @property
    def path(self) -> str | None:
        """Its name behind those of the layers that it was built within, as `outer/inner`; None before it is built."""
        return self._untracked_path

    @property
    def input(self) -> Any:
        """The tensor, or list of tensors, that it was first called on in the description of a model."""
        return self._of_first_call(0, "input")

    @property
    def output(self) -> Any:
        """What its first call in the description of a model returned, a tensor or list of them."""
        return self._of_first_call(1, "output")

    def _of_first_call(self, end: int, what: str) -> Any:
        if self._untracked_first_call is None:
            raise NotDescribedError(
                f"the layer has not been called in the description of a model, and has no {what} yet.",
                where=self._called(),
                fix="call it on a tensor that Input(shape=…) begins",
            )
        tensors = described_ends(self._untracked_first_call)[end]
        return tensors[0] if len(tensors) == 1 else tensors

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"

    # --- calling ---

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Build the layer where needed and compute its output; a mistake names the layer."""
        self._check_begun()
        args = map_tree(self._input, tuple(_joined(one) for one in args))
        kwargs = {key: map_tree(self._input, one) if has_tensor(one) else one for key, one in kwargs.items()}
        try:
            with within(self):
                self._check_inputs(args, kwargs)
                if any(is_described(one) for one in flatten((args, kwargs))[0]):
                    return call_node(self, args, kwargs)
                if not self.built:
                    self._build_from(args, kwargs)
                    self._check_inputs(args, kwargs)
                if current_call() is not None:
                    return self._run(args, kwargs)
                with calling(CallContext()) as context:
                    outputs = self._run(args, kwargs)
                if context.losses or self._untracked_kept_losses:
                    self._keep_losses(context)
                return outputs
        except OnionskinError as error:
            raise error.within(self._called()) from None

    def stateless_call(
        self,
        trainable_variables: Sequence[Any],
        non_trainable_variables: Sequence[Any],
        *args: Any,
        return_losses: bool = False,
        **kwargs: Any,
    ) -> tuple[Any, ...]:
        """Compute the output with given values of the variables, and change none.

        Args:
            trainable_variables: a value for each of `trainable_variables`.
            non_trainable_variables: a value for each of `non_trainable_variables`.
            args: as the layer is called.
            return_losses: return the losses of the call too.
            kwargs: likewise.

        Returns:
            The output, and the new values of the non-trainable variables; then the losses.

        Raises:
            NotBuiltError: the layer has no weights yet.
            ShapeError: another number of values than there are variables.
        """
        where = f"{self._called()}, stateless_call"
        if not self.built:
            raise NotBuiltError("the layer has no weights yet.", where=where, fix="call it on data first")
        values: dict[Variable, Any] = {}
        for what, given in (("trainable_variables", trainable_variables),
                            ("non_trainable_variables", non_trainable_variables)):  # fmt: skip
            own = getattr(self, what)
            if len(own) != len(given):
                raise ShapeError(f"{what} has another number of values than the layer has variables.", where=where,
                                 expected=len(own), given=len(given))  # fmt: skip
            values.update(zip(own, map(ops.convert_to_tensor, given), strict=True))
        with opened(StatelessScope(values)) as scope, calling(CallContext()):
            outputs = self(*args, **kwargs)
            found = [outputs, [scope.read(v) for v in self.non_trainable_variables]]
            return (*found, self.losses) if return_losses else tuple(found)

    def _run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        outer = current_call()
        if self._supports_training:
            given = self._given_training(args, kwargs)
            if given is None and outer is not None:
                given = outer.training
            training = self._training_default if given is None else bool(given)
            if "training" not in self._call_names[: len(args)]:
                kwargs["training"] = training  # None where nobody said and `call` has no other default
        else:
            training = kwargs.pop("training", None)  # not for this layer, but for those inside it
        if outer is not None:
            return self._compute(args, kwargs, outer, training)
        with calling(CallContext(training=training)) as context:
            return self._compute(args, kwargs, context, training)

    def _given_training(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the call's argument `training`, None where it was left out."""
        place = self._call_names.index("training")
        return args[place] if place < len(args) else kwargs.get("training")

    def _compute(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], context: CallContext, training: bool | None
    ) -> Any:
        args, mask = given_masks(self, args, kwargs)
        before = context.training
        if training is not None:
            context.training = bool(training)
        try:
            with self._casting():
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
                context.losses.append((self, penalty / ops.cast(one.shape[0], one.dtype) if one.ndim else penalty))
        carry(self, first_argument(self, args, kwargs), outputs, mask)
        if context.look is not None:
            context.look(self, args, kwargs, outputs)
        return outputs

    def _casting(self) -> AbstractContextManager[None]:
        """Return the block within which variables are read in the dtype that the layer computes in."""
        around, own = autocast_dtype(), self.compute_dtype
        if around is not None and (not self.autocast or not is_float(own)):
            return autocasting(None)
        mixed = around != own if around is not None else own != self.variable_dtype
        return autocasting(own) if mixed else nullcontext()

    def _build_from(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        shapes, named = map_shapes(without_sizes, shapes_for(self.build, self._call_names, args, kwargs))
        self._check_announced(shapes)
        with within(self):
            self.build(*shapes, **named)

    def _note_build(self, shapes: dict[str, Any]) -> None:
        """Note that the weights are made, for which shapes, and within which layers."""
        self._untracked_build_shapes = shapes
        self._untracked_build_shape = next(iter(shapes.values())) if len(shapes) == 1 else None
        self._untracked_path = self._untracked_path or path_of(self)
        self.built = True

    def _check_announced(self, shapes: list[Any]) -> None:
        """Compare the first input with the shape that the user said it would have."""
        expected = self._untracked_input_shape
        if expected is None or not shapes or not isinstance(shapes[0], tuple):
            return
        pairs = zip(expected, shapes[0], strict=False)
        if len(expected) != len(shapes[0]) or any(a != b for a, b in pairs if None not in (a, b)):
            raise ShapeError("the input has another shape than was announced.", expected=expected, given=shapes[0])

    def _check_inputs(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self._takes_one:
            check_one(first_argument(self, args, kwargs))
        if self.input_spec is not None:
            check_inputs(self.input_spec, first_argument(self, args, kwargs))

    def _input(self, value: Any) -> Any:
        """Return an argument as the layer computes with it: arrays of numbers, floats in its compute dtype."""
        if isinstance(value, Variable):
            value = concrete(value)
        own = self.compute_dtype
        if isinstance(value, Node):
            return _with_mask(value, ops.cast(value, own)) if self._to_cast(value.dtype, own) else value
        if value is None or isinstance(value, str | bool) or callable(value):
            return value
        array = np.asarray(value)
        if array.dtype.kind in "OUSMmc":
            raise DTypeError(
                "a layer computes with numbers.",
                where=self._called(),
                given=f"an input of dtype {array.dtype}",
                fix="turn text and dates into numbers first",
            )
        return _with_mask(value, array.astype(own)) if self._to_cast(array.dtype.name, own) else array

    def _to_cast(self, dtype: str, wanted: str) -> bool:
        return self.autocast and is_float(dtype) and wanted not in (dtype, TEXT)


def _joined(value: Any) -> Any:
    """Return rows of Python numbers as one array; lists of arrays stay lists."""
    if not isinstance(value, list):
        return value
    leaves = flatten(value)[0]
    return np.asarray(value) if leaves and all(isinstance(one, int | float) for one in leaves) else value


def _with_mask(value: Any, cast: Any) -> Any:
    """Let an argument that was cast carry the mask that it had."""
    mask = mask_of(value)
    if mask is not None:
        set_mask(cast, mask)
    return cast
