"""Contractions: the matrix product (batched) and einsum."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError, ShapeError
from onionskin.base.specs import Spec, broadcast_shapes
from onionskin.graph import Node, Primitive
from onionskin.prims.families import define, unbroadcast
from onionskin.prims.movement import broadcast_to, reshape, transpose

# --- matmul ---


def _matmul_spec(a: Spec, b: Spec) -> Spec:
    if a.dtype != b.dtype:
        raise DTypeError("factors of one dtype are needed.", given=f"{a.dtype} and {b.dtype}", fix="cast one of them")
    if a.ndim < 2 or b.ndim < 2:
        raise ShapeError("a matrix product needs at least two axes each.", given=f"{a.shape} and {b.shape}")
    inner = (a.shape[-1], b.shape[-2])
    if None not in inner and inner[0] != inner[1]:
        raise ShapeError(
            "the inner sizes of a matrix product differ.",
            expected=f"the last size of {a.shape} equal to the last but one of {b.shape}",
            given=f"{inner[0]} and {inner[1]}",
        )
    batch = broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return Spec((*batch, a.shape[-2], b.shape[-1]), a.dtype)


def swap_last(x: Any) -> Any:
    """Return matrices transposed: the last two axes in the other order."""
    return transpose(x, perm=(*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


def _rows(x: Any) -> Any:
    """Return all but the last axis as one axis of rows."""
    return x if x.ndim == 2 else reshape(x, shape=(math.prod(x.shape[:-1]), x.shape[-1]))


def _matmul_vjp(g: Node, y: Node, a: Node, b: Node) -> tuple[Any, Any]:
    da = unbroadcast(matmul(g, swap_last(b)), a)
    if b.ndim == 2:  # one product over all rows instead of a batch of small ones that are then summed
        return da, matmul(swap_last(_rows(a)), _rows(g))
    return da, unbroadcast(matmul(swap_last(a), g), b)


matmul: Primitive = define(
    Primitive(
        "matmul", "contraction", _matmul_spec, np.matmul, _matmul_vjp, formula="{0} {1}", domain=("matrix", "matrix")
    )
)

# --- einsum: subscripts are explicit here ("ij,jk->ik"); ops.einsum expands the short forms ---


def split_subscripts(subscripts: str) -> tuple[list[str], str]:
    """Return the subscripts of the operands and of the result of an explicit einsum."""
    left, _, right = subscripts.partition("->")
    return left.split(","), right


def _einsum_spec(*xs: Spec, subscripts: str) -> Spec:
    terms, out = split_subscripts(subscripts)
    if len(terms) != len(xs):
        raise ArgumentError(
            "einsum has another number of operands than its subscripts name.",
            expected=f"{len(terms)} for {subscripts!r}",
            given=len(xs),
        )
    sizes: dict[str, int | None] = {}
    for term, x in zip(terms, xs, strict=True):
        if len(term) != x.ndim:
            raise ShapeError("einsum's subscripts do not fit the operand's axes.", expected=f"{len(term)} axes for "
                             f"{term!r}", given=f"shape {x.shape}")  # fmt: skip
        for letter, size in zip(term, x.shape, strict=True):
            known = sizes.get(letter)
            if known is not None and size is not None and known != size:
                raise ShapeError(f"einsum's index {letter!r} has two sizes.", expected=known, given=size)
            sizes[letter] = size if known is None else known
    if any(letter not in sizes for letter in out) or len(set(out)) != len(out):
        raise ArgumentError("einsum's result names an index that no operand has, or one twice.", given=subscripts)
    if any(x.dtype != xs[0].dtype for x in xs):
        raise DTypeError("operands of one dtype are needed.", given=" and ".join(x.dtype for x in xs))
    return Spec(tuple(sizes[letter] for letter in out), xs[0].dtype)


def _einsum_value(*xs: Any, subscripts: str) -> Any:
    if len(xs) == 1:  # NumPy gives a view where it can; a value of its own may be written over
        return np.array(np.einsum(subscripts, *xs))
    return np.einsum(subscripts, *xs, optimize=True)


def _einsum_vjp(g: Node, y: Node, *xs: Node, subscripts: str) -> tuple[Any, ...]:
    terms, out = split_subscripts(subscripts)
    return tuple(_einsum_cotangent(g, index, terms, out, xs) for index in range(len(xs)))


def _einsum_cotangent(g: Node, index: int, terms: list[str], out: str, xs: Sequence[Node]) -> Any:
    """Contract g with the other operands; a repeated index of this one is a diagonal, given back by an eye."""
    others = [(term, x) for place, (term, x) in enumerate(zip(terms, xs, strict=True)) if place != index]
    free = iter(sorted(set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") - set("".join(terms))))
    x, target, eyes = xs[index], "", []
    for letter, size in zip(terms[index], x.shape, strict=True):
        if letter in target:
            fresh = next(free)
            eyes.append((letter + fresh, np.eye(size, dtype=x.dtype)))
            letter = fresh
        target += letter
    operands = [(out, g), *others, *eyes]
    reachable = [letter for letter in target if any(letter in term for term, _ in operands)]
    subscripts = ",".join(term for term, _ in operands) + "->" + "".join(reachable)
    part = einsum(*[value for _, value in operands], subscripts=subscripts)
    if len(reachable) == len(target):
        return part
    # an index summed away within this operand alone: every element along it has the same cotangent
    shape = tuple(size if letter in reachable else 1 for letter, size in zip(target, x.shape, strict=True))
    return broadcast_to(reshape(part, shape=shape), shape=x.shape)


einsum: Primitive = define(
    Primitive(
        "einsum",
        "contraction",
        _einsum_spec,
        _einsum_value,
        _einsum_vjp,
        formula=r"\operatorname{{einsum}}_{{{subscripts}}}({0}, {1})",
        domain=("real", "real"),
    )
)
