"""Nodes: shared, frozen, operators and indexing as NumPy has them, and refusals where there are no numbers."""

import gc
import threading
import weakref

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.extra.numpy import basic_indices

from onionskin.base.errors import DTypeError, GraphError, ShapeError
from onionskin.base.specs import Spec, spec_of
from onionskin.engines import get
from onionskin.graph import CONSTANT, PICK, Graph, as_node, make_constant, make_input, trace, verify
from onionskin.graph.node import _interned
from onionskin.prims import TABLE

X = np.arange(60, dtype=np.float32).reshape(3, 4, 5)


def run(function, *arrays):
    """Return what a traced function gives through the engine."""
    graph = verify(trace(function, [spec_of(one) for one in arrays]))
    return get("reference").compile(graph)(*arrays)[0]


def node(shape=(2, 3), dtype="float32"):
    return make_input(Spec(shape, dtype), "x")


# --- one node for one value ---


def test_the_same_operation_twice_is_one_node():
    x, y = node(), node()
    assert x is not y
    assert x + y is x + y
    assert x + y is not y + x
    assert TABLE["sum"](x, axis=(0,), keepdims=False) is TABLE["sum"](x, axis=(0,), keepdims=False)
    assert TABLE["sum"](x, axis=(0,), keepdims=False) is not TABLE["sum"](x, axis=(1,), keepdims=False)
    assert make_constant(np.float32(2)) is make_constant(np.float32(2))
    assert make_constant(np.float32(2)) is not make_constant(np.float64(2))
    assert make_constant(np.float32(0.0)) is not make_constant(np.float32(-0.0))
    assert make_constant(np.float32(np.nan)) is make_constant(np.float32(np.nan))
    assert make_constant(np.zeros((1, 2))) is not make_constant(np.zeros((2, 1)))


def test_a_captured_array_is_copied_and_frozen():
    mine = np.array([1.0, 2.0])
    large = np.ones(1000)
    x = node((2,), "float64")
    graph = Graph((x,), (x + mine, x + large[:2], as_node(large)))
    mine[:], large[:] = 0, 0
    first, second, third = get("reference").compile(graph)(np.zeros(2))
    np.testing.assert_array_equal(first, [1, 2])
    np.testing.assert_array_equal(second, [1, 1])
    np.testing.assert_array_equal(third, np.ones(1000))
    constants = [one for one in graph.nodes if one.primitive is CONSTANT]
    assert len(constants) == 3
    for one in constants:
        assert not one.params["value"].array.flags.writeable


def test_nodes_are_forgotten_with_their_users():
    x = node((7,))
    seen = weakref.ref(x * 3.0 + 1.0)
    gc.collect()
    assert seen() is None
    before = len(_interned)
    kept = x * 5.015625  # a constant that nothing else has
    assert len(_interned) == before + 2
    del kept
    gc.collect()
    assert len(_interned) == before


def test_nodes_are_keys_although_equality_is_elementwise():
    x, y = node(), node()
    assert {x: 1, y: 2}[x] == 1
    assert (x == y).primitive is TABLE["equal"]
    assert (x != y).primitive is TABLE["not_equal"]
    assert (x == 2.0).dtype == "bool"
    with pytest.raises(GraphError):
        bool(x == y)


# --- refusals ---


def refusal(what, spec="float32[2, 3]"):
    return (
        f"{what} a tensor that has no numbers yet cannot be taken.\n"
        f"  given:    tensor {spec} while a function is traced\n"
        "  to fix:   use onionskin.ops (ops.where, ops.cond …) here, or call the function on arrays"
    )


@pytest.mark.parametrize(
    ("use", "what"),
    [
        (bool, "the truth of"),
        (float, "float() of"),
        (int, "int() of"),
        (range, "int() of"),
        (np.asarray, "a NumPy array of"),
        (lambda x: 1 if x > 0 else 0, "the truth of"),
        (lambda x: np.zeros(3) @ np.asarray(x), "a NumPy array of"),
    ],
)
def test_tensors_have_no_numbers(use, what):
    with pytest.raises(GraphError) as caught:
        use(node())
    spec = "bool[2, 3]" if what == "the truth of" and use is not bool else "float32[2, 3]"
    assert str(caught.value) == refusal(what, spec)


