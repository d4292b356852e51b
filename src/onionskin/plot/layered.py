"""Places of boxes and paths of edges for any directed acyclic graph, with groups of boxes; knows no model and no look.

Boxes stand in ranks, each below all those that lead to it; edges run between the ranks, and pass a rank beside its
boxes. A group is laid out by itself, and then stands as one box in what is around it. What is written on an edge has a
place of its own, in a rank between those of its ends, so that it meets no box and nothing else that is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from onionskin.base.errors import ArgumentError, GraphError, UnknownNameError, suggest
from onionskin.plot.level import ENTRY, Block, Piece, Thing, arranged

DIRECTIONS = ("TB", "BT", "LR", "RL")
_MARGIN = 16.0  # around the whole
_PAD = 14.0  # between a group's frame and what is in it


@dataclass(frozen=True)
class Box:
    """A vertex.

    Attributes:
        key: its name, unlike all others.
        width: in pixels.
        height: in pixels.
        group: key of the group that it is in, or None.
    """

    key: str
    width: float
    height: float
    group: str | None = None


@dataclass(frozen=True)
class Frame:
    """A group of boxes and groups, with room for a label at its top.

    Attributes:
        key: its name, unlike those of all other groups.
        width: of the label, in pixels.
        height: of the label.
        parent: key of the group that it is in, or None.
    """

    key: str
    width: float = 0.0
    height: float = 0.0
    parent: str | None = None


class Room(NamedTuple):
    """Room for what is written on an edge.

    Attributes:
        width: in pixels.
        height: in pixels.
        at: where the edge passes through it: so far from its left side, or from its top where edges lead sideways.
    """

    width: float
    height: float
    at: float


class Place(NamedTuple):
    """A rectangle: its upper left corner and its size, in pixels; y grows downwards."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """Where everything is.

    Attributes:
        width: of the whole, in pixels.
        height: of the whole.
        boxes: key → place.
        groups: key → place, outer groups first.
        routes: for each edge, in the order given, the points it passes. Two that follow each other are joined by a
            line where they are in line along the direction, else by a curve that leaves and arrives along it.
        direction: "TB", "BT", "LR" or "RL".
        rooms: number of an edge → place of what is written on it.
    """

    width: float
    height: float
    boxes: dict[str, Place]
    groups: dict[str, Place]
    routes: tuple[tuple[tuple[float, float], ...], ...]
    direction: str
    rooms: dict[int, Place] = field(default_factory=dict)

    def curve(self, start: tuple[float, float], end: tuple[float, float]) -> tuple[tuple[float, float], ...]:
        """Return the two control points of the cubic curve between two points of a route."""
        if self.direction in ("TB", "BT"):
            middle = (start[1] + end[1]) / 2
            return (start[0], middle), (end[0], middle)
        middle = (start[0] + end[0]) / 2
        return (middle, start[1]), (middle, end[1])


def layout(
    boxes: Sequence[Box],
    edges: Sequence[tuple[str, str]],
    groups: Sequence[Frame] = (),
    direction: str = "TB",
    square: bool = False,
    rooms: Mapping[int, Room] | None = None,
    entry: float = ENTRY,
) -> Layout:
    """Lay out a graph.

    Args:
        boxes: the vertices.
        edges: pairs of keys of boxes, from and to.
        groups: the groups; each may be in another.
        direction: where edges lead: "TB" down, "BT" up, "LR" to the right, "RL" to the left.
        square: edges go along and across the direction only, and are lines throughout.
        rooms: number of an edge → the room that it needs for what is written on it.
        entry: between the ends of edges at one box, in pixels.

    Raises:
        ArgumentError: there is no such direction, or two boxes or groups have one key.
        UnknownNameError: an edge or a group names what is not there.
        GraphError: the edges go round in a circle, or leave a group and come back into it.

    Example:
        >>> laid = layout([Box("x", 40, 20), Box("y", 40, 20)], [("x", "y")])
        >>> laid.boxes["x"], laid.routes[0]
        (Place(x=16.0, y=16.0, width=40, height=20), ((36.0, 36.0), (36.0, 68.0)))
    """
    _check(boxes, edges, groups, direction)
    lying = direction in ("LR", "RL")
    inside: dict[str | None, list[Box | Frame]] = {None: []}
    parents: dict[str, str | None] = {group.key: group.parent for group in groups}
    for group in groups:
        inside[group.key] = []
    for box in boxes:
        inside[box.group].append(box)
    for group in groups:
        inside[group.parent].append(group)
    homes = {box.key: _line(box.group, parents) for box in boxes}
    rooms = rooms or {}
    ways, names = list(edges), {}
    for number, room in rooms.items():  # an edge that is written on is two, with the room between them
        source, target = edges[number]
        shared = [one for one, other in zip(homes[source], homes[target], strict=False) if one == other]
        names[number] = f"{source} → {target}, {number}"
        homes[names[number]] = shared
        inside[shared[-1]].append(_Room(names[number], room.width, room.height, shared[-1], room.at))
        ways[number] = source, names[number]
        ways.append((names[number], target))
    blocks: dict[str | None, Block] = {}
    for key in _inner_first(parents):
        things, owner = [], {}
        for one in inside[key]:
            if isinstance(one, Frame):
                block = blocks[one.key]
                thing = Thing(("group", one.key), block.width, block.height, block)
            else:
                size = (one.height, one.width) if lying else (one.width, one.height)
                at = one.at if isinstance(one, _Room) else None
                thing = Thing(("box" if at is None else "room", one.key), *size, at=at)
                owner[one.key] = thing.key
            things.append(thing)
        for name, line in homes.items():
            if key in line and line[-1] != key:
                owner[name] = ("group", line[line.index(key) + 1] or "")
        block = arranged(things, ways, owner, square, entry)
        frame = next((one for one in groups if one.key == key), None)
        blocks[key] = block if frame is None else _framed(block, frame, direction)
    laid, places = _placed(blocks[None], direction)
    if not rooms:
        return laid
    routes = list(laid.routes[: len(edges)])
    for number, rest in zip(rooms, laid.routes[len(edges) :], strict=True):
        routes[number] = tuple(_plain((*routes[number], *rest), lying))
    return replace(laid, routes=tuple(routes), rooms={number: places[name] for number, name in names.items()})


@dataclass(frozen=True)
class _Room(Box):
    """A place on an edge, while it is laid out as a box."""

    at: float = 0.0


def _line(group: str | None, parents: dict[str, str | None]) -> list[str | None]:
    """Return the groups that something is in, from the whole, which is None, inwards."""
    line = []
    while group is not None:
        line.append(group)
        group = parents[group]
    return [None, *reversed(line)]


def _inner_first(parents: dict[str, str | None]) -> list[str | None]:
    depth = {key: len(_line(key, parents)) for key in parents}
    return [*sorted(parents, key=lambda key: -depth[key]), None]


def _framed(block: Block, frame: Frame, direction: str) -> Block:
    """Return a group's contents with a frame around them, its label where no edge passes."""
    header = frame.height + _PAD if frame.height else _PAD
    if direction in ("TB", "BT"):
        ports = block.entries if direction == "TB" else block.exits
        left = max(_PAD, frame.width + 2 * _PAD - min(ports.values(), default=frame.width + _PAD))
        right = max(_PAD, frame.width + 2 * _PAD - left - block.width)
        top, bottom = (header, _PAD) if direction == "TB" else (_PAD, header)
        return block.padded(left, top, right, bottom, frame.key)
    spare = max(0.0, frame.width - block.height) / 2  # the ranks lie along the label
    return block.padded(header, _PAD + spare, _PAD, _PAD + spare, frame.key)


