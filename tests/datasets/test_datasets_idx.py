"""IDX reader: real bytes, every type, and every way in which a file can be wrong."""

from __future__ import annotations

import gzip
import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from datasets_help import idx_bytes
from hypothesis import given, settings
from hypothesis import strategies as st

from onionskin.base.errors import ArgumentError, DataError, FileFormatError, OnionskinError
from onionskin.datasets import read_idx, read_idx_pair
from onionskin.datasets.idx import check_pair, parse_idx

LABELS = b"\0\0\x08\x01\0\0\0\x03\x07\x02\x01"


def fails(kind: type[OnionskinError], data: bytes, **arguments: int) -> str:
    with pytest.raises(kind) as caught:
        parse_idx(data, "f", **arguments)
    return str(caught.value)


@pytest.mark.parametrize(
    ("code", "form", "dtype"),
    [(8, "B", "u1"), (9, "b", "i1"), (11, "h", "i2"), (12, "i", "i4"), (13, "f", "f4"), (14, "d", "f8")],
)
def test_every_type_in_native_order(code: int, form: str, dtype: str) -> None:
    numbers = [1, 2, 100, 7, 0, 3]
    data = bytes([0, 0, code, 2]) + struct.pack(">II", 2, 3) + struct.pack(f">6{form}", *numbers)
    array = parse_idx(data, "f")
    np.testing.assert_array_equal(array, np.array(numbers).reshape(2, 3))
    assert array.dtype == np.dtype(dtype) and array.dtype.isnative and array.flags.writeable


