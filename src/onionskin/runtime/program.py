"""A pure function made ready to run on an engine, bound to the variables that it reads and changes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin import engines
from onionskin.graph import check_closed
from onionskin.state import Pure
from onionskin.state.variable import held
from onionskin.transforms import simplify, stabilize


class BoundProgram:
    """A compiled `Pure`: give it the arguments, it supplies the variables and keeps their new values.

    Args:
        pure: the function.
        engine: name of the engine; the one that is set where None.

    Raises:
        GraphError: the function uses a tensor that was kept from an earlier trace.
    """

    def __init__(self, pure: Pure, engine: str | None = None) -> None:
        check_closed(pure.graph)
        self.pure = pure.with_graph(simplify(stabilize(pure.graph)))
        self.program = engines.get(engine).compile(self.pure.graph, state=len(pure.changed))
        self.seconds = 0.0  # what a step of `run_steps` took the last time, 0 while not known
        self._variables = self.pure.variables

    def __call__(self, arguments: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
        """Run once; returns the results after the new values of the variables."""
        outputs = self.program(*held(self._variables), *arguments)
        changed = self.pure.changed
        if not changed:
            return outputs
        for variable, value in zip(changed, outputs, strict=False):
            variable.replace(value)
        return outputs[len(changed) :]

    def result(self, results: Sequence[Any]) -> Any:
        """Put results (those behind the new values of the variables) into the form that the function returned."""
        return self.pure.result(results)

    def run_steps(
        self, columns: Sequence[np.ndarray], order: np.ndarray, batch: int, keep: Any = None
    ) -> list[np.ndarray]:
        """Run a step for each batch of an order; the variables change only when all of it has run.

        Args:
            columns: the arguments for all samples.
            order: int64 (steps·batch,).
            batch: samples in a step.
            keep: asked with the results and the new values; where it returns False, the variables stay as they were.

        Returns:
            Each result of all steps, in an array of shape (steps, ...).
        """
        began = time.perf_counter()
        fixed = held(self.pure.read)
        state, results = self.program.run_steps(held(self.pure.changed), fixed, columns, order, batch)
        self.seconds = (time.perf_counter() - began) * batch / max(len(order), 1)
        if keep is None or keep(results, state):
            for variable, value in zip(self.pure.changed, state, strict=True):
                variable.replace(value)
        return results