def _placed(block: Block, direction: str) -> tuple[Layout, dict[str, Place]]:
    """Return a drawing of ranks from top to bottom turned into its direction, and the places on edges."""
    whole = block.padded(_MARGIN, _MARGIN, _MARGIN, _MARGIN, None)
    lying, against = direction in ("LR", "RL"), direction in ("BT", "RL")

    def turned(x: float, y: float) -> tuple[float, float]:
        y = whole.height - y if against else y
        return (y, x) if lying else (x, y)

    def place(piece: Piece) -> Place:
        corner = turned(piece.x, piece.y + piece.height if against else piece.y)
        return Place(*corner, *((piece.height, piece.width) if lying else (piece.width, piece.height)))

    routes = [whole.routes[number] for number in sorted(whole.routes)]
    size = (whole.height, whole.width) if lying else (whole.width, whole.height)
    rooms = {key[1]: place(piece) for key, piece in whole.pieces.items() if key[0] == "room"}
    laid = Layout(
        *size,
        {key[1]: place(piece) for key, piece in whole.pieces.items() if key[0] == "box"},
        {key[1]: place(piece) for key, piece in reversed(whole.pieces.items()) if key[0] == "group"},
        tuple(tuple(turned(*point) for point in _plain(route)) for route in routes),
        direction,
    )
    return laid, rooms


