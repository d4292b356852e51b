"""Matrix products: all transposes, odd sizes, instruction sets, the same bits for any threads, epilogues."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines_native.ext_run import ARENA, CODES, INPUT, OPS, OUTPUT, _ext, build, flat, isa, run, threads  # noqa: F401

SIZES = [(1, 1, 1), (3, 3, 3), (1, 784, 50), (100, 7, 1), (12, 5, 32), (13, 321, 33), (97, 640, 65), (8, 0, 4),
         (0, 3, 4), (5, 3, 0), (130, 33, 800), (25, 641, 17),
         (97, 640, 50), (130, 33, 66), (64, 1200, 34), (20, 2100, 50), (50, 1500, 3), (5, 40, 2), (6, 90, 70),
         (2, 300, 700), (1, 700, 515), (1, 9, 10)]  # fmt: skip


def factors(m, k, n, trans_a, trans_b, dtype="float32", seed=0):
    """Return the two factors as they are given, and the product in float64."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(m, k)).astype(dtype), rng.normal(size=(k, n)).astype(dtype)
    exact = a.astype(np.float64) @ b.astype(np.float64)
    return np.ascontiguousarray(a.T if trans_a else a), np.ascontiguousarray(b.T if trans_b else b), exact


def assert_product(got, exact, k, dtype):
    """Compare within the rounding that k additions may make."""
    tolerance = np.finfo(dtype).eps * 8 * max(k, 1) ** 0.5
    np.testing.assert_allclose(got, exact, rtol=tolerance, atol=tolerance * 4)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("transposes", list(itertools.product([False, True], repeat=2)))
@pytest.mark.parametrize("size", SIZES)
def test_product_equals_float64_and_keeps_its_bits_for_any_threads(size, transposes, dtype, isa, threads):  # noqa: F811
    m, k, n = size
    a, b, exact = factors(m, k, n, *transposes, dtype)
    results = []
    for count in (1, 2, 3, 7):
        threads(count)
        (y,) = run("matmul", [a, b], [((m, n), dtype)], out=2, a=0, b=1, trans_a=transposes[0], trans_b=transposes[1])
        results.append(y)
    assert_product(results[0], exact, k, dtype)
    for other in results[1:]:
        np.testing.assert_array_equal(other, results[0])


@pytest.mark.parametrize(
    ("shape", "count"),
    [
        ((3, 4, 1024, 72), 4),
        ((1, 4, 1024, 264), 6),
        ((1, 8, 1024, 392), 16),
        ((3, 1, 1024, 385), 4),
        ((1, 1, 1024, 1359), 7),
    ],
)
def test_the_last_of_many_blocks_may_be_narrow_or_empty(shape, count, isa, threads):  # noqa: F811
    batch, m, k, n = shape
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(batch, m, k)).astype("float32"), rng.normal(size=(batch, k, n)).astype("float32")
    results = []
    for number in (1, count):
        threads(number)
        results.append(run("matmul", [a, b], [((batch, m, n), "float32")], out=2, a=0, b=1)[0])
    assert_product(results[0], a.astype("float64") @ b, k, "float32")
    np.testing.assert_array_equal(results[1], results[0])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_one_row_by_a_matrix_with_short_rows(isa, dtype):  # noqa: F811
    """Rows that fill no vector are read beyond their end, but never beyond the matrix, whose NaN would show."""
    for k in (1, 2, 3, 4, 5, 8, 9, 50, 101, 1024, 1025):
        for n in range(1, 17):
            a, b, exact = factors(1, k, n, False, False, dtype, seed=n)
            (y,) = run("matmul", [a, b], [((1, n), dtype)], out=2, a=0, b=1)
            assert_product(y, exact, k, dtype)
            around = np.full(k * n + 64, np.nan, dtype)  # the matrix lies within an array of NaN
            around[16 : 16 + k * n] = b.reshape(-1)
            inside = around[16 : 16 + k * n].reshape(k, n)
            (again,) = run("matmul", [a, inside], [((1, n), dtype)], out=2, a=0, b=1)
            np.testing.assert_array_equal(again, y)


@pytest.mark.parametrize("transposes", list(itertools.product([False, True], repeat=2)))
def test_a_large_product_is_split_and_keeps_its_bits(transposes, isa, threads):  # noqa: F811
    a, b, exact = factors(301, 700, 411, *transposes)
    results = []
    for count in (1, 2, 4, 5):
        threads(count)
        (y,) = run("matmul", [a, b], [((301, 411), "float32")], out=2, a=0, b=1, trans_a=transposes[0],
                   trans_b=transposes[1])  # fmt: skip
        results.append(y)
    assert_product(results[0], exact, 700, "float32")
    for other in results[1:]:
        np.testing.assert_array_equal(other, results[0])


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 70),
    st.integers(0, 70),
    st.integers(0, 70),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(1, 3),
)
def test_product_of_drawn_sizes(m, k, n, trans_a, trans_b, double, batch):
    dtype = "float64" if double else "float32"
    parts = [factors(m, k, n, trans_a, trans_b, dtype, seed) for seed in range(batch)]
    a, b, exact = (np.stack(one) for one in zip(*parts, strict=True))
    (y,) = run("matmul", [a, b], [((batch, m, n), dtype)], out=2, a=0, b=1, trans_a=trans_a, trans_b=trans_b)
    assert_product(y, exact, k, dtype)


