"""Layers and models against Keras on its JAX backend: signatures, configs, and the answers to the same questions."""

import inspect
import os

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras", reason="Keras is not installed: see `make test-peers`")

import onionskin  # noqa: E402 - Keras decides its backend when it is imported
from onionskin import layers  # noqa: E402
from tests.models import keras_cases  # noqa: E402

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore:__array__ implementation"),  # Keras's variables, read by NumPy 2
]


@pytest.fixture(scope="module")
def answers():
    kept = {}

    def answer(question):
        if question not in kept:
            kept[question] = keras_cases.QUESTIONS[question](keras)
        return kept[question]

    return answer


@pytest.mark.parametrize("question", keras_cases.QUESTIONS)
def test_the_same_answers(answers, question):
    keras_cases.compare(keras_cases.QUESTIONS[question](onionskin), answers(question))


@pytest.mark.parametrize("question", keras_cases.QUESTIONS)
def test_the_record_is_what_keras_says(answers, question):
    keras_cases.compare(answers(question), keras_cases.recorded()[question])


# What differs from Keras on purpose: (name, missing here, more here).
DECLARED = {"Model.compile": (set(), {"engine"})}
SAME = [
    "layers.Dense", "layers.Dropout", "layers.Flatten", "layers.Reshape", "layers.Rescaling", "layers.Activation",
    "Sequential.__init__", "Sequential.add", "Sequential.pop", "Sequential.build", "Input", "layers.Layer.__init__",
    "layers.Layer.add_weight", "layers.Layer.add_loss", "layers.Layer.set_weights", "Model.compile", "Model.fit",
    "Model.evaluate", "Model.predict", "Model.train_on_batch", "Model.test_on_batch", "Model.predict_on_batch",
    "Model.summary", "Model.get_layer", "Model.save", "Model.save_weights", "Model.load_weights", "Model.to_json",
    "Model.get_compile_config", "Model.compile_from_config", "models.save_model", "saving.load_weights",
    "models.load_model", "models.clone_model", "models.model_from_json", "utils.to_categorical", "utils.normalize",
    "utils.set_random_seed",
]  # fmt: skip


def named(library, path):
    for part in path.split("."):
        library = getattr(library, part)
    return library


def parameters(thing):
    variadic = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return {name: one.default for name, one in inspect.signature(thing).parameters.items() if one.kind not in variadic}


@pytest.mark.parametrize("path", SAME)
def test_signatures(path):
    ours, theirs = parameters(named(onionskin, path)), parameters(named(keras, path))
    missing, more = DECLARED.get(path, (set(), set()))
    assert (set(theirs) - set(ours), set(ours) - set(theirs)) == (missing, more)
    common = [name for name in theirs if name in ours]
    assert [name for name in ours if name in theirs] == common
    assert {name: ours[name] for name in common} == {name: theirs[name] for name in common}


@pytest.mark.parametrize(("name", "arguments"), [
    ("Dense", (3, "relu")), ("Dropout", (0.5,)), ("Flatten", ()), ("Reshape", ((2, 2),)), ("Rescaling", (0.5,)),
    ("Activation", ("relu",)), ("InputLayer", ((3,),)),
])  # fmt: skip
def test_configs_are_the_same(name, arguments):
    ours = getattr(layers, name)(*arguments, name="n").get_config()
    theirs = getattr(keras.layers, name)(*arguments, name="n").get_config()
    assert (set(theirs) - set(ours), set(ours) - set(theirs)) == (set(), set())
    for key, value in ours.items():
        assert np.array_equal(value, theirs[key]), key


def test_dropout_and_named_weights_are_keras_s():
    for model in (onionskin.Sequential, keras.Sequential):
        library = onionskin if model is onionskin.Sequential else keras
        stack = model([library.Input((4,)), library.layers.Dense(3, name="d"), library.layers.Dropout(0.5)])
        x = np.ones((2, 4), "float32")
        np.testing.assert_allclose(np.asarray(stack(x, training=False)), stack.predict(x, verbose=0), rtol=1e-6)
        assert [(w.path, tuple(w.shape), w.trainable) for w in stack.weights] in (
            [("d/kernel", (4, 3), True), ("d/bias", (3,), True)],
            [(f"{stack.name}/d/kernel", (4, 3), True), (f"{stack.name}/d/bias", (3,), True)],
        )
