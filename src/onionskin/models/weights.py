"""The variables of a model as named arrays of a file and back; all are compared before one is changed."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import DTypeError, FileFormatError, OnionskinError, ShapeError
from onionskin.layers import Layer
from onionskin.models.walk import Part, parts
from onionskin.optimizers import Optimizer
from onionskin.state import Variable

_OLD_LAYERS = "_layer_checkpoint_dependencies"  # how the first files of Keras 3's form called "layers"
Arrays = dict[str, np.ndarray]


def collect(model: Any, skip: Sequence[Any] = ()) -> tuple[Arrays, dict[str, dict[str, str]]]:
    """Return the arrays of a model by their paths in a file, and the names of the parts by their groups.

    Args:
        model: a built model.
        skip: parts to leave out.
    """
    arrays: Arrays = {}
    names: dict[str, dict[str, str]] = {}
    for part in parts(model, skip):
        names[part.group] = {"name": part.name}
        for key, value in _own(part).items():
            arrays[f"{part.group}/{key}"] = value
    return arrays, names


def _own(part: Part) -> Arrays:
    """Return what a part keeps, through its own `save_own_variables` where its class has one."""
    save = _own_way(part.thing, "save_own_variables")
    if save is None:
        return {str(index): variable.numpy() for index, variable in enumerate(part.variables)}
    store: dict[str, Any] = {}
    save(store)
    return {str(key): np.asarray(value) for key, value in store.items()}


def _own_way(thing: Any, name: str) -> Any:
    """Return a method of a part whose class has another one than its base, None where it has not."""
    base = next((one for one in (Layer, Optimizer) if isinstance(thing, one)), object)
    found = getattr(type(thing), name, None)
    return None if found is None or found is getattr(base, name, None) else getattr(thing, name)


def restore(
    model: Any,
    arrays: Mapping[str, np.ndarray],
    *,
    skip: Sequence[Any] = (),
    skip_mismatch: bool = False,
) -> None:
    """Give the variables of a model the values that a file holds.

    Args:
        model: a built model.
        arrays: path → array.
        skip: parts to leave as they are.
        skip_mismatch: leave a part as it is, with a warning, where the file holds something else for it.

    Raises:
        ShapeError: a part has other variables than the file.
        DTypeError: a variable holds other kinds of numbers.
    """
    groups = _grouped(arrays)
    changes: list[tuple[Variable, np.ndarray]] = []
    own_ways: list[tuple[Any, Arrays]] = []
    failed: list[tuple[str, OnionskinError]] = []
    for part in parts(model, skip):
        store = groups.get(part.group, {})
        load = _own_way(part.thing, "load_own_variables")
        if load is not None:
            own_ways.append((load, store))
            continue
        try:
            changes += _compared(part, store)
        except OnionskinError as error:
            failed.append((f"{part.path or model.name} ({type(part.thing).__name__} '{part.name}')", error))
    if failed and not skip_mismatch:
        where, first = failed[0]
        if len(failed) > 1:
            first.fix = f"{len(failed)} parts differ; to load the others pass skip_mismatch=True"
        raise first.within(where)
    for variable, value in changes:
        variable.assign(value)
    for load, store in own_ways:
        load(store)
    if failed:
        warnings.warn(
            f"{len(failed)} parts of the model stay as they are, as the file holds others: "
            + ", ".join(where for where, _ in failed),
            stacklevel=4,
        )


def _grouped(arrays: Mapping[str, np.ndarray]) -> dict[str, Arrays]:
    groups: dict[str, Arrays] = {}
    for path, array in arrays.items():
        group, _, key = path.rpartition("/")
        if group.startswith(_OLD_LAYERS) or f"/{_OLD_LAYERS}/" in group:
            group = group.replace(_OLD_LAYERS, "layers")
        groups.setdefault(group, {})[key] = array
    return groups


def _compared(part: Part, store: Arrays) -> list[tuple[Variable, np.ndarray]]:
    """Return the variables of a part with their new values."""
    variables = part.variables
    if isinstance(part.thing, Optimizer) and len(store) != len(variables):
        return _of_optimizer(part, store)
    if len(store) != len(variables):
        raise ShapeError(
            "the file holds another number of variables.",
            expected=f"{len(variables)}: {', '.join(f'{v.name} {v.shape}' for v in variables[:8]) or 'none'}",
            given=len(store),
            fix=None if part.thing.built else "build the model first: call it on data, or give it an input shape",
        )
    return [(one, _fitting(one, store.get(str(index)), index)) for index, one in enumerate(variables)]


def _of_optimizer(part: Part, store: Arrays) -> list[tuple[Variable, np.ndarray]]:
    """Return what an optimizer takes from a file that holds another number of its variables.

    Before its first step an optimizer has only its step count, 0, and its learning rate: in a file these are taken
    over. Of other differences there is nothing to take, and a warning says so, as in Keras.
    """
    variables = part.variables
    if not store:
        return []
    names = [one.name for one in variables[: len(store)]]
    if names == ["iteration", "learning_rate"][: len(store)] and not np.any(store.get("0", 1)):
        return [(one, _fitting(one, store.get(str(index)), index)) for index, one in enumerate(variables[: len(names)])]
    warnings.warn(
        f"the state of the optimizer '{part.name}' is not loaded: it has {len(variables)} variables, "
        f"the file {len(store)}",
        stacklevel=6,
    )
    return []


def _fitting(variable: Variable, value: np.ndarray | None, index: int) -> np.ndarray:
    if value is None:
        raise FileFormatError("an array is missing.", given=f"number {index}, for {variable.path}")
    if value.shape != variable.shape:
        raise ShapeError(
            "an array of the file has another shape than its variable.",
            where=variable.path,
            expected=variable.shape,
            given=value.shape,
        )
    kinds = (value.dtype.kind, np.dtype(variable.dtype).kind)
    if kinds[0] != kinds[1] and set(kinds) != {"i", "u"}:
        raise DTypeError(
            "an array of the file holds other kinds of numbers than its variable.",
            where=variable.path,
            expected=variable.dtype,
            given=value.dtype.name,
        )
    if kinds[1] in "iu" and value.size:
        limits = np.iinfo(variable.dtype)
        if int(value.min()) < limits.min or int(value.max()) > limits.max:
            raise DTypeError("a number of the file does not fit its variable.", where=variable.path,
                             expected=variable.dtype, given=int(max(value.max(), -value.min(), key=abs)))  # fmt: skip
    return value
