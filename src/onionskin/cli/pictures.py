"""The plots that the commands write, each a file in the folder that the user named."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from onionskin import plot
from onionskin.cli import jobs, report
from onionskin.cli.words import Words
from onionskin.datasets.listing import Loaded


def of_training(history: dict[str, list[float]], folder: Path, style: str, language: str) -> list[str]:
    """Write the curves of a training; returns the names of the files.

    Raises:
        MissingExtraError: Matplotlib is not installed.
    """
    if not history:
        return []
    with _quiet():
        plot.curves(history, path=folder / "curves.png", style=style, language=language)
    return ["curves.png"]


def of_graph(model: Any, how: dict[str, Any], files: Sequence[Path], words: Words) -> None:
    """Draw the graph that a model is trained by into files, or as a tree where there are none.

    Args:
        model: the model.
        how: what `Model.draw` takes.
        files: where to.
        words: those of its language.

    Raises:
        OnionskinError: it cannot be drawn, or a file not be written.
    """
    drawn = model.draw(**how, language=words.language)
    for path in files:
        drawn.save(path)
        report.line(words("written", file=path))
    if not files:
        report.console().print(drawn)


def of_test(model: Any, data: Loaded, measured: jobs.Measured, folder: Path, style: str, language: str) -> list[str]:
    """Write what is seen of a model on test samples; returns the names of the files.

    Args:
        model: the model.
        data: the data set; its test samples are drawn.
        measured: the model on them.
        folder: where to.
        style: "light" or "dark".
        language: "en" or "ko".

    Raises:
        MissingExtraError: Matplotlib is not installed.
    """
    look: Any = {"style": style, "language": language}
    names = data.class_names
    with _quiet():
        plot.confusion_matrix(measured.matrix, names, path=folder / "confusion.png", **look)
        if data.name == "font-shade":

            def dark(colors: np.ndarray) -> np.ndarray:
                return jobs.probabilities(model, jobs.adapt(model, colors.astype(np.float32), data.divisor)[0])[:, 1]

            plot.color_boundary(
                data.x_test, measured.probabilities[:, 1], data.y_test, dark, path=folder / "boundary.png", **look
            )
            return ["confusion.png", "boundary.png"]
        plot.wrong_images(
            data.x_test, data.y_test, measured.guesses, measured.probabilities, class_names=names,
            path=folder / "wrong.png", **look,
        )  # fmt: skip
    return ["confusion.png", "wrong.png"]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Show each warning of the plots once, although several of them give it."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        yield
