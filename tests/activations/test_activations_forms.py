"""Activations: ours beside Keras's, their derivatives, names and errors."""

import numpy as np
import pytest

from onionskin import activations
from onionskin.base.errors import ArgumentError, UnknownNameError
from onionskin.base.registry import custom_objects, register_serializable
from onionskin.base.specs import Spec
from onionskin.graph import trace
from onionskin.runtime import grad
from tests.checks import check_derivative

X = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])
SMOOTH = ["sigmoid", "tanh", "softmax", "linear", "softplus", "elu", "gelu", "softsign", "selu", "silu", "exponential",
          "log_softmax", "mish", "log_sigmoid", "squareplus", "tanh_shrink"]  # fmt: skip
PIECES = [
    "relu",
    "leaky_relu",
    "relu6",
    "hard_sigmoid",
    "celu",
    "glu",
    "hard_silu",
    "hard_tanh",
    "hard_shrink",
    "soft_shrink",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
]


def failing(call, error):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_step_and_sign():
    np.testing.assert_array_equal(activations.step(X), [0, 0, 1, 1, 1])
    np.testing.assert_array_equal(activations.sign(X), [-1, -1, 0, 1, 1])
    assert activations.step(X.astype("float32")).dtype == np.float32
    for name in ("step", "sign"):
        slope = grad(lambda x, name=name: activations.get(name)(x).sum())(X)
        np.testing.assert_array_equal(slope, np.zeros(5), err_msg=name)


@pytest.mark.parametrize("name", SMOOTH + PIECES)
def test_derivative(name):
    """Against central differences in float64, twice where smooth; the pieces are met away from their corners."""
    rng = np.random.default_rng(1)
    x = rng.uniform(0.2, 2.5, (3, 4)) * rng.choice([-1, 1], (3, 4))
    graph = trace(activations.get(name), [Spec((3, 4), "float64")])
    check_derivative(graph, [x], rng, order=2 if name in SMOOTH else 1)


def test_far_ends_stay_finite():
    x = np.array([-1e4, 1e4], "float32")
    for name in (*SMOOTH, *PIECES):
        if name != "exponential":
            assert np.isfinite(activations.get(name)(x)).all(), name


@pytest.mark.parametrize("axis", [-1, 0])
def test_sparsemax_is_the_nearest_point_of_the_simplex(axis):
    """Its conditions: sums of 1, one threshold for all that are above 0, the others below it."""
    x = np.random.default_rng(2).normal(size=(5, 6)) * 2
    y = activations.sparsemax(x, axis=axis)
    np.testing.assert_allclose(y.sum(axis), np.ones(5 if axis == -1 else 6), rtol=1e-12)
    x, y = np.moveaxis(x, axis, -1), np.moveaxis(y, axis, -1)
    for row, found in zip(x, y, strict=True):
        threshold = (row - found)[found > 0]
        np.testing.assert_allclose(threshold, threshold[0], rtol=1e-12)
        assert (row[found == 0] <= threshold[0] + 1e-12).all() and (found >= 0).all()


def test_relu_of_integers():
    """The dtypes and numbers of Keras 3.15: fractions of integers are floats, bounds of integers are integers."""
    x = np.array([-3, -1, 0, 1, 2, 9], "int32")
    for arguments, dtype, wanted in (
        ({}, "int32", [0, 0, 0, 1, 2, 9]),
        ({"negative_slope": 0.1}, "float32", [-0.3, -0.1, 0, 1, 2, 9]),
        ({"negative_slope": 0.1, "max_value": 3.5}, "float32", [-0.3, -0.1, 0, 1, 2, 3]),
        ({"negative_slope": 0.1, "threshold": 1.5}, "float32", [-0.45, -0.25, -0.15, -0.05, 2, 9]),
        ({"threshold": 1.5}, "int32", [0, 0, 0, 0, 2, 9]),
        ({"max_value": 3.5}, "int32", [0, 0, 0, 1, 2, 3]),
        ({"max_value": 6}, "float32", [0, 0, 0, 1, 2, 6]),
    ):
        found = activations.relu(x, **arguments)
        assert found.dtype == dtype, arguments
        np.testing.assert_allclose(found, np.array(wanted, dtype), rtol=1e-6)


def test_names():
    assert activations.get("hard_swish") is activations.hard_silu is activations.hard_swish
    assert activations.get("threshold")(np.array([1.0, 3.0]), 2.0, 0.5).tolist() == [0.5, 3.0]
    assert activations.get("swish") is activations.silu is activations.swish
    assert activations.get(None) is activations.linear
    assert activations.get(np.tanh) is np.tanh
    for name in (*SMOOTH, *PIECES, "step", "sign"):
        assert activations.serialize(activations.get(name)) == name
        assert activations.deserialize({"class_name": "function", "config": name}) is activations.get(name)
    assert failing(lambda: activations.get("rleu"), UnknownNameError).startswith(
        "there is no activation of this name.\n  given:    'rleu'\n  to fix:   did you mean 'relu'?"
    )
    assert failing(lambda: activations.get(3), ArgumentError) == (
        "this is no activation.\n  expected: a name, a configuration, a function or None\n  given:    3"
    )
    assert failing(lambda: activations.serialize(np.tanh), ArgumentError) == (
        "a function of your own has no name that a file could use.\n  given:    'tanh'\n"
        "  to fix:   put @onionskin.saving.register_keras_serializable() above its definition"
    )
    assert failing(lambda: activations.deserialize({"config": "relu"}), ArgumentError) == (
        "this is no configuration of an activation.\n"
        "  expected: a name, or a dictionary with class_name and config\n  given:    {'config': 'relu'}"
    )


def test_an_activation_of_ones_own():
    @register_serializable("tests")
    def doubled(x):
        return 2 * x

    @register_serializable("tests")
    class Scaled:
        def __init__(self, by):
            self.by = by

        def __call__(self, x):
            return self.by * x

        def get_config(self):
            return {"by": self.by}

        @classmethod
        def from_config(cls, config):
            return cls(**config)

    try:
        assert activations.serialize(doubled) == "tests>doubled"
        assert activations.get("tests>doubled") is doubled
        assert activations.deserialize("own", custom_objects={"own": doubled}) is doubled
        back = activations.deserialize(activations.serialize(Scaled(3.0)))
        assert isinstance(back, Scaled) and back(2.0) == 6.0
    finally:
        for name in ("tests>doubled", "tests>Scaled"):
            custom_objects.pop(name)
