"""A diagram as plain data, boxes with lines of text joined by arrows, and the shapes that it is drawn with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from onionskin.plot.layered import Box, Frame, Layout, Room, layout
from onionskin.plot.letters import text_width, wrapped
from onionskin.plot.level import ENTRY
from onionskin.plot.theme import Theme

_TITLE, _SMALL = 13.0, 12.0  # pixels
_LINE = 1.4  # height of a line, in sizes
_WIDEST = 340.0  # of a text before it is broken, in pixels
_SIDE, _END = 12.0, 7.0  # between a box's border and its text
_NARROWEST = 76.0  # boxes of a chain look alike where their names are short
_NARROW = 40.0  # but single operations are many, and small
_SINGLE = ("forward", "backward", "update", "constant")
_BY, _APART = 7.0, 4.0  # from an arrow to what is written beside it; from the middle of two arrows to each
_ENTRY = 22.0  # between the ends of such pairs at one box
ROUND = 6  # radius of a rectangle's corners, in pixels
_ARROW, _HALF = 7.0, 3.6  # length and half the width of an arrow's head

Point: TypeAlias = tuple[float, float]
Commands: TypeAlias = tuple[tuple[str, tuple[float, ...]], ...]  # "M", "L", "C" and "Z", with coordinates


@dataclass(frozen=True)
class Node:
    """A box of a diagram.

    Attributes:
        key: its name within the diagram, not shown.
        title: its first line.
        lines: further lines.
        kind: what chooses its colour: "layer", "input", "operation" or "model"; of computational graphs "forward",
            "backward", "update", "weight", "constant" or "loss".
        group: key of the group that it is in, or None.
    """

    key: str
    title: str
    lines: tuple[str, ...] = ()
    kind: str = "layer"
    group: str | None = None


@dataclass(frozen=True)
class Group:
    """A frame around boxes.

    Attributes:
        key: its name within the diagram, not shown.
        title: the label.
        parent: key of the group that it is in, or None.
    """

    key: str
    title: str
    parent: str | None = None


@dataclass(frozen=True)
class Edge:
    """How an arrow is drawn, and what is written on it.

    Attributes:
        value: written to its left, or above it where arrows lead sideways.
        derivative: written on its other side, in the colour of what flows back.
        back: a second, broken arrow leads back beside it.
        kind: "edge", "backward" or "update", which chooses its colour.
    """

    value: str = ""
    derivative: str = ""
    back: bool = False
    kind: str = "edge"


@dataclass(frozen=True)
class Diagram:
    """Boxes, arrows and groups.

    Attributes:
        name: what it is a picture of, for those who do not see it.
        nodes: the boxes.
        edges: pairs of keys of boxes, from and to.
        groups: the groups.
        direction: where arrows lead: "TB" down, "BT" up, "LR" to the right, "RL" to the left.
        lines: "curved" arrows, "square" ones, which go along and across the direction, or "straight" ones.
        written: how each of the edges is drawn and what is written on it; plain arrows where it is empty.
    """

    name: str
    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...] = ()
    groups: tuple[Group, ...] = ()
    direction: str = "TB"
    lines: str = "curved"
    written: tuple[Edge, ...] = ()

    def of(self, number: int) -> Edge:
        """Return how an edge is drawn, by its number."""
        return self.written[number] if self.written else _PLAIN


_PLAIN = Edge()


@dataclass(frozen=True)
class Shape:
    """A rectangle with round corners, where it has a size, or a path.

    Attributes:
        look: name of its paint.
        corner: x and y of a rectangle's upper left corner.
        size: its width and height.
        path: the commands of a path.
        key: of the box or group that it stands for.
    """

    look: str
    corner: tuple[float, float] = (0.0, 0.0)
    size: tuple[float, float] | None = None
    path: Commands = ()
    key: str = ""


@dataclass(frozen=True)
class Label:
    """A line of text.

    Attributes:
        text: the text.
        x: of its left end, or of its middle.
        y: of its baseline.
        size: of the letters, in pixels.
        bold: whether they are bold.
        middle: whether x is its middle.
        look: name of its colour, "" for that of all texts.
        key: of the box or group that it is in.
    """

    text: str
    x: float
    y: float
    size: float
    bold: bool = False
    middle: bool = False
    look: str = ""
    key: str = ""

    @property
    def width(self) -> float:
        """Its width in pixels, at most."""
        return text_width(self.text, self.size, self.bold)


@dataclass(frozen=True)
class Scene:
    """All that is drawn, from the back to the front.

    Attributes:
        width: in pixels.
        height: in pixels.
        shapes: rectangles and paths.
        labels: texts.
    """

    width: float
    height: float
    shapes: tuple[Shape, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class Paint:
    """How a shape is filled and outlined: colours, None for none; the line's width and dashes, in pixels."""

    fill: str | None
    stroke: str | None
    width: float = 1.2
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class _Sized:
    """The lines of a box, broken where they are too long, and its size."""

    titles: list[str]
    lines: list[str]
    narrowest: float = _NARROWEST
    width: float = field(init=False)
    height: float = field(init=False)

    def __post_init__(self) -> None:
        widths = [text_width(one, _TITLE, True) for one in self.titles]
        widths += [text_width(one, _SMALL) for one in self.lines]
        height = len(self.titles) * _TITLE * _LINE + 2 * _END
        height += len(self.lines) * _SMALL * _LINE + 2 * _END if self.lines else 0.0
        object.__setattr__(self, "width", max(self.narrowest, *widths) + 2 * _SIDE)
        object.__setattr__(self, "height", height)