def test_length_and_iteration():
    x = node((3, 4, 5))
    assert len(x) == 3
    assert [part.shape for part in x] == [(4, 5)] * 3
    for shape in ((), (None, 2)):
        for use in (len, iter):
            with pytest.raises(GraphError) as caught:
                use(node(shape))
            assert str(caught.value) == f"the length is not known.\n  given:    tensor of shape {shape}"


def test_a_node_of_several_outputs_wants_one_picked():
    yes = trace(lambda a: (a, a), [Spec((), "float32")])
    picked = TABLE["cond"](node((), "bool"), node(()), on_true=yes, on_false=yes)
    assert [one.primitive for one in picked] == [PICK, PICK]
    with pytest.raises(GraphError) as caught:
        picked[0].inputs[0].shape  # noqa: B018 - the property raises
    assert str(caught.value) == "this node has several outputs; pick one first.\n  given:    cond node"


# --- operators mean what NumPy's mean ---


@pytest.mark.parametrize(
    "function",
    [
        lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / b, lambda a, b: a // b,
        lambda a, b: a % b, lambda a, b: abs(a) ** b, lambda a, b: -a, lambda a, b: abs(a), lambda a, b: a < b,
        lambda a, b: a <= b, lambda a, b: a > b, lambda a, b: a >= b, lambda a, b: a == b, lambda a, b: a != b,
        lambda a, b: (a > 1) & (b > 1), lambda a, b: (a > 1) | (b > 1), lambda a, b: (a > 1) ^ (b > 1),
        lambda a, b: ~(a > 1), lambda a, b: a @ b.T, lambda a, b: 2 + a, lambda a, b: 2 - a, lambda a, b: 2 * a,
        lambda a, b: 2 / a, lambda a, b: 2**a, lambda a, b: 7 // a, lambda a, b: 7 % a, lambda a, b: a.T,
        lambda a, b: a.astype("int32"), lambda a, b: a.reshape(-1), lambda a, b: a.reshape(3, -1),
        lambda a, b: a.reshape((1, 2, 3)), lambda a, b: a.sum(), lambda a, b: a.sum(0), lambda a, b: a.mean(1),
        lambda a, b: np.float32(2) * a, lambda a, b: np.ones((2, 3), np.float32) + a, lambda a, b: a[0] @ b[1],
        lambda a, b: a @ b[1], lambda a, b: a[0] @ b.T,
    ],
)  # fmt: skip
def test_operators(function):
    a = np.array([[1.5, -2.0, 3.0], [0.5, 4.0, -1.0]], np.float32)
    b = np.array([[1.5, 2.0, -3.0], [2.5, 0.5, -1.0]], np.float32)
    wanted = function(a, b)
    result = run(function, a, b)
    assert result.dtype == wanted.dtype
    np.testing.assert_allclose(result, wanted, rtol=1e-6)


def test_numbers_take_the_dtype_of_the_tensor():
    assert (node(dtype="float64") * 2.5).dtype == "float64"
    assert (node(dtype="float16") + 1).dtype == "float16"
    assert (node(dtype="uint8") + 1).dtype == "uint8"
    assert (node(dtype="uint8") + 1.0).dtype == "float32"
    assert (node(dtype="bool") + 1).dtype == "int32"
    assert (node(dtype="int32") / 2).dtype == "float32"
    assert (node(dtype="int64") + node(dtype="float32")).dtype == "float32"


def test_lists_that_hold_tensors_are_stacked():
    x = np.array([1.0, 2.0], np.float32)
    np.testing.assert_array_equal(run(lambda x: x * [x[0], 10.0], x), [1.0, 20.0])
    np.testing.assert_array_equal(run(lambda x: x * [[1, 2], [3, 4]], x), [[1, 4], [3, 8]])


def test_what_is_no_array_is_refused():
    for value in (None, "two"):
        with pytest.raises(DTypeError) as caught:
            node() + value
        assert str(caught.value) == f"an array or tensor is needed here.\n  given:    {value!r}"
    with pytest.raises(DTypeError) as caught:
        node() + np.array(["a"])
    assert str(caught.value).splitlines()[0] == "these are no numbers."


