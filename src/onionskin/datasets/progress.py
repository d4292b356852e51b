"""How far a download is, on stderr: a bar where that is a terminal, a line at start and end where not."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_INTERVAL = 0.1  # seconds between two redraws: at most ten a second
_WIDTH = 30


class Console:
    """Shows bytes on a text stream; call it with the bytes so far and the total or None."""

    def __init__(self, name: str, stream: TextIO) -> None:
        self._name = name
        self._stream = stream
        self._bar = stream.isatty()
        self._drawn = -_INTERVAL
        self._width = 0
        self._done = 0
        self._total: int | None = None

    def __call__(self, done: int, total: int | None) -> None:
        """Note how far the download is, and draw that where it is time to."""
        self._done, self._total = done, total
        now = time.monotonic()
        if self._bar and now - self._drawn >= _INTERVAL:
            self._drawn = now
            self._draw()

    def start(self, url: str, total: int | None) -> None:
        """Say what is downloaded from where."""
        size = "" if total is None else f" ({_megabytes(total)})"
        self._stream.write(f"Downloading {url}{size}\n")
        self._stream.flush()

    def finish(self, complete: bool) -> None:
        """Draw the last state and end the line."""
        if self._bar:
            self._draw()
            self._stream.write("\n")
        elif complete:
            self._stream.write(f"Downloaded {self._name} ({_megabytes(self._done)})\n")
        self._stream.flush()

    def _draw(self) -> None:
        if self._total:
            part = min(self._done / self._total, 1.0)
            filled = int(part * _WIDTH)
            line = f"[{'=' * filled}{' ' * (_WIDTH - filled)}] {part:4.0%} of {_megabytes(self._total)}"
        else:
            line = _megabytes(self._done)
        self._stream.write("\r" + line.ljust(self._width))
        self._stream.flush()
        self._width = len(line)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 50_000 else f"{size:,} bytes"


@contextmanager
def console(url: str, total: int | None) -> Iterator[Console | _Silent]:
    """Show a download on stderr for as long as the context is open; the line is ended in any case."""
    stream = sys.stderr
    if stream is None:  # a program without a console
        yield _Silent()
        return
    shown = Console(url.rpartition("/")[2], stream)
    shown.start(url, total)
    complete = False
    try:
        yield shown
        complete = True
    finally:
        shown.finish(complete)


class _Silent:
    """Shows nothing."""

    def __call__(self, done: int, total: int | None) -> None:
        """Take no notice: nothing is shown."""
