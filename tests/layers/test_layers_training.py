"""What layers do while a model trains and predicts, against numbers that Keras 3.15 on JAX gives."""

import numpy as np
import pytest

import onionskin as os_
from onionskin import layers, ops, optimizers

X = np.ones((2, 3), "float32")


class Told(layers.Layer):
    """Returns what it was told: -1 for None, else 0 or 1."""

    def call(self, inputs, training=None):
        return inputs * 0 + (-1.0 if training is None else float(training))


class Around(layers.Layer):
    """Has a layer that is told what it is told."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.told = Told()

    def call(self, inputs, training=None):
        return self.told(inputs)


def first(outputs):
    return float(np.asarray(outputs)[0, 0])


@pytest.mark.parametrize("cls", [Told, Around])
@pytest.mark.parametrize(("own", "alone"), [(None, -1.0), (True, 1.0), (False, 0.0)])
def test_training_of_a_description_gives_way_to_that_of_the_model(cls, own, alone, each_engine):
    x = os_.Input((3,))
    model = os_.Model(x, cls()(x, training=own))
    assert first(model(X)) == alone
    assert [first(model(X, training=one)) for one in (True, False)] == [1.0, 0.0]
    assert first(model.predict(X, verbose=0)) == 0.0
    model.compile(loss=lambda y, p: ops.mean(p), optimizer="sgd")
    assert model.evaluate(X, X, verbose=0) == 0.0
    assert model.fit(X, X, verbose=0).history["loss"] == [1.0]
    outer = os_.Model(x, model(x, training=True))
    assert [first(outer(X)), first(outer(X, training=False)), first(outer.predict(X, verbose=0))] == [1.0, 0.0, 0.0]


def test_training_given_by_place_gives_way_too():
    x = os_.Input((3,))
    model = os_.Model(x, Told()(x, True))
    assert [first(model(X)), first(model(X, training=False))] == [1.0, 0.0]


def test_training_in_code_comes_first():
    class Fixed(os_.Model):
        def __init__(self):
            super().__init__()
            self.told = Told()

        def call(self, inputs, training=None):
            return self.told(inputs, training=True)

    assert first(Fixed().predict(X, verbose=0)) == 1.0


@pytest.mark.parametrize("eager", [False, True])
def test_spectral_normalization_trains_the_kernel_that_it_found(each_engine, eager):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 4)).astype("float32"), rng.normal(size=(8, 2)).astype("float32")
    inputs = os_.Input((4,))
    model = os_.Model(inputs, layers.SpectralNormalization(layers.Dense(2))(inputs))
    model.set_weights([rng.normal(size=one.shape).astype("float32") for one in model.weights])
    model.compile(optimizer=optimizers.SGD(0.1), loss="mse", run_eagerly=eager)
    model.fit(x, y, batch_size=8, verbose=0)
    kernel = [[1.8015179634, 1.3139940500], [0.3442150056, -1.2227410078], [-0.0182789993, 0.6345880032],
              [-1.2936480045, 0.3861249983]]  # fmt: skip
    keras = [kernel, [[0.6975920200, 0.7164949775]], [-1.0021140575, -0.4866349995]]
    for got, wanted in zip(model.get_weights(), keras, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=2e-6)
