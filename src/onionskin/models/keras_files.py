"""Models in Keras's own files: whole in `.keras`, their weights in `.weights.h5`; Keras 3 opens them, and writes them.

What Keras has no place for, such as the state of random generators, stands in metadata.json, which Keras leaves alone.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from onionskin.base.errors import ArgumentError, FileFormatError, NotBuiltError, OnionskinError, require
from onionskin.base.registry import CustomObjectScope
from onionskin.layers.budget import budget
from onionskin.models.config import deserialize_layer, making_a_model, serialize_layer, sharing
from onionskin.models.modules import check_described
from onionskin.models.walk import parts, seed_generators
from onionskin.models.weights import collect, restore
from onionskin.saving.archive import check_there, write_atomically
from onionskin.saving.bundle import Bundle, read_bundle, write_bundle
from onionskin.saving.hdf5 import read_hdf5, write_hdf5

KERAS = "3.15.1"  # the version whose form is written
OWN = "onionskin"  # our place in metadata.json


def describe(model: Any) -> dict[str, Any]:
    """Return a model, and what it was compiled with, as data in Keras's form.

    Raises:
        ArgumentError: there is something in it that a file cannot hold, or that Keras could not open.
    """
    with sharing():
        entry = serialize_layer(model)
    foreign = next(_operations(entry), None)
    if foreign is not None:
        raise ArgumentError(
            "a .keras file cannot hold this operation between the layers, which Keras does not have.",
            where=f"save, model '{model.name}'",
            given=foreign,
            fix="save to a file that ends in .onionskin, or put the operation into a layer of your own",
        )
    entry["compile_config"] = model.get_compile_config()
    return entry


def _operations(value: Any) -> Iterator[str]:
    """Yield the operations of this library alone that a description holds."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            if one.get("class_name") == "Operation" and one.get("module") == "onionskin.layers.operation":
                yield str(one["config"].get("primitive"))
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)


def save_keras(model: Any, target: Path | IO[bytes], overwrite: bool = True) -> None:
    """Save a model to a `.keras` file.

    Raises:
        ArgumentError: it holds something that the file cannot, or the file cannot be written.
        NotBuiltError: it has no weights yet.
    """
    require_built(model, "save")
    require("h5py", "keras", "files in Keras's formats")
    config = describe(model)
    arrays, names = collect(model)
    seeds = {path: one.state.numpy().tolist() for path, one in seed_generators(model)}
    own = {"seeds": seeds, "order": getattr(model, "_untracked_order", None)}
    bundle = Bundle(config, {"keras_version": KERAS, OWN: own}, write_hdf5(arrays, names), _assets(model))
    write_bundle(target, bundle, overwrite)


def load_keras(source: Path | IO[bytes], where: str, custom: Mapping[str, Any] | None, compiled: bool) -> Any:
    """Load a model from a `.keras` file.

    Args:
        source: the file.
        where: its name, for messages.
        custom: name → class or function, for what is not registered.
        compiled: also compile it, and restore the optimizer.

    Raises:
        FileFormatError: the file is damaged, or none that Keras or `save` wrote.
        UnknownNameError: it names something that is not known here.
    """
    bundle = read_bundle(source, where)
    with making_a_model(where):
        arrays, _ = read_hdf5(bundle.weights)
        check_described(bundle.config, custom)
        size = sum(array.size for array in arrays.values())
        with CustomObjectScope(custom), sharing(), budget(size):
            model = deserialize_layer(bundle.config, custom)
            if not hasattr(model, "compile"):
                raise FileFormatError("the file describes a layer, not a model.", given=type(model).__name__)
            settings = bundle.config.get("compile_config")
            if compiled and isinstance(settings, dict) and settings:
                model.compile_from_config(settings)
        restore(model, arrays, skip=[] if compiled else _optimizers(model))
        _restore_assets(model, bundle.assets)
        _restore_own(model, bundle.metadata.get(OWN), compiled)
    return model


def _optimizers(model: Any) -> list[Any]:
    return [] if model.optimizer is None else [model.optimizer]