def paints(look: Theme) -> dict[str, Paint]:
    """Return how each kind of shape is painted in a style."""
    accents = {"layer": look.series[0], "input": look.series[2], "operation": look.muted, "model": look.series[3]}
    accents |= {"forward": look.series[0], "backward": look.series[1], "update": look.series[3]}
    accents |= {"weight": look.series[4], "constant": look.muted, "loss": look.series[5]}
    found = {"group": Paint(_mixed(look.muted, look.background, 0.06), look.muted, 1.0, (5.0, 4.0))}
    for kind, accent in accents.items():
        found[kind] = Paint(_mixed(accent, look.background, 0.1), accent)
        found[f"{kind}-rule"] = Paint(None, _mixed(accent, look.background, 0.4), 1.0)
    found["edge"] = Paint(None, look.muted, 1.4)
    found["arrow"] = Paint(look.muted, None)
    for kind in ("backward", "update"):
        found[f"{kind}-edge"] = Paint(None, accents[kind], 1.4, (5.0, 3.0) if kind == "backward" else ())
        found[f"{kind}-arrow"] = Paint(accents[kind], None)
    return found


def inks(look: Theme) -> dict[str, str]:
    """Return the colours of the texts that have one of their own."""
    return {"derivative": _mixed(look.series[1], look.ink, 0.7)}


def scene(diagram: Diagram) -> Scene:
    """Return the shapes and texts of a diagram.

    Raises:
        OnionskinError: it cannot be laid out; see `layered.layout`.
    """
    sized = {
        node.key: _Sized(
            [line for part in node.title.split("\n") for line in wrapped(part, _WIDEST, _TITLE, True)],
            [line for text in node.lines for part in text.split("\n") for line in wrapped(part, _WIDEST, _SMALL)],
            _NARROW if node.kind in _SINGLE else _NARROWEST,
        )
        for node in diagram.nodes
    }
    frames = {group.key: wrapped(group.title, _WIDEST, _SMALL, True) for group in diagram.groups}
    laid = _laid(diagram, sized, frames)
    shapes: list[Shape] = []
    labels: list[Label] = []
    for key, at in laid.groups.items():
        shapes.append(Shape("group", (at.x, at.y), (at.width, at.height), key=key))
        for number, line in enumerate(frames[key]):
            y = at.y + 6.0 + _baseline(number, _SMALL)
            labels.append(Label(line, at.x + _SIDE, y, _SMALL, bold=True, key=key))
    for number, route in enumerate(laid.routes):
        shapes += _arrows(laid, route, diagram, diagram.of(number))
        if number in laid.rooms:
            labels += _beside(laid, number, diagram.of(number))
    for node in diagram.nodes:
        _box(node, sized[node.key], laid, shapes, labels)
    return Scene(laid.width, laid.height, tuple(dict.fromkeys(shapes)), tuple(labels))


def _laid(diagram: Diagram, sized: Mapping[str, _Sized], frames: Mapping[str, list[str]]) -> Layout:
    lying = diagram.direction in ("LR", "RL")
    rooms = {}
    for number in range(len(diagram.edges)):
        edge = diagram.of(number)
        if edge.value or edge.derivative:
            rooms[number] = _room(edge, lying)
    return layout(
        [Box(node.key, sized[node.key].width, sized[node.key].height, node.group) for node in diagram.nodes],
        diagram.edges,
        [
            Frame(
                group.key,
                max(text_width(line, _SMALL, True) for line in frames[group.key]),
                len(frames[group.key]) * _SMALL * _LINE,
                group.parent,
            )
            for group in diagram.groups
        ],
        diagram.direction,
        diagram.lines == "square",
        rooms,
        _ENTRY if any(edge.back for edge in diagram.written) else ENTRY,
    )


# --- what is written on arrows ---


def _room(edge: Edge, lying: bool) -> Room:
    """Return the room for what is written on both sides of an arrow."""
    texts = edge.value.split("\n"), edge.derivative.split("\n")
    widths = [max(text_width(line, _SMALL) for line in lines) for lines in texts]
    by = _BY + (_APART if edge.back else 0.0)
    if lying:
        heights = [len(lines) * _SMALL * _LINE if lines != [""] else 0.0 for lines in texts]
        before, after = (height + by / 2 + 2.0 if height else 0.0 for height in heights)
        return Room(max(widths), before + after, before)
    before, after = (width + by if width else 0.0 for width in widths)
    lines = max(map(len, texts))
    return Room(before + after, lines * _SMALL * _LINE, before)


