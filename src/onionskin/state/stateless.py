"""The scope of a call without side effects: variables have given values, and new values stay in the scope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onionskin.state import scope
from onionskin.state.scope import Scope
from onionskin.state.variable import Variable


class StatelessScope(Scope):
    """A scope in which variables have given values; what is assigned to any of them is kept here alone.

    Args:
        values: variable → its value, an array or a tensor of the trace that runs.
    """

    def __init__(self, values: Mapping[Variable, Any]) -> None:
        super().__init__()
        self.outer = scope.current()
        self.records = self.outer is not None and self.outer.records
        self.writes.update(values)

    def read(self, variable: Variable) -> Any:
        """Return what a variable's value is within the scope."""
        if variable in self.writes:
            return self.writes[variable]
        return variable.kept if self.outer is None else self.outer.read(variable)

    def write(self, variable: Variable, value: Any) -> None:
        """Note a variable's new value."""
        self.writes[variable] = value
