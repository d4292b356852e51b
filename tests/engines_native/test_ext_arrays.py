"""Reductions, rows, strided copies, indices, one-hot and random numbers of the executor, against NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onionskin.base import philox
from tests.engines_native.ext_run import CODES, build, isa, run, threads  # noqa: F401 - fixtures

WIDENED = {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32"}
SIZES = [(1, 5, 1), (3, 1000, 1), (1, 200_001, 1), (1, 128, 512), (1, 300, 10), (4, 33, 77), (2, 0, 3), (0, 4, 2)]


def values_of(dtype, size, seed=0):
    """Return numbers that fill the range of a small dtype, or normal ones."""
    rng = np.random.default_rng(seed)
    if dtype == "bool":
        return rng.random(size) < 0.5
    if dtype.startswith("float"):
        return rng.normal(size=size).astype(dtype)
    return rng.integers(np.iinfo(dtype).min // 2, np.iinfo(dtype).max // 2, size).astype(dtype)


def reduced(x, kind, dtype, outer, length, inner):
    (y,) = run("reduce", [x], [((outer, inner), dtype)], out=1, a=0, kind=kind, outer=outer, length=length, inner=inner)
    return y


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", ["sum", "mean"])
@pytest.mark.parametrize("size", SIZES)
def test_float_sums_are_near_the_exact_ones_with_the_same_bits_for_any_threads(size, kind, dtype, isa, threads):  # noqa: F811
    x = values_of(dtype, size)
    with np.errstate(invalid="ignore"):
        exact = x.astype(np.longdouble).sum(axis=1)
        exact = exact / size[1] if kind == "mean" else exact
    results = []
    for count in (1, 2, 3):
        threads(count)
        results.append(reduced(x, kind, dtype, *size))
    scale = np.abs(x).sum(axis=1).max(initial=1.0) / (max(size[1], 1) if kind == "mean" else 1)
    np.testing.assert_allclose(results[0], exact.astype(dtype), rtol=0, atol=4 * np.finfo(dtype).eps * scale)
    for other in results[1:]:
        np.testing.assert_array_equal(other, results[0])


@pytest.mark.parametrize("dtype", CODES)
@pytest.mark.parametrize("kind", ["sum", "prod", "max", "min", "any", "all"])
def test_other_reductions_equal_numpy(kind, dtype):
    x = values_of(dtype, (4, 9, 7))
    out = {"max": dtype, "min": dtype, "any": "bool", "all": "bool"}.get(kind, WIDENED.get(dtype, dtype))
    arguments = {"dtype": out} if kind in ("sum", "prod") else {}
    expected = getattr(np, kind)(x, axis=1, **arguments)
    got = reduced(x, kind, out, 4, 9, 7)
    if kind in ("sum", "prod") and dtype.startswith("float"):
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)
    else:
        np.testing.assert_array_equal(got, expected)


def test_extremes_keep_nan_and_inf():
    x = np.array([[1, np.nan, 3], [np.inf, 2, -np.inf]], "float32")
    np.testing.assert_array_equal(reduced(x, "max", "float32", 2, 3, 1)[:, 0], x.max(axis=1))
    np.testing.assert_array_equal(reduced(x, "min", "float32", 2, 3, 1)[:, 0], x.min(axis=1))


def exact_rows(kind, x):
    x = x.astype(np.float64)
    top = x.max(axis=1, keepdims=True)
    if kind == "logsumexp":
        top = np.where(np.isfinite(top), top, 0)
    e = np.exp(x - top)
    total = e.sum(axis=1, keepdims=True)
    return {"softmax": e / total, "log_softmax": x - top - np.log(total), "logsumexp": (np.log(total) + top)[:, 0]}[
        kind
    ]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", ["softmax", "log_softmax", "logsumexp"])
@pytest.mark.parametrize("length", [1, 3, 10, 16, 17, 100, 1000])
def test_softmax_and_its_kin(kind, dtype, length, isa, threads):  # noqa: F811
    x = values_of(dtype, (60, length)) * 10
    x[0, 0] = -np.inf if length > 1 else 0
    x[1, -1] = 500
    x[2, 0] = np.nan
    out = (60,) if kind == "logsumexp" else x.shape
    results = []
    for count in (1, 2):
        threads(count)
        results += run("rows", [x], [(out, dtype)], out=1, a=0, kind=kind, rows=60, length=length)
    eps = np.finfo(dtype).eps
    np.testing.assert_allclose(results[0], exact_rows(kind, x), rtol=20 * eps, atol=20 * eps)
    np.testing.assert_array_equal(results[0], results[1])


@pytest.mark.parametrize("dtype", CODES)
@pytest.mark.parametrize("kind", ["argmax", "argmin"])
def test_arg_extremes_are_the_first(kind, dtype):
    x = (values_of(dtype, (40, 13)) % 3 if dtype != "bool" else values_of(dtype, (40, 13))).astype(dtype)
    if dtype.startswith("float"):
        x[3, 4] = x[3, 7] = np.nan
    (y,) = run("rows", [x], [((40,), "int32")], out=1, a=0, kind=kind, rows=40, length=13)
    np.testing.assert_array_equal(y, getattr(x, kind)(axis=1))


@st.composite
def views(draw):
    """Draw an array and a view of it: transposed, sliced with steps, flipped, broadcast."""
    shape = tuple(draw(st.lists(st.integers(1, 9), min_size=0, max_size=5)))
    dtype = draw(st.sampled_from(list(CODES)))
    base = (
        (np.arange(int(np.prod(shape))) % 2 if dtype == "bool" else np.arange(int(np.prod(shape))))
        .astype(dtype)
        .reshape(shape)
    )
    view = base.transpose(draw(st.permutations(range(len(shape)))))
    slices = []
    for size in view.shape:
        start, step = draw(st.integers(0, size - 1)), draw(st.sampled_from([1, 2, 3]))
        slices.append(slice(start, None, step))
    view = view[tuple(slices)] if slices else view
    axes = draw(st.lists(st.integers(0, 4), max_size=5, unique=True))
    view = np.flip(view, [a for a in axes if a < view.ndim]) if view.ndim else view
    if draw(st.booleans()):
        view = np.broadcast_to(view, (3, *view.shape))
    return base, view


@settings(max_examples=200, deadline=None)
@given(views())
def test_strided_copies_materialise_any_view(case):
    base, view = case
    size = base.itemsize
    offset = (view.__array_interface__["data"][0] - base.__array_interface__["data"][0]) // size
    (y,) = run("copy_strided", [base], [(view.shape, base.dtype)], out=1, a=0, shape=list(view.shape),
               strides=[s // size for s in view.strides], offset=offset)  # fmt: skip
    np.testing.assert_array_equal(y, view)


def test_large_transposes_on_threads(threads):  # noqa: F811
    x = np.arange(90 * 70 * 110, dtype="float32").reshape(90, 70, 110)
    view = x.transpose(1, 2, 0)
    for count in (1, 2, 3):
        threads(count)
        (y,) = run("copy_strided", [x], [(view.shape, "float32")], out=1, a=0, shape=list(view.shape),
                   strides=[s // 4 for s in view.strides])  # fmt: skip
        np.testing.assert_array_equal(y, view)


def test_a_part_of_an_array_is_written_by_copies_with_places():
    a, b = np.ones((2, 3), "float32"), np.full((2, 4), 2, "float32")
    program = build("copy_strided", [a, b], [((2, 7), "float32")], out=2, a=0, shape=[2, 3], strides=[3, 1],
                    out_strides=[7, 1])  # fmt: skip
    program.copy_strided(2, 1, [2, 4], [4, 1], 0, [7, 1], 3)
    np.testing.assert_array_equal(program.run([a, b])[0], np.concatenate([a, b], axis=1))


@pytest.mark.parametrize("index", ["int32", "int64", "uint8"])
def test_rows_are_taken_by_index(index, threads):  # noqa: F811
    x = values_of("float64", (50, 3, 2))
    rows = np.array([[3, 0], [49, 3], [7, 7]], index)
    threads(2)
    (y,) = run("take_rows", [x, rows], [((3, 2, 3, 2), "float64")], out=2, a=0, indices=1)
    np.testing.assert_array_equal(y, x[rows])


def test_negative_indices_count_from_the_end_and_others_are_refused():
    x = np.arange(5, dtype="float32")
    program = build("take_rows", [x, np.zeros(2, "int64")], [((2,), "float32")], out=2, a=0, indices=1)
    np.testing.assert_array_equal(program.run([x, np.array([-1, -5])])[0], [4, 0])
    for wrong in (5, -6):
        with pytest.raises(IndexError) as e:
            program.run([x, np.array([0, wrong])])
        assert str(e.value) == f"take: an index lies outside the axis. expected: -5 <= index < 5. given: {wrong}"


@pytest.mark.parametrize("dtype", CODES)
def test_one_hot(dtype):
    x = np.array([[0, 4], [-1, 5], [2, 2]], "int32")
    (y,) = run("one_hot", [x], [((3, 2, 5), dtype)], out=1, a=0, num_classes=5)
    np.testing.assert_array_equal(y, (x[..., None] == np.arange(5)).astype(dtype))


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 1001, 50_000])
def test_random_numbers_are_those_of_philox(count, threads):  # noqa: F811
    for number, (seed, stream) in enumerate([(0, 0), (2**63 + 5, 2**64 - 1), (12345, 7)]):
        words = philox.make_seed(seed, stream)
        threads(1 + number)
        (bits,) = run("random_bits", [words], [((count,), "uint32")], out=1, seed=0)
        np.testing.assert_array_equal(bits, philox.random_bits(words, count))
        for dtype in ("float32", "float64"):
            (y,) = run("random_uniform", [words], [((count,), dtype)], out=1, seed=0)
            np.testing.assert_array_equal(y, philox.uniform(words, (count,), dtype))


def zeros(*shapes, dtype="float32"):
    return [np.zeros(shape, dtype) for shape in shapes]


MISTAKES = {
    "reduce: there is no kind median": (
        "reduce", zeros(4), ((), "float32"), {"a": 0, "kind": "median", "outer": 1, "length": 4, "inner": 1}),
    "reduce: the sizes (1, 5, 1) do not fit (4) → ()": (
        "reduce", zeros(4), ((), "float32"), {"a": 0, "kind": "sum", "outer": 1, "length": 5, "inner": 1}),
    "reduce: mean of int32 does not give int32": (
        "reduce", zeros(4, dtype="int32"), ((), "int32"),
        {"a": 0, "kind": "mean", "outer": 1, "length": 4, "inner": 1}),
    "reduce: no extreme can be taken of no elements": (
        "reduce", zeros(0), ((), "float32"), {"a": 0, "kind": "max", "outer": 1, "length": 0, "inner": 1}),
    "rows: there is no kind sparsemax": (
        "rows", zeros((2, 2)), ((2, 2), "float32"), {"a": 0, "kind": "sparsemax", "rows": 2, "length": 2}),
    "rows: softmax of int32 does not give int32": (
        "rows", zeros((2, 2), dtype="int32"), ((2, 2), "int32"), {"a": 0, "kind": "softmax", "rows": 2, "length": 2}),
    "copy_strided: the strides reach beyond an array of shape (4)": (
        "copy_strided", zeros(4), ((4,), "float32"), {"a": 0, "shape": [4], "strides": [2]}),
    "copy_strided: the dtypes differ: float32 and int32": (
        "copy_strided", zeros(4), ((4,), "int32"), {"a": 0, "shape": [4], "strides": [1]}),
    "copy_strided: the shape (3) does not fill (4)": (
        "copy_strided", zeros(4), ((4,), "float32"), {"a": 0, "shape": [3], "strides": [1]}),
    "take_rows: indices are integers, not float32": (
        "take_rows", zeros(4, 1), ((1,), "float32"), {"a": 0, "indices": 1}),
    "one_hot: integers of shape (4) do not give (4, 2)": (
        "one_hot", zeros(4, dtype="int32"), ((4, 2), "float32"), {"a": 0, "num_classes": 3}),
    "random: a seed is four 32-bit words": ("random_bits", zeros(4), ((4,), "uint32"), {"seed": 0}),
}  # fmt: skip


@pytest.mark.parametrize("words", MISTAKES)
def test_a_step_that_does_not_fit_is_refused(words):
    step, inputs, out, arguments = MISTAKES[words]
    with pytest.raises(ValueError) as e:
        build(step, inputs, [out], out=len(inputs), **arguments)
    assert str(e.value) == words
