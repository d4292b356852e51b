"""Tables: pandas DataFrame and Series, nullable and sparse columns, and the column named in every refusal."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from onionskin.base.errors import DataError
from onionskin.data import make_source, split_validation
from onionskin.data.arrays import is_arrays, to_array

pd = pytest.importorskip("pandas")


def _words(table):
    with pytest.raises(DataError) as e:
        make_source(table)
    return str(e.value)


@pytest.mark.parametrize(
    ("columns", "dtype"),
    [
        ({"a": "uint8", "b": "uint8"}, "uint8"),
        ({"a": "float64", "b": "float64"}, "float32"),
        ({"a": "int64", "b": "float64"}, "float32"),
        ({"a": "int64", "b": "float32"}, "float32"),
        ({"a": "bool", "b": "float32"}, "float32"),
        ({"a": "uint8", "b": "int16"}, "int16"),
        ({"a": "bool", "b": "uint8"}, "uint8"),
        ({"a": "Int64", "b": "Int64"}, "int64"),
        ({"a": "Float64", "b": "int8"}, "float32"),
        ({"a": "boolean"}, "bool"),
        ({"a": "Sparse[float64]", "b": "float64"}, "float32"),
    ],
)
def test_columns_are_promoted_to_one_dtype(columns, dtype):
    numbers = {"a": [0, 1, 1], "b": [7, 0, 3]}
    frame = pd.DataFrame({name: pd.Series(numbers[name]).astype(to) for name, to in columns.items()})
    out = to_array("x", frame)
    assert out.dtype == dtype
    np.testing.assert_array_equal(out, np.array([numbers[name] for name in columns]).T.astype(dtype))


def test_columns_of_one_name_are_all_read():
    frame = pd.DataFrame([[1, 2.5], [3, 4.5]], columns=["a", "a"])
    np.testing.assert_array_equal(to_array("x", frame), np.array([[1, 2.5], [3, 4.5]], "float32"))


def test_a_series_becomes_a_column_as_in_keras():
    assert to_array("y", pd.Series([1, 2, 3])).tolist() == [[1], [2], [3]]
    assert to_array("y", pd.Series([1, 2], dtype="Int32")).dtype == np.int32


def test_a_single_dtype_is_not_copied():
    values = np.ones((4, 3), "float32")
    assert np.shares_memory(to_array("x", pd.DataFrame(values, copy=False)), values)


def test_text_names_the_column():
    assert _words(pd.DataFrame({"age": [1, 2], "city": ["Seoul", "Paris"]})) == (
        "fit: x, column 'city' is not numeric.\n"
        "  expected: numbers or booleans\n"
        f"  given:    dtype {pd.Series(['Seoul']).dtype}, 'Seoul' at row 0\n"
        "  to fix:   leave it out, or encode it as numbers, such as with pandas.get_dummies"
    )


@pytest.mark.parametrize(
    ("series", "given"),
    [
        (pd.Series([1, None, "a"], dtype=object), "dtype object, None at row 1"),
        (pd.Series([1, 2], dtype=object), "dtype object"),
        (pd.Series(["a", "b"], dtype="category"), "dtype category, 'a' at row 0"),
    ],
)
def test_other_columns_that_are_not_numeric(series, given):
    frame = pd.DataFrame({"ok": 1.0, "bad": series})
    assert f"column 'bad' is not numeric.\n  expected: numbers or booleans\n  given:    {given}\n" in _words(frame)


def test_dates_name_the_column():
    assert _words(pd.DataFrame({"when": pd.to_datetime(["2026-01-01"])})).startswith(
        "fit: x, column 'when' is not numeric."
    )


@pytest.mark.parametrize("dtype", ["Int64", "boolean", "Float32"])
def test_missing_values_of_nullable_columns(dtype):
    frame = pd.DataFrame({"n": [0.5, 1, 2, 3], "k": pd.array([1, 0, None, None], dtype=dtype)})
    assert _words(frame) == (
        "fit: x, column 'k' has missing values.\n"
        "  expected: a number in every row\n"
        f"  given:    dtype {dtype}, missing at row 2 (2 of 4 rows)\n"
        "  to fix:   remove these rows (dropna) or fill them in (fillna)"
    )


def test_nan_names_column_row_and_label():
    frame = pd.DataFrame({"age": [1.0, 2.0, 3.0], "height": [1.0, np.nan, np.nan]}, index=[10, 11, 12])
    assert _words(frame) == (
        "fit: x has NaN or infinite values.\n"
        "  expected: finite numbers\n"
        "  given:    nan at row 1 (index 11), column 'height'; 2 such values in 2 of 3 rows\n"
        "  to fix:   remove these rows or fill in the values"
    )


def test_a_series_is_named_by_its_column():
    with pytest.raises(DataError) as e:
        make_source([1.0, 2.0], pd.Series(["a", "b"], name="label"))
    assert str(e.value).startswith("fit: y (column 'label') is not numeric.")
    with pytest.raises(DataError) as e:
        make_source([1.0, 2.0], pd.Series(["a", "b"]))
    assert str(e.value).startswith("fit: y is not numeric.")
    with pytest.raises(DataError) as e:
        make_source([1.0, 2.0], pd.Series([np.nan, 1], name="label"))
    assert "nan at row 0, column 'label'; 1 such value in 1 of 2 rows" in str(e.value)


def test_values_too_large_are_told_from_infinity_in_mixed_columns():
    words = _words(pd.DataFrame({"a": [1, 2], "b": [0.0, 1e200]}))
    assert words.startswith("fit: x has values too large for float32.")
    assert "1e+200 at row 1, column 'b'; 1 such value in 1 of 2 rows" in words


def test_no_columns():
    assert _words(pd.DataFrame(index=[0, 1])) == "fit: x has no columns.\n  given:    shape (2, 0)"


def test_the_split_keeps_the_names_of_columns():
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0, np.inf]}, index=list("pqrs"))
    train, validation = split_validation(frame, pd.Series([0, 1, 0, 1]), None, 0.5)
    assert make_source(*train).arrays[0].tolist() == [[1], [2]]
    with pytest.raises(DataError, match=r"inf at row 1 \(index s\), column 'a'"):
        make_source(*validation)


class OtherTable:
    """A table that is no pandas one: it only has columns and to_numpy."""

    columns = ("size", "colour")

    def __init__(self, rows):
        self.rows = rows

    def to_numpy(self):
        return np.array(self.rows, dtype=object if isinstance(self.rows[0][1], str) else None)


def test_tables_of_other_libraries():
    assert is_arrays(OtherTable([(1, 2)]))
    assert to_array("x", OtherTable([(1, 2.5)])).tolist() == [[1, 2.5]]
    assert _words(OtherTable([(1, "red")])) == (
        "fit: x, column 'colour' is not numeric.\n"
        "  expected: numbers or booleans\n"
        "  given:    'red' at row 0\n"
        "  to fix:   leave it out, or encode it as numbers"
    )


def test_pandas_is_never_imported():
    code = (
        "import sys, numpy, onionskin.data as d; d.make_source(numpy.zeros((3, 2)), [0, 1, 2]);"
        "print([m for m in ('pandas', 'scipy', 'matplotlib', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
