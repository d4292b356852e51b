"""The catalogue, the bundled digits, the split, and the cheap door of the package."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest

from onionskin import datasets
from onionskin.base import errors
from onionskin.base.errors import ArgumentError, MissingExtraError, UnknownNameError
from onionskin.datasets import digits, listing
from onionskin.datasets.split import split


@pytest.mark.parametrize("name", ["font-shade", "digits"])
def test_entries_that_need_no_download(cache: Path, name: str) -> None:
    entry = datasets.get(name)
    loaded = entry.load(seed=3)
    assert entry.available()
    assert loaded.x_train.shape == (entry.train_size, *entry.sample_shape)
    assert loaded.x_test.shape == (entry.test_size, *entry.sample_shape)
    assert loaded.y_train.shape == (entry.train_size,) and loaded.y_test.shape == (entry.test_size,)
    assert loaded.x_train.max() == entry.divisor == loaded.divisor
    np.testing.assert_array_equal(np.unique(loaded.y_train), np.arange(entry.classes))
    assert loaded.class_names == entry.class_names
    assert entry.load(seed=3).x_train.tobytes() == loaded.x_train.tobytes() != entry.load(seed=4).x_train.tobytes()


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_entries_of_images(real_data: Path, name: str) -> None:
    entry = datasets.get(name)
    if not entry.available():
        pytest.skip(f"{name} is not in ONIONSKIN_DATA")
    loaded = entry.load()
    assert loaded.x_train.shape == (entry.train_size, *entry.sample_shape)
    assert loaded.x_test.shape == (entry.test_size, *entry.sample_shape)
    assert loaded.x_train.max() == entry.divisor
    np.testing.assert_array_equal(np.unique(loaded.y_test), np.arange(entry.classes))


def test_nothing_is_here_in_an_empty_cache(cache: Path) -> None:
    assert [entry.available() for entry in datasets.catalogue()] == [True, True, False, False]


def test_entries_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        datasets.get("mnist").name = "x"  # type: ignore[misc]


@pytest.mark.parametrize("name", ["font_shade", "Font-Shade", " FONT-SHADE "])
def test_names_are_forgiving(name: str) -> None:
    assert datasets.get(name).name == "font-shade"


def test_unknown_name() -> None:
    with pytest.raises(UnknownNameError) as caught:
        datasets.get("minst")
    assert str(caught.value) == (
        "there is no data set of this name.\n"
        "  given:    'minst'\n"
        "  to fix:   did you mean 'mnist'? Known: digits, fashion-mnist, font-shade, mnist"
    )


def test_font_shade_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("RED,GREEN,BLUE,LIGHT_OR_DARK_FONT_IND\n0,0,0,0\n255,255,255,1\n1,2,3,0\n")
    assert len(datasets.get("font-shade").load(path).x_train) == 2


def test_fashion_mnist_from_a_file(tmp_path: Path) -> None:
    x, y = np.zeros((3, 2, 2), np.uint8), np.array([0, 9, 1], np.uint8)
    np.savez(tmp_path / "f.npz", x_train=x, y_train=y, x_test=x[:1], y_test=y[:1])
    loaded = datasets.get("fashion-mnist").load(tmp_path / "f.npz")
    assert [loaded.class_names[label] for label in loaded.y_train] == ["T-shirt/top", "Ankle boot", "Trouser"]


def test_digits_from_a_file() -> None:
    with pytest.raises(ArgumentError) as caught:
        datasets.get("digits").load("d.csv")
    assert str(caught.value) == (
        "path: digits is not read from a file.\n  given:    d.csv\n  to fix:   leave the path out"
    )


def test_digits_are_scikit_learns() -> None:
    theirs = pytest.importorskip("sklearn.datasets").load_digits()
    (x_train, y_train), (x_test, y_test) = digits.load_data(test_split=0.25, seed=1)
    assert (x_train.dtype, y_train.dtype, x_test.shape) == (np.uint8, np.int64, (450, 8, 8))
    ours = {(x.tobytes(), int(y)) for x, y in zip([*x_train, *x_test], [*y_train, *y_test], strict=True)}
    assert ours == {(x.astype(np.uint8).tobytes(), int(y)) for x, y in zip(theirs.images, theirs.target, strict=True)}


def test_digits_without_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(MissingExtraError) as caught:
        digits.load_data()
    assert str(caught.value) == (
        "the 8×8 digits need the library 'sklearn', which is not installed.\n"
        "  to fix:   pip install 'onionskin[sklearn]'"
    )
    assert isinstance(caught.value, errors.OnionskinError)
    monkeypatch.setattr(listing.importlib.util, "find_spec", lambda name: None)
    assert not datasets.get("digits").available()


def test_split_keeps_rows_together_and_loses_none() -> None:
    x, y = np.arange(20).reshape(10, 2), np.arange(10)
    (x_train, y_train), (x_test, y_test) = split(x, y, 0.25, 5)
    assert len(y_test) == 3  # 2.5 rounded up
    np.testing.assert_array_equal(x_train[:, 0], 2 * y_train)
    np.testing.assert_array_equal(np.sort(np.concatenate([y_train, y_test])), y)
    assert not np.array_equal(y_train, np.sort(y_train))
    np.testing.assert_array_equal(x_test[:, 1], 2 * y_test + 1)


@pytest.mark.parametrize("part", [0, 1, -0.5, 1.5, float("nan"), 0.95])
def test_split_that_leaves_nothing(part: float) -> None:
    with pytest.raises(ArgumentError) as caught:
        split(np.zeros((10, 1)), np.zeros(10), part, 0)
    assert str(caught.value) == (
        "test_split: the split leaves no row for training or none for the test.\n"
        "  expected: a part between 0 and 1, such as 1/3\n"
        f"  given:    {part} of 10 rows"
    )


def test_door() -> None:
    for name in datasets.__all__:
        assert name in dir(datasets)
        assert getattr(datasets, name) is not None
    assert callable(datasets.catalogue) and callable(datasets.load_mnist)
    with pytest.raises(AttributeError) as caught:
        datasets.cifar  # noqa: B018
    assert str(caught.value) == "module 'onionskin.datasets' has no attribute 'cifar'"


def test_import_loads_nothing_heavy() -> None:
    code = (
        "import sys, numpy; before = set(sys.modules); import onionskin.datasets; "
        "print(sorted(name for name in set(sys.modules) - before if not name.startswith(('onionskin', '__future__'))))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert out.stdout.strip() == "[]"


def test_catalogue_loads_no_network_code() -> None:
    code = "import sys; from onionskin.datasets import catalogue; catalogue(); print('http.client' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert out.stdout.strip() == "False"
