"""Rows of text as a table for a terminal, and as HTML; wide letters, such as Korean ones, count twice."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Collection, Sequence

from onionskin.base.columns import width

__all__ = ["WIDTH", "clipped", "fitted", "html_table", "line", "padded", "width", "wrapped"]

WIDTH = 80  # columns of a terminal
# Colours are the notebook's own: a table has to be readable in its light and its dark theme.
_TABLE = "border-collapse:collapse;margin:0.4em 0"
_CELL = "padding:0.15em 0.8em 0.15em 0;text-align:{side};vertical-align:top"


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


def padded(text: str, columns: int, right: bool = False) -> str:
    """Return a text with spaces behind it, or before it, up to a number of columns."""
    blank = " " * (columns - width(text))
    return blank + text if right else text + blank


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


def html_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    caption: str = "",
    *,
    numbers: Collection[int] = (),
    code: bool = True,
) -> str:
    """Return a table in HTML, everything in it escaped.

    Args:
        header: the names of the columns.
        rows: cells, row by row.
        caption: above the table.
        numbers: the columns that are set to the right.
        code: whether cells are set in a font of fixed width.
    """

    def row(tag: str, cells: Sequence[str], mono: bool) -> str:
        parts = []
        for place, cell in enumerate(cells):
            style = _CELL.format(side="right" if place in numbers else "left")
            text = html.escape(cell)
            parts.append(f'<{tag} style="{style}">{f"<code>{text}</code>" if mono else text}</{tag}>')
        return f"<tr>{''.join(parts)}</tr>"

    title = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    body = "".join(row("td", cells, code) for cells in rows)
    return f'<table style="{_TABLE}">{title}<thead>{row("th", header, False)}</thead><tbody>{body}</tbody></table>'
