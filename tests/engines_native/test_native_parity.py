"""The native engine gives what the reference engine gives: every primitive, drawn graphs, and state kept in place."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onionskin import engines
from onionskin.base.specs import is_float
from onionskin.prims import TABLE
from tests.cases import CASES
from tests.checks import graph_of
from tests.expressions import SHAPE, arguments, graphs, plainly

pytest.importorskip("onionskin.engines.native._ext", reason="the native engine's compiled part is not built")

SETTINGS = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
CLOSE = {"float16": 2e-3, "float32": 4e-6, "float64": 4e-13}


def native(graph, state=0):
    return engines.get("native").compile(graph, state)


def assert_close(result, wanted, message="", tolerance=None):
    """Whole numbers and truth values are equal; floats near, measured against the largest of the array."""
    assert isinstance(result, np.ndarray)
    assert (result.shape, result.dtype) == (wanted.shape, wanted.dtype)
    if not is_float(wanted.dtype.name):
        np.testing.assert_array_equal(result, wanted, err_msg=message)
        return
    rtol = CLOSE[wanted.dtype.name] if tolerance is None else tolerance
    scale = np.max(np.abs(wanted), initial=0, where=np.isfinite(wanted))
    np.testing.assert_allclose(result, wanted, rtol=rtol, atol=rtol * float(scale), err_msg=message)


def compare(graph, args):
    before = [np.array(one) for one in args]
    program = native(graph)
    results = program(*args)
    for result, wanted in zip(results, engines.get("reference").compile(graph)(*args), strict=True):
        assert_close(result, wanted, program.describe())
    for one, was in zip(args, before, strict=True):
        np.testing.assert_array_equal(one, was)
    for result in results:
        assert not any(np.shares_memory(result, one) for one in args)


@pytest.mark.parametrize(("case", "dtype"), [(case, dtype) for case in CASES for dtype in case.dtypes], ids=str)
def test_every_primitive(case, dtype):
    @settings(SETTINGS, max_examples=25)
    @given(case.sample(dtype, False))
    def check(drawn):
        args, params = drawn
        compare(graph_of(TABLE[case.name], args, params), args)

    check()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_drawn_graphs(dtype):
    @settings(SETTINGS, max_examples=300)
    @given(graphs(dtype=dtype, length=14, outputs=4), st.integers(0, 2**32 - 1))
    def check(graph, seed):
        compare(graph, arguments(graph, seed))

    check()


@settings(SETTINGS, max_examples=200)
@given(graphs(length=14, outputs=5), st.integers(0, 2**32 - 1), st.integers(0, 2))
def test_steps_in_place_are_the_steps_one_by_one(graph, seed, state):
    rng = np.random.default_rng(seed)
    begin = [rng.normal(size=SHAPE) for _ in range(state)]
    columns = [rng.normal(size=(8, 3)) for _ in range(3 - state)]
    order = rng.permutation(8)
    kept = [np.array(one) for one in begin]
    program = native(graph, state)
    final, results = program.run_steps(begin, [], columns, order, SHAPE[0])
    now = begin
    assert [len(one) for one in results] == [4] * len(results)
    for step in range(4):
        outputs = program(*now, *[column[order[2 * step : 2 * step + 2]] for column in columns])
        near = plainly(graph, [*now, *[column[order[2 * step : 2 * step + 2]] for column in columns]])
        for one, wanted in zip(outputs, near, strict=True):
            assert_close(one, wanted, program.describe())
        now = outputs[:state]
        for one, wanted in zip(results, outputs[state:], strict=True):
            np.testing.assert_array_equal(one[step], wanted, err_msg=f"step {step}\n{program.describe()}")
    for one, wanted in zip(final, now, strict=True):
        np.testing.assert_array_equal(one, wanted)
    for one, was in zip(begin, kept, strict=True):
        np.testing.assert_array_equal(one, was)
