"""The order of vertices within the ranks of a layered drawing, chosen so that few segments cross."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from itertools import pairwise

_SWEEPS = 16  # more hardly ever help; each costs a walk over all segments
_PATIENCE = 5  # sweeps without any gain
_SWITCHED = 4000  # segments up to which neighbours are also exchanged one by one, which takes longer


def ordered(ranks: Sequence[Sequence[int]], segments: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return the ranks with their vertices in an order in which few segments cross.

    Each sweep sorts every rank by the mean places of the vertices' neighbours in the rank before (Sugiyama, Tagawa
    and Toda, 1981), then exchanges neighbours where that saves a crossing. The best order of all sweeps is kept.

    Args:
        ranks: the vertices of each rank in an order to begin with.
        segments: pairs of vertices of neighbouring ranks, the first in the rank above.

    Example:
        >>> ordered([[0, 1], [2, 3]], [(0, 3), (1, 2)])
        [[0, 1], [3, 2]]
    """
    above: dict[int, list[int]] = {vertex: [] for rank in ranks for vertex in rank}
    below: dict[int, list[int]] = {vertex: [] for rank in ranks for vertex in rank}
    for upper, lower in segments:
        above[lower].append(upper)
        below[upper].append(lower)
    now = [list(rank) for rank in ranks]
    best, fewest, idle = [list(rank) for rank in now], crossings(now, below), 0
    for sweep in range(_SWEEPS):
        if not fewest or idle == _PATIENCE:
            break
        down = sweep % 2 == 0
        place = {vertex: index for rank in now for index, vertex in enumerate(rank)}
        for rank in now[1:] if down else now[-2::-1]:
            _sort(rank, above if down else below, place)
        if len(segments) <= _SWITCHED:
            _exchange(now, above, below)
        count = crossings(now, below)
        idle += 1
        if count < fewest:
            best, fewest, idle = [list(rank) for rank in now], count, 0
    return best


def crossings(ranks: Sequence[Sequence[int]], below: Mapping[int, Sequence[int]]) -> int:
    """Return how many pairs of segments between neighbouring ranks cross.

    Args:
        ranks: the vertices of each rank, in order.
        below: vertex → its neighbours in the next rank.

    Example:
        >>> crossings([[0, 1], [2, 3]], {0: [3], 1: [2], 2: [], 3: []})
        1
    """
    total = 0
    for rank, following in pairwise(ranks):
        place = {vertex: index for index, vertex in enumerate(following)}
        ends: list[int] = []
        for vertex in rank:
            own = sorted(place[one] for one in below[vertex])
            total += sum(len(ends) - bisect_right(ends, end) for end in own)
            for end in own:
                insort(ends, end)
    return total


def _sort(rank: list[int], near: Mapping[int, Sequence[int]], place: dict[int, int]) -> None:
    mean = {vertex: sum(place[one] for one in near[vertex]) / len(near[vertex]) for vertex in rank if near[vertex]}
    moved = iter(sorted(mean, key=mean.__getitem__))  # stable: equals keep their order
    rank[:] = [next(moved) if vertex in mean else vertex for vertex in rank]  # those without neighbours stay
    place.update({vertex: index for index, vertex in enumerate(rank)})


def _exchange(ranks: list[list[int]], above: Mapping[int, Sequence[int]], below: Mapping[int, Sequence[int]]) -> None:
    for number, rank in enumerate(ranks):
        sides = []
        if number:
            sides.append((above, {vertex: index for index, vertex in enumerate(ranks[number - 1])}))
        if number + 1 < len(ranks):
            sides.append((below, {vertex: index for index, vertex in enumerate(ranks[number + 1])}))
        for index in range(len(rank) - 1):
            left, right = rank[index], rank[index + 1]
            gain = 0
            for near, place in sides:
                pairs = [(place[a], place[b]) for a in near[left] for b in near[right]]
                gain += sum((a > b) - (a < b) for a, b in pairs)
            if gain > 0:
                rank[index], rank[index + 1] = right, left
