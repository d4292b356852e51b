"""Conversion of arguments to arrays: values, dtypes, strides, trees, and the words of every refusal."""

from __future__ import annotations

import array as stdlib_array
import ast
import re
from collections import namedtuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from onionskin.base import config
from onionskin.base.errors import DataError
from onionskin.data import check_finite, make_source
from onionskin.data.arrays import is_arrays, map_parts, to_array, to_arrays

KEPT = ["bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"]


@st.composite
def strided(draw, dtypes):
    """Arrays of one to three axes with any steps, negative ones too."""
    dtype = np.dtype(draw(st.sampled_from(dtypes)))
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=7))
    elements = {"min_value": -100, "max_value": 100} if dtype.kind == "f" else {}
    value = draw(hnp.arrays(dtype, shape, elements=hnp.from_dtype(dtype, allow_nan=False, **elements)))
    steps = [draw(st.sampled_from([1, 2, -1, -2])) for _ in shape]
    value = value[tuple(slice(None, None, step) for step in steps)]
    return value.T if value.ndim == 2 and draw(st.booleans()) else value


@settings(deadline=None)
@given(strided([*KEPT, *(f">{code}" for code in ("u2", "i4", "i8"))]))
def test_integers_and_booleans_keep_dtype_and_values(value):
    out = to_array("x", value)
    assert out.dtype == value.dtype.newbyteorder("=")
    assert out.dtype.isnative
    assert out.tolist() == value.tolist()


@settings(deadline=None)
@given(strided(["float16", "float32", "float64", ">f4", ">f8", "longdouble"]))
def test_floats_become_the_default_float(value):
    out = to_array("x", value)
    assert out.dtype == np.float32
    np.testing.assert_array_equal(out, np.array(value.tolist(), dtype="float32"))


@pytest.mark.parametrize("dtype", [*KEPT, "float32"])
@pytest.mark.parametrize("step", [slice(None), slice(None, None, -2)])
def test_no_copy_where_the_dtype_fits(dtype, step):
    value = np.zeros((6, 4), dtype)[step]
    assert np.shares_memory(to_array("x", value), value)
    assert to_array("x", value).strides == value.strides


def test_float64_is_kept_where_it_is_the_default():
    before = config.floatx()
    config.set_floatx("float64")
    try:
        value = np.array([[1e300]])
        assert to_array("x", value) is value
        assert to_array("x", np.ones(2, "float32")).dtype == np.float64
    finally:
        config.set_floatx(before)


class HasArray:
    """Something that only knows how to become an array."""

    def __init__(self, value):
        self.value = value

    def __array__(self, dtype=None, copy=None):
        if isinstance(self.value, Exception):
            raise self.value
        return np.asarray(self.value)


class Sparse:
    """The part of a SciPy matrix that is used."""

    def __init__(self, value):
        self.value = value
        self.shape = value.shape

    def toarray(self):
        return self.value

    def tocsr(self):
        return self

    def __getitem__(self, rows):
        return Sparse(self.value[rows])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([[1.5, 2.5], [3.5, 4.5]], np.array([[1.5, 2.5], [3.5, 4.5]], "float32")),
        ((1, 2, 3), np.array([1, 2, 3], "int64")),
        ([True, False], np.array([True, False])),
        ([1, 2.5], np.array([1, 2.5], "float32")),
        ([np.float64(1), np.float64(2)], np.array([1, 2], "float32")),
        ([np.array(1), np.array(2)], np.array([1, 2], "int64")),
        (stdlib_array.array("d", [1.5]), np.array([1.5], "float32")),
        (memoryview(b"ab"), np.array([97, 98], "uint8")),
        (range(3), np.array([0, 1, 2], "int64")),
        (HasArray([[1, 2]]), np.array([[1, 2]], "int64")),
        (Sparse(np.eye(2)), np.eye(2, dtype="float32")),
        (np.ma.array([1.0, 2.0]), np.array([1, 2], "float32")),
    ],
)
def test_what_counts_as_one_array(value, expected):
    assert is_arrays(value)
    out = to_arrays("x", value)
    assert type(out) is np.ndarray
    assert out.dtype == expected.dtype
    np.testing.assert_array_equal(out, expected)


