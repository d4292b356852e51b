"""Graphs: deep chains, walks, inlining, listing, and what the verifier and the shape rules say."""

import gc

import numpy as np
import pytest

from onionskin.base.errors import GraphError, OnionskinError, ShapeError
from onionskin.base.specs import Spec
from onionskin.engines import get
from onionskin.graph import (
    Graph,
    Primitive,
    as_node,
    bind,
    inline,
    make,
    make_input,
    replay,
    substitute,
    topological,
    trace,
    verify,
)
from onionskin.prims import TABLE
from onionskin.transforms import differentiate, simplify
from tests.checks import rebuilt

F = Spec((2,), "float64")


def chain(length):
    def function(x):
        value = x
        for _ in range(length):
            value = TABLE["sin"](value) + x
        return TABLE["sum"](value, axis=(0,), keepdims=False)

    return trace(function, [F], name="chain")


def test_a_chain_of_ten_thousand_operations():
    graph = chain(5000)
    assert len(graph.nodes) == 10_002
    gradient = simplify(differentiate(graph, with_value=True))
    verify(gradient)
    x = np.array([0.1, 0.2])
    value, slope = get("reference").compile(gradient)(x)
    y, dy = x.copy(), np.ones(2)
    for _ in range(5000):
        y, dy = np.sin(y) + x, np.cos(y) * dy + 1
    np.testing.assert_allclose(value, y.sum(), rtol=1e-12)
    np.testing.assert_allclose(slope, dy, rtol=1e-9)


def test_fifty_thousand_operations_are_recorded_and_freed():
    graph = chain(25_000)
    assert len(graph.nodes) == 50_002
    assert len(substitute(graph.outputs, {graph.inputs[0]: make_input(F)})) == 1
    del graph
    gc.collect()  # freeing a deep graph must not exhaust the stack


def test_walks_put_inputs_first_and_stop_where_told():
    x = make_input(F, "x")
    y = TABLE["sin"](x)
    z = y * x + y
    order = topological([z, y])
    places = {id(node): index for index, node in enumerate(order)}
    assert len(places) == len(order) == 4
    for node in order:
        assert all(places[id(one)] < places[id(node)] for one in node.inputs)
    assert [node.primitive.name for node in topological([z], stop=[y])] == ["input", "multiply", "add"]


def test_substitute_keeps_what_does_not_change():
    x, other = make_input(F, "x"), make_input(F, "other")
    fixed = TABLE["sin"](x)
    result = substitute([fixed, fixed + other], {other: TABLE["cos"](x)})
    assert result[0] is fixed
    assert result[1] is fixed + TABLE["cos"](x)
    (numbers,) = substitute([TABLE["cos"](x) + x], {x: np.zeros(2)})
    np.testing.assert_array_equal(numbers, [1.0, 1.0])
    assert replay(x, ()) is x


def test_inline_and_its_words():
    graph = trace(lambda a, b: a * b, [F, F], name="product")
    x = make_input(F, "x")
    assert inline(graph, [x, x])[0] is x * x
    with pytest.raises(GraphError) as caught:
        inline(graph, [x])
    assert str(caught.value) == "product was given the wrong number of inputs.\n  expected: 2\n  given:    1"


def test_listing():
    graph = trace(lambda x: TABLE["sum"](x * 2.0, axis=(0,), keepdims=False), [F], ["x"], "twice")
    assert str(graph) == (
        "<graph twice: (float64[2]) -> (float64[]), 4 nodes>\n"
        "  x: float64[2] = input()\n"
        "  %1: float64[] = constant(value=2.0)\n"
        "  %2: float64[2] = multiply(x, %1)\n"
        "  %3: float64[] = sum(%2, axis=(0,), keepdims=False)\n"
        "  return %3"
    )
    assert repr(graph.outputs[0]) == "<tensor float64[] = sum(multiply)>"


def test_trace_takes_names_and_returns_what_the_function_returns():
    graph = trace(lambda a, b: [a, 3.0, b], [F, F], ["left"])
    assert [node.params["name"] for node in graph.inputs] == ["left", "x1"]
    assert graph.name == "<lambda>"
    assert graph.out_specs == (F, Spec((), "float64"), F)


