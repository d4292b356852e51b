"""A recorded step as what is drawn of it: its operations, the layers around them, and what flows between them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from onionskin.base.specs import Spec
from onionskin.explain.drawing.clusters import Cluster, sound
from onionskin.explain.drawing.shares import Use, makers_of, shares_of
from onionskin.explain.drawing.terms import LETTERS, number, single
from onionskin.explain.recording import Part, Recording
from onionskin.graph import CONSTANT, INPUT, PICK, Node, topological
from onionskin.state import Variable

_FEW = 4  # numbers that are shown one by one
_FEWER = 16.5  # of what a number of samples is divided by, or divides
_SHARE = re.compile(r"(?<![\w.])0\.\d{3,}(?![\w.])")  # what might be a number divided by that of the samples
LOSS, SHARED = "(loss)", "(optimizer)"  # in place of a layer's path


@dataclass(frozen=True)
class Manner:
    """What is shown of a step.

    Attributes:
        backward: "edges" for derivatives on the forward graph, "nodes" for the operations that compute them, or "".
        update: the operations that change the weights, too.
        values: numbers, where there are some.
    """

    backward: str = "edges"
    update: bool = False
    values: bool = True


class Chart:
    """The nodes that are drawn of a step, each with its phase, its place and its operands.

    Args:
        step: the step.
        manner: what is shown.
        words: those of its language.
        silent: arguments whose derivatives are of no interest, such as labels.
        batch: a size that stands for any number of samples and is written "N", 0 for none.

    Attributes:
        nodes: what is drawn, each after its operands.
        phase: node → "forward", "backward" or "update".
        home: node → key of the innermost cluster that it is in, None for none.
        clusters: key → layer.
        end: the loss, or what the function returned where no derivatives are shown.
        names: inputs and weights → what to call them.
    """

    def __init__(
        self, step: Recording, manner: Manner, words: Mapping[str, str], silent: Collection[str] = (), batch: int = 0
    ) -> None:
        self.step, self.manner, self.words, self.batch = step, manner, words, batch
        self.end = step.loss if manner.backward else step.result
        self.numbers: dict[Node, np.ndarray] = {}
        self.names = {node: short(name) if node in self.variable_of else name for node, name in step.labels.items()}
        self._letters(step)
        self.phase: dict[Node, str] = {}
        self.home: dict[Node, str | None] = {}
        self.clusters: dict[str, Cluster] = {}
        self.nodes: list[Node] = []
        self._forward()
        self._place_inputs()  # so that derivatives by weights find their layers
        self.silent = self._unasked(silent)
        self.shares: dict[Use, Node] = {}
        if manner.backward == "edges":
            often = {one for one, count in self._uses().items() if count > 1}
            users = [node for node in self.nodes if any(one in often for one in node.inputs)]
            self.shares = shares_of(step, users)
        elif manner.backward == "nodes":
            self._backward()
        if manner.backward == "nodes" and manner.update:
            self._update()
        self._place_inputs()
        self.home, self.clusters = sound(self.home, self.clusters, self._links(), step.parts)
        if manner.values and step.arguments is not None:
            wanted = [node for node in (*self.nodes, *self.shares.values()) if isinstance(node.spec, Spec)]
            self.numbers = step.run(wanted=wanted)

    def operands(self, node: Node) -> list[tuple[int, Node]]:
        """Return the inputs of a node that are boxes of their own, each with its place."""
        return [(place, one) for place, one in enumerate(node.inputs) if one in self.phase]

    @cached_property
    def variable_of(self) -> dict[Node, Variable]:
        """Input node → the variable that it stands for."""
        weights = {node: one for one, node in self.step.weights.items()}
        return weights | {node: one for one, node in self.step.slots.items()}

    @cached_property
    def gradient_names(self) -> dict[Node, str]:
        """Node of the derivative by a weight or an argument → what to call it."""
        found = self.step.gradients
        asked = {node: name for node, name in self.names.items() if node in found and node not in self.silent}
        return {found[node]: f"∂{name}" for node, name in asked.items()}

    @cached_property
    def updated(self) -> dict[Variable, Node]:
        """Variables of layers and of the optimizer → node of their next value; what metrics count is not drawn."""
        slots = self.step.slots
        return {one: node for one, node in self.step.updated.items() if one in slots or self._layer(one) is not None}

    @cached_property
    def known(self) -> dict[Node, str]:
        """Node of a derivative or of a variable's next value → what to call it, where such nodes are drawn."""
        if self.manner.backward != "nodes":
            return {}
        found = {node: name for node, name in self.gradient_names.items() if single(node) is None}
        inputs = {**self.step.weights, **self.step.slots}
        for variable, node in self.updated.items() if self.manner.update else ():
            own = inputs.get(variable)
            found[node] = self.words["new"].format(name=variable.name if own is None else self.names[own])
        return found

    # --- what is written about a value ---

    def value(self, node: Node, most: int = 100) -> str:
        """Return a value in at most so many letters: its numbers where they are few, else dtype and shape."""
        if isinstance(node.spec, tuple):
            return ""
        array = self.numbers.get(node)
        if array is not None and array.size <= _FEW and array.ndim <= 2 and len(_listed(array)) <= most:
            return _listed(array)
        return f"{node.dtype} {self.shape(node.shape)}" if node.shape else str(node.dtype)

    def derivative(self, node: Node, uses: Iterable[Use], every: bool, most: int = 100) -> str:
        """Return the derivative that comes back through some uses of a value, "" where none does.

        Args:
            node: the value.
            uses: the uses.
            every: whether these are all of them.
            most: letters.
        """
        if self.manner.backward != "edges" or node in self.silent or node not in self.step.gradients:
            return ""
        uses = list(uses)
        found = [self.step.gradients[node]] if every else [self.shares[one] for one in uses if one in self.shares]
        if not found or not any(self._passes(use) for use in uses):
            return ""
        if any(one not in self.numbers for one in found):
            return f"∂ {self.shape(node.shape)}" if node.shape else "∂"
        array = np.sum([self.numbers[one] for one in found], axis=0) if len(found) > 1 else self.numbers[found[0]]
        if array.size <= _FEW and array.ndim <= 2 and len(_listed(array)) <= most:
            return f"∂ {_listed(array)}"
        return f"‖∂‖ {number(float(np.linalg.norm(array.astype(np.float64))))}"

    def shape(self, shape: tuple[int, ...]) -> str:
        """Return a shape as text, with "N" for the number of samples where it was recorded for no data."""
        sizes = [("N" if one == self.batch else f"{one // self.batch}·N") if self.batch and one and not one % self.batch
                 else str(one) for one in shape]  # fmt: skip
        return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"

    def told(self, text: str) -> str:
        """Return a formula with "N" where the number of samples stands in it."""
        return _SHARE.sub(self._share, re.sub(rf"\b({self.batch}|{self.batch:,})\b", "N", text)) if self.batch else text

    def _share(self, found: re.Match[str]) -> str:
        """Return a number as what it is of the number of samples, if it is that."""
        value = float(found[0])
        times, part = value * self.batch, 1 / (value * self.batch) if value else 0.0
        for one, text in ((times, "{}/N"), (part, "1/({}·N)")):
            if 1 <= one < _FEWER and abs(one - round(one)) < 2e-4 * one:
                return text.format(round(one))
        return found[0]

    def _passes(self, use: Use) -> bool:
        """Tell whether a derivative comes back through a use of a value."""
        node, _ = use
        if node is None:
            return True
        if node in self.step.gradients:
            return use in self.shares or not any(key[0] is node for key in self.shares)
        return isinstance(node.spec, tuple)

    # --- what is drawn ---

    def _letters(self, step: Recording) -> None:
        for node, variable in ((node, one) for one, node in step.weights.items()):
            self.names[node] = LETTERS.get(short(variable.path), short(variable.path))
        for slot, node in step.slots.items():
            for one in step.weights:
                mark = one.path.replace("/", "_") + "_"
                if mark in slot.path:
                    self.names[node] = f"{self.names[step.weights[one]]}.{slot.path.rpartition(mark)[2]}"

    def _add(self, nodes: Iterable[Node], phase: str, home: str | None) -> None:
        for node in nodes:
            if node not in self.phase and (single(node) is None or node is self.end):
                maker = node.inputs[0] if node.primitive is PICK else None  # they are seen as one
                self.phase[node], self.home[node] = phase, home if maker is None else self.home.get(maker, home)
                self.nodes.append(node)

    def _cluster(self, phase: str, path: str | None, part: Part | None = None) -> str | None:
        """Return the key of a layer's cluster in a phase, made where it is not there yet."""
        if path is None:
            return None
        key = f"{phase}:{path}"
        if key not in self.clusters:
            name = {LOSS: self.words["loss"], SHARED: self.words["optimizer"]}.get(path, short(path))
            title = name if phase == "forward" or path == SHARED else self.words[phase].format(name=name)
            self.clusters[key] = Cluster(key, path, title, phase, part)
        return key

    def _forward(self) -> None:
        step = self.step
        leading = {one for node in step.part_of for one in topological([node])}
        for node in topological([self.end, *step.graph.outputs[1:]]):
            part = step.part_of.get(node)
            if part is not None:
                home = self._cluster("forward", part.path, part)
            elif step.parts and node.inputs and node not in leading and step.result is step.loss:
                home = self._cluster("forward", LOSS)
            else:
                home = None
            self._add([node], "forward", home)

    def _unasked(self, names: Collection[str]) -> set[Node]:
        """Return the nodes that depend on nothing but constants and arguments of these names."""
        found = {node for node in self.step.given if self.step.labels.get(node) in names}
        for node in self.nodes:
            if node.inputs and all(one in found or single(one) is not None for one in node.inputs):
                found.add(node)
        return found

    def _uses(self) -> dict[Node, int]:
        count: dict[Node, int] = {}
        for node in self.nodes:
            for _, one in self.operands(node):
                count[one] = count.get(one, 0) + 1
        return count

    def _backward(self) -> None:
        """Add the operations of the backward pass, each to the layer whose operation's derivative it is part of."""
        step = self.step
        weights = [node for one, node in step.weights.items() if one.trainable and node in step.gradients]
        ends = weights or [node for node in step.given if node in step.gradients and node not in self.silent]
        needed = topological([step.gradients[node] for node in ends])
        makers = makers_of(step)
        for node in needed:
            if node in makers and node not in self.phase:
                path = self.home.get(makers[node])
                self._add([node], "backward", self._cluster("backward", None if path is None else path[8:]))

    def _update(self) -> None:
        """Add the operations that change variables, each to the layer of the weights that it leads to."""
        leads: dict[Node, set[str]] = {}
        new = topological(self.updated.values(), stop=self.nodes)
        for variable, node in self.updated.items():
            path = self._layer(variable)
            if path is not None:
                for one in topological([node], stop=self.nodes):
                    leads.setdefault(one, set()).add(path)
        for node in new:
            if node not in leads:
                leads[node] = set().union(*(leads[one] for one in node.inputs if one in leads))
            found = leads[node]
            path = next(iter(found)) if len(found) == 1 else SHARED
            self._add([node], "update", self._cluster("update", path))

    def _layer(self, variable: Variable) -> str | None:
        """Return the path of the layer that a variable belongs to, None for those of the optimizer."""
        home = self.home.get(self.step.weights[variable]) if variable in self.step.weights else None
        if home is not None:
            return home.partition(":")[2]
        own = variable.path.rpartition("/")[0]  # what a step only writes, such as moving averages
        parts = [part.path for part in self.step.parts if f"/{part.path.partition('#')[0]}".endswith(f"/{own}")]
        return parts[0] if own and parts else None

    def _place_inputs(self) -> None:
        """Put weights and the optimizer's slots into the layer that uses them, and a constant beside its user."""
        users: dict[Node, list[Node]] = {}
        for node in self.nodes:
            for _, one in self.operands(node):
                users.setdefault(one, []).append(node)
        for node in self.nodes:
            given = node.primitive is CONSTANT or (node.primitive is INPUT and node in self.variable_of)
            if not given:
                continue
            own = [one for one in users.get(node, ()) if self.phase[one] == self.phase[node]]
            homes = {self.home[one] for one in own}
            inner = {one for one in homes if one is not None and not one.endswith(LOSS)}
            if len(inner) == 1 and (node in self.variable_of or len(homes) == 1):
                self.home[node] = inner.pop()
            elif len(homes) == 1:
                self.home[node] = homes.pop()
            elif node in set(self.step.slots.values()):
                self.home[node] = self._cluster("update", SHARED)
            elif node in self.variable_of:
                self.home[node] = self._around(node)

    def _around(self, node: Node) -> str | None:
        """Return the innermost layer that all users of a weight are in."""
        path = self.variable_of[node].path.rpartition("/")[0]
        keys = [key for key, one in self.clusters.items() if one.phase == "forward"]
        while path and f"forward:{path}" not in keys:
            path = path.rpartition("/")[0]
        return f"forward:{path}" if path else None

    def _links(self) -> list[tuple[Node, Node]]:
        return [(one, node) for node in self.nodes for _, one in self.operands(node)]


def short(path: str) -> str:
    """Return the last name of a path."""
    return path.rpartition("/")[2]


def _listed(array: np.ndarray) -> str:
    if array.ndim == 0:
        return number(array.item())
    return f"[{' '.join(_listed(one) for one in array)}]"
