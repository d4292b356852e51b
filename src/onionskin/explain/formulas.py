"""What a node computes as plain text and as TeX, both from the formula in its primitive's record."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from onionskin.graph import CONSTANT, INPUT, PICK, Node

HOLE = "•"  # what stands for an ingredient where only the operation is meant
FEW = 6  # elements that are written out

# What TeX's commands are in plain text; a command that is not here (\max, \ln) reads as its own name.
# fmt: off
SYMBOLS = {  # the field's signs, some of which look like letters
    "cdot": "×", "sim": "~", "sum": "Σ", "prod": "Π", "sigma": "σ", "Sigma": "Σ", "leq": "≤", "geq": "≥", "neq": "≠",
    "neg": "¬", "land": "∧", "lor": "∨", "oplus": "⊕", "ll": "<<", "gg": ">>", "in": "∈", "infty": "∞",  # noqa: RUF001
    "exists": "∃", "forall": "∀", "bmod": "mod", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
    "left": "", "right": "",
}
FACES = {"mathbb": {"R": "ℝ"}, "mathbf": {"1": "𝟏"}, "mathcal": {"F": "ℱ"}, "mathsf": {"T": "ᵀ"}}  # noqa: RUF001
# fmt: on
GROUPED = {"operatorname", "mathrm", "mathrel", "mathbin", "mathord", *FACES}
SUPERSCRIPTS = str.maketrans("0123456789+-T", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵀ")
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_FIRST = 0xE000  # private characters stand for inputs and parameters while a formula is read
_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|\s+|.")
_BEFORE, _BEHIND = {*"([|,;?:", r"\lfloor", r"\lceil"}, {*")]|,;?:", r"\rfloor", r"\rceil"}


def plain(node: Node, names: Mapping[Node, str]) -> str:
    """Return what a node computes as a line of text.

    Args:
        node: any node of a graph.
        names: what to call its inputs; those without a name are called by their operation.

    Example:
        >>> from onionskin import ops
        >>> from onionskin.base.specs import Spec
        >>> from onionskin.graph import trace
        >>> specs = [Spec((2, 3), "float32"), Spec((3, 1), "float32")]
        >>> graph = trace(lambda x, w: ops.exp(ops.matmul(x, w)), specs, ["x", "w"])
        >>> x, w, z, y = graph.nodes
        >>> plain(z, {x: "x", w: "w"}), plain(y, {z: "z"})
        ('x · w', 'exp(z)')
    """
    return _read(node, [names.get(one) or _called(one) for one in node.inputs])


def symbol(node: Node) -> str:
    """Return a node's operation without its ingredients: "×", "Σ", "exp(•)", for pictures."""
    if node.primitive is INPUT or node.primitive is CONSTANT:
        return plain(node, {})
    text = _read(node, [HOLE] * len(node.inputs))
    between = re.fullmatch(rf"{HOLE} ([^{HOLE}]+) {HOLE}", text)
    return between[1] if between else text


def tex(node: Node, names: Mapping[Node, str]) -> str:
    r"""Return what a node computes in TeX.

    Args:
        node: any node of a graph.
        names: what to call its inputs, in plain text or in TeX: what holds a backslash or a brace is left as it is.

    Example:
        >>> from onionskin import ops
        >>> from onionskin.base.specs import Spec
        >>> from onionskin.graph import trace
        >>> graph = trace(lambda x, w: ops.matmul(x, w), [Spec((2, 3), "float32"), Spec((3, 1), "float32")])
        >>> x, w, z = graph.nodes
        >>> print(tex(z, {x: "x", w: "hidden/kernel"}))
        x \mathrm{hidden/kernel}
    """
    template, texts = _filled(node, [tex_name(names.get(one) or _called(one)) for one in node.inputs])
    found = []
    for place, character in enumerate(template):
        text = texts.get(character, character)
        around = template[:place].rstrip()[-1:], template[place + 1 :].lstrip()[:1]
        loose = character in texts and around not in (("{", "}"), ("", ""))
        if loose and not (around[0] in _BEFORE and around[1] in _BEHIND) and _compound(text):
            text = rf"\left({text}\right)"
        found.append(text.replace("×", r" \times "))
    return "".join(found)


def tex_name(name: str) -> str:
    r"""Return a name in TeX: letters as they are, with an index below, longer words upright.

    Example:
        >>> print(tex_name("x"), tex_name("W1"), tex_name("%3"), tex_name("hidden/kernel_1"))
        x W_{1} v_{3} \mathrm{hidden/kernel\_1}
    """
    if "\\" in name or "{" in name or not re.search("[A-Za-z가-힣%]", name):
        return name
    letter = re.fullmatch(r"([A-Za-z]|%)_?(\d*)", name)
    if letter:
        head = "v" if letter[1] == "%" else letter[1]
        return f"{head}_{{{letter[2]}}}" if letter[2] else head
    if " " in name:
        return name
    upright = re.sub(r"([_%#&$])", r"\\\1", name)
    return rf"\mathrm{{{upright}}}"


