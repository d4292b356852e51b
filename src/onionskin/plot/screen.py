"""One picture by itself, and any figure in a window where the machine has a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError, ShapeError, require
from onionskin.plot.checks import numbers, shortened
from onionskin.plot.grids import span_of
from onionskin.plot.sheet import StrPath, sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SIDE = 3.2  # inches of the longer side
_LONGEST = 40  # letters of a title


def digit(
    image: Any,
    label: object = None,
    *,
    path: StrPath | None = None,
    window: bool = False,
    style: str = "light",
    language: str = "en",
) -> Figure:
    """Draw one picture, pixel by pixel, with its label above it.

    Args:
        image: (height, width), (height, width, 1), (height, width, 3), (1, height, width) or, of a square picture,
            (pixels,); uint8 or numbers of any range. 0 is drawn in the background's tone.
        label: what it is; no title where None.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        window: whether to open a window as well, and to wait until it is closed.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure with one axes.

    Raises:
        ShapeError: this is no picture.
        DTypeError: these are no numbers.
        DataError: a pixel is not finite.
        ArgumentError: the file cannot be written, or there is no screen for a window.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> import numpy as np
        >>> figure = digit(np.eye(8), label=5)
        >>> figure.axes[0].get_title()
        '5'
    """
    picture = _one(image)
    title = "" if label is None else shortened(str(label), _LONGEST)
    low, high = span_of(picture)
    height, width = picture.shape[:2]
    scale = _SIDE / max(height, width)
    with sheet("digit", path, style, language, [title]) as page:
        figure = page.figure(max(width * scale, _SIDE / 2), max(height * scale, _SIDE / 8) + (0.4 if title else 0.0))
        axes = figure.subplots()
        if picture.ndim == 3:  # colour has no ink: it is drawn as it is
            picture = np.clip((picture - low) / (high - low), 0.0, 1.0)
        axes.imshow(picture, cmap=page.look.pixels, vmin=low, vmax=high, interpolation="nearest")
        axes.set_title(title, loc="center")
        axes.set_xticks([])
        axes.set_yticks([])
        for spine in axes.spines.values():
            spine.set(visible=True, color=page.look.grid, linewidth=0.8)
        page.finish(figure)
    if window:
        show_window(figure, where="digit(window)")
    return figure


def show_window(figure: Figure, where: str = "show_window") -> None:
    """Open a window with a figure, and wait until it is closed.

    Args:
        figure: what a function of this room returned.
        where: the function that asks, for errors.

    Raises:
        ArgumentError: there is no screen, or Matplotlib has no way to open a window on it.
        DTypeError: this is no figure.
        MissingExtraError: Matplotlib is not installed.
    """
    if not hasattr(figure, "savefig"):
        raise DTypeError("this is no figure.", where=where, expected="what a function of onionskin.plot returned",
                         given=type(figure).__name__)  # fmt: skip
    pyplot = require("matplotlib.pyplot", "plot", "plots")
    known = require("matplotlib.backends.registry", "plot", "plots")
    name = str(pyplot.get_backend())
    if name.lower() not in known.backend_registry.list_builtin(known.BackendFilter.INTERACTIVE):
        raise ArgumentError("no window can be opened here.", where=where, given=f"Matplotlib's backend {name}",
                            fix="write a file with path=, or install a toolkit such as PySide6 where there is a screen"
                            )  # fmt: skip
    shown = pyplot.figure(figsize=figure.get_size_inches(), dpi=figure.dpi)  # pyplot knows how to make windows
    manager = shown.canvas.manager
    manager.canvas.figure = figure
    figure.set_canvas(manager.canvas)
    try:
        pyplot.show()
    finally:
        pyplot.close(manager.num)


def _one(value: Any) -> np.ndarray:
    """Return a picture as (height, width) or (height, width, 3)."""
    array = numbers(value, "digit(image)")
    if array.ndim == 1 and array.size and round(array.size**0.5) ** 2 == array.size:
        array = array.reshape(round(array.size**0.5), -1)
    if array.ndim == 3 and array.shape[0] == 1:
        array = array[0]
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)) or not array.size:
        raise ShapeError(
            "this is no picture.",
            where="digit(image)",
            expected="(height, width), (height, width, 1 or 3), (1, height, width), or (pixels,) of a square picture",
            given=array.shape,
        )
    return array
