"""The loss of label sequences whose place in a longer sequence of predictions is not known (CTC)."""

from __future__ import annotations

from typing import Any

from onionskin import ops
from onionskin.base.errors import ShapeError
from onionskin.losses.lookup import LOSSES
from onionskin.losses.loss import LossFunctionWrapper, takes_class_numbers


@LOSSES.entry()
@takes_class_numbers
def ctc(y_true: Any, y_pred: Any) -> Any:
    """Return -ln P(labels), summed over all ways to spread the labels, in order, over the steps.

    Between labels, and where none is said, stands the blank, class 0; see `ops.ctc_loss`, which also takes lengths.

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
    for given, rank, name, wanted in (
        (labels, 2, "labels", "(batch, most labels)"), (y_pred, 3, "logits", "(batch, steps, classes)"),
    ):  # fmt: skip
        if len(given.shape) != rank:
            raise ShapeError(
                f"CTC takes {name} of another shape.", where="ctc", expected=wanted, given=tuple(given.shape)
            )
    counted = ops.sum(ops.cast(ops.not_equal(labels, 0), "int32"), axis=1)
    return ops.ctc_loss(labels, y_pred, counted, ops.full((y_pred.shape[0],), y_pred.shape[1], dtype="int32"))


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
