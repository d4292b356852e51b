"""A recorded step cut into stages that have names: Z1 = X·W1 + B1, A1 = relu(Z1) … C; and each stage's derivatives."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from onionskin.base.specs import Spec, is_float
from onionskin.explain.peeling import algebra
from onionskin.explain.peeling.algebra import sympy
from onionskin.explain.recording import Part, Recording
from onionskin.graph import Graph, Node, make_input, substitute, topological
from onionskin.transforms import cotangents_of, simplify

_LETTERS = {
    "kernel": "W",
    "bias": "B",
    "gamma": "gamma",
    "beta": "beta",
    "embeddings": "E",
}  # weights, as books write them
_DATA = {"x": "X", "y": "Y"}
_STATISTICS = {"mean": "mu", "var": "V", "sum": "S", "max": "M", "min": "M"}
_ALONE = ("control", "custom", "random", "factorization")  # operations that have a stage of their own
_AFTER = ("add", "subtract")  # of a product: its bias


@dataclass(frozen=True, eq=False)
class Local:
    """How a stage hands the derivative on to one of its ingredients.

    Args:
        node: the ingredient.
        symbol: its name.
        chain: formula of what it receives, from the derivative of the stage's own value.
        factor: what that derivative is multiplied by, None where it is no one factor.
    """

    node: Node
    symbol: Any
    chain: Any
    factor: Any


@dataclass(frozen=True, eq=False)
class Stage:
    """One named value: its formula from values before it, and its derivatives by them.

    Args:
        node: the value.
        symbol: its name.
        formula: from its ingredients.
        delta: the symbol of the derivative of the loss by it; 1 for the loss itself.
        locals: one for each ingredient that has a derivative.
        used: whether the loss depends on it.
    """

    node: Node
    symbol: Any
    formula: Any
    delta: Any
    locals: tuple[Local, ...]
    used: bool = True


@dataclass(frozen=True, eq=False)
class Skin:
    """A layer, the loss, or what stands between layers: its stages in the order they run.

    Args:
        name: of the layer; "loss" for the loss.
        kind: its class; "" for what is no layer.
        stages: in the order they run.
        weights: its own, by name, each beside its variable's name.
    """

    name: str
    kind: str
    stages: tuple[Stage, ...]
    weights: tuple[tuple[Any, Node], ...] = ()


@dataclass(eq=False)
class Names:
    """The names of values and of their derivatives."""

    symbols: dict[Node, Any] = field(default_factory=dict)
    constants: dict[Any, np.ndarray] = field(default_factory=dict)
    taken: Counter[str] = field(default_factory=Counter)

    def give(self, node: Node, name: str) -> Any:
        """Name a node; a name that is taken gets a letter behind it, as U1, U1b, U1c."""
        self.taken[name] += 1
        again = self.taken[name]
        text = name if again == 1 else f"{name}{chr(ord('a') + again - 1)}" if again < 27 else f"{name}_{again}"
        self.symbols[node] = sympy.Symbol(text, real=True)
        return self.symbols[node]

    def delta(self, node: Node) -> Any:
        """Return the symbol of the derivative of the loss by a named node."""
        return sympy.Symbol(f"∂C/∂{self.symbols[node].name}", real=True)


def skins(step: Recording, cost: str = "C") -> tuple[list[Skin], Names]:
    """Return the layers of a recorded step, in the order they run, the loss last.

    Args:
        step: what was recorded.
        cost: what to call the loss.

    Returns:
        The layers with their stages, and all names.
    """
    names, parts = Names(), _parts(step)
    places = _places(parts, step)
    _name_inputs(step, parts, places, names)
    consumers: dict[Node, list[Node]] = {}
    for node in step.nodes:
        for one in dict.fromkeys(node.inputs):
            consumers.setdefault(one, []).append(node)
    wanted = set(step.gradients)
    result: list[Skin] = []
    known: list[tuple[Any, Any]] = []  # formulas of named values, for those that meet them again
    for (part, own), place in zip(parts, places, strict=True):
        inside = set(own)
        ends = {node for node in own if node is step.loss or node is step.result
                or (not _is_plain(node) and not inside.issuperset(consumers.get(node, ())))}  # fmt: skip
        if part is not None:
            ends |= {node for node in part.outputs if node in inside}
        cuts = _cuts(own, ends, consumers)
        stages = []
        for node in own:
            if node not in cuts:
                continue
            title = cost if _is_loss(node, part, step) else _title(node, ends, part, place)
            stages.append(_stage(node, title, names, wanted, step, known))
            known.append((stages[-1].formula, stages[-1].symbol))
        if stages:
            result.append(_skin(part, stages, step, names))
    return result, names


def _skin(part: Part | None, stages: list[Stage], step: Recording, names: Names) -> Skin:
    nodes = {local.node for stage in stages for local in stage.locals}
    weights = tuple((names.symbols[node], node) for node in step.weights.values() if node in nodes)
    if part is not None:
        return Skin(part.path.partition("/")[2] or part.path, part.kind, tuple(stages), weights)
    last = stages[-1].node
    return Skin(
        "loss" if last is step.loss and step.result is step.loss else last.primitive.name, "", tuple(stages), weights
    )


def _parts(step: Recording) -> list[tuple[Part | None, list[Node]]]:
    """Return the layers with their nodes; what no layer made stands before the first that needs it."""
    alive = set(step.nodes)  # simplifying may have left out what a layer made
    layers = [
        replace(part, own=kept) for part in step.parts if (kept := tuple(one for one in part.own if one in alive))
    ]
    made_by = {node: index for index, part in enumerate(layers) for node in part.own}
    # Layers within others come first, but what the outer one computes before them stands before them.
    place: dict[Node, int] = {}
    first: dict[Node, int] = {}  # node → the first layer that something made of it is needed by
    for node in reversed(step.nodes):
        place[node] = min(made_by.get(node, len(layers)), first.get(node, len(layers)))
        for one in node.inputs:
            first[one] = min(place[node], first.get(one, place[node]))
    result: list[tuple[Part | None, list[Node]]] = []
    for index in range(len(layers) + 1):
        early = [node for node in step.nodes if node.inputs and place[node] == index and made_by.get(node) != index]
        for maker, run in itertools.groupby(early, key=made_by.get):
            result.append((None if maker is None else layers[maker], list(run)))
        if index < len(layers) and (own := [node for node in layers[index].own if place[node] == index]):
            result.append((layers[index], own))
    return result


def _cuts(own: Sequence[Node], ends: set[Node], consumers: Mapping[Node, Sequence[Node]]) -> set[Node]:
    """Return the nodes that end a stage: what is used outside, products with their bias, statistics."""
    cuts, inside = set(ends), set(own)
    for node in own:
        kind = node.primitive.kind
        if kind == "contraction":
            follow = consumers.get(node, ())
            biased = (
                len(follow) == 1
                and follow[0] in inside
                and follow[0].primitive.name in _AFTER
                and _is_bias(node, follow[0], inside)
            )
            cuts.add(follow[0] if biased else node)
            cuts |= {one for one in node.inputs if one in inside and not _is_plain(one)}
        elif kind in _ALONE or (kind == "reduction" and len(own) > 3 and not _for_loss(node, ends)):
            cuts.add(node)
    return {node for node in cuts if isinstance(node.spec, Spec) and not (_is_plain(node) and node not in ends)}


def _for_loss(node: Node, ends: set[Node]) -> bool:
    """Tell whether a reduction is one of those that make the single number at the end."""
    return any(end.shape == () for end in ends) and node.primitive.name not in ("var",)


def _is_plain(node: Node) -> bool:
    """Tell whether a node only moves numbers."""
    return node.primitive.name in ("reshape", "broadcast_to", "transpose", "cast", "stop_gradient")


def _is_bias(product: Node, sum_: Node, inside: set[Node]) -> bool:
    other = [one for one in sum_.inputs if one is not product]
    return len(other) == 1 and all(one not in inside or _is_plain(one) for one in topological(other))


def _places(parts: Sequence[tuple[Part | None, list[Node]]], step: Recording) -> list[int]:
    """Return the number of each part: a layer with weights begins the next; others go with the one before."""
    weights = {node for variable, node in step.weights.items() if is_float(variable.dtype)}
    places, number = [], 0
    for part, own in parts:
        number += part is not None and any(one in weights for node in own for one in node.inputs)
        places.append(number)
    return places


def _name_inputs(
    step: Recording, parts: Sequence[tuple[Part | None, list[Node]]], places: Sequence[int], names: Names
) -> None:
    """Name the weights by the layer that uses them first, and the arguments."""
    place: dict[Node, int] = {}
    for (part, own), number in zip(parts, places, strict=True):
        for node in own:
            for one in node.inputs:
                place.setdefault(one, number if part is not None else 0)
    for variable, node in step.weights.items():
        own_name = variable.path.rpartition("/")[2]
        letter = _LETTERS.get(own_name, own_name)
        names.give(node, f"{letter}{place.get(node) or ''}" if step.parts else own_name)
    for node in step.given:
        title = step.labels[node].replace("'", "")  # y['out'] is y[out]: in TeX a quote is a prime
        first, _, rest = title.partition("_")
        data = step.parts and first in _DATA  # of a model; the arguments of a function keep their names
        names.give(node, _DATA[first] + rest if data else title)


def _is_loss(node: Node, part: Part | None, step: Recording) -> bool:
    return node is step.loss and (step.result is step.loss or part is None)


def _title(node: Node, ends: set[Node], part: Part | None, place: int) -> str:
    """Return what a stage's value is called by what it is: a weighted sum, a layer's output, a statistic."""
    number = place if part is not None else ""
    affine = node.primitive.kind == "contraction" or (
        node.primitive.name in _AFTER and any(one.primitive.kind == "contraction" for one in node.inputs)
    )
    if affine:
        return f"Z{number}"
    if node in ends and part is not None and node in set(part.outputs):  # == of nodes is an operation
        return f"A{number}"
    return f"{_STATISTICS.get(node.primitive.name, 'U')}{number}"


def _stage(
    node: Node, title: str, names: Names, wanted: set[Node], step: Recording, known: Iterable[tuple[Any, Any]]
) -> Stage:
    """Name a value; return its formula and its derivatives by its ingredients, from the records of its nodes."""
    before = names.symbols
    expression = algebra.tidy(algebra.formula(node, before, names.constants))
    inner = topological([node], stop=before)
    ingredients = list(dict.fromkeys(one for each in inner for one in each.inputs if one in before))
    symbol = names.give(node, title)
    delta = sympy.Integer(1) if node is step.loss else names.delta(node)
    if node not in wanted:
        return Stage(node, symbol, expression, delta, (), False)
    fresh = {one: make_input(one.spec, before[one].name) for one in ingredients}
    value = substitute([node], dict(fresh))[0]
    bar = np.ones((), node.dtype) if node is step.loss else make_input(node.spec, "delta")
    floats = [one for one in ingredients if is_float(one.dtype) and one in wanted]
    bars = cotangents_of([value], [bar], [fresh[one] for one in floats])
    signs = {new: before[old] for old, new in fresh.items()}
    if isinstance(bar, Node):
        signs[bar] = delta
    found = []
    for one in floats:
        if fresh[one] not in bars:
            continue
        short = simplify(Graph((), (bars[fresh[one]],)), share=False).outputs[0]
        chain = algebra.formula(short, signs, names.constants)
        chain = algebra.tidy(algebra.same_in(algebra.tidy(chain), [*known, (expression, symbol)]))
        factor = chain if node is step.loss else algebra.local_factor(chain, delta)
        found.append(Local(one, before[one], chain, factor))
    return Stage(node, symbol, expression, delta, tuple(found))
