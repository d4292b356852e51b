"""From a graph to the instructions of a plan: each group of nodes by what the executor has for it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from onionskin.engines.native.batches import find_batches
from onionskin.engines.native.fusion import Group, fuse
from onionskin.engines.native.instructions import Instruction, Plan, scratch
from onionskin.engines.native.lanes import add_lanes
from onionskin.engines.native.opcodes import CODES, DTYPES
from onionskin.engines.native.tiles import add_product, add_tile
from onionskin.engines.native.views import View, whole
from onionskin.engines.native.vocabulary import FLOATS, REDUCED, ROWS, VIEWED
from onionskin.graph import PICK, Graph, Node

_INTEGERS = frozenset({"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"})


def lower(graph: Graph, fixed: dict[Node, np.ndarray], state: int) -> Plan:
    """Return the plan of a graph.

    Args:
        graph: what to run.
        fixed: node → its numbers, for what is known before any run.
        state: how many inputs and outputs are state.
    """
    plan = Plan(graph, fixed, state)
    if add_lanes(plan):
        return plan
    plan.batches = find_batches(graph, state, plan.number)
    for group in fuse(graph, {**fixed, **dict.fromkeys(graph.inputs), **dict.fromkeys(plan.batches.absorbed)}):
        _add(plan, group)
    plan.finish()
    return plan


def _add(plan: Plan, group: Group) -> None:
    if group.head is not None:
        add_product(plan, group.head, [node for node in group.members if node is not group.head])
        return
    if group.tiled:
        add_tile(plan, group.members, group.dtypes)
        return
    (node,) = group.members
    name, kind = node.primitive.name, node.primitive.kind
    own = _OWN.get(name) if kind != "custom" else None
    if node.primitive is PICK:
        return  # its place was made with the values it is picked from
    if kind in ("movement", "elementwise") and (name in VIEWED or _changes_nothing(node)):
        plan.views[node] = _moved(plan, node)
    elif own is None or not own(plan, node):
        _reference(plan, node)


def _changes_nothing(node: Node) -> bool:
    return node.primitive.name == "cast" and node.dtype == node.inputs[0].dtype


# --- movements: views, where the values lie already ---


def _moved(plan: Plan, node: Node) -> View:
    view, params = plan.view(node.inputs[0]), node.params
    match node.primitive.name:
        case "reshape":
            return view.reshaped(node.shape) or whole(plan.contiguous(view).place, node.shape)
        case "transpose":
            return view.transposed(params["perm"])
        case "broadcast_to":
            return view.broadcast(node.shape)
        case "slice":
            return view.sliced(params["start"], params["step"], node.shape)
        case "flip":
            return view.flipped(tuple(axis % len(node.shape) for axis in params["axes"]))
    return view  # a cast to its own dtype, or stop_gradient


def _concatenate(plan: Plan, node: Node) -> bool:
    axis = node.params["axis"] % len(node.shape)
    out = plan.views[node] = plan.made(node, node.dtype, node.shape)
    start = 0
    for one in node.inputs:
        plan.copy(out, plan.view(one), out.strides, start * out.strides[axis])
        start += one.shape[axis]
    return True


def _pad(plan: Plan, node: Node) -> bool:
    low, high, interior = (node.params[key] for key in ("low", "high", "interior"))
    if min((*low, *high, *interior), default=0) < 0 or node.dtype in ("float16", "int64", "uint64"):
        return False
    out = plan.views[node] = plan.made(node, node.dtype, node.shape)
    fill = plan.contiguous(plan.view(node.inputs[1]))
    code = [CODES["LOAD"], 0, 0, 0, 0, CODES["STORE"], 0, 0, 0, 0]
    shape, dtype = [math.prod(node.shape)], DTYPES["float32" if node.dtype == "float32" else "float64"]

    def send(program: Any, outs: list[int], ins: list[int]) -> None:
        program.tile(outs, ins, code, [], shape, [[0]], dtype)

    plan.instructions.append(Instruction("pad: fill", [out], [whole(fill.place)], send))
    strides = tuple(stride * (between + 1) for stride, between in zip(out.strides, interior, strict=True))
    offset = sum(before * stride for before, stride in zip(low, out.strides, strict=True))
    plan.copy(out, plan.view(node.inputs[0]), strides, offset)
    return True


# --- reductions ---


def _reduce(plan: Plan, node: Node) -> bool:
    (x,), name = node.inputs, node.primitive.name
    axes = tuple(sorted(axis % len(x.shape) for axis in node.params["axis"]))
    if not axes or x.dtype == "float16" or (name == "mean" and x.dtype not in FLOATS):
        return False
    if node.dtype == x.dtype and all(x.shape[axis] == 1 for axis in axes):  # each number stands for itself
        view = plan.view(x)
        plan.views[node] = view.reshaped(node.shape) or whole(plan.contiguous(view).place, node.shape)
        return True
    if name in ("any", "all") and x.dtype != "bool":
        return False
    view, sizes = plan.view(x), x.shape
    if axes != tuple(range(axes[0], axes[-1] + 1)):  # brought together at the end
        rest = tuple(axis for axis in range(len(sizes)) if axis not in axes)
        view, sizes = view.transposed((*rest, *axes)), tuple(sizes[axis] for axis in (*rest, *axes))
        axes = tuple(range(len(rest), len(sizes)))
    outer, length = math.prod(sizes[: axes[0]]), math.prod(sizes[axes[0] : axes[-1] + 1])
    inner = math.prod(sizes[axes[-1] + 1 :])
    out = plan.views[node] = plan.made(node, node.dtype, node.shape)

    def send(program: Any, outs: list[int], ins: list[int]) -> None:
        program.reduce(outs[0], ins[0], name, outer, length, inner)

    text = f"{name} of {outer}×[{length}]×{inner}"
    plan.instructions.append(Instruction(text, [out], [plan.contiguous(view)], send, [], outer * length * inner))
    return True


def _rows(plan: Plan, node: Node) -> bool:
    (x,), name = node.inputs, node.primitive.name
    given = node.params["axis"]
    axes = tuple(sorted(one % len(x.shape) for one in (given if isinstance(given, tuple) else (given,))))
    if not axes or x.dtype == "float16" or (x.dtype not in FLOATS and not name.startswith("arg")):
        return False
    rest = tuple(axis for axis in range(len(x.shape)) if axis not in axes)
    perm = (*rest, *axes)
    view = plan.contiguous(plan.view(x).transposed(perm))
    length, rows = math.prod(x.shape[axis] for axis in axes), math.prod(x.shape[axis] for axis in rest)
    if name in ("softmax", "log_softmax") and perm != tuple(range(len(perm))):
        out = scratch(node.dtype, view.shape)  # its axes stand in the order of the rows
        plan.views[node] = out.transposed(tuple(perm.index(axis) for axis in range(len(perm))))
    else:
        out = plan.views[node] = plan.made(node, node.dtype, node.shape)

    def send(program: Any, outs: list[int], ins: list[int]) -> None:
        program.rows(outs[0], ins[0], name, rows, length)

    text = f"{name} of {rows} rows of {length}"
    plan.instructions.append(Instruction(text, [out], [view], send, [], 3 * rows * length))
    return True


# --- indexing and random numbers ---


def _take(plan: Plan, node: Node) -> bool:
    x, indices = node.inputs
    if node.params["axis"] % len(x.shape) != 0 or indices.dtype not in _INTEGERS:
        return False
    ins = [plan.contiguous(plan.view(x)), plan.contiguous(plan.view(indices))]
    return _simple(plan, node, ins, f"take rows of {x.shape}", lambda p, o, i: p.take_rows(o[0], i[0], i[1]))


def _one_hot(plan: Plan, node: Node) -> bool:
    classes = node.params["num_classes"]
    if node.dtype == "float16" or node.inputs[0].dtype not in _INTEGERS:
        return False
    ins = [plan.contiguous(plan.view(node.inputs[0]))]
    return _simple(plan, node, ins, f"one_hot of {classes}", lambda p, o, i: p.one_hot(o[0], i[0], classes))


def _random_bits(plan: Plan, node: Node) -> bool:
    ins = [plan.contiguous(plan.view(node.inputs[0]))]
    return _simple(plan, node, ins, "random_bits", lambda p, o, i: p.random_bits(o[0], i[0]))


def _random_uniform(plan: Plan, node: Node) -> bool:
    if node.dtype not in FLOATS:
        return False
    ins = [plan.contiguous(plan.view(node.inputs[0]))]
    return _simple(plan, node, ins, "random_uniform", lambda p, o, i: p.random_uniform(o[0], i[0]))


def _simple(plan: Plan, node: Node, ins: list[View], text: str, send: Callable[..., None]) -> bool:
    plan.views[node] = plan.made(node, node.dtype, node.shape)
    plan.instructions.append(Instruction(text, [plan.views[node]], ins, send))
    return True


# --- everything else: the primitive's NumPy value ---


def _reference(plan: Plan, node: Node) -> None:
    ins = [plan.contiguous(plan.view(one)) for one in node.inputs]
    specs = node.spec if isinstance(node.spec, tuple) else (node.spec,)
    if isinstance(node.spec, tuple):
        picks = {user.params["index"]: user for user in plan.users[node]}
        outs = [plan.made(picks.get(index, node), spec.dtype, spec.shape) for index, spec in enumerate(specs)]
        for index, pick in picks.items():
            plan.views[pick] = outs[index]
    else:
        outs = [plan.made(node, node.dtype, node.shape)]
        plan.views[node] = outs[0]
    half_ins = [index for index, one in enumerate(node.inputs) if one.dtype == "float16"]
    half_outs = [index for index, spec in enumerate(specs) if spec.dtype == "float16"]
    function = _value(node, half_ins, half_outs)
    text = f"reference: {node.primitive.name}"
    plan.instructions.append(Instruction(text, outs, ins, lambda p, o, i: p.call(function, o, i), reference=True))


def _value(node: Node, half_ins: list[int], half_outs: list[int]) -> Callable[..., Any]:
    """Return a node's NumPy value as a function of arrays, in which float16 goes under the name of uint16."""
    value, params = node.primitive.value, node.params

    def run(*arrays: Any) -> Any:
        given = [one.view(np.float16) if index in half_ins else one for index, one in enumerate(arrays)]
        with np.errstate(all="ignore"):
            result = value(*given, **params)
        if not half_outs:
            return result
        parts = result if isinstance(result, tuple) else (result,)
        seen = tuple(np.asarray(one).view(np.uint16) if index in half_outs else one for index, one in enumerate(parts))
        return seen if isinstance(result, tuple) else seen[0]

    return run


_OWN: dict[str, Callable[[Plan, Node], bool]] = {
    **dict.fromkeys(REDUCED, _reduce),
    **dict.fromkeys(ROWS, _rows),
    "concatenate": _concatenate,
    "pad": _pad,
    "take": _take,
    "one_hot": _one_hot,
    "random_bits": _random_bits,
    "random_uniform": _random_uniform,
}
