"""Conversion of one argument (arrays, lists, tables, or a tree of them) to checked NumPy arrays."""

from __future__ import annotations

import numbers
import reprlib
import sys
from array import array as buffer_array
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onionskin.base import config
from onionskin.base.errors import DataError
from onionskin.data import frames

_BLOCK = 1 << 20  # elements tested at a time, so that the mask of a large array stays in the cache


def is_arrays(value: Any) -> bool:
    """Tell whether a value is held in memory as arrays, and not a stream of batches."""
    return (
        isinstance(value, dict | list | tuple | range | str | bytes | numbers.Number | buffer_array | memoryview)
        or frames.is_table(value)
        or is_sparse(value)
        or hasattr(value, "to_numpy")
        or hasattr(value, "__array__")
    )


def is_sparse(value: Any) -> bool:
    """Tell whether a value is a sparse matrix in SciPy's manner."""
    return hasattr(value, "toarray") and hasattr(value, "tocsr")


def map_parts(function: Callable[[str, Any], Any], name: str, value: Any) -> Any:
    """Apply a function of (name, part) to every part of a tree that stands for one array; None stays None.

    Lists and tuples of numbers are one array, as in NumPy; all other lists, tuples and dictionaries are
    containers of several, as in Keras.

    Example:
        >>> map_parts(lambda name, part: name, "x", {"a": [1, 2], "b": [np.zeros(3), None]})
        {'a': "x['a']", 'b': ["x['b'][0]", None]}
    """
    if value is None:
        return None
    if isinstance(value, dict):
        return {key: map_parts(function, f"{name}[{key!r}]", part) for key, part in value.items()}
    if isinstance(value, list | tuple) and not _holds_numbers(value):
        parts = [map_parts(function, f"{name}[{i}]", part) for i, part in enumerate(value)]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return function(name, value)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, numbers.Number | str | bytes) or (
        hasattr(value, "__array__") and getattr(value, "ndim", 1) == 0
    )


def _holds_numbers(value: Sequence[Any]) -> bool:
    if any(hasattr(part, "__array__") and not _is_scalar(part) for part in value):
        return False
    first: Any = value
    while isinstance(first, list | tuple):
        if not first:
            return True
        first = first[0]
    return _is_scalar(first)


def to_arrays(name: str, value: Any, *, where: str | None = None) -> Any:
    """Convert an argument to a tree of arrays with the same structure; None stays None.

    Args:
        name: what messages call it, such as "x".
        value: arrays, lists of numbers, tables, sparse matrices, or a tree of them.
        where: the call it was passed to, such as "fit".

    Raises:
        DataError: a part is not numeric, is a scalar, or holds NaN or infinities.
    """
    return map_parts(lambda part_name, part: to_array(part_name, part, where=where), name, value)


def to_array(name: str, value: Any, *, where: str | None = None) -> np.ndarray:
    """Convert one array-like to a checked NumPy array of shape (samples, ...), copying only where it must.

    Floats become the default float dtype; integers and booleans keep theirs; a Series becomes (samples, 1).

    Args:
        name: what messages call it.
        value: array, list of numbers, pandas DataFrame or Series, sparse matrix, or anything with `__array__`.
        where: the call it was passed to.

    Raises:
        DataError: it is not numeric, is a scalar, or holds NaN or infinities.

    Example:
        >>> to_array("x", [[1.0, 2.0]]).dtype, to_array("x", np.zeros(3, "uint8")).dtype
        (dtype('float32'), dtype('uint8'))
    """
    table = frames.is_table(value)
    raw = raw_array(name, value, where=where)
    array = standard_dtype(name, raw, where=where)
    columns = frames.column_names(value) if table else None
    rows = getattr(value, "index", None) if table else None
    check_finite(name, array, where=where, columns=columns, rows=rows, before=raw)
    return array


