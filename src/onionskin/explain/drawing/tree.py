"""A chart as lines for a terminal: layers from the output inwards, and beside each value its derivative."""

from __future__ import annotations

from collections.abc import Collection
from textwrap import wrap
from typing import Any, NamedTuple

from onionskin.base.errors import require
from onionskin.explain.drawing.boxes import Boxes
from onionskin.explain.drawing.chart import Chart
from onionskin.explain.drawing.clusters import line_of
from onionskin.explain.drawing.terms import GAP, expression
from onionskin.graph import CONSTANT, INPUT, Node
from onionskin.plot.checks import letter_widths
from onionskin.plot.diagram import Node as Box

_LABEL, _VALUE, _BACK = 44, 19, 15  # columns
_DEEPEST = 5  # operations within one another; more are listed one below the other


class Row(NamedTuple):
    """A line of the tree.

    Args:
        depth: how far inside it stands.
        label: what it is.
        value: its value or shape.
        derivative: of the loss by it.
        kind: "layer", "operation", "input" or "note".
    """

    depth: int
    label: str
    value: str = ""
    derivative: str = ""
    kind: str = "operation"


class Tree:
    """The rows of a chart with some of its layers open.

    Args:
        chart: what is drawn.
        opened: keys of the clusters that are open.
    """

    def __init__(self, chart: Chart, opened: Collection[str]) -> None:
        self.chart, self.opened = chart, set(opened)
        operations = [node for node in chart.nodes if node.primitive not in (INPUT, CONSTANT)]
        self._names = dict(chart.names) | {node: f"v{place}" for place, node in enumerate(operations, 1)}
        self._names |= {node: name for node, name in chart.known.items() if node in chart.phase}
        self._closed = {box.key: box for box in Boxes(chart, opened).diagram("", "TB").nodes}
        self._place = {node: place for place, node in enumerate(chart.nodes)}
        self._leading = self._before(chart.end)
        self.rows: list[Row] = []
        end = self._closed["end"]
        title = f"{end.title} = {self._names[chart.end]}" if chart.end in self._names else end.title
        self.rows.append(Row(0, title, *self._told(chart.end), "layer"))
        self._level(None, 1)

    def text(self, title: str) -> str:
        """Return the tree as text of 80 columns."""
        words, manner = self.chart.words, self.chart.manner
        back = f"∂ {words['derivative']}" if manner.backward else ""
        lines = [f"{title} · {words['output first']}", _columns("", words["value"], back)]
        lines += [_columns(guide + row.label, row.value, row.derivative) for guide, row in self.guided()]
        return "\n".join(line.rstrip() for line in lines) + "\n"

    def guided(self) -> list[tuple[str, Row]]:
        """Return the rows, each with the lines that join it to those around it."""
        found: list[tuple[str, Row]] = []
        more: set[int] = set()  # depths at which a further row follows below
        for row in reversed(self.rows):
            more = {depth for depth in more if depth <= row.depth}
            guide = "".join("│  " if depth in more else "   " for depth in range(1, row.depth))
            if row.depth:
                guide += "   " if row.kind == "note" else "├─ " if row.depth in more else "└─ "
                if row.kind == "note" and row.depth in more:
                    guide = guide[:-3] + "│  "
            if row.kind != "note":
                more.add(row.depth)
            found.append((guide, row))
        return found[::-1]

    def _level(self, parent: str | None, depth: int) -> None:
        """Add what is directly in a cluster, what comes last first."""
        clusters, home = self.chart.clusters, self.chart.home
        inner: dict[str, int] = {}
        own = []
        for node in self.chart.nodes:
            line = line_of(home[node], clusters)
            if home[node] == parent:
                own.append(node)
            elif parent is None or parent in line:
                key = line[0 if parent is None else line.index(parent) + 1]
                if node in self._leading or key not in inner:  # a value beside the way does not put its layer last
                    inner[key] = self._place[node]
        units: list[tuple[int, str | list[Node]]] = [(place, key) for key, place in inner.items()]
        units += [(self._place[tree[0]], tree) for tree in self._trees(own)]
        for _, unit in sorted(units, key=lambda unit: -unit[0]):
            if isinstance(unit, str):
                self._cluster(unit, depth)
            else:
                self._operations(unit, depth)

    def _before(self, end: Node) -> set[Node]:
        """Return what a node is computed from, and the node."""
        found, stack = {end}, [end]
        while stack:
            for _, one in self.chart.operands(stack.pop()):
                if one not in found:
                    found.add(one)
                    stack.append(one)
        return found

    def _cluster(self, key: str, depth: int) -> None:
        cluster = self.chart.clusters[key]
        if key in self.opened:
            part = cluster.part
            kind = f" ({part.kind})" if part is not None and cluster.phase == "forward" else ""
            self.rows.append(Row(depth, cluster.title + kind, kind="layer"))
            self._level(key, depth + 1)
            return
        box: Box = self._closed[key]
        part = cluster.part
        out = part.outputs[0] if part is not None and cluster.phase == "forward" and len(part.outputs) == 1 else None
        out = out if out in self.chart.phase else None
        self.rows.append(Row(depth, box.title, *(("", "") if out is None else self._told(out)), "layer"))
        room = _LABEL + _VALUE + _BACK - 3 * (depth + 1)
        lines = [part for line in box.lines for part in wrap(line, room, subsequent_indent="  ")]
        self.rows += [Row(depth + 1, line, kind="note") for line in lines]

    def _trees(self, own: list[Node]) -> list[list[Node]]:
        """Return the nodes of one place in trees, each from its root to its leaves."""
        inside = set(own)
        users: dict[Node, list[Node]] = {}
        for node in own:
            for _, one in self.chart.operands(node):
                users.setdefault(one, []).append(node)
        roots: dict[Node, Node] = {}
        for node in reversed(own):
            last = [one for one in users.get(node, ()) if one in inside]
            roots[node] = roots[last[-1]] if last else node
        trees: dict[Node, list[Node]] = {}
        for node in reversed(own):
            trees.setdefault(roots[node], []).append(node)
        return list(trees.values())

    def _operations(self, tree: list[Node], depth: int) -> None:
        """Add the rows of one tree: nested where it is not deep."""
        inside, shown = set(tree), set()
        rows: list[tuple[int, Node]] = []
        stack = [(0, tree[0])]
        while stack:
            level, node = stack.pop()
            if node in shown:
                continue
            shown.add(node)
            rows.append((level, node))
            below = [one for _, one in self.chart.operands(node) if one in inside]
            stack += [(level + 1, one) for one in reversed(below)]
        if max(level for level, _ in rows) > _DEEPEST:
            rows = [(0, node) for node in tree]
        for level, node in rows:
            given = node.primitive in (INPUT, CONSTANT)
            label = self._names.get(node) or self.chart.value(node)
            if not given:
                names = {one: name for one, name in self._names.items() if one is not node}
                label = f"{label} = {self.chart.told(expression(node, names))}"
            self.rows.append(Row(depth + level, label, *self._told(node), "input" if given else "operation"))

    def _told(self, node: Node) -> tuple[str, str]:
        """Return a node's value and its whole derivative."""
        chart = self.chart
        if node is chart.end:
            back = "1" if chart.manner.backward == "edges" else ""
        else:
            uses = [(user, place) for user in self._users(node) for place, one in chart.operands(user) if one is node]
            back = chart.derivative(node, uses, True, _BACK).removeprefix("∂ ")
        value = chart.value(node, _VALUE)
        return (value if len(value) <= _VALUE else value.removeprefix(f"{node.dtype} ")), back

    def _users(self, node: Node) -> list[Node]:
        return [user for user in self.chart.nodes if any(one is node for one in user.inputs)]


