"""Grids of pictures: samples with their labels, and the pictures that were read wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from onionskin.base.errors import DataError, ShapeError
from onionskin.plot.checks import class_labels, class_numbers, letter_widths, numbers, shortened, whole
from onionskin.plot.sheet import Sheet, StrPath, sheet
from onionskin.plot.theme import CELL, SMALL, TITLE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 400  # pictures in one grid
_NAME = 16  # letters of a class name; longer ones are cut
_LETTER = 0.074  # inches of a letter over a picture
_LINE = 21  # letters that fit over a picture; a longer title takes two lines


def images(
    images: Any,
    y: Any = None,
    *,
    count: int = 25,
    class_names: Sequence[str] | None = None,
    path: StrPath | None = None,
    style: str = "light",
    language: str = "en",
) -> Figure:
    """Draw the first pictures of a set, each under its label.

    Args:
        images: (n, height, width), (n, height, width, 1), (n, height, width, 3) or, where the pictures are
            square, (n, pixels); uint8 or numbers of any range. 0 is drawn in the background's tone.
        y: (n,) class numbers; no titles where None.
        count: how many to draw at most, 1 to 400.
        class_names: a name for each class; numbers where None.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure with one axes for each picture.

    Raises:
        ShapeError: the shapes are no pictures, or labels and pictures differ in number.
        DataError: there are no pictures, a pixel is not finite, a label is none, or names are missing.
        DTypeError: these are no numbers, or the names are no list.
        ArgumentError: the count cannot be used, or the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> import numpy as np
        >>> figure = images(np.eye(8)[None].repeat(3, axis=0), [0, 1, 2], class_names=["a", "b", "c"])
        >>> [axes.get_title() for axes in figure.axes]
        ['a', 'b', 'c']
    """
    pictures = _pictures(images, "images(images)")
    shown = min(whole(count, 1, MOST, "images(count)"), len(pictures))
    titles = [""] * shown
    if y is not None:
        classes = class_numbers(y, len(pictures), "images(y)")
        names = class_labels(class_names, int(classes.max()) + 1, "images(class_names)")
        titles = [shortened(names[k], _LINE) for k in classes[:shown]]
    with sheet("images", path, style, language, titles) as page:
        return page.finish(_grid(page, pictures[:shown], titles, None, span_of(pictures)))


def wrong_images(
    images: Any,
    y_true: Any,
    y_pred: Any,
    probabilities: Any = None,
    count: int = 25,
    class_names: Sequence[str] | None = None,
    *,
    path: StrPath | None = None,
    style: str = "light",
    language: str = "en",
) -> Figure:
    """Draw the pictures that were read wrong, the surest mistakes first, each titled "read 4, is 9 (0.87)".

    Args:
        images: pictures, in the shapes that `images` takes.
        y_true: (n,) class numbers, what the pictures are.
        y_pred: (n,) class numbers, what they were read as.
        probabilities: (n, classes) or, of the predicted class only, (n,); mistakes stay in the order of
            the pictures where None.
        count: how many to draw at most, 1 to 400.
        class_names: a name for each class; numbers where None.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure with one axes for each picture, or with a text alone where nothing was read wrong.

    Raises:
        ShapeError: the shapes are no pictures, or the arguments differ in number.
        DataError: there are no pictures, a number is not finite, a label is none, or names are missing.
        DTypeError: these are no numbers, or the names are no list.
        ArgumentError: the count cannot be used, or the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> import numpy as np
        >>> figure = wrong_images(np.zeros((3, 8, 8)), [9, 1, 2], [4, 1, 3], [0.87, 0.99, 0.95])
        >>> [axes.get_title() for axes in figure.axes]
        ['read 3, is 2 (0.95)', 'read 4, is 9 (0.87)']
    """
    where = "wrong_images"
    pictures = _pictures(images, f"{where}(images)")
    n = len(pictures)
    most = whole(count, 1, MOST, f"{where}(count)")
    truth, guess = class_numbers(y_true, n, f"{where}(y_true)"), class_numbers(y_pred, n, f"{where}(y_pred)")
    sure = None if probabilities is None else _sureness(probabilities, guess, f"{where}(probabilities)")
    classes = int(max(truth.max(), guess.max())) + 1
    names = [shortened(name, _NAME) for name in class_labels(class_names, classes, f"{where}(class_names)")]
    wrong = np.flatnonzero(truth != guess)
    if sure is not None:
        wrong = wrong[np.argsort(-sure[wrong], kind="stable")]
    chosen = wrong[:most]
    with sheet(where, path, style, language, names) as page:
        if not wrong.size:
            figure = page.figure(4 * CELL, CELL)
            figure.text(0.5, 0.5, page.word("none wrong", n=n), ha="center", va="center", fontsize=TITLE)
            return page.finish(figure)
        titles = []
        for i in chosen:
            title = page.word("read", guess=names[guess[i]], truth=names[truth[i]])
            title += "" if sure is None else f" ({sure[i]:.2f})"
            titles.append(title if letter_widths(title) <= _LINE else title.replace(", ", ",\n", 1))
        kind = "wrong" if len(chosen) == len(wrong) else "first" if sure is None else "surest"
        heading = page.word(kind, wrong=len(wrong), n=n, shown=len(chosen))
        return page.finish(_grid(page, pictures[chosen], titles, heading, span_of(pictures)))


def _pictures(value: Any, where: str) -> np.ndarray:
    """Return pictures as (n, height, width) or (n, height, width, 3)."""
    array = numbers(value, where)
    if array.ndim == 2 and array.shape[1] and math.isqrt(array.shape[1]) ** 2 == array.shape[1]:
        side = math.isqrt(array.shape[1])
        array = array.reshape(len(array), side, side)
    if array.ndim == 4 and array.shape[3] == 1:
        array = array[..., 0]
    if not (array.ndim == 3 or (array.ndim == 4 and array.shape[3] == 3)) or 0 in array.shape[1:]:
        raise ShapeError(
            "these are no pictures.",
            where=where,
            expected="(n, height, width), (n, height, width, 1 or 3), or (n, pixels) of square pictures",
            given=array.shape,
        )
    if not len(array):
        raise DataError("there are no pictures.", where=where, expected="at least one", given=array.shape)
    return array


def _sureness(value: Any, guess: np.ndarray, where: str) -> np.ndarray:
    """Return the probability of the predicted class, (n,)."""
    array, n = numbers(value, where), len(guess)
    needed = int(guess.max()) + 1
    if array.shape != (n,) and not (array.ndim == 2 and array.shape[0] == n and array.shape[1] >= max(needed, 2)):
        raise ShapeError(
            "the probabilities do not fit the predictions.",
            where=where,
            expected=f"({n},) of the predicted class, or ({n}, classes) with at least {max(needed, 2)} classes",
            given=array.shape,
        )
    if array.min() < 0 or array.max() > 1:
        raise DataError("a probability is outside of 0 to 1.", where=where, given=f"{array.min():g} to {array.max():g}")
    return np.asarray(array if array.ndim == 1 else array[np.arange(n), guess], dtype=np.float64)


def span_of(pictures: np.ndarray) -> tuple[float, float]:
    """Return the pixel values drawn as the background's tone and as full ink, the same for the whole set."""
    low, high = min(float(pictures.min()), 0.0), float(pictures.max())
    if pictures.dtype == np.uint8 and (high >= 128 or pictures.shape[-1] == 3):
        return 0.0, 255.0
    return low, high if high > low else low + 1.0  # bytes of few shades too, such as the 8×8 digits' 0 to 16


