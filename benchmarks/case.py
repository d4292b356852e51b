"""What a case is: races between rivals, and probes that measure something of our own, each with what must hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.agreement import Score, Tolerance
from benchmarks.timing import Rival


@dataclass(frozen=True)
class Chosen:
    """Who takes part.

    Args:
        engines: names of our engines; the first is what ratios and targets are about.
        peers: name → module of `benchmarks.peers`, of those that are installed and asked for.
    """

    engines: tuple[str, ...]
    peers: Mapping[str, Any]


@dataclass(frozen=True)
class Race:
    """Rivals doing the same work.

    Args:
        name: such as "K uint8".
        title: what it is, in a few words for the chart.
        work: what one run does, in words.
        unit: what the times are of: "step", "epoch", "call", "process".
        rounds: counted runs of each rival.
        rivals: makes those who take part, ours first.
        targets: key of a rival → how many times faster than it we must be.
        limit: seconds a unit that we may take, where there is such a limit.
        tolerance: how far apart the rivals' results may lie.
        expected: units of a run → the score after so many, where rivals do unequal shares of the work.
        judge: what a rival's `outcome` gives → its score.
        notes: lines under the table: what is counted.
        warm: whether a first run of each does not count.
        chart: whether the chart shows it.
    """

    name: str
    title: str
    work: str
    unit: str
    rounds: int
    rivals: Callable[[Chosen], list[Rival]]
    targets: Mapping[str, float] = field(default_factory=dict)
    limit: float | None = None
    tolerance: Tolerance = field(default_factory=Tolerance)
    expected: Callable[[float], Score] | None = None
    judge: Callable[[Any], Score | None] = field(default=lambda outcome: outcome)
    notes: tuple[str, ...] = ()
    warm: bool = True
    chart: bool = True


@dataclass(frozen=True)
class Value:
    """One figure of a probe.

    Args:
        name: what it is.
        value: the figure.
        text: the figure in words, such as where it was found.
        at_most: what it must not exceed, if anything.
        details: all that was measured, for the JSON file.
    """

    name: str
    value: float
    text: str
    at_most: float | None = None
    details: Any = None


@dataclass(frozen=True)
class Probe:
    """A measurement without rivals.

    Args:
        name: such as "M".
        work: what is done, in words.
        measure: the figures, from who takes part and the number of rounds (None for its own).
    """

    name: str
    work: str
    measure: Callable[[Chosen, int | None], list[Value]]


@dataclass(frozen=True)
class Case:
    """A row of the table of cases.

    Args:
        name: its letter.
        title: in a few words.
        parts: made when the case is run, for they read data.
    """

    name: str
    title: str
    parts: Callable[[], list[Race | Probe]]
