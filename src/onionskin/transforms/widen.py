"""Widening: the same graph in float64, to tell what a function is from what single precision makes of it."""

from __future__ import annotations

from typing import Any

from onionskin.base.specs import is_float
from onionskin.graph import CONSTANT, INPUT, Graph, Node, make, make_constant, make_input, pick, replay, substitute
from onionskin.prims.elementwise import cast

WIDE = "float64"
# What these give is a matter of the dtype itself: they keep it, and their results are cast.
_OF_THE_DTYPE = ("random_uniform", "bitcast", "nextafter")


def widened(graph: Graph) -> Graph:
    """Return a graph in which every float is a float64: its inputs, its constants and what lies between.

    Random numbers stay the same, and so do the bits that are read of a float: these are of the graph's own dtypes.

    Example:
        >>> from onionskin.base.specs import Spec
        >>> from onionskin.graph import trace
        >>> widened(trace(lambda x: x * 0.5, [Spec((3,), "float32")])).out_specs
        (Spec(float64[3]),)
    """
    inputs = tuple(
        make_input(type(node.spec)(node.spec.shape, _wide(node.dtype)), node.params["name"]) for node in graph.inputs
    )
    outputs = substitute(graph.outputs, dict(zip(graph.inputs, inputs, strict=True)), _visit, keep=False)
    return Graph(inputs, tuple(outputs), graph.name)


def _wide(dtype: str) -> str:
    return WIDE if is_float(dtype) else dtype


def _visit(node: Node, inputs: tuple[Any, ...]) -> Any:
    if node.primitive is INPUT:
        return node
    if node.primitive is CONSTANT:
        return make_constant(node.params["value"].array.astype(_wide(node.dtype)))
    if not node.inputs or isinstance(inputs[0], tuple):
        return replay(node, inputs)
    if node.primitive.name in _OF_THE_DTYPE:
        own = [one if one.dtype == old.dtype else cast(one, dtype=old.dtype)
               for one, old in zip(inputs, node.inputs, strict=True)]  # fmt: skip
        found = make(node.primitive, tuple(own), node.params)
        return cast(found, dtype=WIDE) if is_float(found.dtype) and found.dtype != WIDE else found
    params = {key: _param(key, value) for key, value in node.params.items()}
    if node.primitive is cast and inputs[0].dtype == params["dtype"]:
        return inputs[0]
    made = make(node.primitive, inputs, params)
    return tuple(pick(made, index) for index in range(len(made.spec))) if isinstance(made.spec, tuple) else made


def _param(key: str, value: Any) -> Any:
    if isinstance(value, Graph):
        return widened(value)
    return _wide(value) if key == "dtype" and isinstance(value, str) else value
