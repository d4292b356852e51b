"""A graph: input nodes, output nodes, and the walks over what lies between them (never recursive)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from onionskin.base.errors import GraphError
from onionskin.base.specs import Spec
from onionskin.graph.bind import bind
from onionskin.graph.node import Node, as_node, make_input
from onionskin.graph.primitive import INPUT, PICK


def topological(outputs: Iterable[Node], stop: Iterable[Node] = ()) -> list[Node]:
    """Return all nodes that the outputs depend on, each after its inputs; none at or beyond `stop`."""
    order: list[Node] = []
    done: set[int] = set(map(id, stop))
    stack = [(node, False) for node in reversed(list(outputs))]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
            continue
        if id(node) in done:
            continue
        done.add(id(node))
        stack.append((node, True))
        stack.extend((one, False) for one in reversed(node.inputs) if id(one) not in done)
    return order


@dataclass(frozen=True, eq=False)
class Graph:
    """A function as data: `outputs` computed from `inputs` by primitive operations.

    Args:
        inputs: the input nodes, in the order of the arguments.
        outputs: the nodes of the results, in order; one node may stand there twice.
        name: what to call it.
    """

    inputs: tuple[Node, ...]
    outputs: tuple[Node, ...]
    name: str = field(default="graph")

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every node that the outputs need, each after its inputs."""
        return tuple(topological(self.outputs))

    @property
    def in_specs(self) -> tuple[Spec, ...]:
        """Spec of each input."""
        return tuple(node.spec for node in self.inputs)

    @property
    def out_specs(self) -> tuple[Spec, ...]:
        """Spec of each output."""
        return tuple(node.spec for node in self.outputs)

    def __repr__(self) -> str:
        ins, outs = (", ".join(map(str, specs)) for specs in (self.in_specs, self.out_specs))
        return f"<graph {self.name}: ({ins}) -> ({outs}), {len(self.nodes)} nodes>"

    def __str__(self) -> str:
        return listing(self)


Visit = Callable[[Node, tuple[Any, ...]], Any]


def replay(node: Node, inputs: tuple[Any, ...]) -> Any:
    """Apply a node's operation to other inputs (nodes or arrays)."""
    if node.primitive is PICK:
        value = inputs[0]
        return value[node.params["index"]] if isinstance(value, tuple) else bind(PICK, inputs, node.params)
    return bind(node.primitive, inputs, node.params) if node.inputs else node


def substitute(
    outputs: Sequence[Node], mapping: Mapping[Node, Any], visit: Visit = replay, keep: bool = True
) -> list[Any]:
    """Rebuild what the outputs compute with other values in place of some nodes.

    Args:
        outputs: nodes to rebuild.
        mapping: node → what stands in its place (a node or an array).
        visit: makes the new value of a node from its rebuilt inputs.
        keep: a node none of whose inputs changed stays as it is; False visits every node.

    Returns:
        The new value of each output.
    """
    values: dict[Node, Any] = dict(mapping)
    for node in topological(outputs, stop=mapping):
        inputs = tuple([values[one] for one in node.inputs])
        if keep and all(new is old for new, old in zip(inputs, node.inputs, strict=True)):
            values[node] = node
        else:
            values[node] = visit(node, inputs)
    return [values[node] for node in outputs]


def inline(graph: Graph, args: Sequence[Any]) -> list[Any]:
    """Return the outputs of a graph applied to other nodes or arrays.

    Raises:
        GraphError: the number or the specs of the arguments do not fit.
    """
    if len(args) != len(graph.inputs):
        raise GraphError(
            f"{graph.name} was given the wrong number of inputs.", expected=len(graph.inputs), given=len(args)
        )
    return substitute(graph.outputs, dict(zip(graph.inputs, args, strict=True)))


def trace(function: Callable[..., Any], specs: Sequence[Spec], names: Sequence[str] = (), name: str = "") -> Graph:
    """Record a function of nodes as a graph.

    Args:
        function: called with one input node for each spec; returns a node, an array or a sequence of them.
        specs: shape and dtype of each argument.
        names: what to call the inputs.
        name: what to call the graph; the function's own name where empty.
    """
    labels = [*names, *[f"x{index}" for index in range(len(names), len(specs))]]
    inputs = tuple(make_input(spec, label) for spec, label in zip(specs, labels, strict=True))
    result = function(*inputs)
    outputs = tuple(result) if isinstance(result, tuple | list) else (result,)
    return Graph(inputs, tuple(as_node(value) for value in outputs), name or getattr(function, "__name__", "graph"))


def free_inputs(graph: Graph) -> list[Node]:
    """Return input nodes that the outputs need but that are none of the graph's inputs."""
    own = set(graph.inputs)
    return [node for node in graph.nodes if node.primitive is INPUT and node not in own]


def listing(graph: Graph) -> str:
    """Return the graph as lines of text, one node a line."""
    names: dict[Node, str] = {}
    lines = [repr(graph)]
    for index, node in enumerate(graph.nodes):
        label = node.params["name"] if node.primitive is INPUT else ""
        names[node] = label if label and label not in names.values() else f"%{index}"
        params = ", ".join(f"{key}={value}" for key, value in node.params.items() if node.primitive is not INPUT)
        inputs = ", ".join(names[one] for one in node.inputs)
        detail = ", ".join(part for part in (inputs, params) if part)
        lines.append(f"  {names[node]}: {node.spec} = {node.primitive.name}({detail})")
    lines.append("  return " + ", ".join(names[node] for node in graph.outputs))
    return "\n".join(lines)
