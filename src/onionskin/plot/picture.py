"""A drawn diagram that a notebook shows, and its forms as a file."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from functools import cached_property
from io import BytesIO
from typing import Any

from onionskin.base.errors import ArgumentError, require
from onionskin.plot.diagram import ROUND, Diagram, Scene, Shape, inks, paints, scene
from onionskin.plot.sheet import sheet
from onionskin.plot.svg import svg
from onionskin.plot.theme import theme

FORMATS = ("svg", "png", "pdf")
_PER_INCH = 96.0  # pixels of a diagram
_MOST = 2**16 - 1  # pixels of a side that Matplotlib can draw
_MOST_AREA = 2**28  # pixels, a gigabyte while it is drawn


class Picture:
    """A diagram, drawn.

    Args:
        diagram: what to draw.
        style: "light", "dark", or "auto": light on paper, and in SVG what the reader's screen is set to.
        where: the function that asks, for errors.

    Raises:
        UnknownNameError: there is no such style.

    Example:
        >>> from onionskin.plot.diagram import Diagram, Node
        >>> picture = Picture(Diagram("one layer", (Node("a", "Dense"),)))
        >>> picture.svg == picture.encoded("svg").decode()
        True
    """

    def __init__(self, diagram: Diagram, style: str = "auto", where: str = "picture") -> None:
        if style != "auto":
            theme(style, where)
        self.diagram, self.style, self.where = diagram, style, where

    @cached_property
    def svg(self) -> str:
        """The text of an SVG file."""
        return svg(self.diagram, self.style, self.where)

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<picture of {self.diagram.name}>"

    def encoded(self, form: str, dpi: float = 200.0) -> bytes:
        """Return the contents of a file.

        Args:
            form: "svg", "png" or "pdf".
            dpi: pixels per inch of a PNG; a box's title is 0.14 inches high.

        Raises:
            ArgumentError: there is no such form, or the picture is too large for a PNG of this dpi.
            MissingExtraError: Matplotlib, which draws PNG and PDF, is not installed.
        """
        if form not in FORMATS:
            raise ArgumentError(
                "a picture cannot be written in this form.",
                where=self.where,
                expected=", ".join(FORMATS),
                given=repr(form),
            )
        return self.svg.encode() if form == "svg" else self._painted(form, dpi)

    def _painted(self, form: str, dpi: float) -> bytes:
        drawn = scene(self.diagram)
        width, height = drawn.width / _PER_INCH, drawn.height / _PER_INCH
        long, area = max(width, height) * dpi, width * height * dpi**2
        if form == "png" and (long > _MOST or area > _MOST_AREA):
            fits = min(_MOST * dpi / long, (_MOST_AREA / area) ** 0.5 * dpi)
            raise ArgumentError(
                "the picture is too large for a PNG.",
                where=self.where,
                expected=f"at most {_MOST:,} pixels a side and {_MOST_AREA:,} in all",
                given=f"{width * dpi:,.0f} x {height * dpi:,.0f} pixels at dpi={dpi:g}",
                fix=f"write an .svg file, or pass dpi={int(fits)} or less",
            )
        style = "light" if self.style == "auto" else self.style
        file = BytesIO()
        names = [label.text for label in drawn.labels]
        plain = {"text.hinting": "none"}  # letters as wide as they were measured
        with sheet(self.where, None, style, "en", names), require("matplotlib", "plot", "plots").rc_context(plain):
            figure = require("matplotlib.figure", "plot", "plots").Figure(figsize=(width, height), dpi=dpi)
            _paint(figure.add_axes((0, 0, 1, 1)), drawn, style, self.where)
            with _quiet():
                figure.savefig(file, format=form, dpi=dpi, metadata={"CreationDate": None} if form == "pdf" else {})
        return file.getvalue()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the log from saying that a Korean font has no bold face, or has tables that a PDF does not need."""
    logs = [logging.getLogger(name) for name in ("matplotlib.font_manager", "fontTools.subset")]
    levels = [log.level for log in logs]
    try:
        for log in logs:
            log.setLevel(logging.ERROR)
        yield
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.setLevel(level)


def _paint(axes: Any, drawn: Scene, style: str, where: str) -> None:
    """Draw the shapes and texts into Matplotlib axes, with y downwards."""
    look = theme(style, where)
    brushes, colors = paints(look), inks(look)
    patches, paths = (require(f"matplotlib.{name}", "plot", "plots") for name in ("patches", "path"))
    axes.set_axis_off()
    axes.set_xlim(0, drawn.width)
    axes.set_ylim(drawn.height, 0)
    for shape in drawn.shapes:
        paint = brushes[shape.look]
        patch = patches.PathPatch(_path(shape, paths.Path)) if shape.size is None else _rounded(shape, patches)
        patch.set(facecolor=paint.fill or "none", edgecolor=paint.stroke or "none", linewidth=_points(paint.width))
        if paint.dash:
            patch.set_linestyle((0, tuple(length / paint.width for length in paint.dash)))  # in widths of the line
        axes.add_patch(patch)
    for label in drawn.labels:
        axes.text(label.x, label.y, label.text, fontsize=_points(label.size), va="baseline",
                  color=colors.get(label.look, look.ink), ha="center" if label.middle else "left",
                  weight="bold" if label.bold else "normal")  # fmt: skip


def _points(pixels: float) -> float:
    return pixels * 72.0 / _PER_INCH


def _rounded(shape: Shape, patches: Any) -> Any:
    width, height = shape.size or (0.0, 0.0)
    return patches.FancyBboxPatch(shape.corner, width, height, boxstyle=f"round,pad=0,rounding_size={ROUND}")


def _path(shape: Shape, kind: Any) -> Any:
    codes: list[int] = []
    points: list[tuple[float, float]] = []
    for code, values in shape.path:
        pairs = list(zip(values[::2], values[1::2], strict=True)) or [(0.0, 0.0)]
        points += pairs
        codes += [{"M": kind.MOVETO, "L": kind.LINETO, "C": kind.CURVE4, "Z": kind.CLOSEPOLY}[code]] * len(pairs)
    return kind(points, codes)
