"""Models in Keras's forms of files: what comes back, under which paths, and what is said of what does not fit."""

import copy
import json
import pickle
import zipfile

import numpy as np
import pytest

import onionskin
from onionskin import layers, losses, metrics, models, ops, optimizers, saving
from onionskin.base.errors import ArgumentError, NotBuiltError, ShapeError, UnknownNameError
from onionskin.models import load_model
from onionskin.saving.hdf5 import read_hdf5
from tests.saving import saving_help
from tests.saving.saving_help import MODELS, OWN, Gate, X, Y

h5py = pytest.importorskip("h5py", reason="h5py is not installed: it comes with the extra keras")


def contents(path):
    """Return the paths and shapes of the arrays of a file."""
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            return {key: one.shape for key, one in read_hdf5(archive.read("model.weights.h5"))[0].items()}
    return {key: one.shape for key, one in read_hdf5(path)[0].items()}


def config_of(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))


@pytest.mark.parametrize("make", MODELS)
def test_outputs_configs_and_weights_come_back(make, tmp_path):
    model = make()
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras", custom_objects=OWN)
    assert again.get_config() == model.get_config()
    for one, other in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


@pytest.mark.parametrize("make", MODELS)
def test_training_goes_on_with_the_same_bits(make, tmp_path):
    """The state of random generators and of the order of samples comes back too."""
    onionskin.utils.set_random_seed(3)
    model = make()
    model.compile(optimizers.Adam(0.01), "mse", metrics=["mae"])
    model.fit(X, Y, epochs=2, batch_size=8, verbose=0)
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras", custom_objects=OWN)
    histories = [one.fit(X, Y, epochs=2, batch_size=8, verbose=0).history for one in (model, again)]
    assert histories[0] == histories[1]
    for one, other in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("make", MODELS)
def test_pickles_and_copies_are_models_of_their_own(make):
    onionskin.utils.set_random_seed(3)
    model = make()
    model.compile(optimizers.Adam(0.01), "mse")
    model.fit(X, Y, epochs=1, batch_size=8, verbose=0)
    copies = [pickle.loads(pickle.dumps(model)), copy.copy(model), copy.deepcopy(model)]
    expected = model.fit(X, Y, epochs=1, batch_size=8, verbose=0).history
    for one in copies:
        assert one.fit(X, Y, epochs=1, batch_size=8, verbose=0).history == expected
    for one in copies:
        for ours, theirs in zip(one.get_weights(), model.get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def own_error(y_true, y_pred):
    return ops.mean(ops.abs(y_true - y_pred), axis=-1)


def test_a_copy_of_a_model_within_another_trains_apart_from_it():
    model = onionskin.Sequential([saving_help.functional(), layers.Dense(3)])
    model.compile(optimizers.Adam(0.01), "mse")
    model.fit(X, Y, verbose=0)
    other, before = copy.deepcopy(model), model.get_weights()
    expected = other.fit(X, Y, shuffle=False, verbose=0).history
    for one, same in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, same)
    assert model.fit(X, Y, shuffle=False, verbose=0).history == expected
    for one, same in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, same)


def test_pickles_of_models_without_weights_or_with_functions_of_ones_own():
    empty = pickle.loads(pickle.dumps(onionskin.Sequential([layers.Dense(2, name="d")], name="s")))
    assert (empty.name, empty.built, [layer.name for layer in empty.layers]) == ("s", False, ["d"])
    model = saving_help.sequential()
    model.compile("sgd", own_error, metrics=[own_error, metrics.MeanMetricWrapper(own_error, name="m")])
    again = pickle.loads(pickle.dumps(model))
    assert again.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)


# --- functions of one's own ---


