"""The reference engine: inputs stay, state is kept in place and never corrupted, memory is freed; finding engines."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onionskin import engines
from onionskin.base import config
from onionskin.base.errors import UnknownNameError
from onionskin.base.specs import Spec
from onionskin.graph import Graph, Primitive, as_node, trace, verify
from onionskin.plan import schedule
from onionskin.prims import TABLE, define_primitive
from tests.expressions import SHAPE, arguments, graphs, plainly

SETTINGS = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
V = Spec((3,), "float32")
EYE = define_primitive("same", lambda x: x)  # gives its very input back


def program(function, specs, state=0):
    return engines.get("reference").compile(verify(trace(function, specs)), state)


# --- nothing of the caller's is changed, nothing is corrupted ---


@settings(SETTINGS, max_examples=150)
@given(graphs(length=14, outputs=4), st.integers(0, 2**32 - 1), st.integers(0, 3))
def test_drawn_graphs_give_what_each_operation_gives_alone(graph, seed, state):
    args = arguments(graph, seed)
    before = [np.array(one) for one in args]
    results = engines.get("reference").compile(graph, state)(*args)
    for result, wanted in zip(results, plainly(graph, args), strict=True):
        np.testing.assert_array_equal(result, wanted)
    for one, was in zip(args, before, strict=True):
        np.testing.assert_array_equal(one, was)
    for place, result in enumerate(results):  # writing to a result changes neither an input nor the state
        assert not any(np.shares_memory(result, one) for one in args)
        assert not any(np.shares_memory(result, other) for other in results[:state] if other is not result)
        assert place >= state or not any(result is other for other in results[:place])


@settings(SETTINGS, max_examples=150)
@given(graphs(length=14, outputs=5), st.integers(0, 2**32 - 1), st.integers(0, 2))
def test_steps_in_place_are_the_steps_one_by_one(graph, seed, state):
    """Inputs: the state, then a batch; each step's results are still right when all steps are done."""
    rng = np.random.default_rng(seed)
    begin = [rng.normal(size=SHAPE) for _ in range(state)]
    columns = [rng.normal(size=(8, 3)) for _ in range(3 - state)]
    order = rng.permutation(8)
    kept = [np.array(one) for one in begin]
    final, results = engines.get("reference").compile(graph, state).run_steps(begin, [], columns, order, SHAPE[0])
    now = begin
    assert [len(one) for one in results] == [4] * len(results)
    for step in range(4):
        outputs = plainly(graph, [*now, *[column[order[2 * step : 2 * step + 2]] for column in columns]])
        now = outputs[:state]
        for one, wanted in zip(results, outputs[state:], strict=True):
            np.testing.assert_array_equal(one[step], wanted, err_msg=f"step {step}")
    for one, wanted in zip(final, now, strict=True):
        np.testing.assert_array_equal(one, wanted)
    for one, was in zip(begin, kept, strict=True):
        np.testing.assert_array_equal(one, was)


def sines():
    return TABLE["sin"](as_node(np.arange(3, dtype=np.float32)))


