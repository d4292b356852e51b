"""Networks by hand: values, deltas and updates against plain loops, and the compiled training against both."""

import math
from typing import Any

import numpy as np
import pytest

import onionskin
from onionskin import classic
from onionskin.base.errors import ArgumentError, DataError, DTypeError, ShapeError, UnknownNameError

X, Y = classic.truth_table("xor")
SLOPES = {
    "sigmoid": (lambda v: 1 / (1 + math.exp(-v)), lambda v, out: out * (1 - out)),
    "tanh": (math.tanh, lambda v, out: 1 - out * out),
    "linear": (lambda v: v, lambda v, out: 1.0),
    "relu": (lambda v: max(v, 0.0), lambda v, out: float(v > 0)),
}


def forward(weights, x, names):
    """Net and out of each layer for one sample, in plain loops."""
    nets, outs, below = [], [], list(x)
    for layer, name in enumerate(names):
        w, b = weights[2 * layer], weights[2 * layer + 1]
        net = [b[j] + sum(below[i] * w[i][j] for i in range(len(below))) for j in range(len(b))]
        below = [SLOPES[name][0](v) for v in net]
        nets.append(net)
        outs.append(below)
    return nets, outs


def backward(weights, x, t, names):
    """δ = −∂E/∂net of each node and Δw / η of each weight, from the output layer back, in plain loops."""
    nets, outs = forward(weights, x, names)
    deltas: list[list[float]] = [[] for _ in names]
    changes: list[list[Any]] = [[] for _ in weights]
    for layer in reversed(range(len(names))):
        if layer == len(names) - 1:
            above = [t[k] - outs[layer][k] for k in range(len(t))]
        else:
            w = weights[2 * layer + 2]
            above = [sum(w[j][k] * deltas[layer + 1][k] for k in range(len(w[j]))) for j in range(len(w))]
        slope = SLOPES[names[layer]][1]
        deltas[layer] = [a * slope(v, o) for a, v, o in zip(above, nets[layer], outs[layer], strict=True)]
        inputs = list(x) if layer == 0 else outs[layer - 1]
        changes[2 * layer] = [[one * delta for delta in deltas[layer]] for one in inputs]
        changes[2 * layer + 1] = list(deltas[layer])
    return nets, outs, deltas, changes


def plain_training(weights, x, y, rate, epochs, mode, names):
    """Standard or accumulated backpropagation in plain loops; returns weights and E of each epoch."""
    weights = [np.array(one) for one in weights]
    errors = []
    for _ in range(epochs):
        total, summed = 0.0, [np.zeros_like(one) for one in weights]
        for inputs, target in zip(x.tolist(), y.tolist(), strict=True):
            _, outs, _, changes = backward([one.tolist() for one in weights], inputs, target, names)
            total += 0.5 * sum((t - o) ** 2 for t, o in zip(target, outs[-1], strict=True))
            for place, change in enumerate(changes):
                if mode == "standard":
                    weights[place] = weights[place] + rate * np.array(change)
                else:
                    summed[place] += rate * np.array(change)
        weights = [one + change for one, change in zip(weights, summed, strict=True)]
        errors.append(total)
    return weights, errors


CASES = [((2, 2, 1), "sigmoid"), ((3, 4, 2), ["tanh", "sigmoid"]), ((2, 3, 3, 2), ["relu", "tanh", "linear"]),
         ((4, 1), "linear")]  # fmt: skip


def case(sizes, activation, n=5):
    rng = np.random.default_rng(1)
    names = [activation] * (len(sizes) - 1) if isinstance(activation, str) else activation
    network = classic.FeedForward(sizes, activation, seed=2)
    return network, rng.normal(size=(n, sizes[0])), rng.normal(size=(n, sizes[-1])), names


