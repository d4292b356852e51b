"""Forward mode, from the reverse rules alone: the derivative along a direction.

The pullback u ↦ uᵀ·J is linear in u, and pulling v back through it gives J·v. So each primitive needs
one derivative rule, not two (the transposition that Bradbury and others describe for JAX, read the other way).
"""

from __future__ import annotations

from onionskin.base.specs import is_float
from onionskin.graph import Graph, make_input, substitute
from onionskin.prims.movement import zeros
from onionskin.transforms.reverse import pullback


def push_forward(graph: Graph) -> Graph:
    """Return the graph (inputs…, tangents of the float inputs…) -> (outputs…, tangents of the float outputs…).

    dy = J·dx for each float output y.
    """
    moving = [node for node in graph.inputs if is_float(node.dtype)]
    tangents = tuple(make_input(node.spec, f"d{node.params['name']}") for node in moving)
    floats = [node for node in graph.outputs if is_float(node.dtype)]
    probes = [make_input(node.spec) for node in floats]
    back = pullback(floats, probes, moving)  # linear in the probes, so that any value of theirs will do below
    pushed = substitute(pullback(back, tangents, probes), {probe: zeros(probe.spec) for probe in probes})
    return Graph((*graph.inputs, *tangents), (*graph.outputs, *pushed), f"{graph.name}_jvp")