def test_functions_of_ones_own_are_saved_by_name_and_passed_when_loading(tmp_path):
    model = saving_help.sequential()
    model.compile("sgd", own_error, metrics=[own_error, metrics.MeanMetricWrapper(own_error, name="m")])
    for name in ("m.keras", "m.onionskin"):
        model.save(tmp_path / name)
        with pytest.raises(UnknownNameError) as caught:
            load_model(tmp_path / name)
        assert "there is no loss of this name.\n  given:    'own_error'\n  to fix:   a class of your own: pass " in str(
            caught.value
        )
        again = load_model(tmp_path / name, custom_objects={"own_error": own_error})
        assert again.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)
        with saving.custom_object_scope({"own_error": own_error}):
            assert load_model(tmp_path / name).evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)
    assert load_model(tmp_path / "m.keras", compile=False).compiled is False
    expected = {"module": "builtins", "class_name": "function", "config": "own_error", "registered_name": "function"}
    assert config_of(tmp_path / "m.keras")["compile_config"]["loss"] == expected


def test_a_function_without_a_name_is_refused(tmp_path):
    model = saving_help.sequential()
    model.compile("sgd", lambda a, b: ops.mean(ops.abs(a - b), axis=-1))
    with pytest.raises(ArgumentError) as caught:
        model.save(tmp_path / "m.keras")
    assert "a function of your own has no name that a file could use.\n  given:    '<lambda>'\n" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


# --- forms ---


def test_the_description_is_in_keras_s_form(tmp_path):
    model = saving_help.sequential()
    model.compile("adam", "mse", metrics=["mae"])
    model.save(tmp_path / "m.keras")
    config = config_of(tmp_path / "m.keras")
    policy = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": None}
    assert (config["module"], config["class_name"], config["registered_name"]) == ("keras", "Sequential", None)
    assert [one["module"] for one in config["config"]["layers"]] == ["keras.layers"] * 4
    assert config["config"]["layers"][1]["config"]["dtype"] == policy
    assert config["config"]["layers"][1]["build_config"] == {"input_shape": [None, 4]}
    assert set(config["compile_config"]) == {
        "optimizer", "loss", "loss_weights", "metrics", "weighted_metrics", "run_eagerly", "steps_per_execution",
        "jit_compile",
    }  # fmt: skip
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        assert archive.namelist() == ["metadata.json", "config.json", "model.weights.h5"]
        assert json.loads(archive.read("metadata.json"))["keras_version"] == "3.15.1"


def test_equal_models_make_equal_files(tmp_path):
    for name in ("a.keras", "b.keras", "a.weights.h5", "b.weights.h5"):
        onionskin.utils.set_random_seed(0)
        model = onionskin.Sequential([onionskin.Input((3,), name="x"), layers.Dense(2, name="d")], name="m")
        (model.save if name.endswith(".keras") else model.save_weights)(tmp_path / name)
    assert (tmp_path / "a.keras").read_bytes() == (tmp_path / "b.keras").read_bytes()
    assert (tmp_path / "a.weights.h5").read_bytes() == (tmp_path / "b.weights.h5").read_bytes()


