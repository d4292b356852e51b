"""Tensor operations as geometry: a figure, a grid and the unit vectors before and after maps of the plane."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError, ShapeError, require
from onionskin.plot.checks import numbers
from onionskin.plot.sheet import Sheet, StrPath, sheet
from onionskin.plot.theme import SMALL, TEXT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Map: TypeAlias = Callable[[np.ndarray], Any]

_MOST = 12  # panels
_PANEL = 2.9  # inches
_COLUMNS = 3
_ARROWS = 5  # from corners of the figure: more hide it
_FINE = 61  # points of a line: a bent map bends it
# A letter F: it has no symmetry, so that turning, mirroring and shearing it can be told apart.
FIGURE = np.array(
    [[0.2, 0.1], [0.4, 0.1], [0.4, 0.45], [0.7, 0.45], [0.7, 0.65],
     [0.4, 0.65], [0.4, 0.8], [0.8, 0.8], [0.8, 1.0], [0.2, 1.0]]
)  # fmt: skip


def grid_lines(low: Any = (-1.0, -1.0), high: Any = (1.0, 1.0), count: int = 9, fine: int = _FINE) -> np.ndarray:
    """Return the lines of a square grid, (2 · count, fine, 2): first those that stand, then those that lie.

    Args:
        low: the lower left corner.
        high: the upper right corner.
        count: lines each way.
        fine: points of a line.

    Example:
        >>> grid_lines(count=3, fine=5).shape
        (6, 5, 2)
    """
    (x0, y0), (x1, y1) = np.asarray(low, float), np.asarray(high, float)
    lines = np.empty((2 * count, fine, 2))
    lines[:count, :, 0] = np.linspace(x0, x1, count)[:, None]
    lines[:count, :, 1] = np.linspace(y0, y1, fine)
    lines[count:, :, 0] = np.linspace(x0, x1, fine)
    lines[count:, :, 1] = np.linspace(y0, y1, count)[:, None]
    return lines


def transformations(
    maps: Mapping[str, Map],
    *,
    figure: Any = None,
    notes: Mapping[str, str] | None = None,
    path: StrPath | None = None,
    style: str = "light",
    language: str = "en",
) -> Figure:
    """Draw what maps of the plane do to a figure, to a grid and to the unit vectors, a panel for each map.

    Dotted is what was before; whole lines are what the map makes of it. Thin arrows lead from the figure's corners
    to where they go; thick ones are the unit vectors after the map.

    Args:
        maps: title → function of points (n, 2) that returns points (n, 2).
        figure: (n, 2) corners of a closed figure; a letter F where None.
        notes: title → a line below the panel, such as the map's formula.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure with one axes for each map.

    Raises:
        DTypeError: the maps are no dictionary of functions.
        ShapeError: the figure is none, or a map returns points of another shape.
        DataError: a number is not finite.
        ArgumentError: there are no maps or more than 12, or the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> drawn = transformations({"twice as wide": lambda points: points * [2, 1]})
        >>> [axes.get_title(loc="left") for axes in drawn.axes]
        ['twice as wide']
    """
    where = "transformations"
    _check_maps(maps, where)
    corners = FIGURE if figure is None else numbers(figure, f"{where}(figure)")
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 2:
        raise ShapeError("this is no figure.", where=f"{where}(figure)", expected="(n, 2), n at least 2",
                         given=corners.shape)  # fmt: skip
    outline = _closed(corners.astype(float))
    units = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    lines = grid_lines()
    sets = [lines.reshape(-1, 2), outline, corners, units]
    mapped = {title: [_applied(one, part, title, where) for part in sets] for title, one in maps.items()}
    reach = max(float(np.abs(part).max()) for parts in mapped.values() for part in parts)
    limit = 1.06 * max(reach, float(np.abs(outline).max()), 1.0)
    words = [*maps, *(notes or {}).values()]
    with sheet(where, path, style, language, words) as page:
        columns = min(_COLUMNS, len(maps))
        rows = math.ceil(len(maps) / columns)
        drawn = page.figure(_PANEL * columns, (_PANEL + 0.45) * rows + 0.3)
        grid = drawn.subplots(rows, columns, squeeze=False).ravel()
        for axes in grid[len(maps) :]:
            drawn.delaxes(axes)
        for axes, (title, parts) in zip(grid, mapped.items(), strict=False):
            _panel(page, axes, [lines, outline, corners, units], parts, limit)
            axes.set_title(title)
            axes.set_xlabel((notes or {}).get(title, ""), fontsize=SMALL, linespacing=1.35)
        _legend(page, drawn)
        return page.finish(drawn)


def _check_maps(maps: Any, where: str) -> None:
    if not isinstance(maps, Mapping) or not all(callable(one) for one in maps.values()):
        raise DTypeError("the maps must be a dictionary of functions.", where=f"{where}(maps)",
                         expected="title → function of points (n, 2)", given=f"{maps!r:.60}")  # fmt: skip
    if not 1 <= len(maps) <= _MOST:
        raise ArgumentError("this number of maps cannot be drawn.", where=f"{where}(maps)",
                            expected=f"1 to {_MOST}", given=len(maps))  # fmt: skip


def _closed(points: np.ndarray) -> np.ndarray:
    """Return a closed outline with many points on each side, so that a bent map bends it."""
    ends = np.roll(points, -1, axis=0)
    share = np.linspace(0.0, 1.0, 12, endpoint=False)[:, None]
    sides = [a + share * (b - a) for a, b in zip(points, ends, strict=True)]
    return np.concatenate([*sides, points[:1]])


def _applied(function: Map, points: np.ndarray, title: str, where: str) -> np.ndarray:
    result = numbers(function(points.copy()), f"{where}(maps[{title!r}])")
    if result.shape != points.shape:
        raise ShapeError("a map returned points of another shape.", where=f"{where}(maps[{title!r}])",
                         expected=points.shape, given=result.shape)  # fmt: skip
    return result.astype(float)


def _panel(page: Sheet, axes: Axes, before: list[np.ndarray], after: list[np.ndarray], limit: float) -> None:
    look = page.look
    collection = require("matplotlib.collections", "plot", "plots").LineCollection
    lines = before[0]
    axes.add_collection(collection(list(lines), colors=look.grid, linewidths=0.7, zorder=1))
    bent = after[0].reshape(lines.shape)
    axes.add_collection(collection(list(bent), colors=look.muted, linewidths=0.7, alpha=0.55, zorder=2))
    axes.plot(*before[1].T, color=look.muted, linestyle=(0, (1.5, 1.5)), linewidth=1.2, zorder=3)
    axes.fill(*after[1].T, facecolor=look.series[0], alpha=0.3, edgecolor="none", zorder=3)
    axes.plot(*after[1].T, color=look.series[0], linewidth=1.6, zorder=4)
    few = slice(None, None, max(1, len(before[2]) // _ARROWS))
    for start, end in zip(before[2][few], after[2][few], strict=True):
        if np.hypot(*(end - start)) > 0.02 * limit:
            _arrow(axes, start, end, look.muted, 0.7, 6.0, 4)
    origin, *ends = after[3]
    for end, color in zip(ends, (look.series[1], look.series[2]), strict=True):
        if np.hypot(*(end - origin)) > 0.01 * limit:
            _arrow(axes, origin, end, color, 2.2, 11.0, 5)
    axes.plot(*origin, "o", color=look.ink, markersize=3.5, zorder=6)
    axes.axhline(0.0, color=look.muted, linewidth=0.6, zorder=1.5)
    axes.axvline(0.0, color=look.muted, linewidth=0.6, zorder=1.5)
    axes.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
    ticker = require("matplotlib.ticker", "plot", "plots")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(ticker.MaxNLocator(nbins=5, integer=True))
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)


def _arrow(axes: Axes, start: np.ndarray, end: np.ndarray, color: str, width: float, head: float, level: int) -> None:
    axes.annotate("", xy=(end[0], end[1]), xytext=(start[0], start[1]), zorder=level,
                  arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": width, "mutation_scale": head,
                              "shrinkA": 0.0, "shrinkB": 0.0})  # fmt: skip


def _legend(page: Sheet, figure: Figure) -> None:
    line = require("matplotlib.lines", "plot", "plots").Line2D
    look = page.look
    handles = [
        line([], [], color=look.muted, linestyle=(0, (1.5, 1.5)), linewidth=1.2, label=page.word("before")),
        line([], [], color=look.series[0], linewidth=1.6, label=page.word("after")),
        line([], [], color=look.series[1], linewidth=2.2, label="(1, 0)"),
        line([], [], color=look.series[2], linewidth=2.2, label="(0, 1)"),
    ]
    wide = figure.get_figwidth() > 1.5 * _PANEL
    figure.legend(handles=handles, loc="outside lower center", ncols=4 if wide else 2, fontsize=TEXT - 1,
                  handlelength=1.8)  # fmt: skip
