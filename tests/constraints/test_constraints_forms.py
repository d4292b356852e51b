"""The names of constraints, those of one's own, and the words of errors."""

import numpy as np
import pytest

from onionskin import constraints, ops
from onionskin.base.errors import ArgumentError, UnknownNameError
from onionskin.base.registry import custom_objects, register_serializable


def failing(call, error):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_names():
    for name in ("unit_norm", "UnitNorm"):
        assert type(constraints.get(name)) is constraints.UnitNorm
    made = constraints.UnitNorm()
    assert constraints.get(made) is made and type(constraints.get(constraints.UnitNorm)) is constraints.UnitNorm
    assert constraints.get(None) is None and constraints.serialize(None) is None
    assert failing(lambda: constraints.get("unit_nrm"), UnknownNameError).startswith(
        "there is no constraint of this name.\n  given:    'unit_nrm'\n  to fix:   did you mean 'unit_norm'?"
    )
    assert failing(lambda: constraints.get(3), ArgumentError) == (
        "this is no constraint.\n  expected: a name, a configuration, a class, a function or None\n  given:    3"
    )
    assert failing(lambda: constraints.deserialize({"config": {}}), ArgumentError) == (
        "this is no configuration of a constraint.\n  expected: a name, or a dictionary with class_name and config\n"
        "  given:    {'config': {}}"
    )
    assert failing(lambda: constraints.serialize(len), ArgumentError) == (
        "a constraint without get_config() cannot be written to a file.\n  given:    <built-in function len>\n"
        "  to fix:   make it a subclass of Constraint"
    )


def test_one_of_ones_own():
    @register_serializable("tests")
    class Own(constraints.Constraint):
        def __init__(self, by=2.0):
            self.by = by

        def __call__(self, x):
            return self.by * ops.sum(x)

        def get_config(self):
            return {"by": self.by}

    try:
        back = constraints.deserialize(constraints.serialize(Own(3.0)))
        assert isinstance(back, Own) and float(back(np.array([1.0, 2.0]))) == 9.0
        assert isinstance(constraints.get("tests>Own"), Own)
        assert isinstance(constraints.deserialize("mine", custom_objects={"mine": Own}), Own)
    finally:
        custom_objects.pop("tests>Own")
    assert constraints.get(np.abs) is np.abs


def test_what_they_hold():
    w = np.random.default_rng(0).normal(size=(5, 4)) * 3
    assert (constraints.NonNeg()(w) >= 0).all()
    np.testing.assert_allclose(np.linalg.norm(constraints.UnitNorm()(w), axis=0), np.ones(4), rtol=1e-6)
    assert (np.linalg.norm(constraints.MaxNorm(2.0, axis=1)(w), axis=1) <= 2.0).all()
    norms = np.linalg.norm(constraints.MinMaxNorm(3.0, 4.0)(w), axis=0)
    assert (norms > 3.0 - 1e-6).all() and (norms < 4.0 + 1e-6).all()
    np.testing.assert_array_equal(constraints.Constraint()(w), w)
    assert np.isfinite(constraints.UnitNorm()(np.zeros((2, 2)))).all()