def test_a_mistake_surfaces_where_it_is_written():
    def function(x):
        return x + np.ones(3)

    with pytest.raises(ShapeError) as caught:
        trace(function, [F])
    assert str(caught.value) == (
        "these shapes do not broadcast.\n  expected: trailing axes equal, or one of them 1\n  given:    (2,) and (3,)"
    )
    assert "function" in [entry.name for entry in caught.traceback]


def test_eager_and_traced_mistakes_have_the_same_words():
    words = []
    for x in (make_input(F), np.zeros(2)):
        with pytest.raises(OnionskinError) as caught:
            TABLE["add"](x, np.zeros(3))
        words.append(str(caught.value))
    assert words[0] == words[1]


def test_an_error_of_numpy_that_no_rule_knows_passes_through():
    broken = Primitive("broken", "elementwise", lambda x: x, lambda x: np.zeros(2).reshape(3))
    with pytest.raises(ValueError, match="cannot reshape array of size 2"):
        bind(broken, (np.zeros(2),), {})


# --- the verifier ---


def test_a_sound_graph_comes_back():
    graph = chain(3)
    assert verify(graph) is graph


def test_an_input_that_is_an_operation():
    x = make_input(F, "x")
    y = TABLE["sin"](x)
    with pytest.raises(GraphError) as caught:
        verify(Graph((y,), (y,), "g"))
    assert str(caught.value) == (
        "g: an input of the graph is no input node.\n  given:    <tensor float64[2] = sin(input)>"
    )


def test_an_input_twice():
    x = make_input(F, "x")
    with pytest.raises(GraphError) as caught:
        verify(Graph((x, x), (x,), "g"))
    assert str(caught.value) == "g: an input node stands twice among the inputs."


def test_a_free_input():
    kept = []
    trace(lambda x: kept.append(x) or x, [F], ["old"])
    with pytest.raises(GraphError) as caught:
        verify(trace(lambda x: x + kept[0], [F], name="g"))
    assert str(caught.value) == (
        "g: the graph needs an input node that is none of its inputs.\n"
        "  given:    input 'old' float64[2]\n"
        "  to fix:   pass the tensor as an argument instead of keeping it from an earlier trace"
    )


def test_nodes_in_the_wrong_order():
    graph = chain(1)
    graph.__dict__["nodes"] = tuple(reversed(graph.nodes))
    with pytest.raises(GraphError) as caught:
        verify(graph)
    assert str(caught.value) == (
        "chain: a node comes before one of its inputs.\n  given:    <tensor float64[] = sum(add)>"
    )


def test_a_described_tensor():
    x = make_input(Spec((None, 2), "float32"), "x", described=True)
    assert (x + 1.0).described
    with pytest.raises(GraphError) as caught:
        verify(Graph((x,), (x + 1.0,), "g"))
    assert str(caught.value) == (
        "g: the graph holds a tensor of a model's description, which has no numbers.\n"
        "  given:    <tensor float32[None, 2] = input()>\n"
        "  to fix:   call the model on the graph's own inputs"
    )


def test_a_wrong_spec_and_a_rule_that_refuses():
    x = make_input(F, "x")
    planted = make(rebuilt(TABLE["add"]), (x, x), {})
    planted.spec = Spec((2,), "float32")
    with pytest.raises(GraphError) as caught:
        verify(Graph((x,), (planted,), "g"))
    assert str(caught.value) == (
        "g: node add: a node's shape or dtype is not what its primitive derives.\n"
        "  expected: float64[2]\n  given:    float32[2]"
    )
    later = make(rebuilt(TABLE["add"]), (x, as_node(np.zeros(2))), {})
    later.inputs = (x, as_node(np.zeros(3)))
    with pytest.raises(ShapeError) as caught:
        verify(Graph((x,), (later,), "g"))
    assert str(caught.value) == (
        "g: node add: these shapes do not broadcast.\n"
        "  expected: trailing axes equal, or one of them 1\n  given:    (2,) and (3,)"
    )


def test_nodes_of_the_grammar_have_no_value_of_their_own():
    x = make_input(F, "x")
    with pytest.raises(TypeError) as caught:
        x.primitive.value()
    assert str(caught.value) == "this node has no value of its own: an engine supplies it"
    assert repr(TABLE["tanh"]) == "<primitive tanh>"
