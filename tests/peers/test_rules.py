"""Losses, optimizers, metrics and the other rules: the same cases asked of Keras on JAX and of onionskin."""

import inspect
import json

import numpy as np
import pytest

from tests.cases_keras import make, rules

keras = pytest.importorskip("keras", reason="Keras is not installed; `make test-peers` installs it")

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation"),  # Keras's variables, read by NumPy 2
    pytest.mark.filterwarnings("ignore:Explicitly requested dtype int64"),  # Keras's confusion matrix on JAX
]

CASES = [case for made in make.FILES.values() for case in made()]
ANSWERED = [case for case in CASES if case["kind"] in rules.ANSWERS]


@pytest.fixture(scope="module")
def libraries():
    if keras.backend.backend() != "jax":
        pytest.skip("Keras does not run on JAX; set KERAS_BACKEND=jax")
    return rules.Keras(), rules.Onionskin()


_asked = {}


def asked(theirs, case):
    """Return Keras's answer to a case, asked once."""
    if case["id"] not in _asked:
        _asked[case["id"]] = rules.answer(theirs, case)
    return _asked[case["id"]]


@pytest.mark.parametrize("case", ANSWERED, ids=lambda case: case["id"])
def test_the_same_answers(libraries, case):
    theirs, ours = libraries
    rules.compare(case, rules.answer(ours, case), asked(theirs, case))


@pytest.mark.parametrize("name", make.FILES)
def test_the_record_is_what_keras_says(libraries, name):
    """The files are made of these very cases, by a Keras that answers as this one does."""
    theirs, _ = libraries
    kept = {case["id"]: case for case in json.loads((rules.FOLDER / f"{name}.json").read_text())["cases"]}
    made = make.FILES[name]()
    assert list(kept) == [case["id"] for case in made]
    for case in made:
        if case["kind"] in rules.ANSWERS:
            rules.compare(case, asked(theirs, case), rules.expected(kept[case["id"]]))
        elif case["kind"] == "config":
            assert rules.config(theirs, case) == kept[case["id"]]["config"]
        else:
            found = theirs.resolved(tuple(case["y_shape"]), tuple(case["output_shape"]))
            assert found == kept[case["id"]]["class_name"]


# Keras's own table leaves CategoricalGeneralizedCrossEntropy out: it cannot read what it writes of it.
READABLE = [case for case in make.configs() if case["name"] != "CategoricalGeneralizedCrossEntropy"]


@pytest.mark.parametrize("case", READABLE, ids=lambda case: case["id"])
def test_configurations_are_understood_there(libraries, case):
    """What onionskin writes into a file, Keras makes the same object of."""
    theirs, ours = libraries
    made = getattr(getattr(ours, case["room"]), case["name"])(**case["arguments"])
    config = getattr(ours, case["room"]).serialize(made)
    back = getattr(theirs, case["room"]).deserialize(json.loads(json.dumps(config)))
    assert type(back).__name__ == case["name"]
    again = back.get_config()
    for key, value in again.items():
        wanted = config["config"].get(key, value)
        if isinstance(value, float):
            np.testing.assert_allclose(value, wanted, rtol=1e-6, err_msg=key)
        else:
            assert value == wanted, key


@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adagrad", "Adam"])
def test_optimizer_variables_have_the_same_order_and_names(libraries, name):
    arguments = {"momentum": 0.9} if name in ("SGD", "RMSprop") else {"amsgrad": True} if name == "Adam" else {}
    names = []
    for library in libraries:
        optimizer = getattr(library.optimizers, name)(name="opt", **arguments)
        optimizer.build([library.Variable(np.zeros(2, "float32"), name=label) for label in ("kernel", "bias")])
        names.append([(one.name, one.path, tuple(one.shape), str(one.dtype)) for one in optimizer.variables])
    assert names[0] == names[1]


def test_metric_directions(libraries):
    for name in (
        "BinaryAccuracy",
        "CategoricalAccuracy",
        "MeanSquaredError",
        "BinaryCrossentropy",
        "Precision",
        "Mean",
    ):
        theirs, ours = (getattr(getattr(library.metrics, name)(), "_direction", None) for library in libraries)
        assert ours == theirs, name


def test_first_weights_have_the_same_spread(libraries):
    """The bits differ, the distributions do not: mean, deviation and ends of 60,000 numbers."""
    for name in ("GlorotUniform", "GlorotNormal", "HeNormal", "LecunUniform", "RandomUniform", "TruncatedNormal"):
        theirs, ours = (
            np.asarray(getattr(library.initializers, name)(seed=1)((300, 200), dtype="float32"), "float64")
            for library in libraries
        )
        deviation = theirs.std()
        np.testing.assert_allclose(ours.mean(), 0, atol=5 * deviation / 60000**0.5, err_msg=name)
        np.testing.assert_allclose(ours.std(), deviation, rtol=0.02, err_msg=name)
        np.testing.assert_allclose([ours.min(), ours.max()], [theirs.min(), theirs.max()], rtol=0.01, err_msg=name)


ROOMS = ["activations", "initializers", "regularizers", "constraints", "losses", "metrics"]


def of_keras(room):
    return sorted(name for name in dir(getattr(keras, room)) if not name.startswith("_"))


def parameters(entry):
    """Return the names, kinds and defaults of the arguments of a function or of a class."""
    return [
        (one.name, one.kind.name, None if one.default is inspect.Parameter.empty else one.default)
        for one in inspect.signature(entry).parameters.values()
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_every_name_is_here_with_its_arguments(libraries, room):
    theirs, ours = (getattr(library, room) for library in libraries)
    names = of_keras(room)
    assert [name for name in names if not hasattr(ours, name)] == []
    assert len(names) >= 12
    for name in names:
        if name not in ("get", "serialize", "deserialize"):
            assert parameters(getattr(ours, name)) == parameters(getattr(theirs, name)), name


@pytest.mark.parametrize("room", ROOMS)
def test_every_string_is_understood(libraries, room):
    import importlib

    theirs, ours = (getattr(library, room) for library in libraries)
    table = importlib.import_module(f"keras.src.{room}").ALL_OBJECTS_DICT
    bases = {"Regularizer", "Constraint", "Initializer", "Loss", "LossFunctionWrapper", "Metric", "MeanMetricWrapper"}
    assert len(table) >= 10
    unmade = {"STFT", "Constant"}  # Keras asks SciPy for the window of the one, and fails to make the other of its name
    for name, entry in table.items():
        if entry.__name__ in bases:
            continue
        if inspect.isclass(entry) and any(
            one.default is one.empty and one.kind.name == "POSITIONAL_OR_KEYWORD"
            for one in inspect.signature(entry).parameters.values()
        ):
            with pytest.raises(TypeError, match="missing"):  # it cannot be made without its arguments
                ours.get(name)
            continue
        found = [ours.get(name)] if entry.__name__ in unmade else [ours.get(name), theirs.get(name)]
        assert {getattr(one, "__name__", None) or type(one).__name__ for one in found} == {entry.__name__}, name
