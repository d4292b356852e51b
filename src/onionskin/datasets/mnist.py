"""MNIST, 70,000 handwritten digits, under the two doors people know: Keras's and Saito's."""

from __future__ import annotations

import numpy as np

from onionskin.base.errors import DataError
from onionskin.datasets import store
from onionskin.datasets.bounded import StrPath, plain
from onionskin.datasets.download import Progress
from onionskin.datasets.idx import check_pair
from onionskin.datasets.npz import read_npz
from onionskin.datasets.sources import MNIST

CLASS_NAMES = tuple("0123456789")
_NPZ_NAMES = ("x_train", "y_train", "x_test", "y_test")


def load_data(path: StrPath = "mnist.npz", *, progress: Progress | None = None) -> store.Split:
    """Return MNIST as Keras does, with pixels from 0 to 255.

    Looked for in ONIONSKIN_DATA (also its folder mnist/), then in the cache, then downloaded (11.6 MB).

    Args:
        path: an .npz file with x_train, y_train, x_test, y_test to read instead; Keras's default name
            stands for the data set itself.
        progress: called with the bytes so far and the total or None; a bar on stderr where None.

    Returns:
        ((x_train, y_train), (x_test, y_test)): uint8 of shapes (60000, 28, 28), (60000,),
        (10000, 28, 28) and (10000,).

    Raises:
        DataError: a file in ONIONSKIN_DATA is not the published one, or `path` holds other data.
        FileFormatError: `path` is no sound .npz file.
        DownloadError: a file is nowhere and no mirror delivered it.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
        >>> x_train.shape, y_train[:3]  # doctest: +SKIP
        ((60000, 28, 28), array([5, 0, 4], dtype=uint8))

    Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
    """
    return store.load(MNIST, progress) if str(path) == "mnist.npz" else read_keras_npz(path)


def load_mnist(
    normalize: bool = True, flatten: bool = True, one_hot_label: bool = False, *, progress: Progress | None = None
) -> store.Split:
    """Return MNIST in the forms of Saito's *Deep Learning from Scratch*.

    Args:
        normalize: pixels as float32 from 0 to 1; uint8 from 0 to 255 where False.
        flatten: images as rows of 784; as (1, 28, 28) where False.
        one_hot_label: labels as float32 rows of ten, 1 at the digit; as uint8 digits where False.
        progress: as in `load_data`.

    Returns:
        ((x_train, t_train), (x_test, t_test)).

    Raises:
        DataError: a file in ONIONSKIN_DATA is not the published one.
        DownloadError: a file is nowhere and no mirror delivered it.

    Example:
        >>> (x_train, t_train), (x_test, t_test) = load_mnist(one_hot_label=True)  # doctest: +SKIP
        >>> x_train.shape, t_train.shape  # doctest: +SKIP
        ((60000, 784), (60000, 10))

    Source: K. Saito, *Deep Learning from Scratch* (O'Reilly Japan, 2016), section 3.6.1.
    """

    def form(x: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x = x.reshape((len(x), -1) if flatten else (len(x), 1, *x.shape[1:]))
        if normalize:
            x = x.astype(np.float32) / np.float32(255)
        return x, np.eye(10, dtype=np.float32)[t] if one_hot_label else t

    train, test = load_data(progress=progress)
    return form(*train), form(*test)


def read_keras_npz(path: StrPath, classes: int = 10) -> store.Split:
    """Read an .npz file with x_train, y_train, x_test and y_test, as Keras keeps MNIST.

    Args:
        path: the file.
        classes: how many classes the labels name.

    Returns:
        ((x_train, y_train), (x_test, y_test)): uint8 images (n, height, width) and integer labels (n,).

    Raises:
        DataError: an array is missing, counts differ, or a label is out of range.
        FileFormatError: it is no sound .npz file, or holds no images.
    """
    arrays = read_npz(path)
    missing = [name for name in _NPZ_NAMES if name not in arrays]
    if missing:
        raise DataError(
            "this .npz file lacks arrays of an image data set.",
            where=str(path),
            expected=", ".join(_NPZ_NAMES),
            given=", ".join(plain(name) for name in list(arrays)[:12]) or "no arrays",
        )
    for images, labels in (("x_train", "y_train"), ("x_test", "y_test")):
        places = (f"{path}, array {images!r}", f"{path}, array {labels!r}")
        check_pair(arrays[images], arrays[labels], *places, classes)
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])
