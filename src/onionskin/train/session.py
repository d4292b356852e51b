"""A training that can be stopped by force: its whole state in a file, and the way back from it."""

from __future__ import annotations

import collections
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from onionskin.base import philox
from onionskin.base.errors import ArgumentError, FileFormatError, OnionskinError, ShapeError
from onionskin.callbacks import Callback
from onionskin.data import StreamSource
from onionskin.saving import read_archive, write_archive
from onionskin.state import seeds
from onionskin.state.variable import Variable


class Session:
    """One call of `fit` as callbacks such as `BackupAndRestore` meet it.

    A callback with a method `set_session` receives it after all `on_train_begin`. It may `load` a file then, and
    `ask` from its hooks for something to be written, which happens when the hooks of all callbacks have run.

    Args:
        model: the model that is trained.
        callbacks: the callbacks, in their order.
        source: the data, of which a stream is read again up to the place where training goes on.
        order: seed of the samples' order, and the epochs trained with it.
        initial_epoch: epoch that `fit` was told to begin at.

    Attributes:
        epoch: the epoch that runs, or comes next.
        step: steps of it that are done.
        interrupted: whether Ctrl-C was heard, after which nothing is written: the epoch is not whole.
    """

    def __init__(
        self, model: Any, callbacks: Sequence[Callback], source: Any, order: list[int], initial_epoch: int
    ) -> None:
        self.model, self.callbacks, self.source, self.order = model, list(callbacks), source, order
        self.epoch, self.step = initial_epoch, 0
        self.interrupted = False
        self._first = initial_epoch
        self._asked: list[Callable[[], None]] = []
        self._loaded: tuple[Path, dict[str, Any], dict[str, np.ndarray]] | None = None
        self._run: Any = None
        self._begun: Iterator[Any] | None = None
        for callback in self.callbacks:
            receive = getattr(callback, "set_session", None)
            if receive is not None:
                receive(self)

    # --- used by the loop ---

    def epochs(self, count: int) -> Iterator[int]:
        """Yield the epochs that are left, with the metrics started anew or as they were within an epoch."""
        if self._loaded is not None:
            self._read_again()
            if self.step == 0:
                self._put_back()
                if self.model.stop_training:  # in order, and then by force before the end
                    return
        for epoch in range(self.epoch, count):
            if self.step == 0:
                self.model.reset_metrics()
            yield epoch

    def go_on(self, run: Any) -> None:
        """Have a run begin where the epoch stands; what was loaded is put back now where that is within it."""
        run.session, run.first, run.begun = self, self.step, self._begun
        self._run, self._begun = run, None
        if self._loaded is not None:
            run.prepare()
            self._put_back()

    def _read_again(self) -> None:
        """Bring a stream to where it was; what it drew from random numbers is put right afterwards."""
        if not isinstance(self.source, StreamSource):
            return
        seed, trained = self.order
        for epoch in range(trained - (self.epoch - self._first), trained):
            collections.deque(self.source.batches(philox.make_seed(seed, epoch)), maxlen=0)
        if self.step:
            self._begun = self.source.batches(philox.make_seed(seed, trained))
            collections.deque(itertools.islice(self._begun, self.step), maxlen=0)

    def settle(self, step: int) -> None:
        """Note the steps done in this epoch, and write what was asked for."""
        self.step = step
        asked, self._asked = self._asked, []
        if not self.interrupted:
            for write in asked:
                write()

    def end_epoch(self, epoch: int) -> None:
        """Note that an epoch is done, and write what was asked for."""
        self.epoch = epoch + 1
        self.settle(0)

    # --- used by callbacks ---

    def ask(self, write: Callable[[], None]) -> None:
        """Have a function called as soon as the hooks of all callbacks have run."""
        self._asked.append(write)

    def save(self, path: Path) -> None:
        """Write the state of the training to a file.

        Raises:
            ArgumentError: the file cannot be written, or a callback names a state that no file can hold.
        """
        arrays: dict[str, np.ndarray] = {}
        for group, variables in self._groups().items():
            arrays.update({f"{group}/{index}": variable.numpy() for index, variable in enumerate(variables)})
        parts = {
            "callbacks": [[name, state] for name, _, state in self._states()],
            "random": _random_state(),
            "reported": {} if self._run is None else self._run._reported,
        }
        description = {
            "training": {"epoch": self.epoch, "step": self.step, "order": list(self.order),
                         "stopped": bool(self.model.stop_training), **_packed(parts, arrays, "parts")},
            "groups": {group: [_entry(one) for one in variables] for group, variables in self._groups().items()},
        }  # fmt: skip
        write_archive(path, description, arrays)

    def load(self, path: Path) -> None:
        """Read a file that `save` wrote; what it holds is put back when training goes on.

        Raises:
            FileFormatError: it is damaged, or none of these.
        """
        description, arrays = read_archive(path)
        found: Any = description.get("training")
        try:
            found = {**found, **_unpacked({key: found[key] for key in ("callbacks", "random", "reported")}, arrays)}
            numbers = [found["epoch"], found["step"], *found["order"]]
            well_formed = (
                len(numbers) == 4
                and all(type(one) is int and 0 <= one < 2**63 for one in numbers)
                and all(len(one) == 2 and isinstance(one[1], dict) for one in found["callbacks"])
                and isinstance(found["reported"], dict)
            )
        except (KeyError, TypeError):
            well_formed = False
        if not well_formed or not isinstance(description.get("groups"), dict):
            raise FileFormatError("the file holds no state of a training.", where=str(path))
        self._loaded = path, {**found, "groups": description["groups"]}, arrays
        self.epoch, self.step = found["epoch"], found["step"]
        self.order[:] = found["order"]

    # --- the state ---

    def _groups(self) -> dict[str, list[Variable]]:
        optimizer = self.model.optimizer
        own = {id(variable) for variable in self.model.variables}
        sums = [variable for metric in self.model.metrics for variable in metric.variables]
        return {
            "model": list(self.model.variables),
            "optimizer": [] if optimizer is None else list(optimizer.variables),
            "metrics": [variable for variable in sums if id(variable) not in own],
        }

    def _states(self) -> list[tuple[str, Callback, dict[str, Any]]]:
        """Return the callbacks that have something to keep."""
        rows = [(type(one).__name__, one, one.state_to_keep()) for one in self.callbacks]
        return [row for row in rows if row[2]]

    def _put_back(self) -> None:
        assert self._loaded is not None  # every caller has looked
        (path, found, arrays), self._loaded = self._loaded, None
        try:
            optimizer = self.model.optimizer
            if optimizer is not None and found["groups"].get("optimizer") and not optimizer.built:
                optimizer.build(self.model.trainable_variables)
            groups = self._groups()
            if not self.step:
                del groups["metrics"]  # they start anew
            values = {group: _fitting(group, own, found["groups"], arrays) for group, own in groups.items()}
            names, owners = [name for name, _ in found["callbacks"]], self._states()
            if names != [name for name, _, _ in owners]:
                raise ArgumentError(
                    "the file is of a training with other callbacks.",
                    expected=", ".join(names),
                    given=", ".join(name for name, _, _ in owners),
                    fix="pass the same callbacks in the same order, or delete the file to begin anew",
                )
            _set_random_state(found["random"])
        except OnionskinError as error:
            raise error.within(str(path)) from None
        for group, own in groups.items():
            for variable, value in zip(own, values[group], strict=True):
                variable.assign(value)
        for (_, callback, _), (_, state) in zip(owners, found["callbacks"], strict=True):
            callback.take_state(state)
        if self._run is not None:
            self._run._reported = found["reported"]
        self.model.stop_training = bool(found.get("stopped"))


