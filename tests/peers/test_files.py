"""Models through files between Keras and onionskin, both ways: equal predictions, paths and further training."""

import io
import os
import warnings
import zipfile

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras", reason="Keras is not installed: see `make test-peers`")
h5py = pytest.importorskip("h5py", reason="h5py is not installed")

import onionskin  # noqa: E402 - Keras decides its backend when it is imported
from onionskin.base.errors import OnionskinError  # noqa: E402
from onionskin.saving.hdf5 import read_hdf5  # noqa: E402
from tests.peers.file_models import RECIPES  # noqa: E402

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore:__array__ implementation"),  # Keras's variables, read by NumPy 2
    pytest.mark.filterwarnings("ignore:.*The structure of `inputs`"),
]
STEPS = 5
TOLERANCE = {"rtol": 1e-5, "atol": 1e-5}


def arguments(recipe, library):
    """Return what the recipe's model is compiled with, or skip where the library does not have it yet."""
    missing = recipe.missing()
    if missing:
        pytest.skip(f"onionskin has no layer {missing[0]} yet")
    return recipe.compiled(library)


def started(recipe, library):
    """Return a model of the recipe that has made some steps."""
    settings = arguments(recipe, library)
    library.utils.set_random_seed(1)
    model = recipe.make(library)
    rng = np.random.default_rng(7)
    model.set_weights([weight + rng.normal(size=weight.shape, scale=0.1).astype(weight.dtype)
                       if weight.dtype.kind == "f" else weight for weight in model.get_weights()])  # fmt: skip
    if settings:
        model.compile(**settings)
        trained(model, recipe, 3)
    return model


def trained(model, recipe, steps=STEPS):
    """Train some more steps; returns the weights."""
    if isinstance(model, keras.Model):
        model.run_eagerly = True  # a few steps take less time than to compile them
    for _ in range(steps):
        model.train_on_batch(recipe.inputs, recipe.y)
    return [np.asarray(weight) for weight in model.get_weights()]


def predicted(model, recipe):
    found = model(recipe.inputs, training=False) if isinstance(model, keras.Model) else (
        model.predict(recipe.inputs, verbose=0))  # fmt: skip
    return [np.asarray(one) for one in (found if isinstance(found, list | tuple) else [found])]


def state(model):
    """Return the optimizer's variables."""
    return (
        [np.asarray(one) for one in model.optimizer.variables] if getattr(model, "optimizer", None) is not None else []
    )


def answers(model, recipe):
    """Return what a model gives, its optimizer's state, and both weights and state after more training."""
    found = {"output": predicted(model, recipe), "optimizer": state(model)}
    assert bool(model.compiled) == bool(recipe.compiled(keras))
    if model.compiled:
        found |= {"weight after training": trained(model, recipe), "optimizer after training": state(model)}
    return found


def same(ours, theirs):
    assert set(ours) == set(theirs)
    for what in theirs:
        assert len(ours[what]) == len(theirs[what])
        for index, (one, other) in enumerate(zip(ours[what], theirs[what], strict=True)):
            np.testing.assert_allclose(one, other, **TOLERANCE, err_msg=f"{what} {index}")


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """Return for a recipe and a library the file of a model that has made some steps, and its answers from there."""
    folder, kept = tmp_path_factory.mktemp("begun"), {}

    def begin(name, library):
        if (name, library) not in kept:
            model, path = started(RECIPES[name], library), folder / f"{name}.{library.__name__}.keras"
            model.save(path)
            kept[name, library] = path, answers(model, RECIPES[name])
        return kept[name, library]

    return begin


@pytest.mark.parametrize("name", RECIPES)
def test_keras_to_onionskin_to_keras(name, begun, tmp_path):
    path, expected = begun(name, keras)
    ours = onionskin.models.load_model(path)
    ours.save(tmp_path / "ours.keras")
    same(answers(ours, RECIPES[name]), expected)
    same(answers(keras.models.load_model(tmp_path / "ours.keras"), RECIPES[name]), expected)


@pytest.mark.parametrize("name", RECIPES)
def test_onionskin_to_keras_to_onionskin(name, begun, tmp_path):
    path, expected = begun(name, onionskin)
    theirs = keras.models.load_model(path)
    theirs.save(tmp_path / "keras.keras")
    same(answers(theirs, RECIPES[name]), expected)
    same(answers(onionskin.models.load_model(tmp_path / "keras.keras"), RECIPES[name]), expected)


@pytest.mark.parametrize("name", RECIPES)
def test_the_paths_of_weights_are_keras_s(name, begun):
    contents = {}
    for library in (keras, onionskin):
        with zipfile.ZipFile(begun(name, library)[0]) as archive:
            data = archive.read("model.weights.h5")
        with h5py.File(io.BytesIO(data)) as file:
            groups = []
            file.visit(groups.append)
        contents[library] = sorted(groups), {path: array.shape for path, array in read_hdf5(data)[0].items()}
    assert contents[onionskin] == contents[keras]


