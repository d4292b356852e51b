"""Weights of a network that others trained: 784-50-100-10 on MNIST, from the repository of a textbook."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np

from onionskin.base import config
from onionskin.base.errors import DataError, FileFormatError
from onionskin.datasets.bounded import StrPath, count, open_unpacked, read_at_most
from onionskin.datasets.download import Progress, fetch_url
from onionskin.datasets.pickled import parse_pickle, read_pickle

__all__ = ["FILE_NAME", "load_weights"]

FILE_NAME = "sample_weight.pkl"
SIZE, MD5 = 181_853, "6aaf4fbaa5b675aae4fc669115b10e4f"
URL = "https://raw.githubusercontent.com/WegraLee/deep-learning-from-scratch/master/ch03/sample_weight.pkl"
_FOLDERS = ("pretrained", "")  # below a folder of data sets


def load_weights(path: StrPath | None = None, progress: Progress | None = None) -> dict[str, np.ndarray]:
    """Return pretrained weights by name: W1, b1, W2, b2, W3, b3.

    The file is a pickle. It is read by `read_pickle`, which takes numbers and arrays and runs nothing.

    Args:
        path: a pickle of a dictionary of arrays to read instead. Without one it is looked for in ONIONSKIN_DATA and
            the cache, then downloaded, and held against its checksum.
        progress: called with the bytes so far and the total or None; a bar on stderr where None.

    Returns:
        Arrays by name; for the published file float32: W1 (784, 50), b1 (50,), W2 (50, 100), b2 (100,), W3 (100, 10),
        b3 (10,). With sigmoid, sigmoid, softmax they read 93.52 % of MNIST's test digits right.

    Raises:
        DataError: the file is not there, is not the published one, or holds no dictionary of arrays.
        FileFormatError: it is no pickle, is damaged, or would run code.
        DownloadError: it is nowhere and could not be downloaded.

    Example:
        >>> import pathlib, pickle, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "mine.pkl"
        >>> _ = path.write_bytes(pickle.dumps({"b1": np.zeros(3), "W1": np.ones((2, 3))}))
        >>> {name: weights.shape for name, weights in load_weights(path).items()}
        {'W1': (2, 3), 'b1': (3,)}

    Source: K. Saito, *Deep Learning from Scratch* (O'Reilly Japan, 2016), chapter 3; the file: MIT licence.
    """
    if path is not None:
        return _arrays(read_pickle(path), str(path))
    for folder in config.data_dirs():
        for candidate in (folder / inner / FILE_NAME for inner in _FOLDERS):
            if os.path.isfile(candidate):
                return _arrays(parse_pickle(_verified(candidate), str(candidate)), str(candidate))
    target = config.cache_dir() / "datasets" / _FOLDERS[0] / FILE_NAME
    data = fetch_url(URL, target, _verified, limit=SIZE, progress=progress)
    return _arrays(parse_pickle(data, str(target)), str(target))


def _verified(path: Path) -> bytes:
    """Return the bytes of the published file.

    Raises:
        DataError: these are others.
    """
    with open_unpacked(path) as stream:
        data = bytes(read_at_most(stream, SIZE + 1))
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    if md5 != MD5:
        raise DataError("this is not the published file, or it is damaged.", where=str(path),
                        expected=f"{count(SIZE)} bytes with MD5 {MD5}", given=f"{count(len(data))} bytes, MD5 {md5}",
                        fix="replace the file, or remove it so that it is downloaded")  # fmt: skip
    return data


def _arrays(value: Any, where: str) -> dict[str, np.ndarray]:
    """Return a dictionary of arrays, W1, b1, W2, b2 … in order."""
    if not isinstance(value, dict) or not value:
        raise FileFormatError("this pickle holds no dictionary of arrays.", where=where,
                              given=f"a {type(value).__name__}" if value != {} else "an empty dictionary")  # fmt: skip
    for name, array in value.items():
        if not isinstance(name, str) or not isinstance(array, np.ndarray):
            raise FileFormatError("this pickle holds no dictionary of arrays.", where=where,
                                  given=f"{repr(name)[:40]}: a {type(array).__name__}")  # fmt: skip
    return dict(sorted(value.items(), key=lambda item: (item[0].lstrip("Wb"), item[0])))
