"""Tables of plain text for terminals and notebooks, numbers as formulas write them, and words in two languages."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin.base.languages import known_language
from onionskin.plot.checks import letter_widths

COLUMNS = 80  # of a terminal
LONG_VECTOR = 5  # numbers of a vector that are shown

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "activation": "activation",
        "formula": "formula",
        "values": "values",
        "used": "where it is used",
        "step used": "threshold neurons and the perceptron: a yes or a no",
        "sign used": "perceptrons and Hopfield networks with classes −1 and 1",
        "sigmoid used": "hidden layers of classic networks, and probabilities of two classes: it has a slope "
        "everywhere, so errors can be sent back through it",
        "linear used": "outputs of regression networks, and the adaptive linear neuron: any real number",
        "epoch": "epoch",
        "sample": "sample",
        "error": "y−ŷ",
        "before": "w before | θ",
        "after": "w after | θ",
        "more": "… and {n:,} more",
        "no updates": "no sample was wrong: nothing was updated",
        "converged": "Learnt: epoch {n:,} saw no mistake, after {updates:,} updates.",
        "line": "Decision: {formula}",
        "cycle": "Not learnt: {n:,} epochs tried. The weights after epoch {last:,} are those after\n"
        "epoch {first:,}: the rule goes round for ever, so no line parts these classes.",
        "cycle weights": "The weights that repeat, update by update:",
        "gave up": "Not learnt: {n:,} epochs tried, {wrong:,} mistakes in the last. Either no line\n"
        "parts the classes, or more epochs are needed (max_epochs).",
        "rate": "η",
        "updates": "updates",
        "result": "learnt",
        "yes": "yes",
        "no": "no",
        "node": "node",
        "hidden node": "hidden {layer}.{node}",
        "output node": "output {layer}.{node}",
        "from above": "from above",
        "above note": "from above: t − out for an output, Σ w·δ for a hidden node",
        "squared error": "E = ½ Σ (t − out)² = {value}",
        "delta rule": "δ = −∂E/∂net = {above} · f'(net)",
        "weight": "weight",
        "weight before": "before",
        "weight after": "after",
        "weight rule": "Δw = η · δ · input, η = {rate}",
        "bias": "bias",
        "start": "start",
        "seed": "seed",
        "first loss": "loss at first",
        "last loss": "loss at last",
        "gradient": "gradient",
        "verdict": "verdict",
        "best": "best",
        "good": "good",
        "stuck": "stuck in a local minimum",
        "falling": "still falling",
        "proposal": "proposal",
        "loss": "loss",
        "change": "Δ",
        "temperature": "T",
        "probability": "exp(−Δ/T)",
        "accepted": "accepted",
        "better": "yes, better",
        "worse": "yes, though worse",
        "annealed": "{steps:,} proposals: {better:,} better or equal, {worse:,} worse ones accepted, "
        "{refused:,} refused.\n"
        "Best loss {best}, found at proposal {at:,}; loss at the start {first}.",
    },
    "ko": {
        "activation": "활성화 함수",
        "formula": "식",
        "values": "값의 범위",
        "used": "쓰이는 곳",
        "step used": "임계값 뉴런과 퍼셉트론: 예 또는 아니요",
        "sign used": "클래스가 −1과 1인 퍼셉트론과 홉필드 네트워크",
        "sigmoid used": "고전적 신경망의 은닉층과 두 클래스의 확률: 어디서나 기울기가 있어 오차를 거꾸로 보낼 수 있음",
        "linear used": "회귀 신경망의 출력과 적응형 선형 뉴런: 모든 실수",
        "epoch": "에포크",
        "sample": "표본",
        "error": "y−ŷ",
        "before": "갱신 전 w | θ",
        "after": "갱신 후 w | θ",
        "more": "… 외 {n:,}개",
        "no updates": "틀린 표본이 없어 아무것도 갱신하지 않음",
        "converged": "학습 완료: {updates:,}번 갱신한 뒤 {n:,}번째 에포크에서 틀린 표본이 없었습니다.",
        "line": "판정식: {formula}",
        "cycle": "학습 실패: {n:,} 에포크를 시도했습니다.\n"
        "{last:,}번째 에포크 뒤의 가중치가 {first:,}번째 에포크 뒤와 같습니다.\n"
        "규칙이 끝없이 제자리를 도니, 이 클래스들을 나누는 직선은 없습니다.",
        "cycle weights": "되풀이되는 가중치(갱신할 때마다):",
        "gave up": "학습 실패: {n:,} 에포크를 시도했고 마지막에 {wrong:,}번 틀렸습니다.\n"
        "클래스를 나누는 직선이 없거나 에포크가 더 필요합니다(max_epochs).",
        "rate": "η",
        "updates": "갱신 횟수",
        "result": "학습됨",
        "yes": "예",
        "no": "아니요",
        "node": "노드",
        "hidden node": "은닉 {layer}.{node}",
        "output node": "출력 {layer}.{node}",
        "from above": "위에서 온 값",
        "above note": "위에서 온 값: 출력은 t − out, 은닉 노드는 Σ w·δ",
        "squared error": "E = ½ Σ (t − out)² = {value}",
        "delta rule": "δ = −∂E/∂net = {above} · f'(net)",
        "weight": "가중치",
        "weight before": "갱신 전",
        "weight after": "갱신 후",
        "weight rule": "Δw = η · δ · 입력, η = {rate}",
        "bias": "편향",
        "start": "시작점",
        "seed": "시드",
        "first loss": "처음 손실",
        "last loss": "마지막 손실",
        "gradient": "기울기 크기",
        "verdict": "판정",
        "best": "최선",
        "good": "성공",
        "stuck": "지역 최솟값에 갇힘",
        "falling": "아직 줄어드는 중",
        "proposal": "제안",
        "loss": "손실",
        "change": "Δ",
        "temperature": "T",
        "probability": "exp(−Δ/T)",
        "accepted": "수용",
        "better": "예, 더 좋음",
        "worse": "예, 더 나쁘지만",
        "annealed": "제안 {steps:,}개: 좋거나 같은 것 {better:,}개, 나쁘지만 수용 {worse:,}개, 거절 {refused:,}개.\n"
        "최소 손실 {best}(제안 {at:,}에서), 처음 손실 {first}.",
    },
}  # fmt: skip


def words(language: Any, where: str) -> dict[str, str]:
    """Return the words of a language.

    Raises:
        UnknownNameError: there is no such language.
    """
    return WORDS[known_language(language, where)]


def figure(value: float, digits: int = 4) -> str:
    """Return a number as it reads in a formula: few digits, a true minus sign, no trailing zeros.

    Example:
        >>> figure(0.1 + 0.2), figure(-1.0), figure(-0.0)
        ('0.3', '−1', '0')
    """
    text = f"{float(value) + 0.0:.{digits}g}"
    return "0" if float(text) == 0 else text.replace("-", "−")


def vector(values: Any, tail: bool = False) -> str:
    """Return numbers in parentheses, the middle of many left out; with `tail`, the last stands behind a bar.

    Example:
        >>> vector([1.0, -0.5, 0.2], tail=True), vector(range(9))
        ('(1, −0.5 | 0.2)', '(0, 1, 2, …, 8)')
    """
    parts = [figure(one) for one in np.asarray(values, np.float64)]
    end = [parts.pop()] if tail else []
    if len(parts) > LONG_VECTOR:
        parts = [*parts[:3], "…", parts[-1]]
    return "(" + ", ".join(parts) + "".join(f" | {one}" for one in end) + ")"


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace("−", "-").replace(",", ""))
    except ValueError:
        return cell == ""
    return True


def _wrapped(text: str, width: int) -> list[str]:
    """Return a text as lines of at most so many columns, broken between words."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if letter_widths(longer) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


