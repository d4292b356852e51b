"""Operations and terms as one line of plain text, such as `relu(x·W + b)`, read from the formulas of the records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from onionskin.graph import CONSTANT, INPUT, PICK, Node

# TeX signs between two operands → how they are written, and how strongly they bind.
_SIGNS = {
    "+": (" + ", 2), "-": (" − ", 2), r"\cdot": (" × ", 4), "": ("·", 4), "=": (" = ", 1), r"\neq": (" ≠ ", 1),
    "<": (" < ", 1), r"\leq": (" ≤ ", 1), ">": (" > ", 1), r"\geq": (" ≥ ", 1), r"\land": (" ∧ ", 1),
    r"\lor": (" \u2228 ", 1), r"\oplus": (" ⊕ ", 1), r"\bmod": (" mod ", 3),
}  # fmt: skip
_BEFORE = {"-": ("−", 3), r"\neg": ("¬", 3), r"\sum_{{{axis}}}": ("Σ ", 3), r"\sqrt": ("√", 5)}
_AFTER = {r"^{{\mathsf T}}": "ᵀ", "^{{-1}}": "⁻¹", "^{{+}}": "⁺"}
_FIRM = 9  # binds as strongly as a name
_DIGITS = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")
_UNSAID = ("broadcast_to", "stop_gradient")  # what a formula leaves to the reader
# Short names for weights that textbooks have a letter for.
LETTERS = {"kernel": "W", "bias": "b", "gamma": "γ", "beta": "β", "recurrent_kernel": "U", "embeddings": "E"}
GAP = "…"


class Form(NamedTuple):
    """How a primitive is written.

    Args:
        kind: "between", "before", "after", "power", "around" or "name".
        sign: what is written there.
        bond: how strongly it binds its operands.
    """

    kind: str
    sign: str
    bond: int


_WHOLE = {
    r"\frac{{{0}}}{{{1}}}": Form("between", " / ", 4), "{0}^{{{1}}}": Form("power", "^", 6),
    "|{0}|": Form("around", "|", _FIRM),
}  # fmt: skip


def form_of(node: Node) -> Form:
    """Return how a node's operation is written, read from its record's formula.

    Example:
        >>> from onionskin import ops
        >>> from onionskin.graph import trace
        >>> from onionskin.base.specs import Spec
        >>> form_of(trace(ops.matmul, [Spec((2, 3), "float32"), Spec((3, 4), "float32")]).outputs[0])
        Form(kind='between', sign='·', bond=4)
    """
    formula, name = node.primitive.formula, node.primitive.name
    between = re.fullmatch(r"\{0\} ?(\S*) \{1\}", formula)
    before = re.fullmatch(r"(.+?) ?(?:\{0\}|\{\{\{0\}\}\})", formula)
    found = Form("name", f"→ {node.params['dtype']}" if name == "cast" else name, _FIRM)
    if between and between[1] in _SIGNS:
        found = Form("between", *_SIGNS[between[1]])
    elif formula in _WHOLE:
        found = _WHOLE[formula]
    elif before and before[1] in _BEFORE:
        found = Form("before", *_BEFORE[before[1]])
    elif formula.startswith("{0}") and formula[3:] in _AFTER:
        found = Form("after", _AFTER[formula[3:]], 7)
    return found


def number(value: float) -> str:
    """Return a number in at most four digits that count.

    Example:
        >>> number(715.0000000000001), number(-0.012346), number(3), number(-0.0)
        ('715', '-0.01235', '3', '0')
    """
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    value = value or 0  # no sign of zero
    return f"{value:.4g}" if abs(value) < 1e4 or not np.isfinite(value) or value != int(value) else f"{int(value):,}"


def single(node: Node) -> str | None:
    """Return a constant that is one number, however often repeated, as text; None for everything else."""
    while _unsaid(node):
        node = node.inputs[0]
    if node.primitive is not CONSTANT:
        return None
    array = node.params["value"].array
    return number(array.reshape(-1)[0]) if array.size and (array == array.reshape(-1)[0]).all() else None


def symbol(node: Node, names: Mapping[Node, str]) -> str:
    """Return what is written in the box of one operation: its sign or name, with the constants that it takes.

    Args:
        node: the operation.
        names: of inputs and weights.
    """
    form = form_of(node)
    if node.primitive is PICK:
        return f"[{node.params['index']}]"
    if form.kind == "between":
        return _infix(form, node, names)
    if form.kind == "power":
        base, exponent = (single(one) or names.get(one) for one in node.inputs)
        return f"{base or '( )'}{_raised(exponent)}" if exponent else f"{base or ''} ^".strip()
    if form.kind == "before":
        return {"Σ": "Σ" + _axes(node), "√": "√"}.get(form.sign.strip(), f"{form.sign}( )")
    return _called(form, node, names)


def _called(form: Form, node: Node, names: Mapping[Node, str]) -> str:
    if form.kind != "name":
        return node.primitive.name
    if node.primitive.kind == "reduction":
        return form.sign + _axes(node)
    constants = [single(one) for one in node.inputs]
    told = [one or names.get(node.inputs[place]) or GAP for place, one in enumerate(constants)]
    return f"{form.sign}({', '.join(told)})" if any(constants) else form.sign


def _infix(form: Form, node: Node, names: Mapping[Node, str]) -> str:
    sign, (left, right) = form.sign.strip(), node.inputs
    constant = single(left), single(right)
    if sign in "+×=≠∧\u2228⊕" and len(sign) == 1:  # either order says the same
        one = constant[0] or constant[1]
        return f"{sign} {one}" if one else sign
    told = [one or names.get(side) for one, side in zip(constant, node.inputs, strict=True)]
    if not any(told):
        return sign if sign != "·" else node.primitive.name
    return form.sign.join(one or GAP for one in told)


def _axes(node: Node) -> str:
    axes = node.params.get("axis")
    if not isinstance(axes, tuple) or len(axes) == len(node.inputs[0].shape):
        return ""
    return f" axis {', '.join(map(str, axes))}" if axes else ""


def _raised(text: str) -> str:
    return text.translate(_DIGITS) if re.fullmatch(r"-?\d{1,3}", text) else f"^{text}"


def expression(node: Node, names: Mapping[Node, str], most: int = 60, depth: int = 14) -> str:
    """Return a term as one line, down to what has a name.

    Args:
        node: the term.
        names: node → what to call it.
        most: letters; a longer term is cut from its inside, marked with "…".
        depth: operations within one another.

    Example:
        >>> from onionskin import ops
        >>> from onionskin.graph import trace
        >>> from onionskin.base.specs import Spec
        >>> graph = trace(lambda x, w: ops.relu(x @ w + 1.0), [Spec((2, 3), "float32"), Spec((3, 4), "float32")])
        >>> expression(graph.outputs[0], dict(zip(graph.inputs, "xw")))
        'relu(x·w + 1)'
    """
    text = GAP
    for deep in range(1, depth + 1):
        longer = _term(node, names, deep)[0]
        if len(longer) > most:
            break
        if longer == text:
            break
        text = longer
    return text


def _term(node: Node, names: Mapping[Node, str], depth: int) -> tuple[str, int]:
    """Return a term and how strongly it holds together."""
    constant = single(node)
    if constant is not None:
        return constant, 0 if constant.startswith("-") else _FIRM
    if node in names:
        return names[node], _FIRM
    while _unsaid(node):
        node = node.inputs[0]
        if node in names:
            return names[node], _FIRM
    if node.primitive in (INPUT, CONSTANT) or depth == 0:
        return GAP, _FIRM
    form = form_of(node)
    if node.primitive is PICK:
        return f"{_held(node.inputs[0], names, depth, _FIRM)}[{node.params['index']}]", _FIRM
    return _written(form, node, names, depth), form.bond


def _unsaid(node: Node) -> bool:
    """Tell whether an operation changes no number, nor the order of any: as a reshape that adds axes of length 1."""
    if node.primitive.name == "reshape":
        before, after = ([size for size in one.shape if size != 1] for one in (node.inputs[0], node))
        return before == after
    return node.primitive.name in _UNSAID


def _written(form: Form, node: Node, names: Mapping[Node, str], depth: int) -> str:
    """Return a term whose operation has this form."""
    if form.kind in ("name", "around"):
        told = ", ".join(_term(one, names, depth - 1)[0] for one in node.inputs)
        return f"{form.sign}{told}{form.sign}" if form.kind == "around" else f"{form.sign.removeprefix('→ ')}({told})"
    firmer = form.sign.strip() in ("−", "/", "·", "×", "mod")  # a·(b × c) is not a·b × c
    left = _held(node.inputs[0], names, depth, form.bond + (form.kind == "power"))
    if form.kind == "before":
        return f"{form.sign}{left}"
    if form.kind == "after":
        return f"{left}{form.sign}"
    right = _held(node.inputs[1], names, depth, _FIRM if form.kind == "power" else form.bond + firmer)
    return f"{left}{_raised(right)}" if form.kind == "power" else f"{left}{form.sign}{right}"


def _held(node: Node, names: Mapping[Node, str], depth: int, bond: int) -> str:
    text, own = _term(node, names, depth - 1)
    return text if own >= bond else f"({text})"
