"""Coordinates along the ranks of a layered drawing: chains straight, neighbours apart (Brandes and Köpf, 2001)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Apart = Callable[[int, int], float]  # least distance of two neighbours of a rank


@dataclass(frozen=True)
class Ranked:
    """Vertices in their ranks, in order, and the segments between neighbouring ranks.

    Attributes:
        ranks: the vertices of each rank, from one side to the other.
        segments: pairs of vertices, the first in the rank above.
        bends: the vertices that only stand for a long edge passing a rank.
    """

    ranks: Sequence[Sequence[int]]
    segments: Sequence[tuple[int, int]]
    bends: Collection[int]


def coordinates(ranked: Ranked, apart: Apart) -> dict[int, float]:
    """Return the coordinate of each vertex along its rank.

    Four drawings are made, each aligned as far as can be with one neighbouring rank and pushed to one side; what is
    returned is the mean of the two middle coordinates, which keeps the order and the distances of all four.

    Args:
        ranked: the vertices and segments.
        apart: the least distance between two neighbours of a rank, the first to the left.

    Returns:
        Vertex → coordinate, from 0.

    Example:
        >>> ranked = Ranked([[0], [1, 2], [3]], [(0, 1), (0, 2), (1, 3), (2, 3)], ())
        >>> coordinates(ranked, lambda left, right: 10.0)
        {0: 5.0, 1: 0.0, 2: 10.0, 3: 5.0}

    Source: U. Brandes and B. Köpf, Fast and Simple Horizontal Coordinate Assignment, Graph Drawing 2001.
    """
    place = {vertex: index for rank in ranked.ranks for index, vertex in enumerate(rank)}
    allowed = _allowed(ranked, place)
    drawings = []
    for down in (True, False):
        ranks = ranked.ranks if down else ranked.ranks[::-1]
        above: dict[int, list[int]] = {}
        for upper, lower in allowed:
            above.setdefault(lower if down else upper, []).append(upper if down else lower)
        for mirrored in (False, True):
            sided = [list(reversed(rank)) if mirrored else list(rank) for rank in ranks]
            blocks = _blocks(sided, above)
            turned = (lambda a, b: apart(b, a)) if mirrored else apart
            found = _packed(sided, blocks, turned)
            drawings.append({vertex: -x if mirrored else x for vertex, x in found.items()})
    return _balanced(drawings)


def _allowed(ranked: Ranked, place: Mapping[int, int]) -> list[tuple[int, int]]:
    """Return the segments that may be drawn straight: none that crosses a long edge, and boxes before bends.

    A box that has a box to be in line with is not put in line with a passing edge: so the main chain of a residual
    network stays straight, and its shortcuts pass at the side.
    """
    bends = set(ranked.bends)
    by_rank: dict[int, list[tuple[int, int]]] = {}
    level = {vertex: number for number, rank in enumerate(ranked.ranks) for vertex in rank}
    below, over = set(), set()  # boxes that have a box below, and above
    for upper, lower in ranked.segments:
        by_rank.setdefault(level[upper], []).append((upper, lower))
        if upper not in bends and lower not in bends:
            below.add(upper)
            over.add(lower)
    kept = []
    for segments in by_rank.values():
        inner = [(place[a], place[b]) for a, b in segments if a in bends and b in bends]
        for upper, lower in segments:
            is_inner = upper in bends and lower in bends
            if not is_inner:
                if (lower in bends and upper in below) or (upper in bends and lower in over):
                    continue
                if any((place[upper] - a) * (place[lower] - b) < 0 for a, b in inner):
                    continue
            kept.append((upper, lower))
    return kept


def _blocks(ranks: list[list[int]], above: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """Return the first vertex of the straight line that each vertex lies on."""
    place = {vertex: index for rank in ranks for index, vertex in enumerate(rank)}
    root = {vertex: vertex for vertex in place}
    for rank in ranks[1:]:
        last = -1
        for vertex in rank:
            near = sorted(above.get(vertex, ()), key=place.__getitem__)
            for middle in near[(len(near) - 1) // 2 : len(near) // 2 + 1] if near else ():
                if place[middle] > last:
                    root[vertex] = root[middle]
                    last = place[middle]
                    break
    return root


def _packed(ranks: list[list[int]], root: Mapping[int, int], apart: Apart) -> dict[int, float]:
    """Return coordinates with every line as far to the left as can be, then as near to its right neighbours."""
    right: dict[int, dict[int, float]] = {one: {} for one in root.values()}
    waiting = dict.fromkeys(right, 0)
    for rank in ranks:
        for a, b in pairwise(rank):
            here, there = root[a], root[b]
            if there not in right[here]:
                waiting[there] += 1
            right[here][there] = max(apart(a, b), right[here].get(there, 0.0))
    order = [one for one in right if not waiting[one]]
    x = dict.fromkeys(right, 0.0)
    for one in order:  # grows while it is walked
        for other, distance in right[one].items():
            x[other] = max(x[other], x[one] + distance)
            waiting[other] -= 1
            if not waiting[other]:
                order.append(other)
    for one in reversed(order):
        if right[one]:
            x[one] = max(x[one], min(x[other] - distance for other, distance in right[one].items()))
    return {vertex: x[one] for vertex, one in root.items()}


def _balanced(drawings: list[dict[int, float]]) -> dict[int, float]:
    """Return the mean of the middle two of four drawings, laid over the narrowest."""
    ends = [(min(one.values()), max(one.values())) for one in drawings]
    low, high = min(ends, key=lambda end: end[1] - end[0])
    shifts = [high - end[1] if number % 2 else low - end[0] for number, end in enumerate(ends)]
    mean = {}
    for vertex in drawings[0]:
        four = sorted(one[vertex] + shift for one, shift in zip(drawings, shifts, strict=True))
        mean[vertex] = (four[1] + four[2]) / 2
    least = min(mean.values())
    return {vertex: mean[vertex] - least for vertex in sorted(mean)}
