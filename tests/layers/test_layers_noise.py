"""Layers that draw noise: what they draw on average, the same again from one seed, nothing outside of training."""

import numpy as np
import pytest

import onionskin
from onionskin import layers

SHAPE = (400, 500)  # 200,000 draws: a mean of deviation s is known to within 5·s/√200,000
ALPHA = -1.6732632423543772 * 1.0507009873554805
RNG = np.random.default_rng(40)
NORMAL = RNG.normal(size=SHAPE).astype("float32")

# layer, inputs, mean and standard deviation of the outputs
DRAWS = [
    (layers.GaussianNoise(0.3, seed=1), np.full(SHAPE, 2.0, "float32"), 2.0, 0.3),
    (layers.GaussianNoise(1.0, seed=2), np.zeros(SHAPE, "float32"), 0.0, 1.0),
    (layers.GaussianDropout(0.2, seed=3), np.ones(SHAPE, "float32"), 1.0, 0.5),
    (layers.GaussianDropout(0.8, seed=4), np.full(SHAPE, -1.0, "float32"), -1.0, 2.0),
    (layers.AlphaDropout(0.1, seed=5), NORMAL, 0.0, 1.0),
    (layers.AlphaDropout(0.6, seed=6), NORMAL, 0.0, 1.0),
    (layers.Dropout(0.25, seed=7), np.ones(SHAPE, "float32"), 1.0, (0.25 / 0.75) ** 0.5),
]


def drawn(layer, x):
    """Return what a layer makes of inputs while training."""
    return np.asarray(layer(x, training=True))


@pytest.mark.parametrize(("layer", "x", "mean", "deviation"), DRAWS, ids=lambda one: getattr(one, "name", ""))
def test_mean_and_deviation(layer, x, mean, deviation):
    out = drawn(layer, x)
    np.testing.assert_allclose(out.mean(), mean, atol=5 * deviation / np.sqrt(out.size) + abs(x.mean()) * 0.01)
    np.testing.assert_allclose(out.std(), deviation, rtol=0.02)
    assert out.dtype == np.float32


def test_gaussian_noise_is_normal():
    """Shares below some bounds against the normal distribution's."""
    out = drawn(layers.GaussianNoise(1.0, seed=8), np.zeros(SHAPE, "float32"))
    for bound, share in ((-1.9599640, 0.025), (-0.6744898, 0.25), (0.0, 0.5), (1.2815516, 0.9), (2.3263479, 0.99)):
        np.testing.assert_allclose((out < bound).mean(), share, atol=5 * np.sqrt(share * (1 - share) / out.size))


def test_alpha_dropout_has_two_kinds_of_values():
    rate = 0.3
    a = ((1 - rate) * (1 + rate * ALPHA**2)) ** -0.5
    out = drawn(layers.AlphaDropout(rate, seed=1), np.full(SHAPE, 0.5, "float32"))
    low, kept = ALPHA * a - a * ALPHA * rate, 0.5 * a - a * ALPHA * rate
    np.testing.assert_allclose(np.unique(out), [low, kept], rtol=1e-5)
    np.testing.assert_allclose((out < (low + kept) / 2).mean(), rate, atol=5 * np.sqrt(rate * (1 - rate) / out.size))


@pytest.mark.parametrize(("name", "arguments", "shape", "axes"), [
    ("SpatialDropout1D", {}, (40, 6, 50), (1,)), ("SpatialDropout2D", {}, (20, 3, 4, 50), (1, 2)),
    ("SpatialDropout2D", {"data_format": "channels_first"}, (20, 50, 3, 4), (2, 3)),
    ("SpatialDropout3D", {}, (20, 2, 3, 2, 50), (1, 2, 3)),
    ("SpatialDropout3D", {"data_format": "channels_first"}, (20, 50, 2, 3, 2), (2, 3, 4)),
    ("Dropout", {"noise_shape": (None, 1, 50)}, (40, 6, 50), (1,)),
    ("AlphaDropout", {"noise_shape": [40, 1, None]}, (40, 6, 50), (1,)),
])  # fmt: skip
def test_the_mask_is_shared_along_axes(name, arguments, shape, axes):
    out = drawn(getattr(layers, name)(0.4, seed=9, **arguments), np.ones(shape, "float32"))
    np.testing.assert_array_equal(out, np.broadcast_to(out.min(axes, keepdims=True), shape))
    maps = out.size / np.prod([shape[axis] for axis in axes])
    np.testing.assert_allclose((out == out.min()).mean(), 0.4, atol=5 * np.sqrt(0.24 / maps))


NAMES = [("GaussianNoise", 0.5), ("GaussianDropout", 0.5), ("AlphaDropout", 0.5), ("Dropout", 0.5)]


@pytest.mark.parametrize(("name", "rate"), NAMES)
@pytest.mark.parametrize("engine", ["reference", "native"])
def test_a_seed_draws_the_same_again(name, rate, engine):
    """Computed at once, or in a compiled program: draw after draw the same bits from one seed, others from another."""
    if engine == "native":
        pytest.importorskip("onionskin.engines.native._ext", reason="the native engine is not built")
    x = NORMAL[:20, :30]
    one, other, third = (getattr(layers, name)(rate, seed=seed) for seed in (7, 7, 8))
    first = [drawn(one, x) for _ in range(3)]
    before = onionskin.base.config.engine()
    onionskin.set_engine(engine)
    try:
        compiled = onionskin.jit(lambda x: other(x, training=True))
        again = [np.asarray(compiled(x)) for _ in range(3)]
    finally:
        onionskin.set_engine(before)
    np.testing.assert_allclose(again, first, rtol=1e-6, atol=1e-7)
    assert not np.array_equal(first[0], first[1])
    assert not np.array_equal(first[0], drawn(third, x))


@pytest.mark.parametrize(("name", "rate"), [*NAMES, ("SpatialDropout1D", 0.5)])
def test_silent_outside_of_training(name, rate):
    x = RNG.normal(size=(3, 4, 5)).astype("float32")
    layer = getattr(layers, name)(rate, seed=1)
    for out in (layer(x), layer(x, training=False)):
        np.testing.assert_array_equal(out, x)


def test_noise_and_batch_statistics_are_part_of_training():
    """A model with them learns, frozen layers keep their statistics, and predictions are those of the statistics."""
    onionskin.utils.set_random_seed(3)
    x = RNG.normal(3.0, 2.0, (256, 4)).astype("float32")
    y = (x[:, :1] > 3).astype("float32")
    inner = layers.BatchNormalization(momentum=0.8)
    fixed = layers.BatchNormalization(trainable=False)
    model = onionskin.Sequential([
        layers.GaussianNoise(0.1), inner, layers.Dense(16, "relu"), layers.Dropout(0.2), layers.LayerNormalization(),
        fixed, layers.GaussianDropout(0.1), layers.Dense(1, "sigmoid"),
    ])  # fmt: skip
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=20, batch_size=32, verbose=0)
    assert model.evaluate(x, y, verbose=0)[1] > 0.9
    np.testing.assert_allclose(inner.moving_mean.numpy(), x.mean(0), atol=0.6)
    np.testing.assert_allclose(inner.moving_variance.numpy(), x.var(0), rtol=0.5)
    np.testing.assert_array_equal(fixed.moving_mean.numpy(), np.zeros(16))
    np.testing.assert_allclose(model.predict(x, verbose=0), model.predict(x, verbose=0), rtol=0)
    one = np.concatenate([model.predict(x[i : i + 1], verbose=0) for i in range(8)])
    np.testing.assert_allclose(one, model.predict(x, verbose=0)[:8], rtol=1e-5, atol=1e-6)
