"""Losses within a compiled step, on each engine: value and gradient against those computed at once."""

import numpy as np
import pytest

from onionskin import jit, losses
from onionskin.runtime import value_and_grad
from tests.cases_keras import rules

LIBRARY = rules.Onionskin()
CASES = [case for case in rules.recorded("loss") if "drawn" in case["id"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_as_at_once(each_engine, case):
    arrays = rules.read(case["inputs"])
    y_true, y_pred, weight = (arrays.get(name) for name in ("y_true", "y_pred", "sample_weight"))
    floatx = case.get("floatx", "float32")
    with LIBRARY.floats(floatx):
        loss = getattr(losses, case["name"])(**case["arguments"])
        expected = loss(y_true, y_pred, weight)

        def measured(p, t, w):
            return loss(t, p, w)

        if np.shape(expected) == ():
            value, gradient = jit(value_and_grad(measured))(y_pred, y_true, weight)
            wanted = value_and_grad(measured)(y_pred, y_true, weight)[1]
            np.testing.assert_allclose(gradient, wanted, rtol=rules.RTOL[floatx], atol=rules.ATOL[floatx])
        else:
            value = jit(measured)(y_pred, y_true, weight)
    assert value.dtype == expected.dtype == np.dtype(floatx)
    np.testing.assert_allclose(value, expected, rtol=rules.RTOL[floatx], atol=rules.ATOL[floatx])
