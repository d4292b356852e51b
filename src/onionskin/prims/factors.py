"""Matrices as products: Cholesky, LU, QR, singular values and eigenvalues.

All take batches of matrices on the last two axes and give several results, but for the Cholesky factor
and the singular values alone. Values are NumPy's (LU is written out here); float16 is computed in float32.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError
from onionskin.base.specs import Spec
from onionskin.graph import Node, Primitive
from onionskin.prims.contractions import matmul, swap_last
from onionskin.prims.elementwise import equal, number, where
from onionskin.prims.families import define
from onionskin.prims.indexing import take_along
from onionskin.prims.movement import broadcast_to, concatenate, reshape, slice_along
from onionskin.prims.reductions import argsort, sum_
from onionskin.prims.systems import (
    by_lapack,
    lower_part,
    matrix_spec,
    solve,
    solve_triangular,
    square_spec,
    upper_part,
    wide,
)


def _factorization(name: str, spec: Any, value: Any, vjp: Any, formula: str, domain: str = "matrix") -> Primitive:
    return define(Primitive(name, "factorization", spec, value, vjp, formula=formula, domain=(domain,)))


def _check(rule: Any, x: Any) -> None:
    rule(Spec(x.shape, x.dtype.name))


def _as(dtype: Any, *parts: Any) -> tuple[Any, ...]:
    return tuple(part.astype(dtype, copy=False) for part in parts)


def _symmetric(x: Any) -> Any:
    return (x + swap_last(x)) * number(0.5, x)


def _row(x: Any) -> Any:
    """Return vectors (…, n) as they stand against the columns of matrices, (…, 1, n)."""
    return reshape(x, shape=(*x.shape[:-1], 1, x.shape[-1]))


def _column(x: Any) -> Any:
    return reshape(x, shape=(*x.shape, 1))


def _diagonal_of(x: Any) -> Any:
    """Return the diagonal of square matrices as a row, (…, 1, n)."""
    kept = where(np.eye(x.shape[-1], dtype=bool), x, number(0, x))
    return sum_(kept, axis=(x.ndim - 2,), keepdims=True)


def _diagonal(x: Any) -> Any:
    """Return vectors (…, n) as diagonal matrices."""
    size = x.shape[-1]
    return where(np.eye(size, dtype=bool), _row(x), number(0, x))


def _inverse_or_zero(x: Any) -> Any:
    """Return 1/x, and 0 where x is 0: pairs of equal values take no part in a derivative."""
    none = equal(x, number(0, x))
    return where(none, number(0, x), number(1, x) / where(none, number(1, x), x))


def _right_divided(x: Any, factor: Any, *, lower: bool) -> Any:
    """Return x·factor⁻¹ for a triangular factor."""
    return swap_last(solve_triangular(swap_last(factor), swap_last(x), lower=not lower))


# --- Cholesky ---


def _cholesky_value(x: Any) -> Any:
    _check(square_spec, x)
    own = wide(x)
    found = by_lapack(
        "only a positive definite matrix has a Cholesky factor.",
        lambda: np.linalg.cholesky((own + np.swapaxes(own, -1, -2)) / own.dtype.type(2)),
    )
    return found.astype(x.dtype, copy=False)


def _cholesky_vjp(g: Node, y: Node, x: Node) -> tuple[Any]:
    size = x.shape[-1]
    inner = matmul(swap_last(y), g) * (np.tri(size) - np.eye(size) / 2).astype(x.dtype)
    left = solve_triangular(swap_last(y), inner, lower=False)
    return (_symmetric(_right_divided(left, y, lower=True)),)


# Factors the symmetric part of x, so that the derivative is symmetric too.
cholesky: Primitive = define(
    Primitive(
        "cholesky",
        "contraction",
        square_spec,
        _cholesky_value,
        _cholesky_vjp,
        formula=r"\operatorname{{chol}} {0}",
        domain=("definite",),
    )
)

# --- LU ---


def _lu_spec(x: Spec) -> tuple[Spec, Spec, Spec]:
    matrix_spec(x)
    *batch, rows, columns = x.shape
    return x, Spec((*batch, min(rows, columns)), "int32"), Spec((*batch, rows), "int32")  # type: ignore[type-var]


def _lu_value(x: Any) -> tuple[Any, Any, Any]:
    """Return both factors in one matrix, the row that each step changed places with, and the order that results."""
    _check(matrix_spec, x)
    *batch, rows, columns = x.shape
    a = np.array(wide(x)).reshape(math.prod(batch), rows, columns)
    steps = min(rows, columns)
    each = np.arange(len(a))
    pivots, order = np.empty((len(a), steps), np.int32), np.tile(np.arange(rows, dtype=np.int32), (len(a), 1))
    for step in range(steps):
        chosen = step + np.abs(a[:, step:, step]).argmax(1)
        pivots[:, step] = chosen
        for table in (a, order):
            first, second = table[each, step].copy(), table[each, chosen].copy()
            table[each, step], table[each, chosen] = second, first
        pivot = a[:, step, step, None]
        a[:, step + 1 :, step] /= np.where(pivot == 0, 1, pivot)  # a column of zeros stays one
        a[:, step + 1 :, step + 1 :] -= a[:, step + 1 :, step, None] * a[:, step, None, step + 1 :]
    return (
        a.reshape(x.shape).astype(x.dtype, copy=False),
        pivots.reshape((*batch, steps)),
        order.reshape((*batch, rows)),
    )


def _lu_vjp(g: tuple[Node, ...], y: Node, x: Node) -> tuple[Any]:
    """Undo the factors for the leading square, then for the rows below it or the columns beside it."""
    both, _, order = lu(x)
    rows, columns = x.shape[-2:]
    size, last = min(rows, columns), x.ndim - 1
    head, g_head = (slice_along(slice_along(one, last - 1, 0, size), last, 0, size) for one in (both, g[0]))
    lower = lower_part(head, -1) + np.eye(size, dtype=x.dtype)
    upper = upper_part(head)
    g_lower, g_upper = lower_part(g_head, -1), upper_part(g_head)
    more: Any = None
    if rows > size:  # the rows below: L₂ = A₂·U⁻¹
        below, g_below = slice_along(both, last - 1, size, rows), slice_along(g[0], last - 1, size, rows)
        more = _right_divided(g_below, swap_last(upper), lower=True)
        g_upper = g_upper - upper_part(matmul(swap_last(below), more))
    elif columns > size:  # the columns beside: U₂ = L⁻¹·A₂
        beside, g_beside = slice_along(both, last, size, columns), slice_along(g[0], last, size, columns)
        more = solve_triangular(swap_last(lower), g_beside, lower=False)
        g_lower = g_lower - lower_part(matmul(more, swap_last(beside)), -1)
    inner = lower_part(matmul(swap_last(lower), g_lower), -1) + upper_part(matmul(g_upper, swap_last(upper)))
    inner = solve_triangular(swap_last(lower), inner, lower=False)
    parts = _right_divided(inner, swap_last(upper), lower=True)
    if more is not None:
        parts = concatenate(parts, more, axis=last - 1 if rows > size else last)
    back = broadcast_to(_column(argsort(order, axis=order.ndim - 1)), shape=x.shape)
    return (take_along(parts, back, axis=last - 1),)


# Partial pivoting. A singular matrix has factors, but its derivative is inf or NaN; so has a tie of two pivots none.
lu: Primitive = _factorization("lu", _lu_spec, _lu_value, _lu_vjp, r"L, U: P {0} = L U")

# --- QR ---


def _qr_spec(x: Spec, *, complete: bool) -> tuple[Spec, Spec]:
    matrix_spec(x)
    *batch, rows, columns = x.shape
    inner = rows if complete else min(rows, columns)  # type: ignore[type-var]
    return Spec((*batch, rows, inner), x.dtype), Spec((*batch, inner, columns), x.dtype)


def _qr_value(x: Any, *, complete: bool) -> tuple[Any, ...]:
    _check(matrix_spec, x)
    return _as(x.dtype, *np.linalg.qr(wide(x), "complete" if complete else "reduced"))


def _own_columns(g: Any, q: Any, size: int) -> tuple[Any, Any]:
    """Return the first columns of an orthogonal matrix and their cotangent, that of the rest handed over to them.

    The others span what the first leave over: as these turn, the others turn with them.
    """
    last = q.ndim - 1
    first, g_first = slice_along(q, last, 0, size), slice_along(g, last, 0, size)
    if q.shape[-1] == size:
        return first, g_first
    rest, g_rest = slice_along(q, last, size, q.shape[-1]), slice_along(g, last, size, q.shape[-1])
    return first, g_first - matmul(rest, matmul(swap_last(g_rest), first))


def _qr_vjp(g: tuple[Node, ...], y: Node, x: Node, *, complete: bool) -> tuple[Any]:
    q, r = qr(x, complete=complete)
    rows, columns = x.shape[-2:]
    size, last = min(rows, columns), x.ndim - 1
    q, g_q = _own_columns(g[0], q, size)
    r, g_r = (slice_along(one, last - 1, 0, size) for one in (r, g[1]))
    head, g_head = (slice_along(one, last, 0, size) for one in (r, g_r))
    if columns > size:  # the columns beside: R₂ = Qᵀ·A₂
        g_beside = slice_along(g_r, last, size, columns)
        g_q = g_q + matmul(slice_along(x, last, size, columns), swap_last(g_beside))
    inner = matmul(head, swap_last(g_head)) - matmul(swap_last(g_q), q)
    strict = lower_part(inner, -1)
    inner = lower_part(inner) + swap_last(strict)
    parts = _right_divided(g_q + matmul(q, inner), swap_last(head), lower=True)
    if columns > size:
        parts = concatenate(parts, matmul(q, g_beside), axis=last)
    return (parts,)


# The derivative needs the leading square to be regular. The columns that "complete" adds are determined up to
# a rotation: what hangs on one of them alone has no derivative, what hangs on the space they span has.
qr: Primitive = _factorization("qr", _qr_spec, _qr_value, _qr_vjp, r"Q, R: {0} = Q R")

# --- singular values ---


def _values_spec(x: Spec) -> Spec:
    matrix_spec(x)
    *batch, rows, columns = x.shape
    return Spec((*batch, min(rows, columns)), x.dtype)  # type: ignore[type-var]


def _svd_spec(x: Spec, *, full: bool) -> tuple[Spec, Spec, Spec]:
    values = _values_spec(x)
    *batch, rows, columns = x.shape
    left, right = (rows, columns) if full else (values.shape[-1],) * 2
    return Spec((*batch, rows, left), x.dtype), values, Spec((*batch, right, columns), x.dtype)


def _svd_value(x: Any, *, full: bool) -> tuple[Any, ...]:
    _check(matrix_spec, x)
    return _as(x.dtype, *by_lapack(_NOT_FOUND, lambda: np.linalg.svd(wide(x), full_matrices=full)))


_NOT_FOUND = "the singular values were not found: the matrix holds NaN or infinities."


def _svd_vjp(g: tuple[Node, ...], y: Node, x: Node, *, full: bool) -> tuple[Any]:
    u, s, vt = svd(x, full=full)
    size = s.shape[-1]
    u, g_u = _own_columns(g[0], u, size)
    v, g_v = _own_columns(swap_last(g[2]), swap_last(vt), size)
    squares, row, column = s * s, _row(s), _column(s)
    apart = _inverse_or_zero(_row(squares) - _column(squares))
    over = _inverse_or_zero(row)

    def turned(q: Any, g_q: Any) -> Any:
        inner = matmul(swap_last(q), g_q)
        return apart * (inner - swap_last(inner)), (g_q - matmul(q, inner)) * over

    inner_u, rest_u = turned(u, g_u)
    inner_v, rest_v = turned(v, g_v)
    core = inner_u * row + column * inner_v + _diagonal(g[1])
    left = matmul(matmul(u, core) + rest_u, swap_last(v))
    return (left + matmul(u, swap_last(rest_v)),)


# Where two singular values are equal, or one is 0, their vectors have no derivative: that pair then takes no part.
# The further columns of a full factor are as those of a complete QR.
svd: Primitive = _factorization("svd", _svd_spec, _svd_value, _svd_vjp, r"U, \Sigma, V: {0} = U \Sigma V^{{\mathsf T}}")


def _values_value(x: Any) -> Any:
    _check(matrix_spec, x)
    found = by_lapack(_NOT_FOUND, lambda: np.linalg.svd(wide(x), compute_uv=False))
    return found.astype(x.dtype, copy=False)


def _values_vjp(g: Node, y: Node, x: Node) -> tuple[Any]:
    u, _, vt = svd(x, full=False)
    return (matmul(u * _row(g), vt),)


singular_values: Primitive = define(
    Primitive(
        "singular_values",
        "contraction",
        _values_spec,
        _values_value,
        _values_vjp,
        formula=r"\sigma({0})",
        domain=("matrix",),
    )
)

# --- eigenvalues ---


def _eig_spec(x: Spec) -> tuple[Spec, Spec]:
    square_spec(x)
    return Spec(x.shape[:-1], x.dtype), x


def _eigh_value(x: Any) -> tuple[Any, ...]:
    _check(square_spec, x)
    own = wide(x)
    found = by_lapack(
        "the eigenvalues were not found: the matrix holds NaN or infinities.",
        lambda: np.linalg.eigh((own + np.swapaxes(own, -1, -2)) / own.dtype.type(2)),
    )
    return _as(x.dtype, *found)


def _eigh_vjp(g: tuple[Node, ...], y: Node, x: Node) -> tuple[Any]:
    w, v = eigh(x)
    inner = matmul(swap_last(v), g[1]) * _inverse_or_zero(_row(w) - _column(w)) + _diagonal(g[0])
    return (_symmetric(matmul(matmul(v, inner), swap_last(v))),)


# Of the symmetric part of x. Vectors of equal eigenvalues have no derivative: such a pair takes no part.
eigh: Primitive = _factorization(
    "eigh", _eig_spec, _eigh_value, _eigh_vjp, r"w, V: {0} V = V \operatorname{{diag}} w", "symmetric"
)


def _eig_value(x: Any) -> tuple[Any, ...]:
    _check(square_spec, x)
    values, vectors = by_lapack(
        "the eigenvalues were not found: the matrix holds NaN or infinities.", lambda: np.linalg.eig(wide(x))
    )
    if np.iscomplexobj(values):
        if np.any(values.imag):
            raise ArgumentError(
                "this matrix has complex eigenvalues, and there are no complex tensors.",
                expected="real eigenvalues",
                given=values[values.imag != 0][0],
                fix="use ops.eigh for a symmetric matrix, or numpy.linalg.eig outside of the graph",
            )
        values, vectors = values.real, vectors.real
    return _as(x.dtype, values, vectors)


def _eig_vjp(g: tuple[Node, ...], y: Node, x: Node) -> tuple[Any]:
    w, v = eig(x)
    turned = swap_last(v)
    inner = matmul(turned, g[1])
    inner = inner - matmul(turned, v) * _diagonal_of(inner)  # the vectors keep their length
    inner = inner * _inverse_or_zero(_row(w) - _column(w)) + _diagonal(g[0])
    return (solve(turned, matmul(inner, turned)),)


# Real eigenvalues only. Where two are equal, their vectors have no derivative, and there may be less than n of them.
eig: Primitive = _factorization("eig", _eig_spec, _eig_value, _eig_vjp, r"w, V: {0} V = V \operatorname{{diag}} w")
