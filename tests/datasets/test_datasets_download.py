"""Downloads against a server on loopback: mirrors, damage, time-outs, atomic files, and what the user sees."""

from __future__ import annotations

import gzip
import io
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import pytest
from datasets_help import NAMES, Server, body, small_arrays, small_source

from onionskin.base.errors import DownloadError
from onionskin.datasets import download, progress, sources, store

FIRST = f"{NAMES[0]}.gz"


def quiet(done: int, total: int | None) -> None:
    pass


def check(loaded: store.Split) -> None:
    for ours, theirs in zip((*loaded[0], *loaded[1]), small_arrays(), strict=True):
        np.testing.assert_array_equal(ours, theirs, strict=True)


def failure(server: Server, cache: Path) -> str:
    """The reason that one mirror's first file gives, after checking the frame around it."""
    source, _ = small_source(f"{server.url}/m/")
    with pytest.raises(DownloadError) as caught:
        store.load(source, quiet)
    words = str(caught.value)
    start = f"{FIRST} of Tiny could not be downloaded.\n  given:    \n    {server.url}/m/{FIRST}: "
    end = f"\n  to fix:   put the file by hand into {cache / 'tiny'}, or into a folder that ONIONSKIN_DATA names"
    assert words.startswith(start) and words.endswith(end), words
    assert os.listdir(cache / "tiny") == []
    return words.removeprefix(start).removesuffix(end)


def test_second_mirror_serves_then_the_cache(cache: Path, server: Server) -> None:
    source, packed = small_source(f"{server.url}/gone/", f"{server.url}/m/")
    server.serve("m", packed)
    check(store.load(source, quiet))
    assert server.asked == [f"/{mirror}/{name}.gz" for name in NAMES for mirror in ("gone", "m")]
    assert sorted(os.listdir(cache / "tiny")) == sorted(packed)
    assert all((cache / "tiny" / name).read_bytes() == data for name, data in packed.items())
    server.asked.clear()
    check(store.load(source, quiet))
    assert server.asked == []


def test_unpacked_file_behind_a_packed_name(cache: Path, server: Server) -> None:
    source, packed = small_source(f"{server.url}/m/")
    server.serve("m", {name: gzip.decompress(data) for name, data in packed.items()})
    check(store.load(source, quiet))


def test_every_mirror_is_listed(cache: Path, server: Server) -> None:
    source, packed = small_source(f"{server.url}/a/", f"{server.url}/b/", "http://127.0.0.1:1/")
    server.answers[f"/b/{FIRST}"] = body(packed[FIRST][:20])
    with pytest.raises(DownloadError) as caught:
        store.load(source, quiet)
    assert str(caught.value) == (
        f"{FIRST} of Tiny could not be downloaded.\n"
        "  given:    \n"
        f"    {server.url}/a/{FIRST}: HTTP 404 Not Found\n"
        f"    {server.url}/b/{FIRST}: the gzip data is cut short\n"
        f"    http://127.0.0.1:1/{FIRST}: Connection refused\n"
        f"  to fix:   put the file by hand into {cache / 'tiny'}, or into a folder that ONIONSKIN_DATA names"
    )
    assert isinstance(caught.value, OSError)


def test_no_mirrors(cache: Path) -> None:
    source, _ = small_source()
    with pytest.raises(DownloadError) as caught:
        store.load(source, quiet)
    assert str(caught.value).splitlines()[1] == "  given:    no mirrors"


def test_truncated_body(cache: Path, server: Server) -> None:
    _, packed = small_source()
    size = len(packed[FIRST])
    server.answers[f"/m/{FIRST}"] = body(packed[FIRST][:30], length=size)
    assert failure(server, cache) == f"cut short after 30 of {size} bytes"


