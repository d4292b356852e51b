"""Weights of samples: those given, checked against the targets, and those that follow from class weights."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np

from onionskin.base import config, trees
from onionskin.base.errors import ArgumentError, DataError
from onionskin.data.arrays import check_lengths, to_arrays


def apply_class_weight(
    y: Any, sample_weight: Any, class_weight: Mapping[int, float], *, whole: bool = True, where: str | None = None
) -> np.ndarray:
    """Return the weight of each sample: the weight of its class, 1 for a class that is not named.

    weight[i] = class_weight.get(class of y[i], 1)

    Args:
        y: labels of shape (samples,) or (samples, 1), rounded to whole numbers, or one-hot (samples, classes).
        sample_weight: must be None; the two exclude each other.
        class_weight: class number → weight.
        whole: whether y holds all samples there are; if so, one of the classes must be among its labels.
        where: the call they were passed to.

    Returns:
        Array of the default float dtype, shape (samples,).

    Raises:
        ArgumentError: the dictionary is not of this kind, names no class that there is, or cannot be used here.
        DataError: y cannot be read as labels.

    Example:
        >>> apply_class_weight([0, 1, 2], None, {0: 2.0, 1: 0.5})
        array([2. , 0.5, 1. ], dtype=float32)

    Source: Keras 3, `class_weight_to_sample_weights`.
    """
    if sample_weight is not None:
        raise ArgumentError(
            "class_weight and sample_weight exclude each other.",
            where=where,
            fix="multiply the class weights into sample_weight, and pass that alone",
        )
    known = _checked(class_weight, where)
    array = _single_target(y, where)
    one_hot = array.ndim == 2 and array.shape[1] != 1
    labels = array.argmax(axis=1) if one_hot else np.rint(array.reshape(-1) * 1.0).astype(np.int64)
    found, places = np.unique(labels, return_inverse=True)
    if one_hot:
        outside = [key for key in known if key >= array.shape[1]]
        if outside:
            raise ArgumentError(
                f"class_weight names class {outside[0]}, which there is not.",
                where=where,
                expected=f"classes from 0 to {array.shape[1] - 1}, as y has {array.shape[1]} columns",
                given=f"keys {_listed(known)}",
            )
    elif whole and not any(int(label) in known for label in found):
        raise ArgumentError(
            "class_weight names no class that y holds.",
            where=where,
            expected=f"some of the labels {_listed(found)}",
            given=f"keys {_listed(known)}",
        )
    table = np.array([known.get(int(label), 1.0) for label in found], dtype=config.floatx())
    return table[places.reshape(-1)]


def _listed(values: Any) -> str:
    values = [str(value) for value in values]
    return ", ".join(values[:8]) + (f", … ({len(values)} in all)" if len(values) > 8 else "")


def _checked(class_weight: Any, where: str | None) -> dict[int, float]:
    if not isinstance(class_weight, Mapping):
        raise ArgumentError(
            "class_weight must be a dictionary.",
            where=where,
            expected="{class number: weight}",
            given=repr(class_weight),
            fix="for balanced weights: n_samples / (n_classes * np.bincount(labels)), one for each class",
        )
    known = {}
    for key, value in class_weight.items():
        number = -1.0 if isinstance(key, bool) or not isinstance(key, numbers.Real) else float(key)
        if not number.is_integer() or number < 0:
            raise ArgumentError(
                "a key of class_weight is no class number.",
                where=where,
                expected="whole numbers from 0",
                given=repr(key),
            )
        if not isinstance(value, numbers.Real) or not math.isfinite(value):
            raise ArgumentError(
                f"the weight of class {key} in class_weight is no finite number.", where=where, given=repr(value)
            )
        known[int(number)] = float(value)
    return known


def _single_target(y: Any, where: str | None) -> np.ndarray:
    if y is None:
        raise ArgumentError("class_weight needs targets, but y is missing.", where=where)
    array = to_arrays("y", y, where=where)
    if not isinstance(array, np.ndarray):
        raise ArgumentError(
            "class_weight works only with a single output, but y holds several arrays.",
            where=where,
            fix="give sample_weight instead, one array for each output",
        )
    check_lengths([("y", len(array))], where=where)
    if array.ndim > 2 or array.size == 0:
        raise ArgumentError(
            "class_weight needs one class for each sample.",
            where=where,
            expected="y of shape (samples,), (samples, 1) or one-hot (samples, classes)",
            given=f"y of shape {array.shape}",
            fix="give sample_weight instead",
        )
    return array


def match_weights(y: Any, sample_weight: Any, *, where: str | None = None) -> Any:
    """Return sample weights as floats in the structure of the targets.

    One array beside several targets counts for each of them, as in Keras.

    Args:
        y: tree of arrays, or None.
        sample_weight: arrays or lists of shape (samples,) or (samples, 1), or the leading axes of y; or None.
        where: the call they were passed to.

    Raises:
        DataError: the structure or a shape does not fit the targets.
    """
    if sample_weight is None:
        return None
    weights = trees.map_tree(
        lambda leaf: None if leaf is None else leaf.astype(config.floatx(), copy=False),
        to_arrays("sample_weight", sample_weight, where=where),
    )
    targets, form = trees.flatten(y)
    if isinstance(weights, np.ndarray) and form != trees.LEAF:
        if weights.ndim > 1 and weights.shape[1:] != (1,):
            raise DataError(
                "one sample_weight array for several targets must hold one weight for each sample.",
                where=where,
                expected="shape (samples,)",
                given=f"shape {weights.shape}",
                fix="give one array for each target, in the structure of y",
            )
        return trees.unflatten(form, [None if target is None else weights for target in targets])
    leaves, weights_form = trees.flatten(weights)
    if weights_form != form:
        raise DataError(
            "sample_weight has another structure than y.",
            where=where,
            expected=f"one array for each of the {len(targets)} target(s), nested like y",
            given=f"{len(leaves)} array(s)",
        )
    for i, (target, weight) in enumerate(zip(targets, leaves, strict=True)):
        _check_shape(target, weight, "" if form == trees.LEAF else f" of target {i}", where)
    return weights


def _check_shape(target: Any, weight: Any, which: str, where: str | None) -> None:
    if weight is None or weight.ndim == 1 or weight.shape[1:] == (1,):
        return
    if target is not None and weight.shape[1:] == target.shape[1 : weight.ndim]:  # one for each step of a sequence
        return
    raise DataError(
        f"sample_weight{which} has a shape that does not fit.",
        where=where,
        expected="(samples,), (samples, 1)" + ("" if target is None else f", or the leading axes of y {target.shape}"),
        given=f"{weight.shape}",
    )
