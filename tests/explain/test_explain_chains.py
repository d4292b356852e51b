"""Local partial derivatives of named values: against SymPy's own on random chains, arrays, text, and refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onionskin import ops
from onionskin.base.errors import ArgumentError, DTypeError
from onionskin.base.specs import Spec
from onionskin.explain import links, local_partials, partials
from onionskin.graph import trace
from onionskin.prims.control import run_graph

sympy = pytest.importorskip("sympy")
SETTINGS = settings(deadline=None, max_examples=30, derandomize=True, database=None)

STEPS = {
    "tanh": (lambda a, b: ops.tanh(a), lambda a, b: sympy.tanh(a)),
    "sigmoid": (lambda a, b: ops.sigmoid(a), lambda a, b: 1 / (1 + sympy.exp(-a))),
    "product": (lambda a, b: a * b + a, lambda a, b: a * b + a),
    "affine": (lambda a, b: 0.5 * a - b, lambda a, b: a / 2 - b),
    "square": (lambda a, b: (a - b) ** 2, lambda a, b: (a - b) ** 2),
    "softplus": (lambda a, b: ops.softplus(b), lambda a, b: sympy.log(1 + sympy.exp(b))),
    "sine": (lambda a, b: ops.sin(a) * ops.exp(-b * b), lambda a, b: sympy.sin(a) * sympy.exp(-b * b)),
}


@SETTINGS
@given(
    st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=5)
)
def test_random_chains_have_sympys_derivatives(plan):
    """Each local derivative, and each total one, is what SymPy makes of the same formulas."""

    def chain(p, q):
        values, found = [p, q], {}
        for number, (name, first, second) in enumerate(plan):
            values.append(STEPS[name][0](values[first % len(values)], values[second % len(values)]))
            found[f"v{number}"] = values[-1]
        return found

    p, q = sympy.symbols("p q", real=True)
    letters, formulas, full = [p, q], {}, [p, q]
    for number, (name, first, second) in enumerate(plan):
        write = STEPS[name][1]
        formulas[f"v{number}"] = write(letters[first % len(letters)], letters[second % len(letters)])
        full.append(write(full[first % len(full)], full[second % len(full)]))
        letters.append(sympy.Symbol(f"v{number}", real=True))
    if len(set(formulas.values())) < len(formulas) or any(one.is_number for one in full):
        return  # the same value under two names is refused, and tested below
    found = partials(chain)
    numbers = {letter: sympy.Float(0.3 + 0.17 * place) for place, letter in enumerate(letters)}
    for (value, by), expression in found.items():
        own = sympy.diff(formulas[value], sympy.Symbol(by, real=True))
        assert float((expression - own).subs(numbers)) == pytest.approx(0, abs=1e-12), (value, by)
    last = f"v{len(plan) - 1}"
    for by in ("p", "q"):
        own = sympy.diff(full[-1], sympy.Symbol(by, real=True)).subs(numbers)
        assert float(found.total(last, by).subs(numbers)) == pytest.approx(float(own), rel=1e-10, abs=1e-12)


def test_an_array_has_the_jacobian_of_every_element():
    def chain(x, w, b):
        z = ops.matmul(x, w) + b
        return {"z": z, "a": ops.tanh(z), "s": ops.softmax(z)}

    found = partials(chain, x=(1, 2), w=(2, 2), b=(2,))
    assert found["z", "w"].shape == (1, 2, 2, 2)
    x_1_1, w_1_2 = sympy.symbols("x_1_1 w_1_2", real=True)
    assert found["z", "w"][0, 0, 0, 0] == x_1_1
    assert found["z", "w"][0, 0, 0, 1] == 0
    assert found["z", "x"][0, 1, 0, 0] == w_1_2
    assert found["z", "b"][0].tolist() == [[1, 0], [0, 1]]
    z = [sympy.Symbol(f"z_1_{index}", real=True) for index in (1, 2)]
    total = sympy.exp(z[0]) + sympy.exp(z[1])
    for i in range(2):
        for j in range(2):
            own = sympy.diff(sympy.exp(z[i]) / total, z[j]) - found["s", "z"][0, i, 0, j]
            assert sympy.simplify(own) == 0
            assert sympy.simplify(sympy.diff(sympy.tanh(z[i]), z[j]) - found["a", "z"][0, i, 0, j]) == 0
    assert found.definitions["z"].shape == (1, 2)


def test_a_value_that_reaches_another_on_two_ways_has_two_products():
    found = partials(lambda x: {"u": ops.sin(x), "v": (u := ops.sin(x)) * x, "c": ops.exp(u * x)})
    x, u = sympy.symbols("x u", real=True)
    assert set(found.paths("v", "x")) == {(("v", "u"), ("u", "x")), (("v", "x"),)}
    assert sympy.expand(found.product("v", "x") - (x * sympy.cos(x) + u)) == 0
    assert sympy.expand(found.total("v", "x") - sympy.diff(sympy.sin(x) * x, x)) == 0


def test_links_are_the_pieces_between_the_names():
    graph = trace(lambda x, w: [z := ops.matmul(x, w), ops.relu(z)], [Spec((3, 2), "float32"), Spec((2, 4), "float32")],
                  ["x", "w"])  # fmt: skip
    first, second = links(graph, ["z", "a"])
    assert (first.name, set(first.ingredients), second.ingredients) == ("z", {"x", "w"}, ("z",))
    x, w = np.ones((3, 2), "float32"), np.full((2, 4), 2.0, "float32")
    values = [{"x": x, "w": w}[name] for name in first.ingredients]
    np.testing.assert_array_equal(run_graph(first.forward, values)[0], x @ w)
    back = dict(zip(first.moving, run_graph(first.backward, [*values, np.ones((3, 4), "float32")]), strict=True))
    np.testing.assert_array_equal(back["w"], x.T @ np.ones((3, 4)))
    np.testing.assert_array_equal(back["x"], np.ones((3, 4)) @ w.T)


def test_whole_numbers_are_ingredients_without_a_derivative():
    graph = trace(lambda i, x: [x * ops.cast(i, "float64")], [Spec((), "int32"), Spec((), "float64")], ["i", "x"])
    found = local_partials(graph, ["y"])
    assert found == {("y", "x"): sympy.Symbol("i", integer=True)}
    assert set(links(graph, ["y"])[0].ingredients) == {"i", "x"}


def test_it_shows_itself():
    found = partials(lambda x, w: {"z": w * x, "a": ops.relu(w * x)})
    assert str(found).splitlines() == [
        "z = w*x",
        "a = Max(0, z)",
        "dz/dw = x",
        "dz/dx = w",
        "da/dz = Piecewise((1, z > 0), (0, True))",
        "da/dx = da/dz · dz/dx",
        "      = w*Piecewise((1, z > 0), (0, True))",
        "da/dw = da/dz · dz/dw",
        "      = x*Piecewise((1, z > 0), (0, True))",
    ]
    assert found.latex().startswith(r"\frac{\partial z}{\partial w} = x \\ \frac{\partial z}{\partial x} = w \\ ")
    assert found._repr_latex_() == rf"$\displaystyle \begin{{array}}{{l}}{found.latex()}\end{{array}}$"


def said(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_what_is_refused_says_why():
    assert said(ArgumentError, lambda: partials(lambda x: x * 2)) == (
        "partials: the values of a chain need names.\n"
        '  expected: a function that returns {"Z1": …, "A1": …, "C": …}\n'
        "  given:    a Node\n"
        "  to fix:   return a dictionary, or pass names="
    )
    assert said(ArgumentError, lambda: partials(lambda x: {"x": x * 2})) == (
        "the chain <lambda>: a name stands for two values.\n  given:    'x'"
    )
    assert said(ArgumentError, lambda: partials(lambda x: {"y": x})) == (
        "the chain <lambda>: two names are given to one value.\n  expected: an operation between them\n"
        "  given:    x and y\n  to fix:   leave one of them out"
    )
    graph = trace(lambda x: x * 2, [Spec((), "float64")], ["x"])
    assert said(ArgumentError, lambda: partials(graph)) == (
        "the chain <lambda>: each output of the graph needs a name.\n  expected: 1\n  given:    0 names"
    )
    assert said(ArgumentError, lambda: partials(graph, ["y"], x=(2,))) == (
        "partials: a graph has its shapes.\n  given:    x\n  to fix:   leave them out"
    )
    assert said(ArgumentError, lambda: partials(graph, ["y"]).product("y", "q")) == (
        "partials: there is no such value in the chain.\n  expected: y, x\n  given:    'q'"
    )
    wide = partials(lambda x: {"y": ops.sin(x)}, x=(2,))
    assert said(DTypeError, lambda: wide.product("y", "x")) == (
        "partials, dy/dx: only between single numbers is the chain rule a plain product.\n"
        "  given:    dy/dx of shape (2, 2)\n  to fix:   trace the chain with single numbers"
    )
