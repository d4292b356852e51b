"""Data sets made of numbered samples: cut into batches, and read in a new order at each epoch."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from onionskin.base import philox
from onionskin.base.errors import ArgumentError
from onionskin.base.trees import map_tree
from onionskin.data import PyDataset
from onionskin.state import draw_seed


class Batches(PyDataset):
    """Samples in batches; a subclass says by `rows` what a batch of some samples is.

    Args:
        count: number of samples.
        batch_size: samples in a batch; None for one sample at a time, without an axis of batches.
        shuffle: whether each epoch reads them in a new order.
        seed: of these orders; one of the process where None.
        kwargs: as for `PyDataset`.

    Raises:
        ArgumentError: batch_size or seed is no whole number.
    """

    def __init__(
        self, count: int, *, batch_size: int | None = 32, shuffle: bool = False, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        for name, value, least in (("batch_size", batch_size, 1), ("seed", seed, 0)):
            whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
            if value is not None and (not whole or value < least):
                raise ArgumentError(
                    f"{name} is a whole number.", expected=f"{least} or more, or None", given=repr(value)
                )
        self.count, self.batch_size, self.shuffle = count, batch_size, shuffle
        self._seed = draw_seed() if seed is None and shuffle else int(seed or 0)
        self._epoch = 0
        self._order: np.ndarray | None = None

    def rows(self, places: np.ndarray) -> Any:
        """Return the batch of these samples."""
        raise NotImplementedError

    def __len__(self) -> int:
        """Number of batches."""
        size = self.batch_size or 1
        return (self.count + size - 1) // size

    def __getitem__(self, index: int) -> Any:
        """Return a batch, or one sample where there are no batches."""
        count = len(self)
        if not -count <= index < count:
            raise IndexError(f"there is no batch {index}: the data set has {count}")
        if self._order is None:
            words = philox.make_seed(self._seed, self._epoch)
            self._order = philox.permutation(words, self.count) if self.shuffle else np.arange(self.count)
        size, index = self.batch_size or 1, index % count
        batch = self.rows(self._order[index * size : (index + 1) * size])
        if self.batch_size is not None:
            return batch
        return map_tree(lambda part: part[0], batch)

    def on_epoch_end(self) -> None:
        """Take the order of the next epoch."""
        self._epoch += 1
        self._order = None if self.shuffle else self._order

    def __iter__(self) -> Iterator[Any]:
        """Read one epoch."""
        yield from super().__iter__()
        self.on_epoch_end()

    def batch(self, batch_size: int) -> Batches:
        """Return the same samples in batches of another size.

        Args:
            batch_size: samples in a batch.
        """
        other = copy.copy(self)
        other.batch_size, other._epoch, other._order = batch_size, 0, None
        return other

    def map(self, function: Callable[..., Any], num_parallel_calls: Any = None) -> PyDataset:
        """Return a data set of what a function makes of each batch.

        Args:
            function: takes the parts of a batch, returns a batch.
            num_parallel_calls: accepted, and without effect.
        """
        return _Mapped(self, function)

    def take(self, count: int) -> PyDataset:
        """Return a data set of the first batches.

        Args:
            count: how many.
        """
        return _Mapped(self, None, count)


class _Mapped(PyDataset):
    """Batches of a data set, changed by a function, or the first ones of it."""

    def __init__(self, source: PyDataset, function: Callable[..., Any] | None, most: int | None = None) -> None:
        super().__init__(workers=source.workers, max_queue_size=source.max_queue_size)
        self._source, self._function, self._most = source, function, most

    def __len__(self) -> int:
        count = self._source.num_batches or 0
        return min(count, count if self._most is None else max(self._most, 0))

    def __getitem__(self, index: int) -> Any:
        batch = self._source[index]
        if self._function is None:
            return batch
        return self._function(*batch) if isinstance(batch, tuple) else self._function(batch)

    def on_epoch_begin(self) -> None:
        self._source.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self._source.on_epoch_end()

    def __iter__(self) -> Iterator[Any]:
        yield from super().__iter__()
        self.on_epoch_end()

    map, take = Batches.map, Batches.take

    @property
    def class_names(self) -> list[str] | None:
        """Names of the classes, where the data set has them."""
        names: list[str] | None = getattr(self._source, "class_names", None)
        return names
