"""Signatures and configurations of optimizers, schedules and callbacks: those of Keras, recorded; there and back."""

import json

import numpy as np
import pytest

from onionskin import callbacks, optimizers
from tests.optimizers import record_forms

WANTED = json.loads(record_forms.FILE.read_text())
FOUND = record_forms.forms(optimizers, callbacks)


def assert_same(got, wanted, place=""):
    """Compare nested data; Keras's learning rates went through float32, and its names count up."""
    if isinstance(wanted, dict):
        assert sorted(got) == sorted(wanted), place
        for key, value in wanted.items():
            if key != "name" or not str(value).startswith(str(got[key])):
                assert_same(got[key], value, f"{place}.{key}")
    elif isinstance(wanted, float):
        np.testing.assert_allclose(got, wanted, rtol=1e-6, err_msg=place)
    else:
        assert got == wanted, place


BEYOND_KERAS = {"TerminateOnNaN": ["explain", "language"]}  # arguments of ours, behind those of Keras


@pytest.mark.parametrize("name", WANTED["signatures"])
def test_signatures(name):
    found, wanted = FOUND["signatures"][name], WANTED["signatures"][name]
    assert found[: len(wanted)] == wanted
    assert [one[0] for one in found[len(wanted) :]] == BEYOND_KERAS.get(name, [])


def test_configurations():
    assert len(FOUND["configs"]) == len(WANTED["configs"]) > 70
    for number, (got, wanted) in enumerate(zip(FOUND["configs"], WANTED["configs"], strict=True)):
        assert_same(got, wanted, f"{number} {wanted['class_name']}")


@pytest.mark.parametrize("config", WANTED["configs"], ids=lambda config: config["class_name"])
def test_what_keras_writes_is_read_and_written_again(config):
    door = optimizers.schedules if "Decay" in config["class_name"] else optimizers
    assert_same(json.loads(json.dumps(door.serialize(door.deserialize(config)))), config)
