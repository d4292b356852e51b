"""The doors of files: models saved and loaded by the ending of the file's name, and models as text.

`.onionskin` and `.weights.npz` are this library's own and need no other; `.keras`, `.weights.h5` and the older `.h5`
are Keras's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, FileFormatError, OnionskinError, ShapeError, require
from onionskin.base.registry import DOORS, CustomObjectScope
from onionskin.layers.budget import budget
from onionskin.models.compiling import compile_from
from onionskin.models.config import deserialize_layer, making_a_model, serialize_layer, sharing
from onionskin.models.keras_files import (
    describe,
    load_keras,
    load_weights_h5,
    order_of_samples,
    require_built,
    save_keras,
    save_weights_h5,
)
from onionskin.models.legacy import load_legacy, load_legacy_weights
from onionskin.models.modules import check_described
from onionskin.saving import read_archive, write_archive
from onionskin.saving.archive import check_there
from onionskin.saving.bundle import read_json
from onionskin.state import Variable

OWN, KERAS, OLD = ".onionskin", ".keras", (".h5", ".hdf5")
OWN_WEIGHTS, KERAS_WEIGHTS = ".weights.npz", ".weights.h5"
SHARDED = ".weights.json"


# --- whole models ---


def save_model(model: Any, filepath: Any, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any) -> None:
    """Save architecture, weights and, where it was compiled, the state of training to one file.

    The file holds names and numbers; loading it runs nothing that is in it.

    Args:
        model: a built model.
        filepath: where to, ending in ".keras", which Keras 3 opens too, or in ".onionskin".
        overwrite: replace a file that is there.
        zipped: True or None; a folder is not written.
        kwargs: none; what older versions of Keras took is refused by name.

    Raises:
        ArgumentError: the name ends otherwise, the file cannot be written, or the model holds
            something that a file cannot.
        NotBuiltError: the model has no weights yet.
        MissingExtraError: a ".keras" file is to be written and h5py is not installed.
    """
    _refuse_arguments("save", kwargs)
    if zipped is not None and not zipped:
        raise ArgumentError("a model is not saved as a folder.", where="save", given="zipped=False",
                            fix="leave zipped out, and name a file that ends in .keras")  # fmt: skip
    path = _path(filepath, (KERAS, OWN), "save")
    if path.name.endswith(KERAS):
        save_keras(model, path, overwrite)
        return
    require_built(model, "save")
    description, arrays = _archived(model)
    write_archive(path, description, arrays, overwrite)


def load_model(
    filepath: Any,
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,  # noqa: A002 - Keras's name
    safe_mode: bool = True,
) -> Any:
    """Load a model that `save` wrote, or Keras.

    Args:
        filepath: the file, ending in ".keras", ".onionskin", or ".h5" for Keras's older form.
        custom_objects: name → class or function, for layers, losses, metrics and optimizers of your own that are not
            registered.
        compile: also restore optimizer, loss and metrics.
        safe_mode: True; no file can run code here, and there is no mode in which one could.

    Returns:
        The model, with its weights and the optimizer's state.

    Raises:
        ArgumentError: safe_mode is switched off, or the name ends otherwise.
        FileFormatError: the file is damaged or none of these.
        UnknownNameError: it names a class that is not known here.
        MissingExtraError: it is one of Keras's and h5py is not installed.
    """
    if not safe_mode:
        raise ArgumentError(
            "code in a file is never run.",
            where="load_model",
            given="safe_mode=False",
            fix="leave safe_mode out; register your own functions and classes, or pass them as custom_objects",
        )
    path = _path(filepath, (KERAS, OWN, *OLD), "load_model")
    check_there(path, "a file that save() wrote")
    if path.name.endswith(KERAS):
        return load_keras(path, str(path), custom_objects, compile)
    if path.name.endswith(OLD):
        return load_legacy(path, custom_objects, compile)
    description, arrays = read_archive(path)
    return _from_archive(description, arrays, str(path), custom_objects, compile)


def check_savable(model: Any, filepath: Any, weights_only: bool) -> None:
    """Check what can be known before training about a file that a model is to be saved to.

    Raises:
        ArgumentError: the name ends in another way than such files' names do, or the model holds something
            that a file cannot.
        MissingExtraError: the file is one of Keras's and h5py is not installed.
    """
    if weights_only:
        path = _path(filepath, (KERAS_WEIGHTS, OWN_WEIGHTS), "save_weights")
    else:
        path = _path(filepath, (KERAS, OWN), "save")
        if path.name.endswith(KERAS):
            describe(model)
        else:
            _description(model)
    if path.name.endswith((KERAS, KERAS_WEIGHTS)):
        require("h5py", "keras", "files in Keras's formats")


# --- weights ---


def save_weights(model: Any, filepath: Any, overwrite: bool = True, max_shard_size: Any = None, **kwargs: Any) -> None:
    """Save the weights alone.

    Args:
        model: a built model.
        filepath: where to, ending in ".weights.h5", which Keras 3 reads too and which holds the optimizer's state as
            well, or in ".weights.npz".
        overwrite: replace a file that is there.
        max_shard_size: None; one file holds all.
        kwargs: objects_to_skip, a list of layers to leave out of a ".weights.h5".

    Raises:
        ArgumentError: the name ends otherwise, or the file cannot be written.
        NotBuiltError: the model has no weights yet.
    """
    skip = kwargs.pop("objects_to_skip", None)
    _refuse_arguments("save_weights", kwargs)
    if max_shard_size is not None:
        raise ArgumentError("weights are not spread over several files.", where="save_weights",
                            given=f"max_shard_size={max_shard_size!r}", fix="leave max_shard_size out")  # fmt: skip
    path = _path(filepath, (KERAS_WEIGHTS, OWN_WEIGHTS), "save_weights")
    if path.name.endswith(KERAS_WEIGHTS):
        save_weights_h5(model, path, overwrite, skip or ())
        return
    _refuse_skip(skip, "save_weights")
    require_built(model, "save_weights")
    arrays = {f"model/{index}": variable.numpy() for index, variable in enumerate(model.weights)}
    write_archive(path, {"variables": [_entry(variable) for variable in model.weights]}, arrays, overwrite)


def load_weights(model: Any, filepath: Any, skip_mismatch: bool = False, **kwargs: Any) -> None:
    """Load weights into a built model; all are compared before one is changed.

    Args:
        model: the model.
        filepath: a ".weights.h5", ".weights.npz" or ".keras" file, or ".h5" of Keras's older form.
        skip_mismatch: leave parts that the file holds otherwise as they are, with a warning.
        kwargs: objects_to_skip, a list of layers to leave as they are (".weights.h5"); by_name, whether layers are
            found by their names rather than their order (".h5").

    Raises:
        FileFormatError: the file is damaged or none of these.
        ShapeError: its weights are not the model's.
        NotBuiltError: the model has no weights yet.
    """
    skip, by_name = kwargs.pop("objects_to_skip", None), kwargs.pop("by_name", None)
    _refuse_arguments("load_weights", kwargs)
    path = _path(filepath, (KERAS_WEIGHTS, OWN_WEIGHTS, KERAS, *OLD), "load_weights")
    name = path.name
    if not name.endswith(KERAS_WEIGHTS):
        _refuse_skip(skip, "load_weights")
    if by_name is not None and not (name.endswith(OLD) and not name.endswith(KERAS_WEIGHTS)):
        raise ArgumentError("layers are found by name in files of Keras's older form alone.", where="load_weights",
                            given=f"by_name={by_name!r}", fix="leave by_name out")  # fmt: skip
    if name.endswith((KERAS_WEIGHTS, KERAS)):
        load_weights_h5(model, path, skip=skip or (), skip_mismatch=skip_mismatch, bundled=name.endswith(KERAS))
    elif name.endswith(OLD):
        load_legacy_weights(model, path, skip_mismatch=skip_mismatch, by_name=bool(by_name))
    else:
        if skip_mismatch:
            raise ArgumentError("weights in an .npz are loaded all or none.", where="load_weights",
                                given="skip_mismatch=True", fix="save them to a .weights.h5 file")  # fmt: skip
        description, arrays = read_archive(path)
        require_built(model, "load_weights")
        try:
            _assign(model.weights, description.get("variables"), arrays, "model")
        except OnionskinError as error:
            raise error.within(str(path)) from None


# --- models as text, and copies ---


def to_json(model: Any, **kwargs: Any) -> str:
    """Return the architecture, and what the model was compiled with, as JSON text.

    Args:
        model: the model.
        kwargs: those of `json.dumps`.
    """
    with sharing():
        entry = serialize_layer(model)
    return json.dumps({**entry, "compile_config": model.get_compile_config()}, **kwargs)


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return a model, with new weights, from what `to_json` wrote; compiled where that one was.

    Raises:
        FileFormatError: it is no JSON, or describes no model.
    """
    if not isinstance(json_string, str | bytes):
        raise FileFormatError("the text is no JSON.", where="model_from_json", given=type(json_string).__name__)
    entry = read_json(json_string, "model_from_json")
    check_described(entry, custom_objects)
    with CustomObjectScope(custom_objects), sharing():
        model = deserialize_layer(entry, custom_objects)
        settings = entry.get("compile_config")
        if isinstance(settings, dict) and settings and hasattr(model, "compile_from_config"):
            try:
                model.compile_from_config(settings)
            except (TypeError, AttributeError, KeyError) as error:  # settings that fit no optimizer, loss or metric
                raise FileFormatError("the compile_config is malformed.", where="model_from_json",
                                      given=f"{type(error).__name__}: {error}") from error  # fmt: skip
    return model


