"""NumPy loops written with care: float32, no copy that can be avoided, updates in place."""

from __future__ import annotations

import numpy as np

from benchmarks.peers import shade_loop
from benchmarks.tasks import Predicting, Training
from benchmarks.timing import Rival

LIBRARY = np


def train(task: Training) -> list[Rival]:
    """Train with plain loops."""
    task = task.for_rival("numpy")
    if task.loss == "squared":
        return shade_loop.rivals(task)
    loop = Loop(task)
    return [Rival("numpy", "NumPy", loop.run, task.steps, loop.prepare, lambda: loop.weights)]


class Loop:
    """inputs - hidden (ReLU) - outputs (softmax or logistic, cross-entropy); keeps the epoch's mean loss."""

    def __init__(self, task: Training) -> None:
        self.task = task
        self.rng = np.random.default_rng(0)
        self.gradients = [np.empty_like(weight) for weight in task.weights]
        self.scratch = [np.empty_like(weight) for weight in task.weights]
        self.loss = 0.0
        self.prepare()

    def prepare(self) -> None:
        """Put the first weights and empty slots back."""
        self.weights = [weight.copy() for weight in self.task.weights]
        self.slots = [[np.zeros_like(weight) for weight in self.weights] for _ in range(2)]
        self.count = 0

    def run(self) -> None:
        """Train all epochs."""
        task, rows = self.task, len(self.task.x)
        for _ in range(task.epochs):
            order = self.rng.permutation(rows) if task.shuffle else np.arange(rows)
            total = 0.0
            for start in range(0, rows, task.batch):
                taken = order[start : start + task.batch]
                total += self.step(task.x[taken], task.t[taken])
            self.loss = total / rows

    def step(self, x: np.ndarray, t: np.ndarray) -> float:
        """Train on one batch; returns the sum of its losses."""
        if x.dtype == np.uint8:
            x = x.astype(np.float32)
            x *= np.float32(1 / 255)
        w1, b1, w2, b2 = self.weights
        hidden = x @ w1
        hidden += b1
        np.maximum(hidden, 0, out=hidden)
        z = hidden @ w2
        z += b2
        y, loss = _softmax(z, t) if t.shape[1] > 1 else _logistic(z, t)
        y -= t
        y /= np.float32(len(x))
        g1, gb1, g2, gb2 = self.gradients
        np.matmul(hidden.T, y, out=g2)
        np.sum(y, axis=0, out=gb2)
        back = y @ w2.T
        back *= hidden > 0
        np.matmul(x.T, back, out=g1)
        np.sum(back, axis=0, out=gb1)
        self.count += 1
        getattr(self, f"_{self.task.optimizer}")()
        return loss

    def _sgd(self) -> None:
        rate = np.float32(self.task.rate)
        for weight, gradient in zip(self.weights, self.gradients, strict=True):
            gradient *= rate
            weight -= gradient

    def _rmsprop(self) -> None:
        rate, old, new, small = (np.float32(value) for value in (self.task.rate, 0.9, 0.1, 1e-7))
        rows = zip(self.weights, self.gradients, self.slots[0], self.scratch, strict=True)
        for weight, gradient, velocity, scratch in rows:
            np.multiply(gradient, gradient, out=scratch)
            scratch *= new
            velocity *= old
            velocity += scratch
            np.add(velocity, small, out=scratch)
            np.sqrt(scratch, out=scratch)
            gradient *= rate
            gradient /= scratch
            weight -= gradient

    def _adam(self) -> None:
        corrected = np.float32(self.task.rate * np.sqrt(1 - 0.999**self.count) / (1 - 0.9**self.count))
        old, new, old2, new2, small = (np.float32(value) for value in (0.9, 0.1, 0.999, 0.001, 1e-7))
        rows = zip(self.weights, self.gradients, *self.slots, self.scratch, strict=True)
        for weight, gradient, momentum, velocity, scratch in rows:
            np.multiply(gradient, gradient, out=scratch)
            scratch *= new2
            velocity *= old2
            velocity += scratch
            gradient *= new
            momentum *= old
            momentum += gradient
            np.sqrt(velocity, out=scratch)
            scratch += small
            np.divide(momentum, scratch, out=scratch)
            scratch *= corrected
            weight -= scratch


def _softmax(z: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, float]:
    z -= z.max(axis=1, keepdims=True)
    y = np.exp(z)
    total = y.sum(axis=1, keepdims=True)
    y /= total
    return y, float(np.log(total).sum() - np.vdot(z, t))


def _logistic(z: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, float]:
    loss = float(np.logaddexp(0, z).sum() - np.vdot(z, t))
    return sigmoid(z), loss


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + e^-z), written over z."""
    np.negative(z, out=z)
    np.exp(z, out=z)
    z += np.float32(1)
    return np.reciprocal(z, out=z)


def predict(task: Predicting) -> dict[str, Rival]:
    """Predict with products and functions in place."""
    w1, b1, w2, b2, w3, b3 = task.weights
    x = task.x

    def run() -> np.ndarray:
        z = x @ w1
        z += b1
        z = sigmoid(z) @ w2
        z += b2
        z = sigmoid(z) @ w3
        z += b3
        z -= z.max(axis=1, keepdims=True)
        np.exp(z, out=z)
        z /= z.sum(axis=1, keepdims=True)
        return z

    return {"call": Rival("numpy", "NumPy", run, outcome=run, repeat=True)}
