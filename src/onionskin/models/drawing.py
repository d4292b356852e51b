"""A model as a diagram: plain data on its layers, their shapes and connections, which `plot` can draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from onionskin.base.errors import ArgumentError, NotBuiltError
from onionskin.base.trees import flatten
from onionskin.graph import CALL, CONSTANT, INPUT, PICK, Node, topological
from onionskin.layers import InputLayer, Layer
from onionskin.layers.input import input_layer_of
from onionskin.layers.operation import Operation
from onionskin.models.described import Described
from onionskin.models.operations import KerasOperation, written
from onionskin.plot.diagram import Diagram, Group
from onionskin.plot.diagram import Node as Drawn


class Shown(NamedTuple):
    """What is shown of a model.

    Args:
        shapes: of the inputs and outputs of each layer.
        dtype: of the outputs.
        names: of the layers, beside their classes.
        nested: the layers of models within, in a frame; one box for each such model otherwise.
        activations: of the layers that have one.
        trainable: whether the layers that have weights are trained.
    """

    shapes: bool = False
    dtype: bool = False
    names: bool = False
    nested: bool = False
    activations: bool = False
    trainable: bool = False


@dataclass
class _Box:
    """A box while it is collected: what it stands for, and the shapes and dtypes of each of its calls."""

    part: Any
    group: str | None
    note: str = ""
    given: list[list[Any]] = field(default_factory=list)
    returned: list[list[Any]] = field(default_factory=list)
    dtypes: list[list[str]] = field(default_factory=list)


def diagram_of(
    model: Any, shown: Shown, direction: str = "TB", lines: str = "curved", where: str = "drawing"
) -> Diagram:
    """Return a model as a diagram: a box for each layer, an arrow for each tensor from one to the next.

    A layer that is called several times is one box with several arrows, as in Keras; where that would lead back to
    itself, each of its calls is a box. A model written in code is one box.

    Args:
        model: a built model.
        shown: what is shown of it.
        direction: where arrows lead: "TB", "BT", "LR" or "RL".
        lines: "curved", "square" or "straight" arrows.
        where: the function that asks, for errors.

    Raises:
        ArgumentError: it is no model.
        NotBuiltError: it is not built.

    Example:
        >>> from onionskin.layers import Dense, Input
        >>> from onionskin.models import Sequential
        >>> drawn = diagram_of(Sequential([Input((4,)), Dense(8), Dense(1)]), Shown(shapes=True))
        >>> drawn.nodes[1].lines, drawn.edges
        (('Input shape: (None, 8)', 'Output shape: (None, 1)'), (('0', '1'),))
    """
    if not isinstance(model, Described):
        raise ArgumentError(
            "only models are drawn.",
            where=where,
            given=f"an object of type {type(model).__name__}",
            fix="of layers, make a model: Sequential([Input(shape), layer, …])",
        )
    if not model.built:
        raise NotBuiltError(
            "a model that is not built has no shapes and connections to draw yet.",
            where=f"{where}, model '{model.name}'",
            fix="call build(input_shape), call it on data, or put Input(shape=…) first",
        )
    walk = _Walk(shown)
    if _is_described(model):
        walk.model(model, None)
    else:
        walk.code(model)
    nodes = tuple(_drawn(key, box, shown) for key, box in walk.boxes.items())
    return Diagram(model.name, nodes, tuple(walk.edges), tuple(walk.groups), direction, lines)


def _is_described(model: Any) -> bool:
    """Tell whether a model says how its layers are connected."""
    return hasattr(model, "description") or (hasattr(model, "_stack") and model.outputs is not None)


class _Walk:
    """Collects boxes, arrows and groups, the outer model's first."""

    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        self.boxes: dict[str, _Box] = {}
        self.edges: dict[tuple[str, str], None] = {}
        self.groups: list[Group] = []
        self._count = 0

    def code(self, model: Any) -> None:
        """Add the one box of a model written in code."""
        box = _Box(model, None)
        specs = getattr(model, "_untracked_call_specs", None)
        if specs is not None:
            box.given.append([spec.shape for spec in flatten(specs)[0]])
        if model._untracked_output_shapes:
            box.returned.append(list(model._untracked_output_shapes))
        self.boxes[self._key()] = box

    def model(self, model: Any, group: str | None, sources: Sequence[str | None] | None = None) -> list[str | None]:
        """Add the boxes of a model.

        Args:
            model: the model.
            group: the group to put them in.
            sources: for each input, the box that it comes from; nothing where None.

        Returns:
            For each output, the box that it comes from, None for an input that no box stands for.
        """
        nodes = topological(model.outputs, stop=())
        nodes = [*(one for one in model.inputs if one not in set(nodes)), *nodes]
        calls = _Calls(nodes)
        origin: dict[Node, str | None] = {}
        results: dict[Node, list[str | None]] = {}  # call → for each output, the box that it comes from
        begins = dict(zip(model.inputs, sources or [None] * len(model.inputs), strict=True))
        for node in nodes:
            if node.primitive is INPUT:
                origin[node] = self._input(node, group, begins[node], hasattr(model, "description"))
            elif node.primitive is PICK and node.inputs[0] in results:
                origin[node] = results[node.inputs[0]][node.params["index"]]
            elif node.primitive is CALL:
                part = node.params["call"].layer
                expanded = self.shown.nested and isinstance(part, Described) and _is_described(part)
                results[node] = (self._expanded if expanded else self._called)(node, group, origin, calls)
            elif node.primitive is not CONSTANT:
                origin[node] = self._operation(node, group, origin)
        return [origin[node] for node in model.outputs]

    def _input(self, node: Node, group: str | None, source: str | None, boxed: bool) -> str | None:
        if not boxed:  # the input of a Sequential model is no layer of it
            return source
        key = self._key()
        self.boxes[key] = _Box(input_layer_of(node), group, returned=[[node.shape]], dtypes=[[node.dtype]])
        self._join([source], key)
        return key

    def _called(self, node: Node, group: str | None, origin: dict[Node, str | None], calls: _Calls) -> list[str | None]:
        """Add a call of a layer: its box, where it has none yet, and the arrows to it."""
        part, place = node.params["call"].layer, calls.place(node)
        if place not in calls.boxes:
            calls.boxes[place] = self._key()
            self.boxes[calls.boxes[place]] = _Box(part, group, calls.note(node))
        key = calls.boxes[place]
        box = self.boxes[key]
        tensors = [one for one in node.inputs if one.primitive is not CONSTANT]
        box.given.append([one.shape for one in tensors])
        box.returned.append([spec.shape for spec in node.spec])
        box.dtypes.append([spec.dtype for spec in node.spec])
        self._join([origin[one] for one in tensors], key)
        return [key] * len(node.spec)

    def _expanded(
        self, node: Node, group: str | None, origin: dict[Node, str | None], calls: _Calls
    ) -> list[str | None]:
        """Add a call of a model within: a group with its layers, where it has none yet, and the arrows into it."""
        part, place = node.params["call"].layer, calls.place(node)
        if place not in calls.insides:
            inner, note = self._key(), calls.note(node)
            self.groups.append(Group(inner, _titled(part) + (f", {note}" if note else ""), group))
            doors: list[str | None] = [f"{inner}, input {index}" for index in range(len(part.inputs))]
            ends = self.model(part, inner, doors)
            entries = {door: [target for source, target in self.edges if source == door] for door in doors}
            self.edges = {edge: None for edge in self.edges if edge[0] not in entries}
            calls.insides[place] = entries, ends
        entries, ends = calls.insides[place]
        tensors = [None if one is None else origin.get(one) for one in _arguments(part, node)]
        given = dict(zip(entries, tensors, strict=False))
        for door, targets in entries.items():
            for target in targets:
                self._join([given.get(door)], target)
        return [given.get(end) if end in entries else end for end in ends]

    def _operation(self, node: Node, group: str | None, origin: dict[Node, str | None]) -> str:
        key = self._key()
        tensors = [one for one in node.inputs if one.primitive is not CONSTANT]
        specs = node.spec if isinstance(node.spec, tuple) else (node.spec,)
        self.boxes[key] = _Box(
            node,
            group,
            given=[[one.shape for one in tensors]],
            returned=[[spec.shape for spec in specs]],
            dtypes=[[spec.dtype for spec in specs]],
        )
        self._join([origin[one] for one in tensors], key)
        return key

    def _join(self, sources: Iterable[str | None], key: str) -> None:
        self.edges.update({(source, key): None for source in sources if source is not None})

    def _key(self) -> str:
        self._count += 1
        return str(self._count - 1)