def test_scipy_sparse_is_made_dense():
    sparse = pytest.importorskip("scipy.sparse")
    dense = np.array([[0, 2.0], [3, 0]])
    for form in (sparse.csr_matrix(dense), sparse.coo_array(dense), sparse.csc_matrix(dense)):
        np.testing.assert_array_equal(to_array("x", form), dense.astype("float32"))


Pair = namedtuple("Pair", ["left", "right"])
leaf = st.sampled_from([np.zeros((2, 1)), [1, 2], None, HasArray([1, 2]), (3.0, 4.0)])
tree = st.recursive(
    leaf,
    lambda child: (
        st.dictionaries(st.sampled_from("abc"), child, min_size=1, max_size=3)
        | st.tuples(child, st.just(np.ones(2)))
        | st.builds(lambda one: [one, np.ones(2)], child)
        | st.builds(Pair, child, st.just(np.ones(2)))
    ),
    max_leaves=6,
)


def _lookup(name, x):
    for key in re.findall(r"\[(.*?)\]", name):
        x = x[ast.literal_eval(key)]
    return x


@settings(deadline=None)
@given(tree)
def test_trees_keep_their_form_and_names_lead_to_the_parts(value):
    """The name of each part, read as Python, is that part: an oracle from outside."""
    seen = []
    out = map_parts(lambda name, part: seen.append((name, part)) or to_array(name, part), "x", value)
    for name, part in seen:
        assert _lookup(name, value) is part
        np.testing.assert_array_equal(_lookup(name, out), to_array(name, part))

    def form(part):
        if isinstance(part, dict):
            return {key: form(child) for key, child in part.items()}
        if isinstance(part, list | tuple) and part is not None and not all(isinstance(n, int | float) for n in part):
            return (type(part), [form(child) for child in part])
        return part is None

    assert form(out) == form(value)


@settings(deadline=None)
@given(st.sampled_from(["float16", "float32", "float64"]), st.data())
def test_check_finite_names_the_first_value_and_counts(dtype, data):
    shape = data.draw(hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9))
    value = np.full(shape, np.finfo(dtype).max, dtype)  # sums overflow; every value is finite
    check_finite("x", value)
    bad = data.draw(
        st.dictionaries(
            st.tuples(*(st.integers(0, side - 1) for side in shape)),
            st.sampled_from([np.nan, np.inf, -np.inf]),
            min_size=1,
            max_size=5,
        )
    )
    for position, number in bad.items():
        value[position] = number
    first = min(bad)
    rows = len({position[0] for position in bad})
    with pytest.raises(DataError) as e:
        check_finite("x", value, where="fit")
    plural = "s" if len(bad) > 1 else ""
    assert str(e.value) == (
        "fit: x has NaN or infinite values.\n"
        "  expected: finite numbers\n"
        f"  given:    {bad[first]} at row {first[0]}, column {first[1]}; "
        f"{len(bad)} such value{plural} in {rows} of {shape[0]} rows\n"
        "  to fix:   remove these rows or fill in the values"
    )


def test_check_finite_looks_into_every_block(monkeypatch):
    monkeypatch.setattr("onionskin.data.arrays._BLOCK", 10)
    for row in range(23):
        value = np.zeros((23, 3))
        value[row, 2] = np.nan
        with pytest.raises(DataError, match=f"nan at row {row}, column 2; 1 such value in 1 of 23 rows"):
            check_finite("x", value)
    check_finite("x", np.zeros((23, 3)))


@pytest.mark.parametrize(
    "value", [np.array([1, 2]), np.array(["a"]), np.zeros((0, 3)), np.zeros((3, 0)), np.array(1.0)]
)
def test_check_finite_passes_what_has_no_floats(value):
    check_finite("x", value)


