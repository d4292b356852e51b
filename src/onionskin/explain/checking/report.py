"""The result of a gradient check: rows, verdict, and how they are shown."""

from __future__ import annotations

import html
import importlib.util
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from onionskin.base.errors import require
from onionskin.base.languages import known_language
from onionskin.explain.checking.words import WORDS
from onionskin.explain.columns import WIDTH, padded, width, wrapped

_LEAST = 16  # columns for the name of a parameter and the worst place in it, however wide the rest is
_GAP = "  "
_BAD = ("wrong", "not finite", "imprecise")
_COLUMNS = ("where", "checked", "analytic", "numeric", "error", "verdict")


@dataclass(frozen=True)
class GradientRow:
    """What the check of one parameter found.

    Attributes:
        name: the variable's path, or the argument's name.
        shape: its shape.
        checked: how many elements were checked; all of them where it is small.
        worst: the place with the largest error.
        analytic: the engine's derivative there.
        numeric: the central difference there.
        error: |analytic - numeric| / max(|analytic|, |numeric|), below which rounding does not hide it.
        kinks: how many of the elements lie at a kink.
        own_error: how far the gradient in the parameter's own dtype lies from that in float64, as a share of its
            length; None where it is float64 itself.
        verdict: "ok", "kink" (nothing but kinks), "wrong", "not finite", "imprecise" (right in float64, not in the
            parameter's own dtype) or "not used" (the result does not depend on it).
    """

    name: str
    shape: tuple[int, ...]
    checked: int
    worst: tuple[int, ...]
    analytic: float
    numeric: float
    error: float
    kinks: int
    own_error: float | None
    verdict: str

    @property
    def size(self) -> int:
        """Number of its elements."""
        total = 1
        for length in self.shape:
            total *= length
        return total

    @property
    def label(self) -> str:
        """Its name and the worst place in it."""
        return self.name + (f"[{','.join(map(str, self.worst))}]" if self.worst else "")


@dataclass(frozen=True)
class Suspect:
    """A primitive whose own derivative is not what differences of its values give.

    Attributes:
        name: of the primitive.
        index: which of its inputs.
        analytic: its derivative along a random direction.
        numeric: the central difference along it.
    """

    name: str
    index: int
    analytic: float
    numeric: float


