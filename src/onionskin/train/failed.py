"""The batches that a training ended on, kept without a copy of the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class FailedBatches:
    """The batches of a chunk of steps up to the one whose loss, or whose new weights, were not finite.

    Args:
        columns: the arrays that they are rows of.
        order: the rows, batch after batch.
        batch: samples in a batch.
        unflatten: brings rows into the form (x, y, sample_weight).
    """

    columns: Sequence[np.ndarray]
    order: np.ndarray
    batch: int
    unflatten: Callable[[Sequence[Any]], tuple[Any, Any, Any]]

    def __repr__(self) -> str:
        return f"<{len(self)} batches that training failed on>"

    def __len__(self) -> int:
        return (len(self.order) + self.batch - 1) // self.batch

    def __iter__(self) -> Iterator[tuple[Any, Any, Any]]:
        """Yield (x, y, sample_weight) of each batch, in the order in which they ran."""
        for first in range(0, len(self.order), self.batch):
            rows = self.order[first : first + self.batch]
            yield self.unflatten([column[rows] for column in self.columns])
