"""Data held in memory: one set of arrays, its batch size and the order of its samples; and the door to all sources."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from onionskin.base import philox
from onionskin.base.errors import ArgumentError, DataError
from onionskin.base.specs import Spec
from onionskin.base.trees import TreeDef
from onionskin.data import triple
from onionskin.data.arrays import is_arrays
from onionskin.data.stream import StreamSource

DEFAULT_BATCH = 32  # as Keras


class ArraySource:
    """Arrays in memory, to be read in batches.

    Args:
        data: the converted arrays.
        batch_size: samples in a batch; None is 32, or what `steps` batches need to hold all samples.
        shuffle: True draws a new order of samples, "batch" a new order of whole batches, False keeps theirs.
        steps: the most batches to read in an epoch; None reads all.
        where: the call they were passed to.

    Attributes:
        arrays: the leaves of x, y and sample_weight that are there, each of shape (count, ...).
        names: what messages call each of them.
        form: form of the tuple (x, y, sample_weight), with None as a leaf where there is none.
        count: number of samples.
        batch_size: samples in every batch but perhaps the last.
        steps: number of batches in an epoch.
        shuffle: as given.
    """

    arrays: list[np.ndarray]
    names: list[str]
    form: TreeDef
    count: int
    batch_size: int
    steps: int
    shuffle: bool | str

    def __init__(
        self,
        data: triple.Triple,
        *,
        batch_size: int | None = None,
        shuffle: bool | str = False,
        steps: int | None = None,
        where: str | None = None,
    ) -> None:
        self.arrays, self.form, self._present, self.names, self.count = data
        if batch_size is None:
            batch_size = -(-self.count // steps) if steps else DEFAULT_BATCH
        self.batch_size = batch_size
        self.shuffle = shuffle
        self._there = there = -(-self.count // batch_size)
        self.steps = there if steps is None else min(steps, there)
        if steps is not None and steps > there:
            prefix = "" if where is None else f"{where}: "
            warnings.warn(
                f"{prefix}{steps} steps were asked for, but {self.count} samples give only {there} "
                f"batches of {batch_size}; a pass has {there} steps.",
                stacklevel=3,
            )

    def order(
        self, seed_words: np.ndarray, bits: Callable[[np.ndarray, int], np.ndarray] = philox.random_bits
    ) -> np.ndarray:
        """Return the order in which a pass reads the samples.

        Args:
            seed_words: uint32 array of shape (4,); the same words give the same order.
            bits: gives the random words of a seed, as `philox.random_bits` does.

        Returns:
            int64 array of shape (count,), each sample once. With shuffle="batch" a shorter last batch stays last.
        """
        if self.shuffle == "batch":
            whole = self.count // self.batch_size
            starts = philox.permutation(seed_words, whole, bits) * self.batch_size
            blocks = starts[:, np.newaxis] + np.arange(self.batch_size)
            rest = np.arange(whole * self.batch_size, self.count)
            return np.concatenate([blocks.reshape(-1), rest]).astype(np.int64, copy=False)
        if self.shuffle:
            return philox.permutation(seed_words, self.count, bits)
        return np.arange(self.count, dtype=np.int64)

    def part(self, epoch: int) -> tuple[int, int, int]:
        """Return which part of a pass an epoch is: with fewer steps than batches the next epoch goes on behind it.

        Args:
            epoch: epochs before this one.

        Returns:
            How many epochs ago the pass began, the samples read in them, and the batches of this one.

        Example:
            >>> source = make_source(np.arange(10), batch_size=2, steps=3)
            >>> [source.part(epoch) for epoch in range(3)]
            [(0, 0, 3), (1, 6, 2), (0, 0, 3)]
        """
        behind = epoch % -(-self._there // self.steps)
        first = behind * self.steps
        return behind, first * self.batch_size, min(self.steps, self._there - first)

    def unflatten(self, leaves: Sequence[Any]) -> tuple[Any, Any, Any]:
        """Put one value for each of `arrays` into the form (x, y, sample_weight), None where there is none."""
        return triple.fill(self.form, self._present, list(leaves))

    def batch(self, rows: np.ndarray | slice) -> tuple[Any, Any, Any]:
        """Return (x, y, sample_weight) of these samples.

        Example:
            >>> make_source(np.arange(4), np.arange(4) * 10).batch(slice(1, 3))
            (array([1, 2]), array([10, 20]), None)
        """
        return self.unflatten([array[rows] for array in self.arrays])

    def specs(self) -> list[Spec]:
        """Return shape and dtype of each of `arrays`, the number of samples being open."""
        return triple.specs(self.arrays)


def make_source(
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    batch_size: int | None = None,
    shuffle: bool | str = False,
    class_weight: Mapping[int, float] | None = None,
    steps: int | None = None,
    where: str = "fit",
) -> ArraySource | StreamSource:
    """Turn what a user passes to fit, evaluate or predict into a source of batches.

    Args:
        x: array, list of numbers, DataFrame, Series, sparse matrix, or a list, tuple or dictionary of these, each
            of shape (samples, ...); or a generator, iterable, or object with `__len__` and `__getitem__`, of
            batches (x,), (x, y) or (x, y, sample_weight); or a source, which is returned.
        y: targets, likewise; none beside a stream of batches.
        sample_weight: weights of shape (samples,) or (samples, 1), likewise.
        batch_size: samples in a batch, 32 where None. A stream has batches of its own.
        shuffle: True, False or "batch" (whole batches).
        class_weight: class number → weight of its samples.
        steps: batches in one pass; all where None.
        where: the call it was passed to, for messages.

    Raises:
        ArgumentError: batch_size, steps, shuffle or class_weight cannot be used.
        DataError: the data cannot be used; it says which argument, row and column.

    Example:
        >>> source = make_source(np.zeros((100, 4)), np.zeros(100, "int32"))
        >>> source.count, source.batch_size, source.steps, source.specs()
        (100, 32, 4, [Spec(float32[None, 4]), Spec(int32[None])])
    """
    batch_size = _whole("batch_size", batch_size, where)
    steps = _whole("the number of steps", steps, where)
    if not (isinstance(shuffle, bool | np.bool_) or (isinstance(shuffle, str) and shuffle == "batch")):
        raise ArgumentError(
            "shuffle cannot be this.", where=where, expected="True, False or 'batch'", given=repr(shuffle)
        )
    if isinstance(x, ArraySource | StreamSource):
        _alone(y, sample_weight, "a source", where)
        return x
    if x is None or is_arrays(x) or (not hasattr(x, "__iter__") and not hasattr(x, "__getitem__")):
        data = triple.convert(x, y, sample_weight, class_weight=class_weight, whole=True, where=where)
        return ArraySource(data, batch_size=batch_size, shuffle=shuffle, steps=steps, where=where)
    _alone(y, sample_weight, f"a stream of batches ({type(x).__name__})", where)
    return StreamSource(x, steps=steps, shuffle=shuffle, class_weight=class_weight, where=where)


def _whole(name: str, value: Any, where: str | None) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer) or value <= 0:
        raise ArgumentError(
            f"{name} must be a positive whole number.", where=where, expected="1, 2, 3, … or None", given=repr(value)
        )
    return int(value)


def _alone(y: Any, sample_weight: Any, what: str, where: str) -> None:
    for name, value in (("y", y), ("sample_weight", sample_weight)):
        if value is not None:
            raise DataError(
                f"{name} cannot be given beside {what}.",
                where=where,
                expected="batches (x, y) or (x, y, sample_weight)",
                given=f"{name} of type {type(value).__name__}",
                fix=f"put {name} into the batches",
            )
