"""Saving and loading models: architecture, weights and the state of training in one `.onionskin` file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from onionskin import losses, metrics, optimizers
from onionskin.base.errors import (
    ArgumentError,
    FileFormatError,
    NotBuiltError,
    OnionskinError,
    ShapeError,
    UnknownNameError,
)
from onionskin.layers.budget import budget
from onionskin.models.config import OWN_CLASS, deserialize_layer, serialize_layer
from onionskin.saving import read_archive, write_archive
from onionskin.state import Variable

SUFFIX = ".onionskin"
WEIGHTS_SUFFIX = ".weights.npz"


def save_model(model: Any, filepath: Any, overwrite: bool = True) -> None:
    """Save architecture, weights and, where it was compiled, the state of training to one file.

    The file holds names and numbers; loading it runs nothing that is in it.

    Args:
        model: a built model.
        filepath: where to, ending in ".onionskin".
        overwrite: replace a file that is there.

    Raises:
        ArgumentError: the name ends otherwise, the file cannot be written, or the model holds
            something that a file cannot.
        NotBuiltError: the model has no weights yet.
    """
    path = _path(filepath, SUFFIX, "save")
    if not model.built:
        raise NotBuiltError(
            "a model without weights cannot be saved.",
            where=f"save, model '{model.name}'",
            fix="train it, call it on data, or give the first layer an input shape",
        )
    arrays = {f"model/{index}": variable.numpy() for index, variable in enumerate(model.variables)}
    description = _description(model)
    description["variables"] = [_entry(variable) for variable in model.variables]
    if model.compiled:
        description["order"] = model._untracked_order
        if model.optimizer is not None and model.optimizer.built:
            state = list(model.optimizer.variables)
            description["optimizer_variables"] = [_entry(variable) for variable in state]
            arrays.update({f"optimizer/{index}": variable.numpy() for index, variable in enumerate(state)})
    write_archive(path, description, arrays, overwrite)


def check_savable(model: Any, filepath: Any, weights_only: bool) -> None:
    """Check what can be known before training about a file that a model is to be saved to.

    Raises:
        ArgumentError: the name ends in another way than such files' names do, or the model holds something
            that a file cannot.
    """
    if weights_only:
        _path(filepath, WEIGHTS_SUFFIX, "save_weights")
    else:
        _path(filepath, SUFFIX, "save")
        _description(model)


def _description(model: Any) -> dict[str, Any]:
    description: dict[str, Any] = {"model": serialize_layer(model)}
    if model.compiled:
        try:
            description["compile"] = _compile_config(model)
        except OnionskinError as error:
            raise error.within(f"save, model '{model.name}', what it was compiled with") from None
    return description


def load_model(
    filepath: Any,
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,  # noqa: A002 - Keras's name
    safe_mode: bool = True,
) -> Any:
    """Load a model that `save` wrote.

    Args:
        filepath: the file.
        custom_objects: class name → class, for layers, losses, metrics and optimizers of your own that are not
            registered.
        compile: also restore optimizer, loss and metrics.
        safe_mode: accepted for Keras's signature; no file can run code here, whatever it says.

    Returns:
        The model, with its weights and the optimizer's state.

    Raises:
        FileFormatError: the file is damaged or none of ours.
        UnknownNameError: it names a class that is not known here.
    """
    del safe_mode
    path = _path(filepath, SUFFIX, "load_model")
    description, arrays = read_archive(path)
    try:
        with budget(sum(array.size for array in arrays.values())):
            model = deserialize_layer(description.get("model"), custom_objects)
        if not hasattr(model, "compile"):
            raise FileFormatError("the file describes a layer, not a model.", given=type(model).__name__)
        _assign(model.variables, description.get("variables"), arrays, "model")
        if compile and isinstance(description.get("compile"), dict):
            try:
                _compile(model, description["compile"], dict(custom_objects or {}))
            except UnknownNameError as error:
                error.fix = f"{OWN_CLASS}; {error.fix}"
                raise
            listed = description.get("optimizer_variables")
            if listed and model.optimizer is not None:
                model.optimizer.build(model.trainable_variables)
                _assign(list(model.optimizer.variables), listed, arrays, "optimizer")
            model._untracked_order = _order(description.get("order"))
    except OnionskinError as error:
        raise error.within(str(path)) from None
    except Exception as error:  # whatever optimizers, losses and metrics make of settings that do not fit them
        raise FileFormatError(
            "the description of the model is malformed.",
            where=str(path),
            given=f"{type(error).__name__}: {error}",
            fix="save the model again",
        ) from error
    return model


def _order(value: Any) -> list[int] | None:
    """Return the seed of the samples' order and the number of epochs trained with it."""
    well_formed = isinstance(value, list) and len(value) == 2
    if value is not None and not (well_formed and all(type(one) is int and 0 <= one < 2**63 for one in value)):
        raise FileFormatError("the order of the samples is malformed.", expected="two whole numbers", given=repr(value))
    return value


