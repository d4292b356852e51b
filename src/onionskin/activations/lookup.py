"""Which activation a name, a configuration or a function stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from onionskin.base.kinds import Kind

Activation = Callable[..., Any]
ACTIVATIONS = Kind(
    "an activation", functions=str, classes=False, expected="a name, a configuration, a function or None"
)


def get(identifier: Any) -> Activation:
    """Return the activation that a name, configuration or function stands for; None means linear.

    Args:
        identifier: None, a name such as "relu", a configuration, or any callable.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is none of these.

    Example:
        >>> get("relu").__name__, get(None).__name__
        ('relu', 'linear')
    """
    found: Activation = ACTIVATIONS.find("linear" if identifier is None else identifier)
    return found


def serialize(activation: Activation) -> Any:
    """Return what a configuration says for an activation: its name, or the configuration of an object.

    Raises:
        ArgumentError: a function that no name stands for.

    Example:
        >>> serialize(get("swish"))
        'silu'
    """
    return ACTIVATIONS.config_of(activation)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Activation:
    """Return the activation of a configuration.

    Args:
        config: a name, or {"class_name": …, "config": …}.
        custom_objects: name → function or class of your own.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is no configuration.

    Example:
        >>> deserialize({"class_name": "function", "config": "tanh"}).__name__
        'tanh'
    """
    return ACTIVATIONS.from_config(config, custom_objects)
