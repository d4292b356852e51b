"""The best straight cut between classes: logistic regression, and what share of the points lies on its own side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_STEPS = 60
_WIDE = 64  # numbers of a point up to which Newton's method is taken
_HOLD = 1e-6  # keeps the weights finite where the classes can be parted and the best ones are infinite


@dataclass(frozen=True, eq=False)
class Cut:
    """A straight cut.

    Attributes:
        share: of the points, what lies on its own side, 0 to 1; 1.0 only where all do.
        weights: (cuts, units + 1), for two classes one row (w…, b); with more classes a row for each, the highest wins.
    """

    share: float
    weights: np.ndarray

    @property
    def line(self) -> tuple[float, float, float] | None:
        """(w1, w2, b) of the line w·point + b = 0 where points have two numbers and there are two classes."""
        if self.weights.shape != (1, 3):
            return None
        a, b, c = (float(one) for one in self.weights[0])
        return a, b, c


def straight_cut(points: np.ndarray, labels: np.ndarray) -> Cut:
    """Find a straight cut by logistic regression; for points of more than 64 numbers by least squares.

    Args:
        points: (n, units) float64.
        labels: (n,) class numbers.

    Example:
        >>> straight_cut(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]]), np.array([0, 1, 1])).share
        1.0
    """
    kinds = np.unique(labels)
    middle, scale = points.mean(axis=0), points.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    z = np.column_stack([(points - middle) / scale, np.ones(len(points))])
    wanted = kinds[1:] if len(kinds) == 2 else kinds
    fit = _logistic if points.shape[1] <= _WIDE else _least_squares
    found = np.stack([fit(z, (labels == kind).astype(np.float64)) for kind in wanted])
    scores = z @ found.T
    guess = np.where(scores[:, 0] > 0, kinds[1], kinds[0]) if len(kinds) == 2 else kinds[scores.argmax(axis=1)]
    weights = found[:, :-1] / scale
    bias = found[:, -1] - weights @ middle
    return Cut(float((guess == labels).mean()), np.column_stack([weights, bias]))


def _logistic(z: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return the weights of least cross-entropy by Newton's method: w ← w − H⁻¹·g."""
    w = np.zeros(z.shape[1])
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(z @ w, -40, 40)))
        slope = z.T @ (p - target) + _HOLD * w
        curve = (z * (p * (1 - p))[:, None]).T @ z + _HOLD * np.eye(len(w))
        step = np.linalg.solve(curve, slope)
        step *= min(1.0, 10.0 / max(float(np.linalg.norm(step)), 1e-12))  # Newton's step alone may leap too far
        w = w - step
        if np.abs(step).max() < 1e-8:
            break
    return w


def _least_squares(z: np.ndarray, target: np.ndarray) -> np.ndarray:
    return np.linalg.lstsq(z, 2 * target - 1, rcond=None)[0]
