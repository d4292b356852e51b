"""What a plan is made of: instructions for the executor, and the collection that lowering fills."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from onionskin.engines.native.batches import Batches
from onionskin.engines.native.views import (
    ARENA,
    CONSTANT,
    INPUT,
    OUTPUT,
    SCRATCH,
    Place,
    Shape,
    View,
    row_major,
    whole,
)
from onionskin.graph import Graph, Node

Send = Callable[[Any, list[int], list[int]], None]


@dataclass(eq=False, slots=True)
class Instruction:
    """One step of the executor.

    Args:
        text: what it computes, in words.
        outs: what it writes, each all of a place.
        ins: what it reads, likewise.
        send: `(executor's program, ids of outs, ids of ins)`, adds it to the program.
        aliases: pairs (written, read) of places that may be the same memory.
        flops: floating-point operations.
        reference: it is the primitive's NumPy value.
    """

    text: str
    outs: list[View]
    ins: list[View]
    send: Send
    aliases: list[tuple[Place, Place]] = field(default_factory=list)
    flops: int = 0
    reference: bool = False

    @property
    def nbytes(self) -> int:
        """Bytes that it reads and writes, each place once."""
        places = {view.place for view in (*self.outs, *self.ins)}
        return sum(place.nbytes for place in places if place.kind != SCRATCH)


class Plan:
    """The instructions of a graph as they are found, and where each value lies.

    Args:
        graph: what to run.
        fixed: node → its numbers, for what is known before any run.
        state: how many inputs and outputs are state.
    """

    def __init__(self, graph: Graph, fixed: Mapping[Node, np.ndarray], state: int) -> None:
        self.graph, self.fixed, self.state = graph, fixed, state
        self.instructions: list[Instruction] = []
        self.constants: list[np.ndarray] = []
        self.views: dict[Node, View] = {}
        self.positions: dict[Node, list[int]] = {}
        self.batches = Batches({}, frozenset(), frozenset())
        self.inputs = [Place(INPUT, index, node.dtype, node.shape) for index, node in enumerate(graph.inputs)]
        self.outputs: dict[int, Place] = {}
        self._copies: dict[View, View] = {}
        for node, place in zip(graph.inputs, self.inputs, strict=True):
            self.views[node] = whole(place)
        for index, node in enumerate(graph.outputs):
            self.positions.setdefault(node, []).append(index)
        self.users: dict[Node, list[Node]] = {node: [] for node in graph.nodes}
        for node in graph.nodes:
            for one in dict.fromkeys(node.inputs):
                self.users[one].append(node)

    def view(self, node: Node) -> View:
        """Return where a node's value lies; a known one becomes a constant of the plan."""
        if node not in self.views:
            self.views[node] = self._constant(self.fixed[node])
        return self.views[node]

    def _constant(self, array: np.ndarray) -> View:
        """Keep an array, without its repetitions along broadcast axes."""
        array = np.asarray(array)
        repeated = [stride == 0 and size > 1 for size, stride in zip(array.shape, array.strides, strict=True)]
        compact = np.array(array[tuple(slice(0, 1) if one else slice(None) for one in repeated)], order="C")
        place = Place(CONSTANT, len(self.constants), array.dtype.name, compact.shape)
        self.constants.append(compact.view(np.uint16) if compact.dtype == np.float16 else compact)
        return whole(place).broadcast(array.shape)

    def number(self, node: Node) -> float | None:
        """Return the one number that a known value consists of, None where it is not known or not one."""
        array = self.fixed.get(node)
        if array is None or array.size == 0 or array.dtype.kind not in "biuf":
            return None
        view = self.view(node)
        return float(self.constants[view.place.where].reshape(-1)[0]) if view.place.count == 1 else None

    def made(self, node: Node, dtype: str, shape: tuple[int, ...]) -> View:
        """Return the memory for a node's value: of an output where it is one, else of the arena."""
        for position in self.positions.get(node, ()):
            if position not in self.outputs:
                self.outputs[position] = Place(OUTPUT, position, dtype, shape)
                return whole(self.outputs[position])
        return scratch(dtype, shape)

    def contiguous(self, view: View) -> View:
        """Return a view as all of a place, copied there once where it is not yet."""
        if view.whole:
            return view
        if view not in self._copies:
            self._copies[view] = copy = scratch(view.place.dtype, view.shape)
            self.copy(copy, view)
        return self._copies[view]

    def copy(self, out: View, view: View, strides: tuple[int, ...] = (), offset: int = 0) -> None:
        """Add a copy to all of a place, or with strides and an offset to a part of it."""
        shape, source = list(view.shape), whole(view.place)

        def send(program: Any, outs: list[int], ins: list[int]) -> None:
            program.copy_strided(outs[0], ins[0], shape, list(view.strides), view.offset, list(strides), offset)

        self.instructions.append(Instruction(f"copy {_shape(view.shape)}", [out], [source], send))

    def finish(self) -> None:
        """Copy what lies elsewhere to the outputs that are still missing."""
        for position, node in enumerate(self.graph.outputs):
            if position not in self.outputs:
                view = self.view(node)
                self.outputs[position] = Place(OUTPUT, position, node.dtype, node.shape)
                self.copy(whole(self.outputs[position]), view)


def scratch(dtype: str, shape: tuple[int, ...]) -> View:
    """Return new memory in the arena."""
    return whole(Place(ARENA, -1, dtype, shape))


def nowhere(dtype: str, shape: tuple[int, ...]) -> View:
    """Return the place of a product that only the tile program behind it reads: none that lasts."""
    return whole(Place(SCRATCH, 0, dtype, shape))


def squeezed(view: View) -> View | None:
    """Return all of a place in a shape that broadcasts to a view's shape by NumPy's rule, None where there is none."""
    shape: Shape = tuple(1 if stride == 0 else size for size, stride in zip(view.shape, view.strides, strict=True))
    small = View(view.place, shape, row_major(shape), view.offset)
    same = all(size == 1 or mine == other for size, mine, other in zip(shape, small.strides, view.strides, strict=True))
    return small if same and small.whole and 0 not in view.shape else None


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "number"