FINITE = "\n  expected: finite numbers\n"
NUMBERS = "\n  expected: numbers or booleans\n"
WORDS = {
    "nan in one axis": (
        [1.0, float("nan")],
        "fit: x has NaN or infinite values." + FINITE + "  given:    nan at row 1; 1 such value in 1 of 2 rows\n"
        "  to fix:   remove these rows or fill in the values",
    ),
    "infinity in three axes": (
        np.array([[[0, 1]], [[2, np.inf]]]),
        "fit: x has NaN or infinite values." + FINITE + "  given:    inf at row 1, position (0, 1); "
        "1 such value in 1 of 2 rows\n  to fix:   remove these rows or fill in the values",
    ),
    "too large": (
        np.array([[0.0, 1e300], [np.inf, -1e300]]),
        "fit: x has values too large for float32." + FINITE + "  given:    1e+300 at row 0, column 1; "
        "3 such values in 2 of 2 rows\n  to fix:   scale the data, or set_floatx('float64')",
    ),
    "a number": (
        5,
        (
            "fit: x is a single number.\n  expected: an array whose first axis counts the samples\n"
            "  given:    5\n  to fix:   for one sample, add an axis: np.array([5])"
        ),
    ),
    "an array without axes": (
        np.array(2.5, "float32"),
        (
            "fit: x is a single number.\n  expected: an array whose first axis counts the samples\n"
            "  given:    2.5\n  to fix:   for one sample, add an axis: np.array([2.5])"
        ),
    ),
    "a string": (
        "train.csv",
        "fit: x holds text, not numbers." + NUMBERS + "  given:    dtype <U9, 'train.csv'\n"
        "  to fix:   encode it as numbers, such as each value's place in a list",
    ),
    "text": (
        np.array([["cat", "dog"]]),
        "fit: x holds text, not numbers." + NUMBERS + "  given:    dtype <U3, 'cat' at row 0, column 0\n"
        "  to fix:   encode it as numbers, such as each value's place in a list",
    ),
    "bytes": (
        np.array([b"cat"]),
        "fit: x holds text, not numbers." + NUMBERS + "  given:    dtype |S3, b'cat' at row 0\n"
        "  to fix:   encode it as numbers, such as each value's place in a list",
    ),
    "text among numbers": (
        [1, "two"],
        "fit: x holds text, not numbers." + NUMBERS + "  given:    dtype object, 'two' at row 1\n"
        "  to fix:   encode it as numbers, such as each value's place in a list",
    ),
    "None among numbers": (
        [1, None],
        "fit: x holds Python objects, not numbers." + NUMBERS + "  given:    dtype object, None at row 1\n"
        "  to fix:   x = np.array(x.tolist(), dtype='float32')",
    ),
    "numbers as objects": (
        np.array([[1, 2.5]], dtype=object),
        "fit: x holds Python objects, not numbers." + NUMBERS + "  given:    dtype object\n"
        "  to fix:   x = np.array(x.tolist(), dtype='float32')",
    ),
    "complex": (
        np.array([1 + 2j]),
        "fit: x holds complex numbers." + NUMBERS + "  given:    dtype complex128\n"
        "  to fix:   give the parts as features: np.stack([x.real, x.imag], axis=-1)",
    ),
    "dates": (
        np.array(["2026-01-01"], "datetime64[D]"),
        "fit: x holds dates, not numbers." + NUMBERS + "  given:    dtype datetime64[D]\n"
        "  to fix:   turn them into numbers, such as days since the first",
    ),
    "durations": (
        np.array([1], "timedelta64[s]"),
        "fit: x holds durations, not numbers." + NUMBERS + "  given:    dtype timedelta64[s]\n"
        "  to fix:   x / np.timedelta64(1, 's') gives seconds",
    ),
    "fields": (
        np.zeros(2, [("a", "f4")]),
        "fit: x has a dtype that tensors cannot have." + NUMBERS + "  given:    dtype [('a', '<f4')]\n"
        "  to fix:   x.astype('float32')",
    ),
    "ragged": (
        [[1, 2], [3], [4, 5]],
        (
            "fit: x is ragged.\n  expected: rows of one length\n"
            "  given:    row 0 has 2 value(s), row 1 has 1 value(s)\n  to fix:   pad or cut the rows to one length"
        ),
    ),
    "a number among rows": (
        [[1, 2], 3],
        (
            "fit: x is ragged.\n  expected: rows of one length\n"
            "  given:    row 0 has 2 value(s), row 1 has a single number\n  to fix:   pad or cut the rows to one length"
        ),
    ),
    "ragged inside": (
        [[[1, 2], [3]], [[4, 5], [6, 7]]],
        (
            "fit: x is ragged.\n  expected: rows of one length\n"
            "  given:    rows that differ further inside\n  to fix:   pad or cut the rows to one length"
        ),
    ),
    "masked": (
        np.ma.array([1.0, 2.0, 3.0], mask=[False, True, False]),
        "fit: x is a masked array with hidden values.\n  given:    1 masked of 3\n  to fix:   fill them: x.filled(0)",
    ),
    "an object": (
        object(),
        (
            "fit: x cannot be read as an array.\n"
            "  expected: an array, a list of numbers, a DataFrame, or a tuple, list or dictionary of these\n"
            "  given:    a value of type object\n  to fix:   convert it to a NumPy array first"
        ),
    ),
    "an array that refuses": (
        HasArray(TypeError("it is on a device")),
        (
            "fit: x cannot be read as an array.\n"
            "  expected: an array, a list of numbers, a DataFrame, or a tuple, list or dictionary of these\n"
            "  given:    a value of type HasArray, which said: it is on a device\n"
            "  to fix:   convert it to a NumPy array first"
        ),
    ),
    "nothing": (
        None,
        (
            "fit: x is missing.\n"
            "  expected: an array, or a list, tuple or dictionary of arrays, or a generator of batches\n"
            "  given:    None"
        ),
    ),
    "a hole": (
        {"a": np.zeros(2), "b": None},
        (
            "fit: a part of x is missing.\n"
            "  expected: an array, or a list, tuple or dictionary of arrays, or a generator of batches\n"
            "  given:    None among its parts"
        ),
    ),
    "an empty dictionary": (
        {},
        (
            "fit: x is empty.\n"
            "  expected: an array, or a list, tuple or dictionary of arrays, or a generator of batches\n"
            "  given:    {}"
        ),
    ),
    "an empty list": ([], "fit: there are no samples.\n  given:    x 0"),
    "no samples": (np.zeros((0, 4)), "fit: there are no samples.\n  given:    x 0"),
    "no samples in parts": (
        [np.zeros((0, 4)), np.zeros(0)],
        "fit: there are no samples.\n  given:    x[0] 0, x[1] 0",
    ),
}


@pytest.mark.parametrize("case", WORDS)
def test_words_of_refusals(case):
    value, words = WORDS[case]
    with pytest.raises(DataError) as e:
        make_source(value)
    assert str(e.value) == words


def test_lengths_are_listed_by_name():
    with pytest.raises(DataError) as e:
        make_source({"a": np.zeros(3), "b": [np.zeros((2, 1)), [1, 2, 3]]}, np.zeros(4), where="evaluate")
    assert str(e.value) == (
        "evaluate: the arrays have different numbers of samples.\n"
        "  expected: the same first axis in all of them\n"
        "  given:    x['a'] 3, x['b'][0] 2, x['b'][1] 3, y 4\n"
        "  to fix:   give one target (and weight) for each sample"
    )


def test_the_argument_and_part_at_fault_are_named():
    with pytest.raises(DataError, match=r"^fit: y\['out'\]\[1\] has NaN or infinite values\."):
        make_source(np.zeros(2), {"out": [np.zeros(2), np.array([0, np.nan])]})


def test_items_that_are_no_batches_are_found_at_once():
    with pytest.raises(DataError, match=r"^fit, batch 0: x is a single number\."):
        make_source({1.0, 2.0})
