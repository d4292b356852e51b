"""Simplification: smaller graphs that compute the same numbers.

Constants are folded, operations that change nothing disappear, chains of movements become one, an einsum of two
operands is one matrix product. Common
subexpressions are shared by the nodes themselves, and dead code is what no output reaches; a rebuilt
graph has neither.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onionskin.base.specs import Spec
from onionskin.graph import CONSTANT, Graph, Node, as_node, make, make_constant, substitute, topological
from onionskin.prims.elementwise import cast
from onionskin.prims.families import TABLE
from onionskin.prims.movement import broadcast_to, reshape, transpose
from onionskin.transforms.contract import as_product

FOLD_LIMIT = 65536  # elements; a folded constant lives as long as the program, so large ones stay operations

Rewrite = Callable[[Node], "Node | None"]


def simplify(graph: Graph, share: bool = True) -> Graph:
    """Return a graph that computes the same from fewer nodes.

    Args:
        graph: what to simplify.
        share: a softmax beside a log-softmax of the same logits is taken from it; without, it stays as it was written.
    """
    outputs = substitute(graph.outputs, {}, visit=_rebuilt, keep=False)
    if not share:
        return Graph(graph.inputs, tuple(outputs), graph.name)
    outputs = substitute(outputs, {}, visit=_sharing(topological(outputs)), keep=False)
    return Graph(graph.inputs, tuple(outputs), graph.name)


def _sharing(nodes: Sequence[Node]) -> Callable[[Node, tuple[Any, ...]], Node]:
    """Return what lets a softmax beside a log-softmax of the same logits be the exponential of it."""
    logs = {(node.inputs[0], node.params["axis"]) for node in nodes if node.primitive.name == "log_softmax"}

    def visit(node: Node, inputs: tuple[Any, ...]) -> Node:
        if node.primitive.name == "softmax" and (node.inputs[0], node.params["axis"]) in logs:
            shared: Node = TABLE["exp"](TABLE["log_softmax"](inputs[0], axis=node.params["axis"]))
            return shared
        return make(node.primitive, inputs, node.params) if node.inputs else node

    return visit


def _rebuilt(node: Node, inputs: tuple[Any, ...]) -> Node:
    if not node.inputs:
        return node
    same = all(new is old for new, old in zip(inputs, node.inputs, strict=True))
    node = node if same else make(node.primitive, inputs, node.params)
    constant = _folded(node)
    return _reduced(node) if constant is None else constant


def constant_value(node: Node) -> np.ndarray | None:
    """Return the array of a constant node, None for any other."""
    return node.params["value"].array if node.primitive is CONSTANT else None


def uniform_value(node: Node) -> float | int | bool | None:
    """Return the one number that all elements of a constant (also broadcast) have, or None."""
    casts: list[str] = []
    while node.primitive.name in ("broadcast_to", "reshape", "cast") and node.inputs:
        if node.primitive.name == "cast":
            casts.append(node.dtype)
        node = node.inputs[0]
    array = constant_value(node)
    if array is None or array.size != 1 or array.dtype.kind not in "fiub":
        return None
    with np.errstate(all="ignore"):
        for dtype in reversed(casts):
            array = array.astype(dtype)
    value: float | int | bool = array.reshape(-1)[0].item()
    return value


def _folded(node: Node) -> Node | None:
    """Return the constant that an operation on constants alone amounts to."""
    if node.primitive.kind in ("random", "control", "custom", "grammar") or not isinstance(node.spec, Spec):
        return None
    if node.spec.size > FOLD_LIMIT:
        return None
    arrays = [constant_value(one) for one in node.inputs]
    if any(array is None for array in arrays) or node.primitive.name == "broadcast_to":
        return None  # a broadcast constant is kept as the small one
    with np.errstate(all="ignore"):
        value = np.asarray(node.primitive.value(*arrays, **node.params))
    return make_constant(value.astype(node.dtype, copy=False))


def _reduced(node: Node) -> Node:
    if node.primitive.kind == "movement" and len(node.inputs) == 1 and not _is_broadcast_number(node):
        value = uniform_value(node.inputs[0])
        if value is not None:  # a moved constant of equal elements is the broadcast of one number
            return _uniform(value, node)
    if node.primitive.kind == "elementwise" and node.ndim:
        numbers = [_one_number(one) for one in node.inputs]
        if all(one is not None for one in numbers):  # of numbers spread out, do it to the numbers
            inner = make(node.primitive, tuple(one for one in numbers if one is not None), node.params)
            spread: Node = broadcast_to(_rebuilt(inner, inner.inputs), shape=node.shape)
            return spread
    if node.primitive.kind == "elementwise" and len(node.inputs) > 1:
        node = _without_broadcasts(node)
    rule = _RULES.get(node.primitive.name)
    replacement = rule(node) if rule else None
    return node if replacement is None else replacement


def _uniform(value: float, node: Node) -> Node:
    """Return one number broadcast to the shape of a node."""
    spread: Node = broadcast_to(as_node(np.asarray(value, node.dtype)), shape=node.shape)
    return spread


def _is_broadcast_number(node: Node) -> bool:
    return node.primitive.name == "broadcast_to" and node.inputs[0].shape == ()


def _one_number(node: Node) -> Node | None:
    """Return the constant of one number that a node is, or is the broadcast of."""
    inner = node.inputs[0] if _is_broadcast_number(node) else node
    return inner if inner.primitive is CONSTANT and inner.shape == () else None


def _without_broadcasts(node: Node) -> Node:
    """Let an elementwise operation broadcast its operands itself where its shape stays the same."""
    for index, one in enumerate(node.inputs):
        if one.primitive.name == "broadcast_to":
            inputs = (*node.inputs[:index], one.inputs[0], *node.inputs[index + 1 :])
            shorter = make(node.primitive, inputs, node.params)
            if shorter.spec == node.spec:
                return _without_broadcasts(shorter)
    return node


# --- rules; each returns what stands in the node's place, or None ---


def _fitted(x: Node, node: Node) -> Node:
    return x if x.shape == node.shape else broadcast_to(x, shape=node.shape)


def _add(node: Node) -> Node | None:
    a, b = node.inputs
    if uniform_value(b) == 0:
        return _fitted(a, node)
    return _fitted(b, node) if uniform_value(a) == 0 else None


def _subtract(node: Node) -> Node | None:
    a, b = node.inputs
    if uniform_value(b) == 0:
        return _fitted(a, node)
    return _fitted(TABLE["negative"](b), node) if uniform_value(a) == 0 else None


def _multiply(node: Node) -> Node | None:
    # times 0 is not simplified: 0·NaN and 0·inf are NaN
    a, b = node.inputs
    for one, other in ((a, b), (b, a)):
        scale = uniform_value(one)
        if scale == 1:
            return _fitted(other, node)
        if scale == -1:
            return _fitted(TABLE["negative"](other), node)
    return None


def _divide(node: Node) -> Node | None:
    a, b = node.inputs
    return _fitted(a, node) if uniform_value(b) == 1 else None


def _power(node: Node) -> Node | None:
    a, b = node.inputs
    exponent = uniform_value(b)
    if exponent == 1:
        return _fitted(a, node)
    return _fitted(TABLE["multiply"](a, a), node) if exponent == 2 else None


def _negative(node: Node) -> Node | None:
    (x,) = node.inputs
    return x.inputs[0] if x.primitive.name == "negative" else None


def _cast(node: Node) -> Node | None:
    (x,) = node.inputs
    return x if x.dtype == node.dtype else None


def _reshape(node: Node) -> Node | None:
    (x,) = node.inputs
    if x.shape == node.shape:
        return x
    return reshape(x.inputs[0], shape=node.params["shape"]) if x.primitive.name == "reshape" else None


def _transpose(node: Node) -> Node | None:
    (x,), perm = node.inputs, node.params["perm"]
    if perm == tuple(range(len(perm))):
        return x
    if x.primitive.name != "transpose":
        return None
    inner = x.params["perm"]
    joint: Node = transpose(x.inputs[0], perm=tuple(inner[axis] for axis in perm))
    shorter = _transpose(joint)
    return joint if shorter is None else shorter


def _broadcast(node: Node) -> Node | None:
    (x,) = node.inputs
    if x.shape == node.shape:
        return x
    inner = x.primitive.name == "broadcast_to"
    return broadcast_to(x.inputs[0], shape=node.params["shape"]) if inner else None


def _slice(node: Node) -> Node | None:
    return node.inputs[0] if node.shape == node.inputs[0].shape else None


def _pad(node: Node) -> Node | None:
    x, fill = node.inputs
    if node.shape == x.shape:
        return x
    # all zeros, padded with zeros
    if uniform_value(x) == 0 and uniform_value(fill) == 0:
        return _uniform(0, node)
    return None


def _sum(node: Node) -> Node | None:
    x, axis = node.inputs[0], node.params["axis"]
    if not axis:
        same: Node = x if x.dtype == node.dtype else cast(x, dtype=node.dtype)
        return same
    if all(x.shape[one] == 1 for one in axis) and x.dtype == node.dtype:
        flat: Node = reshape(x, shape=node.shape)
        return flat
    return None


_RULES: dict[str, Rewrite] = {
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "divide": _divide,
    "power": _power,
    "negative": _negative,
    "cast": _cast,
    "reshape": _reshape,
    "transpose": _transpose,
    "broadcast_to": _broadcast,
    "slice": _slice,
    "pad": _pad,
    "sum": _sum,
    "einsum": as_product,
}
