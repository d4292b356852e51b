"""npz reader: what NumPy writes comes back, and nothing in a file can run code or fill the memory."""

from __future__ import annotations

import io
import struct
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onionskin.base.errors import DataError, FileFormatError
from onionskin.datasets import npz, read_npz

Folder = pytest.TempPathFactory
PLAIN = ["bool", "uint8", "int16", "uint32", "int64", "float16", "float32", "float64", ">i4", ">f8"]


def header(descr: str, shape: str, order: str = "False", version: int = 1) -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n".encode("latin-1")
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(text)) + text


def archive(path: Path, *members: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as out, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of the two members of one name that a test wants
        for name, data in members:
            out.writestr(name, data)
    return path


def fails(path: Path, **arguments: int) -> str:
    with pytest.raises(FileFormatError) as caught:
        read_npz(path, **arguments)
    return str(caught.value).replace(str(path), "F")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_numpy_writes_comes_back(tmp_path: Path, save: object) -> None:
    arrays = {dtype.strip(">"): np.arange(24).reshape(2, 3, 4).astype(dtype) for dtype in PLAIN}
    arrays["fortran"] = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    arrays["scalar"] = np.array(3.5)
    arrays["none"] = np.zeros((0, 5), np.float32)
    save(tmp_path / "f.npz", **arrays)  # type: ignore[operator]
    back = read_npz(tmp_path / "f.npz")
    assert list(back) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(back[name], array, strict=array.dtype.byteorder != ">")
        assert back[name].dtype.isnative and back[name].flags.c_contiguous and back[name].shape == array.shape


def test_header_keys_in_another_order_and_version_2(tmp_path: Path) -> None:
    text = b"{'shape': (2,), 'fortran_order': False, 'descr': '<u2'}"
    data = b"\x93NUMPY\x02\x00" + struct.pack("<I", len(text)) + text + b"\1\0\2\0"
    np.testing.assert_array_equal(read_npz(archive(tmp_path / "f", ("a.npy", data)))["a"], [1, 2])


def test_bool_bytes_are_made_0_or_1(tmp_path: Path) -> None:
    data = header("'|b1'", "(3,)") + b"\0\2\1"
    array = read_npz(archive(tmp_path / "f", ("a.npy", data)))["a"]
    np.testing.assert_array_equal(array.view(np.uint8), [0, 1, 1])


def test_pickles_are_refused_and_never_run(tmp_path: Path) -> None:
    class Attack:
        def __reduce__(self) -> tuple[object, tuple[str, ...]]:
            return (Path.write_text, (tmp_path / "ran", "x"))  # type: ignore[return-value]

    np.savez(tmp_path / "f.npz", a=np.array([Attack()], object))
    assert fails(tmp_path / "f.npz") == (
        "F, array 'a': this array does not hold plain numbers, and is not read: objects in a file could run code.\n"
        "  expected: bool, integers or floats of up to 8 bytes\n"
        "  given:    dtype '|O'\n"
        "  to fix:   save it again as an array of numbers"
    )
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("dtype", ["U3", "S3", "complex64", "datetime64[s]", "V4"])
def test_other_dtypes_are_refused(tmp_path: Path, dtype: str) -> None:
    np.savez(tmp_path / "f.npz", a=np.zeros(2, dtype))
    assert f"given:    dtype '{np.dtype(dtype).str}'" in fails(tmp_path / "f.npz")


def test_structured_arrays_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "f.npz", a=np.zeros(2, [("x", "f4"), ("y", "i4")]))
    assert "given:    dtype [('x', '<f4'), ('y', '<i4')]" in fails(tmp_path / "f.npz")


def test_empty_file(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"")
    assert fails(tmp_path / "f") == "F: this file is empty.\n  expected: an .npz file\n  to fix:   get the file again"


def test_no_archive(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"hello")
    assert fails(tmp_path / "f") == (
        "F: this .npz file is corrupt or no .npz file: File is not a zip file.\n  to fix:   get the file again"
    )