def _plain(route: Sequence[tuple[float, float]], lying: bool = False) -> list[tuple[float, float]]:
    """Return a route without points that change nothing."""
    along, across = (0, 1) if lying else (1, 0)
    kept: list[tuple[float, float]] = []
    for point in route:
        if kept and abs(kept[-1][across] - point[across]) < 1e-6:
            if abs(kept[-1][along] - point[along]) < 1e-6:
                continue
            if len(kept) > 1 and abs(kept[-2][across] - point[across]) < 1e-6:
                kept.pop()
        kept.append(point)
    return kept


# --- what can be laid out ---


def _check(boxes: Sequence[Box], edges: Sequence[tuple[str, str]], groups: Sequence[Frame], direction: str) -> None:
    if direction not in DIRECTIONS:
        raise ArgumentError(
            "there is no such direction.",
            where="layout, direction",
            expected=", ".join(DIRECTIONS),
            given=repr(direction),
        )
    for kind, keys in (("boxes", [one.key for one in boxes]), ("groups", [one.key for one in groups])):
        if len(set(keys)) < len(keys):
            twice = next(key for index, key in enumerate(keys) if key in keys[:index])
            raise ArgumentError("each key names one thing.", where=f"layout, {kind}", given=f"{twice!r} twice")
    known, frames = {one.key for one in boxes}, {one.key for one in groups}
    for edge in edges:
        for end in edge:
            _known(end, known, f"layout, edge {edge!r}", "box")
    for one in boxes:
        if one.group is not None:
            _known(one.group, frames, f"layout, box {one.key!r}", "group")
    for group in groups:
        if group.parent is not None:
            _known(group.parent, frames, f"layout, group {group.key!r}", "group")
    circle = _circle([(one.parent, one.key) for one in groups if one.parent is not None])
    if circle:
        raise GraphError("a group is within itself.", where="layout", given=" > ".join(circle))
    circle = _circle(edges)
    if circle:
        raise GraphError("the edges go round in a circle.", where="layout", given=" > ".join(circle))


def _known(key: str, known: Iterable[str], where: str, kind: str) -> None:
    if key not in known:
        raise UnknownNameError(
            f"there is no {kind} of this key.", where=where, given=repr(key), fix=suggest(key, known)
        )


def _circle(edges: Iterable[tuple[str, str]]) -> list[str]:
    """Return the keys on a way that comes back to where it began, [] where there is none."""
    after: dict[str, list[str]] = {}
    entered: dict[str, int] = {}
    for a, b in edges:
        after.setdefault(a, []).append(b)
        after.setdefault(b, [])
        entered[b] = entered.get(b, 0) + 1
    free = [key for key in after if not entered.get(key)]
    for key in free:  # grows while it is walked
        for other in after[key]:
            entered[other] -= 1
            if not entered[other]:
                free.append(other)
    left = set(after) - set(free)
    before = {b: a for a, ends in after.items() if a in left for b in ends if b in left}
    if not before:
        return []
    way = [next(key for key in after if key in before)]
    while before[way[-1]] not in way:
        way.append(before[way[-1]])
    end = before[way[-1]]
    return [end, *reversed(way[way.index(end) :])] if len(way) > 1 else [end, end]
