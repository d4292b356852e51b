"""MNIST from real files, and the order of places: ONIONSKIN_DATA, the cache, the network."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest
from datasets_help import NAMES, Server, idx_bytes, small_arrays, small_source

from onionskin.base.errors import DataError, DownloadError, FileFormatError
from onionskin.datasets import fashion_mnist, load_mnist, mnist, sources, store
from onionskin.datasets.sources import Source


def put(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


def check(loaded: store.Split) -> None:
    for ours, theirs in zip((*loaded[0], *loaded[1]), small_arrays(), strict=True):
        np.testing.assert_array_equal(ours, theirs, strict=True)


def test_real_mnist(real_data: Path) -> None:
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    assert [a.shape for a in (x_train, y_train, x_test, y_test)] == [
        (60000, 28, 28),
        (60000,),
        (10000, 28, 28),
        (10000,),
    ]
    assert {a.dtype for a in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}
    # the published bytes, reached by another road than the reader's
    for array, file in zip((x_train, y_train, x_test, y_test), sources.MNIST.files, strict=True):
        assert hashlib.md5(idx_bytes(array)).hexdigest() == file.md5
    np.testing.assert_array_equal(y_train[:10], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])  # as in every book
    np.testing.assert_array_equal(np.bincount(y_test), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    np.testing.assert_allclose(x_train.mean() / 255, 0.1307, atol=5e-5)  # the constants that PyTorch users know
    np.testing.assert_allclose(x_train.std() / 255, 0.3081, atol=5e-5)


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("flatten", [True, False])
@pytest.mark.parametrize("one_hot", [True, False])
def test_load_mnist_forms(monkeypatch: pytest.MonkeyPatch, normalize: bool, flatten: bool, one_hot: bool) -> None:
    images, labels, *rest = small_arrays()
    monkeypatch.setattr(mnist, "load_data", lambda progress: ((images, labels), tuple(rest)))
    (x, t), (x_test, _) = load_mnist(normalize=normalize, flatten=flatten, one_hot_label=one_hot)
    shape = (6, 6) if flatten else (6, 1, 3, 2)
    want = images.reshape(shape) / np.float32(255) if normalize else images.reshape(shape)
    np.testing.assert_array_equal(x, want, strict=True)
    assert x_test.shape == (4, *shape[1:])
    if one_hot:
        assert t.shape == (6, 10) and t.dtype == np.float32
        np.testing.assert_array_equal(t.argmax(axis=1), labels)
        np.testing.assert_array_equal(t.sum(axis=1), 1)
    else:
        np.testing.assert_array_equal(t, labels, strict=True)


def test_load_mnist_as_the_book_uses_it(real_data: Path) -> None:
    (x_train, t_train), (x_test, t_test) = load_mnist(flatten=True, normalize=False)
    assert [a.shape for a in (x_train, t_train, x_test, t_test)] == [(60000, 784), (60000,), (10000, 784), (10000,)]
    assert x_train.dtype == np.uint8 and t_train[0] == 5


def test_keras_npz(tmp_path: Path) -> None:
    arrays = dict(zip(("x_train", "y_train", "x_test", "y_test"), small_arrays(), strict=True))
    np.savez_compressed(tmp_path / "mine.npz", **arrays)
    check(mnist.load_data(tmp_path / "mine.npz"))


def test_npz_without_the_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "f.npz", x_train=np.zeros(3), other=np.zeros(3))
    with pytest.raises(DataError) as caught:
        mnist.load_data(tmp_path / "f.npz")
    assert str(caught.value) == (
        f"{tmp_path / 'f.npz'}: this .npz file lacks arrays of an image data set.\n"
        "  expected: x_train, y_train, x_test, y_test\n"
        "  given:    x_train, other"
    )


def test_npz_with_wrong_arrays(tmp_path: Path) -> None:
    x, y, x_test, y_test = small_arrays()
    path = tmp_path / "f.npz"
    np.savez(path, x_train=x, y_train=y[1:], x_test=x_test, y_test=y_test)
    with pytest.raises(DataError) as caught:
        mnist.load_data(path)
    assert str(caught.value) == (
        f"{path}, array 'y_train': images and labels do not belong together: their counts differ.\n"
        f"  expected: 6 labels, one for each image of {path}, array 'x_train'\n"
        "  given:    5 labels"
    )


@pytest.mark.parametrize("folder", ["", "tiny", "also"])
@pytest.mark.parametrize("form", ["packed", "plain", "dotted"])
def test_places_in_onionskin_data(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, form: str
) -> None:
    plain, packed = small_source()
    source = Source("tiny", "Tiny", plain.files, (), ("also",))
    files = packed
    if form != "packed":
        files = {name.removesuffix(".gz"): gzip.decompress(data) for name, data in packed.items()}
    if form == "dotted":
        files = {name.replace("-idx", ".idx"): data for name, data in files.items()}
    put(tmp_path / "data" / folder, files)
    monkeypatch.setenv("ONIONSKIN_DATA", str(tmp_path / "data"))
    assert store.is_here(source)
    check(store.load(source))
    assert not cache.exists()


def test_wrong_file_in_onionskin_data_is_named(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, packed = small_source()
    raw = bytearray(gzip.decompress(packed[f"{NAMES[1]}.gz"]))
    file = source.files[1]
    monkeypatch.setenv("ONIONSKIN_DATA", str(tmp_path))
    put(tmp_path, packed)
    path = tmp_path / f"{NAMES[1]}.gz"
    raw[-1] ^= 1
    for data, given in [
        (bytes(raw), f"MD5 {hashlib.md5(raw).hexdigest()}"),
        (bytes(raw[:-1]), "13 bytes"),
        (bytes(raw) + bytes(100_000_000), "more than 14 bytes"),
    ]:
        path.write_bytes(gzip.compress(data, 1))
        with pytest.raises(DataError) as caught:
            store.load(source)
        assert str(caught.value) == (
            f"{path}: this is not the published file, or it is damaged.\n"
            f"  expected: 14 unpacked bytes with MD5 {file.md5}\n"
            f"  given:    {given}\n"
            "  to fix:   replace the file, or remove it so that it is downloaded"
        )
    path.unlink()
    path.mkdir()
    with pytest.raises(FileFormatError) as folder:
        store.load(source)
    assert str(folder.value) == f"{path}: this is a folder, not a file.\n  to fix:   name a file inside it"


def test_onionskin_data_that_is_not_there(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONIONSKIN_DATA", "/no/such/folder")
    with pytest.raises(DataError) as caught:
        mnist.load_data()
    assert str(caught.value) == (
        "ONIONSKIN_DATA: the folder that ONIONSKIN_DATA names is not there.\n"
        "  given:    /no/such/folder\n"
        "  to fix:   create it, name another, or unset ONIONSKIN_DATA"
    )


def test_flat_files_of_the_other_data_set_are_passed_over(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # MNIST and Fashion-MNIST call their files alike; a flat folder of one is no fault of the other
    tiny, packed = small_source(name="mnist")
    other = Source("fashion-mnist", "Fashion-MNIST", sources.FASHION_MNIST.files, ())
    monkeypatch.setattr(store, "_SHARED_NAMES", (tiny, other))
    monkeypatch.setattr(fashion_mnist, "FASHION_MNIST", other)
    monkeypatch.setenv("ONIONSKIN_DATA", str(tmp_path / "data"))
    put(tmp_path / "data", packed)
    with pytest.raises(DownloadError):
        fashion_mnist.load_data()
    put(tmp_path / "data" / "fashion-mnist", packed)  # but in its own folder it is
    with pytest.raises(DataError) as caught:
        fashion_mnist.load_data()
    assert str(caught.value).startswith(
        f"{tmp_path / 'data' / 'fashion-mnist' / NAMES[0]}.gz: this is not the published"
    )


def test_data_sets_call_their_loaders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "load", lambda source, progress: (source.name, progress))
    assert mnist.load_data(progress=print) == ("mnist", print)
    assert mnist.load_data("mnist.npz") == ("mnist", None)
    assert fashion_mnist.load_data() == ("fashion-mnist", None)


def test_cache_is_read_without_the_network(cache: Path, server: Server) -> None:
    source, packed = small_source(f"{server.url}/m/")
    put(cache / "tiny", packed)
    check(store.load(source))
    assert server.asked == []


@pytest.mark.parametrize("damage", [b"", b"\x1f\x8bgarbage", gzip.compress(b"other", mtime=0)])
def test_damaged_cache_is_downloaded_again(cache: Path, server: Server, damage: bytes) -> None:
    source, packed = small_source(f"{server.url}/m/")
    server.serve("m", packed)
    put(cache / "tiny", {**packed, f"{NAMES[2]}.gz": damage})
    check(store.load(source, lambda done, total: None))
    assert server.asked == [f"/m/{NAMES[2]}.gz"]
    assert (cache / "tiny" / f"{NAMES[2]}.gz").read_bytes() == packed[f"{NAMES[2]}.gz"]