def _restore_own(model: Any, own: Any, compiled: bool) -> None:
    """Restore what only this library writes: the state of random generators, and of the order of the samples."""
    if not isinstance(own, dict):
        return
    seeds = own.get("seeds")
    for path, generator in seed_generators(model):
        words = seeds.get(path) if isinstance(seeds, dict) else None
        if isinstance(words, list) and len(words) == generator.state.size:
            if not all(type(one) is int and 0 <= one < 2**32 for one in words):
                raise FileFormatError("the state of a random generator is malformed.", where=path, given=words)
            generator.state.assign(np.asarray(words, generator.state.dtype))
    if compiled and model.compiled:
        model._untracked_order = order_of_samples(own.get("order"))


def order_of_samples(value: Any) -> list[int] | None:
    """Return the seed of the samples' order and the number of epochs trained with it.

    Raises:
        FileFormatError: it is malformed.
    """
    well_formed = isinstance(value, list) and len(value) == 2
    if value is not None and not (well_formed and all(type(one) is int and 0 <= one < 2**63 for one in value)):
        raise FileFormatError("the order of the samples is malformed.", expected="two whole numbers", given=repr(value))
    return value


# --- weights alone ---


def save_weights_h5(model: Any, path: Path, overwrite: bool = True, skip: Sequence[Any] = ()) -> None:
    """Save the weights of a model, and its optimizer's state, to a `.weights.h5` file."""
    require_built(model, "save_weights")
    data = write_hdf5(*collect(model, skip))

    def write(file: IO[bytes]) -> None:
        file.write(data)

    write_atomically(path, write, overwrite)


def load_weights_h5(
    model: Any, path: Path, *, skip: Sequence[Any] = (), skip_mismatch: bool = False, bundled: bool = False
) -> None:
    """Load weights into a built model.

    Args:
        model: the model.
        path: a `.weights.h5` file, or a `.keras` file where `bundled`.
        skip: parts to leave as they are.
        skip_mismatch: leave parts that the file holds otherwise, with a warning.
        bundled: whether it is a `.keras` file.

    Raises:
        FileFormatError: the file is damaged.
        ShapeError: it holds other weights.
        NotBuiltError: the model has no weights yet.
    """
    require_built(model, "load_weights")
    check_there(path, "a file that save_weights() wrote")
    try:
        arrays, _ = read_hdf5(read_bundle(path, str(path), weights_only=True).weights if bundled else path)
        restore(model, arrays, skip=skip, skip_mismatch=skip_mismatch)
    except OnionskinError as error:
        raise (error if bundled and (error.where or "").startswith(str(path)) else error.within(str(path))) from None


def require_built(model: Any, what: str) -> None:
    """Refuse a model without weights.

    Raises:
        NotBuiltError: it has none.
    """
    if not model.built:
        raise NotBuiltError(
            "a model without weights cannot be saved." if what == "save" else "the model has no weights yet.",
            where=f"{what}, model '{model.name}'",
            fix="train it, call it on data, or give the first layer an input shape",
        )


# --- what layers keep as files of their own, such as vocabularies ---


def _assets(model: Any) -> dict[str, bytes]:
    keepers = [part for part in parts(model) if hasattr(part.thing, "save_assets")]
    found: dict[str, bytes] = {}
    for part in keepers:
        with tempfile.TemporaryDirectory() as folder:
            part.thing.save_assets(folder)
            for top, _, names in os.walk(folder):
                for name in names:
                    file = Path(top) / name
                    within = file.relative_to(folder).as_posix()
                    found[f"{part.path}/{within}" if part.path else within] = file.read_bytes()
    return found


def _restore_assets(model: Any, assets: Mapping[str, bytes]) -> None:
    for part in parts(model) if assets else []:
        start = f"{part.path}/" if part.path else ""
        own = {name[len(start) :]: data for name, data in assets.items() if name.startswith(start)}
        if not own or not hasattr(part.thing, "load_assets"):
            continue
        with tempfile.TemporaryDirectory() as folder:
            for name, data in own.items():
                file = Path(folder) / name  # names were checked when the file was read
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
            part.thing.load_assets(folder)
