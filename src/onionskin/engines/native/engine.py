"""The native engine: compiles graphs to plans and has the executor run them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.engines.native import _ext
from onionskin.engines.native.describe import describe
from onionskin.engines.native.instructions import Plan
from onionskin.engines.native.lower import lower
from onionskin.engines.native.memory import Layout, lay_out
from onionskin.engines.native.opcodes import DTYPES
from onionskin.engines.native.views import Place, View, whole
from onionskin.engines.reference import fixed_values
from onionskin.graph import Graph, Node, make, substitute


class NativeProgram:
    """A graph as a plan of instructions that the executor runs without Python."""

    def __init__(self, graph: Graph, state: int = 0) -> None:
        self.graph = graph
        self._state = state
        _check_sizes(graph)
        plain = _expanded(graph)
        plan = lower(plain, fixed_values(plain), state)
        self._layout = lay_out(plan)
        self._program = _send(plan, self._layout, graph.name)
        self._run = self._program.run
        halves = [one.dtype == "float16" for one in (*graph.in_specs, *graph.out_specs)]
        self._half = halves if any(halves) else None

    def __call__(self, *inputs: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the outputs of the graph; the inputs stay as they are."""
        if self._half is not None:
            inputs = tuple(self._carried(inputs, 0))
        try:
            outputs: tuple[np.ndarray, ...] = self._run(inputs)
        except IndexError as error:
            raise _outside(error) from None
        return outputs if self._half is None else tuple(self._given_back(outputs, 0))

    def run_steps(
        self,
        state: Sequence[np.ndarray],
        fixed: Sequence[np.ndarray],
        columns: Sequence[np.ndarray],
        order: np.ndarray,
        batch: int,
    ) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Run one step for each batch; see `engines.protocol.Program`."""
        count = self._state
        given = [list(state), list(fixed), list(columns)]
        if self._half is not None:
            starts = (0, count, count + len(fixed))
            given = [self._carried(part, start) for part, start in zip(given, starts, strict=True)]
        rows = np.ascontiguousarray(order, np.int64)
        try:
            new, stacked = self._program.run_steps(*given, rows, batch, count)
        except IndexError as error:
            raise _outside(error) from None
        if self._half is not None:
            new, stacked = self._given_back(new, 0), self._given_back(stacked, count)
        return new, stacked

    def __deepcopy__(self, memo: Any) -> NativeProgram:
        return self  # it does not change and keeps nothing between calls, so a copy of a model may share it

    def profile(self, on: bool = True) -> None:
        """Measure each instruction's time in the runs from now on, for `describe`."""
        self._program.profile(on)

    def describe(self) -> str:
        """Return the instructions as a table, with their shares of the time after a profiled run."""
        return describe(self.graph.name, self._layout, self._program.times())

    def _carried(self, arrays: Sequence[np.ndarray], start: int) -> list[np.ndarray]:
        """Return inputs as the executor takes them: float16 as uint16."""
        halves = self._half or []
        return [one.view(np.uint16) if halves[start + index] else one for index, one in enumerate(arrays)]

    def _given_back(self, arrays: Sequence[np.ndarray], start: int) -> list[np.ndarray]:
        halves = (self._half or [])[len(self.graph.inputs) + start :]
        return [one.view(np.float16) if half else one for one, half in zip(arrays, halves, strict=False)]


class NativeEngine:
    """Runs graphs as native code: vector instructions, threads, no Python between the steps."""

    name = "native"

    def compile(self, graph: Graph, state: int = 0) -> NativeProgram:
        """Make a graph ready to run; its first `state` inputs and outputs are state kept in place."""
        return NativeProgram(graph, state)

    def surely_finite(self, arrays: Sequence[np.ndarray]) -> bool:
        """Tell that arrays hold neither NaN nor infinity; False also for strided ones and float16."""
        return _ext.surely_finite(arrays)


def _outside(error: IndexError) -> Exception:
    """Return the executor's complaint about an index in the form of ours; another error as it is."""
    said = re.fullmatch(r"((?:take|order): .*\.) expected: (.*)\. given: (.*)", str(error))
    return error if said is None else ArgumentError(said[1], expected=said[2], given=said[3])


_MOST = 2**56  # elements; no machine has the memory, and their bytes can still be counted


def _check_sizes(graph: Graph) -> None:
    for node in graph.nodes:
        for spec in node.spec if isinstance(node.spec, tuple) else (node.spec,):
            if math.prod(max(size, 1) for size in spec.shape) > _MOST:
                raise ShapeError(
                    "a value is larger than any memory.",
                    where=f"{node.primitive.name} in '{graph.name}'",
                    expected=f"at most {_MOST} elements",
                    given=f"{spec.dtype}{list(spec.shape)}, {math.prod(spec.shape)} elements",
                )


_EXPANDED = frozenset({"var"})  # run by their definitions, whose parts are native


def _expanded(graph: Graph) -> Graph:
    """Return a graph with some fused forms written out."""

    def due(node: Node) -> bool:
        return node.primitive.name in _EXPANDED and node.primitive.kind == "reduction" and node.dtype != "float16"

    if not any(due(node) for node in graph.nodes):
        return graph

    def visit(node: Node, inputs: tuple[Any, ...]) -> Any:
        if due(node) and node.primitive.definition is not None:
            return node.primitive.definition(*inputs, **node.params)
        return make(node.primitive, inputs, node.params) if node.inputs else node

    return Graph(graph.inputs, tuple(substitute(graph.outputs, {}, visit, keep=False)), graph.name)


def _send(plan: Plan, layout: Layout, name: str) -> Any:
    """Return the executor's program of a plan."""
    values: list[tuple[int, list[int], int, int]] = []
    ids: dict[tuple[Place, tuple[int, ...]], int] = {}

    def number(view: View) -> int:
        key = (view.place, view.shape)
        if key not in ids:
            place = view.place
            ids[key] = len(values)
            values.append((DTYPES[place.dtype], list(view.shape), place.kind, place.where))
        return ids[key]

    for place in (*plan.inputs, *[plan.outputs[position] for position in range(len(plan.outputs))]):
        number(whole(place))  # the first value of a place has the shape that callers see
    operands = [([number(v) for v in one.outs], [number(v) for v in one.ins]) for one in layout.instructions]
    program = _ext.Program(values, layout.arena, plan.constants, name.encode("utf-8", "replace").decode("utf-8"))
    for one, (outs, ins) in zip(layout.instructions, operands, strict=True):
        one.send(program, outs, ins)
    program.in_place(layout.in_place)
    program.by_rows(layout.ungathered)
    return program