def raw_array(name: str, value: Any, *, where: str | None = None) -> np.ndarray:
    """Convert one array-like to a NumPy array with at least one axis, its dtype not yet judged.

    Raises:
        DataError: it is a scalar, ragged, masked or no array at all.
    """
    if frames.is_table(value):
        return frames.to_array(name, value, where=where)
    # np.ma takes some 15 ms to load, and there is no masked array before somebody has
    if "numpy.ma" in sys.modules and isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise DataError(
            f"{name} is a masked array with hidden values.",
            where=where,
            given=f"{int(np.count_nonzero(value.mask))} masked of {value.size}",
            fix=f"fill them: {name}.filled(0)",
        )
    if is_sparse(value):
        array = np.asarray(value.toarray())
    elif isinstance(value, list | tuple | range):
        array = _from_list(name, value, where)
    else:
        array = _from_object(name, value, where)
    if array.dtype.kind == "O" and array.ndim == 2:
        frames.reject_text_column(name, value, array, where=where)
    if array.ndim == 0:
        array = standard_dtype(name, array, where=where)  # text or an object is said to be that first
        raise DataError(
            f"{name} is a single number.",
            where=where,
            expected="an array whose first axis counts the samples",
            given=repr(array.item()),
            fix=f"for one sample, add an axis: np.array([{array.item()!r}])",
        )
    return array


def _from_list(name: str, value: Sequence[Any], where: str | None) -> np.ndarray:
    try:
        array = np.array(value)
        # NumPy turns numbers beside text into text; as objects the first that is no number can be named
        return np.array(value, dtype=object) if array.dtype.kind in "US" else array
    except ValueError:
        pass
    lengths = [len(row) if hasattr(row, "__len__") else None for row in value]
    other = next((i for i, length in enumerate(lengths) if length != lengths[0]), None)
    given = "rows that differ further inside"
    if other is not None:
        first, second = (f"{n} value(s)" if n is not None else "a single number" for n in (lengths[0], lengths[other]))
        given = f"row 0 has {first}, row {other} has {second}"
    raise DataError(
        f"{name} is ragged.",
        where=where,
        expected="rows of one length",
        given=given,
        fix="pad or cut the rows to one length",
    )


def _from_object(name: str, value: Any, where: str | None) -> np.ndarray:
    reason = f"a value of type {type(value).__name__}"
    try:
        if hasattr(value, "to_numpy") and not hasattr(value, "__array__"):
            return np.asarray(value.to_numpy())
        if is_arrays(value):
            return np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:  # such as a tensor on a device or with a gradient
        reason = f"{reason}, which said: {error}"
    raise DataError(
        f"{name} cannot be read as an array.",
        where=where,
        expected="an array, a list of numbers, a DataFrame, or a tuple, list or dictionary of these",
        given=reason,
        fix="convert it to a NumPy array first",
    )


def standard_dtype(name: str, array: np.ndarray, *, where: str | None = None) -> np.ndarray:
    """Bring an array to a dtype that tensors may have; a copy only where the dtype changes.

    Raises:
        DataError: the dtype is not numeric.
    """
    kind = array.dtype.kind
    if kind in "biu":
        return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))
    if kind == "f":
        if array.dtype == config.floatx():
            return array
        with np.errstate(over="ignore"):  # check_finite says which value is too large
            return array.astype(config.floatx(), copy=False)
    given = f"dtype {array.dtype}"
    if kind in "OUST":
        position, value = frames.first_not_number(array)
        if position is not None:
            given += f", {reprlib.repr(value)}" + (f" at {place(position)}" if position else "")
        what, fix = (
            (f"{name} holds Python objects, not numbers.", f"{name} = np.array({name}.tolist(), dtype='float32')")
            if kind == "O" and not isinstance(value, str | bytes)
            else (f"{name} holds text, not numbers.", "encode it as numbers, such as each value's place in a list")
        )
    else:
        what, fix = {
            "c": (
                f"{name} holds complex numbers.",
                f"give the parts as features: np.stack([{name}.real, {name}.imag], axis=-1)",
            ),
            "M": (f"{name} holds dates, not numbers.", "turn them into numbers, such as days since the first"),
            "m": (f"{name} holds durations, not numbers.", f"{name} / np.timedelta64(1, 's') gives seconds"),
        }.get(kind, (f"{name} has a dtype that tensors cannot have.", f"{name}.astype('float32')"))
    raise DataError(what, where=where, expected="numbers or booleans", given=given, fix=fix)


