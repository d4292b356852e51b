"""Steps that a model writes itself: `train_step`, `test_step`, `predict_step`, `compute_loss`, `compute_metrics`."""

import numpy as np
import pytest

import onionskin
from onionskin import layers, metrics, ops
from onionskin.callbacks import LambdaCallback
from tests.train.train_help import X, Y, linear, same_weights

ENGINES = ("native", "reference")


class Network(onionskin.Model):
    """A linear model in code, which the models below write steps for."""

    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)

    def call(self, x):
        return self.dense(x)


class Stepping(Network):
    """Does by hand what the standard step does."""

    def train_step(self, data):
        x, y = data

        def loss():
            y_pred = self(x, training=True)
            return self.compute_loss(x=x, y=y, y_pred=y_pred), y_pred

        (value, y_pred), gradients = onionskin.value_and_grad(loss, has_aux=True, variables=self.trainable_variables)()
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(value, sample_weight=x.shape[0])
            else:
                metric.update_state(y, y_pred)
        return {metric.name: metric.result() for metric in self.metrics}


def compiled(cls, seed=1, **settings):
    onionskin.utils.set_random_seed(seed)
    model = cls()
    if type(model).call is not onionskin.Layer.call:
        model(X[:1])
    model.compile(**{"optimizer": "sgd", "loss": "mse", "metrics": ["mae"], **settings})
    return model


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("eager", [False, True])
def test_a_step_of_ones_own_trains_as_the_standard_one_does(engine, eager):
    standard, own = compiled(Network, engine=engine), compiled(Stepping, engine=engine, run_eagerly=eager)
    theirs = standard.fit(X, Y, batch_size=16, epochs=3, verbose=0, validation_split=0.2, shuffle=False).history
    ours = own.fit(X, Y, batch_size=16, epochs=3, verbose=0, validation_split=0.2, shuffle=False).history
    assert list(ours) == list(theirs) == ["loss", "mae", "val_loss", "val_mae"]
    for name, values in theirs.items():
        np.testing.assert_allclose(ours[name], values, rtol=1e-5, err_msg=name)
    for one, other in zip(standard.weights, own.weights, strict=True):
        np.testing.assert_allclose(other.numpy(), one.numpy(), rtol=1e-5, atol=1e-6)


def test_the_standard_step_may_be_called_by_ones_own():
    class Counting(Network):
        def train_step(self, data):
            logs = super().train_step(data)
            return {**logs, "twice": 2 * logs["loss"]}

        def test_step(self, data):
            return {**super().test_step(data), "test": ops.ones(())}

        def predict_step(self, data):
            return super().predict_step(data) + 1

    own, standard = compiled(Counting), compiled(Network)
    history = own.fit(X, Y, epochs=2, verbose=0, shuffle=False).history
    expected = standard.fit(X, Y, epochs=2, verbose=0, shuffle=False).history
    np.testing.assert_allclose(history["loss"], expected["loss"], rtol=1e-6)
    np.testing.assert_allclose(history["twice"], 2 * np.array(history["loss"]), rtol=1e-6)
    assert own.evaluate(X, Y, verbose=0, return_dict=True)["test"] == 1
    np.testing.assert_allclose(own.predict(X, verbose=0), standard.predict(X, verbose=0) + 1, rtol=1e-6)
    np.testing.assert_allclose(own.predict(X[:3], verbose=0), standard.predict(X[:3], verbose=0) + 1, rtol=1e-6)


def test_a_loss_of_ones_own_is_trained_by_and_reported():
    class Weighted(Network):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
            return ops.mean(ops.square(y - y_pred)) * 3.0

    own, scaled = compiled(Weighted, loss=None, metrics=None), compiled(Network, metrics=None)
    scaled.optimizer.learning_rate = 0.03
    ours = own.fit(X, Y, epochs=2, verbose=0, shuffle=False).history["loss"]
    theirs = scaled.fit(X, Y, epochs=2, verbose=0, shuffle=False).history["loss"]
    np.testing.assert_allclose(ours, 3 * np.array(theirs), rtol=1e-5)
    np.testing.assert_allclose(own.evaluate(X, Y, verbose=0), 3 * scaled.evaluate(X, Y, verbose=0), rtol=1e-5)


def test_metrics_of_ones_own_are_reported_and_begin_anew_each_epoch():
    class Measured(Network):
        def __init__(self):
            super().__init__()
            self.worst = metrics.Mean(name="worst")

        @property
        def metrics(self):
            return [*super().metrics, self.worst]

        def compute_metrics(self, x, y, y_pred, sample_weight=None):
            self.worst.update_state(ops.max(ops.absolute(y - y_pred)))
            return super().compute_metrics(x, y, y_pred, sample_weight)

    model = compiled(Measured, optimizer=onionskin.optimizers.SGD(0.0))
    history = model.fit(X, Y, batch_size=50, epochs=2, verbose=0).history
    worst = np.max(np.abs(Y - model.predict(X, verbose=0)))
    assert list(history) == ["loss", "mae", "worst"]
    np.testing.assert_allclose(history["worst"], [worst, worst], rtol=1e-6)


