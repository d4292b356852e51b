"""Reader of IDX files, the format of MNIST: a magic number, big-endian sizes, then the numbers."""

from __future__ import annotations

import io
import math
from typing import IO

import numpy as np

from onionskin.base.errors import ArgumentError, DataError, FileFormatError
from onionskin.datasets.bounded import StrPath, count, open_unpacked, read_at_most, shape_text

# Third byte of the magic number → dtype. Source: http://yann.lecun.com/exdb/mnist/, "The IDX file format".
_DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_MAX_RANK = 32  # what every NumPy can hold
MAX_BYTES = 1 << 30  # twenty times MNIST; more is a choice that the caller makes


def read_idx(path: StrPath, *, max_bytes: int = MAX_BYTES) -> np.ndarray:
    """Read an IDX file, packed with gzip or not.

    Never more is read than the header promises, and nothing when it promises more than `max_bytes`.

    Args:
        path: the file.
        max_bytes: the largest array to accept, in bytes.

    Returns:
        Array of the shape and type that the header states (uint8, int8, int16, int32, float32 or
        float64), in the machine's byte order; the caller owns it.

    Raises:
        DataError: the file is not there or cannot be read.
        FileFormatError: it is empty, truncated, too long, too large, or no IDX file.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "labels-idx1-ubyte"
        >>> _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]))
        >>> read_idx(path)
        array([7, 2, 1], dtype=uint8)

    Source: http://yann.lecun.com/exdb/mnist/, "The IDX file format".
    """
    with open_unpacked(path) as stream:
        return _read_stream(stream, str(path), max_bytes)


def parse_idx(data: bytes | bytearray, where: str, *, max_bytes: int = MAX_BYTES) -> np.ndarray:
    """Return the array of unpacked IDX bytes; `where` names them in errors. See `read_idx`."""
    return _read_stream(io.BytesIO(data), where, max_bytes)


def _read_stream(stream: IO[bytes], where: str, max_bytes: int) -> np.ndarray:
    dtype, shape = _read_header(stream, where)
    # a size of 0 must not hide sizes too large for NumPy beside it, hence max(size, 1)
    if math.prod(max(size, 1) for size in shape) * dtype.itemsize > max_bytes:
        raise FileFormatError(
            "this IDX file promises more numbers than are accepted.",
            where=where,
            expected=f"at most {count(max_bytes)} bytes",
            given=f"shape {shape_text(shape)} of {dtype.name}",
            fix="if the file is genuine, pass a larger max_bytes",
        )
    promised = math.prod(shape) * dtype.itemsize
    body = read_at_most(stream, promised + 1)
    if len(body) != promised:
        short = len(body) < promised
        raise FileFormatError(
            "this IDX file is truncated." if short else "this IDX file is longer than its header says.",
            where=where,
            expected=f"{count(promised)} bytes after the header, for shape {shape_text(shape)} of {dtype.name}",
            given=f"{count(len(body))} bytes" if short else "more",
            fix="get the file again",
        )
    return np.frombuffer(body, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def _read_header(stream: IO[bytes], where: str) -> tuple[np.dtype, tuple[int, ...]]:
    magic = read_at_most(stream, 4)
    if not magic:
        raise FileFormatError("this file is empty.", where=where, expected="an IDX file", fix="get the file again")
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in _DTYPES or not 1 <= magic[3] <= _MAX_RANK:
        raise FileFormatError(
            "this is not an IDX file: its magic number is wrong.",
            where=where,
            expected=f"00 00, a type (08, 09, 0b, 0c, 0d or 0e) and a number of axes (01 to {_MAX_RANK:02x})",
            given=magic.hex(" "),
        )
    rank = magic[3]
    sizes = read_at_most(stream, 4 * rank)
    if len(sizes) < 4 * rank:
        raise FileFormatError(
            "this IDX file ends inside its header.",
            where=where,
            expected=f"{4 * rank} bytes of sizes for {rank} axes",
            given=f"{len(sizes)} bytes",
            fix="get the file again",
        )
    return np.dtype(_DTYPES[magic[2]]), tuple(int(size) for size in np.frombuffer(sizes, ">u4"))


def read_idx_pair(
    images: StrPath, labels: StrPath, *, classes: int = 10, max_bytes: int = MAX_BYTES
) -> tuple[np.ndarray, np.ndarray]:
    """Read an IDX file of images and the IDX file of their labels, and check one against the other.

    Args:
        images: file of uint8 images, (n, height, width).
        labels: file of uint8 labels, (n,).
        classes: how many classes there are; labels run from 0 to classes - 1.
        max_bytes: the largest array to accept, in bytes.

    Returns:
        Images (n, height, width) and labels (n,), both uint8.

    Raises:
        DataError: a file is not there, the counts differ, or a label is out of range.
        FileFormatError: a file is no IDX file, or not of images or labels.
        ArgumentError: `classes` is not 1 to 256.
    """
    if not 1 <= classes <= 256:
        raise ArgumentError(
            "labels of one byte tell 1 to 256 classes apart.", where="read_idx_pair(classes)", given=classes
        )
    x, y = read_idx(images, max_bytes=max_bytes), read_idx(labels, max_bytes=max_bytes)
    check_pair(x, y, str(images), str(labels), classes)
    return x, y


def check_pair(x: np.ndarray, y: np.ndarray, images: str, labels: str, classes: int) -> None:
    """Check images and labels against each other; `images` and `labels` name them in errors.

    Raises:
        FileFormatError: they are not uint8 images (n, height, width) and integer labels (n,).
        DataError: the counts differ, or a label is out of range.
    """
    if x.dtype != np.uint8 or x.ndim != 3:
        raise FileFormatError(
            "this file does not hold images.",
            where=images,
            expected="uint8 of shape (n, height, width)",
            given=f"{x.dtype.name} of shape {shape_text(x.shape)}",
        )
    if y.dtype.kind not in "ui" or y.ndim != 1:
        raise FileFormatError(
            "this file does not hold labels.",
            where=labels,
            expected="integers of shape (n,)",
            given=f"{y.dtype.name} of shape {shape_text(y.shape)}",
        )
    if len(x) != len(y):
        raise DataError(
            "images and labels do not belong together: their counts differ.",
            where=labels,
            expected=f"{count(len(x))} labels, one for each image of {images}",
            given=f"{count(len(y))} labels",
        )
    wrong = np.flatnonzero((y < 0) | (y >= classes))
    if wrong.size:
        first = int(wrong[0])
        raise DataError(
            f"{count(wrong.size)} of {count(len(y))} labels name no class.",
            where=labels,
            expected=f"0 to {classes - 1}",
            given=f"{int(y[first])} at index {first}, counted from 0",
        )
