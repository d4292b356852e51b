"""Which operations become one instruction: elementwise chains, alone or behind a matrix product.

Nodes are visited in order; an elementwise node joins the groups of its operands of its own shape, and
joins them to each other, as long as all of a group can run at one moment: nothing outside may need a
part of it and be needed by another part. A product starts a group of its own, whose elementwise members
then run on each finished tile of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from onionskin.engines.native.order import in_turn
from onionskin.engines.native.vocabulary import FLOATS, converts, registers
from onionskin.graph import Graph, Node

MOST_NODES, MOST_INPUTS = 96, 16
SMALL = 4096  # elements; below, an instruction costs more than its arithmetic, so unrelated ones share one


class Group:
    """Nodes that run as one instruction.

    Args:
        members: its nodes, each after those it needs.
        dtypes: the dtypes of registers that suit all of them.
        head: the matrix product among them, or None.
    """

    __slots__ = ("dtypes", "head", "last", "members", "tiled")

    def __init__(self, members: list[Node], dtypes: frozenset[str], head: Node | None, tiled: bool, last: int) -> None:
        self.members, self.dtypes, self.head, self.tiled, self.last = members, dtypes, head, tiled, last

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of every member."""
        return self.members[0].shape

    def outside(self) -> list[Node]:
        """Return what the group reads, each once."""
        own = set(self.members)
        return list(dict.fromkeys(one for node in self.members for one in node.inputs if one not in own))


def fuse(graph: Graph, known: Mapping[Node, object]) -> list[Group]:
    """Return a graph's operations in groups, each after those it needs.

    Args:
        graph: what to run.
        known: nodes that need no computation: inputs and constants.
    """
    finder = _Finder(graph)
    for node in graph.nodes:
        if node not in known:
            finder.place(node)
    finder.sink()
    finder.gather_small()
    return in_order(finder.groups())


class _Finder:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.position = {node: index for index, node in enumerate(graph.nodes)}
        self.of: dict[Node, Group] = {}
        self.furthest = list(range(len(graph.nodes)))  # position → that of the last member of groups begun by then

    def place(self, node: Node) -> None:
        """Make a group for a node, and join it with those of its operands where that is possible."""
        dtypes = registers(node)
        head = node if is_product(node) else None
        if head is not None:
            dtypes = frozenset({node.dtype})
        group = self.of[node] = Group([node], dtypes, head, bool(dtypes), self.position[node])
        if head is not None or not dtypes:
            return
        near = [self.of[one] for one in node.inputs if one in self.of and one.shape == node.shape]
        for other in sorted(dict.fromkeys(near), key=lambda one: one.head is None):  # products first
            group = self.joined(group, other) or group

    def sink(self) -> None:
        """Move what only one other group needs over to it, where no more than it has then to be kept between them.

        The mask of a ReLU is an example: it is found from the activations again, behind the product that it masks.
        """
        users: dict[Node, list[Node]] = {}
        for node in self.graph.nodes:
            for one in node.inputs:
                users.setdefault(one, []).append(node)
        outputs = set(self.graph.outputs)
        for node in reversed(self.graph.nodes):
            group = self.of.get(node)
            if group is None or not group.tiled or group.head is node or node in outputs:
                continue
            targets = {self.of[user] for user in users[node]}
            if len(targets) == 1 and group not in targets:
                self._move(node, group, targets.pop(), users)

    def _move(self, node: Node, group: Group, target: Group, users: dict[Node, list[Node]]) -> None:
        dtypes = target.dtypes & registers(node)
        own = {*target.members, node}
        if not (target.tiled and dtypes) or target.shape != node.shape or len(own) > MOST_NODES:
            return
        if target.head is not None and any(one is node for one in target.head.inputs):
            return
        inner = [one for one in dict.fromkeys(node.inputs) if self.of.get(one) is group]
        kept = [one for one in inner if all(self.of[user] is group for user in users[one] if user is not node)]
        if len(kept) > 1 or any(converts(one) and one.inputs[0] in own for one in own):
            return
        members = sorted(own, key=self.position.__getitem__)
        moved = Group(members, dtypes, target.head, True, max(target.last, self.position[node]))
        if len(moved.outside()) > MOST_INPUTS:
            return
        self._keep(moved)
        group.members = [one for one in group.members if one is not node]

    def gather_small(self) -> None:
        """Join small groups of one shape that have nothing to do with each other."""
        waiting: dict[tuple[int, ...], Group] = {}
        for group in self.groups():
            if group.tiled and group.head is None and math.prod(group.shape) <= SMALL:
                before = waiting.get(group.shape)
                both = None if before is None else self.joined(before, group)
                waiting[group.shape] = both or group

    def groups(self) -> list[Group]:
        return list(dict.fromkeys(self.of.values()))

    def joined(self, first: Group, second: Group) -> Group | None:
        """Join two groups of one shape, if both can run at one moment."""
        dtypes = first.dtypes & second.dtypes
        if not (first.tiled and second.tiled and dtypes) or (first.head is not None and second.head is not None):
            return None
        if len(first.members) + len(second.members) > MOST_NODES:
            return None
        members = sorted({*first.members, *second.members}, key=self.position.__getitem__)
        head = second.head if first.head is None else first.head
        both = Group(members, dtypes, head, True, max(first.last, second.last))
        own, outside = set(members), both.outside()
        if len(outside) > MOST_INPUTS or any(converts(node) and node.inputs[0] in own for node in members):
            return None
        if self._reaches(outside, (first, second)):
            return None
        if both.head is not None and any(one in own for one in both.head.inputs):
            return None
        self._keep(both)
        return both

    def _keep(self, group: Group) -> None:
        """Put a group in the place of those that its members were in."""
        for node in group.members:
            self.of[node] = group
        for position in range(self.position[group.members[0]], group.last):
            self.furthest[position] = max(self.furthest[position], group.last)

    def _bound(self, position: int) -> int:
        """Return the last position in any group that a group ending here can need, directly or not."""
        while self.furthest[position] > position:
            position = self.furthest[position]
        return position

    def _reaches(self, start: Iterable[Node], ends: tuple[Group, Group]) -> bool:
        """Tell whether some of these nodes need what one of two groups computes."""
        first = min(self.position[group.members[0]] for group in ends)
        stack, seen = list(start), set()
        while stack:
            node = stack.pop()
            group = self.of.get(node)
            if group is None or group in seen or self._bound(group.last) < first:
                continue
            if group in ends:
                return True
            seen.add(group)
            for one in group.members:
                stack.extend(one.inputs)
        return False


def is_product(node: Node) -> bool:
    """Tell whether a node is a matrix product that the executor has."""
    return node.primitive.name == "matmul" and node.primitive.kind == "contraction" and node.dtype in FLOATS


def in_order(groups: list[Group]) -> list[Group]:
    """Return groups so that each comes after those it needs, and otherwise as they were."""
    of = {node: group for group in groups for node in group.members}
    number = {group: index for index, group in enumerate(groups)}
    users: dict[Group, list[Group]] = {group: [] for group in groups}
    for group in groups:
        for other in {of[one] for one in group.outside() if one in of}:
            users[other].append(group)
    order = in_turn(users, lambda group: (group.last, number[group]))
    assert len(order) == len(groups), "groups need each other"  # a mistake of the fuser's own
    return order
