"""A step up to one of its nodes with the numbers it ran on, to be run again now or later from a file of arrays."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from onionskin import engines
from onionskin.base.errors import ArgumentError, FileFormatError, OnionskinError
from onionskin.base.specs import Spec
from onionskin.datasets.npz import read_npz
from onionskin.graph import CONSTANT, INPUT, PICK, Graph, Node, Primitive, make, make_constant, make_input, topological
from onionskin.prims import TABLE
from onionskin.transforms import simplify

_GRAMMAR = {one.name: one for one in (INPUT, CONSTANT, PICK)}
_MOST_NODES = 1_000_000  # of a file


@dataclass(frozen=True, eq=False)
class Step:
    """The part of a step that one node needs, and the numbers it ran on.

    Args:
        node: what is computed.
        inputs: input nodes of the step, and the arrays that they stood for.
        direct: the numbers of the node's own ingredients, in their order.
        engine: name of the engine that it ran on.
    """

    node: Node
    inputs: Mapping[Node, np.ndarray]
    direct: tuple[np.ndarray, ...]
    engine: str | None = None

    @property
    def operation(self) -> Node:
        """The operation itself; of a picked output, what has several outputs."""
        return self.node.inputs[0] if self.node.primitive is PICK else self.node

    def alone(self) -> np.ndarray:
        """Run the very operation again on the numbers of its ingredients."""
        made = self.operation
        if not made.inputs:
            return np.array(self.inputs[self.node])
        holes = tuple([make_input(one.spec, f"input_{place}") for place, one in enumerate(made.inputs)])
        again = make(made.primitive, holes, made.params)
        end = make(PICK, (again,), self.node.params) if made is not self.node else again
        return np.asarray(engines.get(self.engine).compile(Graph(holes, (end,)))(*self.direct)[0])

    def whole(self) -> np.ndarray:
        """Run the step again up to the operation."""
        graph = simplify(Graph(tuple(self.inputs), (self.node,)))
        return np.asarray(engines.get(self.engine).compile(graph)(*self.inputs.values())[0])


def snapshot(
    node: Node, values: Mapping[Node, np.ndarray], inputs: Mapping[Node, np.ndarray], engine: str | None = None
) -> Step:
    """Return a node with what it needs of a step.

    Args:
        node: what is to be run again.
        values: numbers of the step's nodes.
        inputs: input node → its array.
        engine: name of the engine that it ran on.
    """
    needed = [one for one in topological([node]) if one.primitive is INPUT]
    made = node.inputs[0] if node.primitive is PICK else node
    direct = tuple([np.array(_number(one, values)) for one in made.inputs])
    return Step(node, {one: np.array(inputs[one]) for one in needed}, direct, engine)


def _number(node: Node, values: Mapping[Node, np.ndarray]) -> np.ndarray:
    return np.asarray(node.params["value"].array if node.primitive is CONSTANT else values[node])


# --- as arrays and JSON ---


def packed(step: Step, arrays: dict[str, np.ndarray]) -> dict[str, Any] | None:
    """Return a step as JSON, its arrays put aside; None where an operation of the user's own is in it."""
    inputs = list(step.inputs)
    try:
        nodes = _listed(topological([*inputs, step.node]), arrays)
    except ArgumentError:
        return None
    for place, array in enumerate(step.inputs.values()):
        arrays[f"input_{place}"] = array
    for place, array in enumerate(step.direct):
        arrays[f"direct_{place}"] = array
    return {"nodes": nodes, "inputs": len(inputs), "direct": len(step.direct), "engine": step.engine}


def _listed(nodes: Sequence[Node], arrays: dict[str, np.ndarray]) -> list[Any]:
    places = {node: place for place, node in enumerate(nodes)}
    found = []
    for node in nodes:
        if {**_GRAMMAR, **TABLE}.get(node.primitive.name) is not node.primitive:
            raise ArgumentError("an operation of one's own.", given=node.primitive.name)
        params = {key: _param(value, arrays) for key, value in node.params.items()}
        found.append([node.primitive.name, [places[one] for one in node.inputs], params])
    return found


