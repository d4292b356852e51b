"""Random tensors: their distributions, the same bits eagerly and traced, and the words of errors."""

import math

import numpy as np
import pytest

from onionskin import jit, random
from onionskin.base import philox
from onionskin.base.errors import ArgumentError, DTypeError, ShapeError
from onionskin.base.specs import Spec
from onionskin.graph import make_input
from tests.random.statistics import check_counts, check_distribution, check_moments, normal_cdf

COUNT = (200, 500)


def failing(call, error):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_uniform():
    values = random.uniform(COUNT, seed=1)
    check_distribution(values, lambda x: x)
    check_moments(values, 0.5, 1 / 12, 9 / 5)
    assert values.min() >= 0 and values.max() < 1
    moved = random.uniform(COUNT, -2.0, 3.0, seed=1)
    check_distribution(moved, lambda x: (x + 2) / 5)
    np.testing.assert_allclose(moved, values * 5 - 2, rtol=1e-6, atol=1e-6)
    # where sums round up in float32, the upper end is still never drawn
    assert random.uniform((100000,), 1e6, 1e6 + 1, seed=2).max() < 1e6 + 1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_normal(dtype):
    values = random.normal(COUNT, dtype=dtype, seed=3)
    assert values.dtype == dtype
    check_distribution(values, normal_cdf)
    check_moments(values, 0, 1, 3)
    check_distribution((random.normal(COUNT, 5.0, 0.1, seed=4).astype("float64") - 5) / 0.1, normal_cdf)


def test_normal_tails():
    """Of a million numbers, as many lie beyond 3, 4 and 4.5 deviations as should, on either side."""
    values = random.normal((1000, 1000), seed=5)
    for limit in (3.0, 4.0, 4.5):
        wanted = 1e6 * 0.5 * math.erfc(limit / math.sqrt(2))
        for count in ((values > limit).sum(), (values < -limit).sum()):
            assert abs(count - wanted) < 5 * math.sqrt(wanted) + 1, f"{count} beyond {limit}, {wanted} expected"
    assert np.isfinite(values).all()


def test_truncated_normal():
    values = random.truncated_normal(COUNT, seed=6)
    kept = math.erf(math.sqrt(2))
    check_distribution(values, lambda x: (normal_cdf(x) - 0.5) / kept + 0.5)
    check_moments(values, 0, 0.8796256610342398**2, 2.366)
    assert np.abs(values).max() <= 2
    assert np.abs(random.truncated_normal(COUNT, 1.0, 0.5, seed=6) - 1).max() <= 1


def test_randint():
    values = random.randint(COUNT, 3, 10, seed=7)
    assert values.dtype == np.int32
    check_counts(values - 3, [1 / 7] * 7)
    assert random.randint((3,), 250, 256, "uint8", seed=7).dtype == np.uint8
    wide = random.randint((1000,), -(2**31), 2**31, "int64", seed=8)
    assert wide.min() < -(2**30) and wide.max() > 2**30


def test_bernoulli():
    check_counts(random.bernoulli(COUNT, 0.3, dtype="int32", seed=9), [0.7, 0.3])
    assert random.bernoulli((2,), seed=9).dtype == np.float32
    rows = random.bernoulli((10000, 2), np.array([0.0, 1.0]), seed=9)
    np.testing.assert_array_equal(rows.mean(0), [0.0, 1.0])


def test_permutation_and_shuffle():
    order = random.permutation(1000, seed=10)
    np.testing.assert_array_equal(np.sort(order), np.arange(1000))
    np.testing.assert_array_equal(order, philox.permutation(philox.make_seed(10), 1000))
    first = [int(random.permutation(5, seed=index)[0]) for index in range(2000)]
    check_counts(first, [1 / 5] * 5)
    table = np.arange(12).reshape(3, 4)
    shuffled = random.shuffle(table, axis=1, seed=11)
    np.testing.assert_array_equal(np.sort(shuffled, axis=1), table)
    np.testing.assert_array_equal(shuffled, table[:, random.permutation(4, seed=11)])


def test_categorical():
    shares = np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])
    drawn = random.categorical(np.log(shares), 20000, seed=12)
    assert drawn.shape == (2, 20000) and drawn.dtype == np.int32
    for row, wanted in zip(drawn, shares, strict=True):
        check_counts(row, wanted)


