"""Reads ROOMS.md: the map of the rooms and the table of floors that imports are checked against."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

HEADER = ("floor", "rooms", "on the same floor", "for")
_MAP_LINE = re.compile(r"- `(?P<name>\w+)`: .*?(?P<planned>\(planned\))?$")
_ROOM_NAMES = re.compile(r"(`\w+`\s*)+")
_ALLOWANCE = re.compile(r"`(\w+)` → `(\w+)`")


@dataclass(frozen=True)
class Room:
    """One row's room: its floor and the rooms of the same floor that it may import.

    Args:
        name: the package's name under `onionskin`.
        floor: 0 for the lowest.
        line: the line of ROOMS.md that says so.
        beside: rooms of the same floor that it may import.
        planned: whether the map marks it as having no code yet.
    """

    name: str
    floor: int
    line: int
    beside: frozenset[str] = frozenset()
    planned: bool = False


@dataclass(frozen=True, order=True)
class Fault:
    """Something wrong at one line of one file, and how to fix it."""

    path: str
    line: int
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}\n  to fix: {self.fix}"


@dataclass
class Contract:
    """The rooms by name, and the faults of the file that lists them."""

    rooms: dict[str, Room] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_rooms(path: Path) -> Contract:
    """Return the rooms that a ROOMS.md lists; whatever is wrong with the file is among the faults."""
    contract = Contract()

    def fault(line: int, what: str, fix: str) -> None:
        contract.faults.append(Fault(path.name, line, what, fix))

    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        fault(1, f"cannot be read: {error}", "write the map of the rooms")
        return contract
    matches = [(number, match) for number, line in enumerate(lines, 1) if (match := _MAP_LINE.match(line))]
    mapped = {match["name"]: number for number, match in matches}
    planned = {match["name"] for _, match in matches if match["planned"]}
    rows = list(_rows(lines))
    if not rows:
        fault(1, "has no table of floors", f"write a table that begins with | {' | '.join(HEADER)} |")
    for number, cells in rows:
        _read_row(contract, path.name, number, cells, planned)
    for name, room in contract.rooms.items():
        if name not in mapped:
            fault(room.line, f"room `{name}` is not on the map", f"add the line '- `{name}`: what it does.'")
    for name, number in mapped.items():
        if name not in contract.rooms:
            fault(number, f"room `{name}` has no floor", "add it to the table of floors")
    beside = {name: room.beside for name, room in contract.rooms.items()}
    for cycle in find_cycles(beside):
        fault(contract.rooms[cycle[0]].line, f"the table allows a cycle: {arrows(cycle)}", "take one arrow out")
    return contract


def _rows(lines: list[str]) -> Iterable[tuple[int, list[str]]]:
    inside = False
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if tuple(cells) == HEADER:
            inside = True
        elif not cells:
            inside = False
        elif inside and not set("".join(cells)) <= set("-: "):
            yield number, cells


def _read_row(contract: Contract, file: str, number: int, cells: list[str], planned: set[str]) -> None:
    def fault(what: str, fix: str) -> None:
        contract.faults.append(Fault(file, number, what, fix))

    if len(cells) != len(HEADER):
        return fault(f"the row has {len(cells)} cells", f"give it {len(HEADER)}: {', '.join(HEADER)}")
    floor, rooms, allowances = cells[:3]
    if not floor.isdecimal():
        return fault(f"{floor!r} is no floor", "write a whole number")
    if not _ROOM_NAMES.fullmatch(rooms):
        return fault(f"{rooms!r} names no rooms", "write the rooms' names in backquotes, with spaces between")
    names = re.findall(r"\w+", rooms)
    beside: dict[str, set[str]] = {name: set() for name in names}
    for part in filter(None, (one.strip() for one in allowances.split(","))):
        match = _ALLOWANCE.fullmatch(part)
        if not match or match[1] not in beside or match[2] not in beside:
            fault(f"{part!r} is no arrow between rooms of floor {floor}", "write `a` → `b`, commas between several")
        else:
            beside[match[1]].add(match[2])
    for name in names:
        if name in contract.rooms:
            fault(f"room `{name}` has a floor already, at line {contract.rooms[name].line}", "list it once")
        else:
            contract.rooms[name] = Room(name, int(floor), number, frozenset(beside[name]), name in planned)
    return None


def find_cycles(edges: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return one cycle of each knot of a directed graph, each starting at its alphabetically first member.

    Args:
        edges: from each name to the names it points to.

    Returns:
        For each set of names that all reach each other, one shortest way around, such as ["a", "b"].
    """
    successors = {name: sorted(set(targets)) for name, targets in edges.items()}
    cycles: list[list[str]] = []
    seen: set[str] = set()
    for start in sorted(successors):
        way = None if start in seen else _way_back(start, successors)
        if way:
            cycles.append(way)
            # The whole knot is told by one cycle: what start reaches and what reaches it.
            seen |= {name for name in _reached(start, successors) if start in _reached(name, successors)}
    return cycles


def _way_back(start: str, successors: Mapping[str, list[str]]) -> list[str] | None:
    ways = [[start]]
    visited: set[str] = set()
    for way in ways:  # grows while it is walked: breadth first
        for target in successors.get(way[-1], []):
            if target == start:
                return way
            if target not in visited:
                visited.add(target)
                ways.append([*way, target])
    return None


def _reached(start: str, successors: Mapping[str, list[str]]) -> set[str]:
    reached, todo = set(), [start]
    while todo:
        for target in successors.get(todo.pop(), []):
            if target not in reached:
                reached.add(target)
                todo.append(target)
    return reached


def arrows(cycle: list[str]) -> str:
    """Return a cycle as text: "a → b → a"."""
    return " → ".join([*cycle, cycle[0]])
