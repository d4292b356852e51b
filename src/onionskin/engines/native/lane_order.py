"""The order of a lane program's lines: the longest chain first, its results carried, new state over the old."""

from __future__ import annotations

from dataclasses import dataclass

from onionskin.engines.native.order import comes_before, in_turn

_CYCLES = {  # until a result can be used, roughly
    "ADD": 3, "SUB": 3, "MUL": 3, "NEG": 2, "ABS": 2, "RELU": 3, "GT": 4, "EQ": 4, "PERMUTE": 5, "DIV": 12, "FMA": 4,
    "MULSUB": 4, "SUBMUL": 4, "EXP": 45, "SIGMOID": 60, "TANH": 80, "LOG": 60, "SQRT": 15, "MERGE": 12, "CONVERT": 12,
    "WRAP": 20,
}  # fmt: skip


@dataclass(slots=True, eq=False)
class Line:
    """An operation on slots.

    Args:
        name: of the operation.
        dst: slot of the result.
        operands: slots that it reads.
        table: first of its tables of indices, -1 where it has none.
        terms: how many values each element is summed or chosen from.
        detail: more about the operation, see `_cpp/lane_code.hpp`.
        carried: bits, which operands are best kept in a register from the line that made them.
    """

    name: str
    dst: int
    operands: list[int]
    table: int
    terms: int
    detail: int
    carried: int = 0

    @property
    def cycles(self) -> int:
        """Time until its result can be used, roughly."""
        if self.name in ("DOT", "DOTADD", "FOLD", "ARGMAX", "ARGMIN"):
            return 5 + 4 * self.terms
        return _CYCLES.get(self.name, 30)

    @property
    def in_order(self) -> bool:
        """Whether each element of the result is made of the same elements of the operands."""
        return self.table < 0


@dataclass(frozen=True, slots=True)
class Arranged:
    """Lines in order, where the outputs lie after them, and the tables."""

    lines: list[Line]
    stores: list[int]
    tables: list[tuple[int, ...]]


def arranged(
    lines: list[Line],
    slots: list[tuple[bool, int]],
    tables: list[tuple[int, ...]],
    states: list[int | None],
    stores: list[int],
) -> Arranged:
    """Return a lane program whose lines stand in order and write new state where the old one lies.

    Args:
        lines: each writes a slot of its own, and stands after those it needs.
        slots: (float64 lanes, elements) of each slot; more are added.
        tables: of indices; more are added.
        states: slot that each state is read from, None where nothing reads it.
        stores: slot of each output, those of the state first.
    """
    order = _Order(lines, slots, list(tables))
    ends = order.keep_states(states, stores)
    found = order.sorted()
    _carry(found)
    return Arranged(found + order.moves, ends, order.tables)


