"""Source S1, row 4: every partial derivative of the light-or-dark network, against SymPy's own."""

# ruff: noqa: N803, N806 - the letters are those of the source

from __future__ import annotations

import pytest

import onionskin
from onionskin import explain, ops

sympy = pytest.importorskip("sympy")


def chain(X, W1, B1, W2, B2, Y):
    z1 = W1 * X + B1
    a1 = ops.relu(z1)
    z2 = W2 * a1 + B2
    a2 = ops.sigmoid(z2)
    return {"Z1": z1, "A1": a1, "Z2": z2, "A2": a2, "C": (a2 - Y) ** 2}


def test_s1_4_nine_partial_derivatives_equal_sympys_own() -> None:
    """One call gives the nine of the note; SymPy differentiates the note's own formulas beside it."""
    found = explain.partials(chain)
    W1, B1, W2, B2, X, Y, Z1, A1, Z2, A2 = sympy.symbols("W1 B1 W2 B2 X Y Z1 A1 Z2 A2", real=True)
    formulas = {
        "C": (A2 - Y) ** 2,
        "A2": 1 / (1 + sympy.exp(-Z2)),
        "Z2": W2 * A1 + B2,
        "A1": sympy.Piecewise((Z1, Z1 > 0), (0, True)),  # at 0, where Max(0, Z1) has none, the note's (Z1 > 0) is 0
        "Z1": W1 * X + B1,
    }
    nine = [("C", A2), ("A2", Z2), ("Z2", A1), ("Z2", W2), ("Z2", B2), ("A1", Z1), ("Z1", W1), ("Z1", B1), ("Z1", X)]
    for value, by in nine:
        assert found[value, str(by)] == sympy.diff(formulas[value], by), f"d{value}/d{by}"
    assert set(found) == {(value, str(by)) for value, by in nine} | {("C", "Y")}
    assert found["C", "A2"] == 2 * A2 - 2 * Y
    assert found["A2", "Z2"] == sympy.exp(-Z2) / (1 + sympy.exp(-Z2)) ** 2
    assert found["A1", "Z1"] == sympy.Piecewise((1, Z1 > 0), (0, True))
    assert (found["Z2", "A1"], found["Z2", "W2"], found["Z2", "B2"]) == (W2, A1, 1)
    assert (found["Z1", "W1"], found["Z1", "B1"], found["Z1", "X"]) == (X, 1, W1)


def test_s1_4_their_products_are_the_derivatives_of_the_cost() -> None:
    """Each product of local derivatives equals SymPy's derivative of the whole cost, and the engine's gradient."""
    found = explain.partials(chain)
    local = [("C", "A2"), ("A2", "Z2"), ("Z2", "A1"), ("A1", "Z1"), ("Z1", "W1")]
    assert found.paths("C", "W1") == [tuple(local)]
    assert found.product("C", "W1") == sympy.Mul(*[found[step] for step in local])
    written = found.in_inputs(found.definitions["C"])
    numbers = {"X": 0.7, "W1": 0.4, "B1": 0.1, "W2": -0.6, "B2": 0.2, "Y": 1.0}
    gradient = onionskin.grad(lambda *values: chain(*values)["C"], argnums=(1, 2, 3, 4))
    engine = dict(zip(("W1", "B1", "W2", "B2"), gradient(*numbers.values()), strict=True))
    at = {sympy.Symbol(name, real=True): value for name, value in numbers.items()}
    for name in ("W1", "B1", "W2", "B2"):
        total = found.total("C", name)
        own = sympy.diff(written, sympy.Symbol(name, real=True))
        assert float(total.subs(at)) == pytest.approx(float(own.subs(at).evalf()), rel=1e-12), name
        assert float(engine[name]) == pytest.approx(float(total.subs(at)), rel=1e-5), name
