"""Whole graphs of tiny values as one instruction: a lane program, in which every value lies in vector registers.

A step of a network with three neurons has some thirty operations of a few nanoseconds each, so that
anything done for each instruction besides its arithmetic would take longer than the step. A lane program
is a flat list of operations on slots of at most `LARGEST` elements; movements become constant permutations,
products and reductions sums of permuted values, and the state stays in its slots from step to step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from onionskin.engines.native import _ext
from onionskin.engines.native.instructions import Instruction, Plan
from onionskin.engines.native.lane_fuse import Fuser
from onionskin.engines.native.lane_order import Line, arranged
from onionskin.engines.native.opcodes import CODES
from onionskin.engines.native.tiles import words
from onionskin.engines.native.views import OUTPUT, Place, whole
from onionskin.engines.native.vocabulary import FLOATS, VIEWED, Code, registers
from onionskin.graph import Graph, Node

LARGEST = 64  # elements of a value, as the executor has it; 0 leaves lane programs out
MOST_LINES = 600  # of a program, and
MOST_WORK = 1 << 15  # vectors' worth of elements in all: more is better off in threads and blocks
OPCODES: dict[str, int] = {**CODES, **_ext.lane_opcodes()}

_WIDE = frozenset({"float64", "int32", "uint32", "int64", "uint64"})  # dtypes whose values need float64 lanes
_LONG = frozenset({"int64", "uint64"})  # float64 does not hold all of these
_SHORT_STEP = 2.0**16  # of a counter: it stays exact in float64 for 2^36 steps


class _NotInLanesError(Exception):
    """A graph has something that lane programs do not do; it is run by an ordinary plan."""


@dataclass(frozen=True, slots=True)
class _Map:
    """A node's value: which element of a slot each of its elements is."""

    slot: int
    index: tuple[int, ...]


def add_lanes(plan: Plan) -> bool:
    """Make a whole plan one lane program, where it can be one; tell whether it was."""
    graph = plan.graph
    specs = [(one.shape, one.dtype) for one in (*graph.inputs, *graph.outputs)]
    if not LARGEST or any(not 0 < math.prod(shape) <= LARGEST or dtype == "float16" for shape, dtype in specs):
        return False
    try:
        program = _Builder(graph, plan).program()
    except _NotInLanesError:
        return False
    plan.instructions.append(program)
    return True


