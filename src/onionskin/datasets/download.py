"""Downloading one file from the first mirror that delivers it: checked, whole, and never half in place."""

from __future__ import annotations

import contextlib
import math
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from onionskin.base.errors import DataError, DownloadError, FileFormatError
from onionskin.datasets.bounded import count, plain, reason
from onionskin.datasets.progress import console
from onionskin.datasets.sources import Source, SourceFile

Progress = Callable[[int, int | None], None]
TIMEOUT = 20.0  # seconds without a byte
DEADLINE = 1800.0  # seconds for one file: a mirror that trickles must not hold the user for ever
MOST = 1 << 44  # bytes of a file whose size nobody has told
_CHUNK = 1 << 16
_SLACK = 1 << 16  # a .gz is at most this much larger than what it holds


class _TransferError(Exception):
    """One mirror failed; the reason is its text."""


def fetch(
    source: Source,
    file: SourceFile,
    target: Path,
    verify: Callable[[Path], bytearray],
    progress: Progress | None = None,
) -> bytearray:
    """Download a file from the first mirror that delivers it, verify it, and put it in place.

    It is written beside its place under another name and renamed when it is whole and verified, so
    that no other process ever sees a part of it.

    Args:
        source: the data set, for its mirrors and name.
        file: which file of it.
        target: where to put it.
        verify: takes the path of the downloaded file, returns its unpacked bytes or raises.
        progress: called with the bytes so far and the total, or None where the server does not say;
            a bar on stderr where None.

    Returns:
        What `verify` returned.

    Raises:
        DownloadError: no mirror delivered it, or the folder cannot be written.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
    tried: list[str] = []
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for mirror in source.mirrors:
            url = f"{mirror}{file.name}.gz"
            try:
                _download(url, part, file.size + _SLACK, progress)
                data = verify(part)
            except _TransferError as error:
                tried.append(f"{url}: {error}")
                continue
            except (DataError, FileFormatError) as error:
                tried.append(f"{url}: {_in_short(error)}")
                continue
            os.replace(part, target)
            return data
    except OSError as error:
        raise DownloadError(
            f"{file.name}.gz of {source.title} cannot be stored: {reason(error)}.",
            where=str(target.parent),
            fix="free the folder, or set ONIONSKIN_HOME to one that can be written",
        ) from None
    finally:
        with contextlib.suppress(OSError):  # also where its folder could not be made
            part.unlink(missing_ok=True)
    raise DownloadError(
        f"{file.name}.gz of {source.title} could not be downloaded.",
        given="".join(f"\n    {line}" for line in tried) or "no mirrors",
        fix=f"put the file by hand into {target.parent}, or into a folder that ONIONSKIN_DATA names",
    )


def fetch_url(
    url: str,
    target: Path,
    verify: Callable[[Path], Any] | None = None,
    *,
    limit: int = MOST,
    progress: Progress | None = None,
) -> Any:
    """Download whatever a URL serves, verify it, and put it in place; a file that is there stays until then.

    Args:
        url: http, https, ftp or file.
        target: where to put it.
        verify: takes the path of the downloaded file; raises where it is wrong.
        limit: the most bytes to take.
        progress: as in `fetch`.

    Returns:
        What `verify` returned.

    Raises:
        DownloadError: it was not delivered, was wrong, or cannot be stored.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _download(url, part, limit, progress, deadline=math.inf)
        result = None if verify is None else verify(part)
        os.replace(part, target)
        return result
    except _TransferError as error:
        raise DownloadError(f"{plain(url, 300)} could not be downloaded.", given=str(error)) from None
    except (DataError, FileFormatError) as error:
        raise DownloadError(f"{plain(url, 300)} is not what it should be.", given=_in_short(error)) from None
    except OSError as error:
        raise DownloadError(
            f"{target.name} cannot be stored: {reason(error)}.",
            where=str(target.parent),
            fix="free the folder, or choose another one",
        ) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _in_short(error: DataError | FileFormatError) -> str:
    parts = [
        error.what.rstrip("."),
        *(f"{k} {v}" for k, v in (("expected", error.expected), ("given", error.given)) if v),
    ]
    return "; ".join(parts)


def _download(url: str, part: Path, limit: int, progress: Progress | None, deadline: float | None = None) -> None:
    """Write what a URL serves to a file; raises _TransferError with the reason."""
    import http.client  # heavy to import, and needed by downloads only
    import urllib.error
    import urllib.request

    request = urllib.request.Request(url, headers={"User-Agent": "onionskin", "Accept-Encoding": "identity"})
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        raise _TransferError(plain(" ".join(f"HTTP {error.code} {error.reason}".split()), 200)) from None
    except urllib.error.URLError as error:
        cause = error.reason
        raise _TransferError(_network_reason(cause) if isinstance(cause, BaseException) else str(cause)) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _TransferError(_network_reason(error)) from None
    with response, part.open("wb") as out:
        total = _content_length(response.headers.get("Content-Length"))
        if total is not None and total > limit:
            raise _TransferError(f"the server offers {count(total)} bytes, more than the file can have")
        if progress is not None:
            _copy(response, out, total, limit, progress, deadline)
        else:
            with console(url, total) as shown:
                _copy(response, out, total, limit, shown, deadline)


def _copy(
    response: Any, out: IO[bytes], total: int | None, limit: int, progress: Progress, deadline: float | None
) -> None:
    import http.client

    deadline = DEADLINE if deadline is None else deadline
    done, started = 0, time.monotonic()
    progress(0, total)
    while True:
        try:
            piece = response.read1(_CHUNK)
        except (OSError, http.client.HTTPException) as error:
            raise _TransferError(_network_reason(error)) from None
        if not piece:
            break
        out.write(piece)
        done += len(piece)
        progress(done, total)
        if done > limit:
            raise _TransferError(f"the server sent more than {count(limit)} bytes, more than the file can have")
        if time.monotonic() - started > deadline:
            raise _TransferError(f"not finished after {deadline:g} s ({count(done)} bytes)")
    if total is not None and done < total:
        raise _TransferError(f"cut short after {count(done)} of {count(total)} bytes")


def _content_length(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 20 else None


def _network_reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {TIMEOUT:g} s"
    return reason(error)
