"""Source S5, row 3: tensor operations as plain loops and as vector operations, against NumPy and each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import onionskin as osk
from onionskin import explain
from onionskin.base.errors import ShapeError
from onionskin.explain import loops

RNG = np.random.default_rng(3)
X, Y = RNG.normal(size=(5, 7)), RNG.normal(size=(5, 7))
V, W = RNG.normal(size=7), RNG.normal(size=(7, 4))
CASES = {
    "relu": ("relu", (X,), {}, np.maximum(X, 0)),
    "add": ("add", (X, Y), {}, X + Y),
    "add a vector": ("add", (X, V), {}, X + V),
    "vector · vector": ("dot", (V, V[::-1]), {}, np.dot(V, V[::-1])),
    "matrix · vector": ("dot", (X, V), {}, np.dot(X, V)),
    "matrix · matrix": ("dot", (X, W), {}, np.dot(X, W)),
    "reshape": ("reshape", (X,), {"shape": (7, 5)}, X.reshape(7, 5)),
    "reshape to 3 axes": ("reshape", (X,), {"shape": (5, 1, 7)}, X.reshape(5, 1, 7)),
    "transpose": ("transpose", (X,), {}, X.T),
    "sum": ("sum", (X,), {}, X.sum()),
    "sum of columns": ("sum", (X,), {"axis": 0}, X.sum(axis=0)),
    "sum of rows": ("sum", (X,), {"axis": -1}, X.sum(axis=-1)),
}


@pytest.mark.parametrize("case", CASES)
def test_s5_3_loop_and_vector_operation_agree_with_numpy(case: str) -> None:
    name, arrays, options, expected = CASES[case]
    both = explain.side_by_side(name, *arrays, repeat=1, **options)
    np.testing.assert_allclose(both.loop_result, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(both.vector_result, expected, rtol=1e-12, atol=1e-12)
    assert both.agree
    assert both.loop_seconds > 0 and both.vector_seconds > 0
    assert "def naive_" in both.loop_source and "for " in both.loop_source
    assert "ops." in both.vector_source


def test_s5_3_the_vector_operation_is_many_times_faster() -> None:
    table = explain.compare_operations(size=64, repeat=3)
    ratios = {f"{row.name} {row.given}": row.ratio for row in table.rows}
    assert len(ratios) == 9 and all(row.agree for row in table.rows)
    slow = {name: ratio for name, ratio in ratios.items() if ratio < 5}
    assert not slow, ratios
    assert ratios["dot (64, 64) · (64, 64)"] > 100, ratios


def test_s5_3_a_layer_on_real_digits_by_loops(data_dir: Path) -> None:
    """relu(dot(input, W) + b), one batch of digits through one layer, loop by loop, gives what the layer gives."""
    images = osk.datasets.mnist.load_data()[0][0][:3].reshape(3, 784).astype("float32") / 255
    layer = osk.layers.Dense(4, activation="relu", bias_initializer="ones")
    expected = np.asarray(layer(images))
    kernel, bias = (np.asarray(one.numpy()) for one in layer.weights)
    product = loops.naive_matrix_dot(images, kernel)
    found = loops.naive_relu(loops.naive_add_matrix_and_vector(product, bias))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    assert expected.max() > 0


def test_s5_3_broadcasting_is_shown() -> None:
    shown = explain.broadcasting((64, 3, 32, 10), (32, 10))
    assert shown.shape == np.broadcast_shapes((64, 3, 32, 10), (32, 10))
    assert [axis.change for axis in shown.axes] == ["adds b", "adds b", "equal", "equal"]


def test_s5_3_shapes_that_do_not_fit_are_refused_and_explained() -> None:
    shown = explain.broadcasting(np.ones((32, 10)), np.ones(32))
    with pytest.raises(ShapeError) as refused:
        osk.ops.add(np.ones((32, 10)), np.ones(32))
    assert shown.error == str(refused.value)
    assert shown.verdict == (
        "The shapes do not fit: axis 1 (number 1 from the right) is 10 in a and 32 in b. "
        "Only a size of 1 can be stretched."
    )
    assert shown.hint == "b with shape (32, 1) would fit: its numbers would go along axis 0."
    np.testing.assert_array_equal(np.ones((32, 10)) + np.ones((32, 1)), 2.0)
