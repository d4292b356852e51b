"""Files: what a model is kept in, and the names that files may speak of.

`load_model` and its like are defined where models are, which put them into the registry's table of doors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onionskin.base.registry import CustomObjectScope as CustomObjectScope
from onionskin.base.registry import door as _door
from onionskin.base.registry import get_custom_objects as get_custom_objects
from onionskin.base.registry import name_of as get_registered_name
from onionskin.base.registry import register_serializable as register_keras_serializable
from onionskin.base.registry import registered_object as get_registered_object
from onionskin.saving.archive import read_archive as read_archive
from onionskin.saving.archive import write_archive as write_archive
from onionskin.saving.archive import write_atomically as write_atomically
from onionskin.saving.file_editor import KerasFileEditor as KerasFileEditor

custom_object_scope = CustomObjectScope
_DEFINED_ABOVE = frozenset(
    {
        "deserialize_keras_object", "load_model", "load_weights", "save_model", "save_weights",
        "serialize_keras_object",
    }
)  # fmt: skip

__all__ = [
    "CustomObjectScope",
    "KerasFileEditor",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "read_archive",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
    "write_archive",
    "write_atomically",
]

if TYPE_CHECKING:
    load_model: Any
    load_weights: Any
    save_model: Any
    save_weights: Any
    serialize_keras_object: Any
    deserialize_keras_object: Any


def __getattr__(name: str) -> Any:
    found = _door(name) if name in _DEFINED_ABOVE else None
    if found is not None:
        return found
    hint = ": import onionskin.models first" if name in _DEFINED_ABOVE else ""
    raise AttributeError(f"module 'onionskin.saving' has no attribute {name!r}{hint}")


def __dir__() -> list[str]:
    return sorted(__all__)