class _Builder:
    """Finds the lines of a lane program; every line writes a slot of its own until they are put in order."""

    def __init__(self, graph: Graph, plan: Plan) -> None:
        self.graph, self.plan = graph, plan
        self.slots: list[tuple[bool, int]] = []  # float64 lanes, elements
        self.lines: list[Line] = []
        self.tables: list[tuple[int, ...]] = []
        self.constants: list[tuple[int, tuple[float, ...]]] = []
        self.loads: dict[tuple[Node, bool], int] = {}
        self.flops = 0
        self._maps: dict[Node, _Map] = {}
        self._known: dict[Any, Any] = {}

    # --- slots, constants, lines ---

    def slot(self, wide: bool, count: int) -> int:
        if not 0 < count <= LARGEST:
            raise _NotInLanesError
        self.slots.append((wide, count))
        return len(self.slots) - 1

    def constant(self, wide: bool, numbers: tuple[float, ...]) -> int:
        key = (wide, repr(numbers))
        if key not in self._known:
            self._known[key] = self.slot(wide, len(numbers))
            self.constants.append((self._known[key], numbers))
        return int(self._known[key])

    def line(
        self, name: str, wide: bool, count: int, *operands: int, tables: tuple[Any, ...] = (), terms: int = 1,
        detail: int = 0,
    ) -> int:  # fmt: skip
        """Add an instruction, once; returns the slot of its result."""
        indices = tuple(tuple(int(index) for index in np.ravel(one)) for one in tables)
        key = (name, wide, count, operands, indices, detail)
        if key not in self._known:
            if len(self.lines) >= MOST_LINES:
                raise _NotInLanesError
            slot = self._known[key] = self.slot(wide, count)
            self.lines.append(Line(name, slot, list(operands), len(self.tables) if indices else -1, terms, detail))
            self.tables += indices
        return int(self._known[key])

    def count(self, slot: int) -> int:
        return self.slots[slot][1]

    def wide(self, slot: int) -> bool:
        return self.slots[slot][0]

    # --- nodes as values ---

    def map(self, node: Node, wide: bool | None = None) -> _Map:
        """Return where a node's elements lie, in lanes of float64 or float32 where that is asked for."""
        found = self._maps.get(node) or self._source(node, wide)
        if wide is None or self.wide(found.slot) == wide:
            return found
        if node.dtype in _LONG and node not in self._maps:
            return self._source(node, wide)
        return _Map(self.line("CONVERT", wide, self.count(found.slot), found.slot), found.index)

    def _source(self, node: Node, wide: bool | None) -> _Map:
        """Return the elements of an input or of a known value."""
        lanes = node.dtype in _WIDE if wide is None else wide
        if node in self.plan.fixed:
            array = np.asarray(self.plan.fixed[node])
            if array.size > LARGEST or array.size == 0 or array.dtype.name not in _NUMBERS:
                raise _NotInLanesError
            lanes = node.dtype in _WIDE if node.dtype in FLOATS or wide is None else wide
            numbers = tuple(float(one) for one in array.ravel().tolist())
            if any(int(one) != whole_ for one, whole_ in zip(numbers, array.ravel().tolist(), strict=True)
                   if node.dtype in _LONG):  # fmt: skip
                raise _NotInLanesError
            numbers = numbers[:1] if len({repr(one) for one in numbers}) == 1 else numbers
            slot = self.constant(lanes, numbers)
            return _Map(slot, (0,) * array.size if len(numbers) == 1 else tuple(range(array.size)))
        if node.primitive.name != "input" or node.dtype not in _NUMBERS:
            raise _NotInLanesError
        if node.dtype not in _LONG:
            lanes = node.dtype in _WIDE
        key = (node, lanes)
        if key not in self.loads:
            self.loads[key] = self.slot(lanes, math.prod(node.shape))
        return _Map(self.loads[key], tuple(range(math.prod(node.shape))))

    def value(self, found: _Map, count: int) -> int:
        """Return a slot with these elements in order, or one with the only element that they are."""
        own = self.count(found.slot)
        if own == 1 or (own == count and found.index == tuple(range(own))):
            return found.slot
        if len(set(found.index)) == 1:
            return self.line("PERMUTE", self.wide(found.slot), 1, found.slot, tables=(found.index[:1],))
        return self.line("PERMUTE", self.wide(found.slot), count, found.slot, tables=(found.index,))

    def made(self, slot: int, count: int) -> _Map:
        return _Map(slot, tuple(range(count)) if self.count(slot) == count else (0,) * count)

    # --- all of it ---

    def program(self) -> Instruction:
        """Return the whole graph as one instruction."""
        members, inputs = [], set(self.graph.inputs)
        for node in self.graph.nodes:
            if node in self.plan.fixed or node in inputs:
                continue
            if isinstance(node.spec, tuple):
                raise _NotInLanesError
            if math.prod(node.shape) > LARGEST or 0 in node.shape or node.dtype not in _NUMBERS:
                raise _NotInLanesError
            add = _OWN.get(node.primitive.name)
            movement = node.primitive.kind in ("movement", "elementwise") and node.primitive.name in VIEWED
            if movement:
                self._maps[node] = self._moved(node)
                continue
            if add is None or node.primitive.kind == "custom":
                add = _elementwise
            self._maps[node] = add(self, node)
            members.append(node)
        return self._instruction(members)

    def _moved(self, node: Node) -> _Map:
        found = self.map(node.inputs[0])
        index = np.asarray(found.index).reshape(node.inputs[0].shape)
        moved = np.broadcast_to(node.primitive.value(index, **node.params), node.shape)
        return _Map(found.slot, tuple(moved.ravel().tolist()))

    def _instruction(self, members: list[Node]) -> Instruction:
        graph, plan = self.graph, self.plan
        stores = [self._stored(node, None if index >= plan.state else node.dtype in _WIDE)
                  for index, node in enumerate(graph.outputs)]  # fmt: skip
        states = [self.loads.get((node, node.dtype in _WIDE)) for node in graph.inputs[: plan.state]]
        self._count_on(states, stores)
        work = sum(self.count(line.dst) * max(line.terms, 1) for line in self.lines)
        if work > MOST_WORK:
            raise _NotInLanesError
        lines = Fuser(self.lines, self.slots, set(stores)).fused()
        program = arranged(lines, self.slots, self.tables, states, stores)
        loads = [((node, wide), slot) for (node, wide), slot in self.loads.items()]
        read = list(dict.fromkeys(node for (node, _), _ in loads))
        position = {node: index for index, node in enumerate(graph.inputs)}
        ins = [whole(plan.inputs[position[node]]) for node in read]
        outs = []
        for at, node in enumerate(graph.outputs):
            plan.outputs[at] = Place(OUTPUT, at, node.dtype, node.shape)
            outs.append(whole(plan.outputs[at]))
        code = [
            [OPCODES[line.name], line.dst, *(line.operands + [-1] * (3 - len(line.operands))), line.carried,
             line.table, line.terms, line.detail] for line in program.lines
        ]  # fmt: skip
        number = {node: index for index, node in enumerate(read)}
        where = [(number[node], slot) for (node, _), slot in loads]
        constants = [(slot, list(numbers)) for slot, numbers in self.constants]

        def send(executor: Any, o: list[int], i: list[int]) -> None:
            executor.lanes(o, i, self.slots, where, program.stores, constants, code, program.tables)

        aliases = [
            (plan.outputs[index], plan.inputs[index])
            for index in range(plan.state)
            if plan.outputs[index].nbytes == plan.inputs[index].nbytes
        ]
        text = f"lane program of {len(code)} operations: {words(members)}" if members else "lane program"
        return Instruction(text, outs, ins, send, aliases, self.flops)

    def _count_on(self, states: list[int | None], stores: list[int]) -> None:
        """Let counters that nothing else reads run over the end of their dtype: the last one is brought back."""
        makers = {line.dst: line for line in self.lines}
        read = {slot for line in self.lines for slot in line.operands}
        steps = {slot for slot, numbers in self.constants if max(map(abs, numbers)) <= _SHORT_STEP}
        for index, state in enumerate(states):
            wrap = makers.get(stores[index])
            if wrap is None or wrap.name != "WRAP" or wrap.dst in read or stores.count(wrap.dst) > 1:
                continue
            step = makers.get(wrap.operands[0])
            alone = state not in stores and sum(state in line.operands for line in self.lines) == 1
            if step and alone and step.name == "ADD" and state in step.operands and steps.intersection(step.operands):
                stores[index] = step.dst

    def _stored(self, node: Node, wide: bool | None) -> int:
        """Return the slot that an output is written from; a state's has the lanes of its dtype."""
        found = self.map(node, wide)
        count = math.prod(node.shape)
        if node.dtype in _LONG and node not in self.plan.fixed:
            raise _NotInLanesError
        slot = self.value(found, count)
        if self.count(slot) != count:
            slot = self.line("PERMUTE", self.wide(slot), count, slot, tables=((0,) * count,))
        return slot


