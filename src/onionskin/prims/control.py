"""Control primitives: `cond` and `scan`, which hold graphs and differentiate them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import ShapeError
from onionskin.base.specs import Spec, is_float
from onionskin.graph import CONSTANT, PICK, Graph, Node, Primitive, make_input, substitute
from onionskin.prims.families import define
from onionskin.prims.movement import zeros

Pullback = Callable[..., list[Any]]


def run_graph(graph: Graph, args: Sequence[Any]) -> tuple[Any, ...]:
    """Return a graph's outputs on arrays, one node after the other."""

    def visit(node: Node, inputs: tuple[Any, ...]) -> Any:
        if node.primitive is CONSTANT:
            return node.params["value"].array
        if node.primitive is PICK:
            return inputs[0][node.params["index"]]
        return node.primitive.value(*inputs, **node.params)

    return tuple(substitute(graph.outputs, dict(zip(graph.inputs, args, strict=True)), visit, keep=False))


def _differentiable(nodes: Sequence[Node]) -> list[int]:
    return [index for index, node in enumerate(nodes) if is_float(node.dtype)]


# --- cond ---


def _cond_spec(pred: Spec, *operands: Spec, on_true: Graph, on_false: Graph) -> tuple[Spec, ...]:
    if pred != Spec((), "bool"):
        raise ShapeError("the predicate of cond is one truth value.", expected="bool[]", given=str(pred))
    if on_true.out_specs != on_false.out_specs:
        raise ShapeError(
            "the two branches of cond return different shapes or dtypes.",
            expected=f"true branch: {', '.join(map(str, on_true.out_specs))}",
            given=f"false branch: {', '.join(map(str, on_false.out_specs))}",
        )
    return on_true.out_specs


def _cond_value(pred: Any, *operands: Any, on_true: Graph, on_false: Graph) -> tuple[Any, ...]:
    return run_graph(on_true if pred else on_false, operands)


def _cond_vjp(
    g: tuple[Node, ...], y: Node, pred: Node, *operands: Node, on_true: Graph, on_false: Graph, pullback: Pullback
) -> tuple[Any, ...]:
    wanted = _differentiable(operands)

    def backward(branch: Graph) -> Graph:
        inputs = branch.inputs
        fresh = tuple(_input_like(node) for node in g)
        back = pullback(branch.outputs, fresh, [inputs[index] for index in wanted])
        return Graph((*inputs, *fresh), tuple(back), f"{branch.name}_backward")

    parts = cond(pred, *operands, *g, on_true=backward(on_true), on_false=backward(on_false)) if wanted else ()
    back: list[Any] = [None] * len(operands)
    for index, part in zip(wanted, parts, strict=True):
        back[index] = part
    return (None, *back)


def _input_like(node: Node) -> Node:
    return make_input(node.spec, "g")


cond: Primitive = define(
    Primitive(
        "cond",
        "control",
        _cond_spec,
        _cond_value,
        _cond_vjp,
        formula=r"({0}\,?\,\cdot : \cdot)",
        domain=(),
        fresh=False,
    )
)

# --- scan ---
# operands: carries…, sequences… (first axis is time), constants…
# body: (carries…, slices…, constants…) -> (carries…, outputs…)


def _scan_spec(*specs: Spec, body: Graph, carries: int, sequences: int, length: int, reverse: bool) -> tuple[Spec, ...]:
    slices = specs[carries : carries + sequences]
    for index, sequence in enumerate(slices):
        if sequence.ndim == 0 or sequence.shape[0] != length:
            raise ShapeError(f"sequence {index} of scan has another length.", expected=length, given=sequence.shape)
    seen = (*specs[:carries], *[Spec(one.shape[1:], one.dtype) for one in slices], *specs[carries + sequences :])
    if seen != body.in_specs:
        raise ShapeError(
            "scan's body was recorded for other shapes.",
            expected=", ".join(map(str, body.in_specs)),
            given=", ".join(map(str, seen)),
        )
    if body.out_specs[:carries] != specs[:carries]:
        raise ShapeError(
            "scan's body must return its carries with the shape and dtype it got them in.",
            expected=", ".join(map(str, specs[:carries])),
            given=", ".join(map(str, body.out_specs[:carries])),
        )
    stacked = tuple(Spec((length, *one.shape), one.dtype) for one in body.out_specs[carries:])
    return (*specs[:carries], *stacked)


