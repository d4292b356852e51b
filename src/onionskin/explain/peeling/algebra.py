"""Nodes as formulas of whole arrays: SymPy expressions whose symbols are arrays, and their values.

Products of SymPy are element by element here, as sums are; what is no arithmetic (a matrix product, a sum over an
axis, a softmax) is a function that SymPy does not look into, made from the primitive's own record. So every operation
has a form, a user's own too, and `evaluate` gives each formula's numbers by the same records.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from onionskin.base.errors import require
from onionskin.base.specs import Spec, is_float
from onionskin.graph import CONSTANT, Graph, Node, Primitive, make_input, topological
from onionskin.interop.symbolic import to_sympy
from onionskin.prims.reductions import softmax
from onionskin.transforms.simplify import uniform_value

sympy: Any = require("sympy", "symbolic", "the formulas of a derivation")

_LOGICAL = {"any", "all"}  # reductions of yes and no; others take them for 1 and 0, as the cast before them made them
_SAME = {"stop_gradient"}  # what stands in a formula as what it is taken of
_HIDDEN = {"reshape", "broadcast_to"}  # moves numbers, or repeats them, and is not written
_LINEAR = {
    "matmul",
    "sum",
    "mean",
    "transpose",
    *_HIDDEN,
}  # a number before their (first) operand can stand before them
_ARITHMETIC = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "negative": lambda a: -a,
    "power": lambda a, b: a**b,
    "exp": sympy.exp,
    "log": sympy.log,
    "sqrt": sympy.sqrt,
    "rsqrt": lambda a: 1 / sympy.sqrt(a),
    "log1p": lambda a: sympy.log(1 + a),
    "expm1": lambda a: sympy.exp(a) - 1,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tanh": sympy.tanh,
}
_NUMPY = {
    sympy.Pow: np.power,
    sympy.exp: np.exp,
    sympy.log: np.log,
    sympy.sin: np.sin,
    sympy.cos: np.cos,
    sympy.tanh: np.tanh,
}


class Applied(sympy.Function):
    """A primitive applied to formulas; each primitive with its parameters is a class of its own."""

    primitive: Primitive
    params: Mapping[str, Any]

    @classmethod
    def eval(cls, *args: Any) -> Any:
        """Bring numbers to the front of what is linear, and undo what undoes itself."""
        name = cls.primitive.name
        if name in _LINEAR:
            pairs = [one.as_coeff_Mul() for one in args]
            front = sympy.prod([number for number, _ in pairs])
            if front != 1:
                return front * cls(*[rest for _, rest in pairs])
        if name == "transpose" and isinstance(args[0], Applied) and args[0].primitive is cls.primitive:
            first, second = args[0].params["perm"], cls.params["perm"]
            if all(first[second[axis]] == axis for axis in range(len(first))):
                return args[0].args[0]
        if name == "greater" and args[1] == 0 and isinstance(args[0], Applied) and args[0].primitive.name == "relu":
            return cls(args[0].args[0], args[1])  # max(0, z) > 0 just where z > 0
        return None


@functools.lru_cache(maxsize=4096)
def _class(primitive: Primitive, params: tuple[tuple[str, Any], ...]) -> Any:
    return type(primitive.name, (Applied,), {"primitive": primitive, "params": dict(params), "nargs": None})


def applied(primitive: Primitive, params: Mapping[str, Any], *args: Any) -> Any:
    """Return a primitive applied to formulas."""
    return _class(primitive, tuple(params.items()))(*args)


def is_applied(expression: Any, *names: str) -> bool:
    """Tell whether a formula is one of these primitives (any, where none is named) applied to something."""
    return isinstance(expression, Applied) and (not names or expression.primitive.name in names)


def formula(node: Node, names: Mapping[Node, Any], constants: dict[Any, np.ndarray]) -> Any:
    """Return a node as a formula of named nodes.

    Args:
        node: the node.
        names: node → its symbol; what lies behind a named node is not looked at.
        constants: takes up the arrays that stand in the formula, by symbol.

    Returns:
        A SymPy expression.
    """
    found: dict[Node, Any] = dict(names)
    for one in topological([node], stop=names):
        found[one] = _formula(one, found, constants)
    return found[node]


def _formula(node: Node, found: Mapping[Node, Any], constants: dict[Any, np.ndarray]) -> Any:
    name, number = node.primitive.name, uniform_value(node)
    if number is not None:
        return as_number(number)
    if not node.inputs:
        is_array = node.primitive is CONSTANT
        return _constant(node.params["value"].array, constants) if is_array else _symbol(node)
    args = [found[one] for one in node.inputs]
    if name in _SAME or (name == "cast" and (is_float(node.dtype) or node.inputs[0].dtype == "bool")):
        return args[0]
    if name in _ARITHMETIC:
        undone = name == "exp" and is_applied(args[0], "log_softmax")
        return applied(softmax, args[0].params, *args[0].args) if undone else _ARITHMETIC[name](*args)
    if name in ("mean", "sum") and node.shape == () and is_applied(args[0], name) and not args[0].params["keepdims"]:
        axes = tuple(range(node.inputs[0].ndim + len(args[0].params["axis"])))
        return applied(node.primitive, {"axis": axes, "keepdims": False}, *args[0].args)
    if node.primitive.kind != "elementwise":  # only arithmetic takes a number for an array
        args = [_whole(one, of, constants) for one, of in zip(args, node.inputs, strict=True)]
    return applied(node.primitive, node.params, *args)


def _symbol(node: Node) -> Any:
    """Return the symbol of an input that nobody named."""
    return sympy.Symbol(str(node.params.get("name", node.primitive.name)), real=True)


def _whole(expression: Any, node: Node, constants: dict[Any, np.ndarray]) -> Any:
    if expression.is_Number:
        return _constant(np.full(node.shape, float(expression), node.dtype), constants)
    return expression


def _constant(array: np.ndarray, constants: dict[Any, np.ndarray]) -> Any:
    """Return the symbol of an array: its number in bold where all elements are one, else K with a number."""
    for symbol, known in constants.items():
        if known.shape == array.shape and known.dtype == array.dtype and np.array_equal(known, array):
            return symbol
    one = array.size and (array == array.flat[0]).all()
    symbol = sympy.Dummy(f"{array.flat[0]:g}" if one else f"K{len(constants) + 1}", real=True)
    constants[symbol] = array
    return symbol


def as_number(value: float) -> Any:
    """Return a number as a person would write it: 0.20000000298 is 1/5.

    Example:
        >>> as_number(0.20000000298023224), as_number(2.0), as_number(0.70710678)
        (1/5, 2, sqrt(2)/2)
    """
    if isinstance(value, bool) or float(value).is_integer():
        return sympy.Integer(int(value))
    near = Fraction(value).limit_denominator(1000)
    if near and _close(float(near), value):
        return sympy.Rational(near.numerator, near.denominator)
    for factor in (1, sympy.pi):  # 1/√2 and √(2/π), which activations have
        square = Fraction(value**2 * float(factor)).limit_denominator(64)
        if square and _close(float(square / 1), value**2 * float(factor)):
            return sympy.sign(value) * sympy.sqrt(sympy.Rational(square.numerator, square.denominator) / factor)
    whole = round(1 / value)
    if abs(whole) <= 1_000_000 and _close(1 / whole, value):  # one of so many samples
        return sympy.Rational(1, whole)
    return sympy.Float(f"{value:.8g}")


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= 2e-7 * abs(b)


def tidy(expression: Any) -> Any:
    """Return the shortest of the forms that arithmetic gives a formula."""
    forms = [expression, sympy.expand(expression)]
    forms += [sympy.factor_terms(forms[1]), sympy.factor_terms(expression)]
    return min(forms, key=lambda one: (sympy.count_ops(one), forms.index(one)))


def same_in(expression: Any, known: Iterable[tuple[Any, Any]]) -> Any:
    """Return a formula with the symbols of known values in the place of their own formulas."""
    for value, symbol in known:
        if isinstance(value, Applied) or (value.args and not value.is_Number and isinstance(value, sympy.Function)):
            expression = expression.xreplace({value: symbol})
    return expression


def local_factor(chain: Any, delta: Any) -> Any:
    """Return what a derivative that comes in is multiplied by on its way through; None where that is no one factor.

    Args:
        chain: formula of the derivative that goes out.
        delta: symbol of the derivative that comes in.
    """
    if chain == delta:
        return sympy.Integer(1)
    if isinstance(chain, sympy.Mul):
        inner = [one for one in chain.args if one.has(delta)]
        factor = local_factor(inner[0], delta) if len(inner) == 1 else None
        return None if factor is None else factor * chain.xreplace({inner[0]: sympy.Integer(1)})
    if is_applied(chain, "sum", *_HIDDEN):
        return local_factor(chain.args[0], delta)
    if is_applied(chain, "where") and not chain.args[0].has(delta):
        choice, *parts = chain.args
        factors = [sympy.Integer(0) if one == 0 else local_factor(one, delta) for one in parts]
        return None if None in factors else chain.func(choice, *factors)
    return _beside(chain, delta) if is_applied(chain, "matmul") else None


def _beside(product: Any, delta: Any) -> Any:
    """Return the other factor of a matrix product, as it stood before it was transposed for the way back."""
    first, second = product.args
    if first.has(delta) == second.has(delta):
        return None
    inner, other = (first, second) if first.has(delta) else (second, first)
    factor = local_factor(inner, delta)
    if factor is None:
        return None
    if is_applied(other, *_HIDDEN):
        other = other.args[0]
    if is_applied(other, "transpose"):
        other = other.args[0]
    return factor * other


def plain(expression: Any) -> Any:
    """Return a formula with SymPy's own functions in place of elementwise primitives: 1/(1 + e^(−z)) for σ(z)."""
    if not expression.args:
        return expression
    args = [plain(one) for one in expression.args]
    if not is_applied(expression) or expression.primitive.kind != "elementwise":
        return expression.func(*args)
    inputs = tuple(make_input(Spec((), "float64"), f"x{index}") for index in range(len(args)))
    return to_sympy(Graph(inputs, (expression.primitive(*inputs, **expression.params),)), args).output


def evaluate(expression: Any, values: Mapping[Any, Any]) -> Any:
    """Return the numbers of a formula, by the records of its primitives.

    Args:
        expression: a formula.
        values: symbol → array.
    """
    if expression in values:
        return values[expression]
    if not expression.free_symbols and not expression.has(Applied):
        return np.float64(float(expression))
    args = [evaluate(one, values) for one in expression.args]
    if isinstance(expression, Applied):
        if expression.primitive.kind in ("reduction", "contraction") and expression.primitive.name not in _LOGICAL:
            args = [one.astype("float64") if one.dtype == bool else one for one in map(np.asarray, args)]
        return expression.primitive.value(*args, **expression.params)
    if isinstance(expression, sympy.Add | sympy.Mul):
        return functools.reduce(np.add if isinstance(expression, sympy.Add) else np.multiply, args)
    half = isinstance(expression, sympy.Pow) and expression.exp == sympy.Rational(1, 2)
    return np.sqrt(args[0]) if half else _NUMPY[expression.func](*args)
