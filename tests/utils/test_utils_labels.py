"""to_categorical, normalize and set_random_seed: values, and the words of what they refuse."""

import random

import numpy as np
import pytest

import onionskin
from onionskin.base import errors
from onionskin.utils import normalize, set_random_seed, to_categorical


def test_one_hot_rows_of_any_shape():
    np.testing.assert_array_equal(to_categorical([0, 2, 1]), np.eye(3)[[0, 2, 1]])
    np.testing.assert_array_equal(to_categorical([[0], [1]], 3), np.eye(3)[[0, 1]])
    np.testing.assert_array_equal(to_categorical([[0, 1], [2, 0]]), np.eye(3)[[[0, 1], [2, 0]]])
    np.testing.assert_array_equal(to_categorical([True, False]), [[0, 1], [1, 0]])
    np.testing.assert_array_equal(to_categorical(np.array([1.0, 0.0])), [[0, 1], [1, 0]])
    assert to_categorical(1, 3).shape == (3,)
    assert to_categorical([0]).dtype == "float32"
    assert to_categorical([], 3).shape == (0, 3)


@pytest.mark.parametrize(("labels", "classes", "words"), [
    ([0, 3], 3, "to_categorical: a label is none of the classes.\n  expected: 0 to 2\n  given:    3"),
    ([-1, 0], None, "to_categorical: a label is none of the classes.\n  expected: 0 to 0\n  given:    -1"),
    ([0.5], None, "to_categorical: labels are whole numbers.\n  expected: 0, 1, 2 …\n  given:    0.5"),
    ([0, np.nan], None, "to_categorical: labels are whole numbers.\n  expected: 0, 1, 2 …\n  given:    nan"),
    (["a"], None, "to_categorical: labels are whole numbers.\n  expected: 0, 1, 2 …\n  given:    dtype <U1"),
    ([0], 0, "to_categorical: num_classes is a positive whole number.\n  given:    0"),
    ([0], "3", "to_categorical: num_classes is a positive whole number.\n  given:    '3'"),
    ([10**12], None, "to_categorical: one-hot rows for these labels would be too large.\n"
     "  given:    1 labels of 1000000000001 classes\n  to fix:   number the classes 0, 1, 2 …"),
])  # fmt: skip
def test_words_of_labels(labels, classes, words):
    with pytest.raises(errors.OnionskinError) as caught:
        to_categorical(labels, classes)
    assert str(caught.value) == words


def test_normalize():
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(normalize(x), [[0.6, 0.8], [0, 0]])
    np.testing.assert_allclose(normalize(x, axis=0), [[1, 1], [0, 0]])
    np.testing.assert_allclose(normalize(x, order=1), [[3 / 7, 4 / 7], [0, 0]])
    np.testing.assert_allclose(normalize([3, 4]), [0.6, 0.8])


def test_one_seed_starts_all_randomness_of_the_process_anew():
    def draw():
        return random.random(), np.random.rand(), onionskin.random.uniform((3,)).tolist()

    set_random_seed(3)
    first, second = draw(), draw()
    set_random_seed(3)
    assert draw() == first
    assert draw() == second != first


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, "1", True, None])
def test_words_of_seeds(seed):
    with pytest.raises(errors.ArgumentError) as caught:
        set_random_seed(seed)
    assert str(caught.value) == (
        f"set_random_seed: a random seed is a whole number.\n  expected: 0 to 2**32 - 1\n  given:    {seed!r}"
    )
