"""Rows of text as a table for a terminal, and as HTML; wide letters, such as Korean ones, count twice."""

from __future__ import annotations

import html
import textwrap
import unicodedata
from collections.abc import Sequence

WIDTH = 80  # columns of a terminal


def width(text: str) -> int:
    """Return how many columns a text takes in a terminal.

    Example:
        >>> width("abc"), width("층")
        (3, 2)
    """
    counted = [letter for letter in text if not unicodedata.combining(letter)]
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in counted)


def clipped(text: str, most: int) -> str:
    """Return a text that takes no more columns than `most`, ending in … where it was cut.

    Example:
        >>> clipped("hidden/kernel", 8)
        'hidden/…'
    """
    if width(text) <= most:
        return text
    kept = ""
    for letter in text:
        if width(kept + letter) > most - 1:
            break
        kept += letter
    return kept + "…"


def padded(text: str, columns: int) -> str:
    """Return a text with spaces behind it up to a number of columns."""
    return text + " " * (columns - width(text))


def wrapped(text: str, columns: int, indent: str = "") -> list[str]:
    """Return a text as lines of at most so many columns, broken between words, each indented as the first is."""
    indent += " " * (len(text) - len(text.lstrip(" ")))
    lines, line = [], ""
    for word in text.strip(" ").split(" "):
        longer = f"{line} {word}" if line else word
        if line and width(longer) + len(indent) > columns:
            lines.append(indent + line)
            line = word
        else:
            line = longer
    pieces = [*lines, indent + line] if line else lines
    return [part for one in pieces for part in ([one] if width(one) <= columns else _broken(one, columns, indent))]


def _broken(line: str, columns: int, indent: str) -> list[str]:
    return textwrap.wrap(line, columns, subsequent_indent=indent, break_long_words=True)


def fitted(rows: Sequence[Sequence[str]], least: Sequence[int], most: int = WIDTH) -> list[int]:
    """Return the width of each column: that of its longest cell, less in the widest ones where all are too wide.

    Args:
        rows: cells, row by row.
        least: columns that each may be narrowed to.
        most: columns of a line, one space between two cells.
    """
    wide = [max(width(cell) for cell in column) for column in zip(*rows, strict=True)]
    while sum(wide) + len(wide) - 1 > most:
        over = [place for place, one in enumerate(wide) if one > least[place]]
        if not over:
            break
        wide[max(over, key=lambda place: wide[place] - least[place])] -= 1
    return wide


def line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Return one row of a table, its cells cut to their columns."""
    return " ".join(padded(clipped(cell, one), one) for cell, one in zip(cells, widths, strict=True)).rstrip()


def html_table(header: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "") -> str:
    """Return a table in HTML, everything in it escaped."""
    head = "".join(f'<th style="text-align:left">{html.escape(cell)}</th>' for cell in header)
    body = "".join(
        "<tr>" + "".join(f'<td style="text-align:left"><code>{html.escape(cell)}</code></td>' for cell in row) + "</tr>"
        for row in rows
    )
    title = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
