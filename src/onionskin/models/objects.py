"""Any object that files speak of as plain data and back: layers, losses, metrics, optimizers, schedules, functions."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from onionskin import activations, constraints, initializers, losses, metrics, optimizers, regularizers
from onionskin.base.errors import ArgumentError, FileFormatError, UnknownNameError
from onionskin.base.kinds import builtin_function
from onionskin.base.registry import DOORS, LAYERS, CustomObjectScope, custom_objects, name_of, registered_name
from onionskin.graph import Node
from onionskin.layers import Layer
from onionskin.models.config import OWN_CLASS, deserialize_layer, serialize_layer
from onionskin.models.modules import check_described
from onionskin.models.operations import TENSOR
from onionskin.optimizers import schedules
from onionskin.state import Variable

_ROOMS: dict[str, Any] = {
    "keras.activations": activations,
    "keras.constraints": constraints,
    "keras.initializers": initializers,
    "keras.losses": losses,
    "keras.metrics": metrics,
    "keras.optimizers": optimizers,
    "keras.optimizers.schedules": schedules,
    "keras.regularizers": regularizers,
}
_FUNCTIONS = ("keras.activations", "keras.losses", "keras.metrics")
MAX_DEPTH = 300


def serialize_keras_object(obj: Any) -> Any:
    """Return an object as data that JSON can hold.

    Args:
        obj: a layer, model, loss, metric, optimizer, schedule, initializer, regularizer, constraint or function, a
            number, text, array, slice, None, or lists, tuples and dictionaries of them.

    Raises:
        ArgumentError: it has no get_config(), or is a function without a name.

    Example:
        >>> serialize_keras_object(losses.Huber())["class_name"]
        'Huber'
    """
    if obj is None or isinstance(obj, bool | int | float | str):
        return obj
    if isinstance(obj, list | tuple):
        return type(obj)(serialize_keras_object(one) for one in obj) if type(obj) in (list, tuple) else list(obj)
    if isinstance(obj, dict):
        return {key: serialize_keras_object(one) for key, one in obj.items()}
    if isinstance(obj, Layer):
        entry = serialize_layer(obj)
        return {**entry, "compile_config": obj.get_compile_config()} if hasattr(obj, "get_compile_config") else entry
    special = _special(obj)
    return _rule(obj) if special is None else special


def _special(obj: Any) -> Any:
    """Return the data of what is no object of the library, None for such an object."""
    if isinstance(obj, np.generic) or (isinstance(obj, np.ndarray) and not obj.ndim):
        return obj.item()
    kind: str | None = None
    config: dict[str, Any] = {}
    if isinstance(obj, bytes):
        kind, config = "__bytes__", {"value": obj.decode("utf-8")}
    elif isinstance(obj, slice):
        parts = {"start": obj.start, "stop": obj.stop, "step": obj.step}
        kind, config = "__slice__", {key: serialize_keras_object(one) for key, one in parts.items()}
    elif obj is Ellipsis:
        kind = "__ellipsis__"
    elif isinstance(obj, Node):
        kind, config = TENSOR, {"shape": list(obj.shape), "dtype": obj.dtype, "keras_history": None}
    elif isinstance(obj, Variable):
        kind, config = "__tensor__", {"value": obj.numpy().tolist(), "dtype": obj.dtype}
    elif isinstance(obj, np.ndarray):
        kind, config = "__numpy__", {"value": obj.tolist(), "dtype": obj.dtype.name}
    return None if kind is None else {"class_name": kind, "config": config}


def _rule(obj: Any) -> dict[str, Any]:
    """Return the data of a loss, an optimizer or their like, or of a function."""
    if inspect.isfunction(obj):
        if not obj.__name__.isidentifier():
            raise ArgumentError("a function without a name cannot be written to a file.", given=obj.__name__,
                                fix="define it with def, and register it")  # fmt: skip
        return builtin_function(name_of(obj))
    if not hasattr(obj, "get_config"):
        raise ArgumentError(
            "an object without get_config() cannot be written to a file.",
            given=repr(obj)[:80],
            fix="add get_config(self), which returns the arguments of __init__ as a dictionary",
        )
    name = type(obj).__name__
    own = registered_name(type(obj))
    module = (
        None if own else next((key for key, room in _ROOMS.items() if getattr(room, name, None) is type(obj)), None)
    )
    return {
        "module": module or type(obj).__module__,
        "class_name": name,
        "config": serialize_keras_object(obj.get_config()),
        "registered_name": None if module else own or name,
    }


def deserialize_keras_object(
    config: Any, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool = True
) -> Any:
    """Return the object that data describes; names are looked up among what is registered, nothing is imported.

    Args:
        config: what `serialize_keras_object` returned.
        custom_objects: name → class or function, for what is not registered.
        safe_mode: True; there is no mode in which code in data could run.

    Raises:
        ArgumentError: safe_mode is switched off.
        UnknownNameError: there is no such class or function.
        FileFormatError: the data is malformed, or holds code.

    Example:
        >>> deserialize_keras_object({"module": "keras.losses", "class_name": "Huber", "config": {"delta": 2.0}}).name
        'huber_loss'
    """
    if not safe_mode:
        raise ArgumentError("code in data is never run.", where="deserialize_keras_object", given="safe_mode=False",
                            fix="leave safe_mode out")  # fmt: skip
    check_described(config, custom_objects)
    with CustomObjectScope(custom_objects):
        return _object(config, 0)


def _object(config: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise FileFormatError("the data is nested too deep.", expected=f"at most {MAX_DEPTH} levels")
    if isinstance(config, str) and config in custom_objects:
        return custom_objects[config]
    if config is None or isinstance(config, bool | int | float | str):
        return config
    if isinstance(config, list | tuple):
        return [_object(one, depth + 1) for one in config]
    if not isinstance(config, dict):
        raise FileFormatError("the data is malformed.", given=repr(config)[:80])
    name = config.get("class_name")
    if not isinstance(name, str) or "config" not in config:
        return {key: _object(one, depth + 1) for key, one in config.items()}
    return _named(name, config, depth)


def _named(name: str, config: dict[str, Any], depth: int) -> Any:
    inner = config["config"] if config["config"] is not None else {}
    if name.startswith("__"):
        return _plain(name, inner, depth)
    if name == "function":
        return _function(inner)
    own = next((custom_objects[key] for key in (config.get("registered_name"), f"Custom>{name}", name)
                if isinstance(key, str) and key in custom_objects), None)  # fmt: skip
    if own is not None and not (isinstance(own, type) and issubclass(own, Layer)):
        return own.from_config(inner) if hasattr(own, "from_config") else own
    room = _ROOMS.get(str(config.get("module")))
    if own is None and room is not None:
        return room.deserialize(config)
    if own is not None or name in LAYERS:
        layer = deserialize_layer(config)
        settings = config.get("compile_config")
        if isinstance(settings, dict) and settings and hasattr(layer, "compile_from_config"):
            layer.compile_from_config(settings)
        return layer
    raise UnknownNameError("there is no class of this name.", given=repr(name), fix=OWN_CLASS)


def _plain(name: str, inner: Any, depth: int) -> Any:
    if name == "__ellipsis__":
        return Ellipsis
    if isinstance(inner, dict):
        if name == "__slice__":
            return slice(*[_object(inner.get(key), depth + 1) for key in ("start", "stop", "step")])
        if name == "__bytes__" and isinstance(inner.get("value"), str):
            return inner["value"].encode("utf-8")
        if name in ("__numpy__", "__tensor__"):
            return np.array(inner.get("value"), dtype=inner.get("dtype"))
    raise FileFormatError("the data is malformed.", given=name)


def _function(name: Any) -> Any:
    if isinstance(name, str):
        if name in custom_objects:
            return custom_objects[name]
        for key in _FUNCTIONS:
            found = getattr(_ROOMS[key], name, None)
            if inspect.isfunction(found) and name not in ("get", "serialize", "deserialize"):
                return found
    raise UnknownNameError("there is no function of this name.", given=repr(name), fix=OWN_CLASS)


DOORS.update(serialize_keras_object=serialize_keras_object, deserialize_keras_object=deserialize_keras_object)
