"""What the plots ask of arrays, labels and names, and the words in which they refuse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin.base.columns import width
from onionskin.base.errors import ArgumentError, DataError, DTypeError, ShapeError


def numbers(value: Any, where: str) -> np.ndarray:
    """Return a value as an array of finite real numbers.

    Raises:
        DTypeError: it holds something else.
        DataError: its rows differ in length, or a number is NaN or infinite.
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise DataError("the rows differ in length.", where=where, expected="a regular array of numbers") from None
    if array.dtype.kind not in "biuf":
        raise DTypeError("these are no numbers.", where=where, expected="real numbers", given=array.dtype)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise DataError("a number is not finite.", where=where, given=f"{array[place]} at {list(place)}")
    return array


def class_numbers(value: Any, n: int, where: str) -> np.ndarray:
    """Return class numbers, one for each sample, as int64 of shape (n,).

    Args:
        value: (n,) or (n, 1), whole numbers from 0.
        n: how many samples there are.
        where: the argument, for errors.

    Raises:
        ShapeError: another shape.
        DataError: a label is negative or no whole number.
    """
    array = numbers(value, where)
    if array.shape not in ((n,), (n, 1)):
        raise ShapeError(
            "there must be one label for each sample.",
            where=where,
            expected=(n,),
            given=array.shape,
            fix="take argmax(axis=1) of one-hot labels or probabilities" if array.ndim == 2 else None,
        )
    array = array.reshape(n)
    bad = np.flatnonzero((array < 0) | (array != np.floor(array)))
    if bad.size:
        raise DataError(
            "a label is no class number.",
            where=where,
            expected="whole numbers from 0",
            given=f"{array[bad[0]]} at [{bad[0]}]",
        )
    return array.astype(np.int64)


def class_labels(names: Sequence[str] | None, classes: int, where: str) -> list[str]:
    """Return the names of the classes 0 to classes - 1, their numbers where there are no names.

    Raises:
        DTypeError: the names are one string, or something that is no list.
        DataError: there are fewer names than classes.
    """
    if names is None:
        return [str(number) for number in range(classes)]
    if isinstance(names, str) or not hasattr(names, "__len__"):
        raise DTypeError(
            "the class names must be a list.", where=where, expected="one string for each class", given=repr(names)
        )
    if len(names) < classes:
        raise DataError("there are fewer names than classes.", where=where, expected=classes, given=len(names))
    return [str(name) for name in names]


def whole(value: Any, least: int, most: int, where: str) -> int:
    """Return a whole number from `least` to `most`.

    Raises:
        ArgumentError: it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= value <= most:
        raise ArgumentError(
            "this number cannot be used.",
            where=where,
            expected=f"a whole number from {least} to {most}",
            given=repr(value),
        )
    return int(value)


def letter_widths(text: str) -> int:
    r"""Return the width of a text's longest line in Latin letters; Hangul, Chinese and Japanese are twice as wide.

    Example:
        >>> letter_widths("cat,\nis dog"), letter_widths("개")
        (6, 2)
    """
    return max(map(width, text.split("\n")))


def shortened(name: str, most: int) -> str:
    """Return a name cut to `most` letters, the last an ellipsis where it was longer.

    Example:
        >>> shortened("ankle boot", 6), shortened("bag", 6)
        ('ankle…', 'bag')
    """
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"