def test_nan_and_inf_pass_as_numbers_do(isa):  # noqa: F811
    a, b, _ = factors(20, 40, 35, False, False)
    a[3, 5], b[7, 9] = np.nan, np.inf
    (y,) = run("matmul", [a, b], [((20, 35), "float32")], out=2, a=0, b=1)
    with np.errstate(invalid="ignore"):
        expected = a @ b
    np.testing.assert_array_equal(np.isnan(y), np.isnan(expected))
    np.testing.assert_array_equal(np.isinf(y), np.isinf(expected))


@pytest.mark.parametrize("size", [(1, 5, 3), (100, 784, 50), (130, 330, 801)])
def test_bias_and_epilogue_run_on_the_finished_product(size, isa, threads):  # noqa: F811
    m, k, n = size
    a, b, exact = factors(m, k, n, False, False)
    bias = np.linspace(-1, 1, n).astype("float32")
    other = np.random.default_rng(5).normal(size=(m, n)).astype("float32")
    epilogue = [[OPS["RELU"], 1, 0, 0, 0], [OPS["STORE"], 0, 1, 0, 0], [OPS["LOAD"], 2, 0, 0, 0],
                [OPS["CONST"], 3, 0, 0, 0], [OPS["FMA"], 2, 1, 3, 2], [OPS["STORE"], 1, 2, 0, 0]]  # fmt: skip
    results = []
    for count in (1, 2, 3):
        threads(count)
        arguments = {"epilogue": flat(epilogue), "epilogue_inputs": [3], "epilogue_consts": [0.5], "epilogue_outs": [5]}
        outputs = [((m, n), "float32"), ((m, n), "float32")]
        results.append(run("matmul", [a, b, bias, other], outputs, out=4, a=0, b=1, bias=2, **arguments))
    relu = np.maximum(exact + bias, 0)
    assert_product(results[0][0], relu, k, "float32")
    assert_product(results[0][1], relu * 0.5 + other, k, "float32")
    for more in results[1:]:
        np.testing.assert_array_equal(more[0], results[0][0])
        np.testing.assert_array_equal(more[1], results[0][1])


def test_bias_alone_and_an_epilogue_that_keeps_the_product():
    a, b, exact = factors(9, 30, 21, False, False)
    bias = np.arange(21, dtype="float32")
    (y,) = run("matmul", [a, b, bias], [((9, 21), "float32")], out=3, a=0, b=1, bias=2)
    assert_product(y, exact + bias, 30, "float32")
    code = [OPS["NEG"], 1, 0, 0, 0, OPS["STORE"], 1, 1, 0, 0]
    y, z = run(
        "matmul", [a, b, bias], [((9, 21), "float32")] * 2, out=3, a=0, b=1, bias=2, epilogue=code, epilogue_outs=[4]
    )
    assert_product(y, exact + bias, 30, "float32")
    np.testing.assert_array_equal(z, -y)


def test_weights_are_updated_in_place_behind_the_product_of_their_gradient():
    a, g, exact = factors(40, 30, 50, True, False)
    w = np.random.default_rng(3).normal(size=(40, 50)).astype("float32")
    f32 = CODES["float32"]
    values = [(f32, [40, 50], INPUT, 0), (f32, [30, 40], INPUT, 1), (f32, [30, 50], INPUT, 2),
              (f32, [40, 50], ARENA, 0), (f32, [40, 50], OUTPUT, 0)]  # fmt: skip
    program = _ext.Program(values, 8192, [], "update")
    code = [OPS["LOAD"], 1, 0, 0, 0, OPS["CONST"], 2, 0, 0, 0, OPS["FMA"], 1, 0, 2, 1, OPS["STORE"], 1, 1, 0, 0]
    program.matmul(3, 1, 2, True, False, -1, code, [0], [-0.1], [4])
    program.in_place([0])
    once = program.run([w, a, g])[0]
    np.testing.assert_allclose(once, w - 0.1 * exact, rtol=1e-5, atol=1e-5)
    stepped, _ = program.run_steps([w], [a, g], [], np.zeros(2, np.int64), 1, 1)
    np.testing.assert_allclose(stepped[0], w - 0.2 * exact, rtol=1e-5, atol=1e-5)


MISTAKES = {
    "matmul: the shapes do not fit. given: (4, 3) · (4, 5) → (4, 5)": ([(4, 3), (4, 5)], (4, 5), {}),
    "matmul: the shapes do not fit. given: (3, 4)ᵀ · (3, 5) → (3, 5)": ([(3, 4), (3, 5)], (3, 5), {"trans_a": True}),
    "matmul: matrices, or equally many of them, are needed. given: (3) · (3, 5) → (5)": ([(3,), (3, 5)], (5,), {}),
    "matmul: the leading axes differ. given: (2, 4, 3) · (1, 3, 5) → (2, 4, 5)": (
        [(2, 4, 3), (1, 3, 5)], (2, 4, 5), {}),
    "matmul: the bias is one row of the result. given: (4, 3)": ([(4, 3), (3, 5)], (4, 5), {"bias": 0}),
}  # fmt: skip


@pytest.mark.parametrize("words", MISTAKES)
def test_a_product_that_does_not_fit_is_refused(words):
    inputs, out, arguments = MISTAKES[words]
    with pytest.raises(ValueError) as e:
        build("matmul", [np.zeros(one, "float32") for one in inputs], [(out, "float32")], out=2, a=0, b=1, **arguments)
    assert str(e.value) == words


def test_integers_have_no_native_product():
    with pytest.raises(ValueError) as e:
        build("matmul", [np.zeros((2, 2), "int32")] * 2, [((2, 2), "int32")], out=2, a=0, b=1)
    assert str(e.value) == "matmul: factors and result are all float32 or all float64. given: int32, int32 and int32"