def _columns(label: str, value: str, derivative: str) -> str:
    """Return one line; what is too long is cut, and marked."""
    told = " ".join(one for one in (value, derivative) if one)
    room = _LABEL + (0 if told else _VALUE + _BACK)
    value, derivative = _cut(value, _VALUE), _cut(derivative, _BACK)
    return f"{_cut(label, room)} {value:>{_VALUE - _wide(value)}} {derivative:>{_BACK - _wide(derivative)}}"


def _wide(text: str) -> int:
    return letter_widths(text) - len(text)


def _cut(text: str, most: int) -> str:
    """Return a text in exactly this many columns, or fewer where spaces follow."""
    if letter_widths(text) > most:
        while letter_widths(text) > most - 1:
            text = text[:-1]
        text += GAP
    return text + " " * (most - letter_widths(text)) if most in (_LABEL, _LABEL + _VALUE + _BACK) else text


def colored(tree: Tree, title: str) -> Any:
    """Return a tree as a text of rich: layers bold, derivatives in the colour that they have in pictures."""
    rich = require("rich.text", "cli", "colours in the terminal")
    found = rich.Text()
    plain = tree.text(title).splitlines()
    kinds = ["layer", "note", *(row.kind for _, row in tree.guided())]
    looks = {"layer": "bold", "note": "dim", "input": "green"}
    for line, kind in zip(plain, kinds, strict=True):
        label, rest = line[:_LABEL], line[_LABEL:]
        found.append(label, style=looks.get(kind, ""))
        found.append(rest[: _VALUE + 1] if kind != "note" else rest)
        found.append(rest[_VALUE + 1 :] + "\n" if kind != "note" else "\n", style="dark_orange3")
    found.rstrip()  # print ends the last line
    return found
