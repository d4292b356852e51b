"""NumPy's own functions on tensors: arithmetic is recorded, everything else is refused in our words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import onionskin
from onionskin.base.errors import GraphError

SPEC = onionskin.Spec((2,), "float32")
A = np.array([1.0, -2.0], "float32")


@pytest.mark.parametrize(
    "function",
    [
        lambda x: A + x,
        lambda x: np.add(A, x),
        lambda x: np.abs(x),
        lambda x: np.maximum(x, A),
        lambda x: np.true_divide(A, x),
        lambda x: np.less(A, x),
        lambda x: np.remainder(x, A),
    ],
)
def test_arithmetic_with_arrays_is_recorded(function: Callable[[Any], Any]) -> None:
    x = np.array([3.0, 0.5], "float32")
    np.testing.assert_array_equal(onionskin.jit(function)(x), function(x))


@pytest.mark.parametrize(
    ("function", "name"),
    [(lambda x: np.exp(x), "exp"), (lambda x: np.mean(x), "mean"), (lambda x: np.add(A, x, dtype="float64"), "add")],
)
def test_other_functions_are_refused(function: Callable[[Any], Any], name: str) -> None:
    with pytest.raises(GraphError) as e:
        onionskin.trace(function, SPEC)
    assert str(e.value) == (
        f"numpy.{name} computes with numbers, which this tensor does not have yet.\n"
        "  given:    tensor float32[2] while a function is traced\n"
        "  to fix:   use the function of onionskin.ops instead"
    )


def test_shape_and_rank_are_known() -> None:
    seen = []
    onionskin.trace(lambda x: seen.append((np.shape(x), np.ndim(x))) or x, SPEC)
    assert seen == [((2,), 1)]


def test_a_variable_is_its_array_for_numpy() -> None:
    variable = onionskin.Variable([1.0, 2.0])
    np.testing.assert_array_equal(np.exp(variable), np.exp(variable.numpy()))
    np.testing.assert_array_equal(A * variable, A * variable.numpy())
