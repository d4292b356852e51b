"""A chain of values as an onion: each is a skin around those it is made of, and derivatives peel it from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError, require
from onionskin.plot.checks import letter_widths, shortened
from onionskin.plot.fonts import LATIN
from onionskin.plot.sheet import Sheet, StrPath, sheet
from onionskin.plot.theme import SMALL, TEXT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST = 24  # skins
_LETTERS = 78  # of a line beside a skin; longer ones are cut
_STEP = 0.62  # inches from skin to skin
_LETTER = 0.077  # inches of a letter at the size of the lines
_SIDE = 0.95  # inches for the arrows at the left
Line = tuple[str, str, str, str]


def onion(
    skins: Sequence[Sequence[str]],
    core: str = "X",
    *,
    path: StrPath | None = None,
    style: str = "light",
    language: str = "en",
) -> Figure:
    """Draw a chain of values as the skins of an onion, the last value outside, what everything is made of inside.

    Args:
        skins: from the outermost inwards, each as (name, how it is made, its derivatives, the layer it belongs to);
            the skins of one layer have one tint.
        core: what is inside all skins.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure with one axes.

    Raises:
        DTypeError: a skin is not four texts.
        ArgumentError: there are no skins or more than 24, or the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> chain = [("C", "C = (A − Y)²", "∂C/∂A = 2·(A − Y)", "loss"), ("A", "A = W·X", "∂A/∂W = X", "layer")]
        >>> figure = onion(chain)
        >>> [text.get_text() for text in figure.axes[0].texts if text.get_text() in ("C", "A", "X")]
        ['C', 'A', 'X']
    """
    lines = _lines(skins)
    words = [text for line in lines for text in line]
    with sheet("onion", path, style, language, [*words, core]) as page:
        step, count = _STEP, len(lines)
        across = step * (count + 1.6)  # of the onion
        room = _LETTER * max(letter_widths(text) for line in lines for text in line[1:3])
        group = _LETTER * max(letter_widths(line[3]) for line in lines)
        width, height = _SIDE + across + 0.5 + room + 0.3 + group, across + 0.3
        figure = page.figure(width, height)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(0, height))
        axes.axis("off")
        _discs(page, axes, lines, core, across)
        _beside(page, axes, lines, across, _SIDE + across + 0.5 + room + 0.3)
        _directions(page, axes, across)
        figure.set_layout_engine("none")
        return page.finish(figure)


def _lines(skins: Any) -> list[Line]:
    where = "onion(skins)"
    found: list[Line] = []
    for skin in skins:
        if isinstance(skin, str) or len(skin) != 4 or not all(isinstance(part, str) for part in skin):
            raise DTypeError("a skin is four texts.", where=where, given=f"{skin!r:.60}",
                             expected="(name, how it is made, its derivatives, its layer)")  # fmt: skip
        name, made, derivatives, layer = skin
        found.append((shortened(name, 6), shortened(made, _LETTERS), shortened(derivatives, _LETTERS),
                      shortened(layer, 20)))  # fmt: skip
    if not 1 <= len(found) <= _MOST:
        raise ArgumentError("an onion of this number of skins cannot be drawn.", where=where,
                            expected=f"1 to {_MOST}", given=len(found))  # fmt: skip
    return found


def _height(place: int, across: float) -> float:
    """Return the height of the middle of a skin's visible part, in inches."""
    return across + 0.12 - _STEP * (place + 0.5)


def _discs(page: Sheet, axes: Axes, lines: Sequence[Line], core: str, across: float) -> None:
    """Draw the skins, each inside the one before, all with the same lowest point."""
    circle = require("matplotlib.patches", "plot", "plots").Circle
    to_rgb = require("matplotlib.colors", "plot", "plots").to_rgb
    paper, tint = np.array(to_rgb(page.look.background)), np.array(to_rgb(page.look.series[3]))
    layers = list(dict.fromkeys(line[3] for line in lines))
    middle = _SIDE + across / 2
    name: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": TEXT + 3,
                            "family": _formula_fonts(axes)}  # fmt: skip
    for place, line in enumerate(lines):
        radius = (across - _STEP * place) / 2
        depth = 0.10 + 0.45 * layers.index(line[3]) / max(len(layers), 2)
        fill = paper + depth * (tint - paper)
        axes.add_patch(circle((middle, 0.12 + radius), radius, facecolor=fill, edgecolor=page.look.series[3], lw=1.2))
        axes.text(middle, _height(place, across), line[0], **name)
    radius = (across - _STEP * len(lines)) / 2
    look: dict[str, Any] = {"facecolor": page.look.background, "edgecolor": page.look.series[3], "lw": 1.2}
    axes.add_patch(circle((middle, 0.12 + radius), radius, **look))
    axes.text(middle, 0.12 + radius, shortened(core, 8), **name)


def _beside(page: Sheet, axes: Axes, lines: Sequence[Line], across: float, last: float) -> None:
    """Write how each skin is made and its derivatives beside it, with a thin line from the one to the other."""
    middle, left = _SIDE + across / 2, _SIDE + across + 0.5
    layers: list[str] = []
    size, family = SMALL + 0.5, _formula_fonts(axes)
    for place, (_, made, derivatives, layer) in enumerate(lines):
        at = _height(place, across)
        radius = (across - _STEP * place) / 2
        edge = middle + np.sqrt(max(radius**2 - (at - 0.12 - radius) ** 2, 0.0))
        axes.plot([edge, left - 0.12], [at, at], color=page.look.muted, lw=0.8, ls=(0, (1, 2)))
        for text, up, color in ((made, 0.12, page.look.series[0]), (derivatives, -0.12, page.look.series[1])):
            axes.text(left, at + up, text, va="center", fontsize=size, color=color, family=family)
        if layer not in layers:
            layers.append(layer)
            axes.text(last, at, layer, va="center", fontsize=SMALL, color=page.look.muted)


def _formula_fonts(axes: Axes) -> list[str]:
    """Return the fonts with the one that has all signs of mathematics first; fonts of Hangul lack some."""
    return list(dict.fromkeys([LATIN, *axes.title.get_fontfamily()]))


def _directions(page: Sheet, axes: Axes, across: float) -> None:
    """Draw the two arrows: forward from the core outwards, backward from the outermost skin inwards."""
    for x, ends, word, color in (
        (0.32, (0.2, across), "onion forward", page.look.series[0]),
        (0.72, (across, 0.2), "onion backward", page.look.series[1]),
    ):
        axes.annotate(
            "", xy=(x, ends[1]), xytext=(x, ends[0]), arrowprops={"arrowstyle": "-|>", "color": color, "lw": 1.6}
        )
        axes.text(x - 0.1, across / 2 + 0.1, page.word(word), rotation=90, ha="right", va="center", fontsize=SMALL,
                  color=color)  # fmt: skip
