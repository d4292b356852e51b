"""Products of vectors and matrices: matmul, dot and einsum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.ops.arguments import public
from onionskin.prims import contractions, elementwise, operators
from onionskin.prims.families import joined


@public
def matmul(x1: Any, x2: Any) -> Any:
    """Return the matrix product, over the last two axes; the others are batch axes and broadcast.

    yᵢⱼ = Σₖ x1ᵢₖ · x2ₖⱼ

    Args:
        x1: array or tensor (…, n, k), or (k,) as one row.
        x2: array or tensor (…, k, m), or (k,) as one column.

    Returns:
        Array (…, n, m), in the promoted dtype.

    Raises:
        ShapeError: the inner sizes differ.

    Example:
        >>> print(matmul([[1, 2], [3, 4]], [1, 1]))
        [3 7]
    """
    return operators.matmul(x1, x2)


@public
def dot(x1: Any, x2: Any) -> Any:
    """Return the product over the last axis of x1 and the last but one of x2 (its only one for a vector).

    Args:
        x1: array or tensor.
        x2: array or tensor; a single number multiplies every element.

    Returns:
        Array with the remaining axes of x1, then of x2.

    Raises:
        ShapeError: the sizes of these axes differ.

    Example:
        >>> print(dot([1, 2], [3, 4]))
        11
    """
    a, b = joined(x1, x2)
    if a.ndim == 0 or b.ndim == 0:
        return elementwise.multiply(a, b)
    return contracted(a, b, [a.ndim - 1], [max(b.ndim - 2, 0)])


_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def contracted(a: Any, b: Any, left: list[int], right: list[int]) -> Any:
    """Return the product of all elements, summed where axes of a and b are paired."""
    for one, other in zip(left, right, strict=True):
        if None not in (a.shape[one], b.shape[other]) and a.shape[one] != b.shape[other]:
            raise ShapeError(
                "the axes to sum over have different sizes.",
                expected=f"size {a.shape[one]}, as in {tuple(a.shape)}",
                given=f"size {b.shape[other]} in {tuple(b.shape)}",
            )
    if a.ndim >= 2 and b.ndim == 2 and left == [a.ndim - 1] and right == [0]:
        return contractions.matmul(a, b)
    first = _LETTERS[: a.ndim]
    second = list(_LETTERS[a.ndim : a.ndim + b.ndim])
    for one, other in zip(left, right, strict=True):
        second[other] = first[one]
    out = [letter for place, letter in enumerate(first) if place not in left]
    out += [letter for place, letter in enumerate(second) if place not in right]
    return contractions.einsum(a, b, subscripts=f"{first},{''.join(second)}->{''.join(out)}")


@public
def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Any:
    """Return the sum of products that a formula of indices names.

    Args:
        subscripts: such as "ij,jk->ik"; without "->" the indices that stand once, in alphabetical order; `...` for
            further axes.
        operands: arrays or tensors.
        kwargs: `optimize` is accepted and changes nothing.

    Returns:
        Array with an axis for each index of the result.

    Raises:
        ArgumentError: the subscripts are malformed.
        ShapeError: they do not fit the operands.

    Example:
        >>> print(einsum("ij,j->i", [[1, 2], [3, 4]], [1, 1]))
        [3 7]
    """
    for key in kwargs:
        if key != "optimize":
            raise ArgumentError("einsum has no such argument.", given=repr(key))
    parts = joined(*operands)
    return contractions.einsum(*parts, subscripts=_explicit(subscripts, [part.ndim for part in parts]))


def _explicit(subscripts: str, ranks: Sequence[int]) -> str:
    """Return subscripts with the result named and every `...` spelled out in letters of its own."""
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(ranks):
        raise ArgumentError(
            "einsum has another number of operands than its subscripts name.",
            expected=f"{len(terms)} for {subscripts!r}",
            given=len(ranks),
        )
    letters = set(left + right) - set(".,")
    if not all(letter in _LETTERS for letter in letters):
        raise ArgumentError("einsum's indices are letters.", given=repr(subscripts))
    free = [letter for letter in _LETTERS if letter not in letters]
    more = [
        rank - len(term.replace("...", "")) if "..." in term else 0 for term, rank in zip(terms, ranks, strict=True)
    ]
    widest = max(more)
    if min(more) < 0:
        raise ShapeError("einsum's subscripts name more axes than an operand has.", given=repr(subscripts))
    shared = free[len(free) - widest :] if widest else []
    spelled = [term.replace("...", "".join(shared[widest - extra :])) for term, extra in zip(terms, more, strict=True)]
    if arrow:
        return ",".join(spelled) + "->" + right.replace("...", "".join(shared))
    counts = Counter("".join(spelled))
    once = sorted(letter for letter, count in counts.items() if count == 1 and letter not in shared)
    return ",".join(spelled) + "->" + "".join(shared) + "".join(once)
