"""The base of layers: build and call, weights found in attributes, names, freezing, penalties, configs."""

import subprocess
import sys

import numpy as np
import pytest

import onionskin
from onionskin import layers, ops, regularizers
from onionskin.base import errors
from onionskin.layers.naming import reset_names
from onionskin.models.config import deserialize_layer, serialize_layer

X = np.random.default_rng(0).normal(size=(10, 4)).astype("float32")
Y = np.random.default_rng(1).normal(size=(10, 3)).astype("float32")


class Scale(layers.Layer):
    """A weight for each feature."""

    def __init__(self, start="ones", **kwargs):
        super().__init__(**kwargs)
        self.start = start
        self.builds = 0

    def build(self, input_shape):
        self.builds += 1
        self.scale = self.add_weight((input_shape[-1],), self.start, name="scale")

    def call(self, inputs):
        return inputs * self.scale


class Block(layers.Layer):
    """Layers in lists and dictionaries, one of them of one's own."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.stack = [layers.Dense(units) for _ in range(2)]
        self.by_name = {"out": Scale(), "gate": layers.Dense(units, "sigmoid")}
        self.offset = onionskin.Variable(0.5, name="offset", trainable=False)

    def call(self, inputs):
        for layer in self.stack:
            inputs = layer(inputs)
        return self.by_name["out"](inputs) * self.by_name["gate"](inputs) + self.offset


class Plain(layers.Layer):
    """Takes no common arguments."""

    def __init__(self, times):
        super().__init__()
        self.times = times

    def call(self, inputs):
        return inputs * self.times


class Around(layers.Layer):
    """A layer given as an argument."""

    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner

    def call(self, inputs):
        return self.inner(inputs) + 1.0


def test_built_once_at_the_first_call():
    layer = Scale("normal")
    assert (layer.built, layer.weights) == (False, [])
    layer(X), layer(X[:3])
    assert (layer.built, layer.builds, len(layer.weights)) == (True, 1, 1)
    np.testing.assert_array_equal(layer(X), X * layer.get_weights()[0])


def test_weights_of_inner_layers_are_found_each_once_in_order():
    block = Block(4)
    out = block(X)
    first, second, own, gate = block.stack[0], block.stack[1], block.by_name["out"], block.by_name["gate"]
    names = [block.offset, *first.weights, *second.weights, *own.weights, *gate.weights]
    assert [id(v) for v in block.weights] == [id(v) for v in names]
    assert len(block.trainable_variables) == 7
    assert block.non_trainable_variables == [block.offset]
    a = (X @ first.get_weights()[0]) @ second.get_weights()[0]
    gated = a / (1 + np.exp(-(a @ gate.get_weights()[0])))
    np.testing.assert_allclose(out, gated + 0.5, rtol=1e-5, atol=1e-5)
    block.again = first  # a second way to the same layer
    assert len(block.weights) == 8
    block.stack.append(layers.Dense(2))
    block.stack[2](X)
    assert len(block.weights) == 10


def test_several_inputs_and_tensors_given_by_name():
    class Join(layers.Layer):
        def build(self, a, b):
            self.w = self.add_weight((a[-1], b[-1]), "ones", name="w")

        def call(self, a, b, shift=None):
            out = ops.matmul(a, self.w) + b
            return out if shift is None else out + shift

    expected = X @ np.ones((4, 3)) + Y
    layer = Join()
    np.testing.assert_allclose(layer(X, Y), expected, rtol=1e-5)
    a, b, s = onionskin.Input((4,)), onionskin.Input((3,)), onionskin.Input((3,))
    model = onionskin.Model([a, b, s], Join()(a, b, shift=s))
    np.testing.assert_allclose(model.predict([X, Y, Y], verbose=0), expected + Y, rtol=1e-5)


def test_training_reaches_the_layers_inside():
    seen = []

    class Asks(layers.Layer):
        def call(self, inputs, training=None):
            seen.append(training)
            return inputs

    class Holds(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = Asks()

        def call(self, inputs):
            return self.inner(inputs)

    layer = Holds()
    layer(X), layer(X, training=True), layer(X, training=False)
    assert seen == [None, True, False]


def test_names_count_up_and_paths_name_the_layer():
    reset_names()
    assert [layers.Dense(2).name, layers.Dense(2).name, Scale().name, layers.Dense(2, name="mine").name] == [
        "dense", "dense_1", "scale", "mine"
    ]  # fmt: skip
    layer = Scale()
    layer(X)
    assert layer.weights[0].path == "scale_1/scale"


def test_frozen_weights_stay():
    inner = layers.Dense(4)
    model = onionskin.Sequential([onionskin.Input((4,)), inner, layers.Dense(3)])
    inner.trainable = False
    model.compile("adam", "mse")
    before = model.get_weights()
    model.fit(X, Y, verbose=0)
    after = model.get_weights()
    assert [np.array_equal(a, b) for a, b in zip(before, after, strict=True)] == [True, True, False, False]
    assert [v.path for v in model.non_trainable_weights] == [v.path for v in inner.weights]
    model.trainable = False
    assert model.trainable_variables == [] and inner.trainable is False
    model.trainable = True
    assert len(model.trainable_variables) == 4


def test_set_weights_checks_all_before_it_changes_one():
    layer = layers.Dense(3)
    layer(X)
    before = layer.get_weights()
    with pytest.raises(errors.ShapeError):
        layer.set_weights([np.ones((4, 3)), np.ones(4)])
    np.testing.assert_array_equal(layer.get_weights()[0], before[0])
    layer.set_weights([np.ones((4, 3), "int64"), onionskin.Variable(np.ones(3))])
    np.testing.assert_array_equal(layer(X[:1] * 0), np.ones((1, 3)))
    assert [w.dtype for w in layer.get_weights()] == ["float32", "float32"]


def test_penalties_enter_the_loss():
    class Adds(layers.Layer):
        def call(self, inputs):
            self.add_loss(ops.mean(inputs * inputs))
            return inputs

    dense = layers.Dense(3, kernel_regularizer="l2", bias_regularizer=regularizers.L1(0.1), bias_initializer="ones",
                         activity_regularizer="l1")  # fmt: skip
    model = onionskin.Sequential([onionskin.Input((4,)), Adds(), dense])
    model.compile("sgd", "mse")
    out, (kernel, bias) = model.predict(X, verbose=0), model.get_weights()
    expected = ((out - Y) ** 2).mean() + (X * X).mean() + 0.01 * (kernel**2).sum() + 0.1 * np.abs(bias).sum()
    expected += 0.01 * np.abs(out).sum() / len(X)
    np.testing.assert_allclose(model.evaluate(X, Y, verbose=0), expected, rtol=1e-5)
    np.testing.assert_allclose(sum(model.losses), 0.01 * (kernel**2).sum() + 0.3, rtol=1e-5)
    dense.trainable = False
    assert model.losses == []


def test_penalties_of_a_call_reach_a_loop_of_ones_own():
    class Adds(layers.Layer):
        def build(self, input_shape):
            self.factor = self.add_weight((input_shape[-1],), "ones", name="factor")

        def call(self, inputs):
            self.add_loss(ops.sum(self.factor**2))
            return inputs * self.factor

    model = onionskin.Sequential([onionskin.Input((4,)), Adds(), layers.Activation("relu", activity_regularizer="l1")])
    assert model.losses == []

    def penalty():
        model(X)
        return sum(model.losses)

    value, [slope] = onionskin.value_and_grad(penalty, variables=model.trainable_variables)()
    np.testing.assert_allclose(value, 4 + 0.01 * np.maximum(X, 0).sum() / len(X), rtol=1e-5)
    np.testing.assert_allclose(slope, 2 + 0.01 * np.maximum(X, 0).sum(0) / len(X), rtol=1e-5)
    model(X), model(X)  # each call starts anew
    np.testing.assert_allclose(sum(model.losses), value, rtol=1e-5)


def test_a_penalty_alone_can_be_trained():
    model = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(3, kernel_regularizer=regularizers.L2(0.5))])
    model.compile(onionskin.optimizers.SGD(0.1))
    before = model.get_weights()[0]
    model.fit(X, batch_size=10, verbose=0)
    np.testing.assert_allclose(model.get_weights()[0], before * 0.9, rtol=1e-6)  # w - 0.1·(2·0.5·w)


def test_shared_layers_have_one_set_of_weights():
    shared = layers.Dense(4, "tanh")
    a, b = onionskin.Input((4,)), onionskin.Input((4,))
    model = onionskin.Model([a, b], shared(shared(a)) - shared(b))
    kernel, bias = shared.get_weights()
    assert len(model.weights) == 2 and [one for one in model.layers if one.weights] == [shared]
    expected = np.tanh(np.tanh(X @ kernel + bias) @ kernel + bias) - np.tanh(X[::-1] @ kernel + bias)
    np.testing.assert_allclose(model.predict([X, X[::-1]], verbose=0), expected, rtol=1e-5, atol=1e-6)


def test_configs_are_written_by_themselves():
    policy = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": None}
    assert Scale("zeros", name="s").get_config() == {
        "name": "s",
        "trainable": True,
        "dtype": policy,
        "start": "zeros",
    }
    assert Block(3, name="b", dtype="float64").get_config()["units"] == 3
    assert Block(3, name="b", dtype="float64").get_config()["dtype"]["config"] == {"name": "float64"}
    own = {cls.__name__: cls for cls in (Scale, Block, Plain, Around)}
    plain = Plain(3)
    plain.trainable = False
    again = deserialize_layer(serialize_layer(plain), own)
    assert (again.times, again.name, again.trainable) == (3, plain.name, False)
    around = deserialize_layer(serialize_layer(Around(layers.Dense(2, "relu", name="in"), name="around")), own)
    assert (around.name, around.inner.name, around.inner.units) == ("around", "in", 2)
    assert around.inner.activation is onionskin.activations.relu


@pytest.mark.parametrize("layer", [
    layers.Dense(3, "relu", use_bias=False, kernel_initializer="he_normal", kernel_regularizer="l2", name="d"),
    layers.Dropout(0.25, noise_shape=(None, 1), seed=4), layers.Flatten("channels_first"), layers.Reshape((-1, 2)),
    layers.Rescaling(0.5, offset=[1.0, 2.0]), layers.Activation("softmax"), layers.InputLayer((3,), dtype="int32"),
], ids=lambda layer: type(layer).__name__)  # fmt: skip
def test_configs_make_equal_layers(layer):
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert serialize_layer(deserialize_layer(serialize_layer(layer))) == serialize_layer(layer)


@pytest.mark.parametrize(("dtype", "given"), [("float64", "float32"), ("float32", "float64"), ("float16", "float32")])
def test_dtypes_are_cast_to_the_layers_own(dtype, given):
    layer = layers.Dense(3, dtype=dtype)
    assert (layer(X.astype(given)).dtype, layer.weights[0].dtype) == (dtype, dtype)
    assert layers.Flatten(dtype=dtype, autocast=False)(X.astype(given)).dtype == given


def test_a_call_without_a_return_is_named():
    class Silent(layers.Layer):
        def call(self, inputs):
            inputs * 2.0

    says = ": call returned nothing.\n  given:    None\n  to fix:   end call(self, inputs) with return …"
    for begin in (lambda one: one(X), lambda one: one(onionskin.Input((4,)))):
        with pytest.raises(errors.ArgumentError) as caught:
            begin(Silent(name="quiet"))
        assert str(caught.value) == "layer 'quiet' (Silent)" + says


@pytest.mark.parametrize(("given", "kind"), [((None,), "nothing"), (("abc",), "str"), (([],), "list"), ((), "nothing")])
def test_a_call_on_nothing_is_refused(given, kind):
    with pytest.raises(errors.ArgumentError) as caught:
        layers.Dense(2, name="d")(*given)
    assert str(caught.value) == (
        f"layer 'd' (Dense): a layer is called on an array or a tensor.\n  given:    {kind}\n"
        "  to fix:   pass an array (samples, …), or Input(shape=…) where a model is described"
    )


def test_samples_of_unknown_size_are_reshaped_when_there_are_numbers():
    model = onionskin.Sequential([onionskin.Input((None, 3)), layers.Reshape((-1, 1)), layers.Flatten()])
    assert layers.Reshape((-1, 1))(onionskin.Input((None, 3))).shape == (None, None, 1)
    x = np.arange(12, dtype="float32").reshape(2, 2, 3)
    np.testing.assert_array_equal(model.predict(x, verbose=0), x.reshape(2, 6))


def test_metrics_of_layers_are_reported_and_start_anew(each_engine):
    class Counts(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.seen = onionskin.metrics.Mean(name="seen")

        def call(self, inputs):
            self.seen.update_state(inputs)
            return inputs

    i = onionskin.Input((4,))
    model = onionskin.Model(i, layers.Dense(3)(Counts()(i)))
    model.compile("sgd", "mse", metrics=["mae"])
    history = model.fit(X, Y, batch_size=5, epochs=2, verbose=0).history
    assert list(history) == ["loss", "mae", "seen"]
    np.testing.assert_allclose(history["seen"], [X.mean()] * 2, rtol=1e-5)
    np.testing.assert_allclose(model.evaluate(X[:4], Y[:4], verbose=0)[2], X[:4].mean(), rtol=1e-5)
    assert [metric.name for metric in model.metrics] == ["loss", "mae", "seen"]
    model.own = onionskin.metrics.Mean(name="own")  # what an inner model reports is its own affair
    outer = onionskin.Sequential([i, model])
    assert [metric.name for metric in outer.metrics] == ["seen"]
    assert len(model.variables) == 2


def test_calls_without_side_effects_within_a_trace(each_engine):
    class Counts(layers.Layer):
        def build(self, input_shape):
            self.count = self.add_weight((), "zeros", trainable=False, name="count")

        def call(self, inputs):
            self.count.assign_add(1.0)
            return inputs * self.count

    layer = Counts()
    layer.build((None, 4))
    out, state = onionskin.jit(lambda x, count: layer.stateless_call([], [count], x))(X, np.float32(4.0))
    np.testing.assert_allclose(out, X * 5, rtol=1e-6)
    np.testing.assert_array_equal([state[0], layer.count.numpy()], [5.0, 0.0])


def test_a_layer_is_data_and_back():
    for made in (layers.Dense(3, "relu", name="d"), layers.TimeDistributed(layers.Dense(2))):
        again = layers.deserialize(layers.serialize(made))
        assert type(again) is type(made) and again.get_config() == made.get_config()
    back = layers.deserialize(layers.serialize(Scale(start="zeros")), {"Scale": Scale})
    assert isinstance(back, Scale) and back.start == "zeros"


def test_a_name_that_no_layer_has_hides_none_of_them():
    """Looking for it loads all files; those of the inner rooms register their layers too."""
    code = (
        "from onionskin.base.registry import LAYERS; import onionskin.layers; "
        "print('Nothing' in LAYERS, 'BatchNormalization' in LAYERS, 'StringLookup' in LAYERS)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False True True\n"


def test_a_normalization_adapted_to_other_data_says_so():
    layer = layers.Normalization(name="n")
    layer.adapt(X)
    with pytest.raises(errors.ShapeError) as caught:
        layer(X[:, :3])
    assert str(caught.value) == (
        "layer 'n' (Normalization): the input does not fit the weights.\n"
        "  expected: 2 axes, 4 along axis 1\n  given:    shape (10, 3)"
    )