FIRST, SECOND = trace(lambda a, b: a, [V, V]), trace(lambda a, b: b, [V, V])
STEPS = {
    "swapped": lambda a, b, x: (b, a, x),
    "aliased": lambda a, b, x: (a + x, a + x, b),
    "unchanged": lambda a, b, x: (a, b + x, a),
    "one from the other": lambda a, b, x: (b * 2.0, a + b, a),
    "put out twice": lambda a, b, x: (a + x, b, a + x, a + x),
    "put out as a view": lambda a, b, x: (a + x, b, (a + x)[::-1], a.reshape(3, 1)),
    "view of the other": lambda a, b, x: (a + x, (a + x)[::-1], b),
    "constant": lambda a, b, x: (np.ones(3, np.float32), a, b),
    "what follows from constants": lambda a, b, x: (sines(), a * 2.0, sines(), sines().reshape(3, 1)),
    "batch kept": lambda a, b, x: (x, b + x, x),
    "through a function of one's own": lambda a, b, x: (EYE(a + x), EYE(b), EYE(a + x) * 2.0),
    "through a branch": lambda a, b, x: (
        a * 2.0,
        TABLE["cond"](a[0] > b[0], a, b, on_true=FIRST, on_false=SECOND)[0],
        b + x,
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_state(name):
    function = STEPS[name]
    run = program(function, [V, V, V], state=2)
    rng = np.random.default_rng(0)
    state = [rng.normal(size=3).astype(np.float32) for _ in range(2)]
    column = rng.normal(size=(12,)).astype(np.float32)
    order = rng.permutation(12)
    before = [np.array(one) for one in state]
    final, results = run.run_steps(state, [], [column], order, 3)
    again, repeated = state, []
    for start in range(0, 12, 3):
        outputs = plainly(run.graph, [*again, column[order[start : start + 3]]])
        called = run(*again, column[order[start : start + 3]])
        for one, wanted in zip(called, outputs, strict=True):
            np.testing.assert_array_equal(one, wanted)
        again = outputs[:2]
        repeated.append(outputs[2:])
    for one, wanted in zip(final, again, strict=True):
        np.testing.assert_array_equal(one, wanted)
    for one, wanted in zip(results, zip(*repeated, strict=True), strict=True):
        np.testing.assert_array_equal(one, np.stack(wanted))
    for one, was in zip(state, before, strict=True):
        np.testing.assert_array_equal(one, was)


def test_what_stays_fixed_and_no_steps_at_all():
    run = program(lambda w, k, x: (w + k * x, w), [V, V, V], state=1)
    w, k = np.zeros(3, np.float32), np.array([1, 2, 3], np.float32)
    final, results = run.run_steps([w], [k], [np.ones(6, np.float32)], np.arange(6), 3)
    np.testing.assert_array_equal(final[0], 2 * k)
    np.testing.assert_array_equal(results, [[np.zeros(3), k]])
    final, results = run.run_steps([w], [k], [np.ones(6, np.float32)], np.arange(0), 3)
    assert [(one.shape, one.dtype) for one in results] == [((0, 3), np.float32)]
    assert final[0] is not w


def test_results_are_the_callers_own():
    run = program(lambda x: (sines(), sines()[::-1], np.ones(3, np.float32), x, x[::-1]), [V])
    x = np.array([1, 2, 3], np.float32)
    first = [np.array(one) for one in run(x)]
    for one in run(x):
        one[...] = 7
    np.testing.assert_array_equal(x, [1, 2, 3])
    for one, was in zip(run(x), first, strict=True):
        np.testing.assert_array_equal(one, was)


def test_an_einsum_of_one_operand_is_no_view_to_write_over():
    run = program(lambda x: TABLE["exp"](TABLE["einsum"](x, subscripts="ij->ji")), [Spec((2, 3), "float32")])
    x = np.ones((2, 3), np.float32)
    run(x)
    np.testing.assert_array_equal(x, np.ones((2, 3)))


def test_results_have_the_promised_form():
    run = program(lambda x: (x, TABLE["sum"](x, axis=(0,), keepdims=False), np.float32(2)), [V])
    x = np.ones(3, np.float32)
    for one, spec in zip(run(x), run.graph.out_specs, strict=True):
        assert isinstance(one, np.ndarray)
        assert (one.shape, one.dtype.name) == (spec.shape, spec.dtype)
    assert engines.get("reference").compile(Graph((), ()))() == ()


# --- names ---


@pytest.mark.parametrize("name", ["a\0b", "x\nimport os", "\ud800", "", "'; raise SystemExit"])
def test_names_of_graphs_and_inputs_are_no_code(name):
    graph = trace(lambda x: x + 1.0, [V], [name], name)
    np.testing.assert_array_equal(engines.get("reference").compile(graph)(np.zeros(3, np.float32))[0], np.ones(3))


def test_records_of_one_name_are_kept_apart():
    first, second = (
        Primitive("twin", "contraction", lambda x: x, lambda x, by=by: x * np.float32(by)) for by in (2, 3)
    )
    run = program(lambda x: first(x) + second(x), [V])
    np.testing.assert_array_equal(run(np.ones(3, np.float32))[0], np.full(3, 5))


def test_the_source_is_there_to_be_read():
    run = program(lambda x: TABLE["tanh"](x * x), [V])
    assert (
        run.describe()
        == run.source
        == (
            "def run(v0):\n"
            "    v1 = multiply(v0, v0)  # multiply float32[3]\n"
            "    del v0\n"
            "    v2 = tanh(v1, out=v1)  # tanh float32[3]\n"
            "    del v1\n"
            "    return (v2,)\n"
        )
    )


# --- memory ---


def test_a_chain_on_large_arrays_needs_few_of_them():
    size = 1_250_000  # 10 MB of float64

    def chain(x):
        for step in range(30):
            x = TABLE["sin"](x) * x + float(step)
        return TABLE["sum"](x, axis=(0,), keepdims=False)

    run = program(chain, [Spec((size,), "float64")])
    x = np.linspace(0, 1, size)
    tracemalloc.start()
    try:
        run(x)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5 * x.nbytes, f"{peak / x.nbytes:.2f} arrays"


def test_the_schedule_frees_each_value_after_its_last_use():
    graph = trace(lambda x: TABLE["sin"](x) + TABLE["cos"](x), [V])
    plan = schedule(graph)
    sin, cos, add = plan.steps
    assert {node.primitive.name for node in (sin, cos)} == {"sin", "cos"}
    assert plan.last_use == {graph.inputs[0]: 1, sin: 2, cos: 2}
    assert plan.overwrites == {2: sin}
    assert schedule(graph, frozenset(graph.inputs)).overwrites == {1: graph.inputs[0], 2: sin}
    assert add is graph.outputs[0]


# --- finding an engine ---


def test_engines_are_found_by_name(monkeypatch):
    monkeypatch.setattr(config, "_settings", dict(config._settings))
    engines.set_engine("reference")
    assert engines.get() is engines.get("reference")
    for call in (engines.get, engines.set_engine):
        with pytest.raises(UnknownNameError) as caught:
            call("refrence")
        lines = str(caught.value).splitlines()
        assert lines[:2] == ["there is no engine of this name.", "  given:    'refrence'"]
        assert lines[2].startswith("  to fix:   did you mean 'reference'? Known: ")
    assert config.engine() == "reference"
