"""HDF5 files of arrays: written whole, and read as hostile until each link, type, filter and size was looked at.

The library h5py is loaded when such a file is met. Only plain arrays of numbers that lie within the file are
read: no link leads out of it or in a circle, no object, reference or pickle is made, no filter runs but gzip and
shuffle, and nothing is made larger than the file can account for.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from onionskin.base.errors import FileFormatError, OnionskinError, require
from onionskin.base.specs import DTYPES

MAX_DEPTH = 128  # groups within groups
MAX_MEMBERS = 1_000_000
MAX_TEXT = 64 * 2**20  # bytes of one attribute
MAX_TEXTS = 2**30  # bytes that the texts of one attribute could take
EXPANSION = 100  # how many times larger than the file its arrays may be together
FLOOR = 64 * 2**20  # bytes that are allowed in any case
_FILTERS = {1: "gzip", 2: "shuffle", 3: "fletcher32"}

Arrays = dict[str, np.ndarray]
Texts = dict[str, dict[str, Any]]  # path of a group → name of an attribute → text or list of texts


def write_hdf5(arrays: Mapping[str, np.ndarray], texts: Mapping[str, Mapping[str, str]]) -> bytes:
    """Return the bytes of an HDF5 file.

    Args:
        arrays: path, such as "layers/dense/vars/0" → array.
        texts: path of a group → its attributes; groups are made where there are none.

    Raises:
        MissingExtraError: h5py is not installed.
    """
    h5py = _h5py()
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for path, attributes in texts.items():
            file.require_group(path).attrs.update(attributes)
        for path, array in arrays.items():
            file[path] = array
    return buffer.getvalue()


def read_hdf5(source: Path | bytes, attributes: tuple[str, ...] = ()) -> tuple[Arrays, Texts]:
    """Return the arrays of an HDF5 file by their paths, and the texts in attributes whose names begin so.

    Args:
        source: the file, or its bytes.
        attributes: beginnings of the names of the attributes to read.

    Raises:
        FileFormatError: the file is damaged, or holds something else than arrays of numbers.
        MissingExtraError: h5py is not installed.
    """
    h5py = _h5py()
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    opened: Any = io.BytesIO(source) if isinstance(source, bytes) else str(source)
    try:
        with h5py.File(opened, "r", **({} if isinstance(source, bytes) else {"locking": False})) as file:
            return _read(h5py, file, size, attributes)
    except OnionskinError:
        raise
    except Exception as error:  # whatever the HDF5 library makes of damaged bytes
        raise FileFormatError(
            "the HDF5 file is damaged.", given=f"{type(error).__name__}: {_first_line(error)}", fix="save it again"
        ) from error


def _read(h5py: Any, file: Any, size: int, attributes: tuple[str, ...]) -> tuple[Arrays, Texts]:
    arrays: Arrays = {}
    groups: list[tuple[str, Any]] = []
    left, rest = max(FLOOR, EXPANSION * size), size
    for path, item in _members(h5py, file):
        if not isinstance(item, h5py.Dataset):
            groups.append((path, item))
            continue
        left -= _check_dataset(path, item, size)
        rest -= item.id.get_storage_size()
        if left < 0 or rest < 0:
            raise FileFormatError(
                "the arrays are together larger than the file can account for.",
                where=path,
                expected=f"at most {max(FLOOR, EXPANSION * size)} bytes from a file of {size}",
            )
        arrays[path] = np.asarray(item[()])
    texts: Texts = {}
    for path, item in groups:
        names = [name for name in item.attrs if any(name.startswith(one) for one in attributes)]
        if names:
            texts[path] = {name: _text(h5py, item, name, path, rest) for name in names}
    return arrays, texts


def _members(h5py: Any, file: Any) -> Iterator[tuple[str, Any]]:
    """Yield the path and object of every group and dataset, the root first; refuse what is linked otherwise."""
    seen: set[Any] = set()
    stack: list[tuple[str, Any, int]] = [("", file, 0)]
    while stack:
        path, item, depth = stack.pop()
        address = h5py.h5o.get_info(item.id).addr
        if address in seen or depth > MAX_DEPTH or len(seen) >= MAX_MEMBERS:
            raise FileFormatError(
                "groups are nested without end, or linked more than once.",
                where=path or "/",
                expected=f"each object once, at most {MAX_DEPTH} deep and {MAX_MEMBERS} in all",
            )
        seen.add(address)
        yield path, item
        if not isinstance(item, h5py.Group):
            continue
        for name in reversed(list(item)):
            inner = f"{path}/{name}" if path else name
            link = item.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                kind = "an external link" if isinstance(link, h5py.ExternalLink) else "a soft link"
                raise FileFormatError(
                    f"the file holds {kind}, which save() never writes.", where=inner, fix="do not trust this file"
                )
            found = item[name]
            if not isinstance(found, h5py.Group | h5py.Dataset):
                raise FileFormatError("the file holds something that is no array.", where=inner,
                                      given=type(found).__name__)  # fmt: skip
            stack.append((inner, found, depth + 1))


def _check_dataset(path: str, item: Any, size: int) -> int:
    """Return the bytes that an array takes in memory, when it is plain numbers that the file really holds.

    Raises:
        FileFormatError: it is not.
    """
    dtype = item.dtype
    if dtype.hasobject or dtype.newbyteorder("=").name not in DTYPES:
        raise FileFormatError("an array holds no numbers.", where=path, expected=", ".join(DTYPES), given=dtype)
    if "dtype" in item.attrs:
        raise FileFormatError("this dtype is not supported.", where=path, given="bfloat16",
                              fix="save the model with float32 weights")  # fmt: skip
    if item.external:
        raise FileFormatError("an array lies in another file.", where=path, fix="do not trust this file")
    if item.is_virtual:
        raise FileFormatError("an array is put together from other files.", where=path, fix="do not trust this file")
    if item.shape is None:
        raise FileFormatError("an array has no shape.", where=path)
    settings = item.id.get_create_plist()
    filters = [settings.get_filter(index) for index in range(settings.get_nfilters())]
    unknown = [one for one in filters if one[0] not in _FILTERS]
    if unknown:
        raise FileFormatError("an array is packed with another filter.", where=path, expected="gzip, shuffle",
                              given=f"filter {unknown[0][0]}")  # fmt: skip
    needed, stored = math.prod(item.shape) * dtype.itemsize, item.id.get_storage_size()
    packed = any(one[0] == 1 for one in filters)
    chunk = math.prod(item.chunks or ()) * dtype.itemsize
    if stored > size or needed > (max(FLOOR, EXPANSION * stored) if packed else stored) or (needed and not stored):
        raise FileFormatError(
            "an array claims to be larger than what the file holds of it.",
            where=path,
            expected=f"about {stored} bytes",
            given=f"{needed} bytes for shape {tuple(item.shape)}",
        )
    if chunk > max(FLOOR, 2 * needed):
        raise FileFormatError("an array is stored in pieces far larger than itself.", where=path,
                              expected=f"at most {max(FLOOR, 2 * needed)} bytes", given=chunk)  # fmt: skip
    return needed


def _text(h5py: Any, item: Any, name: str, path: str, rest: int) -> Any:
    """Return an attribute as text or a list of texts; `rest` is what the file has besides its arrays, in bytes."""
    settings = item.attrs.get_id(name)
    count, where = math.prod(settings.shape or ()), f"{path or '/'}, {name}"
    if count == 0:
        return []
    if settings.dtype.kind != "S" and h5py.check_string_dtype(settings.dtype) is None:
        raise FileFormatError("an attribute holds no text.", where=where, given=settings.dtype)
    # texts of variable length may all point at the same bytes, so each could be all that the file has
    if settings.get_storage_size() > MAX_TEXT or count * rest > MAX_TEXTS:
        raise FileFormatError("an attribute is too large.", where=where, expected=f"at most {MAX_TEXT} bytes",
                              given=f"{count} texts in {rest} bytes")  # fmt: skip
    value = item.attrs[name]
    return [_decoded(one) for one in value.ravel()] if isinstance(value, np.ndarray) else _decoded(value)


def _decoded(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]


def _h5py() -> Any:
    return require("h5py", "keras", "files in Keras's formats")
