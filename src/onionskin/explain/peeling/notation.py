"""Formulas of `algebra` as people write them: in plain text, and in TeX."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from onionskin.explain.peeling.algebra import Applied, sympy

MOST = 6  # terms of a sum that are written
_SUM, _PRODUCT, _POWER, _ATOM = range(4)  # how tightly a form holds together
_GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "mu": "μ", "sigma": "σ"}
_FUNCTIONS = {sympy.exp: "exp", sympy.log: "ln", sympy.sin: "sin", sympy.cos: "cos", sympy.tanh: "tanh"}
_COMPARED = {"greater": ">", "greater_equal": "≥", "less": "<", "less_equal": "≤", "equal": "=", "not_equal": "≠"}
_TEX_COMPARED = {"≥": r"\geq", "≤": r"\leq", "≠": r"\neq"}
_UNWRITTEN = ("reshape", "broadcast_to", "cast")
_ENGLISH = {"sigmoid": "σ", "log_softmax": "ln softmax", "logical_and": "and", "logical_or": "or"}
_AXES = {(0,): "n", (1,): "k"}  # over the samples, over the classes or units
_LOW = {"n": "ₙ", "k": "ₖ"}
_NAME = re.compile(r"^([A-Za-zα-ωΑ-Ω_ ]*?)_?(\d+[a-z]?(?:,\d+)*)$")

Written = tuple[str, int]


def text(expression: Any, plugged: Mapping[Any, str] | None = None) -> str:
    """Return a formula in plain text.

    Args:
        expression: the formula.
        plugged: symbol → what stands in its place, such as its number. With it, and in formulas of single numbers,
            products are all written alike.

    Example:
        >>> a, b = sympy.symbols("A2 Y")
        >>> text((a - b) ** 2 / 5), text(a * (1 - a)), text(-b * sympy.log(a))
        ('(A2 − Y)²/5', 'A2 ⊙ (1 − A2)', '−Y ⊙ ln(A2)')
    """
    return _write(expression, _Plain(plugged))[0]


def tex(expression: Any) -> str:
    r"""Return a formula in TeX.

    Example:
        >>> a, b = sympy.symbols("A2 Y")
        >>> print(tex((a - b) ** 2 / 5))
        \frac{(A_{2} - Y)^{2}}{5}
    """
    return _write(expression, _Tex())[0]


def _write(expression: Any, style: _Plain | _Tex) -> Written:
    if expression.is_Symbol:
        return style.symbol(expression), style.level(expression)
    if expression.is_Number:
        tenths = expression.is_Rational and expression.q >= 1000 and 10**9 % expression.q == 0  # 0.001 reads better
        return style.number(sympy.Float(expression) if tenths else expression)
    if isinstance(expression, Applied):
        return _applied(expression, style)
    if expression == sympy.pi:
        return style.pi, _ATOM
    for kind, form in ((sympy.Add, _sum), (sympy.Mul, _product), (sympy.Pow, _power)):
        if isinstance(expression, kind):
            return form(expression, style)
    name = _FUNCTIONS.get(expression.func, str(expression.func).lower())
    return style.function(name, [_write(one, style)[0] for one in expression.args]), _ATOM


def _held(written: Written, least: int, style: _Plain | _Tex) -> str:
    """Return a form in brackets where it holds together less than it must."""
    return style.brackets(written[0]) if written[1] < least else written[0]


def _sum(expression: Any, style: _Plain | _Tex) -> Written:
    """What is added first, products of matrices before plain names and numbers; then what is taken away."""
    last = any(one.is_Symbol for one in expression.args)  # V + 0.001, but 1 + exp(−Z)
    terms = sorted(
        expression.args,
        key=lambda one: (
            one.could_extract_minus_sign(),
            (3 if last else 0) if one.is_Number else 2 if one.is_Symbol else 1,
            not one.has(Applied),
            _natural(one),
        ),
    )
    parts = []
    left_out = len(terms) - MOST if len(terms) > MOST + 1 else 0
    for place, one in enumerate(terms):
        if left_out and MOST - 1 <= place < len(terms) - 1:
            if place == MOST - 1:
                parts.append(style.left_out(left_out))
            continue
        minus = one.could_extract_minus_sign()
        part = _held(_write(-one if minus else one, style), _PRODUCT if parts or minus else _SUM, style)
        sign = style.minus if minus else "+"
        parts.append(f" {sign} {part}" if parts else (f"{style.minus}{part}" if minus else part))
    return "".join(parts), _SUM


def _product(expression: Any, style: _Plain | _Tex) -> Written:
    if expression.could_extract_minus_sign():
        written = _write(-expression, style)
        return f"{style.minus}{_held(written, _PRODUCT, style)}", _SUM
    number, rest = expression.as_coeff_mul()
    over: list[Any] = []
    under: list[Any] = []
    for one in rest:
        negative = isinstance(one, sympy.Pow) and one.exp.is_Number and one.exp < 0
        (under if negative else over).append(1 / one if negative else one)
    top, bottom = (number.p, number.q) if number.is_Rational else (number, 1)
    fixed = [_held(_write(one, style), _POWER, style) for one in over if not one.free_symbols]  # √2, π
    single = all(one.name.endswith("]") for one in expression.free_symbols)  # single numbers, not arrays
    order = _first if single else _order
    over = sorted([one for one in over if one.free_symbols], key=order)
    alone = len(over) == 1 and top == 1 and not fixed
    above = style.times([_held(_write(one, style), _SUM if alone else _POWER, style) for one in over], single)
    if top != 1 or not (over or fixed):
        fixed.insert(0, style.number(sympy.sympify(top))[0])
    for front in reversed(fixed):
        above = style.scaled(front, above) if above else front
    if not under and bottom == 1:
        return above, _PRODUCT
    few = len(under) + (bottom != 1) == 1
    lower = [_held(_write(one, style), _SUM if few else _POWER, style) for one in sorted(under, key=order)]
    below = style.times(lower, single)
    if bottom != 1:
        front = style.number(sympy.Integer(bottom))[0]
        below = style.scaled(front, below) if under else front
    whole = few and (bottom != 1 or _write(under[0], style)[1] >= _POWER)
    return style.fraction(above, below, not (alone and _loose(over[0])), whole), _PRODUCT


def _loose(one: Any) -> bool:
    return isinstance(one, sympy.Add) or (isinstance(one, Applied) and one.primitive.name in ("sum", *_UNWRITTEN))


def _order(one: Any) -> Any:
    """Plain values first, sums last; a derivative that comes in stands before what it is multiplied by."""
    return *_first(one), _natural(one)


def _first(one: Any) -> Any:
    incoming = one.is_Symbol and one.name.startswith("∂")
    return not incoming, isinstance(one, sympy.Add)


def _natural(one: Any) -> Any:
    """Return a key that sorts X[0,2] before X[0,10]."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", str(one))]


