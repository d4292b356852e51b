"""Layers and models tell the stories that Keras told, on each engine."""

import pytest

from onionskin.layers.naming import reset_names
from tests.cases_keras import model_api, stories_layers, stories_masks, stories_models  # noqa: F401 - they tell

RECORD = model_api.recorded()
TRAINED = ("masks_reach_losses_and_metrics", "masks_through_models", "mixed_precision", "losses_of_calls")


def test_every_story_is_recorded():
    assert list(RECORD) == list(model_api.STORIES)


@pytest.mark.parametrize("name", model_api.STORIES)
def test_the_story_is_as_keras_tells_it(name):
    reset_names()
    model_api.compare(model_api.told(model_api.Onionskin(), name), RECORD[name], name)


@pytest.mark.parametrize("name", TRAINED)
def test_on_each_engine(name, each_engine):
    reset_names()
    model_api.compare(model_api.told(model_api.Onionskin(), name), RECORD[name], name)
