"""A step of training walked through node by node: formula, ingredients, value and gradient of each."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from onionskin.base.errors import ArgumentError, require, suggest
from onionskin.base.languages import known_language
from onionskin.explain import columns, formulas
from onionskin.explain.arguments import named_arguments
from onionskin.explain.places import BACKWARD, FORWARD, UPDATE, Place, names_of, places
from onionskin.explain.recording import Recording, record
from onionskin.graph import CONSTANT, INPUT, PICK, Node

MOST_ROWS = 400  # of a printed trace
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "forward": "forward", "backward": "backward", "update": "update", "layer": "layer", "what": "computes",
        "shape": "shape", "value": "value", "gradient": "gradient", "loss": "(loss)", "number": "%",
        "legend": "∂a is the derivative of the loss by a; a' is the new value of a.",
        "more": "… {n} more: trace[{first}:]", "title": "One step of {name}: {n} operations",
    },
    "ko": {
        "forward": "순전파", "backward": "역전파", "update": "갱신", "layer": "층", "what": "계산",
        "shape": "형상", "value": "값", "gradient": "기울기", "loss": "(손실)", "number": "%",
        "legend": "∂a는 손실을 a로 미분한 값이고, a'는 a의 새 값입니다.",
        "more": "… {n}개 더 있음: trace[{first}:]", "title": "{name}의 한 단계: 연산 {n}개",
    },
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Entry:
    """One operation of a step, with its numbers.

    Args:
        number: its place in the order in which the step runs, from 0.
        phase: "forward", "backward" or "update".
        layer: path of the layer that it belongs to; empty for data and the loss.
        operation: name of the primitive, such as "matmul"; "input" for data, weights and slots.
        name: what it is called in formulas: "x", "hidden/kernel", "%3", "∂%3" for a derivative of the loss.
        formula: what it computes, such as "x · hidden/kernel".
        tex: the same in TeX.
        inputs: the entries that it is computed from; constants stand in the formula.
        value: its numbers.
        gradient: the derivative of the loss by them, of the same shape; None where there is none.
        node: the node of the graph.
        numbers: the formula with the ingredients' numbers in their places, where they are few, else empty.
        language: of what is printed.
    """

    number: int
    phase: str
    layer: str
    operation: str
    name: str
    formula: str
    tex: str
    inputs: tuple[Entry, ...]
    value: np.ndarray
    gradient: np.ndarray | None
    node: Node
    numbers: str = ""
    language: str = "en"

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value."""
        return tuple(self.node.shape)

    @property
    def dtype(self) -> str:
        """Dtype of the value."""
        return self.node.dtype

    @property
    def equation(self) -> str:
        """Name and formula: "%7 = x · hidden/kernel"."""
        return self.name if self.operation == "input" else f"{self.name} = {self.formula}"

    def __str__(self) -> str:
        words = WORDS[self.language]
        parts = [self.equation, self.numbers] if self.numbers else [self.equation]
        small = self.value.size <= formulas.FEW
        lines = [" = ".join([*parts, formulas.numbers(self.value)] if small else parts)]
        place = f"{words['layer']} {self.layer}, " if self.layer else ""
        lines.append(f"  {words[self.phase]}, {place}{self.operation}, {self.dtype} {self.shape}")
        if not small:
            lines.append(f"  {words['value']}: {formulas.numbers(self.value)}")
        if self.gradient is not None:
            lines.append(f"  {words['gradient']}: {formulas.numbers(self.gradient)}")
        return "\n".join(one for text in lines for one in columns.wrapped(text, columns.WIDTH))

    def __repr__(self) -> str:
        return f"<entry {self.number}: {self.equation}, {self.phase}, {self.dtype} {self.shape}>"

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