_NUMBERS = frozenset(
    {"bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"}
)


# --- elementwise ---


class _Lines(Code):
    """The lines of an elementwise node: operations on slots instead of registers."""

    def __init__(self, builder: _Builder, wide: bool) -> None:
        super().__init__("float64" if wide else "float32")
        self.builder, self.wide = builder, wide

    def constant(self, value: float) -> int:
        return self.builder.constant(self.wide, (value,))

    def apply(self, name: str, *operands: int) -> int:
        count = max(self.builder.count(one) for one in operands)
        return self.builder.line(name, self.wide, count, *operands)

    def _wrapped(self, operand: int, dtype: str) -> int:
        return _wrap(self.builder, operand, dtype)


def _wrap(builder: _Builder, slot: int, dtype: str) -> int:
    bits = int(dtype.lstrip("uint")) * (1 if dtype.startswith("u") else -1)
    return builder.line("WRAP", True, builder.count(slot), slot, detail=bits)


def _elementwise(builder: _Builder, node: Node) -> _Map:
    count = math.prod(node.shape)
    if node.primitive.name == "cast" and node.primitive.kind == "elementwise":
        source = node.inputs[0].dtype
        if source == node.dtype:
            return builder.map(node.inputs[0])
        if source in FLOATS and node.dtype == "int32":
            slot = builder.value(builder.map(node.inputs[0]), count)
            return builder.made(builder.line("TRUNCATE", builder.wide(slot), builder.count(slot), slot), count)
    dtypes = registers(node)
    if not dtypes:
        raise _NotInLanesError
    if node.dtype in dtypes:
        wide = node.dtype == "float64"
    elif len(dtypes) == 1:
        wide = "float64" in dtypes
    else:
        wide = any(builder.wide(builder.map(one).slot) for one in node.inputs)
    operands = [builder.value(_broadcast(builder.map(one, wide), one.shape, node.shape), count) for one in node.inputs]
    builder.flops += count
    return builder.made(_Lines(builder, wide).node(node, operands, True), count)


