"""Where derivatives of linear algebra end: equal eigenvalues, singular matrices, free columns, factors of 0."""

import numpy as np
import pytest

from onionskin import ops
from onionskin.base.errors import ArgumentError
from onionskin.base.specs import spec_of
from onionskin.engines import get
from onionskin.graph import trace
from onionskin.runtime import grad
from onionskin.transforms import differentiate

rng = np.random.default_rng(4)
lower = np.tril(rng.normal(size=(3, 3)))
tall = rng.normal(size=(4, 2))


def gradient(function, *arrays):
    graph = trace(function, [spec_of(one) for one in arrays])
    return get("reference").compile(differentiate(graph, range(len(arrays))))(*arrays)


def quotient(function, x, step=1e-6):
    y = np.zeros_like(x)
    for place in np.ndindex(*x.shape):
        high, low = x.copy(), x.copy()
        high[place] += step
        low[place] -= step
        y[place] = (function(high) - function(low)) / (2 * step)
    return y


def test_the_sum_of_equal_eigenvalues_has_a_gradient():
    (found,) = gradient(lambda x: ops.sum(ops.eigh(x)[0]), np.eye(3))
    np.testing.assert_allclose(found, np.eye(3), atol=1e-15)
    (found,) = gradient(lambda x: ops.sum(ops.svd(x, compute_uv=False)), 2 * np.eye(3))
    np.testing.assert_allclose(found, np.eye(3), atol=1e-15)


def test_vectors_of_equal_eigenvalues_give_nothing_rather_than_nan():
    for take in (lambda x: ops.eigh(x)[1], lambda x: ops.svd(x)[0]):
        (found,) = gradient(lambda x, take=take: ops.sum(take(x)), np.eye(3))
        assert np.isfinite(found).all()


def test_the_determinant_of_a_singular_matrix_has_a_gradient():
    x = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]])
    (found,) = gradient(ops.det, x)
    np.testing.assert_allclose(found, quotient(np.linalg.det, x), rtol=1e-7, atol=1e-7)
    (found,) = gradient(ops.det, np.zeros((3, 3)))
    np.testing.assert_array_equal(found, np.zeros((3, 3)))


@pytest.mark.parametrize("x", [tall, tall.T], ids=["tall", "wide"])
def test_what_hangs_on_the_space_of_free_columns_has_a_gradient(x):
    """The projector on what the matrix leaves over is the same for every choice of these columns."""
    weights = rng.normal(size=(4, 4))
    left = x.shape[0] > x.shape[1]

    def loss(x, m):
        u, _, vt = m.svd(x)
        rest = u[:, 2:] if left else m.transpose(vt)[:, 2:]
        return m.sum(m.matmul(rest, m.transpose(rest)) * weights)

    class WithNumpy:
        svd, transpose, sum, matmul = staticmethod(np.linalg.svd), np.transpose, np.sum, np.matmul

    (found,) = gradient(lambda x: loss(x, ops), x)
    np.testing.assert_allclose(found, quotient(lambda x: loss(x, WithNumpy), x), rtol=1e-7, atol=1e-8)


def test_the_free_columns_of_a_complete_qr():
    weights = rng.normal(size=(4, 4))

    def loss(q, m):
        rest = q[:, 2:]
        return m.sum(m.matmul(rest, m.transpose(rest)) * weights)

    (found,) = gradient(lambda x: loss(ops.qr(x, "complete")[0], ops), tall)
    wanted = quotient(lambda x: loss(np.linalg.qr(x, "complete")[0], np), tall)
    np.testing.assert_allclose(found, wanted, rtol=1e-7, atol=1e-8)


def test_a_singular_value_of_0():
    x = np.diag([2.0, 1.0, 0.0])
    (found,) = gradient(lambda x: ops.sum(ops.svd(x)[1] * np.array([1.0, 1.0, 0.0])), x)
    np.testing.assert_allclose(found, np.diag([1.0, 1.0, 0.0]), atol=1e-15)


