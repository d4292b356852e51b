"""onionskin as a newcomer would use it: a model, `compile`, `fit`, `predict`."""

from __future__ import annotations

from typing import Any

import numpy as np

import onionskin
from benchmarks.tasks import Network, Predicting, Training
from benchmarks.timing import Rival
from onionskin import layers, optimizers

LOSSES = {
    ("squared", "sigmoid"): "mean_squared_error",
    ("crossentropy", "sigmoid"): "binary_crossentropy",
    ("crossentropy", "softmax"): "categorical_crossentropy",
}
OPTIMIZERS = {"sgd": optimizers.SGD, "rmsprop": optimizers.RMSprop, "adam": optimizers.Adam}


def label(engine: str) -> str:
    """Return what the table shows for us on an engine."""
    return f"onionskin {engine}"


def model(network: Network, weights: list[np.ndarray], dtype: str) -> Any:
    """Return a model with given weights, which takes float32 rows or uint8 pixels."""
    stack = [onionskin.Input((network.sizes[0],), dtype=dtype)]
    if dtype == "uint8":
        stack.append(layers.Rescaling(1 / 255))
    stack += [layers.Dense(units, activation=network.hidden) for units in network.sizes[1:-1]]
    made = onionskin.Sequential([*stack, layers.Dense(network.sizes[-1], activation=network.output)])
    made.set_weights(weights)
    return made


def train(task: Training, engine: str) -> Rival:
    """Train on one of our engines."""
    made = model(task.network, task.weights, str(task.x.dtype))
    rule = OPTIMIZERS[task.optimizer](task.rate)
    metrics = ["accuracy"] if task.metrics else None
    made.compile(rule, LOSSES[task.loss, task.network.output], metrics=metrics, engine=engine)
    rule.build(made.trainable_variables)
    slots = [variable.numpy() for variable in rule.variables]

    def prepare() -> None:
        onionskin.set_engine(engine)
        made.set_weights(task.weights)
        for variable, value in zip(rule.variables, slots, strict=True):
            variable.assign(value)

    def run() -> None:
        made.fit(task.x, task.t, batch_size=task.batch, epochs=task.epochs, shuffle=task.shuffle, verbose=0)

    return Rival("onionskin", label(engine), run, task.steps, prepare, made.get_weights)


def predict(task: Predicting, engine: str) -> dict[str, Rival]:
    """Predict on one of our engines: `model(x)` and `model.predict(x)`."""
    made = model(task.network, task.weights, "float32")
    made.compile("sgd", "mean_squared_error", engine=engine)
    x, rows = task.x, len(task.x)

    def forms(name: str, call: Any) -> Rival:
        return Rival(
            key="onionskin",
            label=f"{label(engine)} {name}",
            run=call,
            prepare=lambda: onionskin.set_engine(engine),
            outcome=lambda: np.asarray(call()),
            repeat=True,
        )

    return {
        "call": forms("model(x)", lambda: made(x)),
        "predict": forms("predict", lambda: made.predict(x, batch_size=rows, verbose=0)),
    }
