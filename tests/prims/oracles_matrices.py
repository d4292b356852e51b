"""What the operations on matrices mean: plain loops or, where signs are free, the laws that a result must obey."""

import itertools

import numpy as np


def each_matrix(function):
    """Make an oracle for batches from a function of single matrices, computed in float64."""

    def oracle(*arrays, **params):
        batch = np.broadcast_shapes(*[one.shape[:-2] for one in arrays])
        spread = [np.broadcast_to(one, (*batch, *one.shape[-2:])).astype(np.float64) for one in arrays]
        results = [function(*[one[index] for one in spread], **params) for index in np.ndindex(*batch)]
        if not results:  # no matrix: one of the right size tells the shape
            sample = function(*[np.eye(*one.shape[-2:]) for one in arrays], **params)
            parts = sample if isinstance(sample, tuple) else (sample,)
            done = tuple(np.zeros((*batch, *np.shape(part)), np.asarray(part).dtype) for part in parts)
        else:
            columns = zip(*[one if isinstance(one, tuple) else (one,) for one in results], strict=True)
            done = tuple(np.array(column).reshape((*batch, *np.shape(column[0]))) for column in columns)
        done = tuple(one.astype(arrays[0].dtype) if one.dtype.kind == "f" else one for one in done)
        return done if isinstance(results[0] if results else sample, tuple) else done[0]

    return oracle


def determinant(x):
    """Sum over all orders of rows, as Leibniz wrote it."""
    size, total = len(x), 0.0
    for order in itertools.permutations(range(size)):
        turns = sum(order[i] > order[j] for i in range(size) for j in range(i + 1, size))
        product = 1.0
        for row, column in enumerate(order):
            product *= x[row, column]
        total += (-1) ** turns * product
    return total


def cofactors(x):
    """Return the signed determinants of what is left without a row and a column."""
    y = np.zeros_like(x)
    for i, j in np.ndindex(*x.shape):
        y[i, j] = (-1) ** (i + j) * determinant(np.delete(np.delete(x, i, 0), j, 1))
    return y


def solution(a, b):
    """Eliminate one unknown after the other (Gauss and Jordan), the largest pivot first."""
    a, b = a.copy(), b.copy()
    for step in range(len(a)):
        chosen = step + int(np.argmax(np.abs(a[step:, step])))
        a[[step, chosen]], b[[step, chosen]] = a[[chosen, step]], b[[chosen, step]]
        b[step] /= a[step, step]
        a[step] /= a[step, step]
        for row in range(len(a)):
            if row != step:
                b[row] -= a[row, step] * b[step]
                a[row] -= a[row, step] * a[step]
    return b


def inverse(x):
    return solution(x, np.eye(len(x)))


def pseudo_inverse(x, *, rcond):
    """The matrices have full rank: xᵀ·x or x·xᵀ is regular."""
    return solution(x.T @ x, x.T) if x.shape[0] >= x.shape[1] else solution(x @ x.T, x).T


def sign_and_log(x):
    value = determinant(x)
    return np.sign(value), np.log(np.abs(value))


def triangular(a, b, *, lower):
    return solution(np.tril(a) if lower else np.triu(a), b)


def cholesky(x):
    y = np.zeros_like(x)
    for i in range(len(x)):
        for j in range(i + 1):
            rest = x[i, j] - sum(y[i, k] * y[j, k] for k in range(j))
            y[i, j] = np.sqrt(rest) if i == j else rest / y[j, j]
    return y


def lu(x):
    a, order, pivots = x.copy(), list(range(len(x))), []
    for step in range(min(x.shape)):
        chosen = max(range(step, len(a)), key=lambda row, step=step: abs(a[row, step]))
        pivots.append(chosen)
        a[[step, chosen]] = a[[chosen, step]]
        order[step], order[chosen] = order[chosen], order[step]
        for row in range(step + 1, len(a)):
            a[row, step] /= a[step, step]
            for column in range(step + 1, a.shape[1]):
                a[row, column] -= a[row, step] * a[step, column]
    return a, np.array(pivots, np.int32), np.array(order, np.int32)


def qr(x, *, complete):
    """Reflect one column after the other (Householder)."""
    rows, columns = x.shape
    q, r = np.eye(rows), x.copy()
    for step in range(min(rows - 1, columns)):
        v = r[step:, step].copy()
        v[0] += np.copysign(np.linalg.norm(v), v[0])
        if np.any(v):
            turn = np.eye(rows)
            turn[step:, step:] -= 2 * np.outer(v, v) / (v @ v)
            q, r = q @ turn, turn @ r
    kept = rows if complete else min(rows, columns)
    return q[:, :kept], np.triu(r)[:kept]


def lawful(found, *laws):
    """Check that results found by NumPy obey the laws that define them; returns them, rounded to the given dtype."""
    for left, right, dtype in laws:
        tolerance = 2e-5 if dtype == np.float32 else 1e-12
        np.testing.assert_allclose(left, right, rtol=tolerance, atol=tolerance * 4)
    return found


def _orthonormal(q, dtype):
    return (
        np.swapaxes(q, -1, -2) @ q,
        np.broadcast_to(np.eye(q.shape[-1]), (*q.shape[:-2], q.shape[-1], q.shape[-1])),
        dtype,
    )


def _falling(values):
    return values, -np.sort(-values, axis=-1), values.dtype


def svd(x, *, full):
    u, s, vt = np.linalg.svd(x, full_matrices=full)
    k = s.shape[-1]
    made = u[..., :k] * s[..., None, :] @ vt[..., :k, :]
    return lawful((u, s, vt), (made, x, x.dtype), _orthonormal(u, x.dtype), _falling(s),
                  _orthonormal(np.swapaxes(vt, -1, -2), x.dtype))  # fmt: skip


def singular_values(x):
    """The roots of the eigenvalues of xᵀ·x, or x·xᵀ, found in float64."""
    small = x.astype(np.float64)
    small = small @ np.swapaxes(small, -1, -2) if x.shape[-2] < x.shape[-1] else np.swapaxes(small, -1, -2) @ small
    return np.sqrt(np.linalg.eigvalsh(small)[..., ::-1]).astype(x.dtype)


def eigh(x):
    w, v = np.linalg.eigh((x + np.swapaxes(x, -1, -2)) / x.dtype.type(2))
    return lawful((w, v), (v * w[..., None, :] @ np.swapaxes(v, -1, -2), x, x.dtype), _orthonormal(v, x.dtype),
                  (w, np.sort(w, axis=-1), x.dtype))  # fmt: skip


def eig(x):
    w, v = np.linalg.eig(x)
    return lawful((w, v), (x @ v, v * w[..., None, :], x.dtype), ((v * v).sum(-2), np.ones(w.shape), x.dtype),
                  (w.sum(-1), np.trace(x, axis1=-2, axis2=-1), x.dtype))  # fmt: skip
