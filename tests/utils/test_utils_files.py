"""get_file against a server on loopback: the cache, hashes, names, failures that leave nothing behind."""

import hashlib
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from onionskin.base.errors import ArgumentError, DownloadError, FileFormatError
from onionskin.utils import get_file

DATA = bytes(range(256)) * 40
SHA, MD5 = hashlib.sha256(DATA).hexdigest(), hashlib.md5(DATA).hexdigest()


def tar_of(files, mode="w:gz"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zip_of(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()


def words(call, kind):
    with pytest.raises(kind) as caught:
        call()
    return str(caught.value)


def test_a_file_is_downloaded_once(server, cache, capsys):
    server.files["/a/data.bin?version=2"] = DATA
    for _ in range(2):
        path = get_file(origin=f"{server.url}/a/data.bin?version=2")
        assert path == str(cache / "data.bin")
        assert Path(path).read_bytes() == DATA
    assert server.asked == ["/a/data.bin?version=2"]
    assert "Downloaded" in capsys.readouterr().err


def test_names_and_folders(server, cache, tmp_path):
    server.files["/x"] = DATA
    assert get_file("other.bin", f"{server.url}/x") == str(cache / "other.bin")
    inner = get_file("n", f"{server.url}/x", cache_dir=tmp_path / "mine", cache_subdir="sub")
    assert inner == str(tmp_path / "mine" / "sub" / "n")
    absolute = get_file("n", f"{server.url}/x", cache_subdir=str(tmp_path / "there"))
    assert absolute == str(tmp_path / "there" / "n")
    assert get_file("copy", (tmp_path / "there" / "n").as_uri()) == str(cache / "copy")


@pytest.mark.parametrize(
    "hashes",
    [{"file_hash": SHA}, {"file_hash": MD5.upper()}, {"md5_hash": MD5}, {"file_hash": SHA, "hash_algorithm": "sha256"}],
)
def test_the_hash_is_checked(server, cache, hashes):
    server.files["/d"] = DATA
    path = get_file("d", f"{server.url}/d", **hashes)
    server.files["/d"] = b"other"
    assert get_file("d", f"{server.url}/d", **hashes) == path
    assert len(server.asked) == 1
    Path(path).write_bytes(b"rotten")
    text = words(lambda: get_file("d", f"{server.url}/d", **hashes), DownloadError)
    kind = "md5" if "md5" in str(hashes) or len(next(iter(hashes.values()))) == 32 else "sha256"
    wanted = SHA if kind == "sha256" else MD5
    found = hashlib.new(kind, b"other").hexdigest()
    assert text == (
        f"{server.url}/d is not what it should be.\n"
        f"  given:    its {kind} hash is wrong; expected {wanted}; given {found}"
    )
    assert Path(path).read_bytes() == b"rotten"  # what was there is left as it was
    server.files["/d"] = DATA
    assert Path(get_file("d", f"{server.url}/d", **hashes)).read_bytes() == DATA


def test_download_again_when_told(server, cache):
    server.files["/d"] = b"old"
    get_file("d", f"{server.url}/d")
    server.files["/d"] = b"new"
    assert Path(get_file("d", f"{server.url}/d", force_download=True)).read_bytes() == b"new"


def test_failures_leave_nothing_behind(server, cache):
    server.files["/cut"] = DATA
    server.cut["/cut"] = 100
    assert words(lambda: get_file("c", f"{server.url}/cut"), DownloadError) == (
        f"{server.url}/cut could not be downloaded.\n  given:    cut short after 100 of 10,240 bytes"
    )
    assert words(lambda: get_file("c", f"{server.url}/none"), DownloadError) == (
        f"{server.url}/none could not be downloaded.\n  given:    HTTP 404 Not Found"
    )
    assert os.listdir(cache) == []


def test_a_folder_that_cannot_be_made(server, tmp_path):
    server.files["/d"] = DATA
    (tmp_path / "file").write_text("")
    text = words(lambda: get_file("d", f"{server.url}/d", cache_dir=tmp_path / "file"), DownloadError)
    assert text == (
        f"{tmp_path}/file/datasets: d cannot be stored: Not a directory.\n"
        "  to fix:   free the folder, or choose another one"
    )


@pytest.mark.parametrize("pack", [tar_of, zip_of])
def test_archives_are_unpacked_once(server, cache, pack):
    files = {"top.txt": b"one", "deep/er/two.bin": DATA, "empty": b""}
    server.files["/set.packed"] = pack(files)
    folder = get_file(origin=f"{server.url}/set.packed", extract=True)
    assert folder == str(cache / "set.packed")
    for name, data in files.items():
        assert Path(os.path.join(folder, name)).read_bytes() == data
    (cache / "set.packed" / "mine").write_text("kept")
    assert get_file(origin=f"{server.url}/set.packed", extract=True) == folder
    assert (cache / "set.packed" / "mine").read_text() == "kept"
    assert len(server.asked) == 1
    get_file(origin=f"{server.url}/set.packed", extract=True, force_download=True)
    assert not (cache / "set.packed" / "mine").exists()
    assert sorted(os.listdir(cache)) == ["set.packed", "set.packed_archive"]


def test_names_of_folders_of_archives(server, cache):
    server.files["/a.tgz"] = tar_of({"f": b"1"})
    assert get_file("set", f"{server.url}/a.tgz", extract=True) == str(cache / "set")
    assert get_file("set.tgz", f"{server.url}/a.tgz", untar=True) == str(cache / "set_extracted")
    assert get_file("b", f"{server.url}/a.tgz", extract=True, archive_format=["tar"]) == str(cache / "b")


def test_an_archive_of_no_known_form(server, cache):
    server.files["/a"] = b"no archive at all"
    for formats, expected in (("auto", "tar or zip"), ("zip", "zip"), (None, "no format was allowed")):
        text = words(
            lambda f=formats: get_file("a", f"{server.url}/a", extract=True, archive_format=f), FileFormatError
        )
        assert text == f"{cache}/a_archive: the file is no archive.\n  expected: {expected}"
    assert os.listdir(cache) == ["a_archive"]


MISTAKES = [
    (
        lambda: get_file("name"),
        "get_file: there is nothing to download.\n  expected: origin, a URL\n  given:    none",
    ),
    (
        lambda: get_file(origin="http://127.0.0.1/"),
        "get_file: the URL ends in no name for the file.\n  given:    'http://127.0.0.1/'\n  to fix:   give fname",
    ),
    (
        lambda: get_file("../up", "http://127.0.0.1/a"),
        "get_file: the name of the file is a path.\n"
        "  expected: a name without folders\n"
        "  given:    '../up'\n"
        "  to fix:   name the folder by cache_dir and cache_subdir",
    ),
    (
        lambda: get_file("a", "http://127.0.0.1/a", file_hash="abc"),
        "get_file: this hash cannot be checked.\n"
        "  expected: 32 (md5) or 64 (sha256) hexadecimal digits\n"
        "  given:    'abc', hash_algorithm='auto'",
    ),
]


@pytest.mark.parametrize(("call", "text"), MISTAKES)
def test_mistakes_are_said(call, text):
    assert words(call, ArgumentError) == text