class Trace(Sequence[Entry]):
    """The operations of one step in the order in which they run: forward, backward, update.

    `trace[3]` is an entry, `trace[3:9]` and `trace["hidden"]` (a layer, or an inner one by its path) are shorter
    traces, and `trace["hidden/kernel"]`, any other name of an entry, is that entry.

    Args:
        entries: the operations.
        name: what was recorded.
        language: "en" or "ko", of what is printed.
    """

    def __init__(self, entries: Sequence[Entry], name: str = "", language: str = "en") -> None:
        self.entries, self.name, self.language = tuple(entries), name, language

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    @overload
    def __getitem__(self, key: int) -> Entry: ...
    @overload
    def __getitem__(self, key: slice) -> Trace: ...
    @overload
    def __getitem__(self, key: str) -> Any: ...

    def __getitem__(self, key: int | slice | str) -> Any:
        if isinstance(key, slice):
            return self._part(self.entries[key])
        if not isinstance(key, str):
            return self.entries[key]
        own = [one for one in self if one.layer == key or one.layer.startswith(f"{key}/")]
        if own:
            return self._part(own)
        named = next((one for one in self if one.name == key), None)
        if named is not None:
            return named
        known = [*self.layers, *[one.name for one in self if not one.name.startswith("%")]]
        raise ArgumentError("the trace has no layer and no entry of this name.", where="trace", given=repr(key),
                            fix=suggest(key, known))  # fmt: skip

    @property
    def layers(self) -> tuple[str, ...]:
        """Paths of the layers in it, in order."""
        return tuple(dict.fromkeys(one.layer for one in self if one.layer))

    @property
    def forward(self) -> Trace:
        """The forward operations."""
        return self.find(lambda one: one.phase == "forward")

    @property
    def backward(self) -> Trace:
        """The operations that compute derivatives."""
        return self.find(lambda one: one.phase == "backward")

    @property
    def update(self) -> Trace:
        """The operations that compute new weights and slots."""
        return self.find(lambda one: one.phase == "update")

    def find(self, wanted: Callable[[Entry], Any]) -> Trace:
        """Return the entries that a function says yes to."""
        return self._part([one for one in self if wanted(one)])

    def _part(self, entries: Sequence[Entry]) -> Trace:
        return Trace(entries, self.name, self.language)

    def _rows(self, entries: Sequence[Entry]) -> tuple[list[str], list[list[str]]]:
        words = WORDS[self.language]
        header = [words[one] for one in ("number", "layer", "what", "shape", "value", "gradient")]
        return header, [
            [str(one.number), one.layer or (words["loss"] if _of_loss(one) else ""), one.equation, str(one.shape),
             _short(one.value), "" if one.gradient is None else _short(one.gradient)]
            for one in entries
        ]  # fmt: skip

    def __str__(self) -> str:
        words = WORDS[self.language]
        shown = self.entries[:MOST_ROWS]
        header, rows = self._rows(shown)
        wide = columns.fitted([header, *rows], [3, 8, 26, 8, 14, 14])
        lines = [words["title"].format(name=self.name, n=len(self)), columns.line(header, wide)]
        phase = ""
        for entry, row in zip(shown, rows, strict=True):
            if entry.phase != phase:
                phase = entry.phase
                lines.append(
                    f"── {words[phase]} ".ljust(columns.WIDTH - columns.width(words[phase]) + len(words[phase]), "─")
                )
            lines.append(columns.line(row, wide))
        if len(self) > len(shown):
            lines.append(words["more"].format(n=len(self) - len(shown), first=self.entries[len(shown)].number))
        if any(one.phase != FORWARD for one in shown):
            lines.append(words["legend"])
        return "\n".join(lines)

    def __rich__(self) -> Any:
        """Return the same lines in colours, for a console of rich."""
        found = require("rich.text", "cli", "coloured tables").Text(no_wrap=True)
        for place, text in enumerate(str(self).split("\n")):
            style = "bold" if place < 2 else "cyan" if text.startswith("──") else ""
            found.append(text + "\n", style=style)
        found.rstrip()
        return found

    def __repr__(self) -> str:
        return f"<trace of {self.name}: {len(self)} operations>"

    def _repr_html_(self) -> str:
        words = WORDS[self.language]
        header, rows = self._rows(self.entries)
        rows = [[*row, words[one.phase]] for one, row in zip(self, rows, strict=True)]
        return columns.html_table([*header, ""], rows, words["title"].format(name=self.name, n=len(self)))


