"""One level of a layered drawing: the things of one group, in ranks from top to bottom, with ports for outer edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from onionskin.base.errors import GraphError
from onionskin.plot.aligned import Ranked, coordinates
from onionskin.plot.crossings import ordered
from onionskin.plot.tracks import Bar, tracks

Key = tuple[str, str]
Point = tuple[float, float]
_GAP = 32.0  # between ranks
_BORDER = 16.0  # between a group's border and its first and last rank
_STEEP = 0.12  # a gap is deeper by this part of the widest step that an edge makes in it
_DEEPEST = 60.0  # but by no more
_BESIDE = {0: 26.0, 1: 18.0, 2: 14.0}  # between neighbours of a rank, of which so many are passing edges
_TRACK = 9.0  # between two edges across a gap
_ABOVE = 0.42  # part of a gap above the first of them; below there must be room for the arrow's head
_IN_LINE = 1e-6
ENTRY = 14.0  # between the ends of edges at one box
_WRITTEN = 16.0  # between ranks of which one holds only what is written on edges


class Piece(NamedTuple):
    """A rectangle of a level."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Block:
    """A level, laid out.

    Attributes:
        width: in pixels.
        height: in pixels.
        entries: box that edges from outside come from → where they cross the upper border.
        exits: box in here that edges lead out from → where they cross the lower border.
        pieces: where everything is, inner things too.
        routes: number of an edge → the points that it passes in here.
    """

    width: float
    height: float
    entries: dict[str, float]
    exits: dict[str, float]
    pieces: dict[Key, Piece]
    routes: dict[int, list[Point]]

    def padded(self, left: float, top: float, right: float, bottom: float, key: str | None) -> Block:
        """Return it with room around it, which edges that leave it cross straight; as a group where it has a key."""
        width, height = left + self.width + right, top + self.height + bottom
        pieces = {name: Piece(left + at.x, top + at.y, at.width, at.height) for name, at in self.pieces.items()}
        if key is not None:
            pieces["group", key] = Piece(0.0, 0.0, width, height)
        routes = {}
        for number, route in self.routes.items():
            points = [(left + x, top + y) for x, y in route]
            if key is not None and route[0][1] == 0.0:
                points = [(points[0][0], 0.0), *points]
            if key is not None and route[-1][1] == self.height:
                points = [*points, (points[-1][0], height)]
            routes[number] = points
        entries = {name: left + x for name, x in self.entries.items()}
        exits = {name: left + x for name, x in self.exits.items()}
        return Block(width, height, entries, exits, pieces, routes)


@dataclass(frozen=True)
class Thing:
    """A box or a group on a level.

    Attributes:
        key: its kind and name.
        width: in pixels.
        height: in pixels.
        block: of a group, what is in it.
        at: where edges meet its upper border, where that is not the middle.
    """

    key: Key
    width: float
    height: float
    block: Block | None = None
    at: float | None = None

    @property
    def anchor(self) -> float:
        """The place of its upper border that is put in line with its neighbours."""
        if self.at is not None:
            return self.at
        ports = [] if self.block is None else [*self.block.entries.values(), *self.block.exits.values()]
        return sum(ports) / len(ports) if ports else self.width / 2


@dataclass
class _Net:
    """The vertices of a level by number: its things, its ports, and the bends of long edges.

    `ways` are the edges, each (upper vertex, lower vertex, box that the edge comes from); edges that a group hides
    from each other are one.
    """

    things: list[Thing]
    ways: list[tuple[int, int, str]] = field(default_factory=list)
    passing: dict[int, tuple[int, int, str]] = field(default_factory=dict)  # number of an edge → its way
    entries: dict[str, int] = field(default_factory=dict)
    exits: dict[str, int] = field(default_factory=dict)
    rank: list[int] = field(default_factory=list)
    bends: dict[tuple[int, str, int], int] = field(default_factory=dict)  # (upper vertex, box, rank) → vertex

    def chain(self, way: tuple[int, int, str]) -> list[int]:
        """Return the vertices that an edge passes, its ends included."""
        upper, lower, box = way
        return [upper, *(self.bends[upper, box, at] for at in range(self.rank[upper] + 1, self.rank[lower])), lower]


