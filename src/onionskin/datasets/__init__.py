"""Data sets, their catalogue, pretrained weights, and readers of IDX, CSV and npz files and of pickles."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from onionskin.base.doors import unlike_keras

if TYPE_CHECKING:
    from onionskin.datasets import digits as digits
    from onionskin.datasets import fashion_mnist as fashion_mnist
    from onionskin.datasets import font_shade as font_shade
    from onionskin.datasets import mnist as mnist
    from onionskin.datasets import sample_weight as sample_weight
    from onionskin.datasets.csv import read_csv as read_csv
    from onionskin.datasets.idx import read_idx as read_idx
    from onionskin.datasets.idx import read_idx_pair as read_idx_pair
    from onionskin.datasets.listing import catalogue as catalogue
    from onionskin.datasets.listing import get as get
    from onionskin.datasets.mnist import load_mnist as load_mnist
    from onionskin.datasets.npz import read_npz as read_npz
    from onionskin.datasets.pickled import read_pickle as read_pickle

# Opened when first used, so that importing the package does not pay for zip files and archives.
_MODULES = ("digits", "fashion_mnist", "font_shade", "mnist", "sample_weight")
_FUNCTIONS = {
    "catalogue": "listing",
    "get": "listing",
    "load_mnist": "mnist",
    "read_csv": "csv",
    "read_idx": "idx",
    "read_idx_pair": "idx",
    "read_npz": "npz",
    "read_pickle": "pickled",
}
__all__ = [
    "catalogue",
    "digits",
    "fashion_mnist",
    "font_shade",
    "get",
    "load_mnist",
    "mnist",
    "read_csv",
    "read_idx",
    "read_idx_pair",
    "read_npz",
    "read_pickle",
    "sample_weight",
]

_OTHERS = ("boston_housing", "california_housing", "cifar10", "cifar100", "imdb", "reuters")  # those of Keras


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _FUNCTIONS:
        return getattr(importlib.import_module(f"{__name__}.{_FUNCTIONS[name]}"), name)
    return unlike_keras(__name__, dict.fromkeys(_OTHERS, "read files with read_csv, read_idx or read_npz"))(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
