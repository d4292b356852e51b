"""Which regularizer a name, a configuration or an object stands for."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import ArgumentError
from onionskin.base.registry import Registry, custom_objects, registered_name

REGULARIZERS = Registry("regularizer")


def get(identifier: Any) -> Any:
    """Return the regularizer that a name, configuration, class or object stands for; None stays None.

    Args:
        identifier: None, a name such as "l2", a configuration, a class, or an object that can be called.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is none of these.

    Example:
        >>> get("l2").get_config()
        {'l2': 0.01}
    """
    if isinstance(identifier, str | dict):
        identifier = deserialize(identifier)
    if isinstance(identifier, type):
        identifier = identifier()
    if identifier is None or callable(identifier):
        return identifier
    raise ArgumentError(
        "this is no regularizer.",
        expected="a name, a configuration, a class, a function or None",
        given=repr(identifier),
    )


def serialize(regularizer: Any) -> Any:
    """Return the configuration of a regularizer: its class by name and its arguments; None stays None.

    Raises:
        ArgumentError: it has no get_config().

    Example:
        >>> serialize(get("l2"))["class_name"]
        'L2'
    """
    if regularizer is None:
        return None
    own = registered_name(type(regularizer))
    if not hasattr(regularizer, "get_config"):
        raise ArgumentError(
            "a regularizer without get_config() cannot be written to a file.", given=repr(regularizer),
            fix="make it a subclass of Regularizer",
        )  # fmt: skip
    return {
        "module": type(regularizer).__module__ if own else "keras.regularizers",
        "class_name": type(regularizer).__name__,
        "config": regularizer.get_config(),
        "registered_name": own,
    }


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the regularizer of a configuration.

    Args:
        config: a name, or {"class_name": …, "config": …} as `serialize` returns it.
        custom_objects: name → class or function of your own.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is no configuration.
    """
    if isinstance(config, str):
        config = {"class_name": config}
    if not isinstance(config, dict) or not isinstance(config.get("class_name"), str):
        raise ArgumentError(
            "this is no configuration of a regularizer.",
            expected="a name, or a dictionary with class_name and config",
            given=repr(config),
        )
    entry: Any = _named(config.get("registered_name") or config["class_name"], custom_objects)
    return entry.from_config(dict(config.get("config") or {})) if hasattr(entry, "from_config") else entry


def _named(name: str, own: dict[str, Any] | None) -> Any:
    for known in (own or {}, custom_objects):
        if name in known:
            return known[name]
    return REGULARIZERS.get(name)
