"""A network as geometry: its points and the grid under them, layer after layer, in panels and as an animation."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from onionskin.base.errors import ArgumentError, DataError, ShapeError, require
from onionskin.plot.checks import class_numbers, numbers, whole
from onionskin.plot.frames import animation_path, frame_of, save_frames
from onionskin.plot.sheet import Sheet, StrPath, sheet
from onionskin.plot.theme import SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PANEL = 2.5  # inches
_ENTRY = 1.0  # of the legend
_COLUMNS = 4
_MOST = 24  # stages
_MARKS = ("o", "^", "s", "D", "v", "P", "X", "<", ">", "h")
_DPI = 110  # of an animation: some hundred pictures in one file
_MOTION = 24  # frames from one layer to the next
_REST = 0.9  # seconds that a frame stands where the motion rests


@dataclass(frozen=True, eq=False)
class Stage:
    """The points after one layer.

    Attributes:
        title: the layer.
        points: (n, 2).
        lines: (lines, m, 2) of the grid that lay straight under the inputs; may be empty.
        share: of the points, what a straight cut puts on their own sides; None where that is not known.
        cut: (w1, w2, b) of the straight cut w·point + b = 0, None where there is no single one to draw.
        note: a line below the share.
    """

    title: str
    points: np.ndarray
    lines: np.ndarray
    share: float | None = None
    cut: tuple[float, float, float] | None = None
    note: str = ""


def unfolding(
    stages: Sequence[Stage],
    labels: Any,
    *,
    heading: str = "",
    path: StrPath | None = None,
    style: str = "light",
    language: str = "en",
) -> Figure:
    """Draw what each layer makes of points and of the grid under them, a panel for each layer.

    Args:
        stages: the input and the layers, in turn; see `Stage`.
        labels: (n,) class numbers; each class has a colour and a mark.
        heading: above the panels.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure with one axes for each stage.

    Raises:
        ShapeError: stages and labels differ in number of points.
        DataError: a number is not finite, or a label is none.
        ArgumentError: there are no stages or too many, or the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> import numpy as np
        >>> grid = np.zeros((0, 2, 2))
        >>> stages = [Stage("input", np.eye(2), grid, 1.0), Stage("dense", 2 * np.eye(2), grid, 1.0)]
        >>> [axes.get_title() for axes in unfolding(stages, [0, 1]).axes]
        ['input', 'dense']
    """
    where = "unfolding"
    classes = _checked(stages, labels, where)
    with sheet(where, path, style, language, [heading, *[one.title for one in stages]]) as page:
        columns = min(_COLUMNS, len(stages))
        rows = math.ceil(len(stages) / columns)
        figure = page.figure(_PANEL * columns, (_PANEL + 0.55) * rows + (0.6 if heading else 0.25))
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes in grid[len(stages) :]:
            figure.delaxes(axes)
        for axes, stage in zip(grid, stages, strict=False):
            _panel(page, axes, stage, classes, 16.0)
        if heading:
            figure.suptitle(heading, x=0.01, ha="left")
        handles = [_mark(page, number) for number in np.unique(classes)]
        fit = max(1, int(figure.get_figwidth() / _ENTRY))
        figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), fit), handlelength=1.0)
        return page.finish(figure)


def animate_unfolding(
    stages: Sequence[Stage],
    labels: Any,
    path: StrPath,
    *,
    heading: str = "",
    fps: int = 20,
    style: str = "light",
    language: str = "en",
) -> Path:
    """Write an animation in which the points and their grid go from layer to layer, resting at each.

    Args:
        stages: the input and the layers, in turn.
        labels: (n,) class numbers.
        path: a .gif or .html file; its folder is made.
        heading: title of the page.
        fps: frames a second, 1 to 50.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        The path.

    Raises:
        As `unfolding`; DTypeError too, where the path is no path.
    """
    where = "animate_unfolding"
    classes = _checked(stages, labels, where)
    animation_path(path, where)
    rate = whole(fps, 1, 50, f"{where}(fps)")
    count = _MOTION * (len(stages) - 1) + 1
    seconds = [1 / rate if number % _MOTION else _REST for number in range(count)]
    with sheet(where, None, style, language, [heading, *[one.title for one in stages]]) as page:
        frames = _frames(page, stages, classes, heading)
        return save_frames(page, frames, path, seconds=seconds, title=heading or stages[-1].title)


def _checked(stages: Sequence[Stage], labels: Any, where: str) -> np.ndarray:
    if not 1 <= len(stages) <= _MOST:
        raise ArgumentError("this number of layers cannot be drawn.", where=f"{where}(stages)",
                            expected=f"1 to {_MOST}, the input among them", given=len(stages))  # fmt: skip
    count = len(stages[0].points)
    if not count:
        raise DataError("there are no points.", where=f"{where}(stages)", expected="at least one", given=0)
    for number, stage in enumerate(stages):
        points = numbers(stage.points, f"{where}(stages[{number}].points)")
        numbers(stage.lines, f"{where}(stages[{number}].lines)")
        if points.shape != (count, 2):
            raise ShapeError("these are not the same points in the plane.", where=f"{where}(stages[{number}].points)",
                             expected=(count, 2), given=points.shape)  # fmt: skip
    return class_numbers(labels, count, f"{where}(labels)")


def _view(points: np.ndarray) -> np.ndarray:
    """Return the middle and half the side of a square that holds points, (3,)."""
    low, high = points.min(axis=0), points.max(axis=0)
    half = max(float((high - low).max()) / 2 * 1.15, 1e-6)
    return np.array([*((low + high) / 2), half])


def _panel(page: Sheet, axes: Axes, stage: Stage, classes: np.ndarray, size: float) -> None:
    look = page.look
    view = _view(stage.points)
    _grid(page, axes, stage.lines)
    for number in np.unique(classes):
        chosen = stage.points[classes == number]
        axes.scatter(
            chosen[:, 0],
            chosen[:, 1],
            s=size,
            color=look.series[number % len(look.series)],
            marker=_MARKS[number % len(_MARKS)],
            edgecolors=look.background,
            linewidths=0.4,
            zorder=3,
        )
    if stage.cut is not None:
        _line(page, axes, stage.cut, view)
    _frame(axes, view)
    axes.set_title(stage.title, loc="center", fontsize=SMALL + 1)
    below = "" if stage.share is None else page.word("straight cut", share=stage.share)
    axes.set_xlabel("\n".join(line for line in (below, stage.note) if line), fontsize=SMALL, linespacing=1.35)


def _mark(page: Sheet, number: int) -> Any:
    line = require("matplotlib.lines", "plot", "plots").Line2D
    color = page.look.series[number % len(page.look.series)]
    marker = _MARKS[number % len(_MARKS)]
    return line([], [], color=color, marker=marker, linestyle="none", label=page.word("class", number=number))


def _grid(page: Sheet, axes: Axes, lines: np.ndarray) -> Any:
    collection = require("matplotlib.collections", "plot", "plots").LineCollection
    drawn = collection(list(lines), colors=page.look.muted, linewidths=0.6, alpha=0.6, zorder=1)
    axes.add_collection(drawn)
    return drawn


def _line(page: Sheet, axes: Axes, cut: tuple[float, float, float], view: np.ndarray) -> Any:
    """Draw the straight cut right through the panel."""
    normal, bias = np.array(cut[:2]), cut[2]
    length = float(normal @ normal)
    if not length:
        return None
    foot = view[:2] - normal * (normal @ view[:2] + bias) / length  # the cut's point nearest to the middle
    along = np.array([-normal[1], normal[0]]) / math.sqrt(length) * 4 * view[2]
    ends = np.stack([foot - along, foot + along])
    (line,) = axes.plot(*ends.T, color=page.look.ink, linewidth=1.1, linestyle=(0, (5, 2.5)), zorder=2, scalex=False,
                        scaley=False)  # fmt: skip
    return line


def _frame(axes: Axes, view: np.ndarray) -> None:
    x, y, half = view
    axes.set(xlim=(x - half, x + half), ylim=(y - half, y + half), aspect="equal", xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(visible=True, color=axes.xaxis.label.get_color(), alpha=0.25, linewidth=0.8)


def _frames(page: Sheet, stages: Sequence[Stage], classes: np.ndarray, heading: str) -> Iterator[np.ndarray]:
    """Draw one picture after the other: at each layer, and in even steps between two."""
    look = page.look
    figure = page.figure(4.2, 4.9)
    figure.set_dpi(_DPI)
    figure.set_layout_engine("none")  # else the panel would move with its title
    axes = figure.add_axes((0.04, 0.09, 0.92, 0.78))
    colors = np.array([look.series[number % len(look.series)] for number in classes])
    marks = {number: axes.scatter([], [], s=22, marker=_MARKS[number % len(_MARKS)], linewidths=0.4, zorder=3,
                                  edgecolors=look.background, color=colors[classes == number][0])
             for number in np.unique(classes)}  # fmt: skip
    grid = _grid(page, axes, stages[0].lines)
    title = figure.text(0.04, 0.93 if heading else 0.91, "", fontsize=SMALL + 2, va="center")
    if heading:
        title.set_position((0.04, 0.905))
        figure.text(0.04, 0.96, heading, fontsize=SMALL + 3, va="center")
    below = figure.text(0.04, 0.045, "", fontsize=SMALL + 1, va="center")
    for number, stage in enumerate(stages):
        after = stages[min(number + 1, len(stages) - 1)]
        for step in range(_MOTION if after is not stage else 1):
            share = (1 - math.cos(math.pi * step / _MOTION)) / 2  # slow at both ends
            points = (1 - share) * stage.points + share * after.points
            lines = (1 - share) * stage.lines + share * after.lines
            view = _view(points)
            for kind, mark in marks.items():
                mark.set_offsets(points[classes == kind])
            grid.set_segments(list(lines))
            line = _line(page, axes, stage.cut, view) if step == 0 and stage.cut is not None else None
            _frame(axes, view)
            title.set_text(f"{stage.title} → {after.title}" if step else stage.title)
            known = step == 0 and stage.share is not None
            below.set_text(page.word("straight cut", share=stage.share) if known else "")
            yield frame_of(figure)
            if line is not None:
                line.remove()
