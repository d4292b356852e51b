"""The scopes in which assigning to a variable is noted, not done: of a trace, and of steps run on numbers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from onionskin.graph import CONSTANT, INPUT, NUMBERS, Node, make_input, replay, substitute

if TYPE_CHECKING:
    from onionskin.state.variable import Variable


class Scope:
    """What one trace has read from variables and wants to write to them.

    Attributes:
        reads: variable → the input node that stands for its value at the start, in order of first use.
        writes: variable → the node of its new value, in order of first assignment.
    """

    records: bool = True  # whether what is computed within it becomes a graph

    def __init__(self) -> None:
        self.reads: dict[Variable, Node] = {}
        self.writes: dict[Variable, Any] = {}

    def read(self, variable: Variable) -> Any:
        """Return the node that a variable's value is at this point of the trace."""
        if variable in self.writes:
            return self.writes[variable]
        if variable not in self.reads:
            self.reads[variable] = make_input(variable.spec, variable.path)
        return self.reads[variable]

    def write(self, variable: Variable, value: Any) -> None:
        """Note a variable's new value."""
        self.read(variable)  # state has an input of its own, which its memory comes from
        self.writes[variable] = value


class EagerScope(Scope):
    """What steps run on numbers have assigned, until it is kept: variables read as their newest arrays."""

    records = False

    def read(self, variable: Variable) -> Any:
        """Return a variable's newest array."""
        return self.writes.get(variable, variable._value)

    def write(self, variable: Variable, value: Any) -> None:
        """Note a variable's new array."""
        self.writes[variable] = value


class NumberedScope(Scope):
    """The trace of a function within a step run on numbers: its tensors have numbers, found when they are asked for.

    Args:
        arguments: the input nodes of the trace.
        numbers: the array that each stands for.
    """

    def __init__(self, arguments: Sequence[Node], numbers: Sequence[Any]) -> None:
        super().__init__()
        self._beneath = current()
        self.numbers: dict[Node, Any] = self._beneath.numbers if isinstance(self._beneath, NumberedScope) else {}
        self.numbers.update(zip(arguments, numbers, strict=True))

    def read(self, variable: Variable) -> Any:
        """Return the node that a variable's value is at this point of the trace."""
        begun = variable in self.reads or variable in self.writes
        node = super().read(variable)
        if not begun and self._beneath is not None:
            number = number_of(self._beneath.read(variable))
            if number is not None:
                self.numbers[node] = number
        return node


class _UnknownError(Exception):
    """A tensor depends on one without numbers."""


def _computed(node: Node, inputs: tuple[Any, ...]) -> Any:
    if node.primitive is INPUT:
        raise _UnknownError
    return node.params["value"].array if node.primitive is CONSTANT else replay(node, inputs)


def number_of(value: Any) -> Any:
    """Return the numbers of a tensor where steps run on numbers; an array as it is; None where there are none."""
    if not isinstance(value, Node):
        return value
    scope = next((one for one in reversed(_scopes.stack) if isinstance(one, NumberedScope)), None)
    if scope is None:
        return None
    if value not in scope.numbers:
        try:
            scope.numbers[value] = substitute([value], scope.numbers, _computed, keep=False)[0]
        except _UnknownError:
            return None
    return scope.numbers[value]


NUMBERS.append(number_of)
ScopeT = TypeVar("ScopeT", Scope, None)


class _Scopes(threading.local):
    def __init__(self) -> None:
        self.stack: list[Scope | None] = []


_scopes = _Scopes()


def current() -> Scope | None:
    """Return the scope of the trace that runs in this thread, None outside of one."""
    return _scopes.stack[-1] if _scopes.stack else None


def stack() -> list[Scope | None]:
    """Return the scopes that are open in this thread, the innermost last."""
    return _scopes.stack


def tracing() -> bool:
    """Tell whether what is computed in this thread is recorded in a graph, so that constants must be nodes."""
    scope = current()
    return scope is not None and scope.records


@contextmanager
def opened(scope: ScopeT) -> Iterator[ScopeT]:
    """Run a block within a scope; with None outside of any, so that variables have numbers."""
    _scopes.stack.append(scope)
    try:
        yield scope
    finally:
        _scopes.stack.pop()
