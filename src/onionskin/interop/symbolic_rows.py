"""What each primitive does to arrays of SymPy expressions, and which primitives have no expression, with the reason.

A primitive without a row of its own that carries a plain definition is written out by that (sigmoid, softmax, relu …).
Expressions are those of real numbers: nothing rounds, and whole numbers do not wrap around.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import GraphError, require
from onionskin.base.specs import is_float
from onionskin.graph import Graph, Node, Primitive
from onionskin.prims.families import TABLE


class Writer:
    """SymPy at hand, and the way into a graph that a primitive holds.

    Args:
        write: `(graph, arrays) -> arrays`, the outputs of a graph as expressions.
    """

    def __init__(self, write: Callable[[Graph, Sequence[Any]], list[Any]]) -> None:
        self.sympy = require("sympy", "symbolic", "symbolic expressions")
        self.write = write

    def map(self, function: Callable[..., Any], *arrays: Any) -> np.ndarray:
        """Return a function of expressions applied element by element, with broadcasting."""
        return boxed(np.frompyfunc(function, len(arrays), 1)(*arrays))

    def choose(self, condition: Any, yes: Any, no: Any) -> Any:
        """Return `yes` where a condition holds and `no` elsewhere, as one expression."""
        if condition in (self.sympy.true, self.sympy.false):
            return yes if condition == self.sympy.true else no
        return yes if yes == no else self.sympy.Piecewise((yes, condition), (no, True))

    def number(self, truth: Any) -> Any:
        """Return 1 for true and 0 for false."""
        return self.choose(truth, self.sympy.Integer(1), self.sympy.Integer(0))

    def compare(self, relation: Any, a: Any, b: Any) -> Any:
        """Return a < b and its like; of a maximum and numbers, that of the terms: max(0, z) > 0 is z > 0."""
        s = self.sympy
        swapped = {s.Gt: s.Lt, s.Lt: s.Gt, s.Ge: s.Le, s.Le: s.Ge}
        if a.is_number and isinstance(b, s.Max | s.Min):
            relation, a, b = swapped[relation], b, a
        if isinstance(a, s.Max | s.Min) and b.is_number and any(one.is_number for one in a.args):
            join = s.Or if (relation in (s.Gt, s.Ge)) == isinstance(a, s.Max) else s.And
            return join(*[relation(one, b) for one in a.args])
        return relation(a, b)


Row = Callable[[Writer, Node, tuple[Any, ...]], Any]


def empty(shape: Any) -> np.ndarray:
    """Return an array for expressions."""
    array: np.ndarray = np.empty(shape, object)
    return array


def boxed(value: Any) -> np.ndarray:
    """Return an array of expressions, also of a single one, which NumPy would hand out bare."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        return value
    array = empty(())
    array[()] = value
    return array


# --- builders ---


def _each(function: Callable[..., Any]) -> Row:
    """Return the row of an elementwise operation from `(sympy, *expressions) -> expression`."""
    return lambda writer, node, arrays: writer.map(lambda *xs: function(writer.sympy, *xs), *arrays)


def _logic_or(truth: str, function: Callable[..., Any]) -> Row:
    """Return the row of an operation that on truth values is one of logic."""

    def row(writer: Writer, node: Node, arrays: tuple[Any, ...]) -> Any:
        on_truths = node.inputs[0].dtype == "bool"
        return _each((lambda s, *xs: getattr(s, truth)(*xs)) if on_truths else function)(writer, node, arrays)

    return row


def _comparison(name: str) -> Row:
    def row(writer: Writer, node: Node, arrays: tuple[Any, ...]) -> Any:
        relation = getattr(writer.sympy, name)
        if node.inputs[0].dtype == "bool":
            arrays = tuple(writer.map(writer.number, one) for one in arrays)
        return writer.map(lambda a, b: writer.compare(relation, a, b), *arrays)

    return row


