"""Copies and pickles of models: models of their own, with all that a model may hold, that train on to the same bits."""

import copy
import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import onionskin
from onionskin import Input, Model, Sequential, layers, losses, metrics, ops, optimizers, regularizers

X = np.random.default_rng(5).normal(size=(24, 4)).astype("float32")
Y = X[:, :1] * 2.0


class Scaled(layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="scale")

    def call(self, inputs):
        return inputs * self.scale


class Block(layers.Layer):
    """A layer of one's own, with another within and a generator."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner, self.seed = Scaled(), onionskin.random.SeedGenerator(3)

    def call(self, inputs):
        return self.inner(inputs) + 0.01 * onionskin.random.normal((4,), seed=self.seed)


class Penalty(regularizers.Regularizer):
    def __call__(self, x):
        return 0.1 * ops.sum(ops.square(x))

    def get_config(self):
        return {}


def own_activation(x):
    return ops.tanh(x) * 1.5


def within():
    inputs = Input((4,))
    both = layers.Add()([layers.Dense(3, activation="tanh")(inputs), layers.Dense(3)(inputs)])
    return Model(inputs, layers.Dense(1)(layers.Dropout(0.2)(both)))


def normalized():
    return Sequential([Input((4,)), layers.Dense(5), layers.BatchNormalization(), layers.Dense(1)])


def nested():
    """A model of models, one of them shared, and of operations between layers."""
    inputs, inner, stack = Input((4,)), within(), normalized()
    return Model(inputs, ops.mean(ops.stack([inner(inputs), stack(inputs), inner(inputs * 2.0)]), axis=0))


class InCode(Model):
    def __init__(self):
        super().__init__()
        self.first, self.stack, self.own = within(), normalized(), [Block(), layers.Dense(1)]
        self.note = {"seen": 3}

    def call(self, x, training=False):
        return self.first(x, training=training) + self.stack(x, training=training) + self.own[1](self.own[0](x))


class Described(Model):
    """A model in code that is a description, with an argument of its own."""

    def __init__(self, units=3):
        inputs = Input((4,))
        super().__init__(inputs=inputs, outputs=layers.Dense(1)(layers.Dense(units)(inputs)))
        self.units = units


class OwnStep(Model):
    def __init__(self):
        super().__init__()
        self.dense, self.mean = layers.Dense(1), metrics.Mean(name="mine")

    def call(self, x):
        return self.dense(x)

    def train_step(self, data):
        x, y = data
        value, gradients = onionskin.value_and_grad(
            lambda: ops.mean(ops.square(self(x) - y)), variables=self.trainable_variables
        )()
        self.optimizer.apply(gradients, self.trainable_variables)
        self.mean.update_state(value)
        return {"mine": self.mean.result()}


def of_ones_own():
    return Sequential([
        Input((4,)), Block(), layers.Lambda(own_activation), layers.Reshape((2, 2)),
        layers.TimeDistributed(layers.Dense(2, activation=own_activation, kernel_regularizer=Penalty())),
        layers.Flatten(), layers.Dense(1),
    ])  # fmt: skip


MODELS = {
    "sequential": normalized, "deferred": lambda: Sequential([layers.Dense(3), layers.Dense(1)]), "functional": within,
    "nested": nested, "in code": InCode, "described": Described, "own step": OwnStep, "of one's own": of_ones_own,
}  # fmt: skip
COPIES = {
    "pickle": lambda model: pickle.loads(pickle.dumps(model)), "deepcopy": copy.deepcopy, "copy": copy.copy,
    "twice": lambda model: copy.deepcopy(pickle.loads(pickle.dumps([{"a": model}])))[0]["a"],
}  # fmt: skip


def described(model):
    return [(one.name, one.path, one.trainable, one.shape) for one in model.variables]


@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize("kind", MODELS)
def test_a_copy_is_a_model_of_its_own_that_trains_on_to_the_same_bits(kind, how):
    onionskin.utils.set_random_seed(7)
    model = MODELS[kind]()
    model.compile(optimizers.Adam(0.01), "mse", metrics=["mae"])
    model.fit(X, Y, epochs=2, batch_size=8, verbose=0)
    other = COPIES[how](model)
    assert (type(other), other.name, described(other)) == (type(model), model.name, described(model))
    assert [layer.name for layer in other.layers] == [layer.name for layer in model.layers]
    before = model.get_weights()
    history = other.fit(X, Y, epochs=2, batch_size=8, verbose=0).history
    for one, same in zip(model.get_weights(), before, strict=True):
        assert_array_equal(one, same)
    assert model.fit(X, Y, epochs=2, batch_size=8, verbose=0).history == history
    for one, same in zip(model.get_weights(), other.get_weights(), strict=True):
        assert_array_equal(one, same)
    assert_array_equal(other.predict(X, verbose=0), model.predict(X, verbose=0))


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("how", COPIES)
def test_a_model_that_was_not_trained_is_copied_as_it_is(kind, how):
    model = MODELS[kind]()
    other = COPIES[how](model)
    assert (other.compiled, other.built, described(other)) == (model.compiled, model.built, described(model))
    for one, same in zip(other.get_weights(), model.get_weights(), strict=True):
        assert_array_equal(one, same)
    assert other(X).shape == (24, 1)


@pytest.mark.parametrize("how", COPIES)
def test_what_a_copy_keeps_besides_weights(how):
    model = InCode()
    model(X)
    model.first.layers[1].trainable = False
    other = COPIES[how](model)
    assert other.note == {"seen": 3} and other.note is not model.note
    assert other.first.layers[1].trainable is False
    assert len(other.trainable_variables) == len(model.trainable_variables)


@pytest.mark.parametrize("how", COPIES)
def test_tensors_of_a_copy_are_its_own(how):
    model = within()
    model.kept = model.layers[1].output
    other = COPIES[how](model)
    assert other.input is other.layers[0].output is not model.input
    assert other.kept is other.layers[1].output is not model.kept
    assert Model(other.input, other.layers[1].output)(X).shape == Model(model.input, model.kept)(X).shape
    assert [layer.name for layer in onionskin.models.clone_model(other).layers] == [one.name for one in model.layers]


def test_optimizers_losses_and_metrics_of_ones_own_are_copied():
    model = normalized()
    rate = optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)
    model.compile(optimizers.SGD(rate, momentum=0.9), losses.Huber(0.5), metrics=[metrics.RootMeanSquaredError("r")])
    model.fit(X, Y, batch_size=8, verbose=0)
    other = pickle.loads(pickle.dumps(model))
    assert (other.loss.get_config(), other.metrics_names) == (model.loss.get_config(), ["loss", "r"])
    assert float(other.optimizer.learning_rate) == float(model.optimizer.learning_rate) == np.float32(0.05)


def test_a_function_without_a_name_is_copied_and_pickle_says_that_it_cannot():
    model = normalized()
    model.compile("sgd", lambda y, p: ops.mean(ops.square(y - p)))
    assert copy.deepcopy(model).evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)
    with pytest.raises((AttributeError, pickle.PicklingError), match="lambda"):
        pickle.dumps(model)


def test_a_chain_of_a_thousand_layers_is_copied():
    tensor = inputs = Input((2,))
    for _ in range(1000):
        tensor = layers.ReLU()(tensor)
    model = Model(inputs, tensor)
    for how in COPIES.values():
        assert_array_equal(how(model)(X[:, :2]), np.maximum(X[:, :2], 0))


def test_layers_of_a_description_are_copied_without_it():
    inputs = Input((4,))
    layer = layers.Dense(2)
    layer(inputs)
    for how in COPIES.values():
        other = how(layer)
        assert_array_equal(other(X), layer(X))
        assert_array_equal(other.kernel, layer.kernel)


def test_operations_that_hold_graphs_are_copied():
    inputs = Input((4,))
    total, _ = ops.scan(lambda carry, one: (carry + one, carry), ops.zeros((4,)), ops.ones((3, 4)))
    model = Model(inputs, inputs + ops.cond(True, lambda: inputs * 2.0, lambda: inputs) + total)
    for how in COPIES.values():
        assert_array_equal(how(model)(X), model(X))
