"""The order of a functional model's parts: by their distance from the outputs, as Keras counts it.

The order decides the paths of weights in files, the order of `get_weights` and that of an optimizer's slots.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from onionskin.graph import CALL, CONSTANT, INPUT, PICK, Node


def _maker(node: Node) -> Node:
    return node.inputs[0] if node.primitive is PICK else node


def _parents(node: Node) -> list[Node]:
    return [_maker(one) for one in node.inputs if one.primitive is not CONSTANT]


def _part(node: Node) -> Any:
    """Return what makes a node: a layer, or the node itself for an input or an operation between layers."""
    return node.params["call"].layer if node.primitive is CALL else node


def _traversed(outputs: Sequence[Node]) -> tuple[list[Node], dict[Any, int]]:
    """Return the nodes, each after its inputs, and the number at which each part was first met on the way there."""
    finished: dict[Node, None] = {}
    first: dict[Any, int] = {}
    stack = [(_maker(node), False) for node in reversed(outputs)]
    while stack:
        node, done = stack.pop()
        if node in finished or node.primitive is CONSTANT:
            continue
        if done:
            finished[node] = None
            continue
        first.setdefault(_part(node), len(first))
        stack.append((node, True))
        stack += [(one, False) for one in reversed(_parents(node)) if one not in finished]
    return list(finished), first


def ordered_parts(inputs: Sequence[Node], outputs: Sequence[Node]) -> list[Any]:
    """Return the parts of a description in order: layers, and nodes for inputs and operations between layers.

    A part stands the earlier the more steps lie between it and the outputs; among equals, the one that is met
    first going back from the outputs.

    Args:
        inputs: the description's inputs.
        outputs: its outputs.

    Example:
        >>> from onionskin.layers import Dense, Input
        >>> x = Input((3,), name="x")
        >>> y = Dense(2, name="last")(Dense(2, name="first")(x))
        >>> [part.name for part in ordered_parts([x], [y])[1:]]
        ['first', 'last']
    """
    nodes, first = _traversed(outputs)
    depth: dict[Node, int] = {}
    part_depth: dict[Any, int] = {}
    for node in reversed(nodes):
        part = _part(node)
        here = max(depth.get(node, 0), part_depth.get(part, 0))
        part_depth[part] = depth[node] = here
        for parent in _parents(node):
            depth[parent] = max(here + 1, depth.get(parent, 0))
    for node in inputs:
        if node.primitive is INPUT and node not in part_depth:
            part_depth[node], first[node] = 0, -1
    by_depth: defaultdict[int, list[Any]] = defaultdict(list)
    for part, one in part_depth.items():
        by_depth[one].append(part)
    return [part for one in sorted(by_depth, reverse=True) for part in sorted(by_depth[one], key=first.__getitem__)]
