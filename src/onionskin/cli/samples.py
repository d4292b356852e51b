"""The command `show`: samples of a data set in the terminal, as a file and in a window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from onionskin import plot
from onionskin.base.errors import ArgumentError
from onionskin.cli import reading, report
from onionskin.cli.words import Words
from onionskin.datasets.listing import Dataset


@dataclass(frozen=True, slots=True)
class Wish:
    """What `show` is asked for.

    Args:
        entry: the data set.
        index: numbers of samples.
        test: whether they are of the test samples.
        data: a file, folder or address to read instead.
        output: a file to write the pictures to, or None.
        window: whether to open a window.
        style: "light" or "dark".
    """

    entry: Dataset
    index: tuple[int, ...]
    test: bool
    data: Any
    output: Path | None
    window: bool
    style: str


def show(wish: Wish, words: Words) -> None:
    """Show them.

    Raises:
        OnionskinError: the data or a number cannot be used, or the picture cannot be written or shown.
    """
    data = reading.load(wish.entry, wish.data)
    x, y = (data.x_test, data.y_test) if wish.test else (data.x_train, data.y_train)
    wrong = [one for one in wish.index if one >= len(x)]
    if wrong:
        raise ArgumentError("there is no sample of this number.", where="NUMBER", expected=f"0 to {len(x) - 1:,}",
                            given=f"{wrong[0]:,}")  # fmt: skip
    chosen = np.array(wish.index)
    names = [words.own(name) for name in data.class_names]
    pictures = x[chosen] if x.ndim == 3 else _swatches(x[chosen])
    figure = _figure(wish, pictures, [names[label] for label in y[chosen]], words)
    part = words("test" if wish.test else "train")
    for number, picture, label in zip(wish.index, x[chosen], y[chosen], strict=True):
        report.line(words("shown", name=wish.entry.name, part=part, number=number, label=names[label]), "bold")
        report.sample(picture, int(label), words)
    if wish.output is not None:
        report.line(words("written", file=wish.output))
    if wish.window:
        try:
            plot.show_window(figure)
        except ArgumentError as error:
            error.where, error.fix = "--window", (error.fix or "").replace("path=", "--output")
            raise


def _figure(wish: Wish, pictures: np.ndarray, labels: list[str], words: Words) -> Any:
    """Return the figure of the pictures, written where that is wanted, or None where none is."""
    if wish.output is None and not wish.window:
        return None
    look: Any = {"path": wish.output, "style": wish.style, "language": words.language}
    try:
        if len(pictures) == 1:
            return plot.digit(pictures[0], labels[0], **look)
        return plot.images(pictures, range(len(labels)), count=len(labels), class_names=labels, **look)
    except ArgumentError as error:
        error.where = "--output"
        raise


def _swatches(colors: np.ndarray) -> np.ndarray:
    """Return colours as pictures, (n, 8, 8, 3) uint8."""
    return np.broadcast_to(colors.astype(np.uint8)[:, None, None, :], (len(colors), 8, 8, 3)).copy()
