"""Case T: a small table, one hidden layer of 32, Adam; what a step costs beside its arithmetic."""

from __future__ import annotations

from functools import partial

from benchmarks import data
from benchmarks.agreement import Tolerance, score_weights
from benchmarks.case import Case, Race
from benchmarks.cases.entrants import training
from benchmarks.tasks import Network, Training

EPOCHS = 20


def task(epochs: int = EPOCHS) -> Training:
    """Return the training run."""
    (x, t), (x_test, t_test) = data.table()
    network = Network((20, 32, 1), "relu", "sigmoid")
    return Training(
        network=network, loss="crossentropy", optimizer="adam", rate=0.001, batch=32, epochs=epochs, shuffle=True,
        x=x, t=t, x_test=x_test, t_test=t_test, weights=network.weights(), steps_per_execution=(32, 1),
    )  # fmt: skip


def parts() -> list[Race]:
    """Return the race."""
    work = task()

    return [
        Race(
            name="T",
            title="1000 x 20 table, 32 units, Adam",
            work="20-32-1, ReLU/logistic, cross-entropy, Adam, batch 32, 1,000 made rows; 20 epochs a run",
            unit="epoch",
            rounds=9,
            rivals=partial(training, work, units=work.epochs),
            targets={"keras": 25.0, "sklearn": 25.0, "numpy": 8.0},
            tolerance=Tolerance(accuracy=0.04, loss=0.04),
            notes=("Keras is best with all 32 steps in one execution; its default of one is shown too.",),
            judge=partial(score_weights, work),
        )
    ]


CASE = Case("T", "a small table", parts)
