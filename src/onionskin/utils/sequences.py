"""Sequences as arrays: padded to one length, or cut from a series as sliding windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DataError
from onionskin.utils.batches import Batches


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Return sequences of different lengths as one array.

    Args:
        sequences: lists of numbers, or arrays (length, …) whose further axes agree.
        maxlen: length of each row; that of the longest sequence where None.
        dtype: dtype of the result; `object` for texts.
        padding: "pre" or "post": where a short sequence is filled up.
        truncating: "pre" or "post": where a long one is cut.
        value: what to fill up with.

    Returns:
        Array (len(sequences), maxlen, …).

    Raises:
        ArgumentError: an argument cannot be used.
        DataError: an element is no sequence, or has other further axes than the first.

    Example:
        >>> print(pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2))
        [[0 1]
         [2 3]
         [5 6]]
    """
    where = "pad_sequences"
    for name, given in (("padding", padding), ("truncating", truncating)):
        if given not in ("pre", "post"):
            raise ArgumentError(f"{name} cannot be this.", where=where, expected="'pre' or 'post'", given=repr(given))
    text = dtype is not object and not np.issubdtype(dtype, np.character)
    if isinstance(value, str) and text:
        raise ArgumentError(
            "a text cannot fill up numbers.", where=where, given=f"value={value!r}, dtype={dtype!r}", fix="dtype=object"
        )
    if not hasattr(sequences, "__len__"):
        raise DataError("sequences have no number.", where=where, expected="a list", given=type(sequences).__name__)
    for place, one in enumerate(sequences):
        if not hasattr(one, "__len__"):
            raise DataError(f"element {place} is no sequence.", where=where, given=repr(one))
    lengths = [len(one) for one in sequences]
    rest = next((np.asarray(one).shape[1:] for one in sequences if len(one)), ())
    length = max(lengths, default=0) if maxlen is None else int(maxlen)
    result = np.full((len(lengths), length, *rest), value, dtype=dtype)
    for place, one in enumerate(sequences):
        kept = np.asarray(one[max(len(one) - length, 0) :] if truncating == "pre" else one[:length], dtype=dtype)
        if not len(one) or not len(kept):
            continue
        if kept.shape[1:] != rest:
            raise DataError(
                f"sequence {place} has other axes than the first.", where=where, expected=rest, given=kept.shape[1:]
            )
        result[place, length - len(kept) if padding == "pre" else 0 :][: len(kept)] = kept
    return result


class _Windows(Batches):
    """Windows that slide over a series, and their targets."""

    def __init__(self, data: np.ndarray, targets: Any, offsets: np.ndarray, starts: np.ndarray, **more: Any) -> None:
        super().__init__(len(starts), **more)
        self._data, self._targets, self._offsets, self._starts = data, targets, offsets, starts

    def rows(self, places: np.ndarray) -> Any:
        """Return the windows of these places and their targets."""
        starts = self._starts[places]
        windows = self._data[starts[:, None] + self._offsets]
        return windows if self._targets is None else (windows, self._targets[starts])


def timeseries_dataset_from_array(
    data: Any,
    targets: Any,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
    format: str = "tf",  # noqa: A002 - Keras's name
) -> Batches:
    """Return the windows that slide over a series, in batches.

        window i holds data[s·i], data[s·i + r], … data[s·i + (n - 1)·r], with the target targets[s·i]

    Args:
        data: series (time, …).
        targets: what belongs to the window that starts at each time, (time, …); None for none.
        sequence_length: n, entries of a window.
        sequence_stride: s, time from one window to the next.
        sampling_rate: r, time from one entry of a window to the next.
        batch_size: windows in a batch; None gives one window at a time, without an axis of batches.
        shuffle: read the windows in a new order at each epoch.
        seed: of that order; one of the process where None.
        start_index: the first time used.
        end_index: the first time not used any more.
        format: accepted, and without effect: the data set is one of our own, which `fit` takes.

    Returns:
        A `PyDataset` of batches (batch, n, …), or pairs of them and their targets (batch, …).

    Raises:
        ArgumentError: an argument cannot be used.

    Example:
        >>> for x, y in timeseries_dataset_from_array(np.arange(6), np.arange(6) * 10, 3, batch_size=2):
        ...     print(x.tolist(), y.tolist())
        [[0, 1, 2], [1, 2, 3]] [0, 10]
        [[2, 3, 4], [3, 4, 5]] [20, 30]
    """
    data = np.asarray(data)
    targets = None if targets is None else np.asarray(targets)
    where, count = "timeseries_dataset_from_array", len(data)
    begin, end = start_index or 0, end_index or count
    for name, value, least, most in (
        ("start_index", begin, 0, count - 1),
        ("end_index", end, begin + 1, count),
        ("sampling_rate", sampling_rate, 1, count - 1),
        ("sequence_stride", sequence_stride, 1, count - 1),
        ("sequence_length", sequence_length, 1, count),
    ):
        if not least <= value <= most:
            raise ArgumentError(
                f"{name} lies outside the series.", where=where, expected=f"{least} to {most}", given=value
            )
    if format not in ("tf", "grain"):
        raise ArgumentError("there is no such format.", where=where, expected="'tf' or 'grain'", given=repr(format))
    windows = end - begin - (sequence_length - 1) * sampling_rate
    if targets is not None:
        windows = min(windows, len(targets))
    starts = np.arange(0, max(windows, 0), sequence_stride)
    offsets = np.arange(sequence_length) * sampling_rate
    reach = None if targets is None else targets[begin:]
    return _Windows(data[begin:end], reach, offsets, starts, batch_size=batch_size, shuffle=shuffle, seed=seed)
