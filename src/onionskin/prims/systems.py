"""Matrices as systems of equations: inverse, determinant, solution, pseudo-inverse.

All take batches of matrices on the last two axes. Values are NumPy's; float16 is computed in float32.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.specs import Spec, broadcast_shapes
from onionskin.graph import Node, Primitive
from onionskin.prims.contractions import matmul, swap_last
from onionskin.prims.elementwise import number, where
from onionskin.prims.families import define, float_spec, unbroadcast
from onionskin.prims.movement import reshape
from onionskin.prims.reductions import sum_


def matrix_spec(x: Spec) -> Spec:
    """Check that a value is a batch of matrices of floats, of known size; returns its spec.

    Raises:
        DTypeError: it is no float.
        ShapeError: it has less than two axes, or the last two are not known.
    """
    float_spec(x)
    if x.ndim < 2:
        raise ShapeError("a matrix has two axes or more.", given=x.shape)
    if None in x.shape[-2:]:
        raise ShapeError("the size of a matrix must be known here.", given=f"shape {x.shape}")
    return x


def square_spec(x: Spec) -> Spec:
    """Check that a value is a batch of square matrices; returns its spec.

    Raises:
        DTypeError: it is no float.
        ShapeError: the matrices are not square.
    """
    matrix_spec(x)
    if x.shape[-2] != x.shape[-1]:
        raise ShapeError("a square matrix is needed here.", expected="shape (…, n, n)", given=x.shape)
    return x


def wide(x: Any) -> Any:
    """Return an array in a dtype that LAPACK has."""
    return x.astype(np.float32) if x.dtype.itemsize == 2 else x


def by_lapack(what: str, function: Callable[[], Any]) -> Any:
    """Return what a function of numpy.linalg gives.

    Raises:
        ArgumentError: it says that these matrices have none; `what` tells the reason.
    """
    try:
        return function()
    except np.linalg.LinAlgError:
        raise ArgumentError(what) from None


def over_matrix(part: Any) -> Any:
    """Return a number for each matrix as it stands against the matrices, with two axes of size 1."""
    return reshape(part, shape=(*part.shape, 1, 1))


def outer_sum(a: Any, b: Any) -> Any:
    """Return the inner product of two batches of matrices, one number each: Σᵢⱼ aᵢⱼ·bᵢⱼ."""
    return sum_(a * b, axis=(a.ndim - 2, a.ndim - 1), keepdims=False)


def lower_part(x: Any, k: int = 0) -> Any:
    """Return matrices with zeros above the k-th diagonal."""
    return where(np.tri(x.shape[-2], x.shape[-1], k, dtype=bool), x, number(0, x))


def upper_part(x: Any, k: int = 0) -> Any:
    """Return matrices with zeros below the k-th diagonal."""
    return where(~np.tri(x.shape[-2], x.shape[-1], k - 1, dtype=bool), x, number(0, x))


def _system(name: str, spec: Any, value: Any, vjp: Any, formula: str, **more: Any) -> Primitive:
    return define(Primitive(name, "contraction", spec, value, vjp, formula=formula, **more))


# --- inverse ---


def _inv_value(x: Any) -> Any:
    square_spec(Spec(x.shape, x.dtype.name))
    return by_lapack("a singular matrix has no inverse.", lambda: np.linalg.inv(wide(x))).astype(x.dtype, copy=False)


def _inv_vjp(g: Node, y: Node, x: Node) -> tuple[Any]:
    turned = swap_last(y)
    return (-matmul(matmul(turned, g), turned),)


inv: Primitive = _system("inv", square_spec, _inv_value, _inv_vjp, "{0}^{{-1}}", domain=("regular",))

# --- determinant ---


def _per_matrix(x: Spec) -> Spec:
    return Spec(square_spec(x).shape[:-2], x.dtype)


def _cofactor_value(x: Any) -> Any:
    u, s, vt = np.linalg.svd(wide(x))
    size = x.shape[-1]
    others = np.where(np.eye(size, dtype=bool), s.dtype.type(1), s[..., None, :]).prod(-1)  # of all values but one
    sign = (np.linalg.det(u) * np.linalg.det(vt))[..., None, None]
    return (sign * (u * others[..., None, :]) @ vt).astype(x.dtype, copy=False)


def _cofactor_vjp(g: Node, y: Node, x: Node) -> tuple[Any]:
    turned = swap_last(inv(x))
    part = over_matrix(outer_sum(g, turned)) * turned - matmul(matmul(turned, swap_last(g)), turned)
    return (over_matrix(det(x)) * part,)


# The derivative of the determinant, det(x)·x⁻ᵀ, which is finite for singular matrices too. Its own
# derivative is written for regular ones: of a singular matrix it is an error.
cofactor: Primitive = _system(
    "cofactor", square_spec, _cofactor_value, _cofactor_vjp, r"\operatorname{{cof}} {0}", domain=("regular",)
)
det: Primitive = _system(
    "det",
    _per_matrix,
    lambda x: np.asarray(np.linalg.det(wide(x))).astype(x.dtype, copy=False),
    lambda g, y, x: (over_matrix(g) * cofactor(x),),
    r"\det {0}",
    domain=("regular",),
)


def _slogdet_value(x: Any) -> tuple[Any, Any]:
    sign, size = np.linalg.slogdet(wide(x))
    return np.asarray(sign).astype(x.dtype, copy=False), np.asarray(size).astype(x.dtype, copy=False)


# Of a singular matrix the logarithm is -inf, and its derivative an error.
slogdet: Primitive = define(
    Primitive(
        "slogdet",
        "factorization",
        lambda x: (_per_matrix(x), _per_matrix(x)),
        _slogdet_value,
        lambda g, y, x: (over_matrix(g[1]) * swap_last(inv(x)),),
        formula=r"\operatorname{{sign}} \det {0}, \ln |\det {0}|",
        domain=("regular",),
    )
)

# --- solutions ---


def _solve_spec(a: Spec, b: Spec, **_: Any) -> Spec:
    float_spec(Spec((), a.dtype), Spec((), b.dtype))
    square_spec(a)
    matrix_spec(b)
    if a.shape[-1] != b.shape[-2]:
        raise ShapeError(
            "the system has another number of equations than its right side.",
            expected=f"{a.shape[-1]} rows for a matrix of shape {a.shape}",
            given=f"shape {b.shape}",
        )
    return Spec((*broadcast_shapes(a.shape[:-2], b.shape[:-2]), *b.shape[-2:]), a.dtype)


def _solve_value(a: Any, b: Any) -> Any:
    _solve_spec(Spec(a.shape, a.dtype.name), Spec(b.shape, b.dtype.name))
    return by_lapack("a singular matrix gives no single solution.", lambda: np.linalg.solve(wide(a), wide(b))).astype(
        a.dtype, copy=False
    )


def _solve_vjp(g: Node, y: Node, a: Node, b: Node) -> tuple[Any, Any]:
    back = solve(swap_last(a), g)
    return unbroadcast(-matmul(back, swap_last(y)), a), unbroadcast(back, b)


solve: Primitive = _system("solve", _solve_spec, _solve_value, _solve_vjp, "{0}^{{-1}} {1}", domain=("regular", "real"))


def _substituted(a: Any, b: Any, *, lower: bool) -> Any:
    """Return the solution row by row, each from those before it."""
    spec = _solve_spec(Spec(a.shape, a.dtype.name), Spec(b.shape, b.dtype.name))
    left, right = wide(a), wide(b)
    y = np.zeros(spec.shape, left.dtype)  # type: ignore[type-var]
    size = a.shape[-1]
    for row in range(size) if lower else reversed(range(size)):
        known = slice(0, row) if lower else slice(row + 1, size)
        done = (left[..., row, None, known] @ y[..., known, :])[..., 0, :]
        y[..., row, :] = (right[..., row, :] - done) / left[..., row, row, None]
    return y.astype(a.dtype, copy=False)


def _triangular_vjp(g: Node, y: Node, a: Node, b: Node, *, lower: bool) -> tuple[Any, Any]:
    back = solve_triangular(swap_last(a), g, lower=not lower)
    whole = -matmul(back, swap_last(y))
    return unbroadcast(lower_part(whole) if lower else upper_part(whole), a), unbroadcast(back, b)


# Reads one triangle of the matrix, whatever the other holds. A 0 on the diagonal gives inf or NaN.
solve_triangular: Primitive = _system(
    "solve_triangular", _solve_spec, _substituted, _triangular_vjp, "{0}^{{-1}} {1}", domain=("regular", "real")
)

# --- pseudo-inverse ---


def _pinv_spec(x: Spec, *, rcond: float) -> Spec:
    matrix_spec(x)
    return Spec((*x.shape[:-2], x.shape[-1], x.shape[-2]), x.dtype)


def _pinv_value(x: Any, *, rcond: float) -> Any:
    u, s, vt = np.linalg.svd(wide(x), full_matrices=False)
    kept = s > rcond * s.max(-1, keepdims=True, initial=0)
    inverse = np.where(kept, 1 / np.where(kept, s, 1), 0).astype(s.dtype)
    return (np.swapaxes(vt, -1, -2) * inverse[..., None, :] @ np.swapaxes(u, -1, -2)).astype(x.dtype, copy=False)


def _pinv_vjp(g: Node, y: Node, x: Node, *, rcond: float) -> tuple[Any]:
    rows, columns = x.shape[-2:]
    turned, back = swap_last(y), swap_last(g)
    outside = np.eye(rows, dtype=x.dtype) - matmul(x, y)  # projects on what x does not reach
    unseen = np.eye(columns, dtype=x.dtype) - matmul(y, x)  # projects on what x takes to 0
    first = matmul(outside, matmul(back, matmul(y, turned)))
    second = matmul(matmul(turned, y), matmul(back, unseen))
    return (first + second - matmul(matmul(turned, g), turned),)


# The derivative (Golub and Pereyra, 1973) holds where the rank does not change: where a singular value
# crosses the threshold, the pseudo-inverse jumps.
pinv: Primitive = _system("pinv", _pinv_spec, _pinv_value, _pinv_vjp, "{0}^{{+}}", domain=("regular",))