@pytest.mark.parametrize(("sizes", "activation"), CASES)
def test_nets_outs_deltas_and_gradients_are_those_of_plain_loops(sizes, activation):
    network, x, y, names = case(sizes, activation)
    found = network.backward(x, y)
    weights = [one.tolist() for one in network.get_weights()]
    summed = [np.zeros_like(one) for one in network.get_weights()]
    error = 0.0
    for row in range(len(x)):
        nets, outs, deltas, changes = backward(weights, x[row].tolist(), y[row].tolist(), names)
        error += 0.5 * sum((t - o) ** 2 for t, o in zip(y[row], outs[-1], strict=True))
        for layer in range(len(names)):
            np.testing.assert_allclose(found.nets[layer][row], nets[layer], rtol=1e-12, atol=1e-13)
            np.testing.assert_allclose(found.outs[layer][row], outs[layer], rtol=1e-12, atol=1e-13)
            np.testing.assert_allclose(found.deltas[layer][row], deltas[layer], rtol=1e-11, atol=1e-13)
            slopes = [SLOPES[names[layer]][1](v, o) for v, o in zip(nets[layer], outs[layer], strict=True)]
            np.testing.assert_allclose(found.slopes[layer][row], slopes, rtol=1e-12, atol=1e-13)
        for place, change in enumerate(changes):
            summed[place] += np.array(change)
    np.testing.assert_allclose(found.error, error, rtol=1e-12)
    for mine, change in zip(found.gradients, summed, strict=True):
        np.testing.assert_allclose(mine, -change, rtol=1e-11, atol=1e-13)
    for above, slope, delta in zip(found.above, found.slopes, found.deltas, strict=True):
        np.testing.assert_allclose(delta, above * slope, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(found.above[-1], y - network.predict(x), rtol=1e-12)


def test_gradients_are_those_of_central_differences():
    network, x, y, _ = case((3, 4, 2), ["tanh", "sigmoid"])
    weights, found = network.get_weights(), network.backward(x, y).gradients
    for part, gradient in enumerate(found):
        for place in np.ndindex(gradient.shape):
            ends = []
            for step in (1e-5, -1e-5):
                moved = [one.copy() for one in weights]
                moved[part][place] += step
                network.set_weights(moved)
                ends.append(network.error(x, y))
            np.testing.assert_allclose((ends[0] - ends[1]) / 2e-5, gradient[place], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("mode", ["standard", "accumulated"])
@pytest.mark.parametrize(("sizes", "activation"), CASES)
def test_training_by_program_by_hand_and_by_plain_loops_agree(sizes, activation, mode):
    network, x, y, names = case(sizes, activation)
    start = network.get_weights()
    weights, errors = plain_training(start, x, y, 0.05, 12, mode, names)
    trainer = classic.BackPropagation(network, 0.05, mode).fit(x, y, epochs=12)
    np.testing.assert_allclose(trainer.errors_, errors, rtol=1e-11)
    for mine, plain in zip(network.get_weights(), weights, strict=True):
        np.testing.assert_allclose(mine, plain, rtol=1e-10, atol=1e-12)
    network.set_weights(start)
    steps = [step for _ in range(12) for step in trainer.steps(x, y)]
    assert len(steps) == 12 * (len(x) if mode == "standard" else 1)
    for mine, plain in zip(network.get_weights(), weights, strict=True):
        np.testing.assert_allclose(mine, plain, rtol=1e-10, atol=1e-12)
    for one, other in zip(steps[0].after, steps[1].before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_two_modes_differ_and_fit_goes_on():
    ends = {}
    for mode in ("standard", "accumulated"):
        network = classic.FeedForward(seed=1)
        trainer = classic.BackPropagation(network, 1.0, mode).fit(X, Y, 30).fit(X, Y, 20)
        assert trainer.errors_.shape == (50,)
        ends[mode] = network.get_weights()[0]
        whole = classic.FeedForward(seed=1)
        errors = classic.BackPropagation(whole, 1.0, mode).fit(X, Y, 50).errors_
        np.testing.assert_allclose(trainer.errors_, errors, rtol=1e-12)
    assert abs(ends["standard"] - ends["accumulated"]).max() > 1e-3


def test_it_stops_at_the_error_that_was_asked_for():
    trainer = classic.BackPropagation(classic.FeedForward(seed=1), 1.0).fit(X, Y, 20000, until=0.01)
    assert len(trainer.errors_) < 20000
    assert trainer.errors_[-1] <= 0.01 < trainer.errors_[-2]


def test_shuffled_training_is_decided_by_the_seed():
    ends = []
    for seed in (1, 1, 2):
        network = classic.FeedForward(seed=0)
        classic.BackPropagation(network, 0.5, shuffle=True, seed=seed).fit(X, Y, 5)
        ends.append(network.get_weights()[0])
    np.testing.assert_array_equal(ends[0], ends[1])
    assert abs(ends[0] - ends[2]).max() > 0
    by_hand = classic.FeedForward(seed=0)
    trainer = classic.BackPropagation(by_hand, 0.5, shuffle=True, seed=1)
    orders = [[tuple(step.x[0]) for step in trainer.steps(X, Y)] for _ in range(5)]
    np.testing.assert_allclose(by_hand.get_weights()[0], ends[0], rtol=1e-12)
    assert all(sorted(one) == sorted(map(tuple, X)) for one in orders)
    assert any(one != orders[0] for one in orders)


def test_one_step_with_one_sample():
    network = classic.FeedForward((2, 2, 1), seed=1)
    step = classic.BackPropagation(network, 0.5).step([1.0, 0.0], 1.0)
    assert (step.x.tolist(), step.y.tolist()) == ([[1.0, 0.0]], [[1.0]])
    for new, now in zip(step.after, network.get_weights(), strict=True):
        np.testing.assert_array_equal(new, now)
    several = classic.BackPropagation(classic.FeedForward((1, 3)), 0.5).step([1.0], [0.0, 1.0, 0.0])
    assert several.y.shape == (1, 3)


def hand_network():
    network = classic.FeedForward((2, 2, 1))
    network.set_weights([[[1.0, -1.0], [2.0, 0.5]], [0.5, 0.0], [[1.0], [-2.0]], [0.25]])
    return network


def test_the_tables_of_a_step():
    step = classic.BackPropagation(hand_network(), 0.5).step([1.0, 1.0], 0.0)
    assert str(step.table()) == (
        "x = (1, 1), t = (0)\n"
        "E = ½ Σ (t − out)² = 0.1887\n"
        "node           net     out  from above  f'(net)          δ\n"
        "output 2.1  0.4656  0.6143     −0.6143   0.2369    −0.1456\n"
        "hidden 1.1     3.5  0.9707     −0.1456  0.02845  −0.004141\n"
        "hidden 1.2    −0.5  0.3775      0.2911    0.235    0.06841\n"
        "δ = −∂E/∂net = from above · f'(net)\n"
        "from above: t − out for an output, Σ w·δ for a hidden node"
    )
    assert str(step.weights_table()).splitlines()[1:4] == [
        "weight      before         Δw    after",
        "1.1 → 2.1        1   −0.07064   0.9294",
        "1.2 → 2.1       −2   −0.02748   −2.027",
    ]
    lines = str(step.table("ko")).splitlines()
    assert lines[2].split() == ["노드", "net", "out", "위에서", "온", "값", "f'(net)", "δ"]
    assert str(step.weights_table()).splitlines()[0] == "Δw = η · δ · input, η = 0.5"
    assert str(step).startswith(str(step.table()))


def test_hidden_lines_are_where_a_hidden_node_has_no_net_input():
    network = hand_network()
    lines = network.hidden_lines()
    np.testing.assert_array_equal(lines, [[1.0, 2.0, -0.5], [-1.0, 0.5, 0.0]])
    on_first = [[-0.5, 0.0], [1.5, -1.0]]
    np.testing.assert_allclose(network.forward(on_first)[0][0][:, 0], 0.0, atol=1e-15)


def test_the_model_inside_is_like_any_other(tmp_path):
    network = classic.FeedForward((2, 2, 1), seed=1)
    classic.BackPropagation(network, 1.0).fit(X, Y, 50)
    path = tmp_path / "xor.keras"
    network.model.save(path)
    again = onionskin.saving.load_model(path)
    np.testing.assert_allclose(again.predict(X, verbose=0), network.predict(X), rtol=1e-12)
    assert again.evaluate(X, Y[:, None].astype(float), batch_size=4, verbose=0) == pytest.approx(network.error(X, Y))


NETWORK = classic.FeedForward((2, 2, 1))


@pytest.mark.parametrize(
    ("act", "kind", "words"),
    [
        (lambda: classic.FeedForward(3), ArgumentError,
         "FeedForward(sizes): a network has at least two sizes.\n"
         "  expected: inputs, hidden nodes …, outputs, such as (2, 2, 1)\n  given:    3"),
        (lambda: classic.FeedForward((2, 0)), ArgumentError,
         "FeedForward(sizes): this number cannot be used.\n  expected: a whole number from 1\n  given:    0"),
        (lambda: classic.FeedForward((2, 1), ["tanh", "tanh"]), ArgumentError,
         "FeedForward(activation): there must be one activation for each layer after the inputs.\n"
         "  expected: 1\n  given:    2"),
        (lambda: classic.FeedForward((2, 1), "softmax"), ArgumentError,
         "FeedForward(activation): the activation must take each number by itself.\n"
         "  expected: such as 'sigmoid', 'tanh', 'relu' or 'linear'\n  given:    'softmax'"),
        (lambda: classic.FeedForward((2, 1), math.tanh), DTypeError,
         "FeedForward(activation): the activation cannot be used on an array.\n"
         "  given:    'tanh'\n  to fix:   use one of onionskin.activations, or onionskin.ops"),
        (lambda: classic.FeedForward((2, 1), spread=-1), ArgumentError,
         "FeedForward(spread): this number cannot be used.\n  expected: a number above 0\n  given:    -1"),
        (lambda: NETWORK.predict([[1.0]]), ShapeError,
         "FeedForward.predict(X): the samples have another number of inputs than the network.\n"
         "  expected: (n, 2)\n  given:    (1, 1)"),
        (lambda: NETWORK.backward(X, [1.0]), ShapeError,
         "FeedForward(y): there must be a target for each output of each sample.\n"
         "  expected: (4, 1)\n  given:    (1,)"),
        (lambda: NETWORK.backward(X, [1.0, np.inf, 0, 0]), DataError,
         "FeedForward(y): a number is not finite.\n  given:    inf at [1]"),
        (lambda: classic.FeedForward((3, 1)).hidden_lines(), ShapeError,
         "FeedForward.hidden_lines: only nodes with two inputs have a line.\n  expected: 2\n  given:    3"),
        (lambda: classic.BackPropagation(NETWORK.model), ArgumentError,
         "BackPropagation(network): this trains a FeedForward network.\n  given:    an object of type Sequential\n"
         "  to fix:   train other models by their fit"),
        (lambda: classic.BackPropagation(NETWORK, mode="batch"), ArgumentError,
         "BackPropagation(mode): there is no such mode.\n"
         "  expected: 'standard' or 'accumulated'\n  given:    'batch'"),
        (lambda: classic.BackPropagation(NETWORK, np.nan), ArgumentError,
         "BackPropagation(learning_rate): this number cannot be used.\n  expected: a number above 0\n  given:    nan"),
        (lambda: classic.BackPropagation(NETWORK).fit(X, Y, until=-1), ArgumentError,
         "BackPropagation.fit(until): this number cannot be used.\n  expected: a number from 0\n  given:    -1"),
        (lambda: classic.BackPropagation(NETWORK).step([0.0, 1.0], 1.0).table(sample=1), ArgumentError,
         "BackwardStep.table(sample): the step has no such sample.\n  expected: 0 to 0\n  given:    1"),
        (lambda: classic.BackPropagation(NETWORK).step([0.0, 1.0], 1.0).table("xx"), UnknownNameError,
         "BackwardStep.table(language): there is no language of this name.\n  given:    'xx'\n"
         "  to fix:   Known: en, ko"),
    ],
)  # fmt: skip
def test_what_is_refused(act, kind, words):
    with pytest.raises(kind) as caught:
        act()
    assert str(caught.value) == words