def test_two_networks_may_take_turns():
    """As in a generative adversarial network: two optimizers, one step, no `call`."""

    class Pair(onionskin.Model):
        def __init__(self):
            super().__init__()
            self.one, self.two = layers.Dense(3), layers.Dense(3)
            self.one.build((None, 4))
            self.two.build((None, 4))

        def compile(self, one, two):
            super().compile()
            self.first, self.second = one, two

        def train_step(self, data):
            x, y = data
            logs = {}
            for name, layer, optimizer in (("one", self.one, self.first), ("two", self.two, self.second)):
                value, slopes = onionskin.value_and_grad(
                    lambda layer=layer: ops.mean(ops.square(layer(x) - y)), variables=layer.trainable_variables
                )()
                optimizer.apply(slopes, layer.trainable_variables)
                logs[name] = value
            return logs

    model = Pair()
    model.compile(onionskin.optimizers.Adam(0.05), onionskin.optimizers.SGD(0.1))
    history = model.fit(X, Y, epochs=30, verbose=0).history
    assert list(history) == ["one", "two"]
    assert history["one"][-1] < 0.1 * history["one"][0] and history["two"][-1] < 0.1 * history["two"][0]


def test_one_batch_by_ones_own_step():
    model = compiled(Stepping)
    first = model.train_on_batch(X, Y, return_dict=True)
    assert list(first) == ["loss", "mae"] and isinstance(first["loss"], float)


def test_what_a_step_returns_must_be_figures_by_name():
    class Silent(Network):
        def train_step(self, data):
            return None

    with pytest.raises(onionskin.base.errors.ArgumentError) as caught:
        compiled(Silent).fit(X, Y, verbose=0)
    assert str(caught.value) == (
        "fit > train_step: a step returns the figures to report, by name.\n"
        "  expected: a dictionary, such as {'loss': loss}\n"
        "  given:    None\n"
        "  to fix:   end it with return {metric.name: metric.result() for metric in self.metrics}"
    )


def test_run_eagerly_shows_numbers_and_trains_alike():
    seen = []

    class Looking(Network):
        def call(self, x):
            outputs = self.dense(x)
            if isinstance(x, np.ndarray):
                seen.append((x, np.asarray(outputs), repr(outputs)))
            return outputs

    plain = linear(seed=1, metrics=["mae"], engine="reference")
    model = compiled(Looking, run_eagerly=True)
    model.set_weights(plain.get_weights())
    start = model.get_weights()
    seen.clear()
    ours = model.fit(X, Y, batch_size=16, epochs=2, verbose=0, shuffle=False).history
    theirs = plain.fit(X, Y, batch_size=16, epochs=2, verbose=0, shuffle=False).history
    for name in theirs:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-6, err_msg=name)
    np.testing.assert_array_equal(seen[0][0], X[:16])
    np.testing.assert_allclose(seen[0][1], X[:16] @ start[0] + start[1], rtol=1e-6)
    assert seen[0][2].startswith("<tensor float32[16, 3] = add(matmul, input): [[")
    assert len(seen) == 8  # once for each of four batches in each of two epochs
    seen.clear()
    outputs = model.predict(X[:2], verbose=0)
    np.testing.assert_array_equal(seen[0][0], X[:2])
    np.testing.assert_array_equal(seen[0][1], outputs)


class Branching(Network):
    """Doubles its outputs where their mean is above zero, which Python decides."""

    def doubled(self, outputs):
        return outputs * 2.0 if ops.mean(outputs) > 0 and float(self.dense.bias[0]) < 10 else outputs

    def call(self, x):
        return self.doubled(self.dense(x))


class Choosing(Branching):
    """The same, decided by the graph."""

    def doubled(self, outputs):
        return ops.where(ops.mean(outputs) > 0, outputs * 2.0, outputs)


def sloped(cls):
    """Return the class with a step whose loss has a gradient within it."""

    class Sloped(cls):
        def train_step(self, data):
            x, y = data

            def loss():
                slope = onionskin.grad(lambda z: ops.sum(self(z)))(x)
                return ops.mean(ops.square(self(x) - y)) + 0.1 * ops.mean(ops.square(slope))

            value, gradients = onionskin.value_and_grad(loss, variables=self.trainable_variables)()
            self.optimizer.apply(gradients, self.trainable_variables)
            return {"loss": value}

    return Sloped