def _broadcast(found: _Map, shape: tuple[int, ...], to: tuple[int, ...]) -> _Map:
    index = np.broadcast_to(np.asarray(found.index).reshape(shape), to)
    return _Map(found.slot, tuple(index.ravel().tolist()))


# --- products and reductions ---


def _matmul(builder: _Builder, node: Node) -> _Map:
    if node.dtype not in FLOATS or node.primitive.kind != "contraction":
        raise _NotInLanesError
    left, right = node.inputs
    wide = node.dtype == "float64"
    maps = [builder.map(one, wide) for one in node.inputs]
    a, b = (np.asarray(found.index).reshape(one.shape) for found, one in zip(maps, node.inputs, strict=True))
    terms, count = left.shape[-1], math.prod(node.shape)
    if terms > LARGEST or right.shape[-2] != terms:
        raise _NotInLanesError
    first = [np.broadcast_to(a[..., :, k, None], node.shape).ravel() for k in range(terms)]
    second = [np.broadcast_to(b[..., None, k, :], node.shape).ravel() for k in range(terms)]
    builder.flops += 2 * terms * count
    sides = [_Map(found.slot, tuple(one[0].tolist())) for found, one in zip(maps, (first, second), strict=True)]
    straight = [builder.count(one.slot) == 1 or one.index == tuple(range(builder.count(one.slot))) for one in sides]
    if terms == 1 and all(straight):  # nothing to permute
        slots = [one.slot for one in sides]
        return builder.made(builder.line("MUL", wide, max(map(builder.count, slots)), *slots), count)
    slots = [one.slot for one in maps]
    return builder.made(builder.line("DOT", wide, count, *slots, tables=(*first, *second), terms=terms), count)


def _terms(node: Node, axes: tuple[int, ...], found: _Map) -> tuple[np.ndarray, np.ndarray]:
    """Return the elements that are reduced together, (terms, results), and the result that each element goes to."""
    x = node.inputs[0]
    index = np.asarray(found.index).reshape(x.shape)
    rest = [axis for axis in range(len(x.shape)) if axis not in axes]
    rows = math.prod(x.shape[axis] for axis in rest)
    table = index.transpose([*axes, *rest]).reshape(-1, rows)
    to = np.arange(rows).reshape([1 if axis in axes else size for axis, size in enumerate(x.shape)])
    return table, np.broadcast_to(to, x.shape).ravel()


def _axes(node: Node) -> tuple[int, ...]:
    given = node.params["axis"]
    rank = len(node.inputs[0].shape)
    return tuple(sorted(one % rank for one in (given if isinstance(given, tuple) else (given,))))


def _fold(builder: _Builder, name: str, slot: int, table: np.ndarray) -> int:
    """Reduce the rows of a table to one."""
    terms, count = table.shape
    builder.flops += (terms - 1) * count
    if terms == 1:
        return builder.value(_Map(slot, tuple(table[0].tolist())), count)
    detail = CODES[name]
    return builder.line("FOLD", builder.wide(slot), count, slot, tables=tuple(table), terms=terms, detail=detail)


_FOLDS = {"sum": "ADD", "mean": "ADD", "prod": "MUL", "max": "MAX", "min": "MIN", "any": "MAX", "all": "MIN"}


