"""A chart as a diagram: a box for each operation or closed layer, and on the arrows what flows both ways."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from onionskin.base.specs import is_float
from onionskin.explain.drawing.chart import LOSS, SHARED, Chart, short
from onionskin.explain.drawing.clusters import Cluster, line_of
from onionskin.explain.drawing.shares import Use
from onionskin.explain.drawing.terms import GAP, expression, symbol
from onionskin.explain.recording import Part
from onionskin.graph import CONSTANT, INPUT, PICK, Node
from onionskin.plot.diagram import Diagram, Edge, Group, scene
from onionskin.plot.diagram import Node as Box
from onionskin.state import Variable

_WIDEST = 1250.0  # pixels of a picture that leads to the right; a wider one leads down
_MOST = 60  # boxes of such a picture
_LETTERS = 76  # of an equation
_TERMS = 6  # equations in one box


@dataclass
class _Arrow:
    """What joins two boxes while it is collected."""

    node: Node
    uses: list[Use] = field(default_factory=list)


class Boxes:
    """The boxes and arrows of a chart with some of its layers open.

    Args:
        chart: what is drawn.
        opened: keys of the clusters that are open.
    """

    def __init__(self, chart: Chart, opened: Collection[str]) -> None:
        self.chart, self.opened = chart, set(opened)
        self._number = {node: f"n{index}" for index, node in enumerate(chart.nodes)}
        self._seen = {node: self._visible(node) for node in chart.nodes}
        self._totals = self._counted()
        self._names = self._told_apart()
        bars = chart.step.gradients
        self._gradient_names = {
            bars[one]: f"∂{name}" for one, name in self._names.items() if bars.get(one) in chart.gradient_names
        }

    def diagram(self, name: str, direction: str | None = None) -> Diagram:
        """Return the diagram.

        Args:
            name: what it is a picture of.
            direction: where arrows lead; None for to the right where there is room for it, else down.
        """
        boxes = [*self._boxes(), self._end()]
        used = {group for box in boxes for group in line_of(box.group, self.chart.clusters)}
        groups = [Group(key, self._heading(one), one.parent) for key, one in self.chart.clusters.items() if key in used]
        edges, written = self._arrows()
        found = Diagram(name, tuple(boxes), tuple(edges), tuple(groups), direction or "LR", "curved", tuple(written))
        if direction is None and (len(boxes) > _MOST or scene(found).width > _WIDEST):
            return replace(found, direction="TB")
        return found

    def _told_apart(self) -> dict[Node, str]:
        """Return the names of inputs and weights; those of layers in one closed box with the names of their layers."""
        chart, names = self.chart, dict(self.chart.names)
        seen: dict[tuple[str | None, str], list[Node]] = {}
        for node in chart.step.weights.values():
            if node in self._seen:
                place = self._seen[node] if self._seen[node] in chart.clusters else chart.home[node]
                seen.setdefault((place, names[node]), []).append(node)
        for same in seen.values():
            for node in same if len(same) > 1 else ():
                variable = chart.variable_of[node]
                name = f"{short(variable.path.rpartition('/')[0])}.{names[node]}"
                mark = variable.path.replace("/", "_") + "_"
                slots = [(slot, one) for slot, one in chart.step.slots.items() if mark in slot.path]
                names |= {one: f"{name}.{slot.path.rpartition(mark)[2]}" for slot, one in slots} | {node: name}
        return names

    # --- boxes ---

    def _visible(self, node: Node) -> str:
        """Return the key of the box that a node is seen in."""
        if node.primitive is PICK:
            return self._visible(node.inputs[0])
        for key in line_of(self.chart.home[node], self.chart.clusters):
            if key not in self.opened:
                return key
        return self._number[node]

    def _boxes(self) -> Iterable[Box]:
        done: set[str] = set()
        for node in self.chart.nodes:
            key = self._seen[node]
            if key in done:
                continue
            done.add(key)
            if key in self.chart.clusters:
                yield self._closed(self.chart.clusters[key])
            else:
                yield Box(key, *self._titled(node), group=self.chart.home[node])

    def _titled(self, node: Node) -> tuple[str, tuple[str, ...], str]:
        """Return what is written in the box of a node, and its kind."""
        chart = self.chart
        phase = chart.phase[node]
        if node.primitive is INPUT:
            return self._names.get(node, "?"), (), "weight" if node in chart.variable_of else "input"
        if node.primitive is CONSTANT:
            return chart.value(node), (), "constant"
        lines = [chart.known[node]] if node in chart.known else []
        home = chart.home[node]
        part = None if home is None else chart.clusters[home].part
        near = self._given(part, "x" if part else "z") if part or (home and home.endswith(LOSS)) else {}
        title = symbol(node, self._names | near)
        return chart.told(title), tuple(lines), phase

    def _given(self, part: Part | None, letter: str = "x") -> dict[Node, str]:
        """Return what the inputs of a layer are called in its formulas; for None those of the loss."""
        if part is not None:
            found: Iterable[Node] = part.inputs
        else:
            own = {node for node, home in self.chart.home.items() if home == f"forward:{LOSS}"}
            found = [one for node in own for _, one in self.chart.operands(node) if one not in own]
        tensors = list(dict.fromkeys(found))
        unnamed = [node for node in tensors if node not in self._names]
        if part is not None and len(unnamed) == 1 < len(tensors):
            # Beside inputs with names of their own a mere x would look like the model's: it has its maker's.
            maker = self.chart.clusters.get(self.chart.home.get(unnamed[0]) or "")
            if maker is not None:
                return {unnamed[0]: short(maker.path)}
        return {node: letter if len(unnamed) == 1 else f"{letter}{place}" for place, node in enumerate(unnamed, 1)}

    def _end(self) -> Box:
        step, words = self.chart.step, self.chart.words
        title = "C" if step.parts or step.updated else words["result"]
        if not self.chart.manner.backward:
            title = words["result"]
        return Box("end", title if step.result is self.chart.end else words["sum"], kind="loss")

    def _heading(self, cluster: Cluster) -> str:
        part = cluster.part
        return f"{cluster.title} ({part.kind})" if part is not None and cluster.phase == "forward" else cluster.title

    def _closed(self, cluster: Cluster) -> Box:
        """Return the one box of a closed layer: its equations and its weights."""
        inside = [node for node in self.chart.nodes if self._seen[node] == cluster.key]
        if cluster.phase == "backward":
            terms, kind = self._derivatives(cluster, inside), "backward"
        elif cluster.phase == "update":
            terms, kind = self._changes(inside), "update"
        else:
            terms, kind = self._equations(cluster, inside), "loss" if cluster.path == LOSS else "layer"
        count = sum(bool(node.inputs) for node in inside)
        words = self.chart.words
        kept = [self.chart.told(term) for term in terms if not term.endswith(GAP)]
        if not kept:
            kept = [words["operation"] if count == 1 else words["operations"].format(n=count)]
        if len(kept) > _TERMS:
            kept = [*kept[: _TERMS - 1], GAP]
        if cluster.phase == "forward":
            kept += self._weights(inside)
        return Box(cluster.key, self._heading(cluster), tuple(kept), kind, cluster.parent)

    def _equations(self, cluster: Cluster, inside: list[Node]) -> list[str]:
        """Return what a layer's outputs are, of its inputs and weights."""
        part, chart = cluster.part, self.chart
        names = self._names | self._given(part, "z" if part is None else "x")
        outputs = [chart.end] if part is None else part.outputs
        own = [node for node in dict.fromkeys(outputs) if node in chart.phase and self._seen[node] == cluster.key]
        return [_without(node, names) for node in own]

    def _derivatives(self, cluster: Cluster, inside: list[Node]) -> list[str]:
        """Return what a layer's derivatives are, of those that come back to it."""
        chart, step = self.chart, self.chart.step
        own = set(inside)
        part = cluster.part
        entering = [one for node in inside for _, one in chart.operands(node) if one not in own]
        found = {one for one in entering if chart.phase[one] == "backward"}
        entering = [one for one in chart.nodes if one in found]
        names = self._names | self._given(part, "z" if part is None else "x")
        for node in () if part is None else part.outputs:
            names.setdefault(node, "a")
        names |= {node: "δ" if len(entering) == 1 else f"δ{place}" for place, node in enumerate(entering, 1)}
        inputs = [] if part is None else [node for node in part.inputs if node not in self._names]
        wanted = {bar: name for bar, name in self._gradient_names.items() if bar in own}
        wanted |= {step.gradients[node]: "∂x" for node in inputs if step.gradients.get(node) in own}
        if not wanted and cluster.path == LOSS:
            leaving = [node for node in inside if any(user not in own for user in self._users(node))]
            wanted = {node: "δ" if len(leaving) == 1 else f"δ{place}" for place, node in enumerate(leaving, 1)}
        return [f"{name} = {_without(node, names)}" for node, name in wanted.items()]

    def _changes(self, inside: list[Node]) -> list[str]:
        """Return how the weights of a layer and the optimizer's slots for them change."""
        chart, step = self.chart, self.chart.step
        inputs, own = {**step.weights, **step.slots}, set(inside)
        new = {node: self._name(one, inputs) for one, node in chart.updated.items() if one in step.slots}
        names = self._names | self._gradient_names | new
        common = [node for node in chart.nodes if chart.home[node] == f"update:{SHARED}" and node.inputs]
        others = set(common)
        lent = [node for node in common if node not in names and any(one not in others for one in self._users(node))]
        names |= {node: "α" if len(lent) == 1 else f"α{place}" for place, node in enumerate(lent, 1)}
        found = [f"{names[node]} = {_without(node, names)}" for node in lent if node in own]
        for variable, node in chart.updated.items():
            if node in own:
                found.append(f"{self._name(variable, inputs)} ← {_without(node, names)}")
        return found

    def _users(self, node: Node) -> list[Node]:
        return [user for user in self.chart.nodes if any(one is node for _, one in self.chart.operands(user))]

    def _name(self, variable: Variable, inputs: dict[Variable, Node]) -> str:
        node = inputs.get(variable)
        return self._names.get(node, variable.name) if node is not None else variable.name

    def _weights(self, inside: list[Node]) -> list[str]:
        """Return the weights of a layer with their shapes, and how many numbers they are."""
        weights = [node for node in inside if node in self.chart.variable_of and is_float(node.dtype)]
        if not weights:
            return []
        told = [f"{self._names[node]} {self.chart.shape(node.shape)}" for node in weights]
        count = sum(int(np.prod(node.shape)) for node in weights)
        words = self.chart.words
        total = words["weight"] if count == 1 else words["weights"].format(n=count)
        return [", ".join(told), total] if len(told) <= _TERMS else [total]

    # --- arrows ---

    def _counted(self) -> dict[Node, int]:
        total: dict[Node, int] = {self.chart.end: 1}
        for node in self.chart.nodes:
            for _, one in self.chart.operands(node):
                total[one] = total.get(one, 0) + 1
        return total

    def _arrows(self) -> tuple[list[tuple[str, str]], list[Edge]]:
        """Return the pairs of boxes that arrows join, and what is written on each."""
        chart = self.chart
        found: dict[tuple[str, str, Node, int], _Arrow] = {}
        for node in chart.nodes:
            target = self._seen[node]
            for place, one in chart.operands(node):
                if self._seen[one] != target:
                    single = place if target not in chart.clusters else -1  # x · x is two arrows, as in textbooks
                    found.setdefault((self._seen[one], target, one, single), _Arrow(one)).uses.append((node, place))
        edges, written = [], []
        for (source, target, *_), arrow in found.items():
            edges.append((source, target))
            every = len(arrow.uses) == self._totals[arrow.node]
            back = chart.derivative(arrow.node, arrow.uses, every)
            written.append(self._edge(arrow.node, back))
        loss = chart.end
        if loss in chart.phase:
            edges.append((self._seen[loss], "end"))
            written.append(self._edge(loss, self._last(loss)))
        return edges, written

    def _last(self, loss: Node) -> str:
        """Return the derivative of the loss by itself."""
        return "∂ 1" if self.chart.manner.backward == "edges" and loss in self.chart.step.gradients else ""

    def _edge(self, node: Node, back: str) -> Edge:
        phase = self.chart.phase[node]
        value = self.chart.value(node)
        if self.chart.manner.backward == "nodes":
            name = self._gradient_names.get(node) if phase == "backward" else self._names.get(node)
            value = f"{name}  {value}" if name and self._seen[node] in self.chart.clusters else value
        if phase == "backward":
            return Edge(derivative=value, kind="backward")
        return Edge(value, back, bool(back), "update" if phase == "update" else "edge")


def _without(node: Node, names: dict[Node, str]) -> str:
    """Return a term, spelled out even where it has a name itself."""
    return expression(node, {one: name for one, name in names.items() if one is not node}, _LETTERS)
