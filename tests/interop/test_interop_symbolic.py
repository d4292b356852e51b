"""From graphs to SymPy: names, constants, shapes, and what is refused."""

import numpy as np
import pytest

import onionskin
from onionskin import ops
from onionskin.base.errors import ArgumentError, DTypeError, GraphError, MissingExtraError, ShapeError
from onionskin.base.specs import Spec
from onionskin.graph import make_input, trace
from onionskin.interop import Symbolic, to_sympy
from onionskin.interop.symbolic import input_names

sympy = pytest.importorskip("sympy")
x, y, z = sympy.symbols("x y z", real=True)


def single(function, **shapes):
    return to_sympy(function, **shapes).output


def test_functions_read_as_in_a_book():
    assert single(lambda x: ops.relu(x)) == sympy.Max(0, x)
    assert single(lambda x: ops.sigmoid(x)) == 1 / (1 + sympy.exp(-x))
    assert single(lambda x: ops.softplus(x)) == sympy.log(1 + sympy.exp(x))
    assert single(lambda x, y: ops.where(x > y, x * y, 0.25)) == sympy.Piecewise(
        (x * y, x > y), (sympy.Rational(1, 4), True)
    )
    assert single(lambda x: ops.mean(ops.square(x)), x=2) == sympy.sympify("(x_1**2 + x_2**2)/2").subs(
        {f"x_{i}": sympy.Symbol(f"x_{i}", real=True) for i in (1, 2)}
    )


@pytest.mark.parametrize("compare", [ops.greater, ops.greater_equal, ops.less, ops.less_equal])
@pytest.mark.parametrize("extreme", [ops.maximum, ops.minimum])
def test_an_extreme_beside_a_number_is_compared_term_by_term(compare, extreme):
    """max(0, x, y) > 1 is x > 1 or y > 1, and so on: true at the same points, on either side."""
    for number in (-0.5, 0.0, 0.5):
        left = single(lambda x, y, number=number: compare(extreme(extreme(x, 0.0), y), number))
        right = single(lambda x, y, number=number: compare(number, extreme(extreme(x, 0.0), y)))
        assert not left.atoms(sympy.Max, sympy.Min)
        for a in (-1.0, -0.5, 0.0, 0.5, 1.0):
            for b in (-1.0, -0.5, 0.0, 0.5, 1.0):
                value = np.float64(extreme(extreme(a, 0.0), b))
                assert bool(left.subs({x: a, y: b})) == bool(compare(value, np.float64(number))), (number, a, b)
                assert bool(right.subs({x: a, y: b})) == bool(compare(np.float64(number), value)), (number, a, b)


def test_a_layer_is_written_with_the_symbols_of_its_matrix():
    out = single(lambda x, w, b: ops.matmul(x, w) + b, x=(1, 2), w=(2, 1), b=(1,))
    assert str(out.tolist()) == "[[b_1 + w_1_1*x_1_1 + w_2_1*x_1_2]]"
    assert out.shape == (1, 1)


def test_constants_are_exact_where_they_are_short_decimals():
    assert single(lambda x: x * 0.1) == x / 10
    assert single(lambda x: x * 1e-7) == x / 10**7
    assert single(lambda x: x + 3.0) == x + 3
    third = single(lambda x: x * (1 / 3))
    assert third.args[0].is_Float
    assert float(third.args[0]) == 1 / 3
    graph = trace(lambda x: x * 0.1, [Spec((), "float32")], ["x"])
    assert to_sympy(graph).output == x / 10
    assert to_sympy(trace(lambda x: x + np.inf, [Spec((), "float64")], ["x"])).output is sympy.oo


def test_inputs_may_be_named_given_or_filled_with_numbers():
    graph = trace(lambda a, b: a * b, [Spec((2,), "float64"), Spec((), "float64")], ["a", "b"])
    assert str(to_sympy(graph, inputs=["p", "q"]).output.tolist()) == "[p_1*q, p_2*q]"
    assert list(to_sympy(graph, inputs={"b": x + 1, "a": [y, 2]}).output) == [y * (x + 1), 2 * (x + 1)]
    assert list(to_sympy(graph, inputs={"b": 0.5, "a": sympy.Matrix([y, z]).T.tolist()[0]}).output) == [y / 2, z / 2]
    symbolic = to_sympy(graph)
    assert list(map(str, symbolic.symbols)) == ["a_1", "a_2", "b"]
    assert list(symbolic) == [symbolic[0]]
    assert len(symbolic) == 1
    assert all(one.is_real for one in symbolic.symbols)
    assert to_sympy(trace(lambda i: i + 1, [Spec((), "int32")], ["i"])).symbols[0].is_integer


