"""What a user's files hold: training data of `--data`, and the samples of `predict`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DataError, FileFormatError, ShapeError
from onionskin.datasets import font_shade, read_csv, read_idx, read_idx_pair, read_npz
from onionskin.datasets.bounded import check_is_file
from onionskin.datasets.csv import is_address
from onionskin.datasets.listing import Dataset, Loaded
from onionskin.datasets.sources import MNIST

_IDX_NAMES = tuple(file.name for file in MNIST.files)  # Fashion-MNIST calls its files the same
_INPUTS = ("x_test", "x", "images", "arr_0")  # the arrays of an .npz file that hold samples, the first that is there


def place(text: str) -> Path | str:
    """Return where data is: an http(s) address as it was typed, else a path."""
    return text if is_address(text) else Path(text)


def load(entry: Dataset, data: Path | str | None) -> Loaded:
    """Return a data set, from a file or a folder of the user where one is given.

    The split into training and test is always that of seed 0, so that `evaluate` never tests on what
    `train` learnt.

    Args:
        entry: the data set.
        data: a file of the kind that the entry takes, the address of a CSV file, or, for images, a folder of the
            four IDX files.

    Raises:
        DataError: a file is not there, or holds other data than it should.
        FileFormatError: a file is damaged.
    """
    if not isinstance(data, Path) or not data.is_dir():
        return entry.load(data)
    if len(entry.sample_shape) != 2 or entry.file_kind is None:
        raise ArgumentError(f"{entry.name} is not read from a folder.", where="--data", given=str(data),
                            expected=entry.file_kind)  # fmt: skip
    paths = [_idx_file(data, name) for name in _IDX_NAMES]
    x_train, y_train = read_idx_pair(paths[0], paths[1], classes=entry.classes)
    x_test, y_test = read_idx_pair(paths[2], paths[3], classes=entry.classes)
    return Loaded(entry.name, x_train, y_train, x_test, y_test, entry.class_names, entry.divisor)


def _idx_file(folder: Path, name: str) -> Path:
    dotted = name.replace("-idx", ".idx")  # as some archives name them
    for candidate in (name, f"{name}.gz", dotted, f"{dotted}.gz"):
        if (folder / candidate).is_file():
            return folder / candidate
    raise DataError("the folder lacks a file of the data set.", where="--data", given=str(folder),
                    expected=", ".join(f"{one}[.gz]" for one in _IDX_NAMES), fix=f"put {name}[.gz] there")  # fmt: skip


def samples(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Return the samples that a file holds, in the shape that a model takes.

    Args:
        path: .csv with a header, .npz, .npy, or an IDX file, packed with gzip or not.
        shape: of one sample.

    Returns:
        Array (n, *shape).

    Raises:
        DataError: the file is not there, or its numbers are not finite.
        FileFormatError: it is damaged.
        ShapeError: its samples have another shape.
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        array = _csv(path, math.prod(shape))
    elif suffix == ".npz":
        array = _npz(path)
    else:
        array = _npy(path) if suffix == ".npy" else read_idx(path)
    return _in_shape(array, shape, str(path))


def _csv(path: Path, columns: int) -> np.ndarray:
    table = read_csv(path)
    kept = [name for name in table.names if name.lower() not in ("label", font_shade.CSV_COLUMNS[3].lower())]
    colors = font_shade.CSV_COLUMNS[:3]
    if columns == 3 and set(colors) <= set(kept):
        kept = list(colors)
    if len(kept) != columns:
        raise ShapeError("the rows have another number of columns than the model takes.", where=str(path),
                         expected=f"{columns}, and perhaps a column 'label'", given=len(table.names))  # fmt: skip
    return np.stack([table.column(name) for name in kept], axis=1).astype(np.float32)


def _npz(path: Path) -> np.ndarray:
    arrays = read_npz(path)
    names = list(arrays) if len(arrays) == 1 else [name for name in _INPUTS if name in arrays]
    if not names:
        raise DataError("it is not clear which array holds the samples.", where=str(path),
                        expected="one array, or one of " + ", ".join(_INPUTS),
                        given=", ".join(list(arrays)[:8]) or "no arrays")  # fmt: skip
    return arrays[names[0]]


def _npy(path: Path) -> np.ndarray:
    check_is_file(path)
    try:  # mapped, so that a header that claims more than the file holds asks for no memory
        array: Any = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError, SyntaxError) as error:
        words = " ".join(str(error).split())[:120] or type(error).__name__
        raise FileFormatError("this .npy file is corrupt or holds no plain numbers.", where=str(path),
                              given=words, fix="write it with numpy.save, from numbers") from None  # fmt: skip
    return np.array(array)


def _in_shape(array: np.ndarray, shape: tuple[int, ...], where: str) -> np.ndarray:
    if array.dtype.kind not in "buif":
        raise DataError("the samples are no numbers.", where=where, given=array.dtype)
    if array.shape == shape or (array.ndim == 1 and array.size == math.prod(shape)):
        array = array[None]
    if not array.ndim or not len(array) or math.prod(array.shape[1:]) != math.prod(shape):
        raise ShapeError("the samples have another shape than the model takes.", where=where,
                         expected=f"(n, {', '.join(map(str, shape))})", given=array.shape)  # fmt: skip
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        bad = int(np.flatnonzero(~np.isfinite(array.reshape(len(array), -1)).all(axis=1))[0])
        raise DataError("a sample holds a number that is not finite.", where=f"{where}, sample {bad}")
    return array.reshape(len(array), *shape)
