"""The random split of rows into training and test, the same for the same seed everywhere."""

from __future__ import annotations

import math

import numpy as np

from onionskin.base import philox
from onionskin.base.errors import ArgumentError

_STREAM = 0x5B117  # apart from the streams that make data from the same seed


def split(
    x: np.ndarray, y: np.ndarray, test_split: float, seed: int
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Shuffle rows and set the last part aside for the test.

    Args:
        x: inputs, (n, …).
        y: labels, (n,).
        test_split: the part of the rows for the test, between 0 and 1; rounded up to whole rows.
        seed: any integer.

    Returns:
        ((x_train, y_train), (x_test, y_test)).

    Raises:
        ArgumentError: `test_split` leaves no row on one of the sides.

    Example:
        >>> (x_train, _), (x_test, _) = split(np.arange(6), np.zeros(6), 1 / 3, 0)
        >>> len(x_train), len(x_test)
        (4, 2)
    """
    tests = math.ceil(len(x) * test_split) if 0 < test_split < 1 else 0
    if not 0 < tests < len(x):
        raise ArgumentError(
            "the split leaves no row for training or none for the test.",
            where="test_split",
            expected="a part between 0 and 1, such as 1/3",
            given=f"{test_split} of {len(x)} rows",
        )
    order = philox.permutation(philox.make_seed(seed, _STREAM), len(x))
    train, test = order[: len(x) - tests], order[len(x) - tests :]
    return (x[train], y[train]), (x[test], y[test])
