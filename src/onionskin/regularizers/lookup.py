"""Which regularizer a name, a configuration or an object stands for."""

from __future__ import annotations

from typing import Any

from onionskin.base.kinds import Kind

REGULARIZERS = Kind("a regularizer", "keras.regularizers")


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
    return REGULARIZERS.find(identifier)


def serialize(regularizer: Any) -> Any:
    """Return the configuration of a regularizer: its class by name and its arguments; None stays None.

    Raises:
        ArgumentError: it has no get_config().

    Example:
        >>> serialize(get("l2"))["class_name"]
        'L2'
    """
    return None if regularizer is None else REGULARIZERS.config_of(regularizer)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the regularizer of a configuration.

    Args:
        config: a name, or {"class_name": …, "config": …} as `serialize` returns it.
        custom_objects: name → class or function of your own.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is no configuration.
    """
    return REGULARIZERS.from_config(config, custom_objects)
