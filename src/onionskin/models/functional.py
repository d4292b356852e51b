"""`Functional`: a model described by calling layers on `Input` tensors."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import ArgumentError
from onionskin.base.registry import LAYERS
from onionskin.base.trees import flatten, map_tree, unflatten
from onionskin.graph import CALL, INPUT, Node, topological
from onionskin.layers.describe import LayerCall, is_described, run_described
from onionskin.models.functional_config import functional_config, functional_from_config
from onionskin.models.inputs import fit_inputs
from onionskin.models.model import Model
from onionskin.models.order import ordered_parts


@LAYERS.entry()
class Functional(Model):
    """A model between described tensors; made by `Model(inputs, outputs)`.

    Args:
        inputs: an `Input`, or a list or dictionary of them.
        outputs: a tensor computed from them, or a list or dictionary.
        name: its name.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: an input is none that `Input` made, or an output is no tensor of the description.
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.inputs, self._untracked_in_form = flatten(inputs)
        self.outputs, self._untracked_out_form = flatten(outputs)
        where = f"model '{self.name}'"
        for node in self.inputs:
            if not (is_described(node) and node.primitive is INPUT):
                raise ArgumentError("an input of a model comes from Input().", where=where, given=_kind(node),
                                    fix="x = Input(shape=…); Model(x, layer(x))")  # fmt: skip
        if len(set(self.inputs)) < len(self.inputs):
            raise ArgumentError("an input of a model is named twice.", where=where,
                                given=", ".join(node.params["name"] for node in self.inputs),
                                fix="one Input for each array that the model is given")  # fmt: skip
        for node in self.outputs:
            if not is_described(node):
                raise ArgumentError(
                    "an output of a model is a tensor computed from its inputs.",
                    where=where,
                    given=_kind(node),
                    fix="call layers on Input tensors, not on arrays",
                )
        self._untracked_nodes = topological(self.outputs, stop=())
        strangers = [node for node in self._untracked_nodes if node.primitive is INPUT and node not in set(self.inputs)]
        if strangers:
            raise ArgumentError(
                "an output of the model depends on an Input that is none of its inputs.",
                where=where,
                given=f"Input '{strangers[0].params['name']}' of shape {strangers[0].shape}",
                fix="name it in Model(inputs=…)",
            )
        self._operations = [one for one in ordered_parts(self.inputs, self.outputs) if not isinstance(one, Node)]
        names = [node.params["name"] for node in self.inputs] + [layer.name for layer in self._operations]
        twice = [name for index, name in enumerate(names) if name in names[:index]]
        if twice:
            raise ArgumentError(
                "every layer of a model needs a name of its own.",
                where=where,
                given=f"{names.count(twice[0])} times {twice[0]!r}",
                fix="give name=…",
            )
        self.built = True

    def calls(self) -> list[LayerCall]:
        """Return the calls of layers that make up the model, in order."""
        return [node.params["call"] for node in self._untracked_nodes if node.primitive is CALL]

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Return the outputs for inputs."""
        tensors = fit_inputs(self.inputs, inputs, self._untracked_in_form, self.name)
        return unflatten(self._untracked_out_form, run_described(self.inputs, self.outputs, tensors))

    @property
    def layers(self) -> list[Any]:
        """The layers, in Keras's order: by their distance from the outputs."""
        return self._operations

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
        """Shape of the input, None for the batch."""
        return map_tree(lambda node: node.shape, unflatten(self._untracked_in_form, self.inputs))

    @property
    def output_shape(self) -> Any:
        """Shape of the output, None for the batch."""
        return map_tree(lambda node: node.shape, unflatten(self._untracked_out_form, self.outputs))

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
        """Return the description as data; see `models.files`."""
        return functional_config(self)

    @classmethod
    def from_config(cls, settings: dict[str, Any]) -> Any:
        """Return the model that `get_config` described."""
        return cls._from_config_within(settings, None, 0)

    @classmethod
    def _from_config_within(cls, settings: dict[str, Any], custom: Any, depth: int) -> Any:
        return functional_from_config(cls, settings, custom, depth)

    @property
    def description(self) -> tuple[list[Node], Any, list[Node], Any]:
        """Inputs, their structure, outputs, their structure."""
        return self.inputs, self._untracked_in_form, self.outputs, self._untracked_out_form


def _kind(value: Any) -> str:
    """Return what was given instead of a tensor, without its numbers."""
    shape = getattr(value, "shape", None)
    return repr(value) if isinstance(value, Node) else type(value).__name__ + (f" of shape {shape}" if shape else "")
