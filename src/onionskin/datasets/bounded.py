"""Opening files, gzip or not, and reading never more of them than a stated number of bytes."""

from __future__ import annotations

import gzip
import math
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from onionskin.base.errors import DataError, FileFormatError

StrPath = str | os.PathLike[str]
GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 20


def check_is_file(path: StrPath) -> int:
    """Check that a path names a regular file that is there, and return its size in bytes.

    Raises:
        DataError: nothing is there, or it cannot be looked at.
        FileFormatError: it is a folder, or a device or pipe, reading which could wait for ever.
    """
    try:
        found = os.stat(path)
    except FileNotFoundError:
        raise DataError("there is no such file.", where=str(path), fix="check the path") from None
    except ValueError:
        raise DataError("a path cannot hold a NUL character.", where=repr(str(path))) from None
    except OSError as error:
        raise DataError(f"this file cannot be read: {reason(error)}.", where=str(path)) from None
    if stat.S_ISDIR(found.st_mode):
        raise FileFormatError("this is a folder, not a file.", where=str(path), fix="name a file inside it")
    if not stat.S_ISREG(found.st_mode):
        raise FileFormatError("this is a device or a pipe, not a regular file.", where=str(path))
    return found.st_size


def reason(error: BaseException) -> str:
    """Return the words of an error of the system, without its number and path."""
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return plain(" ".join(words.split()), 200).rstrip(".")


def plain(text: str, limit: int = 40) -> str:
    r"""Return foreign text fit for a terminal: cut, and with its control characters written out.

    Example:
        >>> plain("red\x1b[2J")
        'red\\x1b[2J'
    """
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return cut if cut.isprintable() else cut.encode("unicode_escape").decode("ascii")


@contextmanager
def open_unpacked(path: StrPath) -> Iterator[IO[bytes]]:
    """Open a file for reading; gzip is recognised by its first two bytes and unpacked as it is read.

    Args:
        path: the file.

    Raises:
        DataError: the file is not there or cannot be read.
        FileFormatError: it is no regular file, or, while reading, its gzip data turns out to be corrupt.
    """
    check_is_file(path)
    try:
        with open(path, "rb") as raw:
            packed = raw.read(2) == GZIP_MAGIC
            raw.seek(0)
            if not packed:
                yield raw
                return
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield cast(IO[bytes], unpacked)
    except EOFError:
        raise FileFormatError(
            "the gzip data is cut short.", where=str(path), fix="get the file again; it was not copied in full"
        ) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise FileFormatError(
            f"the gzip data is corrupt: {reason(error)}.", where=str(path), fix="get the file again"
        ) from None
    except OSError as error:
        raise DataError(f"this file cannot be read: {reason(error)}.", where=str(path)) from None


def read_at_most(stream: IO[bytes], limit: int) -> bytearray:
    """Read up to `limit` bytes, in pieces, so that memory follows what is there and not what is promised."""
    data = bytearray()
    while len(data) < limit:
        piece = stream.read(min(_CHUNK, limit - len(data)))
        if not piece:
            break
        data += piece
    return data


def count(number: int) -> str:
    """Return a whole number with separators, shortened where it has more than 20 digits.

    Example:
        >>> count(47040016)
        '47,040,016'
    """
    return f"{number:,}" if number < 10**20 else f"about 1e{int(math.log10(number))}"


def shape_text(shape: tuple[int, ...]) -> str:
    """Return a shape as text, cut after seven axes."""
    sizes = ", ".join(count(size) if size >= 10**20 else str(size) for size in shape[:7])
    if len(shape) > 7:
        return f"({sizes}, … {len(shape)} axes)"
    return f"({sizes},)" if len(shape) == 1 else f"({sizes})"
