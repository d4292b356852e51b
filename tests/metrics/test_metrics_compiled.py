"""Metrics within a compiled step, on each engine: state and result of three batches against those computed at once."""

import numpy as np
import pytest

from onionskin import jit, metrics
from tests.cases_keras import rules

LIBRARY = rules.Onionskin()
CASES = [case for case in rules.recorded("metric") if "drawn" in case["id"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
@pytest.mark.filterwarnings("ignore:R2Score")
def test_as_at_once(each_engine, case):
    arrays = rules.read(case["inputs"])
    y_true, y_pred, weight = (arrays.get(name) for name in ("y_true", "y_pred", "sample_weight"))
    floatx = case.get("floatx", "float32")
    with LIBRARY.floats(floatx):
        compiled, eager = (getattr(metrics, case["name"])(**case["arguments"]) for _ in range(2))

        @jit
        def step(t, p, w):
            compiled.update_state(t, p, w)
            return compiled.result()

        for rows in (slice(0, 3), slice(3, 6), slice(0, 3)):
            batch = y_true[rows], y_pred[rows], None if weight is None else weight[rows]
            value, expected = step(*batch), eager(*batch)
            np.testing.assert_allclose(value, expected, rtol=rules.RTOL[floatx], atol=rules.ATOL[floatx])
        result = jit(compiled.result)()
    np.testing.assert_allclose(result, expected, rtol=rules.RTOL[floatx], atol=rules.ATOL[floatx])
    assert [one.path for one in compiled.variables] == [one.path for one in eager.variables]
    assert [one.dtype for one in compiled.variables] == [one.dtype for one in eager.variables]
    for one, wanted in zip(compiled.variables, eager.variables, strict=True):
        np.testing.assert_allclose(one.numpy(), wanted.numpy(), rtol=rules.RTOL[floatx], atol=rules.ATOL[floatx])
    compiled.reset_state()
    assert not any(one.numpy().any() for one in compiled.variables)
