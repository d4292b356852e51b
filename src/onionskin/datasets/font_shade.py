"""Light or dark font on a background colour: the job that needs no download, made from WCAG 2's own rule."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from onionskin.base import config, philox
from onionskin.base.errors import ArgumentError, DataError
from onionskin.datasets.bounded import StrPath
from onionskin.datasets.color import contrast_ratio, dark_font, parse_color, relative_luminance
from onionskin.datasets.css_colors import CSS_COLORS
from onionskin.datasets.csv import read_csv
from onionskin.datasets.split import split

__all__ = [
    "CLASS_NAMES",
    "CSV_COLUMNS",
    "CSV_NAME",
    "contrast_ratio",
    "csv_path",
    "dark_font",
    "load_data",
    "make_table",
    "parse_color",
    "read_table",
    "relative_luminance",
]

CLASS_NAMES = ("light font", "dark font")
CSV_COLUMNS = ("RED", "GREEN", "BLUE", "LIGHT_OR_DARK_FONT_IND")
CSV_NAME = "font_shade/light_dark_font_training_set.csv"
_MAX_SAMPLES = 1_000_000  # of the 16,777,216 colours: distinct ones are still found by drawing
_Split = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def load_data(
    path: StrPath | None = None,
    samples: int = 1206,
    test_split: float = 1 / 3,
    seed: int = 0,
    normalize: bool = False,
) -> _Split:
    """Return background colours and the font that reads better on them.

    Without a path the colours are the 139 different ones that CSS names and `samples` others, and the
    label is 1 (dark font) where black text contrasts with the colour at least as much as white text by
    WCAG 2, else 0. No colour occurs twice, so none is in both training and test.

    Args:
        path: a CSV file, or the http(s) address of one, with the columns RED, GREEN, BLUE (0 to 255) and
            LIGHT_OR_DARK_FONT_IND (0, 1) to read instead.
        samples: how many colours to draw besides the named ones; with the default there are 1,345
            rows, as many as in the CSV of the source.
        test_split: the part of the rows for the test, between 0 and 1.
        seed: of the drawn colours and of the random split.
        normalize: channels divided by 255.

    Returns:
        ((x_train, y_train), (x_test, y_test)): x float32 (n, 3), red, green, blue from 0 to 255 (from
        0 to 1 where normalised); y int64 (n,).

    Raises:
        ArgumentError: `samples` or `test_split` is out of range.
        DataError: the CSV file is not there, or a cell of it is wrong; its row and column are named.
        DownloadError: the address does not deliver it.
        FileFormatError: the CSV file is no sound CSV file.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load_data()
        >>> x_train.shape, x_test.shape
        ((896, 3), (449, 3))

    Source: T. Nield, *Essential Math for Data Science* (O'Reilly, 2022), chapter 7, for the job; WCAG
    2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio, for the rule.
    """
    colors, labels = read_table(path) if path is not None else make_table(samples, seed)
    x = colors.astype(np.float32)
    if normalize:
        x /= np.float32(255)
    return split(x, labels, test_split, seed)


def csv_path() -> Path | None:
    """Return the source's CSV file in ONIONSKIN_DATA or the cache, or None where it is not there."""
    for folder in config.data_dirs():
        if os.path.isfile(folder / CSV_NAME):
            return folder / CSV_NAME
    return None


def read_table(path: StrPath | None) -> tuple[np.ndarray, np.ndarray]:
    """Read colours and labels from a CSV file, in its order.

    Args:
        path: a file, or the http(s) address of one, with the columns RED, GREEN, BLUE and LIGHT_OR_DARK_FONT_IND.

    Returns:
        Colours int64 (n, 3) from 0 to 255, and labels int64 (n,): 0 light font, 1 dark font.

    Raises:
        DataError: the file is not there, or a cell is wrong; its row and column are named.
        DownloadError: the address does not deliver it.
        FileFormatError: it is no sound CSV file.
    """
    if path is None:  # what csv_path() says where the file is not
        raise DataError("there is no file of background colours.", where="font_shade.read_table(path)",
                        expected="a CSV file, or the http(s) address of one", given=None,
                        fix=f"put it at {CSV_NAME} in the folder that ONIONSKIN_DATA names")  # fmt: skip
    table = read_csv(path, columns=CSV_COLUMNS)
    colors = np.stack([table.whole_column(name, 0, 255) for name in CSV_COLUMNS[:3]], axis=1)
    return colors, table.whole_column(CSV_COLUMNS[3], 0, 1)


def make_table(samples: int = 1206, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Make colours and labels from the rule: the named colours first, then drawn ones.

    Args:
        samples: how many colours to draw besides the 139 named ones, all different.
        seed: any integer.

    Returns:
        Colours int64 (139 + samples, 3) from 0 to 255, and labels int64 (139 + samples,).

    Raises:
        ArgumentError: `samples` is negative or above 1,000,000.
    """
    if not 0 <= samples <= _MAX_SAMPLES:
        raise ArgumentError(
            "this many colours cannot be drawn.",
            where="samples",
            expected=f"0 to {_MAX_SAMPLES:,}",
            given=f"{samples:,}",
        )
    named = list(dict.fromkeys(int(code[1:], 16) for code in CSS_COLORS.values()))
    # every draw is 24 bits; repeats go, the first stay in the order drawn
    wanted, draws = len(named) + samples, samples + 64
    while True:
        drawn = philox.random_bits(philox.make_seed(seed), draws) >> np.uint32(8)
        codes = np.concatenate([np.array(named, np.int64), drawn.astype(np.int64)])
        _, first = np.unique(codes, return_index=True)
        if len(first) >= wanted:
            break
        draws *= 2
    codes = codes[np.sort(first)[:wanted]]
    colors = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=1)
    return colors, dark_font(colors)
