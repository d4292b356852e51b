"""What each use of a value adds to its derivative: where a value is used several times, its derivative is their sum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from onionskin.base.specs import Spec, is_float
from onionskin.explain.recording import Recording
from onionskin.graph import CONSTANT, PICK, Graph, Node, make_input, replay, substitute, topological
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
            found.update(_of(step.gradients, node))
    return dict(zip(found, _simplified(step, list(found.values()), step.gradients.values()), strict=True))


def makers_of(step: Recording) -> dict[Node, Node]:
    """Return, for each operation of the backward pass, the forward node whose derivative it is part of.

    Args:
        step: the step.
    """
    ends = [node for node in step.nodes if isinstance(node.spec, Spec) and is_float(node.dtype)]
    bars = cotangents_of([step.loss], [np.ones((), step.loss.dtype)], ends)
    made: dict[Node, Node] = {}
    done = set(step.nodes)
    for inner in (True, False):  # what operations hand back, then the sums of what inputs are handed
        for node in reversed(step.nodes):
            own = _of(bars, node).values() if inner else [bars[node]] if node in bars else []
            for one in topological(own, stop=done):
                made[one] = node
                done.add(one)
    raw = [node for node in made if isinstance(node.spec, Spec)]
    found: dict[Node, Node] = {}
    for new, old in zip(_simplified(step, raw), raw, strict=True):
        found.setdefault(new, made[old])
    # What simplifying has put in between goes with what it is used by.
    for node in reversed(topological(step.gradients.values(), stop=step.nodes)):
        for one in node.inputs:
            if node in found:
                found.setdefault(one, found[node])
    return found


def _simplified(step: Recording, nodes: Sequence[Node], known: Iterable[Node] = ()) -> list[Node]:
    """Return nodes of the backward pass as they run, where forward nodes and those that are known stay as they are."""
    kept = [*step.graph.inputs, *[node for node in step.nodes if isinstance(node.spec, Spec)], *known]
    flat = simplify(Graph(step.graph.inputs, (*kept, *nodes)), share=False).outputs
    renamed = {new: old for new, old in zip(flat, kept, strict=False) if new is not old}
    return substitute(flat[len(kept) :], renamed)


def _of(bars: Mapping[Node, Node], node: Node) -> dict[Use, Node]:
    """Return what one operation hands back to each of its inputs, given the derivatives by its outputs."""
    if not node.inputs or node.primitive is PICK:
        return {}
    # Each place gets a stand-in, so that x · x has two shares, and what leads from one input to another is not counted.
    places = [one if one.primitive is CONSTANT else make_input(one.spec) for one in node.inputs]
    again = replay(node, tuple(places))
    if isinstance(again, tuple):
        picked = {one.params["index"]: one for one in bars if one.primitive is PICK and one.inputs[0] is node}
        pairs = [(again[index], bars[one]) for index, one in picked.items()]
    else:
        pairs = [(again, bars[node])] if node in bars else []
    if not pairs:
        return {}
    handed = cotangents_of([one for one, _ in pairs], [bar for _, bar in pairs], places)
    back = dict(zip(places, node.inputs, strict=True))
    uses = [(index, handed[place]) for index, place in enumerate(places) if place in handed]
    shares = substitute([bar for _, bar in uses], back)
    return {(node, index): share for (index, _), share in zip(uses, shares, strict=True)}
