"""Files from the network, kept in the cache, checked by their hash, and unpacked."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from onionskin.base import config
from onionskin.base.errors import ArgumentError, FileFormatError
from onionskin.datasets.download import fetch_url
from onionskin.utils import archives

_LENGTHS = {32: "md5", 64: "sha256"}


def get_file(
    fname: str | os.PathLike[str] | None = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: Any = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
    force_download: bool = False,
) -> str:
    """Return the path of a file, downloading it where it is not in the cache yet.

    What is downloaded is put in place only when it is whole and its hash is right; what an archive holds, only
    when all of it is unpacked and nothing lies outside, is a link or a bomb.

    Args:
        fname: its name in the cache; the last part of the URL where None. For an archive, the name of the
            folder that it is unpacked to.
        origin: its URL.
        untar: old name of `extract` for tar files.
        md5_hash: old name of `file_hash`.
        file_hash: hexadecimal digest that the file must have.
        cache_subdir: folder within the cache; an absolute path is taken as it is.
        hash_algorithm: "md5", "sha256", or "auto" to tell by the length of the digest.
        extract: unpack the file and return the folder.
        archive_format: "tar", "zip", a list of them, or "auto" for both.
        cache_dir: the cache; ONIONSKIN_HOME or the user's cache folder where None.
        force_download: download it also where it is there.

    Returns:
        Path of the file, or of the folder it was unpacked to.

    Raises:
        ArgumentError: there is no URL, or a name or hash cannot be used.
        DownloadError: it was not delivered, or has another hash.
        FileFormatError: it is no archive, or one that could do harm.

    Example:
        >>> import pathlib
        >>> _ = pathlib.Path("notes.txt").write_text("skin")
        >>> path = get_file("copy.txt", pathlib.Path("notes.txt").resolve().as_uri(), cache_dir="cache")
        >>> pathlib.Path(path).read_text()
        'skin'
    """
    if not origin:
        raise ArgumentError("there is nothing to download.", where="get_file", expected="origin, a URL", given="none")
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    digest = None if file_hash is None else _Digest(file_hash, hash_algorithm)
    folder = Path(config.cache_dir() if cache_dir is None else cache_dir).expanduser() / cache_subdir
    name = _name(fname, origin)
    unpacked = extract or untar
    target, inner = (folder / name), folder / name
    if unpacked and fname and "." in name:
        inner = folder / f"{name.partition('.')[0]}_extracted"
    elif unpacked:
        target = folder / f"{name}_archive"
    fresh = force_download or not target.is_file() or (digest is not None and not digest.fits(target))
    if fresh:
        fetch_url(origin, target, None if digest is None else digest.check)
    if not unpacked:
        return str(target)
    if fresh or not inner.is_dir():
        archives.extract(target, inner, ("tar",) if untar else _formats(archive_format))
    return str(inner)


def _formats(given: Any) -> tuple[str, ...]:
    if given == "auto":
        return archives.FORMATS
    return () if given is None else (given,) if isinstance(given, str) else tuple(given)


def _name(fname: Any, origin: str) -> str:
    name = os.fspath(fname) if fname else Path(unquote(urlsplit(origin).path)).name
    if not name or name in (".", ".."):
        raise ArgumentError(
            "the URL ends in no name for the file.", where="get_file", given=repr(origin), fix="give fname"
        )
    if "/" in name or os.sep in name or "\0" in name:
        raise ArgumentError(
            "the name of the file is a path.",
            where="get_file",
            expected="a name without folders",
            given=repr(name),
            fix="name the folder by cache_dir and cache_subdir",
        )
    return name


class _Digest:
    """The digest that a file must have."""

    def __init__(self, text: str, algorithm: str) -> None:
        self.text = str(text).lower()
        self.algorithm = _LENGTHS.get(len(self.text), "") if algorithm == "auto" else algorithm
        if self.algorithm not in _LENGTHS.values() or set(self.text) - set("0123456789abcdef"):
            raise ArgumentError(
                "this hash cannot be checked.",
                where="get_file",
                expected="32 (md5) or 64 (sha256) hexadecimal digits",
                given=f"{text!r}, hash_algorithm={algorithm!r}",
            )

    def of(self, path: Path) -> str:
        """Return the digest of a file."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.new(self.algorithm, usedforsecurity=False))
        return digest.hexdigest()

    def fits(self, path: Path) -> bool:
        """Tell whether a file has this digest."""
        return self.of(path) == self.text

    def check(self, path: Path) -> None:
        """Check that a file has this digest.

        Raises:
            FileFormatError: it has another.
        """
        found = self.of(path)
        if found != self.text:
            raise FileFormatError(f"its {self.algorithm} hash is wrong.", expected=self.text, given=found)
