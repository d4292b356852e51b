"""`jvp`: a function's derivative along a direction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import DTypeError, ShapeError
from onionskin.base.specs import is_float, spec_of
from onionskin.base.trees import map_tree
from onionskin.graph import Graph, as_node, substitute
from onionskin.runtime.arguments import checked_function, take_apart
from onionskin.runtime.gradients import evaluated
from onionskin.state import Pure, purify
from onionskin.transforms import push_forward


def jvp(function: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Return a function's value and its derivative along a direction, y and J·dx.

    Args:
        function: of arrays.
        primals: its positional arguments.
        tangents: the direction: for each float argument an array of its shape.

    Returns:
        `(value, derivative)`, both in the form that the function returns; the derivative of an integer
        result is left out.

    Raises:
        ShapeError: a tangent has another shape than its primal.
        DTypeError: primals or tangents are no tuple.

    Example:
        >>> from onionskin.runtime import jvp
        >>> y, dy = jvp(lambda x: x * x, (np.array([3.0]),), (np.array([1.0]),))
        >>> print(y, dy)
        [9.] [6.]
    """
    checked_function(function, "jvp")
    for name, one in (("primals", primals), ("tangents", tangents)):
        if not isinstance(one, tuple | list):
            raise DTypeError(f"{name} is a tuple, one entry for each argument.", where="jvp",
                             given=f"an object of type {type(one).__name__}", fix=f"pass ({name[:-1]},)")  # fmt: skip
    call = take_apart(tuple(primals), {})
    moving = [tensor for tensor in call.tensors if is_float(spec_of(tensor).dtype)]
    # Python's numbers as they are; each takes its primal's dtype below
    exact = map_tree(lambda one: np.float64(one) if isinstance(one, int | float) else one, tuple(tangents))
    directions = take_apart(exact, {}).tensors
    _check_tangents(moving, directions)
    pure = purify(call.runner(function), call.specs)
    graph = pure.graph
    changed, variables = len(pure.changed), len(pure.variables)
    tail = push_forward(Graph(graph.inputs, graph.outputs[changed:], graph.name))
    tangents_in = tail.inputs[len(graph.inputs) :]
    fixed = sum(is_float(one.dtype) for one in graph.inputs[:variables])  # variables do not move
    still = {node: np.zeros(node.shape, node.dtype) for node in tangents_in[:fixed]}
    outputs = (*graph.outputs[:changed], *map(as_node, substitute(tail.outputs, still)))
    whole = pure.extended(Graph((*graph.inputs, *tangents_in[fixed:]), outputs, tail.name))
    along = [one.astype(spec_of(like).dtype) for one, like in zip(directions, moving, strict=True)]
    value, pushed = evaluated(whole, call, [*call.tensors, *along])
    return value, _in_form(pure, pushed)


def _check_tangents(moving: Sequence[Any], directions: Sequence[Any]) -> None:
    shapes = [tuple(one.shape) for one in moving], [tuple(one.shape) for one in directions]
    if shapes[0] != shapes[1]:
        raise ShapeError(
            "jvp needs a tangent of the same shape for each float argument.",
            where="jvp",
            expected=", ".join(map(str, shapes[0])) or "none, as there is no float argument",
            given=", ".join(map(str, shapes[1])) or "none",
        )


def _in_form(pure: Pure, pushed: list[Any]) -> Any:
    outputs = pure.graph.outputs[len(pure.changed) :]
    supply = iter(pushed)
    parts = [next(supply) if is_float(node.dtype) else None for node in outputs]
    return pure.result(parts)
