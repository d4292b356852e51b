"""Source S4: forward propagation; a test for each row, named after it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import onionskin
from onionskin import classic, datasets, ops, plot
from tests.cli.running import works

W1, B1 = np.array([[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]]), np.array([0.1, 0.2, 0.3])
W2, B2 = np.array([[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]]), np.array([0.1, 0.2])
W3, B3 = np.array([[0.1, 0.3], [0.2, 0.4]]), np.array([0.1, 0.2])
X = np.array([1.0, 0.5])


def _by_hand() -> list[float]:
    """Plain loops, float64."""
    values = list(X)
    for weights, bias, squash in ((W1, B1, True), (W2, B2, True), (W3, B3, False)):
        sums = [sum(v * w for v, w in zip(values, column, strict=True)) + b
                for column, b in zip(weights.T, bias, strict=True)]  # fmt: skip
        values = [1 / (1 + np.exp(-s)) for s in sums] if squash else sums
    return values


def test_s4_1_fixed_network_gives_the_right_numbers() -> None:
    z1 = ops.sigmoid(ops.matmul(X, W1) + B1)
    z2 = ops.sigmoid(ops.matmul(z1, W2) + B2)
    y = ops.matmul(z2, W3) + B3
    np.testing.assert_allclose(y, _by_hand(), rtol=1e-12)
    np.testing.assert_allclose(y, [0.31682708, 0.69627909], atol=5e-9)  # as the source prints it
    np.testing.assert_allclose(ops.softmax(y), np.exp(y) / np.exp(y).sum(), rtol=1e-12)


def test_s4_1_fixed_network_as_a_model() -> None:
    units = ((3, "sigmoid"), (2, "sigmoid"), (2, None))
    layers = [onionskin.layers.Dense(count, activation) for count, activation in units]
    model = onionskin.Sequential([onionskin.Input((2,)), *layers])
    model.set_weights([W1, B1, W2, B2, W3, B3])
    np.testing.assert_allclose(model.predict(X[None], verbose=0)[0], _by_hand(), rtol=1e-6)
    np.testing.assert_allclose(model(X[None])[0], _by_hand(), rtol=1e-6)
    same = classic.network_from_params({"W1": W1, "b1": B1, "W2": W2, "b2": B2, "W3": W3, "b3": B3}, "sigmoid", None)
    np.testing.assert_allclose(same.predict(X[None], verbose=0)[0], _by_hand(), rtol=1e-6)
    last = classic.network_from_params({"W1": W1, "b1": B1, "W2": W2, "b2": B2, "W3": W3, "b3": B3})
    y = np.exp(_by_hand())
    np.testing.assert_allclose(last.predict(X[None], verbose=0)[0], y / y.sum(), rtol=1e-6)


def test_s4_2_load_mnist_in_all_its_forms(data_dir: Path) -> None:
    del data_dir
    (x, t), (x_test, t_test) = datasets.load_mnist(flatten=True, normalize=False)
    assert [part.shape for part in (x, t, x_test, t_test)] == [(60000, 784), (60000,), (10000, 784), (10000,)]
    assert (x.dtype, x.min(), x.max()) == (np.uint8, 0, 255)
    assert t[:5].tolist() == [5, 0, 4, 1, 9]
    for normalize in (False, True):
        for flatten in (False, True):
            for one_hot in (False, True):
                parts = datasets.load_mnist(normalize=normalize, flatten=flatten, one_hot_label=one_hot)
                for (images, labels), (raw, classes) in zip(parts, ((x, t), (x_test, t_test)), strict=True):
                    assert images.shape == (len(raw), 784) if flatten else (len(raw), 1, 28, 28)
                    assert images.dtype == (np.float32 if normalize else np.uint8)
                    some = slice(0, None, 997)
                    expected = raw[some] / np.float32(255) if normalize else raw[some]
                    np.testing.assert_array_equal(images[some].reshape(-1, 784), expected)
                    if one_hot:
                        assert labels.shape == (len(raw), 10)
                        np.testing.assert_array_equal(labels, np.eye(10)[classes])
                    else:
                        np.testing.assert_array_equal(labels, classes)


def test_s4_3_a_digit_is_shown_in_the_terminal_and_as_a_picture(data_dir: Path, tmp_path: Path) -> None:
    del data_dir
    image = pytest.importorskip("matplotlib.image")
    (x, t), _ = datasets.load_mnist(flatten=True, normalize=False)
    pixels = x[0].reshape(28, 28)
    head, *rows = works("show", "mnist", 0, "--output", tmp_path / "five.png").splitlines()[:-1]
    assert head == f"mnist, train sample 0: {t[0]}" == "mnist, train sample 0: 5"
    ink = np.array(
        [[half in "▀█" if upper else half in "▄█" for half in row] for row in rows for upper in (True, False)]
    )
    np.testing.assert_array_equal(ink, pixels > 127)  # two pixels to a letter
    figure = plot.digit(x[0], t[0], path=tmp_path / "same.png")
    assert (tmp_path / "five.png").read_bytes() == (tmp_path / "same.png").read_bytes()
    drawn = image.imread(tmp_path / "five.png")[..., 0]
    box = figure.axes[0].get_window_extent()  # in pixels, upwards
    down = len(drawn) - box.y1 + (np.arange(28) + 0.5) * box.height / 28
    across = box.x0 + (np.arange(28) + 0.5) * box.width / 28
    seen = drawn[np.ix_(down.astype(int), across.astype(int))]
    np.testing.assert_allclose(1 - seen, pixels / 255, atol=0.01)  # ink is dark on light
    assert figure.axes[0].get_title() == "5"


def test_s4_4_pretrained_network_reaches_09352_one_by_one_and_in_batches(data_dir: Path) -> None:
    params = datasets.sample_weight.load_weights(data_dir / "pretrained" / "sample_weight.pkl")
    shapes = {"W1": (784, 50), "b1": (50,), "W2": (50, 100), "b2": (100,), "W3": (100, 10), "b3": (10,)}
    assert {name: one.shape for name, one in params.items()} == shapes
    model = classic.network_from_params(params, "sigmoid", "softmax")
    _, (x, t) = datasets.load_mnist(normalize=True, flatten=True)

    one_by_one = np.array([model(row[None])[0] for row in x])
    batches = np.concatenate([model.predict_on_batch(x[at : at + 100]) for at in range(0, len(x), 100)])
    for outputs in (one_by_one, batches, model.predict(x, batch_size=100, verbose=0)):
        assert np.mean(outputs.argmax(axis=1) == t) == 0.9352

    z = x.astype(np.float64)  # the same in plain NumPy
    for k in (1, 2):
        z = 1 / (1 + np.exp(-(z @ params[f"W{k}"] + params[f"b{k}"])))
    y = np.exp(z @ params["W3"] + params["b3"])
    y /= y.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(one_by_one, y, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(batches, y, rtol=1e-4, atol=1e-6)
