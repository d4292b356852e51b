"""Functional models as plain data and back: each layer with the calls made of it, a tensor as (layer, call, output)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from onionskin.base.errors import ArgumentError, FileFormatError, OnionskinError
from onionskin.base.registry import LAYERS
from onionskin.base.trees import flatten, unflatten
from onionskin.graph import CALL, PICK, Node
from onionskin.layers import InputLayer
from onionskin.layers.operation import operation_of
from onionskin.models.config import (
    deserialize_layer,
    input_entry,
    list_of,
    plain,
    serialize_layer,
    short,
)
from onionskin.models.operations import MODULES, TENSOR, KerasOperation, Written, operation_from, written
from onionskin.models.order import ordered_parts

Place = list[Any]  # name of a layer, number of its call, number of its output


# --- writing ---


def functional_config(model: Any) -> dict[str, Any]:
    """Return a functional model as data.

    Raises:
        ArgumentError: an operation stands between the layers that a file cannot hold.
    """
    inputs, in_form, outputs, out_form = model.description
    places: dict[Node, Place] = {}
    entries: dict[Any, list[dict[str, Any]]] = {}  # part → its entry; an operation from a file has one for each call
    names = {call.layer.name for call in model.calls()} | {node.params["name"] for node in inputs}
    for node in inputs:
        name = node.params["name"]
        places[node] = [name, 0, 0]
        entries[node] = [{**input_entry(node, name), "name": name, "inbound_nodes": []}]
    for node in model._untracked_nodes:
        if node.primitive is CALL:
            places[node] = _add_call(node, entries, places, names)
        elif node.primitive is PICK:
            places[node] = [*places[node.inputs[0]], node.params["index"]]
        elif node not in places and node.inputs:
            name = _free_name(node.primitive.name, names)
            entries[node] = [_operation_entry(node, name, places, model.name)]
            places[node] = [name, 0] if isinstance(node.spec, tuple) else [name, 0, 0]  # a pick adds which output
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": [entry for part in ordered_parts(inputs, outputs) for entry in entries[part]],
        "input_layers": unflatten(in_form, [places[node] for node in inputs]),
        "output_layers": unflatten(out_form, [_end(node, places) for node in outputs]),
    }


def _add_call(node: Node, entries: dict[Any, list[Any]], places: dict[Node, Place], names: set[str]) -> Place:
    """Note a call of a layer in its entry; returns the layer's name and the number of the call."""
    call = node.params["call"]
    layer, tensors = call.layer, [_tensor_config(one, places) for one in node.inputs]
    if isinstance(layer, KerasOperation):
        known = entries.setdefault(layer, [])
        name = _free_name(layer.name, names) if known else layer.name
        known.append(_written_entry(layer.written(tensors), name))
        return [name, 0]
    if layer not in entries:
        entries[layer] = [{**serialize_layer(layer), "name": layer.name, "inbound_nodes": []}]
    args, kwargs = call.arguments(tensors)
    where = f"layer '{layer.name}'"
    calls = entries[layer][0]["inbound_nodes"]
    calls.append({"args": plain(args, where), "kwargs": plain(kwargs, where)})
    return [layer.name, len(calls) - 1]


def _operation_entry(node: Node, name: str, places: dict[Node, Place], model: str) -> dict[str, Any]:
    """Return an operation between the layers: Keras's where it has one, else the layer `Operation`, called once."""
    found = written(node)
    if found is not None:
        tensors = {one: _tensor_config(one, places) for one in node.inputs if one in places}
        return _written_entry(found._replace(arguments=_with_tensors(found.arguments, tensors)), name)
    try:
        layer, inputs = operation_of(node, name)
    except OnionskinError:
        raise ArgumentError(
            "a model with this operation between its layers cannot be saved.",
            where=f"model '{model}'",
            given=f"the operation {node.primitive.name}",
            fix="put the operation into a layer of your own",
        ) from None
    call = {"args": [_tensor_config(one, places) for one in inputs], "kwargs": {}}
    return {**serialize_layer(layer), "name": name, "inbound_nodes": [call]}


