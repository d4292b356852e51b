"""How numbers of categories are put out: as they are, or as one-hot, multi-hot and counting vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base.errors import ArgumentError

MODES = ("int", "one_hot", "multi_hot", "count")


def encoded(indices: Any, mode: str, depth: int, dtype: str, count_weights: Any = None) -> Any:
    """Return numbers of categories in an output mode.

    Args:
        indices: whole numbers of any shape; one outside 0 … depth-1 counts for none.
        mode: one of MODES.
        depth: number of categories.
        dtype: dtype of the result.
        count_weights: how much each counts, of the shape of indices; 1 where None.

    Returns:
        "int": of the shape of indices. "one_hot": with one more axis (depth,), in place of a last axis of size 1.
        "multi_hot" and "count": likewise, but the second axis (of one axis, the only) is reduced.
    """
    if mode == "int":
        return ops.cast(indices, dtype)
    whole = indices if str(indices.dtype).startswith(("int", "uint")) else ops.cast(indices, "int32")
    if whole.ndim == 0:
        whole = ops.expand_dims(whole, -1)
    if mode == "one_hot":
        if whole.ndim > 1 and whole.shape[-1] == 1:
            whole = ops.squeeze(whole, -1)
        return ops.one_hot(whole, depth, dtype=dtype)
    axis = 1 if whole.ndim > 1 else 0
    codes = ops.one_hot(whole, depth, dtype=dtype)
    if mode == "multi_hot":
        return ops.max(codes, axis)
    if count_weights is not None:
        weights = np.asarray(count_weights, dtype) if isinstance(count_weights, list | tuple) else count_weights
        codes = codes * ops.expand_dims(ops.cast(weights, dtype), -1)
    return ops.sum(codes, axis)


def checked_mode(mode: Any, where: str, allowed: tuple[str, ...] = MODES) -> str:
    """Return an output mode by its present name.

    Raises:
        ArgumentError: there is no such mode here.
    """
    present = {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(mode, mode)
    if present not in allowed:
        raise ArgumentError(
            "there is no such output_mode.", where=where, expected=", ".join(map(repr, allowed)), given=repr(mode)
        )
    return str(present)


def refuse_sparse(sparse: Any, where: str) -> None:
    """Refuse sparse outputs.

    Raises:
        ArgumentError: they are asked for.
    """
    if sparse:
        raise ArgumentError(
            "sparse tensors are not supported.", where=where, given=f"sparse={sparse!r}", fix="leave sparse out"
        )
