"""Which loss a name, a configuration or an object stands for."""

from __future__ import annotations

from typing import Any

from onionskin.base.kinds import Kind, builtin_function

LOSSES = Kind("a loss", "keras.losses", functions=builtin_function)


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
    return LOSSES.find(identifier)


def serialize(loss: Any) -> Any:
    """Return the configuration of a loss, its class by name and its arguments, or a function's name; None stays None.

    Raises:
        ArgumentError: a function that no name stands for.

    Example:
        >>> serialize(get("mse"))["config"]
        'mean_squared_error'
    """
    return None if loss is None else LOSSES.config_of(loss)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the loss of a configuration.

    Args:
        config: a name, or {"class_name": …, "config": …} as `serialize` returns it.
        custom_objects: name → class or function of your own.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is no configuration.
    """
    return LOSSES.from_config(config, custom_objects)


def is_known(loss: Any) -> bool:
    """Tell whether a name, function or object is one of this library's losses."""
    if isinstance(loss, str):
        return loss in LOSSES
    return any(entry is loss or entry is type(loss) for entry in map(LOSSES.get, LOSSES))
