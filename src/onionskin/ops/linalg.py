"""Linear algebra, also as the namespace `ops.linalg`: factors, inverses, solutions of systems.

All but `lstsq` take batches of matrices on the last two axes. Integers are cast to the default float dtype.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.specs import spec_of
from onionskin.ops.arguments import public
from onionskin.ops.names import explained
from onionskin.ops.norms import norm as norm  # noqa: PLC0414 - also a name of this namespace
from onionskin.prims import contractions, elementwise, factors, movement, reductions, systems
from onionskin.prims.contractions import swap_last
from onionskin.prims.families import floating, joined


@public
def cholesky(x: Any, upper: bool = False) -> Any:
    """Return the triangular factor of symmetric positive definite matrices.

    x = L·Lᵀ, or x = Uᵀ·U

    Args:
        x: array or tensor (…, n, n); its symmetric part is factored.
        upper: return U instead of L.

    Returns:
        Array of the shape of x, zeros in the other triangle.

    Raises:
        ArgumentError: a matrix is not positive definite.
        ShapeError: the matrices are not square.

    Example:
        >>> print(cholesky([[4.0, 2.0], [2.0, 2.0]]))
        [[2. 0.]
         [1. 1.]]
    """
    y = factors.cholesky(floating(x))
    return swap_last(y) if upper else y


@public
def cholesky_inverse(x: Any, upper: bool = False) -> Any:
    """Return the inverse of the matrices whose Cholesky factors are given.

    y = (L·Lᵀ)⁻¹, or y = (Uᵀ·U)⁻¹

    Args:
        x: triangular factors (…, n, n).
        upper: whether they are U rather than L.

    Returns:
        Array of the shape of x.

    Raises:
        ShapeError: the matrices are not square.

    Example:
        >>> print(cholesky_inverse([[2.0, 0.0], [0.0, 1.0]]))
        [[0.25 0.  ]
         [0.   1.  ]]
    """
    x = floating(x)
    systems.square_spec(spec_of(x))
    back = systems.solve_triangular(x, np.eye(x.shape[-1], dtype=str(x.dtype)), lower=not upper)
    return contractions.matmul(back, swap_last(back)) if upper else contractions.matmul(swap_last(back), back)


@public
def det(x: Any) -> Any:
    """Return the determinants of matrices.

    Args:
        x: array or tensor (…, n, n).

    Returns:
        Array (…,). Its gradient is finite for singular matrices too.

    Raises:
        ShapeError: the matrices are not square.

    Example:
        >>> print(det([[2.0, 0.0], [1.0, 3.0]]))
        6.0
    """
    return systems.det(floating(x))


@public
def slogdet(x: Any) -> Any:
    """Return the sign of the determinant and the logarithm of its size.

    Args:
        x: array or tensor (…, n, n).

    Returns:
        Two arrays (…,); 0 and -inf for a singular matrix.

    Raises:
        ShapeError: the matrices are not square.

    Example:
        >>> print(*slogdet([[-1.0, 0.0], [0.0, 1.0]]))
        -1.0 0.0
    """
    return systems.slogdet(floating(x))


@public
def logdet(x: Any) -> Any:
    """Return the logarithm of the determinant of symmetric positive definite matrices.

    ln det x = 2·Σ ln Lᵢᵢ

    Args:
        x: array or tensor (…, n, n).

    Returns:
        Array (…,).

    Raises:
        ArgumentError: a matrix is not positive definite.
        ShapeError: the matrices are not square.

    Example:
        >>> print(logdet([[1.0, 0.0], [0.0, 1.0]]))
        0.0
    """
    factor = factors.cholesky(floating(x))
    eye = np.eye(factor.shape[-1], dtype=bool)
    line = elementwise.log(elementwise.where(eye, factor, elementwise.number(1, factor)))
    total = reductions.sum_(line, axis=(factor.ndim - 2, factor.ndim - 1), keepdims=False)
    return elementwise.multiply(total, elementwise.number(2, total))


@public
def eig(x: Any) -> Any:
    """Return eigenvalues and eigenvectors of matrices whose eigenvalues are all real.

    x·vᵢ = λᵢ·vᵢ,  |vᵢ| = 1

    Args:
        x: array or tensor (…, n, n). There are no complex tensors: for symmetric matrices `eigh` is right.

    Returns:
        Eigenvalues (…, n) in no order, and vectors as columns (…, n, n), both of the dtype of x.

    Raises:
        ArgumentError: an eigenvalue is complex.
        ShapeError: the matrices are not square.

    Example:
        >>> print(eig([[2.0, 0.0], [0.0, 3.0]])[0])
        [2. 3.]
    """
    return factors.eig(floating(x))


@public
def eigh(x: Any) -> Any:
    """Return eigenvalues and eigenvectors of symmetric matrices.

    x = V·diag(λ)·Vᵀ

    Args:
        x: array or tensor (…, n, n); its symmetric part is taken.

    Returns:
        Eigenvalues (…, n), rising, and vectors as columns (…, n, n). Where eigenvalues are equal, the
        gradient takes nothing from how their vectors turn.

    Raises:
        ShapeError: the matrices are not square.

    Example:
        >>> print(eigh([[2.0, 0.0], [0.0, 1.0]])[0])
        [1. 2.]
    """
    return factors.eigh(floating(x))


@public
def inv(x: Any) -> Any:
    """Return the inverses of matrices.

    Args:
        x: array or tensor (…, n, n).

    Returns:
        Array of the shape of x.

    Raises:
        ArgumentError: a matrix is singular.
        ShapeError: the matrices are not square.

    Example:
        >>> print(inv([[2.0, 0.0], [0.0, 4.0]]))
        [[0.5  0.  ]
         [0.   0.25]]
    """
    return systems.inv(floating(x))


@public
def pinv(x: Any, rcond: float | None = None) -> Any:
    """Return the pseudo-inverses of matrices (Moore and Penrose).

    Args:
        x: array or tensor (…, m, n).
        rcond: singular values below this share of the largest count as 0; 10·max(m, n)·ε where None.

    Returns:
        Array (…, n, m).

    Raises:
        ShapeError: x has less than two axes.

    Example:
        >>> print(pinv([[2.0, 0.0], [0.0, 0.0]]))
        [[0.5 0. ]
         [0.  0. ]]
    """
    x = floating(x)
    systems.matrix_spec(spec_of(x))
    return systems.pinv(x, rcond=10 * _smallest(x) if rcond is None else float(rcond))


def _smallest(x: Any) -> float:
    """Return the share of the largest singular value that rounding alone can make."""
    return float(max(x.shape[-2:]) * np.finfo(str(x.dtype)).eps)


@public
def matrix_rank(x: Any, tol: float | None = None) -> Any:
    """Return the number of singular values that are not 0.

    Args:
        x: array or tensor (…, m, n).
        tol: values up to this count as 0; max(m, n)·ε times the largest where None.

    Returns:
        int32 array (…,).

    Raises:
        ShapeError: x has less than two axes.

    Example:
        >>> print(matrix_rank([[1.0, 2.0], [2.0, 4.0]]))
        1
    """
    x = floating(x)
    values = factors.singular_values(x)
    last = (values.ndim - 1,)
    if tol is None:
        largest = reductions.max_(values, axis=last, keepdims=True) if values.shape[-1] else elementwise.number(0, x)
        limit = elementwise.multiply(largest, elementwise.number(_smallest(x), x))
    else:
        limit = elementwise.number(tol, x)
    there = elementwise.cast(elementwise.greater(values, limit), dtype="int32")
    return reductions.sum_(there, axis=last, keepdims=False)


@public
def lu_factor(x: Any) -> Any:
    """Return the factors L and U of matrices whose rows have changed places (partial pivoting).

    P·x = L·U

    Args:
        x: array or tensor (…, m, n).

    Returns:
        Both factors in one array of the shape of x (the ones on the diagonal of L are left out), and for each
        of the min(m, n) steps the int32 number of the row that it changed places with.

    Raises:
        ShapeError: x has less than two axes.

    Example:
        >>> print(*lu_factor([[1.0, 2.0], [2.0, 2.0]]))
        [[2.  2. ]
         [0.5 1. ]] [1 1]
    """
    return factors.lu(floating(x))[:2]


@public
def qr(x: Any, mode: str = "reduced") -> Any:
    """Return matrices as products of one with orthonormal columns and an upper triangular one.

    x = Q·R

    Args:
        x: array or tensor (…, m, n).
        mode: "reduced" (Q has min(m, n) columns) or "complete" (Q is square).

    Returns:
        Q (…, m, k) and R (…, k, n).

    Raises:
        ArgumentError: there is no such mode.
        ShapeError: x has less than two axes.

    Example:
        >>> print(*qr([[3.0], [4.0]]))
        [[-0.6]
         [-0.8]] [[-5.]]
    """
    if mode not in ("reduced", "complete"):
        raise ArgumentError("there is no such mode.", expected="'reduced' or 'complete'", given=repr(mode))
    return factors.qr(floating(x), complete=mode == "complete")


@public
def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Return matrices as products of two with orthonormal columns around their singular values.

    x = U·diag(s)·Vᵀ

    Args:
        x: array or tensor (…, m, n).
        full_matrices: whether U and V are square, rather than of min(m, n) columns.
        compute_uv: whether U and Vᵀ are wanted too.

    Returns:
        U (…, m, k), s (…, min(m, n)), falling, and Vᵀ (…, l, n); s alone without compute_uv.

    Raises:
        ShapeError: x has less than two axes.

    Example:
        >>> print(svd([[0.0, 2.0], [1.0, 0.0]], compute_uv=False))
        [2. 1.]
    """
    x = floating(x)
    return factors.svd(x, full=bool(full_matrices)) if compute_uv else factors.singular_values(x)


