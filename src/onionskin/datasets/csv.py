"""Reader of numeric CSV files with a header; strict, naming the row and the column of a wrong cell."""

from __future__ import annotations

import csv
import io
import math
import re
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from onionskin.base.errors import DataError, FileFormatError, suggest
from onionskin.datasets.bounded import StrPath, count, open_unpacked, plain, read_at_most
from onionskin.datasets.download import fetch_url

MAX_BYTES = 1 << 28  # a cell takes two bytes or more here and eight in memory: 1 GiB of numbers at worst
# Python's float() would also take "1_000" and the digits of every script.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CsvTable:
    """The numbers of a CSV file and where each row stood.

    Args:
        path: the file.
        names: the column names, in order.
        values: float64 of shape (rows, columns), every one finite.
        lines: int64 of shape (rows,), the line each row began on, counted from 1 as an editor shows it.
    """

    path: str
    names: tuple[str, ...]
    values: np.ndarray
    lines: np.ndarray

    def column(self, name: str) -> np.ndarray:
        """Return one column, float64 of shape (rows,).

        Raises:
            DataError: there is no column of this name.
        """
        if name not in self.names:
            raise DataError(
                f"there is no column {name!r}.",
                where=self.path,
                given=_listed(self.names),
                fix=suggest(name, map(plain, self.names)),
            )
        return self.values[:, self.names.index(name)]

    def whole_column(self, name: str, low: int, high: int) -> np.ndarray:
        """Return one column of whole numbers from low to high, int64 of shape (rows,).

        Raises:
            DataError: there is no such column, or a cell is something else; its line is named.
        """
        column = self.column(name)
        wrong = np.flatnonzero((column < low) | (column > high) | (column != np.floor(column)))
        if wrong.size:
            raise DataError(
                "this cell is out of range.",
                where=f"{self.path}, row {self.lines[wrong[0]]}, column {name!r}",
                expected=f"a whole number from {low} to {high}",
                given=f"{column[wrong[0]]:g}",
                fix=f"correct it ({count(wrong.size)} such cell(s) in this column)",
            )
        return column.astype(np.int64)


def read_csv(path: StrPath, *, columns: Sequence[str] | None = None, max_bytes: int = MAX_BYTES) -> CsvTable:
    r"""Read a CSV file of numbers whose first line names the columns.

    Commas between cells, a point in decimals, UTF-8 (with or without a byte order mark), any line ends,
    cells quoted or not, packed with gzip or not. Blank lines may stand at the end only.

    Args:
        path: the file, or the http(s) address of one, which is fetched anew each time.
        columns: names that must be there, exactly these, in any order; None takes the file's own.
        max_bytes: the largest file to read, in bytes, unpacked.

    Returns:
        The table; `values` is float64 (rows, columns) in the order of `columns`, or of the file.

    Raises:
        DownloadError: the address does not deliver it.
        DataError: the file is not there; a cell is empty, not a number or not finite; a column is missing.
        FileFormatError: it is empty, too large, not UTF-8, ragged, without header or without rows.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "points.csv"
        >>> _ = path.write_text("x,y\n1,2.5\n3,4\n")
        >>> read_csv(path).values
        array([[1. , 2.5],
               [3. , 4. ]])
    """
    where = str(path)
    data = _fetched(where, max_bytes) if is_address(path) else _content(path, max_bytes)
    if len(data) > max_bytes:
        raise FileFormatError(
            "this CSV file is too large.",
            where=where,
            expected=f"at most {count(max_bytes)} bytes, unpacked",
            given="more",
            fix="if the file is genuine, pass a larger max_bytes",
        )
    rows = _rows(_decode(data, where), where)
    _, header = next(rows, (1, []))
    names = _check_header(header, where)
    cells, lines, blank = array("d"), array("q"), 0
    for line, row in rows:
        if not row:
            blank = blank or line
            continue
        if blank:
            raise FileFormatError(
                "a blank line stands between the rows.", where=f"{where}, row {blank}", fix="remove it"
            )
        if len(row) != len(names):
            raise FileFormatError(
                "this row has a wrong number of cells.",
                where=f"{where}, row {line}",
                expected=f"{len(names)}, as in the header",
                given=len(row),
            )
        cells.extend(_number(cell, where, line, name) for cell, name in zip(row, names, strict=True))
        lines.append(line)
    if not lines:
        raise FileFormatError("there are no rows below the header.", where=where, given=_listed(names))
    values = np.frombuffer(cells, np.float64).reshape(len(lines), len(names))
    table = CsvTable(where, names, values, np.frombuffer(lines, np.int64))
    return table if columns is None else _select(table, columns)