class _Calls:
    """The calls of layers in a model: which boxes they share, and the number of each.

    A layer whose output leads back to it has a box for each call; any other has one.
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.boxes: dict[tuple[int, int], str] = {}
        self.insides: dict[tuple[int, int], tuple[dict[str | None, list[str]], list[str | None]]] = {}
        self._total: dict[int, int] = {}
        self._number: dict[Node, int] = {}
        for node in nodes:
            if node.primitive is CALL:
                layer = id(node.params["call"].layer)
                self._number[node] = self._total[layer] = self._total.get(layer, 0) + 1
        self._returning = self._coming_back(nodes)

    def place(self, node: Node) -> tuple[int, int]:
        """Return what calls that share a box have in common."""
        layer = id(node.params["call"].layer)
        return layer, self._number[node] if layer in self._returning else 0

    def note(self, node: Node) -> str:
        """Return what tells apart the boxes of one layer, "" where it has one."""
        layer, number = self.place(node)
        return f"call {number} of {self._total[layer]}" if number else ""

    def _coming_back(self, nodes: Sequence[Node]) -> set[int]:
        """Return the layers whose outputs lead back to them."""

        def part(node: Node) -> int:
            return id(node.params["call"].layer) if node.primitive is CALL else id(node)

        after: dict[int, set[int]] = {}
        for node in nodes:
            for one in node.inputs:
                after.setdefault(part(one), set()).add(part(node))
        found = set()
        for layer in [layer for layer, total in self._total.items() if total > 1]:
            seen: set[int] = set()
            open_ones = [layer]
            while open_ones:
                new = after.get(open_ones.pop(), set()) - seen
                seen |= new
                open_ones += new
            if layer in seen:
                found.add(layer)
        return found


def _arguments(model: Any, call: Node) -> list[Any]:
    """Return the tensors that a model within is called on, in the order of its inputs."""
    args, kwargs = call.params["call"].arguments(call.inputs)
    given = args[0] if args else next(iter(kwargs.values()))
    if isinstance(given, dict) and hasattr(model, "description") and model.description[1].kind is not dict:
        return [given.get(node.params["name"]) for node in model.inputs]
    return list(flatten(given)[0])


# --- words ---


def _class_of(part: Any) -> str:
    if isinstance(part, Node):
        known = written(part)
        return known.class_name if known else "".join(word.capitalize() for word in part.primitive.name.split("_"))
    if isinstance(part, KerasOperation):
        return str(part._untracked_operation)
    if isinstance(part, Operation):
        return "".join(word.capitalize() for word in part._untracked_record.name.split("_"))
    return type(part).__name__


def _kind(part: Any) -> str:
    if isinstance(part, Node | KerasOperation | Operation):
        return "operation"
    return "input" if isinstance(part, InputLayer) else "model" if isinstance(part, Described) else "layer"


def _titled(part: Any) -> str:
    name = part.primitive.name if isinstance(part, Node) else part.name
    return f"{name} ({_class_of(part)})"


def _drawn(key: str, box: _Box, shown: Shown) -> Drawn:
    part, lines = box.part, []
    activation = getattr(part, "activation", None) if isinstance(part, Layer) else None
    if shown.activations and activation is not None:
        named = getattr(activation, "name", None) or getattr(activation, "__name__", None) or str(activation)
        lines.append(f"Activation: {named}")
    if shown.shapes:
        if not isinstance(part, InputLayer):
            lines.append(f"Input shape: {_each_call(box.given)}")
        lines.append(f"Output shape: {_each_call(box.returned)}")
    if shown.dtype:
        lines.append(f"Output dtype: {_each_call(box.dtypes)}")
    if shown.trainable and isinstance(part, Layer) and part.weights:
        lines.append("Trainable" if part.trainable else "Non-trainable")
    title = (_titled(part) if shown.names else _class_of(part)) + (f"\n{box.note}" if box.note else "")
    return Drawn(key, title, tuple(lines), _kind(part), box.group)


def _each_call(values: Sequence[Sequence[Any]]) -> str:
    """Return the shapes or dtypes of a layer's tensors, and again where another call has others."""
    texts = [str(one[0]) if len(one) == 1 else f"[{', '.join(map(str, one))}]" for one in values]
    return " or ".join(dict.fromkeys(texts)) or "?"
