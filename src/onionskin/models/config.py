"""Layers and models as plain data and back, in Keras's form: what files hold and `clone_model` copies.

Objects are found by name in the registries alone; nothing in a configuration is imported or run.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from onionskin.base.errors import ArgumentError, FileFormatError, OnionskinError, UnknownNameError, suggest
from onionskin.base.registry import LAYERS, custom_objects, name_of
from onionskin.base.specs import Spec, dtype_name
from onionskin.base.trees import map_tree
from onionskin.layers import Layer
from onionskin.layers.describe import as_shape
from onionskin.models.modules import dtype_setting, named_dtype, writes_module

OWN_CLASS = (
    "a class of your own: pass custom_objects={'Name': Class}, or decorate it with "
    "@onionskin.saving.register_keras_serializable()"
)
MAX_DEPTH = 64  # models within models; a file that nests deeper is not one that save() wrote
_NEUTRAL = (None, False)  # what Keras writes for settings that are not used

# id of a layer → its entry while writing; number of an entry → its layer while reading
_shared: ContextVar[dict[int, Any] | None] = ContextVar("shared_layers", default=None)


@contextmanager
def sharing() -> Iterator[None]:
    """Let a layer that stands at several places of one model be one layer again when it is read."""
    token = _shared.set({})
    try:
        yield
    finally:
        _shared.reset(token)


def serialize_layer(layer: Any) -> dict[str, Any]:
    """Return a layer or model as data."""
    settings = layer.get_config()
    where = f"layer '{layer.name}' ({type(layer).__name__}).get_config"
    cls = type(layer)
    ours = cls.__name__ in LAYERS and LAYERS.get(cls.__name__) is cls
    entry: dict[str, Any] = {
        "module": writes_module(cls, ours),
        "class_name": cls.__name__,
        "config": dtype_setting(cls.__name__, plain(settings, where)),
        "registered_name": None if ours else name_of(cls),
    }
    built = layer.get_build_config()
    if isinstance(built, dict):
        entry["build_config"] = plain(built, where)
    table = _shared.get()
    if table is not None:
        if id(layer) in table:
            table[id(layer)][1]["shared_object_id"] = entry["shared_object_id"] = id(layer)
        else:
            table[id(layer)] = (layer, entry)  # the layer too, so that its id is not given away
    return entry


@contextmanager
def making_a_model(where: str) -> Iterator[None]:
    """Run a block that makes a model of what a file says; whatever does not fit is an error that names the file.

    Args:
        where: the file, for messages.

    Raises:
        FileFormatError: layers, optimizers, losses or metrics failed on settings that do not fit them.
    """
    try:
        yield
    except OnionskinError as error:
        raise error.within(where) from None
    except Exception as error:
        raise FileFormatError(
            "the description of the model is malformed.",
            where=where,
            given=f"{type(error).__name__}: {error}",
            fix="save the model again",
        ) from error


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
            "a layer's description is malformed.", expected="class_name and config", given=short(entry)
        )
    settings = entry.get("config")
    if not isinstance(settings, dict) or depth > MAX_DEPTH:
        raise FileFormatError(
            "a layer's description is malformed.",
            where=entry["class_name"],
            expected=f"config, a dictionary, at most {MAX_DEPTH} models deep",
            given=short(settings) if depth <= MAX_DEPTH else f"{depth} deep",
        )
    number, table = entry.get("shared_object_id"), _shared.get()
    if table is not None and isinstance(number, int) and number in table:
        return table[number]
    cls = find_class(entry["class_name"], entry.get("registered_name"), custom)
    try:
        layer = _made(cls, settings, custom, depth)
        if not isinstance(layer, Layer):
            raise FileFormatError("this is no layer.", given=short(layer))
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
    if table is not None and isinstance(number, int):
        table[number] = layer
    return layer


def _made(cls: Any, settings: dict[str, Any], custom: Any, depth: int) -> Any:
    if hasattr(cls, "_from_config_within"):
        return cls._from_config_within(settings, custom, depth + 1)
    settings = _accepted(cls, named_dtype(settings))
    automatic = getattr(cls, "get_config", None) is Layer.get_config
    return cls.from_config(_with_layers(settings, custom, depth + 1) if automatic else settings)


def _accepted(cls: Any, settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings without those of Keras's that are not used and that a class of this library does not have."""
    unused = [key for key, value in settings.items() if any(value is one for one in _NEUTRAL)]
    if not unused or not str(getattr(cls, "__module__", "")).startswith("onionskin."):
        return dict(settings)
    known: set[str] = set()
    for one in cls.__mro__:
        if "__init__" in vars(one):
            known |= set(inspect.signature(one.__init__).parameters)
    return {key: value for key, value in settings.items() if key not in unused or key in known}