# --- indexing ---


@settings(deadline=None, derandomize=True, max_examples=150, suppress_health_check=list(HealthCheck))
@given(basic_indices(X.shape, allow_newaxis=True, allow_ellipsis=True))
def test_indexing_by_numbers_and_slices(key):
    np.testing.assert_array_equal(run(lambda x: x[key], X), X[key])


@pytest.mark.parametrize(
    "key",
    [
        [0, 2], ([2, 0, 0],), (slice(None), [1, -1]), (..., np.array([[0, 1], [4, -5]])), (1, [0, 3]), ([0, 2], 1),
        (None, [0, 1]), (slice(None, None, -1), slice(3, 0, -2), np.array(2)), (np.int64(1), slice(1, 1)),
        (0, None, ...), (slice(5, 1),), (slice(-10, 10), slice(None, -10)), ([], ),
    ],
)  # fmt: skip
def test_indexing_by_arrays(key):
    parts = (
        [np.asarray(one, np.int32) if isinstance(one, list) else one for one in key] if isinstance(key, tuple) else key
    )
    wanted = X[tuple(parts) if isinstance(key, tuple) else key]
    np.testing.assert_array_equal(run(lambda x: x[tuple(parts) if isinstance(key, tuple) else key], X), wanted)


def test_indexing_by_a_tensor():
    picked = run(lambda x, i: x[i], X, np.array([2, 0, -1], np.int32))
    np.testing.assert_array_equal(picked, X[[2, 0, -1]])


@pytest.mark.parametrize(
    ("key", "kind", "words"),
    [
        ((0, 0, 0, 0), ShapeError, "too many indices.\n  expected: at most 3 for shape (3, 4, 5)\n  given:    4"),
        (3, ShapeError, "an index lies outside the axis.\n  expected: -3 <= index < 3\n  given:    3"),
        ((..., -6), ShapeError, "an index lies outside the axis.\n  expected: -5 <= index < 5\n  given:    -6"),
        ((..., ...), ShapeError, "an index may hold one ... only.\n  given:    2 parts"),
        (
            ([0], [1]),
            ShapeError,
            "an index may hold one array only.\n  given:    2 arrays\n  to fix:   take along one axis after the other",
        ),
        (
            (0, slice(None), [1]),
            ShapeError,
            "an index may not hold an array and, behind a slice, a whole number.\n"
            "  given:    parts 0 and 2 of the index\n"
            "  to fix:   index twice: with the whole number, then with the array",
        ),
        (
            1.5,
            DTypeError,
            "take needs whole numbers as indices.\n  expected: an integer dtype\n  given:    float64",
        ),
        (
            np.array([True, False]),
            ShapeError,
            "a mask has another shape than what it chooses from.\n  expected: (3,)\n  given:    (2,)",
        ),
        ("a", DTypeError, "an array or tensor is needed here.\n  given:    'a'"),
    ],
)
def test_indices_that_do_not_fit(key, kind, words):
    with pytest.raises(kind) as caught:
        node((3, 4, 5))[key]
    assert str(caught.value) == words


def test_indexing_an_axis_of_unknown_size():
    x = node((None, 4))
    assert x[2:].shape == (None, 4)
    assert x[::2, 1].shape == (None,)
    assert x[:].shape == (None, 4)
    with pytest.raises(ShapeError) as caught:
        x[0]
    assert str(caught.value) == ("one element of an axis of unknown size cannot be taken.\n  given:    shape (None, 4)")
    with pytest.raises(ShapeError) as caught:
        x[:3]
    assert str(caught.value) == (
        "this slice of an axis of unknown size is not known.\n  given:    slice(None, 3, None) of shape (None, 4)"
    )


# --- threads ---


def test_threads_trace_at_once():
    x = node((3,), "float64")
    graphs, failures = [None] * 8, []
    start = threading.Barrier(8)

    def work(place):
        try:
            start.wait()
            value = x
            for step in range(300):
                value = TABLE["sin"](value) * float(step % 7) + x
            graphs[place] = Graph((x,), (value,))
        except Exception as error:  # handed to the test below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len({graph.outputs[0] for graph in graphs}) == 1  # all made the very same nodes
    verify(graphs[0])
