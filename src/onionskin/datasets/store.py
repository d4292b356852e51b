"""Finding the files of a data set: ONIONSKIN_DATA, then the cache, then a download; every file is verified."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from onionskin.base import config
from onionskin.base.errors import DataError, FileFormatError
from onionskin.datasets.bounded import StrPath, count, open_unpacked, read_at_most
from onionskin.datasets.download import Progress, fetch
from onionskin.datasets.idx import check_pair, parse_idx
from onionskin.datasets.sources import FASHION_MNIST, MNIST, Source, SourceFile

Split = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
_SHARED_NAMES = (MNIST, FASHION_MNIST)  # both call their files alike


def load(source: Source, progress: Progress | None = None) -> Split:
    """Return a data set from the first place that has it, downloading what is nowhere.

    Args:
        source: which one.
        progress: called with the bytes so far and the total or None; a bar on stderr where None.

    Returns:
        ((x_train, y_train), (x_test, y_test)): uint8 images (n, height, width), labels (n,).

    Raises:
        DataError: a file in ONIONSKIN_DATA is not the published one, or that folder is not there.
        DownloadError: a file is nowhere and no mirror delivered it.
    """
    arrays, places = [], []
    for file in source.files:
        data, place = read_file(source, file, progress)
        arrays.append(parse_idx(data, place))
        places.append(place)
    for at in (0, 2):
        check_pair(arrays[at], arrays[at + 1], places[at], places[at + 1], source.classes)
    return (arrays[0], arrays[1]), (arrays[2], arrays[3])


def read_file(source: Source, file: SourceFile, progress: Progress | None = None) -> tuple[bytearray, str]:
    """Return the unpacked bytes of one file and where they came from. See `load`."""
    *given, cache = config.data_dirs()
    for folder in given:
        if not os.path.isdir(folder):
            raise DataError(
                "the folder that ONIONSKIN_DATA names is not there.",
                where="ONIONSKIN_DATA",
                given=str(folder),
                fix="create it, name another, or unset ONIONSKIN_DATA",
            )
        for path in _candidates(folder, source, file):
            data, md5 = _read(path, file)
            if md5 == file.md5:
                return data, str(path)
            if path.parent == folder and _is_of_another(source, md5):
                continue
            raise _wrong_file(path, file, data, md5)
    for path in _candidates(cache, source, file):
        try:
            data, md5 = _read(path, file)
        except (DataError, FileFormatError):
            continue  # damaged: the download below replaces it
        if md5 == file.md5:
            return data, str(path)
    target = cache / source.name / f"{file.name}.gz"
    return fetch(source, file, target, lambda path: verify(path, file), progress), str(target)


def verify(path: StrPath, file: SourceFile) -> bytearray:
    """Return the unpacked bytes of a file after checking them.

    Raises:
        DataError: the bytes are not the published ones.
        FileFormatError: its gzip data is damaged.
    """
    data, md5 = _read(path, file)
    if md5 != file.md5:
        raise _wrong_file(path, file, data, md5)
    return data


def is_here(source: Source) -> bool:
    """Tell whether every file of a data set lies in ONIONSKIN_DATA or the cache; contents are not read."""
    return all(
        any(True for folder in config.data_dirs() for _ in _candidates(folder, source, file)) for file in source.files
    )


def _candidates(folder: Path, source: Source, file: SourceFile) -> Iterator[Path]:
    dotted = file.name.replace("-idx", ".idx")  # as some archives name them
    for place in (*(folder / name for name in (source.name, *source.folders)), folder):
        for name in (f"{file.name}.gz", file.name, f"{dotted}.gz", dotted):
            if os.path.exists(place / name):
                yield place / name


def _read(path: StrPath, file: SourceFile) -> tuple[bytearray, str]:
    with open_unpacked(path) as stream:
        data = read_at_most(stream, file.size + 1)
    return data, hashlib.md5(data, usedforsecurity=False).hexdigest()


def _is_of_another(source: Source, md5: str) -> bool:
    return any(md5 == file.md5 for other in _SHARED_NAMES if other is not source for file in other.files)


def _wrong_file(path: StrPath, file: SourceFile, data: bytearray, md5: str) -> DataError:
    size = f"{count(len(data))} bytes" if len(data) <= file.size else f"more than {count(file.size)} bytes"
    return DataError(
        "this is not the published file, or it is damaged.",
        where=str(path),
        expected=f"{count(file.size)} unpacked bytes with MD5 {file.md5}",
        given=size if len(data) != file.size else f"MD5 {md5}",
        fix="replace the file, or remove it so that it is downloaded",
    )