def _written_entry(found: Written, name: str) -> dict[str, Any]:
    call = {"args": plain(found.arguments, name), "kwargs": plain(dict(found.named), name)}
    return {**found.entry(name), "name": name, "inbound_nodes": [call]}


def _with_tensors(value: Any, tensors: dict[Node, Any]) -> Any:
    if isinstance(value, list):
        return [_with_tensors(one, tensors) for one in value]
    return tensors[value] if isinstance(value, Node) else value


def _free_name(name: str, taken: set[str]) -> str:
    """Return a name that no layer has yet, and take it."""
    number, free = 0, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free)
    return free


def _tensor_config(node: Node, places: dict[Node, Place]) -> dict[str, Any]:
    return {
        "class_name": TENSOR,
        "config": {"shape": list(node.shape), "dtype": node.dtype, "keras_history": places[node]},
    }


def _end(node: Node, places: dict[Node, Place]) -> Place:
    """Return an output's place; Keras counts the calls of a functional model from 1 there, and only there."""
    name, call, output = places[node]
    maker = node.inputs[0] if node.primitive is PICK else node
    within = maker.primitive is CALL and isinstance(maker.params["call"].layer, LAYERS.get("Functional"))
    return [name, call + 1 if within else call, output]


# --- reading ---


def functional_from_config(cls: Any, settings: dict[str, Any], custom: Any = None, depth: int = 0) -> Any:
    """Return the functional model that data describes.

    Raises:
        FileFormatError: the calls refer to layers that are not there, or to each other in a circle.
    """
    read = _Reading()
    for entry in list_of(settings, "layers"):
        read.add(entry, custom, depth)
    read.run()
    ends = [read.ends(settings.get(key)) for key in ("input_layers", "output_layers")]
    return cls(*ends, name=settings.get("name"), trainable=bool(settings.get("trainable", True)))


