"""Source S3: backpropagation by layers; 784-50-10 on MNIST, and the gradient check."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import onionskin
from onionskin import datasets, ops


def test_s3_network_ends_at_965_on_the_test_set(data_dir: Path) -> None:
    """10,000 steps of 100 samples, rate 0.1, weights from a normal distribution of width 0.01."""
    del data_dir
    onionskin.utils.set_random_seed(1)
    (x, t), (x_test, t_test) = datasets.load_mnist(normalize=True, one_hot_label=True)
    start = onionskin.initializers.RandomNormal(stddev=0.01)
    model = onionskin.Sequential(
        [
            onionskin.Input((784,)),
            onionskin.layers.Dense(50, "relu", kernel_initializer=start),
            onionskin.layers.Dense(10, "softmax", kernel_initializer=start),
        ]
    )
    model.compile(onionskin.optimizers.SGD(0.1), loss="categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, t, batch_size=100, epochs=17, steps_per_epoch=600, verbose=0, shuffle=True)
    steps = 600 * len(history.epoch)
    accuracy = model.evaluate(x_test, t_test, verbose=0)[1]
    assert steps >= 10_000
    assert accuracy >= 0.965, f"test accuracy {accuracy:.4f} after {steps} steps"


def test_s3_gradient_check_is_below_1e_6(data_dir: Path) -> None:
    """The analytic gradient of the loss against central differences, in float64, for every parameter array."""
    del data_dir
    (x, t), _ = datasets.load_mnist(normalize=True, one_hot_label=True)
    x, t = x[:3].astype(np.float64), t[:3].astype(np.float64)
    rng = np.random.default_rng(0)
    params = [
        0.01 * rng.standard_normal((784, 50)),
        np.zeros(50),
        0.01 * rng.standard_normal((50, 10)),
        np.zeros(10),
    ]

    def loss(w1, b1, w2, b2):
        hidden = ops.relu(ops.matmul(x, w1) + b1)
        return ops.mean(ops.categorical_crossentropy(t, ops.softmax(ops.matmul(hidden, w2) + b2)))

    gradients = onionskin.grad(loss, argnums=(0, 1, 2, 3))(*params)
    for index, gradient in enumerate(gradients):
        for flat in rng.choice(params[index].size, min(params[index].size, 12), replace=False):
            place = np.unravel_index(flat, params[index].shape)
            shifted = []
            for step in (1e-5, -1e-5):
                moved = [param.copy() for param in params]
                moved[index][place] += step
                shifted.append(float(loss(*moved)))
            numeric = (shifted[0] - shifted[1]) / 2e-5
            scale = max(abs(numeric), abs(gradient[place]), 1e-4)
            error = abs(gradient[place] - numeric) / scale
            assert error < 1e-6, f"parameter {index} at {place}: {gradient[place]:.3e} against {numeric:.3e}"