def _right_side(a: Any, b: Any) -> tuple[Any, Any, bool]:
    """Return a system with its right side as columns, and whether it was a vector for each matrix."""
    a, b = joined(a, b, to_float=True)
    if a.ndim < 2 or b.ndim < 1:
        raise ShapeError(
            "a system has a matrix and a right side.",
            expected="shapes (…, n, n) and (…, n) or (…, n, k)",
            given=f"{tuple(a.shape)} and {tuple(b.shape)}",
        )
    vector = b.ndim == 1 or tuple(b.shape) == tuple(a.shape[:-1])
    return a, movement.reshape(b, shape=(*b.shape, 1)) if vector else b, vector


def _answer(y: Any, vector: bool) -> Any:
    return movement.reshape(y, shape=tuple(y.shape[:-1])) if vector else y


@public
def solve(a: Any, b: Any) -> Any:
    """Return the solutions of systems of linear equations.

    a·y = b

    Args:
        a: array or tensor (…, n, n).
        b: right sides (…, n) or (…, n, k).

    Returns:
        Array of the shape of b.

    Raises:
        ArgumentError: a matrix is singular.
        ShapeError: the shapes do not fit.

    Example:
        >>> print(solve([[2.0, 0.0], [0.0, 4.0]], [2.0, 2.0]))
        [1.  0.5]
    """
    a, b, vector = _right_side(a, b)
    return _answer(systems.solve(a, b), vector)


