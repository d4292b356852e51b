"""The updates of a perceptron: kept as a few whole numbers each, shown with the weights before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, overload

import numpy as np

from onionskin.classic.texts import Table, figure, vector, words


class Update(NamedTuple):
    """One correction of the weights.

    Attributes:
        epoch: from 1.
        sample: row of the sample, from 0.
        x: (d,) its inputs.
        target: y, 0 or 1.
        output: ŷ, 0 or 1.
        error: y − ŷ, −1 or 1.
        before: (d + 1,) weights, the threshold last.
        after: (d + 1,) likewise.
    """

    epoch: int
    sample: int
    x: np.ndarray
    target: int
    output: int
    error: int
    before: np.ndarray
    after: np.ndarray


class Updates(Sequence[Update]):
    """All updates of one training, in order.

    Args:
        inputs: (n, d + 1) samples, a last column of −1.
        targets: (n,) 0 and 1.
        start: (d + 1,) weights at first, the threshold last.
        rate: learning rate.
        epochs: (k,) epoch of each update, from 1.
        rows: (k,) its sample.
        errors: (k,) its y − ŷ.
    """

    def __init__(
        self,
        inputs: np.ndarray,
        targets: np.ndarray,
        start: np.ndarray,
        rate: float,
        epochs: np.ndarray,
        rows: np.ndarray,
        errors: np.ndarray,
    ) -> None:
        self._inputs, self._targets, self._start, self._rate = inputs, targets, start, rate
        self.epochs, self.samples, self.errors = epochs, rows, errors
        self._sums: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.epochs)

    @overload
    def __getitem__(self, place: int) -> Update: ...
    @overload
    def __getitem__(self, place: slice) -> list[Update]: ...
    def __getitem__(self, place: int | slice) -> Update | list[Update]:
        if isinstance(place, slice):
            return [self[one] for one in range(len(self))[place]]
        place = range(len(self))[place]
        row, error = int(self.samples[place]), int(self.errors[place])
        target, x = int(self._targets[row]), self._inputs[row, :-1]
        before, after = (self._weights(one) for one in (place, place + 1))
        return Update(int(self.epochs[place]), row, x, target, target - error, error, before, after)

    def __iter__(self) -> Iterator[Update]:
        return (self[place] for place in range(len(self)))

    def _weights(self, place: int) -> np.ndarray:
        """Return the weights before an update."""
        if self._sums is None:  # added up in the order of training, so that the bits are those of training
            steps = self.errors[:, None] * self._inputs[self.samples]
            self._sums = np.vstack([np.zeros_like(self._start), np.cumsum(steps, axis=0)])
        weights: np.ndarray = self._start + self._rate * self._sums[place]
        return weights

    def between(self, first: int, last: int) -> list[Update]:
        """Return the updates after one epoch, up to the end of another."""
        begin, end = np.searchsorted(self.epochs, [first, last], side="right")
        return self[int(begin) : int(end)]

    def table(self, language: str = "en", most: int = 40) -> Table:
        """Return the first updates as a table to print.

        Args:
            language: "en" or "ko".
            most: rows at most.

        Raises:
            UnknownNameError: there is no such language.
        """
        word = words(language, "Updates.table")
        rows: list[list[Any]] = [
            [str(one.epoch), str(one.sample), vector(one.x), str(one.target), str(one.output), figure(one.error),
             vector(one.before, tail=True), vector(one.after, tail=True)]
            for one in self[:most]
        ]  # fmt: skip
        further = [word["more"].format(n=len(self) - most)] if len(self) > most else []
        headers = [word["epoch"], word["sample"], "x", "y", "ŷ", word["error"], word["before"], word["after"]]
        return Table(headers, rows, below=further if rows else [word["no updates"]])

    def __str__(self) -> str:
        return str(self.table())

    def __repr__(self) -> str:
        return f"<{len(self)} updates>"