def test_plain_and_packed_files_alike(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(LABELS)
    (tmp_path / "b").write_bytes(gzip.compress(LABELS))
    np.testing.assert_array_equal(read_idx(tmp_path / "a"), [7, 2, 1])
    np.testing.assert_array_equal(read_idx(str(tmp_path / "b")), [7, 2, 1])


def test_no_elements() -> None:
    array = parse_idx(bytes([0, 0, 8, 3]) + struct.pack(">III", 0, 28, 28), "f")
    assert array.shape == (0, 28, 28)


def test_empty() -> None:
    assert fails(FileFormatError, b"") == (
        "f: this file is empty.\n  expected: an IDX file\n  to fix:   get the file again"
    )


@pytest.mark.parametrize(
    "magic", [b"\0\0\x08", b"\0\1\x08\1", b"\0\0\x0a\1", b"\0\0\x08\0", b"\0\0\x08\x21", b"\x93NUM"]
)
def test_wrong_magic(magic: bytes) -> None:
    assert fails(FileFormatError, magic + b"\0" * (40 if len(magic) == 4 else 0)) == (
        "f: this is not an IDX file: its magic number is wrong.\n"
        "  expected: 00 00, a type (08, 09, 0b, 0c, 0d or 0e) and a number of axes (01 to 20)\n"
        f"  given:    {magic.hex(' ')}"
    )


def test_ends_in_header() -> None:
    assert fails(FileFormatError, b"\0\0\x08\x03\0\0\0\x01\0") == (
        "f: this IDX file ends inside its header.\n"
        "  expected: 12 bytes of sizes for 3 axes\n"
        "  given:    5 bytes\n"
        "  to fix:   get the file again"
    )


def test_truncated() -> None:
    assert fails(FileFormatError, LABELS[:-1]) == (
        "f: this IDX file is truncated.\n"
        "  expected: 3 bytes after the header, for shape (3,) of uint8\n"
        "  given:    2 bytes\n"
        "  to fix:   get the file again"
    )


def test_too_long() -> None:
    assert fails(FileFormatError, LABELS + b"\0") == (
        "f: this IDX file is longer than its header says.\n"
        "  expected: 3 bytes after the header, for shape (3,) of uint8\n"
        "  given:    more\n"
        "  to fix:   get the file again"
    )


def test_huge_sizes_allocate_nothing() -> None:
    tracemalloc.start()
    words = fails(FileFormatError, b"\0\0\x0e\x03" + b"\xff" * 12 + b"\0" * 50)
    zero = fails(FileFormatError, b"\0\0\x08\x04" + b"\0" * 4 + b"\xff" * 12)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert words == (
        "f: this IDX file promises more numbers than are accepted.\n"
        "  expected: at most 1,073,741,824 bytes\n"
        "  given:    shape (4294967295, 4294967295, 4294967295) of float64\n"
        "  to fix:   if the file is genuine, pass a larger max_bytes"
    )
    assert "shape (0, 4294967295, 4294967295, 4294967295) of uint8" in zero
    assert peak < 1_000_000, peak


def test_many_axes_are_shortened_in_words() -> None:
    words = fails(FileFormatError, b"\0\0\x08\x20" + b"\0\0\1\0" * 32)
    assert "given:    shape (256, 256, 256, 256, 256, 256, 256, … 32 axes) of uint8" in words


def test_limit_is_the_callers() -> None:
    assert "expected: at most 2 bytes" in fails(FileFormatError, LABELS, max_bytes=2)
    np.testing.assert_array_equal(parse_idx(LABELS, "f", max_bytes=3), [7, 2, 1])


def test_gzip_bomb_is_read_no_further_than_promised(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.gz"
    bomb.write_bytes(gzip.compress(LABELS + bytes(200_000_000), 9))
    tracemalloc.start()
    with pytest.raises(FileFormatError) as caught:
        read_idx(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "is longer than its header says" in str(caught.value)
    assert peak < 5_000_000, peak


def test_promise_larger_than_the_file_costs_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"\0\0\x08\x01\x3f\xff\xff\xff" + bytes(10))
    tracemalloc.start()
    with pytest.raises(FileFormatError) as caught:
        read_idx(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "given:    10 bytes" in str(caught.value)
    assert peak < 5_000_000, peak


def test_damaged_gzip(tmp_path: Path) -> None:
    path = tmp_path / "f.gz"
    packed = gzip.compress(LABELS)
    for data, words in [
        (packed[:-4], "the gzip data is cut short.\n  to fix:   get the file again; it was not copied in full"),
        (packed[:-8] + b"\0\0\0\0" + packed[-4:], "the gzip data is corrupt: CRC check failed"),
        (packed[:10] + b"\xff\xff" + packed[12:], "the gzip data is corrupt: Error -3 while decompressing data"),
    ]:
        path.write_bytes(data)
        with pytest.raises(FileFormatError) as caught:
            read_idx(path)
        assert str(caught.value).startswith(f"{path}: {words}"), str(caught.value)


def test_not_a_readable_file(tmp_path: Path) -> None:
    cases = [
        (tmp_path / "none", DataError, "there is no such file.\n  to fix:   check the path"),
        (tmp_path, FileFormatError, "this is a folder, not a file.\n  to fix:   name a file inside it"),
        (tmp_path / "pipe", FileFormatError, "this is a device or a pipe, not a regular file."),
    ]
    os.mkfifo(tmp_path / "pipe")
    for path, kind, words in cases:
        with pytest.raises(kind) as caught:
            read_idx(path)
        assert str(caught.value) == f"{path}: {words}"


def test_path_with_nul() -> None:
    with pytest.raises(DataError) as caught:
        read_idx("a\0b")
    assert str(caught.value) == "'a\\x00b': a path cannot hold a NUL character."


def test_path_that_is_too_long() -> None:
    with pytest.raises(DataError) as caught:
        read_idx("a" * 5000)
    assert str(caught.value) == f"{'a' * 5000}: this file cannot be read: File name too long."


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f"
    path.write_bytes(LABELS)

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("builtins.open", refuse)  # root may read everything, so the system is stood in for
    with pytest.raises(DataError) as caught:
        read_idx(path)
    assert str(caught.value) == f"{path}: this file cannot be read: Permission denied."


def test_pair(tmp_path: Path) -> None:
    images, labels = tmp_path / "i", tmp_path / "l"
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
    images.write_bytes(idx_bytes(pixels))
    labels.write_bytes(LABELS)
    x, y = read_idx_pair(images, labels)
    np.testing.assert_array_equal(x, pixels)
    np.testing.assert_array_equal(y, [7, 2, 1])


@pytest.mark.parametrize(
    ("x", "y", "kind", "words"),
    [
        (
            np.zeros((3, 4), np.uint8),
            np.zeros(3, np.uint8),
            FileFormatError,
            (
                "I: this file does not hold images.\n"
                "  expected: uint8 of shape (n, height, width)\n"
                "  given:    uint8 of shape (3, 4)"
            ),
        ),
        (
            np.zeros((3, 4, 4), np.uint8),
            np.zeros(3, np.float32),
            FileFormatError,
            "L: this file does not hold labels.\n  expected: integers of shape (n,)\n  given:    float32 of shape (3,)",
        ),
        (
            np.zeros((3, 4, 4), np.uint8),
            np.zeros(2, np.uint8),
            DataError,
            (
                "L: images and labels do not belong together: their counts differ.\n"
                "  expected: 3 labels, one for each image of I\n"
                "  given:    2 labels"
            ),
        ),
        (
            np.zeros((3, 4, 4), np.uint8),
            np.array([9, 10, 11], np.uint8),
            DataError,
            "L: 2 of 3 labels name no class.\n  expected: 0 to 9\n  given:    10 at index 1, counted from 0",
        ),
        (
            np.zeros((1, 4, 4), np.uint8),
            np.array([-1], np.int32),
            DataError,
            "L: 1 of 1 labels name no class.\n  expected: 0 to 9\n  given:    -1 at index 0, counted from 0",
        ),
    ],
)
def test_pair_that_does_not_fit(x: np.ndarray, y: np.ndarray, kind: type[OnionskinError], words: str) -> None:
    with pytest.raises(kind) as caught:
        check_pair(x, y, "I", "L", 10)
    assert str(caught.value) == words


def test_number_of_classes(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError) as caught:
        read_idx_pair(tmp_path, tmp_path, classes=257)
    assert str(caught.value) == (
        "read_idx_pair(classes): labels of one byte tell 1 to 256 classes apart.\n  given:    257"
    )


@given(st.binary(max_size=80))
def test_any_bytes_give_an_array_or_our_error(data: bytes) -> None:
    try:
        assert parse_idx(data, "f").nbytes <= len(data)
    except FileFormatError:
        pass


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 60), st.integers(0, 255), st.integers(0, 60), st.booleans())
def test_mutated_files_give_an_array_or_our_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, value: int, keep: int, packed: bool
) -> None:
    data = idx_bytes(np.arange(24, dtype=np.uint8).reshape(2, 3, 4))
    raw = bytearray(gzip.compress(data, mtime=0) if packed else data)
    raw[at % len(raw)] = value
    path = tmp_path_factory.getbasetemp() / "mutated"
    path.write_bytes(raw[: len(raw) - keep % 9])
    tracemalloc.start()
    try:
        read_idx(path)
    except (FileFormatError, DataError):
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 5_000_000, peak