def _equality(name: str, on_truths: str) -> Row:
    return _logic_or(on_truths, lambda s, a, b: getattr(s, name)(a, b))


def _reduction(function: Callable[[Any, list[Any]], Any]) -> Row:
    """Return the row of a reduction from `(sympy, elements) -> expression`."""

    def row(writer: Writer, node: Node, arrays: tuple[Any, ...]) -> Any:
        (x,) = arrays
        axes, keepdims = node.params["axis"], node.params["keepdims"]
        if node.inputs[0].dtype == "bool" and node.dtype != "bool":
            x = writer.map(writer.number, x)
        kept = [axis for axis in range(x.ndim) if axis not in axes]
        moved = x.transpose([*kept, *axes]).reshape([*[x.shape[axis] for axis in kept], -1] if x.size else [0])
        shape = [x.shape[axis] for axis in kept]
        y = empty(shape)
        for place in np.ndindex(*shape):
            y[place] = function(writer.sympy, list(moved[place]) if x.size else [])
        return y.reshape(node.shape) if keepdims else y

    return row


def _extreme(on_truths: str, else_: str) -> Row:
    """Return the row of a reduction that on truth values is one of logic; numbers are true where they are not 0."""

    def row(writer: Writer, node: Node, arrays: tuple[Any, ...]) -> Any:
        s, before = writer.sympy, node.inputs[0].dtype
        if node.dtype == "bool" and before != "bool":
            arrays = (writer.map(lambda x: s.Ne(x, 0), arrays[0]),)
        name = on_truths if node.dtype == "bool" else else_
        return _reduction(lambda s, xs: getattr(s, name)(*xs))(writer, node, arrays)

    return row


def _own(name: str) -> Row:
    """Return the row of an operation that only moves elements: its own NumPy value does that to any elements."""
    # a single expression has nowhere to go, and NumPy would put it, as an array, into an array
    return lambda writer, node, arrays: (
        TABLE[name].value(*arrays, **node.params) if node.shape else arrays[0].reshape(())
    )


def _matrices(function: Callable[..., Any]) -> Row:
    """Return the row of an operation on the last two axes from `(sympy, *matrices) -> matrix`, batch by batch."""

    def row(writer: Writer, node: Node, arrays: tuple[Any, ...]) -> Any:
        s = writer.sympy
        batch = np.broadcast_shapes(*[one.shape[:-2] for one in arrays])
        spread = [np.broadcast_to(one, (*batch, *one.shape[-2:])) for one in arrays]
        y = empty(node.shape)
        for place in np.ndindex(*batch):
            found = function(s, node, *[s.Matrix(*one.shape[-2:], list(one[place].flat)) for one in spread])
            y[place] = (
                np.array(found.tolist(), object).reshape(y.shape[len(batch) :]) if hasattr(found, "tolist") else found
            )
        return y

    return row


# --- casts and choice ---


def _truncated(s: Any, x: Any) -> Any:
    return x if x.is_integer else s.sign(x) * s.floor(s.Abs(x))


def _cast(writer: Writer, node: Node, arrays: tuple[Any, ...]) -> Any:
    s, before, after = writer.sympy, node.inputs[0].dtype, node.params["dtype"]
    if before == after:
        return arrays[0]
    if after == "bool":
        return writer.map(lambda x: s.Ne(x, 0), arrays[0])
    if before == "bool":
        return writer.map(writer.number, arrays[0])
    return writer.map(lambda x: _truncated(s, x), arrays[0]) if is_float(before) and not is_float(after) else arrays[0]


def _where(writer: Writer, node: Node, arrays: tuple[Any, ...]) -> Any:
    return writer.map(writer.choose, *arrays)


def _rounded(s: Any, x: Any) -> Any:
    """Return the nearest whole number; of two equally near ones, the even one."""
    half = s.Piecewise((1, s.Eq(s.Mod(x, 2), s.Rational(1, 2))), (0, True))
    return x if x.is_integer else s.floor(x + s.Rational(1, 2)) - half