def numbers(array: Any, most: int = FEW, digits: int = 4) -> str:
    """Return an array as text where it is small, else its shape and range.

    Example:
        >>> numbers([[1.0, 0.25]]), numbers(3.0), numbers([0.0] * 7 + [1.0])
        ('[[1, 0.25]]', '3', '(8,) from 0 to 1')
    """
    array = np.asarray(array)
    if array.size > most:
        if array.dtype.kind not in "fiu":
            return f"{array.shape} {array.dtype}"
        finite = array[np.isfinite(array)] if array.dtype.kind == "f" else array
        wrong = array.size - finite.size
        span = f" from {_number(finite.min(), digits)} to {_number(finite.max(), digits)}" if finite.size else ""
        return f"{array.shape}{span}" + (f", {wrong} not finite" if wrong else "")
    if array.ndim == 0:
        return _number(array[()], digits)
    return "[" + ", ".join(numbers(one, most, digits) for one in array) + "]"


def _number(value: Any, digits: int) -> str:
    return f"{float(value):.{digits}g}" if isinstance(value, np.floating) else str(value)


def _read(node: Node, inputs: list[str]) -> str:
    template, texts = _filled(node, inputs)
    text = re.sub(r"\s+", " ", _Reader(template, texts).read()).strip()
    return re.sub(r"(?<=[⌊⌈¬]) | (?=[⌋⌉])", "", text)


def _called(node: Node) -> str:
    """Return what an ingredient without a name is called."""
    if node.primitive is INPUT:
        return str(node.params["name"]) or "input"
    if node.primitive is CONSTANT:
        return numbers(node.params["value"].array)
    return f"{node.primitive.name}(…)"


def _filled(node: Node, inputs: list[str]) -> tuple[str, dict[str, str]]:
    """Return a node's formula with one character for each ingredient and parameter, and what these stand for."""
    template = r"{0}_{{{index}}}" if node.primitive is PICK else node.primitive.formula
    texts = {chr(_FIRST + place): text for place, text in enumerate(inputs)}
    holes = list(texts)
    template = _fitted(template or rf"\operatorname{{{{{node.primitive.name}}}}}", len(inputs))
    params = {}
    for name in dict.fromkeys(_fields(template)):
        if not name.isdigit():
            params[name] = chr(_FIRST + len(texts))
            texts[params[name]] = _parameter(node, name)
    listed = [name for name in params if isinstance(node.params.get(name), tuple) and node.params[name]]
    template = _by_axis(template, node, listed, texts) if len(listed) > 1 else template
    return string.Formatter().vformat(template, holes, params), texts


def _fitted(template: str, count: int) -> str:
    """Return a formula for as many inputs as there are: a list of two goes on, or ends after one."""
    used = {int(name) for name in _fields(template) if name.isdigit()}
    between = re.search(r"\{0\}([^{}\\]*)\{1\}", template)
    if not used and not re.search(r"[ \[]", template) and count and "{" in template:
        return template + "(" + ", ".join(f"{{{place}}}" for place in range(count)) + ")"
    if between and used == {0, 1} and count != 2:
        return template.replace(between[0], between[1].join(f"{{{place}}}" for place in range(count)))
    if used == {0} and count > 1 and re.fullmatch(r".*\(\{0\}\)", template):
        return template.replace("{0}", ", ".join(f"{{{place}}}" for place in range(count)))
    return template


def _by_axis(template: str, node: Node, listed: list[str], texts: dict[str, str]) -> str:
    """Write a bracket such as [start:stop:step], whose parameters have an entry for each axis, axis by axis."""
    bracket = re.search(r"\[([^\[\]]*)\]", template)
    if bracket is None or not all(f"{{{name}}}" in bracket[1] for name in listed):
        return template
    mark = chr(_FIRST + len(texts) + len(node.inputs))
    rows = zip(*[node.params[name] for name in listed], strict=False)
    ends = node.inputs[0].shape if node.inputs else ()
    parts = [
        _range(dict(zip(listed, row, strict=True)), bracket[1], size) for row, size in zip(rows, ends, strict=False)
    ]
    texts[mark] = ", ".join(parts)
    return template.replace(bracket[1], mark)


