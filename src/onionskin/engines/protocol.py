"""What an engine is: something that compiles a graph into a program, and what a program can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from onionskin.graph import Graph

Arrays = Sequence[np.ndarray]


class Program(Protocol):
    """A graph made ready to run, again and again, on arrays of its specs."""

    graph: Graph

    def __call__(self, *inputs: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the outputs of the graph."""

    def run_steps(
        self, state: Arrays, fixed: Arrays, columns: Arrays, order: np.ndarray, batch: int
    ) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Run one step for each batch of an order over arrays in memory.

        The graph's inputs are the state, then what stays fixed, then a batch of each column; its first
        outputs are the new state, and what it returns besides is collected, step after step in one array.

        Args:
            state: arrays to begin with; they stay as they are.
            fixed: arrays that every step is given alike.
            columns: arrays with the samples along their first axis.
            order: int64 (steps·batch,), which samples make up the batches.
            batch: samples in a step.

        Returns:
            The state after the last step, and each other output of all steps: arrays of shape (steps, ...).
        """

    def describe(self) -> str:
        """Return the program as text that a person can read."""


class Engine(Protocol):
    """A way to run graphs."""

    name: str

    def compile(self, graph: Graph, state: int = 0) -> Program:
        """Make a graph ready to run; its first `state` inputs and outputs are state kept in place."""

    def surely_finite(self, arrays: Arrays) -> bool:
        """Tell that arrays hold neither NaN nor infinity, sooner than NumPy can; False also where that is not known."""
