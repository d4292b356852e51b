"""Einsum of two operands as one matrix product, which engines are fast at."""

from __future__ import annotations

import math
from collections.abc import Sequence

from onionskin.base.specs import is_float
from onionskin.graph import Node
from onionskin.prims.contractions import matmul, split_subscripts
from onionskin.prims.elementwise import multiply
from onionskin.prims.movement import reshape, transpose
from onionskin.prims.reductions import sum_


def as_product(node: Node) -> Node | None:
    """Return an einsum node as a matrix product of its operands, None where it is not one.

    Each index is in both operands and the result (batch), in both alone (contracted), or in one and the result (rows,
    columns); those in one operand alone are summed first. So

        y[batch, rows, columns] = a[batch, rows, contracted] · b[batch, contracted, columns]

    and, where nothing is contracted, a product element by element.
    """
    terms, out = split_subscripts(node.params["subscripts"])
    known = all(size is not None for one in node.inputs for size in one.shape)
    if len(terms) != 2 or not known or not is_float(node.dtype) or any(len(set(term)) < len(term) for term in terms):
        return None
    left, a = _needed(terms[0], node.inputs[0], terms[1] + out)
    right, b = _needed(terms[1], node.inputs[1], terms[0] + out)
    sizes = dict(zip(left + right, (*a.shape, *b.shape), strict=True))
    batch = [one for one in out if one in left and one in right]
    inner = [one for one in left if one in right and one not in out]
    rows = [one for one in left if one not in right]
    columns = [one for one in right if one not in left]

    def size(letters: Sequence[str]) -> int:
        return math.prod(sizes[one] for one in letters)

    lead = (size(batch),) if batch else ()
    if inner:
        a = _shaped(_turned(a, left, [*batch, *rows, *inner]), (*lead, size(rows), size(inner)))
        b = _shaped(_turned(b, right, [*batch, *inner, *columns]), (*lead, size(inner), size(columns)))
        y = matmul(a, b)
    else:
        a = _shaped(_turned(a, left, [*batch, *rows]), (*lead, size(rows), 1))
        b = _shaped(_turned(b, right, [*batch, *columns]), (*lead, 1, size(columns)))
        y = multiply(a, b)
    made = [*batch, *rows, *columns]
    return _turned(_shaped(y, tuple(sizes[one] for one in made)), made, list(out))


def _needed(term: str, x: Node, elsewhere: str) -> tuple[str, Node]:
    """Return an operand with what no one else names summed away."""
    alone = tuple(axis for axis, letter in enumerate(term) if letter not in elsewhere)
    if not alone:
        return term, x
    return "".join(one for one in term if one in elsewhere), sum_(x, axis=alone, keepdims=False)


def _turned(x: Node, letters: Sequence[str], wanted: Sequence[str]) -> Node:
    perm = tuple(list(letters).index(one) for one in wanted)
    turned: Node = x if perm == tuple(range(len(perm))) else transpose(x, perm=perm)
    return turned


def _shaped(x: Node, shape: tuple[int, ...]) -> Node:
    shaped: Node = x if x.shape == shape else reshape(x, shape=shape)
    return shaped
