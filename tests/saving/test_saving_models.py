"""Models saved and loaded: the same outputs, the same state of training, the same bits when training goes on."""

import json

import numpy as np
import pytest

import onionskin
from onionskin import callbacks, layers
from onionskin.base import errors
from onionskin.models import clone_model, load_model, model_from_json
from tests.saving.saving_help import MODELS, OWN, InCode, X, Y, sequential


def compiled(make, **settings):
    onionskin.utils.set_random_seed(3)
    model = make()
    model.compile("adam", "mse", metrics=["mae"], **settings)
    return model


@pytest.mark.parametrize("make", MODELS)
def test_outputs_configs_and_weights_come_back(make, tmp_path):
    model = make()
    model.save(tmp_path / "m.onionskin")
    again = load_model(tmp_path / "m.onionskin", custom_objects=OWN)
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    assert again.to_json() == model.to_json()
    assert [v.shape for v in again.variables] == [v.shape for v in model.variables]
    assert [v.trainable for v in again.variables] == [v.trainable for v in model.variables]
    assert len(again.trainable_variables) == len(model.trainable_variables)
    assert not again.compiled


@pytest.mark.parametrize("make", MODELS)
def test_training_goes_on_with_the_same_bits(make, tmp_path):
    whole = compiled(make)
    whole.fit(X, Y, batch_size=5, epochs=4, verbose=0)
    half = compiled(make)
    half.fit(X, Y, batch_size=5, epochs=2, verbose=0)
    half.save(tmp_path / "half.onionskin")
    onionskin.utils.set_random_seed(99)
    resumed = load_model(tmp_path / "half.onionskin", custom_objects=OWN)
    logs = resumed.fit(X, Y, batch_size=5, initial_epoch=2, epochs=4, verbose=0).history
    for one, other in zip(whole.variables, resumed.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy(), err_msg=one.path)
    for one, other in zip(whole.optimizer.variables, resumed.optimizer.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy(), err_msg=one.path)
    assert set(logs) == {"loss", "mae"}


def test_several_inputs_and_outputs_with_losses_of_their_own(tmp_path):
    a, b = onionskin.Input((4,), name="a"), onionskin.Input((3,), name="b")
    hidden = layers.Dense(3, "relu", name="hidden")(a)
    outputs = {"p": layers.Dense(2, name="p")(hidden), "q": layers.Dense(1, name="q")(b), "h": hidden}
    model = onionskin.Model({"a": a, "b": b}, outputs)
    model.compile(onionskin.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
                  {"p": "mse", "q": onionskin.losses.Huber(0.5)}, metrics={"p": ["mae"]},
                  loss_weights={"q": 0.25})  # fmt: skip
    data = {"a": X, "b": Y}, {"p": Y[:, :2], "q": Y[:, 2], "h": Y}
    model.fit(*data, verbose=0)
    model.save(tmp_path / "m.onionskin")
    again = load_model(tmp_path / "m.onionskin")
    assert again.evaluate(*data, verbose=0, return_dict=True) == model.evaluate(*data, verbose=0, return_dict=True)
    for name, value in model.predict(data[0], verbose=0).items():
        np.testing.assert_array_equal(again.predict(data[0], verbose=0)[name], value)
    assert (again.optimizer.momentum, again.optimizer.nesterov) == (0.9, True)
    model.fit(*data, shuffle=False, verbose=0)
    again.fit(*data, shuffle=False, verbose=0)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_equal_models_make_equal_files(tmp_path):
    for name in ("one", "two"):
        onionskin.utils.set_random_seed(1)
        onionskin.layers.naming.reset_names()
        sequential().save(tmp_path / f"{name}.onionskin")
    assert (tmp_path / "one.onionskin").read_bytes() == (tmp_path / "two.onionskin").read_bytes()


@pytest.mark.parametrize("make", MODELS)
def test_clones_have_the_architecture_and_weights_of_their_own(make):
    model = make()
    again = clone_model(model)
    assert again.to_json() == model.to_json()
    assert [v.shape for v in again.weights] == [v.shape for v in model.weights]
    assert not {id(v) for v in again.variables} & {id(v) for v in model.variables}
    again.set_weights(model.get_weights())
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


def test_json_holds_the_architecture_alone():
    model = sequential()
    again = model_from_json(model.to_json())
    assert again.get_config() == model.get_config()
    assert json.loads(model.to_json())["class_name"] == "Sequential"
    assert not np.array_equal(again.get_weights()[0], model.get_weights()[0])


def test_weights_alone(tmp_path):
    one, other = sequential(), sequential()
    one.save_weights(tmp_path / "w.weights.npz")
    other.load_weights(tmp_path / "w.weights.npz")
    np.testing.assert_array_equal(one.predict(X, verbose=0), other.predict(X, verbose=0))
    wider = onionskin.Sequential([layers.Dense(7, input_shape=(4,)), layers.Dense(3)])
    before = wider.get_weights()
    with pytest.raises(errors.ShapeError) as caught:
        wider.load_weights(tmp_path / "w.weights.npz")
    assert str(caught.value).split("\n")[1:] == ["  expected: float32[4, 7]", "  given:    float32[4, 6]"]
    np.testing.assert_array_equal(wider.get_weights()[0], before[0])


