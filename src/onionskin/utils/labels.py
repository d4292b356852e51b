"""Labels in the forms that losses ask for."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError, DataError

MAX_ELEMENTS = 2**34  # 64 GiB of float32: identifiers taken for class numbers, rather than classes


def to_categorical(x: Any, num_classes: int | None = None) -> np.ndarray:
    """Return class numbers as one-hot rows.

    Args:
        x: whole numbers from 0, of any shape (…).
        num_classes: number of classes; the largest label plus 1 where None.

    Returns:
        Array of shape (…, num_classes) in the default float dtype; a last axis of 1 in x is dropped.

    Raises:
        DataError: a label is no whole number, or not below num_classes.
        ArgumentError: num_classes is no positive whole number.

    Example:
        >>> print(to_categorical([0, 2, 1]))
        [[1. 0. 0.]
         [0. 0. 1.]
         [0. 1. 0.]]
    """
    given = np.asarray(x)
    where = "to_categorical"
    numbers = given.dtype.kind in "biuf"
    broken = given[~np.isfinite(given) | (given != np.floor(given))] if numbers else given
    if broken.size:
        wrong = f"{broken.flat[0]}" if numbers else f"dtype {given.dtype}"
        raise DataError("labels are whole numbers.", where=where, expected="0, 1, 2 …", given=wrong)
    labels = given.astype(np.int64)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels.reshape(labels.shape[:-1])
    whole = isinstance(num_classes, int | np.integer) and not isinstance(num_classes, bool)
    if num_classes is not None and not (whole and num_classes > 0):
        raise ArgumentError("num_classes is a positive whole number.", where=where, given=repr(num_classes))
    classes = int(labels.max(initial=-1)) + 1 if num_classes is None else int(num_classes)
    outside = labels[(labels < 0) | (labels >= classes)]
    if outside.size:
        raise DataError(
            "a label is none of the classes.", where=where, expected=f"0 to {classes - 1}", given=int(outside.flat[0])
        )
    if labels.size * classes > MAX_ELEMENTS:
        raise DataError(
            "one-hot rows for these labels would be too large.",
            where=where,
            given=f"{labels.size} labels of {classes} classes",
            fix="number the classes 0, 1, 2 …",
        )
    rows = np.zeros((*labels.shape, classes), dtype=floatx())
    np.put_along_axis(rows, labels[..., None], 1, axis=-1)
    return rows


def normalize(x: Any, axis: int = -1, order: int = 2) -> np.ndarray:
    """Return x with vectors of length 1 along an axis: x / ‖x‖, zeros staying zero.

    Args:
        x: array of numbers.
        axis: the axis along which the vectors lie.
        order: order of the norm.

    Example:
        >>> print(normalize(np.array([3.0, 4.0])))
        [0.6 0.8]
    """
    array = np.asarray(x)
    length = np.linalg.norm(np.atleast_1d(array), order, axis, keepdims=True)
    return np.asarray(array / np.where(length == 0, 1, length)).reshape(array.shape)
