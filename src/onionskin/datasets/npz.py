"""Reader of .npz files of plain numbers; object arrays, which could run code, are never unpickled."""

from __future__ import annotations

import math
import re
import struct
import zipfile
import zlib
from typing import IO

import numpy as np

from onionskin.base.errors import DataError, FileFormatError
from onionskin.datasets.bounded import StrPath, check_is_file, count, read_at_most, reason, shape_text

MAX_BYTES = 1 << 30
_MAX_ARRAYS = 1000  # a data set has a handful; a zip directory of millions of names is an attack
_MAX_HEADER = 10_000  # NumPy's own limit
_MAX_RANK = 32
_DTYPE = re.compile(r"[<>|=]?(?:b1|[iu][1248]|f[248])")
_ITEM = re.compile(
    r"\s*'(\w+)'\s*:\s*('[^'\\]*'|True|False|\(\s*(?:\d+\s*(?:,\s*\d+\s*)*,?)?\s*\)|\[.*\])\s*(,|(?=\}))"
)
# what zipfile and zlib raise on damaged archives
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    LookupError,
    OverflowError,
)


def read_npz(path: StrPath, *, max_bytes: int = MAX_BYTES) -> dict[str, np.ndarray]:
    """Read all arrays of an .npz file.

    Sizes are checked before anything is unpacked, so a file can never ask for more than `max_bytes`.

    Args:
        path: the file, as `numpy.savez` or `numpy.savez_compressed` writes it.
        max_bytes: the largest total of its arrays to accept, in bytes.

    Returns:
        Arrays by name, in the file's order; bool, integers or floats in the machine's byte order.

    Raises:
        DataError: the file is not there or cannot be read.
        FileFormatError: it is no zip archive, is corrupt or too large, or holds something other than
            plain numbers.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "points.npz"
        >>> np.savez(path, x=np.arange(3))
        >>> read_npz(path)
        {'x': array([0, 1, 2])}

    Source: the .npy format, numpy.lib.format.
    """
    where = str(path)
    if check_is_file(path) == 0:
        raise FileFormatError("this file is empty.", where=where, expected="an .npz file", fix="get the file again")
    try:
        with zipfile.ZipFile(path) as archive:
            members = _check_members(archive.infolist(), where, max_bytes)
            return {name: _read_member(archive, info, f"{where}, array {name!r}") for name, info in members.items()}
    except FileFormatError:
        raise
    except PermissionError as error:
        raise DataError(f"this file cannot be read: {reason(error)}.", where=where) from None
    except _DAMAGE as error:
        raise FileFormatError(
            f"this .npz file is corrupt or no .npz file: {reason(error)}.", where=where, fix="get the file again"
        ) from None