def _power(expression: Any, style: _Plain | _Tex) -> Written:
    base, exponent = expression.args
    if exponent == sympy.Rational(1, 2):
        return style.root(_write(base, style)), _ATOM
    if exponent.is_Number and exponent < 0:
        return style.fraction("1", _held(_write(1 / expression, style), _POWER, style), True, True), _PRODUCT
    return style.raised(_held(_write(base, style), _ATOM, style), _write(exponent, style)), _POWER


def _applied(expression: Any, style: _Plain | _Tex) -> Written:
    name, params = expression.primitive.name, expression.params
    if name in _UNWRITTEN:
        return _write(expression.args[0], style)
    written = [_write(one, style) for one in expression.args]
    if name in _COMPARED:
        return style.truth(written[0][0], _COMPARED[name], written[1][0]), _ATOM
    if name in ("mean", "var"):
        return style.function(name, [written[0][0]], _AXES.get(params["axis"], "")), _ATOM
    if name == "transpose" and _swaps_last(params["perm"]):
        return style.transposed(_held(written[0], _ATOM, style)), _ATOM
    if name in ("matmul", "sum"):
        held = [_held(one, _PRODUCT, style) for one in written]
        return style.matmul(*held) if name == "matmul" else style.total(_AXES.get(params["axis"], ""), *held), _PRODUCT
    return style.primitive(expression, [one for one, _ in written]), _ATOM


def _swaps_last(perm: tuple[int, ...]) -> bool:
    return len(perm) >= 2 and perm == (*range(len(perm) - 2), len(perm) - 1, len(perm) - 2)


class _Plain:
    """Plain text."""

    minus, pi = "−", "π"

    def __init__(self, plugged: Mapping[Any, str] | None = None) -> None:
        self.plugged = plugged or {}

    def level(self, one: Any) -> int:
        return _SUM if self.plugged.get(one, "").startswith("−") else _ATOM

    def symbol(self, one: Any) -> str:
        if one in self.plugged:
            return self.plugged[one]
        return "/".join(_greek(part) for part in one.name.split("/"))

    def number(self, one: Any) -> Written:
        if one.is_Rational and not one.is_Integer:
            return f"{one.p}/{one.q}".replace("-", "−"), _PRODUCT
        return (str(one) if one.is_Integer else f"{float(one):.8g}").replace("-", "−"), _ATOM if one >= 0 else _SUM

    def brackets(self, inner: str) -> str:
        return f"({inner})"

    def times(self, parts: list[str], single: bool = False) -> str:
        return ("·" if single else " ⊙ ").join(parts)

    def left_out(self, count: int) -> str:
        return f" + … ({count})"

    def scaled(self, front: str, rest: str) -> str:
        return f"{front}·{rest}"

    def fraction(self, above: str, below: str, tight: bool, alone: bool) -> str:
        above = above or "1"
        return f"{above if tight else self.brackets(above)}/{below if alone else self.brackets(below)}"

    def root(self, inner: Written) -> str:
        return f"√{inner[0]}" if inner[1] == _ATOM else f"√({inner[0]})"

    def raised(self, base: str, exponent: Written) -> str:
        if exponent[0] in ("2", "3"):
            return base + {"2": "²", "3": "³"}[exponent[0]]
        return f"{base}^{exponent[0] if exponent[1] == _ATOM else self.brackets(exponent[0])}"

    def function(self, name: str, args: list[str], axis: str = "") -> str:
        return f"{name}{_LOW.get(axis, '')}({', '.join(args)})"

    def matmul(self, a: str, b: str) -> str:
        return f"{a}·{b}"

    def transposed(self, inner: str) -> str:
        return f"{inner}ᵀ" if "/" not in inner else f"({inner})ᵀ"

    def total(self, axis: str, inner: str) -> str:
        return f"Σ{_LOW.get(axis, '')} {inner}"

    def truth(self, a: str, sign: str, b: str) -> str:
        return f"[{a} {sign} {b}]"

    def primitive(self, expression: Any, args: list[str]) -> str:
        name = expression.primitive.name
        if name == "pick":  # one result of several
            return f"{args[0]}[{expression.params['index']}]"
        if name == "where":
            return f"({args[0]} ? {args[1]} : {args[2]})"
        if name in ("logical_and", "logical_or"):
            return f"{args[0]} {_ENGLISH[name]} {args[1]}"
        return self.function(_ENGLISH.get(name, name), args)


