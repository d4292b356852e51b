"""Loops and choices: against plain Python loops, on arrays and recorded; derivatives against differences."""

import numpy as np
import pytest

from onionskin import ops
from onionskin.base.errors import ArgumentError, DTypeError, ShapeError
from onionskin.base.specs import Spec, spec_of
from onionskin.engines import get
from onionskin.graph import inline, make_input, trace, verify
from onionskin.transforms.reverse import differentiate

generator = np.random.default_rng(7)


def recorded(function, *arrays):
    graph = verify(trace(function, [spec_of(array) for array in arrays]))
    return get("reference").compile(graph)(*arrays)


def differences(function, arrays, which, step=1e-6):
    """Return the central differences of a function of arrays with a scalar result."""
    result = np.zeros_like(arrays[which])
    for place in np.ndindex(result.shape):
        values = []
        for sign in (1, -1):
            moved = [array.copy() for array in arrays]
            moved[which][place] += sign * step
            values.append(float(function(*moved)))
        result[place] = (values[0] - values[1]) / (2 * step)
    return result


def check_gradient(function, arrays, tolerance=1e-7):
    graph = trace(function, [spec_of(array) for array in arrays])
    gradient = verify(differentiate(graph, range(len(arrays))))
    parts = get("reference").compile(gradient)(*arrays)
    value = get("reference").compile(graph)
    for which, part in enumerate(parts):
        np.testing.assert_allclose(
            part, differences(lambda *xs: value(*xs)[0], arrays, which), rtol=tolerance, atol=tolerance
        )


def check_second(function, arrays, tolerance=1e-6):
    """Differentiate a fixed combination of the gradient once more."""
    specs = [spec_of(array) for array in arrays]
    weights = [generator.normal(size=array.shape) for array in arrays]
    first = differentiate(trace(function, specs), range(len(arrays)))

    def combined(*xs):
        return sum(ops.sum(part * weight) for part, weight in zip(inline(first, xs), weights, strict=True))

    check_gradient(combined, arrays, tolerance)


def products(x):
    return ops.scan(lambda c, row: (c * row, c * row), np.ones(3), x)


def rnn(x, h, w, u, reverse=False):
    def cell(state, row):
        new = ops.tanh(ops.matmul(row, w) + ops.matmul(state, u))
        return new, new

    return ops.scan(cell, h, x, reverse=reverse)


RNN = [
    generator.normal(size=(4, 2, 3)),
    generator.normal(size=(2, 5)),
    generator.normal(size=(3, 5)),
    generator.normal(size=(5, 5)) / 3,
]


def plain_rnn(x, h, w, u, reverse):
    outputs = np.zeros((len(x), *h.shape))
    for t in reversed(range(len(x))) if reverse else range(len(x)):
        h = np.tanh(x[t] @ w + h @ u)
        outputs[t] = h
    return h, outputs


def test_scan_multiplies_along():
    x = generator.normal(size=(6, 3))
    for last, running in (products(x), recorded(products, x)):
        np.testing.assert_allclose(running, np.cumprod(x, axis=0))
        np.testing.assert_allclose(last, np.prod(x, axis=0))


@pytest.mark.parametrize("reverse", [False, True])
def test_scan_runs_a_recurrent_cell(reverse):
    expected = plain_rnn(*RNN, reverse)

    def function(*arrays):
        return rnn(*arrays, reverse=reverse)

    for result in (function(*RNN), recorded(function, *RNN)):
        for mine, theirs in zip(result, expected, strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-12)


@pytest.mark.parametrize("reverse", [False, True])
def test_scan_has_the_derivatives_of_the_loop(reverse):
    def loss(*arrays):
        last, outputs = rnn(*arrays, reverse=reverse)
        return ops.sum(last) + ops.sum(outputs * outputs)

    check_gradient(loss, RNN, 1e-6)


def test_scan_has_second_derivatives():
    check_second(lambda *arrays: ops.sum(ops.square(rnn(*arrays)[1])), RNN, 1e-5)
    check_second(lambda x: ops.sum(products(x)[1]), [generator.normal(size=(3, 3))])


