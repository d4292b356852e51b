"""Reader of pickles that hold numbers and arrays only; what a pickle says is read, never done.

`pickle.load` imports whatever a file names and calls it. Here no part of `pickle` runs: the opcodes are gone through
by the table of `pickletools`, and `pickle_machine` does those that build plain values.
"""

from __future__ import annotations

import pickletools
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from onionskin.base.errors import FileFormatError
from onionskin.datasets.bounded import StrPath, count, open_unpacked, plain, read_at_most
from onionskin.datasets.pickle_machine import Machine, PickleFormError

MAX_BYTES = 1 << 28  # of the file, and of the arrays made from it
_MOST_STEPS = 1_000_000  # opcodes; a network's weights take some hundred
_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|.|$)", re.DOTALL)
_ESCAPED = {b"\\": b"\\", b"'": b"'", b'"': b'"', b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_LINES = {"GLOBAL": 2, "INST": 2, "PERSID": 1}  # lines of plain text behind these
_OPCODES = {opcode.code.encode("latin-1"): opcode for opcode in pickletools.opcodes}


def read_pickle(path: StrPath, *, max_bytes: int = MAX_BYTES) -> Any:
    """Read a pickle of dictionaries, lists, tuples, text, numbers and NumPy arrays; nothing of it is run.

    Pickles of every protocol (0 to 5) are read, also those of Python 2, and gzip is unpacked. Whatever else a file
    names or does is refused before any of it happens: `pickle.load` on a file of a stranger runs what the stranger
    wrote.

    Args:
        path: the file.
        max_bytes: the most bytes to read, and of the arrays that may come of them.

    Returns:
        What the file holds; text of Python 2 as `str`, arrays in the machine's byte order and in rows.

    Raises:
        DataError: the file is not there or cannot be read.
        FileFormatError: it is no pickle, is damaged or too large, or holds something other than plain values.

    Example:
        >>> import pathlib, pickle, tempfile
        >>> import numpy as np
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "weights.pkl"
        >>> _ = path.write_bytes(pickle.dumps({"W1": np.ones((2, 1), np.float32)}))
        >>> read_pickle(path)["W1"].shape
        (2, 1)

    Source: the pickle machine, Python's Lib/pickletools.py; how NumPy writes arrays, `ndarray.__reduce__`.
    """
    with open_unpacked(path) as stream:
        data = read_at_most(stream, max_bytes + 1)
    if len(data) > max_bytes:
        raise FileFormatError(
            "this pickle is too large.",
            where=str(path),
            given="more",
            expected=f"at most {count(max_bytes)} bytes",
            fix="if the file is genuine, pass a larger max_bytes",
        )
    return parse_pickle(bytes(data), str(path), max_bytes=max_bytes)


def parse_pickle(data: bytes, where: str, *, max_bytes: int = MAX_BYTES) -> Any:
    """Return what the bytes of a pickle hold. See `read_pickle`.

    Args:
        data: the bytes, unpacked.
        where: what they are, for errors.
        max_bytes: the most bytes of arrays that may come of them.

    Raises:
        FileFormatError: as `read_pickle`.

    Example:
        >>> import pickle
        >>> parse_pickle(pickle.dumps([1, 2.5, "a"]), "three values")
        [1, 2.5, 'a']
    """
    try:
        return Machine(max_bytes).read(_steps(data))
    except PickleFormError as error:
        raise FileFormatError(error.what, where=where, **error.details) from None


def _steps(data: bytes) -> Iterator[tuple[str, Any, int]]:
    """Go through the opcodes: name, argument, position.

    Raises:
        PickleFormError: one is unknown, incomplete or not the last; sizes are held against what is there.
    """
    stream = BytesIO(data)
    for number in range(_MOST_STEPS + 1):
        at = stream.tell()
        code = stream.read(1)
        if not code:
            raise PickleFormError(
                "this pickle is cut short." if at else "this file is empty.",
                expected="a pickle",
                given=f"{count(len(data))} bytes, and no end",
                fix="get the file again",
            )
        if number == _MOST_STEPS:
            raise PickleFormError(
                "this pickle has too many parts.",
                expected=f"at most {count(_MOST_STEPS)} opcodes",
                fix="save large data as arrays",
            )
        opcode = _OPCODES.get(code)
        if opcode is None:
            raise PickleFormError(
                "this is no pickle, or a damaged one.",
                fix="get the file again",
                given=f"byte {code[0]:02x} at {count(at)}, where an opcode should be",
            )
        argument: Any = None
        try:
            if opcode.name == "STRING":
                argument = _python2_text(stream.readline())
            elif opcode.name in _LINES:
                argument = " ".join(_line(stream) for _ in range(_LINES[opcode.name]))
            elif opcode.arg is not None:
                argument = opcode.arg.reader(stream)
        except (ValueError, OverflowError, MemoryError, RecursionError) as error:
            words = plain(" ".join(str(error).split()) or type(error).__name__, 120)
            raise PickleFormError("this pickle is damaged or cut short.", fix="get the file again",
                                         given=f"{opcode.name} at {count(at)}: {words}") from None  # fmt: skip
        yield opcode.name, argument, at
        if opcode.name == "STOP":
            if stream.tell() != len(data):
                raise PickleFormError(
                    "something stands behind the end of this pickle.", given=f"{count(len(data) - stream.tell())} bytes"
                )
            return


def _line(stream: BytesIO) -> str:
    """Return a line as `pickle` reads it: `pickletools` would take a backslash in it for an escape."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise ValueError("a line without its end")
    return line[:-1].decode("utf-8")


def _python2_text(line: bytes) -> str:
    """Return a string of protocol 0, which Python 2 wrote in quotes and with escapes."""
    text = line.rstrip(b"\n")
    if not line.endswith(b"\n") or len(text) < 2 or text[:1] != text[-1:] or text[:1] not in b"'\"":
        raise ValueError("a string without its quotes")
    return _ESCAPE.sub(_unescaped, text[1:-1]).decode("latin-1")


def _unescaped(match: re.Match[bytes]) -> bytes:
    written = match[1]
    if written[:1] == b"x":
        return bytes([int(written[1:], 16)])
    if written not in _ESCAPED:
        raise ValueError("an escape that Python 2 never writes")
    return _ESCAPED[written]
