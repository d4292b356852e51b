"""Primitives that users define: values, derivatives of any order, and the words of what can go wrong."""

import ast

import numpy as np
import pytest

from onionskin.base.errors import ArgumentError, DTypeError, GraphError, ShapeError
from onionskin.base.specs import Spec
from onionskin.engines import get
from onionskin.graph import inline, make_input, trace, verify
from onionskin.prims import TABLE, define_primitive
from onionskin.transforms import differentiate
from tests.checks import check_derivative

V = Spec((3,), "float64")
X = np.array([0.5, -1.0, 2.0])


def cube(graph_backward):
    return define_primitive("cube", lambda x: x**3, lambda g, y, x: g * 3.0 * x**2.0, graph_backward=graph_backward)


def run(graph, *args):
    return get("reference").compile(verify(graph))(*args)


def total(function, count=1):
    return trace(lambda *xs: TABLE["sum"](function(*xs), axis=(0,), keepdims=False), [V] * count, name="f")


def test_value_and_first_derivative():
    op = cube(graph_backward=False)
    np.testing.assert_array_equal(op(X), X**3)
    np.testing.assert_array_equal(run(trace(op, [V]), X)[0], X**3)
    check_derivative(trace(op, [V]), [X], np.random.default_rng(0), order=1, forward_mode=False)
    assert (op.__name__, op.__doc__) == ("cube", "The user's primitive cube.")


def test_python_numbers_and_lists_are_taken():
    op = cube(graph_backward=False)
    np.testing.assert_array_equal(op([1.0, 2.0]), np.array([1, 8], np.float32))
    assert op(2).dtype == np.int32
    assert cube(graph_backward=False)(make_input(Spec((2,), "float32"))).dtype == "float32"


def test_second_derivative_where_backward_is_a_graph():
    check_derivative(trace(cube(graph_backward=True), [V]), [X], np.random.default_rng(0), order=3)


def test_second_derivative_of_numpy_code_is_refused():
    with pytest.raises(GraphError) as caught:
        differentiate(total(lambda x: pull(x)))
    assert str(caught.value) == (
        "the backward function of the primitive 'cube' is NumPy code, which cannot be differentiated again.\n"
        "  to fix:   write backward with onionskin.ops and pass graph_backward=True"
    )


def pull(x):
    gradient = differentiate(total(cube(graph_backward=False)))
    return inline(gradient, [x])[0]


def test_no_backward_at_all():
    op = define_primitive("forward_only", np.sin)
    np.testing.assert_array_equal(run(trace(op, [V]), X)[0], np.sin(X))
    with pytest.raises(GraphError) as caught:
        differentiate(total(op))
    assert str(caught.value) == (
        "the primitive 'forward_only' has no backward function, so nothing before it has a gradient.\n"
        "  to fix:   give define_primitive a backward=, or put ops.stop_gradient around it"
    )
    assert run(differentiate(total(lambda x: op(TABLE["stop_gradient"](x)) * x)), X)[0].shape == (3,)


def test_several_inputs_some_without_gradient():
    def forward(x, n, w):
        return x * n.astype(x.dtype) * w

    def backward(g, y, x, n, w):
        return g * n * w, None, (g * n * x).sum(keepdims=True)

    op = define_primitive("weighted", forward, backward)
    specs = [V, Spec((3,), "int32"), Spec((1,), "float64")]
    graph = trace(lambda x, n, w: op(x, TABLE["cast"](n, dtype="float64"), w), specs)
    check_derivative(
        graph,
        [X, np.array([1, 2, 3], np.int32), np.array([2.0])],
        np.random.default_rng(0),
        order=1,
        forward_mode=False,
    )


