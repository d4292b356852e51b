"""Which activation a name, a configuration or a function stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from onionskin.base.errors import ArgumentError
from onionskin.base.registry import Registry, custom_objects, registered_name

ACTIVATIONS = Registry("activation")
Activation = Callable[..., Any]


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
    if identifier is None:
        identifier = "linear"
    if isinstance(identifier, str | dict):
        return deserialize(identifier)
    if callable(identifier):
        return identifier
    raise ArgumentError(
        "this is no activation.", expected="a name, a configuration, a function or None", given=repr(identifier)
    )


def serialize(activation: Activation) -> Any:
    """Return what a configuration says for an activation: its name, or the configuration of an object.

    Raises:
        ArgumentError: a function that no name stands for.

    Example:
        >>> serialize(get("swish"))
        'silu'
    """
    if hasattr(activation, "get_config"):
        return {
            "module": type(activation).__module__,
            "class_name": type(activation).__name__,
            "config": activation.get_config(),
            "registered_name": registered_name(type(activation)),
        }
    own = registered_name(activation)
    name = str(getattr(activation, "__name__", type(activation).__name__))
    if own is None and (name not in ACTIVATIONS or ACTIVATIONS.get(name) is not activation):
        raise ArgumentError(
            "a function of your own has no name that a file could use.",
            given=repr(name),
            fix="put @register_serializable() above its definition",
        )
    return own or name


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
    if isinstance(config, str):
        return _named(config, custom_objects)
    if not isinstance(config, dict) or not isinstance(config.get("class_name"), str):
        raise ArgumentError(
            "this is no configuration of an activation.",
            expected="a name, or a dictionary with class_name and config",
            given=repr(config),
        )
    if isinstance(config.get("config"), str):
        return _named(config["config"], custom_objects)
    entry = _named(config.get("registered_name") or config["class_name"], custom_objects)
    return entry.from_config(dict(config.get("config") or {}))


def _named(name: str, own: dict[str, Any] | None) -> Any:
    for known in (own or {}, custom_objects):
        if name in known:
            return known[name]
    return ACTIVATIONS.get(name)
