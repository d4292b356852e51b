"""Models against what Keras answered, as recorded by tests/peers/record_models.py."""

import pytest

import onionskin
from tests.models import keras_cases

pytestmark = pytest.mark.usefixtures("each_engine")

ANSWERS = keras_cases.recorded()


def test_every_question_has_its_answer():
    assert list(ANSWERS) == list(keras_cases.QUESTIONS)


@pytest.mark.parametrize("question", keras_cases.QUESTIONS)
def test_answers(question):
    keras_cases.compare(keras_cases.QUESTIONS[question](onionskin), ANSWERS[question])
