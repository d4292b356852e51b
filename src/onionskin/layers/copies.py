"""How tensors of a description, and graphs, are copied and pickled: as a flat list, however long the chain.

Nodes are shared and known by identity, so a copy records them again: from the copies of the layers that
they are calls of, equal nodes are one node again.
"""

from __future__ import annotations

import copyreg
from collections.abc import Sequence
from typing import Any

from onionskin.graph import (
    CALL,
    CONSTANT,
    INPUT,
    PICK,
    Graph,
    Node,
    Primitive,
    make,
    make_constant,
    make_input,
    topological,
)
from onionskin.prims import TABLE

_GRAMMAR = {one.name: one for one in (CALL, PICK)}
_Step = tuple[Any, tuple[int, ...], Any]  # what makes a node, the places of its inputs, its parameters


def _steps(nodes: Sequence[Node]) -> tuple[list[_Step], list[int]]:
    """Return what makes nodes and all that they depend on, in order, and their places in it."""
    order = topological(nodes)
    places = {id(node): place for place, node in enumerate(order)}
    steps = [_step(node, tuple([places[id(one)] for one in node.inputs])) for node in order]
    return steps, [places[id(node)] for node in nodes]


def _step(node: Node, inputs: tuple[int, ...]) -> _Step:
    if node.primitive is INPUT:
        layer = node.params.get("layer")
        return "input", inputs, (node.spec, node.params["name"], node.described) if layer is None else layer
    if node.primitive is CONSTANT:
        return "constant", inputs, node.params["value"].array
    name = node.primitive.name
    known = _GRAMMAR.get(name, TABLE.get(name)) is node.primitive
    return name if known else node.primitive, inputs, node.params


def _recorded(steps: Sequence[_Step], places: Sequence[int]) -> list[Node]:
    """Return the nodes that steps make."""
    nodes: list[Node] = []
    for kind, inputs, settings in steps:
        if kind == "input":
            nodes.append(make_input(*settings) if isinstance(settings, tuple) else settings.output)
        elif kind == "constant":
            nodes.append(make_constant(settings))
        else:
            primitive = kind if isinstance(kind, Primitive) else _GRAMMAR.get(kind) or TABLE[kind]
            nodes.append(make(primitive, tuple([nodes[place] for place in inputs]), settings))
            if primitive is CALL:
                settings["call"].layer.__dict__.setdefault("_untracked_first_call", nodes[-1])
    return [nodes[place] for place in places]


def _node(steps: Sequence[_Step], place: int) -> Node:
    return _recorded(steps, [place])[0]


def _reduced_node(node: Node) -> tuple[Any, ...]:
    steps, (place,) = _steps([node])
    return _node, (steps, place)


def _graph(steps: Sequence[_Step], inputs: int, places: Sequence[int], name: str) -> Graph:
    nodes = _recorded(steps, places)
    return Graph(tuple(nodes[:inputs]), tuple(nodes[inputs:]), name)


def _reduced_graph(graph: Graph) -> tuple[Any, ...]:
    steps, places = _steps([*graph.inputs, *graph.outputs])
    return _graph, (steps, len(graph.inputs), places, graph.name)


copyreg.pickle(Node, _reduced_node)
copyreg.pickle(Graph, _reduced_graph)
