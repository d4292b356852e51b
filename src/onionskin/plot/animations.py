"""Paths over a loss surface as moving pictures: GIF files, and pages with a slider that need nothing from outside."""

from __future__ import annotations

import base64
import html
import json
import os
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError, ShapeError, require
from onionskin.plot.checks import whole
from onionskin.plot.page import PAGE
from onionskin.plot.places import Paths, grid, heights_of, points_of
from onionskin.plot.sheet import Sheet, StrPath, put_in_place, sheet
from onionskin.plot.surfaces import contours, draw_path, legend, stroke

_SIZE = (6.4, 5.4)  # inches
_GIF_DPI, _PAGE_DPI = 100, 150
_FRAME, _LAST = 90, 1600  # milliseconds that a picture stands, and the last one
_COLORS = 240
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
) -> None:
    """Write paths over the contours of a loss as a moving picture, step by step.

    Args:
        x: (n,) places along the first axis, rising.
        y: (m,) along the second.
        losses: (m, n) the loss at each.
        paths: label → points (k, 2).
        heights: label → the loss at each of these points (k,).
        path: a .gif file, or an .html page with a slider and a button, in one piece without anything from outside.
        minima: places to mark by a star.
        notes: label → what to say of a path at its end.
        frames: the most pictures, up to 400; where there are more steps, some are left out.
        numbers: of which step each point of the longest path is; 0, 1, 2 … where None.
        unit: what they count, "step" or "epoch".
        title: above the picture.
        xlabel: of the first axis.
        ylabel: of the second.
        style: "light" or "dark".
        language: "en" or "ko".

    Raises:
        ArgumentError: there is no path, the file has another suffix or cannot be written, or frames is none.
        ShapeError: the arrays do not fit each other.
        DataError: no loss is finite, or the places do not rise.
        DTypeError: these are no numbers or no paths.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib or Pillow is not installed.
    """
    where = "animate"
    target = _target(path, where)
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
        if target.suffix.lower() == ".gif":
            content = _gif(page, figure, axes, lines, notes, bool(minima), steps, said)
        else:
            content = _page(page, figure, axes, lines, levels, notes, steps, said, title)
    put_in_place(target, content, where)


def _target(path: Any, where: str) -> Path:
    if not isinstance(path, str | os.PathLike):
        raise DTypeError("this is no path.", where=f"{where}(path)", expected="a string or a pathlib.Path",
                         given=type(path).__name__)  # fmt: skip
    target = Path(path)
    if target.suffix.lower() not in (".gif", ".html"):
        raise ArgumentError("a moving picture cannot be written in this format.", where=f"{where}(path)",
                            expected="a file name that ends in .gif or .html", given=repr(str(path)))  # fmt: skip
    return target


def _gif(
    page: Sheet, figure: Any, axes: Any, lines: Mapping[str, np.ndarray], notes: Mapping[str, str] | None,
    minima: bool, steps: np.ndarray, said: list[str],
) -> bytes:  # fmt: skip
    """Return the bytes of a GIF; what stands still is drawn once, and each picture adds the paths so far."""
    image = require("PIL.Image", "images", "moving pictures")
    canvas = require("matplotlib.backends.backend_agg", "plot", "plots").FigureCanvasAgg(figure)
    figure.set_dpi(_GIF_DPI)
    legend(page, figure, lines, notes, minima)
    count = axes.set_title("", loc="right", fontsize=10)
    count.set_text(said[-1])
    canvas.draw()
    figure.set_layout_engine("none")  # everything stays where it is now
    count.set_text("")
    canvas.draw()
    still = canvas.copy_from_bbox(figure.bbox)
    pictures = []
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
        pictures.append(image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy()))
    palette = _palette(page, pictures[-1], image)
    indexed = [one.quantize(palette=palette, dither=image.Dither.NONE) for one in pictures]
    stream = BytesIO()
    durations = [_FRAME] * (len(indexed) - 1) + [_LAST]
    indexed[0].save(stream, "GIF", save_all=True, append_images=indexed[1:], duration=durations, loop=0, optimize=False)
    return stream.getvalue()


def _palette(page: Sheet, picture: Any, image: Any) -> Any:
    """Return a picture with the palette of all: the colours of the paths as they are, and those that stand still."""
    look = page.look
    own = [int(color[i : i + 2], 16) for color in (*look.series, look.ink, look.background) for i in (1, 3, 5)]
    found = picture.quantize(_COLORS, dither=image.Dither.NONE).getpalette()[: 3 * _COLORS]
    holder = image.new("P", (1, 1))
    holder.putpalette(own + found)
    return holder


def _page(
    page: Sheet, figure: Any, axes: Any, lines: Mapping[str, np.ndarray], levels: Mapping[str, np.ndarray],
    notes: Mapping[str, str] | None, steps: np.ndarray, said: list[str], title: str,
) -> bytes:  # fmt: skip
    """Return a page: the contours as a picture, over it the paths as lines that a short script lengthens."""
    canvas = require("matplotlib.backends.backend_agg", "plot", "plots").FigureCanvasAgg(figure)
    figure.set_dpi(_PAGE_DPI)
    canvas.draw()
    width, height = (int(v) for v in figure.bbox.size)
    box = axes.get_window_extent()
    picture = BytesIO()
    figure.savefig(picture, format="png", dpi=_PAGE_DPI)
    tracks = []
    for place, (label, points) in enumerate(lines.items()):
        finite = points[np.isfinite(points).all(axis=1)]
        seen = axes.transData.transform(finite)
        # A point far outside is as good as one just outside, and browsers draw it.
        seen = np.clip(np.column_stack([seen[:, 0], height - seen[:, 1]]), -20 * width, 20 * width)
        color, dashes = stroke(page, place)
        tracks.append({
            "label": label, "color": color, "points": seen.round(1).tolist(),
            "dash": "" if isinstance(dashes, str) else " ".join(f"{3 * v:g}" for v in dashes[1]),
            "losses": [page.word("loss at", loss=float(v)) for v in levels[label][: len(finite)]],
            "note": (notes or {}).get(label, ""),
        })  # fmt: skip
    data = {
        "tracks": tracks, "steps": steps.tolist(), "play": page.word("play"), "pause": page.word("pause"),
        "counts": said,
        "background": page.look.background, "frame": _FRAME,
    }  # fmt: skip
    look = page.look
    values = {
        "LANGUAGE": page.language, "TITLE": html.escape(title), "BACKGROUND": look.background, "INK": look.ink,
        "MUTED": look.muted, "GRID": look.grid, "SCHEME": "light" if look.background == "#ffffff" else "dark",
        "WIDTH": str(width), "HEIGHT": str(height), "STEP": html.escape(page.word("step")),
        "PLAY": html.escape(page.word("play")), "LAST": str(len(steps) - 1),
        "LEFT": f"{box.x0:.1f}", "TOP": f"{height - box.y1:.1f}", "ACROSS": f"{box.width:.1f}",
        "UP": f"{box.height:.1f}",
        "PICTURE": base64.b64encode(picture.getvalue()).decode(),
        # "</" would end the script, whatever a label holds
        "DATA": json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
    }  # fmt: skip
    text = PAGE
    for name, value in values.items():
        text = text.replace(f"%{name}%", value)
    return text.encode()
