"""Models and layers as plain data and back: what files hold and `clone_model` copies, in Keras's form.

Objects are found by name in the registries alone; nothing in a configuration is imported or run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onionskin.base.errors import ArgumentError, FileFormatError, OnionskinError, UnknownNameError, suggest
from onionskin.base.registry import LAYERS, custom_objects, registered_name
from onionskin.base.specs import Spec, dtype_name
from onionskin.base.trees import flatten, map_tree, unflatten
from onionskin.graph import CALL, CONSTANT, INPUT, PICK, Node
from onionskin.layers import InputLayer, Layer
from onionskin.layers.describe import as_shape
from onionskin.layers.operation import operation_of

OWN_CLASS = (
    "a class of your own: pass custom_objects={'Name': Class}, or decorate it with "
    "@onionskin.saving.register_keras_serializable()"
)
MAX_DEPTH = 64  # models within models; a file that nests deeper is not one that save() wrote


def serialize_layer(layer: Any) -> dict[str, Any]:
    """Return a layer or model as data."""
    settings = layer.get_config()
    entry = {
        "class_name": type(layer).__name__,
        "config": _plain(settings, f"layer '{layer.name}' ({type(layer).__name__}).get_config"),
        "registered_name": registered_name(type(layer)),
    }
    shape, specs = layer._untracked_build_shape, getattr(layer, "_untracked_call_specs", None)
    if specs is not None:
        entry["build_config"] = {
            "inputs": map_tree(lambda spec: {"shape": list(spec.shape), "dtype": spec.dtype}, specs)
        }
    elif shape is not None and not hasattr(layer, "layers"):
        entry["build_config"] = {"input_shape": _plain(shape, "build shape")}
    return entry


def deserialize_layer(entry: Any, custom: Mapping[str, Any] | None = None, depth: int = 0) -> Any:
    """Return the layer or model that data describes.

    Args:
        entry: what `serialize_layer` returned.
        custom: class name → class, for classes that are not registered.
        depth: how deep it stands within other models.

    Raises:
        FileFormatError: the data is malformed.
        UnknownNameError: the class is not known.
    """
    if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str):
        raise FileFormatError(
            "a layer's description is malformed.", expected="class_name and config", given=_short(entry)
        )
    settings = entry.get("config")
    if not isinstance(settings, dict) or depth > MAX_DEPTH:
        raise FileFormatError(
            "a layer's description is malformed.",
            where=entry["class_name"],
            expected=f"config, a dictionary, at most {MAX_DEPTH} models deep",
            given=_short(settings) if depth <= MAX_DEPTH else f"{depth} deep",
        )
    cls = find_class(entry["class_name"], entry.get("registered_name"), custom)
    try:
        if hasattr(cls, "_from_config_within"):
            layer = cls._from_config_within(settings, custom, depth + 1)
        else:
            automatic = getattr(cls, "get_config", None) is Layer.get_config
            layer = cls.from_config(_with_layers(settings, custom, depth + 1) if automatic else dict(settings))
        if not isinstance(layer, Layer):
            raise FileFormatError("this is no layer.", given=_short(layer))
        _build(layer, entry.get("build_config"))
    except OnionskinError as error:
        raise error.within(f"{entry['class_name']} {settings.get('name', '')!r}") from None
    except Exception as error:  # whatever a class makes of settings that do not fit it
        raise FileFormatError(
            "a layer cannot be made from its description.",
            where=f"{entry['class_name']} {settings.get('name', '')!r}",
            given=f"{type(error).__name__}: {error}",
            fix="get_config() and __init__() of the class must fit each other",
        ) from error
    return layer


def _with_layers(value: Any, custom: Any, depth: int) -> Any:
    """Return automatic settings with the layers among them made again."""
    if isinstance(value, dict) and {"class_name", "config", "registered_name"} <= value.keys():
        return deserialize_layer(value, custom, depth)
    if isinstance(value, dict):
        return {key: one if key in ("activity_regularizer", "dtype") else _with_layers(one, custom, depth)
                for key, one in value.items()}  # fmt: skip
    return [_with_layers(one, custom, depth) for one in value] if isinstance(value, list) else value


def _build(layer: Any, settings: Any) -> None:
    """Make the weights of a layer, or of a model in code, that was saved with them."""
    if layer.built or not isinstance(settings, dict):
        return
    if settings.get("inputs") is not None and hasattr(layer, "_build_for"):
        layer._build_for(_specs(settings["inputs"]))
    elif settings.get("input_shape") is not None:
        layer.build(_tuples(settings["input_shape"]))


def _specs(value: Any) -> Any:
    """Return the specs of inputs that data describes."""
    if isinstance(value, list):
        return [_specs(one) for one in value]
    if isinstance(value, dict) and value.keys() == {"shape", "dtype"}:
        return Spec(as_shape(value["shape"], "build_config"), dtype_name(value["dtype"]))
    if isinstance(value, dict):
        return {key: _specs(one) for key, one in value.items()}
    raise FileFormatError("the inputs of a model are malformed.", given=_short(value))


def find_class(name: str, registered: Any = None, custom: Mapping[str, Any] | None = None) -> Any:
    """Return the layer class of a name: the user's own first, then the registered, then ours.

    Raises:
        UnknownNameError: nothing is known under it.
    """
    for table, key in ((custom or {}, name), (custom_objects, registered), (custom_objects, f"Custom>{name}")):
        if isinstance(key, str) and key in table:
            return table[key]
    if name in LAYERS:
        return LAYERS.get(name)
    known = [*LAYERS, *(custom or {}), *custom_objects]
    raise UnknownNameError(
        "there is no layer class of this name.",
        given=repr(registered or name),
        fix=f"{OWN_CLASS}; {suggest(name, known)}",
    )


def _plain(value: Any, where: str) -> Any:
    """Return settings as JSON can hold them.

    Raises:
        ArgumentError: there is something in them that it cannot.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(one, where) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one, where) for one in value]
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        return value.item()
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Layer):
        return serialize_layer(value)
    raise ArgumentError(
        "get_config() returned something that a file cannot hold.",
        where=where,
        expected="numbers, text, lists, dictionaries and layers",
        given=_short(value),
    )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _tuples(shape: Any) -> Any:
    if isinstance(shape, list) and all(size is None or isinstance(size, int) for size in shape):
        return tuple(shape)
    return map_tree(lambda one: one, [_tuples(one) for one in shape]) if isinstance(shape, list) else shape


