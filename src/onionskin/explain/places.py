"""Where each node of a recorded step stands: forward, backward or update, in which layer, and under which name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from onionskin.base.specs import Spec
from onionskin.explain.formulas import plain
from onionskin.explain.recording import Recording
from onionskin.graph import CONSTANT, INPUT, Node, topological

FORWARD, BACKWARD, UPDATE = "forward", "backward", "update"


@dataclass(frozen=True, eq=False)
class Place:
    """Where a node stands in a step.

    Args:
        number: its place in the order in which the step runs, from 0.
        phase: "forward", "backward" or "update".
        layer: path of the layer that it belongs to, without the model's own name; empty for data and the loss.
        kind: name of that layer's class.
        name: "x", "hidden/kernel", "%3", "∂%3" (the derivative of the loss by %3), "hidden/kernel'" (its new value).
        rule: in the backward pass, the forward node whose derivative rule made it.
    """

    number: int
    phase: str
    layer: str
    kind: str
    name: str
    rule: Node | None = None


def places(step: Recording, derived: bool = True) -> dict[Node, Place]:
    """Return the place of every node of a step in the order in which they run; constants have none.

    Args:
        step: the step.
        derived: whether its gradients belong to it; not where a step of the user's own has them within.
    """
    forward = _shown(step.nodes)
    gradients = step.gradients if derived else {}
    backward = _shown(topological(reversed(gradients.values()), stop=step.nodes))  # from the loss to the data
    before = {*forward, *backward}
    late = _shown([*step.slots.values(), *topological(step.updated.values(), stop=[*before, *step.slots.values()])])
    late = [node for node in dict.fromkeys(late) if node not in before]
    rules = _rules(step, gradients, forward, backward)
    layers = {**_forward_layers(step, forward), **{node: _layer(step, rules.get(node)) for node in backward}}
    layers.update(_update_layers(step, late, layers))
    order = [
        (node, phase) for phase, nodes in ((FORWARD, forward), (BACKWARD, backward), (UPDATE, late)) for node in nodes
    ]
    names = _names(step, gradients, [node for node, _ in order])
    return {
        node: Place(number, phase, *layers.get(node, ("", "")), names[node], rules.get(node))
        for number, (node, phase) in enumerate(order)
    }


def names_of(found: Mapping[Node, Place], nodes: Iterable[Node]) -> dict[Node, str]:
    """Return what nodes are called; one with several outputs, which has no place, is called by what it computes."""
    names: dict[Node, str] = {}
    for node in nodes:
        if node in found:
            names[node] = found[node].name
        elif node.inputs:
            names[node] = plain(node, names_of(found, node.inputs))
    return names


def own_name(step: Recording, path: str) -> str:
    """Return a path without the name of what was recorded in front of it."""
    whole = step.graph.name
    return path.removeprefix(f"{whole}/").replace(f"/{whole}_", "/") if whole else path


def _shown(nodes: Iterable[Node]) -> list[Node]:
    """Return the nodes that have a number and are not there from the beginning."""
    return [node for node in nodes if node.primitive is not CONSTANT and isinstance(node.spec, Spec)]


def _layer(step: Recording, node: Node | None) -> tuple[str, str]:
    part = None if node is None else step.part_of.get(node)
    return ("", "") if part is None else (own_name(step, part.path), part.kind)


def _consumers(nodes: Iterable[Node]) -> dict[Node, list[Node]]:
    found: dict[Node, list[Node]] = {}
    for node in nodes:
        for one in node.inputs:
            found.setdefault(one, []).append(node)
    return found


def _forward_layers(step: Recording, forward: list[Node]) -> dict[Node, tuple[str, str]]:
    """Return the layer of each forward node; a weight belongs to the layer that uses it, data to none."""
    consumers, given = _consumers(step.nodes), set(step.given)
    layers = {}
    for node in forward:
        users = [_layer(step, one) for one in consumers.get(node, ())]
        weight = node.primitive is INPUT and node not in given
        layers[node] = next((one for one in users if one[0]), ("", "")) if weight else _layer(step, node)
    return layers


def _rules(
    step: Recording, gradients: Mapping[Node, Node], forward: list[Node], backward: list[Node]
) -> dict[Node, Node]:
    """Return for each backward node the forward node whose rule made it: that uses what it is a derivative of."""
    consumers, inside = _consumers(step.nodes), set(backward)
    rules: dict[Node, Node] = {}
    for node in forward:  # the last one that a derivative belongs to is the first that it was made for
        made = gradients.get(node)
        users = [one for one in consumers.get(node, ()) if one in gradients]
        if made is not None and made in inside and users:
            rules[made] = users[0]
    for node in reversed(backward):
        for one in node.inputs:
            if node in rules and one in inside:
                rules.setdefault(one, rules[node])
    return rules


def _update_layers(
    step: Recording, late: list[Node], known: Mapping[Node, tuple[str, str]]
) -> dict[Node, tuple[str, str]]:
    """Return the layers of the update: that of the weight which a value is for."""
    weights = step.weights
    layers = {node: known[weights[one]] for one, node in step.updated.items() if weights.get(one) in known}
    for node in reversed(late):
        for one in node.inputs:
            if node in layers:
                layers.setdefault(one, layers[node])
    for node in late:  # what only goes into slots belongs where its ingredients do
        if node.inputs and node not in layers:
            own = [layers.get(one) or known.get(one) for one in node.inputs]
            found = next((one for one in own if one and one[0]), None)
            if found is not None:
                layers[node] = found
    for node in reversed(late):
        for one in node.inputs:
            if node in layers:
                layers.setdefault(one, layers[node])
    shared = _shared(step, late, layers)
    return {node: layers.get(node, ("", "")) if node not in shared else ("", "") for node in late}


def _shared(step: Recording, late: list[Node], layers: Mapping[Node, tuple[str, str]]) -> set[Node]:
    """Return what serves weights of several layers, such as the learning rate and the count of steps."""
    found: dict[Node, set[str]] = {}
    ends = set(step.updated.values())
    for node in reversed(late):
        own = found.setdefault(node, set())
        if node in ends:
            own.add(layers.get(node, ("", ""))[0])
        for one in node.inputs:
            found.setdefault(one, set()).update(own)
    return {node for node in late if len(found[node] - {""}) > 1}


def _names(step: Recording, gradients: Mapping[Node, Node], order: list[Node]) -> dict[Node, str]:
    """Return a name for each node, no name twice."""
    names = {node: f"%{number}" for number, node in enumerate(order)}
    taken: set[str] = set()

    def call(node: Node, name: str) -> None:
        again = 2
        while name in taken:
            name, again = f"{name.partition('#')[0]}#{again}", again + 1
        names[node] = name
        taken.add(name)

    for node, label in step.labels.items():
        if node in names:
            call(node, own_name(step, label))
    if step.loss in names and step.loss.primitive is not INPUT:
        call(step.loss, "loss")
    backward: dict[Node, Node] = {}
    for node, made in gradients.items():  # a weight's name before that of what is derived alike
        if made in names and names[made].startswith("%"):
            known = backward.get(made)
            backward[made] = known if known is not None and known.primitive is INPUT else node
    behind = set(step.nodes)
    for made, node in backward.items():
        if made not in behind:
            call(made, f"∂{names[node]}")
    for variable, node in step.updated.items():
        if node in names and names[node].startswith("%"):
            call(node, f"{own_name(step, variable.path)}'")
    return names
