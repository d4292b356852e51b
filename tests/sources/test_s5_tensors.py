"""Source S5, row 2: tensors, their axes, slices and batches, and the usual kinds of data, on MNIST."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import onionskin as osk
from onionskin import explain


@pytest.fixture(scope="module")
def train_images(data_dir: Path) -> np.ndarray:
    del data_dir
    return osk.datasets.mnist.load_data()[0][0]


def test_s5_2_scalar_vector_matrix_and_higher_ranks() -> None:
    examples = [np.array(12), np.array([12, 3, 6, 14]), np.array([[5, 78, 2], [6, 79, 3]]), np.zeros((3, 3, 5))]
    shown = [explain.describe_tensor(one) for one in examples]
    assert [one.rank for one in shown] == [0, 1, 2, 3]
    assert [one.shape for one in shown] == [(), (4,), (2, 3), (3, 3, 5)]
    assert [one.kind for one in shown] == ["scalar", "a vector", "vector data", "sequences"]


def test_s5_2_the_digits_are_a_tensor_of_rank_3(train_images: np.ndarray) -> None:
    digits = explain.describe_tensor(train_images, name="train_images")
    assert (digits.rank, digits.shape, digits.dtype) == (3, (60000, 28, 28), "uint8")
    assert (digits.kind, digits.axes) == ("grey images", ("samples", "height", "width"))
    assert digits.nbytes == 60000 * 28 * 28 == 47_040_000
    text = str(digits)
    for part in ("(60000, 28, 28)", "uint8", "47,040,000 B = 44.9 MiB", "0 to 255", "60,000  samples"):
        assert part in text, text


def test_s5_2_slices_of_the_digits(train_images: np.ndarray) -> None:
    slices = explain.describe_tensor(train_images).slices
    assert slices == {
        "x[4]": (28, 28),
        "x[10:100]": (90, 28, 28),
        "x[:, 14:, 14:]": (60000, 14, 14),
        "x[:, 7:-7, 7:-7]": (60000, 14, 14),
    }
    for text, shape in slices.items():  # what is shown is what typing it gives
        assert eval(text, {"x": train_images}).shape == shape  # noqa: S307 - the texts are the library's own


def test_s5_2_batches_of_the_digits(train_images: np.ndarray) -> None:
    digits = explain.describe_tensor(train_images)
    assert digits.batches == 469
    np.testing.assert_array_equal(digits.batch(0), train_images[:128])
    np.testing.assert_array_equal(digits.batch(1), train_images[128:256])
    np.testing.assert_array_equal(digits.batch(3), train_images[128 * 3 : 128 * 4])
    assert digits.batch(468).shape == (96, 28, 28)
    assert "469 batches of 128; the last has 96." in str(digits)


def test_s5_2_kinds_of_data_and_how_large_they_are() -> None:
    table = explain.data_kinds("float32")
    sizes = {shape: nbytes for _, _, shape, nbytes in table.rows}
    clip = (4, 240, 144, 256, 3)
    assert sizes[clip] == 4 * 106_168_320
    assert "106,168,320" in str(table) and "405.0 MiB" in str(table)
    assert {(100000, 3), (500, 20000), (250, 390, 3), (1000000, 280, 128)} < set(sizes)
    assert sizes[128, 256, 256, 1] == np.zeros((128, 256, 256, 1), "float32").nbytes
    assert sizes[128, 256, 256, 3] == 3 * sizes[128, 256, 256, 1]


@pytest.mark.parametrize(
    ("shape", "kind", "axes"),
    [
        ((100, 3), "vector data", ("samples", "features")),
        ((250, 390, 3), "sequences", ("samples", "timesteps", "features")),
        ((8, 32, 48, 3), "images", ("samples", "height", "width", "channels")),
        ((8, 3, 32, 48), "images first", ("samples", "channels", "height", "width")),
        ((2, 9, 32, 48, 3), "video", ("samples", "frames", "height", "width", "channels")),
        ((2, 9, 3, 32, 48), "video first", ("samples", "frames", "channels", "height", "width")),
    ],
)
def test_s5_2_channels_last_and_channels_first(shape: tuple[int, ...], kind: str, axes: tuple[str, ...]) -> None:
    shown = explain.describe_tensor(np.zeros(shape, "float32"))
    assert (shown.kind, shown.axes) == (kind, axes)
