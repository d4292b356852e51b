"""Which samples are for validation: the last part of the training arrays, or what the user gives."""

from __future__ import annotations

import math
import numbers
from typing import Any

import numpy as np

from onionskin.base import trees
from onionskin.base.errors import ArgumentError, DataError
from onionskin.data import frames
from onionskin.data.arrays import check_lengths, is_arrays, is_sparse, map_parts, raw_array
from onionskin.data.source import ArraySource
from onionskin.data.stream import StreamSource
from onionskin.data.triple import require_x

Parts = tuple[Any, Any, Any]


def split_validation(x: Any, y: Any, sample_weight: Any, fraction: float, *, where: str = "fit") -> tuple[Parts, Parts]:
    """Keep the last samples for validation, in the order given, before any shuffling.

    The first floor(samples · (1 - fraction)) samples are for training, as in Keras.

    Args:
        x: array, list, table, sparse matrix or a tree of them.
        y: likewise, or None.
        sample_weight: likewise, or None.
        fraction: share of the samples for validation, between 0 and 1.
        where: the call they were passed to.

    Returns:
        (x, y, sample_weight) for training and the same for validation; views where slicing gives views.

    Raises:
        ArgumentError: the fraction is not between 0 and 1, or leaves one part empty.
        DataError: x is a stream of batches, or the lengths differ.

    Example:
        >>> train, validation = split_validation(np.arange(5), None, None, 0.4)
        >>> train[0], validation[0]
        (array([0, 1, 2]), array([3, 4]))
    """
    if isinstance(fraction, bool) or not isinstance(fraction, numbers.Real) or not 0 < fraction < 1:
        raise ArgumentError(
            "validation_split must be a share of the samples.",
            where=where,
            expected="a number above 0 and below 1",
            given=repr(fraction),
        )
    if x is not None and not is_arrays(x):
        raise DataError(
            "validation_split works only with arrays held in memory.",
            where=where,
            given=f"x of type {type(x).__name__}",
            fix="give validation_data, a second stream of batches",
        )
    names = ("x", "y", "sample_weight")
    parts = tuple(
        map_parts(lambda name, part: _Sliceable(name, part, where), name, part)
        for name, part in zip(names, (x, y, sample_weight), strict=True)
    )
    require_x(parts[0], where)
    leaves = [leaf for leaf in trees.flatten(parts)[0] if leaf is not None]
    count = check_lengths([(leaf.name, leaf.count) for leaf in leaves], where=where)
    at = math.floor(count * (1.0 - float(fraction)))
    if at in (0, count):
        raise ArgumentError(
            f"validation_split={fraction} leaves no sample for {'training' if at == 0 else 'validation'}.",
            where=where,
            given=f"{count} sample(s)",
            fix="give more samples, or another share",
        )
    train = trees.map_tree(lambda leaf: None if leaf is None else leaf.rows(0, at), parts)
    validation = trees.map_tree(lambda leaf: None if leaf is None else leaf.rows(at, count), parts)
    return train, validation


class _Sliceable:
    """One array or table, kept as what it is, so that a table's column names last until it is converted."""

    def __init__(self, name: str, value: Any, where: str | None) -> None:
        self.name = name
        if frames.is_table(value):
            self._value = value.iloc
            self.count = len(value)
        elif is_sparse(value):
            self._value = value.tocsr()
            self.count = int(value.shape[0])
        else:
            self._value = value if isinstance(value, np.ndarray) and value.ndim else raw_array(name, value, where=where)
            self.count = len(self._value)

    def rows(self, start: int, stop: int) -> Any:
        return self._value[start:stop]


def unpack(validation_data: Any, *, where: str = "fit, validation_data") -> Parts:
    """Take validation data apart.

    Args:
        validation_data: (x,), (x, y) or (x, y, sample_weight); or a source, a stream of batches, or x alone.
        where: what messages call it.

    Returns:
        (x, y, sample_weight), with None for what is absent.

    Raises:
        DataError: it has another number of parts.

    Example:
        >>> unpack(("x", "y"))
        ('x', 'y', None)
    """
    if isinstance(validation_data, ArraySource | StreamSource) or not isinstance(validation_data, list | tuple):
        return validation_data, None, None
    if not 1 <= len(validation_data) <= 3:
        raise DataError(
            "this cannot be taken apart.",
            where=where,
            expected="(x, y) or (x, y, sample_weight)",
            given=f"{len(validation_data)} parts",
        )
    x, y, sample_weight = (*validation_data, None, None)[:3]
    return x, y, sample_weight


def pack(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """Put the parts of a batch into the form that a step is given.

    Args:
        x: inputs.
        y: targets, None where there are none.
        sample_weight: weights, None where there are none.

    Returns:
        x alone, (x,) where x is itself a tuple or list, (x, y) or (x, y, sample_weight).

    Example:
        >>> pack("x"), pack("x", "y"), pack(["x"])
        ('x', ('x', 'y'), (['x'],))
    """
    if y is None and sample_weight is None:
        return (x,) if isinstance(x, tuple | list) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)