def arranged(
    things: Sequence[Thing],
    edges: Sequence[tuple[str, str]],
    owner: Mapping[str, Key],
    square: bool = False,
    entry: float = ENTRY,
) -> Block:
    """Lay out one level.

    Args:
        things: its boxes and groups.
        edges: all edges, as pairs of boxes.
        owner: box → the thing that it is or is in; boxes outside of this level are not named.
        square: edges go along and across the direction only.
        entry: between the ends of edges at one box, in pixels.

    Raises:
        GraphError: edges leave a group and come back into it.
    """
    if not things:
        return Block(0.0, 0.0, {}, {}, {}, {})
    net = _net(things, edges, owner)
    net.rank = _ranks(net)
    ranks, segments = _bent(net)
    ranks = ordered(ranks, segments)
    bends = set(net.bends.values())

    def apart(a: int, b: int) -> float:
        left, right = net.things[a], net.things[b]
        return left.width - left.anchor + _BESIDE[(a in bends) + (b in bends)] + right.anchor

    x = coordinates(Ranked(ranks, segments, bends), apart)
    least = min(x[v] - net.things[v].anchor for v in x)
    x = {vertex: at - least for vertex, at in x.items()}
    ends = _ends(net, x, entry)
    across = _across(net, x, ends) if square else {}
    bands = _bands(net, ranks, x, across)
    return _block(net, x, bands, ends, across)


def _net(things: Sequence[Thing], edges: Sequence[tuple[str, str]], owner: Mapping[str, Key]) -> _Net:
    net = _Net(list(things))
    number = {thing.key: index for index, thing in enumerate(things)}
    found: dict[tuple[int, int, str], None] = {}
    for index, (source, target) in enumerate(edges):
        above, below = owner.get(source), owner.get(target)
        if above == below:  # both outside, or both within one group
            continue
        for inside, kind, ports in ((above, "entry", net.entries), (below, "exit", net.exits)):
            if inside is None and source not in ports:
                ports[source] = len(net.things)
                net.things.append(Thing((kind, source), 0.0, 0.0))
        upper = net.entries[source] if above is None else number[above]
        way = upper, net.exits[source] if below is None else number[below], source
        net.passing[index] = way
        found[way] = None
    net.ways = list(found)
    return net


def _ranks(net: _Net) -> list[int]:
    """Return the rank of each vertex: by the longest way to it; trees that feed one vertex stand close to it."""
    count = len(net.things)
    after: list[list[int]] = [[] for _ in range(count)]
    before: list[list[int]] = [[] for _ in range(count)]
    for upper, lower in dict.fromkeys((upper, lower) for upper, lower, _ in net.ways):
        after[upper].append(lower)
        before[lower].append(upper)
    waiting = [len(one) for one in before]
    order = [vertex for vertex in range(count) if not waiting[vertex]]
    ports = set(net.entries.values())
    rank = [0 if vertex in ports or not ports else 1 for vertex in range(count)]
    for vertex in order:  # grows while it is walked
        for other in after[vertex]:
            rank[other] = max(rank[other], rank[vertex] + 1)
            waiting[other] -= 1
            if not waiting[other]:
                order.append(other)
    if len(order) < count:
        left = [net.things[one].key[1] for one in range(count) if waiting[one] and net.things[one].key[0] != "room"]
        raise GraphError(
            "edges leave a group and come back into it.",
            where="layout",
            given=", ".join(left[:8]) + (" …" if len(left) > 8 else ""),
            fix="put what lies between into the group too, or divide the group",
        )
    loose = [vertex not in ports for vertex in range(count)]
    for vertex in order:
        loose[vertex] &= all(loose[one] and len(after[one]) == 1 for one in before[vertex])
    for vertex in reversed(order):
        if loose[vertex] and after[vertex]:
            rank[vertex] = min(rank[one] for one in after[vertex]) - 1
    last = max((rank[vertex] for vertex in range(count) if vertex not in net.exits.values()), default=0)
    for vertex in net.exits.values():
        rank[vertex] = last + 1
    return rank