def _scan_value(*args: Any, body: Graph, carries: int, sequences: int, length: int, reverse: bool) -> tuple[Any, ...]:
    state = list(args[:carries])
    rows, constants = args[carries : carries + sequences], args[carries + sequences :]
    outputs: list[Any] = [np.empty((length, *spec.shape), spec.dtype) for spec in body.out_specs[carries:]]
    for step in reversed(range(length)) if reverse else range(length):
        results = run_graph(body, (*state, *[row[step] for row in rows], *constants))
        state = list(results[:carries])
        for output, result in zip(outputs, results[carries:], strict=True):
            output[step] = result
    return (*state, *outputs)


def _with_carries(body: Graph, carries: int) -> Graph:
    """Return the body that also puts out the carries each step began with."""
    return Graph(body.inputs, (*body.outputs, *body.inputs[:carries]), body.name)


def _scan_vjp(
    g: tuple[Node, ...],
    y: Node,
    *operands: Node,
    body: Graph,
    carries: int,
    sequences: int,
    length: int,
    reverse: bool,
    pullback: Pullback,
) -> tuple[Any, ...]:
    """Run backwards over time, recomputing each step from the carries it began with."""
    setting = {"carries": carries, "sequences": sequences, "length": length, "reverse": reverse}
    begun = scan(*operands, body=_with_carries(body, carries), **setting)[len(body.outputs) :]
    inputs = body.inputs
    moving = [index for index in _differentiable(inputs) if index < carries]
    rows = [index for index in _differentiable(inputs) if carries <= index < carries + sequences]
    fixed = [index for index in _differentiable(inputs) if index >= carries + sequences]
    g_out = [_input_like(node) for node in body.outputs]
    back = pullback(body.outputs, g_out, [inputs[index] for index in (*moving, *rows, *fixed)])
    d_moving, d_rows = back[: len(moving)], back[len(moving) : len(moving) + len(rows)]
    totals = [_input_like(inputs[index]) for index in fixed]
    d_fixed = [total + part for total, part in zip(totals, back[len(moving) + len(rows) :], strict=True)]
    # the reversed body carries the cotangents of the float carries and the sums for the constants
    carried = [g_out[index] for index in moving]
    mute = {g_out[index]: zeros(g_out[index].spec) for index in range(carries) if index not in moving}
    results = substitute((*d_moving, *d_fixed, *d_rows), mute)
    out_g = g_out[carries:]
    reversed_body = Graph(
        (*carried, *totals, *inputs[:carries], *inputs[carries : carries + sequences], *out_g,
         *inputs[carries + sequences :]),
        tuple(results),
        f"{body.name}_backward",
    )  # fmt: skip
    parts = scan(
        *[g[index] for index in moving],
        *[zeros(operands[index].spec) for index in fixed],
        *begun,
        *operands[carries : carries + sequences],
        *g[carries:],
        *operands[carries + sequences :],
        body=reversed_body,
        carries=len(moving) + len(fixed),
        sequences=carries + sequences + len(out_g),
        length=length,
        reverse=not reverse,
    )
    cotangents: list[Any] = [None] * len(operands)
    for index, part in zip((*moving, *fixed, *rows), parts, strict=True):
        cotangents[index] = part
    return tuple(cotangents)


scan: Primitive = define(
    Primitive(
        "scan", "control", _scan_spec, _scan_value, _scan_vjp, formula=r"\operatorname{{scan}}", domain=(), fresh=False
    )
)
