"""Statistics: averages, quantiles, counts, and differences along an axis."""

# ruff: noqa: A002 - the names are those of keras.ops

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.specs import normalize_axes, normalize_axis
from onionskin.ops.arguments import Axis, concrete_array, public, tensor, truth
from onionskin.ops.indexing import take_along_axis
from onionskin.ops.reductions import max as largest
from onionskin.ops.reductions import min as smallest
from onionskin.ops.shapes import moveaxis
from onionskin.prims import elementwise, indexing, movement, reductions
from onionskin.prims.families import dtype_of, floating, joined, reduced_shape
from onionskin.prims.operators import matmul, reduced, shaped


@public
def average(x: Any, axis: Axis = None, weights: Any = None) -> Any:
    """Return the weighted mean over axes, a float.

    y = Σ w·x / Σ w

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        weights: array of the shape of x, or of the length of the one axis; equal ones where None.

    Returns:
        Array without the reduced axes.

    Raises:
        ShapeError: weights do not fit.

    Example:
        >>> print(average([1.0, 4.0], weights=[1.0, 2.0]))
        3.0
    """
    if weights is None:
        return reduced(reductions.mean, x, axis, False, to_float=True)
    x, weights = joined(x, weights, to_float=True)
    if weights.ndim == 1 and x.ndim > 1 and isinstance(axis, int):
        place = normalize_axis(axis, x.ndim)
        weights = movement.reshape(
            weights,
            shape=tuple(-1 if one == place else 1 for one in range(x.ndim))
            if None in weights.shape
            else tuple(weights.shape[0] if one == place else 1 for one in range(x.ndim)),
        )
    if weights.ndim != x.ndim:
        raise ShapeError(
            "weights do not fit the array.",
            expected=f"shape {tuple(x.shape)}, or one axis and its length",
            given=tuple(weights.shape),
        )
    weights = movement.broadcast_to(weights, shape=tuple(x.shape))
    total = reduced(reductions.sum_, elementwise.multiply(x, weights), axis)
    return elementwise.divide(total, reduced(reductions.sum_, weights, axis))


@public
def count_nonzero(x: Any, axis: Axis = None) -> Any:
    """Return how many elements are not 0, over axes.

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.

    Returns:
        int32 array without the reduced axes.

    Example:
        >>> print(count_nonzero([0, 3, 0, 5]))
        2
    """
    return reduced(reductions.sum_, elementwise.cast(truth(x), dtype="int32"), axis)


