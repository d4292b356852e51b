"""`surely_finite`: True only where arrays hold neither NaN nor infinity, whatever their form."""

import numpy as np
import pytest

from onionskin import engines
from tests.engines_native.ext_run import _ext, threads  # noqa: F401 - fixtures


def sure(*arrays):
    return engines.get("native").surely_finite(arrays)


@pytest.mark.parametrize("count", [1, 15, 1025, 16384, 16385, 100_003])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_single_wrong_number_is_found(threads, count, dtype):  # noqa: F811
    most = np.finfo(dtype).max
    array = np.array([0.0, -0.0, most, -most, np.finfo(dtype).smallest_subnormal] * count, dtype)[:count]
    for number in (1, 2, 4):
        threads(number)
        assert sure(array)
        assert sure(array, array.reshape(-1, 1))
        for wrong in (np.nan, -np.nan, np.inf, -np.inf):
            for place in {0, count // 2, count - 1}:
                bad = np.array(array)
                bad[place] = wrong
                assert not sure(bad)
                assert not sure(array, bad)


def test_what_is_no_float_is_finite_and_what_cannot_be_told_is_not():
    numbers = np.ones((4, 6), "float32")
    assert sure()
    assert sure(np.ones((0, 3), "float64"), np.array(1.5, "float32"))
    assert sure(np.ones(3, "int64"), np.ones(3, "bool"), np.ones(3, "uint8"))
    for other in (numbers[:, ::2], numbers.T, numbers.astype("float16"), numbers.astype(">f4"), [1.0], 1.0, "text"):
        assert not sure(numbers, other)
    _ext.read_directly(False)
    try:
        assert not sure(numbers)
    finally:
        _ext.read_directly(True)
    assert not engines.get("reference").surely_finite([numbers])