def is_address(path: object) -> bool:
    """Tell whether a path is an address of the web."""
    return isinstance(path, str) and path.lower().startswith(("http://", "https://"))


def _content(path: StrPath, max_bytes: int) -> bytearray:
    with open_unpacked(path) as stream:
        return read_at_most(stream, max_bytes + 1)


def _fetched(url: str, max_bytes: int) -> bytearray:
    with tempfile.TemporaryDirectory() as folder:
        content: bytearray = fetch_url(
            url, Path(folder) / "table.csv", lambda part: _content(part, max_bytes), limit=max_bytes + 1
        )
    return content


def _decode(data: bytearray, where: str) -> str:
    if not data:
        raise FileFormatError("this file is empty.", where=where, expected="a CSV file with a header")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileFormatError(
            "this file is not UTF-8 text.",
            where=f"{where}, row {line}",
            given=f"byte {data[error.start]:02x} at offset {error.start}",
            fix="save it as CSV in UTF-8",
        ) from None


def _rows(text: str, where: str) -> Iterator[tuple[int, list[str]]]:
    # csv counts the last line of a row; a quoted cell may hold line ends, so count from the row before
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileFormatError(
            f"this row is malformed: {error}.", where=f"{where}, row {line}", fix="check the quotes of the row"
        ) from None


def _check_header(header: list[str], where: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in header)
    first = f"{where}, row 1"
    if not any(names):
        raise FileFormatError("the first line names no columns.", where=first, expected="a header")
    if all(_NUMBER.fullmatch(name) for name in names):
        raise FileFormatError(
            "the first line holds numbers, not column names.",
            where=first,
            given=_listed(names),
            fix="put a line with the column names above it",
        )
    if "" in names:
        raise FileFormatError(
            "a column has no name.", where=first, given=f"column {names.index('') + 1} of {len(names)}"
        )
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise FileFormatError("two columns have the same name.", where=first, given=_short(name))
        seen.add(name)
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        raise FileFormatError(
            "the columns are not separated by commas.",
            where=first,
            given=_short(names[0]),
            fix="save the file with commas between cells and a point in decimals",
        )
    return names


def _number(cell: str, where: str, line: int, name: str) -> float:
    text = cell.strip()
    if _NUMBER.fullmatch(text):
        value = float(text)
        if math.isfinite(value):
            return value
        what = "this cell is too large for a number."
    elif not text:
        what = "this cell is empty."
    else:
        what = "this cell is not finite." if _NOT_FINITE.fullmatch(text) else "this cell is not a number."
    raise DataError(
        what,
        where=f"{where}, row {line}, column {name[:40]!r}",
        expected="a finite number, such as 12 or 0.5",
        given=_short(cell),
        fix="correct the cell or remove the row",
    )


def _select(table: CsvTable, columns: Sequence[str]) -> CsvTable:
    missing = [name for name in columns if name not in table.names]
    extra = [name for name in table.names if name not in columns]
    if missing or extra:
        raise DataError(
            "these are not the columns that are needed.",
            where=f"{table.path}, row 1",
            expected=_listed(columns),
            given=_listed(table.names),
            fix="; ".join(f"{verb} {_listed(names)}" for verb, names in (("add", missing), ("remove", extra)) if names),
        )
    order = [table.names.index(name) for name in columns]
    return CsvTable(table.path, tuple(columns), np.ascontiguousarray(table.values[:, order]), table.lines)


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(plain(name) for name in names[:12]) + (f" … ({len(names)} in all)" if len(names) > 12 else "")
