"""What the search for NaN has found: which operation, where, of what numbers, why and what helps; replayable."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, FileFormatError
from onionskin.explain import columns, formulas
from onionskin.explain.finding import reasons, replaying

LABELS: dict[str, dict[str, str]] = {
    "en": {
        "nothing": "No NaN and no infinity in {n} {batches}.", "batch": "batch", "batches": "batches",
        "epoch": "epoch {n}", "title": "{what} in the {phase}", "where": "where", "layer": "layer {layer} ({kind})",
        "layer alone": "layer {layer}", "loss": "loss", "forward": "forward pass", "backward": "backward pass",
        "update": "update of the weights", "operation": "operation", "derivative": "derivative of", "why": "why",
        "elements": "elements", "some": "{wrong} of {size}, the first at {index}", "one": "the only one",
        "inputs": "inputs", "there": "{name} there", "whole": "{name}", "helps": "what helps",
        "data": "{name}, sample {row}", "column": "{name}, sample {row}, column {column}", "given": "data",
        "number": "batch {n} (from 0)", "slot": "values that the optimizer keeps", "weight": "weights",
        "inside": "inside {what}", "no call": "No NaN and no infinity.",
    },
    "ko": {
        "nothing": "{batches} {n}개에 NaN도 무한대도 없습니다.", "batch": "배치", "batches": "배치",
        "epoch": "에포크 {n}", "title": "{phase}에서 {what} 발생", "where": "위치", "layer": "{layer} 층 ({kind})",
        "layer alone": "{layer} 층", "loss": "손실", "forward": "순전파", "backward": "역전파", "update": "가중치 갱신",
        "operation": "연산", "derivative": "미분 대상", "why": "이유", "elements": "원소",
        "some": "{size}개 중 {wrong}개, 처음은 {index}", "one": "하나뿐", "inputs": "입력", "there": "그 자리의 {name}",
        "whole": "{name}", "helps": "해결책", "data": "{name}, 표본 {row}", "column": "{name}, 표본 {row}, 열 {column}",
        "given": "데이터", "number": "배치 {n} (0부터)", "slot": "옵티마이저의 값", "weight": "가중치",
        "inside": "{what} 안", "no call": "NaN도 무한대도 없습니다.",
    },
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Ingredient:
    """One input of the operation.

    Args:
        name: what it is called.
        value: all of its numbers.
        there: those that the element was computed from; all where that is not known.
    """

    name: str
    value: np.ndarray
    there: np.ndarray


@dataclass(eq=False)
class Finding:
    """What `find_nan` answers; it is true where something was found.

    Args:
        found: whether something was found.
        language: "en" or "ko", of what is printed.
        batches: batches that were looked at; 0 where it was one call of a function.
        batch: the batch it happened in, from 0; None where nothing was found, and in a function.
        phase: "forward", "backward" or "update".
        layer: path of the layer; empty for the data and the loss.
        kind: name of the layer's class.
        operation: name of the operation; "input" where the data or a weight was not finite before.
        name: what its result is called, "x" or "hidden/kernel" for data and weights.
        formula: what it computes.
        reason: key of the reason.
        said: the numbers that the reason is said with.
        index: first element that is not finite.
        wrong: how many are not.
        value: its result.
        ingredients: its inputs.
        argument: whether it is the data.
        rule: in the backward pass, the forward operation whose derivative it belongs to.
        inside: loops and choices that it is in, as "scan[3]" for the fourth turn.
        step: what it can be run again with; None where nothing was found, or where a file could not hold it.
        epoch: the epoch it happened in, from 0, where training has found it.
    """

    found: bool
    language: str = "en"
    batches: int = 0
    batch: int | None = None
    phase: str = ""
    layer: str = ""
    kind: str = ""
    operation: str = ""
    name: str = ""
    formula: str = ""
    reason: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    index: tuple[int, ...] = ()
    wrong: int = 0
    value: np.ndarray = field(default_factory=lambda: np.zeros(0))
    ingredients: tuple[Ingredient, ...] = ()
    argument: bool = False
    rule: str = ""
    inside: tuple[str, ...] = ()
    step: replaying.Step | None = None
    epoch: int | None = None

    def __bool__(self) -> bool:
        return self.found

    @property
    def inputs(self) -> dict[str, np.ndarray]:
        """The numbers of the operation's inputs, by name."""
        return {one.name: one.value for one in self.ingredients}

    @property
    def why(self) -> str:
        """The reason in words."""
        return self._sentence(0)

    @property
    def helps(self) -> str:
        """What usually helps."""
        return self._sentence(1)

    def _sentence(self, place: int) -> str:
        return reasons.WORDS[self.language][self.reason][place].format(**self.said) if self.found else ""

    # --- again ---

    def replay(self, whole: bool = False) -> np.ndarray:
        """Run the operation again on its inputs as they were.

        Args:
            whole: run the step from its beginning up to the operation.

        Returns:
            Its result, of the shape of `value`.

        Raises:
            ArgumentError: nothing was found, or the file that this is from could not hold the operation.
        """
        if self.step is None:
            why = "an operation of one's own cannot be kept in a file." if self.found else "nothing was found."
            fix = "call find_nan again, and replay() on what it returns" if self.found else None
            raise ArgumentError(f"there is nothing to run again: {why}", where="replay", fix=fix)
        return self.step.whole() if whole else self.step.alone()

    def save(self, path: Any) -> None:
        """Write everything to an .npz file of plain arrays, to be read and replayed later.

        Raises:
            ArgumentError: the file cannot be written.
        """
        arrays: dict[str, np.ndarray] = {"value": self.value}
        for place, one in enumerate(self.ingredients):
            arrays[f"ingredient_{place}"], arrays[f"there_{place}"] = one.value, one.there
        plain = {name: getattr(self, name) for name in _PLAIN}
        description = {
            **plain, "said": dict(self.said), "index": list(self.index), "inside": list(self.inside),
            "names": [one.name for one in self.ingredients],
            "step": None if self.step is None else replaying.packed(self.step, arrays),
        }  # fmt: skip
        replaying.write(path, description, arrays)

    @classmethod
    def load(cls, path: Any) -> Finding:
        """Read what `save` wrote. Nothing in a file can run code.

        Raises:
            FileFormatError: the file is damaged, or no report.
            DataError: it is not there.
        """
        description, arrays, step = replaying.read(path)
        try:
            names = description["names"]
            ingredients = tuple([Ingredient(str(name), arrays[f"ingredient_{place}"], arrays[f"there_{place}"])
                                 for place, name in enumerate(names)])  # fmt: skip
            plain = {name: description[name] for name in _PLAIN}
            said = {str(key): str(value) for key, value in description["said"].items()}
            index = tuple([int(one) for one in description["index"]])
            inside = tuple([str(one) for one in description["inside"]])
            known = description["language"] in LABELS and (
                not plain["found"] or (plain["reason"] in reasons.WORDS["en"] and plain["phase"] in LABELS["en"])
            )
            if not known or any(not isinstance(plain[name], kind) for name, kind in _PLAIN.items()):
                raise ValueError("an entry of the report does not fit")
            finding = cls(
                **plain,
                said=said,
                index=index,
                inside=inside,
                ingredients=ingredients,
                value=arrays["value"],
                step=step,
            )
            str(finding)
        except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
            raise FileFormatError("the file holds no report of find_nan.", where=str(path),
                                  given=f"{type(error).__name__}: {error}",
                                  fix="save the report again with its save(path)") from None  # fmt: skip
        return finding

    # --- as text ---

    def _rows(self) -> list[tuple[str, str]]:
        """Return what is printed: labels and texts."""
        words = LABELS[self.language]
        place = self._place()
        rows = [(words["where"], place)] if place else []
        if self.formula:
            rows.append((words["operation"], f"{self.name} = {self.formula}  ({self.operation})"))
        if self.rule:
            rows.append((words["derivative"], self.rule))
        rows.append((words["why"], self.why))
        index = f"[{', '.join(map(str, self.index))}]"
        some = words["some"].format(wrong=f"{self.wrong:,}", size=f"{self.value.size:,}", index=index)
        rows.append((words["elements"], some if self.value.size > 1 else words["one"]))
        label = words["inputs"]
        for one in self.ingredients:
            there = words["there"] if one.there.size < one.value.size else words["whole"]
            rows.append((label, f"{there.format(name=one.name)} = {formulas.numbers(one.there)}"))
            label = ""
        rows.append((words["helps"], self.helps))
        return rows

    def _place(self) -> str:
        """Return where it happened: epoch, batch, layer or data."""
        words = LABELS[self.language]
        parts = [] if self.epoch is None else [words["epoch"].format(n=self.epoch + 1)]
        parts += [] if self.batch is None else [words["number"].format(n=self.batch)]
        if self.argument:
            row, rest = (self.index[0] if self.index else 0), self.index[1:]
            column = ", ".join(map(str, rest))
            parts.append(words["column" if rest else "data"].format(name=self.name, row=row, column=column))
        elif self.layer:
            parts.append(words["layer" if self.kind else "layer alone"].format(layer=self.layer, kind=self.kind))
        elif self.batch is not None and self.operation != "input" and self.phase != "update":
            parts.append(words["loss"])
        if self.operation == "input" and not self.argument:
            parts.append(self.name)
        if self.inside:
            parts.append(words["inside"].format(what=" > ".join(self.inside)))
        return ", ".join(parts)

    @property
    def title(self) -> str:
        """One line: NaN or infinity, and in which part of the step."""
        words = LABELS[self.language]
        if not self.found:
            if not self.batches:
                return words["no call"]
            count = words["batch" if self.batches == 1 else "batches"]
            return words["nothing"].format(n=f"{self.batches:,}", batches=count)
        what = formulas.numbers(self.value[self.index]).replace("nan", "NaN")
        begun = "slot" if self.phase == "update" else "weight"
        phase = words[("given" if self.argument else begun) if self.operation == "input" else self.phase]
        return words["title"].format(what=what, phase=phase)

    def __str__(self) -> str:
        if not self.found:
            return self.title
        rows = self._rows()
        wide = max(columns.width(label) for label, _ in rows) + 2
        lines = [self.title]
        for label, text in rows:
            first, *rest = columns.wrapped(text, columns.WIDTH - wide - 2)
            lines.append(f"  {columns.padded(label, wide)}{first}")
            lines += [" " * (wide + 2) + one for one in rest]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<{self.title.rstrip('.')}{': ' + self.formula if self.formula else ''}>"

    def _repr_html_(self) -> str:
        if not self.found:
            return f"<p>{html.escape(self.title)}</p>"
        return columns.html_table(["", ""], [list(row) for row in self._rows()], self.title)


_PLAIN: dict[str, Any] = {
    "found": bool, "language": str, "batches": int, "batch": int | None, "phase": str, "layer": str, "kind": str,
    "operation": str, "name": str, "formula": str, "reason": str, "wrong": int, "argument": bool, "rule": str,
    "epoch": int | None,
}  # fmt: skip
