"""Lines of a lane program that are one instruction together, or shorter in another order with the same bits."""

from __future__ import annotations

from onionskin.engines.native.lane_order import Line

_FUSED = {  # (name, place of the product) -> name, with the product's factors before the other operand
    ("ADD", 0): "FMA", ("ADD", 1): "FMA", ("SUB", 0): "MULSUB", ("SUB", 1): "SUBMUL",
}  # fmt: skip


class Fuser:
    """Rewrites the lines of a lane program, each of which writes a slot of its own.

    Args:
        lines: each after those it needs.
        slots: (float64 lanes, elements) of each slot; more are added.
        stored: slots of the outputs.
    """

    def __init__(self, lines: list[Line], slots: list[tuple[bool, int]], stored: set[int]) -> None:
        self.lines, self.slots, self.stored = lines, slots, stored

    def fused(self) -> list[Line]:
        """Return the lines, fewer or with a shorter longest chain."""
        for step in (self._negative, self._product):
            self._look()
            done: list[Line] = []
            for line in self.lines:
                done += step(line)
            self.lines = done
        wanted, kept = set(self.stored), list[Line]()
        for line in reversed(self.lines):
            if line.dst in wanted:
                kept.append(line)
                wanted.update(line.operands)
        return kept[::-1]

    def _look(self) -> None:
        self.maker = {line.dst: line for line in self.lines}
        self.users: dict[int, int] = {}
        self.end: dict[int, int] = {}  # cycles until a slot is there
        for line in self.lines:
            for slot in line.operands:
                self.users[slot] = self.users.get(slot, 0) + 1
            self.end[line.dst] = self._begin(line) + line.cycles

    def _begin(self, line: Line) -> int:
        return max((self.end.get(slot, 0) for slot in line.operands), default=0)

    def _only_here(self, slot: int, name: str) -> Line | None:
        """Return the line of a name that makes a slot for one reader alone."""
        line = self.maker.get(slot)
        return line if line and line.name == name and self.users[slot] == 1 and slot not in self.stored else None

    def _negative(self, line: Line) -> list[Line]:
        """Take the negative of the factor that is there first: (-a)·b = a·(-b)."""
        if line.name == "MUL" and line.operands[0] != line.operands[1]:
            for place, slot in enumerate(line.operands):
                inner, other = self._only_here(slot, "NEG"), line.operands[1 - place]
                if inner and self.slots[slot] == self.slots[other] and self.end.get(other, 0) < self._begin(inner):
                    first = Line("NEG", self._slot(other, self.slots[other][1]), [other], -1, 1, 0)
                    return [first, Line("MUL", line.dst, [inner.operands[0], first.dst], -1, 1, 0)]
        return [line]

    def _slot(self, like: int, count: int) -> int:
        self.slots.append((self.slots[like][0], count))
        return len(self.slots) - 1

    def _product(self, line: Line) -> list[Line]:
        """Make a product and a sum with it one line, rounded once where the machine can."""
        if line.name in ("ADD", "SUB") and line.operands[0] != line.operands[1]:
            for place, slot in enumerate(line.operands):
                other = line.operands[1 - place]
                product = self._only_here(slot, "MUL")
                if product:
                    return [Line(_FUSED[line.name, place], line.dst, [*product.operands, other], -1, 1, 0)]
                dot = self._only_here(slot, "DOT")
                if dot and line.name == "ADD" and self.slots[slot] == self.slots[line.dst]:
                    return [Line("DOTADD", line.dst, [*dot.operands, other], dot.table, dot.terms, 0)]
        return [line]
