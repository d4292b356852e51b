"""Unpacking zip and tar files from strangers: nothing outside the folder, no links, no devices, no bombs."""

from __future__ import annotations

import contextlib
import lzma
import os
import secrets
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Any, NamedTuple

from onionskin.base.errors import ArgumentError, FileFormatError, OnionskinError

RATIO = 1100  # deflate packs at most 1032 to 1; more is a bomb
SMALL = 1 << 24  # bytes that any archive may hold
MOST_FILES = 2_000_000
FORMATS = ("tar", "zip")
_CHUNK = 1 << 18
# what the libraries say of data that is not what it should be; gzip's and bzip2's are OSErrors without a number
_BROKEN = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError,
    OSError, ValueError,
)  # fmt: skip


class Member(NamedTuple):
    """A file or folder of an archive."""

    name: str
    size: int
    folder: bool
    inner: Any


def extract(path: Path, folder: Path, formats: tuple[str, ...] = FORMATS) -> None:
    """Unpack an archive into a folder, whole or not at all; a folder of this name is replaced.

    Args:
        path: a zip or tar file, the latter perhaps packed by gzip, bzip2 or xz.
        folder: where to put what it holds.
        formats: which of "tar" and "zip" to try.

    Raises:
        ArgumentError: there is no such format.
        FileFormatError: it is no such archive, is broken, or holds what could do harm.
    """
    for name in formats:
        if name not in FORMATS:
            raise ArgumentError("there is no such archive format.", expected="'tar' or 'zip'", given=repr(name))
    part = folder.with_name(f".{folder.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
    try:
        with _opened(path, formats) as (members, read):
            _check(path, members)
            _write(path, part, members, read)
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(part, folder)
    except OnionskinError:
        raise
    except _BROKEN as error:
        if isinstance(error, OSError) and error.errno is not None:  # the disk's, not the archive's
            raise
        raise FileFormatError("the archive is broken.", where=str(path), given=str(error) or "its end") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


@contextlib.contextmanager
def _opened(path: Path, formats: tuple[str, ...]) -> Iterator[tuple[list[Member], Any]]:
    """Open an archive of one of these formats; gives its members and a function that opens one of them."""
    if "tar" in formats and tarfile.is_tarfile(path):
        with tarfile.open(path) as tar:
            members = [_tar_member(path, one) for one in tar]
            _check_end(tar)
            yield members, lambda member: tar.extractfile(member.inner)
    elif "zip" in formats and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            yield [_zip_member(path, one) for one in packed.infolist()], lambda member: packed.open(member.inner)
    else:
        raise FileFormatError(
            "the file is no archive.", where=str(path), expected=" or ".join(formats) or "no format was allowed"
        )


def _check_end(tar: tarfile.TarFile) -> None:
    """Read a tar file to its end: tarfile takes a broken entry behind the first for the end, and no notice of a cut."""
    stream: Any = tar.fileobj
    stream.seek(tar.offset)
    rest = stream.read(tarfile.BLOCKSIZE)
    if len(rest) < tarfile.BLOCKSIZE or any(rest):
        raise tarfile.ReadError("it ends in the middle")
    while stream.read(_CHUNK):
        pass


def _tar_member(path: Path, info: tarfile.TarInfo) -> Member:
    if not (info.isreg() or info.isdir()):
        kind = "a link" if info.issym() or info.islnk() else "a device"
        raise FileFormatError(
            "the archive holds what is neither a file nor a folder.",
            where=str(path),
            given=f"{info.name!a}, {kind}",
        )
    return Member(info.name, info.size if info.isreg() else 0, info.isdir(), info)


def _zip_member(path: Path, info: zipfile.ZipInfo) -> Member:
    mode = info.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        kind = "a link" if stat.S_ISLNK(mode) else "a device"
        raise FileFormatError(
            "the archive holds what is neither a file nor a folder.",
            where=str(path),
            given=f"{info.filename!a}, {kind}",
        )
    return Member(info.filename, info.file_size, info.is_dir(), info)


def _parts(path: Path, name: str) -> tuple[str, ...]:
    """Return the folders and the name of a member.

    Raises:
        FileFormatError: it would lie outside the folder.
    """
    parts = tuple(part for part in PurePosixPath(name).parts if part != ".")
    windows = PureWindowsPath(name)
    if name.startswith("/") or windows.drive or windows.root or "\\" in name or ".." in parts or "\0" in name:
        raise FileFormatError("the archive holds a file that lies outside of it.", where=str(path), given=ascii(name))
    return parts


def _check(path: Path, members: list[Member]) -> None:
    total, limit = sum(one.size for one in members), max(SMALL, RATIO * path.stat().st_size)
    if len(members) > MOST_FILES:
        raise FileFormatError(
            "the archive holds too many files.",
            where=str(path),
            expected=f"at most {MOST_FILES:,}",
            given=f"{len(members):,}",
        )
    if total > limit:
        raise FileFormatError(
            "the archive holds more than an honest one of its size can.",
            where=str(path),
            expected=f"at most {limit:,} bytes",
            given=f"{total:,} bytes",
        )
    seen: set[tuple[str, ...]] = set()
    for one in members:
        parts = _parts(path, one.name)
        if parts in seen and not one.folder:
            raise FileFormatError("the archive holds a file twice.", where=str(path), given=ascii(one.name))
        seen.add(parts)


def _write(path: Path, folder: Path, members: list[Member], read: Any) -> None:
    folder.mkdir(parents=True)
    for one in members:
        target = folder.joinpath(*_parts(path, one.name))
        if one.folder:
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with read(one) as source, target.open("xb") as out:
            _copy(path, one, source, out)


def _copy(path: Path, member: Member, source: IO[bytes], out: IO[bytes]) -> None:
    """Copy a member, which may hold more than it promised."""
    left = member.size
    while piece := source.read(_CHUNK):
        left -= len(piece)
        if left < 0:
            raise FileFormatError(
                "a file of the archive is longer than the archive says.",
                where=str(path),
                expected=f"{member.size:,} bytes",
                given=ascii(member.name),
            )
        out.write(piece)
