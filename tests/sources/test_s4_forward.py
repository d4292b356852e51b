"""Source S4: forward propagation; the fixed 2-3-2-2 network, and MNIST in the forms that load_mnist gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import onionskin
from onionskin import datasets, ops

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


def test_s4_fixed_network_gives_the_right_numbers() -> None:
    z1 = ops.sigmoid(ops.matmul(X, W1) + B1)
    z2 = ops.sigmoid(ops.matmul(z1, W2) + B2)
    y = ops.matmul(z2, W3) + B3
    np.testing.assert_allclose(y, _by_hand(), rtol=1e-12)
    np.testing.assert_allclose(y, [0.31682708, 0.69627909], atol=5e-9)  # as the source prints it
    np.testing.assert_allclose(ops.softmax(y), np.exp(y) / np.exp(y).sum(), rtol=1e-12)


def test_s4_fixed_network_as_a_model() -> None:
    units = ((3, "sigmoid"), (2, "sigmoid"), (2, None))
    layers = [onionskin.layers.Dense(count, activation) for count, activation in units]
    model = onionskin.Sequential([onionskin.Input((2,)), *layers])
    model.set_weights([W1, B1, W2, B2, W3, B3])
    np.testing.assert_allclose(model.predict(X[None], verbose=0)[0], _by_hand(), rtol=1e-6)
    np.testing.assert_allclose(model(X[None])[0], _by_hand(), rtol=1e-6)


def test_s4_load_mnist_in_all_its_forms(data_dir: Path) -> None:
    del data_dir
    (x, t), (x_test, t_test) = datasets.load_mnist(flatten=True, normalize=False)
    assert [part.shape for part in (x, t, x_test, t_test)] == [(60000, 784), (60000,), (10000, 784), (10000,)]
    assert x.dtype == np.uint8
    (x, t), _ = datasets.load_mnist(flatten=False, normalize=True, one_hot_label=True)
    assert x.shape == (60000, 1, 28, 28)
    assert (x.min(), x.max()) == (0.0, 1.0)
    assert t.shape == (60000, 10)
    assert (t.sum(axis=1) == 1).all()
