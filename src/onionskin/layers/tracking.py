"""Which variables, layers and metrics belong to a layer: found when they are set as attributes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, ClassVar

from onionskin.base.errors import ArgumentError
from onionskin.metrics import Metric
from onionskin.state import SeedGenerator, Variable, current, current_call

_numbers = itertools.count(1)


class _Latest:
    edit = 0


def latest_edit() -> int:
    """Return a number that is another after every change of an attribute of any layer.

    Where it is the same as before, no layer is another than before, and nothing need be looked through.
    """
    return _Latest.edit


class Tracker:
    """A base that notes the variables, seed generators, layers and metrics among its attributes, in order.

    Lists, tuples and dictionaries are looked into when they are asked for, so that layers appended
    to a list later count too.
    """

    _own_variables: list[Variable]
    _tracked: dict[str, Any]
    _untracked_edit: int = 0  # the number of the last change that may bear on what is computed
    _bearing_nothing: ClassVar[frozenset[str]] = frozenset()  # attributes whose change counts for nothing
    _not_copied: ClassVar[frozenset[str]] = frozenset({"_untracked_edit"})  # attributes that a copy begins without

    def __init__(self) -> None:
        object.__setattr__(self, "_own_variables", [])
        object.__setattr__(self, "_tracked", {})

    def __setattr__(self, name: str, value: Any) -> None:
        tracked = self.__dict__.get("_tracked")
        if tracked is None and isinstance(value, Tracker | SeedGenerator | Variable | Metric):
            self._check_begun()
        if tracked is not None and not name.startswith("_untracked"):
            tracked.pop(name, None)
            if isinstance(value, Tracker | SeedGenerator | Variable | Metric | list | dict) or (
                isinstance(value, tuple) and not all(isinstance(one, str | int | None) for one in value)
            ):  # a tuple of names or sizes will never hold anything else
                tracked[name] = value
        object.__setattr__(self, name, value)
        self._note_edit(name)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in self._not_copied}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._edited()  # the numbers of another process, or of the original, say nothing here

    def _note_edit(self, name: str) -> None:
        # what a layer notes in itself while it is traced or computes is not a change made to it
        if name in self._bearing_nothing or current() is not None or current_call() is not None:
            return
        if name in ("trainable", "_trainable"):  # switched to and fro by some; programs are kept for both
            _Latest.edit = next(_numbers)
        else:
            self._edited()

    def _edited(self) -> None:
        """Note that the layer is another than before."""
        self.__dict__["_untracked_edit"] = _Latest.edit = next(_numbers)

    def _check_begun(self) -> None:
        """Refuse a layer whose class does not call the base's __init__.

        Raises:
            ArgumentError: it does not.
        """
        if "_tracked" not in self.__dict__:
            raise ArgumentError(
                "super().__init__() was not called.",
                where=f"{type(self).__name__}.__init__",
                fix="make super().__init__(**kwargs) the first line of __init__",
            )

    def __delattr__(self, name: str) -> None:
        self._tracked.pop(name, None)
        object.__delattr__(self, name)
        self._note_edit(name)

    def _tracked_parts(self) -> Iterator[Any]:
        """Return everything tracked that is a variable, generator, layer or metric, each once."""
        seen: set[int] = set()
        stack = list(reversed(list(self._tracked.values())))
        while stack:
            value = stack.pop()
            if isinstance(value, list | tuple):
                stack.extend(reversed(value))
            elif isinstance(value, dict):
                stack.extend(reversed(list(value.values())))
            elif isinstance(value, Tracker | SeedGenerator | Variable | Metric) and id(value) not in seen:
                seen.add(id(value))
                yield value

    def _may_hold(self, kind: type) -> bool:
        """Tell whether anything of a kind can be among what is tracked: at each epoch most layers are asked in vain."""
        for value in self._tracked.values():
            if isinstance(value, kind) or (isinstance(value, list | tuple | dict) and value):
                return True
        return False

    @property
    def _layers(self) -> list[Any]:
        """The layers directly inside, in the order they were set."""
        return [one for one in self._tracked_parts() if isinstance(one, Tracker)] if self._may_hold(Tracker) else []

    def _variables_here(self) -> list[Variable]:
        """Return this layer's own variables: weights, then variables set as attributes."""
        own = list(self._own_variables)
        own += [one for one in self._tracked_parts() if isinstance(one, Variable) and all(one is not v for v in own)]
        return [v for v in own if v.begun_trainable] + [v for v in own if not v.begun_trainable]

    def _metrics_here(self) -> list[Metric]:
        return [one for one in self._tracked_parts() if isinstance(one, Metric)] if self._may_hold(Metric) else []

    def _seed_states(self) -> list[Variable]:
        return [one.state for one in self._tracked_parts() if isinstance(one, SeedGenerator)]
