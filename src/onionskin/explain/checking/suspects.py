"""Which primitive's own derivative is wrong: each is tried alone, on the values that it really gets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin.base.specs import is_float
from onionskin.explain.checking.report import Suspect
from onionskin.graph import CONSTANT, INPUT, PICK, Graph, Node, make, make_input, pick
from onionskin.prims.control import run_graph
from onionskin.prims.families import TABLE
from onionskin.transforms import pullback

_TRIED = 3  # nodes of one primitive: further ones would say the same
_TOLERANCE = 1e-5


def values_of(graph: Graph, arrays: Sequence[np.ndarray]) -> dict[Node, Any]:
    """Return the value of every node of a graph; a tuple where a node has several outputs."""
    values: dict[Node, Any] = dict(zip(graph.inputs, arrays, strict=True))
    for node in graph.nodes:
        if node in values or node.primitive is INPUT:
            continue
        if node.primitive is CONSTANT:
            values[node] = node.params["value"].array
        elif node.primitive is PICK:
            values[node] = values[node.inputs[0]][node.params["index"]]
        else:
            with np.errstate(all="ignore"):
                values[node] = node.primitive.value(*[values[one] for one in node.inputs], **node.params)
    return values


def find_suspects(graph: Graph, arrays: Sequence[np.ndarray], seed: int = 0) -> list[Suspect]:
    """Return the primitives of a float64 graph whose derivative is not what differences of their values give.

    Args:
        graph: all floats are float64.
        arrays: the values of its inputs.
        seed: of the directions that are tried.
    """
    values = values_of(graph, arrays)
    rng = np.random.default_rng(seed)
    tried: Counter[str] = Counter()
    found: dict[str, Suspect] = {}
    for node in graph.nodes:
        primitive = node.primitive
        known = primitive.vjp is not None or primitive.definition is not None
        if primitive in (INPUT, CONSTANT, PICK) or not known or tried[primitive.name] >= _TRIED:
            continue
        moving = [index for index, one in enumerate(node.inputs) if is_float(one.dtype) and one.size]
        specs = node.spec if isinstance(node.spec, tuple) else (node.spec,)
        if moving and any(is_float(spec.dtype) for spec in specs) and primitive.name not in found:
            tried[primitive.name] += 1
            wrong = _tried_alone(node, [np.asarray(values[one]) for one in node.inputs], moving, rng)
            if wrong is not None:
                found[primitive.name] = wrong
    return list(found.values())


def _tried_alone(
    node: Node, arrays: Sequence[np.ndarray], moving: Sequence[int], rng: np.random.Generator
) -> Suspect | None:
    """Return what is wrong with a node's derivative by one of its inputs, in a random direction; None for nothing."""
    inner = tuple(make_input(one.spec) for one in node.inputs)
    made = make(node.primitive, inner, node.params)
    outputs = [pick(made, index) for index in range(len(made.spec))] if isinstance(made.spec, tuple) else [made]
    floats = [one for one in outputs if is_float(one.dtype)]
    total: Any = None
    for one in floats:
        part = TABLE["sum"](one * rng.normal(size=one.shape), axis=tuple(range(one.ndim)), keepdims=False)
        total = part if total is None else total + part
    back = pullback([total], [np.ones(())], [inner[index] for index in moving])
    gradients = run_graph(Graph(inner, tuple(back), "backward"), arrays)
    forward = Graph(inner, (total,), "forward")
    for index, gradient in zip(moving, gradients, strict=True):
        direction = rng.normal(size=arrays[index].shape)
        analytic = float(np.sum(gradient * direction))
        slopes = [_slope(forward, arrays, index, direction, step) for step in (1e-5, 1e-6)]
        steady = abs(slopes[0] - slopes[1]) <= 1e-3 * max(map(abs, slopes))  # else a kink lies between
        limit = _TOLERANCE * max(abs(analytic), abs(slopes[0])) + 1e-9
        if np.isfinite([analytic, *slopes]).all() and steady and abs(analytic - slopes[0]) > limit:
            return Suspect(node.primitive.name, index, analytic, slopes[0])
    return None


def _slope(forward: Graph, arrays: Sequence[np.ndarray], index: int, direction: np.ndarray, step: float) -> float:
    """Return the central difference along a direction of one input."""
    found = []
    for sign in (1, -1):
        moved = list(arrays)
        moved[index] = arrays[index] + sign * step * direction
        with np.errstate(all="ignore"):
            found.append(float(run_graph(forward, moved)[0]))
    return (found[0] - found[1]) / (2 * step)
