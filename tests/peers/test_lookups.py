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
