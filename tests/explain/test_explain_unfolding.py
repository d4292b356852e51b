"""A network unfolded: its points, planes and straight cuts against scikit-learn, NumPy and the model itself."""

from __future__ import annotations

import textwrap

import numpy as np
import pytest

import onionskin as osk
from onionskin import explain
from onionskin.explain.tensors.straight import straight_cut
from onionskin.explain.tensors.unfolding import _turned

RNG = np.random.default_rng(0)
layers = osk.layers


def model(*parts, name="net"):
    osk.utils.set_random_seed(1)
    return osk.models.Sequential([layers.Input((2,)), *parts], name=name)


def test_spirals_are_the_same_for_a_seed_and_lie_on_their_curves():
    x, y = explain.spirals(400, turns=1.5, noise=0.0, classes=4)
    np.testing.assert_array_equal(np.bincount(y), 100)
    radius = np.hypot(*x.T.astype("float64"))
    angle = np.arctan2(x[:, 1], x[:, 0])
    start = np.mod(angle - 2 * np.pi * 1.5 * radius + 1e-4, 2 * np.pi)
    np.testing.assert_allclose(start, np.pi / 2 * y, atol=3e-4)
    assert radius.min() > 0.1 and radius.max() < 1.0
    same, other = explain.spirals(50, noise=0.1, seed=3), explain.spirals(50, noise=0.1, seed=4)
    np.testing.assert_array_equal(same[0], explain.spirals(50, noise=0.1, seed=3)[0])
    assert not np.array_equal(same[0], other[0])


def test_noise_has_its_standard_deviation():
    clean, noisy = (explain.spirals(20000, noise=noise)[0].astype("float64") for noise in (0.0, 0.1))
    np.testing.assert_allclose((noisy - clean).std(axis=0), 0.1, rtol=0.03)
    np.testing.assert_allclose((noisy - clean).mean(axis=0), 0.0, atol=0.003)


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("units", [1, 2, 6])
def test_the_straight_cut_is_that_of_scikit_learn(classes, units):
    from sklearn.linear_model import LogisticRegression

    y = np.arange(240) % classes
    centres = RNG.normal(size=(classes, units)) * 1.5
    points = 3 + centres[y] + RNG.normal(size=(240, units))
    found = straight_cut(points, y)
    scaled = (points - points.mean(axis=0)) / points.std(axis=0)
    theirs = LogisticRegression(C=1e6, max_iter=5000, tol=1e-9).fit(scaled, y)
    assert abs(found.share - theirs.score(scaled, y)) <= 1 / 240
    if classes == 2:
        weights = theirs.coef_[0] / points.std(axis=0)
        np.testing.assert_allclose(found.weights[0, :-1], weights, rtol=1e-3)
        bias = theirs.intercept_[0] - weights @ points.mean(axis=0)
        np.testing.assert_allclose(found.weights[0, -1], bias, rtol=1e-3, atol=1e-3)


def test_what_can_be_parted_is_parted_however_narrow_the_gap():
    x = RNG.uniform(-1, 1, size=(400, 2))
    normal = np.array([0.6, -0.8])
    x = x[np.abs(x @ normal - 0.1) > 0.005]
    y = (x @ normal > 0.1).astype(int)
    assert straight_cut(x, y).share == 1.0
    assert straight_cut(np.repeat(x, 40, axis=1), y).share == 1.0  # 80 numbers, by the other method
    ring = np.hypot(*x.T) > 0.6
    assert straight_cut(x, ring.astype(int)).share < 0.9