def test_scan_carries_integers_and_structures():
    def walk(x):
        def step(carry, row):
            count = carry["count"] + 1
            total = carry["parts"][0] + row["a"] * ops.cast(count, "float64")
            return {"count": count, "parts": (total,)}, {"seen": count, "sum": total, "none": None}

        start = {"count": np.array(0, np.int32), "parts": (np.zeros(2),)}
        return ops.scan(step, start, {"a": x})

    x = generator.normal(size=(3, 2))
    weights = np.array([[1.0], [2.0], [3.0]])
    carry, collected = walk(x)
    assert collected["none"] is None
    for result in (
        (carry["count"], carry["parts"][0], collected["seen"], collected["sum"]),
        recorded(lambda x: [(r := walk(x))[0]["count"], r[0]["parts"][0], r[1]["seen"], r[1]["sum"]], x),
    ):
        assert result[0] == 3 and result[0].dtype == np.int32
        np.testing.assert_allclose(result[1], (weights * x).sum(0))
        np.testing.assert_array_equal(result[2], [1, 2, 3])
        np.testing.assert_allclose(result[3], np.cumsum(weights * x, 0))
    check_gradient(lambda x: ops.sum(walk(x)[1]["sum"]), [x])


def test_scan_takes_captured_tensors_as_operands():
    """What does not depend on the loop is computed once, outside, and handed in."""

    def function(x, w):
        outer = ops.exp(w)
        return ops.scan(lambda c, row: (c + row * outer * ops.sin(w), None), np.zeros(3), x)[0]

    arrays = [generator.normal(size=(4, 3)), generator.normal(size=3)]
    graph = verify(trace(function, [spec_of(array) for array in arrays]))
    scan = next(node for node in graph.nodes if node.primitive.name == "scan")
    names = {node.primitive.name for node in scan.params["body"].nodes}
    assert not names & {"exp", "sin"}, names
    assert {"exp", "sin"} <= {node.primitive.name for node in graph.nodes}
    expected = (arrays[0] * np.exp(arrays[1]) * np.sin(arrays[1])).sum(0)
    np.testing.assert_allclose(get("reference").compile(graph)(*arrays)[0], expected)
    check_gradient(lambda *xs: ops.sum(ops.square(function(*xs))), arrays)


def test_scan_over_arrays_whose_body_alone_uses_a_tensor():
    steps = np.arange(1.0, 4.0)

    def function(w):
        return ops.scan(lambda c, k: (c * w + k, c), np.zeros(()), steps)[0]

    w = np.array(0.5)
    assert float(recorded(function, w)[0]) == float(function(w)) == ((0 * 0.5 + 1) * 0.5 + 2) * 0.5 + 3
    check_gradient(function, [w])


def test_scans_nest():
    def function(x):
        def inner(c, row):
            return (c + ops.scan(lambda d, e: (d * e + c, None), np.ones(()), row)[0], None)

        return ops.scan(inner, np.zeros(()), x)[0]

    def plain(x):
        c = 0.0
        for row in x:
            d = 1.0
            for e in row:
                d = d * e + c
            c += d
        return c

    x = generator.normal(size=(3, 4))
    np.testing.assert_allclose(recorded(function, x)[0], plain(x))
    check_gradient(function, [x])
    check_second(function, [x], 1e-5)


def test_scan_of_no_steps():
    for last, rows in (
        ops.scan(lambda c, x: (c + x, c), np.ones(2), np.zeros((0, 2))),
        recorded(lambda x: ops.scan(lambda c, r: (c + r, c), np.ones(2), x), np.zeros((0, 2))),
    ):
        np.testing.assert_array_equal(last, np.ones(2))
        assert rows.shape == (0, 2)


def test_scan_by_length():
    last, rows = ops.scan(lambda c, x: (c * 2, c if x is None else x), np.array(1), length=4)
    assert last == 16
    np.testing.assert_array_equal(rows, [1, 2, 4, 8])