def _with_layers(value: Any, custom: Any, depth: int) -> Any:
    """Return automatic settings with the layers among them made again."""
    if isinstance(value, dict) and {"class_name", "config", "registered_name"} <= value.keys():
        return deserialize_layer(value, custom, depth) if _is_layer(value, custom) else value
    if isinstance(value, dict):
        return {key: one if key in ("activity_regularizer", "dtype") else _with_layers(one, custom, depth)
                for key, one in value.items()}  # fmt: skip
    return [_with_layers(one, custom, depth) for one in value] if isinstance(value, list) else value


def _is_layer(entry: dict[str, Any], custom: Any) -> bool:
    """Tell whether an entry is a layer's, or one that nothing is known of and that is to be refused as a layer."""
    module = entry.get("module")
    return not (isinstance(module, str) and module.startswith("keras.") and entry["class_name"] not in LAYERS)


def _build(layer: Any, settings: Any) -> None:
    """Make the weights of a layer, or of a model in code, that was saved with them."""
    if layer.built or not isinstance(settings, dict):
        return
    if settings.get("inputs") is not None and hasattr(layer, "_build_for"):
        layer._build_for(_specs(settings["inputs"]))
    elif settings.get("input_shape") is not None and hasattr(layer, "_build_for"):
        layer._build_for(_shape_specs(settings["input_shape"], layer.dtype))
    elif hasattr(layer, "build_from_config"):
        layer.build_from_config(settings)
    elif settings.get("input_shape") is not None:
        layer.build(_tuples(settings["input_shape"]))
    elif isinstance(settings.get("shapes_dict"), dict):
        layer.build(**{str(key): _tuples(shape) for key, shape in settings["shapes_dict"].items()})


def _shape_specs(value: Any, dtype: str) -> Any:
    """Return the specs of inputs of these shapes."""
    if isinstance(value, list) and any(isinstance(one, list | dict) for one in value):
        return [_shape_specs(one, dtype) for one in value]
    if isinstance(value, dict):
        return {key: _shape_specs(one, dtype) for key, one in value.items()}
    return Spec(as_shape(value, "build_config"), dtype)


def _specs(value: Any) -> Any:
    """Return the specs of inputs that data describes."""
    if isinstance(value, list):
        return [_specs(one) for one in value]
    if isinstance(value, dict) and value.keys() == {"shape", "dtype"}:
        return Spec(as_shape(value["shape"], "build_config"), dtype_name(value["dtype"]))
    if isinstance(value, dict):
        return {key: _specs(one) for key, one in value.items()}
    raise FileFormatError("the inputs of a model are malformed.", given=short(value))


def find_class(name: str, registered: Any = None, custom: Mapping[str, Any] | None = None) -> Any:
    """Return the layer class of a name: the user's own first, then the registered, then ours.

    Raises:
        UnknownNameError: nothing is known under it.
    """
    own = (registered, f"Custom>{name}", name)
    for table, key in ((custom or {}, name), *[(custom_objects, key) for key in own]):
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


def plain(value: Any, where: str) -> Any:
    """Return settings as JSON can hold them.

    Raises:
        ArgumentError: there is something in them that it cannot.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict):
        return {str(key): plain(one, where) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one, where) for one in value]
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
        given=short(value),
    )


def short(value: Any) -> str:
    """Return data in at most eighty characters, for messages."""
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
        layers.insert(0, input_entry(node, name))
    config = {"name": model.name, "trainable": model.trainable, "dtype": model.dtype, "layers": layers}
    return config if node is None else {**config, "build_input_shape": list(node.shape)}


def input_entry(node: Any, name: str) -> dict[str, Any]:
    """Return the `InputLayer` that stands for a described input."""
    settings = {
        "batch_shape": list(node.shape), "dtype": node.dtype, "sparse": False, "ragged": False, "name": name,
        "optional": False,
    }  # fmt: skip
    return {"module": "keras.layers", "class_name": "InputLayer", "config": settings, "registered_name": None}


def sequential_from_config(cls: Any, settings: dict[str, Any], custom: Any = None, depth: int = 0) -> Any:
    """Return the Sequential model that data describes."""
    layers = list_of(settings, "layers")
    made = [deserialize_layer(entry, custom, depth) for entry in layers]
    model = cls(made, trainable=bool(settings.get("trainable", True)), name=settings.get("name"))
    shape = settings.get("build_input_shape")
    if isinstance(shape, list) and model.inputs is None and made:
        model.build(_tuples(shape))
    return model


def list_of(settings: dict[str, Any], key: str) -> list[Any]:
    """Return a list that settings must hold.

    Raises:
        FileFormatError: they do not.
    """
    value = settings.get(key)
    if not isinstance(value, list):
        raise FileFormatError("a model's description is malformed.", expected=f"{key}, a list", given=short(value))
    return value
