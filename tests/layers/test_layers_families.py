"""Layers in models and by hand: masks through merges, time steps, files, data formats, interpolation, functions."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onionskin
from onionskin import config, engines, layers, ops
from onionskin.base import errors
from onionskin.layers.einsum_dense import shapes_of
from onionskin.layers.resizing import weights
from onionskin.models.config import deserialize_layer, serialize_layer

RNG = np.random.default_rng(5)
SEQUENCES = [RNG.normal(size=(2, 8, 3)).astype("float32") for _ in range(3)]
for _number, _sequence in enumerate(SEQUENCES):  # steps 0 to 7 of one sample: empty in each choice of the three
    _sequence[0, [step for step in range(8) if step >> _number & 1]] = 0
KEPT = [(one != 0).any(-1) for one in SEQUENCES]


@pytest.fixture(params=["reference", "native"])
def engine(request):
    if request.param == "native":
        pytest.importorskip("onionskin.engines.native._ext", reason="the native engine is not built")
    before = config_engine()
    engines.set_engine(request.param)
    yield request.param
    engines.set_engine(before)


def config_engine():
    from onionskin.base import config as base

    return base.engine()


# --- masks ---


def masked(name):
    """Return what a merge of the masked sequences is, element by element."""
    out = np.zeros_like(SEQUENCES[0])
    for place in np.ndindex(out.shape):
        kept = [one[place] for one, keep in zip(SEQUENCES, KEPT, strict=True) if keep[place[:2]]]
        if name == "Multiply":
            out[place] = np.prod(kept) if kept else 0
        else:
            out[place] = {"Maximum": max, "Minimum": min}[name](kept) if kept else 0
    return out


@pytest.mark.parametrize("name", ["Multiply", "Maximum", "Minimum"])
def test_merges_count_what_is_not_masked(name, engine):
    merge = getattr(layers, name)()
    begins = [onionskin.Input((8, 3)) for _ in SEQUENCES]
    model = onionskin.Model(begins, merge([layers.Masking()(one) for one in begins]))
    np.testing.assert_allclose(model.predict(SEQUENCES, verbose=0), masked(name), rtol=1e-6)
    direct = merge(SEQUENCES, mask=KEPT)
    np.testing.assert_allclose(direct, masked(name), rtol=1e-6)
    np.testing.assert_array_equal(merge.compute_mask(SEQUENCES, KEPT), KEPT[0] | KEPT[1] | KEPT[2])


def test_masks_pass_through_layers_to_the_loss(engine):
    """Steps that are 0 count neither in the loss nor in what is learned from it."""
    places = np.array([[1, 2, 0, 0], [3, 1, 2, 0]])
    goals = RNG.normal(size=(2, 4, 2)).astype("float32")
    table = layers.Embedding(4, 3, mask_zero=True)
    model = onionskin.Sequential([
        onionskin.Input((4,), dtype="int32"), table, layers.TimeDistributed(layers.Dense(2, name="inner")),
        layers.ReLU(negative_slope=0.5), layers.Identity(),
    ])  # fmt: skip
    model.compile("sgd", "mse")
    out = model.predict(places, verbose=0)
    each = ((out - goals) ** 2).mean(-1) * (places != 0)
    np.testing.assert_allclose(model.evaluate(places, goals, verbose=0), each.sum() / (places != 0).sum(), rtol=1e-5)
    before = table.get_weights()[0]
    model.fit(places, goals, verbose=0)
    changed = np.abs(table.get_weights()[0] - before).max(-1) > 0
    assert changed.tolist() == [False, True, True, True]


# --- time steps ---


class Counts(layers.Layer):
    """Adds up how often it is called, and notes what training was."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seen = []

    def build(self, input_shape):
        self.count = self.add_weight((), "zeros", trainable=False, name="count")

    def call(self, inputs, training=False):
        self.seen.append(training)
        self.count.assign_add(1.0)
        return inputs * self.count


def test_each_step_is_a_call_of_its_own(engine):
    layer = layers.TimeDistributed(Counts())
    x = np.ones((2, 3, 4), "float32")
    expected = x * np.array([1, 2, 3]).reshape(1, 3, 1)
    np.testing.assert_array_equal(layer(x, training=True), expected)
    assert (layer.layer.seen, float(layer.layer.count.numpy())) == ([True] * 3, 3.0)
    np.testing.assert_array_equal(onionskin.jit(layer)(x), expected + 3)
    assert float(layer.layer.count.numpy()) == 6.0


