"""Which initializer a name, a configuration or an object stands for."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import ShapeError
from onionskin.base.kinds import Kind

INITIALIZERS = Kind(
    "an initializer",
    "keras.initializers",
    expected="a name, a configuration, a class, a function, an array or None",
)


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
    if isinstance(identifier, np.ndarray | np.generic):
        return _given(np.array(identifier))
    return INITIALIZERS.find(identifier)


def serialize(initializer: Any) -> Any:
    """Return the configuration of an initializer: its class by name and its arguments; None stays None.

    Raises:
        ArgumentError: it has no get_config().

    Example:
        >>> serialize(get("zeros"))["class_name"]
        'Zeros'
    """
    return None if initializer is None else INITIALIZERS.config_of(initializer)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the initializer of a configuration.

    Args:
        config: a name, or {"class_name": …, "config": …} as `serialize` returns it.
        custom_objects: name → class or function of your own.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is no configuration.
    """
    return INITIALIZERS.from_config(config, custom_objects)


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