class Parts(onionskin.Model):
    """A model in code whose layers stand in attributes, lists and dictionaries."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.conv = layers.Dense(2)
        self.out = layers.Dense(1)
        self.many = [layers.Dense(1), layers.Dense(1), layers.Activation("relu")]
        self.table = {"x": layers.Dense(1), "y": [layers.Dense(1)]}
        self._hidden = layers.Dense(1)
        self.mean = metrics.Mean()

    def call(self, x):
        x = self.conv(x)
        y = self.out(x) + self.table["x"](x) + self.table["y"][0](x) + self._hidden(x)
        return y + self.many[2](self.many[0](x) * self.many[1](x))


def test_paths_of_parts_in_attributes_lists_and_dictionaries(tmp_path):
    """The paths are those that Keras 3.15.1 writes for this model."""
    model = Parts()
    model(X)
    model.compile("sgd", "mse")
    model.save_weights(tmp_path / "m.weights.h5")
    found = {path.removesuffix("/vars/0") for path in contents(tmp_path / "m.weights.h5") if path.endswith("vars/0")}
    assert found == {"conv", *[f"layers/dense_{number}" for number in range(1, 7)], "optimizer"}
    other = Parts()
    other(X)
    other.load_weights(tmp_path / "m.weights.h5")
    np.testing.assert_array_equal(other.predict(X, verbose=0), model.predict(X, verbose=0))


def test_a_layer_at_two_places_of_a_model_in_code_stays_one(tmp_path):
    class Twice(onionskin.Model):
        def __init__(self, inner, other, **kwargs):
            super().__init__(**kwargs)
            self.inner, self.other = inner, other

        def call(self, x):
            return self.other(self.inner(x))

    dense = layers.Dense(4, "tanh")
    model = Twice(dense, onionskin.Sequential([dense, layers.Dense(1)]))
    model(X)
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras", custom_objects={"Twice": Twice})
    assert again.inner is again.other.layers[0]
    assert len(again.weights) == 4
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


def test_operations_that_keras_does_not_have(tmp_path):
    x = onionskin.Input((3,))
    model = onionskin.Model(x, ops.pad(x, ((0, 0), (1, 1))), name="padded")
    for act in (lambda: model.save(tmp_path / "m.keras"), lambda: model.check_savable("m.keras")):
        with pytest.raises(ArgumentError) as caught:
            act()
        assert str(caught.value) == (
            "save, model 'padded': a .keras file cannot hold this operation between the layers, which Keras does not "
            "have.\n  given:    pad\n  to fix:   save to a file that ends in .onionskin, or put the operation into a "
            "layer of your own"
        )
    model.save(tmp_path / "m.onionskin")


class Vocabulary(layers.Layer):
    """A layer with ways of its own to keep numbers, and a file."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.words = []
        self.offset = 0.0
        self.built = True

    def call(self, inputs):
        return inputs + self.offset

    def save_own_variables(self, store):
        store["offset"] = np.float32(self.offset)

    def load_own_variables(self, store):
        self.offset = float(store["offset"])

    def save_assets(self, dir_path):
        with open(f"{dir_path}/vocabulary.txt", "w", encoding="utf-8") as file:
            file.write("\n".join(self.words))

    def load_assets(self, dir_path):
        with open(f"{dir_path}/vocabulary.txt", encoding="utf-8") as file:
            self.words = file.read().split("\n")


def test_layers_with_ways_and_files_of_their_own(tmp_path):
    model = onionskin.Sequential([onionskin.Input((4,)), Vocabulary(name="v"), layers.Dense(1)])
    model.layers[0].words, model.layers[0].offset = ["a", "b c", "é"], 2.5
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras", custom_objects={"Vocabulary": Vocabulary})
    assert (again.layers[0].words, again.layers[0].offset) == (["a", "b c", "é"], 2.5)
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        assert "assets/layers/vocabulary/vocabulary.txt" in archive.namelist()


# --- weights alone ---


def two_layers(first=3, second=2):
    return onionskin.Sequential(
        [onionskin.Input((4,)), layers.Dense(first, name="a"), layers.Dense(second, name="b")], name="m"
    )


def test_weights_that_do_not_fit(tmp_path):
    model = two_layers()
    model.save_weights(tmp_path / "m.weights.h5")
    other = two_layers(second=5)
    before = other.get_weights()
    with pytest.raises(ShapeError) as caught:
        other.load_weights(tmp_path / "m.weights.h5")
    assert str(caught.value) == (
        f"{tmp_path}/m.weights.h5 > layers/dense_1 (Dense 'b') > m/b/kernel: an array of the file has another shape "
        "than its variable.\n  expected: (3, 5)\n  given:    (3, 2)"
    )
    for one, same in zip(other.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, same)
    with pytest.warns(UserWarning) as warned:
        other.load_weights(tmp_path / "m.weights.h5", skip_mismatch=True)
    assert [str(one.message) for one in warned] == [
        "1 parts of the model stay as they are, as the file holds others: layers/dense_1 (Dense 'b')"
    ]
    np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[0])
    np.testing.assert_array_equal(other.get_weights()[2], before[2])


