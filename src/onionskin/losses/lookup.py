"""Which loss a name, a configuration or an object stands for."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import ArgumentError
from onionskin.base.registry import Registry, custom_objects, registered_name

LOSSES = Registry("loss")


def get(identifier: Any) -> Any:
    """Return the loss that a name, configuration, class or object stands for; None stays None.

    A name in snake_case, such as "mean_squared_error" or "mse", stands for the function, one in CamelCase
    for an object of the class.

    Args:
        identifier: None, a name, a configuration, a class, or an object that can be called.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is none of these.

    Example:
        >>> get("mse").__name__, get("MeanSquaredError").name
        ('mean_squared_error', 'mean_squared_error')
    """
    if isinstance(identifier, str | dict):
        identifier = deserialize(identifier)
    if isinstance(identifier, type):
        identifier = identifier()
    if identifier is None or callable(identifier):
        return identifier
    raise ArgumentError(
        "this is no loss.", expected="a name, a configuration, a class, a function or None", given=repr(identifier)
    )


def serialize(loss: Any) -> Any:
    """Return the configuration of a loss, its class by name and its arguments, or a function's name; None stays None.

    Raises:
        ArgumentError: a function that no name stands for.

    Example:
        >>> serialize(get("mse"))["config"]
        'mean_squared_error'
    """
    if loss is None:
        return None
    if hasattr(loss, "get_config"):
        own = registered_name(type(loss))
        return {
            "module": type(loss).__module__ if own else "keras.losses",
            "class_name": type(loss).__name__,
            "config": loss.get_config(),
            "registered_name": own,
        }
    name = registered_name(loss) or str(getattr(loss, "__name__", type(loss).__name__))
    if registered_name(loss) is None and (name not in LOSSES or LOSSES.get(name) is not loss):
        raise ArgumentError(
            "a function of your own has no name that a file could use.",
            given=repr(name),
            fix="put @register_serializable() above its definition",
        )
    return {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the loss of a configuration.

    Args:
        config: a name, or {"class_name": …, "config": …} as `serialize` returns it.
        custom_objects: name → class or function of your own.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is no configuration.
    """
    if isinstance(config, str):
        return _named(config, custom_objects)
    if not isinstance(config, dict) or not isinstance(config.get("class_name"), str):
        raise ArgumentError(
            "this is no configuration of a loss.",
            expected="a name, or a dictionary with class_name and config",
            given=repr(config),
        )
    if config["class_name"] == "function":
        return _named(str(config.get("config")), custom_objects)
    entry: Any = _named(config.get("registered_name") or config["class_name"], custom_objects)
    return entry.from_config(dict(config.get("config") or {})) if hasattr(entry, "from_config") else entry


def _named(name: str, own: dict[str, Any] | None) -> Any:
    for known in (own or {}, custom_objects):
        if name in known:
            return known[name]
    return LOSSES.get(name)


def is_known(loss: Any) -> bool:
    """Tell whether a name, function or object is one of this library's losses."""
    if isinstance(loss, str):
        return loss in LOSSES
    return any(entry is loss or entry is type(loss) for entry in map(LOSSES.get, LOSSES))