class _Order:
    def __init__(self, lines: list[Line], slots: list[tuple[bool, int]], tables: list[tuple[int, ...]]) -> None:
        self.lines, self.slots, self.tables = lines, slots, tables
        self.moves: list[Line] = []  # behind all others
        self.maker = {line.dst: line for line in lines}
        self.readers: dict[int, list[Line]] = {}
        self.after: dict[Line, set[Line]] = {line: set() for line in lines}
        for line in lines:
            self._note(line)

    def _note(self, line: Line) -> None:
        for slot in dict.fromkeys(line.operands):
            self.readers.setdefault(slot, []).append(line)
            if slot in self.maker:
                self.after[self.maker[slot]].add(line)

    def _copy(self, slot: int) -> Line:
        """Return a line that copies a slot to a new one."""
        self.slots.append(self.slots[slot])
        line = self._move(slot, len(self.slots) - 1)
        self.lines.append(line)
        self.maker[line.dst], self.after[line] = line, set()
        self._note(line)
        return line

    def _move(self, slot: int, to: int) -> Line:
        self.tables.append(tuple(range(self.slots[slot][1])))
        return Line("PERMUTE", to, [slot], len(self.tables) - 1, 1, 0)

    def keep_states(self, states: list[int | None], stores: list[int]) -> list[int]:
        """Have every new state end in the slot of the old one; returns the slot of each output."""
        ends, kept = list(stores), {slot for slot in states if slot is not None}
        own = {index: slot for index, slot in enumerate(states) if slot is not None and stores[index] != slot}
        changed = set(own.values())
        for index, slot in enumerate(stores):  # an old state that is read at the end, where it is gone
            if slot in changed:
                ends[index] = self._copy(slot).dst
        taken: dict[int, int] = {}
        for index, old in own.items():
            new = ends[index]
            if new not in taken and new not in kept and self._write_over(new, old):
                taken[new] = old
            else:
                self.moves.append(self._move(new, old))
        renamed = [taken.get(slot, slot) for slot in ends]
        for line in self.moves:
            line.operands = [taken.get(slot, slot) for slot in line.operands]
        return [own.get(index, slot) for index, slot in enumerate(renamed)]

    def _write_over(self, new: int, old: int) -> bool:
        """Let the line that makes a new state write where the old one lies, once all have read that."""
        line = self.maker.get(new)
        if line is None or self.slots[new] != self.slots[old]:
            return False
        readers = self.readers.get(old, [])
        if line in readers and not line.in_order:
            return False
        others = {one for one in readers if one is not line}
        if comes_before(self.after, line, others):
            return False
        for one in others:
            self.after[one].add(line)
        line.dst = old
        for one in self.readers.get(new, ()):
            one.operands = [old if slot == new else slot for slot in one.operands]
        return True

    def sorted(self) -> list[Line]:
        """Return the lines so that what the longest chain waits for comes first."""
        number = {line: index for index, line in enumerate(self.lines)}
        left = _heights(self.after, number)
        return in_turn(self.after, lambda line: (-left[line], number[line]))


def _heights(after: dict[Line, set[Line]], number: dict[Line, int]) -> dict[Line, int]:
    """Return for each line the cycles from its start to the end of the longest chain behind it."""
    left: dict[Line, int] = {}
    for line in reversed(in_turn(after, number.__getitem__)):
        left[line] = line.cycles + max((left[user] for user in after[line]), default=0)
    return left


def _carry(lines: list[Line]) -> None:
    """Say which results are best kept in the register: those that long chains wait for, one at a time."""
    made: dict[int, int] = {}
    begin, links = [0] * len(lines), []
    users: dict[int, list[int]] = {}
    for at, line in enumerate(lines):
        sources = [made[slot] for slot in line.operands if slot in made]
        begin[at] = max((begin[one] + lines[one].cycles for one in sources), default=0)
        if sources:
            last = max(sources, key=lambda one: begin[one] + lines[one].cycles)
            slot = lines[last].dst
            bits = sum(1 << place for place, one in enumerate(line.operands) if one == slot)
            links.append((last, at, bits))
            users.setdefault(last, []).append(at)
        made[line.dst] = at
    left = [0] * len(lines)
    for at in range(len(lines) - 1, -1, -1):
        left[at] = lines[at].cycles + max((left[user] for user in users.get(at, ())), default=0)
    taken = _around(lines, begin)
    for last, at, bits in sorted(links, key=lambda one: (-(begin[one[1]] + left[one[1]]), one[1])):
        if all(at <= start or last >= end for start, end in taken):
            taken.append((last, at))
            _carries(lines[at], bits)


def _around(lines: list[Line], begin: list[int]) -> list[tuple[int, int]]:
    """Carry the state that is there last over to the next step; returns when the register is taken by it."""
    makers = {line.dst: at for at, line in enumerate(lines)}
    best: tuple[int, int, int, int] | None = None
    written: set[int] = set()
    for at, line in enumerate(lines):
        for slot in line.operands:
            if slot in makers and slot not in written and (best is None or begin[makers[slot]] > best[0]):
                bits = sum(1 << place for place, one in enumerate(line.operands) if one == slot)
                best = (begin[makers[slot]], makers[slot], at, bits)
        written.add(line.dst)
    if best is None:
        return []
    _, last, at, bits = best
    _carries(lines[at], bits)
    return [(-1, at), (last, len(lines))]


def _carries(line: Line, bits: int) -> None:
    """Note which operands a line has carried; of a product the first, since there is no form for the second."""
    if bits == 2 and line.name in ("FMA", "MULSUB", "SUBMUL"):
        line.operands[:2] = line.operands[1::-1]
        bits = 1
    line.carried = bits