def test_wrong_checksum(cache: Path, server: Server) -> None:
    source, packed = small_source()
    other = bytearray(gzip.decompress(packed[FIRST]))
    other[-1] ^= 1
    server.answers[f"/m/{FIRST}"] = body(gzip.compress(bytes(other)))
    words = failure(server, cache)
    assert words.startswith(
        "this is not the published file, or it is damaged; "
        f"expected 52 unpacked bytes with MD5 {source.files[0].md5}; given MD5 "
    )


def test_login_page_instead_of_the_file(cache: Path, server: Server) -> None:
    server.answers[f"/m/{FIRST}"] = body(b"<html>log in first</html>")
    assert failure(server, cache).endswith("; given 25 bytes")


def test_gzip_bomb(cache: Path, server: Server) -> None:
    server.answers[f"/m/{FIRST}"] = body(gzip.compress(bytes(50_000_000), 9))
    assert failure(server, cache).endswith("; given more than 52 bytes")


def test_too_large_by_its_own_word_and_in_fact(cache: Path, server: Server) -> None:
    server.answers[f"/m/{FIRST}"] = body(b"", length=10**12)
    assert failure(server, cache) == "the server offers 1,000,000,000,000 bytes, more than the file can have"
    server.answers[f"/m/{FIRST}"] = body(bytes(1_000_000), length=None)
    assert failure(server, cache) == "the server sent more than 65,588 bytes, more than the file can have"


def test_strange_content_length_is_no_length(cache: Path, server: Server) -> None:
    source, packed = small_source(f"{server.url}/m/")
    server.serve("m", packed)

    def odd(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "many")
        handler.end_headers()
        handler.wfile.write(packed[FIRST])

    server.answers[f"/m/{FIRST}"] = odd
    totals: list[int | None] = []
    check(store.load(source, lambda done, total: totals.append(total)))
    assert totals[0] is None and None not in totals[-2:]


def test_time_out(cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "TIMEOUT", 0.2)
    _, packed = small_source()
    server.answers[f"/m/{FIRST}"] = body(packed[FIRST], pause=0.7)
    assert failure(server, cache) == "no answer within 0.2 s"


def test_no_answer_at_all(cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "TIMEOUT", 0.2)
    release = threading.Event()
    server.answers[f"/m/{FIRST}"] = lambda handler: (release.wait(2), None)[1]
    try:
        assert failure(server, cache) == "no answer within 0.2 s"
    finally:
        release.set()


def test_server_that_trickles(cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "DEADLINE", -1.0)
    server.answers[f"/m/{FIRST}"] = body(b"12345")
    assert failure(server, cache) == "not finished after -1 s (5 bytes)"


def test_answer_that_is_no_http(cache: Path, server: Server) -> None:
    server.answers[f"/m/{FIRST}"] = lambda handler: handler.wfile.write(b"hello\r\n\r\n") and None
    assert failure(server, cache) == "hello"


def test_control_characters_of_a_server_never_reach_the_terminal(cache: Path, server: Server) -> None:
    server.answers[f"/m/{FIRST}"] = lambda handler: handler.send_error(500, "oh\x1b[2J")
    assert failure(server, cache) == "HTTP 500 oh\\x1b[2J"


