"""Data that arrives batch by batch: generators, iterables and indexed data sets, each batch checked as it comes."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from onionskin.base import philox
from onionskin.base.errors import DataError
from onionskin.base.specs import Spec
from onionskin.base.trees import TreeDef
from onionskin.data import triple
from onionskin.data.arrays import is_arrays
from onionskin.data.indexed import read

_END = object()


class StreamSource:
    """Batches from a generator, an iterable, or an object with `__len__` and `__getitem__` (a Keras PyDataset).

    A pass reads `steps` batches. Generators and iterators keep their place between passes; others begin anew,
    except that with `steps` given they too go on where they stood, as in Keras. The first batch is read at once,
    so that a wrong one is found before training starts; it is not lost. The hooks `on_epoch_begin` and
    `on_epoch_end` of a data set are called around each pass.

    Args:
        stream: yields (x,), (x, y) or (x, y, sample_weight), or x alone.
        steps: batches in a pass; None reads to the end.
        shuffle: whether an indexed data set is read in a new order of its batches; others are read as they come.
        class_weight: class number → weight of its samples.
        where: the call it was passed to.

    Attributes:
        steps: batches in a pass, None while that is not known.
        form: form of the tuple (x, y, sample_weight), with None as a leaf where there is none.
        names: what messages call each array.
        shuffle: as given.

    Raises:
        DataError: the stream is empty, or its first batch cannot be used.

    Example:
        >>> source = StreamSource(([[float(i)]], [i]) for i in range(3))
        >>> [y.tolist() for x, y, sample_weight in source]
        [[0], [1], [2]]
    """

    steps: int | None
    form: TreeDef
    names: list[str]
    shuffle: bool | str

    def __init__(
        self,
        stream: Any,
        *,
        steps: int | None = None,
        shuffle: bool | str = False,
        class_weight: Mapping[int, float] | None = None,
        where: str | None = None,
    ) -> None:
        self._stream = stream
        self._once = hasattr(stream, "__next__")
        self._indexed = not self._once and hasattr(stream, "__getitem__")
        self._length = None if self._once else _length(stream)
        self._given = steps
        self.steps = steps if steps is not None else self._length
        self.shuffle = shuffle
        self._class_weight = class_weight
        self._where = where
        self._seen = 0  # batches read since the stream was opened
        self._live: Iterator[Any] | None = None
        self._fresh = False  # whether the first pass may read on from the first look, and need not open again
        self._peeked: list[Any] = []  # the first batch of an indexed data set, until a pass asks for it
        first = self._peek()
        data = self._convert(first, 0)
        self.form, self._present, self.names = data.form, data.present, data.names
        self._specs = triple.specs(data.arrays)
        self._kinds = [(array.dtype, array.ndim) for array in data.arrays]

    def __iter__(self) -> Iterator[tuple[Any, Any, Any]]:
        """Read one pass in the stream's own order."""
        return self.batches()

    def batches(self, seed_words: np.ndarray | None = None) -> Iterator[tuple[Any, Any, Any]]:
        """Read one pass.

        Args:
            seed_words: uint32 array of shape (4,) that an indexed data set with shuffle=True draws its order
                from; None keeps its own order.

        Yields:
            (x, y, sample_weight) trees of arrays.

        Warns:
            UserWarning: there are fewer batches than `steps`.

        Raises:
            DataError: a batch cannot be used, or nothing is left.
        """
        self._hook("on_epoch_begin")
        if self._live is None or (self._given is None and not self._once and not self._fresh):
            self._open(seed_words)
        self._fresh = False
        limit, done = self.steps if self._given is not None or self._length is not None else None, 0
        while limit is None or done < limit:
            item = self._next()
            if item is _END and done == 0 and self._given is not None and not self._once and self._seen:
                self._open(seed_words)  # the last pass ended just where the data did
                item = self._next()
            if item is _END:
                break
            self._seen += 1
            data = self._convert(item, self._seen - 1)
            self._check_same(data)
            done += 1
            yield triple.fill(data.form, data.present, data.arrays)
        self._hook("on_epoch_end")
        if done == 0 or (limit is not None and done < limit):
            self._report(done, limit)
        elif limit is None and not self._once:
            self.steps = done

    def specs(self) -> list[Spec]:
        """Return shape and dtype of each array of the first batch, the number of samples being open."""
        return self._specs

    def unflatten(self, leaves: Sequence[Any]) -> tuple[Any, Any, Any]:
        """Put one value for each array of a batch into the form (x, y, sample_weight), None where there is none."""
        return triple.fill(self.form, self._present, list(leaves))

    def _peek(self) -> Any:
        if self._indexed:
            item = self._stream[0] if self._length != 0 else _END
            self._peeked = [item]
        else:
            self._open(None)
            item = self._next()
            self._live, self._fresh = itertools.chain([item], self._live or ()), True
        if item is _END:
            raise DataError(
                "the stream holds no batch.",
                where=self._where,
                expected="at least one batch (x,), (x, y) or (x, y, sample_weight)",
                given=f"an empty {type(self._stream).__name__}",
                fix="a generator that was read before is empty: make a new one",
            )
        return item

    def _open(self, seed_words: np.ndarray | None) -> None:
        self._seen = 0
        self._live = self._by_index(seed_words) if self._indexed else iter(self._stream)

    def _by_index(self, seed_words: np.ndarray | None) -> Iterator[Any]:
        places: Any = itertools.count() if self._length is None else range(self._length)
        if self.shuffle and seed_words is not None and self._length is not None:
            places = philox.permutation(seed_words, self._length).tolist()
        yield from read(self._stream, places, self._peeked)

    def _next(self) -> Any:
        assert self._live is not None  # every caller has opened it
        return next(self._live, _END)

    def _hook(self, name: str) -> None:
        hook = getattr(self._stream, name, None)
        if callable(hook):
            hook()

    def _at(self, number: int) -> str:
        return f"batch {number}" if self._where is None else f"{self._where}, batch {number}"

    def _convert(self, item: Any, number: int) -> triple.Triple:
        parts = tuple(item) if isinstance(item, list | tuple) else (item,)
        if not 1 <= len(parts) <= 3 or not all(part is None or is_arrays(part) for part in parts):
            raise DataError(
                "the stream yields something that is no batch.",
                where=self._at(number),
                expected="(x,), (x, y) or (x, y, sample_weight)",
                given=f"a {type(item).__name__}" + (f" of {len(parts)}" if isinstance(item, list | tuple) else ""),
            )
        x, y, sample_weight = (*parts, None, None)[:3]
        return triple.convert(x, y, sample_weight, class_weight=self._class_weight, whole=False, where=self._at(number))

    def _check_same(self, data: triple.Triple) -> None:
        number = self._seen - 1
        if (data.form, data.present) != (self.form, self._present):
            raise DataError(
                "this batch has another structure than the first.",
                where=self._at(number),
                expected=", ".join(self.names),
                given=", ".join(data.names),
            )
        for name, array, (dtype, axes) in zip(self.names, data.arrays, self._kinds, strict=True):
            if (array.dtype, array.ndim) != (dtype, axes):
                raise DataError(
                    f"{name} has another dtype or number of axes than in the first batch.",
                    where=self._at(number),
                    expected=f"{dtype} with {axes} axes",
                    given=f"{array.dtype} with {array.ndim} axes",
                    fix="give every batch one dtype, such as with astype('float32')",
                )

    def _report(self, done: int, limit: int | None) -> None:
        advice = "give a number of steps that the data can fill in every epoch, or a generator that starts again"
        if done == 0:
            raise DataError(
                f"the data ran out after {self._seen} batches.",
                where=self._where,
                expected="more batches" if limit is None else f"{limit} more batches",
                given="an exhausted generator" if self._once else "an empty stream",
                fix=advice,
            )
        prefix = "" if self._where is None else f"{self._where}: "
        warnings.warn(f"{prefix}the data ran out after {done} of {limit} batches; {advice}.", stacklevel=3)


def _length(stream: Any) -> int | None:
    """Return how many batches a stream holds, None where it does not say or has no end."""
    try:
        count = getattr(stream, "num_batches", None)
        count = len(stream) if count is None and hasattr(stream, "__len__") else count
    except (NotImplementedError, TypeError):  # a data set without an end may say so only when asked
        return None
    return None if count is None else int(count)
