"""Reverse mode: from a graph to the graph of its gradients, peeled from the outputs inwards.

    x̄ = Σ over users y of x:  vjp_y(ȳ)        (the bar is the derivative of the result by the value)

Walk the nodes from the outputs back; each hands every input its share of the derivative, by the rule
that stands in its primitive's record; shares of one node add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import DTypeError, GraphError, ShapeError
from onionskin.base.specs import is_float
from onionskin.graph import PICK, Graph, Node, Primitive, as_node, make_input, substitute, topological
from onionskin.prims.movement import zeros


def pullback(outputs: Sequence[Node], cotangents: Sequence[Any], wrt: Sequence[Node]) -> list[Node]:
    """Return the cotangents of some nodes, given those of the outputs.

    Args:
        outputs: nodes that were computed.
        cotangents: derivative of the result by each output, of the output's shape; None for none.
        wrt: nodes to reach; an input, or any node on the way.

    Returns:
        One node for each of `wrt`, of its shape; zeros where the outputs do not depend on it.
    """
    bars = cotangents_of(outputs, cotangents, wrt)
    return [bars[node] if node in bars else zeros(node.spec) for node in wrt]


def cotangents_of(outputs: Sequence[Node], cotangents: Sequence[Any], wrt: Sequence[Node]) -> dict[Node, Node]:
    """Return the cotangents of all nodes on the way to some, where the outputs depend on them.

    Arguments as in `pullback`.
    """
    order = topological(outputs, stop=())
    needed = set(wrt)  # nodes through which one of `wrt` is reached
    for node in order:
        if node not in needed and _passes_on(node.primitive) and any(one in needed for one in node.inputs):
            needed.add(node)
    ends = set(wrt)
    bars: dict[Node, Any] = {}  # cotangent so far; for a node of several outputs a dict by index
    for node, cotangent in zip(outputs, cotangents, strict=True):
        if cotangent is not None and node in needed:
            _receive(bars, node, as_node(cotangent))
    for node in reversed(order):
        if node not in bars or node not in needed or (node in ends and not _through(node, needed)):
            continue
        for one, share in zip(node.inputs, _shares(node, bars[node]), strict=True):
            if share is not None and one in needed:
                _receive(bars, one, share)
    return {node: bar for node, bar in bars.items() if isinstance(bar, Node)}


def _passes_on(primitive: Primitive) -> bool:
    """Tell whether a primitive has a derivative at all; what lies before one that has none need not be asked."""
    return primitive is PICK or primitive.vjp is not None or primitive.definition is not None


def _through(node: Node, needed: set[Node]) -> bool:
    return _passes_on(node.primitive) and any(one in needed for one in node.inputs)


def _receive(bars: dict[Node, Any], node: Node, share: Any) -> None:
    """Add a share to a node's cotangent; what a pick receives waits under its index."""
    if node.primitive is PICK:
        slots = bars.setdefault(node.inputs[0], {})
        index = node.params["index"]
        slots[index] = slots[index] + share if index in slots else share
    bars[node] = bars[node] + share if node in bars else share


def _shares(node: Node, bar: Any) -> Sequence[Any]:
    """Return what each input receives from a node whose cotangent is known."""
    primitive = node.primitive
    if primitive is PICK:
        return (None,)  # delivered when the pick itself received it
    if isinstance(node.spec, tuple):
        bar = tuple(bar.get(index, None) for index in range(len(node.spec)))
        bar = tuple(zeros(spec) if one is None else one for one, spec in zip(bar, node.spec, strict=True))
    if primitive.vjp is not None:
        extra = {"pullback": pullback} if primitive.kind == "control" else {}
        return primitive.vjp(bar, node, *node.inputs, **node.params, **extra)  # type: ignore[no-any-return]
    if primitive.definition is not None:
        inner = tuple(make_input(one.spec) for one in node.inputs)
        expanded = primitive.definition(*inner, **node.params)
        parts = pullback([expanded], [bar], inner)
        return substitute(parts, dict(zip(inner, node.inputs, strict=True)))
    return (None,) * len(node.inputs)


def differentiate(graph: Graph, wrt: Sequence[int] = (0,), with_value: bool = False) -> Graph:
    """Return the graph of the gradients of a graph's first output, which must be a single number.

    Args:
        graph: its first output is the loss, of shape (); further outputs pass through.
        wrt: positions of the inputs to differentiate by.
        with_value: put the graph's own outputs before the gradients.

    Raises:
        ShapeError: the first output is not a single number.
        DTypeError: the output or an input is no float.
    """
    loss = graph.outputs[0]
    if loss.shape != ():
        raise ShapeError(
            "a gradient needs a single number to be the gradient of.",
            where=graph.name,
            expected="a result of shape ()",
            given=f"shape {loss.shape}",
            fix="take ops.sum or ops.mean of the result first",
        )
    if not is_float(loss.dtype):
        raise DTypeError("only a float has a gradient.", where=graph.name, given=f"a result of dtype {loss.dtype}")
    nodes = []
    for position in wrt:
        if not -len(graph.inputs) <= position < len(graph.inputs):
            raise GraphError(
                "there is no such input to differentiate by.",
                where=graph.name,
                expected=f"0 to {len(graph.inputs) - 1}",
                given=position,
            )
        node = graph.inputs[position]
        if not is_float(node.dtype):
            raise DTypeError(
                "only a float has a gradient.", where=f"{graph.name}, input {position}", given=f"dtype {node.dtype}"
            )
        nodes.append(node)
    gradients = pullback([loss], [np.ones((), loss.dtype)], nodes)
    own = graph.outputs if with_value else graph.outputs[1:]
    outputs = (*own, *gradients) if with_value else (*gradients, *own)
    return Graph(graph.inputs, outputs, f"{graph.name}_gradient")
