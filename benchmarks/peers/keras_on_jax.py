"""Keras 3 on JAX: `compile` with its default compilation, `fit` and `predict`."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")  # before the import, as Keras has it
import keras

from benchmarks.peers.ours import LOSSES  # the names of losses are Keras's
from benchmarks.tasks import Network, Predicting, Training
from benchmarks.timing import Rival

LIBRARY = keras
LABEL = f"Keras ({ {'jax': 'JAX', 'torch': 'PyTorch'}.get(keras.backend.backend(), keras.backend.backend()) })"
OPTIMIZERS = {"sgd": keras.optimizers.SGD, "rmsprop": keras.optimizers.RMSprop, "adam": keras.optimizers.Adam}


def _model(network: Network, weights: list[np.ndarray], dtype: str) -> Any:
    stack = [keras.Input((network.sizes[0],), dtype=dtype)]
    if dtype == "uint8":
        stack.append(keras.layers.Rescaling(1 / 255))
    stack += [keras.layers.Dense(units, activation=network.hidden) for units in network.sizes[1:-1]]
    made = keras.Sequential([*stack, keras.layers.Dense(network.sizes[-1], activation=network.output)])
    made.set_weights(weights)
    return made


def train(task: Training) -> list[Rival]:
    """Train with `fit`: with the best number of steps in one execution, and others that the task wants shown."""
    task = task.for_rival("keras")
    best, *others = task.steps_per_execution
    shown = [_train(task, f"keras {each}", f"{LABEL}, {each} a time", each) for each in others]
    return [_train(task, "keras", LABEL, best), *shown]


def _train(task: Training, key: str, label: str, steps_per_execution: int) -> Rival:
    made = _model(task.network, task.weights, str(task.x.dtype))
    rule = OPTIMIZERS[task.optimizer](task.rate)
    made.compile(
        rule,
        LOSSES[task.loss, task.network.output],
        metrics=["accuracy"] if task.metrics else None,
        steps_per_execution=steps_per_execution,
    )
    rule.build(made.trainable_variables)
    slots = [np.array(variable) for variable in rule.variables]

    def prepare() -> None:
        made.set_weights(task.weights)
        for variable, value in zip(rule.variables, slots, strict=True):
            variable.assign(value)

    def run() -> None:
        made.fit(task.x, task.t, batch_size=task.batch, epochs=task.epochs, shuffle=task.shuffle, verbose=0)

    return Rival(key, label, run, task.steps, prepare, made.get_weights)


def predict(task: Predicting) -> dict[str, Rival]:
    """Predict with `model(x)` and with `model.predict(x)`."""
    made = _model(task.network, task.weights, "float32")
    x, rows = task.x, len(task.x)

    def forms(key: str, name: str, call: Any) -> Rival:
        return Rival(key, f"{LABEL} {name}", call, outcome=lambda: np.asarray(call()), repeat=True)

    return {
        "call": forms("keras", "model(x)", lambda: np.asarray(made(x))),
        "predict": forms("keras predict", "predict", lambda: made.predict(x, batch_size=rows, verbose=0)),
    }
