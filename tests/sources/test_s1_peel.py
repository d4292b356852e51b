"""Source S1, row 4, by `peel`: the nine partial derivatives of the 3-3-1 network are what its own training goes by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import sympy

import onionskin
from onionskin.datasets import font_shade

LINES = (  # as the source works them out, from the cost inwards
    "∂C/∂A2 = 2·(A2 − Y)",
    "∂A2/∂Z2 = A2 ⊙ (1 − A2) = exp(−Z2)/(1 + exp(−Z2))²",
    "∂Z2/∂A1 = W2",
    "∂Z2/∂W2 = A1",
    "∂Z2/∂B2 = 1",
    "∂A1/∂Z1 = [Z1 > 0]",
    "∂Z1/∂X = W1",
    "∂Z1/∂W1 = X",
    "∂Z1/∂B1 = 1",
)


def network() -> onionskin.Sequential:
    onionskin.utils.set_random_seed(0)
    start = onionskin.initializers.RandomUniform(0.0, 1.0)
    hidden = onionskin.layers.Dense(3, "relu", kernel_initializer=start, bias_initializer=start, name="hidden")
    output = onionskin.layers.Dense(1, "sigmoid", kernel_initializer=start, bias_initializer=start, name="output")
    model = onionskin.Sequential([onionskin.Input((3,)), hidden, output])
    model.compile(onionskin.optimizers.SGD(0.05), "mse")
    return model


def test_s1_4_peel_prints_the_nine_partial_derivatives(data_dir: Path) -> None:
    (x, y), _ = font_shade.load_data(data_dir / "font_shade" / "light_dark_font_training_set.csv", normalize=True)
    model = network()
    derivation = model.peel(x[:1], y[:1].reshape(1, 1))
    shown = [line.partition("  (")[0].strip() for line in str(derivation).split("\n")]
    assert [line for line in LINES if line not in shown] == []
    order = [shown.index(line) for line in LINES]
    assert order == sorted(order), "they come from the cost inwards"
    assert all(row.verdict in ("ok", "kink") for row in derivation.checks.values()), derivation.checks
    assert set(derivation.checks) == {"X", "W1", "B1", "W2", "B2"}


def test_s1_4_the_chain_of_peel_is_the_step_of_training(data_dir: Path) -> None:
    (x, y), _ = font_shade.load_data(data_dir / "font_shade" / "light_dark_font_training_set.csv", normalize=True)
    model = network()
    x, y = x[7:8], y[7:8].reshape(1, 1)
    derivation = model.peel(x, y)
    before = {name: array.copy() for name, array in derivation.values.items()}
    products = {name: derivation.evaluate(derivation.product(name)) for name in ("W1", "B1", "W2", "B2")}
    model.train_on_batch(x, y)
    after = dict(zip(("W1", "B1", "W2", "B2"), model.get_weights(), strict=True))
    for name, product in products.items():
        moved = before[name] - 0.05 * product.reshape(before[name].shape)
        np.testing.assert_allclose(after[name], moved, rtol=1e-5, atol=1e-7, err_msg=name)


def test_s1_4_local_derivatives_are_sympys_own() -> None:
    derivation = network().peel(np.full((1, 3), 0.5), np.ones((1, 1)))
    a2, y, z2, a1, w2, x, w1, z1 = (
        sympy.Symbol(one, real=True) for one in ["A2", "Y", "Z2", "A1", "W2", "X", "W1", "Z1"]
    )
    b1, b2 = sympy.Symbol("B1", real=True), sympy.Symbol("B2", real=True)
    logistic = 1 / (1 + sympy.exp(-z2))
    own = {
        ("C", "A2"): sympy.diff((a2 - y) ** 2, a2),
        ("A2", "Z2"): sympy.diff(logistic, z2),
        ("Z2", "A1"): sympy.diff(w2 * a1 + b2, a1),
        ("Z2", "W2"): sympy.diff(w2 * a1 + b2, w2),
        ("Z2", "B2"): sympy.diff(w2 * a1 + b2, b2),
        ("Z1", "X"): sympy.diff(w1 * x + b1, x),
        ("Z1", "W1"): sympy.diff(w1 * x + b1, w1),
        ("Z1", "B1"): sympy.diff(w1 * x + b1, b1),
    }
    for pair, expected in own.items():
        found = derivation.sympy(*pair).subs(a2, logistic) if pair[0] == "A2" else derivation.sympy(*pair)
        assert sympy.simplify(found - expected) == 0, f"{pair}: {found} and {expected}"
    assert derivation.sympy("A2") == logistic
    slope = derivation.sympy("A1", "Z1")  # 1 where Z1 > 0, else 0, as SymPy's derivative of Max(0, Z1)
    for value in (-1.5, 2.0):
        assert bool(slope.subs(z1, value)) == bool(sympy.diff(sympy.Max(0, z1), z1).subs(z1, value))
