"""Tests of distributions with exact critical values: Kolmogorov and Smirnov's, chi-square, mean and variance."""

import math

import numpy as np

# Critical value of √n · D at a chance of 1 in 10,000; the seeds are fixed, so a test that passes always passes.
KOLMOGOROV = 2.23


def normal_cdf(x):
    return 0.5 * np.array([math.erfc(-value / math.sqrt(2)) for value in x])


def check_distribution(values, cdf):
    """Compare numbers with a distribution function, by the largest gap between it and the share of numbers below."""
    ordered = np.sort(np.asarray(values, "float64").reshape(-1))
    below = np.asarray(cdf(ordered), "float64")
    count = len(ordered)
    steps = np.arange(count)
    gap = max(np.max((steps + 1) / count - below), np.max(below - steps / count))
    assert gap * math.sqrt(count) < KOLMOGOROV, f"√n·D = {gap * math.sqrt(count)}"


def check_moments(values, mean, variance, kurtosis):
    """Compare mean and variance, allowed five standard errors each; kurtosis is the fourth moment by σ⁴."""
    values = np.asarray(values, "float64")
    count = values.size
    np.testing.assert_allclose(values.mean(), mean, atol=5 * math.sqrt(variance / count), rtol=0)
    np.testing.assert_allclose(values.var(), variance, rtol=5 * math.sqrt((kurtosis - 1) / count))


def check_counts(values, shares):
    """Compare how often each whole number occurs with its share, by chi-square within five deviations of its mean."""
    values = np.asarray(values).reshape(-1)
    counts = np.bincount(values, minlength=len(shares))
    assert len(counts) == len(shares), f"a number beyond {len(shares) - 1}"
    wanted = np.asarray(shares) * len(values)
    chi_square = float(np.sum((counts - wanted) ** 2 / wanted))
    freedom = len(shares) - 1
    assert chi_square < freedom + 5 * math.sqrt(2 * freedom), f"counts {counts}, chi-square {chi_square}"
