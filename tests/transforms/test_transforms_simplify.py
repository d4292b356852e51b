"""Simplification and stable forms: equal numbers from fewer nodes, rule by rule and on drawn graphs."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onionskin.base.specs import Spec, spec_of
from onionskin.engines import get
from onionskin.graph import CONSTANT, Graph, as_node, make_constant, make_input, trace, verify
from onionskin.prims import TABLE
from onionskin.prims.operators import reduced, shaped
from onionskin.transforms import differentiate, simplify, stabilize
from onionskin.transforms.simplify import FOLD_LIMIT, uniform_value
from tests.checks import check_same
from tests.expressions import arguments, graphs

SETTINGS = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
X = make_input(Spec((2, 3), "float64"), "x")
ROW = make_input(Spec((3,), "float64"), "row")
ZERO, ONE, TWO = (np.float64(value) for value in (0.0, 1.0, 2.0))


def simple(node, *inputs):
    return simplify(Graph(inputs or (X,), (node,))).outputs[0]


def filled(value, shape=(2, 3), dtype="float64"):
    return TABLE["broadcast_to"](make_constant(np.asarray(value, dtype)), shape=shape)


# --- drawn graphs ---


@settings(SETTINGS, max_examples=120)
@given(graphs(), st.integers(0, 2**32 - 1))
def test_drawn_graphs_mean_the_same_afterwards(graph, seed):
    args = arguments(graph, seed)
    shorter = verify(simplify(graph))
    check_same(graph, shorter, args, 1e-12)
    check_same(graph, verify(stabilize(graph)), args, 1e-12)
    assert len(simplify(shorter).nodes) <= len(shorter.nodes)


@settings(SETTINGS, max_examples=40)
@given(graphs(outputs=1), st.integers(0, 2**32 - 1))
def test_gradients_of_drawn_graphs_mean_the_same_afterwards(graph, seed):
    args = arguments(graph, seed)
    loss = Graph(graph.inputs, (reduced(TABLE["sum"], graph.outputs[0]),))
    gradient = verify(differentiate(loss, (0, 1, 2)))
    check_same(gradient, verify(simplify(gradient)), args, 1e-11)


# --- each rule ---


@pytest.mark.parametrize(
    ("node", "wanted"),
    [
        (X + ZERO, X),
        (ZERO + X, X),
        (X + filled(0.0), X),
        (X - ZERO, X),
        (ZERO - X, -X),
        (X * ONE, X),
        (ONE * X, X),
        (X * -ONE, -X),
        (-ONE * X, -X),
        (X / ONE, X),
        (X**ONE, X),
        (X**TWO, X * X),
        (TABLE["negative"](-X), X),
        (TABLE["cast"](X, dtype="float64"), X),
        (TABLE["reshape"](X, shape=(2, 3)), X),
        (shaped(shaped(X, (6,)), (3, 2)), shaped(X, (3, 2))),
        (TABLE["transpose"](X, perm=(0, 1)), X),
        (X.T.T, X),
        (TABLE["broadcast_to"](X, shape=(2, 3)), X),
        (
            TABLE["broadcast_to"](TABLE["broadcast_to"](X, shape=(4, 2, 3)), shape=(5, 4, 2, 3)),
            TABLE["broadcast_to"](X, shape=(5, 4, 2, 3)),
        ),
        (X[0:2, 0:3], X),
        (TABLE["pad"](X, ZERO, low=(0, 0), high=(0, 0), interior=(0, 0)), X),
        (TABLE["pad"](filled(0.0), ZERO, low=(1, 0), high=(0, 0), interior=(0, 0)), filled(0.0, (3, 3))),
        (TABLE["sum"](X, axis=(), keepdims=False), X),
        (X + TABLE["broadcast_to"](X[0], shape=(2, 3)), X + X[0]),
        (TABLE["transpose"](filled(2.0), perm=(1, 0)), filled(2.0, (3, 2))),
        (X + (TWO - TWO), X),
    ],
)
def test_rules(node, wanted):
    result = simple(node)
    assert result is simple(wanted), f"{result} is not {wanted}"
    assert result.spec == node.spec
    assert len(Graph((X,), (result,)).nodes) <= len(Graph((X,), (node,)).nodes)
    check_same(Graph((X,), (node,)), Graph((X,), (result,)), [np.arange(6.0).reshape(2, 3) - 2.5])


def test_a_sum_over_axes_of_one_is_a_reshape():
    x = make_input(Spec((1, 3, 1), "float32"), "x")
    assert simple(TABLE["sum"](x, axis=(0, 2), keepdims=False), x) is TABLE["reshape"](x, shape=(3,))
    small = make_input(Spec((2,), "int8"), "x")
    assert simple(TABLE["sum"](small, axis=(), keepdims=False), small) is TABLE["cast"](small, dtype="int32")


def test_a_neutral_operand_that_widens_the_shape_leaves_a_broadcast():
    for node in (ROW + filled(0.0), ROW * filled(1.0), filled(0.0) + ROW):
        assert simple(node, ROW) is TABLE["broadcast_to"](ROW, shape=(2, 3))


def test_times_zero_stays():
    node = X * ZERO
    assert simple(node) is node  # 0·NaN is NaN


def test_constants_are_folded_up_to_a_size():
    node = simple(X + TABLE["sin"](as_node(np.ones(3))) * TWO)
    constants = [one for one in Graph((X,), (node,)).nodes if one.primitive is CONSTANT]
    assert len(constants) == 1
    np.testing.assert_array_equal(constants[0].params["value"].array, np.sin(np.ones(3)) * 2)
    large = TABLE["sin"](as_node(np.ones(FOLD_LIMIT + 1)))
    assert simple(large) is large
    seeded = TABLE["random_uniform"](as_node(np.zeros(4, np.uint32)), shape=(2,), dtype="float32")
    assert simple(seeded) is seeded


@pytest.mark.parametrize(
    ("node", "value"),
    [
        (filled(2.0), 2.0),
        (TABLE["reshape"](filled(3.0), shape=(6,)), 3.0),
        (TABLE["cast"](TABLE["cast"](filled(2.0), dtype="bool"), dtype="float64"), 1.0),
        (TABLE["cast"](filled(1.7), dtype="int32"), 1),
        (TABLE["cast"](filled(256, dtype="int32"), dtype="uint8"), 0),
        (as_node(np.array([1.0, 1.0])), None),
        (X, None),
    ],
)
def test_uniform_value(node, value):
    assert uniform_value(node) == value


def test_a_cast_number_keeps_what_the_cast_made_of_it():
    mask = TABLE["cast"](TABLE["cast"](filled(2.0), dtype="bool"), dtype="float64")
    wrapped = TABLE["reshape"](TABLE["cast"](filled(256, dtype="int32"), dtype="uint8"), shape=(2, 3))
    for node in (
        TABLE["reshape"](mask, shape=(3, 2)).T.reshape(2, 3) + X,
        X * mask,
        X + TABLE["cast"](wrapped, dtype="float64"),
    ):
        check_same(Graph((X,), (node,)), verify(simplify(Graph((X,), (node,)))), [np.ones((2, 3))])


def test_dead_code_and_common_parts_go():
    graph = trace(lambda x: (x + 1.0) * (x + 1.0), [Spec((2,), "float32")])
    assert len(graph.nodes) == 4


def test_a_softmax_beside_its_logarithm_is_computed_once():
    both = Graph((X,), (TABLE["softmax"](X, axis=1), TABLE["log_softmax"](X, axis=1)))
    shared = simplify(both)
    assert [node.primitive.name for node in shared.nodes] == ["input", "log_softmax", "exp"]
    check_same(both, shared, [np.arange(6.0).reshape(2, 3)], 1e-15)


# --- stable forms ---


def total(x, **where):
    return TABLE["sum"](x, **({"axis": (1,), "keepdims": True} | where))


def clipped(x, bottom=1e-7, top=1 - 1e-7):
    return TABLE["clip"](x, np.asarray(bottom, x.dtype), np.asarray(top, x.dtype))


E, LOG, SOFTMAX, SIGMOID = TABLE["exp"], TABLE["log"], TABLE["softmax"], TABLE["sigmoid"]


@pytest.mark.parametrize(
    ("node", "wanted"),
    [
        (LOG(total(E(X))), TABLE["logsumexp"](X, axis=(1,), keepdims=True)),
        (LOG(total(E(X), axis=(0, 1), keepdims=False)), TABLE["logsumexp"](X, axis=(0, 1), keepdims=False)),
        (E(X) / total(E(X)), SOFTMAX(X, axis=1)),
        (E(X) / TABLE["broadcast_to"](total(E(X)), shape=(2, 3)), SOFTMAX(X, axis=1)),
        (SOFTMAX(X, axis=1) / total(SOFTMAX(X, axis=1)), SOFTMAX(X, axis=1)),
        (LOG(SOFTMAX(X, axis=1)), TABLE["log_softmax"](X, axis=1)),
        (LOG(clipped(SOFTMAX(X, axis=-1))), TABLE["log_softmax"](X, axis=-1)),
        (LOG(SIGMOID(X)), -TABLE["softplus"](-X)),
        (LOG(clipped(SIGMOID(X))), -TABLE["softplus"](-X)),
        (LOG(ONE - SIGMOID(X)), -TABLE["softplus"](X)),
        (LOG(ONE - clipped(SIGMOID(X))), -TABLE["softplus"](X)),
        # what only looks like one stays
        (LOG(clipped(SIGMOID(X), bottom=0.01)), None),
        (LOG(clipped(SIGMOID(X), top=0.9)), None),
        (E(X) / total(E(X), axis=(0, 1)), None),
        (SOFTMAX(X, axis=0) / total(SOFTMAX(X, axis=0)), None),
        (LOG(TWO - SIGMOID(X)), None),
        (X / total(X), None),
    ],
)
def test_stable_forms(node, wanted):
    graph = Graph((X,), (node,))
    stable = verify(stabilize(graph))
    assert stable.outputs[0] is (node if wanted is None else wanted)
    check_same(graph, stable, [np.arange(6.0).reshape(2, 3) - 2.5], 1e-6)


def test_a_clip_that_widens_the_shape_stays():
    node = LOG(TABLE["clip"](SOFTMAX(ROW, axis=0), filled(1e-7), filled(1 - 1e-7)))
    assert verify(stabilize(Graph((ROW,), (node,)))).outputs[0].shape == (2, 3)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_cross_entropy_is_finite_far_out_and_its_gradient_is_y_minus_t(dtype):
    t = np.eye(3, dtype=dtype)[[0, 2, 1]]
    z = np.array([[500, -500, 0], [-500, 500, -500], [3, 1, 2]], dtype)

    def softmax_loss(z):
        return TABLE["sum"](-LOG(clipped(SOFTMAX(z, axis=1))) * t, axis=(0, 1), keepdims=False)

    def sigmoid_loss(z):
        p = clipped(SIGMOID(z))
        one = np.ones((), dtype)
        return TABLE["sum"](-(LOG(p) * t + LOG(one - p) * (one - t)), axis=(0, 1), keepdims=False)

    shifted = np.exp(z - z.max(1, keepdims=True))
    odds = np.exp(np.minimum(-z, 700 if dtype == "float64" else 80))
    for loss, y in (
        (softmax_loss, shifted / shifted.sum(1, keepdims=True)),
        (sigmoid_loss, 1 / (1 + odds)),
    ):
        graph = stabilize(trace(loss, [spec_of(z)]))
        gradient = simplify(verify(differentiate(graph, with_value=True)))
        value, slope = get("reference").compile(gradient)(z)
        assert np.isfinite(value)
        assert 990 < value < 1010  # two wrong answers, each 500 out
        np.testing.assert_allclose(slope, y - t, rtol=0, atol=2e-7 if dtype == "float32" else 2e-16)


def test_a_softmax_divided_by_its_own_sums_keeps_the_shape_of_the_quotient():
    def quotient(x):
        y = SOFTMAX(x, axis=1)
        return y / TABLE["broadcast_to"](TABLE["sum"](y, axis=(1,), keepdims=True), shape=(4, 2, 1))

    graph = verify(stabilize(trace(quotient, [X.spec])))
    assert graph.out_specs == (Spec((4, 2, 3), "float64"),)
