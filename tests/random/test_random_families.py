"""Gamma, beta and binomial numbers: their distributions, both engines, generators, and the words of errors."""

import math

import numpy as np
import pytest

from onionskin import jit, random
from onionskin.base import config
from onionskin.base.errors import ArgumentError, DTypeError
from tests.conftest import NATIVE
from tests.random.statistics import KOLMOGOROV, check_moments

stats = pytest.importorskip("scipy.stats", reason="SciPy, which scikit-learn brings, has the distribution functions")
COUNT = (100, 200)


def check(values, distribution):
    found = stats.kstest(np.asarray(values, "float64").reshape(-1), distribution.cdf)
    assert found.statistic * math.sqrt(values.size) < KOLMOGOROV, found


@pytest.mark.parametrize("alpha", [0.05, 0.5, 1.0, 1.7, 30.0])
def test_gamma(alpha):
    values = random.gamma(COUNT, alpha, dtype="float64", seed=1)
    check(values, stats.gamma(alpha))
    check_moments(values, alpha, alpha, 3 + 6 / alpha)


def test_parameters_by_element():
    alphas = np.array([0.5, 4.0])
    values = random.gamma((20000, 2), alphas, dtype="float64", seed=2)
    for column, alpha in zip(values.T, alphas, strict=True):
        check(column, stats.gamma(alpha))
    shares = random.beta((20000, 2), alphas, 2.0, dtype="float64", seed=2)
    for column, alpha in zip(shares.T, alphas, strict=True):
        check(column, stats.beta(alpha, 2.0))
    hits = random.binomial((20000, 2), np.array([3, 400]), np.array([0.5, 0.25]), seed=2)
    np.testing.assert_allclose(hits.mean(0), [1.5, 100.0], rtol=0.01)
    even = random.uniform((20000, 2), np.array([0.0, 10.0]), np.array([1.0, 30.0]), seed=2)
    np.testing.assert_allclose(even.mean(0), [0.5, 20.0], rtol=0.02)
    whole = random.randint((20000, 2), np.array([0, 10]), np.array([3, 30]), seed=2)
    np.testing.assert_array_equal([whole.min(0), whole.max(0)], [[0, 10], [2, 29]])


@pytest.mark.parametrize(("alpha", "beta"), [(0.1, 0.2), (1.0, 1.0), (2.0, 5.0), (50.0, 30.0)])
def test_beta(alpha, beta):
    check(random.beta(COUNT, alpha, beta, dtype="float64", seed=3), stats.beta(alpha, beta))


@pytest.mark.parametrize("count", [1, 5, 16, 17, 40, 1000, 10**7])
@pytest.mark.parametrize("chance", [0.002, 0.3, 0.5, 0.95])
def test_binomial(count, chance):
    """Chi-square over ranges of the result that hold a twentieth each, where the result has that many values."""
    values = random.binomial(COUNT, count, chance, dtype="float64", seed=count)
    wanted = stats.binom(count, chance)
    ends = np.unique(wanted.ppf(np.arange(1, 20) / 20))
    shares = np.diff(np.concatenate([[0.0], wanted.cdf(ends), [1.0]]))
    seen = np.bincount(np.searchsorted(ends, values.reshape(-1)), minlength=len(shares))
    kept = shares * values.size > 5
    chi_square = float(np.sum((seen - shares * values.size)[kept] ** 2 / (shares * values.size)[kept]))
    assert chi_square < stats.chi2(max(kept.sum() - 1, 1)).ppf(1 - 1e-4), f"{seen}, chi-square {chi_square}"
    assert values.min() >= 0 and values.max() <= count
    np.testing.assert_array_equal(values, np.round(values))


