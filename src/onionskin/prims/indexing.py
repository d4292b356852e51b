"""Indexing: take along an axis, add into places, one-hot."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError, ShapeError
from onionskin.base.specs import Spec, normalize_axis, spec_of
from onionskin.graph import Node, Primitive
from onionskin.prims.families import define
from onionskin.prims.movement import broadcast_to, reshape


def _check_indices(indices: Spec, what: str) -> None:
    if not indices.dtype.startswith(("int", "uint")):
        raise DTypeError(f"{what} needs whole numbers as indices.", expected="an integer dtype", given=indices.dtype)


def _in_range(indices: Any, size: int, what: str) -> Any:
    """Return the indices if all lie on the axis; negative ones count from its end."""
    if indices.size and (indices.min() < -size or indices.max() >= size):
        wrong = indices[(indices < -size) | (indices >= size)].reshape(-1)[0]
        raise ArgumentError(
            f"{what}: an index lies outside the axis.", expected=f"-{size} <= index < {size}", given=wrong
        )
    return indices


# --- take ---


def _take_spec(x: Spec, indices: Spec, *, axis: int) -> Spec:
    _check_indices(indices, "take")
    axis = normalize_axis(axis, x.ndim)
    return Spec((*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]), x.dtype)


def _take_value(x: Any, indices: Any, *, axis: int) -> Any:
    _check_indices(spec_of(indices), "take")
    return np.take(x, _in_range(np.asarray(indices), x.shape[axis], "take"), axis=axis)


def _take_vjp(g: Node, y: Node, x: Node, indices: Node, *, axis: int) -> tuple[Any, None]:
    nothing = broadcast_to(np.zeros((), g.dtype), shape=x.shape)
    return scatter_add(nothing, indices, g, axis=axis), None


take: Primitive = define(
    Primitive(
        "take",
        "indexing",
        _take_spec,
        _take_value,
        _take_vjp,
        formula=r"{0}[{1}]",
        domain=("real", "index"),
    )
)

# --- scatter_add ---


def scatter_spec(x: Spec, indices: Spec, updates: Spec, *, axis: int) -> Spec:
    """Return the spec of updates brought to places, which have the shape and dtype of what stands there."""
    expected = _take_spec(x, indices, axis=axis)
    if updates.dtype != x.dtype:
        raise DTypeError("updates need the dtype of what they are added to.", expected=x.dtype, given=updates.dtype)
    if any(a != b for a, b in zip(updates.shape, expected.shape, strict=False) if None not in (a, b)) or (
        updates.ndim != expected.ndim
    ):
        raise ShapeError(
            "updates do not fit the places they are added to.", expected=expected.shape, given=updates.shape
        )
    return x


def scattering(name: str, function: np.ufunc) -> Any:
    """Return the value of an operation that brings updates to places by a function of two numbers."""

    def value(x: Any, indices: Any, updates: Any, *, axis: int) -> Any:
        scatter_spec(spec_of(x), spec_of(indices), spec_of(updates), axis=axis)  # NumPy would broadcast the updates
        y = np.array(x)
        _in_range(np.asarray(indices), x.shape[axis], name)
        function.at(y, (slice(None),) * axis + (indices,), updates)
        return y

    return value


def _scatter_vjp(g: Node, y: Node, x: Node, indices: Node, updates: Node, *, axis: int) -> tuple[Any, None, Any]:
    return g, None, take(g, indices, axis=axis)


scatter_add: Primitive = define(
    Primitive(
        "scatter_add",
        "indexing",
        scatter_spec,
        scattering("scatter_add", np.add),
        _scatter_vjp,
        formula=r"{0}[{1}] \mathrel{{+}}= {2}",
        domain=("real", "index", "real"),
    )
)

# --- bitcast ---


def _bitcast_spec(x: Spec, *, dtype: str) -> Spec:
    if "bool" in (x.dtype, dtype) and x.dtype != dtype:
        raise DTypeError("the bits of truth values are not to be read or made.", given=f"{x.dtype} as {dtype}")
    old, new = (np.dtype(one).itemsize for one in (x.dtype, dtype))
    if old == new:
        return Spec(x.shape, dtype)
    last = x.shape[-1] if x.ndim else None
    if last is None or last * old % new:
        raise ShapeError(
            "the bits do not divide into numbers of this dtype.",
            expected=f"a last axis of a multiple of {new} bytes for {dtype}",
            given=f"{x.dtype} of shape {x.shape}",
        )
    return Spec((*x.shape[:-1], last * old // new), dtype)


def _bitcast_value(x: Any, *, dtype: str) -> Any:
    spec = _bitcast_spec(spec_of(x), dtype=dtype)
    return np.array(x, order="C").view(dtype).reshape(spec.shape)


bitcast: Primitive = define(
    Primitive(
        "bitcast", "indexing", _bitcast_spec, _bitcast_value, formula=r"\mathrm{{bits}}_{{\mathrm{{{dtype}}}}}({0})"
    )
)

# --- one_hot ---


def _one_hot_spec(x: Spec, *, num_classes: int, dtype: str) -> Spec:
    _check_indices(x, "one_hot")
    return Spec((*x.shape, num_classes), dtype)


def _one_hot_value(x: Any, *, num_classes: int, dtype: str) -> Any:
    _check_indices(spec_of(x), "one_hot")
    return (np.asarray(x)[..., None] == np.arange(num_classes)).astype(dtype)


one_hot: Primitive = define(
    Primitive(
        "one_hot",
        "indexing",
        _one_hot_spec,
        _one_hot_value,
        formula=r"\mathbf{{1}}_{{{0}}}",
        domain=("index",),
    )
)


def take_along(x: Any, indices: Any, axis: int) -> Any:
    """Return, at each place, the element of x whose position along one axis the indices name.

    Args:
        x: array or node (…, n, …).
        indices: integers of the rank of x, of any size along `axis`, equal to x elsewhere.
        axis: the axis that the indices run along.
    """
    axis = normalize_axis(axis, x.ndim)
    shape = tuple(indices.shape)
    flat = broadcast_to(np.zeros((), indices.dtype), shape=shape)
    stride = 1
    for place in range(x.ndim - 1, -1, -1):
        column = tuple(shape[place] if index == place else 1 for index in range(x.ndim))
        part = indices if place == axis else np.arange(shape[place], dtype=indices.dtype).reshape(column)
        if place == axis:
            size = np.asarray(x.shape[axis], indices.dtype)
            part = part + size * (part < 0).astype(indices.dtype)
        flat = part * np.asarray(stride, indices.dtype) + flat
        stride *= x.shape[place]
    return take(reshape(x, shape=(math.prod(x.shape),)), flat, axis=0)
