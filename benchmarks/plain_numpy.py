"""The networks of the sources as careful NumPy loops: float32, no copies that can be avoided, updates in place."""

from __future__ import annotations

import numpy as np


class TwoLayers:
    """inputs - hidden (ReLU) - 10 (softmax, cross-entropy), with its gradients and update.

    Args:
        inputs: number of inputs.
        hidden: number of hidden units.
        seed: of the first weights.
        rule: "sgd" (learning rate 0.1) or "rmsprop" (Keras's defaults).
    """

    def __init__(self, inputs: int, hidden: int, seed: int, rule: str) -> None:
        rng = np.random.default_rng(seed)
        limits = np.sqrt(6 / (inputs + hidden)), np.sqrt(6 / (hidden + 10))
        self.weights = [
            rng.uniform(-limits[0], limits[0], (inputs, hidden)).astype(np.float32),
            np.zeros(hidden, np.float32),
            rng.uniform(-limits[1], limits[1], (hidden, 10)).astype(np.float32),
            np.zeros(10, np.float32),
        ]
        self.rule = rule
        self.velocity = [np.zeros_like(weight) for weight in self.weights]
        self.scratch = [np.empty_like(weight) for weight in self.weights]
        self.gradients = [np.empty_like(weight) for weight in self.weights]

    def step(self, x: np.ndarray, t: np.ndarray) -> tuple[float, float]:
        """Train on one batch; returns the loss and the number of right answers.

        Args:
            x: float32 (batch, inputs).
            t: one-hot float32 (batch, 10).
        """
        w1, b1, w2, b2 = self.weights
        hidden = x @ w1
        hidden += b1
        np.maximum(hidden, 0, out=hidden)
        z = hidden @ w2
        z += b2
        z -= z.max(axis=1, keepdims=True)
        y = np.exp(z)
        total = y.sum(axis=1, keepdims=True)
        y /= total
        loss = float(((np.log(total) - z) * t).sum()) / len(x)
        right = float((y.argmax(axis=1) == t.argmax(axis=1)).sum())
        y -= t
        y /= np.float32(len(x))
        g1, gb1, g2, gb2 = self.gradients
        np.matmul(hidden.T, y, out=g2)
        np.sum(y, axis=0, out=gb2)
        back = y @ w2.T
        back *= hidden > 0
        np.matmul(x.T, back, out=g1)
        np.sum(back, axis=0, out=gb1)
        self._update()
        return loss, right

    def _update(self) -> None:
        rows = zip(self.weights, self.gradients, self.velocity, self.scratch, strict=True)
        for weight, gradient, velocity, scratch in rows:
            if self.rule == "sgd":
                gradient *= np.float32(0.1)
                weight -= gradient
                continue
            np.multiply(gradient, gradient, out=scratch)
            scratch *= np.float32(0.1)
            velocity *= np.float32(0.9)
            velocity += scratch
            np.add(velocity, np.float32(1e-7), out=scratch)
            np.sqrt(scratch, out=scratch)
            gradient *= np.float32(0.001)
            gradient /= scratch
            weight -= gradient

    def epoch(self, x: np.ndarray, t: np.ndarray, batch: int, order: np.ndarray) -> tuple[float, float]:
        """Train on all samples in an order; returns mean loss and accuracy."""
        loss, right = 0.0, 0.0
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            part, hits = self.step(x[rows], t[rows])
            loss, right = loss + part * len(rows), right + hits
        return loss / len(order), right / len(order)
