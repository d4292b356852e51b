"""scikit-learn: MLPClassifier with the same batches and epochs; it draws its own first weights."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from benchmarks.tasks import Predicting, Training
from benchmarks.timing import Rival

LIBRARY = sklearn
SOLVERS = {"sgd": "sgd", "rmsprop": "adam", "adam": "adam"}  # Adam does a little more than RMSprop would
ACTIVATIONS = {"relu": "relu", "sigmoid": "logistic"}


def _fit(model: Any, x: np.ndarray, labels: np.ndarray) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the epochs are given
        return model.fit(x, labels)


def train(task: Training) -> list[Rival]:
    """Train with `fit`, or not at all: it has no squared error behind a logistic output, and takes no uint8 pixels."""
    if task.loss == "squared" or task.x.dtype == np.uint8:
        return []
    labels = task.t.argmax(axis=1) if task.t.shape[1] > 1 else task.t[:, 0].astype(int)
    model = MLPClassifier(
        task.network.sizes[1:-1],
        activation=ACTIVATIONS[task.network.hidden],
        solver=SOLVERS[task.optimizer],
        alpha=0.0,
        batch_size=task.batch,
        learning_rate_init=task.rate,
        momentum=0.0,
        max_iter=task.epochs,
        shuffle=task.shuffle,
        random_state=0,
        tol=0.0,
        n_iter_no_change=10**9,
    )

    def run() -> None:
        _fit(model, task.x, labels)

    def outcome() -> list[np.ndarray]:
        return [array for pair in zip(model.coefs_, model.intercepts_, strict=True) for array in pair]

    return [Rival("sklearn", "scikit-learn", run, task.steps, outcome=outcome)]


def predict(task: Predicting) -> dict[str, Rival]:
    """Predict with `predict_proba`."""
    sizes = task.network.sizes
    model = MLPClassifier(sizes[1:-1], activation=ACTIVATIONS[task.network.hidden], max_iter=1, random_state=0)
    rows = np.random.default_rng(0).random((2 * sizes[-1], sizes[0]), np.float32)
    _fit(model, rows, np.arange(len(rows)) % sizes[-1])  # makes the layers, whose weights are then given
    model.coefs_, model.intercepts_ = task.weights[0::2], task.weights[1::2]

    def run() -> np.ndarray:
        return model.predict_proba(task.x)

    return {"predict": Rival("sklearn", "scikit-learn", run, outcome=run, repeat=True)}
