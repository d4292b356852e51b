"""The 8×8 digits that scikit-learn brings along: 1,797 images, no download."""

from __future__ import annotations

import numpy as np

from onionskin.base.errors import require
from onionskin.datasets.split import split

CLASS_NAMES = tuple("0123456789")
_Split = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def load_data(test_split: float = 0.2, seed: int = 0) -> _Split:
    """Return the 8×8 digits, with pixels from 0 to 16.

    Args:
        test_split: the part of the 1,797 images for the test, between 0 and 1.
        seed: of the random split.

    Returns:
        ((x_train, y_train), (x_test, y_test)): uint8 images (n, 8, 8), int64 labels (n,).

    Raises:
        MissingExtraError: scikit-learn is not installed.
        ArgumentError: `test_split` leaves no image on one of the sides.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load_data()
        >>> x_train.shape, x_test.shape
        ((1437, 8, 8), (360, 8, 8))

    Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
    Repository, 1998, doi:10.24432/C50P49 (its test part).
    """
    bundled = require("sklearn.datasets", "sklearn", "the 8×8 digits").load_digits()
    return split(bundled.images.astype(np.uint8), bundled.target.astype(np.int64), test_split, seed)
