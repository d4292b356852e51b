"""What each layer computes, against NumPy by hand."""

import numpy as np
import pytest

import onionskin
from onionskin import layers, ops
from onionskin.base import errors

RNG = np.random.default_rng(5)
X = RNG.normal(size=(6, 4)).astype("float32")


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("shape", [(6, 4), (2, 3, 4)])
def test_dense(shape, use_bias):
    x = RNG.normal(size=shape).astype("float32")
    layer = layers.Dense(3, "tanh", use_bias=use_bias, bias_initializer="normal")
    out = layer(x)
    weights = layer.get_weights()
    expected = np.tanh(x @ weights[0] + (weights[1] if use_bias else 0))
    np.testing.assert_allclose(out, expected, rtol=1e-6, atol=1e-6)
    assert out.shape == (*shape[:-1], 3)
    assert [v.path for v in layer.weights] == [f"{layer.name}/{name}" for name in ("kernel", "bias")[: 1 + use_bias]]


def test_dense_takes_lists_numpy_units_and_whole_numbers():
    layer = layers.Dense(np.int64(2), kernel_initializer="ones")
    np.testing.assert_array_equal(layer([[1, 2], [3, 4.5]]), [[3, 3], [7.5, 7.5]])
    np.testing.assert_array_equal(layer(np.array([[1, 2]], "uint8")), [[3, 3]])
    assert layer.units == 2 and type(layer.units) is int


def test_flatten_keeps_the_order_and_moves_channels():
    x = np.arange(48.0).reshape(2, 2, 3, 4)
    np.testing.assert_array_equal(layers.Flatten()(x), x.reshape(2, 24))
    np.testing.assert_array_equal(layers.Flatten("channels_first")(x), x.transpose(0, 2, 3, 1).reshape(2, 24))
    np.testing.assert_array_equal(layers.Flatten()(np.ones(3)), np.ones((3, 1)))


def test_reshape():
    x = np.arange(24.0).reshape(2, 12)
    np.testing.assert_array_equal(layers.Reshape((3, 4))(x), x.reshape(2, 3, 4))
    np.testing.assert_array_equal(layers.Reshape((-1, 2))(x), x.reshape(2, 6, 2))
    np.testing.assert_array_equal(layers.Reshape((4, 3))(layers.Reshape((3, 4))(x)), x.reshape(2, 4, 3))
    assert layers.Reshape((-1, 2))(onionskin.Input((6, 2))).shape == (None, 6, 2)


def test_rescaling_of_bytes_and_by_axis():
    x = np.array([[0, 51, 255]], "uint8")
    out = layers.Rescaling(1 / 255, offset=-0.5)(x)
    np.testing.assert_allclose(out, x / 255 - 0.5, rtol=1e-6)
    assert out.dtype == "float32"
    np.testing.assert_allclose(layers.Rescaling([1.0, 2.0, 3.0], [0.0, 1.0, 2.0])(x), [[0, 103, 767]])


@pytest.mark.parametrize(("name", "oracle"), [
    ("relu", lambda x: np.maximum(x, 0)), ("sigmoid", lambda x: 1 / (1 + np.exp(-x))),
    ("softmax", lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True)), ("linear", lambda x: x),
    (None, lambda x: x), (lambda x: ops.sin(x) * 2, lambda x: np.sin(x) * 2),
])  # fmt: skip
def test_activation(name, oracle):
    np.testing.assert_allclose(layers.Activation(name)(X), oracle(X), rtol=1e-6, atol=1e-7)


def test_dropout_scales_what_it_keeps():
    x = np.ones((200, 500), "float32")
    for rate in (0.1, 0.5, 0.8):
        out = layers.Dropout(rate, seed=3)(x, training=True)
        kept = out != 0
        np.testing.assert_allclose(out[kept], 1 / (1 - rate), rtol=1e-6)
        # 100,000 draws: five standard deviations of the share are 5·sqrt(r(1 - r)/1e5) < 0.008
        np.testing.assert_allclose(kept.mean(), 1 - rate, atol=0.008)


def test_dropout_is_silent_when_not_training():
    layer = layers.Dropout(0.5, seed=1)
    for out in (layer(X), layer(X, training=False), layers.Dropout(0)(X, training=True)):
        np.testing.assert_array_equal(out, X)
    np.testing.assert_array_equal(layers.Dropout(1.0)(X, training=True), np.zeros_like(X))


