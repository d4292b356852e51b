"""Initializers: their distributions and scales, seeds, names, and the words of errors."""

import math

import numpy as np
import pytest

from onionskin import Variable, initializers, random
from onionskin.base.errors import ArgumentError, ShapeError, UnknownNameError
from onionskin.base.registry import custom_objects, register_serializable
from onionskin.state import SeedGenerator, set_random_seed
from tests.random.statistics import check_distribution, check_moments, normal_cdf

SHAPE = (400, 250)
KEPT = math.erf(math.sqrt(2))


def failing(call, error):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_without_chance():
    np.testing.assert_array_equal(initializers.Zeros()((2, 3)), np.zeros((2, 3), "float32"))
    np.testing.assert_array_equal(initializers.Ones()((2,), "int32"), np.ones(2, "int32"))
    np.testing.assert_array_equal(initializers.Constant([1.0, 2.0])((3, 2)), [[1.0, 2.0]] * 3)
    for dtype in ("float32", "float64", "int32"):
        assert initializers.Constant(3)((2,), dtype).dtype == dtype
    kept = initializers.Constant(np.array([1, 2], "int16"))
    back = initializers.deserialize(initializers.serialize(kept))
    np.testing.assert_array_equal(back.value, [1, 2])
    assert back.value.dtype == np.int16


@pytest.mark.parametrize(
    ("made", "limit"),
    [
        (initializers.GlorotUniform(1), math.sqrt(6 / 650)),
        (initializers.HeUniform(2), math.sqrt(6 / 400)),
        (initializers.LecunUniform(3), math.sqrt(3 / 400)),
        (initializers.RandomUniform(seed=4), 0.05),
        (initializers.VarianceScaling(0.5, "fan_out", "uniform", 5), math.sqrt(1.5 / 250)),
    ],
)
def test_uniform(made, limit):
    values = made(SHAPE)
    assert values.dtype == np.float32 and values.shape == SHAPE
    assert values.min() >= -limit - 1e-9 and values.max() <= limit + 1e-9
    check_distribution(values, lambda x: (x / limit + 1) / 2)
    check_moments(values, 0, limit**2 / 3, 9 / 5)


@pytest.mark.parametrize(
    ("made", "deviation"),
    [
        (initializers.GlorotNormal(1), math.sqrt(2 / 650)),
        (initializers.HeNormal(2), math.sqrt(2 / 400)),
        (initializers.LecunNormal(3), math.sqrt(1 / 400)),
        (initializers.VarianceScaling(seed=4), math.sqrt(1 / 400)),
        (initializers.VarianceScaling(2.0, "fan_avg", "Normal", seed=4), math.sqrt(2 / 325)),
        (initializers.TruncatedNormal(seed=5), 0.05 * 0.8796256610342398),
    ],
)
def test_truncated_normal(made, deviation):
    values = made(SHAPE, "float64")
    cut = deviation / 0.8796256610342398  # the deviation before the cut at two of them
    assert values.dtype == np.float64 and np.abs(values).max() <= 2 * cut
    check_distribution(values / cut, lambda x: (normal_cdf(x) - 0.5) / KEPT + 0.5)
    check_moments(values, 0, deviation**2, 2.366)


def test_normal():
    values = initializers.RandomNormal(1.0, 2.0, seed=1)(SHAPE, "float64")
    check_distribution((values - 1) / 2, normal_cdf)
    check_moments(values, 1, 4, 3)
    scaled = initializers.VarianceScaling(1.0, "fan_in", "untruncated_normal", seed=2)(SHAPE, "float64")
    check_distribution(scaled * math.sqrt(400), normal_cdf)


def test_the_numbers_are_those_of_random():
    np.testing.assert_array_equal(initializers.RandomNormal(seed=3)((4, 5)), random.normal((4, 5), 0.0, 0.05, seed=3))
    np.testing.assert_array_equal(
        initializers.TruncatedNormal(seed=3)((4, 5)), random.truncated_normal((4, 5), 0.0, 0.05, seed=3)
    )


def test_axes_of_inputs_and_outputs():
    assert initializers.compute_fans((2, 3, 4), [0, 1], [2]) == (6, 4)
    values = initializers.GlorotUniform(1, input_axes=[0, 1], output_axes=[2])((20, 30, 40))
    limit = math.sqrt(6 / 640)
    check_distribution(values, lambda x: (x / limit + 1) / 2)