def test_steps_of_unknown_number_are_described():
    dense = layers.TimeDistributed(layers.Dense(2))
    assert dense(onionskin.Input((None, 3))).shape == (None, None, 2)
    assert layers.TimeDistributed(layers.PReLU())(onionskin.Input((None, 3))).shape == (None, None, 3)
    assert dense.compute_output_shape((5, None, 3)) == (5, None, 2)
    model = onionskin.Sequential([onionskin.Input((None, 3)), dense])
    for steps in (2, 5):
        x = RNG.normal(size=(4, steps, 3)).astype("float32")
        kernel, bias = dense.get_weights()
        np.testing.assert_allclose(model.predict(x, verbose=0), x @ kernel + bias, rtol=1e-5, atol=1e-6)


def test_a_model_is_applied_to_each_step():
    inner = onionskin.Sequential([onionskin.Input((3,)), layers.Dense(4, "tanh"), layers.Dense(2)])
    x = RNG.normal(size=(2, 5, 3)).astype("float32")
    steps = np.stack([inner.predict(x[:, step], verbose=0) for step in range(5)], axis=1)
    np.testing.assert_allclose(layers.TimeDistributed(inner)(x), steps, rtol=1e-5, atol=1e-6)


# --- sizes not known before there are numbers ---


@pytest.mark.parametrize(("layer", "shape"), [
    (layers.Cropping1D((1, 2)), (None, None, 3)), (layers.ZeroPadding1D(2), (None, None, 3)),
    (layers.UpSampling1D(3), (None, None, 3)), (layers.Flatten(), (None, None)),
    (layers.Permute((2, 1)), (None, 3, None)),
    (layers.Concatenate(1), (None, None, 3)), (layers.Dot(2), (None, None, None)), (layers.Softmax(1), (None, None, 3)),
    (layers.EinsumDense("abc,cd->abd", (None, 2), bias_axes="d"), (None, None, 2)), (layers.Masking(), (None, None, 3)),
], ids=lambda one: type(one).__name__)  # fmt: skip
def test_sequences_of_unknown_length(layer, shape):
    begin = onionskin.Input((None, 3))
    many = isinstance(layer, layers.Concatenate | layers.Dot)
    out = layer([begin, begin] if many else begin)
    assert out.shape == shape
    model = onionskin.Model(begin, out)
    for steps in (4, 6):
        x = RNG.normal(size=(2, steps, 3)).astype("float32")
        np.testing.assert_allclose(model.predict(x, verbose=0), layer([x, x] if many else x), rtol=1e-5, atol=1e-6)


# --- files and configurations ---


def varied():
    words, image, row = onionskin.Input((5,), dtype="int32"), onionskin.Input((4, 4, 2)), onionskin.Input((6,))
    first = layers.Embedding(7, 3, mask_zero=True, name="words")(words)
    first = layers.TimeDistributed(layers.Dense(4, "tanh", name="step"), name="steps")(first)
    first = layers.EinsumDense("abc,cd->abd", (None, 4), bias_axes="d", name="einsum")(first)
    second = layers.UpSampling2D(2, interpolation="bilinear")(layers.ZeroPadding2D(((1, 0), (0, 1)))(image))
    second = layers.Flatten()(layers.PReLU(shared_axes=[1, 2])(layers.Cropping2D(1)(second)))
    second = layers.RepeatVector(5)(layers.LeakyReLU()(layers.Dense(4)(second)))
    third = layers.Permute((2, 1))(layers.RepeatVector(5)(layers.Softmax()(layers.Dense(4)(row))))
    third = layers.Permute((2, 1))(third)
    joint = layers.add([layers.multiply([first, second]), layers.average([second, third])])
    joint = layers.concatenate([joint, layers.maximum([first, third]), layers.minimum([first, second])])
    ends = layers.dot([layers.subtract([first, third]), second], axes=2)
    out = layers.Dense(2)(layers.Flatten()(layers.concatenate([joint, ends])))
    return onionskin.Model([words, image, row], layers.ActivityRegularization(l2=0.01)(layers.ELU()(out)))


DATA = [RNG.integers(0, 7, (6, 5)), RNG.normal(size=(6, 4, 4, 2)).astype("float32"),
        RNG.normal(size=(6, 6)).astype("float32")]  # fmt: skip