def test_dropout_draws_by_its_seed_and_anew_each_time():
    one, other, third = (layers.Dropout(0.5, seed=seed) for seed in (7, 7, 8))
    first = [one(X, training=True) for _ in range(3)]
    np.testing.assert_array_equal(first, [other(X, training=True) for _ in range(3)])
    assert not np.array_equal(first[0], first[1])
    assert not np.array_equal(first[0], third(X, training=True))


def test_dropout_shares_the_mask_along_an_axis():
    out = layers.Dropout(0.5, noise_shape=(None, 1), seed=2)(np.ones((50, 4), "float32"), training=True)
    np.testing.assert_array_equal(out, np.repeat(out[:, :1], 4, axis=1))
    assert set(out[:, 0]) == {0.0, 2.0}


def test_input_in_its_variants():
    assert onionskin.Input((3, 4)).shape == (None, 3, 4)
    assert onionskin.Input(5).shape == (None, 5)
    assert onionskin.Input((3,), batch_size=8).shape == (8, 3)
    assert onionskin.Input(batch_shape=(2, None, 3)).shape == (2, None, 3)
    assert onionskin.Input((3,), dtype="int32").dtype == "int32"
    assert onionskin.Input(()).shape == (None,)
    for settings in ({"input_shape": (4,)}, {"input_dim": 4}, {"batch_input_shape": (None, 4)}, {"input_shape": 4}):
        assert onionskin.Sequential([layers.Dense(3, **settings)]).input_shape == (None, 4)
    assert onionskin.Sequential([layers.Dense(3, input_shape=(4,), batch_size=2)]).input_shape == (2, 4)


def test_described_tensors_go_through_operators_and_ops():
    x = onionskin.Input((4,))
    y = layers.Dense(4, use_bias=False)(x)
    parts = {
        "sum": x + y * 2.0 - 1,
        "mean": ops.mean(x * y, axis=1),
        "joined": ops.concatenate([x, ops.relu(y)], axis=-1)[:, 1:6:2],
        "rows": ops.reshape(x, (-1, 2, 2)),
        "product": x @ ops.transpose(np.ones((3, 4), "float32")),
        "total": ops.sum(x),
    }
    model = onionskin.Model(x, parts)
    shapes = {"sum": (None, 4), "mean": (None,), "joined": (None, 3), "rows": (None, 2, 2), "product": (None, 3)}
    assert {name: parts[name].shape for name in shapes} == shapes
    out, inner = model(X), X @ model.get_weights()[0]
    expected = {
        "sum": X + inner * 2 - 1,
        "mean": (X * inner).mean(1),
        "joined": np.concatenate([X, np.maximum(inner, 0)], -1)[:, 1:6:2],
        "rows": X.reshape(-1, 2, 2),
        "product": X @ np.ones((4, 3)),
        "total": X.sum(),
    }
    for name, value in expected.items():
        np.testing.assert_allclose(out[name], value, rtol=1e-5, atol=1e-5, err_msg=name)


def test_wrong_shapes_in_a_description_name_the_layer():
    x = onionskin.Input((4,), name="x")
    with pytest.raises(errors.ShapeError) as caught:
        layers.Dense(3, name="second")(x[:, 0])
    assert str(caught.value) == (
        "layer 'second' (Dense): Dense needs to know the size of the last axis of its input.\n"
        "  expected: shape (batch, features)\n"
        "  given:    (None,)\n"
        "  to fix:   use Flatten or Reshape first, or give each sample a shape"
    )
    inner = onionskin.Sequential([onionskin.Input((5,)), layers.Dense(2)], name="inner")
    with pytest.raises(errors.ShapeError) as caught:
        inner(x)
    assert str(caught.value).startswith("layer 'inner' (Sequential) > input 'input_layer")
    assert "expected: (batch, 5)\n  given:    (batch, 4)" in str(caught.value)


def test_output_shapes_without_numbers():
    assert layers.Dense(3).compute_output_shape((None, 4)) == (None, 3)
    assert layers.Flatten().compute_output_shape((None, 4, 5)) == (None, 20)
    assert layers.Reshape((2, -1)).compute_output_shape((7, 6)) == (7, 2, 3)
    assert onionskin.Sequential([layers.Dense(3), layers.Dense(2)]).compute_output_shape((None, 4)) == (None, 2)