def _of_loss(entry: Entry) -> bool:
    return not entry.layer and entry.operation != "input" and entry.phase != UPDATE


def _short(value: np.ndarray) -> str:
    """Return an array in the width of a cell: its numbers where they are few, else from where to where they go."""
    if value.size <= 2 or value.dtype.kind not in "fiu":
        return formulas.numbers(value, most=2, digits=3) if value.size <= 2 else value.dtype.name
    if value.dtype.kind == "f" and not np.isfinite(value).all():
        return f"{int(np.count_nonzero(~np.isfinite(value)))} NaN/inf"
    return f"{_digits(value.min())} … {_digits(value.max())}"


def _digits(value: Any) -> str:
    return f"{float(value):.2g}" if isinstance(value, np.floating) else str(value)


def walk(step: Recording, language: str = "en", where: str = "trace_step") -> Trace:
    """Return a recorded step as a trace, with its numbers.

    Raises:
        ArgumentError: it was recorded without arrays.
        UnknownNameError: there are no words in the language.
    """
    known_language(language, where)
    found = places(step)
    values = step.run(wanted=list(found))
    names = names_of(found, dict.fromkeys(one for node in found for one in (node, *node.inputs)))
    entries: dict[Node, Entry] = {}
    for node, place in found.items():
        made = step.gradients.get(node)
        inputs = tuple([entries[one] for one in _ingredients(node) if one in entries])
        entries[node] = Entry(
            place.number, place.phase, place.layer, node.primitive.name, place.name,
            place.name if node.primitive is INPUT else formulas.plain(node, names),
            formulas.tex_name(place.name) if node.primitive is INPUT else formulas.tex(node, names),
            inputs, values[node], None if made is None or place.phase == BACKWARD else _value(made, values),
            node, _with_numbers(node, values, found), language,
        )  # fmt: skip
    return Trace(list(entries.values()), step.graph.name, language)


def _ingredients(node: Node) -> tuple[Node, ...]:
    """Return what a node is computed from; of a picked output, what all outputs are computed from."""
    return node.inputs[0].inputs if node.primitive is PICK else node.inputs


def _value(node: Node, values: Mapping[Node, np.ndarray]) -> np.ndarray:
    return values[node] if node in values else node.params["value"].array


def _with_numbers(node: Node, values: Mapping[Node, np.ndarray], found: Mapping[Node, Place]) -> str:
    """Return a formula with the numbers of its ingredients, empty where these are many or there are none."""
    known = [one for one in node.inputs if one in found]
    if not known or node.primitive is PICK or any(values[one].size > formulas.FEW for one in known):
        return ""
    if any(one.primitive is not CONSTANT and one not in found for one in node.inputs):
        return ""
    return formulas.plain(node, {one: formulas.numbers(values[one]) for one in known})


def trace_step(function: Callable[..., Any], *args: Any, names: Sequence[str] = (), language: str = "en") -> Trace:
    """Return every operation of a function and of its derivative, with the numbers that these arguments give.

    Args:
        function: of arrays, written with `onionskin.ops`; a layer or a loss too, and a model, whose `trace_step` is
            called. What it returns is summed where it is no single number, and that is differentiated.
        args: arrays, or trees of them.
        names: what to call them.
        language: "en" or "ko", of what is printed.

    Raises:
        UnknownNameError: there are no words in the language.
        DTypeError: the function returns no float.

    Example:
        >>> from onionskin import ops
        >>> trace = trace_step(lambda x, w: ops.square(ops.sum(x * w)), [1.0, 2.0], [3.0, 4.0], names=["x", "w"])
        >>> print(trace["w"])
        w = [3, 4]
          forward, input, float64 (2,)
          gradient: [22, 44]
        >>> print(trace.forward[2])
        %2 = x × w = [1, 2] × [3, 4] = [3, 8]
          forward, multiply, float64 (2,)
          gradient: [22, 22]
    """
    known_language(language, "trace_step")
    if hasattr(function, "trace_step"):
        found: Trace = function.trace_step(*args, language=language)
        return found
    return walk(record(function, *named_arguments(function, args, names, "trace_step"), where="trace_step"), language)
