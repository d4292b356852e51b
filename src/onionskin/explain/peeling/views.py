"""The forms of a derivation that people read: plain text, text in colours, HTML and TeX, from one list of rows."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any, NamedTuple

import numpy as np

from onionskin.base.errors import require
from onionskin.explain import columns
from onionskin.explain.peeling import notation
from onionskin.explain.peeling.units import short

WORDS = {
    "en": {
        "peel": "{name}, from the result inwards", "batch": "{n:,} samples", "one": "1 sample", "loss": "loss",
        "forward": "forward", "span": "from {low} to {high}",
        "local": "local derivatives", "chain": "chain rule", "weights": "{n:,} weights",
        "not used": "no derivative comes back through it",
        "ones": "1 stands for {what}, which it is in every row of these data",
        "units": "unit by unit",
        "checked": "✓ agrees with central differences (largest relative error {error})",
        "wrong": "✗ is not what central differences say; the relative error stands beside it",
    },
    "ko": {
        "peel": "{name}, 결과에서 안쪽으로", "batch": "표본 {n:,}개", "one": "표본 1개", "loss": "손실",
        "forward": "순전파", "span": "{low} … {high}",
        "local": "국소 미분", "chain": "연쇄 법칙", "weights": "가중치 {n:,}개",
        "not used": "미분이 되돌아오지 않음", "ones": "이 데이터의 모든 행에서 {what} = 1이므로 1로 썼습니다",
        "units": "유닛별",
        "checked": "✓ 중앙 차분과 일치 (가장 큰 상대 오차 {error})",
        "wrong": "✗ 중앙 차분과 다름 (옆의 수는 상대 오차)",
    },
}  # fmt: skip
FEW = 6  # numbers of an array that are written out
UNITS = 24  # weights up to which a network is also shown unit by unit
_WIDTH = 46  # of the formulas, where numbers stand beside them


class Row(NamedTuple):
    """A line of a derivation.

    Args:
        kind: "title" of the whole, "layer", "heading", "formula", "unit" or "remark".
        text: plain text; of a formula its left side.
        right: the right side of a formula.
        tex: the formula in TeX.
        shape: of the value.
        number: the value, in short.
    """

    kind: str
    text: str
    right: str = ""
    tex: str = ""
    shape: str = ""
    number: str = ""


def rows(derivation: Any) -> Iterator[Row]:
    """Yield the lines of a derivation, from the result inwards."""
    words = WORDS[derivation.language]
    step = derivation.step
    many = step.given[0].shape[0] if step.given and step.given[0].ndim and step.parts else None
    title = words["peel"].format(name=step.graph.name)
    count = "" if not many else f" · {words['one' if many == 1 else 'batch'].format(n=many)}"
    yield Row("title", title + count)
    for skin in derivation.skins:
        yield Row("layer", _layer_title(skin, words))
        yield Row("heading", words["forward"])
        for stage in skin.stages:
            value = derivation.values.get(stage.symbol.name)
            note = "" if stage.used else f"  ({words['not used']})"
            yield _formula(stage.symbol, stage.formula, stage.node.shape, value, words, note)
        local = list(_local_rows(skin, derivation))
        if local:
            yield Row("heading", words["local"])
            yield from local
        whole = derivation.shown(skin)
        if whole:
            yield Row("heading", words["chain"])
        for total in whole:
            value = derivation.gradients.get(total.symbol.name)
            row = _formula(derivation.names.delta(total.node), total.formula, total.node.shape, value, words)
            check = derivation.checks.get(total.symbol.name)
            yield row if check is None else row._replace(number=f"{row.number}  {_verdict(check)}")
        if skin is derivation.skins[0]:
            yield from (Row("remark", words["ones"].format(what=what)) for what in derivation.remarks)
    if derivation.checks:
        errors = [one.error for one in derivation.checks.values() if one.verdict == "ok"]
        yield Row("remark", words["checked"].format(error=f"{max(errors, default=0.0):.0e}".replace("-", "−")))
        if any(_verdict(one).startswith("✗") for one in derivation.checks.values()):
            yield Row("remark", words["wrong"])
    yield from _unit_rows(derivation, words)


def _verdict(check: Any) -> str:
    """Return what central differences say of a derivative, in short."""
    if check.verdict in ("ok", "kink"):
        return "✓" if check.verdict == "ok" else "∠"
    return "–" if check.verdict == "not used" else f"✗ {short(check.error)}"


def _layer_title(skin: Any, words: dict[str, str]) -> str:
    if not skin.kind:
        return words["loss"] if skin.name == "loss" else skin.name
    count = sum(int(np.prod(node.shape)) for _, node in skin.weights)
    return f"{skin.name} · {skin.kind}" + (f" · {words['weights'].format(n=count)}" if count else "")


def _formula(symbol: Any, formula: Any, shape: Any, value: Any, words: dict[str, str], note: str = "") -> Row:
    tex = rf"{notation.tex(symbol)} &= {notation.tex(formula)}"
    sizes = str(tuple(shape)).replace(" ", "") if shape else ""
    number = "" if value is None else in_short(value, words["span"])
    return Row("formula", notation.text(symbol), notation.text(formula) + note, tex, sizes, number)


def _local_rows(skin: Any, derivation: Any) -> Iterator[Row]:
    for stage in reversed(skin.stages):
        if stage.delta == 1:
            continue  # the loss: its derivative is the chain's first link
        for local in stage.locals:
            if local.factor is None:
                continue
            left = f"∂{notation.text(stage.symbol)}/∂{notation.text(local.symbol)}"
            right, tex = notation.text(local.factor), notation.tex(local.factor)
            other = derivation.plain_partial(stage, local)
            if other is not None:
                right, tex = f"{right} = {notation.text(other)}", f"{tex} = {notation.tex(other)}"
            above, below = notation.tex(stage.symbol), notation.tex(local.symbol)
            yield Row("formula", left, right, rf"\frac{{\partial {above}}}{{\partial {below}}} &= {tex}")


def _unit_rows(derivation: Any, words: dict[str, str]) -> Iterator[Row]:
    """Yield the units of a small network, one sample at a time."""
    count = sum(int(np.prod(node.shape)) for skin in derivation.skins for _, node in skin.weights)
    single = derivation.run and derivation.step.given and derivation.step.given[0].ndim == 2
    if not single or derivation.step.given[0].shape[0] != 1 or not 0 < count <= UNITS:
        return
    yield Row("layer", words["units"])
    for skin in derivation.skins:
        if not skin.weights:
            continue
        for index in range(derivation.values[skin.stages[-1].symbol.name].shape[-1]):
            yield Row("heading", f"{skin.name}[{index}]")
            for left, names, numbers, value in derivation.unit(skin.name, index):
                right = names if names == numbers else f"{names} = {numbers}"
                yield Row("unit", left, right, "", "", short(value))


def onion_skins(derivation: Any) -> list[tuple[str, str, str, str]]:
    """Return the values of a derivation from the outermost inwards: name, formula, derivatives, layer."""
    found = []
    for skin in derivation.skins:
        for stage in reversed(skin.stages):
            if not stage.used:
                continue
            name = notation.text(stage.symbol)
            parts = []
            for local in stage.locals:
                if derivation.is_target(local.node):
                    continue
                whole = stage.delta == 1 or local.factor is None  # then it is no factor but all that comes back
                left = notation.text(derivation.names.delta(local.node)) if whole else f"∂{name}/∂{local.symbol.name}"
                parts.append(f"{left} = {notation.text(local.chain if whole else local.factor)}")
            layer = _layer_title(skin, WORDS[derivation.language]).split(" · ")[0]
            found.append((name, f"{name} = {notation.text(stage.formula)}", "   ".join(parts), layer))
    return found


def in_short(array: Any, span: str = WORDS["en"]["span"]) -> str:
    """Return a few numbers of an array, or how large they are.

    Example:
        >>> in_short([0.5, -1.0]), in_short(range(100))
        ('[0.5 −1]', 'from 0 to 99')
    """
    array = np.asarray(array)
    if array.size == 1:
        return short(float(array.reshape(())))
    if array.size <= FEW:
        return "[" + " ".join(short(float(one)) for one in array.ravel()) + "]"
    return span.format(low=short(float(array.min())), high=short(float(array.max())))


# --- plain text ---


def as_text(derivation: Any, width: int = 80) -> str:
    """Return a derivation in plain text.

    Args:
        derivation: what to show.
        width: letters in a line.
    """
    lines: list[str] = []
    for row in rows(derivation):
        if row.kind == "title":
            lines += [row.text, ""]
        elif row.kind == "layer":
            lines += [*([""] if lines[-1] else []), _padded(f"── {row.text} ", width, "─")]
        elif row.kind == "heading":
            lines.append(f"  {row.text}")
        elif row.kind == "remark":
            lines += columns.wrapped(row.text, width, "    ")
        else:
            lines += _formula_lines(row, width)
    return "\n".join(lines)


def _formula_lines(row: Row, width: int) -> list[str]:
    """Return a formula with its shape and numbers beside it, or below it where they do not fit."""
    line = f"    {row.text} = {row.right}"
    if row.kind == "unit":
        line += "" if line.endswith(f"= {row.number}") else f" = {row.number}"
        return _broken(line, width)
    beside = "  ".join(part for part in (row.shape, row.number) if part)
    if not beside:
        return _broken(line, width)
    place = max(min(_WIDTH, width - columns.width(beside)), columns.width(line) + 2)
    if place + columns.width(beside) <= width:
        return [_padded(line, place) + beside]
    return [*_broken(line, width), " " * max(6, min(_WIDTH, width - columns.width(beside))) + beside]


def _padded(text: str, width: int, sign: str = " ") -> str:
    return text + sign * max(0, width - columns.width(text))


def _broken(line: str, width: int) -> list[str]:
    """Return a long formula in lines, broken before a sign."""
    lines = []
    while columns.width(line) > width:
        most = next(end for end in range(len(line), 0, -1) if columns.width(line[:end]) <= width)
        cuts = [line.rfind(" = ", 24, most), *[line.rfind(sign, 12, most) for sign in (" + ", " − ", " ⊙ ", " ")]]
        cut = cuts[0] if cuts[0] > 24 else max(cuts[1:-1]) if max(cuts[1:-1]) > 12 else cuts[-1]
        if cut <= 12:
            break
        lines.append(line[:cut])
        line = " " * 10 + line[cut + 1 :]
    return [*lines, line]


def as_rich(derivation: Any) -> Any:
    """Return a derivation for rich's console, in colours that read on light and dark."""
    text = require("rich.text", "cli", "text in colours")
    found = text.Text()
    for line in as_text(derivation).split("\n"):
        if line.startswith("──"):
            found.append(line + "\n", style="bold cyan")
        elif line.startswith("  ") and not line.startswith("   "):
            found.append(line + "\n", style="italic")
        else:
            found.append(line + "\n")
    return found


