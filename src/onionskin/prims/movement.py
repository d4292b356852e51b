"""Movement primitives: reshape, transpose, broadcast, concatenate, pad, slice, flip; they compute nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from onionskin.base.errors import DTypeError, ShapeError
from onionskin.base.specs import Spec, broadcast_shapes, normalize_axes, normalize_axis
from onionskin.graph import Node, Primitive, make_constant
from onionskin.prims.families import TABLE, define, unbroadcast


def _movement(name: str, spec: Any, value: Any, vjp: Any, formula: str, **more: Any) -> Primitive:
    more.setdefault("fresh", False)
    return define(Primitive(name, "movement", spec, value, vjp, formula=formula, **more))


# --- reshape ---


def _reshape_spec(x: Spec, *, shape: tuple[int | None, ...]) -> Spec:
    """One size of the target may be None: the batch, not known while a model is described."""
    if x.known and shape.count(None) == 1:
        rest = math.prod(size for size in shape if size is not None)
        shape = tuple((x.size // rest if rest else 0) if size is None else size for size in shape)
    if x.known and None not in shape and math.prod(shape) != x.size:  # type: ignore[arg-type]
        raise ShapeError("this reshape changes the number of elements.", expected=f"{x.size} elements, as in {x.shape}",
                         given=f"shape {shape}")  # fmt: skip
    return Spec(tuple(shape), x.dtype)


def _reshape_value(x: Any, *, shape: tuple[int | None, ...]) -> Any:
    return x.reshape([-1 if size is None else size for size in shape] if None in shape else shape)


reshape: Primitive = _movement(
    "reshape",
    _reshape_spec,
    _reshape_value,
    lambda g, y, x, *, shape: (reshape(g, shape=x.shape),),
    r"\operatorname{{reshape}}_{{{shape}}}({0})",
)

# --- transpose ---


def _transpose_spec(x: Spec, *, perm: tuple[int, ...]) -> Spec:
    if sorted(perm) != list(range(x.ndim)):
        raise ShapeError(
            "a transpose names each axis once.", expected=f"the numbers 0 to {x.ndim - 1}", given=f"axes {perm}"
        )
    return Spec(tuple(x.shape[axis] for axis in perm), x.dtype)


def _transpose_vjp(g: Node, y: Node, x: Node, *, perm: tuple[int, ...]) -> tuple[Any]:
    return (transpose(g, perm=tuple(perm.index(axis) for axis in range(len(perm)))),)


transpose: Primitive = _movement(
    "transpose", _transpose_spec, lambda x, perm: x.transpose(perm), _transpose_vjp, r"{0}^{{\mathsf T}}"
)

# --- broadcast ---


def _broadcast_spec(x: Spec, *, shape: tuple[Any, ...]) -> Spec:
    joint = broadcast_shapes(x.shape, shape)
    if len(joint) != len(shape) or any(a != b for a, b in zip(joint, shape, strict=True) if a is not None):
        raise ShapeError("the value does not broadcast to this shape.", expected=f"shape {shape}", given=x.shape)
    return Spec(_filled(x.shape, shape), x.dtype)


def _filled(own: tuple[Any, ...], target: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the target with the value's own size where the target's is None (a batch not known before)."""
    padded = (None,) * (len(target) - len(own)) + tuple(own)
    return tuple(mine if size is None else size for mine, size in zip(padded, target, strict=True))


broadcast_to: Primitive = _movement(
    "broadcast_to",
    _broadcast_spec,
    lambda x, shape: np.broadcast_to(x, _filled(x.shape, shape)),
    lambda g, y, x, *, shape: (unbroadcast(g, x),),
    r"\operatorname{{broadcast}}_{{{shape}}}({0})",
)


def zeros(spec: Spec) -> Node:
    """Return a node of zeros: one number, broadcast."""
    node: Node = broadcast_to(make_constant(np.zeros((), spec.dtype)), shape=spec.shape)
    return node


# --- concatenate ---


def _concatenate_spec(*xs: Spec, axis: int) -> Spec:
    if not xs:
        raise ShapeError("there is nothing to join.", expected="one part or more", given="none")
    axis = normalize_axis(axis, xs[0].ndim)
    if any(x.dtype != xs[0].dtype for x in xs):
        raise DTypeError("parts of one dtype are needed.", given=" and ".join(x.dtype for x in xs))
    for x in xs[1:]:
        others = [
            (a, b)
            for index, (a, b) in enumerate(zip(xs[0].shape, x.shape, strict=False))
            if index != axis and a is not None and b is not None
        ]
        if x.ndim != xs[0].ndim or any(a != b for a, b in others):
            raise ShapeError(
                "these shapes cannot be joined.",
                expected=f"equal sizes on every axis but {axis}",
                given=" and ".join(str(one.shape) for one in xs),
            )
    sizes = [x.shape[axis] for x in xs]
    total = None if None in sizes else sum(sizes)  # type: ignore[arg-type]
    return Spec((*xs[0].shape[:axis], total, *xs[0].shape[axis + 1 :]), xs[0].dtype)


def _concatenate_vjp(g: Node, y: Node, *xs: Node, axis: int) -> tuple[Any, ...]:
    parts, start = [], 0
    for x in xs:
        parts.append(slice_along(g, axis, start, start + x.shape[axis]))
        start += x.shape[axis]
    return tuple(parts)