# --- Sequential ---


def sequential_config(model: Any) -> dict[str, Any]:
    """Return a Sequential model as data."""
    layers = [serialize_layer(layer) for layer in model.layers]
    node = model._untracked_input
    if node is not None:
        start = model._input_layer
        name = start.name if start is not None else "input_layer"
        settings = {"batch_shape": list(node.shape), "dtype": node.dtype, "sparse": False, "name": name}
        layers.insert(0, {"class_name": "InputLayer", "config": settings, "registered_name": None})
    return {"name": model.name, "trainable": model.trainable, "layers": layers}


def sequential_from_config(cls: Any, settings: dict[str, Any], custom: Any = None, depth: int = 0) -> Any:
    """Return the Sequential model that data describes."""
    layers = _list_of(settings, "layers")
    made = [deserialize_layer(entry, custom, depth) for entry in layers]
    return cls(made, trainable=bool(settings.get("trainable", True)), name=settings.get("name"))


def _list_of(settings: dict[str, Any], key: str) -> list[Any]:
    value = settings.get(key)
    if not isinstance(value, list):
        raise FileFormatError("a model's description is malformed.", expected=f"{key}, a list", given=_short(value))
    return value


# --- functional: each layer with the calls that were made of it; a tensor is (layer, call, output) ---


def functional_config(model: Any) -> dict[str, Any]:
    """Return a functional model as data.

    Raises:
        ArgumentError: an operation stands between the layers that a file cannot hold.
    """
    inputs, in_form, outputs, out_form = model.description
    places: dict[Node, list[Any]] = {node: [node.params["name"], 0, 0] for node in inputs}
    entries: dict[str, dict[str, Any]] = {}
    named = {call.layer.name for call in model.calls()}
    for node in inputs:
        layer = {"batch_shape": list(node.shape), "dtype": node.dtype, "sparse": False, "name": node.params["name"]}
        entries[node.params["name"]] = {
            "class_name": "InputLayer", "config": layer, "registered_name": None, "name": node.params["name"],
            "inbound_nodes": [],
        }  # fmt: skip
    for node in model._untracked_nodes:
        if node.primitive is CALL:
            call = node.params["call"]
            entry = entries.setdefault(
                call.layer.name, {**serialize_layer(call.layer), "name": call.layer.name, "inbound_nodes": []}
            )
            node_index = len(entry["inbound_nodes"])
            entry["inbound_nodes"].append(_call_config(call, node, places))
            places[node] = [call.layer.name, node_index]
        elif node.primitive is PICK:
            places[node] = [*places[node.inputs[0]], node.params["index"]]
        elif node.primitive not in (INPUT, CONSTANT):
            name = _free_name(node.primitive.name, named | set(entries))
            entries[name] = _operation_entry(node, name, places, model.name)
            places[node] = [name, 0, 0]
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": list(entries.values()),
        "input_layers": unflatten(in_form, [places[node] for node in inputs]),
        "output_layers": unflatten(out_form, [places[node] for node in outputs]),
    }