def _check_members(infos: list[zipfile.ZipInfo], where: str, max_bytes: int) -> dict[str, zipfile.ZipInfo]:
    if len(infos) > _MAX_ARRAYS:
        raise FileFormatError(
            "this .npz file holds too many arrays.",
            where=where,
            expected=f"at most {count(_MAX_ARRAYS)}",
            given=count(len(infos)),
        )
    total = sum(info.file_size for info in infos)
    # each array brings a header of its own
    if total > max_bytes + _MAX_HEADER * len(infos):
        raise FileFormatError(
            "this .npz file promises more numbers than are accepted.",
            where=where,
            expected=f"at most {count(max_bytes)} bytes",
            given=f"{count(total)} bytes",
            fix="if the file is genuine, pass a larger max_bytes",
        )
    members: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.filename.removesuffix(".npy")
        what = None
        if name == info.filename:
            what = "this .npz file holds something that is no array."
        elif name in members:
            what = "this .npz file holds two arrays of the same name."
        elif info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            what = "this .npz file is encrypted or packed in a way that NumPy never uses."
        if what:
            raise FileFormatError(what, where=where, given=repr(info.filename[:60]))
        members[name] = info
    return members


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str) -> np.ndarray:
    with archive.open(info) as stream:
        dtype, fortran, shape, header = _read_header(stream, where)
        # a size of 0 must not hide sizes too large for NumPy beside it, hence max(size, 1)
        promised, guarded = math.prod(shape) * dtype.itemsize, math.prod(max(size, 1) for size in shape)
        if len(shape) > _MAX_RANK or guarded >= 1 << 48 or promised != info.file_size - header:
            raise FileFormatError(
                "the size of this array does not fit its header.",
                where=where,
                expected=f"{count(promised)} bytes, for shape {shape_text(shape)} of {dtype.name}",
                given=f"{count(info.file_size - header)} bytes",
                fix="get the file again",
            )
        body = read_at_most(stream, promised + 1)
    if len(body) != promised:
        raise FileFormatError(
            "this array is truncated.",
            where=where,
            expected=f"{count(promised)} bytes",
            given=f"{count(len(body))} bytes",
            fix="get the file again",
        )
    if dtype.kind == "b":  # a bool byte other than 0 and 1 would misbehave later
        flat = np.frombuffer(body, np.uint8) != 0
    else:
        flat = np.frombuffer(body, dtype).astype(dtype.newbyteorder("="), copy=False)
    return np.ascontiguousarray(flat.reshape(shape, order="F" if fortran else "C")).reshape(shape)


def _read_header(stream: IO[bytes], where: str) -> tuple[np.dtype, bool, tuple[int, ...], int]:
    """Return dtype, whether columns come first, shape and the header's length in bytes."""
    start = read_at_most(stream, 8)
    if len(start) < 8 or start[:6] != b"\x93NUMPY" or start[6] not in (1, 2, 3):
        raise FileFormatError(
            "this is not a NumPy array: its first bytes are wrong.",
            where=where,
            expected="93 4e 55 4d 50 59 and version 1 to 3",
            given=start.hex(" ") or "nothing",
        )
    width = 2 if start[6] == 1 else 4
    length = int.from_bytes(read_at_most(stream, width), "little")
    if length > _MAX_HEADER:
        raise FileFormatError(
            "the header of this array is too long.",
            where=where,
            expected=f"at most {count(_MAX_HEADER)} bytes",
            given=f"{count(length)} bytes",
        )
    text = bytes(read_at_most(stream, length)).decode("latin-1")
    fields = _parse_header(text)
    if fields.keys() != {"descr", "fortran_order", "shape"} or fields["fortran_order"] not in ("True", "False"):
        raise _bad_header(text, where)
    if not fields["shape"].startswith("("):
        raise _bad_header(text, where)
    descr = fields["descr"].strip("'")
    if not _DTYPE.fullmatch(descr):
        raise FileFormatError(
            "this array does not hold plain numbers, and is not read: objects in a file could run code.",
            where=where,
            expected="bool, integers or floats of up to 8 bytes",
            given=f"dtype {fields['descr'][:60]}",
            fix="save it again as an array of numbers",
        )
    shape = tuple(int(size) if len(size) <= 20 else 10**20 for size in re.findall(r"\d+", fields["shape"]))
    return np.dtype(descr), fields["fortran_order"] == "True", shape, 8 + width + length


def _parse_header(text: str) -> dict[str, str]:
    """Read the header's dictionary without evaluating it; an empty result means that it is malformed."""
    body = text.strip()
    if not (body.startswith("{") and body.endswith("}")):
        return {}
    fields: dict[str, str] = {}
    at = 1
    while match := _ITEM.match(body, at):
        if match[1] in fields:
            return {}
        fields[match[1]] = match[2]
        at = match.end()
    return fields if body[at:].strip() == "}" else {}


def _bad_header(text: str, where: str) -> FileFormatError:
    return FileFormatError(
        "the header of this array is malformed.",
        where=where,
        expected="{'descr': …, 'fortran_order': …, 'shape': …}",
        given=repr(text.strip()[:60]),
    )
