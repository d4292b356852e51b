"""The module names in Keras's files: which ones are written, and which are known when a file is read.

They are texts in a table; nothing is ever imported by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onionskin.base.errors import FileFormatError, UnknownNameError
from onionskin.base.registry import custom_objects

_PACKAGES = frozenset(
    {
        "keras", "builtins", "keras.activations", "keras.constraints", "keras.dtype_policies", "keras.initializers",
        "keras.layers", "keras.losses", "keras.metrics", "keras.models", "keras.ops", "keras.optimizers",
        "keras.optimizers.schedules", "keras.quantizers", "keras.random", "keras.regularizers", "keras.utils",
    }
)  # fmt: skip
_INSIDE = ("keras.src.", "onionskin.")
_MODULES = {
    "Sequential": "keras", "Model": "keras", "Functional": "keras.src.models.functional",
    "Operation": "onionskin.layers.operation", "KerasOperation": "onionskin.models.operations",
}  # fmt: skip
CODE = frozenset({"Lambda", "__lambda__"})


def writes_module(cls: type, ours: bool) -> str | None:
    """Return the module that a file says for a class of layers."""
    if ours:
        return _MODULES.get(cls.__name__, "keras.layers")
    return None if cls.__module__ == "__main__" else cls.__module__


def policy(name: str) -> dict[str, Any]:
    """Return a dtype policy as Keras's files give it."""
    return {"module": "keras", "class_name": "DTypePolicy", "config": {"name": name}, "registered_name": None}


def dtype_setting(class_name: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Return a layer's settings with its dtype as a policy; an `InputLayer` keeps the plain name."""
    if class_name != "InputLayer" and isinstance(settings.get("dtype"), str):
        return {**settings, "dtype": policy(settings["dtype"])}
    return settings


def named_dtype(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a layer's settings with its dtype policy by name.

    Raises:
        FileFormatError: the policy is another kind than a plain one.
    """
    given = settings.get("dtype")
    if not isinstance(given, dict):
        return dict(settings)
    inner = given.get("config")
    name = inner.get("name") if isinstance(inner, dict) else None
    if given.get("class_name") not in ("DTypePolicy", "FloatDTypePolicy") or not isinstance(name, str):
        raise FileFormatError(
            "this dtype policy is not supported.",
            expected="a DTypePolicy with the name of a dtype",
            given=repr(given.get("class_name")),
            fix="save the model with a plain or mixed policy, not a quantized one",
        )
    return {**settings, "dtype": name}


def check_described(description: Any, custom: Mapping[str, Any] | None = None) -> None:
    """Look through a description for code and for modules that are neither Keras's nor of registered objects.

    Raises:
        FileFormatError: it holds Python code.
        UnknownNameError: it names a module that is not known.
    """
    stack = [description]
    while stack:
        one = stack.pop()
        if isinstance(one, list):
            stack.extend(one)
        elif isinstance(one, dict):
            stack.extend(one.values())
            if isinstance(one.get("class_name"), str):
                _check_entry(one, custom or {})


def _check_entry(entry: Mapping[str, Any], custom: Mapping[str, Any]) -> None:
    name, module = entry["class_name"], entry.get("module")
    names = [key for key in (name, entry.get("registered_name"), entry.get("config")) if isinstance(key, str)]
    own = any(key in table for key in (*names, f"Custom>{name}") for table in (custom, custom_objects))
    if name in CODE and not own:
        raise FileFormatError(
            "the file holds a function as Python code, which is never run.",
            given=name,
            fix="put what it computes into a layer class of your own, register it, and save the model again",
        )
    if own or not isinstance(module, str) or module in _PACKAGES or module.startswith(_INSIDE):
        return
    raise UnknownNameError(
        "the file names a class of a module that is not known here.",
        given=f"{module}.{name}",
        fix="pass custom_objects={'Name': Class}, or decorate the class with "
        "@onionskin.saving.register_keras_serializable()",
    )