def test_binomial_at_the_ends():
    np.testing.assert_array_equal(random.binomial((50,), 100, 0.0, seed=1), np.zeros(50))
    np.testing.assert_array_equal(random.binomial((50,), 100, 1.0, seed=1), np.full(50, 100.0))
    np.testing.assert_array_equal(random.binomial((50,), 0, 0.5, seed=1), np.zeros(50))
    traced = jit(lambda n: random.binomial((2000,), n, 0.5, seed=1))
    np.testing.assert_allclose(traced(np.array(1000)).mean(), 500, atol=5 * math.sqrt(250 / 2000))


DRAWS = {
    "uniform": lambda seed: random.uniform((3, 4), -1.0, 2.0, seed=seed),
    "normal": lambda seed: random.normal((3, 4), 1.0, 2.0, seed=seed),
    "truncated_normal": lambda seed: random.truncated_normal((3, 4), seed=seed),
    "randint": lambda seed: random.randint((3, 4), 0, 9, seed=seed),
    "categorical": lambda seed: random.categorical(np.zeros((2, 3)), 5, seed=seed),
    "dropout": lambda seed: random.dropout(np.ones((3, 4), "float32"), 0.5, seed=seed),
    "shuffle": lambda seed: random.shuffle(np.arange(9), seed=seed),
    "gamma": lambda seed: random.gamma((3, 4), np.array([0.3, 1.0, 2.0, 9.0]), seed=seed),
    "beta": lambda seed: random.beta((3, 4), 0.5, 2.0, seed=seed),
    "binomial": lambda seed: random.binomial((3, 4), np.array([0, 9, 90, 9000]), 0.4, seed=seed),
}


@pytest.mark.parametrize("name", DRAWS)
def test_the_same_numbers_on_both_engines(name):
    draw, results = DRAWS[name], []
    before = config.engine()
    for engine in ("reference", "native") if NATIVE else ("reference",):
        config.set_engine(engine)
        try:
            generator = random.SeedGenerator(5)
            step = jit(lambda x, generator=generator: (x, draw(generator), draw(6)))
            results.append([step(np.ones(1))[1:], step(np.ones(1))[1:]])
        finally:
            config.set_engine(before)
    eager = random.SeedGenerator(5)
    for engine in results:
        for _, fixed in engine:
            np.testing.assert_array_equal(fixed, draw(6))
        np.testing.assert_array_equal(engine[0][0], draw(random.SeedGenerator(5)))
    first, second = draw(eager), draw(eager)
    for engine in results:
        np.testing.assert_array_equal(engine[0][0], first)
        np.testing.assert_array_equal(engine[1][0], second)
    assert (first != second).any()


MISTAKES = [
    (
        lambda: random.gamma((2,), 0.0),
        ArgumentError,
        "random.gamma: alpha is positive.\n  expected: alpha > 0\n  given:    0.0",
    ),
    (
        lambda: random.beta((2,), 1.0, -1.0),
        ArgumentError,
        "random.beta: beta is positive.\n  expected: beta > 0\n  given:    -1.0",
    ),
    (
        lambda: random.binomial((2,), -1, 0.5),
        ArgumentError,
        "random.binomial: a number of trials is not negative.\n  expected: counts >= 0\n  given:    -1",
    ),
    (
        lambda: random.binomial((2,), 1, 1.5),
        ArgumentError,
        "random.binomial: a probability lies between 0 and 1.\n  expected: 0 to 1\n  given:    1.5",
    ),
    *[
        (
            lambda name=name, args=args: getattr(random, name)((2,), *args, dtype="int32"),
            DTypeError,
            f"random.{name}: these random numbers are floats.\n  given:    dtype 'int32'",
        )
        for name, args in (("gamma", (1.0,)), ("beta", (1.0, 1.0)), ("binomial", (1, 0.5)))
    ],
    (
        lambda: random.SeedGenerator(1, backend="numpy"),
        ArgumentError,
        "SeedGenerator: a seed generator has no such argument.\n  given:    'backend'",
    ),
]


@pytest.mark.parametrize(("call", "kind", "words"), MISTAKES)
def test_words(call, kind, words):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == words
