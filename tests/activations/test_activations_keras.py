"""Activations: the answers of Keras, recorded."""

import pytest

from tests.cases_keras import rules

LIBRARY = rules.Onionskin()


@pytest.mark.parametrize("case", rules.recorded("activation", "activation_with_gradient"), ids=lambda case: case["id"])
def test_as_keras(case):
    rules.compare(case, rules.answer(LIBRARY, case), rules.expected(case))