# --- names of files, and arguments ---


def _path(filepath: Any, endings: Sequence[str], where: str) -> Path:
    """Return a path whose name has one of the endings.

    Raises:
        ArgumentError: it has not.
    """
    text = str(filepath)
    try:
        path = Path(filepath)
    except TypeError:
        raise ArgumentError(
            "a file is named by text or a path.",
            where=where,
            expected=f"a name that ends in {_listed(endings)}",
            given=repr(filepath),
        ) from None
    if "://" in text:
        raise ArgumentError("only files of this machine are read and written.", where=where, given=repr(text))
    if text.endswith(SHARDED):
        raise ArgumentError("weights that are spread over several files are not supported.", where=where,
                            expected=_listed(endings), given=repr(text),
                            fix="save them in Keras without max_shard_size")  # fmt: skip
    weights = KERAS_WEIGHTS in endings
    if path.name.endswith(tuple(endings)) and (weights or not path.name.endswith(KERAS_WEIGHTS)):
        return path
    fix = f"use {path.name.split('.')[0] or 'model'}{endings[0]}"
    if path.name.endswith(OLD) and where == "save":
        fix = f"that form is only read; {fix}"
    raise ArgumentError(
        "the file's name does not say a form that is known.",
        where=where,
        expected=f"a name that ends in {_listed(endings)}",
        given=repr(text),
        fix=fix if where.startswith("save") else None,
    )


