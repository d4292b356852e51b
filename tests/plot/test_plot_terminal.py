"""Digits as terminal text: every block is the two pixels it stands for; what is refused."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from onionskin import plot
from onionskin.base.errors import DataError, DTypeError, ShapeError

BLOCKS = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}


def read_back(text):
    """The pixels that a text of half blocks shows."""
    lines = text.split("\n")
    return np.array([[BLOCKS[letter][half] for letter in line] for line in lines for half in (0, 1)])


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (7, 5), (8, 8), (28, 28)])
def test_blocks_are_the_pixels(shape):
    image = np.random.default_rng(0).integers(0, 2, shape)
    image.flat[0] = 1
    for scaled in (image, image * 255.0, image * 3 - 1, image.astype(bool), image[..., None]):
        shown = read_back(plot.digit_text(scaled))
        assert shown.shape == (shape[0] + shape[0] % 2, shape[1])
        if image.min() != image.max():
            np.testing.assert_array_equal(shown[: shape[0]], image)
        assert not shown[shape[0] :].any()


def test_even_pictures():
    assert plot.digit_text(np.zeros((2, 2))) == "  "
    assert plot.digit_text(np.full((4, 1), 7)) == "█\n█"
    assert plot.digit_text([[1e308, -1e308]]) == "▀ "


def test_a_real_digit():
    folder = os.environ.get("ONIONSKIN_DATA")
    if not folder:
        pytest.skip("ONIONSKIN_DATA names no folder of data")
    file = Path(folder) / "mnist" / "t10k-images-idx3-ubyte.gz"
    with gzip.open(file) as stream:
        image = np.frombuffer(stream.read(16 + 784), np.uint8, offset=16).reshape(28, 28)
    np.testing.assert_array_equal(read_back(plot.digit_text(image)), image > 127)


BAD = [
    (
        np.zeros((2, 2, 3)),
        ShapeError,
        "digit_text(image): this is no small picture.\n"
        "  expected: (height, width), each 1 to 512\n  given:    (2, 2, 3)",
    ),
    (
        np.zeros((0, 4)),
        ShapeError,
        "digit_text(image): this is no small picture.\n  expected: (height, width), each 1 to 512\n  given:    (0, 4)",
    ),
    (
        np.zeros((2, 513)),
        ShapeError,
        "digit_text(image): this is no small picture.\n"
        "  expected: (height, width), each 1 to 512\n  given:    (2, 513)",
    ),
    ([["x"]], DTypeError, "digit_text(image): these are no numbers.\n  expected: real numbers\n  given:    <U1"),
    ([[np.nan]], DataError, "digit_text(image): a number is not finite.\n  given:    nan at [0, 0]"),
]


@pytest.mark.parametrize(("image", "kind", "words"), BAD)
def test_what_is_refused(image, kind, words):
    with pytest.raises(kind) as caught:
        plot.digit_text(image)
    assert str(caught.value) == words
