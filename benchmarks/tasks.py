"""The work that rivals are given: networks, training runs and predictions as plain data that every library can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np


@dataclass(frozen=True)
class Network:
    """A dense network.

    Args:
        sizes: inputs, units of each layer.
        hidden: activation of all layers but the last: "relu" or "sigmoid".
        output: of the last: "sigmoid" or "softmax".
    """

    sizes: tuple[int, ...]
    hidden: str
    output: str

    def weights(self, seed: int = 0) -> list[np.ndarray]:
        """Return first weights: kernels (inputs, units) by Glorot's uniform rule, biases of zeros, all float32."""
        rng = np.random.default_rng(seed)
        made: list[np.ndarray] = []
        for rows, columns in pairwise(self.sizes):
            limit = np.sqrt(6 / (rows + columns))
            made += [rng.uniform(-limit, limit, (rows, columns)).astype(np.float32), np.zeros(columns, np.float32)]
        return made


@dataclass(frozen=True, eq=False)
class Training:
    """A training run, from the same first weights each time.

    Args:
        network: what is trained.
        loss: "squared" or "crossentropy".
        optimizer: "sgd", "rmsprop" or "adam", with Keras's defaults but for the rate.
        rate: the learning rate.
        batch: rows of a step.
        epochs: passes over the rows in one run.
        shuffle: whether each epoch has an order of its own.
        x: rows: float32, or uint8 pixels, which the network scales to 0 … 1.
        t: targets, float32 (rows, outputs).
        x_test: rows that the trained network is judged by.
        t_test: their targets.
        weights: the first weights.
        metrics: whether libraries that report metrics report the accuracy too.
        steps_per_execution: the best for Keras, and other numbers to show beside it.
        rows: of rivals that would take minutes, how many rows they train on; the time counts by the step.
    """

    network: Network
    loss: str
    optimizer: str
    rate: float
    batch: int
    epochs: int
    shuffle: bool
    x: np.ndarray
    t: np.ndarray
    x_test: np.ndarray
    t_test: np.ndarray
    weights: list[np.ndarray]
    metrics: bool = True
    steps_per_execution: tuple[int, ...] = (100,)
    rows: Mapping[str, int] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """Updates in one run."""
        return -(-len(self.x) // self.batch) * self.epochs

    def for_rival(self, key: str) -> Training:
        """Return the run that a rival does: all rows, or the first ones."""
        return self.first(self.rows[key]) if key in self.rows else self

    def first(self, rows: int) -> Training:
        """Return the same run on the first rows."""
        return replace(self, x=self.x[:rows], t=self.t[:rows])


@dataclass(frozen=True, eq=False)
class Predicting:
    """A prediction with given weights, one call on all rows.

    Args:
        network: what predicts.
        weights: its weights.
        x: float32 rows.
    """

    network: Network
    weights: list[np.ndarray]
    x: np.ndarray