def test_a_model_loaded_without_compile_can_be_compiled_anew(tmp_path):
    model = compiled(sequential)
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "m.onionskin")
    again = load_model(tmp_path / "m.onionskin", compile=False)
    assert not again.compiled
    again.compile("sgd", "mae")
    again.fit(X, Y, verbose=0)


def test_loading_leaves_the_process_seed_where_it_can_be_set(tmp_path):
    model = compiled(sequential)
    model.save(tmp_path / "m.onionskin")  # never trained: no optimizer state, no order
    again = load_model(tmp_path / "m.onionskin")
    for one in (model, again):
        onionskin.utils.set_random_seed(4)
        one.fit(X, Y, epochs=2, verbose=0)
    for one, other in zip(model.variables, again.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_what_a_file_cannot_hold_is_said_when_saving(tmp_path):
    onionskin.layers.naming.reset_names()
    x = onionskin.Input((4,))
    cube = onionskin.define_primitive("cube", lambda v: v**3, lambda g, y, v: g * 3 * v**2, shape=lambda shape: shape)
    bare = onionskin.Model(x, cube(layers.Dense(3)(x)))
    with pytest.raises(errors.ArgumentError) as caught:
        bare.save(tmp_path / "m.onionskin")
    assert str(caught.value) == (
        "model 'functional': a model with this operation between its layers cannot be saved.\n"
        "  given:    the operation cube\n"
        "  to fix:   put the operation into a layer of your own"
    )
    model = compiled(sequential)
    model.compile("sgd", lambda y_true, y_pred: y_pred)
    with pytest.raises(errors.ArgumentError):
        model.save(tmp_path / "m.onionskin")
    assert list(tmp_path.iterdir()) == []


def test_a_class_that_is_not_known_is_named(tmp_path):
    InCode(3)
    model = InCode(3)
    model(X)
    model.save(tmp_path / "m.onionskin")
    with pytest.raises(errors.UnknownNameError) as caught:
        load_model(tmp_path / "m.onionskin")
    assert f"{tmp_path / 'm.onionskin'}: there is no layer class of this name.\n  given:    'InCode'\n" in str(
        caught.value
    )
    assert "pass custom_objects={'Name': Class}" in str(caught.value)


def test_saving_while_training_changes_nothing(tmp_path):
    one = compiled(sequential)
    one.fit(X, Y, epochs=3, callbacks=[callbacks.ModelCheckpoint(tmp_path / "m.onionskin")], verbose=0)
    other = compiled(sequential)
    other.fit(X, Y, epochs=3, verbose=0)
    for a, b in zip(one.variables, other.variables, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


class Passes(layers.Layer):
    """A layer that only carries a penalty."""

    def call(self, inputs):
        return inputs


def test_activity_regularizers_of_all_layers_come_back(tmp_path):
    penalty = onionskin.regularizers.L1(0.1)
    model = onionskin.Sequential([
        onionskin.Input((X.shape[1],)), Passes(activity_regularizer=penalty), layers.Flatten(activity_regularizer="l2"),
        layers.Activation("relu", activity_regularizer=penalty), layers.Dropout(0.5, activity_regularizer="l1"),
    ])  # fmt: skip
    model.save(tmp_path / "m.onionskin")
    again = load_model(tmp_path / "m.onionskin", custom_objects={"Passes": Passes})
    model(X), again(X)
    assert len(model.losses) == 4
    np.testing.assert_array_equal(again.losses, model.losses)


class Distance(onionskin.losses.Loss):
    """A loss of one's own, registered under no name."""

    def call(self, y_true, y_pred):
        return onionskin.ops.mean(onionskin.ops.abs(y_true - y_pred), axis=-1)


class Total(onionskin.metrics.Metric):
    """A metric of one's own, registered under no name."""

    def __init__(self, name="total", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign_add(onionskin.ops.sum(y_pred))

    def result(self):
        return self.total.value


def test_losses_and_metrics_of_ones_own_are_found_in_custom_objects(tmp_path):
    model = sequential()
    model.compile("sgd", Distance(), metrics=[Total()])
    model.save(tmp_path / "m.onionskin")
    again = load_model(tmp_path / "m.onionskin", custom_objects={"Distance": Distance, "Total": Total})
    assert again.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)
    with pytest.raises(errors.UnknownNameError) as caught:
        load_model(tmp_path / "m.onionskin", custom_objects={"Total": Total})
    assert str(caught.value).startswith(
        f"{tmp_path / 'm.onionskin'}: there is no loss of this name.\n  given:    'Distance'\n"
        "  to fix:   a class of your own: pass custom_objects={'Name': Class}, or decorate it with "
        "@onionskin.saving.register_keras_serializable(); "
    )
