"""Vocabularies, hashes, bounds and feature spaces: the same cases asked of Keras with TensorFlow and of onionskin."""

import json

import numpy as np
import pytest

import onionskin
from onionskin.layers.preprocessing import FeatureSpace
from tests.cases_keras import lookups
from tests.peers import record_lookups

keras = pytest.importorskip("keras", reason="Keras is not installed; `make test-peers` installs it")
pytest.importorskip("tensorflow", reason="Keras needs TensorFlow for these layers, which is not installed")
if keras.backend.backend() != "tensorflow":
    pytest.skip("Keras does not run on TensorFlow; set KERAS_BACKEND=tensorflow", allow_module_level=True)

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras's variables, read by NumPy 2

CASES = lookups.cases()
NAMES = [case["id"] for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_same_answers(case):
    lookups.compare(case, lookups.answer(onionskin, FeatureSpace, case), record_lookups.asked(keras, case))


def test_the_record_is_of_these_cases():
    assert [case["id"] for case in lookups.recorded()] == NAMES


@pytest.mark.parametrize("case", [case for case in CASES if case["name"] != "Normalization"],
                         ids=lambda case: case["id"])  # fmt: skip
def test_keras_reads_what_was_learned_here(case):
    """Keras makes a layer of our configuration that answers alike, with what was learned in it."""
    layer = lookups.made(onionskin, FeatureSpace, case)
    if case["adapt"] is not None:
        layer.adapt(lookups.read(case["adapt"]))
    theirs = keras.utils.FeatureSpace if case["name"] == "FeatureSpace" else getattr(keras.layers, case["name"])
    back = theirs.from_config(json.loads(json.dumps(layer.get_config())))
    if case["name"] == "FeatureSpace":
        back._is_adapted = True  # Keras's files say so beside the configuration
    for one in case["called"]:
        got, wanted = back(lookups.read(one)), layer(lookups.read(one))
        for key in wanted if isinstance(wanted, dict) else [None]:
            pair = (got, wanted) if key is None else (got[key], wanted[key])
            lookups.same(case["id"], record_lookups._whole(pair[0]), np.asarray(pair[1]))


@pytest.mark.parametrize("name", ["IntegerLookup", "StringLookup", "Hashing", "HashedCrossing", "Discretization",
                                  "CategoryEncoding", "Normalization", "Rescaling"])  # fmt: skip
def test_configurations_have_the_same_keys(name):
    arguments = {
        "Hashing": [3],
        "HashedCrossing": [3],
        "Discretization": [[0.0]],
        "CategoryEncoding": [3],
        "Rescaling": [2],
    }
    ours, theirs = (getattr(one.layers, name)(*arguments.get(name, [])).get_config() for one in (onionskin, keras))
    assert set(ours) == set(theirs)
    assert {key: ours[key] for key in ours if key not in ("name", "dtype")} == json.loads(
        json.dumps({key: theirs[key] for key in theirs if key not in ("name", "dtype")})
    )


def _model(root, ints, floats):
    """Return a model of layers that have learned from data, made alike in both libraries."""
    a, b, c = (root.Input((size,), dtype=dtype) for size, dtype in ((3, "int64"), (2, "float32"), (2, "float32")))
    layers = root.layers
    learned = [
        layers.IntegerLookup(output_mode="multi_hot", name="hot"),
        layers.IntegerLookup(output_mode="tf_idf", max_tokens=20, pad_to_max_tokens=True, name="weighed"),
        layers.IntegerLookup(mask_token=0, num_oov_indices=2, name="numbers"),
        layers.Discretization(num_bins=4, output_mode="one_hot", name="bins"),
        layers.Normalization(name="scale"),
    ]
    inputs = [a, a, a, b, c]
    for layer, x in zip(learned, inputs, strict=True):
        layer.adapt(ints if x is a else floats)
    outputs = [layer(x) for layer, x in zip(learned, inputs, strict=True)]
    outputs.append(layers.SpectralNormalization(layers.Dense(3, name="inner"), name="around")(c))
    outputs.append(layers.GroupNormalization(2, name="group")(layers.BatchNormalization(name="batch")(c)))
    return root.Model([a, b, c], outputs)


def test_what_was_learned_goes_through_files_both_ways(tmp_path):
    rng = np.random.default_rng(60)
    ints, floats = rng.integers(0, 9, (20, 3)), rng.normal(size=(20, 2)).astype("float32")
    data = [ints, floats, floats]
    theirs = _model(keras, ints, floats)
    theirs.save(tmp_path / "theirs.keras")
    ours = onionskin.models.load_model(tmp_path / "theirs.keras")
    wanted = [np.asarray(one) for one in theirs(data)]
    ours.save(tmp_path / "ours.keras")
    back = keras.models.load_model(tmp_path / "ours.keras")
    own = _model(onionskin, ints, floats)
    own.save(tmp_path / "own.keras")
    read = keras.models.load_model(tmp_path / "own.keras")
    for got, expected in ((ours.predict(data, verbose=0), wanted), (back(data), wanted),
                          (read(data), own.predict(data, verbose=0))):  # fmt: skip
        for one, other in zip(got, expected, strict=True):
            np.testing.assert_allclose(np.asarray(one), other, rtol=1e-5, atol=1e-6)