# --- HTML and TeX ---

_STYLE = (
    ".peel{font-family:system-ui,sans-serif;max-width:60rem}.peel h4{margin:1.1em 0 .3em;padding-bottom:.15em;"
    "border-bottom:1px solid #8888}.peel table{border-collapse:collapse;margin:0}.peel td{padding:.25em .8em .25em 0;"
    "text-align:left!important;vertical-align:middle;border:0;background:none!important}.peel math{math-style:normal}"
    ".peel .h{opacity:.7;"
    "padding-top:.5em}.peel .v{font-family:ui-monospace,monospace;font-size:.85em;opacity:.85;white-space:nowrap}"
)


def as_html(derivation: Any) -> str:
    """Return a derivation as HTML with MathML, which browsers show without any script, in light and dark."""
    converter = require("latex2mathml.converter", "symbolic", "formulas on a web page")
    parts = [f'<div class="peel" lang="{derivation.language}"><style>{_STYLE}</style>']
    open_table = False
    for row in rows(derivation):
        if row.kind in ("title", "layer"):
            parts.append("</table>" if open_table else "")
            open_table = row.kind == "layer"
            tag = "h4" if open_table else "p"
            parts.append(f"<{tag}>{escape(row.text)}</{tag}>" + ("<table>" if open_table else ""))
        elif row.kind in ("heading", "remark"):
            parts.append(f'<tr><td colspan="3" class="h">{escape(row.text)}</td></tr>')
        elif row.kind == "unit":
            line = escape(f"{row.text} = {row.right} = {row.number}")
            parts.append(f'<tr><td colspan="3" class="v" style="white-space:normal">{line}</td></tr>')
        else:
            math = converter.convert(row.tex.replace("&", ""))
            parts.append(f'<tr><td>{math}</td><td class="v">{escape(row.shape)}</td>'
                         f'<td class="v">{escape(row.number)}</td></tr>')  # fmt: skip
    return "".join([*parts, "</table></div>"])


def as_latex(derivation: Any) -> str:
    r"""Return a derivation in TeX: a paragraph for each layer, an `align*` for each of its headings."""
    lines: list[str] = []
    block: list[str] = []

    def close() -> None:
        if block:
            lines.append("\\begin{align*}\n  " + " \\\\\n  ".join(block) + "\n\\end{align*}")
            block.clear()

    for row in rows(derivation):
        if row.kind == "formula":
            block.append(row.tex)
            continue
        if row.kind == "unit":
            continue
        close()
        if row.kind == "layer":
            lines.append(rf"\paragraph{{{notation.safe(row.text)}}}")
        elif row.kind == "heading" and not row.text.endswith("]"):
            lines.append(rf"\emph{{{notation.safe(row.text)}}}")
        elif row.kind == "remark":
            lines.append(f"% {row.text}")
    close()
    return "\n".join(lines) + "\n"
