"""The file a model is kept in: a zip of one JSON description and plain arrays, written whole or not at all.

Reading one runs nothing: JSON is data, arrays are read by their header's numbers, pickles are refused,
and no size is believed before it is checked.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import re
import secrets
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from onionskin.base.errors import ArgumentError, FileFormatError, OnionskinError
from onionskin.base.specs import DTYPES

FORMAT = 1
MAX_JSON = 64 * 2**20  # bytes; the description of a model of a hundred thousand layers is smaller
MAX_ENTRIES = 100_000
_NAME = re.compile(r"[A-Za-z0-9_.\-]+(/[A-Za-z0-9_.\-]+)*")
STAMP = (1980, 1, 1, 0, 0, 0)  # no time of day in the file, so that equal models make equal files


def write_atomically(path: Path, write: Callable[[IO[bytes]], None], overwrite: bool = True) -> None:
    """Write a file in full under another name, then give it its own: a failure leaves the old one.

    Args:
        path: where to.
        write: writes the contents to an open binary file.
        overwrite: replace a file that is there.

    Raises:
        ArgumentError: the file is there and may not be replaced, or the folder cannot be written to.
    """
    if path.exists() and not overwrite:
        raise ArgumentError("the file is there already.", where=str(path), fix="pass overwrite=True, or another name")
    temporary = path.parent / f".{path.name}.{secrets.token_hex(6)}.part"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "xb") as file:  # with the rights that any new file has, unlike one of `tempfile`
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise ArgumentError(
            "the file cannot be written.",
            where=str(path),
            given=error.strerror or str(error),
            fix="what stood there before is unchanged; free space, or choose another folder",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def write_archive(
    path: Path | IO[bytes], description: Any, arrays: Mapping[str, np.ndarray], overwrite: bool = True
) -> None:
    """Write a description and named arrays to one file.

    Args:
        path: where to, or a file open for writing.
        description: data that JSON can hold.
        arrays: name → array; a name is made of letters, digits, `_`, `-`, `.` and `/`.
        overwrite: replace a file that is there.
    """

    def write(file: IO[bytes]) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, strict_timestamps=True) as archive:
            text = json.dumps({"format": FORMAT, **description}, indent=1, allow_nan=True).encode()
            archive.writestr(zipfile.ZipInfo("model.json", STAMP), text, zipfile.ZIP_DEFLATED)
            for name, array in arrays.items():
                with archive.open(zipfile.ZipInfo(f"arrays/{name}.npy", STAMP), "w", force_zip64=True) as entry:
                    np.lib.format.write_array(
                        entry, np.ascontiguousarray(array).reshape(array.shape), allow_pickle=False
                    )

    if isinstance(path, Path):
        write_atomically(path, write, overwrite)
    else:
        write(path)


def check_there(path: Path, expected: str) -> None:
    """Refuse a path that is no file.

    Args:
        path: the path.
        expected: what kind of file is meant, for the message.

    Raises:
        FileFormatError: it is a folder, or nothing is there.
    """
    if not path.is_file():
        kind = "a folder" if path.is_dir() else "nothing"
        raise FileFormatError("there is no such file.", where=str(path), expected=expected, given=kind)


def read_archive(path: Path | bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the description and the arrays of a file that `write_archive` wrote, or of the bytes of one.

    Raises:
        FileFormatError: it is none, is damaged, or claims what it does not hold.
    """
    if isinstance(path, bytes):
        return _read(io.BytesIO(path), len(path), "the bytes of a model")
    check_there(path, "a file that save() wrote")
    return _read(path, path.stat().st_size, str(path))


def _read(source: Path | IO[bytes], size: int, where: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    try:
        with zipfile.ZipFile(source) as archive:
            entries = _checked_entries(archive, size)
            description = _read_json(archive, entries)
            arrays = {
                name[len("arrays/") : -len(".npy")]: _read_array(archive, info)
                for name, info in entries.items()
                if name != "model.json"
            }
    except OnionskinError as error:
        raise error.within(where) from None
    except Exception as error:  # whatever zipfile, zlib and NumPy's header parser make of damaged bytes
        raise FileFormatError(
            "the file is damaged, or is no file that save() wrote.",
            where=where,
            given=f"{type(error).__name__}: {error}",
            fix="save the model again",
        ) from error
    return description, arrays


def _checked_entries(archive: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    """Return the entries by name, when names, number and sizes are those of a file that we wrote."""
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES:
        raise FileFormatError("the file has too many entries.", expected=f"at most {MAX_ENTRIES}", given=len(infos))
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.filename
        known = name == "model.json" or (name.startswith("arrays/") and name.endswith(".npy"))
        if not known or not _NAME.fullmatch(name) or ".." in name or name in entries:
            raise FileFormatError("the file holds an entry that does not belong there.", given=repr(name))
        if name != "model.json" and info.compress_type != zipfile.ZIP_STORED:
            raise FileFormatError("an array is packed, which save() never does.", given=repr(name))
        if name != "model.json" and info.file_size > size:
            raise FileFormatError(
                "an array claims to be larger than the file.", expected=f"at most {size} bytes", given=info.file_size
            )
        entries[name] = info
    if "model.json" not in entries:
        raise FileFormatError(
            "the file has no description of a model.", expected="model.json", given=", ".join(entries)
        )
    return entries


def _read_json(archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo]) -> dict[str, Any]:
    with archive.open(entries["model.json"]) as entry:
        text = entry.read(MAX_JSON + 1)
    if len(text) > MAX_JSON:
        raise FileFormatError("the description is too large.", expected=f"at most {MAX_JSON} bytes")
    try:
        description = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileFormatError("the description is no JSON.", given=f"{type(error).__name__}: {error}") from error
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        given = description.get("format") if isinstance(description, dict) else type(description).__name__
        raise FileFormatError(
            "the file has another format.",
            expected=f"format {FORMAT}",
            given=given,
            fix="a newer version of onionskin may have written it",
        )
    return description


def _read_array(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> np.ndarray:
    """Return an array whose header agrees with the bytes that are there."""
    with archive.open(info) as entry:
        if np.lib.format.read_magic(entry) != (1, 0):
            raise FileFormatError("an array has another format.", given=repr(info.filename))
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(entry, max_header_size=10_000)
        if dtype.hasobject or dtype.newbyteorder("=").name not in DTYPES:
            raise FileFormatError("an array holds no numbers.", where=info.filename, given=f"dtype {dtype}")
        data = entry.read(info.file_size)
        expected = math.prod(shape) * dtype.itemsize
        if len(data) != expected or any(size < 0 for size in shape):
            raise FileFormatError(
                "an array's header does not fit its bytes.",
                where=info.filename,
                expected=f"{expected} bytes for shape {shape}",
                given=len(data),
            )
        return np.frombuffer(io.BytesIO(data).getbuffer(), dtype).reshape(shape, order="F" if fortran else "C").copy()
