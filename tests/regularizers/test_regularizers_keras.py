"""Regularizers: the answers of Keras, recorded."""

import pytest

from tests.cases_keras import rules

LIBRARY = rules.Onionskin()
KINDS = ("regularizer", "regularizer_with_gradient")


@pytest.mark.parametrize("case", rules.recorded(*KINDS), ids=lambda case: case["id"])
def test_as_keras(case):
    rules.compare(case, rules.answer(LIBRARY, case), rules.expected(case))
