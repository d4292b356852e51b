"""Data sets whose batches are asked for by number (Keras's PyDataset), read ahead by threads where that is wished."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from onionskin.base.errors import ArgumentError

if TYPE_CHECKING:
    from concurrent.futures import Future


class PyDataset:
    """Base of a data set that gives its batches by number.

    A subclass has `__getitem__(index)`, which returns a whole batch (x,), (x, y) or (x, y, sample_weight), and
    `__len__`, the number of batches (or the property `num_batches`, None for a data set without end). It may have
    `on_epoch_begin` and `on_epoch_end`.

    Args:
        workers: threads that make batches ahead of the training, 1 for none.
        use_multiprocessing: processes are not started; threads serve, since NumPy and Pillow let others run.
        max_queue_size: the most batches that are made ahead.

    Raises:
        ArgumentError: processes are asked for, or a number is none.

    Example:
        >>> class Squares(PyDataset):
        ...     def __len__(self):
        ...         return 2
        ...     def __getitem__(self, index):
        ...         return np.full((4, 1), index), np.full(4, index**2)
        >>> [int(y[0]) for x, y in Squares()]
        [0, 1]
    """

    _workers = 1
    _max_queue_size = 10

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        if use_multiprocessing:
            raise ArgumentError(
                "data sets are read by threads, not by processes.",
                where=type(self).__name__,
                given="use_multiprocessing=True",
                fix="leave it out and set workers to the number of threads",
            )
        self.workers, self.max_queue_size = workers, max_queue_size

    @property
    def workers(self) -> int:
        """Threads that make batches ahead, 1 for none."""
        return self._workers

    @workers.setter
    def workers(self, value: int) -> None:
        self._workers = _checked("workers", value, type(self).__name__, 0)

    @property
    def use_multiprocessing(self) -> bool:
        """Whether processes are started: never."""
        return False

    @property
    def max_queue_size(self) -> int:
        """The most batches that are made ahead."""
        return self._max_queue_size

    @max_queue_size.setter
    def max_queue_size(self, value: int) -> None:
        self._max_queue_size = _checked("max_queue_size", value, type(self).__name__, 1)

    def __getitem__(self, index: int) -> Any:
        """Return a whole batch."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __getitem__(index) that returns a batch")

    def __iter__(self) -> Iterator[Any]:
        """Read all batches in order."""
        try:
            count = self.num_batches
        except NotImplementedError:
            count = None
        for index in itertools.count() if count is None else range(count):
            yield self[index]

    @property
    def num_batches(self) -> int | None:
        """Number of batches in an epoch, None where there is no end."""
        if hasattr(self, "__len__"):
            return len(self)
        raise NotImplementedError(f"{type(self).__name__} needs a method __len__ or a property num_batches")

    def on_epoch_begin(self) -> None:
        """Called before an epoch is read."""

    def on_epoch_end(self) -> None:
        """Called after an epoch is read."""


def _checked(name: str, value: Any, where: str, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ArgumentError(f"{name} is a number.", where=where, expected=f"{least} or more", given=repr(value))
    return value


def read(dataset: Any, places: Iterable[int], first: list[Any] | None = None) -> Iterator[Any]:
    """Read batches in a given order; threads make them ahead where the data set asks for more than one worker.

    Args:
        dataset: gives a batch by number.
        places: which batches, in order.
        first: holds batch 0 where it has been read before; it is taken out when its turn comes.

    Yields:
        The batches, in that order.
    """

    def batch(place: int) -> Any:
        return first.pop() if first and place == 0 else dataset[place]

    workers = dataset.workers if isinstance(dataset, PyDataset) else 1
    if workers <= 1:
        yield from map(batch, places)
        return
    from concurrent.futures import ThreadPoolExecutor  # of weight for those who read without it

    waiting: deque[Future[Any]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="onionskin-data")
    try:
        for place in places:
            waiting.append(pool.submit(batch, place))
            if len(waiting) >= dataset.max_queue_size:
                yield waiting.popleft().result()
        pool.shutdown(wait=False)  # its threads end with what they were given
        while waiting:
            yield waiting.popleft().result()
    finally:
        # Never waits: a reading that was left may be collected inside the start of another thread, whose locks those
        # that are waited for would need in order to end.
        pool.shutdown(wait=False, cancel_futures=True)
