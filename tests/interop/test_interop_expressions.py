"""From SymPy to functions and graphs: values against SymPy's own, round trips, use in training, what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onionskin
from onionskin import ops
from onionskin.base.errors import ArgumentError, GraphError, ShapeError, UnknownNameError
from onionskin.graph import verify
from onionskin.interop import from_sympy, graph_from_sympy, to_sympy
from tests.expressions import arguments, graphs, plainly

sympy = pytest.importorskip("sympy")
x, y, w = sympy.symbols("x y w", real=True)
SETTINGS = settings(deadline=None, max_examples=60, derandomize=True, database=None)

ONE = {
    "exp": sympy.exp, "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "tanh": sympy.tanh, "atan": sympy.atan,
    "sinh": sympy.sinh, "cosh": sympy.cosh, "asinh": sympy.asinh, "abs": sympy.Abs, "sign": sympy.sign,
    "floor": sympy.floor, "ceiling": sympy.ceiling, "erf": sympy.erf, "erfc": sympy.erfc, "sech": sympy.sech,
    "log": lambda a: sympy.log(1 + a**2), "sqrt": lambda a: sympy.sqrt(a**2 + 1), "negative": lambda a: -a,
    "rsqrt": lambda a: 1 / sympy.sqrt(a**2 + 2), "cube": lambda a: a**3, "square": lambda a: a**2,
    "asin": lambda a: sympy.asin(sympy.sin(a) / 2), "acos": lambda a: sympy.acos(sympy.cos(a) / 2),
    "atanh": lambda a: sympy.atanh(sympy.tanh(a)) / 2, "acosh": lambda a: sympy.acosh(2 + a**2),
    "heaviside": lambda a: sympy.Heaviside(a), "bessel": lambda a: sympy.besseli(1, sympy.sin(a)),
    "coth": lambda a: sympy.coth(a**2 + 1), "csch": lambda a: sympy.csch(a**2 + 1), "csc": lambda a: sympy.csc(a),
    "cot": lambda a: sympy.cot(a), "sec": lambda a: sympy.sec(a), "erfinv": lambda a: sympy.erfinv(sympy.sin(a) / 2),
}  # fmt: skip
TWO = {
    "add": lambda a, b: a + b, "subtract": lambda a, b: a - b, "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / (b**2 + 1), "max": sympy.Max, "min": sympy.Min, "mod": lambda a, b: sympy.Mod(a, 2),
    "power": lambda a, b: sympy.exp(a / 4) ** sympy.sin(b), "atan2": lambda a, b: sympy.atan2(a, b**2 + 1),
    "choice": lambda a, b: sympy.Piecewise((a, a > b), (b * 2, a < -1), (sympy.pi, True)),
    "logic": lambda a, b: sympy.Piecewise((a, (a > b) & ~(b >= 1)), (b, (a <= 2) | (b < 0)), (a + b, True)),
    "exactly": lambda a, b: sympy.Piecewise((a, sympy.Ne(a, b)), (sympy.E, True)),
    "either": lambda a, b: sympy.Piecewise((a, sympy.Xor(a > 0, b > 0)), (b, True)),
}  # fmt: skip


@st.composite
def expressions(draw):
    values = [x, y, w, sympy.Rational(1, 3), sympy.Float(0.7), sympy.Integer(2)]
    for _ in range(draw(st.integers(1, 5))):
        pick = st.sampled_from(values)
        if draw(st.booleans()):
            values.append(ONE[draw(st.sampled_from(sorted(ONE)))](sympy.sin(draw(pick))))
        else:
            values.append(TWO[draw(st.sampled_from(sorted(TWO)))](draw(pick), draw(pick)))
    return values[-1]


def by_sympy(expression, known):
    return complex(expression.subs({symbol: sympy.Float(value, 30) for symbol, value in known.items()}).evalf(25))


@pytest.mark.parametrize("name", sorted(ONE))
def test_each_function_has_sympys_value(name):
    expression = ONE[name](x)
    for value in (-2.3, -0.6, 0.001, 0.4, 1.7):
        expected = by_sympy(expression, {x: value})
        assert expected.imag == pytest.approx(0, abs=1e-20)
        np.testing.assert_allclose(from_sympy(expression)(np.float64(value)), expected.real, rtol=3e-14)


@SETTINGS
@given(expressions(), st.integers(0, 2**32 - 1))
def test_random_expressions_have_sympys_values(expression, seed):
    given_ = np.random.default_rng(seed).normal(size=3)
    expected = by_sympy(expression, dict(zip((x, y, w), given_, strict=True)))
    found = from_sympy(expression, [x, y, w])(*given_)
    np.testing.assert_allclose(found, expected.real, rtol=1e-9, atol=1e-9)


@SETTINGS
@given(expressions(), st.integers(0, 2**32 - 1))
def test_there_and_back_is_the_same_function(expression, seed):
    values = np.random.default_rng(seed).normal(size=(3, 4))
    there = from_sympy(expression, [x, y, w])
    graph = verify(there.graph())
    back = from_sympy(to_sympy(graph), [x, y, w])
    np.testing.assert_allclose(back(*values), there(*values), rtol=1e-9, atol=1e-9)


@settings(SETTINGS, max_examples=20)
@given(graphs(), st.integers(0, 2**32 - 1))
def test_graphs_come_back_from_their_expressions(graph, seed):
    args = arguments(graph, seed)
    for mine, theirs in zip(from_sympy(to_sympy(graph))(*args), plainly(graph, args), strict=True):
        np.testing.assert_allclose(np.broadcast_to(mine, theirs.shape), theirs, rtol=1e-4, atol=1e-5)


def test_arrays_are_taken_element_by_element_and_matrices_add_their_axes_behind():
    f = from_sympy(sympy.Matrix([[x, y], [y, x * y]]), [x, y])
    assert f(np.ones(3), 2.0).shape == (3, 2, 2)
    np.testing.assert_array_equal(f(np.float64(3), 2.0), [[3, 2], [2, 6]])
    row = sympy.Matrix([[x, y]])
    norm = from_sympy(x**2 + y**2, [row], name="norm")
    np.testing.assert_array_equal(norm(np.array([[[3.0, 4.0]], [[6.0, 8.0]]])), [25, 100])
    first, second = from_sympy([x + 1, x * 2])(np.array([1.0, 2.0]))
    np.testing.assert_array_equal([first, second], [[2, 3], [2, 4]])
    assert from_sympy(sympy.Integer(3), [x])(np.zeros(2)).tolist() == [3, 3]
    assert f(y=2.0, x=np.float64(3)).tolist() == [[3, 2], [2, 6]]


def test_it_is_compiled_differentiated_and_trained_with():
    f = from_sympy(sympy.sin(x) * x**2, [x], name="wave")
    values = np.linspace(-2, 2, 7)
    slope = sympy.lambdify(x, sympy.diff(sympy.sin(x) * x**2, x))
    np.testing.assert_allclose(onionskin.grad(lambda v: ops.sum(f(v)))(values), slope(values), rtol=1e-12)
    np.testing.assert_allclose(onionskin.jit(f)(values), np.sin(values) * values**2, rtol=1e-12)

    swish = from_sympy(x / (1 + sympy.exp(-x)), [x])
    loss = from_sympy((x - y) ** 2, [x, y], name="squares")
    onionskin.utils.set_random_seed(1)
    model = onionskin.Sequential([onionskin.layers.Dense(8, activation=swish), onionskin.layers.Dense(1)])
    model.compile(onionskin.optimizers.Adam(0.02), loss=lambda t, p: ops.mean(loss(t, p)))
    data = np.linspace(-1, 1, 64, dtype="float32")[:, None]
    history = model.fit(data, data**2, epochs=30, verbose=0)
    assert history.history["loss"][-1] < 0.5 * history.history["loss"][0]


def test_without_a_default_branch_there_is_no_value():
    f = from_sympy(sympy.Piecewise((x, x > 0)))
    np.testing.assert_array_equal(f(np.array([1.0, -1.0])), [1.0, np.nan])


def test_the_graph_is_a_plain_one():
    graph = graph_from_sympy(sympy.exp(-x) * y, [x, y], shapes=[(2,), ()], dtype="float32")
    assert [node.primitive.name for node in graph.nodes] == ["input", "input", "negative", "exp", "multiply"]
    assert str(graph).splitlines()[0] == "<graph from_sympy: (float32[2], float32[]) -> (float32[2]), 5 nodes>"
    assert repr(from_sympy(x * y, name="area")) == "<function area of x, y>"


def said(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_what_is_refused_says_why():
    assert said(UnknownNameError, lambda: from_sympy(sympy.gamma(x) + 1)) == (
        "from_sympy: 'gamma' has no operation here.\n  given:    gamma(x)\n"
        "  to fix:   rewrite it with the functions of onionskin.ops, or expand it first (expression.doit())"
    )
    assert said(UnknownNameError, lambda: from_sympy(sympy.Derivative(sympy.Function("f")(x), x))) == (
        "from_sympy: 'f' has no operation here.\n  given:    f(x)\n"
        "  to fix:   rewrite it with the functions of onionskin.ops, or expand it first (expression.doit())"
    )
    assert said(ArgumentError, lambda: from_sympy(x * y, [x], name="area")) == (
        "area: an expression has a symbol that is no argument.\n  expected: x\n  given:    y\n"
        "  to fix:   name it among the symbols"
    )
    assert said(ArgumentError, lambda: from_sympy(x, [x + 1])) == (
        "from_sympy: an argument is a symbol, or an array of symbols.\n  given:    x + 1"
    )
    assert said(GraphError, lambda: from_sympy(sympy.I * x)) == (
        "from_sympy: an expression has an imaginary part.\n  given:    I\n"
        "  to fix:   convert its real and imaginary parts one by one"
    )
    f = from_sympy(x * y, [x, y])
    assert (
        said(ArgumentError, lambda: f(1.0))
        == "from_sympy: each symbol needs a value.\n  expected: 2: x, y\n  given:    1"
    )
    assert said(ArgumentError, lambda: f(1.0, z=2.0)) == (
        "from_sympy: there is no such argument to be named.\n  expected: y\n  given:    z"
    )
    pair = from_sympy(x * y, [sympy.Array([x, y])])
    assert said(ShapeError, lambda: pair(np.ones(3))) == (
        "from_sympy, argument x,y: an argument does not have the shape of its array of symbols.\n"
        "  expected: (…, 2)\n  given:    (3,)"
    )
