"""What a model was compiled with, as plain data in Keras's form and back."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from onionskin import losses, metrics, optimizers
from onionskin.base.errors import ArgumentError, FileFormatError, OnionskinError, UnknownNameError
from onionskin.base.kinds import builtin_function
from onionskin.base.registry import custom_objects
from onionskin.models.config import OWN_CLASS

_RULES = ("loss", "metrics", "weighted_metrics")


def compile_config(model: Any) -> dict[str, Any]:
    """Return what a model was compiled with as data; nothing where it was not.

    Raises:
        ArgumentError: there is something in it that a file cannot hold.
    """
    if not model.compiled:
        return {}
    given = model._untracked_compile_arguments
    try:
        return {
            "optimizer": optimizers.serialize(given["optimizer"]),
            "loss": _written(given["loss"], losses.serialize),
            "loss_weights": given["loss_weights"],
            "metrics": _written(given["metrics"], metrics.serialize),
            "weighted_metrics": _written(given["weighted_metrics"], metrics.serialize),
            "run_eagerly": bool(given.get("run_eagerly", False)),
            "steps_per_execution": int(given.get("steps_per_execution") or 1),
            "jit_compile": given.get("jit_compile", "auto"),
        }
    except OnionskinError as error:
        raise error.within(f"save, model '{model.name}', what it was compiled with") from None


def compile_from(model: Any, config: Mapping[str, Any], custom: Mapping[str, Any] | None = None) -> None:
    """Compile a model with what `compile_config` returned, and make the optimizer's variables.

    Raises:
        UnknownNameError: it names something that is not known here.
        FileFormatError: it is malformed, or asks for something that is not supported.
    """
    own = dict(custom or {})
    try:
        known = {
            "optimizer": optimizers.deserialize(config["optimizer"], own) if config.get("optimizer") else None,
            "loss": _restored(config.get("loss"), losses.deserialize, own),
            "loss_weights": config.get("loss_weights"),
            "metrics": _restored(config.get("metrics"), metrics.deserialize, own),
            "weighted_metrics": _restored(config.get("weighted_metrics"), metrics.deserialize, own),
        }
    except UnknownNameError as error:
        error.fix = f"{OWN_CLASS}; {error.fix}"
        raise
    accepted = inspect.signature(model.compile).parameters
    more = {
        key: config[key] for key in ("run_eagerly", "steps_per_execution", "jit_compile")
        if config.get(key) not in (None, False) and key in accepted
    }  # fmt: skip
    if known["optimizer"] is None:
        del known["optimizer"]
    model.compile(**known, **more)


def _written(value: Any, serialize: Any) -> Any:
    """Return losses or metrics, as `compile` took them, as data."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return [_written(one, serialize) for one in value]
    if isinstance(value, dict):
        return {key: _written(one, serialize) for key, one in value.items()}
    try:
        return serialize(value)
    except ArgumentError:
        named = _by_name(value)
        if named is None:
            raise
        return named


def _by_name(value: Any) -> Any:
    """Return a function of the user's own by its name, as Keras does; whoever reads it must pass the function."""
    if inspect.isfunction(value) and value.__name__.isidentifier():
        return builtin_function(value.__name__)
    inner = getattr(value, "fn", None)
    if type(value) is metrics.MeanMetricWrapper and inspect.isfunction(inner) and inner.__name__.isidentifier():
        config = {"name": value.name, "dtype": value.dtype, **value.kwargs, "fn": builtin_function(inner.__name__)}
        return {"module": "keras.metrics", "class_name": "MeanMetricWrapper", "config": config,
                "registered_name": None}  # fmt: skip
    return None


def _restored(value: Any, deserialize: Any, own: dict[str, Any]) -> Any:
    if isinstance(value, dict) and "class_name" in value:
        return deserialize(_with_functions(value, own), own)
    if isinstance(value, list):
        return [_restored(one, deserialize, own) for one in value]
    if isinstance(value, dict):
        return {key: _restored(one, deserialize, own) for key, one in value.items()}
    if isinstance(value, str) and (value in own or value in custom_objects):
        return own[value] if value in own else custom_objects[value]
    if value is not None and not isinstance(value, str):
        raise FileFormatError("what the model was compiled with is malformed.", given=repr(value)[:80])
    return value


def _with_functions(entry: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration of a metric or loss with the user's own function in the place of its name."""
    settings = entry.get("config")
    inner = settings.get("fn") if isinstance(settings, dict) else None
    name = inner.get("config") if isinstance(inner, dict) and inner.get("class_name") == "function" else None
    found = own.get(name) or custom_objects.get(name) if isinstance(name, str) else None
    if found is None or not isinstance(settings, dict):
        return entry
    return {**entry, "config": {**settings, "fn": found}}
