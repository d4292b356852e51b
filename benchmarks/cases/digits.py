"""Cases S and K: the networks of sources S3 and S5 on MNIST; K with pixels as float32 and as uint8."""

from __future__ import annotations

from functools import partial

from benchmarks import data
from benchmarks.agreement import Tolerance, score_weights
from benchmarks.case import Case, Chosen, Race
from benchmarks.cases.entrants import training
from benchmarks.peak import bare_products
from benchmarks.tasks import Network, Training
from benchmarks.timing import Rival

K_TARGETS = {"bare": 1 / 1.15, "torch": 2.5, "keras": 2.3, "jax": 1.15, "sklearn": 7.0}


def task(hidden: int, dtype: str, optimizer: str, rate: float, batch: int, epochs: int) -> Training:
    """Return a training run 784-hidden-10 on all 60,000 digits."""
    (x, t), (x_test, t_test) = data.digits(dtype)
    network = Network((784, hidden, 10), "relu", "softmax")
    return Training(
        network=network, loss="crossentropy", optimizer=optimizer, rate=rate, batch=batch, epochs=epochs, shuffle=True,
        x=x, t=t, x_test=x_test, t_test=t_test, weights=network.weights(),
    )  # fmt: skip


def small() -> list[Race]:
    """Return case S."""
    work = task(50, "float32", "sgd", 0.1, 100, 5)
    return [
        Race(
            name="S",
            title="784-50-10, SGD, batch 100",
            work="784-50-10, ReLU/softmax, SGD 0.1, batch 100, MNIST float32; 5 epochs of 600 steps a run",
            unit="step",
            rounds=7,
            rivals=partial(training, work),
            targets={"numpy": 3.0, "torch": 5.0, "jax": 1.8},
            tolerance=Tolerance(accuracy=0.015, loss=0.05),
            judge=partial(score_weights, work),
        )
    ]


def large() -> list[Race]:
    """Return case K for both kinds of pixels."""
    return [_large("float32"), _large("uint8")]


def _large(dtype: str) -> Race:
    work = task(512, dtype, "rmsprop", 0.001, 128, 1)
    targets = {key: least for key, least in K_TARGETS.items() if key != "sklearn" or dtype == "float32"}
    return Race(
        name=f"K {dtype}",
        title=f"784-512-10, RMSprop, {dtype} data",
        work=f"784-512-10, ReLU/softmax, RMSprop, batch 128, MNIST {dtype}; an epoch of 469 steps a run",
        unit="epoch",
        rounds=5,
        rivals=lambda chosen: _with_products(work, chosen),
        targets=targets,
        tolerance=Tolerance(accuracy=0.02, loss=0.06),
        judge=lambda weights: None if weights is None else score_weights(work, weights),
        notes=(
            "bare products: the five of a step (x W1, h W2, and back h' d, d W2', x' e), 60,000 / 128 times, and "
            "nothing else; each in float32 at its own shape, its operands ready and warm, by the faster of np.matmul "
            "and our kernel (the fastest of 60 calls of each in every round). 0.87 x: we may take 1.15 times as long.",
            *(("scikit-learn has no RMSprop and trains with Adam.",) if dtype == "float32" else ()),
        ),
    )


def _with_products(work: Training, chosen: Chosen) -> list[Rival]:
    steps = len(work.x) / work.batch  # of an epoch
    return [
        *training(work, chosen, work.epochs),
        bare_products(work.network.sizes, work.batch, steps, chosen.engines[0]),
    ]


SMALL = Case("S", "a small network on digits", small)
LARGE = Case("K", "the first network of source S5", large)
