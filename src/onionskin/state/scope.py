"""The scopes in which assigning to a variable is noted, not done: of a trace, and of steps run on numbers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from onionskin.graph import Node, make_input

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
    """What steps run on numbers have assigned, until it is kept: variables read as their newest arrays.

    Args:
        outer: the scope that these steps run within, whose assignments they see.
    """

    records = False

    def __init__(self, outer: EagerScope | None = None) -> None:
        super().__init__()
        if outer is not None:
            self.writes.update(outer.writes)

    def read(self, variable: Variable) -> Any:
        """Return a variable's newest array."""
        return self.writes.get(variable, variable._value)

    def write(self, variable: Variable, value: Any) -> None:
        """Note a variable's new array."""
        self.writes[variable] = value


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