GOALS = RNG.normal(size=(6, 2)).astype("float32")


@pytest.mark.filterwarnings("ignore:layer .* was given a mask")  # EinsumDense ends it, as in Keras
def test_a_model_of_many_layers_trains_alike_on_both_engines():
    pytest.importorskip("onionskin.engines.native._ext", reason="the native engine is not built")
    onionskin.utils.set_random_seed(3)
    start = varied().get_weights()
    histories, before = [], config_engine()
    for name in ("reference", "native"):
        engines.set_engine(name)
        model = varied()
        model.set_weights(start)
        model.compile("adam", "mse")
        histories.append(model.fit(DATA, GOALS, batch_size=3, epochs=4, shuffle=False, verbose=0).history["loss"])
    engines.set_engine(before)
    np.testing.assert_allclose(histories[1], histories[0], rtol=1e-4)
    assert histories[0][-1] < histories[0][0]


@pytest.mark.filterwarnings("ignore:layer .* was given a mask")
def test_a_model_of_many_layers_comes_back_from_its_configuration():
    model = varied()
    again = deserialize_layer(json.loads(json.dumps(serialize_layer(model))))
    again.set_weights(model.get_weights())
    np.testing.assert_array_equal(again.predict(DATA, verbose=0), model.predict(DATA, verbose=0))
    assert [v.path for v in again.weights] == [v.path for v in model.weights]


class Halves(layers.Wrapper):
    """Half of what the layer inside says."""

    def call(self, inputs):
        return self.layer(inputs) / 2


def test_layers_of_ones_own_within_wrappers_come_back():
    own = {"Halves": Halves, "Counts": Counts}
    layer = layers.TimeDistributed(Halves(layers.TimeDistributed(Counts(name="c"))), name="outer")
    entry = serialize_layer(layer)
    assert entry["config"]["layer"]["config"]["layer"]["class_name"] == "TimeDistributed"
    again = deserialize_layer(entry, own)
    assert (type(again.layer), again.layer.layer.layer.name) == (Halves, "c")
    assert serialize_layer(again) == entry
    with pytest.raises(errors.UnknownNameError):
        deserialize_layer(entry)


def test_a_lambda_trains_and_is_not_written():
    model = onionskin.Sequential([
        onionskin.Input((3,)), layers.Dense(2),
        layers.Lambda(lambda x, training, times: x * times if training else x, arguments={"times": 2.0}, name="mine"),
    ])  # fmt: skip
    model.compile(onionskin.optimizers.SGD(0.1), "mse")
    x = RNG.normal(size=(4, 3)).astype("float32")
    kernel, bias = model.get_weights()
    np.testing.assert_allclose(model.predict(x, verbose=0), x @ kernel + bias, rtol=1e-5, atol=1e-6)
    goals = np.zeros((4, 2), "float32")
    model.fit(x, goals, batch_size=4, verbose=0)
    slope = 2 * (2 * x.T @ (2 * (x @ kernel + bias))) / 8
    np.testing.assert_allclose(model.get_weights()[0], kernel - 0.1 * slope, rtol=1e-4, atol=1e-6)
    with pytest.raises(errors.ArgumentError) as caught:
        serialize_layer(model)
    assert "a Lambda layer cannot be saved or copied" in str(caught.value)


def test_the_mask_and_shape_of_a_lambda():
    keep = np.array([[True, False]])
    layer = layers.Lambda(lambda x, mask: x, output_shape=(7,), mask=lambda inputs, mask: ~mask)
    np.testing.assert_array_equal(layer.compute_mask(None, keep), ~keep)
    assert (layer.compute_output_shape((5, 3)), layer.supports_masking) == ((5, 7), True)
    assert layers.Lambda(lambda x: x, output_shape=lambda shape: shape[:1]).compute_output_shape((5, 3)) == (5,)
    assert layers.Lambda(lambda x: ops.sum(x, axis=1)).compute_output_shape((5, 3)) == (5,)


# --- settings ---


def test_data_format_of_the_process():
    assert config.image_data_format() == "channels_last"
    config.set_image_data_format("channels_first")
    try:
        made = [layers.Flatten(), layers.Cropping2D(1), layers.ZeroPadding1D(), layers.UpSampling3D()]
    finally:
        config.set_image_data_format("channels_last")
    assert [layer.data_format for layer in made] == ["channels_first"] * 4
    assert layers.Flatten().data_format == "channels_last"
    x = RNG.normal(size=(1, 2, 4, 5)).astype("float32")
    np.testing.assert_array_equal(made[1](x), x[:, :, 1:-1, 1:-1])


