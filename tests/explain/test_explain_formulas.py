"""Tests of what a node computes as plain text and as TeX."""

from __future__ import annotations

import numpy as np
import pytest

from onionskin import ops
from onionskin.base.specs import Spec
from onionskin.explain.formulas import _fields, numbers, plain, symbol, tex, tex_name
from onionskin.graph import make_input
from onionskin.prims import TABLE

X, Y, Z = (make_input(Spec((2, 3), "float32"), name) for name in ("x", "y", "z"))
B = make_input(Spec((2, 3), "bool"), "b")
SHORT = {X: "x", Y: "y", Z: "z", B: "b"}
LONG = {X: "u + v", Y: "-y", Z: "z", B: "b"}


@pytest.mark.parametrize(
    ("node", "short", "long", "sign"),
    [
        (X + Y, "x + y", "(u + v) + (-y)", "+"),
        (X * Y, "x × y", "(u + v) × (-y)", "×"),
        (X / Y, "x / y", "(u + v) / (-y)", "/"),
        (X**Y, "x^y", "(u + v)^(-y)", "•^•"),
        (-X, "-x", "-(u + v)", "-•"),
        (ops.matmul(X, ops.transpose(Y)), "x · transpose(…)", "(u + v) · transpose(…)", "·"),
        (ops.transpose(X), "xᵀ", "(u + v)ᵀ", "•ᵀ"),
        (ops.exp(X), "exp(x)", "exp(u + v)", "exp(•)"),
        (ops.log(X), "ln x", "ln (u + v)", "ln •"),
        (ops.sqrt(X), "√x", "√(u + v)", "√•"),
        (ops.rsqrt(X), "1 / √x", "1 / √(u + v)", "1 / √•"),
        (ops.relu(X), "max(0, x)", "max(0, u + v)", "max(0, •)"),
        (ops.softplus(X), "ln(1 + exp(x))", "ln(1 + exp(u + v))", "ln(1 + exp(•))"),
        (ops.sum(X), "Σ x", "Σ (u + v)", "Σ •"),
        (ops.sum(X, axis=0), "Σ₀ x", "Σ₀ (u + v)", "Σ₀ •"),
        (ops.mean(X, axis=1), "mean₁ x", "mean₁ (u + v)", "mean₁ •"),
        (ops.logsumexp(X), "ln Σ exp(x)", "ln Σ exp(u + v)", "ln Σ exp(•)"),
        (ops.concatenate([X, Y, Z]), "[x; y; z]", "[u + v; -y; z]", "[•; •; •]"),
        (X[:, 1:], "x[:, 1:]", "(u + v)[:, 1:]", "•[:, 1:]"),
        (X[:, ::2], "x[:, ::2]", "(u + v)[:, ::2]", "•[:, ::2]"),
        (ops.where(B, X, Y), "(b ? x : y)", "(b ? (u + v) : -y)", "(• ? • : •)"),
        (ops.floor(X), "⌊x⌋", "⌊u + v⌋", "⌊•⌋"),
        (ops.reshape(X, (3, 2)), "reshape[3×2](x)", "reshape[3×2](u + v)", "reshape[3×2](•)"),
        (ops.add(X, 2.5), "x + 2.5", "(u + v) + 2.5", "+"),
    ],
)
def test_plain_texts_and_symbols_are_read_from_the_formula(node, short, long, sign):
    assert plain(node, SHORT) == short
    assert plain(node, LONG) == long
    assert symbol(node) == sign


@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_primitive_with_a_formula_has_a_plain_text_without_tex(name):
    formula = TABLE[name].formula
    assert formula
    node = object.__new__(type(X))
    holes = len({one for one in _fields(formula) if one.isdigit()})
    node.primitive, node.inputs, node.described = TABLE[name], (X, Y, Z)[: holes or 1], False
    node.params = {one: (0,) if one != "order" else 0 for one in _fields(formula) if not one.isdigit()}
    node.spec = X.spec
    text = plain(node, SHORT)
    assert not set(text) & set("\\{}_$"), text
    for given in node.inputs[:holes]:
        assert SHORT[given] in text
        assert SHORT[given] in tex(node, SHORT)
    assert not any("\ue000" <= one <= "\uf8ff" for one in text + tex(node, SHORT))


def test_tex_has_brackets_where_they_are_needed_and_names_upright():
    assert tex(X * Y, {X: "a + b", Y: "hidden/kernel"}) == r"\left(a + b\right) \cdot \mathrm{hidden/kernel}"
    assert tex(ops.exp(X), {X: "a + b"}) == "e^{a + b}"
    assert tex(ops.relu(X), {X: "%12"}) == r"\max(0, v_{12})"
    assert [tex_name(one) for one in ("x", "W1", "b_2", r"\hat{y}", "0.5")] == [
        "x",
        "W_{1}",
        "b_{2}",
        r"\hat{y}",
        "0.5",
    ]


def test_numbers_are_written_out_where_they_are_few():
    assert numbers(np.array([[1, -0.5], [2, 1 / 3]])) == "[[1, -0.5], [2, 0.3333]]"
    assert numbers(np.array([0, 1, 2, 3, 4, 5, np.nan, np.inf])) == "(8,) from 0 to 5, 2 not finite"
    assert numbers(np.zeros(0)) == "[]"
    assert numbers(np.ones(9, bool)) == "(9,) bool"