@pytest.mark.parametrize("kind", [lambda cls: cls, sloped])
def test_python_code_may_branch_on_numbers_where_steps_run_eagerly(kind):
    onionskin.utils.set_random_seed(1)
    model, histories = kind(Branching)(), []
    model.compile("sgd", "mse", run_eagerly=True)
    for one in (model, compiled(kind(Choosing), metrics=None)):
        onionskin.utils.set_random_seed(2)
        histories.append(one.fit(X, Y, batch_size=8, epochs=4, verbose=0).history["loss"])
    np.testing.assert_allclose(histories[0], histories[1], rtol=1e-5)
    model.run_eagerly = False
    with pytest.raises(onionskin.base.errors.GraphError) as caught:
        model.fit(X, Y, verbose=0)
    assert "the truth of a tensor that has no numbers yet cannot be taken." in str(caught.value)


def test_run_eagerly_draws_and_counts_as_a_compiled_step_does():
    """Dropout's counter goes on by one a step, and batches are those that a compiled run draws."""

    def network(eager):
        onionskin.utils.set_random_seed(5)
        model = onionskin.Sequential(
            [onionskin.Input((4,)), layers.Dense(8, "relu"), layers.Dropout(0.3), layers.Dense(3)]
        )
        model.compile("adam", "mse", run_eagerly=eager, engine="reference")
        model.fit(X, Y, batch_size=16, epochs=2, verbose=0)
        return model

    one, other = network(False), network(True)
    for a, b in zip(one.variables, other.variables, strict=True):
        np.testing.assert_allclose(b.numpy(), a.numpy(), rtol=2e-5, atol=1e-6, err_msg=a.path)


def test_draws_without_a_seed_are_those_of_a_compiled_step_in_validation_too():
    class Noisy(Network):
        def call(self, x):
            return self.dense(x) + onionskin.random.normal((len(x), 1))

    histories = []
    for eager in (False, True):
        model = compiled(Noisy, run_eagerly=eager, engine="reference")
        histories.append(model.fit(X, Y, epochs=3, verbose=0, validation_data=(X, Y)).history)
    for name, values in histories[0].items():
        np.testing.assert_allclose(histories[1][name], values, rtol=1e-5, err_msg=name)


@pytest.mark.parametrize("described", [False, True])
def test_layers_whose_code_asks_for_every_size_are_trained(described):
    class Loops(layers.Layer):
        def __init__(self):
            super().__init__()
            self.first, self.last = layers.Dense(4), layers.Dense(3)

        def call(self, x):
            rows = ops.scan(lambda count, row: (count + 1.0, 2.0 * row), ops.zeros(()), self.first(x))[1]
            rows = ops.fori_loop(0, 2, lambda _, one: ops.tanh(one), rows)
            return self.last(ops.reshape(rows, (x.shape[0] // 1, 4)))

    class InCode(onionskin.Model):
        def __init__(self):
            super().__init__()
            self.loops = Loops()

        def call(self, x):
            return self.loops(x)

    model = onionskin.Sequential([onionskin.Input((4,)), Loops()]) if described else InCode()
    model.compile("adam", "mse")
    losses = model.fit(X, Y, batch_size=16, epochs=3, verbose=0).history["loss"]
    assert losses[-1] < losses[0], losses
    assert model.layers[0].last.get_build_config() == {"input_shape": (None, 4)}
    assert model.layers[0].compute_output_shape((None, 4)) == (None, 3)
    assert model.predict(X, batch_size=7, verbose=0).shape == (50, 3)


def test_an_eager_step_that_fails_changes_nothing():
    model = compiled(Network, run_eagerly=True)
    before = model.get_weights()
    spoilt = Y.copy()
    spoilt[0] = 3e38
    with pytest.raises(onionskin.base.errors.NumericError):
        model.fit(X, spoilt, batch_size=50, verbose=0)
    for one, other in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_steps_per_execution_is_how_often_batch_hooks_are_called():
    ends = []
    hook = LambdaCallback(on_train_batch_end=lambda batch, logs: ends.append(batch))
    model = linear(steps_per_execution=3)
    model.fit(X, Y, batch_size=10, epochs=1, verbose=0, callbacks=[hook])
    assert ends == [2, 4]
    other = linear()
    other.fit(X, Y, batch_size=10, epochs=1, verbose=0)
    same_weights(model, other)


def test_run_eagerly_can_be_set_afterwards():
    model = linear()
    assert model.run_eagerly is False
    model.run_eagerly = True
    model.fit(X, Y, verbose=0)
    assert model.run_eagerly is True and model.loss == "mse" and model.steps_per_execution == 1


def test_a_metric_added_between_two_calls_is_found():
    class Measured(Network):
        def __init__(self):
            super().__init__()
            self.further = []

        def compute_metrics(self, x, y, y_pred, sample_weight=None):
            for metric in self.further:
                metric.update_state(y_pred)
            return super().compute_metrics(x, y, y_pred, sample_weight)

    model = compiled(Measured)
    assert list(model.fit(X, Y, verbose=0).history) == ["loss", "mae"]
    model.further.append(metrics.Mean(name="output"))
    assert [metric.name for metric in model.metrics] == ["loss", "mae", "output"]