concatenate: Primitive = _movement(
    "concatenate",
    _concatenate_spec,
    lambda *xs, axis: np.concatenate(xs, axis=axis),
    _concatenate_vjp,
    r"[{0}; {1}]",
    domain=("real", "real"),
    fresh=True,
)

# --- slice and pad: each is the other's derivative ---


def slice_along(x: Any, axis: int, start: int, stop: int, step: int = 1) -> Any:
    """Return elements start … stop-1 (every step-th) of one axis, all of the others."""
    axis = normalize_axis(axis, x.ndim)
    return slice_(
        x,
        start=tuple(start if index == axis else 0 for index in range(x.ndim)),
        stop=tuple(stop if index == axis else size for index, size in enumerate(x.shape)),
        step=tuple(step if index == axis else 1 for index in range(x.ndim)),
    )


def _slice_spec(x: Spec, *, start: tuple[int, ...], stop: tuple[Any, ...], step: tuple[int, ...]) -> Spec:
    """`stop` may hold None: to the end, whatever it will be."""
    if not len(start) == len(stop) == len(step) == x.ndim:
        raise ShapeError("a slice needs start, stop and step for every axis.", expected=f"{x.ndim} of each",
                         given=f"{len(start)}, {len(stop)} and {len(step)}")  # fmt: skip
    sizes: list[int | None] = []
    for size, first, last, by in zip(x.shape, start, stop, step, strict=True):
        last = size if last is None else last
        if last is None:
            sizes.append(None)
        elif first < 0 or by < 1 or (size is not None and not first <= last <= size):
            raise ShapeError("the slice lies outside the axis.", expected=f"0 <= start <= stop <= {size}, step >= 1",
                             given=f"start {first}, stop {last}, step {by}")  # fmt: skip
        else:
            sizes.append(max(0, -(-(last - first) // by)))
    return Spec(tuple(sizes), x.dtype)


def _slice_value(x: Any, *, start: Any, stop: Any, step: Any) -> Any:
    return x[tuple(slice(*part) for part in zip(start, stop, step, strict=True))]


def _slice_vjp(g: Node, y: Node, x: Node, *, start: Any, stop: Any, step: Any) -> tuple[Any]:
    high = []
    for size, first, by, count in zip(x.shape, start, step, g.shape, strict=True):
        covered = first + (count - 1) * by + 1 if count else first
        high.append(size - covered)
    zero = np.zeros((), g.dtype)
    interior = tuple(by - 1 for by in step)
    return (pad(g, zero, low=tuple(start), high=tuple(high), interior=interior),)


slice_: Primitive = _movement("slice", _slice_spec, _slice_value, _slice_vjp, r"{0}_{{[{start}:{stop}:{step}]}}")


def _pad_spec(x: Spec, fill: Spec, *, low: Any, high: Any, interior: Any) -> Spec:
    if not len(low) == len(high) == len(interior) == x.ndim or fill.shape != ():
        raise ShapeError(
            "a pad needs low, high and interior for every axis, and a scalar to fill with.",
            expected=f"{x.ndim} of each",
            given=f"{len(low)}, {len(high)} and {len(interior)}, fill of shape {fill.shape}",
        )
    sizes = tuple(
        None if size is None else size + before + after + max(size - 1, 0) * between
        for size, before, after, between in zip(x.shape, low, high, interior, strict=True)
    )
    return Spec(sizes, x.dtype)


def _pad_value(x: Any, fill: Any, *, low: Any, high: Any, interior: Any) -> Any:
    shape = [
        size + before + after + max(size - 1, 0) * between
        for size, before, after, between in zip(x.shape, low, high, interior, strict=True)
    ]
    y = np.full(shape, fill, dtype=x.dtype)
    inside = tuple(
        slice(before, before + max(size - 1, 0) * (between + 1) + min(size, 1), between + 1)
        for size, before, between in zip(x.shape, low, interior, strict=True)
    )
    y[inside] = x
    return y


def _pad_vjp(g: Node, y: Node, x: Node, fill: Node, *, low: Any, high: Any, interior: Any) -> tuple[Any, Any]:
    step = tuple(between + 1 for between in interior)
    stop = tuple(
        before + max(size - 1, 0) * by + min(size, 1) for size, before, by in zip(x.shape, low, step, strict=True)
    )
    inside = slice_(g, start=tuple(low), stop=stop, step=step)
    total = TABLE["sum"]
    everywhere = tuple(range(g.ndim))
    outside = total(g, axis=everywhere, keepdims=False) - total(inside, axis=everywhere, keepdims=False)
    return inside, outside


pad: Primitive = _movement(
    "pad",
    _pad_spec,
    _pad_value,
    _pad_vjp,
    r"\operatorname{{pad}}_{{{low},{high}}}({0})",
    domain=("real", "scalar"),
    fresh=True,
)

# --- flip ---


def _flip_spec(x: Spec, *, axes: tuple[int, ...]) -> Spec:
    normalize_axes(axes, x.ndim)
    return x


flip: Primitive = _movement(
    "flip",
    _flip_spec,
    lambda x, axes: np.flip(x, axes),
    lambda g, y, x, *, axes: (flip(g, axes=axes),),
    r"\operatorname{{flip}}_{{{axes}}}({0})",
)
