"""The font classifier as a picture: colours in the RGB cube, the surface that parts them, and text on colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from onionskin.base.errors import DataError, ShapeError, require
from onionskin.plot.checks import class_numbers, numbers
from onionskin.plot.crossing import Field, crossing_surface
from onionskin.plot.fonts import LATIN
from onionskin.plot.sheet import Sheet, StrPath, sheet
from onionskin.plot.theme import SMALL, luminance

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_POINTS = 700  # more points hide each other
_ROWS, _COLUMNS = 6, 4  # of backgrounds with text
_CLOSE = 8  # of these lie next to the boundary, the others far from each other
_SHEER = 0.4  # of the surface: the points behind it must be seen
_SUN = np.array([0.35, 0.25, 0.9])  # where the surface is lit from, in the cube's axes


def color_boundary(
    colors: Any,
    probability: Any,
    labels: Any,
    predict: Field,
    *,
    path: StrPath | None = None,
    style: str = "light",
    language: str = "en",
) -> Figure:
    """Draw background colours in the RGB cube, with the boundary between light and dark font.

    Left, each background is a point of its own colour: a circle where its label says light font, a
    triangle where it says dark font. The surface is where `predict` is 0.5. Right, text on some of the
    backgrounds in the font colour that was predicted, from surely light to surely dark.

    Args:
        colors: (n, 3) red, green, blue, from 0 to 1 or, where one is above 1 or they are integers, to 255.
        probability: (n,) predicted probability of the dark font.
        labels: (n,) 1 where the dark font reads better, else 0.
        predict: (m, 3) float64 colours, in the units of `colors` → (m,) probability of the dark font.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure with two axes: the cube and the backgrounds with text.

    Raises:
        ShapeError: the arguments differ in number, or predict returns another number than it is asked for.
        DataError: a colour, probability or label is out of range or not finite.
        DTypeError: these are no numbers, or predict cannot be called.
        ArgumentError: the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> import numpy as np
        >>> rgb = np.random.default_rng(0).uniform(size=(20, 3))
        >>> def brightness(c):
        ...     return c @ [0.3, 0.6, 0.1]
        >>> figure = color_boundary(rgb, brightness(rgb), brightness(rgb) >= 0.5, brightness)
        >>> figure.axes[0].get_zlabel(), len(figure.axes[1].texts) >= 20
        ('blue', True)
    """
    where = "color_boundary"
    rgb, side = _rgb(colors, f"{where}(colors)")
    n = len(rgb)
    dark = _probability(probability, n, f"{where}(probability)")
    truth = class_numbers(labels, n, f"{where}(labels)")
    if truth.max() > 1:
        raise DataError(
            "a label is neither 0 nor 1.",
            where=f"{where}(labels)",
            expected="0 for the light font, 1 for the dark font",
            given=int(truth.max()),
        )
    corners, triangles = crossing_surface(predict, side, where=f"{where}(predict)")
    with sheet(where, path, style, language) as page:
        figure = page.figure(10.0, 5.2)
        require("mpl_toolkits.mplot3d", "plot", "plots")  # makes the projection known
        grid = figure.add_gridspec(1, 2, width_ratios=(1.25, 1.0))
        cube = figure.add_subplot(grid[0], projection="3d")
        _cube(page, cube, rgb, dark, truth, side, crossed=len(triangles) > 0)
        _surface(page, cube, corners / side, triangles)
        _text_on_colors(page, figure.add_subplot(grid[1]), rgb, dark, truth)
        return page.finish(figure)


def _rgb(value: Any, where: str) -> tuple[np.ndarray, float]:
    """Return colours from 0 to 1, and the highest value of the units they were given in."""
    array = numbers(value, where)
    if array.ndim != 2 or array.shape[1] != 3 or not len(array):
        raise ShapeError("these are no colours.", where=where, expected="(n, 3), n at least 1", given=array.shape)
    side = 255.0 if array.dtype.kind in "iu" or array.max() > 1 else 1.0
    if array.min() < 0 or array.max() > side:
        raise DataError(
            "a colour is out of range.",
            where=where,
            expected="0 to 1, or 0 to 255",
            given=f"{array.min():g} to {array.max():g}",
        )
    return array / side, side


def _probability(value: Any, n: int, where: str) -> np.ndarray:
    array = numbers(value, where)
    if array.shape not in ((n,), (n, 1)):
        raise ShapeError(
            "there must be one probability for each colour.", where=where, expected=(n,), given=array.shape
        )
    if array.min() < 0 or array.max() > 1:
        raise DataError("a probability is outside of 0 to 1.", where=where, given=f"{array.min():g} to {array.max():g}")
    return array.reshape(n).astype(np.float64)


def _cube(
    page: Sheet, axes: Any, rgb: np.ndarray, dark: np.ndarray, truth: np.ndarray, side: float, crossed: bool
) -> None:
    """Draw the points, the axes and what tells the markers apart."""
    shown = np.linspace(0, len(rgb) - 1, min(len(rgb), _POINTS)).astype(np.int64)
    line = require("matplotlib.lines", "plot", "plots").Line2D
    edge, handles = page.look.muted, []
    for label, marker, name in ((0, "o", "light font"), (1, "^", "dark font")):
        points = rgb[shown][truth[shown] == label]
        axes.scatter(*points.T, c=points, marker=marker, s=20, edgecolors=edge, linewidths=0.4, depthshade=False)
        # The legend has a point of no colour in particular.
        handles.append(line([], [], marker=marker, color=edge, linestyle="none", label=page.word(name)))
    # Placed by hand: before the first drawing, Matplotlib 3.9 takes these axes to reach far outside of the sheet.
    axes.set_position((0.01, 0.0, 0.49, 0.95))
    axes.view_init(elev=18, azim=-40)
    axes.set_box_aspect((1, 1, 1), zoom=0.95)
    ticks = (0.0, 0.5, 1.0)
    names = ["0", f"{side / 2:g}" if side == 1.0 else "128", f"{side:g}"]
    for axis, name in ((axes.xaxis, "red"), (axes.yaxis, "green"), (axes.zaxis, "blue")):
        axis.set_ticks(ticks, names)
        axis.set_label_text(page.word(name))
        axis.labelpad = 4.0
        axis.set_pane_color(page.look.background)
        axis.line.set_color(page.look.muted)
    axes.set(xlim=(0, 1), ylim=(0, 1), zlim=(0, 1))
    share = float(((dark >= 0.5) == (truth == 1)).mean())
    kind = "colors" if len(shown) == len(rgb) else "colors shown"
    axes.set_title(page.word(kind, n=len(rgb), share=share, shown=len(shown)), loc="left")
    patch = require("matplotlib.patches", "plot", "plots").Patch
    name, alpha = ("boundary", _SHEER) if crossed else ("no boundary", 0.0)
    handles.append(patch(color=page.look.muted, alpha=alpha, linewidth=0.0, label=page.word(name)))
    axes.legend(handles=handles, loc="upper left", handlelength=1.4)


def _surface(page: Sheet, axes: Any, corners: np.ndarray, triangles: np.ndarray) -> None:
    if not len(triangles):
        return
    art3d = require("mpl_toolkits.mplot3d.art3d", "plot", "plots")
    to_rgb = require("matplotlib.colors", "plot", "plots").to_rgb
    faces = corners[triangles]
    normal = np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0])
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    normal = np.divide(normal, length, out=np.zeros_like(normal), where=length > 0)
    light = 0.75 + 0.25 * np.abs(normal @ (_SUN / np.linalg.norm(_SUN)))
    paint = np.column_stack([light[:, None] * np.array(to_rgb(page.look.muted)), np.full(len(faces), _SHEER)])
    surface = art3d.Poly3DCollection(faces, facecolors=paint, edgecolors="none")
    axes.add_collection3d(surface)


def _spread(rgb: np.ndarray, count: int) -> np.ndarray:
    """Return the places of colours that lie far from each other, the darkest first (farthest-point choice)."""
    chosen = [int(np.argmin(rgb.sum(axis=1)))]
    distance = np.full(len(rgb), np.inf)
    while len(chosen) < min(count, len(rgb)):
        distance = np.minimum(distance, ((rgb - rgb[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int(distance.argmax()))
    return np.array(chosen)


def _text_on_colors(page: Sheet, axes: Axes, rgb: np.ndarray, dark: np.ndarray, truth: np.ndarray) -> None:
    """Draw rectangles of background colours with text in the predicted font colour and its probability."""
    patches = require("matplotlib.patches", "plot", "plots")
    near = np.argsort(abs(dark - 0.5), kind="stable")[: 8 * _CLOSE]
    close = near[_spread(rgb[near], _CLOSE)]
    spread = _spread(rgb, _ROWS * _COLUMNS)
    chosen = np.concatenate([close, spread[~np.isin(spread, close)]])[: _ROWS * _COLUMNS]
    bright = np.array([luminance((float(r), float(g), float(b))) for r, g, b in rgb[chosen]])
    chosen = chosen[np.lexsort((bright, dark[chosen].round(2)))]
    mistaken = False
    for place, i in enumerate(chosen):
        row, column = divmod(place, _COLUMNS)
        axes.add_patch(
            patches.Rectangle((column, row), 0.92, 0.86, facecolor=rgb[i], edgecolor=page.look.grid, linewidth=0.8)
        )
        font = "#000000" if dark[i] >= 0.5 else "#ffffff"
        axes.text(column + 0.3, row + 0.45, "Aa", ha="center", va="center", color=font, fontsize=17, family=LATIN)
        wrong = (dark[i] >= 0.5) != (truth[i] == 1)
        mistaken |= bool(wrong)
        mark = f"× {dark[i]:.2f}" if wrong else f"{dark[i]:.2f}"
        axes.text(column + 0.86, row + 0.45, mark, ha="right", va="center", color=font, fontsize=SMALL)
    axes.set(xlim=(0, _COLUMNS - 0.08), ylim=(_ROWS - 0.14, 0), xticks=[], yticks=[])
    axes.set_title(page.word("picked"))
    note = page.word("probability") + (f"\n{page.word('mistaken')}" if mistaken else "")
    axes.set_xlabel(note, fontsize=SMALL, loc="left", linespacing=1.25)
    for spine in axes.spines.values():
        spine.set_visible(False)
