"""Shapes, dtypes and values that an initializer cannot serve, in its own words."""

import numpy as np
import pytest

from onionskin import initializers
from onionskin.base.errors import ArgumentError, DTypeError, OnionskinError, ShapeError

ALL = ("Zeros", "Ones", "Constant", "RandomNormal", "RandomUniform", "TruncatedNormal", "GlorotUniform", "HeNormal")


def failing(call, error):
    with pytest.raises(OnionskinError) as caught:
        call()
    assert isinstance(caught.value, error)
    return str(caught.value)


@pytest.mark.parametrize("name", [*ALL, "Orthogonal", "Identity"])
def test_shapes(name):
    initializer = getattr(initializers, name)()
    assert (
        failing(lambda: initializer((-1, 2)), ShapeError) == f"{name}: a size is negative.\n  given:    shape (-1, 2)"
    )
    assert failing(lambda: initializer("ab"), DTypeError) == f"{name}: a size is a whole number.\n  given:    'ab'"
    assert failing(lambda: initializer((2, 1.5)), DTypeError) == f"{name}: a size is a whole number.\n  given:    1.5"
    if name in ALL:
        assert initializer(5).shape == (5,)


@pytest.mark.parametrize("name", [*ALL[3:], "Orthogonal"])
def test_random_numbers_are_not_cut_off(name):
    assert failing(lambda: getattr(initializers, name)()((4, 4), dtype="int32"), DTypeError) == (
        f"{name}: random weights are floats.\n  expected: float16, float32, float64\n  given:    int32"
    )


def test_values_that_fill_no_weight():
    for value in ("a", np.ones(2)):
        words = failing(lambda v=value: initializers.Constant(v)((3,)), ArgumentError)
        assert words.startswith(
            "Constant: this value cannot fill a weight.\n  expected: a number, or an array that broadcasts to (3,)"
        )
