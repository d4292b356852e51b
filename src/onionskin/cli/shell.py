"""The shell that answers colours: which font reads better on them, and by which numbers the network says so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from onionskin import activations, initializers, optimizers
from onionskin.base.errors import ArgumentError
from onionskin.cli import jobs, prompt, reading, report
from onionskin.cli.words import WORDS, Words
from onionskin.datasets.color import ColorError, parse_color
from onionskin.datasets.css_colors import CSS_COLORS
from onionskin.layers import Dense, Input, Rescaling
from onionskin.models import Sequential
from onionskin.state import set_random_seed

# As T. Nield's Essential Math for Data Science trains it: 100,000 steps of one sample.
STEPS, LEARNING_RATE, HIDDEN = 100_000, 0.05, 3
Color = tuple[int, int, int]
_COMMANDS = ("help", "why", "quit")


@dataclass(frozen=True, slots=True)
class Opened:
    """What the command `shell` is asked for.

    Args:
        model: a .onionskin file, or where to save one that is trained first; trained and not saved where None.
        seed: of the weights and of the order of the samples.
        data: what to train on, where it is trained.
    """

    model: Path | None
    seed: int
    data: Any


def ready(opened: Opened, words: Words) -> Any:
    """Return the model that answers, training it first where there is none; says what it does.

    Raises:
        OnionskinError: the file or the data cannot be used.
    """
    aside = not prompt.interactive()  # answers to a pipe stand alone
    if opened.model is not None and opened.model.exists():
        model = jobs.read_model(opened.model)
        jobs.check_classes(model, 2, str(opened.model))
        jobs.adapt(model, np.zeros((1, 3), np.float32), 255.0)
        report.line(words("shell read", file=opened.model), aside=aside)
        return model
    if opened.model is not None and opened.model.suffix != ".onionskin":
        raise ArgumentError("a model is saved under a name that ends in .onionskin.", where="--model",
                            given=str(opened.model))  # fmt: skip
    data = reading.load(jobs.dataset("font-shade", "shell"), opened.data)
    model, start = network(opened.seed), time.perf_counter()
    before = jobs.measure(model, data.x_test, data.y_test, 2).accuracy
    report.line(words("shell trains", steps=STEPS, samples=len(data.x_train), rate=LEARNING_RATE), aside=aside)
    with report.busy(words("training now")):
        train(model, data.x_train, data.y_train)
    seconds = report.duration(time.perf_counter() - start, words)
    after = jobs.measure(model, data.x_test, data.y_test, 2).accuracy
    report.line(
        words("shell trained", before=report.percent(before), after=report.percent(after), tests=len(data.x_test),
              seconds=seconds), aside=aside,
    )  # fmt: skip
    if opened.model is not None:
        jobs.ready_folder(opened.model.parent)
        model.save(opened.model)
        report.line(words("shell saved", file=opened.model), aside=aside)
    return model


def network(seed: int) -> Any:
    """Return the source's network 3-3-1 with weights drawn from 0 to 1, which takes colours from 0 to 255."""
    set_random_seed(seed)
    start = initializers.RandomUniform(0.0, 1.0)
    kept: Any = {"kernel_initializer": start, "bias_initializer": start}
    model = Sequential(
        [Input((3,)), Rescaling(1 / 255, name="divided by 255"), Dense(HIDDEN, "relu", name="hidden", **kept),
         Dense(1, "sigmoid", name="output", **kept)], name="font_shade",
    )  # fmt: skip
    model.compile(optimizers.SGD(LEARNING_RATE), "mse", metrics=["accuracy"])
    return model


def train(model: Any, x: np.ndarray, y: np.ndarray) -> None:
    """Take 100,000 steps, to the nearest whole epoch, of one sample each."""
    model.fit(x, y, batch_size=1, epochs=max(1, round(STEPS / len(x))), verbose=0)


