"""The data of the cases: digits, colours and a table drawn by a seeded rule; from ONIONSKIN_DATA where it is there."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from onionskin.datasets import font_shade, mnist

Rows = tuple[np.ndarray, np.ndarray]


@lru_cache(maxsize=2)
def digits(dtype: str) -> tuple[Rows, Rows]:
    """Return MNIST for training and test: pixels (n, 784), of 0 … 1 where float32; one-hot labels float32 (n, 10)."""

    def form(x: np.ndarray, labels: np.ndarray) -> Rows:
        x = x.reshape(len(x), 784)
        if dtype == "float32":
            x = x.astype(np.float32)
            x /= np.float32(255)
        return x, np.eye(10, dtype=np.float32)[labels]

    train, test = mnist.load_data()
    return form(*train), form(*test)


def shade(rows: int, seed: int = 0) -> tuple[Rows, Rows]:
    """Return colours of 0 … 1, drawn with replacement to so many rows, and those of the test, with labels (n, 1)."""
    (x, t), (x_test, t_test) = font_shade.load_data(font_shade.csv_path(), normalize=True)
    drawn = np.random.default_rng(seed).integers(len(x), size=rows)
    return (x[drawn], _column(t)[drawn]), (x_test, _column(t_test))


def table(rows: int = 1000, columns: int = 20, seed: int = 0) -> tuple[Rows, Rows]:
    """Return a made table and one like it for the test: normal numbers, and whether a bent sum is above its mean."""
    rng = np.random.default_rng(seed)
    slope, bend = rng.normal(size=(2, columns))
    middle = np.sqrt(2 / np.pi) * bend.sum()  # what np.abs(x) @ bend is on average

    def draw() -> Rows:
        x = rng.normal(size=(rows, columns)).astype(np.float32)
        return x, _column(x @ slope + np.abs(x) @ bend > middle)

    return draw(), draw()


def _column(labels: np.ndarray) -> np.ndarray:
    return labels.astype(np.float32).reshape(-1, 1)
