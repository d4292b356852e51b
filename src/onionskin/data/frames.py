"""Tables in the manner of pandas (DataFrame and Series), read by duck typing; pandas is never imported."""

from __future__ import annotations

import numbers
import reprlib
from typing import Any

import numpy as np

from onionskin.base import config
from onionskin.base.errors import DataError
from onionskin.base.specs import dtype_name, promote


def is_table(value: Any) -> bool:
    """Tell whether a value is a pandas DataFrame or Series, or behaves like one."""
    return hasattr(value, "iloc") and hasattr(value, "to_numpy") and (_is_frame(value) or hasattr(value, "dtype"))


def _is_frame(value: Any) -> bool:
    return hasattr(value, "columns") and hasattr(value, "dtypes")


def column_names(table: Any) -> list[Any]:
    """Return the names of the columns; a Series has one, its own name."""
    return list(table.columns) if _is_frame(table) else [table.name]


def to_array(name: str, table: Any, *, where: str | None = None) -> np.ndarray:
    """Convert a DataFrame to (samples, columns), a Series to (samples, 1), as Keras does.

    Columns of several dtypes are promoted to one: a float wins over integers, the wider over the narrower.

    Raises:
        DataError: a column is not numeric, has a missing value, or there is none.
    """
    if not _is_frame(table):
        label = f"{name} (column {table.name!r})" if table.name is not None else name
        return _series(label, table, where)[:, np.newaxis]
    dtypes = list(table.dtypes)
    if not dtypes:
        raise DataError(f"{name} has no columns.", where=where, given=f"shape {table.shape}")
    if isinstance(dtypes[0], np.dtype) and dtypes[0].kind in "biuf" and all(one == dtypes[0] for one in dtypes):
        return np.asarray(table.to_numpy())
    columns = [_series(f"{name}, column {label!r}", table.iloc[:, i], where) for i, label in enumerate(table.columns)]
    kinds = [config.floatx() if column.dtype.kind == "f" else dtype_name(column.dtype) for column in columns]
    # float64 stays until the caller has narrowed it and can tell a value too large from an infinity
    wide = any(column.dtype.kind == "f" and column.dtype.itemsize >= 8 for column in columns)
    array = np.empty((len(columns[0]), len(columns)), "float64" if wide else promote(kinds))
    for i, column in enumerate(columns):
        array[:, i] = column
    return array


def _series(label: str, series: Any, where: str | None) -> np.ndarray:
    dtype = series.dtype
    if getattr(dtype, "kind", "O") not in "biuf":
        given = f"dtype {dtype}"
        position, value = first_not_number(np.asarray(series, dtype=object))
        if position is not None:
            given += f", {reprlib.repr(value)} at row {position[0]}"
        raise DataError(
            f"{label} is not numeric.",
            where=where,
            expected="numbers or booleans",
            given=given,
            fix="leave it out, or encode it as numbers, such as with pandas.get_dummies",
        )
    if isinstance(dtype, np.dtype):
        return np.asarray(series.to_numpy())
    missing = np.flatnonzero(np.asarray(series.isna(), bool))
    if missing.size:
        raise DataError(
            f"{label} has missing values.",
            where=where,
            expected="a number in every row",
            given=f"dtype {dtype}, missing at row {missing[0]} ({missing.size} of {len(series)} rows)",
            fix="remove these rows (dropna) or fill them in (fillna)",
        )
    plain = getattr(dtype, "numpy_dtype", None)  # Int64 → int64; a sparse dtype has none and converts itself
    return np.asarray(series) if plain is None else np.asarray(series.to_numpy(dtype=plain))


def first_not_number(array: np.ndarray) -> tuple[tuple[int, ...] | None, Any]:
    """Return the position and value of the first element that is no number, or (None, None)."""
    for position, value in np.ndenumerate(array):
        if not isinstance(value, numbers.Real | np.bool_):
            return position, value.item() if isinstance(value, np.generic) else value
    return None, None


def reject_text_column(name: str, table: Any, array: np.ndarray, *, where: str | None = None) -> None:
    """Name the column at fault where another kind of table gave an array of objects.

    Raises:
        DataError: a named column holds something that is no number.
    """
    names = getattr(table, "columns", None)
    position, value = first_not_number(array)
    if names is not None and position is not None:
        raise DataError(
            f"{name}, column {list(names)[position[1]]!r} is not numeric.",
            where=where,
            expected="numbers or booleans",
            given=f"{reprlib.repr(value)} at row {position[0]}",
            fix="leave it out, or encode it as numbers",
        )