def test_endless_redirect(cache: Path, server: Server) -> None:
    def again(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", handler.path)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.answers[f"/m/{FIRST}"] = again
    words = failure(server, cache)
    assert words.startswith("HTTP 302 The HTTP server returned a redirect error") and "\n" not in words, words


def test_cache_that_cannot_be_written(cache: Path, server: Server, tmp_path: Path) -> None:
    source, packed = small_source(f"{server.url}/m/")
    server.serve("m", packed)
    (tmp_path / "home").write_text("a file where the folder should be")
    with pytest.raises(DownloadError) as caught:
        store.load(source, quiet)
    assert str(caught.value) == (
        f"{cache / 'tiny'}: {FIRST} of Tiny cannot be stored: Not a directory.\n"
        "  to fix:   free the folder, or set ONIONSKIN_HOME to one that can be written"
    )


def test_ctrl_c_leaves_no_part_behind(cache: Path, server: Server) -> None:
    source, packed = small_source(f"{server.url}/m/")
    server.serve("m", packed)

    def interrupt(done: int, total: int | None) -> None:
        if done:
            assert [name.endswith(".part") for name in os.listdir(cache / "tiny")] == [True]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.load(source, interrupt)
    assert os.listdir(cache / "tiny") == []


def test_two_at_once_both_succeed(cache: Path, server: Server) -> None:
    source, packed = small_source(f"{server.url}/m/")
    server.serve("m", packed)
    loaded: list[store.Split] = []
    threads = [threading.Thread(target=lambda: loaded.append(store.load(source, quiet))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(loaded) == 4
    for one in loaded:
        check(one)
    assert sorted(os.listdir(cache / "tiny")) == sorted(packed)


def test_progress_hook_sees_every_byte(cache: Path, server: Server) -> None:
    source, packed = small_source(f"{server.url}/m/")
    server.serve("m", packed)
    seen: list[tuple[int, int | None]] = []
    store.load(source, lambda done, total: seen.append((done, total)))
    sizes = [len(packed[f"{name}.gz"]) for name in NAMES]
    assert [entry for entry in seen if entry[0] == 0] == [(0, size) for size in sizes]
    assert [entry[0] for entry in seen if entry[0] == entry[1]] == sizes


def test_lines_where_there_is_no_terminal(cache: Path, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    source, packed = small_source(f"{server.url}/m/")
    server.serve("m", packed)
    store.load(source)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines() == [
        line
        for name in NAMES
        for line in (
            f"Downloading {server.url}/m/{name}.gz ({len(packed[f'{name}.gz'])} bytes)",
            f"Downloaded {name}.gz ({len(packed[f'{name}.gz'])} bytes)",
        )
    ]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_bar_is_redrawn_at_most_ten_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(np.arange(0, 1.0, 0.001))
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress.time, "monotonic", lambda: float(next(clock)))
    with progress.console("http://x/file.gz", 1_000_000) as show:
        for step in range(1000):  # one second
            show(step * 1001, 1_000_000)
    first, *bars = terminal.getvalue().split("\r")
    assert first == "Downloading http://x/file.gz (1.0 MB)\n"
    assert 9 <= len(bars) <= 11, len(bars)
    assert bars[0] == "[" + " " * 30 + "]   0% of 1.0 MB"
    assert bars[-1] == "[" + "=" * 29 + " ] 100% of 1.0 MB\n"


def test_bar_without_a_total(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress.console("http://x/file.gz", None) as show:
        show(2_000_000, None)
    assert terminal.getvalue() == "Downloading http://x/file.gz\n\r2.0 MB\r2.0 MB\n"


def _interrupted_download() -> None:
    with progress.console("http://x/f.gz", 10) as show:
        show(5, 10)
        raise KeyboardInterrupt


def test_line_is_ended_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, plain = Terminal(), io.StringIO()
    for stream in (terminal, plain):
        monkeypatch.setattr(sys, "stderr", stream)
        with pytest.raises(KeyboardInterrupt):
            _interrupted_download()
    assert terminal.getvalue().endswith(" 50% of 10 bytes\n")
    assert plain.getvalue() == "Downloading http://x/f.gz (10 bytes)\n"


def test_program_without_a_console(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    with progress.console("http://x/f.gz", 10) as show:
        show(5, 10)


def test_published_facts() -> None:
    for source in (sources.MNIST, sources.FASHION_MNIST):
        assert [file.size for file in source.files] == [47_040_016, 60_008, 7_840_016, 10_008]
        assert all(mirror.endswith("/") and mirror.startswith("http") for mirror in source.mirrors)
        assert source.mirrors[0].startswith("https://")
        assert len({file.md5 for file in source.files}) == 4
