"""Broadcasting as a picture: the cells of two arrays and of their result, with virtual copies dimmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError, ShapeError, require
from onionskin.base.specs import broadcast_shapes
from onionskin.plot.sheet import Sheet, StrPath, sheet
from onionskin.plot.theme import SMALL, TEXT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST = 12  # cells along an axis: more cannot be read
_LAYERS = 4  # matrices one behind the other
_WIDE, _HIGH = 0.52, 0.4  # inches of a cell
_GAP = 0.45  # cells between the matrices of a stack
_HEAD = 0.7  # inches above the cells, for name and shape


def broadcasting(
    a: Any,
    b: Any,
    result: Any = None,
    *,
    symbol: str = "+",
    path: StrPath | None = None,
    style: str = "light",
    language: str = "en",
) -> Figure:
    """Draw the cells of a, of b and of their result; cells that only stand for a stored number are dimmed.

    Args:
        a: array of up to 3 axes, each at most 12 long (the first of three at most 4).
        b: array whose shape broadcasts with that of a.
        result: what the operation gives, of the broadcast shape; cells stay empty where None.
        symbol: of the operation, drawn between a and b.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure with one axes.

    Raises:
        DTypeError: these are no numbers.
        ShapeError: the shapes do not broadcast, or are too large to draw.
        ArgumentError: the result has another shape, or the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> figure = broadcasting([[0], [10]], [1, 2, 3], [[1, 2, 3], [11, 12, 13]])
        >>> len(figure.axes[0].patches)  # 2 × 3 cells, three times
        18
    """
    where = "broadcasting"
    first, second = _numbers(a, f"{where}(a)"), _numbers(b, f"{where}(b)")
    try:
        shape = tuple(size or 0 for size in broadcast_shapes(first.shape, second.shape))
    except ShapeError as error:
        raise error.within(where) from None
    pages, rows, width = (1,) * (3 - len(shape)) + shape if len(shape) <= 3 else (_LAYERS + 1, 0, 0)
    if pages > _LAYERS or max(rows, width) > _MOST or not pages * rows * width:
        raise ShapeError(
            "these arrays cannot be drawn cell by cell.",
            where=where,
            expected=f"a result of at most {_MOST} rows and {_MOST} columns, or {_LAYERS} such matrices; not empty",
            given=shape,
        )
    third = None if result is None else _numbers(result, f"{where}(result)")
    if third is not None and third.shape != shape:
        raise ArgumentError("the result has another shape.", where=f"{where}(result)", expected=shape,
                            given=third.shape)  # fmt: skip
    with sheet(where, path, style, language) as page:
        arrays = [first, second, np.empty(shape) if third is None else third]
        return page.finish(_drawn(page, arrays, _texts(arrays, third is not None), (pages, rows, width), symbol))


def _numbers(value: Any, where: str) -> np.ndarray:
    """Return real numbers; infinite ones too, since a quotient may be."""
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.empty(0, object)
    if array.dtype.kind not in "biuf":
        raise DTypeError("these are no numbers.", where=where, expected="real numbers", given=array.dtype)
    return array


def _drawn(
    page: Sheet, arrays: list[np.ndarray], each: list[np.ndarray], full: tuple[int, int, int], symbol: str
) -> Figure:
    """Draw the three arrays side by side, each at its full size."""
    pages, rows, width = full
    names = ["a", "b", page.word("broadcast result")]
    cell = max(1.0, 0.19 * max(len(text) for texts in each for text in texts.ravel()))  # in units of _WIDE
    block = max(cell * width, 2.6)
    high = rows * pages + _GAP * (pages - 1)
    total = 3 * block + 2 * 1.1
    figure = page.figure(total * _WIDE + 0.3, high * _HIGH + _HEAD + 0.55)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    for place, (array, texts, name) in enumerate(zip(arrays, each, names, strict=True)):
        left = place * (block + 1.1)
        color = page.look.series[place]
        _block(page, axes, array, texts, left + (block - cell * width) / 2, cell, color, full)
        at = left + block / 2
        axes.text(at, -1.1, name, ha="center", va="center", color=color, fontsize=TEXT)
        axes.text(at, -0.45, str(array.shape), ha="center", va="center", fontsize=SMALL)
        if place < 2:
            sign = symbol if place == 0 else "="
            axes.text(left + block + 0.55, high / 2, sign, ha="center", va="center", fontsize=1.4 * TEXT)
    if any(array.size < arrays[2].size for array in arrays):
        axes.text(0.0, high + 0.55, page.word("dimmed cells"), va="center", fontsize=SMALL, color=page.look.muted)
    axes.set(xlim=(-0.25, total + 0.25), ylim=(high + 0.95, -0.95 - 0.6))
    axes.set_axis_off()
    return figure


def _texts(arrays: list[np.ndarray], filled: bool) -> list[np.ndarray]:
    """Return what stands in each stored cell of the arrays; nothing where only shapes are known."""
    if not filled:
        return [np.full(array.shape, "", object) for array in arrays]
    return [
        np.array([f"{number:.4g}" for number in array.ravel().tolist()], object).reshape(array.shape)
        for array in arrays
    ]


def _block(
    page: Sheet,
    axes: Axes,
    array: np.ndarray,
    texts: np.ndarray,
    left: float,
    cell: float,
    color: str,
    full: tuple[int, ...],
) -> None:
    """Draw one array at the size that the operation sees it in."""
    rectangle = require("matplotlib.patches", "plot", "plots").Rectangle
    whole = (1,) * (3 - array.ndim) + array.shape
    stored = texts.reshape(whole)
    for place in np.ndindex(full):
        at = tuple(min(index, size - 1) for index, size in zip(place, whole, strict=True))
        own = at == place
        layer, row, column = place
        x, y = left + column * cell, layer * (full[1] + _GAP) + row
        axes.add_patch(
            rectangle(
                (x, y), cell, 1.0, facecolor=color if own else "none", alpha=0.28 if own else None,
                edgecolor="none", zorder=1,
            )
        )  # fmt: skip
        axes.plot(
            [x, x + cell, x + cell, x, x],
            [y, y, y + 1, y + 1, y],
            color=color if own else page.look.muted,
            linewidth=1.2 if own else 0.7,
            linestyle="-" if own else (0, (2, 2)),
            zorder=3 if own else 2,
        )
        axes.text(x + cell / 2, y + 0.5, stored[at], ha="center", va="center", fontsize=TEXT,
                  color=page.look.ink if own else page.look.muted)  # fmt: skip
