"""Groups as instructions: tile programs, and matrix products with tile programs behind them."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from onionskin.engines.native.batches import Batch
from onionskin.engines.native.instructions import Instruction, Plan, nowhere, squeezed
from onionskin.engines.native.opcodes import CODES, DTYPES, REGISTERS, SIZES
from onionskin.engines.native.pairs import paired
from onionskin.engines.native.views import OUTPUT, Place, View, whole
from onionskin.engines.native.vocabulary import Code
from onionskin.graph import Node


class Tile:
    """A tile program for some nodes of one shape, and what it reads and writes.

    Args:
        plan: which it is part of.
        members: the nodes, each after those it needs.
        dtype: of the registers.
        base: node whose value register 0 holds from the start, or None.
    """

    def __init__(self, plan: Plan, members: list[Node], dtype: str, base: Node | None = None) -> None:
        self.plan, self.members, self.shape = plan, members, members[0].shape
        self.code = Code(dtype)
        self.ins: list[View] = []  # as the program reads them, in the group's shape
        self._lines: dict[Node, int] = {}
        if base is not None:
            self._lines[base] = self.code.apply("BASE")
        inside = {*members} if base is None else {*members, base}
        for node in members:
            operands = [self._operand(one) for one in node.inputs]
            again = any(user in inside for user in plan.users[node])
            self._lines[node] = self.code.node(node, operands, again)
        self.stored = [
            node for node in members if node in plan.positions or any(one not in inside for one in plan.users[node])
        ]

    def _operand(self, node: Node) -> int:
        if node in self._lines:
            return self._lines[node]
        number = self.plan.number(node)
        if number is not None:
            return self.code.constant(number)
        view = self.plan.view(node).broadcast(self.shape)
        if not view.readable:
            view = self.plan.contiguous(self.plan.view(node)).broadcast(self.shape)
        if view not in self.ins:
            self.ins.append(view)
        return self.code.load(self.ins.index(view))

    def assemble(self, stores: list[Node]) -> list[int] | None:
        """Return the program that stores these nodes, in this order; None where it needs too many registers."""
        lines, new = paired(self.code.lines, {self._lines[node] for node in stores})
        line_of = {node: new[self._lines[node]] for node in stores}
        loaded = max((index for index, line in enumerate(lines) if line[0] == "LOAD"), default=-1)
        after: dict[int, list[int]] = {}  # what is stored once a line is done: in place, all must be loaded first
        last, stored = list(range(len(lines))), [set[int]() for _ in lines]
        for index, (_, _, operands) in enumerate(lines):
            for one in operands:
                last[one] = index
        for number, node in enumerate(stores):
            line = line_of[node]
            when = max(line, loaded)
            after.setdefault(when, []).append(number)
            stored[when].add(line)
            last[line] = max(last[line], when)
        register = _allocate([self._is_number(line) for line in lines], [line[2] for line in lines], last, stored)
        if max(register, default=0) >= REGISTERS:
            return None
        code: list[int] = []
        for index, (name, number, operands) in enumerate(lines):
            if name != "BASE":
                reads = [number] if name in ("LOAD", "CONST") else [register[one] for one in operands]
                code += [CODES[name], register[index], *reads, *[0] * (3 - len(reads))]
            for number in after.get(index, ()):
                code += [CODES["STORE"], number, register[line_of[stores[number]]], 0, 0]
        return code

    def _is_number(self, line: tuple[str, int, tuple[int, ...]]) -> bool:
        """Tell whether a line gives one number for all elements, which is then computed once and kept."""
        if line[0] == "LOAD":
            return all(stride == 0 or size == 1 for size, stride in zip(self.shape, self.ins[line[1]].strides))  # noqa: B905
        return line[0] == "CONST"

    def aliases(self, outs: list[View]) -> list[tuple[Place, Place]]:
        """Return which outputs may lie in the memory of which inputs: those read once, element by element."""
        times = Counter(view.place for view in self.ins)
        own = [view.place for view in self.ins if view.whole and times[view.place] == 1]
        return [(out.place, one) for out in outs for one in own if SIZES[out.place.dtype] == SIZES[one.dtype]]

    @property
    def flops(self) -> int:
        """Arithmetic operations."""
        steps = sum(line[0] not in ("LOAD", "CONST", "BASE") for line in self.code.lines)
        return int(math.prod(self.shape)) * steps


def _allocate(kept: list[bool], operands: list[tuple[int, ...]], last: list[int], stored: list[set[int]]) -> list[int]:
    """Return a register for each line: of its own where it is kept, else one that is free from then on.

    Args:
        kept: whether a line's result is one number, computed once and for all.
        operands: the lines that each line reads.
        last: the line that reads each line last, or after which it is stored.
        stored: the lines that are stored after each line.
    """
    register, free, used = [-1] * len(last), list[int](), 0
    ends: dict[int, list[int]] = {}
    for index, end in enumerate(last):
        if not kept[index]:
            ends.setdefault(end, []).append(index)
    for index in range(len(last)):
        over = ends.get(index, [])
        early = [one for one in over if one in operands[index] and one not in stored[index]]
        free += [register[one] for one in early]  # the result may take an operand's place
        if not kept[index]:
            free.sort(reverse=True)
            if free:
                register[index] = free.pop()
            else:
                register[index], used = used, used + 1
        free += [register[one] for one in over if one not in early]
    for index, alone in enumerate(kept):
        if alone:
            register[index], used = used, used + 1
    return register


def words(members: list[Node]) -> str:
    """Return the names of operations, counted."""
    counted = Counter(node.primitive.name for node in members)
    return ", ".join(name if times == 1 else f"{name} ×{times}" for name, times in counted.items())


def add_tile(plan: Plan, members: list[Node], dtypes: frozenset[str]) -> None:
    """Add nodes of one shape as a tile program, or as several where one has too few registers."""
    dtype = "float32" if "float32" in dtypes else "float64"
    tile = Tile(plan, members, dtype)
    code = tile.assemble(tile.stored)
    if code is None:
        half = len(members) // 2
        add_tile(plan, members[:half], dtypes)
        add_tile(plan, members[half:], dtypes)
        return
    outs = []
    for node in tile.stored:
        plan.views[node] = plan.made(node, node.dtype, node.shape)
        outs.append(plan.views[node])
    shape, strides = list(tile.shape), [list(view.strides) for view in tile.ins]
    constants, program_code, number = tile.code.constants, code, DTYPES[dtype]

    def send(program: Any, out: list[int], ins: list[int]) -> None:
        program.tile(out, ins, program_code, constants, shape, strides, number)

    ins = [whole(view.place) for view in tile.ins]
    plan.instructions.append(Instruction(words(members), outs, ins, send, tile.aliases(outs), tile.flops))


def add_product(plan: Plan, head: Node, others: list[Node]) -> None:
    """Add a matrix product, with what follows elementwise behind it where that can be."""
    factors = _factors(plan, head)
    base, bias = head, None
    if others and head not in plan.positions and len(plan.users[head]) == 1 and plan.users[head][0] is others[0]:
        bias = _bias(plan, head, others[0])
        if bias is not None:
            base, others = others[0], others[1:]
    shape = factors.shape
    fused = _epilogue(plan, base, others, shape) if others else None
    if others and fused is None:  # what follows goes on its own
        _add_plain(plan, head, base, factors, bias)
        return add_tile(plan, others, frozenset({head.dtype}))
    if fused is None:
        return _add_plain(plan, head, base, factors, bias)
    tile, loads = fused
    kept = base in plan.positions or any(user not in set(others) for user in plan.users[base])
    for node in tile.stored:
        plan.views[node] = plan.made(node, node.dtype, node.shape)
    in_out = None if kept else _stored_in_out(plan, tile.stored, head.dtype)
    if in_out is None:
        out = plan.made(base, head.dtype, head.shape) if kept else nowhere(head.dtype, head.shape)
        plan.views[base] = out
    else:
        out = plan.views[in_out]
    rest = [node for node in tile.stored if node is not in_out]
    code = tile.assemble([base if in_out is None else in_out, *rest])
    assert code is not None  # _epilogue has tried
    outs = [out, *[plan.views[node] for node in rest]]
    if in_out is None:  # the executor itself leaves the product in `out`
        code = _without_store(code, 0)
    first, constants = [factors.a, factors.b, *([] if bias is None else [bias])], tile.code.constants

    def send(program: Any, o: list[int], i: list[int]) -> None:
        rest = (-1 if bias is None else i[2], code, i[len(first) :], constants, o[1:])
        program.matmul(o[0], i[0], i[1], *factors.turned, *rest, *factors.reading)

    ins = [*first, *loads]
    text = f"{factors.words(bias)}, then {words(others)}"
    read = {out.place, *(view.place for view in first)}
    aliases = [pair for pair in tile.aliases(outs[1:]) if pair[1] not in read]
    shaped = [View(view.place, shape, whole(view.place, shape).strides) for view in outs]
    flops = factors.flops + tile.flops
    plan.instructions.append(Instruction(text, shaped, ins, send, aliases, flops))
    return None


def _add_plain(plan: Plan, head: Node, base: Node, factors: Factors, bias: View | None) -> None:
    plan.views[base] = plan.made(base, head.dtype, head.shape)
    out = whole(plan.views[base].place, factors.shape)

    def send(program: Any, o: list[int], i: list[int]) -> None:
        rest: tuple[Any, ...] = (-1 if bias is None else i[2], [], [], [], [])
        program.matmul(o[0], i[0], i[1], *factors.turned, *rest, *factors.reading)

    ins = [factors.a, factors.b] if bias is None else [factors.a, factors.b, bias]
    plan.instructions.append(Instruction(factors.words(bias), [out], ins, send, [], factors.flops))


def _without_store(code: list[int], number: int) -> list[int]:
    lines = [code[at : at + 5] for at in range(0, len(code), 5)]
    return [part for line in lines if line[:2] != [CODES["STORE"], number] for part in line]


def _stored_in_out(plan: Plan, stored: list[Node], dtype: str) -> Node | None:
    """Return a node that can be written over the product: no state, which would not be left in place."""
    for node in stored:
        place = plan.views[node].place
        if node.dtype == dtype and not (place.kind == OUTPUT and place.where < plan.state):
            return node
    return None


_SIGNS = {"ADD": "+", "SUB": "−", "MUL": "×", "DIV": "÷"}


@dataclass(frozen=True)
class Factors:
    """Both factors of a product as the executor takes them.

    Args:
        a: the first.
        b: the second.
        turned: whether each is transposed.
        shape: of the product.
        batch: how the first is read by rows, None where it is read as it lies.
    """

    a: View
    b: View
    turned: tuple[bool, bool]
    shape: tuple[int, ...]
    batch: Batch | None

    @property
    def reading(self) -> tuple[bool, list[int], list[float]]:
        """How rows are read: whether, and what each element goes through."""
        scaling = () if self.batch is None else self.batch.scaling
        return self.batch is not None, [CODES[name] for name, _ in scaling], [number for _, number in scaling]

    @property
    def flops(self) -> int:
        """Multiplications and additions."""
        return 2 * math.prod(self.shape) * self.a.shape[-2 if self.turned[0] else -1]

    def words(self, bias: View | None) -> str:
        """Return the product in words."""
        text = f"matmul A{'ᵀ' * self.turned[0]} B{'ᵀ' * self.turned[1]}" + ("" if bias is None else " + bias")
        cast = [] if self.a.place.dtype == self.b.place.dtype else [f"from {self.a.place.dtype}"]
        steps = [] if self.batch is None else [f"{_SIGNS[name]} {number:.6g}" for name, number in self.batch.scaling]
        return f"{text} (A {', '.join(cast + steps)})" if cast or steps else text


def _factors(plan: Plan, node: Node) -> Factors:
    left, right = node.inputs
    shape, b = node.shape, plan.view(right)
    batch = plan.batches.of.get(node)
    if batch is not None:
        whole_b, turned = b.matrix() or (plan.contiguous(b), False)
        inner = math.prod(batch.source.shape[1:])
        a = whole(plan.view(batch.source).place, (batch.rows, inner))
        return Factors(a, whole_b, (batch.across, turned), shape, batch)
    a = plan.view(left)
    if len(right.shape) == 2 and len(left.shape) > 2:  # all rows of all matrices in one product
        rows = math.prod(left.shape[:-1])
        a = whole(plan.contiguous(a).place, (rows, left.shape[-1]))
        shape = (rows, shape[-1])
    elif len(shape) > 2:
        a, b = (view.broadcast((*shape[:-2], *view.shape[-2:])) for view in (a, b))
    a, trans_a = a.matrix() or (plan.contiguous(a), False)
    b, trans_b = b.matrix() or (plan.contiguous(b), False)
    return Factors(a, b, (trans_a, trans_b), shape, None)


def _bias(plan: Plan, head: Node, node: Node) -> View | None:
    """Return the row that a node adds to each row of a product, None where it does something else."""
    if node.primitive.name != "add" or node.inputs[0] is node.inputs[1]:
        return None
    other = node.inputs[1] if node.inputs[0] is head else node.inputs[0]
    small = squeezed(plan.view(other))
    columns = head.shape[-1]
    if small is None or math.prod(small.shape) != columns or not small.shape or small.shape[-1] != columns:
        return None
    return whole(small.place, (columns,))


def _epilogue(plan: Plan, base: Node, others: list[Node], shape: tuple[int, ...]) -> tuple[Tile, list[View]] | None:
    """Return the tile program behind a product, and what it reads broadcast by NumPy's rule; None where neither."""
    tile = Tile(plan, others, base.dtype, base)
    loads = []
    for view in tile.ins:
        small = squeezed(view)
        if small is not None and shape != base.shape:  # the product has its rows on one axis
            small = _flattened(small, base.shape, shape)
        if small is None:
            return None
        loads.append(small)
    return None if tile.assemble([base, *tile.stored]) is None else (tile, loads)


def _flattened(view: View, shape: tuple[int, ...], flat: tuple[int, ...]) -> View | None:
    if view.shape == shape:
        return whole(view.place, flat)
    if all(size == 1 for size in view.shape[:-1]):
        return whole(view.place, view.shape[-1:])
    return None
