"""What is wrong with targets, said before training: labels that do not go with the loss or the output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import DataError, ShapeError
from onionskin.losses import focal, margins, overlap, probabilistic, regression
from onionskin.losses.loss import LossFunctionWrapper

Shape = Sequence[int | None]

_ELEMENTWISE = {
    probabilistic.binary_crossentropy, probabilistic.kl_divergence, probabilistic.poisson,
    focal.binary_focal_crossentropy, margins.hinge, margins.squared_hinge, overlap.dice, overlap.tversky,
    regression.mean_squared_error, regression.mean_absolute_error, regression.mean_absolute_percentage_error,
    regression.mean_squared_logarithmic_error, regression.huber, regression.log_cosh, regression.cosine_similarity,
}  # fmt: skip
_ANSWERS = {probabilistic.binary_crossentropy, focal.binary_focal_crossentropy}
_ONE_HOT = {
    probabilistic.categorical_crossentropy, focal.categorical_focal_crossentropy, margins.categorical_hinge,
}  # fmt: skip
_CLASS_NUMBERS = {probabilistic.sparse_categorical_crossentropy, focal.categorical_generalized_cross_entropy}


def check_targets(loss: Any, y: np.ndarray, output_shape: Shape, where: str) -> None:
    """Check targets against a loss and the output that they are compared with.

    Losses of the user's own are only asked for targets without NaN.

    Args:
        loss: a loss object or function.
        y: targets, batch first.
        output_shape: shape of the model's output, batch first (None where not known).
        where: what to call the targets, such as "fit, y".

    Raises:
        DataError: NaN; labels of another kind than the loss takes; a label out of range.
        ShapeError: the shape is not that of the output.

    Example:
        >>> check_targets(probabilistic.sparse_categorical_crossentropy, np.array([0, 2]), (None, 3), "fit, y")
    """
    function = loss.fn if isinstance(loss, LossFunctionWrapper) else loss
    arguments = loss.kwargs if isinstance(loss, LossFunctionWrapper) else {}
    y = np.asarray(y)
    _check_nan(y, where)
    axis = arguments.get("axis", -1)
    name = getattr(function, "__name__", "")
    if function in _CLASS_NUMBERS:
        _check_class_numbers(y, tuple(output_shape), axis, arguments.get("ignore_class"), where, name)
    elif function in _ONE_HOT:
        _check_one_hot(y, tuple(output_shape), where, name)
    elif function in _ELEMENTWISE:
        _check_shape(y, tuple(output_shape), where)
        if function in _ANSWERS:
            _check_answers(y, where, name)


def _first(wrong: np.ndarray) -> tuple[int, ...]:
    """Return the place of the first True."""
    return tuple(int(index) for index in np.unravel_index(int(np.argmax(wrong)), wrong.shape))


def _row(place: tuple[int, ...]) -> str:
    return f"row {place[0]}" if len(place) == 1 else f"row {place[0]}, place {place[1:]}"


def _check_nan(y: np.ndarray, where: str) -> None:
    if y.dtype.kind == "f" and y.size and np.isnan(np.min(y)):  # the minimum is NaN where any value is
        wrong = np.isnan(y)
        raise DataError(
            "the targets hold NaN.",
            where=where,
            given=f"{int(wrong.sum())} NaN, the first in {_row(_first(wrong))}",
            fix="leave those rows out, or fill them in",
        )


def _same_sizes(shape: tuple[Any, ...], wanted: tuple[Any, ...]) -> bool:
    """Tell whether two shapes agree but for the batch and sizes not known yet."""
    return len(shape) == len(wanted) and all(
        None in (a, b) or a == b for a, b in zip(shape[1:], wanted[1:], strict=True)
    )


def _check_shape(y: np.ndarray, output: tuple[Any, ...], where: str) -> None:
    fitting = [output]
    if output[-1:] == (1,):
        fitting.append(output[:-1])  # (batch,) beside (batch, 1)
    fitting.append((*output, 1))
    if not any(_same_sizes(y.shape, shape) for shape in fitting):
        raise ShapeError(
            "the targets have another shape than the output of the model.",
            where=where,
            expected=f"shape {(len(y), *output[1:])}" if y.ndim else f"shape {output}",
            given=f"shape {y.shape}",
            fix="give the last layer as many units as there are targets, or reshape the targets",
        )


def _check_one_hot(y: np.ndarray, output: tuple[Any, ...], where: str, name: str) -> None:
    classes = output[-1]
    column = y.ndim == len(output) and y.shape[-1:] == (1,) and classes != 1
    if y.ndim == len(output) - 1 or column:
        raise DataError(
            f"{name} takes one-hot targets, and these are class numbers.",
            where=where,
            expected=f"shape {(len(y), *output[1:])}" if y.ndim else f"shape {output}",
            given=f"{y.dtype} of shape {y.shape}",
            fix=f"use loss='sparse_categorical_crossentropy', or utils.to_categorical(y, {classes})",
        )
    _check_shape(y, output, where)


def _check_class_numbers(
    y: np.ndarray, output: tuple[Any, ...], axis: int, ignored: int | None, where: str, name: str
) -> None:
    axis = axis % len(output)
    classes, rest = output[axis], output[:axis] + output[axis + 1 :]
    if y.ndim == len(output) and y.shape[axis] == classes and classes != 1:
        raise DataError(
            f"{name} takes class numbers, and these are one-hot targets.",
            where=where,
            expected=f"shape {(len(y), *rest[1:])}",
            given=f"{y.dtype} of shape {y.shape}",
            fix=f"use loss='categorical_crossentropy', or y.argmax({'-1' if axis == len(output) - 1 else axis})",
        )
    column = (*output[:axis], 1, *output[axis + 1 :])
    if not (_same_sizes(y.shape, rest) or _same_sizes(y.shape, column)):
        raise ShapeError(
            "the targets do not fit the output of the model.",
            where=where,
            expected=f"shape {(len(y), *rest[1:])}" if y.ndim else f"shape {rest}",
            given=f"shape {y.shape}",
        )
    if classes is None or not y.size:
        return
    wrong = (y < 0) | (y >= classes)
    if y.dtype.kind == "f":
        wrong |= y != np.floor(y)
    if ignored is not None:
        wrong &= y != ignored
    if wrong.any():
        place = _first(wrong)
        raise DataError(
            "a label is none of the classes.",
            where=where,
            expected=f"whole numbers from 0 to {classes - 1}, as the output has {classes} classes",
            given=f"{y[place]} in {_row(place)}",
            fix="number the classes from 0, or give the last layer a unit for each class",
        )


def _check_answers(y: np.ndarray, where: str, name: str) -> None:
    if y.dtype.kind == "b" or not y.size or (y.min() >= 0 and y.max() <= 1):
        return
    place = _first((y < 0) | (y > 1))
    raise DataError(
        f"{name} takes targets from 0 to 1.",
        where=where,
        expected="0 or 1, or a share between them",
        given=f"{y[place]} in {_row(place)}",
        fix="map the two answers to 0 and 1; for more classes use sparse_categorical_crossentropy",
    )