class _Reading:
    """The layers of a description, and the tensors made so far by calling them."""

    def __init__(self) -> None:
        self.layers: dict[str, Any] = {}
        self.shifted: set[str] = set()  # functional models whose calls are counted from 1 among the outputs
        self.tensors: dict[tuple[str, int], list[Node]] = {}
        self.pending: list[tuple[str, int, dict[str, Any]]] = []

    def add(self, entry: Any, custom: Any, depth: int) -> None:
        """Make a layer, and note its calls."""
        calls = [_call_of(call) for call in list_of(entry, "inbound_nodes")] if isinstance(entry, dict) else []
        if isinstance(entry, dict) and entry.get("module") in MODULES:
            return self._add_operation(entry, calls)
        layer = deserialize_layer(entry, custom, depth)
        name = entry.get("name", layer.name)
        if not isinstance(name, str) or name in self.layers:
            raise FileFormatError("every layer of a model needs a name of its own.", given=short(name))
        self.layers[name] = layer
        # this library's first files have a registered_name and no module, and count all calls from 0
        if ("module" in entry or "registered_name" not in entry) and isinstance(layer, LAYERS.get("Functional")):
            self.shifted.add(name)
        if isinstance(layer, InputLayer):
            self.tensors[name, 0] = [layer.output]
        self.pending += [(name, index, call) for index, call in enumerate(calls)]
        return None

    def _add_operation(self, entry: dict[str, Any], calls: list[dict[str, Any]]) -> None:
        well_formed = isinstance(entry.get("class_name"), str) and isinstance(entry.get("config"), dict)
        if not well_formed or len(calls) != 1:
            raise FileFormatError("an operation's description is malformed.",
                                  expected="class_name, config and one call", given=short(entry))  # fmt: skip
        origins: list[Any] = []

        def numbered(value: Any) -> Any:
            if isinstance(value, dict) and value.get("class_name") == TENSOR:
                origins.append(value)
                return {"class_name": TENSOR, "config": len(origins) - 1}
            if isinstance(value, list):
                return [numbered(one) for one in value]
            return {key: numbered(one) for key, one in value.items()} if isinstance(value, dict) else value

        layer = operation_from(entry, numbered(calls[0]["args"]), numbered(calls[0]["kwargs"]))
        name = entry.get("name", layer.name)
        if not isinstance(name, str) or name in self.layers:
            raise FileFormatError("every layer of a model needs a name of its own.", given=short(name))
        self.layers[name] = layer
        self.pending.append((name, 0, {"args": origins, "kwargs": {}}))

    def run(self) -> None:
        """Make the calls, each once its tensors are there."""
        while self.pending:
            waiting = []
            for name, index, call in self.pending:
                ready = self._resolved(call)
                if ready is None:
                    waiting.append((name, index, call))
                    continue
                args, kwargs = ready
                layer = self.layers[name]
                self.tensors[name, index] = flatten(layer(*args, **_used(layer, kwargs)))[0]
            if len(waiting) == len(self.pending):
                raise FileFormatError(
                    "the calls of a model's layers lead nowhere.", given=f"{waiting[0][0]!r}, call {waiting[0][1]}"
                )
            self.pending = waiting

    def _resolved(self, call: dict[str, Any]) -> tuple[Any, dict[str, Any]] | None:
        """Return a call's arguments with its tensors, None where one of them is still to be made."""
        missing = False

        def tensor(value: Any) -> Any:
            nonlocal missing
            if isinstance(value, dict) and value.get("class_name") == TENSOR:
                settings = value.get("config")
                found = self._tensor(settings.get("keras_history") if isinstance(settings, dict) else None)
                missing = missing or found is None
                return found
            if isinstance(value, list):
                return [tensor(one) for one in value]
            return {key: tensor(one) for key, one in value.items()} if isinstance(value, dict) else value

        args = [tensor(one) for one in call["args"]]
        kwargs = {key: tensor(one) for key, one in call["kwargs"].items()}
        return None if missing else (args, kwargs)

    def _tensor(self, history: Any, shift: bool = False) -> Node | None:
        well_formed = isinstance(history, list) and len(history) == 3 and isinstance(history[0], str)
        if not well_formed or not all(type(one) is int for one in history[1:]):
            raise FileFormatError(
                "a tensor's origin is malformed.", expected="[layer, call, output]", given=short(history)
            )
        name, call, output = history
        found = self.tensors.get((name, call - 1 if shift and name in self.shifted else call))
        if found is None:
            return None
        if not 0 <= output < len(found):
            raise FileFormatError("a layer has no such output.", given=short(history))
        return found[output]

    def ends(self, value: Any) -> Any:
        """Return the inputs or outputs of the model, in the structure that they were given in."""
        if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str):
            found = self._tensor(value, shift=True)
            if found is None:
                raise FileFormatError("an input or output of a model is missing.", given=short(value))
            return found
        if isinstance(value, list):
            return [self.ends(one) for one in value]
        if isinstance(value, dict):
            return {key: self.ends(one) for key, one in value.items()}
        raise FileFormatError("a model's inputs or outputs are malformed.", given=short(value))


def _call_of(call: Any) -> dict[str, Any]:
    """Return a call as {"args", "kwargs"}; files before Keras 3 list [layer, call, output, kwargs]."""
    if isinstance(call, list) and call and all(_is_row(row) for row in call):
        tensors = [{"class_name": TENSOR, "config": {"keras_history": row[:3]}} for row in call]
        kwargs = call[0][3] if len(call[0]) == 4 else {}
        return {"args": [tensors[0] if len(tensors) == 1 else tensors], "kwargs": kwargs}
    if not isinstance(call, dict) or not isinstance(call.get("args"), list):
        raise FileFormatError("a layer's call is malformed.", expected="args and kwargs", given=short(call))
    kwargs = call.get("kwargs") or {}
    if not isinstance(kwargs, dict):
        raise FileFormatError("a layer's call is malformed.", expected="kwargs, a dictionary", given=short(kwargs))
    return {"args": call["args"], "kwargs": kwargs}


def _is_row(row: Any) -> bool:
    return isinstance(row, list) and len(row) in (3, 4) and (len(row) == 3 or isinstance(row[3], dict))


def _used(layer: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return a call's named arguments without those that say nothing: None for what this layer does not take."""
    taken: Iterable[str] = layer.call.__code__.co_varnames if hasattr(layer.call, "__code__") else kwargs
    return {key: value for key, value in kwargs.items() if value is not None or key in taken}