def _listed(endings: Sequence[str]) -> str:
    return " or ".join([", ".join(endings[:-1]), endings[-1]])


def _refuse_arguments(where: str, kwargs: Mapping[str, Any]) -> None:
    for name, value in kwargs.items():
        raise ArgumentError("this argument is not supported.", where=where, given=f"{name}={value!r}",
                            fix="leave it out; the file's name says the form")  # fmt: skip


def _refuse_skip(skip: Any, where: str) -> None:
    if skip is not None:
        raise ArgumentError("parts are left out of files that end in .weights.h5 alone.", where=where,
                            given="objects_to_skip")  # fmt: skip


# --- the archive ---


def _archived(model: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return a model as a description and arrays; one without weights yet, as a description alone."""
    variables = model.variables if model.built else []
    arrays = {f"model/{index}": variable.numpy() for index, variable in enumerate(variables)}
    description = _description(model)
    description["variables"] = [_entry(variable) for variable in variables]
    if model.compiled:
        description["order"] = model._untracked_order
        if model.optimizer is not None and model.optimizer.built:
            state = list(model.optimizer.variables)
            description["optimizer_variables"] = [_entry(variable) for variable in state]
            arrays.update({f"optimizer/{index}": variable.numpy() for index, variable in enumerate(state)})
    return description, arrays


def _description(model: Any) -> dict[str, Any]:
    with sharing():
        description: dict[str, Any] = {"model": serialize_layer(model)}
    if model.compiled:
        description["compile"] = model.get_compile_config()
    return description


def _from_archive(
    description: dict[str, Any], arrays: Mapping[str, np.ndarray], where: str, custom: Any, compiled: bool
) -> Any:
    """Return the model of an archive."""
    with making_a_model(where):
        with CustomObjectScope(custom), sharing(), budget(sum(array.size for array in arrays.values())):
            model = deserialize_layer(description.get("model"), custom)
        if not hasattr(model, "compile"):
            raise FileFormatError("the file describes a layer, not a model.", given=type(model).__name__)
        if model.built or description.get("variables") != []:
            _assign(model.variables, description.get("variables"), arrays, "model")
        settings = description.get("compile")
        if compiled and isinstance(settings, dict) and settings:
            with CustomObjectScope(custom):
                compile_from(model, settings, custom)
            listed = description.get("optimizer_variables")
            if listed and model.optimizer is not None:
                model.optimizer.build(model.trainable_variables)
                _assign(list(model.optimizer.variables), listed, arrays, "optimizer")
            model._untracked_order = order_of_samples(description.get("order"))
    return model


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


DOORS.update(load_model=load_model, load_weights=load_weights, save_model=save_model, save_weights=save_weights)
