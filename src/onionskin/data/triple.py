"""One (x, y, sample_weight), whole data set or single batch: converted, counted and weighted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from onionskin.base import trees
from onionskin.base.errors import DataError
from onionskin.base.specs import Spec, dtype_name
from onionskin.data.arrays import check_lengths, map_parts, to_arrays
from onionskin.data.weights import apply_class_weight, match_weights


class Triple(NamedTuple):
    """The arrays of x, y and sample_weight and how they were nested.

    Args:
        arrays: the leaves that are there, each of shape (samples, ...).
        form: form of the tuple (x, y, sample_weight), None being a leaf.
        present: for each leaf of the form, whether there is an array.
        names: what messages call each array.
        samples: their number.
    """

    arrays: list[np.ndarray]
    form: trees.TreeDef
    present: tuple[bool, ...]
    names: list[str]
    samples: int


def convert(
    x: Any, y: Any, sample_weight: Any, *, class_weight: Mapping[int, float] | None, whole: bool, where: str | None
) -> Triple:
    """Convert x, y and sample_weight to arrays of one length.

    Args:
        x: array-likes, or a tree of them.
        y: likewise, or None.
        sample_weight: likewise, or None.
        class_weight: class number → weight, or None.
        whole: whether this is all the data, so that a class which is not in it is nowhere.
        where: the call they were passed to.

    Raises:
        DataError: a part is missing, not numeric, not finite or of another length.
        ArgumentError: the class weights cannot be used.
    """
    inputs = to_arrays("x", x, where=where)
    require_x(inputs, where)
    targets = to_arrays("y", y, where=where)
    weights = match_weights(targets, sample_weight, where=where)
    if class_weight is not None:
        weights = apply_class_weight(targets, weights, class_weight, whole=whole, where=where)
    leaves, form = trees.flatten((inputs, targets, weights))
    names = leaf_names((inputs, targets, weights))
    arrays = [leaf for leaf in leaves if leaf is not None]
    samples = check_lengths([(name, len(array)) for name, array in zip(names, arrays, strict=True)], where=where)
    return Triple(arrays, form, tuple(leaf is not None for leaf in leaves), names, samples)


def require_x(x: Any, where: str | None) -> None:
    """Check that there is an x, and no hole in it (x: a tree of arrays, or of what stands for them).

    Raises:
        DataError: x, or a part of it, is None; or it is an empty container.
    """
    leaves = trees.flatten(x)[0]
    if not leaves or any(leaf is None for leaf in leaves):
        raise DataError(
            "x is missing." if x is None else "a part of x is missing." if leaves else "x is empty.",
            where=where,
            expected="an array, or a list, tuple or dictionary of arrays, or a generator of batches",
            given="None among its parts" if leaves and x is not None else repr(x),
        )


def leaf_names(triple: tuple[Any, Any, Any]) -> list[str]:
    """Return what messages call each array of (x, y, sample_weight), in the order of its leaves."""
    names = ("x", "y", "sample_weight")
    parts = tuple(map_parts(lambda name, _: name, name, part) for name, part in zip(names, triple, strict=True))
    return [name for name in trees.flatten(parts)[0] if name is not None]


def fill(form: trees.TreeDef, present: tuple[bool, ...], leaves: list[Any]) -> tuple[Any, Any, Any]:
    """Put leaves back into (x, y, sample_weight), None where there was none."""
    supply = iter(leaves)
    x, y, sample_weight = trees.unflatten(form, [next(supply) if there else None for there in present])
    return x, y, sample_weight


def specs(arrays: list[np.ndarray]) -> list[Spec]:
    """Return shape and dtype of each array, the number of samples being open."""
    return [Spec((None, *array.shape[1:]), dtype_name(array.dtype)) for array in arrays]