def save_weights(model: Any, filepath: Any, overwrite: bool = True) -> None:
    """Save the weights alone.

    Args:
        model: a built model.
        filepath: where to, ending in ".weights.npz".
        overwrite: replace a file that is there.
    """
    path = _path(filepath, WEIGHTS_SUFFIX, "save_weights")
    if not model.built:
        raise NotBuiltError("the model has no weights yet.", where=f"save_weights, model '{model.name}'",
                            fix="train it, call it on data, or give the first layer an input shape")  # fmt: skip
    arrays = {f"model/{index}": variable.numpy() for index, variable in enumerate(model.weights)}
    write_archive(path, {"variables": [_entry(variable) for variable in model.weights]}, arrays, overwrite)


def load_weights(model: Any, filepath: Any) -> None:
    """Load weights that `save_weights` wrote into a built model of the same shapes.

    Raises:
        FileFormatError: the file is damaged or none of ours.
        ShapeError: its weights are not the model's.
    """
    path = _path(filepath, WEIGHTS_SUFFIX, "load_weights")
    description, arrays = read_archive(path)
    if not model.built:
        raise NotBuiltError("the model has no weights yet.", where=f"load_weights, model '{model.name}'",
                            fix="call it on data, or give the first layer an input shape")  # fmt: skip
    try:
        _assign(model.weights, description.get("variables"), arrays, "model")
    except OnionskinError as error:
        raise error.within(str(path)) from None


def to_json(model: Any) -> str:
    """Return the architecture as JSON text."""
    return json.dumps(serialize_layer(model), indent=1)


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return a model, with new weights, from what `to_json` wrote.

    Raises:
        FileFormatError: it is no JSON, or describes no model.
    """
    try:
        entry = json.loads(json_string)
    except (ValueError, TypeError, RecursionError) as error:
        raise FileFormatError("the text is no JSON.", where="model_from_json", given=str(error)) from error
    return deserialize_layer(entry, custom_objects)


def clone_model(model: Any) -> Any:
    """Return a model of the same architecture with weights of its own, newly started."""
    return deserialize_layer(serialize_layer(model), {type(one).__name__: type(one) for one in _all_layers(model)})


def _all_layers(model: Any) -> list[Any]:
    found = [model]
    for layer in getattr(model, "layers", []):
        found += _all_layers(layer)
    return found


def _path(filepath: Any, suffix: str, where: str) -> Path:
    path = Path(filepath)
    if not path.name.endswith(suffix):
        raise ArgumentError(
            f"the file name must end in {suffix!r}.",
            where=where,
            given=repr(str(filepath)),
            fix="name a file that save() wrote; other formats are not read yet"
            if where.startswith("load")
            else f"use {path.name.split('.')[0] or 'model'}{suffix}; other formats are not written yet",
        )
    return path


def _entry(variable: Variable) -> dict[str, Any]:
    return {"path": variable.path, "shape": list(variable.shape), "dtype": variable.dtype}


def _assign(variables: Sequence[Variable], listed: Any, arrays: Mapping[str, np.ndarray], group: str) -> None:
    """Give variables their saved values; all are checked before one is changed."""
    if not isinstance(listed, list) or len(listed) != len(variables):
        raise ShapeError(
            f"the file holds other variables than the {group} has.",
            expected=f"{len(variables)}: {', '.join(f'{v.path} {v.shape}' for v in variables[:8])}",
            given=len(listed) if isinstance(listed, list) else "no list",
        )
    values = []
    for index, variable in enumerate(variables):
        value = arrays.get(f"{group}/{index}")
        if value is None:
            raise FileFormatError("an array is missing.", given=f"{group}/{index}, for {variable.path}")
        if value.shape != variable.shape or value.dtype != variable.dtype:
            raise ShapeError(
                "an array of the file does not fit its variable.",
                where=variable.path,
                expected=f"{variable.dtype}{list(variable.shape)}",
                given=f"{value.dtype}{list(value.shape)}",
            )
        values.append(value)
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _compile_config(model: Any) -> dict[str, Any]:
    arguments = model._untracked_compile_arguments
    return {
        "optimizer": optimizers.serialize(arguments["optimizer"]),
        "loss": _identifiers(arguments["loss"], losses.serialize),
        "loss_weights": arguments["loss_weights"],
        "metrics": _identifiers(arguments["metrics"], metrics.serialize),
        "weighted_metrics": _identifiers(arguments["weighted_metrics"], metrics.serialize),
    }


def _identifiers(value: Any, serialize: Any) -> Any:
    """Return losses or metrics, as `compile` took them, as data."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return [_identifiers(one, serialize) for one in value]
    if isinstance(value, dict):
        return {key: _identifiers(one, serialize) for key, one in value.items()}
    return serialize(value)


def _compile(model: Any, settings: dict[str, Any], custom: dict[str, Any]) -> None:
    known = {key: settings.get(key) for key in ("loss", "loss_weights", "metrics", "weighted_metrics")}
    known["loss"] = _restored(known["loss"], losses.deserialize, custom)
    for key in ("metrics", "weighted_metrics"):
        known[key] = _restored(known[key], metrics.deserialize, custom)
    model.compile(optimizer=optimizers.deserialize(settings.get("optimizer"), custom), **known)


def _restored(value: Any, deserialize: Any, custom: dict[str, Any]) -> Any:
    if isinstance(value, dict) and "class_name" in value:
        return deserialize(value, custom)
    if isinstance(value, list):
        return [_restored(one, deserialize, custom) for one in value]
    if isinstance(value, dict):
        return {key: _restored(one, deserialize, custom) for key, one in value.items()}
    return value
