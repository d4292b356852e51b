"""The catalogue: what each data set is, where it comes from, and one way to load any of them."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from onionskin.base.errors import ArgumentError, UnknownNameError, suggest
from onionskin.datasets import digits, fashion_mnist, font_shade, mnist, store
from onionskin.datasets.bounded import StrPath
from onionskin.datasets.download import Progress
from onionskin.datasets.sources import FASHION_MNIST, MNIST, Source


@dataclass(frozen=True, slots=True)
class Loaded:
    """A data set in memory.

    Args:
        name: its name in the catalogue.
        x_train: inputs, (n, …).
        y_train: labels, (n,): positions in `class_names`.
        x_test: inputs, (m, …).
        y_test: labels, (m,).
        class_names: what the labels mean.
        divisor: what inputs are divided by to come to 0 … 1.
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple[str, ...]
    divisor: float


@dataclass(frozen=True, slots=True)
class Dataset:
    """An entry of the catalogue.

    Args:
        name: what `get` and the command line call it.
        description: one line.
        sample_shape: shape of one input.
        class_names: what the labels mean, in their order.
        divisor: what inputs are divided by to come to 0 … 1.
        train_size: how many training samples.
        test_size: how many test samples.
        origin: where it comes from when it is not here yet.
        download_bytes: how many bytes that takes, 0 where nothing is downloaded.
        licence: the licence of the data.
        file_kind: what kind of file may take its place, None where none may.
    """

    name: str
    description: str
    sample_shape: tuple[int, ...]
    class_names: tuple[str, ...]
    divisor: float
    train_size: int
    test_size: int
    origin: str
    download_bytes: int
    licence: str
    file_kind: str | None
    _available: Callable[[], bool]
    _load: Callable[[StrPath | None, int, Progress | None], store.Split]

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.class_names)

    def available(self) -> bool:
        """Tell whether it can be loaded without a download and without installing anything."""
        return self._available()

    def load(self, path: StrPath | None = None, *, seed: int = 0, progress: Progress | None = None) -> Loaded:
        """Load it, downloading what is not here.

        Args:
            path: a file of `file_kind` to read instead.
            seed: of the random split, where the data set has none of its own.
            progress: called with the bytes so far and the total or None; a bar on stderr where None.

        Raises:
            ArgumentError: a path is given and no file can take this data set's place.
            DataError: a file holds other data than it should.
            DownloadError: a file is nowhere and no mirror delivered it.
            FileFormatError: the file of `path` is not sound.
            MissingExtraError: a library that it comes with is not installed.

        Example:
            >>> data = get("font-shade").load()
            >>> data.x_train.shape, data.class_names
            ((896, 3), ('light font', 'dark font'))
        """
        if path is not None and self.file_kind is None:
            raise ArgumentError(
                f"{self.name} is not read from a file.", where="path", given=str(path), fix="leave the path out"
            )
        (x_train, y_train), (x_test, y_test) = self._load(path, seed, progress)
        return Loaded(self.name, x_train, y_train, x_test, y_test, self.class_names, self.divisor)


def catalogue() -> tuple[Dataset, ...]:
    """Return every data set there is, the one that needs least first.

    Example:
        >>> [entry.name for entry in catalogue()]
        ['font-shade', 'digits', 'mnist', 'fashion-mnist']
    """
    return _CATALOGUE


def get(name: str) -> Dataset:
    """Return the data set of a name; "font_shade" and "Font-Shade" are "font-shade".

    Raises:
        UnknownNameError: there is none; the nearest name is suggested.

    Example:
        >>> get("mnist").sample_shape
        (28, 28)
    """
    plain = str(name).strip().lower().replace("_", "-")
    for entry in _CATALOGUE:
        if entry.name == plain:
            return entry
    raise UnknownNameError(
        "there is no data set of this name.", given=repr(name), fix=suggest(plain, [entry.name for entry in _CATALOGUE])
    )


def _images(source: Source) -> Callable[[StrPath | None, int, Progress | None], store.Split]:
    def load(path: StrPath | None, seed: int, progress: Progress | None) -> store.Split:
        return store.load(source, progress) if path is None else mnist.read_keras_npz(path, source.classes)

    return load


_CATALOGUE = (
    Dataset(
        name="font-shade",
        description="Light or dark font: which one reads better on a background colour",
        sample_shape=(3,),
        class_names=font_shade.CLASS_NAMES,
        divisor=255.0,
        train_size=896,
        test_size=449,
        origin="made in code from the contrast rule of WCAG 2",
        download_bytes=0,
        licence="Apache-2.0, as this package",
        file_kind="CSV with the columns " + ", ".join(font_shade.CSV_COLUMNS),
        _available=lambda: True,
        _load=lambda path, seed, progress: font_shade.load_data(path, seed=seed),
    ),
    Dataset(
        name="digits",
        description="Handwritten digits, small: 8×8 pixels",
        sample_shape=(8, 8),
        class_names=digits.CLASS_NAMES,
        divisor=16.0,
        train_size=1437,
        test_size=360,
        origin="bundled with scikit-learn: pip install 'onionskin[sklearn]'",
        download_bytes=0,
        licence="CC BY 4.0",
        file_kind=None,
        _available=lambda: importlib.util.find_spec("sklearn") is not None,
        _load=lambda path, seed, progress: digits.load_data(seed=seed),
    ),
    Dataset(
        name="mnist",
        description="Handwritten digits: 28×28 pixels",
        sample_shape=(28, 28),
        class_names=mnist.CLASS_NAMES,
        divisor=255.0,
        train_size=60_000,
        test_size=10_000,
        origin=MNIST.mirrors[0],
        download_bytes=11_594_722,
        licence="CC BY-SA 3.0",
        file_kind=".npz with x_train, y_train, x_test, y_test",
        _available=lambda: store.is_here(MNIST),
        _load=_images(MNIST),
    ),
    Dataset(
        name="fashion-mnist",
        description="Clothes in ten kinds: 28×28 pixels",
        sample_shape=(28, 28),
        class_names=fashion_mnist.CLASS_NAMES,
        divisor=255.0,
        train_size=60_000,
        test_size=10_000,
        origin=FASHION_MNIST.mirrors[0],
        download_bytes=30_878_645,
        licence="MIT",
        file_kind=".npz with x_train, y_train, x_test, y_test",
        _available=lambda: store.is_here(FASHION_MNIST),
        _load=_images(FASHION_MNIST),
    ),
)
