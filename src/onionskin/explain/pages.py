"""A page: headings, sentences, tables and code, as text of 80 columns and as HTML."""

from __future__ import annotations

import html
import textwrap
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from onionskin.base.errors import UnknownNameError, require, suggest

WIDTH = 80  # columns of text
LANGUAGES = ("en", "ko")
_GAP = "  "  # between the columns of a table
# Colours are the notebook's own: a page has to be readable in its light and its dark theme.
_STYLE = "border-collapse:collapse;margin:0.4em 0"
_CELL = "padding:0.15em 0.8em 0.15em 0;text-align:{side};vertical-align:top"


@dataclass(frozen=True)
class Heading:
    """The title of what follows."""

    text: str


@dataclass(frozen=True)
class Sentence:
    """A paragraph; `margin` columns to the left of it stay free."""

    text: str
    margin: int = 0


@dataclass(frozen=True)
class Code:
    """Lines that are shown as they are."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows of texts under their heads; the columns named in `numbers` are set to the right."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = field(default_factory=frozenset)


Block: TypeAlias = Heading | Sentence | Code | Table


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes; a Hangul syllable takes two.

    Example:
        >>> columns("sum"), columns("합")
        (3, 2)
    """
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )


def known_language(language: Any, where: str) -> str:
    """Return a language, or refuse.

    Raises:
        UnknownNameError: it is neither "en" nor "ko".
    """
    if not isinstance(language, str) or language not in LANGUAGES:
        raise UnknownNameError(
            "there is no language of this name.",
            where=f"{where}(language)",
            given=repr(language),
            fix=suggest(str(language), LANGUAGES),
        )
    return language


class Page(ABC):
    """Something to read: `print` it, or leave it as the last line of a notebook's cell."""

    @abstractmethod
    def blocks(self) -> list[Block]:
        """Return what stands on the page, from top to bottom."""

    def __str__(self) -> str:
        lines: list[str] = []
        for block in self.blocks():
            lines += [""] if lines and isinstance(block, Heading) else []
            lines.append(_text(block))
        return "\n".join(lines)

    def __rich__(self) -> Any:
        """Return the page for rich's `print`: the same text, with headings in bold."""
        text = require("rich.text", "cli", "colours").Text(str(self), no_wrap=True, overflow="ignore")
        for block in self.blocks():
            if isinstance(block, Heading):
                text.highlight_words([block.text], "bold")
        return text

    def _repr_html_(self) -> str:
        return f'<div class="onionskin">{"".join(_html(block) for block in self.blocks())}</div>'


def _text(block: Block) -> str:
    if isinstance(block, Heading):
        return _wrapped(block.text, 0)
    if isinstance(block, Sentence):
        return _wrapped(block.text, block.margin)
    if isinstance(block, Code):
        return textwrap.indent(block.text, "    ")
    return _table(block)


def _wrapped(text: str, margin: int) -> str:
    """Return a text in lines of at most 80 columns, broken at spaces."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and margin + columns(joined) > WIDTH:
            lines.append(word)
        else:
            lines[-1] = joined
    return "\n".join(" " * margin + line for line in lines)


def _table(table: Table) -> str:
    rows = [table.heads, *table.rows]
    widths = [max(columns(row[place]) for row in rows) for place in range(len(table.heads))]
    # What does not fit is wrapped in the widest column of words.
    words = [place for place in range(len(widths)) if place not in table.numbers]
    over = sum(widths) + len(_GAP) * (len(widths) - 1) + 2 - WIDTH
    if over > 0 and words:
        widest = max(words, key=widths.__getitem__)
        widths[widest] = max(widths[widest] - over, 12)
    lines = []
    for number, row in enumerate(rows):
        cells = [_folded(text, width) for text, width in zip(row, widths, strict=True)]
        for level in range(max(map(len, cells))):
            parts = []
            for place, cell in enumerate(cells):
                text = cell[level] if level < len(cell) else ""
                space = " " * (widths[place] - columns(text))
                parts.append(space + text if place in table.numbers else text + space)
            lines.append(("  " + _GAP.join(parts)).rstrip())
        if number == 0:
            lines.append("  " + _GAP.join("─" * width for width in widths))
    return "\n".join(lines)


def _folded(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and columns(joined) > width:
            lines.append(word)
        else:
            lines[-1] = joined
    return lines


def _html(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h4>{html.escape(block.text)}</h4>"
    if isinstance(block, Sentence):
        return f"<p>{html.escape(block.text)}</p>"
    if isinstance(block, Code):
        return f'<pre style="margin:0.4em 0 0.4em 1em">{html.escape(block.text)}</pre>'
    sides = ["right" if place in block.numbers else "left" for place in range(len(block.heads))]

    def row(tag: str, cells: Sequence[str]) -> str:
        parts = [
            f'<{tag} style="{_CELL.format(side=side)}">{html.escape(text)}</{tag}>'
            for text, side in zip(cells, sides, strict=True)
        ]
        return f"<tr>{''.join(parts)}</tr>"

    body = "".join(row("td", cells) for cells in block.rows)
    return f'<table style="{_STYLE}"><thead>{row("th", block.heads)}</thead><tbody>{body}</tbody></table>'