def _beside(laid: Layout, number: int, edge: Edge) -> list[Label]:
    """Return the texts on both sides of an arrow."""
    place, room = laid.rooms[number], _room(edge, laid.direction in ("LR", "RL"))
    by, labels = _BY + (_APART if edge.back else 0.0), []
    for text, look, behind in ((edge.value, "", False), (edge.derivative, "derivative", True)):
        lines = text.split("\n") if text else []
        for index, line in enumerate(lines):
            width = text_width(line, _SMALL)
            if laid.direction in ("LR", "RL"):
                x = place.x + place.width / 2
                top = place.y + place.height - len(lines) * _SMALL * _LINE if behind else place.y
                labels.append(Label(line, x, top + _baseline(index, _SMALL), _SMALL, middle=True, look=look))
                continue
            top = place.y + (place.height - len(lines) * _SMALL * _LINE) / 2
            x = place.x + room.at + by if behind else place.x + room.at - by - width
            labels.append(Label(line, x, top + _baseline(index, _SMALL), _SMALL, look=look))
    return labels


def _baseline(number: int, size: float) -> float:
    return (number + 0.5) * size * _LINE + 0.36 * size


def _box(node: Node, sized: _Sized, laid: Layout, shapes: list[Shape], labels: list[Label]) -> None:
    at = laid.boxes[node.key]
    shapes.append(Shape(node.kind, (at.x, at.y), (at.width, at.height), key=node.key))
    for number, line in enumerate(sized.titles):
        y = at.y + _END + _baseline(number, _TITLE)
        labels.append(Label(line, at.x + at.width / 2, y, _TITLE, bold=True, middle=True, key=node.key))
    if sized.lines:
        rule = at.y + 2 * _END + len(sized.titles) * _TITLE * _LINE
        ends = ("M", (at.x, rule)), ("L", (at.x + at.width, rule))
        shapes.append(Shape(f"{node.kind}-rule", path=ends))
        for number, line in enumerate(sized.lines):
            y = rule + _END + _baseline(number, _SMALL)
            labels.append(Label(line, at.x + _SIDE, y, _SMALL, key=node.key))


def _arrows(laid: Layout, route: Sequence[Point], diagram: Diagram, edge: Edge) -> list[Shape]:
    """Return an arrow, and that which leads back beside it."""
    lying = laid.direction in ("LR", "RL")
    along = {"TB": (0.0, 1.0), "BT": (0.0, -1.0), "LR": (1.0, 0.0), "RL": (-1.0, 0.0)}[laid.direction]
    kind = "" if edge.kind == "edge" else f"{edge.kind}-"
    if not edge.back:
        return _arrow(laid, route, diagram.lines, along, kind)
    sides = [[(x, y + by) if lying else (x + by, y) for x, y in route] for by in (-_APART, _APART)]
    against = -along[0], -along[1]
    return [
        *_arrow(laid, sides[0], diagram.lines, along, kind),
        *_arrow(laid, sides[1][::-1], diagram.lines, against, "backward-"),
    ]


def _arrow(laid: Layout, route: Sequence[Point], lines: str, along: Point, kind: str) -> list[Shape]:
    """Return the line and the head of an arrow; the line ends where the head begins."""
    tip = route[-1]
    base = tip[0] - along[0] * _ARROW, tip[1] - along[1] * _ARROW
    points = [*route[:-1], base]
    commands: list[tuple[str, tuple[float, ...]]] = [("M", points[0])]
    for index, (start, end) in enumerate(pairwise(points)):
        in_line = abs(start[0] - end[0]) < 1e-6 or abs(start[1] - end[1]) < 1e-6
        if lines == "square" and index + 2 < len(points):
            commands += _corner(start, end, points[index + 2])
        elif in_line or lines != "curved":
            commands.append(("L", end))
        else:
            one, other = laid.curve(start, end)
            commands.append(("C", (*one, *other, *end)))
    side = along[1] * _HALF, along[0] * _HALF
    head = ("M", (base[0] - side[0], base[1] - side[1])), ("L", tip), ("L", (base[0] + side[0], base[1] + side[1]))
    return [Shape(f"{kind}edge", path=tuple(commands)), Shape(f"{kind}arrow", path=(*head, ("Z", ())))]


def _corner(start: Point, corner: Point, end: Point) -> list[tuple[str, tuple[float, ...]]]:
    """Return the line to a corner, and a round turn there."""
    cut = []
    lengths = [max(abs(one[0] - corner[0]), abs(one[1] - corner[1])) for one in (start, end)]
    radius = min(ROUND, *(length / 2 for length in lengths))
    for one, length in zip((start, end), lengths, strict=True):
        part = radius / length if length else 0.0
        cut.append((corner[0] + part * (one[0] - corner[0]), corner[1] + part * (one[1] - corner[1])))
    return [("L", cut[0]), ("C", (*corner, *corner, *cut[1]))]


def _mixed(color: str, ground: str, share: float) -> str:
    """Return a share of one hexadecimal colour laid over another."""
    pairs = [(int(color[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)