def test_parts_to_skip(tmp_path):
    model, other = two_layers(), two_layers()
    model.save_weights(tmp_path / "m.weights.h5")
    before = other.get_weights()
    other.load_weights(tmp_path / "m.weights.h5", objects_to_skip=[other.layers[0]])
    np.testing.assert_array_equal(other.get_weights()[0], before[0])
    np.testing.assert_array_equal(other.get_weights()[2], model.get_weights()[2])
    saving.save_weights(model, tmp_path / "part.weights.h5", objects_to_skip=[model.layers[1]])
    assert set(contents(tmp_path / "part.weights.h5")) == {"layers/dense/vars/0", "layers/dense/vars/1"}


def test_weights_of_a_whole_model(tmp_path):
    model, other = two_layers(), two_layers()
    model.save(tmp_path / "m.keras")
    other.load_weights(tmp_path / "m.keras")
    np.testing.assert_array_equal(other.get_weights()[3], model.get_weights()[3])
    with pytest.raises(ArgumentError):
        other.load_weights(tmp_path / "m.keras", objects_to_skip=[other.layers[0]])


def test_an_optimizer_before_its_first_step(tmp_path):
    model = two_layers()
    model.compile(optimizers.Adam(0.03), "mse")
    model.save(tmp_path / "m.keras")
    assert {path for path in contents(tmp_path / "m.keras") if path.startswith("optimizer")} == {
        "optimizer/vars/0", "optimizer/vars/1",
    }  # fmt: skip
    again = load_model(tmp_path / "m.keras")
    assert float(again.optimizer.learning_rate) == pytest.approx(0.03)
    assert len(again.optimizer.variables) == 10


def test_an_optimizer_that_is_another(tmp_path):
    model, other = two_layers(), two_layers()
    model.compile("adam", "mse")
    model.fit(X, Y[:, :2], verbose=0)
    model.save_weights(tmp_path / "m.weights.h5")
    other.compile("sgd", "mse")
    other.fit(X, Y[:, :2], verbose=0)
    with pytest.warns(UserWarning) as warned:
        other.load_weights(tmp_path / "m.weights.h5")
    assert [str(one.message) for one in warned] == [
        "the state of the optimizer 'sgd' is not loaded: it has 2 variables, the file 10"
    ]


def test_models_without_weights(tmp_path):
    model = onionskin.Sequential([layers.Dense(2)], name="m")
    for act, where, what in (
        (lambda: model.save(tmp_path / "m.keras"), "save", "a model without weights cannot be saved."),
        (lambda: model.save_weights(tmp_path / "m.weights.h5"), "save_weights", "the model has no weights yet."),
        (lambda: model.load_weights(tmp_path / "m.weights.h5"), "load_weights", "the model has no weights yet."),
    ):
        with pytest.raises(NotBuiltError) as caught:
            act()
        assert str(caught.value) == (
            f"{where}, model 'm': {what}\n  to fix:   train it, call it on data, or give the first layer an input shape"
        )


def test_files_that_are_not_there(tmp_path):
    model = two_layers()
    for name in ("none.weights.h5", "none.keras", "none.h5"):
        with pytest.raises(ArgumentError.__mro__[1]) as caught:
            model.load_weights(tmp_path / name)
        assert f"{tmp_path / name}: there is no such file.\n" in str(caught.value)


# --- objects as data ---


@pytest.mark.parametrize("make", [
    lambda: losses.CategoricalCrossentropy(label_smoothing=0.2), lambda: metrics.BinaryAccuracy(threshold=0.3),
    lambda: optimizers.Adam(0.3), lambda: optimizers.schedules.ExponentialDecay(0.1, 10, 0.5),
    lambda: onionskin.initializers.HeNormal(seed=3), lambda: onionskin.regularizers.L2(0.3),
    lambda: onionskin.constraints.MaxNorm(2.0), lambda: layers.Dense(3, "relu", name="d"), lambda: Gate(2.0, name="g"),
])  # fmt: skip
def test_objects_as_data(make):
    entry = json.loads(json.dumps(saving.serialize_keras_object(make())))
    again = saving.deserialize_keras_object(entry)
    assert type(again) is type(make())
    assert saving.serialize_keras_object(again) == entry
    assert entry["module"] is not None


