"""A page: headings, sentences, tables and code, as text of 80 columns and as HTML."""

from __future__ import annotations

import html
import textwrap
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from onionskin.base.errors import require
from onionskin.explain.columns import WIDTH, html_table, padded, width, wrapped

_GAP = "  "  # between the columns of a table


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
        return "\n".join(wrapped(block.text, WIDTH))
    if isinstance(block, Sentence):
        return "\n".join(wrapped(block.text, WIDTH, " " * block.margin))
    if isinstance(block, Code):
        return textwrap.indent(block.text, "    ")
    return _table(block)


def _table(table: Table) -> str:
    rows = [table.heads, *table.rows]
    widths = [max(width(row[place]) for row in rows) for place in range(len(table.heads))]
    # What does not fit is wrapped in the widest column of words.
    words = [place for place in range(len(widths)) if place not in table.numbers]
    over = sum(widths) + len(_GAP) * (len(widths) - 1) + 2 - WIDTH
    if over > 0 and words:
        widest = max(words, key=widths.__getitem__)
        widths[widest] = max(widths[widest] - over, 12)
    lines = []
    for number, row in enumerate(rows):
        cells = [wrapped(text, size) or [""] for text, size in zip(row, widths, strict=True)]
        for level in range(max(map(len, cells))):
            parts = []
            for place, cell in enumerate(cells):
                text = cell[level] if level < len(cell) else ""
                parts.append(padded(text, widths[place], right=place in table.numbers))
            lines.append(("  " + _GAP.join(parts)).rstrip())
        if number == 0:
            lines.append("  " + _GAP.join("─" * size for size in widths))
    return "\n".join(lines)


def _html(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h4>{html.escape(block.text)}</h4>"
    if isinstance(block, Sentence):
        return f"<p>{html.escape(block.text)}</p>"
    if isinstance(block, Code):
        return f'<pre style="margin:0.4em 0 0.4em 1em">{html.escape(block.text)}</pre>'
    return html_table(block.heads, block.rows, numbers=block.numbers, code=False)
