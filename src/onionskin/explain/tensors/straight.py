"""The best straight cut between classes, by logistic regression, and what share of the points it parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_STEPS = 60
_ROUNDS, _PAIRS = 400, 9  # of L-BFGS: steps, and how many of the last ones it remembers
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
    """Find a straight cut by logistic regression, for several classes by softmax regression.

    Args:
        points: (n, units) float64.
        labels: (n,) class numbers.

    Example:
        >>> straight_cut(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]]), np.array([0, 1, 1])).share
        1.0
    """
    kinds, classes = np.unique(labels, return_inverse=True)
    middle, scale = points.mean(axis=0), points.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    z = np.column_stack([(points - middle) / scale, np.ones(len(points))])
    if len(kinds) == 2 and points.shape[1] <= _WIDE:
        found = _logistic(z, classes.astype(np.float64))[None]
    else:
        found = _softmax(z, classes, len(kinds))
        found = found[1:] - found[:1] if len(kinds) == 2 else found
    scores = z @ found.T
    guess = scores[:, 0] > 0 if len(kinds) == 2 else scores.argmax(axis=1)
    weights = found[:, :-1] / scale
    bias = found[:, -1] - weights @ middle
    return Cut(float((guess == classes).mean()), np.column_stack([weights, bias]))


def _logistic(z: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return the weights of least cross-entropy by Newton's method, w ← w − H⁻¹·g."""
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


def _softmax(z: np.ndarray, classes: np.ndarray, count: int) -> np.ndarray:
    """Return the weights (classes, numbers of a point) of least cross-entropy, by L-BFGS.

    Source: J. Nocedal, S. Wright, *Numerical Optimization* (Springer, 2006), algorithm 7.4.
    """
    shape = (count, z.shape[1])
    hot = np.eye(count)[classes]

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        scores = z @ w.reshape(shape).T
        scores -= scores.max(axis=1, keepdims=True)
        total = np.log(np.exp(scores).sum(axis=1, keepdims=True))
        p = np.exp(scores - total)
        value = float((total[:, 0] - (scores * hot).sum(axis=1)).mean() + 0.5 * _HOLD * (w @ w))
        return value, ((p - hot).T @ z).ravel() / len(z) + _HOLD * w

    w = np.zeros(shape[0] * shape[1])
    value, slope = loss(w)
    pairs: list[tuple[np.ndarray, np.ndarray]] = []
    for _ in range(_ROUNDS):
        way = -_by_curvature(slope, pairs)
        fall, size = float(slope @ way), 1.0 if pairs else 1.0 / max(float(np.linalg.norm(slope)), 1e-12)
        after, steep = loss(w + size * way)
        while after > value + 1e-4 * size * fall and size > 1e-10:
            size /= 2
            after, steep = loss(w + size * way)
        step, change = size * way, steep - slope
        if after >= value or np.abs(steep).max() < 1e-7:
            break
        if step @ change > 1e-12 * (change @ change):
            pairs = [*pairs[-_PAIRS:], (step, change)]
        w, value, slope = w + step, after, steep
    return w.reshape(shape)


def _by_curvature(slope: np.ndarray, pairs: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Return the inverse curvature, as the last steps showed it, times the slope."""
    q, shares = slope.copy(), []
    for step, change in reversed(pairs):
        share = float(step @ q) / float(step @ change)
        q -= share * change
        shares.append(share)
    if pairs:
        step, change = pairs[-1]
        q *= float(step @ change) / float(change @ change)
    for (step, change), share in zip(pairs, reversed(shares), strict=True):
        q += step * (share - float(change @ q) / float(step @ change))
    return q
