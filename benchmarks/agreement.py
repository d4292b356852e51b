"""Whether rivals did the same work: one judge scores what each has reached, and says with numbers where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.tasks import Network, Predicting, Training


@dataclass(frozen=True)
class Score:
    """What a rival has reached; None where it says nothing of it.

    Args:
        accuracy: part of the test rows that are right.
        loss: mean over the test rows.
        error: largest difference of an output from the right one.
    """

    accuracy: float | None = None
    loss: float | None = None
    error: float | None = None


@dataclass(frozen=True)
class Tolerance:
    """How far the scores of rivals may lie apart; None where it does not matter."""

    accuracy: float | None = None
    loss: float | None = None
    error: float | None = None


def forward(network: Network, weights: Sequence[np.ndarray], x: np.ndarray) -> np.ndarray:
    """Return a network's outputs, computed in float64: the judge's own, shared with no rival.

    Args:
        network: which layers there are.
        weights: kernel and bias of each.
        x: rows; integers are pixels of 0 to 255.
    """
    value = x / 255.0 if x.dtype.kind in "iu" else x.astype(np.float64)
    pairs = [np.asarray(weight, np.float64) for weight in weights]
    last = len(pairs) // 2 - 1
    for layer in range(last + 1):
        value = value @ pairs[2 * layer] + pairs[2 * layer + 1]
        name = network.output if layer == last else network.hidden
        if name == "relu":
            value = np.maximum(value, 0)
        elif name == "sigmoid":
            value = 0.5 * (1 + np.tanh(value / 2))
        else:
            value = np.exp(value - value.max(axis=1, keepdims=True))
            value /= value.sum(axis=1, keepdims=True)
    return value


def score_weights(task: Training, weights: Sequence[np.ndarray]) -> Score:
    """Return accuracy and loss of trained weights on the test rows of a task."""
    y, t = forward(task.network, weights, task.x_test), task.t_test
    if t.shape[1] == 1:
        accuracy = float(np.mean((y > 0.5) == (t > 0.5)))
    else:
        accuracy = float(np.mean(y.argmax(axis=1) == t.argmax(axis=1)))
    if task.loss == "squared":
        return Score(accuracy, float(np.mean((y - t) ** 2)))
    small = 1e-12
    terms = t * np.log(y + small)
    if t.shape[1] == 1:
        terms += (1 - t) * np.log(1 - y + small)
    return Score(accuracy, float(-terms.sum(axis=1).mean()))


def score_outputs(task: Predicting, outputs: np.ndarray) -> Score:
    """Return how far outputs are from the right ones."""
    right = forward(task.network, task.weights, task.x)
    outputs = np.asarray(outputs, np.float64)
    if outputs.shape != right.shape:
        return Score(error=float("inf"))
    return Score(error=float(np.max(np.abs(outputs - right))))


def disagreement(scores: Mapping[str, Score], tolerance: Tolerance) -> str | None:
    """Return what is wrong, with the numbers of all, or None where the rivals agree.

    A score that is not finite disagrees with everything; an error is measured from the right outputs, not from others'.
    """
    for name in ("accuracy", "loss", "error"):
        allowed = getattr(tolerance, name)
        found = {label: getattr(score, name) for label, score in scores.items() if getattr(score, name) is not None}
        if allowed is None or not found:
            continue
        values = [0.0, *found.values()] if name == "error" else list(found.values())
        if not np.all(np.isfinite(values)) or max(values) - min(values) > allowed:
            numbers = ", ".join(f"{label} {value:.6g}" for label, value in found.items())
            what = "outputs are not the right ones" if name == "error" else f"rivals do not reach the same {name}"
            return f"{what} (tolerance {allowed:g}): {numbers}"
    return None
