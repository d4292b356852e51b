"""Paths over a loss surface, drawn frame by frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError, require
from onionskin.plot.checks import whole
from onionskin.plot.frames import animation_path, save_frames
from onionskin.plot.places import Paths, grid, heights_of, points_of
from onionskin.plot.sheet import Sheet, StrPath, sheet
from onionskin.plot.surfaces import contours, draw_path, legend

_SIZE = (6.4, 5.4)  # inches
_DPI = 110
_FRAME, _LAST = 0.09, 1.6  # seconds that a frame stands, and the last one
_FRAMES = 400


def animate(
    x: Any,
    y: Any,
    losses: Any,
    paths: Paths,
    heights: Paths,
    *,
    path: StrPath,
    minima: Sequence[Sequence[float]] = (),
    notes: Mapping[str, str] | None = None,
    frames: int = 60,
    numbers: Sequence[int] | None = None,
    unit: str = "step",
    title: str = "",
    xlabel: str = "",
    ylabel: str = "",
    style: str = "light",
    language: str = "en",
) -> Path:
    """Write paths over the contours of a loss as an animation, step by step.

    Args:
        x: (n,) places along the first axis, rising.
        y: (m,) along the second.
        losses: (m, n) the loss at each.
        paths: label → points (k, 2).
        heights: label → the loss at each of these points (k,).
        path: a .gif file, or an .html page with a slider that needs nothing from outside and says each path's loss.
        minima: places to mark by a star.
        notes: label → what to say of a path at its end.
        frames: the most frames, up to 400; where there are more steps, some are left out.
        numbers: of which step each point of the longest path is; 0, 1, 2 … where None.
        unit: what they count, "step" or "epoch".
        title: above the picture.
        xlabel: of the first axis.
        ylabel: of the second.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        The path of the file.

    Raises:
        ArgumentError: there is no path, the file has another suffix or cannot be written, or frames is none.
        ShapeError: the arrays do not fit each other.
        DataError: no loss is finite, or the places do not rise.
        DTypeError: these are no numbers or no paths.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib or Pillow is not installed.
    """
    where = "animate"
    animation_path(path, where)
    across, up, z = grid(x, y, losses, where)
    lines = points_of(paths, where)
    if not lines:
        raise ArgumentError("there is no path to move along.", where=f"{where}(paths)",
                            expected="label → points (k, 2)")  # fmt: skip
    levels = {label: heights_of(heights, label, len(points), where) for label, points in lines.items()}
    last = max(len(points) for points in lines.values()) - 1
    most = whole(frames, 2, _FRAMES, f"{where}(frames)")
    counts = np.arange(last + 1) if numbers is None else np.asarray(numbers)
    if counts.shape != (last + 1,):
        raise ShapeError("there must be one number for each point of the longest path.", where=f"{where}(numbers)",
                         expected=(last + 1,), given=counts.shape)  # fmt: skip
    steps = np.unique(np.linspace(0, last, min(most, last + 1)).round().astype(int))
    with sheet(where, None, style, language, [title, xlabel, ylabel, *lines, *(notes or {}).values()]) as page:
        said = [page.word(f"optimizer {unit}", step=int(counts[step]), steps=int(counts[-1])) for step in steps]
        figure = page.figure(*_SIZE)
        axes = figure.subplots()
        contours(page, axes, across, up, z, minima)
        axes.set(xlabel=xlabel, ylabel=ylabel)
        axes.set_title(title)
        legend(page, figure, lines, notes, bool(minima))
        return save_frames(
            page, _frames(figure, axes, page, lines, steps, said), path, title=title, captions=said,
            seconds=[_FRAME] * (len(steps) - 1) + [_LAST],
            tables=[[_row(page, label, levels[label], step, notes) for label in lines] for step in steps],
        )  # fmt: skip


def _row(
    page: Sheet, label: str, losses: np.ndarray, step: int, notes: Mapping[str, str] | None
) -> tuple[str, str, str]:  # fmt: skip
    """Return what the page says of a path at a step: its label, its loss there, and at its end its note."""
    last = min(step, len(losses) - 1)
    at_end = last == len(losses) - 1
    return label, page.word("loss at", loss=float(losses[last])), (notes or {}).get(label, "") if at_end else ""


def _frames(
    figure: Any, axes: Any, page: Sheet, lines: Mapping[str, np.ndarray], steps: np.ndarray, said: list[str]
) -> Iterator[np.ndarray]:
    """Draw one frame after the other; what stands still is drawn once, and each frame adds the paths so far."""
    canvas = require("matplotlib.backends.backend_agg", "plot", "plots").FigureCanvasAgg(figure)
    figure.set_dpi(_DPI)
    count = axes.set_title("", loc="right", fontsize=10)
    count.set_text(said[-1])
    canvas.draw()
    figure.set_layout_engine("none")  # everything stays where it is now
    count.set_text("")
    canvas.draw()
    still = canvas.copy_from_bbox(figure.bbox)
    for step, text in zip(steps, said, strict=True):
        canvas.restore_region(still)
        before = set(axes.get_children())
        for place, (label, points) in enumerate(lines.items()):
            draw_path(page, axes, points[: step + 1], place, label, moving=step < len(points) - 1)
        count.set_text(text)
        for artist in [one for one in axes.get_children() if one not in before]:
            axes.draw_artist(artist)
            artist.remove()
        axes.draw_artist(count)
        yield np.asarray(canvas.buffer_rgba())[..., :3].copy()
