"""How many weights a description that is being loaded may ask for: no more than its file holds."""

from __future__ import annotations

import contextvars
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from onionskin.base.errors import FileFormatError

_left: contextvars.ContextVar[list[int] | None] = contextvars.ContextVar("weights_left", default=None)


@contextmanager
def budget(elements: int) -> Iterator[None]:
    """Let no more than so many elements be made as weights within a block."""
    token = _left.set([elements])
    try:
        yield
    finally:
        _left.reset(token)


def spend(shape: Sequence[Any]) -> None:
    """Count a weight of a shape, before it is made.

    Raises:
        FileFormatError: the block's weights have become more than its file holds.
    """
    left = _left.get()
    if left is None or None in shape:
        return
    left[0] -= math.prod(shape)
    if left[0] < 0:
        raise FileFormatError(
            "the description asks for more weights than the file holds.", given=f"a weight of shape {tuple(shape)}"
        )