def _bent(net: _Net) -> tuple[list[list[int]], list[tuple[int, int]]]:
    """Put a bend wherever an edge passes a rank; edges from one box share theirs. Returns ranks and segments."""
    found: dict[tuple[int, int], None] = {}
    for upper, lower, box in net.ways:
        for at in range(net.rank[upper] + 1, net.rank[lower]):
            if (upper, box, at) not in net.bends:
                net.bends[upper, box, at] = len(net.things)
                net.things.append(Thing(("bend", box), 0.0, 0.0))
                net.rank.append(at)
    for way in net.ways:
        found.update(dict.fromkeys(pairwise(net.chain(way))))
    below: dict[int, list[int]] = {}
    for upper, lower in found:
        below.setdefault(upper, []).append(lower)
    ranks: list[list[int]] = [[] for _ in range(max(net.rank) + 1)]
    seen: set[int] = set()
    lower_ones = {lower for _, lower in found}
    starts = [vertex for vertex in range(len(net.things)) if vertex not in lower_ones]
    stack = starts[::-1]
    while stack:
        vertex = stack.pop()
        if vertex not in seen:
            seen.add(vertex)
            ranks[net.rank[vertex]].append(vertex)
            stack += reversed(below.get(vertex, ()))
    return ranks, list(found)


def _joints(net: _Net, way: tuple[int, int, str], x: Mapping[int, float], end: float) -> list[tuple[int, float, float]]:
    """Return, for each gap between ranks that an edge crosses, the vertex above it and where it leaves and arrives."""
    chain = net.chain(way)
    at = [_start(net, chain[0], way, x), *(x[vertex] for vertex in chain[1:-1]), end]
    return [(vertex, *pair) for vertex, pair in zip(chain, pairwise(at), strict=False)]


def _across(
    net: _Net, x: Mapping[int, float], ends: Mapping[tuple[int, int, str], float]
) -> dict[tuple[int, str], int]:
    """Return the track at which square edges cross each gap: (vertex above it, box) → track."""
    gaps: dict[int, dict[tuple[int, str], Bar]] = {}
    for way in net.ways:
        for vertex, start, end in _joints(net, way, x, ends[way]):
            if abs(start - end) > _IN_LINE:
                bars = gaps.setdefault(net.rank[vertex], {})
                known = bars.get((vertex, way[2]), Bar(start, ()))
                bars[vertex, way[2]] = Bar(start, (*known.legs, end))
    return {name: track for bars in gaps.values() for name, track in tracks(bars).items()}


def _bands(
    net: _Net, ranks: Sequence[Sequence[int]], x: Mapping[int, float], across: Mapping[tuple[int, str], int]
) -> list[tuple[float, float]]:
    """Return the top and bottom of each rank."""
    steps, levels = [0.0] * len(ranks), [0] * len(ranks)
    for way in net.ways:
        for upper, lower in pairwise(net.chain(way)):
            steps[net.rank[upper]] = max(steps[net.rank[upper]], abs(x[upper] - x[lower]))
    for (vertex, _), track in across.items():
        levels[net.rank[vertex]] = max(levels[net.rank[vertex]], track)
    bands, y = [], 0.0
    for number, rank in enumerate(ranks):
        height = max(net.things[vertex].height for vertex in rank)
        bands.append((y, y + height))
        following = ranks[number + 1] if number + 1 < len(ranks) else ()
        ports = net.entries.values() if number == 0 else ()
        at_border = any(v in ports for v in rank) or any(v in net.exits.values() for v in following)
        near = any(_is_written(net, one) for one in (rank, following))
        y += height + (_BORDER if at_border else _WRITTEN if near else _GAP)
        y += levels[number] * _TRACK if across else min(_DEEPEST, (1 + near) * _STEEP * steps[number])
    return bands


def _is_written(net: _Net, rank: Sequence[int]) -> bool:
    """Tell whether a rank holds what is written on edges, and beside it only edges that pass."""
    kinds = {net.things[vertex].key[0] for vertex in rank}
    return "room" in kinds and kinds <= {"room", "bend"}