def place(position: Sequence[int], columns: Sequence[Any] | None = None, rows: Any = None) -> str:
    """Return the words for an element's place: "row 5, column 2".

    Example:
        >>> place((5, 1), columns=["age", "height"]), place((0, 3, 4))
        ("row 5, column 'height'", 'row 0, position (3, 4)')
    """
    row, *rest = (int(axis) for axis in position)
    words = f"row {row}"
    if rows is not None and rows[row] != row:
        words += f" (index {rows[row]})"
    if len(rest) == 1:
        return f"{words}, column {columns[rest[0]]!r}" if columns is not None else f"{words}, column {rest[0]}"
    return f"{words}, position {tuple(rest)}" if rest else words


def check_finite(
    name: str,
    array: np.ndarray,
    *,
    where: str | None = None,
    columns: Sequence[Any] | None = None,
    rows: Any = None,
    before: np.ndarray | None = None,
) -> None:
    """Check that an array of floats holds no NaN and no infinity; others always pass.

    Args:
        name: what messages call it.
        array: any shape and dtype. A float32 array of (60000, 784) takes some 10 ms.
        where: the call it was passed to.
        columns: names of the columns, where there are names.
        rows: labels of the rows, where there are labels.
        before: the array before its dtype was narrowed, so that a value too large for it is told from infinity.

    Raises:
        DataError: there is one; the first is named, and how many there are.
    """
    if array.dtype.kind != "f" or array.ndim == 0 or array.size == 0:
        return
    # whole rows at a time: as fast as a sum over the array, and never wrong about sums that overflow
    step = max(1, _BLOCK // (array.size // len(array)))
    if all(np.isfinite(array[start : start + step]).all() for start in range(0, len(array), step)):
        return
    wrong = ~np.isfinite(array)
    position = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
    value = array[position] if before is None else before[position]
    count = int(np.count_nonzero(wrong))
    samples = int(np.count_nonzero(wrong.reshape(len(wrong), -1).any(axis=1)))
    total = f"{count} such value{'s' if count > 1 else ''} in {samples} of {len(array)} rows"
    too_large = before is not None and bool(np.isfinite(value))
    raise DataError(
        f"{name} has values too large for {array.dtype}." if too_large else f"{name} has NaN or infinite values.",
        where=where,
        expected="finite numbers",
        given=f"{value} at {place([int(axis) for axis in position], columns, rows)}; {total}",
        fix="scale the data, or set_floatx('float64')" if too_large else "remove these rows or fill in the values",
    )


def check_lengths(lengths: Sequence[tuple[str, int]], *, where: str | None = None) -> int:
    """Return the number of samples that all arrays share.

    Args:
        lengths: name and first axis of each array.
        where: the call they were passed to.

    Raises:
        DataError: they differ, or there is no sample.

    Example:
        >>> check_lengths([("x", 60), ("y", 60)])
        60
    """
    counts = {length for _, length in lengths}
    if len(counts) > 1:
        raise DataError(
            "the arrays have different numbers of samples.",
            where=where,
            expected="the same first axis in all of them",
            given=", ".join(f"{name} {length}" for name, length in lengths),
            fix="give one target (and weight) for each sample",
        )
    count = counts.pop()
    if count == 0:
        raise DataError("there are no samples.", where=where, given=", ".join(f"{name} 0" for name, _ in lengths))
    return count
