"""Recording the functions that `scan` and `cond` are given: what they return and what they capture.

A function handed to a control operation may use any tensor of the code around it. What it so captures
becomes a further operand of the operation, so that the graph it holds stands on its own inputs alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from onionskin.base.errors import DTypeError, ShapeError
from onionskin.base.specs import Spec, spec_of
from onionskin.base.trees import TreeDef, flatten, unflatten
from onionskin.graph import CONSTANT, Graph, Node, as_node, concrete, living, make_input, substitute, topological
from onionskin.ops.arguments import tensor


class Leaves:
    """A structure of arrays taken apart; `None` stays where it is and counts as no array."""

    def __init__(self, tree: Any) -> None:
        leaves, self.form = flatten(tree)
        self.static = {place: None for place, leaf in enumerate(leaves) if leaf is None}
        self.values = [tensor(leaf) for leaf in leaves if leaf is not None]

    def put(self, values: Sequence[Any]) -> Any:
        """Return the structure with other values in it."""
        supply = iter(values)
        total = len(values) + len(self.static)
        return unflatten(self.form, [None if place in self.static else next(supply) for place in range(total)])

    @property
    def shape(self) -> tuple[TreeDef, tuple[int, ...]]:
        """The form without the values: equal where two structures are."""
        return self.form, tuple(self.static)

    @property
    def specs(self) -> list[Spec]:
        """Spec of each value."""
        return [spec_of(value) for value in self.values]

    @property
    def recorded(self) -> bool:
        """Whether a value is a tensor that is being traced."""
        return any(isinstance(value, Node) for value in self.values)


def without_captured(
    outputs: Sequence[Node], is_outer: Callable[[Node], bool]
) -> tuple[list[Node], list[Node], list[Node]]:
    """Put input nodes in place of what a body takes from outside.

    Args:
        outputs: what the body returned.
        is_outer: tells the nodes that are to be computed outside.

    Returns:
        The outputs over the new inputs, the outer nodes that they use, and an input for each.
    """
    outer: dict[Node, Node] = {}

    def meet(node: Node) -> None:
        if node not in outer and node.primitive is not CONSTANT and is_outer(node):
            outer[node] = make_input(node.spec, f"captured{len(outer)}")

    for node in topological(outputs):
        if not is_outer(node):
            for one in node.inputs:
                meet(one)
    for node in outputs:
        meet(node)
    return substitute(outputs, outer), list(outer), list(outer.values())


def not_depending_on(own: Sequence[Node], outputs: Sequence[Node]) -> Callable[[Node], bool]:
    """Return the test for nodes that are the same whatever values the body's own inputs have."""
    depending = set(own)
    for node in topological(outputs):
        if any(one in depending for one in node.inputs):
            depending.add(node)
    return lambda node: node not in depending


def existing() -> Callable[[Node], bool]:
    """Return the test for nodes that exist now, before a branch is recorded."""
    before = living()  # a list: what lives cannot lend its identity to another
    known = set(before)
    return lambda node: node in known or not node.inputs


def check_known(specs: Sequence[Spec]) -> None:
    """Check that every size is known, as a graph that is held by an operation needs it.

    Raises:
        ShapeError: a size is not.
    """
    if any(not spec.known for spec in specs):
        raise ShapeError(
            "a loop or choice with tensors of unknown size cannot be recorded.",
            expected="every size known",
            given=", ".join(str(spec) for spec in specs if not spec.known),
            fix="use it in the call of a layer, which runs when the sizes are known",
        )


def check_carry(before: Leaves, after: Leaves, where: str) -> None:
    """Check that a carry came back in the form that it went in with.

    Raises:
        ShapeError: its structure or a shape changed.
        DTypeError: a dtype changed.
    """
    if before.shape != after.shape:
        raise ShapeError(
            "the carry came back in another structure.",
            where=where,
            expected=f"{len(before.values)} arrays, nested as in the first value",
            given=f"{len(after.values)} arrays",
        )
    for old, new in zip(before.specs, after.specs, strict=True):
        if old.shape != new.shape:
            raise ShapeError("the carry came back in another shape.", where=where, expected=old, given=new)
        if old.dtype != new.dtype:
            raise DTypeError(
                "the carry came back in another dtype.",
                where=where,
                expected=old,
                given=new,
                fix=f"begin with a value of dtype {new.dtype}, or cast what is returned",
            )


def record_branch(branch: Callable[[], Any]) -> tuple[Leaves, list[Node]]:
    """Return what a function without arguments returns, as nodes."""
    result = Leaves(branch())
    return result, [as_node(concrete(value)) for value in result.values]


def joint_branches(results: Sequence[list[Node]], is_outer: Callable[[Node], bool]) -> tuple[list[Node], list[Graph]]:
    """Return the nodes that branches capture together, and the branches as graphs of them."""
    count = len(results[0])
    flat, outer, inputs = without_captured([node for result in results for node in result], is_outer)
    check_known([node.spec for node in outer])
    names = ("true_fn", "false_fn")
    graphs = [
        Graph(tuple(inputs), tuple(flat[index * count : (index + 1) * count]), name)
        for index, name in zip(range(len(results)), names, strict=True)
    ]
    return outer, graphs