@pytest.mark.parametrize("name", RECIPES)
def test_weights_alone_pass_both_ways(name, begun, tmp_path):
    recipe = RECIPES[name]
    path, expected = begun(name, keras)
    now = {key: expected[key] for key in ("output", "optimizer")}
    theirs, ours = keras.models.load_model(path), started(recipe, onionskin)
    theirs.save_weights(tmp_path / "keras.weights.h5")
    if ours.compiled:
        trained(ours, recipe, 1)
    ours.load_weights(tmp_path / "keras.weights.h5")
    same({"output": predicted(ours, recipe), "optimizer": state(ours)}, now)
    ours.save_weights(tmp_path / "ours.weights.h5")
    if ours.compiled:
        trained(theirs, recipe, 1)
    theirs.load_weights(tmp_path / "ours.weights.h5")
    same({"output": predicted(theirs, recipe), "optimizer": state(theirs)}, now)


def operations(model):
    inner = [one for part in model.operations for one in (operations(part) if hasattr(part, "operations") else [])]
    return [*model.operations, *inner]


@pytest.mark.parametrize("name", RECIPES)
def test_older_files_are_read_where_keras_reads_them(name, begun, tmp_path):
    path, expected = begun(name, keras)
    older = tmp_path / "keras.h5"
    whole = name != "adafactor"  # Keras gives two of its variables one name, which its older files cannot hold
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        keras.models.load_model(path).save(older, include_optimizer=whole)
        try:
            keras.models.load_model(older, compile=False)  # with it, names of losses are not known to it
        except (ValueError, TypeError):  # it writes operations between layers as if they were layers
            assert any(not isinstance(one, keras.layers.Layer) for one in operations(keras.models.load_model(path)))
            with pytest.raises(OnionskinError):
                onionskin.models.load_model(older)
            return
    ours = onionskin.models.load_model(older)
    if whole:
        same(answers(ours, RECIPES[name]), expected)
    else:
        same({"output": predicted(ours, RECIPES[name])}, {"output": expected["output"]})


def test_json_is_understood_both_ways():
    recipe = RECIPES["operations"]
    ours, theirs = recipe.make(onionskin), recipe.make(keras)
    for text in (ours.to_json(), theirs.to_json()):
        first, second = onionskin.models.model_from_json(text), keras.models.model_from_json(text)
        first.set_weights(ours.get_weights())
        second.set_weights(ours.get_weights())
        np.testing.assert_allclose(predicted(first, recipe)[0], predicted(second, recipe)[0], **TOLERANCE)


def in_code(library):
    """Return a model written in code, with layers in attributes, lists, dictionaries and each other."""
    layers = library.layers

    class Block(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.zeta, self.alpha = layers.Dense(3, "tanh"), layers.Dense(3)
            self._own = [layers.Dense(3), (layers.Dense(3),)]

        def build(self, input_shape):
            self.scale = self.add_weight(shape=(3,), initializer="ones", name="scale")
            for one in (self.zeta, self.alpha, self._own[0], self._own[1][0]):
                one.build((None, 3))

        def call(self, x):
            return self._own[1][0](self._own[0](self.alpha(self.zeta(x)))) * self.scale

    class Parts(library.Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.conv, self.out = layers.Dense(3), layers.Dense(1)
            self.many = [layers.Dense(3), layers.Dense(3), layers.Activation("relu"), layers.ReLU()]
            self.table = {"x": layers.Dense(1), "y": [layers.Dense(1)]}
            self._hidden, self.mean = layers.Dense(1), library.metrics.Mean()
            self.block, self.z_block = Block(), Block()

        def call(self, x):
            x = self.z_block(self.block(self.conv(x)))
            y = self.out(x) + self.table["x"](x) + self.table["y"][0](x) + self._hidden(x)
            return y + self.many[3](self.many[2](self.many[0](x) * self.many[1](x)))

    return Parts()


def test_models_in_code_share_their_weights_files(tmp_path):
    x, y = RECIPES["dense"].inputs, np.repeat(RECIPES["dense"].y, 3, axis=1)
    models = {library: in_code(library) for library in (keras, onionskin)}
    for library, model in models.items():
        model(x)
        model.compile("adam", "mse")
        trained_for = [model.train_on_batch(x, y) for _ in range(2)]
        assert len(trained_for) == 2
        model.save_weights(tmp_path / f"{library.__name__}.weights.h5")
    read = {library: read_hdf5(tmp_path / f"{library.__name__}.weights.h5")[0] for library in models}
    found = {library: {path: array.shape for path, array in arrays.items()} for library, arrays in read.items()}
    assert found[onionskin] == found[keras]
    models[onionskin].load_weights(tmp_path / "keras.weights.h5")
    np.testing.assert_allclose(models[onionskin].predict(x, verbose=0), np.asarray(models[keras](x)), **TOLERANCE)
    for _ in range(STEPS):
        models[onionskin].train_on_batch(x, y)
        models[keras].train_on_batch(x, y)
    np.testing.assert_allclose(models[onionskin].predict(x, verbose=0), np.asarray(models[keras](x)), **TOLERANCE)
