"""Layers and models: the same stories told to Keras on JAX and to onionskin."""

import pytest

from onionskin.layers.naming import reset_names
from tests.cases_keras import model_api, stories_layers, stories_masks, stories_models  # noqa: F401 - they tell

keras = pytest.importorskip("keras", reason="Keras is not installed; `make test-peers` installs it")

pytestmark = pytest.mark.filterwarnings("ignore")  # Keras's own, of structures, masks and its variables


@pytest.fixture(scope="module")
def library():
    if keras.backend.backend() != "jax":
        pytest.skip("Keras does not run on JAX; set KERAS_BACKEND=jax")
    return model_api.Keras()


@pytest.mark.parametrize("name", model_api.STORIES)
def test_the_same_story(library, name):
    keras.utils.clear_session()
    reset_names()
    theirs = model_api.told(library, name)
    model_api.compare(model_api.told(model_api.Onionskin(), name), theirs, name)
    model_api.compare(model_api.recorded()[name], theirs, f"record of {name}")
