"""`serialize` and `deserialize`: a layer as data in Keras's form, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onionskin.base.errors import ArgumentError, FileFormatError
from onionskin.base.registry import door
from onionskin.layers.layer import Layer


def serialize(layer: Any) -> dict[str, Any]:
    """Return a layer or model as data: its class, and what `get_config` says.

    Args:
        layer: the layer.

    Raises:
        ArgumentError: it is no layer, or cannot be written.

    Example:
        >>> from onionskin import layers
        >>> layers.serialize(layers.Dense(3))["class_name"]
        'Dense'
    """
    if not isinstance(layer, Layer):
        raise ArgumentError("this is no layer.", where="layers.serialize", given=f"an object of type {_kind(layer)}")
    data: dict[str, Any] = door("serialize_keras_object")(layer)
    return data


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the layer or model that data describes, without weights of its own yet.

    Args:
        config: what `serialize` returned.
        custom_objects: name → class, for classes that are not registered.

    Raises:
        FileFormatError: the data describe something else.
        UnknownNameError: they name a class that is not known.

    Example:
        >>> from onionskin import layers
        >>> layers.deserialize(layers.serialize(layers.Dense(3))).units
        3
    """
    made = door("deserialize_keras_object")(config, custom_objects)
    if not isinstance(made, Layer):
        raise FileFormatError("this is no layer.", where="layers.deserialize", given=f"an object of type {_kind(made)}")
    return made


def _kind(value: Any) -> str:
    return type(value).__name__