def test_plain_values_as_data():
    values = [1, 2.5, None, "x", True, [1, [2]], {"a": 3}, b"abc", slice(1, None, 2), Ellipsis]
    entry = json.loads(json.dumps(saving.serialize_keras_object(values)))
    assert saving.deserialize_keras_object(entry) == values
    array = np.array([[1.5, 2.0]], "float32")
    again = saving.deserialize_keras_object(saving.serialize_keras_object(array))
    np.testing.assert_array_equal(again, array)
    assert again.dtype == array.dtype
    assert saving.serialize_keras_object(np.float32(2.5)) == 2.5
    assert saving.deserialize_keras_object(saving.serialize_keras_object(losses.mean_squared_error)) is (
        losses.mean_squared_error
    )


def test_words_of_objects_that_are_none():
    for act, words in (
        (lambda: saving.serialize_keras_object(object), "an object without get_config() cannot be written to a file."),
        (lambda: saving.serialize_keras_object(lambda x: x), "a function without a name cannot be written to a file."),
        (lambda: saving.deserialize_keras_object({"class_name": "Nothing", "config": {}}),
         "there is no class of this name.\n  given:    'Nothing'"),
        (lambda: saving.deserialize_keras_object({"class_name": "function", "config": "eval", "module": "builtins"}),
         "there is no function of this name.\n  given:    'eval'"),
        (lambda: saving.deserialize_keras_object({"class_name": "__slice__", "config": 3}), "the data is malformed."),
    ):  # fmt: skip
        with pytest.raises((ArgumentError, UnknownNameError, ValueError)) as caught:
            act()
        assert str(caught.value).startswith(words)


def test_the_compile_config_alone():
    model = two_layers()
    assert model.get_compile_config() == {}
    model.compile(optimizers.SGD(0.3, momentum=0.5), losses.MeanSquaredError(), metrics=["mae"])
    other = two_layers()
    other.compile_from_config(json.loads(json.dumps(model.get_compile_config())))
    assert other.get_compile_config() == model.get_compile_config()
    assert other.optimizer.built
    assert models.model_from_json(model.to_json()).get_compile_config() == model.get_compile_config()
    assert json.loads(model.to_json(indent=2)) == json.loads(model.to_json())


def test_the_doors_of_the_room():
    for name in saving.__all__:
        assert getattr(saving, name) is not None
    assert saving.load_model is models.load_model
    assert saving.save_model is models.save_model
    assert set(saving.__all__) <= set(dir(saving))
    with pytest.raises(AttributeError) as caught:
        _ = saving.nothing
    assert str(caught.value) == "module 'onionskin.saving' has no attribute 'nothing'"


def test_what_keras_notes_of_training_does_not_hold_a_layer_back(tmp_path):
    """Keras notes training=False for calls that said nothing of it, and fit overrides it, as it does here."""
    x = onionskin.Input((4,))
    onionskin.Model(x, layers.Dropout(0.5)(x, training=False)).save(tmp_path / "ours.keras")
    with zipfile.ZipFile(tmp_path / "ours.keras") as old, zipfile.ZipFile(tmp_path / "keras.keras", "w") as new:
        for name in old.namelist():
            new.writestr(name, b'{"keras_version": "3.15.1"}' if name == "metadata.json" else old.read(name))
    values = np.ones((50, 4), "float32")
    ours, keras = load_model(tmp_path / "ours.keras"), load_model(tmp_path / "keras.keras")
    for model in (ours, keras):
        assert set(np.unique(np.asarray(model(values, training=True)))) == {0.0, 2.0}
        np.testing.assert_array_equal(np.asarray(model(values)), values)
        np.testing.assert_array_equal(model.predict(values, verbose=0), values)
