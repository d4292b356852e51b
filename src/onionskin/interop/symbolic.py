"""From a graph to SymPy: every output as an expression, or an array of them, in the symbols of the inputs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError, GraphError, ShapeError, require
from onionskin.base.specs import Spec, is_float
from onionskin.graph import CONSTANT, INPUT, PICK, Graph, Node, make_input, substitute, trace
from onionskin.interop.symbolic_rows import Writer, boxed, empty, row_of

LIMIT = 20_000  # elements of all nodes together; far beyond what anyone reads, and SymPy takes minutes for them
_SHORT = 9  # digits; a float that is written with no more of them is taken for that decimal


@dataclass(frozen=True, eq=False)
class Symbolic:
    """A graph as expressions.

    Attributes:
        inputs: name of each input → its symbol, or the array of its symbols.
        outputs: each output: an expression where it is a single number, else an object array of its shape.
    """

    inputs: dict[str, Any]
    outputs: tuple[Any, ...]

    @property
    def output(self) -> Any:
        """The one output.

        Raises:
            ArgumentError: there are several.
        """
        if len(self.outputs) != 1:
            raise ArgumentError(
                "there are several outputs.", where="Symbolic.output", given=len(self.outputs), fix="use outputs[i]"
            )
        return self.outputs[0]

    @property
    def symbols(self) -> list[Any]:
        """All symbols that stand for inputs, in order."""
        listed = [one for value in self.inputs.values() for one in (value.flat if _is_array(value) else [value])]
        return [one for one in listed if getattr(one, "is_Symbol", False)]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.outputs)

    def __len__(self) -> int:
        return len(self.outputs)

    def __getitem__(self, index: int) -> Any:
        return self.outputs[index]

    def __repr__(self) -> str:
        shown = ", ".join(str(one.tolist()) if _is_array(one) else str(one) for one in self.outputs)
        return f"<symbolic ({', '.join(self.inputs)}) -> {shown}>"

    def latex(self) -> str:
        """Return the outputs as TeX, one line each."""
        s = require("sympy", "symbolic", "symbolic expressions")
        return r" \\ ".join(s.latex(s.Array(one.tolist()) if _is_array(one) else one) for one in self.outputs)

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle \begin{{array}}{{l}}{self.latex()}\end{{array}}$"


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray)


def to_sympy(what: Graph | Callable[..., Any], /, inputs: Any = None, **shapes: Any) -> Symbolic:
    """Return what a graph, or a function of tensors, computes, as SymPy expressions.

    Inputs become real symbols: x for a single number, x_1, x_2 … for a vector, x_1_2 for a matrix. relu is
    Max(0, x), where is Piecewise; constants that are short decimals are exact fractions.

    Args:
        what: a graph, or a function that is traced on float64 tensors.
        inputs: what stands for the inputs instead: a list in their order, or a dictionary by name, of names, SymPy
            expressions, or arrays of them (numbers too).
        shapes: of a function's arguments, by name: () where none is given; a `Spec` where it is no float64.

    Raises:
        MissingExtraError: SymPy is not installed.
        GraphError: a primitive has no expression, or the graph is too large to be read as one.
        ShapeError: what stands for an input has another shape.
        ArgumentError: there is no such input.
        DTypeError: it is neither a graph nor a function.

    Example:
        >>> from onionskin import ops
        >>> to_sympy(lambda x, w: ops.sigmoid(w * x) ** 2).output
        (1 + exp(-w*x))**(-2)
        >>> print(to_sympy(lambda x: ops.sum(x * x), x=(3,)).output)
        x_1**2 + x_2**2 + x_3**2
    """
    graph = what if isinstance(what, Graph) else traced(what, shapes, "to_sympy")
    if isinstance(what, Graph) and shapes:
        raise ArgumentError("a graph has its shapes.", where="to_sympy", given=", ".join(shapes), fix="leave them out")
    s = require("sympy", "symbolic", "symbolic expressions")
    _check_size(graph)
    names = input_names(graph)
    given = _by_name(names, inputs)
    values = {name: _symbols(s, node.spec, name, given.get(name, name))
              for name, node in zip(names, graph.inputs, strict=True)}  # fmt: skip
    outputs = write_out(graph, list(values.values()))
    return Symbolic({name: bare(one) for name, one in values.items()}, tuple(bare(one) for one in outputs))


def traced(
    function: Any, shapes: Mapping[str, Any], where: str, results: Callable[[Any], Any] = lambda returned: returned
) -> Graph:
    """Return the graph of a function of float64 tensors.

    Args:
        function: takes one tensor for each of its arguments.
        shapes: argument → shape or `Spec`; a single number where it is not named.
        where: who asks, for errors.
        results: takes what it returns, and returns the outputs.

    Raises:
        DTypeError: it cannot be called.
        ArgumentError: it has no argument of a name.
    """
    if not callable(function):
        raise DTypeError("a graph or a function is needed.", where=where, given=repr(function))
    known = {name: one for name, one in inspect.signature(function).parameters.items()
             if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)}  # fmt: skip
    for name in shapes:
        if name not in known:
            raise ArgumentError("the function has no argument of this name.", where=where,
                                expected=", ".join(known) or "none", given=name)  # fmt: skip
    names = [name for name, one in known.items() if name in shapes or one.default is one.empty]
    specs = [one if isinstance(one := shapes.get(name, ()), Spec) else Spec(_shape(one), "float64") for name in names]
    positional = {name for name in names if known[name].kind is known[name].POSITIONAL_ONLY}

    def run(*nodes: Any) -> Any:
        by_name = dict(zip(names, nodes, strict=True))
        first = [by_name.pop(name) for name in names if name in positional]
        return results(function(*first, **by_name))

    return trace(run, specs, names, getattr(function, "__name__", "function"))


def _shape(given: Any) -> tuple[int, ...]:
    return (int(given),) if isinstance(given, int | np.integer) else tuple(given)


def _check_size(graph: Graph) -> None:
    total = 0
    for node in graph.nodes:
        specs = node.spec if isinstance(node.spec, tuple) else (node.spec,)
        if not all(spec.known for spec in specs):
            raise ShapeError("every size must be known.", where=f"to_sympy, {graph.name}", given=str(specs[0]),
                             fix="trace the function with the sizes that it is to be shown with")  # fmt: skip
        total += sum(spec.size for spec in specs)
    if total > LIMIT:
        raise GraphError(
            "this graph is too large to be written out element by element.",
            where=f"to_sympy, {graph.name}",
            expected=f"at most {LIMIT:,} elements in all its tensors",
            given=f"{total:,}",
            fix="trace it with fewer samples and units",
        )


def input_names(graph: Graph) -> list[str]:
    """Return a plain name for each input of a graph, no two equal."""
    names: list[str] = []
    for index, node in enumerate(graph.inputs):
        plain = re.sub(r"\W+", "_", node.params["name"]).strip("_") or f"x{index}"
        plain = f"x_{plain}" if plain[0].isdigit() else plain
        free = plain
        count = 1
        while free in names:
            count += 1
            free = f"{plain}_{count}"
        names.append(free)
    return names


def _by_name(names: list[str], inputs: Any) -> dict[str, Any]:
    if inputs is None:
        return {}
    if isinstance(inputs, Mapping):
        unknown = [name for name in inputs if name not in names]
        if unknown:
            raise ArgumentError("there is no such input.", where="to_sympy, inputs", expected=", ".join(names),
                                given=repr(unknown[0]))  # fmt: skip
        return dict(inputs)
    listed = list(inputs) if isinstance(inputs, Sequence) and not isinstance(inputs, str) else [inputs]
    if len(listed) != len(names):
        raise ArgumentError("each input needs something that stands for it.", where="to_sympy, inputs",
                            expected=f"{len(names)}: {', '.join(names)}", given=len(listed))  # fmt: skip
    return dict(zip(names, listed, strict=True))


def _symbols(s: Any, spec: Spec, name: str, given: Any) -> np.ndarray:
    """Return the array of expressions that stands for an input."""
    if isinstance(given, str):
        assumed = {} if spec.dtype == "bool" else {"real": True} if is_float(spec.dtype) else {"integer": True}
        array = empty(spec.shape)
        for place in np.ndindex(array.shape):
            array[place] = s.Symbol("_".join([given, *[str(index + 1) for index in place]]), **assumed)
        return array
    if isinstance(given, np.ndarray | np.generic | bool | int | float) and np.asarray(given).dtype != object:
        array = _boxed_numbers(np.asarray(given))
    else:  # a SymPy matrix or array has its elements in lists
        array = np.array(given.tolist() if hasattr(given, "tolist") else given, object)
    if array.shape != spec.shape:
        raise ShapeError("what stands for an input has another shape.", where=f"to_sympy, input {name!r}",
                         expected=spec.shape, given=array.shape)  # fmt: skip
    for place in np.ndindex(array.shape):
        one = array[place]
        array[place] = number(s, one) if isinstance(one, np.generic | bool | int | float) else s.sympify(one)
    return array


def bare(value: Any) -> Any:
    """Return the one expression of an array without axes, any other array as it is."""
    return value[()] if value.ndim == 0 else value


def number(s: Any, value: Any) -> Any:
    """Return a number of a tensor as an exact one of SymPy where it is a short decimal, else as a Float."""
    kind = np.asarray(value).dtype.kind
    if kind == "b":
        return s.true if value else s.false
    if kind in "iu":
        return s.Integer(int(value))
    if not np.isfinite(value):
        return s.nan if np.isnan(value) else s.oo if value > 0 else -s.oo
    text = np.format_float_scientific(value, trim="-")
    digits = sum(letter.isdigit() for letter in text.partition("e")[0])
    room = _SHORT if np.asarray(value).dtype.itemsize == 8 else 4  # float32 has 7 digits at most
    if digits <= room or (float(value).is_integer() and abs(float(value)) < 2.0**53):
        return s.Rational(text) if not float(value).is_integer() else s.Integer(int(value))
    return s.Float(float(value))


def write_out(graph: Graph, arrays: Sequence[Any]) -> list[np.ndarray]:
    """Return the outputs of a graph as arrays of expressions, from those that stand for its inputs.

    Raises:
        GraphError: a primitive has no expression, or the graph needs an input that is none of its own.
    """
    writer = Writer(write_out)
    s = writer.sympy

    def visit(node: Node, values: tuple[Any, ...]) -> Any:
        if node.primitive is INPUT:
            raise GraphError("the graph needs an input node that is none of its inputs.", where="to_sympy",
                             given=f"input {node.params['name']!r} {node.spec}")  # fmt: skip
        if node.primitive is PICK:
            return values[0][node.params["index"]]
        if node.primitive is CONSTANT:
            return writer.map(lambda one: number(s, one), _boxed_numbers(node.params["value"].array))
        row = row_of(node.primitive)
        if row is None:
            return write_out(defined(node), values)[0]
        found = row(writer, node, values)
        return tuple(map(boxed, found)) if isinstance(found, tuple) else _plain(s, boxed(found))

    mapping = dict(zip(graph.inputs, map(boxed, arrays), strict=True))
    return substitute(graph.outputs, mapping, visit, keep=False)


def _boxed_numbers(array: np.ndarray) -> np.ndarray:
    boxes = empty(array.shape)
    for place in np.ndindex(*array.shape):
        boxes[place] = array[place]  # keeps the dtype of each number, which its digits are read by
    return boxes


def _plain(s: Any, array: np.ndarray) -> np.ndarray:
    """Return an array in which the plain numbers that NumPy put in (sums of nothing) are SymPy's."""
    return boxed(np.frompyfunc(s.sympify, 1, 1)(array)) if array.size else array


def defined(node: Node) -> Graph:
    """Return the plain definition of a fused node as a graph of its inputs."""
    inner = tuple(make_input(one.spec, f"x{index}") for index, one in enumerate(node.inputs))
    assert node.primitive.definition is not None
    return Graph(inner, (node.primitive.definition(*inner, **node.params),), node.primitive.name)
