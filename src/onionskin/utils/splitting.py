"""A data set in two parts, batches in theirs, and what tensors are."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base import philox, trees
from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError, DataError
from onionskin.base.specs import dtype_name
from onionskin.data import PyDataset, unpack
from onionskin.graph import Node
from onionskin.state import draw_seed
from onionskin.utils.batches import Batches


class Samples(Batches):
    """Samples of arrays held in memory."""

    def __init__(self, arrays: Any, places: np.ndarray, **more: Any) -> None:
        super().__init__(len(places), **more)
        self._arrays, self._places = arrays, places

    def rows(self, places: np.ndarray) -> Any:
        """Return these samples as arrays of the structure given."""
        return trees.map_tree(lambda one: one[self._places[places]], self._arrays)


def split_dataset(
    dataset: Any,
    left_size: float | None = None,
    right_size: float | None = None,
    shuffle: bool = False,
    seed: int | None = None,
    preferred_backend: str | None = None,
) -> tuple[Samples, Samples]:
    """Return a data set in two parts.

    Args:
        dataset: array, or tuple, list or dictionary of arrays, each (samples, …); or a `PyDataset` or list of batches
            of arrays, whose parts then come in batches too.
        left_size: samples of the first part, or the share of all that they are; the rest where None.
        right_size: likewise of the second part, which is taken from the end.
        shuffle: draw the samples of both parts, rather than take the first and the last.
        seed: of that draw; one of the process where None.
        preferred_backend: accepted, and without effect.

    Returns:
        Two data sets of single samples (`.batch(size)` makes batches of them, which `fit` takes), or of batches
        where batches were given.

    Raises:
        ArgumentError: the sizes cannot be used.
        DataError: the arrays have different lengths, or are no arrays.

    Example:
        >>> left, right = split_dataset(np.arange(10), left_size=0.8)
        >>> len(left), [int(one) for one in right]
        (8, [8, 9])
    """
    where = "split_dataset"
    size = None
    if isinstance(dataset, PyDataset):
        batches = list(dataset)
        if not batches:
            raise DataError("the data set holds no batch.", where=where, given=type(dataset).__name__)
        dataset = trees.map_tree(lambda *parts: np.concatenate(parts), *batches)
        size = len(trees.flatten(batches[0])[0][0])
    arrays = trees.map_tree(np.asarray, dataset)
    lengths = {one.shape[0] if one.ndim else None for one in trees.flatten(arrays)[0]}
    if len(lengths) != 1 or None in lengths:
        raise DataError(
            "a data set to split is made of arrays of one length.",
            where=where,
            given=f"lengths {sorted(map(str, lengths))}",
        )
    count = int(lengths.pop() or 0)
    left, right = _sizes(left_size, right_size, count)
    order = np.arange(count)
    if shuffle:
        order = philox.permutation(philox.make_seed(draw_seed() if seed is None else int(seed)), count)
    first, second = (Samples(arrays, part, batch_size=size) for part in (order[:left], order[count - right :]))
    return first, second


def _sizes(left: Any, right: Any, count: int) -> tuple[int, int]:
    """Return how many samples each part has."""
    if left is None and right is None:
        raise ArgumentError(
            "one of the two sizes is needed.",
            where="split_dataset",
            expected="left_size or right_size",
            given="neither",
        )
    whole: list[int | None] = []
    for name, value in (("left_size", left), ("right_size", right)):
        if value is None:
            whole.append(None)
            continue
        share = isinstance(value, float)
        most = 1 if share else count
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < most:
            raise ArgumentError(
                f"{name} is a number of samples or a share of them.",
                where="split_dataset",
                expected=f"1 to {count - 1}, or a float between 0 and 1",
                given=repr(value),
            )
        whole.append(round(value * count) if share else int(value))
    first, second = whole
    first = count - (second or 0) if first is None else first
    second = count - first if second is None else second
    if first + second > count or first < 1 or second < 1:
        raise ArgumentError(
            "the two parts do not fit the data set.",
            where="split_dataset",
            expected=f"at least 1 sample each, at most {count} together",
            given=f"{first} and {second}",
        )
    return first, second


def standardize_dtype(dtype: Any) -> str:
    """Return the name of a dtype, the default float dtype where None.

    Args:
        dtype: a name, a NumPy dtype, a Python type, or None.

    Raises:
        DTypeError: tensors cannot have it.

    Example:
        >>> standardize_dtype(np.float16), standardize_dtype(None)
        ('float16', 'float32')
    """
    return floatx() if dtype is None else dtype_name(dtype)


def is_keras_tensor(x: Any) -> bool:
    """Tell whether x is a tensor of a model's description, such as `Input` gives.

    Args:
        x: anything.

    Example:
        >>> is_keras_tensor(np.ones(2))
        False
    """
    return isinstance(x, Node) and x.described


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """Return inputs, targets and weights of a batch, None for what it does not have.

    Args:
        data: x alone, (x,), (x, y) or (x, y, sample_weight).

    Raises:
        DataError: it has another number of parts.

    Example:
        >>> unpack_x_y_sample_weight(("x", "y"))
        ('x', 'y', None)
    """
    return unpack(data, where="unpack_x_y_sample_weight")
