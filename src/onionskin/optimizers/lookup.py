"""Which optimizer a name, a configuration or an object stands for."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import ArgumentError
from onionskin.base.registry import Registry, custom_objects, registered_name

OPTIMIZERS = Registry("optimizer")


def get(identifier: Any) -> Any:
    """Return the optimizer that a name, configuration, class or object stands for; None stays None.

    Args:
        identifier: None, a name such as "adam" (upper and lower case are one), a configuration, a class, or
            an optimizer.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is none of these.

    Example:
        >>> get("adam").name
        'adam'
    """
    if isinstance(identifier, str | dict):
        identifier = deserialize(identifier)
    if isinstance(identifier, type):
        identifier = identifier()
    if identifier is None or hasattr(identifier, "apply"):
        return identifier
    raise ArgumentError(
        "this is no optimizer.", expected="a name, a configuration, a class, an optimizer or None",
        given=repr(identifier),
    )  # fmt: skip


def serialize(optimizer: Any) -> Any:
    """Return the configuration of an optimizer: its class by name and its arguments; None stays None.

    Example:
        >>> serialize(get("adam"))["class_name"]
        'Adam'
    """
    if optimizer is None:
        return None
    own = registered_name(type(optimizer))
    return {
        "module": type(optimizer).__module__ if own else "keras.optimizers",
        "class_name": type(optimizer).__name__,
        "config": optimizer.get_config(),
        "registered_name": own,
    }


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the optimizer of a configuration.

    Args:
        config: a name, or {"class_name": …, "config": …} as `serialize` returns it.
        custom_objects: name → class of your own.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is no configuration.
    """
    if isinstance(config, str):
        config = {"class_name": config}
    if not isinstance(config, dict) or not isinstance(config.get("class_name"), str):
        raise ArgumentError(
            "this is no configuration of an optimizer.",
            expected="a name, or a dictionary with class_name and config",
            given=repr(config),
        )
    entry = _named(config.get("registered_name") or config["class_name"], custom_objects)
    return entry.from_config(dict(config.get("config") or {}))


def _named(name: str, own: dict[str, Any] | None) -> Any:
    for known in (own or {}, custom_objects):
        if name in known:
            return known[name]
    return OPTIMIZERS.get(name if name in OPTIMIZERS else name.lower())
