"""The heights at which square arrows cross the gap between two ranks, so that none lies on another and few cross."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple, TypeVar

_CLOSE = 4.0  # lines closer than this look like one, in pixels
_BESIDE = 10.0  # between the ends of two lines at one height
_ON_EACH_OTHER = 20  # crossings that are better than two lines on each other

Name = TypeVar("Name", bound=Hashable)


class Bar(NamedTuple):
    """The lines of one tensor in a gap: down from above, across, and down to each of its ends.

    Args:
        stem: where it comes from above.
        legs: where it leaves below.
    """

    stem: float
    legs: tuple[float, ...]

    @property
    def low(self) -> float:
        """Its left end."""
        return min(self.stem, *self.legs)

    @property
    def high(self) -> float:
        """Its right end."""
        return max(self.stem, *self.legs)


def tracks(bars: Mapping[Name, Bar]) -> dict[Name, int]:
    """Return the track of each bar, 0 for the highest.

    Args:
        bars: name → bar.

    Example:
        >>> tracks({"a": Bar(0.0, (50.0,)), "b": Bar(30.0, (80.0,)), "c": Bar(200.0, (230.0,))})
        {'b': 0, 'a': 1, 'c': 0}
    """
    order = sorted(bars, key=lambda name: bars[name].stem)
    for _ in order:  # neighbours are exchanged while that helps
        moved = False
        for index in range(len(order) - 1):
            one, other = bars[order[index]], bars[order[index + 1]]
            if _cost(other, one) < _cost(one, other):
                order[index : index + 2] = order[index + 1], order[index]
                moved = True
        if not moved:
            break
    found: dict[Name, int] = {}
    for name in order:
        found[name] = _next([(bars[one], track) for one, track in found.items()], bars[name])
    return found


def _next(above: Sequence[tuple[Bar, int]], bar: Bar) -> int:
    touching = [track for one, track in above if one.low < bar.high + _BESIDE and bar.low < one.high + _BESIDE]
    return max(touching, default=-1) + 1


def _cost(above: Bar, below: Bar) -> int:
    """Return how many crossings there are between two bars, one above the other."""
    crossed = sum(below.low < leg < below.high for leg in above.legs) + (above.low < below.stem < above.high)
    return crossed + _ON_EACH_OTHER * any(abs(leg - below.stem) < _CLOSE for leg in above.legs)