# --- contractions ---


def _matmul(writer: Writer, node: Node, arrays: tuple[Any, ...]) -> Any:
    if not arrays[0].shape[-1]:
        return np.full(node.shape, writer.sympy.Integer(0), object)
    return np.matmul(*arrays)


def _einsum(writer: Writer, node: Node, arrays: tuple[Any, ...]) -> Any:
    """Multiply every combination of indices out, as the definition says."""
    terms, _, out = node.params["subscripts"].partition("->")
    inputs = terms.split(",")
    sizes = {letter: size for term, x in zip(inputs, arrays, strict=True)
             for letter, size in zip(term, x.shape, strict=True)}  # fmt: skip
    inner = [letter for letter in sizes if letter not in out]
    y = empty(node.shape)
    for place in np.ndindex(*node.shape):
        at = dict(zip(out, place, strict=True))
        parts = []
        for index in np.ndindex(*[sizes[letter] for letter in inner]):
            at.update(zip(inner, index, strict=True))
            factors = [x[tuple(at[letter] for letter in term)] for term, x in zip(inputs, arrays, strict=True)]
            parts.append(writer.sympy.Mul(*factors))
        y[place] = writer.sympy.Add(*parts)
    return y


def _triangle(s: Any, node: Node, a: Any, b: Any) -> Any:
    return a.lower_triangular().LUsolve(b) if node.params["lower"] else a.upper_triangular().LUsolve(b)


def _cholesky(s: Any, node: Node, a: Any) -> Any:
    a = (a + a.T) / 2
    y = s.zeros(*a.shape)
    for row in range(a.shape[0]):
        for column in range(row + 1):
            rest = a[row, column] - sum((y[row, k] * y[column, k] for k in range(column)), s.Integer(0))
            y[row, column] = s.sqrt(rest) if row == column else rest / y[column, column]
    return y


def _slogdet(writer: Writer, node: Node, arrays: tuple[Any, ...]) -> Any:
    s, (x,) = writer.sympy, arrays
    values = empty(x.shape[:-2])
    for place in np.ndindex(*values.shape):
        values[place] = s.Matrix(*x.shape[-2:], list(x[place].flat)).det()
    return writer.map(s.sign, values), writer.map(lambda one: s.log(s.Abs(one)), values)


# --- indexing ---


def whole_numbers(array: Any, name: str) -> np.ndarray:
    """Return indices as NumPy's.

    Raises:
        GraphError: they depend on symbols, so that what they choose is not known.
    """
    for one in array.flat:
        if not one.is_Integer:
            raise GraphError(
                "what an index chooses is not known while the index is a symbol.",
                where=f"to_sympy: primitive {name}",
                expected="indices that are constants of the graph",
                given=str(one),
                fix="give the numbers of the index with inputs=",
            )
    return np.array(array, np.int64)


def _take(writer: Writer, node: Node, arrays: tuple[Any, ...]) -> Any:
    return boxed(np.take(arrays[0], whole_numbers(arrays[1], "take"), axis=node.params["axis"]))


def _one_hot(writer: Writer, node: Node, arrays: tuple[Any, ...]) -> Any:
    s = writer.sympy
    classes = boxed(np.array([s.Integer(k) for k in range(node.params["num_classes"])], object))
    chosen = writer.map(lambda x, k: s.Eq(x, k), arrays[0][..., None], classes)
    return chosen if node.dtype == "bool" else writer.map(writer.number, chosen)


