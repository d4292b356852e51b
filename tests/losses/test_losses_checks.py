"""Targets that do not go with the loss or the output: the words of each error, and what passes."""

import numpy as np
import pytest

from onionskin import losses
from onionskin.base.errors import DataError, ShapeError
from onionskin.losses.checks import check_targets

NAN = float("nan")
WRONG = [
    (
        "categorical_crossentropy", np.array([3, 1, 2], "int64"), (None, 10), DataError,
        "fit, y: categorical_crossentropy takes one-hot targets, and these are class numbers.\n"
        "  expected: shape (3, 10)\n"
        "  given:    int64 of shape (3,)\n"
        "  to fix:   use loss='sparse_categorical_crossentropy', or utils.to_categorical(y, 10)",
    ),
    (
        "CategoricalCrossentropy", np.array([[3], [1]], "uint8"), (None, 10), DataError,
        "fit, y: categorical_crossentropy takes one-hot targets, and these are class numbers.\n"
        "  expected: shape (2, 10)\n"
        "  given:    uint8 of shape (2, 1)\n"
        "  to fix:   use loss='sparse_categorical_crossentropy', or utils.to_categorical(y, 10)",
    ),
    (
        "sparse_categorical_crossentropy", np.eye(4, dtype="float32"), (None, 4), DataError,
        "fit, y: sparse_categorical_crossentropy takes class numbers, and these are one-hot targets.\n"
        "  expected: shape (4,)\n"
        "  given:    float32 of shape (4, 4)\n"
        "  to fix:   use loss='categorical_crossentropy', or y.argmax(-1)",
    ),
    (
        "sparse_categorical_crossentropy", np.array([0, 9, 10, 11]), (None, 10), DataError,
        "fit, y: a label is none of the classes.\n"
        "  expected: whole numbers from 0 to 9, as the output has 10 classes\n"
        "  given:    10 in row 2\n"
        "  to fix:   number the classes from 0, or give the last layer a unit for each class",
    ),
    (
        "sparse_categorical_crossentropy", np.array([[0], [-1]]), (None, 10), DataError,
        "fit, y: a label is none of the classes.\n"
        "  expected: whole numbers from 0 to 9, as the output has 10 classes\n"
        "  given:    -1 in row 1, place (0,)\n"
        "  to fix:   number the classes from 0, or give the last layer a unit for each class",
    ),
    (
        "sparse_categorical_crossentropy", np.array([0.0, 1.5]), (None, 10), DataError,
        "fit, y: a label is none of the classes.\n"
        "  expected: whole numbers from 0 to 9, as the output has 10 classes\n"
        "  given:    1.5 in row 1\n"
        "  to fix:   number the classes from 0, or give the last layer a unit for each class",
    ),
    (
        "sparse_categorical_crossentropy", np.zeros((4, 3), "int64"), (None, 10), ShapeError,
        "fit, y: the targets do not fit the output of the model.\n"
        "  expected: shape (4,)\n"
        "  given:    shape (4, 3)",
    ),
    (
        "binary_crossentropy", np.array([0, 1, 2, 1]), (None, 1), DataError,
        "fit, y: binary_crossentropy takes targets from 0 to 1.\n"
        "  expected: 0 or 1, or a share between them\n"
        "  given:    2 in row 2\n"
        "  to fix:   map the two answers to 0 and 1; for more classes use sparse_categorical_crossentropy",
    ),
    (
        "binary_crossentropy", np.array([[0.5, 1.0], [1.0, -0.25]]), (None, 2), DataError,
        "fit, y: binary_crossentropy takes targets from 0 to 1.\n"
        "  expected: 0 or 1, or a share between them\n"
        "  given:    -0.25 in row 1, place (1,)\n"
        "  to fix:   map the two answers to 0 and 1; for more classes use sparse_categorical_crossentropy",
    ),
    (
        "mse", np.zeros((4, 3)), (None, 2), ShapeError,
        "fit, y: the targets have another shape than the output of the model.\n"
        "  expected: shape (4, 2)\n"
        "  given:    shape (4, 3)\n"
        "  to fix:   give the last layer as many units as there are targets, or reshape the targets",
    ),
    (
        "categorical_crossentropy", np.zeros((4, 3)), (None, 10), ShapeError,
        "fit, y: the targets have another shape than the output of the model.\n"
        "  expected: shape (4, 10)\n"
        "  given:    shape (4, 3)\n"
        "  to fix:   give the last layer as many units as there are targets, or reshape the targets",
    ),
    (
        "mse", np.array([[0.0], [NAN], [NAN]]), (None, 1), DataError,
        "fit, y: the targets hold NaN.\n"
        "  given:    2 NaN, the first in row 1, place (0,)\n"
        "  to fix:   leave those rows out, or fill them in",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("loss", "y", "output", "error", "words"), WRONG)
def test_wrong_targets(loss, y, output, error, words):
    for form in (losses.get(loss), losses.as_loss(loss)):
        with pytest.raises(error) as caught:
            check_targets(form, y, output, "fit, y")
        assert str(caught.value) == words


@pytest.mark.parametrize(
    ("loss", "y", "output"),
    [
        ("mse", np.zeros(4), (None, 1)),
        ("mse", np.zeros((4, 1)), (None, 1)),
        ("mse", np.zeros((4, 2)), (None, 2)),
        ("mse", np.zeros((4, 5, 2)), (None, None, 2)),
        ("mse", np.zeros((0, 2)), (None, 2)),
        ("binary_crossentropy", np.array([True, False]), (None, 1)),
        ("binary_crossentropy", np.array([[0.0, 1.0]]), (None, 2)),
        ("categorical_crossentropy", np.eye(3), (None, 3)),
        ("categorical_crossentropy", np.full((2, 3), 1 / 3), (2, 3)),
        ("sparse_categorical_crossentropy", np.array([0, 9]), (None, 10)),
        ("sparse_categorical_crossentropy", np.array([[0], [9]]), (None, 10)),
        ("sparse_categorical_crossentropy", np.array([0.0, 9.0]), (None, 10)),
        ("sparse_categorical_crossentropy", np.zeros((4, 7), "uint8"), (None, 7, 3)),
        ("sparse_categorical_crossentropy", np.array([]), (None, 10)),
    ],
)
def test_right_targets(loss, y, output):
    check_targets(losses.get(loss), y, output, "fit, y")


def test_the_ignored_class_is_no_wrong_label():
    loss = losses.SparseCategoricalCrossentropy(ignore_class=-1)
    check_targets(loss, np.array([0, -1, 2]), (None, 3), "fit, y")
    with pytest.raises(DataError):
        check_targets(loss, np.array([0, -2, 2]), (None, 3), "fit, y")


def test_the_axis_of_the_classes():
    loss = losses.SparseCategoricalCrossentropy(axis=1)
    check_targets(loss, np.full((2, 5), 2), (None, 3, 5), "fit, y")
    with pytest.raises(DataError) as caught:
        check_targets(loss, np.full((2, 5), 3), (None, 3, 5), "fit, y")
    assert "3 in row 0, place (0,)" in str(caught.value)


def test_losses_of_ones_own_are_only_asked_for_nan():
    def own(y_true, y_pred):
        return y_pred

    check_targets(own, np.zeros((4, 3)), (None, 2), "fit, y")
    with pytest.raises(DataError):
        check_targets(own, np.array([np.nan]), (None, 2), "fit, y")
