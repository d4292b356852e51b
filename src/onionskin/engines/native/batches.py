"""Which inputs matrix products read by rows: gathered, converted and scaled while they are packed, never copied.

A training batch reaches its first product (and, transposed, the product of the weights' gradient) through
nothing but reshapes, a cast and operations with one number, such as `x / 255`. Such a chain is part of the
products' packing; where all that an input is needed for is of this kind, its batch is never brought together.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from onionskin.engines.native.fusion import is_product
from onionskin.engines.native.vocabulary import FLOATS
from onionskin.graph import Graph, Node

_SCALING = {"add": "ADD", "subtract": "SUB", "multiply": "MUL", "divide": "DIV"}
_SIDES = {"add": (0, 1), "multiply": (0, 1), "subtract": (1,), "divide": (1,)}  # where the number may stand
Number = Callable[[Node], float | None]
_WHOLE = frozenset({"bool", "uint8", "int8", "uint16", "int16"})  # integers that both float dtypes hold


@dataclass(frozen=True)
class Batch:
    """What a product reads by rows.

    Args:
        source: the input of the graph.
        rows: how many rows it has.
        across: whether the product reads its transpose.
        scaling: names of tile instructions and a number each, applied to each element in turn.
        chain: the nodes between the input and the product.
    """

    source: Node
    rows: int
    across: bool
    scaling: tuple[tuple[str, float], ...]
    chain: tuple[Node, ...]


@dataclass(frozen=True)
class Batches:
    """What is read by rows in a graph.

    Args:
        of: product → what it reads as its first factor.
        absorbed: nodes that need no computation, as they are part of the products.
        ungathered: inputs that nothing but products read.
    """

    of: dict[Node, Batch]
    absorbed: frozenset[Node]
    ungathered: frozenset[Node]


def find_batches(graph: Graph, state: int, number: Number) -> Batches:
    """Return what the products of a graph can read by rows.

    Args:
        graph: what to run.
        state: how many inputs are state, which a step may change before a product has read it.
        number: returns the one number that a node's known value consists of, None where it does not.
    """
    sources = set(graph.inputs[state:])
    found = {}
    for node in graph.nodes:
        if is_product(node) and len(node.shape) == len(node.inputs[0].shape) == 2:
            batch = _batch(node, sources, number)
            if batch is not None:
                found[node] = batch
    users: dict[Node, set[Node]] = {}
    for node in graph.nodes:
        for one in node.inputs:
            users.setdefault(one, set()).add(node)
    outputs = set(graph.outputs)
    while True:  # a chain is absorbed where nothing else needs a part of it
        inside = {one for batch in found.values() for one in batch.chain}
        allowed = inside | set(found)
        broken = [
            head for head, batch in found.items()
            if head.inputs[1] in inside or any(one in outputs or not users[one] <= allowed for one in batch.chain)
        ]  # fmt: skip
        if not broken:
            break
        for head in broken:
            del found[head]
    free = {
        batch.source for batch in found.values()
        if batch.source not in outputs and users[batch.source] <= allowed
        and all(head.inputs[1] is not batch.source for head in found)
    }  # fmt: skip
    return Batches(found, frozenset(inside), frozenset(free))


def _batch(head: Node, sources: set[Node], number: Number) -> Batch | None:
    node, across = head.inputs[0], False
    rows, chain, scaling = node.shape[0], list[Node](), list[tuple[str, float]]()
    while node not in sources:
        name, inputs = node.primitive.name, node.inputs
        if node.primitive.kind not in ("elementwise", "movement") or not inputs:
            return None
        chain.append(node)
        taken = inputs[0]
        if name == "transpose" and node.params["perm"] == (1, 0) and len(chain) == 1:
            across, rows = True, node.shape[1]
        elif name == "cast":
            if node.dtype != head.dtype or taken.dtype not in FLOATS | _WHOLE:
                return None
        elif name in _SCALING and node.dtype == head.dtype:
            known = ((side, number(inputs[side])) for side in _SIDES[name])
            side, factor = next((one for one in known if one[1] is not None), (0, None))
            taken = inputs[1 - side]
            if factor is None or taken.shape != node.shape:
                return None
            scaling.append((_SCALING[name], factor))
        elif name != "stop_gradient" and not (name == "reshape" and taken.shape[:1] == node.shape[:1] == (rows,)):
            return None
        node = taken
    inner = head.inputs[0].shape[0 if across else 1]
    if node.shape[:1] != (rows,) or math.prod(node.shape[1:]) != inner:
        return None
    return Batch(node, rows, across, tuple(reversed(scaling)), tuple(chain))