def _entry(variable: Variable) -> dict[str, Any]:
    return {"path": variable.path, "shape": list(variable.shape), "dtype": variable.dtype}


def _fitting(group: str, variables: Sequence[Variable], listed: Any, arrays: dict[str, np.ndarray]) -> list[np.ndarray]:
    """Return the kept values of variables.

    Raises:
        ShapeError: the file is of other variables.
    """
    entries = listed.get(group)
    wanted = [_entry(variable) for variable in variables]
    strip = [[one.get("shape"), one.get("dtype")] for one in entries] if isinstance(entries, list) else None
    if strip != [[one["shape"], one["dtype"]] for one in wanted]:
        raise ShapeError(
            f"the file is of another training: the variables of the {group} differ.",
            expected=f"{len(wanted)}: " + ", ".join(f"{one['path']} {one['shape']}" for one in wanted[:8]),
            given=f"{len(entries)}: " + ", ".join(f"{one.get('path')} {one.get('shape')}" for one in entries[:8])
            if strip is not None else "none",
            fix="run the program that was stopped, or delete the file to begin anew",
        )  # fmt: skip
    values = [arrays.get(f"{group}/{index}") for index in range(len(wanted))]
    for value, one in zip(values, wanted, strict=True):
        if value is None or [list(value.shape), value.dtype.name] != [one["shape"], one["dtype"]]:
            raise FileFormatError("an array is missing or does not fit its variable.", given=one["path"])
    return [value for value in values if value is not None]