@public
def solve_triangular(a: Any, b: Any, lower: bool = False) -> Any:
    """Return the solutions of systems whose matrices are triangular.

    Args:
        a: array or tensor (…, n, n); what stands in the other triangle is not read.
        b: right sides (…, n) or (…, n, k).
        lower: whether the lower triangle is meant, rather than the upper one.

    Returns:
        Array of the shape of b; inf or NaN where a diagonal element is 0.

    Raises:
        ShapeError: the shapes do not fit.

    Example:
        >>> print(solve_triangular([[2.0, 0.0], [1.0, 4.0]], [2.0, 3.0], lower=True))
        [1.  0.5]
    """
    a, b, vector = _right_side(a, b)
    return _answer(systems.solve_triangular(a, b, lower=bool(lower)), vector)


@public
def lstsq(a: Any, b: Any, rcond: float | None = None) -> Any:
    """Return the solution of least squares, the shortest where there are several.

    y = argmin |a·y - b|

    Args:
        a: array or tensor (m, n).
        b: right sides (m,) or (m, k).
        rcond: singular values of a below this share of the largest count as 0; max(m, n)·ε where None, ε where
            negative.

    Returns:
        Array (n,) or (n, k).

    Raises:
        ShapeError: the shapes do not fit.

    Example:
        >>> print(lstsq([[1.0], [1.0]], [1.0, 3.0]).round(5))
        [2.]
    """
    a, b = joined(a, b, to_float=True)
    if a.ndim != 2 or b.ndim not in (1, 2) or a.shape[0] != b.shape[0]:
        raise ShapeError(
            "the right side does not fit the matrix.",
            expected="shapes (m, n) and (m,) or (m, k)",
            given=f"{tuple(a.shape)} and {tuple(b.shape)}",
        )
    if rcond is None:
        rcond = _smallest(a)
    elif rcond < 0:
        rcond = float(np.finfo(str(a.dtype)).eps)
    columns = movement.reshape(b, shape=(*b.shape, 1)) if b.ndim == 1 else b
    return _answer(contractions.matmul(systems.pinv(a, rcond=float(rcond)), columns), b.ndim == 1)


def __getattr__(name: str) -> Any:
    raise AttributeError(explained(__name__, name))
