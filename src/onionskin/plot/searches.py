"""Searches for a minimum: simulated annealing with its worse steps, paths over a curve, and several starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from onionskin.base.errors import DataError, DTypeError, ShapeError, require
from onionskin.plot.checks import numbers, whole
from onionskin.plot.sheet import Sheet, StrPath, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DOTS = 4000  # more hide each other
_TRACES = 12  # curves of starts that have a number


def annealing(
    losses: Any,
    current: Any,
    accepted: Any,
    worse: Any,
    probability: Any,
    temperature: Any,
    *,
    path: StrPath | None = None,
    style: str = "light",
    language: str = "en",
) -> Figure:
    """Draw a search by simulated annealing: its loss with the worse steps it accepted, their probabilities, and T.

    The arguments are the arrays of a `classic.Annealing`.

    Args:
        losses: (steps,) of the proposals.
        current: (steps + 1,) loss where the search stood.
        accepted: (steps,) truth values.
        worse: (steps,) truth values.
        probability: (steps,) of accepting a proposal.
        temperature: (steps,) above 0.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure with three axes.

    Raises:
        ShapeError: the arrays differ in length.
        DTypeError: these are no numbers.
        DataError: a number is not finite.
        ArgumentError: the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> figure = annealing([3, 1], [2, 3, 1], [1, 1], [1, 0], [0.4, 1], [1.0, 0.9])
        >>> figure.axes[0].get_title(loc="left")
        '2 proposals, 1 accepted though worse'
    """
    where = "annealing"
    n = np.size(losses)
    stood = _row(current, n + 1, f"{where}(current)")
    parts = {"accepted": accepted, "worse": worse, "probability": probability, "temperature": temperature}
    rows = {name: _row(value, n, f"{where}({name})") for name, value in parts.items()}
    up, went = rows["worse"] != 0, rows["accepted"] != 0
    with sheet(where, path, style, language) as page:
        figure = page.figure(7.2, 6.4)
        top, middle, bottom = figure.subplots(3, 1, sharex=True, height_ratios=(2.4, 1.3, 1.0))
        steps = np.arange(n + 1)
        look = page.look
        top.plot(steps, stood, color=look.series[0], linewidth=1.0, label=page.word("standing"))
        top.plot(steps, np.minimum.accumulate(stood), color=look.ink, linewidth=1.6, label=page.word("lowest"))
        _dots(top, steps[1:], stood[1:], up & went, look.wrong, "^", page.word("worse"))
        top.set_ylabel(page.word("loss"))
        top.set_title(page.word("annealing", worse=int((up & went).sum()), steps=n))
        _dots(middle, steps[1:], rows["probability"], up & ~went, look.muted, "o", page.word("refused"))
        _dots(middle, steps[1:], rows["probability"], up & went, look.wrong, "^", None)
        middle.set(ylim=(-0.05, 1.05), ylabel=page.word("probability of"))
        bottom.plot(steps[1:], rows["temperature"], color=look.series[2])
        bottom.set(ylabel=page.word("temperature"), xlabel=page.word("proposal"))
        if rows["temperature"].min() > 0 and rows["temperature"].max() > 20 * rows["temperature"].min():
            _logarithmic(bottom)
        figure.align_ylabels()
        handles, labels = top.get_legend_handles_labels()
        more, further = middle.get_legend_handles_labels()
        figure.legend(handles + more, labels + further, loc="outside lower center", ncols=4, handlelength=2.0)
        return page.finish(figure)


def search_paths(
    x: Any,
    y: Any,
    paths: Mapping[str, Any],
    *,
    path: StrPath | None = None,
    style: str = "light",
    language: str = "en",
) -> Figure:
    """Draw a function of one number, and over it the paths of several searches, each in a panel of its own.

    Args:
        x: (m,) numbers.
        y: (m,) the function's values.
        paths: name → (positions, values), or (positions, values, worse): (steps + 1,) where the search stood, the
            function there, and whether it was a worse step that led there.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure with one axes for each path.

    Raises:
        ShapeError: arrays differ in length.
        DTypeError: these are no numbers, or the paths are no dictionary.
        DataError: there is no path, or a number is not finite.
        ArgumentError: the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> figure = search_paths([-1, 0, 1], [1, 0, 1], {"descent": ([1.0, 0.2, 0.0], [1.0, 0.04, 0.0])})
        >>> figure.axes[0].get_title(loc="left")
        'descent'
    """
    where = "search_paths"
    curve_x = numbers(x, f"{where}(x)").astype(np.float64)
    curve_x = _row(curve_x, curve_x.size, f"{where}(x)")
    curve_y = _row(y, curve_x.size, f"{where}(y)")
    if not isinstance(paths, Mapping) or any(not isinstance(one, tuple | list) for one in paths.values()):
        raise DTypeError("the paths must be a dictionary.", where=f"{where}(paths)",
                         expected="name → (positions, values)", given=type(paths).__name__)  # fmt: skip
    if not paths or any(len(one) not in (2, 3) for one in paths.values()):
        raise DataError("there must be paths of positions and values.", where=f"{where}(paths)",
                        expected="name → (positions, values) or (positions, values, worse)",
                        given=f"{len(paths)} paths")  # fmt: skip
    columns = 1 if len(paths) == 1 else 2
    rows = -(-len(paths) // columns)
    with sheet(where, path, style, language, paths) as page:
        figure = page.figure(4.6 * columns, 2.9 * rows + 0.5)
        grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
        named: dict[str, Any] = {}
        for axes, (name, parts) in zip(grid.ravel(), paths.items(), strict=False):
            _path(page, axes, curve_x, curve_y, [numbers(one, f"{where}(paths[{name!r}])") for one in parts], name)
            handles, labels = axes.get_legend_handles_labels()
            named.update(zip(labels, handles, strict=True))
        for axes in grid.ravel()[len(paths) :]:
            axes.set_axis_off()
        for axes in grid[:, 0]:
            axes.set_ylabel("f(x)")
        for axes in grid.ravel()[max(len(paths) - columns, 0) : len(paths)]:  # the lowest of each column
            axes.set_xlabel("x")
            axes.tick_params(labelbottom=True)
        figure.legend(list(named.values()), list(named), loc="outside lower center", ncols=5, handlelength=2.0)
        return page.finish(figure)


def starts(
    curves: Any,
    *,
    best: int | None = None,
    stuck: Any = None,
    names: Sequence[Any] | None = None,
    path: StrPath | None = None,
    style: str = "light",
    language: str = "en",
) -> Figure:
    """Draw the loss of trainings from several starts: the best bold, those that were stuck broken, with their names.

    Args:
        curves: (starts, epochs) loss after each epoch.
        best: number of the best start; the lowest at the end where None.
        stuck: (starts,) truth values.
        names: of the starts, such as their seeds; their numbers where None.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure.

    Raises:
        ShapeError: the arguments differ in number.
        DTypeError: these are no numbers.
        DataError: a number is not finite.
        ArgumentError: the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> figure = starts([[0.5, 0.1, 0.01], [0.5, 0.3, 0.25]], stuck=[False, True])
        >>> figure.axes[0].get_title(loc="left")
        '2 starts: 1 stuck, lowest loss 0.01'
    """
    table = numbers(curves, "starts(curves)").astype(np.float64)
    if table.ndim != 2 or not table.size:
        raise ShapeError("there must be a loss for each start and epoch.", where="starts(curves)",
                         expected="(starts, epochs)", given=table.shape)  # fmt: skip
    n = len(table)
    held = _row(np.zeros(n) if stuck is None else stuck, n, "starts(stuck)") != 0
    labels = [str(one) for one in (range(n) if names is None else names)]
    if len(labels) != n:
        raise ShapeError("there must be a name for each start.", where="starts(names)", expected=n, given=len(labels))
    first = int(table[:, -1].argmin()) if best is None else whole(best, 0, n - 1, "starts(best)")
    with sheet("starts", path, style, language, labels) as page:
        figure = page.figure(6.6, 4.4)
        axes = figure.subplots()
        epochs = np.arange(1, table.shape[1] + 1)
        look = page.look
        looks: dict[str, dict[str, Any]] = {
            "good": {"color": look.series[0], "linewidth": 1.0, "alpha": 0.75},
            "stuck": {"color": look.wrong, "linewidth": 1.6, "linestyle": (0, (4, 2))},
            "best": {"color": look.ink, "linewidth": 2.6},
        }
        kinds = ["best" if place == first else "stuck" if held[place] else "good" for place in range(n)]
        for kind, drawn in looks.items():
            for number, place in enumerate([place for place in range(n) if kinds[place] == kind]):
                axes.plot(epochs, table[place], label=None if number else page.word(kind), **drawn)
        axes.set(xlabel=page.word("epoch"), ylabel=page.word("loss"))
        axes.set_title(page.word("starts", n=n, stuck=int(held.sum()), best=float(table[first, -1])))
        if table.min() > 0 and table.max() > 20 * table.min():
            _logarithmic(axes)
        _end_names(page, axes, table[:, -1], labels, kinds)
        figure.legend(loc="outside lower center", ncols=3)
        return page.finish(figure)


def _end_names(page: Sheet, axes: Axes, ends: np.ndarray, labels: Sequence[str], kinds: Sequence[str]) -> None:
    """Write the names of the best start and of those that were stuck where their curves end, one line for a height."""
    low, high = axes.get_ylim()
    scale = np.log if axes.get_yscale() == "log" else np.asarray
    heights = (scale(ends) - scale(low)) / (scale(high) - scale(low))
    chosen = sorted((height, place) for place, height in enumerate(heights) if kinds[place] != "good")
    groups: list[list[int]] = []
    for height, place in chosen:
        if groups and height - heights[groups[-1][0]] < 0.06:
            groups[-1].append(place)
        else:
            groups.append([place])
    for group in groups:
        names = [labels[place] for place in sorted(group)]
        shown = ", ".join(names[:_TRACES]) + ("…" if len(names) > _TRACES else "")
        color = page.look.ink if any(kinds[place] == "best" for place in group) else page.look.wrong
        axes.annotate(shown, (1.0, heights[group[0]]), (5, 0), xycoords="axes fraction", textcoords="offset points",
                      va="center", color=color, fontsize=8.5, annotation_clip=False)  # fmt: skip


def _row(value: Any, n: int, where: str) -> np.ndarray:
    array = numbers(value, where).astype(np.float64)
    if array.shape != (n,) or not n:
        raise ShapeError("the arrays differ in length.", where=where, expected=(n,), given=array.shape)
    return array


def _logarithmic(axes: Axes) -> None:
    """Give the upright axis a logarithmic scale, whose numbers are written out: formulas are never read as such."""
    axes.set_yscale("log")
    ticker = require("matplotlib.ticker", "plot", "plots")
    axes.yaxis.set_major_formatter(ticker.StrMethodFormatter("{x:g}"))
    axes.yaxis.set_minor_formatter(ticker.NullFormatter())


def _dots(
    axes: Axes, x: np.ndarray, y: np.ndarray, chosen: np.ndarray, color: str, marker: str, label: str | None
) -> None:
    places = np.flatnonzero(chosen)
    places = places[np.linspace(0, len(places) - 1, min(len(places), _DOTS)).astype(int)]
    axes.scatter(x[places], y[places], s=12, marker=marker, color=color, linewidths=0, alpha=0.8, zorder=3, label=label)


def _path(page: Sheet, axes: Axes, x: np.ndarray, y: np.ndarray, parts: Sequence[np.ndarray], name: str) -> None:
    """Draw one search over the curve."""
    where, look = f"search_paths(paths[{name!r}])", page.look
    positions = _row(parts[0], parts[0].size, where)
    values = _row(parts[1], positions.size, where)
    axes.plot(x, y, color=look.muted, linewidth=1.2, label=page.word("curve"))
    axes.plot(positions, values, color=look.series[0], linewidth=0.6, alpha=0.5, marker=".", markersize=3.5,
              label=page.word("path"))  # fmt: skip
    if len(parts) == 3:
        worse = _row(parts[2], positions.size, where) != 0
        _dots(axes, positions, values, worse, look.wrong, "^", page.word("path worse"))
    for place, marker, key in ((0, "o", "path start"), (-1, "*", "path end")):
        axes.scatter(positions[place], values[place], s=70 if marker == "o" else 170, marker=marker, zorder=4,
                     color=look.background if marker == "o" else look.ink, edgecolors=look.ink, linewidths=1.4,
                     label=page.word(key))  # fmt: skip
    axes.set_title(name)
    axes.set_xlim(x.min(), x.max())