def _reduce(builder: _Builder, node: Node) -> _Map:
    (x,), name = node.inputs, node.primitive.name
    if x.dtype in _LONG or (name == "mean" and x.dtype not in FLOATS):
        raise _NotInLanesError
    if (name in ("any", "all") and x.dtype != "bool") or (name == "prod" and x.dtype not in (*FLOATS, "bool")):
        raise _NotInLanesError
    count = math.prod(node.shape)
    found = builder.map(x)
    slot = _fold(builder, _FOLDS[name], found.slot, _terms(node, _axes(node), found)[0])
    if name == "sum" and x.dtype in ("int32", "uint32"):
        slot = _wrap(builder, slot, x.dtype)
    if name == "mean" and count != math.prod(x.shape):
        terms = builder.constant(builder.wide(slot), (float(math.prod(x.shape) // count),))
        slot = builder.line("DIV", builder.wide(slot), builder.count(slot), slot, terms)
    return builder.made(slot, count)


def _rows(builder: _Builder, node: Node) -> _Map:
    (x,), name = node.inputs, node.primitive.name
    if x.dtype in _LONG:
        raise _NotInLanesError
    found, count = builder.map(x), math.prod(node.shape)
    table, to = _terms(node, _axes(node), found)
    wide, terms = builder.wide(found.slot), len(table)
    if name in ("argmax", "argmin"):
        builder.flops += table.size
        if terms == 1:
            return builder.made(builder.constant(False, (0.0,)), count)
        tables = tuple(table)
        return builder.made(builder.line(name.upper(), wide, count, found.slot, tables=tables, terms=terms), count)
    if x.dtype not in FLOATS:
        raise _NotInLanesError

    def apply(op: str, *slots: int) -> int:
        builder.flops += max(builder.count(one) for one in slots)
        return builder.line(op, wide, max(builder.count(one) for one in slots), *slots)

    def spread(slot: int) -> int:  # a row's number to each of its elements
        index = (0,) * len(to) if builder.count(slot) == 1 else tuple(to.tolist())
        return builder.value(_Map(slot, index), len(to))

    size = math.prod(x.shape)
    every = builder.value(_Map(found.slot, found.index), size)
    if builder.count(every) != size:
        every = builder.line("PERMUTE", wide, size, every, tables=((0,) * size,))
    places = _terms(node, _axes(node), _Map(every, tuple(range(size))))[0]
    top = _fold(builder, "MAX", every, places)
    if name == "logsumexp":  # ±inf and NaN cannot be taken away
        top = apply("WHERE", apply("ISFINITE", top), top, builder.constant(wide, (0.0,)))
    shifted = apply("SUB", every, spread(top))
    weights = apply("EXP", shifted)
    total = _fold(builder, "ADD", weights, places)
    if name == "softmax":
        return builder.made(apply("DIV", weights, spread(total)), count)
    if name == "log_softmax":
        return builder.made(apply("SUB", shifted, spread(apply("LOG", total))), count)
    return builder.made(apply("ADD", apply("LOG", total), top), count)


# --- joining and indexing ---


def _join(builder: _Builder, node: Node) -> _Map:
    """Concatenate or pad: each element comes from one of several slots."""
    maps = [builder.map(one) for one in node.inputs]
    wide = any(builder.wide(found.slot) for found in maps)
    maps = [builder.map(one, wide) for one in node.inputs]
    if any(one.dtype in _LONG for one in node.inputs):
        raise _NotInLanesError
    parts, start = [], 0
    for one in node.inputs:  # the primitive's own value says which element goes where
        parts.append(np.arange(start, start + math.prod(one.shape)).reshape(one.shape))
        start += math.prod(one.shape)
    source = np.asarray(node.primitive.value(*parts, **node.params)).ravel()
    count, result = len(source), -1
    for found, part in zip(maps, parts, strict=True):
        mine = np.isin(source, part)
        index = np.asarray(found.index)[np.where(mine, source - part.flat[0], 0)]
        if not mine.any():
            continue
        if result < 0:
            result = builder.line("PERMUTE", wide, count, found.slot, tables=(index,))
        else:
            tables = (np.where(mine, index, -1),)
            result = builder.line("MERGE", wide, count, found.slot, result, tables=tables)
    return builder.made(result, count)


def _one_hot(builder: _Builder, node: Node) -> _Map:
    classes, count = node.params["num_classes"], math.prod(node.shape)
    found = builder.map(node.inputs[0], False)  # a class has less digits than float32
    places = builder.value(_Map(found.slot, tuple(np.repeat(found.index, classes).tolist())), count)
    names = builder.constant(False, tuple(float(one % classes) for one in range(count)))
    builder.flops += count
    return builder.made(builder.line("EQ", False, count, places, names), count)


_OWN: dict[str, Callable[[_Builder, Node], _Map]] = {
    "matmul": _matmul,
    **dict.fromkeys(_FOLDS, _reduce),
    **dict.fromkeys(("softmax", "log_softmax", "logsumexp", "argmax", "argmin"), _rows),
    "concatenate": _join,
    "pad": _join,
    "one_hot": _one_hot,
}
