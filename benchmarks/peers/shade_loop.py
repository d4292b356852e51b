"""Case F in NumPy, row after row: with the partial derivatives as source S1 writes them, and with care.

Columns are samples: A1 = relu(W1 X + B1), A2 = logistic(W2 A1 + B2), C = (A2 − Y)².
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.tasks import Training
from benchmarks.timing import Rival

Weights = list[np.ndarray]


def rivals(task: Training) -> list[Rival]:
    """Return both loops; targets are about the source's."""
    return [
        _rival(task, "numpy", "NumPy, loop of S1", as_written),
        _rival(task, "numpy careful", "NumPy, careful loop", careful),
    ]


def _rival(task: Training, key: str, label: str, loop: Callable[[Training], Weights]) -> Rival:
    last: list[Weights] = []

    def run() -> None:
        last[:] = [loop(task)]

    return Rival(key, label, run, task.steps, outcome=lambda: last[0])


def _columns(task: Training) -> Weights:
    w1, b1, w2, b2 = task.weights
    return [w1.T.copy(), b1.reshape(-1, 1).copy(), w2.T.copy(), b2.reshape(-1, 1).copy()]


def _rows(w1: np.ndarray, b1: np.ndarray, w2: np.ndarray, b2: np.ndarray) -> Weights:
    return [w1.T, b1[:, 0], w2.T, b2[:, 0]]


def relu(z: np.ndarray) -> np.ndarray:
    """Return max(z, 0)."""
    return np.maximum(z, 0)


def logistic(z: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + e^-z)."""
    return 1 / (1 + np.exp(-z))


def relu_slope(z: np.ndarray) -> np.ndarray:
    """Return the derivative of relu."""
    return z > 0


def logistic_slope(z: np.ndarray) -> np.ndarray:
    """Return the derivative of the logistic function, e^-z / (1 + e^-z)², in the source's form."""
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


def forward(weights: Weights, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return Z1, A1, Z2 and A2."""
    w1, b1, w2, b2 = weights
    z1 = w1 @ x + b1
    a1 = relu(z1)
    z2 = w2 @ a1 + b2
    return z1, a1, z2, logistic(z2)


def slopes(weights: Weights, x: np.ndarray, y: np.ndarray) -> Weights:
    """Return dC/dW1, dC/dB1, dC/dW2 and dC/dB2, as products of all partial derivatives along the chain."""
    z1, a1, z2, a2 = forward(weights, x)
    dc_da2 = 2 * a2 - 2 * y
    da2_dz2 = logistic_slope(z2)
    dz2_da1, dz2_dw2, dz2_db2 = weights[2], a1, 1
    da1_dz1 = relu_slope(z1)
    dz1_dw1, dz1_db1 = x, 1
    dc_dw2 = (dc_da2 * da2_dz2) @ dz2_dw2.T
    dc_db2 = dc_da2 * da2_dz2 * dz2_db2
    dc_da1 = dz2_da1.T @ (dc_da2 * da2_dz2)
    dc_dw1 = (dc_da1 * da1_dz1) @ dz1_dw1.T
    dc_db1 = dc_da1 * da1_dz1 * dz1_db1
    return [dc_dw1, dc_db1, dc_dw2, dc_db2]


def as_written(task: Training) -> Weights:
    """Return the weights after training as the source does it."""
    weights, rate = _columns(task), np.float32(task.rate)
    for row in range(len(task.x)):
        x, y = task.x[[row]].T, task.t[row]
        for weight, slope in zip(weights, slopes(weights, x, y), strict=True):
            weight -= rate * slope
    return _rows(*weights)


def careful(task: Training) -> Weights:
    """Return the same weights, with what the derivatives share computed once."""
    w1, b1, w2, b2 = _columns(task)
    rate, two, one = (np.float32(value) for value in (task.rate, 2, 1))
    for row in range(len(task.x)):
        x, y = task.x[row : row + 1].T, task.t[row : row + 1]
        z1 = w1 @ x + b1
        a1 = np.maximum(z1, 0)
        a2 = one / (one + np.exp(-(w2 @ a1 + b2)))
        dc_dz2 = two * (a2 - y) * a2 * (one - a2)
        dc_dz1 = (w2.T @ dc_dz2) * (z1 > 0)
        w2 -= rate * (dc_dz2 @ a1.T)
        b2 -= rate * dc_dz2
        w1 -= rate * (dc_dz1 @ x.T)
        b1 -= rate * dc_dz1
    return _rows(w1, b1, w2, b2)
