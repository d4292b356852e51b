"""cond and scan: values, derivatives of second order through state, and the words of their shape rules."""

import numpy as np
import pytest

from onionskin.base.errors import ShapeError
from onionskin.base.specs import Spec
from onionskin.engines import get
from onionskin.graph import make_input, trace, verify
from onionskin.prims import TABLE
from onionskin.transforms import differentiate, push_forward, simplify
from tests.checks import check_derivative

S = Spec((), "float64")
V = Spec((3,), "float64")


def run(graph, *args):
    return get("reference").compile(verify(graph))(*args)


def branch(function, *specs, name="branch"):
    return trace(function, specs or (V,), name=name)


@pytest.mark.parametrize("pred", [True, False])
def test_derivatives_of_cond_are_those_of_the_branch_taken(pred):
    yes, no = branch(lambda x: TABLE["sin"](x) * x), branch(lambda x: x * x * x)
    graph = trace(lambda p, x: TABLE["cond"](p, x, on_true=yes, on_false=no)[0], [Spec((), "bool"), V])
    x = np.array([0.5, -1.0, 2.0])
    check_derivative(graph, [np.array(pred), x], np.random.default_rng(0))
    loss = trace(
        lambda p, x: TABLE["sum"](TABLE["cond"](p, x, on_true=yes, on_false=no)[0], axis=(0,), keepdims=False),
        [Spec((), "bool"), V],
    )
    (slope,) = run(differentiate(loss, (1,)), np.array(pred), x)
    np.testing.assert_allclose(slope, np.cos(x) * x + np.sin(x) if pred else 3 * x * x, rtol=1e-14)


def test_cond_with_integers_and_operands_that_no_branch_uses():
    specs = (V, Spec((3,), "int32"), V)
    yes = branch(lambda x, n, unused: (x * TABLE["cast"](n, dtype="float64"), n), *specs)
    no = branch(lambda x, n, unused: (x, n + 1), *specs)
    graph = trace(
        lambda p, x, n, unused: TABLE["cond"](p, x, n, unused, on_true=yes, on_false=no), [Spec((), "bool"), *specs]
    )
    args = [np.array(True), np.array([1.0, 2, 3]), np.array([4, 5, 6], np.int32), np.zeros(3)]
    check_derivative(graph, args, np.random.default_rng(1))


def test_cond_inside_cond():
    inner = branch(lambda p, x: TABLE["cond"](p, x, on_true=branch(TABLE["sin"]), on_false=branch(TABLE["cos"]))[0],
                   Spec((), "bool"), V)  # fmt: skip
    outer = branch(lambda p, x: x * x, Spec((), "bool"), V)
    graph = trace(lambda p, x: TABLE["cond"](p, p, x, on_true=inner, on_false=outer)[0], [Spec((), "bool"), V])
    for pred in (True, False):
        check_derivative(graph, [np.array(pred), np.array([0.1, 0.5, 1.5])], np.random.default_rng(2))


def scan_graph(body, carries, sequences, length, specs, reverse=False):
    setting = {"body": body, "carries": carries, "sequences": sequences, "length": length, "reverse": reverse}
    return trace(lambda *xs: TABLE["scan"](*xs, **setting), specs)


def test_scan_sums_along_time():
    body = trace(lambda total, x: (total + x, total * x), [S, S])
    xs = np.array([1.0, 2.0, 3.0])
    forward = run(scan_graph(body, 1, 1, 3, [S, V]), np.array(10.0), xs)
    np.testing.assert_array_equal(forward[0], 16.0)
    np.testing.assert_array_equal(forward[1], [10.0, 22.0, 39.0])
    backward = run(scan_graph(body, 1, 1, 3, [S, V], reverse=True), np.array(10.0), xs)
    np.testing.assert_array_equal(backward[1], [15.0, 26.0, 30.0])