def test_a_shape_function():
    op = define_primitive("pairs", lambda x: x.reshape(-1, 2), shape=lambda x: (None if x[0] is None else x[0] // 2, 2))
    assert op(make_input(Spec((None,), "float32"))).shape == (None, 2)
    np.testing.assert_array_equal(run(trace(op, [Spec((4,), "float64")]), np.arange(4.0))[0], [[0, 1], [2, 3]])


def test_inputs_are_safe_from_a_neighbour_that_writes_in_place():
    op = define_primitive("same", lambda x: x)  # gives its input back
    graph = trace(lambda x: TABLE["exp"](op(x)) + TABLE["sin"](op(TABLE["cos"](x))), [V])
    x = X.copy()
    np.testing.assert_allclose(run(graph, x)[0], np.exp(X) + np.sin(np.cos(X)), rtol=1e-15)
    np.testing.assert_array_equal(x, X)


@pytest.mark.parametrize(
    "name", ["x\nimport os\nos.abort()", "a b", "class", "v0", "run", "copy", "été", "ﬁ", "'\"\\", "#"]
)
def test_a_name_cannot_become_code(name):
    op = define_primitive(name, lambda x: x + 1, lambda g, y, x: g)
    twin = define_primitive(name, lambda x: x * 10)
    graph = trace(lambda x: op(TABLE["reshape"](x, shape=(3,))) + twin(x), [V], name=name)
    program = get("reference").compile(graph)
    np.testing.assert_array_equal(program(X)[0], X + 1 + 10 * X)
    (function,) = ast.parse(program.describe()).body
    assert {type(one) for one in function.body} == {ast.Assign, ast.Delete, ast.Return}
    assert "abort" not in program.describe()
    op(make_input(V)).primitive.formula.format("x")


def test_a_formula_shows_the_name():
    op = define_primitive("my_{op}", np.sin)
    assert op(make_input(V)).primitive.formula.format("x") == r"\operatorname{my\_op}(x)"


# --- words ---


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("op", 3), "define_primitive('op'): forward must be a function.\n  given:    3"),
        (("op", None), "define_primitive('op'): forward must be a function.\n  given:    None"),
        (("op", np.sin, "b"), "define_primitive('op'): backward must be a function.\n  given:    'b'"),
        ((3, np.sin), "define_primitive: a primitive needs a name.\n  expected: a string\n  given:    3"),
        (("", np.sin), "define_primitive: a primitive needs a name.\n  expected: a string\n  given:    ''"),
    ],
)
def test_words_of_the_definition(arguments, words):
    with pytest.raises(ArgumentError) as caught:
        define_primitive(*arguments)
    assert str(caught.value) == words


def test_words_of_the_shapes():
    with pytest.raises(ShapeError) as caught:
        define_primitive("op", np.sin)(make_input(Spec((None, 2), "float32")))
    assert str(caught.value) == (
        "primitive 'op': the output's shape cannot be tried out while the batch size is not known.\n"
        "  to fix:   give define_primitive a shape= function"
    )
    with pytest.raises(ShapeError) as caught:
        define_primitive("op", np.sin, shape=lambda x: (7,))(X)
    assert str(caught.value) == (
        "primitive 'op': forward returned another shape than shape= promised.\n  expected: (7,)\n  given:    (3,)"
    )
    with pytest.raises(DTypeError) as caught:
        define_primitive("op", lambda x: "text")(make_input(V))
    assert str(caught.value).splitlines()[0] == "this dtype cannot be used for tensors."


@pytest.mark.parametrize(
    ("backward", "kind", "words"),
    [
        (
            lambda g, y, x: (g, g),
            ArgumentError,
            "primitive 'op': backward returned another number of gradients than there are inputs.\n"
            "  expected: 1\n  given:    2",
        ),
        (
            lambda g, y, x: g[:2],
            ShapeError,
            "primitive 'op': backward returned a gradient of the wrong shape for input 0.\n"
            "  expected: (3,)\n  given:    (2,)",
        ),
    ],
)
def test_words_of_a_wrong_backward(backward, kind, words):
    gradient = differentiate(total(define_primitive("op", np.sin, backward)))
    with pytest.raises(kind) as caught:
        run(gradient, X)
    assert str(caught.value) == words


def test_words_of_a_wrong_graph_backward():
    op = define_primitive("op", np.sin, lambda g, y, x: [g, g], graph_backward=True)
    with pytest.raises(ArgumentError) as caught:
        differentiate(total(op))
    assert str(caught.value) == (
        "primitive 'op': backward returned another number of gradients than there are inputs.\n"
        "  expected: 1\n  given:    2"
    )