def test_seeds():
    fixed = initializers.GlorotUniform(seed=7)
    np.testing.assert_array_equal(fixed((3, 4)), fixed((3, 4)))
    np.testing.assert_array_equal(fixed((3, 4)), initializers.GlorotUniform(seed=7)((3, 4)))
    free = initializers.GlorotUniform()
    np.testing.assert_array_equal(free((3, 4)), free((3, 4)))  # as Keras: drawn when the initializer is made
    assert (free((3, 4)) != initializers.GlorotUniform()((3, 4))).any()
    assert free.get_config()["seed"] is None
    set_random_seed(3)
    first = initializers.HeNormal()((3, 4))
    set_random_seed(3)
    np.testing.assert_array_equal(initializers.HeNormal()((3, 4)), first)
    running = initializers.RandomNormal(seed=SeedGenerator(5))
    one, two = running((3,)), running((3,))
    assert (one != two).any()
    back = initializers.deserialize(initializers.serialize(running))
    np.testing.assert_array_equal(back((3,)), one)
    assert isinstance(running.clone(), initializers.RandomNormal)
    assert failing(lambda: initializers.RandomNormal(seed="one"), ArgumentError) == (
        "RandomNormal: the seed of an initializer is a whole number, a SeedGenerator or None.\n  given:    'one'"
    )


def test_in_a_variable():
    weight = Variable(initializers.HeUniform(1), shape=(6, 2), name="w")
    np.testing.assert_array_equal(weight.numpy(), initializers.HeUniform(1)((6, 2)))
    with pytest.raises(NotImplementedError, match=r"^Initializer needs a method __call__"):
        Variable(initializers.Initializer(), shape=(2,))


def test_names():
    for name, kind in [
        ("glorot_uniform", "GlorotUniform"), ("GlorotUniform", "GlorotUniform"), ("he_normal", "HeNormal"),
        ("lecun_normal", "LecunNormal"), ("zeros", "Zeros"), ("zero", "Zeros"), ("one", "Ones"),
        ("uniform", "RandomUniform"), ("normal", "RandomNormal"), ("random_normal", "RandomNormal"),
    ]:  # fmt: skip
        assert type(initializers.get(name)).__name__ == kind
    assert initializers.he_normal is initializers.HeNormal
    assert initializers.get(None) is None and initializers.serialize(None) is None
    assert type(initializers.get(initializers.Zeros)) is initializers.Zeros
    assert failing(lambda: initializers.get("glorot"), UnknownNameError).startswith(
        "there is no initializer of this name.\n  given:    'glorot'\n  to fix:   did you mean 'glorot_normal'?"
    )
    assert failing(lambda: initializers.get(3), ArgumentError) == (
        "this is no initializer.\n  expected: a name, a configuration, a class, a function, an array or None\n"
        "  given:    3"
    )
    assert failing(lambda: initializers.deserialize({"config": {}}), ArgumentError) == (
        "this is no configuration of an initializer.\n"
        "  expected: a name, or a dictionary with class_name and config\n  given:    {'config': {}}"
    )
    assert failing(lambda: initializers.serialize(len), ArgumentError) == (
        "an initializer without get_config() cannot be written to a file.\n  given:    <built-in function len>\n"
        "  to fix:   make it a subclass of Initializer"
    )


def test_an_array_as_initializer():
    given = initializers.get(np.array([[1.0, 2.0]]))
    np.testing.assert_array_equal(given((1, 2), "float32"), np.array([[1.0, 2.0]], "float32"))
    assert failing(lambda: given((2, 1)), ShapeError) == (
        "the array given as initializer has another shape than the weight.\n  expected: (2, 1)\n  given:    (1, 2)"
    )


def test_arguments_of_variance_scaling():
    assert failing(lambda: initializers.VarianceScaling(0.0), ArgumentError) == (
        "VarianceScaling: the scale of a variance is positive.\n  given:    scale=0.0"
    )
    assert failing(lambda: initializers.VarianceScaling(mode="fan_inn"), ArgumentError) == (
        "VarianceScaling: unknown mode.\n  given:    'fan_inn'\n"
        "  to fix:   did you mean 'fan_in'? Known: fan_avg, fan_in, fan_out"
    )
    assert failing(lambda: initializers.VarianceScaling(distribution="uniforn"), ArgumentError) == (
        "VarianceScaling: unknown distribution.\n  given:    'uniforn'\n"
        "  to fix:   did you mean 'uniform'? Known: truncated_normal, uniform, untruncated_normal"
    )


def test_one_of_ones_own():
    @register_serializable("tests")
    class Threes(initializers.Initializer):
        def __call__(self, shape, dtype=None):
            return np.full(shape, 3, dtype)

    try:
        assert isinstance(initializers.deserialize(initializers.serialize(Threes())), Threes)
        assert isinstance(initializers.get("tests>Threes"), Threes)
        assert isinstance(initializers.deserialize("mine", custom_objects={"mine": Threes}), Threes)
    finally:
        custom_objects.pop("tests>Threes")
