"""`Functional`: a model described by calling layers on `Input` tensors."""

from __future__ import annotations

from typing import Any, ClassVar

from onionskin.base.errors import ArgumentError
from onionskin.base.registry import LAYERS
from onionskin.base.trees import flatten, unflatten
from onionskin.graph import CALL, INPUT, Node, topological
from onionskin.layers import InputLayer, Layer
from onionskin.layers.describe import LayerCall, described_again, is_described, run_described
from onionskin.layers.input import input_layer_of
from onionskin.layers.input_spec import InputSpec
from onionskin.models.describing import takes_description
from onionskin.models.functional_config import functional_config, functional_from_config
from onionskin.models.inputs import fit_inputs, with_masks
from onionskin.models.model import Model
from onionskin.models.order import ordered_parts
from onionskin.models.trainer import Trainer


@LAYERS.entry()
class Functional(Model):
    """A model between described tensors; made by `Model(inputs, outputs)`.

    Args:
        inputs: an `Input`, or a list or dictionary of them; any tensor that was computed from one begins a part
            of its model, whose layers are shared.
        outputs: a tensor computed from them, or a list or dictionary.
        name: its name.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: an input or an output is no tensor of a description.
    """

    _masks_itself = True
    _untracked_own_spec: Any = None
    _not_copied: ClassVar[frozenset[str]] = Model._not_copied | {"_untracked_nodes", "_untracked_parts"}

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None, **kwargs: Any) -> None:
        Trainer.__init__(self, name=name, **kwargs)
        where = f"model '{self.name}'"
        _check_ends(inputs, outputs, where)
        inputs, outputs = _begun_by_inputs(inputs, outputs)
        self.inputs, self._untracked_in_form = flatten(inputs)
        self.outputs, self._untracked_out_form = flatten(outputs)
        self._untracked_nodes = topological(self.outputs, stop=())
        strangers = [node for node in self._untracked_nodes if node.primitive is INPUT and node not in set(self.inputs)]
        if strangers:
            raise ArgumentError(
                "an output of the model depends on an Input that is none of its inputs.",
                where=where,
                given=f"Input '{strangers[0].params['name']}' of shape {strangers[0].shape}",
                fix="name it in Model(inputs=…)",
            )
        self._untracked_parts = self._ordered_parts()
        self._operations = [part for part in self._untracked_parts if isinstance(part, Layer)]
        names = [layer.name for layer in self._operations]
        twice = [name for index, name in enumerate(names) if name in names[:index]]
        if twice:
            raise ArgumentError(
                "every layer of a model needs a name of its own.",
                where=where,
                given=f"{names.count(twice[0])} times {twice[0]!r}",
                fix="give name=…",
            )
        self._untracked_path = self.name
        self.built = True
        if not self._trainable:
            self.trainable = False  # that of the layers too

    def _ordered_parts(self) -> list[Any]:
        begun = {node: input_layer_of(node) for node in self.inputs}
        return [begun.get(part, part) for part in ordered_parts(self.inputs, self.outputs)]

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._untracked_nodes = topological(self.outputs, stop=())
        self._untracked_parts = self._ordered_parts()

    def calls(self) -> list[LayerCall]:
        """Return the calls of layers that make up the model, in order."""
        return [node.params["call"] for node in self._untracked_nodes if node.primitive is CALL]

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return the outputs for inputs, with masks of the inputs where they are given."""
        tensors = fit_inputs(self.inputs, inputs, self._untracked_in_form, self.name)
        tensors = with_masks(tensors, mask)
        found = unflatten(self._untracked_out_form, run_described(self.inputs, self.outputs, tensors))
        return found[0] if isinstance(found, list | tuple) and len(found) == 1 else found

    def build(self, input_shape: Any = None) -> None:
        """Do nothing: the layers were built as they were called."""

    def add_loss(self, loss: Any) -> None:
        """Refuse: a described model has no call of its own to add a loss in.

        Raises:
            ArgumentError: always.
        """
        raise ArgumentError(
            "a described model has no call to add a loss in.",
            where=f"model '{self.name}', add_loss",
            fix="call self.add_loss in the call of a layer of your own, and put that layer into the model",
        )

    def _listed_layers(self) -> list[Any]:
        """The layers, inputs among them, in Keras's order: by their distance from the outputs."""
        return list(self._operations)

    @property
    def input_spec(self) -> Any:
        """What is said of each input: its shape, whose last axis may be left out where its size is 1."""
        if self._untracked_own_spec is not None:
            return self._untracked_own_spec
        labels = [node.params["name"] for node in self.inputs]
        if self._untracked_in_form.kind is dict:
            labels = list(self._untracked_in_form.keys)
        return [
            InputSpec(shape=(None, *node.shape[1:]), allow_last_axis_squeeze=True, name=label,
                      optional=input_layer_of(node).optional)
            for node, label in zip(self.inputs, labels, strict=True)
        ]  # fmt: skip

    @input_spec.setter
    def input_spec(self, value: Any) -> None:
        self._untracked_own_spec = value

    def _check_inputs(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self._untracked_own_spec is not None:  # else `fit_inputs` compares, and says which input it is
            super()._check_inputs(args, kwargs)

    @property
    def input(self) -> Any:
        """The input tensors, in the structure that they were given in."""
        return unflatten(self._untracked_in_form, self.inputs)

    @property
    def output(self) -> Any:
        """The output tensors, in the structure that they were given in."""
        return unflatten(self._untracked_out_form, self.outputs)

    @property
    def input_shape(self) -> Any:
        """Shape of the input, a list of them where there are several; None for the batch."""
        shapes = [node.shape for node in self.inputs]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def output_shape(self) -> Any:
        """Shape of the output, a list of them where there are several; None for the batch."""
        shapes = [node.shape for node in self.outputs]
        return shapes[0] if len(shapes) == 1 else shapes

    def _output_names(self, outputs: Any) -> list[str]:
        if isinstance(outputs, dict):
            return sorted(outputs)
        makers = {pick: pick.inputs[0] for pick in self._untracked_nodes if pick.inputs}
        names = []
        for index, node in enumerate(self.outputs):
            maker = makers.get(node)
            is_call = maker is not None and maker.primitive is CALL
            names.append(maker.params["call"].layer.name if is_call and maker is not None else f"output_{index}")
        return names

    def get_config(self) -> dict[str, Any]:
        """Return the description as data; where a subclass has arguments of its own, these."""
        if takes_description(type(self)):
            return functional_config(self)
        return self._settings(automatic=type(self).get_config is Functional.get_config)

    @classmethod
    def _from_config_within(cls, settings: dict[str, Any], custom: Any, depth: int) -> Any:
        if "layers" in settings and takes_description(cls):
            return functional_from_config(cls, settings, custom, depth)
        return cls(**settings)

    @property
    def description(self) -> tuple[list[Node], Any, list[Node], Any]:
        """Inputs, their structure, outputs, their structure."""
        return self.inputs, self._untracked_in_form, self.outputs, self._untracked_out_form


def _kind(value: Any) -> str:
    """Return what was given instead of a tensor, without its numbers."""
    shape = getattr(value, "shape", None)
    return repr(value) if isinstance(value, Node) else type(value).__name__ + (f" of shape {shape}" if shape else "")


def _check_ends(inputs: Any, outputs: Any, where: str) -> None:
    """Refuse inputs and outputs that are no tensors of a description, or an input that is named twice."""
    given = flatten(inputs)[0]
    for node in given:
        if not is_described(node):
            raise ArgumentError("an input of a model comes from Input().", where=where, given=_kind(node),
                                fix="x = Input(shape=…); Model(x, layer(x))")  # fmt: skip
    if len(set(given)) < len(given):
        raise ArgumentError("an input of a model is named twice.", where=where,
                            given=", ".join(node.params.get("name", repr(node)) for node in given),
                            fix="one Input for each array that the model is given")  # fmt: skip
    for node in flatten(outputs)[0]:
        if not is_described(node):
            raise ArgumentError(
                "an output of a model is a tensor computed from its inputs.",
                where=where,
                given=_kind(node),
                fix="call layers on Input tensors, not on arrays",
            )


def _begun_by_inputs(inputs: Any, outputs: Any) -> tuple[Any, Any]:
    """Return inputs and outputs of a description that `Input` begins; where a tensor within one is an input, a copy."""
    given, form = flatten(inputs)
    if all(node.primitive is INPUT for node in given):
        return inputs, outputs
    begun = [node if node.primitive is INPUT else InputLayer(batch_shape=node.shape, dtype=node.dtype).output
             for node in given]  # fmt: skip
    ends, out_form = flatten(outputs)
    return unflatten(form, begun), unflatten(out_form, described_again(given, ends, begun))