class _Tex:
    """TeX."""

    minus, pi = "-", r"\pi"

    def level(self, one: Any) -> int:
        return _ATOM

    def symbol(self, one: Any) -> str:
        if one.name.startswith("∂"):
            above, below = one.name.split("/", 1)
            return rf"\frac{{\partial {_tex_name(above[1:])}}}{{\partial {_tex_name(below[1:])}}}"
        return rf"\mathbf{{{one.name}}}" if isinstance(one, sympy.Dummy) else _tex_name(one.name)

    def number(self, one: Any) -> Written:
        if one.is_Rational and not one.is_Integer:
            return rf"\frac{{{one.p}}}{{{one.q}}}", _PRODUCT
        plain = str(one) if one.is_Integer else f"{float(one):.8g}"
        if "e" in plain:
            digits, power = plain.split("e")
            plain = rf"{digits} \cdot 10^{{{int(power)}}}"
        return plain, _ATOM if one >= 0 else _SUM

    def brackets(self, inner: str) -> str:
        return rf"\left({inner}\right)" if "frac" in inner or "sum" in inner else f"({inner})"

    def times(self, parts: list[str], single: bool = False) -> str:
        return (r" \cdot " if single else r" \odot ").join(parts)

    def left_out(self, count: int) -> str:
        return r" + \dots"

    def scaled(self, front: str, rest: str) -> str:
        return rf"{front} \, {rest}"

    def fraction(self, above: str, below: str, tight: bool, alone: bool) -> str:
        del tight, alone
        return rf"\frac{{{above or '1'}}}{{{below}}}"

    def root(self, inner: Written) -> str:
        return rf"\sqrt{{{inner[0]}}}"

    def raised(self, base: str, exponent: Written) -> str:
        return rf"{base}^{{{exponent[0]}}}"

    def function(self, name: str, args: list[str], axis: str = "") -> str:
        low = f"_{{{axis}}}" if axis else ""
        sign = rf"\{name}" if name in ("exp", "ln", "sin", "cos", "tanh") else rf"\operatorname{{{safe(name)}}}"
        return f"{sign}{low}{self.brackets(', '.join(args))}"

    def matmul(self, a: str, b: str) -> str:
        return rf"{a} \, {b}"

    def transposed(self, inner: str) -> str:
        if inner.startswith(r"\frac"):
            inner = self.brackets(inner)
        return rf"{inner}^{{\top}}"

    def total(self, axis: str, inner: str) -> str:
        return rf"{{\textstyle\sum_{{{axis}}}}} {inner}" if axis else rf"{{\textstyle\sum}} {inner}"

    def truth(self, a: str, sign: str, b: str) -> str:
        return f"[{a} {_TEX_COMPARED.get(sign, sign)} {b}]"

    def primitive(self, expression: Any, args: list[str]) -> str:
        record = expression.primitive
        if record.name == "pick":
            return f"{args[0]}_{{[{expression.params['index']}]}}"
        try:
            return (
                record.formula.format(*args, **expression.params)
                if record.formula
                else self.function(record.name, args)
            )
        except (IndexError, KeyError):
            return self.function(record.name, args)


def _greek(name: str) -> str:
    match = re.match(r"^(∂?)([a-z]+)(\d.*|)$", name)
    if match and match[2] in _GREEK:
        return f"{match[1]}{_GREEK[match[2]]}{match[3]}"
    return name


def _tex_name(name: str) -> str:
    match = _NAME.match(name)
    stem, low = (match[1], match[2]) if match else (name, "")
    word = stem if len(stem) == 1 else rf"\mathit{{{safe(stem)}}}"
    written = rf"\{stem}" if stem in _GREEK else word
    return f"{written}_{{{low}}}" if low else written


def safe(name: str) -> str:
    """Return a text with the signs that TeX reads as its own marked."""
    return re.sub(r"([_%&#$])", r"\\\1", name)
