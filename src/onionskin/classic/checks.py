"""What the classic networks ask of samples, counts and rates, and the words in which they refuse."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.plot.checks import numbers


def samples(x: Any, y: Any, where: str) -> tuple[np.ndarray, np.ndarray]:
    """Return samples as float64 (n, d) and their labels as (n,); without labels, none are asked for.

    Raises:
        ShapeError: another shape, or another number of labels than of samples.
        DTypeError: the samples hold no numbers.
        DataError: a number is not finite.
    """
    inputs = numbers(x, f"{where}(X)").astype(np.float64)
    if inputs.ndim != 2 or not inputs.size:
        raise ShapeError("samples are rows of inputs.", where=f"{where}(X)", expected="(n, d), each at least 1",
                         given=inputs.shape)  # fmt: skip
    if y is None:
        return inputs, np.empty(0)
    labels = np.asarray(y)
    if labels.shape not in ((len(inputs),), (len(inputs), 1)):
        raise ShapeError("there must be one label for each sample.", where=f"{where}(y)", expected=(len(inputs),),
                         given=labels.shape)  # fmt: skip
    return inputs, labels.reshape(len(inputs))


def positive(value: Any, where: str, zero: bool = False) -> float:
    """Return a finite number above 0; 0 itself is allowed where `zero` says so.

    Raises:
        ArgumentError: it is something else.
    """
    kind = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not kind or not np.isfinite(value) or value < 0 or (value == 0 and not zero):
        raise ArgumentError("this number cannot be used.", where=where,
                            expected="a number from 0" if zero else "a number above 0", given=repr(value))  # fmt: skip
    return float(value)


def count(value: Any, where: str) -> int:
    """Return a whole number from 1.

    Raises:
        ArgumentError: it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ArgumentError("this number cannot be used.", where=where, expected="a whole number from 1",
                            given=repr(value))  # fmt: skip
    return int(value)
