"""Tests of the tests: a fault planted in a primitive makes the very checks of the suite fail."""

import numpy as np
import pytest

from onionskin.base.errors import GraphError
from onionskin.base.specs import Spec
from onionskin.graph import make, make_input, verify
from onionskin.graph.graph import Graph
from onionskin.prims import TABLE
from tests.cases import CASES
from tests.checks import check_derivative, check_fresh, check_same, check_value, graph_of, rebuilt
from tests.prims import oracles

X = np.linspace(-1.0, 1.2, 6).reshape(2, 3)
ROW = {"axis": (1,), "keepdims": False}


def differentiate_and_check(record, args=(X,), params=None):
    check_derivative(graph_of(record, args, params or {}), list(args), np.random.default_rng(0))


def oracle(name):
    return next(case.oracle for case in CASES if case.name == name)


def test_the_sound_records_pass():
    check_value(TABLE["tanh"], (X,), {}, oracle("tanh")(X), 1e-12)
    check_value(TABLE["sum"], (X,), ROW, oracle("sum")(X, **ROW), 1e-12)
    differentiate_and_check(TABLE["tanh"])
    differentiate_and_check(TABLE["sum"], params=ROW)


@pytest.mark.parametrize(
    "derivative",
    [
        lambda g, y, x: (g * (1 - y),),  # a square forgotten
        lambda g, y, x: (g * (1 + y * y),),  # a sign
        lambda g, y, x: (g * (1 - y * y) * 1.001,),  # a constant a little off
        lambda g, y, x: (g,),
        lambda g, y, x: (None,),  # none at all
    ],
)
def test_a_wrong_derivative_is_found(derivative):
    with pytest.raises(AssertionError):
        differentiate_and_check(rebuilt(TABLE["tanh"], vjp=derivative))


def test_a_derivative_that_is_right_but_has_a_wrong_derivative_itself_is_found():
    frozen = TABLE["stop_gradient"]
    wrong = rebuilt(TABLE["tanh"], vjp=lambda g, y, x: (g * frozen(1 - y * y),))
    check_derivative(graph_of(wrong, (X,), {}), [X], np.random.default_rng(0), order=1)
    with pytest.raises(AssertionError):
        differentiate_and_check(wrong)


def test_a_derivative_of_another_shape_is_found():
    wrong = rebuilt(TABLE["add"], vjp=lambda g, y, a, b: (g, g))  # not summed over the broadcast axis
    with pytest.raises(AssertionError):
        differentiate_and_check(wrong, (X, X[:1]))


@pytest.mark.parametrize(
    "spec",
    [
        lambda x, *, axis, keepdims: Spec((x.shape[1],), x.dtype),  # the axis that was to go
        lambda x, *, axis, keepdims: Spec((x.shape[0], 1), x.dtype),  # keepdims although not asked for
        lambda x, *, axis, keepdims: Spec((x.shape[0],), "float32"),
    ],
)
def test_a_wrong_shape_rule_is_found(spec):
    with pytest.raises(AssertionError):
        check_value(rebuilt(TABLE["sum"], spec=spec), (X,), ROW, oracle("sum")(X, **ROW), 1e-12)


@pytest.mark.parametrize(
    "value",
    [
        lambda x: np.tanh(x) * (1 + 1e-9),
        lambda x: np.tanh(x).astype(np.float32),
        lambda x: np.tanh(x)[:1],
        lambda x: np.tanh(x, out=x),  # writes over its input
    ],
)
def test_a_wrong_value_is_found(value):
    x = np.array(X)
    with pytest.raises(AssertionError):
        check_value(rebuilt(TABLE["tanh"], value=value), (x,), {}, oracle("tanh")(X), 1e-12)


def test_a_view_that_claims_to_be_fresh_is_found():
    wrong = rebuilt(TABLE["transpose"], fresh=True)
    with pytest.raises(AssertionError) as caught:
        check_fresh(wrong, (X,), (wrong(X, perm=(1, 0)),))
    assert "transpose shares memory with its input" in str(caught.value)


def test_a_wrong_draw_is_found():
    seed = np.arange(4, dtype=np.uint32)
    record = TABLE["random_bits"]
    wrong = rebuilt(record, value=lambda seed, *, shape: record.value(seed + np.uint32(1), shape=shape))
    with pytest.raises(AssertionError):
        check_value(wrong, (seed,), {"shape": (5,)}, oracles.random_bits(seed, shape=(5,)), 0.0)


def test_a_rewrite_that_changes_numbers_is_found():
    x = make_input(Spec((2, 3), "float64"), "x")
    with pytest.raises(AssertionError):
        check_same(Graph((x,), (x * 2.0,)), Graph((x,), (x * 3.0,)), [X])


def test_the_verifier_finds_a_planted_spec():
    x = make_input(Spec((2, 3), "float64"), "x")
    node = make(rebuilt(TABLE["tanh"]), (x,), {})
    node.spec = Spec((3, 2), "float64")
    with pytest.raises(GraphError) as caught:
        verify(Graph((x,), (node,), "planted"))
    assert str(caught.value) == (
        "planted: node tanh: a node's shape or dtype is not what its primitive derives.\n"
        "  expected: float64[2, 3]\n"
        "  given:    float64[3, 2]"
    )
