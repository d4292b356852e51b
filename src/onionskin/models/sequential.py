"""`Sequential`: layers one after the other."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import ArgumentError, NotBuiltError, NotDescribedError
from onionskin.base.registry import LAYERS
from onionskin.base.specs import spec_of
from onionskin.base.trees import LEAF, map_tree
from onionskin.graph import INPUT, Node
from onionskin.layers import InputLayer, Layer
from onionskin.layers.describe import is_described
from onionskin.layers.input import input_layer_of
from onionskin.models.config import sequential_config, sequential_from_config
from onionskin.models.inputs import fit_inputs, with_masks
from onionskin.models.model import Model
from onionskin.state.call import path_of, within


@LAYERS.entry()
class Sequential(Model):
    """A stack of layers, each called on the output of the one before.

    Args:
        layers: list of layers; the first may be an `Input`.
        trainable: whether its weights are trained.
        name: its name.

    Raises:
        ArgumentError: something in the list is no layer.

    Example:
        >>> from onionskin.layers import Dense, Input
        >>> model = Sequential([Input((4,)), Dense(8, activation="relu"), Dense(1)])
        >>> model.output_shape, model.count_params()
        ((None, 1), 49)
    """

    _masks_itself = True

    def __init__(self, layers: Any = None, trainable: bool = True, name: str | None = None) -> None:
        super().__init__(trainable=trainable, name=name)
        self._stack: list[Layer] = []
        self._untracked_input: Node | None = None
        self._untracked_output: Node | None = None
        self._input_layer: InputLayer | None = None
        if layers is not None and not isinstance(layers, list | tuple):
            raise ArgumentError(
                "the layers of a model come in a list.",
                where=f"Sequential '{self.name}'",
                given=f"an object of type {type(layers).__name__}",
                fix="Sequential([layer, …])",
            )
        for layer in layers or []:
            self.add(layer)

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Put a layer on top.

        Raises:
            ArgumentError: it is no layer, or another layer has its name.
            ShapeError: it does not fit the layer below.
        """
        del rebuild  # a description grows layer by layer
        where = f"Sequential '{self.name}', layer {len(self._stack)}"
        if is_described(layer):
            if layer.primitive is not INPUT:
                raise ArgumentError(
                    "only layers can be added.",
                    where=where,
                    given=repr(layer),
                    fix="for tensors that layers were called on use Model(inputs, outputs)",
                )
            layer = input_layer_of(layer)
        if not isinstance(layer, Layer):
            kind = f"{layer.__name__}, a class" if isinstance(layer, type) else repr(layer)
            fix = f"make one: {layer.__name__}(…)" if isinstance(layer, type) else "pass a layer, such as Dense(10)"
            raise ArgumentError("only layers can be added.", where=where, given=kind, fix=fix)
        if isinstance(layer, InputLayer):
            self._begin(layer, where)
            return
        if any(one.name == layer.name and one is not layer for one in self._stack):
            raise ArgumentError(
                "every layer of a model needs a name of its own.",
                where=where,
                given=repr(layer.name),
                fix="give name=…",
            )
        announced = layer._untracked_input_shape
        if not self._stack and self._untracked_input is None and announced is not None:
            self._begin(InputLayer(batch_shape=announced), where)
        inner = getattr(layer, "inputs", None)
        if not self._stack and self._untracked_input is None and inner and len(inner) == 1:
            self._begin(InputLayer(batch_shape=inner[0].shape, dtype=inner[0].dtype), where)
        if self._untracked_output is not None:
            with within(self):
                self._untracked_output = self._one_tensor(layer, layer(self._untracked_output))
        self._stack.append(layer)
        self.built = self._untracked_output is not None
        if self.built:
            self._untracked_path = self._untracked_path or path_of(self)
        self._forget_programs()

    def _begin(self, layer: InputLayer, where: str) -> None:
        if self._stack or self._untracked_input is not None:
            raise ArgumentError("an input stands first.", where=where, fix="put Input before all other layers")
        self._input_layer = layer
        self._untracked_input = self._untracked_output = layer.output

    def _one_tensor(self, layer: Layer, output: Any) -> Node:
        if not isinstance(output, Node):
            raise ArgumentError(
                "a layer of a Sequential model returns one tensor.",
                where=f"Sequential '{self.name}', layer '{layer.name}'",
                given=type(output).__name__,
                fix="use the functional API: Model(inputs, outputs)",
            )
        return output

    def pop(self, rebuild: bool = True) -> Layer:
        """Take the last layer off and return it.

        Raises:
            ArgumentError: there is none.
        """
        del rebuild
        if not self._stack:
            raise ArgumentError("there is no layer to take off.", where=f"Sequential '{self.name}'")
        layer = self._stack.pop()
        if self._untracked_input is not None:
            self._describe()
        self._forget_programs()
        return layer

    def build(self, input_shape: Any = None) -> None:
        """Make the weights of all layers for an input shape (batch, …).

        Raises:
            NotBuiltError: no input shape is known.
        """
        if input_shape is not None and self._untracked_input is None:
            self._begin_at((None, *tuple(input_shape)[1:]), self._stack[0].compute_dtype if self._stack else None)
        if self._untracked_input is None:
            raise NotBuiltError(
                "the input's shape is not known.",
                where=f"Sequential '{self.name}'",
                fix="put Input(shape=…) first, or call build(input_shape)",
            )

    def _begin_at(self, shape: tuple[Any, ...], dtype: Any) -> None:
        """Describe the layers from an input of a shape."""
        start = InputLayer(batch_shape=shape, dtype=dtype)
        self._untracked_input = start.output
        self._describe()
        self._input_layer = start

    def _describe(self) -> None:
        output = self._untracked_input
        with within(self):
            for layer in self._stack:
                output = self._one_tensor(layer, layer(output))
        self._untracked_output = output

    def _build_for(self, x: Any) -> None:
        x = x[0] if isinstance(x, list | tuple) and len(x) == 1 else x  # a list of one input
        if not hasattr(x, "shape"):
            raise ArgumentError(
                "a Sequential model takes one input.",
                where=f"Sequential '{self.name}'",
                given=f"{type(x).__name__} of arrays",
                fix="use the functional API: Model(inputs, outputs)",
            )
        if not self._stack:
            raise NotBuiltError("the model has no layers.", where=f"Sequential '{self.name}'", fix="add layers first")
        self._begin_at((None, *x.shape[1:]), x.dtype)
        self._note_build({"input_shape": (None, *x.shape[1:])})

    def _build_from(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._build_for(map_tree(lambda one: spec_of(one) if hasattr(one, "shape") else one, args[0]))

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return the output of the last layer, with a mask of the input where it is given."""
        assert self._untracked_input is not None
        (outputs,) = with_masks(fit_inputs([self._untracked_input], inputs, LEAF, self.name), mask)
        for layer in self._stack:
            outputs = layer(outputs)
        return outputs

    def _listed_layers(self) -> list[Any]:
        """The layers, without the input."""
        return list(self._stack)

    @property
    def inputs(self) -> list[Node] | None:
        """The input tensor in a list, None while not known."""
        return None if self._untracked_input is None else [self._untracked_input]

    @property
    def outputs(self) -> list[Node] | None:
        """The output tensor in a list, None while not known."""
        return None if self._untracked_output is None else [self._untracked_output]

    @property
    def input(self) -> Node:
        """The input tensor."""
        return self._known(self._untracked_input)

    @property
    def output(self) -> Node:
        """The output tensor."""
        return self._known(self._untracked_output)

    @property
    def input_shape(self) -> Any:
        """Shape of the input, None for the batch."""
        return self._known(self._untracked_input).shape

    @property
    def output_shape(self) -> Any:
        """Shape of the output, None for the batch."""
        return self._known(self._untracked_output).shape

    def _known(self, node: Node | None) -> Node:
        if node is None:
            raise NotDescribedError(
                "the input's shape is not known.",
                where=f"Sequential '{self.name}'",
                fix="put Input(shape=…) first, or call build(input_shape)",
            )
        return node

    def get_build_config(self) -> dict[str, Any] | None:
        """Return the shape of the input, from which `build_from_config` makes the weights; None while not known."""
        return None if self._untracked_input is None else {"input_shape": self._untracked_input.shape}

    def get_config(self) -> dict[str, Any]:
        """Return the layers as data; see `models.files`."""
        return sequential_config(self)

    @classmethod
    def _from_config_within(cls, settings: dict[str, Any], custom: Any, depth: int) -> Any:
        return sequential_from_config(cls, settings, custom, depth)