ERRORS = [
    (
        lambda: ops.scan(lambda c, x: (c, x), np.ones(2)),
        ArgumentError,
        "ops.scan: the number of steps is not known.\n  expected: xs or length=\n  given:    neither",
    ),
    (
        lambda: ops.scan(lambda c, x: (c, None), np.ones(2), [np.ones(3), np.ones(4)]),
        ShapeError,
        "ops.scan: all xs need one known length.\n  expected: equal sizes on the first axis\n"
        "  given:    xs of lengths 3, 4",
    ),
    (
        lambda: ops.scan(lambda c, x: (c, None), np.ones(2), np.ones(3), length=5),
        ShapeError,
        "ops.scan: all xs need one known length.\n  expected: equal sizes on the first axis, equal to length=5\n"
        "  given:    xs of lengths 3",
    ),
    (
        lambda: ops.scan(lambda c, x: (c, None), np.ones(2), 3.0),
        ShapeError,
        "ops.scan: xs need a first axis to loop over.\n  expected: arrays (length, …)\n  given:    a single number",
    ),
    (
        lambda: ops.scan(lambda c, x: c, np.ones(3), np.ones((3, 3))),
        ArgumentError,
        "ops.scan: the body returns the next carry and what to collect.\n  expected: a pair (carry, y)\n"
        "  given:    ndarray",
    ),
    (
        lambda: ops.scan(lambda c, x: (c[:1], None), np.ones(2), np.ones(3)),
        ShapeError,
        "ops.scan > step 0: the carry came back in another shape.\n  expected: float64[2]\n  given:    float64[1]",
    ),
    (
        lambda: ops.scan(lambda c, x: (c * 0.5, None), np.array(1, np.int32), length=2),
        DTypeError,
        "ops.scan > step 0: the carry came back in another dtype.\n  expected: int32[]\n  given:    float64[]\n"
        "  to fix:   begin with a value of dtype float64, or cast what is returned",
    ),
    (
        lambda: ops.scan(lambda c, x: ((c, c), None), np.ones(2), np.ones(3)),
        ShapeError,
        "ops.scan > step 0: the carry came back in another structure.\n"
        "  expected: 1 arrays, nested as in the first value\n  given:    2 arrays",
    ),
    (
        lambda: trace(lambda x: ops.scan(lambda c, r: (c[:1], None), np.ones(2), x)[0], [Spec((3,), "float64")]),
        ShapeError,
        "ops.scan > the body: the carry came back in another shape.\n  expected: float64[2]\n  given:    float64[1]",
    ),
    (
        lambda: ops.scan(lambda c, r: (c, r), np.ones(2), np.ones(3), unroll=0),
        ArgumentError,
        "ops.scan: unroll is a number of steps.\n  expected: 1 or more, or a bool\n  given:    unroll=0",
    ),
    (
        lambda: ops.scan(lambda c, r: (c + r, None), make_input(Spec((None, 2), "float32")), np.ones((3, 2))),
        ShapeError,
        "ops.scan: a loop or choice with tensors of unknown size cannot be recorded.\n  expected: every size known\n"
        "  given:    float32[None, 2]\n"
        "  to fix:   use it in the call of a layer, which runs when the sizes are known",
    ),
    (
        lambda: ops.scan(lambda c, r: (ops.add(c, np.ones(5)), None), np.ones(2), np.ones(3)),
        ShapeError,
        "ops.scan > ops.add: these shapes do not broadcast.\n  expected: trailing axes equal, or one of them 1\n"
        "  given:    (2,) and (5,)",
    ),
    (
        lambda: ops.cond(np.ones(2) > 0, lambda: 1, lambda: 2),
        ShapeError,
        "ops.cond: the predicate is one truth value.\n  expected: shape ()\n  given:    (2,)",
    ),
    (
        lambda: ops.cond(make_input(Spec((), "bool")), lambda: (np.ones(2), 1), lambda: np.ones(2)),
        ShapeError,
        "ops.cond: the two functions return different structures.\n"
        "  expected: 2 arrays, nested as true_fn returns them\n  given:    1 arrays from false_fn",
    ),
    (
        lambda: ops.cond(make_input(Spec((), "bool")), lambda: np.ones(2), lambda: np.ones(3)),
        ShapeError,
        "ops.cond: the two branches of cond return different shapes or dtypes.\n"
        "  expected: true branch: float64[2]\n  given:    false branch: float64[3]",
    ),
    (
        lambda: ops.fori_loop(0, make_input(Spec((), "int32")), lambda i, v: v, np.ones(2)),
        ArgumentError,
        "ops.fori_loop: the number of steps must be known while the function is traced.\n  given:    a tensor\n"
        "  to fix:   use ops.while_loop with maximum_iterations=",
    ),
    (
        lambda: ops.while_loop(lambda n: n < 5, lambda n: n + 1, make_input(Spec((), "int32"))),
        ArgumentError,
        "ops.while_loop: a loop whose end is not known cannot be recorded.\n  expected: maximum_iterations=\n"
        "  given:    None",
    ),
    (
        lambda: ops.switch(0, []),
        ArgumentError,
        "ops.switch: there is nothing to choose from.\n  expected: one function or more\n  given:    no branches",
    ),
    (
        lambda: ops.associative_scan(ops.add, [np.ones(3), np.ones(4)]),
        ShapeError,
        "ops.associative_scan: all elems need one known length along the axis.\n  expected: equal sizes at axis 0\n"
        "  given:    (3,) and (4,)",
    ),
]


