"""The names of regularizers, those of one's own, and the words of errors."""

import numpy as np
import pytest

from onionskin import ops, regularizers
from onionskin.base.errors import ArgumentError, ShapeError, UnknownNameError
from onionskin.base.registry import custom_objects, register_serializable


def failing(call, error):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_names():
    for name in ("l2", "L2"):
        assert type(regularizers.get(name)) is regularizers.L2
    made = regularizers.L2()
    assert regularizers.get(made) is made and type(regularizers.get(regularizers.L2)) is regularizers.L2
    assert regularizers.get(None) is None and regularizers.serialize(None) is None
    assert failing(lambda: regularizers.get("l1_l3"), UnknownNameError).startswith(
        "there is no regularizer of this name.\n  given:    'l1_l3'\n  to fix:   did you mean 'l1_l2'?"
    )
    assert failing(lambda: regularizers.get(3), ArgumentError) == (
        "this is no regularizer.\n  expected: a name, a configuration, a class, a function or None\n  given:    3"
    )
    assert failing(lambda: regularizers.deserialize({"config": {}}), ArgumentError) == (
        "this is no configuration of a regularizer.\n  expected: a name, or a dictionary with class_name and config\n"
        "  given:    {'config': {}}"
    )
    assert failing(lambda: regularizers.serialize(len), ArgumentError) == (
        "a regularizer without get_config() cannot be written to a file.\n  given:    <built-in function len>\n"
        "  to fix:   make it a subclass of Regularizer"
    )


def test_one_of_ones_own():
    @register_serializable("tests")
    class Own(regularizers.Regularizer):
        def __init__(self, by=2.0):
            self.by = by

        def __call__(self, x):
            return self.by * ops.sum(x)

        def get_config(self):
            return {"by": self.by}

    try:
        back = regularizers.deserialize(regularizers.serialize(Own(3.0)))
        assert isinstance(back, Own) and float(back(np.array([1.0, 2.0]))) == 9.0
        assert isinstance(regularizers.get("tests>Own"), Own)
        assert isinstance(regularizers.deserialize("mine", custom_objects={"mine": Own}), Own)
    finally:
        custom_objects.pop("tests>Own")
    assert regularizers.get(np.abs) is np.abs


def test_factors():
    assert regularizers.l1_l2(l1=0.5).get_config() == {"l1": 0.5, "l2": 0.0}
    assert type(regularizers.get("l1_l2")) is type(regularizers.get("L1L2")) is regularizers.L1L2
    assert regularizers.L1(None).l1 == regularizers.L2(None).l2 == 0.01
    assert regularizers.Regularizer()(np.ones(3)) == 0.0
    for wrong in (-0.1, float("nan"), float("inf"), "much", True):
        assert failing(lambda wrong=wrong: regularizers.L2(wrong), ArgumentError) == (
            f"l2: the factor of a penalty is a number of at least 0.\n  expected: 0 or more\n  given:    {wrong!r}"
        )


def test_orthogonal():
    assert type(regularizers.get("orthogonal_regularizer")) is regularizers.OrthogonalRegularizer
    np.testing.assert_allclose(regularizers.OrthogonalRegularizer(1.0)(np.array([[3.0, 4.0]])), 0)  # no pair
    rows = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, -2.0]])
    np.testing.assert_allclose(regularizers.OrthogonalRegularizer(3.0)(rows), 2 / np.sqrt(2), rtol=1e-12)
    np.testing.assert_allclose(regularizers.OrthogonalRegularizer(3.0, "columns")(rows.T), 2 / np.sqrt(2), rtol=1e-12)
    assert failing(lambda: regularizers.OrthogonalRegularizer(mode="diagonal"), ArgumentError) == (
        "OrthogonalRegularizer: unknown mode.\n  expected: 'rows' or 'columns'\n  given:    'diagonal'"
    )
    assert failing(lambda: regularizers.OrthogonalRegularizer()(np.ones(3)), ShapeError) == (
        "OrthogonalRegularizer: a penalty on angles takes a matrix.\n  expected: (rows, columns)\n  given:    (3,)"
    )