def _block(
    net: _Net,
    x: Mapping[int, float],
    bands: Sequence[tuple[float, float]],
    ends: Mapping[tuple[int, int, str], float],
    across: Mapping[tuple[int, str], int],
) -> Block:
    """Return the level with its pieces in place, and what is within the groups put at their places."""
    corner: dict[int, Point] = {}
    pieces: dict[Key, Piece] = {}
    for vertex, thing in enumerate(net.things):
        top, bottom = bands[net.rank[vertex]]
        corner[vertex] = x[vertex] - thing.anchor, (top + bottom - thing.height) / 2
        left, upper = corner[vertex]
        if thing.key[0] in ("box", "room"):
            pieces[thing.key] = Piece(left, upper, thing.width, thing.height)
        if thing.block is not None:
            for key, at in thing.block.pieces.items():
                pieces[key] = Piece(left + at.x, upper + at.y, at.width, at.height)
    routes: dict[int, list[Point]] = {}
    for number, way in net.passing.items():
        middle = [_route(net, way, joint, bands, across) for joint in _joints(net, way, x, ends[way])]
        first, last = corner[way[0]][1] + net.things[way[0]].height, corner[way[1]][1]
        routes[number] = [(middle[0][0][0], first), *(point for one in middle for point in one), (ends[way], last)]
    for vertex, thing in enumerate(net.things):
        for number, inner in ({} if thing.block is None else thing.block.routes).items():
            moved = [(corner[vertex][0] + px, corner[vertex][1] + py) for px, py in inner]
            own = routes.get(number)
            if own is None:
                routes[number] = moved
            else:  # an edge out of this group begins in it, one into it ends in it
                routes[number] = moved + own if net.passing[number][0] == vertex else own + moved
    width = max(corner[vertex][0] + thing.width for vertex, thing in enumerate(net.things))
    entries = {box: x[vertex] for box, vertex in net.entries.items()}
    exits = {box: x[vertex] for box, vertex in net.exits.items()}
    return Block(width, bands[-1][1], entries, exits, pieces, routes)


def _ends(net: _Net, x: Mapping[int, float], entry: float) -> dict[tuple[int, int, str], float]:
    """Return where each edge ends: in the middle of a box if it comes from straight above, else beside it in order."""
    coming: dict[int, list[tuple[float, int]]] = {}
    for number, way in enumerate(net.ways):
        coming.setdefault(way[1], []).append((_start(net, net.chain(way)[-2], way, x), number))
    ends = {}
    for vertex, found in coming.items():
        thing, middle = net.things[vertex], x[vertex]
        if thing.block is not None:
            left = middle - thing.anchor
            ends.update({net.ways[number]: left + thing.block.entries[net.ways[number][2]] for _, number in found})
            continue
        found.sort()
        straight = [place for place, (at, _) in enumerate(found) if abs(at - middle) <= 0.5]
        center = straight[0] if straight else (len(found) - 1) / 2
        most = max(center, len(found) - 1 - center)
        apart = min(entry, thing.width / 2 / (most + 1))
        for place, (_, number) in enumerate(found):
            ends[net.ways[number]] = middle + apart * (place - center)
    return ends


def _start(net: _Net, vertex: int, way: tuple[int, int, str], x: Mapping[int, float]) -> float:
    """Return where an edge leaves a vertex."""
    thing = net.things[vertex]
    if thing.block is None:
        return x[vertex]
    return x[vertex] - thing.anchor + thing.block.exits[way[2]]


def _route(
    net: _Net,
    way: tuple[int, int, str],
    joint: tuple[int, float, float],
    bands: Sequence[tuple[float, float]],
    across: Mapping[tuple[int, str], int],
) -> list[Point]:
    """Return the points of an edge in one gap, from the lower end of a rank to the upper end of the next."""
    vertex, start, end = joint
    top, bottom = bands[net.rank[vertex]][1], bands[net.rank[vertex] + 1][0]
    track = across.get((vertex, way[2]))
    if track is None or abs(start - end) <= _IN_LINE:
        return [(start, top), (end, bottom)]
    deepest = max(one for (other, _), one in across.items() if net.rank[other] == net.rank[vertex])
    spare = bottom - top - deepest * _TRACK
    y = top + _ABOVE * spare + track * _TRACK
    return [(start, top), (start, y), (end, y), (end, bottom)]