class Table:
    """Rows of text under headers: aligned lines where printed, a table in a notebook.

    Args:
        headers: one for each column.
        rows: as many cells each.
        above: lines before the table.
        below: lines after it.

    Example:
        >>> print(Table(["x", "name"], [["1", "one"], ["−10", "minus ten"]]))
          x  name
          1  one
        −10  minus ten
    """

    def __init__(
        self,
        headers: Sequence[str],
        rows: Sequence[Sequence[str]],
        above: Sequence[str] = (),
        below: Sequence[str] = (),
    ) -> None:
        self.headers, self.rows = list(headers), [list(row) for row in rows]
        self.above, self.below = list(above), list(below)

    def __str__(self) -> str:
        columns = list(zip(self.headers, *self.rows, strict=True))
        widths = [max(map(letter_widths, column)) for column in columns]
        right = [bool(self.rows) and all(map(_is_number, column[1:])) for column in columns]
        last = max(COLUMNS - sum(widths[:-1]) - 2 * (len(widths) - 1), 20)
        lines = list(self.above)
        for row in [self.headers, *self.rows]:
            parts = _wrapped(row[-1], last) if widths[-1] > last else [row[-1]]
            for number, part in enumerate(parts):
                cells = [*(row[:-1] if number == 0 else [""] * (len(row) - 1)), part]
                padded = [
                    " " * (width - letter_widths(cell)) + cell if flush else cell + " " * (width - letter_widths(cell))
                    for cell, width, flush in zip(cells, widths, right, strict=True)
                ]
                lines.append("  ".join(padded).rstrip())
        return "\n".join([*lines, *self.below])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        def paragraph(texts: Sequence[str]) -> str:
            return "".join(f"<p>{html.escape(text)}</p>" for text in texts)

        def cells(row: Sequence[str], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in row) + "</tr>"

        body = "".join(cells(row, "td") for row in self.rows)
        head = cells(self.headers, "th")
        return f"{paragraph(self.above)}<table>{head}{body}</table>{paragraph(self.below)}"
