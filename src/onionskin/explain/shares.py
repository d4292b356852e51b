"""What each use of a value adds to its derivative: where a value is used several times, its derivative is their sum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from onionskin.explain.recording import Recording
from onionskin.graph import CONSTANT, PICK, Graph, Node, make_input, replay, substitute
from onionskin.transforms import cotangents_of, simplify

Use = tuple[Node, int]  # an operation and the place of one of its inputs


def shares_of(step: Recording, operations: Iterable[Node]) -> dict[Use, Node]:
    """Return, for each input of some operations of a step, the part of its derivative that comes back through there.

    Args:
        step: the step.
        operations: forward nodes of it.

    Returns:
        (operation, place of the input) → node of the share, simplified; nothing where no derivative comes back.

    Example:
        >>> import numpy as np
        >>> from onionskin.explain.recording import record
        >>> step = record(lambda x: x * x + 3 * x, [np.asarray(2.0)])
        >>> shares = shares_of(step, step.nodes)
        >>> numbers = step.run(wanted=list(shares.values()))
        >>> sorted(float(numbers[share]) for use, share in shares.items() if use[0].inputs[use[1]] is step.given[0])
        [2.0, 2.0, 3.0]
    """
    found: dict[Use, Any] = {}
    for node in operations:
        if node.inputs and node.primitive is not PICK:
            found.update(_of(step, node))
    kept = [node for node in step.nodes if not isinstance(node.spec, tuple)]
    known = (*step.graph.inputs, *kept, *step.gradients.values())
    flat = simplify(Graph(step.graph.inputs, (*known, *found.values())), share=False).outputs
    renamed = {new: old for new, old in zip(flat, known, strict=False) if new is not old}
    return dict(zip(found, substitute(flat[len(known) :], renamed), strict=True))


def _of(step: Recording, node: Node) -> dict[Use, Node]:
    """Return what one operation hands back to each of its inputs."""
    # Each place gets a stand-in, so that x · x has two shares, and what leads from one input to another is not counted.
    places = [one if one.primitive is CONSTANT else make_input(one.spec) for one in node.inputs]
    again = replay(node, tuple(places))
    if isinstance(again, tuple):
        picked = {one.params["index"]: one for one in step.gradients if one.primitive is PICK and one.inputs[0] is node}
        pairs = [(again[index], step.gradients[one]) for index, one in picked.items()]
    else:
        pairs = [(again, step.gradients[node])] if node in step.gradients else []
    if not pairs:
        return {}
    bars = cotangents_of([one for one, _ in pairs], [bar for _, bar in pairs], places)
    back = dict(zip(places, node.inputs, strict=True))
    if isinstance(again, Node):
        back[again] = node  # a rule may use the value itself, as that of exp does
    uses = [(index, bars[place]) for index, place in enumerate(places) if place in bars]
    shares = substitute([bar for _, bar in uses], back)
    return {(node, index): share for (index, _), share in zip(uses, shares, strict=True)}