def test_names_of_inputs_are_plain_and_unlike():
    inputs = [make_input(Spec((), "float64"), name) for name in ("dense/kernel", "dense_kernel", "", "2nd", "x2")]
    assert input_names(onionskin.graph.Graph(tuple(inputs), ())) == [
        "dense_kernel", "dense_kernel_2", "x2", "x_2nd", "x2_2",
    ]  # fmt: skip


def test_the_gradient_graph_is_written_like_any_other():
    graph = onionskin.trace(onionskin.grad(lambda a: ops.sum(ops.tanh(a) * a[0])), Spec((2,), "float64"))
    first, second = to_sympy(graph, inputs=["a"]).output
    a1, a2 = sympy.symbols("a_1 a_2", real=True)
    loss = (sympy.tanh(a1) + sympy.tanh(a2)) * a1
    assert sympy.expand(first - sympy.diff(loss, a1)) == 0
    assert sympy.expand(second - sympy.diff(loss, a2)) == 0


def test_a_model_is_written_with_its_numbers_plugged_in():
    onionskin.utils.set_random_seed(2)
    model = onionskin.Sequential([onionskin.layers.Dense(2, "relu"), onionskin.layers.Dense(1, "sigmoid")])
    model(np.ones((1, 3)))
    symbolic = to_sympy(lambda x: model(x), x=(1, 3))
    numbers = np.array([[0.3, -0.2, 0.9]])
    at = dict(zip(symbolic.symbols, numbers.flat, strict=True))
    np.testing.assert_allclose(float(symbolic.output[0, 0].subs(at)), model(numbers)[0, 0], rtol=1e-6)


def test_control_flow_is_written_out():
    out = single(lambda x, y: ops.cond(x > y, lambda: x * y, lambda: x + y))
    assert out == sympy.Piecewise((x * y, x > y), (x + y, True))
    steps = single(lambda x, y: ops.scan(lambda c, n: (c * y + n, c), x, np.array([1.0, 2.0]))[0])
    assert sympy.expand(steps) == sympy.expand((x * y + 1) * y + 2)


def test_it_shows_itself():
    both = to_sympy(lambda x: (ops.sqrt(x), ops.stack([x, x * x])))
    assert repr(both) == "<symbolic (x) -> sqrt(x), [x, x**2]>"
    assert both.latex() == r"\sqrt{x} \\ \left[\begin{matrix}x & x^{2}\end{matrix}\right]"
    assert both._repr_latex_() == rf"$\displaystyle \begin{{array}}{{l}}{both.latex()}\end{{array}}$"


def said(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_what_is_refused_says_why(monkeypatch):
    graph = trace(lambda a: a * 2, [Spec((2,), "float64")], ["a"])
    assert said(DTypeError, lambda: to_sympy(3)) == "to_sympy: a graph or a function is needed.\n  given:    3"
    assert said(ArgumentError, lambda: to_sympy(graph, a=(2,))) == (
        "to_sympy: a graph has its shapes.\n  given:    a\n  to fix:   leave them out"
    )
    assert said(ArgumentError, lambda: to_sympy(lambda a: a, b=(2,))) == (
        "to_sympy: the function has no argument of this name.\n  expected: a\n  given:    b"
    )
    assert said(ArgumentError, lambda: to_sympy(graph, inputs={"b": 1})) == (
        "to_sympy, inputs: there is no such input.\n  expected: a\n  given:    'b'"
    )
    assert said(ArgumentError, lambda: to_sympy(graph, inputs=["a", "b"])) == (
        "to_sympy, inputs: each input needs something that stands for it.\n  expected: 1: a\n  given:    2"
    )
    assert said(ShapeError, lambda: to_sympy(graph, inputs=[[x, y, z]])) == (
        "to_sympy, input 'a': what stands for an input has another shape.\n  expected: (2,)\n  given:    (3,)"
    )
    assert said(GraphError, lambda: to_sympy(lambda a: a + 1, a=(200, 100))) == (
        "to_sympy, <lambda>: this graph is too large to be written out element by element.\n"
        "  expected: at most 20,000 elements in all its tensors\n"
        "  given:    40,001\n"
        "  to fix:   trace it with fewer samples and units"
    )
    described = trace(lambda a: a * 2, [Spec((None, 2), "float64")], ["a"])
    assert said(ShapeError, lambda: to_sympy(described)) == (
        "to_sympy, <lambda>: every size must be known.\n  given:    float64[None, 2]\n"
        "  to fix:   trace the function with the sizes that it is to be shown with"
    )
    assert said(ArgumentError, lambda: Symbolic({}, (x, y)).output) == (
        "Symbolic.output: there are several outputs.\n  given:    2\n  to fix:   use outputs[i]"
    )


def test_without_sympy_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sympy", None)
    assert said(MissingExtraError, lambda: to_sympy(lambda x: x * 2)) == (
        "symbolic expressions need the library 'sympy', which is not installed.\n"
        "  to fix:   pip install 'onionskin[symbolic]'"
    )