@pytest.mark.parametrize("reverse", [False, True])
def test_second_derivatives_of_a_recurrence(reverse):
    """Two carries, one of them whole numbers; two sequences; a weight that every step shares."""
    matrix = Spec((3, 3), "float64")
    specs = [V, Spec((), "int32"), V, Spec((), "int32"), matrix]

    def step(h, n, x, m, w):
        h = TABLE["tanh"](TABLE["matmul"](h.reshape(1, 3), w).reshape(3) + x)
        return h, n + m, h * h, n

    body = trace(step, specs)
    timed = [V, Spec((), "int32"), Spec((4, 3), "float64"), Spec((4,), "int32"), matrix]
    graph = scan_graph(body, 2, 2, 4, timed, reverse)
    rng = np.random.default_rng(0)
    args = [rng.normal(size=3), np.array(1, np.int32), rng.normal(size=(4, 3)), np.arange(4, dtype=np.int32)]
    check_derivative(graph, [*args, rng.normal(size=(3, 3)) * 0.5], rng)


def test_a_geometric_series_by_scan():
    """With c ← c·k, y = c·kⁿ, whose derivatives are known by heart."""
    body = trace(lambda c, k: c * k, [S, S])
    graph = scan_graph(body, 1, 0, 6, [S, S])
    for order, factor in enumerate((1, 6, 30, 120)):
        (value,) = run(graph, np.array(1.5), np.array(2.0))
        np.testing.assert_allclose(value, 1.5 * factor * 2.0 ** (6 - order), rtol=1e-13)
        graph = differentiate(graph, (1,))


def test_scan_inside_scan_and_through_simplify():
    inner_body = trace(lambda c, x: (c + TABLE["sin"](x) * c, c), [S, S])
    setting = {"body": inner_body, "carries": 1, "sequences": 1, "length": 2, "reverse": False}
    body = trace(lambda c, xs: (TABLE["scan"](c, xs, **setting)[0], c), [S, Spec((2,), "float64")])
    graph = scan_graph(body, 1, 1, 3, [S, Spec((3, 2), "float64")])
    args = [np.array(0.7), np.linspace(-1, 1, 6).reshape(3, 2)]
    check_derivative(graph, args, np.random.default_rng(0))
    check_derivative(simplify(graph), args, np.random.default_rng(0))


def test_no_steps_at_all():
    body = trace(lambda c, x: (c * x, x), [S, S])
    graph = scan_graph(body, 1, 1, 0, [S, Spec((0,), "float64")])
    final, rows = run(graph, np.array(4.0), np.zeros(0))
    np.testing.assert_array_equal(final, 4.0)
    assert rows.shape == (0,)
    check_derivative(graph, [np.array(4.0), np.zeros(0)], np.random.default_rng(0))


def test_forward_mode_leaves_no_free_input():
    body = trace(lambda c, x: (c * x, c + x), [S, S])
    verify(push_forward(scan_graph(body, 1, 1, 3, [S, V])))


# --- words ---


def refused(call, words):
    with pytest.raises(ShapeError) as caught:
        call()
    assert str(caught.value) == words


def test_words_of_cond():
    x, same = make_input(V, "x"), branch(lambda x: x)
    refused(
        lambda: TABLE["cond"](make_input(V, "p"), x, on_true=same, on_false=same),
        "the predicate of cond is one truth value.\n  expected: bool[]\n  given:    float64[3]",
    )
    other = branch(lambda x: (x, TABLE["sum"](x, axis=(0,), keepdims=False)))
    refused(
        lambda: TABLE["cond"](make_input(Spec((), "bool"), "p"), x, on_true=same, on_false=other),
        "the two branches of cond return different shapes or dtypes.\n"
        "  expected: true branch: float64[3]\n  given:    false branch: float64[3], float64[]",
    )


def test_words_of_scan():
    body = trace(lambda c, x: (c * x, x), [S, S])
    setting = {"body": body, "carries": 1, "sequences": 1, "reverse": False}
    c, xs = make_input(S, "c"), make_input(V, "xs")
    refused(
        lambda: TABLE["scan"](c, xs, length=4, **setting),
        "sequence 0 of scan has another length.\n  expected: 4\n  given:    (3,)",
    )
    refused(
        lambda: TABLE["scan"](c, make_input(Spec((3, 2), "float64")), length=3, **setting),
        "scan's body was recorded for other shapes.\n"
        "  expected: float64[], float64[]\n  given:    float64[], float64[2]",
    )
    wider = trace(lambda c, x: (c + np.ones(2), x), [S, S])
    refused(
        lambda: TABLE["scan"](c, xs, length=3, **(setting | {"body": wider})),
        "scan's body must return its carries with the shape and dtype it got them in.\n"
        "  expected: float64[]\n  given:    float64[2]",
    )
