"""How things are timed: rivals in turn within one run, medians, spread and ratios."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Seconds that one rival took, run by run."""

    name: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Middle of the runs."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> tuple[float, float]:
        """Fastest and slowest run."""
        return min(self.seconds), max(self.seconds)


def interleaved(rivals: Mapping[str, Callable[[], object]], rounds: int) -> list[Timing]:
    """Time rivals in turn, A B A B …, after one round that does not count.

    These machines are shared: a slow moment then meets all rivals alike.
    """
    taken: dict[str, list[float]] = {name: [] for name in rivals}
    for index in range(rounds + 1):
        for name, run in rivals.items():
            began = time.perf_counter()
            run()
            if index:
                taken[name].append(time.perf_counter() - began)
    return [Timing(name, tuple(seconds)) for name, seconds in taken.items()]


def ratio(ours: Timing, other: Timing) -> float:
    """Return the median of the rounds' ratios ours / other; below 1 we are faster."""
    return statistics.median(a / b for a, b in zip(ours.seconds, other.seconds, strict=True))
