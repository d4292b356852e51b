"""TensorBoard's event files, written by hand: the few protocol-buffer messages they hold, and their records.

A record is its length, a checksum of the length, an Event message and a checksum of that. Field numbers are those
of event.proto, summary.proto and tensor.proto of TensorFlow.
"""

from __future__ import annotations

import os
import platform
import struct
import time
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np

from onionskin.base.errors import ArgumentError

_POLYNOMIAL = 0x82F63B78  # of CRC-32C, reflected
_STRING = 7  # DT_STRING of types.proto
BINS = 30  # of a histogram, as TensorFlow's


def _table() -> tuple[int, ...]:
    entries = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (_POLYNOMIAL if value & 1 else 0)
        entries.append(value)
    return tuple(entries)


_TABLE = _table()


def crc32c(data: bytes) -> int:
    """Return the CRC-32C (Castagnoli) checksum of bytes.

    Example:
        >>> hex(crc32c(b"123456789"))
        '0xe3069283'
    """
    value = 0xFFFFFFFF
    for byte in data:
        value = _TABLE[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


def _masked(data: bytes) -> bytes:
    """Return a checksum as records hold it: turned and shifted, so that a checksum of it is no checksum."""
    value = crc32c(data)
    return struct.pack("<I", (((value >> 15) | (value << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def record(data: bytes) -> bytes:
    """Return one record of a TFRecord file."""
    length = struct.pack("<Q", len(data))
    return length + _masked(length) + data + _masked(data)


# --- messages: (field number, value) pairs; the kind of a value tells how it is written ---


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1  # negative numbers are written as if unsigned
    parts = bytearray()
    while value >= 0x80:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def message(*fields: tuple[int, Any]) -> bytes:
    """Return a protocol-buffer message: integers as varints, floats as doubles, np.float32 as floats, bytes by length.

    Example:
        >>> message((1, 150), (2, b"ab")).hex()
        '08960112026162'
    """
    parts = []
    for number, value in fields:
        if isinstance(value, np.float32):
            parts.append(_varint(number << 3 | 5) + struct.pack("<f", value))
        elif isinstance(value, float):
            parts.append(_varint(number << 3 | 1) + struct.pack("<d", value))
        elif isinstance(value, int):
            parts.append(_varint(number << 3) + _varint(value))
        else:
            data = value.encode() if isinstance(value, str) else bytes(value)
            parts.append(_varint(number << 3 | 2) + _varint(len(data)) + data)
    return b"".join(parts)


def scalar(tag: str, value: float) -> bytes:
    """Return a Summary.Value of one number."""
    return message((1, tag), (2, np.float32(value)))


def histogram(tag: str, values: np.ndarray) -> bytes:
    """Return a Summary.Value of how numbers are spread; those that are not finite are left out."""
    flat = np.asarray(values, np.float64).ravel()
    flat = flat[np.isfinite(flat)]
    if flat.size == 0:
        flat = np.zeros(1)
    counts, edges = np.histogram(flat, BINS)
    packed = [np.asarray(one, "<f8").tobytes() for one in (edges[1:], counts)]
    body = message(
        (1, float(flat.min())), (2, float(flat.max())), (3, float(flat.size)), (4, float(flat.sum())),
        (5, float(np.dot(flat, flat))), (6, packed[0]), (7, packed[1]),
    )  # fmt: skip
    return message((1, tag), (5, body))


def image(tag: str, pixels: np.ndarray) -> bytes:
    """Return a Summary.Value of a picture: numbers 0 to 1 of shape (height, width, 1, 3 or 4)."""
    height, width, depth = pixels.shape
    body = message((1, height), (2, width), (3, depth), (4, png(pixels)))
    return message((1, tag), (4, body))


def text(tag: str, words: str) -> bytes:
    """Return a Summary.Value of text."""
    metadata = message((1, message((1, "text"))))
    tensor = message((1, _STRING), (2, message((2, message((1, 1))))), (8, words))
    return message((1, tag), (9, metadata), (8, tensor))


def png(pixels: np.ndarray) -> bytes:
    """Return a PNG file of numbers 0 to 1, of shape (height, width, 1, 3 or 4)."""
    height, width, depth = pixels.shape
    rows = (np.nan_to_num(pixels).clip(0, 1) * 255).astype(np.uint8).reshape(height, width * depth)
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2, 4: 6}[depth], 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(raw)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


class EventFile:
    """A new event file in a folder; TensorBoard reads all files of a folder as one run.

    Args:
        folder: made where missing.

    Raises:
        ArgumentError: the folder cannot be written to.
    """

    _made = 0  # of this process, so that two files of one second have two names

    def __init__(self, folder: Path) -> None:
        EventFile._made += 1
        name = f"events.out.tfevents.{int(time.time()):010d}.{platform.node()}.{os.getpid()}.{EventFile._made}.v2"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: IO[bytes] = open(folder / name, "wb")  # noqa: SIM115 - until training ends
        except OSError as error:
            raise ArgumentError("the folder cannot be written to.", where=f"TensorBoard({str(folder)!r})",
                                given=error.strerror, fix="choose another log_dir") from error  # fmt: skip
        self._write(message((1, time.time()), (3, "brain.Event:2")))

    def add(self, step: int, *values: bytes) -> None:
        """Write Summary.Values at a step."""
        summary = b"".join(message((1, value)) for value in values)
        self._write(message((1, time.time()), (2, step), (5, summary)))

    def _write(self, event: bytes) -> None:
        self._file.write(record(event))

    def flush(self) -> None:
        """Hand what is written over to the system, so that TensorBoard sees it."""
        self._file.flush()

    def close(self) -> None:
        """Finish the file."""
        self._file.close()
