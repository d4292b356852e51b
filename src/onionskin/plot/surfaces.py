"""Loss surfaces as contours and in three dimensions with paths over them, and steps along a curve, from arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from onionskin.base.errors import DataError, ShapeError, require
from onionskin.plot.checks import shortened
from onionskin.plot.places import Paths, grid, heights_of, places, points_of, real
from onionskin.plot.sheet import Sheet, StrPath, sheet
from onionskin.plot.theme import PANEL, SMALL, THEMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEVELS = 15
_DOTTED = 100  # up to so many steps each one gets a dot
_COLUMNS = 3
_FEW = 15  # steps along a curve whose dots do not touch
_STEEP = 12.0  # a surface so many times higher than its middle is drawn by the logarithm of its height
_DASHES = ("-", (0, (5, 1.6)), (0, (1.4, 1.2)))  # paths of one colour, where there are more than colours
# Fills from the lowest to the highest loss, all near enough to the background that paths stand out.
_FILLS = {"light": ("#b9cfe4", "#ffffff"), "dark": ("#2f5475", "#16181d")}
_SOLIDS = {"light": ("#56789a", "#eef3f8"), "dark": ("#24435f", "#9db8d2")}  # whose form must show without lines
_NAME = 40  # letters of a label


def contour(
    x: Any,
    y: Any,
    losses: Any,
    paths: Paths | None = None,
    *,
    minima: Sequence[Sequence[float]] = (),
    notes: Mapping[str, str] | None = None,
    apart: bool = False,
    title: str = "",
    xlabel: str = "",
    ylabel: str = "",
    path: StrPath | None = None,
    style: str = "light",
    language: str = "en",
) -> Figure:
    """Draw the contours of a loss over a plane, and paths over them.

    Levels are spaced by the logarithm of the height above the lowest point, so that flat ground shows its form too.
    What is NaN or infinite is left blank. A ring is the start of a path, a disc its end; a cross stands where a path
    leaves the picture for good.

    Args:
        x: (n,) places along the first axis, rising.
        y: (m,) along the second.
        losses: (m, n) the loss at each.
        paths: label → points (k, 2).
        minima: places to mark by a star.
        notes: label → what to say of a path.
        apart: draw each path in a panel of its own.
        title: of the figure.
        xlabel: of the first axis.
        ylabel: of the second.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure; its first axes are the picture.

    Raises:
        ShapeError: the arrays do not fit each other.
        DataError: no loss is finite, or the places do not rise.
        DTypeError: these are no numbers or no paths.
        ArgumentError: the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> import numpy as np
        >>> x = np.linspace(-1, 1, 5)
        >>> figure = contour(x, x, x**2 + x[:, None] ** 2, {"descent": [[1.0, 1.0], [0.5, 0.5]]}, xlabel="w")
        >>> figure.axes[0].get_xlabel(), [text.get_text() for text in figure.legends[0].get_texts()]
        ('w', ['descent', 'start', 'end'])
    """
    where = "contour"
    x, y, z = grid(x, y, losses, where)
    lines = points_of(paths, where)
    with sheet(where, path, style, language, [title, xlabel, ylabel, *lines, *(notes or {}).values()]) as page:
        groups = [[label] for label in lines] if apart and len(lines) > 1 else [list(lines)]
        figure, panels = _panels(page, len(groups), (6.4, 5.2))
        for axes, members in zip(panels, groups, strict=True):
            fills = contours(page, axes, x, y, z, minima)
            axes.set(xlabel=xlabel, ylabel=ylabel)
            for label in members:
                draw_path(page, axes, lines[label], list(lines).index(label), label)
            if len(groups) > 1:
                _caption(page, axes, members[0], notes)
        if len(groups) == 1:
            if fills is not None:
                _bar(page, figure, panels[0], fills)
            panels[0].set_title(title)
            legend(page, figure, lines, notes, bool(minima))
        else:
            figure.suptitle(title, x=0.01, ha="left")
            legend(page, figure, lines, notes, bool(minima), named=False)
        return page.finish(figure)


def surface(
    x: Any,
    y: Any,
    losses: Any,
    paths: Paths | None = None,
    heights: Paths | None = None,
    *,
    notes: Mapping[str, str] | None = None,
    apart: bool = False,
    title: str = "",
    xlabel: str = "",
    ylabel: str = "",
    path: StrPath | None = None,
    style: str = "light",
    language: str = "en",
) -> Figure:
    """Draw a loss over a plane in three dimensions, and paths that lie on it.

    A surface that is much higher at its edges than in its middle is drawn by the logarithm of its height above the
    lowest point; the numbers beside it are losses all the same.

    Args:
        x: (n,) places along the first axis, rising.
        y: (m,) along the second.
        losses: (m, n) the loss at each.
        paths: label → points (k, 2).
        heights: label → the loss at each of these points (k,).
        notes: label → what to say of a path.
        apart: draw each path in a panel of its own.
        title: of the figure.
        xlabel: of the first axis.
        ylabel: of the second.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure; its first axes are the picture.

    Raises:
        ShapeError: the arrays do not fit each other.
        DataError: no loss is finite, or the places do not rise.
        DTypeError: these are no numbers or no paths.
        ArgumentError: the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> import numpy as np
        >>> x = np.linspace(-1, 1, 5)
        >>> figure = surface(x, x, x**2 + x[:, None] ** 2, {"way": [[1.0, 1.0], [0.0, 0.0]]}, {"way": [2.0, 0.0]})
        >>> figure.axes[0].get_zlabel()
        'loss'
    """
    where = "surface"
    x, y, z = grid(x, y, losses, where)
    lines = points_of(paths, where)
    levels = {label: heights_of(heights, label, len(points), where) for label, points in lines.items()}
    with sheet(where, path, style, language, [title, xlabel, ylabel, *lines, *(notes or {}).values()]) as page:
        groups = [[label] for label in lines] if apart and len(lines) > 1 else [list(lines)]
        require("mpl_toolkits.mplot3d", "plot", "plots")  # makes the projection known
        figure, panels = _panels(page, len(groups), (6.8, 5.9), projection="3d")
        scale = _Scale(z)
        for axes, members in zip(panels, groups, strict=True):
            _solid(page, axes, x, y, z, scale, zoom=0.93 if len(groups) == 1 else 0.8)
            axes.set(xlabel=xlabel, ylabel=ylabel, zlabel=page.word("loss"))
            for label in members:
                inside = _inside(lines[label], (x[0], x[-1]), (y[0], y[-1])) & np.isfinite(levels[label])
                _raise_path(page, axes, lines[label], scale(levels[label]), inside, list(lines).index(label))
            if len(groups) > 1:
                _caption(page, axes, members[0], notes)
        figure.suptitle(title, x=0.01, ha="left")
        if len(groups) == 1:
            legend(page, figure, lines, notes, minima=False)
        else:
            legend(page, figure, lines, notes, minima=False, named=False)
        return page.finish(figure)


def steps_on_curve(
    x: Any,
    losses: Any,
    paths: Paths,
    *,
    notes: Mapping[str, str] | None = None,
    xlabel: str = "w",
    path: StrPath | None = None,
    style: str = "light",
    language: str = "en",
) -> Figure:
    """Draw steps along the curve of a loss of one number, a panel for each path.

    Args:
        x: (n,) places, rising.
        losses: (n,) the loss at each.
        paths: label → points (k,) or (k, 1).
        notes: label → what to say of a path.
        xlabel: of the horizontal axis.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure with one axes for each path.

    Raises:
        ShapeError: the arrays do not fit each other.
        DataError: there is no path, no loss is finite, or the places do not rise.
        DTypeError: these are no numbers or no paths.
        ArgumentError: the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> import numpy as np
        >>> x = np.linspace(-1, 1, 21)
        >>> figure = steps_on_curve(x, x**2, {"small": [1.0, 0.9, 0.8], "good": [1.0, 0.4, 0.1]})
        >>> [axes.get_title(loc="left") for axes in figure.axes]
        ['small', 'good']
    """
    where = "steps_on_curve"
    across, up = places(x, f"{where}(x)"), real(losses, f"{where}(losses)")
    if up.shape != across.shape:
        raise ShapeError("there must be one loss for each place.", where=f"{where}(losses)", expected=across.shape,
                         given=up.shape)  # fmt: skip
    lines = points_of(paths, where, columns=1)
    if not lines:
        raise DataError("there is no path to draw.", where=f"{where}(paths)", expected="label → points (k,)")
    if not np.isfinite(up).any():
        raise DataError("no loss is finite.", where=f"{where}(losses)", expected="at least one number")
    with sheet(where, path, style, language, [xlabel, *lines, *(notes or {}).values()]) as page:
        figure, panels = _panels(page, len(lines), (5.2, 4.2))
        edge = 0.03 * (across[-1] - across[0])
        for place, (axes, label) in enumerate(zip(panels, lines, strict=True)):
            axes.plot(across, up, color=page.look.muted, linewidth=1.4)
            points = lines[label][:, 0]
            inside = (points >= across[0]) & (points <= across[-1])
            shown = points[: len(points) if inside.all() else int(np.argmin(inside))]
            height = np.interp(shown, across, up)
            color, dashes = stroke(page, place)
            axes.plot(shown, height, color=color, linestyle=dashes, linewidth=1.1, marker="o",
                      markersize=4.0 if len(shown) <= _FEW else 2.4)  # fmt: skip
            _ends(page, axes, np.column_stack([shown, height]), color, whole=inside.all())
            axes.set(xlabel=xlabel, ylabel=page.word("loss"), xlim=(across[0] - edge, across[-1] + edge))
            axes.grid(visible=True, axis="y")
            _caption(page, axes, label, notes)
        legend(page, figure, lines, notes, minima=False, named=False)
        return page.finish(figure)


# --- what is drawn ---


def contours(
    page: Sheet, axes: Axes, x: np.ndarray, y: np.ndarray, z: np.ndarray, minima: Sequence[Sequence[float]]
) -> Any:
    """Draw the fills and lines of a loss and the stars of its minima; returns the fills, None of a level plane."""
    axes.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    levels = log_levels(z)
    shade = ramp(page)
    if levels is None:
        axes.set_facecolor(shade(0.5))
        return None
    colors = require("matplotlib.colors", "plot", "plots")
    known = np.ma.masked_invalid(z)
    norm = colors.BoundaryNorm(levels, shade.N)
    fills = axes.contourf(x, y, known, levels=levels, cmap=shade, norm=norm)
    axes.contour(x, y, known, levels=levels[1:-1], colors=page.look.muted, linewidths=0.5, alpha=0.45)
    low, high = (x[0], y[0]), (x[-1], y[-1])
    for place in minima:
        if all(a <= v <= b for a, v, b in zip(low, place, high, strict=True)):
            axes.plot(
                *place, marker="*", markersize=11, color=page.look.ink, markeredgecolor=page.look.background,
                markeredgewidth=0.7, linestyle="none", zorder=6,
            )  # fmt: skip
    return fills


def log_levels(z: np.ndarray) -> np.ndarray | None:
    """Return levels between the lowest and the highest loss, spaced by the logarithm of the height above the lowest.

    Example:
        >>> levels = log_levels(np.array([[0.0, 1e-3], [1.0, 1e3]]))
        >>> print(levels[0], round(levels[-1]), len(levels))
        0.0 1000 16
    """
    finite = z[np.isfinite(z)]
    low, spread = float(finite.min()), float(finite.max() - finite.min())
    if spread <= 1e-12 * max(abs(low), 1e-300):
        return None
    share = (finite - low) / spread
    least = float(np.clip(np.quantile(share[share > 0], 0.01), 1e-7, 0.02))
    return np.concatenate([[low], low + spread * np.geomspace(least, 1.0, _LEVELS)])


def ramp(page: Sheet, ends: Mapping[str, tuple[str, str]] = _FILLS) -> Any:
    """Return the colour map from the lowest to the highest loss."""
    style = next(style for style, look in THEMES.items() if look is page.look)
    return require("matplotlib.colors", "plot", "plots").LinearSegmentedColormap.from_list("loss", ends[style], 256)


def draw_path(page: Sheet, axes: Axes, points: np.ndarray, place: int, label: str, moving: bool = False) -> None:
    """Draw a path with its ends, or one that is still moving, with its head."""
    color, dashes = stroke(page, place)
    dot = "o" if len(points) <= _DOTTED else None
    inside = _inside(points, axes.get_xlim(), axes.get_ylim())
    points = points[np.isfinite(points).all(axis=1)]
    axes.plot(*points.T, color=color, linestyle=dashes, linewidth=1.5, marker=dot, markersize=2.2, label=label)
    left = not (inside[-1] or moving)
    kept = points[: len(points) if not left else max(int(np.flatnonzero(inside)[-1]) + 1 if inside.any() else 0, 0)]
    _ends(page, axes, kept, color, whole=not left)


def _ends(page: Sheet, axes: Axes, points: np.ndarray, color: str, whole: bool) -> None:
    if not len(points):
        return
    back = page.look.background
    axes.plot(*points[0], marker="o", markersize=8, markerfacecolor=back, markeredgecolor=color, markeredgewidth=1.8)
    edge = 1.0 if whole else 0.6
    axes.plot(*points[-1], marker="o" if whole else "X", markersize=8, markerfacecolor=color, markeredgecolor=back,
              markeredgewidth=edge)  # fmt: skip


def _solid(page: Sheet, axes: Any, x: np.ndarray, y: np.ndarray, z: np.ndarray, scale: _Scale, zoom: float) -> None:
    """Draw the surface itself, lit from one side."""
    height = scale(z)
    height[~np.isfinite(height)] = np.nan
    axes.computed_zorder = False  # else Matplotlib puts the whole surface before or behind a whole path
    axes.plot_surface(
        *np.meshgrid(x, y), height, cmap=ramp(page, _SOLIDS), rcount=70, ccount=70, linewidth=0, antialiased=False,
        zorder=1,
    )  # fmt: skip
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_pane_color(page.look.background)
        axis.line.set_color(page.look.muted)
        axis._axinfo["grid"]["color"] = page.look.grid
    axes.zaxis.set_ticks(*scale.ticks())
    axes.view_init(elev=38, azim=-62)
    axes.set_box_aspect((1, 1, 0.7), zoom=zoom)
    axes.xaxis.labelpad, axes.yaxis.labelpad = 7, 10
    axes.zaxis.set_tick_params(pad=6)
    axes.zaxis.labelpad = 9


def _raise_path(page: Sheet, axes: Any, points: np.ndarray, height: np.ndarray, inside: np.ndarray, place: int) -> None:
    color, dashes = stroke(page, place)
    inside = np.cumsum(~inside) == 0  # up to where it leaves for the first time
    if not inside.any():
        return
    across, height, back = points[inside], height[inside], page.look.background
    axes.plot(*across.T, height, color=back, linewidth=3.4, zorder=3)
    axes.plot(*across.T, height, color=color, linestyle=dashes, linewidth=1.8, zorder=4)
    for i, face, edge, size in ((0, back, color, 7), (-1, color, back, 7)):
        marker = "o" if i == 0 or inside.all() else "X"
        axes.plot([across[i, 0]], [across[i, 1]], [height[i]], marker=marker, markersize=size, markerfacecolor=face,
                  markeredgecolor=edge, markeredgewidth=1.4, zorder=5)  # fmt: skip


class _Scale:
    """Losses as heights: as they are, or by the logarithm of what they are above the lowest."""

    def __init__(self, z: np.ndarray) -> None:
        finite = z[np.isfinite(z)]
        self.low, self.high = float(finite.min()), float(finite.max())
        self.spread = self.high - self.low
        middle = float(np.median(finite)) - self.low
        self.log = self.spread > _STEEP * middle > 0
        share = (finite - self.low) / self.spread if self.log else finite
        self.least = float(np.clip(np.quantile(share[share > 0], 0.01), 1e-3, 1e-2)) if self.log else 0.0

    def __call__(self, losses: np.ndarray) -> np.ndarray:
        if not self.log:
            return np.array(losses, dtype="float64")
        share = np.maximum((losses - self.low) / self.spread, 0.0)
        return np.asarray(np.log10(share + self.least))

    def ticks(self) -> tuple[np.ndarray, list[str]]:
        """Return the heights of ticks and the losses that are written at them."""
        if not self.log:
            locator = require("matplotlib.ticker", "plot", "plots").MaxNLocator(nbins=5)
            at = np.array([v for v in locator.tick_values(self.low, self.high) if self.low <= v <= self.high])
            return at, [written(v) for v in np.round(at, 12)]
        decades = np.arange(np.ceil(np.log10(self.least)), 1.0)
        losses = self.low + self.spread * np.concatenate([[0.0], 10.0**decades])
        return self(losses), [written(v, 2) for v in losses]


def _inside(points: np.ndarray, across: Any, up: Any) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.asarray(
            (points[:, 0] >= across[0])
            & (points[:, 0] <= across[1])
            & (points[:, 1] >= up[0])
            & (points[:, 1] <= up[1])
        )


# --- legends and panels ---


def _panels(page: Sheet, count: int, one: tuple[float, float], **settings: Any) -> tuple[Figure, list[Any]]:
    """Return a figure with so many panels, a single one of the size given and several of the usual one."""
    columns = min(count, _COLUMNS)
    rows = -(-count // columns)
    width, height = one if count == 1 else (PANEL[0] * columns * 0.9, PANEL[1] * rows + 0.5)
    figure = page.figure(width, height)
    made = figure.subplots(rows, columns, squeeze=False, subplot_kw=settings)
    for axes in made.flat[count:]:
        axes.remove()
    return figure, list(made.flat[:count])


def stroke(page: Sheet, place: int) -> tuple[str, Any]:
    """Return the colour and the dashes of the path at a place."""
    colors = page.look.series
    return colors[place % len(colors)], _DASHES[(place // len(colors)) % len(_DASHES)]


def _caption(page: Sheet, axes: Any, label: str, notes: Mapping[str, str] | None) -> None:
    """Write what a panel's path is called above it, and what there is to say of it in a second line."""
    note = (notes or {}).get(label)
    axes.set_title(
        shortened(label, _NAME) + (f"\n{note}" if note else ""), loc="left", fontsize=SMALL + 1.5, linespacing=1.3
    )


