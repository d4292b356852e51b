"""What runs inside an operation that holds graphs, a loop or a choice: its bodies on the numbers they were given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from onionskin.base.specs import Spec
from onionskin.graph import CONSTANT, INPUT, PICK, Graph, Node
from onionskin.prims import TABLE

Run = tuple[Graph, list[np.ndarray], int | None]  # body, its arguments, the turn of a loop


def runs(node: Node, inputs: Sequence[np.ndarray]) -> Iterator[Run]:
    """Yield what an operation runs inside: the branch that was chosen, the turns of a loop in their order.

    Args:
        node: a `cond` or a `scan`.
        inputs: the numbers of its inputs.
    """
    params = node.params
    if node.primitive is TABLE["cond"]:
        yield params["on_true" if inputs[0] else "on_false"], list(inputs[1:]), None
    elif node.primitive is TABLE["scan"]:
        carries, sequences, body = params["carries"], params["sequences"], params["body"]
        state = list(inputs[:carries])
        turns = range(params["length"])
        for turn in reversed(turns) if params["reverse"] else turns:
            rows = [np.asarray(one[turn]) for one in inputs[carries : carries + sequences]]
            arguments = [*state, *rows, *inputs[carries + sequences :]]
            yield body, arguments, turn
            values = evaluated(body, arguments)
            state = [number_of(one, values) for one in body.outputs[:carries]]


def evaluated(graph: Graph, arguments: Sequence[np.ndarray]) -> dict[Node, np.ndarray]:
    """Return the numbers of every node of a graph that has one output and is no constant."""
    values: dict[Node, np.ndarray] = {}
    several: dict[Node, tuple[np.ndarray, ...]] = {}
    given = dict(zip(graph.inputs, arguments, strict=True))
    with np.errstate(all="ignore"):
        for node in graph.nodes:
            if node.primitive is INPUT:
                values[node] = given[node]
            elif node.primitive is PICK:
                values[node] = np.asarray(several[node.inputs[0]][node.params["index"]])
            elif node.primitive is not CONSTANT:
                result = node.primitive.value(*[number_of(one, values) for one in node.inputs], **node.params)
                if isinstance(node.spec, Spec):
                    values[node] = np.asarray(result)
                else:
                    several[node] = result
    return values


def number_of(node: Node, values: dict[Node, np.ndarray]) -> np.ndarray:
    """Return the numbers of a node or a constant."""
    return np.asarray(node.params["value"].array) if node.primitive is CONSTANT else values[node]


def names_within(graph: Graph) -> dict[Node, str]:
    """Return names for the nodes of a body: those of its inputs, and %0, %1 … for what it computes."""
    names: dict[Node, str] = {}
    count = 0
    for place, node in enumerate(dict.fromkeys([*graph.inputs, *graph.nodes])):
        if node.primitive is INPUT:
            label = str(node.params["name"])
            names[node] = label if label and label not in names.values() else f"{label or 'input'}#{place}"
        elif node.primitive is not CONSTANT and isinstance(node.spec, Spec):
            names[node], count = f"%{count}", count + 1
    return names
