"""The dtype that floating variables are read in while a layer with mixed precision computes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Current(threading.local):
    dtype: str | None = None


_current = _Current()


def autocast_dtype() -> str | None:
    """Return the dtype that variables are read in in this thread, None where it is their own."""
    return _current.dtype


@contextmanager
def autocasting(dtype: str | None) -> Iterator[None]:
    """Read floating variables in a dtype within a block; in their own where None."""
    before = _current.dtype
    _current.dtype = dtype
    try:
        yield
    finally:
        _current.dtype = before