def _random_state() -> dict[str, Any]:
    """Return where the process's random numbers stand: onionskin's, Python's and NumPy's."""
    process, generator = seeds._Process, seeds._Process.generator
    kind, words, gauss = random.getstate()
    _, keys, place, has, cached = np.random.get_state()
    return {
        "process": [process.seed, process.drawn],
        "generator": None if generator is None else generator.state.numpy(),
        "python": [kind, list(words), gauss],
        "numpy": [keys, int(place), int(has), float(cached)],
    }


def _set_random_state(state: Any) -> None:
    process = seeds._Process
    try:
        (seed, drawn), generator = state["process"], state["generator"]
        kind, words, gauss = state["python"]
        random.setstate((kind, tuple(words), gauss))
        np.random.set_state(("MT19937", *state["numpy"]))
        process.seed, process.drawn = int(seed), int(drawn)
        if generator is not None:
            process.generator = process.generator or seeds.SeedGenerator(0)
            process.generator.state.assign(generator)
    except (KeyError, TypeError, ValueError) as error:
        raise FileFormatError("the state of the random numbers is malformed.", given=str(error)) from error


# --- states of callbacks as JSON and arrays ---


def _packed(value: Any, arrays: dict[str, np.ndarray], place: str) -> Any:
    """Return a value that JSON can hold, with its arrays put aside.

    Raises:
        ArgumentError: it holds something else.
    """
    if value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, np.generic)):
        return value
    if isinstance(value, np.ndarray | np.generic):
        arrays[place] = np.asarray(value)
        return {"array": place}
    if isinstance(value, list | tuple):
        return [_packed(one, arrays, f"{place}/{index}") for index, one in enumerate(value)]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        packed = {key: _packed(one, arrays, f"{place}/{number}") for number, (key, one) in enumerate(value.items())}
        return packed if place == "parts" else {"named": packed}
    raise ArgumentError(
        "a callback's state cannot be kept.", where="state_to_keep",
        expected="numbers, text, None, arrays, and lists and dictionaries of these",
        given=f"an object of type {type(value).__name__}",
    )  # fmt: skip


def _unpacked(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(value, list):
        return [_unpacked(one, arrays) for one in value]
    if isinstance(value, dict):
        if set(value) == {"array"}:
            array = arrays[value["array"]]
            return array[()] if array.ndim == 0 else array
        named = value["named"] if set(value) == {"named"} else value
        return {key: _unpacked(one, arrays) for key, one in named.items()}
    return value
