"""One element of a formula of arrays, as a formula of single numbers: Z1[0,1] = X[0,0]·W1[0,1] + … + B1[1]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from onionskin.explain.peeling.algebra import Applied, evaluate, sympy

Index = tuple[int, ...]


def name_of(symbol: Any, index: Index) -> Any:
    """Return the symbol of one element: Z1 at (0, 1) is Z1[0,1]."""
    return sympy.Symbol(f"{symbol.name}[{','.join(map(str, index))}]" if index else symbol.name, real=True)


def place_in(shape: tuple[int, ...], index: Index) -> Index:
    """Return the place in an array of what broadcasting may have repeated, or moved behind further axes.

    Example:
        >>> place_in((1, 3), (4, 2)), place_in((3,), (4, 2)), place_in((5, 1, 3), (4, 2))
        ((0, 2), (2,), (0, 0, 2))
    """
    index = (0,) * (len(shape) - len(index)) + index[max(len(index) - len(shape), 0) :]
    return tuple(0 if size == 1 else one for one, size in zip(index, shape, strict=True))


class Elements:
    """Takes formulas apart into single numbers, with the arrays at hand to know the shapes.

    Args:
        values: symbol → array.
    """

    def __init__(self, values: Mapping[Any, Any]) -> None:
        self.values = dict(values)
        self.numbers: dict[Any, float] = {}  # symbol of an element → its number
        self._arrays: dict[Any, np.ndarray] = {}

    def array(self, expression: Any) -> np.ndarray:
        """Return the numbers of a formula."""
        if expression not in self._arrays:
            self._arrays[expression] = np.asarray(evaluate(expression, self.values))
        return self._arrays[expression]

    def at(self, expression: Any, index: Index) -> Any:
        """Return one element of a formula as a formula of the elements of its symbols.

        Args:
            expression: a formula of arrays.
            index: which element; one that broadcasting repeats may be asked for.
        """
        if expression.is_number and not expression.free_symbols:
            return expression
        index = place_in(self.array(expression).shape, index)
        if expression.is_Symbol:
            name = sympy.Float(float(self.array(expression)[index])) if isinstance(expression, sympy.Dummy) else (
                name_of(expression, index)
            )  # fmt: skip
            if not name.is_Number:
                self.numbers[name] = float(self.array(expression)[index])
            return name
        if not isinstance(expression, Applied):
            return expression.func(*[self.at(one, index) for one in expression.args], evaluate=False)
        rule = getattr(self, f"_{expression.primitive.name}", None)
        if rule is not None:
            return rule(expression, index)
        if expression.primitive.kind == "elementwise":
            return expression.func(*[self.at(one, index) for one in expression.args])
        return self._opaque(expression, index)

    def _opaque(self, expression: Any, index: Index) -> Any:
        """Return a name for an element that is looked at as a number only."""
        name = name_of(sympy.Symbol(expression.primitive.name), index)
        self.numbers[name] = float(self.array(expression)[index])
        return name

    def _matmul(self, expression: Any, index: Index) -> Any:
        a, b = expression.args
        *batch, row, column = index
        terms = [
            sympy.Mul(self.at(a, (*batch, row, k)), self.at(b, (*batch, k, column)), evaluate=False)
            for k in range(self.array(a).shape[-1])
        ]
        return sympy.Add(*terms, evaluate=False) if len(terms) > 1 else terms[0]

    def _sum(self, expression: Any, index: Index) -> Any:
        (inner,) = expression.args
        axes = expression.params["axis"]
        shape = self.array(inner).shape
        kept = list(index)
        if expression.params["keepdims"]:
            kept = [one for axis, one in enumerate(index) if axis not in axes]
        terms = []
        for place in np.ndindex(*[shape[axis] for axis in axes]):
            rest, own = iter(kept), iter(place)
            terms.append(self.at(inner, tuple(next(own) if axis in axes else next(rest) for axis in range(len(shape)))))
        return sympy.Add(*terms, evaluate=False) if len(terms) > 1 else terms[0]

    def _mean(self, expression: Any, index: Index) -> Any:
        shape = self.array(expression.args[0]).shape
        count = int(np.prod([shape[axis] for axis in expression.params["axis"]]))
        total = self._sum(expression, index)
        return total if count == 1 else sympy.Mul(sympy.Rational(1, count), total, evaluate=False)

    def _reshape(self, expression: Any, index: Index) -> Any:
        (inner,) = expression.args
        flat = np.ravel_multi_index(index, self.array(expression).shape) if index else 0
        shape = self.array(inner).shape
        return self.at(inner, tuple(int(one) for one in np.unravel_index(flat, shape)) if shape else ())

    def _broadcast_to(self, expression: Any, index: Index) -> Any:
        return self.at(expression.args[0], index)

    def _transpose(self, expression: Any, index: Index) -> Any:
        perm = expression.params["perm"]
        return self.at(expression.args[0], tuple(index[perm.index(axis)] for axis in range(len(perm))))

    def _row(self, expression: Any, index: Index) -> list[Any]:
        axis = expression.params["axis"] % len(index)
        size = self.array(expression).shape[axis]
        return [self.at(expression.args[0], (*index[:axis], k, *index[axis + 1 :])) for k in range(size)]

    def _softmax(self, expression: Any, index: Index) -> Any:
        return sympy.exp(self.at(expression.args[0], index)) / sympy.Add(*map(sympy.exp, self._row(expression, index)))

    def _log_softmax(self, expression: Any, index: Index) -> Any:
        own = self.at(expression.args[0], index)
        return own - sympy.log(sympy.Add(*map(sympy.exp, self._row(expression, index))))
