"""Stable forms: logarithms of exponentials are rewritten so that nothing overflows or rounds to 0.

    exp(x) / Σ exp(x)          →  softmax(x)
    softmax(x) / Σ softmax(x)  →  softmax(x)
    ln Σ exp(x)                →  logsumexp(x)
    ln softmax(x)              →  log_softmax(x)
    ln σ(x)                    →  -softplus(-x)
    ln(1 - σ(x))               →  -softplus(x)

The last three also where the probability was first clipped to [ε, 1-ε] with ε ≤ 1e-6: the clip only kept
the logarithm finite, which the stable form is by itself. So cross-entropy of a softmax has the gradient
y - t everywhere, also where a clipped one would have none. Done before differentiation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin.graph import Graph, Node, make, substitute
from onionskin.prims.elementwise import negative, softplus
from onionskin.prims.movement import broadcast_to
from onionskin.prims.reductions import log_softmax, logsumexp, softmax
from onionskin.transforms.simplify import uniform_value

CLIP = 1e-6


def stabilize(graph: Graph) -> Graph:
    """Return a graph with the stable forms in place."""
    return Graph(graph.inputs, tuple(stabilized(graph.outputs)), graph.name)


def stabilized(outputs: Sequence[Node]) -> list[Node]:
    """Return the nodes with the stable forms in place among what they are computed from."""
    return substitute(outputs, {}, visit=_visit, keep=False)


def _visit(node: Node, inputs: tuple[Any, ...]) -> Node:
    if node.inputs and any(new is not old for new, old in zip(inputs, node.inputs, strict=True)):
        node = make(node.primitive, inputs, node.params)
    rule = {"log": _log, "divide": _divide}.get(node.primitive.name)
    stable = rule(node) if rule else None
    return node if stable is None else stable


def _is(node: Node, name: str) -> bool:
    return node.primitive.name == name


def _unclipped(node: Node) -> Node:
    """Return what a clip to [ε, 1-ε] clips, or the node itself."""
    if _is(node, "clip"):
        x, low, high = node.inputs
        bottom, top = uniform_value(low), uniform_value(high)
        if (
            bottom is not None
            and top is not None
            and 0 <= bottom <= CLIP
            and 1 - CLIP <= top <= 1
            and x.shape == node.shape
        ):
            return x
    return node


def _log(node: Node) -> Node | None:
    (x,) = node.inputs
    if _is(x, "sum") and _is(x.inputs[0], "exp"):
        return logsumexp(x.inputs[0].inputs[0], **x.params)  # type: ignore[no-any-return]
    inner = _unclipped(x)
    if _is(inner, "softmax"):
        return log_softmax(inner.inputs[0], **inner.params)  # type: ignore[no-any-return]
    if _is(inner, "sigmoid"):
        return negative(softplus(negative(inner.inputs[0])))  # type: ignore[no-any-return]
    if _is(inner, "subtract") and uniform_value(inner.inputs[0]) == 1:
        rest = _unclipped(inner.inputs[1])
        if _is(rest, "sigmoid") and rest.shape == node.shape:
            return negative(softplus(rest.inputs[0]))  # type: ignore[no-any-return]
    return None


def _divide(node: Node) -> Node | None:
    top, bottom = node.inputs
    if _is(bottom, "broadcast_to"):
        bottom = bottom.inputs[0]
    if not _is(bottom, "sum") or bottom.inputs[0] is not top or not bottom.params["keepdims"]:
        return None
    axis = bottom.params["axis"]
    if _is(top, "softmax") and axis == (top.params["axis"] % top.ndim,):
        return top if top.shape == node.shape else broadcast_to(top, shape=node.shape)
    if _is(top, "exp") and len(axis) == 1:
        result: Node = softmax(top.inputs[0], axis=axis[0])
        return result if result.shape == node.shape else broadcast_to(result, shape=node.shape)
    return None