@pytest.mark.parametrize(("call", "kind", "words"), ERRORS)
def test_mistakes_are_said(call, kind, words):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == words


def choice(x, w):
    h = ops.tanh(x)
    return ops.cond(ops.sum(x) > 0, lambda: ops.sum(h * w), lambda: ops.sum(ops.exp(w) * x))


@pytest.mark.parametrize("sign", [1, -1])
def test_cond_chooses_and_differentiates(sign):
    x, w = np.abs(generator.normal(size=3)) * sign, generator.normal(size=3)
    expected = (np.tanh(x) * w).sum() if sign > 0 else (np.exp(w) * x).sum()
    np.testing.assert_allclose(choice(x, w), expected)
    np.testing.assert_allclose(recorded(choice, x, w)[0], expected)
    check_gradient(choice, [x, w])
    check_second(choice, [x, w])


def test_cond_keeps_the_work_of_a_branch_inside_it():
    graph = verify(trace(choice, [Spec((3,), "float64")] * 2))
    names = [node.primitive.name for node in graph.nodes]
    assert "exp" not in names and "tanh" in names, names


def test_cond_returns_structures():
    def function(x):
        return ops.cond(x > 0, lambda: {"a": x, "b": None}, lambda: {"a": -x, "b": None})

    node = function(make_input(Spec((), "float32")))
    assert node["b"] is None and node["a"].shape == ()


def test_counted_and_conditional_loops():
    def double(x):
        return ops.fori_loop(0, 5, lambda i, v: v * 2 + ops.cast(i, "float64"), x)

    x = np.array([1.0, -1.0])
    expected = x
    for i in range(5):
        expected = expected * 2 + i
    np.testing.assert_allclose(double(x), expected)
    np.testing.assert_allclose(recorded(double, x)[0], expected)

    def halve(x, limit=None):
        return ops.while_loop(lambda n, v: v > 1, lambda n, v: (n + 1, v / 2), (np.array(0), x), limit)

    for start, count, end in ((20.0, 5, 0.625), (0.5, 0, 0.5)):
        assert [float(value) for value in halve(np.array(start))] == [count, end]
        assert [float(value) for value in recorded(lambda x: halve(x, 10), np.array(start))] == [count, end]
    assert float(halve(np.array(20.0), 2)[1]) == 5.0
    check_gradient(lambda x: halve(x, 8)[1], [np.array(20.0)])


def test_map_and_switch():
    x = generator.normal(size=(3, 2))

    def square(x):
        return ops.map(lambda row: ops.sum(row * row), x)

    np.testing.assert_allclose(square(x), (x * x).sum(1))
    np.testing.assert_allclose(recorded(square, x)[0], (x * x).sum(1))
    np.testing.assert_allclose(ops.vectorized_map(lambda row: row[0], x), x[:, 0])

    def choose(i, x):
        return ops.switch(i, [lambda a: a, lambda a: a * 10, lambda a: -a], x)

    for index, expected in ((-1, x), (0, x), (1, x * 10), (2, -x), (7, -x)):
        np.testing.assert_array_equal(choose(np.array(index, np.int32), x), expected)
        np.testing.assert_array_equal(recorded(choose, np.array(index, np.int32), x)[0], expected)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 8, 9])
@pytest.mark.parametrize("reverse", [False, True])
def test_associative_scan_runs_as_the_plain_loop(count, reverse):
    x = generator.normal(size=(2, count))
    expected = np.cumsum(x[:, ::-1], 1)[:, ::-1] if reverse else np.cumsum(x, 1)

    def function(x):
        return ops.associative_scan(ops.add, x, reverse=reverse, axis=1)

    np.testing.assert_allclose(function(x), expected)
    np.testing.assert_allclose(recorded(function, x)[0], expected)
    # an operation that does not commute: composition of x ↦ a·x + b
    a, b = x, np.ones_like(x)
    pairs = ops.associative_scan(lambda p, q: (p[0] * q[0], p[1] * q[0] + q[1]), (a, b), reverse=reverse, axis=1)
    last = np.zeros(2)
    for place in reversed(range(count)) if reverse else range(count):
        last = last * a[:, place] + b[:, place]
        np.testing.assert_allclose(pairs[1][:, place], last)
