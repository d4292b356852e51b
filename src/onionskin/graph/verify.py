"""The verifier: re-derives every node's shape and dtype and checks the form of a graph."""

from __future__ import annotations

from onionskin.base.errors import GraphError, OnionskinError
from onionskin.graph.graph import Graph, free_inputs
from onionskin.graph.primitive import INPUT


def check_closed(graph: Graph) -> None:
    """Check that a graph needs no input nodes but its own.

    Raises:
        GraphError: it does: a tensor was kept from an earlier trace.
    """
    strangers = free_inputs(graph)
    if strangers:
        raise GraphError(
            "the graph needs an input node that is none of its inputs.",
            where=graph.name,
            given=f"input {strangers[0].params['name']!r} {strangers[0].spec}",
            fix="pass the tensor as an argument instead of keeping it from an earlier trace",
        )


def verify(graph: Graph) -> Graph:
    """Check a graph and return it.

    Every node comes after its inputs, every input node is one of the graph's own, no node is part of
    a mere description, and each node's spec is what its primitive's shape rule derives again.

    Raises:
        GraphError: the first thing that is wrong, with the node.
    """
    for node in graph.inputs:
        if node.primitive is not INPUT:
            raise GraphError("an input of the graph is no input node.", where=graph.name, given=repr(node))
    if len(set(graph.inputs)) != len(graph.inputs):
        raise GraphError("an input node stands twice among the inputs.", where=graph.name)
    check_closed(graph)
    seen: set[int] = set()
    for node in graph.nodes:
        if any(id(one) not in seen for one in node.inputs):
            raise GraphError("a node comes before one of its inputs.", where=graph.name, given=repr(node))
        seen.add(id(node))
        if node.described:
            raise GraphError(
                "the graph holds a tensor of a model's description, which has no numbers.",
                where=graph.name,
                given=repr(node),
                fix="call the model on the graph's own inputs",
            )
        try:
            spec = node.primitive.spec(*[one.spec for one in node.inputs], **node.params)
        except OnionskinError as error:
            raise error.within(f"{graph.name}: node {node.primitive.name}") from None
        if spec != node.spec:
            raise GraphError(
                "a node's shape or dtype is not what its primitive derives.",
                where=f"{graph.name}: node {node.primitive.name}",
                expected=spec,
                given=node.spec,
            )
    return graph