@pytest.mark.parametrize("zeros", [0, 1, 2])
def test_the_product_of_a_segment_with_zeros(zeros):
    x = rng.normal(size=5)
    x[:zeros] = 0
    ids = np.array([0, 0, 1, 0, 0])
    (found,) = gradient(lambda x: ops.sum(ops.segment_prod(x, ids, 3) * np.array([2.0, 3.0, 4.0])), x)
    wanted = [2 * np.prod([x[j] for j in (0, 1, 3, 4) if j != i]) if i != 2 else 3.0 for i in range(5)]
    np.testing.assert_allclose(found, wanted, rtol=1e-13)


@pytest.mark.parametrize("zeros", [0, 1, 2, 3])
def test_the_second_derivative_of_the_product_of_a_segment_with_zeros(each_engine, zeros):
    x = rng.normal(size=5)
    x[[0, 1, 3][:zeros]] = 0
    ids, way = np.array([0, 0, 1, 0, -3]), rng.normal(size=5)

    def along(x):
        return ops.sum(grad(lambda x: ops.sum(ops.segment_prod(x, ids, 3)))(x) * way)

    rows = (0, 1, 3, 4)
    wanted = [
        sum(way[j] * np.prod([x[k] for k in rows if k not in (i, j)]) for j in rows if j != i) if i in rows else 0.0
        for i in range(5)
    ]
    np.testing.assert_allclose(grad(along)(x), wanted, rtol=1e-12)


def test_equal_numbers_of_a_segment_share_its_gradient():
    (found,) = gradient(lambda x: ops.sum(ops.segment_max(x, np.array([0, 0, 0]), 1)), np.array([1.0, 2.0, 2.0]))
    np.testing.assert_array_equal(found, [0.0, 0.5, 0.5])


def test_complex_eigenvalues_are_refused_when_they_appear():
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    words = (
        "this matrix has complex eigenvalues, and there are no complex tensors.\n"
        "  expected: real eigenvalues\n"
        "  given:    1j\n"
        "  to fix:   use ops.eigh for a symmetric matrix, or numpy.linalg.eig outside of the graph"
    )
    with pytest.raises(ArgumentError) as caught:
        ops.eig(turn)
    assert str(caught.value) == f"ops.eig: {words}"
    program = get("reference").compile(trace(lambda x: ops.eig(x)[0], [spec_of(turn)]))
    with pytest.raises(ArgumentError) as caught:
        program(turn)
    assert str(caught.value) == words
    np.testing.assert_array_equal(np.sort(program(np.diag([3.0, 1.0]))[0]), [1.0, 3.0])


def test_symmetric_parts_alone_are_factored():
    np.testing.assert_allclose(ops.eigh(lower)[0], np.linalg.eigvalsh((lower + lower.T) / 2), rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32"])
def test_dtypes(dtype):
    x = (np.eye(3) * 4 + 1).astype(dtype)
    wanted = "float32" if dtype == "int32" else dtype
    for function in (ops.inv, ops.det, ops.cholesky, ops.pinv, ops.eigh, ops.eig, ops.qr, ops.svd, ops.slogdet):
        results = function(x)
        for one in results if isinstance(results, tuple) else (results,):
            assert one.dtype == wanted, function.__name__
    for function in (ops.solve, ops.solve_triangular, ops.lstsq):
        assert function(x, x[0]).dtype == wanted
    values, pivots = ops.lu_factor(x)
    assert (values.dtype, pivots.dtype) == (wanted, "int32")


@pytest.mark.parametrize("shape", [(0, 3, 3), (2, 0, 0)])
def test_no_matrices_and_no_rows(shape):
    x = np.zeros(shape)
    assert ops.inv(x).shape == shape
    assert ops.det(x).shape == shape[:1]
    assert ops.lu_factor(x)[0].shape == shape
    assert ops.cholesky(x).shape == shape
    np.testing.assert_array_equal(ops.matrix_rank(x), np.zeros(shape[0], np.int32))