def _range(row: dict[str, Any], form: str, size: int) -> str:
    """Return one axis of a slice as Python writes it."""
    if set(row) == {"start", "stop", "step"}:
        start, stop, step = row["start"], row["stop"], row["step"]
        whole = ("" if start == 0 else str(start)) + ":" + ("" if stop == size else str(stop))
        return whole + ("" if step == 1 else f":{step}")
    return form.format(**row)


def _fields(template: str) -> Iterator[str]:
    return (name for _, name, _, _ in string.Formatter().parse(template) if name)


def _parameter(node: Node, name: str) -> str:
    value = node.params.get(name, "")
    if node.primitive is INPUT and name == "name":
        return str(value) or "input"
    if hasattr(value, "array"):
        return numbers(value.array)
    if isinstance(value, tuple):
        all_axes = name in ("axis", "axes") and node.inputs and len(value) == len(node.inputs[0].shape)
        if name == "shape":
            return "×".join(map(str, value)) if len(value) > 1 else f"{value[0]}," if value else "()"
        return "" if all_axes and name == "axis" else ",".join(map(str, value))
    return "" if value is None else str(value)


def _compound(text: str) -> bool:
    """Tell whether a text needs brackets beside an operator: it has parts outside of brackets, or a sign."""
    depth = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if character == " " and depth == 0:
            return True
    return text[:1] in "-−" and len(text) > 1


def _wrapped(text: str) -> str:
    return f"({text})" if _compound(text) else text


class _Reader:
    """Reads a formula's TeX into plain text.

    Args:
        template: the formula.
        texts: what its private characters stand for.
    """

    def __init__(self, template: str, texts: dict[str, str]) -> None:
        self.tokens, self.texts, self.place = _TOKEN.findall(template), texts, 0

    def read(self, end: str = "") -> str:
        """Return the text up to a closing brace, or to the end."""
        found: list[str] = []
        while self.place < len(self.tokens) and self.tokens[self.place] != (end or None):
            self._next(found)
        self.place += 1
        return "".join(found)

    def _next(self, found: list[str]) -> None:
        token = self.tokens[self.place]
        self.place += 1
        if token == "^":
            self._raise(found)
        elif token == "_":
            below = self._group()
            if below:
                digits = below.isascii() and below.isdigit() and len(below) < 3
                found.append(below.translate(SUBSCRIPTS) if digits else below if below[0] == "[" else f"[{below}]")
        elif token == "{":
            found.append(self.read("}"))
        elif token in self.texts:
            found.append(self._ingredient(token))
        elif token[0] == "\\":
            found.append(self._command(token[1:]))
        elif token.isspace():
            both = self.place > 1 and self.place < len(self.tokens)
            names = both and self.tokens[self.place - 2] in self.texts and self.tokens[self.place] in self.texts
            # Names side by side are a product of matrices; so is an inverse beside a name.
            inverse = both and self.tokens[self.place - 2] == "}" and self.tokens[self.place] in self.texts
            found.append(" · " if names or (inverse and found and found[-1].endswith("⁻¹")) else " ")
        else:
            found.append(token)

    def _ingredient(self, token: str) -> str:
        text, place = self.texts[token], self.place - 1
        before = next((one for one in reversed(self.tokens[:place]) if not one.isspace()), "")
        behind = next((one for one in self.tokens[self.place :] if not one.isspace()), "")
        if (before, behind) in (("{", "}"), ("", "")):
            return text  # whoever reads the group puts brackets where they are needed
        return text if before in _BEFORE and behind in _BEHIND else _wrapped(text)

    def _group(self) -> str:
        while self.tokens[self.place].isspace():
            self.place += 1
        if self.tokens[self.place] == "{":
            self.place += 1
            return self.read("}")
        found: list[str] = []
        self._next(found)
        return "".join(found)

    def _raise(self, found: list[str]) -> None:
        above = self._group().strip()
        if found and found[-1] == "e":
            found[-1] = f"exp({above})"
        elif above and set(above) <= set("0123456789+-Tᵀ"):
            found.append(above.translate(SUPERSCRIPTS))
        else:
            found.append("^" + _wrapped(above))

    def _command(self, name: str) -> str:
        if name == "frac":
            over, under = self._group(), self._group()
            return f"{_wrapped(over)} / {_wrapped(under)}"
        if name == "sqrt":
            return f"√{_wrapped(self._group())}"
        if name in GROUPED:
            group = self._group()
            return FACES.get(name, {}).get(group, group)
        if name == "cdot" and "".join(self.tokens[self.place :]).lstrip()[:1] in (":", ")"):
            return "·"  # no product: what is not said
        return " " if name in (",", ";") else SYMBOLS.get(name, name)
