"""From the loss of each sample to one number: weights, masks, ranks and the kinds of mean."""

from __future__ import annotations

from typing import Any

from onionskin import ops
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.specs import broadcast_shapes

REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


def checked_reduction(reduction: Any) -> Any:
    """Return the name of a reduction.

    Raises:
        ArgumentError: there is none of this name.
    """
    if reduction not in REDUCTIONS:
        raise ArgumentError("unknown reduction.", where="reduction", expected=REDUCTIONS, given=repr(reduction))
    return reduction


def squeeze_or_expand_to_same_rank(x1: Any, x2: Any, expand_rank_1: bool = True) -> tuple[Any, Any]:
    """Drop or add a last axis of size 1 where two tensors differ by exactly that axis.

    Args:
        x1: one tensor.
        x2: the other.
        expand_rank_1: a tensor of shape (batch,) beside one of (batch, 1) gets the axis; otherwise the
            other loses it.

    Returns:
        Both tensors.

    Example:
        >>> import numpy as np
        >>> [x.shape for x in squeeze_or_expand_to_same_rank(np.zeros(3), np.zeros((3, 1)))]
        [(3, 1), (3, 1)]
    """
    rank1, rank2 = len(x1.shape), len(x2.shape)
    if rank1 == rank2 + 1 and x1.shape[-1] == 1:
        if rank2 == 1 and expand_rank_1:
            return x1, ops.expand_dims(x2, axis=-1)
        return ops.squeeze(x1, axis=-1), x2
    if rank2 == rank1 + 1 and x2.shape[-1] == 1:
        if rank1 == 1 and expand_rank_1:
            return ops.expand_dims(x1, axis=-1), x2
        return x1, ops.squeeze(x2, axis=-1)
    return x1, x2


def apply_mask(sample_weight: Any, mask: Any, dtype: str, reduction: Any) -> Any:
    """Return sample weights that are 0 where the mask is false.

    For means the others are scaled up by total / valid, so that the mean is that of the valid ones.

    Args:
        sample_weight: weights, or None for equal ones.
        mask: which values count, or None for all.
        dtype: dtype of the result.
        reduction: name of the reduction that follows.

    Returns:
        Weights, or None where neither was given.
    """
    if mask is None:
        return sample_weight
    weight = ops.cast(mask, dtype)
    if reduction in ("mean", "sum_over_batch_size"):
        weight = weight * ops.divide_no_nan(1.0, ops.mean(weight))
    if sample_weight is None:
        return weight
    weight, sample_weight = squeeze_or_expand_to_same_rank(weight, ops.cast(sample_weight, dtype))
    return sample_weight * weight


def reduce_values(values: Any, sample_weight: Any = None, reduction: Any = "sum_over_batch_size") -> Any:
    """Return one number for values that were weighted already.

        sum_over_batch_size, mean:  Σ values / count
        mean_with_sample_weight:    Σ values / Σ weights
        sum:                        Σ values
        none:                       the values

    Args:
        values: (batch, …).
        sample_weight: the weights that are in the values, for the mean by weight.
        reduction: name of the reduction.
    """
    if reduction in (None, "none") or tuple(values.shape) in ((), (0,)):
        return values
    if reduction == "sum" or 0 in values.shape:
        return ops.sum(values)
    if reduction == "mean_with_sample_weight" and sample_weight is not None:
        return ops.divide_no_nan(ops.sum(values), ops.sum(sample_weight))
    return ops.mean(values)


def _weighted(values: Any, sample_weight: Any) -> Any:
    try:
        return ops.multiply(values, sample_weight)
    except ShapeError:
        raise ShapeError(
            "the sample weights do not fit the losses.",
            where="sample_weight",
            expected=f"a shape that broadcasts to {tuple(values.shape)}",
            given=tuple(sample_weight.shape),
        ) from None


def check_same_shape(y_true: Any, y_pred: Any, where: str | None = None) -> None:
    """Check that targets and predictions that are compared one by one are as many.

    Raises:
        ShapeError: their shapes do not broadcast to each other.
    """
    try:
        broadcast_shapes(tuple(y_true.shape), tuple(y_pred.shape))
    except ShapeError:
        raise ShapeError(
            "targets and predictions differ in shape.",
            where=where,
            expected=f"targets of shape {tuple(y_pred.shape)}",
            given=tuple(y_true.shape),
        ) from None


def reduce_weighted_values(
    values: Any,
    sample_weight: Any = None,
    mask: Any = None,
    reduction: Any = "sum_over_batch_size",
    dtype: Any = None,
) -> Any:
    """Weight values and reduce them to one number.

    Args:
        values: (batch, …).
        sample_weight: (batch,) or broadcasting to the values; None for equal weights.
        mask: which values count; None for all.
        reduction: name of the reduction, as in `reduce_values`.
        dtype: dtype to compute in.

    Example:
        >>> print(reduce_weighted_values([1.0, 3.0], sample_weight=[1.0, 0.0]))
        0.5
    """
    reduction = checked_reduction(reduction)
    values = ops.convert_to_tensor(values, dtype=dtype)
    if sample_weight is not None:
        sample_weight = ops.convert_to_tensor(sample_weight, dtype=values.dtype)
    sample_weight = apply_mask(sample_weight, mask, values.dtype, reduction)
    if sample_weight is not None:
        values, sample_weight = squeeze_or_expand_to_same_rank(values, sample_weight)
        values = _weighted(values, sample_weight)
    return reduce_values(values, sample_weight, reduction)