def converse(model: Any, words: Words) -> None:
    """Answer colours line by line until an empty line, quit, Ctrl-C or the end of the input.

    Args:
        model: of colours, with one output, the probability of the dark font, or two.
        words: the language.
    """
    if prompt.interactive():
        report.line(words("ask"), wrap=True)
    last: Color | None = None
    for typed in prompt.lines([*CSS_COLORS, *_COMMANDS]):
        text = typed.strip()
        command = _command(text)
        if not text or command == "quit":
            return
        if command == "help":
            report.line(words("shell help"))
        elif command == "why":
            _why(model, last, words)
        else:
            try:
                last = parse_color(text)
            except ColorError as error:
                report.mistake(_wrong(text, error, words), words)
                continue
            report.answer(text, last, chances(model, [last])[0], words)


def chances(model: Any, colors: list[Color]) -> list[float]:
    """Return the probability of the dark font on each colour."""
    x, _ = jobs.adapt(model, np.array(colors, np.float32), 255.0)
    return [float(one) for one in jobs.probabilities(model, x)[:, 1]]


def _command(text: str) -> str | None:
    """Return the command that a line is, or None; each has a name in every language."""
    for name in _COMMANDS:
        known = {one for texts in WORDS[f"command {name}"].values() for one in texts.split()}
        if text.lower() in known:
            return name
    return None


def _wrong(text: str, error: ColorError, words: Words) -> str:
    shown = text if len(text) <= 30 else f"{text[:29]}…"
    said = words(f"colour {error.problem}", detail=error.detail)
    return f"{shown}: {said} {words('colour example')}"


def _why(model: Any, color: Color | None, words: Words) -> None:
    if color is None:
        report.mistake(f"{words('why nothing')} {words('colour example')}", words)
        return
    x, _ = jobs.adapt(model, np.array([color], np.float32), 255.0)
    for text in forward_pass(model, x):
        report.line(text, wrap=True)


def forward_pass(model: Any, x: np.ndarray) -> Iterator[str]:
    """Yield the numbers of a forward pass: each unit's weighted sum z and what its activation makes of it, a.

    z = Σ x_i·w_i + b, a = activation(z)

    Args:
        model: a model of layers in a row.
        x: (1, inputs) as the model takes them.

    Example:
        >>> model = Sequential([Input((2,)), Dense(1, "relu", name="only")])
        >>> model.set_weights([np.array([[2.0], [-1.0]]), np.array([-0.5])])
        >>> for row in forward_pass(model, np.array([[1.0, 0.5]])):
        ...     print(row)
        x = 1.000, 0.500
        only 1
          z = 1.000·2.000 + 0.500·(-1.000) - 0.500 = 1.000
          a = relu(z) = 1.000
    """
    yield f"x = {_numbers(x[0])}"
    for layer in model.layers:
        before, x = x, np.asarray(layer(x))
        if not isinstance(layer, Dense):
            if not np.array_equal(before, x):
                yield f"{layer.name}: {_numbers(x.ravel())}"
            continue
        kernel = np.asarray(layer.kernel)
        bias = np.asarray(layer.bias) if layer.use_bias else np.zeros(kernel.shape[1])
        sums, name = before @ kernel + bias, activations.serialize(layer.activation)
        for unit, (weights, b) in enumerate(zip(kernel.T, bias, strict=True)):
            terms = " + ".join(f"{value:.3f}·{_factor(w)}" for value, w in zip(before[0], weights, strict=True))
            yield f"{layer.name} {unit + 1}"
            yield f"  z = {terms} {'-' if b < 0 else '+'} {abs(b):.3f} = {sums[0, unit]:.3f}"
            if name != "linear":
                yield f"  a = {name}(z) = {x[0, unit]:.3f}"


def _numbers(values: np.ndarray) -> str:
    return ", ".join(f"{value:.3f}" for value in values)


def _factor(weight: float) -> str:
    return f"({weight:.3f})" if weight < 0 else f"{weight:.3f}"
