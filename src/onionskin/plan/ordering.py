"""The schedule of a graph: the order of its operations, the last use of each value, and what may be overwritten."""

from __future__ import annotations

from dataclasses import dataclass

from onionskin.graph import CONSTANT, INPUT, Graph, Node


@dataclass(frozen=True)
class Schedule:
    """The order of a graph's operations and the end of each value's life.

    Args:
        steps: the nodes that compute something, in order.
        last_use: node → index of the step that uses it last; absent for outputs, which outlive the run.
        overwrites: step index → the input whose memory the step may write its result to.
    """

    steps: tuple[Node, ...]
    last_use: dict[Node, int]
    overwrites: dict[int, Node]


def schedule(graph: Graph, donated: frozenset[Node] = frozenset()) -> Schedule:
    """Return the schedule of a graph.

    Args:
        graph: what to run.
        donated: input nodes whose memory the run may reuse for its results.
    """
    steps = tuple(node for node in graph.nodes if node.primitive not in (INPUT, CONSTANT))
    kept = set(graph.outputs)
    last_use: dict[Node, int] = {}
    for index, node in enumerate(steps):
        for one in node.inputs:
            if one not in kept:
                last_use[one] = index
    return Schedule(steps, last_use, _overwrites(steps, last_use, kept, donated))


def _overwrites(
    steps: tuple[Node, ...], last_use: dict[Node, int], kept: set[Node], donated: frozenset[Node]
) -> dict[int, Node]:
    """Find elementwise steps that may write over an input that dies there.

    Memory is safe to reuse when the value is alone in it: it was freshly made (or donated) and nothing
    that may be a view of it (the result of a movement) was ever taken.
    """
    shared = {one for node in steps if not node.primitive.fresh for one in node.inputs}
    found: dict[int, Node] = {}
    for index, node in enumerate(steps):
        if node.primitive.kind != "elementwise" or not node.primitive.fresh:
            continue
        for one in node.inputs:
            alone = (one in donated or (one.primitive.fresh and one.primitive.kind != "grammar")) and one not in shared
            if alone and one not in kept and last_use[one] == index and one.spec == node.spec:
                found[index] = one
                break
    return found
