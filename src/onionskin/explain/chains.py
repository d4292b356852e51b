"""Partial derivatives along a chain of named values, from the rules that training uses, as SymPy expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError, require
from onionskin.base.specs import is_float
from onionskin.graph import Graph, Node, as_node, make_input, substitute, topological
from onionskin.interop.symbolic import Symbolic, input_names, to_sympy, traced
from onionskin.transforms import pullback


@dataclass(frozen=True, eq=False)
class Link:
    """One named value of a chain as a function of what it is directly made of.

    Attributes:
        name: of the value.
        ingredients: names of the inputs and earlier values that it is made of, in the order of the graph.
        forward: (ingredients…) -> (value,).
        backward: (ingredients…, cotangent of the value) -> (cotangent of each ingredient that is a float…).
        moving: the ingredients that are floats, so that there is a derivative by them.
    """

    name: str
    ingredients: tuple[str, ...]
    forward: Graph
    backward: Graph
    moving: tuple[str, ...]


def links(graph: Graph, names: Sequence[str]) -> tuple[Link, ...]:
    """Return a graph cut at its outputs: each as a function of the inputs and outputs that it is directly made of.

    Args:
        graph: its outputs are the named values, in any order; none may be one of its inputs.
        names: what to call each output.

    Raises:
        ArgumentError: there is another number of names, two are equal, or a value has no operation of its own.
    """
    inputs = input_names(graph)
    _check_names(graph, inputs, names)
    labels: dict[Node, str] = {}
    for node, name in zip((*graph.inputs, *graph.outputs), (*inputs, *names), strict=True):
        if node in labels:
            raise ArgumentError("two names are given to one value.", where=f"the chain {graph.name}",
                                expected="an operation between them", given=f"{labels[node]} and {name}",
                                fix="leave one of them out")  # fmt: skip
        labels[node] = name
    order = {node: place for place, node in enumerate(topological(graph.outputs))}
    return tuple(_link(labels, node, order) for node in sorted(graph.outputs, key=order.__getitem__))


def _check_names(graph: Graph, inputs: Sequence[str], names: Sequence[str]) -> None:
    if len(names) != len(graph.outputs):
        raise ArgumentError("each output of the graph needs a name.", where=f"the chain {graph.name}",
                            expected=len(graph.outputs), given=f"{len(names)} names")  # fmt: skip
    everything = [*inputs, *names]
    for name in names:
        if everything.count(name) > 1:
            raise ArgumentError("a name stands for two values.", where=f"the chain {graph.name}", given=repr(name))


def _link(labels: Mapping[Node, str], value: Node, order: Mapping[Node, int]) -> Link:
    others = [node for node in labels if node is not value]
    between = topological([value], stop=others)
    met = {one for node in between for one in node.inputs}
    parts = [node for node in labels if node in met and node is not value]
    parts.sort(key=lambda node: (order.get(node, -1), labels[node]))
    stand_ins = {node: make_input(node.spec, labels[node]) for node in parts}
    (own,) = substitute([value], stand_ins)
    inputs = tuple(stand_ins[node] for node in parts)
    moving = [node for node in parts if is_float(node.dtype)] if is_float(value.dtype) else []
    cotangent = make_input(value.spec, "g")
    back = pullback([own], [cotangent], [stand_ins[node] for node in moving])
    name = labels[value]
    return Link(
        name,
        tuple(labels[node] for node in parts),
        Graph(inputs, (own,), name),
        Graph((*inputs, cotangent), tuple(back), f"{name}_backward"),
        tuple(labels[node] for node in moving),
    )


def local_partials(graph: Graph, names: Sequence[str], simplify: bool = True) -> dict[tuple[str, str], Any]:
    """Return the derivative of each named value by each value that it is directly made of.

    Args:
        graph: its outputs are the named values.
        names: what to call each output.
        simplify: write each in factors where that is shorter.

    Returns:
        (value, ingredient) → SymPy expression in the symbols of the ingredients; where one of the two is no single
        number, an object array of the value's axes followed by the ingredient's.
    """
    found = {}
    for link in links(graph, names):
        for ingredient, expression in _jacobians(link).items():
            found[link.name, ingredient] = _each(shortest, expression) if simplify else expression
    return found


def _jacobians(link: Link) -> dict[str, Any]:
    """Pull a one at each element of the value back; single numbers have one element."""
    shape = link.forward.outputs[0].shape
    rows: dict[str, list[Any]] = {name: [] for name in link.moving}
    for place in np.ndindex(*shape):
        one = np.zeros(shape, int)
        one[place] = 1
        written = to_sympy(link.backward, inputs=[*link.ingredients, one if shape else 1]) if link.moving else ()
        for name, part in zip(link.moving, written, strict=True):
            rows[name].append(part)
    found = {}
    for name, parts in rows.items():
        whole = np.array([part.tolist() if isinstance(part, np.ndarray) else part for part in parts], object)
        whole = whole.reshape((*shape, *(parts[0].shape if isinstance(parts[0], np.ndarray) else ())))
        found[name] = whole[()] if whole.ndim == 0 else whole
    return found


def _each(function: Callable[[Any], Any], value: Any) -> Any:
    return np.frompyfunc(function, 1, 1)(value) if isinstance(value, np.ndarray) and value.size else (
        value if isinstance(value, np.ndarray) else function(value)
    )  # fmt: skip


def shortest(expression: Any) -> Any:
    """Return an expression in factors where that is shorter, with its exponentials as they were written.

    Example:
        >>> import sympy
        >>> x = sympy.Symbol("x", real=True)
        >>> y = 1 / (1 + sympy.exp(-x))
        >>> shortest(y * (1 - y))
        exp(-x)/(1 + exp(-x))**2
    """
    s = require("sympy", "symbolic", "symbolic expressions")
    if not isinstance(expression, s.Expr):
        return expression
    letters = {power: s.Dummy(positive=True) for power in expression.atoms(s.exp)}  # so that e^(-x) is not made e^x
    factored = s.factor(expression.subs(letters)).subs({letter: power for power, letter in letters.items()})
    factored = factored.func(*factored.args) if factored.args else factored  # 2·(a - b) as SymPy writes it
    return min((expression, factored), key=s.count_ops)


class Partials(dict[tuple[str, str], Any]):
    """The local derivatives of a chain, (value, ingredient) → expression, and their products.

    Attributes:
        definitions: name of each value → the expression that it is, in its ingredients.
        inputs: names of the chain's inputs.
    """

    def __init__(
        self, local: Mapping[tuple[str, str], Any], definitions: Mapping[str, Any], inputs: Sequence[str]
    ) -> None:
        super().__init__(local)
        self.definitions, self.inputs = dict(definitions), tuple(inputs)

    def paths(self, value: str, by: str) -> list[tuple[tuple[str, str], ...]]:
        """Return every way from a value down to another one, each as the steps (value, ingredient) on it.

        Raises:
            ArgumentError: there is no value, or no ingredient, of this name.
        """
        for name, known in ((value, list(self.definitions)), (by, [*self.definitions, *self.inputs])):
            if name not in known:
                raise ArgumentError("there is no such value in the chain.", where="partials",
                                    expected=", ".join(known), given=repr(name))  # fmt: skip
        found: list[tuple[tuple[str, str], ...]] = []
        open_: list[tuple[str, tuple[tuple[str, str], ...]]] = [(value, ())]
        while open_:
            at, steps = open_.pop()
            if at == by:
                found.append(steps)
                continue
            open_.extend((step[1], (*steps, step)) for step in reversed(list(self)) if step[0] == at)
        return found

    def product(self, value: str, by: str) -> Any:
        """Return the derivative of a value by another one as the chain rule has it, in the symbols of all values.

        dC/dW = Σ over the paths from C to W: the product of the local derivatives on the path

        Raises:
            ArgumentError: there is no value, or no ingredient, of this name.
            DTypeError: a value on the way is no single number, so that no plain product is the derivative.
        """
        s = require("sympy", "symbolic", "symbolic expressions")
        total = s.Integer(0)
        for path in self.paths(value, by):
            for step in path:
                if isinstance(self[step], np.ndarray):
                    raise DTypeError("only between single numbers is the chain rule a plain product.",
                                     where=f"partials, d{value}/d{by}", given=f"d{step[0]}/d{step[1]} of shape "
                                     f"{self[step].shape}", fix="trace the chain with single numbers")  # fmt: skip
            total += s.Mul(*[self[step] for step in path])
        return total

    def total(self, value: str, by: str) -> Any:
        """Return the derivative of a value by another one, in the symbols of the inputs alone."""
        return self.in_inputs(self.product(value, by))

    def in_inputs(self, expression: Any) -> Any:
        """Return an expression with every value of the chain replaced by what it is, down to the inputs."""
        for name in reversed(list(self.definitions)):
            known = {symbol: self.definitions[name] for symbol in expression.free_symbols if symbol.name == name}
            expression = expression.subs(known)
        return expression

    @property
    def products(self) -> dict[tuple[str, str], Any]:
        """The derivative of the last value by each input, (value, input) → product of the local derivatives."""
        last = list(self.definitions)[-1]
        reached = [name for name in self.inputs if self.paths(last, name)]
        return {(last, name): self.product(last, name) for name in reached}

    def __str__(self) -> str:
        lines = [f"{name} = {expression}" for name, expression in self.definitions.items()]
        lines += [f"d{value}/d{by} = {expression}" for (value, by), expression in self.items()]
        scalar = not any(isinstance(one, np.ndarray) for one in self.values())
        return "\n".join([*lines, *(self._product_lines() if scalar else [])])

    def _product_lines(self) -> list[str]:
        lines = []
        for (value, by), expression in self.products.items():
            ways = [" · ".join(f"d{a}/d{b}" for a, b in path) for path in self.paths(value, by)]
            lines.append(f"d{value}/d{by} = {' + '.join(ways)}")
            if any(len(path) > 1 for path in self.paths(value, by)):
                lines.append(f"{' ' * len(f'd{value}/d{by}')} = {expression}")
        return lines

    def latex(self) -> str:
        """Return the local derivatives as TeX, one line each."""
        s = require("sympy", "symbolic", "symbolic expressions")

        def shown(one: Any) -> str:
            return str(s.latex(s.Array(one.tolist()) if isinstance(one, np.ndarray) else one))

        def letter(name: str) -> str:
            return str(s.latex(s.Symbol(name)))

        return r" \\ ".join(
            rf"\frac{{\partial {letter(value)}}}{{\partial {letter(by)}}} = {shown(one)}"
            for (value, by), one in self.items()
        )

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle \begin{{array}}{{l}}{self.latex()}\end{{array}}$"


def partials(
    what: Graph | Callable[..., Any], /, names: Sequence[str] | None = None, simplify: bool = True, **shapes: Any
) -> Partials:
    """Return all partial derivatives of a chain of values, each by what it is directly made of.

    They come from the reverse rules that training differentiates by, pulled back through the piece of the graph
    between one named value and the next.

    Args:
        what: a function that returns a dictionary of named values, from the first to the last; or a graph.
        names: what to call the outputs of a graph, or of a function that returns a sequence.
        simplify: write each in factors where that is shorter.
        shapes: of the function's arguments; single numbers where none is given.

    Raises:
        MissingExtraError: SymPy is not installed.
        ArgumentError: the values have no names, or names that are not their own.
        GraphError: a primitive has no expression.

    Example:
        >>> from onionskin import ops
        >>> def chain(x, w, y):
        ...     z = w * x
        ...     return {"z": z, "c": (z - y) ** 2}
        >>> print(partials(chain))
        z = w*x
        c = (-y + z)**2
        dz/dw = x
        dz/dx = w
        dc/dz = -2*y + 2*z
        dc/dy = 2*y - 2*z
        dc/dx = dc/dz · dz/dx
              = w*(-2*y + 2*z)
        dc/dw = dc/dz · dz/dw
              = x*(-2*y + 2*z)
        dc/dy = dc/dy
    """
    if isinstance(what, Graph):
        if shapes:
            raise ArgumentError("a graph has its shapes.", where="partials", given=", ".join(shapes),
                                fix="leave them out")  # fmt: skip
        graph, listed = what, list(names or ())
    else:
        graph, listed = _chain(what, names, shapes)
    definitions = {}
    for link in links(graph, listed):
        written: Symbolic = to_sympy(link.forward, inputs=list(link.ingredients))
        definitions[link.name] = written.output
    return Partials(local_partials(graph, listed, simplify), definitions, input_names(graph))


def _chain(
    function: Callable[..., Any], names: Sequence[str] | None, shapes: Mapping[str, Any]
) -> tuple[Graph, list[str]]:
    """Return the graph of a chain and the names of its values."""
    found: list[str] = list(names or ())

    def run(returned: Any) -> Any:
        if isinstance(returned, Mapping):
            found[:] = map(str, returned)
            return [as_node(one) for one in returned.values()]
        if not found:
            raise ArgumentError(
                "the values of a chain need names.",
                where="partials",
                expected='a function that returns {"Z1": …, "A1": …, "C": …}',
                given=f"a {type(returned).__name__}",
                fix="return a dictionary, or pass names=",
            )
        return returned

    return traced(function, shapes, "partials", run), found