def test_dropout():
    x = np.linspace(1, 2, 100000, dtype="float32").reshape(100, 1000)
    y = random.dropout(x, 0.3, seed=13)
    kept = y != 0
    np.testing.assert_array_equal(y[kept], x[kept] / np.float32(0.7))
    check_counts(kept.astype(int), [0.3, 0.7])
    np.testing.assert_allclose(y.mean(), x.mean(), rtol=0.01)
    assert random.dropout(x, 0.0, seed=13) is x
    np.testing.assert_array_equal(random.dropout(x, 1, seed=13), np.zeros_like(x))
    columns = random.dropout(x, 0.5, noise_shape=(1, None), seed=14) != 0
    np.testing.assert_array_equal(columns, np.broadcast_to(columns[:1], columns.shape))
    assert 0 < columns[0].sum() < 1000


def test_dropout_of_a_description():
    """The batch is not known: the shape is that of the inputs."""
    x = make_input(Spec((None, 3), "float32"), described=True)
    for seed in (1, random.SeedGenerator(1)):
        assert random.dropout(x, 0.5, seed=seed).shape == (None, 3)


DRAWS = {
    "uniform": lambda seed: random.uniform((3, 4), -1.0, 2.0, seed=seed),
    "normal": lambda seed: random.normal((3, 4), seed=seed),
    "truncated_normal": lambda seed: random.truncated_normal((3, 4), seed=seed),
    "randint": lambda seed: random.randint((3, 4), 0, 9, seed=seed),
    "bernoulli": lambda seed: random.bernoulli((3, 4), seed=seed),
    "permutation": lambda seed: random.permutation(9, seed=seed),
    "shuffle": lambda seed: random.shuffle(np.arange(9), seed=seed),
    "categorical": lambda seed: random.categorical(np.zeros((2, 3)), 5, seed=seed),
    "dropout": lambda seed: random.dropout(np.ones((3, 4), "float32"), 0.5, seed=seed),
}


@pytest.mark.parametrize("name", DRAWS)
def test_the_same_bits_eagerly_and_traced(name):
    draw = DRAWS[name]
    eager, traced = random.SeedGenerator(5), random.SeedGenerator(5)
    step = jit(lambda x: (x, draw(traced)))
    results = []
    for _ in range(3):
        mine = draw(eager)
        np.testing.assert_array_equal(step(np.ones(1))[1], mine)
        results.append(mine)
    assert any((one != results[0]).any() for one in results[1:]), "each draw takes the next numbers"
    np.testing.assert_array_equal(eager.state.numpy(), traced.state.numpy())
    np.testing.assert_array_equal(draw(6), draw(6))
    np.testing.assert_array_equal(jit(lambda x: (x, draw(6)))(np.ones(1))[1], draw(6))


def test_words():
    for name in ("uniform", "normal", "truncated_normal"):
        draw = getattr(random, name)
        assert failing(lambda draw=draw: draw((2,), dtype="int32"), DTypeError) == (
            f"random.{name}: these random numbers are floats.\n  given:    dtype 'int32'"
        )
    assert failing(lambda: random.randint((2,), 0, 3, dtype="float32"), DTypeError) == (
        "random.randint: these random numbers are integers.\n  given:    dtype 'float32'"
    )
    assert failing(lambda: random.randint((2,), 3, 3), ArgumentError) == (
        "random.randint: there is no whole number to draw.\n  expected: minval < maxval\n  given:    minval=3, maxval=3"
    )
    assert failing(lambda: random.categorical([0.0, 1.0], 2), ArgumentError) == (
        "random.categorical: logits have two axes.\n  expected: shape (batch, classes)\n  given:    (2,)"
    )
    assert failing(lambda: random.dropout(np.ones(2), 1.5), ArgumentError) == (
        "random.dropout: the rate of dropout is a share.\n  expected: 0 to 1\n  given:    1.5"
    )
    assert failing(lambda: random.normal((2,), seed="one"), ArgumentError) == (
        "a seed is a whole number, a SeedGenerator or None.\n  expected: int, SeedGenerator or None\n  given:    'one'"
    )


def test_shapes_and_axes_are_whole_numbers():
    for call, words in (
        (lambda: random.normal("a"), "a size is a whole number.\n  given:    'a'"),
        (lambda: random.uniform((2.5,)), "a size is a whole number.\n  given:    2.5"),
        (lambda: random.shuffle(np.ones((2, 3)), axis="a"), "an axis is a whole number.\n  given:    'a'"),
    ):
        with pytest.raises(DTypeError) as caught:
            call()
        assert str(caught.value) == words
    with pytest.raises(ShapeError) as caught:
        random.shuffle(np.ones((2, 3)), axis=4)
    assert str(caught.value).startswith("there is no such axis.")
