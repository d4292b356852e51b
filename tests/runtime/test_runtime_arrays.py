"""Jitted functions of arrays alone: found without taking the arguments apart, and never those of others."""

from __future__ import annotations

import numpy as np
import pytest

import onionskin
from onionskin import engines, ops
from onionskin.base import config
from onionskin.base.errors import DTypeError
from onionskin.runtime import jitted

pytestmark = pytest.mark.usefixtures("each_engine")
X = np.arange(6, dtype="float32").reshape(2, 3)


@pytest.fixture
def taken_apart(monkeypatch):
    """Count the calls that were looked at closely."""
    count, take_apart = [0], jitted.take_apart

    def counted(*args):
        count[0] += 1
        return take_apart(*args)

    monkeypatch.setattr(jitted, "take_apart", counted)
    return count


def test_each_form_is_looked_at_once(taken_apart):
    traced = []

    @onionskin.jit
    def both(x, y):
        traced.append((x.shape, x.dtype, y.shape, y.dtype))
        return {"sum": x + y, "shape": x.shape, "none": None}

    for step in range(3):
        for x, y in ((X, X), (X, X[0]), (X.astype("float64"), X), (X[:, :1], X.T[:1])):
            found = both(x + step, y)
            assert found["shape"] == x.shape
            assert found["none"] is None
            np.testing.assert_allclose(found["sum"], x + step + y)
            assert found["sum"].dtype == np.result_type(x, y)
    assert len(traced) == len(set(traced)) == taken_apart[0] == 4


def test_one_result_and_no_argument():
    assert onionskin.jit(lambda: np.float32(3))() == 3
    found = onionskin.jit(lambda x: x.sum())(X)
    assert (type(found), found.shape) == (np.ndarray, ())
    np.testing.assert_array_equal(onionskin.jit(lambda x: (x,))(X)[0], X)


def test_settings_are_told_apart():
    made = onionskin.jit(lambda x: x + ops.ones((3,)))
    for floatx, dtype in (("float32", "float32"), ("float64", "float64"), ("float32", "float32")):
        config.set_floatx(floatx)
        try:
            assert made(X).dtype == dtype
        finally:
            config.set_floatx("float32")


def test_engines_are_told_apart(each_engine):
    if each_engine == "reference":
        pytest.importorskip("onionskin.engines.native._ext", reason="the native engine is not built")
    twice = onionskin.jit(lambda x: x * 2.0)
    kinds = []
    for name in ("reference", "native", "reference"):
        engines.set_engine(name)
        np.testing.assert_array_equal(twice(X), X * 2)
        kinds.append(type(twice.program(X)).__name__)
    assert kinds == ["ReferenceProgram", "NativeProgram", "ReferenceProgram"]


def test_variables_are_read_and_changed_at_each_call(taken_apart):
    total = onionskin.Variable(np.zeros(3, "float32"))

    @onionskin.jit
    def add(x):
        total.assign_add(x.sum(axis=0))
        return total * 1.0

    for step in range(1, 5):
        np.testing.assert_allclose(add(X), step * X.sum(axis=0))
    total.assign(np.ones(3))
    np.testing.assert_allclose(add(X), 1 + X.sum(axis=0))
    np.testing.assert_allclose(total.numpy(), 1 + X.sum(axis=0))
    assert taken_apart[0] == 1


def test_what_is_no_plain_array_is_looked_at_closely(taken_apart):
    scaled = onionskin.jit(lambda x, times: x * times)
    scaled(X, X)
    before = taken_apart[0]
    two = onionskin.Variable([2.0])
    for times, dtype in ((2, "float32"), (2.0, "float32"), (np.float64(2), "float64"), (two, "float32")):
        found = scaled(X, times)
        np.testing.assert_allclose(found, X * 2)
        assert found.dtype == dtype
    scaled(x=X, times=X)
    assert taken_apart[0] == before + 5
    with pytest.raises(DTypeError):
        scaled(X, X.astype(complex))


def test_within_a_trace_it_is_part_of_it():
    weight = onionskin.Variable(np.ones(3, "float32"))
    inner = onionskin.jit(lambda x: x * weight)
    inner(X)
    outer = onionskin.jit(lambda y: inner(X) + y)
    np.testing.assert_array_equal(outer(X), 2 * X)
    weight.assign(np.full(3, 5))
    np.testing.assert_array_equal(outer(X), 6 * X)
