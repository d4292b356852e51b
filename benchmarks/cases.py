"""The cases that are measured: the same network, data and batches for every rival."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import onionskin
from benchmarks.plain_numpy import TwoLayers
from onionskin.datasets import mnist


@dataclass(frozen=True)
class Case:
    """One measurement.

    Args:
        name: its letter in the tables.
        work: what is done, in words.
        rounds: counted runs of each rival.
        rivals: makes name → function to time, from the engines that are asked for; each trains on and returns
            (loss, accuracy) of the run.
    """

    name: str
    work: str
    rounds: int
    rivals: Callable[[Sequence[str]], dict[str, Callable[[], Any]]]


def _digits(count: int) -> tuple[np.ndarray, np.ndarray]:
    (x, labels), _ = mnist.load_data()
    pixels = x[:count].reshape(count, 784).astype(np.float32) / np.float32(255)
    return pixels, np.eye(10, dtype=np.float32)[labels[:count]]


def _network(hidden: int, optimizer: Any, engine: str) -> Any:
    model = onionskin.Sequential(
        [
            onionskin.Input((784,)),
            onionskin.layers.Dense(hidden, activation="relu"),
            onionskin.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer, loss="categorical_crossentropy", metrics=["accuracy"], engine=engine)
    return model


def _against_numpy(
    engines: Sequence[str], hidden: int, batch: int, rule: str, optimizer: Callable[[], Any], epochs: int
) -> dict[str, Callable[[], Any]]:
    x, t = _digits(60_000)
    plain = TwoLayers(784, hidden, 0, rule)
    rng = np.random.default_rng(0)

    def ours(engine: str) -> Callable[[], Any]:
        model = _network(hidden, optimizer(), engine)

        def run() -> Any:
            history = model.fit(x, t, batch_size=batch, epochs=epochs, verbose=0).history
            return history["loss"][-1], history["accuracy"][-1]

        return run

    def numpy_loop() -> Any:
        for _ in range(epochs):
            result = plain.epoch(x, t, batch, rng.permutation(len(x)))
        return result

    return {**{engine: ours(engine) for engine in engines}, "numpy": numpy_loop}


def _case_s(engines: Sequence[str]) -> dict[str, Callable[[], Any]]:
    return _against_numpy(engines, 50, 100, "sgd", lambda: onionskin.optimizers.SGD(0.1), 5)


def _case_k(engines: Sequence[str]) -> dict[str, Callable[[], Any]]:
    return _against_numpy(engines, 512, 128, "rmsprop", lambda: onionskin.optimizers.RMSprop(), 2)


CASES = {
    "S": Case("S", "784-50-10, SGD 0.1, batch 100, 5 epochs of MNIST (3,000 steps)", 7, _case_s),
    "K": Case("K", "784-512-10, RMSprop, batch 128, 2 epochs of MNIST (938 steps)", 5, _case_k),
}
