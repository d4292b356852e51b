"""The confusion matrix as a picture; the counting is the caller's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from onionskin.base.errors import DataError, ShapeError, require
from onionskin.plot.checks import class_labels, letter_widths, numbers, shortened
from onionskin.plot.sheet import Sheet, StrPath, sheet
from onionskin.plot.theme import SMALL, TEXT, readable_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NAME = 22  # letters of a class name; longer ones are cut
_SHARES = 14  # up to so many classes the shares fit under the counts
_COUNTS = 40  # and up to so many the counts fit


def confusion_matrix(
    matrix: Any,
    class_names: Sequence[str] | None = None,
    *,
    path: StrPath | None = None,
    style: str = "light",
    language: str = "en",
) -> Figure:
    r"""Draw how often each true class (row) was predicted as each class (column).

    A cell holds the count and, up to 14 classes, its share of the row. What is right has one colour, by
    its share of the row; mistakes have another, by their share in relation to the largest one, so that
    rare mistakes are seen too.

    Args:
        matrix: (classes, classes) counts, rows true, columns predicted.
        class_names: a name for each class; numbers where None.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure with one axes; its texts are the cells, row by row.

    Raises:
        ShapeError: the matrix is not square.
        DataError: a count is negative or no whole number, or names are missing.
        DTypeError: the matrix holds no numbers, or the names are no list.
        ArgumentError: the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> figure = confusion_matrix([[8, 2], [0, 10]], ["light font", "dark font"])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['8\n80.0%', '2\n20.0%', '0', '10\n100.0%']
    """
    counts = _counts(matrix)
    classes = len(counts)
    names = class_labels(class_names, classes, "confusion_matrix(class_names)")[:classes]
    short = [shortened(name, _NAME) for name in names]
    with sheet("confusion_matrix", path, style, language, names) as page:
        cell = 0.62 if classes <= _SHARES else 0.42 if classes <= _COUNTS else 0.16
        side = max(cell * classes, 3.0)
        room = 0.09 * max(letter_widths(name) for name in short)
        figure = page.figure(side + 0.9 + room, side + 1.1 + (room if _upright(short) else 0.2))
        axes = figure.subplots()
        rows = counts.sum(axis=1, keepdims=True)
        shares = np.divide(counts, rows, out=np.zeros(counts.shape), where=rows > 0)
        paint = _paint(page, shares)
        axes.imshow(paint, aspect="equal", interpolation="nearest")
        if classes <= _COUNTS:
            _write(page, axes, counts, shares, paint)
        _frame(page, axes, counts, short)
        return page.finish(figure)


def _counts(matrix: Any) -> np.ndarray:
    array = numbers(matrix, "confusion_matrix(matrix)")
    if array.ndim != 2 or array.shape[0] != array.shape[1] or not array.size:
        raise ShapeError(
            "the matrix must be square.",
            where="confusion_matrix(matrix)",
            expected="(classes, classes) counts",
            given=array.shape,
        )
    bad = np.argwhere((array < 0) | (array != np.floor(array)))
    if bad.size:
        row, column = (int(i) for i in bad[0])
        raise DataError(
            "this is no count.",
            where="confusion_matrix(matrix)",
            expected="whole numbers from 0",
            given=f"{array[row, column]} in row {row}, column {column}",
        )
    return array.astype(np.int64)


def _upright(names: list[str]) -> bool:
    """Whether the names under the columns must be turned to fit."""
    return max(letter_widths(name) for name in names) > (6 if len(names) > 3 else 12)


def _paint(page: Sheet, shares: np.ndarray) -> np.ndarray:
    """Return the colour of each cell, (classes, classes, 3)."""
    to_rgb = require("matplotlib.colors", "plot", "plots").to_rgb
    paper, right, wrong = (np.array(to_rgb(c)) for c in (page.look.background, page.look.right, page.look.wrong))
    diagonal = np.eye(len(shares), dtype=bool)
    largest = shares[~diagonal].max(initial=0.0) or 1.0
    # A mistake starts at a visible tint, and the largest stays below the full colour of what is right.
    depth = np.where(diagonal, 0.95 * shares, np.where(shares > 0, 0.08 + 0.62 * shares / largest, 0.0))[..., None]
    color = np.where(diagonal[..., None], right, wrong)
    mixed: np.ndarray = paper + depth * (color - paper)
    return mixed


def _write(page: Sheet, axes: Axes, counts: np.ndarray, shares: np.ndarray, paint: np.ndarray) -> None:
    size = TEXT if len(counts) <= 4 else SMALL if len(counts) <= _SHARES else 6.0
    for row, column in np.ndindex(*counts.shape):
        count = int(counts[row, column])
        share = f"\n{shares[row, column]:.1%}" if count and len(counts) <= _SHARES else ""
        red, green, blue = (float(c) for c in paint[row, column])
        axes.text(
            column,
            row,
            f"{count}{share}",
            ha="center",
            va="center",
            fontsize=size,
            linespacing=1.15,
            color=readable_on((red, green, blue)) if count else page.look.muted,
        )


def _frame(page: Sheet, axes: Axes, counts: np.ndarray, names: list[str]) -> None:
    total, classes = int(counts.sum()), len(counts)
    share = float(np.trace(counts)) / total if total else 0.0
    axes.set_title(page.word("samples", n=total, share=share) if total else page.word("no samples"))
    upright = _upright(names)
    axes.set_xticks(range(classes), names, rotation=45 if upright else 0, ha="right" if upright else "center")
    if upright:
        for label in axes.get_xticklabels():
            label.set_rotation_mode("anchor")
    axes.set_yticks(range(classes), names)
    if classes > _COUNTS:
        axes.tick_params(labelsize=5.0)
    axes.set_xlabel(page.word("predicted class"))
    axes.set_ylabel(page.word("true class"))
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    edges = np.arange(classes + 1) - 0.5
    axes.hlines(edges, -0.5, classes - 0.5, color=page.look.grid, linewidth=0.8)
    axes.vlines(edges, -0.5, classes - 0.5, color=page.look.grid, linewidth=0.8)
