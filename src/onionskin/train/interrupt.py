"""Ctrl-C while training: noted, and acted on between two chunks of steps, so that no step is half done."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any


class Interrupt:
    """Notes Ctrl-C for the length of a `with` block; a second Ctrl-C stops at once.

    In a thread other than the main one, Python delivers no signals, and none are noted.

    Example:
        >>> with Interrupt() as interrupt:
        ...     interrupt.asked
        False
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: Any = None

    def __enter__(self) -> Interrupt:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.getsignal(signal.SIGINT)
            if callable(self._before):  # a shell may have set it to be ignored: leave that
                signal.signal(signal.SIGINT, self._note)
            else:
                self._before = None
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            before = self._outermost()
            signal.signal(signal.SIGINT, before)
            before(number, frame)
        self.asked = True

    def _outermost(self) -> Any:
        """Return what Ctrl-C did before any of the blocks that run; a validation's lies within that of its training."""
        before = self._before
        while isinstance(outer := getattr(before, "__self__", None), Interrupt):
            before = outer._before
        return before
