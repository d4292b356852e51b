"""Which constraint a name, a configuration or an object stands for."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import ArgumentError
from onionskin.base.registry import Registry, custom_objects, registered_name

CONSTRAINTS = Registry("constraint")


def get(identifier: Any) -> Any:
    """Return the constraint that a name, configuration, class or object stands for; None stays None.

    Args:
        identifier: None, a name such as "unit_norm", a configuration, a class, or an object that can be called.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is none of these.

    Example:
        >>> get("unit_norm").get_config()
        {'axis': 0}
    """
    if isinstance(identifier, str | dict):
        identifier = deserialize(identifier)
    if isinstance(identifier, type):
        identifier = identifier()
    if identifier is None or callable(identifier):
        return identifier
    raise ArgumentError(
        "this is no constraint.",
        expected="a name, a configuration, a class, a function or None",
        given=repr(identifier),
    )


def serialize(constraint: Any) -> Any:
    """Return the configuration of a constraint: its class by name and its arguments; None stays None.

    Raises:
        ArgumentError: it has no get_config().

    Example:
        >>> serialize(get("unit_norm"))["class_name"]
        'UnitNorm'
    """
    if constraint is None:
        return None
    own = registered_name(type(constraint))
    if not hasattr(constraint, "get_config"):
        raise ArgumentError(
            "a constraint without get_config() cannot be written to a file.", given=repr(constraint),
            fix="make it a subclass of Constraint",
        )  # fmt: skip
    return {
        "module": type(constraint).__module__ if own else "keras.constraints",
        "class_name": type(constraint).__name__,
        "config": constraint.get_config(),
        "registered_name": own,
    }


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the constraint of a configuration.

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
            "this is no configuration of a constraint.",
            expected="a name, or a dictionary with class_name and config",
            given=repr(config),
        )
    entry: Any = _named(config.get("registered_name") or config["class_name"], custom_objects)
    return entry.from_config(dict(config.get("config") or {})) if hasattr(entry, "from_config") else entry


def _named(name: str, own: dict[str, Any] | None) -> Any:
    for known in (own or {}, custom_objects):
        if name in known:
            return known[name]
    return CONSTRAINTS.get(name)