def _scatter(join: Callable[[Any, Any, Any], Any]) -> Row:
    """Return the row of what brings updates to places, from `(sympy, old, update) -> new`."""

    def row(writer: Writer, node: Node, arrays: tuple[Any, ...]) -> Any:
        x, indices, updates = arrays
        before = (slice(None),) * node.params["axis"]
        places, y = whole_numbers(indices, node.primitive.name), np.array(x)
        for index in np.ndindex(*places.shape):
            at = (*before, int(places[index]))
            old, new = boxed(y[at]), boxed(updates[(*before, *index)])
            joined = writer.map(lambda a, b: join(writer.sympy, a, b), old, new)
            y[at] = joined if joined.ndim else joined[()]
        return y

    return row


# --- control: the graphs that are held are written out ---


def _cond(writer: Writer, node: Node, arrays: tuple[Any, ...]) -> Any:
    yes, no = (writer.write(node.params[branch], arrays[1:]) for branch in ("on_true", "on_false"))
    return tuple(writer.map(writer.choose, arrays[0], a, b) for a, b in zip(yes, no, strict=True))


def _scan(writer: Writer, node: Node, arrays: tuple[Any, ...]) -> Any:
    body, carries, sequences, length = (node.params[key] for key in ("body", "carries", "sequences", "length"))
    state, rows = list(arrays[:carries]), arrays[carries : carries + sequences]
    outputs = [empty((length, *spec.shape)) for spec in body.out_specs[carries:]]
    for step in reversed(range(length)) if node.params["reverse"] else range(length):
        parts = writer.write(body, (*state, *[boxed(row[step]) for row in rows], *arrays[carries + sequences :]))
        state = parts[:carries]
        for output, part in zip(outputs, parts[carries:], strict=True):
            output[step] = part[()] if part.ndim == 0 else part
    return (*state, *outputs)


ROWS: dict[str, Row] = {
    "cast": _cast,
    "stop_gradient": _each(lambda s, x: x),
    "add": _logic_or("Or", lambda s, a, b: a + b),
    "subtract": _each(lambda s, a, b: a - b),
    "multiply": _logic_or("And", lambda s, a, b: a * b),
    "divide": _each(lambda s, a, b: a / b),
    "power": _each(lambda s, a, b: a**b),
    "maximum": _logic_or("Or", lambda s, a, b: s.Max(a, b)),
    "minimum": _logic_or("And", lambda s, a, b: s.Min(a, b)),
    "mod": _each(lambda s, a, b: s.Mod(a, b)),
    "floor_divide": _each(lambda s, a, b: s.floor(a / b)),
    "arctan2": _each(lambda s, a, b: s.atan2(a, b)),
    "negative": _each(lambda s, x: -x),
    "abs": _logic_or("Or", lambda s, x: s.Abs(x)),
    "sign": _each(lambda s, x: s.sign(x)),
    "floor": _each(lambda s, x: s.floor(x)),
    "ceil": _each(lambda s, x: s.ceiling(x)),
    "round": _each(_rounded),
    "exp": _each(lambda s, x: s.exp(x)),
    "expm1": _each(lambda s, x: s.exp(x) - 1),
    "log": _each(lambda s, x: s.log(x)),
    "log1p": _each(lambda s, x: s.log(1 + x)),
    "sqrt": _each(lambda s, x: s.sqrt(x)),
    "rsqrt": _each(lambda s, x: 1 / s.sqrt(x)),
    "tanh": _each(lambda s, x: s.tanh(x)),
    "sin": _each(lambda s, x: s.sin(x)),
    "cos": _each(lambda s, x: s.cos(x)),
    "arctan": _each(lambda s, x: s.atan(x)),
    "erf": _each(lambda s, x: s.erf(x)),
    "erfc": _each(lambda s, x: s.erfc(x)),
    "erfinv": _each(lambda s, x: s.erfinv(x)),
    "bessel_i": lambda w, node, xs: w.map(lambda x: w.sympy.besseli(node.params["order"], x), *xs),
    # symbols stand for real numbers, which are finite
    "isfinite": _each(lambda s, x: s.false if x.is_finite is False or x is s.nan else s.true),
    "isnan": _each(lambda s, x: s.true if x is s.nan else s.false),
    "isinf": _each(lambda s, x: s.true if x.is_infinite else s.false),
    "logical_not": _each(lambda s, x: s.Not(x)),
    "logical_and": _each(lambda s, a, b: s.And(a, b)),
    "logical_or": _each(lambda s, a, b: s.Or(a, b)),
    "logical_xor": _each(lambda s, a, b: s.Xor(a, b)),
    "equal": _equality("Eq", "Equivalent"),
    "not_equal": _equality("Ne", "Xor"),
    "less": _comparison("Lt"),
    "less_equal": _comparison("Le"),
    "greater": _comparison("Gt"),
    "greater_equal": _comparison("Ge"),
    "where": _where,
    "clip": _each(lambda s, x, low, high: s.Min(s.Max(x, low), high)),
    "sum": _reduction(lambda s, xs: s.Add(*xs)),
    "prod": _reduction(lambda s, xs: s.Mul(*xs)),
    "max": _extreme("Or", "Max"),
    "min": _extreme("And", "Min"),
    "any": _extreme("Or", "Or"),
    "all": _extreme("And", "And"),
    "cumsum": lambda w, node, xs: np.cumsum(xs[0], axis=node.params["axis"]),
    "matmul": _matmul,
    "einsum": _einsum,
    "det": _matrices(lambda s, node, a: a.det()),
    "inv": _matrices(lambda s, node, a: a.inv()),
    "cofactor": _matrices(lambda s, node, a: a.cofactor_matrix()),
    "solve": _matrices(lambda s, node, a, b: a.LUsolve(b)),
    "solve_triangular": _matrices(_triangle),
    "cholesky": _matrices(_cholesky),
    "slogdet": _slogdet,
    **{name: _own(name) for name in ("reshape", "transpose", "broadcast_to", "concatenate", "slice", "pad", "flip")},
    "take": _take,
    "one_hot": _one_hot,
    "scatter_add": _scatter(lambda s, a, b: a + b),
    "scatter_multiply": _scatter(lambda s, a, b: a * b),
    "scatter_max": _scatter(lambda s, a, b: s.Max(a, b)),
    "scatter_min": _scatter(lambda s, a, b: s.Min(a, b)),
    "cond": _cond,
    "scan": _scan,
}