def _operation_entry(node: Node, name: str, places: dict[Node, list[Any]], model: str) -> dict[str, Any]:
    """Return an operation between the layers as the layer `Operation`, called once."""
    try:
        layer, tensors = operation_of(node, name)
    except OnionskinError:
        raise ArgumentError(
            "a model with this operation between its layers cannot be saved.",
            where=f"model '{model}'",
            given=f"the operation {node.primitive.name}",
            fix="put the operation into a layer of your own",
        ) from None
    call = {"args": [_tensor_config(one, places) for one in tensors], "kwargs": {}}
    return {**serialize_layer(layer), "name": name, "inbound_nodes": [call]}


def _free_name(name: str, taken: set[str]) -> str:
    """Return a name that no layer has yet."""
    number, free = 0, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _tensor_config(node: Node, places: dict[Node, list[Any]]) -> dict[str, Any]:
    return {
        "class_name": "__keras_tensor__",
        "config": {"shape": list(node.shape), "dtype": node.dtype, "keras_history": places[node]},
    }


def _call_config(call: Any, node: Node, places: dict[Node, list[Any]]) -> dict[str, Any]:
    args, kwargs = call.arguments([_tensor_config(one, places) for one in node.inputs])
    where = f"layer '{call.layer.name}'"
    return {"args": _plain(args, where), "kwargs": _plain(kwargs, where)}


def functional_from_config(cls: Any, settings: dict[str, Any], custom: Any = None, depth: int = 0) -> Any:
    """Return the functional model that data describes.

    Raises:
        FileFormatError: the calls refer to layers that are not there, or to each other in a circle.
    """
    layers: dict[str, Any] = {}
    pending: list[tuple[str, int, dict[str, Any]]] = []
    tensors: dict[tuple[str, int], list[Node]] = {}
    for entry in _list_of(settings, "layers"):
        layer = deserialize_layer(entry, custom, depth)
        name = entry.get("name", layer.name)
        layers[name] = layer
        if isinstance(layer, InputLayer):
            tensors[name, 0] = [layer.output]
        pending += [(name, index, call) for index, call in enumerate(_list_of(entry, "inbound_nodes"))]
    while pending:
        waiting = []
        for name, index, call in pending:
            ready = _resolved(call, tensors)
            if ready is None:
                waiting.append((name, index, call))
                continue
            args, kwargs = ready
            tensors[name, index] = flatten(layers[name](*args, **kwargs))[0]
        if len(waiting) == len(pending):
            raise FileFormatError(
                "the calls of a model's layers lead nowhere.", given=f"{waiting[0][0]!r}, call {waiting[0][1]}"
            )
        pending = waiting
    ends = [_ends(settings.get(key), tensors) for key in ("input_layers", "output_layers")]
    return cls(*ends, name=settings.get("name"), trainable=bool(settings.get("trainable", True)))


def _resolved(call: Any, tensors: dict[tuple[str, int], list[Node]]) -> tuple[Any, dict[str, Any]] | None:
    """Return a call's arguments with its tensors, None where one of them is still to be made."""
    if not isinstance(call, dict) or not isinstance(call.get("args"), list):
        raise FileFormatError("a layer's call is malformed.", expected="args and kwargs", given=_short(call))
    missing = False

    def tensor(value: Any) -> Any:
        nonlocal missing
        if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
            found = _tensor(value.get("config", {}).get("keras_history"), tensors)
            missing = missing or found is None
            return found
        if isinstance(value, list):
            return [tensor(one) for one in value]
        if isinstance(value, dict):
            return {key: tensor(one) for key, one in value.items()}
        return value

    args = [tensor(one) for one in call["args"]]
    kwargs = {key: tensor(one) for key, one in (call.get("kwargs") or {}).items()}
    return None if missing else (args, kwargs)


def _tensor(history: Any, tensors: dict[tuple[str, int], list[Node]]) -> Node | None:
    well_formed = isinstance(history, list) and len(history) == 3 and isinstance(history[0], str)
    if not well_formed or not all(isinstance(one, int) for one in history[1:]):
        raise FileFormatError(
            "a tensor's origin is malformed.", expected="[layer, call, output]", given=_short(history)
        )
    found = tensors.get((history[0], history[1]))
    if found is None:
        return None
    if not 0 <= history[2] < len(found):
        raise FileFormatError("a layer has no such output.", given=_short(history))
    return found[history[2]]


def _ends(value: Any, tensors: dict[tuple[str, int], list[Node]]) -> Any:
    if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str):
        found = _tensor(value, tensors)
        if found is None:
            raise FileFormatError("an input or output of a model is missing.", given=_short(value))
        return found
    if isinstance(value, list):
        return [_ends(one, tensors) for one in value]
    if isinstance(value, dict):
        return {key: _ends(one, tensors) for key, one in value.items()}
    raise FileFormatError("a model's inputs or outputs are malformed.", given=_short(value))