def written(value: float, digits: int = 3) -> str:
    """Return a loss as text.

    Example:
        >>> written(1843.2), written(-0.00012345), written(-1.5)
        ('1,843', '−0.000123', '−1.5')
    """
    large = 10**digits <= abs(value) < 1e6
    text = f"{value:,.0f}" if large else f"{value:.{digits}g}"
    return text.replace("-", "−") if text.startswith("-") else text


def _bar(page: Sheet, figure: Figure, axes: Any, fills: Any) -> None:
    bar = figure.colorbar(fills, ax=axes, pad=0.02, aspect=28, shrink=0.96)
    levels = fills.levels
    ticks = levels[::3]
    bar.set_ticks(ticks, labels=[written(v) for v in ticks])
    bar.ax.minorticks_off()
    bar.outline.set(edgecolor=page.look.muted, linewidth=0.5)
    bar.ax.tick_params(length=2)
    bar.set_label(page.word("loss"))


def legend(
    page: Sheet, figure: Figure, lines: Mapping[str, np.ndarray], notes: Mapping[str, str] | None, minima: bool,
    named: bool = True,
) -> None:  # fmt: skip
    """Name the paths, unless their panels do, and what the marks mean, below the picture."""
    line = require("matplotlib.lines", "plot", "plots").Line2D
    handles = []
    for place, (label, points) in enumerate(lines.items() if named else ()):
        color, dashes = stroke(page, place)
        note = (notes or {}).get(label)
        text = shortened(label, _NAME) + (f": {note}" if note else "")
        look = {"linestyle": dashes} if len(points) > 1 else {"linestyle": "none", "marker": "o", "markersize": 7}
        handles.append(line([], [], color=color, label=text, **look))
    plain: dict[str, Any] = {"color": page.look.muted, "linestyle": "none", "markersize": 7}
    if any(len(points) > 1 for points in lines.values()):
        handles.append(line([], [], marker="o", markerfacecolor=page.look.background, markeredgewidth=1.6,
                            label=page.word("start"), **plain))  # fmt: skip
        handles.append(line([], [], marker="o", label=page.word("end"), **plain))
    if minima:
        handles.append(line([], [], marker="*", label=page.word("minimum"), **{**plain, "color": page.look.ink}))
    if handles:
        wide = named and any((notes or {}).get(label) for label in lines)
        columns = len(handles) if len(handles) <= 4 and not wide else 2 if wide else _COLUMNS
        figure.legend(handles=handles, loc="outside lower center", ncols=columns)
