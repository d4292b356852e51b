"""Case F: the 3-3-1 network of source S1, one colour a step; and the same as a whole process."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np

from benchmarks import data
from benchmarks.agreement import Score, Tolerance, score_weights
from benchmarks.case import Case, Chosen, Race
from benchmarks.cases.entrants import training
from benchmarks.cases.processes import process
from benchmarks.peers import ours
from benchmarks.peers.shade_loop import careful
from benchmarks.tasks import Network, Training
from benchmarks.timing import Rival

STEPS = 100_000
# Rivals that would take from five seconds to a minute for all steps do the first ones.
SHARES = {"numpy": 5_000, "torch": 2_000, "keras": 1_000}


def task(steps: int = STEPS) -> Training:
    """Return the training run; weights start uniform in [0, 1), as in the source."""
    (x, t), (x_test, t_test) = data.shade(steps)
    rng = np.random.default_rng(0)
    weights = [rng.random(shape).astype(np.float32) for shape in ((3, 3), (3,), (3, 1), (1,))]
    return Training(
        network=Network((3, 3, 1), "relu", "sigmoid"), loss="squared", optimizer="sgd", rate=0.05, batch=1, epochs=1,
        shuffle=False, x=x, t=t, x_test=x_test, t_test=t_test, weights=weights, metrics=False, rows=SHARES,
        steps_per_execution=(1000,),
    )  # fmt: skip


def parts() -> list[Race]:
    """Return the race of the steps and that of the process."""
    work = task()

    @lru_cache
    def expected(units: float) -> Score:
        return score_weights(work, careful(work.first(int(units))))

    race = Race(
        name="F",
        title="3-3-1, one row a step",
        work="3-3-1, ReLU/logistic, squared error, SGD 0.05, batch 1, 100,000 rows drawn from font-shade",
        unit="step",
        rounds=7,
        rivals=partial(training, work),
        targets={"numpy": 500.0, "jax": 1 / 1.2},
        tolerance=Tolerance(accuracy=0.02, loss=0.01),
        expected=expected,
        judge=partial(score_weights, work),
        notes=(
            "NumPy, PyTorch and Keras do the first 5,000, 2,000 and 1,000 steps; each is compared with the careful "
            "NumPy loop after as many. The loop of S1 computes every partial derivative by itself, as the source "
            "writes them; the careful one shares what it can. Drawing the rows is in nobody's time.",
            "JAX compiles in its first run, which is not in the time of a step. 0.83 x: we may take 1.2 times as long.",
        ),
    )
    whole = Race(
        name="F process",
        title="3-3-1, whole process",
        work="the same as a program: start, import, read, 100,000 steps, accuracy on the test",
        unit="process",
        rounds=5,
        rivals=_processes,
        limit=0.4,
        chart=False,
    )
    return [race, whole]


def _processes(chosen: Chosen) -> list[Rival]:
    return [
        process("onionskin", ours.label(engine), "shade.py", ONIONSKIN_ENGINE=engine)
        for engine in chosen.engines
        if engine == chosen.engines[0]
    ]


CASE = Case("F", "light or dark font, one row a step", parts)