def test_missing_folder_and_forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError) as missing:
        read_npz(tmp_path / "none")
    assert str(missing.value) == f"{tmp_path / 'none'}: there is no such file.\n  to fix:   check the path"
    assert fails(tmp_path) == "F: this is a folder, not a file.\n  to fix:   name a file inside it"

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = archive(tmp_path / "f", ("a.npy", b""))
    monkeypatch.setattr(npz.zipfile, "ZipFile", refuse)
    with pytest.raises(DataError) as forbidden:
        read_npz(path)
    assert str(forbidden.value) == f"{path}: this file cannot be read: Permission denied."


def test_too_many_arrays(tmp_path: Path) -> None:
    path = archive(tmp_path / "f", *((f"{i}.npy", b"") for i in range(1001)))
    assert fails(path) == ("F: this .npz file holds too many arrays.\n  expected: at most 1,000\n  given:    1,001")


def test_more_axes_than_numpy_can_hold(tmp_path: Path) -> None:
    data = header("'|u1'", f"({'99999999999999999999, ' * 400})")
    assert fails(archive(tmp_path / "f", ("a.npy", data))) == (
        "F, array 'a': the size of this array does not fit its header.\n"
        "  expected: about 1e8000 bytes, for shape (99999999999999999999, 99999999999999999999, 99999999999999999999, "
        "99999999999999999999, 99999999999999999999, 99999999999999999999, 99999999999999999999, … 400 axes) of uint8\n"
        "  given:    0 bytes\n"
        "  to fix:   get the file again"
    )


def test_zip_bomb_is_refused_before_unpacking(tmp_path: Path) -> None:
    data = header("'|u1'", "(100000000,)") + bytes(100_000_000)
    path = archive(tmp_path / "f", ("a.npy", data), method=zipfile.ZIP_DEFLATED)
    size = len(data)
    del data
    assert path.stat().st_size < 200_000
    tracemalloc.start()
    words = fails(path, max_bytes=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert words == (
        "F: this .npz file promises more numbers than are accepted.\n"
        "  expected: at most 1,000,000 bytes\n"
        f"  given:    {size:,} bytes\n"
        "  to fix:   if the file is genuine, pass a larger max_bytes"
    )
    assert peak < 1_000_000, peak


def test_directory_that_understates_the_size(tmp_path: Path) -> None:
    data = header("'|u1'", "(10,)") + bytes(10_000_000)
    path = archive(tmp_path / "f", ("a.npy", data), method=zipfile.ZIP_DEFLATED)
    true, false = (struct.pack("<I", size) for size in (len(data), len(data) - 10_000_000 + 10))
    path.write_bytes(path.read_bytes().replace(true, false))
    tracemalloc.start()
    words = fails(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert words.startswith("F: this .npz file is corrupt or no .npz file: Bad CRC-32 for file 'a.npy'")
    assert peak < 2_000_000, peak


def test_wrong_members(tmp_path: Path) -> None:
    one = header("'|u1'", "(1,)") + b"\1"
    assert fails(archive(tmp_path / "f", ("readme.txt", b"x"))) == (
        "F: this .npz file holds something that is no array.\n  given:    'readme.txt'"
    )
    assert fails(archive(tmp_path / "f", ("a.npy", one), ("a.npy", one))) == (
        "F: this .npz file holds two arrays of the same name.\n  given:    'a.npy'"
    )
    assert fails(archive(tmp_path / "f", ("a.npy", one), method=zipfile.ZIP_LZMA)) == (
        "F: this .npz file is encrypted or packed in a way that NumPy never uses.\n  given:    'a.npy'"
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            b"",
            (
                "this is not a NumPy array: its first bytes are wrong.\n"
                "  expected: 93 4e 55 4d 50 59 and version 1 to 3\n"
                "  given:    nothing"
            ),
        ),
        (
            b"\x93NUMPY\x09\0",
            (
                "this is not a NumPy array: its first bytes are wrong.\n"
                "  expected: 93 4e 55 4d 50 59 and version 1 to 3\n"
                "  given:    93 4e 55 4d 50 59 09 00"
            ),
        ),
        (
            b"\x93NUMPY\x02\0\xff\xff\xff\xff",
            "the header of this array is too long.\n  expected: at most 10,000 bytes\n  given:    4,294,967,295 bytes",
        ),
        (
            b"\x93NUMPY\x01\0\x02\0{}",
            (
                "the header of this array is malformed.\n"
                "  expected: {'descr': …, 'fortran_order': …, 'shape': …}\n"
                "  given:    '{}'"
            ),
        ),
        (
            header("'<f4'", "(2,)") + bytes(9),
            (
                "the size of this array does not fit its header.\n"
                "  expected: 8 bytes, for shape (2,) of float32\n"
                "  given:    9 bytes\n"
                "  to fix:   get the file again"
            ),
        ),
        (
            header("'<f4'", "(1" + "0" * 30 + ", 1" + "0" * 5000 + ")"),
            (
                "the size of this array does not fit its header.\n"
                "  expected: about 1e40 bytes, for shape (about 1e20, about 1e20) of float32\n"
                "  given:    0 bytes\n"
                "  to fix:   get the file again"
            ),
        ),
        (
            header("'|u1'", "(0, 4294967295, 4294967295)"),
            (
                "the size of this array does not fit its header.\n"
                "  expected: 0 bytes, for shape (0, 4294967295, 4294967295) of uint8\n"
                "  given:    0 bytes\n"
                "  to fix:   get the file again"
            ),
        ),
    ],
)
def test_wrong_array_headers(tmp_path: Path, data: bytes, words: str) -> None:
    assert fails(archive(tmp_path / "f", ("a.npy", data))) == f"F, array 'a': {words}"


