"""How rivals are timed: in turn within one run, each in the unit of its case; nothing here knows what they compute."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

CALL_SECONDS = 0.03  # a run of something short is as many calls as take so long
ENOUGH = 3  # counted rounds, where time is short
REST_SECONDS = 0.005  # between two rivals, until the threads that one leaves spinning are asleep


@dataclass(frozen=True)
class Rival:
    """One competitor of a race.

    Args:
        key: what targets name it by, such as "torch".
        label: what the table shows.
        run: what is timed. Where it returns a float, these are the seconds, measured by itself.
        units: how many units of the case (steps, epochs, calls) one run does.
        prepare: called before each run, outside the time: puts the first weights back.
        outcome: after a run, what it reached: weights of a trained network, outputs or a Score; see `agreement`.
        repeat: whether `run` is one short call, to be repeated some CALL_SECONDS.
    """

    key: str
    label: str
    run: Callable[[], Any]
    units: float = 1.0
    prepare: Callable[[], Any] = field(default=lambda: None)
    outcome: Callable[[], Any] = field(default=lambda: None)
    repeat: bool = False


@dataclass(frozen=True)
class Timing:
    """Seconds a unit that one rival took, run by run.

    Args:
        rival: who.
        seconds: of each counted run, per unit.
        first: seconds of its first run, whole; None where all runs count.
    """

    rival: Rival
    seconds: tuple[float, ...]
    first: float | None = None

    @property
    def median(self) -> float:
        """Middle of the runs."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> tuple[float, float]:
        """Fastest and slowest run."""
        return min(self.seconds), max(self.seconds)

    @property
    def pause(self) -> float | None:
        """Seconds that the first run took beyond a later one: tracing, compiling, waking threads."""
        return None if self.first is None else max(0.0, self.first - self.median * self.rival.units)


def once(rival: Rival) -> float:
    """Return the seconds of one run; where the run measures itself, what it says."""
    rival.prepare()
    began = time.perf_counter()
    result = rival.run()
    seconds = time.perf_counter() - began
    return result if isinstance(result, float) else seconds


def interleaved(rivals: Sequence[Rival], rounds: int, warm: bool = True, budget: float = float("inf")) -> list[Timing]:
    """Time rivals in turn, A B A B …: these machines are shared, and a slow moment then meets all alike.

    Args:
        rivals: who takes part.
        rounds: counted runs of each.
        warm: whether a round that does not count goes before.
        budget: seconds after which no new round begins, once there are ENOUGH.
    """
    began = time.perf_counter()
    runners, first = list(rivals), [None] * len(rivals)
    if warm:
        first = [once(rival) for rival in runners]
        runners = [_repeated(rival) for rival in runners]
        gc.collect()
        gc.freeze()  # or a collection amid a run walks through all that the libraries keep
    seconds: list[list[float]] = [[] for _ in runners]
    try:
        for done in range(rounds):
            if done >= ENOUGH and time.perf_counter() - began > budget:
                break
            for place, runner in enumerate(runners):
                time.sleep(REST_SECONDS)
                seconds[place].append(once(runner) / runner.units)
    finally:
        gc.unfreeze()
    return [Timing(*each) for each in zip(rivals, map(tuple, seconds), first, strict=True)]


def _repeated(rival: Rival) -> Rival:
    if not rival.repeat:
        return rival
    call, took = rival.run, min(once(rival) for _ in range(5))
    calls = max(1, min(100_000, int(CALL_SECONDS / max(took, 1e-9))))

    def run() -> None:
        for _ in range(calls):
            call()

    return replace(rival, run=run, units=rival.units * calls)


def ratio(other: Timing, ours: Timing) -> float:
    """Return the median of the rounds' ratios other / ours: how many times faster we are."""
    return statistics.median(a / b for a, b in zip(other.seconds, ours.seconds, strict=True))