def _grid(
    page: Sheet, pictures: np.ndarray, titles: list[str], heading: str | None, span: tuple[float, float]
) -> Figure:
    columns = math.ceil(math.sqrt(len(pictures))) if len(pictures) > 5 else len(pictures)
    rows = math.ceil(len(pictures) / columns)
    lines = max(title.count("\n") + 1 if title else 0 for title in titles)
    cell = max(CELL, _LETTER * max(letter_widths(title) for title in titles))
    wide = max(cell * columns, CELL * 3.6 if heading else 0)
    figure = page.figure(wide, (CELL * 0.8 + 0.17 * lines) * rows + (0.35 if heading else 0.0))
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid[len(pictures) :]:
        figure.delaxes(axes)
    low, high = span
    for axes, picture, title in zip(grid, pictures, titles, strict=False):
        if picture.ndim == 3:  # colour has no ink: it is drawn as it is
            picture = np.clip((picture - low) / (high - low), 0.0, 1.0)
        axes.imshow(picture, cmap=page.look.pixels, vmin=low, vmax=high, interpolation="nearest")
        axes.set_title(title, loc="center", fontsize=SMALL, linespacing=1.25, pad=3.0)
        axes.set_xticks([])
        axes.set_yticks([])
        for spine in axes.spines.values():
            spine.set(visible=True, color=page.look.grid, linewidth=0.8)
    if heading:
        figure.suptitle(heading)
    return figure