@dataclass(frozen=True)
class GradientCheck:
    """The result of `gradient_check`: true where every gradient is right.

    Attributes:
        name: of what was checked.
        rows: one for each parameter.
        engine: the engine whose gradient was checked.
        epsilon: the step of the differences.
        tolerance: the relative error that is allowed.
        dtypes: those that the parameters have.
        shape: that of the result where it was summed with weights to one number, else None.
        suspects: primitives whose derivative was found to be wrong, where something is.
        engine_at_fault: the reference engine's gradient is right and the engine's is not.
        language: of what is shown, "en" or "ko".
    """

    name: str
    rows: tuple[GradientRow, ...]
    engine: str
    epsilon: float
    tolerance: float
    dtypes: tuple[str, ...]
    shape: tuple[int, ...] | None = None
    suspects: tuple[Suspect, ...] = ()
    engine_at_fault: bool = False
    language: str = "en"

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not any(row.verdict in _BAD for row in self.rows)

    @property
    def worst(self) -> GradientRow:
        """The row with the largest error, one that is wrong first."""
        return max(self.rows, key=lambda row: (row.verdict in _BAD, row.error))

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        worst = self.worst
        state = "passed" if self.passed else f"failed at {worst.label}"
        return f"<GradientCheck of {self.name}: {state}, largest error {worst.error:.1e}>"

    def __str__(self) -> str:
        notes = self._notes()
        return "\n".join([*self._heading(), "", *_table(self._cells()), *(["", *notes] if notes else [])])

    def translated(self, language: str) -> GradientCheck:
        """Return the same result, to be shown in another language."""
        return replace(self, language=known_language(language, "gradient_check"))

    def print(self) -> None:
        """Print the table; in a terminal, with its verdicts in colour where rich is installed."""
        if not sys.stdout.isatty() or importlib.util.find_spec("rich") is None:
            print(self)
            return
        text = require("rich.text", "cli", "colours").Text(str(self))
        words = WORDS[self.language]
        for key in ("ok", "kink", "not used", "passed", "failed", *_BAD):
            colour = "green" if key in ("ok", "passed") else "yellow" if key in ("kink", "not used") else "bold red"
            text.highlight_regex(rf"(?m)(?<= ){re.escape(words[key])}$", colour)
        require("rich.console", "cli", "colours").Console(highlight=False).print(text, soft_wrap=True)

    # --- its parts ---

    def _word(self, key: str, **values: Any) -> str:
        return WORDS[self.language][key].format(**values)

    def _heading(self) -> list[str]:
        title = self._word("title", name=self.name, verdict=self._word("passed" if self.passed else "failed"))
        return [title, self._word("how", engine=self.engine, epsilon=self.epsilon)]

    def _cells(self) -> list[list[str]]:
        rows = [[self._word(key) for key in _COLUMNS]]
        for row in self.rows:
            checked = self._word("all" if row.checked == row.size else "some", n=row.checked, size=row.size)
            numbers = [f"{row.analytic:.3e}", f"{row.numeric:.3e}", f"{row.error:.0e}"]
            if row.verdict in ("kink", "not used"):
                numbers = ["-", "-", "-"]
            rows.append([row.label.removeprefix(f"{self.name}/"), checked, *numbers, self._word(row.verdict)])
        return rows

    def _notes(self) -> list[str]:
        notes = [] if self.shape is None else [self._word("weights", shape=self.shape)]
        kinks = sum(row.kinks for row in self.rows)
        if kinks:
            notes.append(self._word("one kink" if kinks == 1 else "kinks", n=kinks))
        own = [row.own_error for row in self.rows if row.own_error is not None]
        if own:
            narrow = ", ".join(dtype for dtype in self.dtypes if dtype != "float64")
            notes.append(self._word("own", dtypes=narrow, error=max(own)))
        if any(row.verdict == "wrong" for row in self.rows):
            notes += [self._word("suspect", **vars(one)) for one in self.suspects]
            if self.engine_at_fault:
                notes.append(self._word("engine", engine=self.engine))
            elif not self.suspects:
                notes.append(self._word("unknown"))
        return [line for note in notes for line in wrapped(note, WIDTH)]

    def _repr_html_(self) -> str:
        head, *rows = self._cells()
        colours = {self._word(key): "#b00020" for key in _BAD}
        body = "".join(
            "<tr>"
            + "".join(
                f'<td style="text-align:{"left" if place in (0, 5) else "right"};'
                f'color:{colours.get(cell, "inherit") if place == 5 else "inherit"}">{html.escape(cell)}</td>'
                for place, cell in enumerate(row)
            )
            + "</tr>"
            for row in rows
        )
        top = "".join(f"<th>{html.escape(one)}</th>" for one in head)
        title, how = map(html.escape, self._heading())
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in [" ".join(self._notes())] if note)
        return f"<p><b>{title}</b><br>{how}</p><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>{notes}"


def _shortened(text: str, room: int) -> str:
    """Return a name with a part of its first half left out where it is too long."""
    return text if width(text) <= room else f"{text[: room // 4]}…{text[room // 4 + 1 - room :]}"


def _table(cells: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of text with aligned columns: names and verdicts to the left, numbers to the right."""
    widths = [max(width(row[place]) for row in cells) for place in range(len(cells[0]))]
    room = max(_LEAST, WIDTH - sum(widths[1:]) - len(_GAP) * len(widths[1:]))
    rows = [[_shortened(row[0], room), *row[1:]] for row in cells]
    widths[0] = min(widths[0], room)
    lines = []
    for row in rows:
        parts = []
        for place, cell in enumerate(row):
            parts.append(padded(cell, widths[place], right=place not in (0, len(row) - 1)))
        lines.append(_GAP.join(parts).rstrip())
    return lines
