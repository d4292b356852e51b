"""Which initializer a name, a configuration or an object stands for."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.registry import Registry, custom_objects, registered_name

INITIALIZERS = Registry("initializer")


def get(identifier: Any) -> Any:
    """Return the initializer that a name, configuration, class or object stands for; None stays None.

    Args:
        identifier: None, a name such as "zeros", a configuration, a class, an object that can be called, or
            an array, which then is the weight itself.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is none of these.

    Example:
        >>> get("zeros").get_config()
        {}
    """
    if isinstance(identifier, str | dict):
        identifier = deserialize(identifier)
    if isinstance(identifier, type):
        identifier = identifier()
    if identifier is None or callable(identifier):
        return identifier
    if isinstance(identifier, np.ndarray | np.generic):
        return _given(np.array(identifier))
    raise ArgumentError(
        "this is no initializer.",
        expected="a name, a configuration, a class, a function, an array or None",
        given=repr(identifier),
    )


def serialize(initializer: Any) -> Any:
    """Return the configuration of an initializer: its class by name and its arguments; None stays None.

    Raises:
        ArgumentError: it has no get_config().

    Example:
        >>> serialize(get("zeros"))["class_name"]
        'Zeros'
    """
    if initializer is None:
        return None
    own = registered_name(type(initializer))
    if not hasattr(initializer, "get_config"):
        raise ArgumentError(
            "an initializer without get_config() cannot be written to a file.", given=repr(initializer),
            fix="make it a subclass of Initializer",
        )  # fmt: skip
    return {
        "module": type(initializer).__module__ if own else "keras.initializers",
        "class_name": type(initializer).__name__,
        "config": initializer.get_config(),
        "registered_name": own,
    }


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the initializer of a configuration.

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
            "this is no configuration of an initializer.",
            expected="a name, or a dictionary with class_name and config",
            given=repr(config),
        )
    entry: Any = _named(config.get("registered_name") or config["class_name"], custom_objects)
    return entry.from_config(dict(config.get("config") or {})) if hasattr(entry, "from_config") else entry


def _named(name: str, own: dict[str, Any] | None) -> Any:
    for known in (own or {}, custom_objects):
        if name in known:
            return known[name]
    return INITIALIZERS.get(name)


def _given(array: np.ndarray) -> Any:
    """Return an initializer that gives this array for its own shape."""

    def initialize(shape: Any, dtype: Any = None) -> np.ndarray:
        if tuple(shape) != array.shape:
            raise ShapeError(
                "the array given as initializer has another shape than the weight.",
                expected=tuple(shape),
                given=array.shape,
            )
        return array.astype(dtype or array.dtype)

    return initialize
