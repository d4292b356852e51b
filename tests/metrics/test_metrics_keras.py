"""Metrics over two batches and after a reset: the answers of Keras, recorded."""

import pytest

from tests.cases_keras import rules

LIBRARY = rules.Onionskin()
KINDS = ("metric", "values_metric", "masked_metric")


@pytest.mark.parametrize("case", rules.recorded(*KINDS), ids=lambda case: case["id"])
def test_as_keras(case):
    rules.compare(case, rules.answer(LIBRARY, case), rules.expected(case))


@pytest.mark.parametrize("case", rules.recorded("resolve"), ids=lambda case: case["id"])
def test_accuracy_is_resolved_as_keras_does(case):
    assert LIBRARY.resolved(tuple(case["y_shape"]), tuple(case["output_shape"])) == case["class_name"]
