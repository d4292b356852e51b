"""CSV reader: strict, and exact about the row and the column of what is wrong."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onionskin.base.errors import DataError, FileFormatError, OnionskinError
from onionskin.datasets import read_csv
from onionskin.datasets.csv import CsvTable

Folder = pytest.TempPathFactory


def read(tmp_path: Path, data: bytes | str, **arguments: object) -> CsvTable:
    path = tmp_path / "f.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_csv(path, **arguments)  # type: ignore[arg-type]


def fails(tmp_path: Path, kind: type[OnionskinError], data: bytes | str, **arguments: object) -> str:
    with pytest.raises(kind) as caught:
        read(tmp_path, data, **arguments)
    return str(caught.value).replace(str(tmp_path / "f.csv"), "F")


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\n1,2.5\n-3e2,.5\n",
        b"a,b\r\n1,2.5\r\n-3e2,.5\r\n",
        b"a,b\r1,2.5\r-3e2,.5",
        b"\xef\xbb\xbfa,b\n1,2.5\n-3e2,.5\n\n\r\n",
        b'"a"," b"\n"1","2.5"\n -3e2 ,"+.5"',
        gzip.compress(b"a,b\n1,2.5\n-3e2,.5\n"),
    ],
    ids=["unix", "windows", "old mac", "byte order mark", "quoted", "gzip"],
)
def test_forms_of_one_table(tmp_path: Path, data: bytes) -> None:
    table = read(tmp_path, data)
    assert table.names == ("a", "b")
    np.testing.assert_array_equal(table.values, [[1, 2.5], [-300, 0.5]])
    np.testing.assert_array_equal(table.lines, [2, 3])
    np.testing.assert_array_equal(table.column("b"), [2.5, 0.5])


def test_columns_in_the_order_asked_for(tmp_path: Path) -> None:
    table = read(tmp_path, "b,a\n1,2\n", columns=("a", "b"))
    assert table.names == ("a", "b")
    np.testing.assert_array_equal(table.values, [[2, 1]])


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("", "this cell is empty."),
        ("  ", "this cell is empty."),
        ("NaN", "this cell is not finite."),
        ("-inf", "this cell is not finite."),
        ("Infinity", "this cell is not finite."),
        ("1e999", "this cell is too large for a number."),
        ("red", "this cell is not a number."),
        ("1_000", "this cell is not a number."),
        ("0x1f", "this cell is not a number."),
        ("\u0663", "this cell is not a number."),
    ],
)
def test_wrong_cells(tmp_path: Path, cell: str, what: str) -> None:
    assert fails(tmp_path, DataError, f"RED,GREEN\r\n1,2\r\n3,{cell}\r\n") == (
        f"F, row 3, column 'GREEN': {what}\n"
        "  expected: a finite number, such as 12 or 0.5\n"
        f"  given:    {cell!r}\n"
        "  to fix:   correct the cell or remove the row"
    )


def test_row_is_counted_as_an_editor_shows_it(tmp_path: Path) -> None:
    # the quoted cell of the first row spans lines 2 and 3
    assert fails(tmp_path, DataError, 'a,b\n"1\n",2\n3,x\n').startswith(
        "F, row 4, column 'b': this cell is not a number."
    )


def test_long_cell_is_shortened(tmp_path: Path) -> None:
    assert f"given:    '{'x' * 39}…'" in fails(tmp_path, DataError, "a\n" + "x" * 1000)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "F: this file is empty.\n  expected: a CSV file with a header"),
        ("\n1,2\n", "F, row 1: the first line names no columns.\n  expected: a header"),
        (" , \n1,2\n", "F, row 1: the first line names no columns.\n  expected: a header"),
        ("\ufeff", "F, row 1: the first line names no columns.\n  expected: a header"),
        (
            "1,2\n3,4\n",
            (
                "F, row 1: the first line holds numbers, not column names.\n"
                "  given:    1, 2\n"
                "  to fix:   put a line with the column names above it"
            ),
        ),
        ("a,,c\n1,2,3\n", "F, row 1: a column has no name.\n  given:    column 2 of 3"),
        ("a,b,a\n1,2,3\n", "F, row 1: two columns have the same name.\n  given:    'a'"),
        (
            "a;b\n1;2\n",
            (
                "F, row 1: the columns are not separated by commas.\n"
                "  given:    'a;b'\n"
                "  to fix:   save the file with commas between cells and a point in decimals"
            ),
        ),
        ("a,b\n", "F: there are no rows below the header.\n  given:    a, b"),
        (
            "a,b\n1,2\n3\n",
            "F, row 3: this row has a wrong number of cells.\n  expected: 2, as in the header\n  given:    1",
        ),
        (
            "a,b\n1,2,3\n",
            "F, row 2: this row has a wrong number of cells.\n  expected: 2, as in the header\n  given:    3",
        ),
        ("a\n1\n\n2\n", "F, row 3: a blank line stands between the rows.\n  to fix:   remove it"),
        (
            'a\n"1\n',
            "F, row 2: this row is malformed: unexpected end of data.\n  to fix:   check the quotes of the row",
        ),
        (
            'a\n"1"2\n',
            "F, row 2: this row is malformed: ',' expected after '\"'.\n  to fix:   check the quotes of the row",
        ),
        (
            "a\n" + "1" * 200_000,
            (
                "F, row 2: this row is malformed: field larger than field limit (131072).\n"
                "  to fix:   check the quotes of the row"
            ),
        ),
        (
            b"a\n1\n\xff\n",
            (
                "F, row 3: this file is not UTF-8 text.\n"
                "  given:    byte ff at offset 4\n"
                "  to fix:   save it as CSV in UTF-8"
            ),
        ),
    ],
)
def test_malformed_files(tmp_path: Path, data: bytes | str, words: str) -> None:
    assert fails(tmp_path, FileFormatError, data) == words


def test_wrong_columns(tmp_path: Path) -> None:
    assert fails(tmp_path, DataError, "a,c,d\n1,2,3\n", columns=("a", "b")) == (
        "F, row 1: these are not the columns that are needed.\n"
        "  expected: a, b\n"
        "  given:    a, c, d\n"
        "  to fix:   add b; remove c, d"
    )


def test_no_such_column(tmp_path: Path) -> None:
    table = read(tmp_path, "RED,GREEN\n1,2\n")
    with pytest.raises(DataError) as caught:
        table.column("GREN")
    assert str(caught.value) == (
        f"{tmp_path / 'f.csv'}: there is no column 'GREN'.\n"
        "  given:    RED, GREEN\n"
        "  to fix:   did you mean 'GREEN'? Known: GREEN, RED"
    )


def test_control_characters_never_reach_the_terminal(tmp_path: Path) -> None:
    words = fails(tmp_path, FileFormatError, "a\x1b[2J,b\n")
    assert words == "F: there are no rows below the header.\n  given:    a\\x1b[2J, b"
    assert "\x1b" not in fails(tmp_path, DataError, "a\x1b[2J\n\x1b[2J\n")


def test_many_names_are_shortened(tmp_path: Path) -> None:
    header = ",".join(f"c{i}" for i in range(20))
    assert fails(tmp_path, FileFormatError, header).endswith(
        "given:    c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11 … (20 in all)"
    )


@pytest.mark.parametrize("cell", ["256", "-1", "1.5"])
def test_whole_column(tmp_path: Path, cell: str) -> None:
    table = read(tmp_path, f"a\n255\n{cell}\n{cell}\n")
    with pytest.raises(DataError) as caught:
        table.whole_column("a", 0, 255)
    assert str(caught.value) == (
        f"{tmp_path / 'f.csv'}, row 3, column 'a': this cell is out of range.\n"
        "  expected: a whole number from 0 to 255\n"
        f"  given:    {cell}\n"
        "  to fix:   correct it (2 such cell(s) in this column)"
    )


def test_too_large_and_gzip_bomb(tmp_path: Path) -> None:
    for data in (b"a\n" + b"1\n" * 100, gzip.compress(b"a\n" + b"1\n" * 50_000_000, 9)):
        assert fails(tmp_path, FileFormatError, data, max_bytes=100) == (
            "F: this CSV file is too large.\n"
            "  expected: at most 100 bytes, unpacked\n"
            "  given:    more\n"
            "  to fix:   if the file is genuine, pass a larger max_bytes"
        )


def test_folder_and_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError) as folder:
        read_csv(tmp_path)
    with pytest.raises(DataError) as missing:
        read_csv(tmp_path / "none.csv")
    assert str(folder.value) == f"{tmp_path}: this is a folder, not a file.\n  to fix:   name a file inside it"
    assert str(missing.value) == f"{tmp_path / 'none.csv'}: there is no such file.\n  to fix:   check the path"


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=3, max_size=3), min_size=1))
def test_what_pythons_writer_wrote_is_read_exactly(tmp_path_factory: Folder, rows: list[list[float]]) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *rows])
    table = read(tmp_path_factory.getbasetemp(), text.getvalue())
    np.testing.assert_array_equal(table.values, rows)


@settings(max_examples=300, deadline=None)
@given(data=st.one_of(st.binary(max_size=60), st.text('ab,"\n\r1.e-\0;\ufeff', max_size=40).map(str.encode)))
def test_any_bytes_give_finite_numbers_or_our_error(tmp_path_factory: Folder, data: bytes) -> None:
    try:
        assert np.isfinite(read(tmp_path_factory.getbasetemp(), data).values).all()
    except (DataError, FileFormatError):
        pass
