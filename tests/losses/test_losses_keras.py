"""Losses, as classes and functions, their weights, reductions and gradients: the answers of Keras, recorded."""

import pytest

from tests.cases_keras import rules

LIBRARY = rules.Onionskin()
KINDS = ("loss", "loss_function", "loss_function_with_gradient", "masked_loss")


@pytest.mark.parametrize("case", rules.recorded(*KINDS), ids=lambda case: case["id"])
def test_as_keras(case):
    rules.compare(case, rules.answer(LIBRARY, case), rules.expected(case))
