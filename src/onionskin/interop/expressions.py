"""From SymPy to a graph: expressions become a function that computes on arrays and records on tensors."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, GraphError, ShapeError, UnknownNameError, require
from onionskin.base.specs import Spec, broadcast_shapes
from onionskin.graph import Graph, trace
from onionskin.interop.symbolic import Symbolic
from onionskin.prims import elementwise as e
from onionskin.prims.families import TABLE, cast_to, dtype_of, joined

Rule = Callable[..., Any]  # (dtype, *values) -> value


class SymbolicFunction:
    """SymPy expressions as a function of arrays (it computes) or tensors (it records).

    Attributes:
        expressions: one expression, an array of them, or a list of both.
        symbols: what stands for each argument: a symbol, or an array of symbols.
    """

    def __init__(self, expressions: Any, symbols: Any = None, name: str = "from_sympy") -> None:
        self._sympy = s = require("sympy", "symbolic", "symbolic expressions")
        self.__name__ = name
        if isinstance(expressions, Symbolic):
            if symbols is None:  # an input that numbers stood for is no argument
                symbols = [
                    one for one in expressions.inputs.values() if any(part.free_symbols for part in _each_of(one))
                ]
            expressions = list(expressions.outputs) if len(expressions.outputs) != 1 else expressions.output
        self.expressions = [_taken(s, one) for one in expressions] if _is_list(expressions) else _taken(s, expressions)
        self._parts = self.expressions if isinstance(self.expressions, list) else [self.expressions]
        free = {symbol for part in self._parts for one in _each_of(part) for symbol in one.free_symbols}
        self.symbols = self._arguments(sorted(free, key=str) if symbols is None else symbols)
        known = {symbol for one in self.symbols for symbol in _each_of(one)}
        for symbol in sorted(free - known, key=str):
            raise ArgumentError("an expression has a symbol that is no argument.", where=name,
                                expected=", ".join(sorted(map(str, known))) or "no symbols", given=str(symbol),
                                fix="name it among the symbols")  # fmt: skip
        _check(s, [one for part in self._parts for one in _each_of(part)], name)

    def _arguments(self, symbols: Any) -> list[Any]:
        listed = list(symbols) if _is_list(symbols) else [symbols]
        found = [_taken(self._sympy, one) for one in listed]
        for one in found:
            for symbol in _each_of(one):
                if not symbol.is_Symbol:
                    raise ArgumentError("an argument is a symbol, or an array of symbols.", where=self.__name__,
                                        given=str(symbol))  # fmt: skip
        return found

    def __repr__(self) -> str:
        return f"<function {self.__name__} of {', '.join(map(_label, self.symbols))}>"

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Return the values of the expressions.

        Args:
            args: for each symbol an array, number or tensor; all broadcast. For an array of symbols, an array whose
                last axes have its shape: those before them are a batch.
            named: the same by the symbols' names.

        Returns:
            One value for each expression, of the broadcast shape (…); an array of expressions adds its axes behind.

        Raises:
            ArgumentError: an argument is missing, or there is none of a name.
            ShapeError: the arguments do not fit the symbols.
        """
        given = self._in_order(args, named)
        values = joined(*given, to_float=True) if given else []
        dtype = dtype_of(values[0]) if values else "float64"
        known: dict[Any, Any] = {}
        for argument, value in zip(self.symbols, values, strict=True):
            known.update(_spread(argument, value, self.__name__))
        shape = broadcast_shapes(*[tuple(value.shape) for value in known.values()]) if known else ()
        results = [self._value(part, known, dtype, shape) for part in self._parts]
        return results if isinstance(self.expressions, list) else results[0]

    def _in_order(self, args: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:
        labels = [_label(one) for one in self.symbols]
        for name in named:
            if name not in labels[len(args) :]:
                raise ArgumentError("there is no such argument to be named.", where=self.__name__,
                                    expected=", ".join(labels[len(args) :]) or "none", given=name)  # fmt: skip
        given = [*args, *[named[label] for label in labels[len(args) :] if label in named]]
        if len(given) != len(labels):
            raise ArgumentError("each symbol needs a value.", where=self.__name__,
                                expected=f"{len(labels)}: {', '.join(labels)}", given=len(given))  # fmt: skip
        return given

    def _value(self, part: Any, known: dict[Any, Any], dtype: str, shape: tuple[Any, ...]) -> Any:
        if not isinstance(part, np.ndarray):
            value = _computed(self._sympy, part, known, dtype)
            return value if tuple(value.shape) == shape else TABLE["broadcast_to"](value, shape=shape)
        elements = []
        for one in part.flat:
            value = TABLE["broadcast_to"](_computed(self._sympy, one, known, dtype), shape=shape)
            elements.append(TABLE["reshape"](value, shape=(*shape, 1)))
        if not elements:
            return np.zeros((*shape, *part.shape), dtype)
        whole = TABLE["concatenate"](*elements, axis=len(shape)) if len(elements) > 1 else elements[0]
        return TABLE["reshape"](whole, shape=(*shape, *part.shape))

    def graph(self, *shapes: Any, dtype: str = "float64") -> Graph:
        """Return the graph of the function.

        Args:
            shapes: shape of each argument; where none is given, that of its array of symbols, and () for a symbol.
            dtype: of the arguments.
        """
        own = [one.shape if isinstance(one, np.ndarray) else () for one in self.symbols]
        specs = [Spec(tuple(shape), dtype) for shape in (shapes or own)]
        return trace(self, specs, [_label(one) for one in self.symbols], self.__name__)


def from_sympy(expressions: Any, symbols: Any = None, name: str = "from_sympy") -> SymbolicFunction:
    """Return SymPy expressions as a function that computes on arrays and records on tensors.

    So it can be compiled by `jit`, differentiated, and used in layers and losses like any function of `onionskin.ops`.

    Args:
        expressions: an expression, a Matrix or object array of them, a list of either, or what `to_sympy` returned.
        symbols: what stands for each argument, in order: a symbol, or an array (Matrix, list) of symbols. All free
            symbols by name where None.
        name: what to call the function.

    Raises:
        MissingExtraError: SymPy is not installed.
        UnknownNameError: an expression holds a function that has no operation here.
        ArgumentError: an expression has a symbol that is no argument.
        GraphError: an expression has an imaginary part.

    Example:
        >>> import sympy
        >>> x, w = sympy.symbols("x w")
        >>> f = from_sympy(1 / (1 + sympy.exp(-w * x)), [x, w])
        >>> print(f(np.array([0.0, 1.0]), 2.0).round(4))
        [0.5    0.8808]
    """
    return SymbolicFunction(expressions, symbols, name)


def graph_from_sympy(
    expressions: Any, symbols: Any = None, shapes: Sequence[Any] = (), dtype: str = "float64"
) -> Graph:
    """Return SymPy expressions as a graph; arguments as for `from_sympy` and `SymbolicFunction.graph`.

    Example:
        >>> import sympy
        >>> print(graph_from_sympy(sympy.sin(sympy.Symbol("x")), shapes=[(3,)]))
        <graph from_sympy: (float64[3]) -> (float64[3]), 2 nodes>
          x: float64[3] = input()
          %1: float64[3] = sin(x)
          return %1
    """
    return from_sympy(expressions, symbols).graph(*shapes, dtype=dtype)


# --- arguments ---


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _taken(s: Any, value: Any) -> Any:
    """Return an expression, or an object array of them."""
    if _is_list(value) or hasattr(value, "tolist"):
        array = np.array(value.tolist() if hasattr(value, "tolist") else value, object)
        for place in np.ndindex(*array.shape):
            array[place] = s.sympify(array[place])
        return array if array.ndim else array[()]
    return s.sympify(value)


def _each_of(value: Any) -> list[Any]:
    return list(value.flat) if isinstance(value, np.ndarray) else [value]


def _label(argument: Any) -> str:
    """Return the name of an argument: its symbol's, or what the names of its symbols begin with."""
    if not isinstance(argument, np.ndarray):
        return str(argument)
    names = [str(one) for one in argument.flat]
    return names[0][: -2 * argument.ndim] if names and names[0].endswith("_1" * argument.ndim) else ",".join(names)


def _spread(argument: Any, value: Any, where: str) -> dict[Any, Any]:
    """Return symbol → its value."""
    if not isinstance(argument, np.ndarray):
        return {argument: value}
    rank = argument.ndim
    if value.ndim < rank or tuple(value.shape[value.ndim - rank :]) != argument.shape:
        raise ShapeError("an argument does not have the shape of its array of symbols.", where=f"{where}, argument "
                         f"{_label(argument)}", expected=f"(…, {', '.join(map(str, argument.shape))})",
                         given=tuple(value.shape))  # fmt: skip
    batch = tuple(value.shape[: value.ndim - rank])
    flat = TABLE["reshape"](value, shape=(*batch, argument.size))
    known = {}
    for index, symbol in enumerate(argument.flat):
        start, stop = (0,) * len(batch) + (index,), (*batch, index + 1)
        part = TABLE["slice"](flat, start=start, stop=stop, step=(1,) * len(stop))
        known[symbol] = TABLE["reshape"](part, shape=batch)
    return known


# --- expressions ---


def _leaf(s: Any, expression: Any) -> bool:
    return expression.is_Symbol or expression in (s.true, s.false) or bool(expression.is_number)


def _postorder(s: Any, expressions: Sequence[Any]) -> list[Any]:
    """Return every part of some expressions once, each after its own parts; numbers are not taken apart."""
    order: dict[Any, None] = {}
    stack = [(one, False) for one in reversed(expressions)]
    while stack:
        one, ready = stack.pop()
        if one in order:
            continue
        if ready or _leaf(s, one):
            order[one] = None
            continue
        stack.append((one, True))
        stack.extend((part, False) for part in reversed(_parts_of(s, one)))
    return list(order)


def _parts_of(s: Any, one: Any) -> list[Any]:
    if isinstance(one, s.Piecewise):
        return [part for pair in one.args for part in pair.args]
    if isinstance(one, s.besseli):
        return [one.args[1]]
    if isinstance(one, s.log):
        return [_beside_one(one.args[0]) or one.args[0]]
    return list(one.args)


def _beside_one(expression: Any) -> Any:
    """Return what is added to 1 in an expression, None where it is no such sum: ln(1 + u) is exact for small u too."""
    return expression - 1 if expression.is_Add and 1 in expression.args else None


def _check(s: Any, expressions: Sequence[Any], where: str) -> None:
    rules = _rules(s)
    for one in _postorder(s, expressions):
        if _leaf(s, one):
            if one.is_number and one.is_extended_real is False:
                raise GraphError("an expression has an imaginary part.", where=where, given=str(one),
                                 fix="convert its real and imaginary parts one by one")  # fmt: skip
        elif type(one) not in rules or (isinstance(one, s.besseli) and not one.args[0].is_Integer):
            label = str(one.func) if one.is_Function else type(one).__name__
            raise UnknownNameError(
                f"{label!r} has no operation here.",
                where=where,
                given=str(one),
                fix="rewrite it with the functions of onionskin.ops, or expand it first (expression.doit())",
            )


def _computed(s: Any, expression: Any, known: dict[Any, Any], dtype: str) -> Any:
    rules = _rules(s)
    for one in _postorder(s, [expression]):
        if one in known:
            continue
        if one in (s.true, s.false):
            known[one] = np.asarray(one == s.true)
        elif one.is_number:
            known[one] = np.asarray(float(one) if one is not s.nan else math.nan, dtype)
        else:
            known[one] = rules[type(one)](one, dtype, known)
    return cast_to(known[expression], dtype)


def _unary(function: Rule) -> Rule:
    return lambda one, dtype, known: function(known[one.args[0]])


def _binary(function: Rule) -> Rule:
    return lambda one, dtype, known: function(*[known[part] for part in one.args])


def _folded(function: Rule) -> Rule:
    def rule(one: Any, dtype: str, known: dict[Any, Any]) -> Any:
        total = known[one.args[0]]
        for part in one.args[1:]:
            total = function(total, known[part])
        return total

    return rule


def _one(x: Any) -> Any:
    return e.number(1, x)


def _scaled(x: Any, factor: float) -> Any:
    return e.multiply(x, e.number(factor, x))


def _sum(one: Any, dtype: str, known: dict[Any, Any]) -> Any:
    """Add up; a term with the factor -1 is subtracted."""
    plain = [part for part in one.args if not part.could_extract_minus_sign()]
    total = None
    for part in [*plain, *[part for part in one.args if part not in plain]]:
        total = known[part] if total is None else e.add(total, known[part])
    return total


def _product(one: Any, dtype: str, known: dict[Any, Any]) -> Any:
    total, negative = None, False
    for part in one.args:
        if part == -1:
            negative = True
            continue
        total = known[part] if total is None else e.multiply(total, known[part])
    return e.negative(total) if negative else total


def _power(one: Any, dtype: str, known: dict[Any, Any]) -> Any:
    base, exponent = one.args
    x = known[base]
    if exponent == 2:
        return e.multiply(x, x)
    if exponent == -1:
        return e.divide(_one(x), x)
    if exponent.is_Rational and exponent.q == 2 and abs(exponent.p) == 1:
        return e.sqrt(x) if exponent.p == 1 else e.rsqrt(x)
    return e.power(x, known[exponent])


def _choice(one: Any, dtype: str, known: dict[Any, Any]) -> Any:
    """Take the first branch whose condition holds; where none does there is no value."""
    total: Any = np.asarray(math.nan, dtype)
    for value, condition in reversed([pair.args for pair in one.args]):
        if condition == True:  # noqa: E712  SymPy's own truth value
            total = cast_to(known[value], dtype)
        else:
            total = e.where(known[condition], cast_to(known[value], dtype), total)
    return total


def _heaviside(one: Any, dtype: str, known: dict[Any, Any]) -> Any:
    x, at_zero = (known[part] for part in one.args)
    zero = e.number(0, x)
    return e.where(e.greater(x, zero), _one(x), e.where(e.less(x, zero), zero, at_zero))


def _bessel(one: Any, dtype: str, known: dict[Any, Any]) -> Any:
    return e.bessel_i(known[one.args[1]], order=abs(int(one.args[0])))


def _log(one: Any, dtype: str, known: dict[Any, Any]) -> Any:
    added = _beside_one(one.args[0])
    return e.log(known[one.args[0]]) if added is None else e.log1p(known[added])


def _tan(x: Any) -> Any:
    return e.divide(e.sin(x), e.cos(x))


def _sinh(x: Any) -> Any:
    return _scaled(e.subtract(e.expm1(x), e.expm1(e.negative(x))), 0.5)  # exp(x) - exp(-x) loses digits near 0


def _cosh(x: Any) -> Any:
    return _scaled(e.add(e.exp(x), e.exp(e.negative(x))), 0.5)


def _side(x: Any) -> Any:
    """Return √(1 - x²)."""
    return e.sqrt(e.multiply(e.subtract(_one(x), x), e.add(_one(x), x)))


def _asinh(x: Any) -> Any:
    size = e.abs_(x)
    square = e.multiply(x, x)
    grown = e.add(size, e.divide(square, e.add(_one(x), e.sqrt(e.add(square, _one(x))))))
    return e.multiply(e.sign(x), e.log1p(grown))


def _acosh(x: Any) -> Any:
    return e.log(e.add(x, e.multiply(e.sqrt(e.subtract(x, _one(x))), e.sqrt(e.add(x, _one(x))))))


def _atanh(x: Any) -> Any:
    return _scaled(e.subtract(e.log1p(x), e.log1p(e.negative(x))), 0.5)


def _inverse(function: Rule) -> Rule:
    return lambda x: e.divide(_one(x), function(x))


def _chain(function: Rule) -> Rule:
    """Return the rule of a relation: SymPy's have two sides."""
    return _binary(lambda a, b: function(*joined(a, b)))


def _truths(function: Rule) -> Rule:
    return _folded(lambda a, b: function(cast_to(a, "bool"), cast_to(b, "bool")))


def _rules(s: Any) -> dict[Any, Rule]:
    """Return SymPy class → how it is computed from its parts."""
    if not _RULES:
        unary: dict[Any, Rule] = {
            s.exp: e.exp, s.sin: e.sin, s.cos: e.cos, s.tan: _tan, s.sec: _inverse(e.cos), s.csc: _inverse(e.sin),
            s.cot: _inverse(_tan), s.atan: e.arctan, s.asin: lambda x: e.arctan2(x, _side(x)),
            s.acos: lambda x: e.arctan2(_side(x), x), s.sinh: _sinh, s.cosh: _cosh, s.tanh: e.tanh,
            s.coth: _inverse(e.tanh), s.sech: _inverse(_cosh), s.csch: _inverse(_sinh), s.asinh: _asinh,
            s.acosh: _acosh, s.atanh: _atanh, s.Abs: e.abs_, s.sign: e.sign, s.floor: e.floor, s.ceiling: e.ceil,
            s.erf: e.erf, s.erfc: e.erfc, s.erfinv: e.erfinv, s.Not: lambda x: e.logical_not(cast_to(x, "bool")),
        }  # fmt: skip
        relations = {s.Gt: e.greater, s.Ge: e.greater_equal, s.Lt: e.less, s.Le: e.less_equal, s.Eq: e.equal,
                     s.Ne: e.not_equal}  # fmt: skip
        _RULES.update({cls: _unary(function) for cls, function in unary.items()})
        _RULES.update({cls: _chain(function) for cls, function in relations.items()})
        _RULES.update({
            s.Add: _sum, s.Mul: _product, s.Pow: _power, s.log: _log, s.Max: _folded(e.maximum),
            s.Min: _folded(e.minimum), s.Mod: _binary(e.mod), s.atan2: _binary(e.arctan2), s.Piecewise: _choice,
            s.Heaviside: _heaviside, s.besseli: _bessel, s.And: _truths(e.logical_and), s.Or: _truths(e.logical_or),
            s.Xor: _truths(e.logical_xor), s.ITE: _binary(e.where),
        })  # fmt: skip
    return _RULES


_RULES: dict[Any, Rule] = {}
