"""The functions of onionskin.random against the signatures of keras.random."""

import inspect
import os

import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras", reason="Keras is not installed: see `make test-peers`")

from onionskin import random  # noqa: E402 - Keras decides its backend when it is imported

NAMES = [name for name in dir(keras.random) if not name.startswith("_")]


@pytest.mark.parametrize("name", NAMES)
def test_signatures_are_those_of_keras(name):
    mine, theirs = (inspect.signature(getattr(module, name)).parameters for module in (random, keras.random))
    assert [(one.name, one.kind, one.default) for one in mine.values()] == [
        (one.name, one.kind, one.default) for one in theirs.values()
    ]


def test_the_configuration_of_a_generator_is_that_of_keras():
    ours, theirs = (module.SeedGenerator(7, name="dropout").get_config() for module in (random, keras.random))
    assert ours == theirs
