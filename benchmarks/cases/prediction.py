"""Cases P1 and PB: predictions of one row and of 10,000 by the network of source S4."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.agreement import Tolerance, score_outputs
from benchmarks.case import Case, Race
from benchmarks.cases.entrants import predicting
from benchmarks.tasks import Network, Predicting

NETWORK = Network((784, 50, 100, 10), "sigmoid", "softmax")
TOLERANCE = Tolerance(error=1e-5)


def task(rows: int) -> Predicting:
    """Return the prediction of so many rows; what they hold does not matter to the time."""
    return Predicting(NETWORK, NETWORK.weights(), np.random.default_rng(0).random((rows, 784), np.float32))


def one_row() -> list[Race]:
    """Return case P1, by both calls that there are."""
    work = task(1)
    common = {
        "unit": "call", "rounds": 9, "limit": None, "tolerance": TOLERANCE, "judge": partial(score_outputs, work)
    }  # fmt: skip
    return [
        Race(
            **{**common, "limit": 6e-6},
            name="P1 model(x)",
            title="predict one row",
            work="784-50-100-10, logistic/softmax, one float32 row, from a Python call to its return",
            rivals=lambda chosen: predicting(work, chosen, "call"),
            targets={"numpy": 5.0, "torch": 12.0, "keras predict": 200.0},
        ),
        Race(
            **common,
            name="P1 predict",
            title="predict one row, model.predict",
            work="the same row through model.predict(x, verbose=0)",
            rivals=lambda chosen: predicting(work, chosen, "predict", ("keras predict", "sklearn")),
            targets={"keras predict": 200.0},
            chart=False,
        ),
    ]


def many_rows() -> list[Race]:
    """Return case PB, by both calls that there are."""
    work = task(10_000)
    common = {
        "unit": "call", "rounds": 9, "tolerance": TOLERANCE, "judge": partial(score_outputs, work),
        "targets": {"torch": 1.3, "numpy": 3.0},
    }  # fmt: skip
    return [
        Race(
            **common,
            name="PB predict",
            title="predict 10,000 rows",
            work="784-50-100-10, logistic/softmax, 10,000 float32 rows in one batch, model.predict",
            rivals=lambda chosen: predicting(work, chosen, "predict"),
        ),
        Race(
            **common,
            name="PB model(x)",
            title="predict 10,000 rows, model(x)",
            work="the same rows through model(x)",
            rivals=lambda chosen: predicting(work, chosen, "call"),
            chart=False,
        ),
    ]


ONE_ROW = Case("P1", "predict one row", one_row)
MANY_ROWS = Case("PB", "predict 10,000 rows", many_rows)
