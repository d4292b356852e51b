"""Reverse and forward mode over whole graphs: drawn ones, shared parts, definitions, several outputs, and refusals."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onionskin.base.errors import DTypeError, GraphError, ShapeError
from onionskin.base.specs import Spec
from onionskin.engines import get
from onionskin.graph import Graph, Primitive, make_input, trace, verify
from onionskin.prims import TABLE
from onionskin.transforms import differentiate, pullback, push_forward, zeros
from tests.checks import check_derivative
from tests.expressions import SHAPE, arguments

S = Spec((), "float64")
V = Spec((3,), "float64")
SMOOTH = ("tanh", "sigmoid", "sin", "softplus", "negative", "arctan")


def run(graph, *args):
    return get("reference").compile(verify(graph))(*args)


@st.composite
def smooth_graphs(draw):
    """Draw a graph without bends, in which values are used again and again."""
    inputs = [make_input(Spec(SHAPE, "float64"), f"x{index}") for index in range(2)]
    values = list(inputs)
    for _ in range(draw(st.integers(1, 8))):
        x, y = draw(st.sampled_from(values)), draw(st.sampled_from(values))
        name = draw(st.sampled_from([*SMOOTH, "multiply", "add", "product", "mean", "flip"]))
        if name in SMOOTH:
            values.append(TABLE[name](x))
        elif name in ("multiply", "add"):
            values.append(TABLE[name](TABLE["sin"](x), y))
        elif name == "product":
            values.append(TABLE["matmul"](TABLE["matmul"](TABLE["sin"](x), y.T), TABLE["tanh"](y)))
        elif name == "mean":
            values.append(x * TABLE["mean"](y, axis=(1,), keepdims=True))
        else:
            values.append(TABLE["flip"](x, axes=(0,)) + y)
    return Graph(tuple(inputs), (values[-1], draw(st.sampled_from(values))), "drawn")


@settings(deadline=None, derandomize=True, database=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(smooth_graphs(), st.integers(0, 2**32 - 1))
def test_drawn_graphs(graph, seed):
    args = [np.clip(one, -1.5, 1.5) for one in arguments(graph, seed)]
    check_derivative(graph, args, np.random.default_rng(seed), tolerance=1e-5)


def test_derivatives_of_any_order():
    graph = trace(lambda x: TABLE["power"](x, np.float64(5.0)), [S])
    wanted, x = [2.0**5, 5 * 2.0**4, 20 * 2.0**3, 60 * 2.0**2, 120 * 2.0, 120.0, 0.0], np.array(2.0)
    for value in wanted:
        np.testing.assert_allclose(run(graph, x)[0], value, rtol=1e-12, atol=1e-12)
        graph = differentiate(graph)


def test_gradients_come_first_and_the_rest_passes_through():
    graph = trace(lambda a, b: (TABLE["sum"](a * b, axis=(0,), keepdims=False), a + b), [V, V])
    a, b = np.array([1.0, 2, 3]), np.array([4.0, 5, 6])
    for found, wanted in zip(run(differentiate(graph, (1, 0)), a, b), (a, b, a + b), strict=True):
        np.testing.assert_array_equal(found, wanted)
    for found, wanted in zip(run(differentiate(graph, (-1,), with_value=True), a, b), (32.0, a + b, a), strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_what_the_result_does_not_depend_on_has_a_gradient_of_zeros():
    graph = trace(lambda a, b: TABLE["sum"](a, axis=(0,), keepdims=False), [V, V])
    np.testing.assert_array_equal(run(differentiate(graph, (1,)), np.ones(3), np.ones(3))[0], np.zeros(3))
    np.testing.assert_array_equal(run(Graph((), (zeros(V),)))[0], np.zeros(3))


def test_a_node_on_the_way_can_be_asked_for():
    x = make_input(V, "x")
    middle = TABLE["sin"](x)
    result = TABLE["sum"](middle * middle * x, axis=(0,), keepdims=False)
    by_middle, by_x = pullback([result], [np.ones(())], [middle, x])
    point = np.array([0.3, -0.2, 1.0])
    found = run(Graph((x,), (by_middle, by_x)), point)
    np.testing.assert_allclose(found[0], 2 * np.sin(point) * point, rtol=1e-14)
    np.testing.assert_allclose(found[1], np.sin(point) ** 2 + 2 * np.sin(point) * point * np.cos(point), rtol=1e-14)
    (only,) = pullback([result], [np.ones(())], [middle])
    assert only is by_middle
    (none,) = pullback([result], [None], [x])
    np.testing.assert_array_equal(run(Graph((x,), (none,)), point)[0], np.zeros(3))


def test_an_output_asked_for_itself():
    x = make_input(V, "x")
    g = make_input(V, "g")
    assert pullback([x], [g], [x]) == [g]


def test_a_definition_is_the_derivative_where_there_is_no_rule():
    swish = Primitive(
        "swish_of_tests",
        "elementwise",
        lambda x, *, slope: x,
        lambda x, *, slope: x / (1 + np.exp(-slope * x)),
        definition=lambda x, *, slope: x * TABLE["sigmoid"](x * np.float64(slope)),
    )
    graph = trace(lambda x: swish(x, slope=2.0), [V])
    check_derivative(graph, [np.array([-1.0, 0.2, 2.0])], np.random.default_rng(0))


def test_a_primitive_without_rule_or_definition_passes_nothing_on():
    graph = trace(lambda x: TABLE["sum"](TABLE["floor"](x) + x, axis=(0,), keepdims=False), [V])
    np.testing.assert_array_equal(run(differentiate(graph), np.array([0.5, 1.5, -0.5]))[0], np.ones(3))


@pytest.mark.parametrize("name", [name for name, one in TABLE.items() if one.definition is not None])
def test_fused_forms_are_what_their_definitions_say(name):
    record = TABLE[name]
    params = {}
    if record.kind == "reduction":
        params = {"axis": 1} if name in ("softmax", "log_softmax") else {"axis": (1,), "keepdims": False}
    x = np.array([[0.3, -1.2, 2.0], [1.0, 0.5, -0.4]])
    fused = trace(lambda x: record(x, **params), [Spec((2, 3), "float64")])
    plain = trace(lambda x: record.definition(x, **params), [Spec((2, 3), "float64")])
    u = np.array([0.5, -1.0]) if fused.outputs[0].ndim == 1 else np.array([[0.5, -1.0, 2.0], [1.0, 0.1, -0.3]])
    found = []
    for graph in (fused, plain):
        (back,) = pullback(graph.outputs, [u], graph.inputs)
        found.append(run(Graph(graph.inputs, (*graph.outputs, back)), x))
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-15)


def test_push_forward_of_mixed_inputs_and_outputs():
    specs = [V, Spec((3,), "int32")]
    graph = trace(lambda x, n: (x * TABLE["cast"](n, dtype="float64"), n + 1, x > 0), specs, ["x", "n"])
    pushed = push_forward(graph)
    assert [node.params["name"] for node in pushed.inputs] == ["x", "n", "dx"]
    x, n, dx = np.array([1.0, -2, 3]), np.array([2, 3, 4], np.int32), np.array([0.5, 1, 2])
    found = run(pushed, x, n, dx)
    for one, wanted in zip(found, (x * n, n + 1, x > 0, dx * n), strict=True):
        np.testing.assert_array_equal(one, wanted)


def refused(function, specs, kind, words, **more):
    with pytest.raises(kind) as caught:
        differentiate(trace(function, specs, name="f"), **more)
    assert str(caught.value) == words


def test_refusals():
    refused(
        lambda x: x,
        [V],
        ShapeError,
        "f: a gradient needs a single number to be the gradient of.\n  expected: a result of shape ()\n"
        "  given:    shape (3,)\n  to fix:   take ops.sum or ops.mean of the result first",
    )
    refused(
        lambda x: x > 0,
        [S],
        DTypeError,
        "f: only a float has a gradient.\n  given:    a result of dtype bool",
    )
    refused(
        lambda x, n: x,
        [S, Spec((), "int32")],
        DTypeError,
        "f, input 1: only a float has a gradient.\n  given:    dtype int32",
        wrt=(1,),
    )
    refused(
        lambda x: x,
        [S],
        GraphError,
        "f: there is no such input to differentiate by.\n  expected: 0 to 0\n  given:    1",
        wrt=(1,),
    )
