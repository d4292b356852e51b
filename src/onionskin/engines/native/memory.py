"""The order of a plan's instructions, which state stays in place, and where each value lies in the arena."""

from __future__ import annotations

from dataclasses import dataclass

from onionskin.engines.native.instructions import Instruction, Plan
from onionskin.engines.native.order import comes_before, in_turn
from onionskin.engines.native.views import ARENA, Place

LINE = 64  # bytes; values begin at multiples of it


@dataclass(frozen=True)
class Layout:
    """A plan's instructions in order, with memory.

    Args:
        instructions: in the order in which they run.
        in_place: positions of state whose new value is written where the old one lies.
        arena: size of the arena in bytes.
        ungathered: positions of inputs that products alone read, by rows.
    """

    instructions: list[Instruction]
    in_place: list[int]
    arena: int
    ungathered: list[int]


def lay_out(plan: Plan) -> Layout:
    """Order the instructions of a plan and give every value of its arena a place."""
    order = _Order(plan)
    in_place = [position for position in range(plan.state) if order.keep_in_place(position)]
    instructions = order.sorted()
    ungathered = [at for at, node in enumerate(plan.graph.inputs) if node in plan.batches.ungathered]
    return Layout(instructions, in_place, _give_places(instructions), ungathered)


class _Order:
    """What must come before what; keeping state in place adds to it."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.instructions = plan, plan.instructions
        self.after: dict[int, set[int]] = {index: set() for index in range(len(self.instructions))}
        self.readers: dict[Place, list[int]] = {}
        self.writers: dict[Place, list[int]] = {}
        for index, one in enumerate(self.instructions):
            for view in one.ins:
                self.readers.setdefault(view.place, []).append(index)
                for writer in self.writers.get(view.place, ()):
                    self.after[writer].add(index)
            for view in one.outs:
                for writer in self.writers.get(view.place, ()):  # parts of one value, in their order
                    self.after[writer].add(index)
                self.writers.setdefault(view.place, []).append(index)

    def keep_in_place(self, position: int) -> bool:
        """Let all who read an old state run before its new value is written; False where that cannot be."""
        old, new = self.plan.inputs[position], self.plan.outputs[position]
        if (old.dtype, old.nbytes) != (new.dtype, new.nbytes):
            return False
        writers, readers = self.writers[new], self.readers.get(old, [])
        first = writers[0]
        for reader in readers:
            if reader in writers and (new, old) not in self.instructions[reader].aliases:
                return False
        others = {reader for reader in readers if reader not in writers}
        if comes_before(self.after, first, others):
            return False
        for reader in others:
            self.after[reader].add(first)
        return True

    def sorted(self) -> list[Instruction]:
        """Return the instructions in an order that holds to all of it, and else to the plan's own."""
        return [self.instructions[index] for index in in_turn(self.after, lambda index: index)]


@dataclass(slots=True, eq=False)
class _Slot:
    """Memory that one value, or several one after the other, lie in from a step to another."""

    begin: int
    end: int
    size: int
    places: list[Place]


def _give_places(instructions: list[Instruction]) -> int:
    """Give each value of the arena an offset, best fit by lifetime; returns the arena's size."""
    slots = _slots(instructions)
    ends: dict[int, list[_Slot]] = {}
    begins: dict[int, list[_Slot]] = {}
    for slot in slots:
        begins.setdefault(slot.begin, []).append(slot)
        ends.setdefault(slot.end, []).append(slot)
    free: list[tuple[int, int]] = []  # offset, size, in order
    top = 0
    for step in range(len(instructions)):
        for slot in begins.get(step, ()):
            fitting = [(size, offset) for offset, size in free if size >= slot.size]
            if fitting:
                size, offset = min(fitting)
                free.remove((offset, size))
                if size > slot.size:
                    free.append((offset + slot.size, size - slot.size))
            else:
                offset, top = top, top + slot.size
            for place in slot.places:
                place.where = offset
        freed = [(slot.places[0].where, slot.size) for slot in ends.get(step, ())]
        if freed:
            free = _joined(sorted([*free, *freed]))
    return max(top, LINE)


def _slots(instructions: list[Instruction]) -> list[_Slot]:
    """Return what needs memory and for how long; a value written over one that ends there shares its slot."""
    last: dict[Place, int] = {}
    for step, one in enumerate(instructions):
        for view in (*one.ins, *one.outs):
            if view.place.kind == ARENA:
                last[view.place] = step
    slot_of: dict[Place, _Slot] = {}
    for step, one in enumerate(instructions):
        taken: set[Place] = set()
        for view in one.outs:
            place = view.place
            if place.kind != ARENA or place in slot_of:
                continue
            for written, read in one.aliases:
                ends = read.kind == ARENA and last[read] == step and read not in taken
                if written is place and ends and read.nbytes == place.nbytes:
                    taken.add(read)
                    slot = slot_of[place] = slot_of[read]
                    slot.end = last[place]
                    slot.places.append(place)
                    break
            else:
                size = max((place.nbytes + LINE - 1) // LINE * LINE, LINE)
                slot_of[place] = _Slot(step, last[place], size, [place])
    return list(dict.fromkeys(slot_of.values()))


def _joined(free: list[tuple[int, int]]) -> list[tuple[int, int]]:
    result: list[tuple[int, int]] = []
    for offset, size in free:
        if result and sum(result[-1]) == offset:
            result[-1] = (result[-1][0], result[-1][1] + size)
        else:
            result.append((offset, size))
    return result
