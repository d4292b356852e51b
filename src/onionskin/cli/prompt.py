"""Lines that a person types, one by one: at a prompt with editing and history, or out of a pipe."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from typing import Any

MOST = 1000  # letters of a line; what is longer is cut, and answered like any other line
_PROMPT = "> "


def interactive() -> bool:
    """Tell whether a person types, and not a pipe or a file."""
    return sys.stdin is not None and sys.stdin.isatty()


def lines(completions: Sequence[str] = ()) -> Iterator[str]:
    """Yield the lines of standard input until its end, Ctrl-D or Ctrl-C.

    Args:
        completions: what the Tab key may complete, at a prompt.
    """
    if sys.stdin is None:  # closed by who started the program
        return
    if hasattr(sys.stdin, "reconfigure"):  # bytes that are no letters become U+FFFD, not an error
        sys.stdin.reconfigure(errors="replace")
    typing = interactive()
    with _editing(completions) if typing else contextlib.nullcontext():
        while True:
            try:
                line = input(_PROMPT) if typing else _piped()
            except (EOFError, KeyboardInterrupt):
                if typing:
                    print()  # the shell's own prompt begins on a line of its own
                return
            except ValueError:  # the line held NUL, or standard input was closed meanwhile
                if sys.stdin.closed:
                    return
                line = "\\0"
            yield line[:MOST]


def _piped() -> str:
    line = sys.stdin.readline(MOST)
    if not line:
        raise EOFError
    rest = line
    while rest and not rest.endswith("\n"):
        rest = sys.stdin.readline(1 << 16)
    return line


@contextlib.contextmanager
def _editing(completions: Sequence[str]) -> Iterator[None]:
    """Let lines be edited, recalled and completed where Python has readline; the state before comes back."""
    try:
        import readline
    except ImportError:  # Windows, and Pythons built without it
        yield
        return
    before: Any = readline.get_completer()
    readline.set_completer(_completer(completions))
    readline.parse_and_bind("tab: complete")
    try:
        yield
    finally:
        readline.set_completer(before)


def _completer(completions: Sequence[str]) -> Any:
    def complete(text: str, state: int) -> str | None:
        fitting = [one for one in completions if one.startswith(text.lower())] if text else []
        return fitting[state] if state < len(fitting) else None

    return complete
