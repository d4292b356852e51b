"""Source S5, row 4: tensor operations as geometry, and a crumpled sheet that a trained network unfolds."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import onionskin as osk
from onionskin import explain
from onionskin.plot.geometry import FIGURE

POINTS = np.random.default_rng(0).normal(size=(40, 2))


def area(corners: np.ndarray) -> float:
    """Area of a polygon by its corners (the shoelace formula), positive against the clock."""
    x, y = corners.T
    return float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2)


def test_s5_4_adding_a_vector_is_a_translation() -> None:
    np.testing.assert_allclose(explain.translation(2, -1)(POINTS), POINTS + np.array([2, -1]), rtol=1e-15)


def test_s5_4_rotation_turns_by_the_angle_and_keeps_lengths() -> None:
    turned = explain.rotation(30)(POINTS)
    np.testing.assert_allclose(np.hypot(*turned.T), np.hypot(*POINTS.T), rtol=1e-14)
    angle = np.arctan2(turned[:, 1], turned[:, 0]) - np.arctan2(POINTS[:, 1], POINTS[:, 0])
    np.testing.assert_allclose(np.mod(angle, 2 * math.pi), math.radians(30), rtol=1e-12)


def test_s5_4_scaling_and_shear() -> None:
    np.testing.assert_allclose(explain.scaling(3, 0.5)(POINTS), POINTS * [3, 0.5], rtol=1e-15)
    slid = explain.shear(2)(POINTS)
    np.testing.assert_array_equal(slid[:, 1], POINTS[:, 1])
    np.testing.assert_allclose(slid[:, 0], POINTS[:, 0] + 2 * POINTS[:, 1], rtol=1e-14)


def test_s5_4_an_affine_map_multiplies_areas_by_its_determinant() -> None:
    turn = explain.affine([[1, 2], [-0.5, 3]], [4, 5])
    assert turn.area == pytest.approx(4.0)
    np.testing.assert_allclose(area(turn(FIGURE)), 4.0 * area(FIGURE), rtol=1e-12)


def test_s5_4_affine_maps_one_after_the_other_are_one_affine_map_and_relu_ends_that() -> None:
    first, second = explain.affine([[1, 2], [3, 4]], [5, 6]), explain.affine([[0, 1], [-1, 2]], [1, 1])
    both = first.then(second)
    assert both.is_affine and len(both.steps) == 1
    np.testing.assert_allclose(both(POINTS), second(first(POINTS)), rtol=1e-12, atol=1e-12)
    bent = explain.affine([[1, 2], [3, 4]], [5, 6], relu=True).then(second)
    assert not bent.is_affine and len(bent.steps) == 2
    np.testing.assert_allclose(bent(POINTS), second(np.maximum(first(POINTS), 0)), rtol=1e-12, atol=1e-12)


def test_s5_4_affine_then_relu_is_a_layer() -> None:
    matrix, vector = np.array([[1.0, -2.0], [0.5, 1.5]]), np.array([0.3, -0.2])
    layer = osk.layers.Dense(2, activation="relu")
    layer.build((None, 2))
    layer.set_weights([matrix.T, vector])  # a layer's points are rows
    found = explain.affine(matrix, vector, relu=True)(POINTS)
    np.testing.assert_allclose(found, np.asarray(layer(POINTS.astype("float32"))), rtol=1e-5, atol=1e-6)


def trained() -> tuple[object, np.ndarray, np.ndarray]:
    """Five layers of two units each, so that every layer can be seen as it is."""
    x, y = explain.spirals(300, turns=1.0, seed=0)
    layers, models = osk.layers, osk.models
    for seed in (5, 7, 3, 11, 13, 17, 19, 23):  # some starts end in a valley from which no unfolding leads
        osk.utils.set_random_seed(seed)
        hidden = [layers.Dense(2, activation="tanh", name=f"hidden_{i}") for i in range(1, 6)]
        model = models.Sequential([layers.Input((2,)), *hidden, layers.Dense(1, "sigmoid", name="output")])
        model.compile(osk.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
        model.fit(x, y, epochs=1000, batch_size=50, verbose=0)
        if model.evaluate(x, y, verbose=0)[1] == 1.0:
            return model, x, y
    pytest.fail("no start unfolded the spirals")


def test_s5_4_a_trained_network_unfolds_two_spirals(tmp_path: Path) -> None:
    model, x, y = trained()
    shown = explain.unfold(model, x, y)
    assert [layer.units for layer in shown.layers] == [2, 2, 2, 2, 2, 2, 1]
    shares = [layer.cut.share for layer in shown.layers]
    assert shares[0] < 0.8, shares  # crumpled: no straight cut parts two spirals
    assert shares[-1] == 1.0 and shown.separable_after is not None, shares
    # The cut that is drawn does part them: the sign of w·p + b is the class.
    for layer in shown.layers[1:-1]:
        assert layer.cut.line is not None
        a, b, c = layer.cut.line
        right = ((layer.plane @ [a, b] + c > 0) == (y == 1)).mean()
        np.testing.assert_allclose(right, layer.cut.share)
    # What is shown of each layer is what the model computes, by the formula of its layers.
    h = x.astype("float64")
    for layer, seen in zip(model.layers, shown.layers[1:], strict=True):
        kernel, bias = (np.asarray(one.numpy(), "float64") for one in layer.weights)
        h = h @ kernel + bias
        h = np.tanh(h) if layer.name != "output" else 1 / (1 + np.exp(-h))
        np.testing.assert_allclose(seen.values, h, rtol=1e-3, atol=1e-5)
    figure = shown.plot(path=tmp_path / "unfolded.png")
    assert [axes.get_title() for axes in figure.axes][:2] == ["input", "hidden_1 (2)"]
    assert len(figure.axes) == 7
    for name in ("unfolded.gif", "unfolded.html"):
        assert shown.animate(tmp_path / name).stat().st_size > 100_000
