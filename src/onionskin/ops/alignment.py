"""The loss of label sequences whose place in a longer sequence of outputs is not known (CTC)."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.specs import dtype_name
from onionskin.ops.activations import log_softmax
from onionskin.ops.arguments import public
from onionskin.ops.control import scan
from onionskin.ops.creation import arange, cast, convert_to_tensor, full, full_like
from onionskin.ops.indexing import one_hot
from onionskin.ops.joining import concatenate, stack
from onionskin.ops.logic import greater, less, logical_and, not_equal, where
from onionskin.ops.products import matmul
from onionskin.ops.reductions import logsumexp
from onionskin.ops.reductions import sum as sum_
from onionskin.ops.shapes import expand_dims, reshape, transpose

IMPOSSIBLE = -1e5  # logarithm of a probability of 0: finite, so that derivatives are


@public
def ctc_loss(target: Any, output: Any, target_length: Any, output_length: Any, mask_index: int = 0) -> Any:
    """Return -ln P(labels), summed over all ways to spread the labels, in order, over the steps.

    Between labels, and where none is said, stands the blank; a label may go on for several steps.

    Args:
        target: labels (batch, most labels).
        output: logits (batch, steps, classes).
        target_length: how many labels of each row count, integers (batch,).
        output_length: how many steps of each row count, integers (batch,).
        mask_index: the class of the blank.

    Returns:
        Losses (batch,), float32 or float64.

    Raises:
        ShapeError: the shapes are not these.
        ArgumentError: no class has the number of the blank.

    Example:
        >>> print(ctc_loss([[1]], [[[0.0, 0.0], [0.0, 0.0]]], [1], [2]).round(4))  # -ln ¾: all but two blanks
        [0.2877]

    Source: Graves and others, "Connectionist temporal classification", 2006.
    """
    labels, output = cast(target, "int32"), convert_to_tensor(output)
    counted, heard = cast(target_length, "int32"), cast(output_length, "int32")
    for given, rank, name, wanted in (
        (output, 3, "logits", "(batch, steps, classes)"), (labels, 2, "labels", "(batch, most labels)"),
        (counted, 1, "lengths of the labels", "(batch,)"), (heard, 1, "lengths of the logits", "(batch,)"),
    ):  # fmt: skip
        if len(given.shape) != rank or given.shape[0] != output.shape[0]:
            raise ShapeError(f"CTC takes {name} of another shape.", expected=wanted, given=tuple(given.shape))
    if not 0 <= mask_index < output.shape[2]:
        raise ArgumentError(
            "the blank is one of the classes.", expected=f"0 <= mask_index < {output.shape[2]}", given=mask_index
        )
    output = cast(output, "float64" if dtype_name(output.dtype) == "float64" else "float32")
    said, passing = _states(labels, log_softmax(output, axis=-1), mask_index)

    batch, most = labels.shape
    outside = full((batch, 2 * most), IMPOSSIBLE, dtype=output.dtype)

    def step(alpha: Any, now: Any) -> tuple[Any, None]:
        said, live = now
        one, two = (concatenate([outside[:, :n], alpha[:, :-n]], axis=1) for n in (1, 2))
        return where(live, logsumexp(stack([alpha, one, two + passing]), axis=0) + said, alpha), None

    live = less(arange(output.shape[1]), expand_dims(heard, 1))  # (batch, steps)
    start = concatenate([outside[:, :1] * 0, outside], axis=1)
    alpha, _ = scan(step, start, (transpose(said, (1, 0, 2)), expand_dims(transpose(live), -1)))
    last = 2 * counted
    on_blank, on_label = (sum_(alpha * one_hot(at, 2 * most + 1, dtype=alpha.dtype), axis=1) for at in (last, last - 1))
    return -logsumexp(stack([on_blank, where(greater(counted, 0), on_label, IMPOSSIBLE)]), axis=0)


def _states(labels: Any, shares: Any, blank: int) -> tuple[Any, Any]:
    """Return the log-probability of what is said in turn (blank, label, blank …) at each step, and the cost of passing.

    Args:
        labels: (batch, most labels).
        shares: log-probabilities (batch, steps, classes).
        blank: the class of the blank.

    Returns:
        Log-probabilities (batch, steps, states), and (batch, states): 0 where the blank between two labels may be
        left out, as they differ.
    """
    batch, most = labels.shape
    states = reshape(stack([full_like(labels, blank), labels], axis=2), (batch, 2 * most))
    states = concatenate([states, full((batch, 1), blank, dtype="int32")], axis=1)
    code = one_hot(states, shares.shape[2], dtype=shares.dtype)
    said = matmul(shares, transpose(code, (0, 2, 1)))
    two_back = concatenate([full((batch, 2), blank, dtype="int32"), states[:, :-2]], axis=1)
    passes = logical_and(not_equal(states, blank), not_equal(states, two_back))
    return said, where(passes, 0.0, IMPOSSIBLE)
