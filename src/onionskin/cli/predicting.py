"""The command `predict`: what was asked, read and answered, colour by colour or sample by sample."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError
from onionskin.cli import jobs, network, reading, report, shell
from onionskin.cli.words import Words
from onionskin.datasets import font_shade
from onionskin.datasets.listing import Dataset

_DRAWN = 6  # more pictures leave the screen
_FILES = (".csv", ".npz", ".npy", ".gz")


@dataclass(frozen=True, slots=True)
class Question:
    """What `predict` is asked.

    Args:
        model: the model.
        entry: the data set that it was trained on, or None where that is not known.
        inputs: colours or files.
        index: numbers of test samples.
        limit: how many rows to show, 0 for all.
    """

    model: Any
    entry: Dataset | None
    inputs: list[str]
    index: list[int]
    limit: int


def answer(question: Question, words: Words) -> None:
    """Answer it.

    Raises:
        OnionskinError: an input, a file or an index cannot be used.
    """
    of_colors = question.entry is not None and question.entry.name == "font-shade"
    if question.index:
        if question.inputs:
            raise ArgumentError("inputs and test samples are asked for at once.", where="predict",
                                given="INPUT and --index", fix="leave one of them out")  # fmt: skip
        return _test_samples(question, words)
    if not question.inputs:
        if of_colors:
            return shell.converse(question.model, words)
        raise ArgumentError("there is nothing to predict.", where="predict",
                            fix="name a file of samples, or a test sample with --index 0")  # fmt: skip
    if of_colors and not any(_is_file(one) for one in question.inputs):
        colors = [font_shade.parse_color(one) for one in question.inputs]
        dark = shell.chances(question.model, colors)
        return report.colors(list(zip(question.inputs, colors, dark, strict=True)), words)
    for one in question.inputs:
        _file(question, Path(one), words)
    return None


def _is_file(text: str) -> bool:
    return text.lower().endswith(_FILES) or (not text.startswith("#") and Path(text).is_file())


def _test_samples(question: Question, words: Words) -> None:
    if question.entry is None:
        raise ArgumentError("it is not known which data set the test samples are of.", where="--index",
                            fix="name it with --dataset")  # fmt: skip
    data = reading.load(question.entry, None)
    wrong = [one for one in question.index if one >= len(data.x_test)]
    if wrong:
        raise ArgumentError("there is no test sample of this number.", where="--index",
                            expected=f"0 to {len(data.x_test) - 1:,}", given=f"{wrong[0]:,}")  # fmt: skip
    chosen = np.array(question.index)
    labels = [f"{question.entry.name} {one}" for one in question.index]
    _show(question, data.x_test[chosen], labels, data.y_test[chosen].astype(np.int64), words)


def _file(question: Question, path: Path, words: Words) -> None:
    shape = network.input_shape(question.model) if question.entry is None else question.entry.sample_shape
    x = reading.samples(path, shape)
    _show(question, x, [f"{path.name} {place}" for place in range(len(x))], None, words)


def _show(question: Question, x: np.ndarray, labels: list[str], truth: np.ndarray | None, words: Words) -> None:
    entry, model = question.entry, question.model
    inputs = x
    if entry is not None:
        jobs.check_classes(model, entry.classes, "predict")
        inputs, scaled = jobs.adapt(model, x, entry.divisor)
        if scaled:
            report.note(words("not scaled", divisor=entry.divisor), words)
        if x.dtype.kind == "f" and 0 < x.max() <= 1 < entry.divisor:
            report.note(words("small", divisor=entry.divisor), words)
    chances = jobs.probabilities(model, inputs)
    shown = len(x) if not question.limit else min(question.limit, len(x))
    names = entry.class_names if entry is not None else [str(place) for place in range(chances.shape[1])]
    if entry is not None and entry.name == "font-shade":
        colors = [tuple(int(one) for one in np.clip(row, 0, 255)) for row in x[:shown]]
        report.colors([(label, color, float(chance)) for label, color, chance in  # type: ignore[misc]
                       zip(labels[:shown], colors, chances[:shown, 1], strict=True)], words)  # fmt: skip
    else:
        drawn = shown <= _DRAWN and report.drawable(x[0])
        report.readings(x[:shown], labels[:shown], chances[:shown], truth, names, words, drawn=drawn)
    if shown < len(x):
        report.line(words("of which", shown=shown, n=len(x)))
