"""What segments are reduced by: the largest, the smallest and the product of what is brought to each place."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from onionskin.graph import Node, Primitive
from onionskin.prims.elementwise import number
from onionskin.prims.families import define
from onionskin.prims.indexing import scatter_add, scatter_spec, scattering, take
from onionskin.prims.movement import broadcast_to, reshape
from onionskin.prims.reductions import argsort, running_product


def _extreme_vjp(g: Node, y: Node, x: Node, indices: Node, updates: Node, *, axis: int) -> tuple[Any, None, Any]:
    """Give the cotangent to what was chosen, in equal parts where several tie."""
    held = (x == y).astype(g.dtype)
    came = (updates == take(y, indices, axis=axis)).astype(g.dtype)
    share = g / scatter_add(held, indices, came, axis=axis)
    return share * held, None, take(share, indices, axis=axis) * came


def _extreme(name: str, function: np.ufunc, formula: str) -> Primitive:
    return define(
        Primitive(
            name,
            "indexing",
            scatter_spec,
            scattering(name, function),
            _extreme_vjp,
            formula=formula,
            domain=("real", "index", "real"),
        )
    )


scatter_max: Primitive = _extreme("scatter_max", np.maximum, r"\max({0}[{1}], {2})")
scatter_min: Primitive = _extreme("scatter_min", np.minimum, r"\min({0}[{1}], {2})")


def _others(updates: Any, places: Any, axis: int, rank: int, size: int) -> Any:
    """Return, for each update, the product of the others that are brought to its place.

    In the order of their places those of one place are neighbours: what stands before an update there, times what
    stands behind it. So no update is divided by, which may be 0.

    Args:
        updates: what is brought (…, places, …), with the axes of the places from `axis` on.
        places: whole numbers, from -size on.
        axis: the first axis of the places.
        rank: how many axes the places have.
        size: how many places there are.
    """
    shape = updates.shape
    count = math.prod(shape[axis : axis + rank])
    flat = reshape(updates, shape=(math.prod(shape[:axis]), count, math.prod(shape[axis + rank :])))
    places = reshape(places, shape=(count,))
    places = places + (places < 0).astype(places.dtype) * number(size, places)
    order = argsort(places, axis=0)
    back = argsort(order, axis=0)
    rows = take(flat, order, axis=1)
    groups = broadcast_to(reshape(take(places, order, axis=0), shape=(1, count, 1)), shape=rows.shape)
    product = running_product(rows, 1, groups=groups) * running_product(rows, 1, reverse=True, groups=groups)
    return reshape(take(product, back, axis=1), shape=shape)


def _multiply_vjp(g: Node, y: Node, x: Node, indices: Node, updates: Node, *, axis: int) -> tuple[Any, None, Any]:
    """Give each factor the product of all others."""
    ones = broadcast_to(number(1, x), shape=x.shape)
    others = _others(updates, indices, axis, indices.ndim, x.shape[axis]) * take(x, indices, axis=axis)
    return g * scatter_multiply(ones, indices, updates, axis=axis), None, take(g, indices, axis=axis) * others


scatter_multiply: Primitive = define(
    Primitive(
        "scatter_multiply",
        "indexing",
        scatter_spec,
        scattering("scatter_multiply", np.multiply),
        _multiply_vjp,
        formula=r"{0}[{1}] \mathrel{{\cdot}}= {2}",
        domain=("real", "index", "real"),
    )
)