# --- numbers against other ways to them ---


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(1, 4), st.integers(0, 2**31))
def test_bilinear_weights_are_straight_lines_between_middles(size, factor, seed):
    row = np.random.default_rng(seed).normal(size=size)
    places = (np.arange(size * factor) + 0.5) / factor - 0.5
    np.testing.assert_allclose(
        weights(size, size * factor, "bilinear") @ row, np.interp(places, np.arange(size), row), rtol=1e-12, atol=1e-12
    )


@pytest.mark.parametrize("kernel", ["bilinear", "bicubic", "lanczos3", "lanczos5"])
def test_interpolation_keeps_what_is_constant(kernel):
    layer = layers.UpSampling2D((2, 3), interpolation=kernel)
    np.testing.assert_allclose(layer(np.full((1, 4, 5, 2), 3.5)), np.full((1, 8, 15, 2), 3.5), rtol=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=2, max_size=5), st.integers(1, 4), st.integers(0, 3), st.booleans())
def test_equations_give_the_shapes_that_numpy_gives(sizes, units, hidden, left):
    """The last letter before or after the hidden axes is summed over; the bias has the output's last letter."""
    shown = max(len(sizes) - hidden, 1 if left else 2)
    hidden = len(sizes) - shown
    if left and not hidden:
        return  # "..." in front stands for the batch at least
    letters = "abcdef"[:shown]
    dots = "..." if hidden else ""
    out = letters[:-1] + "z"
    equation = (f"{dots}{letters},{letters[-1]}z->{dots}{out}" if left else
                f"{letters}{dots},{letters[-1]}z->{out}{dots}")  # fmt: skip
    own = sizes[hidden:-1] if left else sizes[1 : shown - 1]
    x, shape = np.ones(sizes), (*own, units)
    layer = layers.EinsumDense(equation, shape, bias_axes="z", dtype="float64")
    found = layer(x)
    kernel, bias = layer.get_weights()
    np.testing.assert_allclose(found, np.einsum(equation, x, kernel) + bias, rtol=1e-12)
    assert shapes_of(equation, "z", x.shape, shape).output == found.shape
    assert layer.compute_output_shape((None, *x.shape[1:])) == (None, *found.shape[1:])


def test_the_kernel_of_an_equation_starts_by_its_own_axes():
    """The spread of Glorot's start goes by the axes summed over and those of the output, wherever they stand."""
    layer = layers.EinsumDense("abde,dec->abc", (None, 30), kernel_initializer=onionskin.initializers.GlorotUniform(1))
    layer.build((None, 2, 20, 10))
    limit = np.sqrt(6 / (20 * 10 + 30))
    kernel = layer.get_weights()[0]
    np.testing.assert_allclose([kernel.min(), kernel.max()], [-limit, limit], rtol=0.01)


def test_the_gradient_of_an_embedding_adds_up_at_each_place(engine):
    places = np.array([[0, 2, 2], [2, 0, 1]])
    layer = layers.Embedding(4, 2)
    layer.build()
    factor = np.arange(12, dtype="float32").reshape(2, 3, 2)
    _, [slope] = onionskin.value_and_grad(
        lambda: ops.sum(layer(places) * factor), argnums=None, variables=layer.trainable_variables
    )()
    expected = np.zeros((4, 2), "float32")
    np.add.at(expected, places, factor)
    np.testing.assert_allclose(slope, expected, rtol=1e-6)


def test_functions_are_the_layers_by_another_name():
    a, b = RNG.normal(size=(2, 2, 3)).astype("float32")
    for name in ("add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate"):
        np.testing.assert_array_equal(getattr(layers, name)([a, b]), getattr(layers, name.capitalize())()([a, b]))
    np.testing.assert_array_equal(layers.dot([a, b], 1, normalize=True), layers.Dot(1, normalize=True)([a, b]))
    np.testing.assert_allclose(layers.concatenate((a, b), axis=0), np.concatenate([a, b]))
    x = onionskin.Input((3,))
    assert layers.add([x, x], name="sum").shape == (None, 3)