@public
def ptp(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the largest minus the smallest element over axes.

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(ptp([3, 1, 5]))
        4
    """
    return elementwise.subtract(largest(x, axis, keepdims), smallest(x, axis, keepdims))


@public
def median(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the median over axes, a float: the middle element, or the mean of the middle two.

    Args:
        x: array or tensor of any shape.
        axis: axis or axes to reduce; all where None.
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes.

    Example:
        >>> print(median([3.0, 1.0, 2.0, 10.0]))
        2.5
    """
    return quantile_of(x, 0.5, axis, "linear", keepdims)


@public
def quantile(x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False) -> Any:
    """Return quantiles over axes, floats.

    Args:
        x: array or tensor of any shape.
        q: the part of the elements below, numbers in 0 … 1.
        axis: axis or axes to reduce; all where None.
        method: between two elements: "linear", "lower", "higher", "nearest" or "midpoint".
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes, with the axes of q in front.

    Raises:
        ArgumentError: an unknown method, or q beyond 0 … 1.

    Example:
        >>> print(quantile([1.0, 2.0, 3.0, 4.0], 0.25))
        1.75
    """
    return quantile_of(x, q, axis, method, keepdims)


@public
def percentile(x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False) -> Any:
    """Return percentiles over axes, floats.

    Args:
        x: array or tensor of any shape.
        q: percent of the elements below, numbers in 0 … 100.
        axis: axis or axes to reduce; all where None.
        method: between two elements: "linear", "lower", "higher", "nearest" or "midpoint".
        keepdims: leave the reduced axes with size 1.

    Returns:
        Array without the reduced axes, with the axes of q in front.

    Raises:
        ArgumentError: an unknown method, or q beyond 0 … 100.

    Example:
        >>> print(percentile([1.0, 2.0, 3.0, 4.0], 50))
        2.5
    """
    return quantile_of(x, concrete_array(q, "the percentage") / 100, axis, method, keepdims)


def quantile_of(x: Any, q: Any, axis: Axis, method: str, keepdims: bool, skip_nan: bool = False) -> Any:
    """Return quantiles over axes; NaN among the elements is left out, or else makes the result NaN."""
    x, parts = floating(x), concrete_array(q, "the quantile")
    if method not in ("linear", "lower", "higher", "nearest", "midpoint"):
        raise ArgumentError(
            "there is no such method.", expected="linear, lower, higher, nearest or midpoint", given=repr(method)
        )
    if ((parts < 0) | (parts > 1)).any():
        raise ArgumentError("a quantile lies between 0 and 1.", given=parts.tolist())
    axes = normalize_axes(axis, x.ndim)
    kept = tuple(place for place in range(x.ndim) if place not in axes)
    lead = tuple(x.shape[place] for place in kept)
    rows = shaped(movement.transpose(x, perm=(*kept, *axes)), (*lead, -1))
    last = len(lead)
    missing = elementwise.isnan(rows)
    rows = reductions.sort(rows, axis=last)  # NaN comes last
    count: Any = elementwise.number(rows.shape[last], rows)
    if skip_nan:
        there = elementwise.cast(elementwise.logical_not(missing), dtype=dtype_of(x))
        count = reductions.sum_(there, axis=(last,), keepdims=True)
    wanted = parts.reshape((1,) * last + (-1,)).astype(dtype_of(x))
    place = elementwise.multiply(
        wanted, elementwise.maximum(elementwise.subtract(count, elementwise.number(1, x)), elementwise.number(0, x))
    )
    place = movement.broadcast_to(place, shape=(*lead, parts.size))
    y = _between(rows, place, last, method)
    if not skip_nan:
        spoilt = reductions.any_(missing, axis=(last,), keepdims=True)
        y = elementwise.where(spoilt, elementwise.number(float("nan"), x), y)
    y = moveaxis(y, -1, 0)
    shape = reduced_shape(tuple(x.shape), axes, keepdims)
    return movement.reshape(y, shape=(*parts.shape, *shape))


def _between(rows: Any, place: Any, axis: int, method: str) -> Any:
    """Return the elements at fractional positions along an axis of sorted rows."""
    below, above = elementwise.floor(place), elementwise.ceil(place)
    share = {
        "linear": lambda: elementwise.subtract(place, below),
        "lower": lambda: elementwise.subtract(place, place),
        "higher": lambda: elementwise.subtract(above, below),
        "nearest": lambda: elementwise.subtract(elementwise.round_(place), below),
        "midpoint": lambda: elementwise.multiply(elementwise.subtract(above, below), elementwise.number(0.5, place)),
    }[method]()
    low = take_along_axis(rows, elementwise.cast(below, dtype="int32"), axis)
    high = take_along_axis(rows, elementwise.cast(above, dtype="int32"), axis)
    mixed = elementwise.add(low, elementwise.multiply(elementwise.subtract(high, low), share))
    return elementwise.where(elementwise.equal(share, elementwise.number(0, share)), low, mixed)


@public
def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """Return the differences of neighbours along an axis.

    yᵢ = aᵢ₊₁ - aᵢ

    Args:
        a: array or tensor.
        n: how many times.
        axis: the axis to work along.

    Returns:
        Array with n elements less along the axis.

    Raises:
        ArgumentError: n is negative.

    Example:
        >>> print(diff([1, 4, 9]))
        [3 5]
    """
    a = tensor(a)
    place = normalize_axis(axis, a.ndim)
    if n < 0:
        raise ArgumentError("differences are taken 0 times or more.", given=f"n={n}")
    for _ in range(min(n, a.shape[place])):
        later = movement.slice_along(a, place, 1, a.shape[place])
        earlier = movement.slice_along(a, place, 0, a.shape[place] - 1)
        a = elementwise.not_equal(later, earlier) if dtype_of(a) == "bool" else elementwise.subtract(later, earlier)
    return a


@public
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Return the integral along an axis by the trapezoidal rule.

    Σ (xᵢ₊₁ - xᵢ)·(yᵢ₊₁ + yᵢ) / 2

    Args:
        y: values, array or tensor.
        x: where they are taken; evenly spaced by dx where None.
        dx: spacing.
        axis: the axis to work along.

    Returns:
        Array without the axis.

    Example:
        >>> print(trapezoid([1.0, 2.0, 3.0]))
        4.0
    """
    y = floating(y)
    place = normalize_axis(axis, y.ndim)
    size = y.shape[place]
    pairs = elementwise.add(movement.slice_along(y, place, 1, size), movement.slice_along(y, place, 0, size - 1))
    if x is None:
        step = tensor(dx, dtype_of(y))
    else:
        x = tensor(x, dtype_of(y))
        step = diff(x, axis=axis if x.ndim == y.ndim else -1)
        if x.ndim == 1:
            step = movement.reshape(step, shape=tuple(size - 1 if one == place else 1 for one in range(y.ndim)))
    areas = elementwise.multiply(elementwise.multiply(pairs, step), elementwise.number(0.5, y))
    return reductions.sum_(areas, axis=(place,), keepdims=False)


@public
def digitize(x: Any, bins: Any) -> Any:
    """Return the number of the bin that each element falls into.

    Args:
        x: array or tensor of any shape.
        bins: the edges, rising; element x falls into bin i where bins[i-1] ≤ x < bins[i].

    Returns:
        int32 array of the shape of x.

    Example:
        >>> print(digitize([0.5, 1.0, 7.0], [0.0, 1.0, 2.0]))
        [1 2 3]
    """
    return searchsorted(bins, x, side="right")


@public
def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Any:
    """Return where values would stand in a rising sequence.

    Args:
        sorted_sequence: numbers (n,) in rising order.
        values: array or tensor of any shape.
        side: before ("left") or behind ("right") equal numbers.

    Returns:
        int32 array of the shape of values.

    Raises:
        ArgumentError: an unknown side.
        ShapeError: the sequence has not one axis.

    Example:
        >>> print(searchsorted([1, 3, 5], [3, 4]))
        [1 2]
    """
    if side not in ("left", "right"):
        raise ArgumentError("there is no such side.", expected="left or right", given=repr(side))
    row, values = joined(sorted_sequence, values)
    if row.ndim != 1:
        raise ShapeError("the sequence has one axis.", expected="shape (n,)", given=tuple(row.shape))
    apart = movement.reshape(values, shape=(*values.shape, 1))
    passed = elementwise.less(row, apart) if side == "left" else elementwise.less_equal(row, apart)
    return reductions.sum_(elementwise.cast(passed, dtype="int32"), axis=(values.ndim,), keepdims=False)


@public
def bincount(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> Any:
    """Return how often each whole number occurs.

    Args:
        x: whole numbers (n,) or (batch, n), known now.
        weights: what each occurrence counts; 1 where None.
        minlength: the least length of the result.
        sparse: sparse tensors are not supported.

    Returns:
        Counts (length,) or (batch, length), where length is the largest number and one.

    Raises:
        ArgumentError: x are no whole numbers >= 0, or sparse is asked for.

    Example:
        >>> print(bincount([1, 1, 3]))
        [0 2 0 1]
    """
    if sparse:
        raise ArgumentError("sparse tensors are not supported.", given="sparse=True", fix="leave it out")
    numbers = concrete_array(x, "the length of bincount's result")
    if numbers.dtype.kind not in "iu" or numbers.ndim not in (1, 2) or (numbers < 0).any():
        raise ArgumentError(
            "only whole numbers >= 0, in one row or several, are counted.", given=f"{numbers.dtype}{numbers.shape}"
        )
    length = max(int(numbers.max()) + 1 if numbers.size else 0, int(minlength))
    codes = indexing.one_hot(numbers, num_classes=length, dtype="int32")
    if weights is not None:
        weights = tensor(weights)
        codes = elementwise.multiply(
            elementwise.cast(codes, dtype=dtype_of(weights)), movement.reshape(weights, shape=(*weights.shape, 1))
        )
    return reductions.sum_(codes, axis=(numbers.ndim - 1,), keepdims=False)


@public
def histogram(x: Any, bins: Any = 10, range: Any = None) -> Any:
    """Return how many elements fall into each bin, and the edges.

    Args:
        x: array of any shape; a tensor that is traced has no numbers to count.
        bins: number of bins, or their edges.
        range: (low, high) of the bins; those of x where None.

    Returns:
        Counts (bins,) and edges (bins + 1,), both floats.

    Raises:
        ArgumentError: x is a tensor that is being traced.

    Example:
        >>> counts, edges = histogram([1.0, 2.0, 2.5], bins=2)
        >>> print(counts, edges)
        [1. 2.] [1.   1.75 2.5 ]
    """
    numbers = concrete_array(x, "the elements that histogram counts")
    counts, edges = np.histogram(numbers, bins=bins, range=range)
    kind = dtype_of(floating(numbers))
    return counts.astype(kind), edges.astype(kind)


@public
def corrcoef(x: Any) -> Any:
    """Return the correlations of the rows.

    Args:
        x: array or tensor (variables, samples).

    Returns:
        Array (variables, variables), a float; one number for a single row.

    Raises:
        ShapeError: x has more than two axes.

    Example:
        >>> print(corrcoef([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]))
        [[ 0.99999994 -0.99999994]
         [-0.99999994  0.99999994]]
    """
    x = floating(x)
    if x.ndim not in (1, 2):
        raise ShapeError("correlations are those of rows.", expected="(variables, samples)", given=tuple(x.shape))
    rows = movement.reshape(x, shape=(1, *x.shape)) if x.ndim == 1 else x
    centred = elementwise.subtract(rows, reductions.mean(rows, axis=(1,), keepdims=True))
    scale = elementwise.rsqrt(reductions.sum_(elementwise.multiply(centred, centred), axis=(1,), keepdims=True))
    unit = elementwise.multiply(centred, scale)
    y = matmul(unit, movement.transpose(unit, perm=(1, 0)))
    y = elementwise.clip(y, elementwise.number(-1, y), elementwise.number(1, y))
    return movement.reshape(y, shape=()) if x.ndim == 1 else y


@public
def moments(x: Any, axes: Any, keepdims: bool = False, synchronized: bool = False) -> Any:
    """Return mean and variance over axes.

    Args:
        x: array or tensor of any shape; integers are cast to the default float dtype.
        axes: axis or axes to reduce.
        keepdims: leave the reduced axes with size 1.
        synchronized: not supported, there is one replica.

    Returns:
        Mean and variance, each without the reduced axes.

    Raises:
        ArgumentError: synchronized is asked for.

    Example:
        >>> print(*moments([1.0, 3.0], axes=[0]))
        2.0 1.0
    """
    if synchronized:
        raise ArgumentError("moments over several replicas are not supported.", given="synchronized=True")
    x = floating(x)
    wide = elementwise.cast(x, dtype="float32") if dtype_of(x) == "float16" else x
    parts = [reduced(one, wide, axes, keepdims) for one in (reductions.mean, reductions.var)]
    if wide is x:
        return tuple(parts)
    limit = elementwise.number(float(np.finfo(np.float16).max), wide)
    low = elementwise.negative(limit)
    return tuple(elementwise.cast(elementwise.clip(one, low, limit), dtype="float16") for one in parts)


@public
def psnr(x1: Any, x2: Any, max_val: Any) -> Any:
    """Return the peak signal-to-noise ratio in decibels.

    y = 10·log₁₀(max² / mean((x1 - x2)²))

    Args:
        x1: array or tensor.
        x2: array or tensor of the same shape.
        max_val: the largest value that the signal can have.

    Returns:
        One float.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> print(psnr([1.0, 2.0], [1.0, 3.0], 10.0))
        23.0103
    """
    a, b = joined(x1, x2, to_float=True)
    if tuple(a.shape) != tuple(b.shape):
        raise ShapeError("the two signals differ in shape.", expected=tuple(a.shape), given=tuple(b.shape))
    gap = elementwise.subtract(a, b)
    error = reduced(reductions.mean, elementwise.multiply(gap, gap))
    top = tensor(max_val, dtype_of(a))
    ratio = elementwise.divide(elementwise.multiply(top, top), error)
    return elementwise.multiply(elementwise.number(10 / np.log(10), a), elementwise.log(ratio))
