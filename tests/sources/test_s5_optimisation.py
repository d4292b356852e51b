"""Source S5, row 5: gradients, step sizes, batches, local minima, and the way of each optimizer over a loss surface."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from onionskin import explain, ops
from onionskin.datasets import font_shade
from onionskin.explain.surfaces.landscapes import LANDSCAPES, losses_at, slopes_at

START = (-7.0, 2.0)
STEPS = 30


def ravine_slope(point: np.ndarray) -> np.ndarray:
    """The gradient of x²/20 + y², by hand."""
    return np.array([point[0] / 10.0, 2.0 * point[1]])


def by_hand(rule: str, rate: float) -> np.ndarray:
    """The textbook rules as plain loops over NumPy numbers."""
    lr = float(np.float32(rate))  # optimizers keep their rate in float32
    w, path = np.array(START), [np.array(START)]
    m, v, h = np.zeros(2), np.zeros(2), np.full(2, 0.1)
    for t in range(1, STEPS + 1):
        g = ravine_slope(w)
        if rule == "sgd":
            w = w - lr * g
        elif rule == "momentum":
            m = 0.9 * m - lr * g
            w = w + m
        elif rule == "nesterov":
            m = 0.9 * m - lr * g
            w = w + 0.9 * m - lr * g
        elif rule == "adagrad":
            h = h + g**2
            w = w - lr * g / np.sqrt(h + 1e-7)
        elif rule == "rmsprop":
            v = 0.9 * v + 0.1 * g**2
            w = w - lr * g / np.sqrt(v + 1e-7)
        else:
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            w = w - lr * math.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-7)
        path.append(w)
    return np.array(path)


RATES = {"sgd": 0.9, "momentum": 0.1, "nesterov": 0.1, "adagrad": 1.5, "rmsprop": 0.3, "adam": 0.3}


@pytest.mark.parametrize("rule", RATES)
def test_s5_5_the_path_of_each_optimizer_over_the_ravine_is_that_of_its_rule(rule: str, each_engine: str) -> None:
    del each_engine
    paths = explain.optimizer_paths("ravine", START, rule, STEPS, learning_rate=RATES[rule])
    (path,) = paths.values()
    wanted = by_hand(rule, RATES[rule])
    np.testing.assert_allclose(path.points, wanted, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(path.losses, wanted[:, 0] ** 2 / 20 + wanted[:, 1] ** 2, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(path.gradients, [ravine_slope(w) for w in wanted[:-1]], rtol=1e-6, atol=1e-9)


def test_s5_5_manners_of_the_paths_over_the_ravine() -> None:
    """SGD goes to and fro across the ravine, momentum overshoots its end, Adagrad and RMSprop go straight down."""
    paths = explain.optimizer_paths("ravine", steps=60)
    turns = {label: int((np.diff(np.sign(one.points[:15, 1])) != 0).sum()) for label, one in paths.items()}
    assert turns["SGD"] == 14
    assert 0 < turns["momentum"] < 5, turns
    assert turns["Adagrad"] == turns["RMSprop"] == 0, turns
    assert paths["momentum"].points[:, 0].max() > 0.5
    assert paths["Adagrad"].points[:, 0].max() < 1e-6


def test_s5_5_a_small_step_does_not_arrive_a_good_one_does_a_large_one_diverges() -> None:
    paths = explain.optimizer_paths("parabola", optimizers="sgd", learning_rate=[0.02, 0.3, 1.1], steps=20)
    small, good, large = paths.values()
    assert [one.outcome for one in paths.values()] == ["on the way", "arrived", "diverged"]
    for one, rate in ((small, 0.02), (good, 0.3)):  # w ← (1 - 2·rate)·w
        factor = 1 - 2 * float(np.float32(rate))
        np.testing.assert_allclose(one.points[:, 0], -2.5 * factor ** np.arange(21), rtol=1e-9)
    assert small.losses[-1] > 1.0
    assert good.losses[-1] < 1e-12
    # w ← -1.2·w: the loss grows by 1.44 a step and is 101 times what it was after 13.
    assert large.cut == math.ceil(math.log(101) / math.log(1.44)) == 13
    np.testing.assert_allclose(abs(large.points[:, 0]), 2.5 * 1.2 ** np.arange(14), rtol=1e-6)
    (edge,) = explain.optimizer_paths("parabola", optimizers="sgd", learning_rate=1.0, steps=20).values()
    np.testing.assert_allclose(edge.points[:, 0], -2.5 * (-1.0) ** np.arange(21))  # to and fro for ever
    assert edge.outcome == "on the way"


def test_s5_5_a_local_minimum_catches_sgd_and_momentum_leaves_it() -> None:
    paths = explain.optimizer_paths("local minimum", optimizers=["sgd", "momentum"])
    deep, shallow = LANDSCAPES["local minimum"].minima
    roots = np.sort(np.roots([1.0, 0.0, -2.0, 0.25]))  # where the slope w³ - 2w + 1/4 is zero
    np.testing.assert_allclose([deep[0], shallow[0]], roots[[0, 2]], atol=1e-9)
    assert paths["SGD"].outcome == "local minimum"
    assert paths["momentum"].outcome == "arrived"
    np.testing.assert_allclose(paths["SGD"].points[-1], shallow, atol=1e-3)
    np.testing.assert_allclose(paths["momentum"].points[-1], deep, atol=0.05)
    assert paths["SGD"].points.min() > roots[1]  # it never comes to the ridge between them


def test_s5_5_single_samples_mini_batches_and_the_whole_set(data_dir: Path) -> None:
    """A logistic model of two numbers on the font colours: the smaller the batch, the more the path trembles."""
    path = data_dir / "font_shade" / "light_dark_font_training_set.csv"
    (x, y), _ = font_shade.load_data(path, test_split=1 / 3, seed=0, normalize=True)
    bright = (x @ np.array([0.299, 0.587, 0.114])).astype("float64").ravel() - 0.5
    dark = np.asarray(y, "float64").ravel()

    def loss(slope, offset, brightness, label):
        return ops.mean(ops.square(ops.sigmoid(slope * brightness + offset) - label))

    paths = explain.optimizer_paths(
        loss, (-4.0, 2.0), "sgd", 1000, learning_rate=0.5, data=(bright, dark), batch_size=[None, 16, 1]
    )
    assert list(paths) == ["whole set", "batches of 16", "one sample"]
    whole, batches, single = paths.values()

    def by_hand(point, b, t):
        p = 1 / (1 + np.exp(-(point[0] * b + point[1])))
        inner = 2 * (p - t) * p * (1 - p)
        return np.array([(inner * b).mean(), inner.mean()])

    w = np.array([-4.0, 2.0])
    for k in range(50):
        np.testing.assert_allclose(whole.points[k], w, rtol=1e-9)
        w = w - 0.5 * by_hand(w, bright, dark)
    order = np.random.default_rng(0).permutation(len(dark))
    np.testing.assert_allclose(single.gradients[0], by_hand(single.points[0], bright[order[:1]], dark[order[:1]]))
    np.testing.assert_allclose(batches.gradients[0], by_hand(batches.points[0], bright[order[:16]], dark[order[:16]]))

    def tremble(one):
        """Deviation of a step's gradient from that of the whole set."""
        true = slopes_at(loss, one.points[:-1], [bright, dark])
        return float(np.sqrt(np.square(one.gradients - true).sum(axis=1).mean()))

    noise = [tremble(one) for one in paths.values()]
    assert noise[0] < 1e-12 < noise[1] < noise[2], noise
    assert 2.5 < noise[2] / noise[1] < 6, noise  # √16 = 4, where samples are independent
    assert (np.diff(whole.losses) < 0).all()
    assert (np.diff(single.losses) > 0).sum() > 100
    assert max(one.losses[-1] for one in paths.values()) < 0.5 * whole.losses[0]


@pytest.mark.parametrize("name", LANDSCAPES)
def test_s5_5_gradients_are_the_central_differences(name: str) -> None:
    ground = LANDSCAPES[name]
    span = np.asarray(ground.span, dtype="float64")
    points = np.random.default_rng(1).uniform(span[:, 0], span[:, 1], (40, len(span)))
    slopes = slopes_at(ground, points)
    for column in range(len(span)):
        step = np.zeros(len(span))
        step[column] = 1e-5
        numeric = (losses_at(ground, points + step) - losses_at(ground, points - step)) / 2e-5
        np.testing.assert_allclose(slopes[:, column], numeric, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(slopes_at(ground, np.array(ground.minima)), 0.0, atol=1e-7)
