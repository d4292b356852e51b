"""The networks that `--model` describes: 16, 128-64 or 512:relu,dropout:0.2,64:tanh."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from onionskin import activations
from onionskin.activations.lookup import ACTIVATIONS
from onionskin.base.columns import width
from onionskin.base.errors import ArgumentError, OnionskinError, UnknownNameError, suggest
from onionskin.layers import Dense, Dropout, Flatten, Input, Rescaling
from onionskin.models import Sequential

MAX_WIDTH = 65_536
MAX_PARTS = 64
MAX_WEIGHTS = 100_000_000  # 400 MB, and three times that while an optimizer trains them
NO_LAYERS = "none"
_PART = re.compile(r"[^,-]*")
_WIDTH = re.compile(r"[0-9]{1,9}")
_RATE = re.compile(r"0|0?\.[0-9]{1,18}|0\.")
_GRAMMAR = "widths of hidden layers, such as 16, 128-64 or 512:relu,dropout:0.2,64:tanh, or none"


@dataclass(frozen=True, slots=True)
class Hidden:
    """A dense layer between input and output.

    Args:
        width: number of units.
        activation: name of the function after it.
    """

    width: int
    activation: str = "relu"

    def __str__(self) -> str:
        return f"{self.width}:{self.activation}"


@dataclass(frozen=True, slots=True)
class Drop:
    """Dropout.

    Args:
        rate: share of the values that are dropped in training, at least 0 and below 1.
    """

    rate: float

    def __str__(self) -> str:
        return f"dropout:{Decimal(repr(self.rate)):f}"


Part = Hidden | Drop


def parse(spec: str) -> tuple[Part, ...]:
    """Return the hidden layers that a text describes.

    Layers stand in order, with "," or "-" between: WIDTH, WIDTH:ACTIVATION or dropout:RATE. The activation
    is relu where none is named; "none" describes a network without hidden layers.

    Args:
        spec: the text.

    Raises:
        ArgumentError: a part cannot be read; a caret points to it.
        UnknownNameError: there is no such activation; the nearest name is suggested.

    Example:
        >>> parse("128-64")
        (Hidden(width=128, activation='relu'), Hidden(width=64, activation='relu'))
        >>> [str(part) for part in parse("512, dropout:0.2, 64:tanh")]
        ['512:relu', 'dropout:0.2', '64:tanh']
    """
    if spec.strip().lower() == NO_LAYERS:
        return ()
    parts, at = [], 0
    while at <= len(spec):
        end = _end(spec, at)
        parts.append(_part(spec, at, end))
        at = end + 1
    if len(parts) > MAX_PARTS:
        raise ArgumentError("there are too many layers.", where="--model", expected=f"at most {MAX_PARTS}",
                            given=len(parts))  # fmt: skip
    return tuple(parts)


def spec_text(parts: Sequence[Part]) -> str:
    """Return the shortest text that `parse` reads as these layers.

    Example:
        >>> spec_text(parse("128:relu,64")), spec_text(parse("8:tanh")), spec_text(())
        ('128-64', '8:tanh', 'none')
    """
    if all(isinstance(part, Hidden) and part.activation == "relu" for part in parts):
        return "-".join(str(part.width) for part in parts if isinstance(part, Hidden)) or NO_LAYERS
    return ",".join(map(str, parts))


def build(parts: Sequence[Part], shape: tuple[int, ...], classes: int, divisor: float, name: str) -> Any:
    """Return a model that takes raw inputs and gives probabilities.

    Args:
        parts: the hidden layers.
        shape: of one input.
        classes: how many; two are told apart by one output, the probability of the second.
        divisor: what inputs are divided by first, in the model, so that a saved one takes raw inputs.
        name: of the model.

    Raises:
        ArgumentError: it would have more than 100,000,000 weights.
    """
    outputs = 1 if classes == 2 else classes
    widths = [math.prod(shape), *(part.width for part in parts if isinstance(part, Hidden)), outputs]
    weights = sum((before + 1) * after for before, after in itertools.pairwise(widths))
    if weights > MAX_WEIGHTS:
        raise ArgumentError("the network is too large.", where="--model", expected=f"at most {MAX_WEIGHTS:,} weights",
                            given=f"{weights:,} weights in {spec_text(parts)}", fix="smaller widths")  # fmt: skip
    model = Sequential([Input(shape), Rescaling(1 / divisor)], name=name)
    if len(shape) > 1:
        model.add(Flatten())
    for part in parts:
        model.add(Dense(part.width, activation=part.activation) if isinstance(part, Hidden) else Dropout(part.rate))
    model.add(Dense(outputs, activation="sigmoid" if outputs == 1 else "softmax"))
    return model


def describe(model: Any) -> str:
    """Return a model's layers in one line.

    Example:
        >>> describe(build(parse("16"), (3,), 2, 255.0, "font_shade"))
        '3 → 16 relu → 1 sigmoid'
    """
    words = ["×".join(map(str, input_shape(model)))]
    for layer in model.layers:
        if isinstance(layer, Dense):
            words.append(f"{layer.units} {activations.serialize(layer.activation)}")
        elif isinstance(layer, Dropout):
            words.append(f"dropout {layer.rate:g}")
        elif not isinstance(layer, Rescaling | Flatten) and type(layer).__name__ != "InputLayer":
            words.append(type(layer).__name__)
    return " → ".join(words)


def input_shape(model: Any) -> tuple[int, ...]:
    """Return the shape of one input of a model.

    Raises:
        ArgumentError: it has several inputs, or one of no fixed shape.
    """
    try:
        shape = model.input_shape
    except (AttributeError, OnionskinError):
        shape = None
    if not isinstance(shape, tuple) or not all(isinstance(size, int) for size in shape[1:]):
        raise ArgumentError("the commands work with models of one input whose shape is known.",
                            where=f"model '{model.name}'", given=shape, fix="use this model from Python")  # fmt: skip
    return shape[1:]


def _end(spec: str, at: int) -> int:
    match = _PART.match(spec, at)
    return match.end() if match else at


def _part(spec: str, at: int, end: int) -> Part:
    head, colon, tail = spec[at:end].partition(":")
    tail_at = at + len(head) + 1
    name, argument = head.strip().lower(), tail.strip()
    if not name:
        raise ArgumentError("a layer is missing here.", **_pointed(spec, at, end))
    if _WIDTH.fullmatch(name):
        if not 1 <= int(name) <= MAX_WIDTH:
            raise ArgumentError(f"a width is a whole number from 1 to {MAX_WIDTH:,}.",
                                **_pointed(spec, at, at + len(head)))  # fmt: skip
        return Hidden(int(name), _activation(spec, argument, tail_at, end) if colon else "relu")
    if name == "dropout":
        if not _RATE.fullmatch(argument) or float(argument) >= 1:
            raise ArgumentError("the rate of dropout is at least 0 and below 1, such as dropout:0.2.",
                                **_pointed(spec, tail_at if argument else at, end))  # fmt: skip
        return Drop(float(argument))
    hint = "dropout" if suggest(name, ["dropout"]).startswith("did") else None
    if name in ACTIVATIONS:
        raise ArgumentError(f"an activation follows a width, such as 16:{name}.", **_pointed(spec, at, end))
    raise ArgumentError("this is no layer.", expected=_GRAMMAR,
                        fix=f"did you mean {hint!r}?" if hint else None, **_pointed(spec, at, end))  # fmt: skip


def _activation(spec: str, name: str, at: int, end: int) -> str:
    if name.lower() in ACTIVATIONS:
        return str(activations.serialize(activations.get(name.lower())))
    what = "there is no activation of this name." if name else "the name of an activation is missing here."
    raise UnknownNameError(what, fix=suggest(name.lower(), ACTIVATIONS), **_pointed(spec, at, end))


def _pointed(spec: str, at: int, end: int) -> Any:
    """Return the place and the text of an error, with carets under the letters from `at` to `end`."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in spec)
    while at < end and spec[at].isspace():
        at += 1
    while end > at and spec[end - 1].isspace():
        end -= 1
    indent = 2 + 10 + width(shown[:at])  # as the error frame writes "given"
    return {"where": "--model", "given": f"{shown}\n{' ' * indent}{'^' * max(width(shown[at:end]), 1)}"}