def test_layers_are_those_of_the_model_at_inference():
    net = model(layers.Dense(5, "relu"), layers.Dropout(0.5), layers.Dense(2), layers.Dense(3, "softmax"))
    x, y = explain.spirals(60, classes=3)
    shown = explain.unfold(net, x, y)
    assert [layer.kind for layer in shown.layers] == ["", "Dense", "Dropout", "Dense", "Dense"]
    np.testing.assert_allclose(shown.layers[-1].values, np.asarray(net.predict(x, verbose=0)), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(shown.layers[1].values, shown.layers[2].values)
    hot = explain.unfold(net, x, np.eye(3)[y])
    np.testing.assert_array_equal(hot.labels, shown.labels)


def test_the_grid_goes_through_the_same_layers_as_the_points():
    kernel, bias = np.array([[2.0, 1.0], [0.5, -1.0]]), np.array([0.3, -0.4])
    net = model(layers.Dense(2))
    net.layers[0].set_weights([kernel, bias])
    x, y = explain.spirals(40)
    before, after = explain.unfold(net, x, y).layers
    assert before.lines.shape == (30, 90, 2)
    np.testing.assert_allclose(after.lines, before.lines @ kernel + bias, rtol=1e-5, atol=1e-5)


def test_wide_layers_are_drawn_in_their_two_widest_directions():
    from sklearn.decomposition import PCA

    net = model(layers.Dense(7, "tanh"))
    x, y = explain.spirals(80)
    wide = explain.unfold(net, x, y).layers[1]
    assert wide.projected
    theirs = PCA(2).fit_transform(wide.values)
    ours = wide.plane - wide.plane.mean(axis=0)
    # The same plane, turned: distances between points are equal.
    for one, other in ((0, 1), (5, 70), (30, 31)):
        mine, its = ours[one] - ours[other], theirs[one] - theirs[other]
        np.testing.assert_allclose(np.hypot(*mine), np.hypot(*its), rtol=1e-6, atol=1e-9)


def test_the_animation_turns_layers_without_bending_them_and_their_cuts_with_them():
    net = model(layers.Dense(2, "tanh"), layers.Dense(2, "tanh"))
    x, y = explain.spirals(80, turns=0.4)
    stages = explain.unfold(net, x, y)._stages()
    for plain, turned in zip(stages, _turned(stages), strict=True):
        centred = plain.points - plain.points.mean(axis=0)
        moved = turned.points - turned.points.mean(axis=0)
        np.testing.assert_allclose(moved @ moved.T, centred @ centred.T, atol=1e-12)
        for stage in (plain, turned):
            a, b, c = stage.cut
            np.testing.assert_allclose(((stage.points @ [a, b] + c > 0) == y).mean(), stage.share)


def test_a_chain_made_by_the_functional_api_is_unfolded_too():
    start = layers.Input((2,))
    net = osk.models.Model(start, layers.Dense(1)(layers.Dense(3, "tanh")(start)))
    assert [layer.units for layer in explain.unfold(net, *explain.spirals(20)).layers] == [2, 3, 1]


def test_pictures_have_no_grid_but_are_shown():
    osk.utils.set_random_seed(0)
    net = osk.models.Sequential([layers.Input((4, 4)), layers.Flatten(), layers.Dense(3, "softmax")])
    x, y = RNG.normal(size=(30, 4, 4)).astype("float32"), np.arange(30) % 3
    shown = explain.unfold(net, x, y)
    assert [layer.units for layer in shown.layers] == [16, 16, 3]
    assert all(not len(layer.lines) for layer in shown.layers)
    assert len(shown.plot().axes) == 3


def test_what_is_printed_in_both_languages():
    kernel = np.array([[1.0, 0.0], [0.0, 1.0]])
    net = model(layers.Dense(2, name="same"), name="net")
    net.layers[0].set_weights([kernel, np.zeros(2)])
    x, y = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 1.0], [3.0, 1.0]], "float32"), [0, 0, 1, 1]
    assert (
        str(explain.unfold(net, x, y))
        == textwrap.dedent(
            """\
        net, layer by layer
          layer  class  units  linearly separated
          ─────  ─────  ─────  ──────────────────
          input             2              100.0%
          same   Dense      2              100.0%
        After input the classes are linearly separable: straight cuts part them all.
        """
        ).rstrip()
    )
    assert str(explain.unfold(net, x, [0, 1, 1, 0], language="ko")).split("\n")[-1] == (
        "어느 층에서도 클래스가 선형 분리되지 않습니다."
    )
