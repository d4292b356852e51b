"""Source S2: the neuron, the perceptron and what it cannot learn, backpropagation by hand, ways out of a minimum."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from onionskin import classic, ops


def test_s2_1_neuron_with_step_sign_sigmoid_and_linear() -> None:
    """Weighted inputs less a threshold, through each of the four activations; a table says where each is used."""
    net = 0.4 * 1.0 + (-0.6) * 0.5 + 0.3 * 2.0 - 0.2
    expected = {"step": 1.0, "sign": 1.0, "sigmoid": 1.0 / (1.0 + math.exp(-net)), "linear": net}
    for name, value in expected.items():
        neuron = classic.Neuron([0.4, -0.6, 0.3], threshold=0.2, activation=name)
        assert neuron.net([1.0, 0.5, 2.0]) == pytest.approx(net, rel=1e-15)
        assert neuron([1.0, 0.5, 2.0]) == pytest.approx(value, rel=1e-15)
        assert neuron.formula([1.0, 0.5, 2.0]).startswith("net = 0.4·1 − 0.6·0.5 + 0.3·2 − 0.2 = 0.5\ny = " + name)
    for language in ("en", "ko"):
        table = classic.activation_uses(language)
        assert [row[0] for row in table.rows] == list(expected)
        assert all(row[-1] for row in table.rows)
    gates = {"and": ([1, 1], 1.5), "or": ([1, 1], 0.5), "not": ([-1], -0.5)}
    for name, (weights, threshold) in gates.items():
        x, y = classic.truth_table(name)
        np.testing.assert_array_equal(classic.Neuron(weights, threshold)(x), y)


def test_s2_2_perceptron_learns_and_or_not_but_not_xor() -> None:
    """Δw = η (y − ŷ) x with the threshold as the weight of −1; XOR goes round in a circle; what η does."""
    for name in ("and", "or", "not", "xor"):
        x, y = classic.truth_table(name)
        learnt = classic.Perceptron(learning_rate=0.1).fit(x, y)
        for one in learnt.history_:
            step = 0.1 * (one.target - one.output) * np.append(one.x, -1.0)
            np.testing.assert_allclose(one.after, one.before + step, atol=1e-12)
        if name == "xor":
            assert not learnt.converged_
            assert learnt.score(x, y) < 1.0
            first, last = learnt.cycle_ or (0, 0)
            np.testing.assert_array_equal(learnt.epoch_weights_[first], learnt.epoch_weights_[last])
            assert last > first
            assert "no line parts these classes" in learnt.report()
        else:
            assert learnt.converged_
            assert learnt.errors_[-1] == 0
            np.testing.assert_array_equal(learnt.predict(x), y)
    x, y = classic.truth_table("and")
    epochs = [classic.Perceptron(rate, start="random", seed=0).fit(x, y).n_iter_ for rate in (0.01, 0.1, 1.0)]
    assert len(set(epochs)) > 1, f"from one random start, epochs by learning rate: {epochs}"


def test_s2_3_backpropagation_standard_and_accumulated_solve_xor() -> None:
    """net, out, E and δ of a 2-2-1 network by hand, one update of each kind, and both trained until XOR is solved."""
    x, y = classic.truth_table("xor")

    def sigmoid(v: np.ndarray) -> np.ndarray:
        return 1.0 / (1.0 + np.exp(-v))

    for mode in ("standard", "accumulated"):
        network = classic.FeedForward((2, 2, 1), seed=1)
        w1, b1, w2, b2 = network.get_weights()
        steps = list(classic.BackPropagation(network, 0.5, mode).steps(x, y))
        changes = [np.zeros_like(one) for one in (w1, b1, w2, b2)]
        for row in range(4):
            out1 = sigmoid(x[row] @ w1 + b1)
            out2 = sigmoid(out1 @ w2 + b2)
            delta2 = out2 * (1 - out2) * (y[row] - out2)
            delta1 = out1 * (1 - out1) * (w2 @ delta2)
            passed, place = (steps[row].passed, 0) if mode == "standard" else (steps[0].passed, row)
            np.testing.assert_allclose(passed.outs[0][place], out1, rtol=1e-12)
            np.testing.assert_allclose(passed.deltas[1][place], delta2, rtol=1e-11)
            np.testing.assert_allclose(passed.deltas[0][place], delta1, rtol=1e-11)
            if mode == "standard":
                np.testing.assert_allclose(passed.error, 0.5 * (y[row] - out2[0]) ** 2, rtol=1e-12)
            now = [np.outer(x[row], delta1), delta1, np.outer(out1, delta2), delta2]
            changes = [old + 0.5 * one for old, one in zip(changes, now, strict=True)]
            if mode == "standard":
                w1, b1, w2, b2 = (old + one for old, one in zip((w1, b1, w2, b2), changes, strict=True))
                changes = [np.zeros_like(one) for one in changes]
        ends = [old + one for old, one in zip((w1, b1, w2, b2), changes, strict=True)]
        for mine, by_hand in zip(network.get_weights(), ends, strict=True):
            np.testing.assert_allclose(mine, by_hand, rtol=1e-11)
        trainer = classic.BackPropagation(network, 1.0, mode).fit(x, y, epochs=5000)
        np.testing.assert_array_equal(network.predict(x).round().ravel(), y)
        assert trainer.errors_[-1] < 0.01 < trainer.errors_[0]


def test_s2_4_annealing_sgd_and_several_starts_leave_a_local_minimum() -> None:
    """On a curve with several minima and on XOR: descent stays in the nearest, the three others get out."""

    def curve(x: Any) -> Any:
        return 0.05 * x * x + ops.sin(3.0 * x)

    grid = np.linspace(-10, 10, 200_001)
    lowest = float((0.05 * grid**2 + np.sin(3 * grid)).min())
    stays = classic.descend(curve, 3.6, steps=2000, learning_rate=0.05)
    assert stays.last_value > lowest + 0.5
    noisy = classic.descend(curve, 3.6, steps=2000, learning_rate=0.05, noise=8.0, seed=0)
    assert noisy.values.min() < lowest + 0.01
    annealed = classic.anneal(curve, 3.6, steps=5000, temperature=2.0, seed=1)
    assert annealed.best_loss < lowest + 0.01
    half = annealed.accepted_worse.size and np.array_split(annealed.accepted & annealed.worse, 2)
    assert half[0].sum() > half[1].sum() > 0, "worse steps are accepted ever more rarely"
    assert classic.multi_start(curve, np.linspace(-8, 8, 9), epochs=500).losses.min() < lowest + 0.01

    x, y = classic.truth_table("xor")
    starts = classic.multi_start(lambda seed: classic.FeedForward(seed=seed), x, y, 12, 5000, learning_rate=1.0)
    assert 0 < starts.stuck.sum() < 12
    np.testing.assert_array_equal(starts.model.predict(x).round().ravel(), y)
    seed = int(np.flatnonzero(starts.stuck)[0])
    network = classic.FeedForward(seed=seed)
    classic.BackPropagation(network, 1.0, "accumulated").fit(x, y, 5000)
    before = network.error(x, y)
    found = [classic.anneal(network, x, y, 20_000, temperature=0.1, cooling=0.9995, seed=one) for one in range(3)]
    assert before > 0.2
    assert min(one.best_loss for one in found) < 0.01, [one.best_loss for one in found]