_BITS = "it acts on the bits of machine numbers, which expressions of real numbers do not have"
_ORDER = "which element comes where depends on the values of all of them"
_ROOTS = "it is found by iteration; roots of a polynomial of any degree have no expression"

GAPS: dict[str, str] = {
    **dict.fromkeys(["bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_not"], _BITS),
    **dict.fromkeys(["left_shift", "right_shift", "bitcast", "nextafter"], _BITS),
    **dict.fromkeys(["sort", "argsort", "argmax", "argmin"], _ORDER),
    **dict.fromkeys(["eig", "eigh", "svd", "singular_values", "pinv"], _ROOTS),
    "lu": "which rows are exchanged depends on the values",
    "qr": "the signs of its factors are those of an algorithm, not of a formula",
    "gcd": "SymPy's gcd of symbols is that of polynomials",
    "fourier": "its roots of unity are not kept as expressions",
    "random_bits": "it draws numbers",
    "random_uniform": "it draws numbers",
}


def row_of(primitive: Primitive) -> Row | None:
    """Return the row of a primitive; None where its definition is to be written out.

    Raises:
        GraphError: it has no expression.
    """
    row = ROWS.get(primitive.name) if TABLE.get(primitive.name) is primitive else None
    if row is None and primitive.definition is None:
        own = "it is made of NumPy functions of the user's, which cannot be read as a formula"
        raise GraphError(
            f"the primitive {primitive.name!r} has no expression in SymPy: {GAPS.get(primitive.name, own)}.",
            where="to_sympy",
            fix="convert the part of the graph before it, or the part behind it",
        )
    return row
