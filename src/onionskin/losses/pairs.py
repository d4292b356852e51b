"""Losses of pairs of samples: those of one class are to lie near each other, those of two far apart."""

from __future__ import annotations

from typing import Any

from onionskin import ops
from onionskin.losses.lookup import LOSSES
from onionskin.losses.loss import LossFunctionWrapper, counting, takes_class_numbers


@LOSSES.entry()
@takes_class_numbers
@counting(lambda y_true, y_pred, values, **arguments: ops.greater(values, 0))
def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Any:
    """Return the circle loss of each sample, from its cosine distances to all others.

        L = ln(1 + Σ_p e^(-γ (m + d_p)(m - d_p)) · Σ_n e^(γ max(1 + m - d_n, 0)(1 - m - d_n)))

    where d_p are the distances to the samples of its class and d_n those to the others.

    Args:
        y_true: class numbers (batch,) or (batch, 1).
        y_pred: embeddings of length 1 (batch, n).
        ref_labels: class numbers of the samples to compare with; those of the batch where None.
        ref_embeddings: their embeddings; those of the batch where None.
        remove_diagonal: leave out the i-th sample beside the i-th, which in one batch is itself.
        gamma: scale γ.
        margin: margin m.

    Returns:
        Losses (batch,); 0 for a sample with none of its class, or none of another, to compare with.

    Example:
        >>> print(circle([0, 0, 1], [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]], gamma=1.0).round(4))
        [1.0899 1.8509 0.    ]

    Source: Sun and others, "Circle loss: a unified perspective of pair similarity optimization", 2020.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    labels = ops.reshape(ops.cast(y_true, "int32"), (-1, 1))
    others = y_pred if ref_embeddings is None else ops.convert_to_tensor(ref_embeddings, dtype=y_pred.dtype)
    other_labels = labels if ref_labels is None else ops.reshape(ops.cast(ref_labels, "int32"), (-1, 1))
    distances = ops.maximum(1 - ops.matmul(y_pred, ops.transpose(others)), 0.0)
    same = ops.equal(labels, ops.transpose(other_labels))
    different = ops.logical_not(same)
    if remove_diagonal:
        diagonal = ops.eye(labels.shape[0], other_labels.shape[0], dtype="bool")
        same = ops.logical_and(same, ops.logical_not(diagonal))
    near = -gamma * (margin + distances) * (margin - distances)
    far = gamma * ops.maximum(1 + margin - distances, 0.0) * (1 - margin - distances)
    positive = ops.logsumexp(ops.where(same, near, -float("inf")), axis=1)
    negative = ops.logsumexp(ops.where(different, far, -float("inf")), axis=1)
    return ops.softplus(positive + negative)


@LOSSES.entry()
class Circle(LossFunctionWrapper):
    """Mean of the circle losses over 0; see `circle`.

    Args:
        gamma: scale.
        margin: margin.
        remove_diagonal: leave out each sample beside itself.
        reduction: as in `Loss`.
        name: as in `Loss`.
        dtype: as in `Loss`.
    """

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "circle",
        dtype: Any = None,
    ) -> None:
        arguments = {"gamma": gamma, "margin": margin, "remove_diagonal": remove_diagonal}
        super().__init__(circle, reduction, name, dtype, **arguments)