def _param(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, tuple | list):
        return {"tuple": [_param(one, arrays) for one in value]}
    if isinstance(value, Spec):
        return {"spec": [list(value.shape), value.dtype]}
    if isinstance(value, Graph):
        inner = topological([*value.inputs, *value.outputs])
        places = {node: place for place, node in enumerate(inner)}
        return {"graph": [_listed(inner, arrays), [places[one] for one in value.inputs],
                          [places[one] for one in value.outputs], value.name]}  # fmt: skip
    if hasattr(value, "array"):
        name = f"constant_{len(arrays)}"
        arrays[name] = value.array
        return {"array": name}
    raise ArgumentError("a parameter that no file can hold.", given=type(value).__name__)


def unpacked(found: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Step:
    """Return a step that `packed` has written; whatever is wrong with it raises an error of Python's or ours."""
    nodes = _made(found["nodes"], arrays)
    inputs = [one for one in nodes if one.primitive is INPUT]
    if len(inputs) != found["inputs"]:
        raise ValueError("the number of inputs does not fit")
    given = {node: arrays[f"input_{place}"] for place, node in enumerate(inputs)}
    if any(node.spec != Spec(array.shape, array.dtype.name) for node, array in given.items()):
        raise ValueError("an array does not fit its input")
    step = Step(
        nodes[-1],
        given,
        tuple([arrays[f"direct_{place}"] for place in range(found["direct"])]),
        _engine(found["engine"]),
    )
    specs = [Spec(array.shape, array.dtype.name) for array in step.direct]
    if [one.spec for one in step.operation.inputs] != specs:
        raise ValueError("an array does not fit its ingredient")
    return step


def _engine(name: Any) -> str | None:
    """Return the engine that a step ran on, where it is there."""
    try:
        return str(engines.get(name).name)
    except OnionskinError:
        return None


def _made(rows: Sequence[Any], arrays: Mapping[str, np.ndarray]) -> list[Node]:
    if not 0 < len(rows) <= _MOST_NODES:
        raise ValueError("no nodes, or too many")
    known: dict[str, Primitive] = {**_GRAMMAR, **TABLE}
    nodes: list[Node] = []
    for name, places, params in rows:
        primitive = known[name]
        if any(not 0 <= place < len(nodes) for place in places):
            raise ValueError("a node before its inputs")
        own = {key: _unpacked(value, arrays) for key, value in params.items()}
        if primitive is INPUT:
            nodes.append(make_input(own["spec"], str(own["name"])))
        elif primitive is CONSTANT:
            nodes.append(make_constant(own["value"]))
        else:
            nodes.append(make(primitive, tuple([nodes[place] for place in places]), own))
    return nodes


def _unpacked(value: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, inner),) = value.items()
    if kind == "tuple":
        return tuple([_unpacked(one, arrays) for one in inner])
    if kind == "spec":
        return Spec(tuple([int(size) for size in inner[0]]), str(inner[1]))
    if kind == "graph":
        nodes = _made(inner[0], arrays)
        return Graph(tuple([nodes[one] for one in inner[1]]), tuple([nodes[one] for one in inner[2]]), str(inner[3]))
    return arrays[inner]


def write(path: Any, description: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write JSON and arrays to an .npz file; the JSON is an array of bytes, so that nothing in it is an object."""
    named: dict[str, Any] = {f"a_{name}": array for name, array in arrays.items()}
    named["report"] = np.frombuffer(json.dumps(description).encode(), np.uint8)
    try:
        with open(path, "wb") as stream:
            np.savez(stream, **named)
    except OSError as error:
        raise ArgumentError("the file cannot be written.", where=str(path), given=error.strerror) from None


def read(path: Any) -> tuple[dict[str, Any], dict[str, np.ndarray], Step | None]:
    """Read what `write` wrote, and the step in it.

    Raises:
        FileFormatError: the file is damaged, or no such file.
        DataError: it is not there.
    """
    found = read_npz(path)
    arrays = {name[2:]: array for name, array in found.items() if name.startswith("a_")}
    try:
        description = json.loads(found["report"].astype(np.uint8).tobytes())
        step = description["step"]
        return description, arrays, None if step is None else unpacked(step, arrays)
    except (OnionskinError, KeyError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError,
            RecursionError) as error:  # fmt: skip
        raise FileFormatError("the file holds no report of find_nan.", where=str(path),
                              given=f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}",
                              fix="save the report again with its save(path)") from None  # fmt: skip
