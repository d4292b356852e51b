"""Which constraint a name, a configuration or an object stands for."""

from __future__ import annotations

from typing import Any

from onionskin.base.kinds import Kind

CONSTRAINTS = Kind("a constraint", "keras.constraints")


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
    return CONSTRAINTS.find(identifier)


def serialize(constraint: Any) -> Any:
    """Return the configuration of a constraint: its class by name and its arguments; None stays None.

    Raises:
        ArgumentError: it has no get_config().

    Example:
        >>> serialize(get("unit_norm"))["class_name"]
        'UnitNorm'
    """
    return None if constraint is None else CONSTRAINTS.config_of(constraint)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the constraint of a configuration.

    Args:
        config: a name, or {"class_name": …, "config": …} as `serialize` returns it.
        custom_objects: name → class or function of your own.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is no configuration.
    """
    return CONSTRAINTS.from_config(config, custom_objects)
