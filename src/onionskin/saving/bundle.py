"""The `.keras` file: a zip of metadata.json, config.json, model.weights.h5 and what layers keep as files.

Names, counts and sizes are checked before anything is unpacked, and what is unpacked is counted again.
"""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import IO, Any, NamedTuple

from onionskin.base.errors import FileFormatError, OnionskinError
from onionskin.saving.archive import MAX_ENTRIES, MAX_JSON, STAMP, write_atomically

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
ASSETS = "assets/"
MAX_JSON_DEPTH = 700  # lists and dictionaries within each other
EXPANSION = 100  # how many times larger than packed an entry may be
FLOOR = 64 * 2**20  # bytes that an entry may have in any case
_ASSET = re.compile(r"assets(/[A-Za-z0-9_.\- ]+)+/?")


class Bundle(NamedTuple):
    """What a `.keras` file holds.

    Args:
        config: the model as data.
        metadata: who wrote it.
        weights: bytes of its HDF5 file.
        assets: files of layers by their paths below "assets/".
    """

    config: Any
    metadata: dict[str, Any]
    weights: bytes
    assets: dict[str, bytes]


def write_bundle(target: Path | IO[bytes], bundle: Bundle, overwrite: bool = True) -> None:
    """Write a `.keras` file, whole or not at all.

    Args:
        target: where to, a path or a file open for writing.
        bundle: its contents.
        overwrite: replace a file that is there.

    Raises:
        ArgumentError: the file is there and may not be replaced, or cannot be written.
    """
    entries = {METADATA: json.dumps(bundle.metadata).encode(), CONFIG: json.dumps(bundle.config).encode()}
    entries |= {f"{ASSETS}{name}": data for name, data in bundle.assets.items()}
    entries[WEIGHTS] = bundle.weights

    def write(file: IO[bytes]) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, data in entries.items():
                archive.writestr(zipfile.ZipInfo(name, STAMP), data)

    if isinstance(target, Path):
        write_atomically(target, write, overwrite)
    else:
        write(target)


def read_bundle(source: Path | IO[bytes], where: str, *, weights_only: bool = False) -> Bundle:
    """Return what a `.keras` file holds.

    Args:
        source: the file, a path or a file open for reading.
        where: its name, for messages.
        weights_only: leave out all but the weights.

    Raises:
        FileFormatError: it is none, is damaged, or claims what it does not hold.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            entries = _checked(archive)
            if weights_only:
                return Bundle(None, {}, _unpacked(archive, entries[WEIGHTS]), {})
            metadata = read_json(_unpacked(archive, entries[METADATA], MAX_JSON), METADATA)
            return Bundle(
                read_json(_unpacked(archive, entries[CONFIG], MAX_JSON), CONFIG),
                metadata if isinstance(metadata, dict) else {},
                _unpacked(archive, entries[WEIGHTS]),
                {
                    name[len(ASSETS) :]: _unpacked(archive, info)
                    for name, info in entries.items()
                    if name.startswith(ASSETS) and not info.is_dir()
                },
            )
    except OnionskinError as error:
        raise error.within(where) from None
    except Exception as error:  # whatever zipfile and zlib make of damaged bytes
        raise FileFormatError(
            "the file is damaged, or is no .keras file.",
            where=where,
            given=f"{type(error).__name__}: {error}",
            fix="save the model again",
        ) from error


def _checked(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the entries by name, when names and sizes are those of a `.keras` file."""
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES:
        raise FileFormatError("the file has too many entries.", expected=f"at most {MAX_ENTRIES}", given=len(infos))
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.filename
        if name == "model.weights.npz":
            raise FileFormatError("weights in an .npz are not read.", expected=WEIGHTS, given=name,
                                  fix="save the model with its weights in HDF5, which is the default")  # fmt: skip
        known = name in (CONFIG, METADATA, WEIGHTS) or (_ASSET.fullmatch(name) and "/.." not in name)
        if not known or name in entries:
            raise FileFormatError("the file holds an entry that does not belong there.", given=repr(name))
        if info.flag_bits & 0x1:
            raise FileFormatError("the file is encrypted.", given=repr(name))
        if info.file_size > max(FLOOR, EXPANSION * info.compress_size):
            raise FileFormatError(
                "an entry claims to unpack to far more than it takes in the file.",
                where=name,
                expected=f"at most {max(FLOOR, EXPANSION * info.compress_size)} bytes",
                given=info.file_size,
            )
        entries[name] = info
    for name in (METADATA, CONFIG, WEIGHTS):
        if name not in entries:
            raise FileFormatError("this is no .keras file.", expected=f"the entry {name}", given=", ".join(entries))
    return entries


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int | None = None) -> bytes:
    if most is not None and info.file_size > most:
        raise FileFormatError("a description is too large.", where=info.filename, expected=f"at most {most} bytes",
                              given=info.file_size)  # fmt: skip
    with archive.open(info) as entry:
        data = entry.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise FileFormatError("an entry has another size than it claims.", where=info.filename,
                              expected=info.file_size, given=len(data))  # fmt: skip
    return data


def read_json(text: bytes | str, where: str) -> Any:
    """Return the data in a JSON text that is not nested without end.

    Raises:
        FileFormatError: it is no JSON, or nested too deep.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileFormatError(
            "the description is no JSON.", where=where, given=f"{type(error).__name__}: {str(error)[:200]}"
        ) from error
    level = [value]
    for _ in range(MAX_JSON_DEPTH):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return value
    raise FileFormatError("the description is nested too deep.", where=where,
                          expected=f"at most {MAX_JSON_DEPTH} levels")  # fmt: skip
