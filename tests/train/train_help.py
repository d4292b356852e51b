"""Data and models that the tests of training share."""

import numpy as np

import onionskin
from onionskin import layers

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 4)).astype("float32")
Y = (X[:, :3] * 2 + 0.1 * RNG.normal(size=(50, 3))).astype("float32")
LABELS = (X[:, 0] > 0).astype("int64") + (X[:, 1] > 0)


def regression(seed=1, optimizer="sgd", **settings):
    """Return a compiled network of two layers with dropout between them."""
    onionskin.utils.set_random_seed(seed)
    model = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(8, "relu"), layers.Dropout(0.3), layers.Dense(3)])
    model.compile(optimizer, "mse", **settings)
    return model


def linear(seed=1, optimizer="sgd", loss="mse", units=3, **settings):
    """Return a compiled linear model, whose steps are easily done by hand."""
    onionskin.utils.set_random_seed(seed)
    model = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(units)])
    model.compile(optimizer, loss, **settings)
    return model


def same_weights(one, other):
    """Compare the weights, counters included, of two models bit for bit."""
    for a, b in zip(one.variables, other.variables, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy(), err_msg=a.path)