@pytest.mark.parametrize(
    "text",
    [
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': '1'}",
        "{'descr': '<f4', 'fortran_order': (), 'shape': (1,)}",
        "{'descr': '<f4', 'descr': '<f4', 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (__import__('os').getpid(),)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + "1" * 9000,
        "[" * 9000,
    ],
)
def test_header_is_never_evaluated(tmp_path: Path, text: str) -> None:
    data = b"\x93NUMPY\x01\0" + struct.pack("<H", len(text)) + text.encode() + bytes(4)
    assert fails(archive(tmp_path / "f", ("a.npy", data))).startswith(
        "F, array 'a': the header of this array is malformed.\n"
    )


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=100))
def test_any_bytes_give_our_error(tmp_path_factory: Folder, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.npz"
    path.write_bytes(data)
    with pytest.raises(FileFormatError):
        read_npz(path)


@settings(max_examples=400, deadline=None)
@given(
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=4),
    keep=st.integers(0, 40),
)
def test_mutated_files_give_arrays_or_our_error(
    tmp_path_factory: Folder, changes: list[tuple[int, int]], keep: int
) -> None:
    good = io.BytesIO()
    np.savez_compressed(good, x=np.arange(6, dtype=np.float32).reshape(2, 3), y=np.arange(3))
    raw = bytearray(good.getvalue())
    for at, value in changes:
        raw[at % len(raw)] = value
    path = tmp_path_factory.getbasetemp() / "mutated.npz"
    path.write_bytes(raw[: len(raw) - keep // 10])
    tracemalloc.start()
    try:
        read_npz(path)
    except (FileFormatError, DataError):
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 5_000_000, peak


@settings(max_examples=300, deadline=None)
@given(text=st.text("{}'descr:fotan_shpe()[]<4,123 \\TruFls", max_size=80), tail=st.binary(max_size=8))
def test_any_array_header_gives_an_array_or_our_error(tmp_path_factory: Folder, text: str, tail: bytes) -> None:
    data = b"\x93NUMPY\x01\0" + struct.pack("<H", len(text)) + text.encode() + tail
    try:
        read_npz(archive(tmp_path_factory.getbasetemp() / "head.npz", ("a.npy", data)))
    except FileFormatError:
        pass
