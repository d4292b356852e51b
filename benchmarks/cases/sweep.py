"""Case N: a training step at all widths and batches, with every number of threads against one."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import numpy as np

import onionskin
from benchmarks.case import Case, Chosen, Probe, Value
from onionskin import layers

WIDTHS = (1, 2, 4, 8, 16, 32, 45, 46, 64, 100, 128, 256, 512, 1024)  # where PyTorch's time jumps: 45, 46
BATCHES = (1, 2, 8, 32, 100, 256, 1024)
AT_MOST = 1.05
SECONDS = 0.006  # of one timed run
ROUNDS = 5
AGAIN = 7  # times the rounds, where a cell is measured again
REST = 0.001


@dataclass(frozen=True)
class Cell:
    """What was measured at one width and batch: threads → time over that of one thread."""

    width: int
    batch: int
    microseconds: float
    ratios: dict[int, float]

    @property
    def worst(self) -> tuple[float, int]:
        """The largest ratio, and with how many threads."""
        return max((ratio, threads) for threads, ratio in self.ratios.items())


def trainer(width: int, batch: int, engine: str) -> tuple[Callable[[], Any], int]:
    """Return a training run of a layer width → width that takes some SECONDS on one thread, and its number of steps."""
    model = onionskin.Sequential([onionskin.Input((width,)), layers.Dense(width, activation="relu")])
    model.compile("sgd", "mean_squared_error", engine=engine)
    rng = np.random.default_rng(0)

    def fit(steps: int) -> Callable[[], Any]:
        x, t = rng.random((2, batch * steps, width), np.float32)
        return partial(model.fit, x, t, batch_size=batch, shuffle=False, verbose=0)

    few, more = fit(1), fit(3)
    few()
    took = max(2e-6, (min(map(_seconds, [more] * 3)) - min(map(_seconds, [few] * 3))) / 2)
    most = max(1, 16_000_000 // (width * batch))  # 64 MB each of x and t
    steps = max(1, min(int(SECONDS / took), most, 5_000))
    return fit(steps), steps


def _seconds(run: Callable[[], Any]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def compare(
    run: Callable[[], Any], set_threads: Callable[[int], Any], counts: Iterable[int], rounds: int
) -> dict[int, list[float]]:
    """Return the seconds of each number of threads, one among them, measured in turn, the order turned each round."""
    taken: dict[int, list[float]] = {count: [] for count in (1, *counts)}
    order = list(taken)
    for round_ in range(rounds + 1):
        order.reverse()
        for count in order:
            set_threads(count)
            time.sleep(REST)
            seconds = _seconds(run)
            if round_:
                taken[count].append(seconds)
    return taken


def cell(
    width: int, batch: int, engine: str, set_threads: Callable[[int], Any], counts: Iterable[int], rounds: int
) -> Cell:
    """Return what is measured at one width and batch.

    The ratios are medians of the rounds. Where one is above the limit, the cell is measured again and longer, and the
    fastest runs are compared: another program that takes a core for a while is not what is asked about.
    """
    set_threads(1)
    run, steps = trainer(width, batch, engine)
    taken = compare(run, set_threads, counts, rounds)
    alone = taken.pop(1)
    ratios = {n: statistics.median(a / b for a, b in zip(each, alone, strict=True)) for n, each in taken.items()}
    if max(ratios.values()) > AT_MOST:
        taken = compare(run, set_threads, counts, AGAIN * rounds)
        alone = taken.pop(1)
        ratios = {n: min(each) / min(alone) for n, each in taken.items()}
    return Cell(width, batch, statistics.median(alone) / steps * 1e6, ratios)


def thread_counts(most: int) -> tuple[int, ...]:
    """Return the numbers of threads to compare with one: powers of two, and as many as there are by default."""
    return tuple(sorted({*(2**power for power in range(1, 12) if 2**power <= most), max(2, most)}))


def measure(
    chosen: Chosen, rounds: int | None, widths: Iterable[int] = WIDTHS, batches: Iterable[int] = BATCHES
) -> list[Value]:
    """Return the worst ratio and where it is."""
    if chosen.engines[0] != "native":
        return [Value("threads", 0.0, "only the native engine's threads are measured")]
    from onionskin.engines.native import _ext

    counts = thread_counts(_ext.threads())
    try:
        cells = [
            cell(width, batch, chosen.engines[0], _ext.set_threads, counts, rounds or ROUNDS)
            for width, batch in product(widths, batches)
        ]
    finally:
        _ext.set_threads(0)
    return [summary(cells)]


def summary(cells: list[Cell]) -> Value:
    """Return the figure of a sweep: its worst cell, in words its best too."""
    worst = max(cells, key=lambda cell: cell.worst)
    ratio, threads = worst.worst
    best = min(cells, key=lambda cell: min(cell.ratios.values()))
    slow = sum(cell.worst[0] > AT_MOST for cell in cells)
    text = (
        f"{ratio:.2f} x the time of one, with {threads} threads at width {worst.width}, batch {worst.batch}; "
        f"{slow} of {len(cells)} above; at best {min(best.ratios.values()):.2f} x at {best.width}, {best.batch}"
    )
    return Value("worst number of threads", ratio, text, AT_MOST, [vars(cell) for cell in cells])


CASE = Case(
    "N",
    "threads",
    lambda: [
        Probe("N", "a training step of one layer, widths 1 to 1024, batches 1 to 1024, threads against one", measure)
    ],
)
