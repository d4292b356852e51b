"""The loss of label sequences whose place in a longer sequence of predictions is not known (CTC)."""

from __future__ import annotations

from typing import Any

from onionskin import ops
from onionskin.base.errors import ShapeError
from onionskin.losses.lookup import LOSSES
from onionskin.losses.loss import LossFunctionWrapper, takes_class_numbers

IMPOSSIBLE = -1e5  # logarithm of a probability of 0: finite, so that derivatives are


@LOSSES.entry()
@takes_class_numbers
def ctc(y_true: Any, y_pred: Any) -> Any:
    """Return -ln P(labels), summed over all ways to spread the labels, in order, over the steps.

    Between labels, and where none is said, stands the blank, class 0; a label may go on for several steps.

    Args:
        y_true: labels (batch, most labels), from 1 on; 0 fills the rest of a row.
        y_pred: logits (batch, steps, classes).

    Returns:
        Losses (batch,).

    Raises:
        ShapeError: the shapes are not these.

    Example:
        >>> print(ctc([[1]], [[[0.0, 0.0], [0.0, 0.0]]]).round(4))  # -ln ¾: all but two blanks
        [0.2877]

    Source: Graves and others, "Connectionist temporal classification", 2006.
    """
    labels, y_pred = ops.cast(y_true, "int32"), ops.convert_to_tensor(y_pred)
    for given, rank, name, wanted in ((labels, 2, "labels", "(batch, most labels)"),
                                      (y_pred, 3, "logits", "(batch, steps, classes)")):  # fmt: skip
        if len(given.shape) != rank:
            raise ShapeError(
                f"CTC takes {name} of another shape.", where="ctc", expected=wanted, given=tuple(given.shape)
            )
    batch, most = labels.shape
    blanks = ops.zeros_like(labels)
    states = ops.reshape(ops.stack([blanks, labels], axis=2), (batch, 2 * most))
    states = ops.concatenate([states, ops.zeros((batch, 1), dtype="int32")], axis=1)  # blank, label, blank …
    code = ops.one_hot(states, y_pred.shape[2], dtype=y_pred.dtype)
    said = ops.matmul(ops.log_softmax(y_pred, axis=-1), ops.transpose(code, (0, 2, 1)))  # (batch, steps, states)

    outside = ops.full((batch, 2), IMPOSSIBLE, dtype=y_pred.dtype)
    two_back = ops.concatenate([ops.zeros((batch, 2), dtype="int32"), states[:, :-2]], axis=1)
    passes = ops.logical_and(ops.not_equal(states, 0), ops.not_equal(states, two_back))  # over a blank between two
    passing = ops.where(passes, 0.0, IMPOSSIBLE)

    def step(alpha: Any, now: Any) -> tuple[Any, None]:
        one, two = (ops.concatenate([outside[:, :n], alpha[:, :-n]], axis=1) for n in (1, 2))
        return ops.logsumexp(ops.stack([alpha, one, two + passing]), axis=0) + now, None

    start = ops.concatenate([outside[:, :1] * 0, ops.full((batch, 2 * most), IMPOSSIBLE, dtype=y_pred.dtype)], axis=1)
    alpha, _ = ops.scan(step, start, ops.transpose(said, (1, 0, 2)))
    last = 2 * ops.sum(ops.cast(ops.not_equal(labels, 0), "int32"), axis=1)
    on_blank, on_label = (
        ops.sum(alpha * ops.one_hot(place, 2 * most + 1, dtype=alpha.dtype), axis=1) for place in (last, last - 1)
    )
    ends = [on_blank, ops.where(ops.greater(last, 0), on_label, IMPOSSIBLE)]
    return -ops.logsumexp(ops.stack(ends), axis=0)


@LOSSES.entry()
class CTC(LossFunctionWrapper):
    """Mean of -ln P(labels) of label sequences; see `ctc`.

    Args:
        reduction: as in `Loss`.
        name: as in `Loss`.
        dtype: as in `Loss`.
    """

    def __init__(self, reduction: Any = "sum_over_batch_size", name: str | None = "ctc", dtype: Any = None) -> None:
        super().__init__(ctc, reduction, name, dtype)
