"""The one look of all plots: colours for a light and a dark background, font sizes, figure sizes, line styles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from onionskin.base.errors import UnknownNameError, suggest

DPI = 150  # pixels per inch of a PNG
PANEL = (4.4, 3.6)  # inches of one panel with axes
CELL = 1.45  # inches of one picture in a grid, wide enough for its title
TEXT = 10.0  # points
SMALL = 8.5
TITLE = 12.5
MARKED_EPOCHS = 20  # up to so many epochs each one gets a marker


@dataclass(frozen=True)
class Theme:
    """Colours of one style, as hexadecimal strings.

    `series` are told apart by people with any of the common colour-blindnesses, and every one of
    them contrasts with the background at least 3 to 1 (the bound of WCAG 2.2 for graphics).

    Attributes:
        background: of the figure and of its axes.
        ink: text.
        muted: what stands back: axes, zeros, edges of points.
        grid: grid lines.
        series: lines, in the order they are taken.
        right: what was predicted right.
        wrong: what was predicted wrong.
        pixels: the colour map of pictures; 0 has the background's tone, so that pictures read as ink.
    """

    background: str
    ink: str
    muted: str
    grid: str
    series: tuple[str, ...]
    right: str
    wrong: str
    pixels: str


# The hues of Okabe and Ito (Color Universal Design, 2008), each made darker or lighter until it
# stands out from its background: their yellow cannot be seen on white, nor their black on black.
THEMES = {
    "light": Theme(
        background="#ffffff",
        ink="#1f2328",
        muted="#6e7781",
        grid="#e3e6ea",
        series=("#0072b2", "#d55e00", "#008560", "#b0568a", "#6b4f00", "#3c4043"),
        right="#005a8c",
        wrong="#d55e00",
        pixels="gray_r",
    ),
    "dark": Theme(
        background="#16181d",
        ink="#e6e8eb",
        muted="#9aa2ab",
        grid="#2c3037",
        series=("#56b4e9", "#e69f00", "#26c196", "#e08dbe", "#f0e442", "#d5d8dc"),
        right="#56b4e9",
        wrong="#ff8a3d",
        pixels="gray",
    ),
}


def theme(style: str, where: str) -> Theme:
    """Return the colours of a style.

    Args:
        style: "light" or "dark".
        where: the function that asks, for the error.

    Raises:
        UnknownNameError: there is no such style.

    Example:
        >>> theme("dark", "curves").background
        '#16181d'
    """
    if not isinstance(style, str) or style not in THEMES:
        raise UnknownNameError(
            "there is no style of this name.",
            where=f"{where}(style)",
            given=repr(style),
            fix=suggest(str(style), THEMES),
        )
    return THEMES[style]


def settings(look: Theme, families: list[str]) -> dict[str, Any]:
    """Return the Matplotlib settings of a style, laid over Matplotlib's defaults, not over the user's own."""
    return {
        "font.family": families,
        "font.size": TEXT,
        "axes.titlesize": TITLE,
        "axes.titlelocation": "left",
        "axes.labelsize": TEXT,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SMALL,
        "legend.fontsize": SMALL,
        "legend.frameon": False,
        "legend.handlelength": 3.4,  # a broken line must look broken here too
        "figure.titlesize": TITLE,
        "figure.titleweight": "normal",
        "figure.facecolor": look.background,
        "axes.facecolor": look.background,
        "text.color": look.ink,
        "axes.labelcolor": look.ink,
        "axes.titlecolor": look.ink,
        "axes.edgecolor": look.muted,
        "xtick.color": look.muted,
        "ytick.color": look.muted,
        "xtick.labelcolor": look.ink,
        "ytick.labelcolor": look.ink,
        "grid.color": look.grid,
        "grid.linewidth": 0.8,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "lines.linewidth": 1.8,
        "lines.markersize": 5.0,
        "text.parse_math": False,  # a class may be called "$5 to $10"
        "svg.hashsalt": "onionskin",  # the same plot gives the same bytes
        "pdf.fonttype": 42,
    }


def luminance(color: tuple[float, float, float]) -> float:
    """Return the relative luminance of an sRGB colour, channels and result from 0 to 1 (WCAG 2.2).

    Example:
        >>> luminance((1.0, 1.0, 1.0))
        1.0
    """
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def readable_on(color: tuple[float, float, float]) -> str:
    """Return black or white, whichever reads better on a background colour.

    Example:
        >>> readable_on((0.0, 0.3, 0.6))
        '#ffffff'
    """
    return "#000000" if luminance(color) > 0.179 else "#ffffff"  # at 0.179 both contrast 4.6 to 1
