"""Fashion-MNIST, 70,000 pictures of clothes in the form of MNIST."""

from __future__ import annotations

from onionskin.datasets import store
from onionskin.datasets.download import Progress
from onionskin.datasets.sources import FASHION_MNIST

CLASS_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


def load_data(*, progress: Progress | None = None) -> store.Split:
    """Return Fashion-MNIST as Keras does, with pixels from 0 to 255.

    Looked for in ONIONSKIN_DATA (also its folder fashion-mnist/), then in the cache, then downloaded
    (30.9 MB).

    Args:
        progress: called with the bytes so far and the total or None; a bar on stderr where None.

    Returns:
        ((x_train, y_train), (x_test, y_test)): uint8 of shapes (60000, 28, 28), (60000,),
        (10000, 28, 28) and (10000,); labels are positions in `CLASS_NAMES`.

    Raises:
        DataError: a file in ONIONSKIN_DATA is not the published one.
        DownloadError: a file is nowhere and no mirror delivered it.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
        >>> CLASS_NAMES[y_train[0]]  # doctest: +SKIP
        'Ankle boot'

    Source: H. Xiao, K. Rasul, R. Vollgraf, arXiv:1708.07747.
    """
    return store.load(FASHION_MNIST, progress)
