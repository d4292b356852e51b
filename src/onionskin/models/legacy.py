"""Keras's older form, one HDF5 file with the ending `.h5`: read, whole models and weights alone, and never written."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, FileFormatError, OnionskinError, ShapeError
from onionskin.base.registry import CustomObjectScope
from onionskin.layers import Layer
from onionskin.layers.budget import budget
from onionskin.models.compiling import compile_from
from onionskin.models.config import deserialize_layer, making_a_model
from onionskin.models.keras_files import require_built
from onionskin.models.modules import check_described
from onionskin.models.walk import file_layers
from onionskin.saving.archive import check_there
from onionskin.saving.bundle import read_json
from onionskin.saving.hdf5 import Arrays, Texts, read_hdf5
from onionskin.state import Variable

_ATTRIBUTES = ("layer_names", "weight_names", "model_config", "training_config")
_WEIGHTS = "model_weights"
_TOP = "top_level_model_weights"
_FORGOTTEN = ("decay", "jit_compile", "is_legacy_optimizer")  # settings of optimizers before Keras 3


def load_legacy(path: Path, custom: Mapping[str, Any] | None, compiled: bool) -> Any:
    """Load a whole model from a `.h5` file.

    Args:
        path: the file.
        custom: name → class or function, for what is not registered.
        compiled: also compile it, and restore the optimizer.

    Raises:
        FileFormatError: the file is damaged or holds no model.
        UnknownNameError: it names something that is not known here.
    """
    with making_a_model(str(path)):
        arrays, texts = read_hdf5(path, _ATTRIBUTES)
        attributes = texts.get("", {})
        if not isinstance(attributes.get("model_config"), str):
            raise FileFormatError(
                "the file holds no model, only weights.",
                expected="the attribute model_config",
                fix="make the model in code, then model.load_weights(path)",
            )
        entry = read_json(attributes["model_config"], "model_config")
        check_described(entry, custom)
        size = sum(array.size for array in arrays.values())
        with CustomObjectScope(custom), budget(size):
            model = deserialize_layer(entry, custom)
            _set(model, _below(arrays, _WEIGHTS), _below(texts, _WEIGHTS), skip_mismatch=False, by_name=False)
            if compiled and isinstance(attributes.get("training_config"), str):
                settings = read_json(attributes["training_config"], "training_config")
                check_described(settings, custom)
                _compile(model, settings, arrays, texts)
    return model


def load_legacy_weights(model: Any, path: Path, *, skip_mismatch: bool, by_name: bool) -> None:
    """Load weights from a `.h5` file.

    Args:
        model: a built model.
        path: the file, of weights alone or of a whole model.
        skip_mismatch: leave weights of another shape as they are, with a warning.
        by_name: find layers by their names rather than their order.

    Raises:
        FileFormatError: the file is damaged.
        ShapeError: it holds other weights.
        NotBuiltError: the model has no weights yet.
    """
    require_built(model, "load_weights")
    check_there(path, "a file of weights")
    try:
        arrays, texts = read_hdf5(path, _ATTRIBUTES)
        if "layer_names" not in texts.get("", {}):
            arrays, texts = _below(arrays, _WEIGHTS), _below(texts, _WEIGHTS)
        _set(model, arrays, texts, skip_mismatch=skip_mismatch, by_name=by_name)
    except OnionskinError as error:
        raise error.within(str(path)) from None


def _below(table: Mapping[str, Any], group: str) -> dict[str, Any]:
    """Return what stands in a group, by the paths within it."""
    found = {path[len(group) + 1 :]: one for path, one in table.items() if path.startswith(f"{group}/")}
    return {**found, "": table[group]} if group in table else found


def _listed(attributes: Mapping[str, Any], name: str) -> list[str]:
    """Return a list of names, which long files spread over attributes that are numbered from 0."""
    if name in attributes:
        value = attributes[name]
        return [value] if isinstance(value, str) else list(value)
    names: list[str] = []
    number = 0
    while isinstance(more := attributes.get(f"{name}{number}"), list):
        names += more
        number += 1
    return names


def _values(arrays: Arrays, texts: Texts, group: str) -> list[np.ndarray]:
    values = []
    for name in _listed(texts.get(group, {}), "weight_names"):
        path = f"{group}/{name}"
        if path not in arrays:
            raise FileFormatError("an array is missing.", given=path)
        values.append(arrays[path])
    return values


def _weights(layer: Any) -> list[Variable]:
    return [*layer.trainable_weights, *layer.non_trainable_weights]


def _layers(model: Any) -> list[Layer]:
    found = file_layers(model) if hasattr(model, "description") else model.layers
    return [layer for layer in found if isinstance(layer, Layer)]


def _set(model: Any, arrays: Arrays, texts: Texts, *, skip_mismatch: bool, by_name: bool) -> None:
    """Give the layers of a model their weights; all are compared before one is changed."""
    names = _listed(texts.get("", {}), "layer_names")
    if not names and any(arrays):
        raise FileFormatError("the file names no layers.", expected="the attribute layer_names")
    rows: list[tuple[Any, list[Variable], list[np.ndarray]]] = []
    if by_name:
        by = {layer.name: layer for layer in _layers(model)}
        rows = [(by[name], _weights(by[name]), _values(arrays, texts, name)) for name in names if name in by]
    else:
        layers = [layer for layer in _layers(model) if _weights(layer)]
        full = [name for name in names if _listed(texts.get(name, {}), "weight_names")]
        if len(layers) != len(full):
            raise ShapeError(
                "the file holds another number of layers with weights.", expected=len(layers), given=len(full)
            )
        pairs = zip(layers, full, strict=True)
        rows = [(layer, _weights(layer), _values(arrays, texts, name)) for layer, name in pairs]
    if _TOP in texts:
        own = [one for one in model._variables_here() if any(one is other for other in model.weights)]
        values = _values(arrays, texts, _TOP)
        rows += [(model, own, values)] if own or values else []
    _assign(rows, skip_mismatch)


def _assign(rows: Sequence[tuple[Any, list[Variable], list[np.ndarray]]], skip_mismatch: bool) -> None:
    changes, left = [], []
    for layer, variables, values in rows:
        if len(variables) != len(values) and not skip_mismatch:
            raise ShapeError(
                "the file holds another number of weights for a layer.",
                where=f"layer '{layer.name}'",
                expected=len(variables),
                given=len(values),
            )
        if len(variables) != len(values):
            left.append(layer.name)
            continue
        for variable, value in zip(variables, values, strict=True):
            if variable.shape == value.shape:
                changes.append((variable, value))
            elif skip_mismatch:
                left.append(variable.path)
            else:
                raise ShapeError("an array of the file has another shape than its variable.", where=variable.path,
                                 expected=variable.shape, given=value.shape)  # fmt: skip
    for variable, value in changes:
        variable.assign(value)
    if left:
        warnings.warn(f"stay as they are, as the file holds others: {', '.join(left)}", stacklevel=6)


def _compile(model: Any, settings: Any, arrays: Arrays, texts: Texts) -> None:
    """Compile a model as the file says, and restore the optimizer's state where it fits."""
    if not isinstance(settings, dict):
        raise FileFormatError("the file's training_config is malformed.", given=type(settings).__name__)
    optimizer = settings.get("optimizer_config")
    if isinstance(optimizer, dict) and isinstance(optimizer.get("config"), dict):
        kept = {key: value for key, value in optimizer["config"].items() if key not in _FORGOTTEN}
        optimizer = {**optimizer, "config": kept}
    try:
        compile_from(model, {**settings, "optimizer": optimizer})
    except ArgumentError as error:
        raise error.within("training_config") from None
    group = "optimizer_weights"
    values = _values(arrays, texts, group) if group in texts else []
    if not values or model.optimizer is None:
        return
    model.optimizer.build(model.trainable_variables)
    state = list(model.optimizer.variables)
    if [one.shape for one in state[: len(values)]] != [one.shape for one in values]:
        warnings.warn("the state of the optimizer is not loaded: the file holds another", stacklevel=4)
        return
    for variable, value in zip(state, values, strict=False):
        variable.assign(value)
