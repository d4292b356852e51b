"""Archives from strangers: what lies outside, links, lies about its size or bursts is refused, and nothing stays."""

import io
import os
import shutil
import stat
import tarfile
import zipfile

import pytest

from onionskin.base.errors import ArgumentError, FileFormatError
from onionskin.utils import archives


def tar_with(*infos):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for info, data in infos:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def tar_entry(name, kind=tarfile.REGTYPE, target="", data=b""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, data


def zip_with(*entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data, mode in entries:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = mode << 16
            packed.writestr(info, data)
    return out.getvalue()


def shortened(data, name):
    """Return a zip file whose directory promises less than a file holds."""
    out = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        start = packed.start_dir
    out[start + 24 : start + 28] = (1).to_bytes(4, "little")
    return bytes(out)


OUTSIDE = "the archive holds a file that lies outside of it."
NEITHER = "the archive holds what is neither a file nor a folder."
FILE = stat.S_IFREG | 0o644
HOSTILE = {
    "tar, above": (tar_with(tar_entry("../evil", data=b"x")), f"{OUTSIDE}\n  given:    '../evil'"),
    "tar, hidden above": (tar_with(tar_entry("a/../../evil", data=b"x")), f"{OUTSIDE}\n  given:    'a/../../evil'"),
    "tar, absolute": (tar_with(tar_entry("/tmp/evil", data=b"x")), f"{OUTSIDE}\n  given:    '/tmp/evil'"),
    "tar, drive": (tar_with(tar_entry("C:evil", data=b"x")), f"{OUTSIDE}\n  given:    'C:evil'"),
    "tar, backslash": (tar_with(tar_entry("..\\evil", data=b"x")), f"{OUTSIDE}\n  given:    '..\\\\evil'"),
    "tar, link": (
        tar_with(tar_entry("l", tarfile.SYMTYPE, "/etc")),
        f"{NEITHER}\n  given:    'l', a link",
    ),
    "tar, hard link": (
        tar_with(tar_entry("l", tarfile.LNKTYPE, "/etc/passwd")),
        f"{NEITHER}\n  given:    'l', a link",
    ),
    "tar, device": (tar_with(tar_entry("d", tarfile.CHRTYPE)), f"{NEITHER}\n  given:    'd', a device"),
    "tar, pipe": (tar_with(tar_entry("p", tarfile.FIFOTYPE)), f"{NEITHER}\n  given:    'p', a device"),
    "tar, twice": (
        tar_with(tar_entry("a", data=b"1"), tar_entry("./a", data=b"2")),
        "the archive holds a file twice.\n  given:    './a'",
    ),
    "zip, above": (zip_with(("../evil", b"x", FILE)), f"{OUTSIDE}\n  given:    '../evil'"),
    "zip, absolute": (zip_with(("/evil", b"x", FILE)), f"{OUTSIDE}\n  given:    '/evil'"),
    "zip, link": (zip_with(("l", b"/etc", stat.S_IFLNK | 0o777)), f"{NEITHER}\n  given:    'l', a link"),
    "zip, device": (zip_with(("d", b"", stat.S_IFCHR)), f"{NEITHER}\n  given:    'd', a device"),
}


def unpack(tmp_path, data, formats=archives.FORMATS):
    path = tmp_path / "packed"
    path.write_bytes(data)
    archives.extract(path, tmp_path / "out" / "set", formats)
    return tmp_path / "out" / "set"


def refused(tmp_path, data, kind=FileFormatError):
    with pytest.raises(kind) as caught:
        unpack(tmp_path, data)
    assert os.listdir(tmp_path) == ["packed"] or not any(files for _, _, files in os.walk(tmp_path / "out"))
    return str(caught.value)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archives(tmp_path, name):
    data, text = HOSTILE[name]
    assert refused(tmp_path, data) == f"{tmp_path}/packed: {text}"
    assert not (tmp_path.parent / "evil").exists()


def test_bombs(tmp_path, monkeypatch):
    data = zip_with(*[(f"{index}", bytes(1 << 20), FILE) for index in range(3)])
    monkeypatch.setattr(archives, "SMALL", 1 << 20)
    monkeypatch.setattr(archives, "RATIO", 10)
    limit = max(1 << 20, 10 * len(data))
    assert refused(tmp_path, data) == (
        f"{tmp_path}/packed: the archive holds more than an honest one of its size can.\n"
        f"  expected: at most {limit:,} bytes\n  given:    3,145,728 bytes"
    )
    monkeypatch.setattr(archives, "MOST_FILES", 2)
    assert refused(tmp_path, data) == (
        f"{tmp_path}/packed: the archive holds too many files.\n  expected: at most 2\n  given:    3"
    )


def test_a_file_longer_than_it_says(tmp_path):
    text = refused(tmp_path, shortened(zip_with(("a", b"abc" * 1000, FILE)), "a"))
    assert text == f"{tmp_path}/packed: the archive is broken.\n  given:    Bad CRC-32 for file 'a'"


@pytest.mark.parametrize("place", range(0, 400, 7))
def test_damaged_archives_are_errors_or_whole(tmp_path, place):
    """Whichever byte is wrong: an error of ours, or the very files."""
    for data in (zip_with(("a/b", b"abc" * 50, FILE)), tar_with(tar_entry("a/b", data=b"abc" * 50))):
        damaged = bytearray(data)
        damaged[place % len(data)] ^= 0x5A
        try:
            folder = unpack(tmp_path, bytes(damaged))
        except FileFormatError:
            assert not (tmp_path / "out" / "set").exists()
        else:  # a date, a name or rights may differ, what a file holds not
            found = [os.path.join(root, name) for root, _, files in os.walk(folder) for name in files]
            for one in found:
                with open(one, "rb") as file:
                    assert file.read() == b"abc" * 50
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        with pytest.raises(FileFormatError):
            unpack(tmp_path, data[: place % len(data)])
        assert not any(names or files for _, names, files in os.walk(tmp_path / "out"))


def test_what_was_there_stays_when_an_archive_is_refused(tmp_path):
    folder = unpack(tmp_path, zip_with(("a", b"old", FILE)))
    with pytest.raises(FileFormatError):
        unpack(tmp_path, HOSTILE["zip, above"][0])
    assert (folder / "a").read_bytes() == b"old"
    unpack(tmp_path, zip_with(("b", b"new", FILE)))
    assert os.listdir(folder) == ["b"]


def test_there_is_no_such_format(tmp_path):
    with pytest.raises(ArgumentError) as caught:
        unpack(tmp_path, b"", ("rar",))
    assert str(caught.value) == ("there is no such archive format.\n  expected: 'tar' or 'zip'\n  given:    'rar'")
