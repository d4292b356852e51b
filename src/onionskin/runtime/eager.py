"""Steps run one by one in Python, on numbers, in place of a compiled program: for the debugger."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onionskin import engines
from onionskin.base.trees import TreeDef, flatten, unflatten
from onionskin.graph import Node, concrete
from onionskin.state import EagerScope, Pure, current, opened


class EagerProgram:
    """A step that may read and change variables, run as it is written; takes the place of a `BoundProgram`.

    Args:
        function: the step, called with an array for each column of a batch.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.seconds = 0.0  # what a step took the last time, 0 while not known
        self._form: TreeDef | None = None

    def run_steps(
        self, columns: Sequence[np.ndarray], order: np.ndarray, batch: int, keep: Any = None
    ) -> list[np.ndarray]:
        """Run a step for each batch of an order; arguments and result as for `BoundProgram.run_steps`."""
        began = time.perf_counter()
        rows: list[list[np.ndarray]] = []
        with opened(EagerScope()) as scope:
            for start in range(0, len(order), batch):
                picked = order[start : start + batch]
                leaves, self._form = flatten(self.function(*[column[picked] for column in columns]))
                rows.append([np.asarray(concrete(leaf)) for leaf in leaves])
        results = [np.stack(parts) for parts in zip(*rows, strict=True)]
        self.seconds = (time.perf_counter() - began) * batch / max(len(order), 1)
        if keep is None or keep(results, list(scope.writes.values())):
            for variable, value in scope.writes.items():
                variable.replace(np.array(value))
        return results

    def result(self, results: Sequence[Any]) -> Any:
        """Put results into the form that the function returned."""
        assert self._form is not None  # a step has run
        return unflatten(self._form, results)


def applied(pure: Pure, tensors: Sequence[Any]) -> Any:
    """Return a pure function's result where a scope is open: as part of the trace, or computed within an eager step."""
    if not isinstance(current(), EagerScope) or any(isinstance(tensor, Node) for tensor in tensors):
        return pure.apply(tensors)
    program = engines.get("reference").compile(pure.graph, state=len(pure.changed))
    outputs = program(*[variable.value for variable in pure.variables], *[np.asarray(tensor) for tensor in tensors])
    for variable, value in zip(pure.changed, outputs, strict=False):
        variable.assign(value)
    return pure.result(outputs[len(pure.changed) :])
