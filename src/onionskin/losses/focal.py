"""Cross-entropies that weigh samples by how well they are predicted: the focal forms and the generalized one."""

from __future__ import annotations

from typing import Any

from onionskin import ops
from onionskin.base.config import epsilon
from onionskin.base.errors import ArgumentError
from onionskin.losses.lookup import LOSSES
from onionskin.losses.loss import LossFunctionWrapper, takes_class_numbers
from onionskin.losses.probabilistic import check_class_axis, class_numbers, of_dtype, smoothed


@LOSSES.entry()
def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """Return the mean of a·(1 - q)^γ times the binary cross-entropy, where q is the share given to the right answer.

        q = t·p + (1 - t)(1 - p),  a = t·α + (1 - t)(1 - α) with balancing, else 1

    Args:
        y_true: targets t from 0 to 1.
        y_pred: probabilities p, or logits, of the same shape.
        apply_class_balancing: whether to weigh the classes by α.
        alpha: weight α of class 1; class 0 has 1 - α.
        gamma: exponent γ; 0 gives the binary cross-entropy.
        from_logits: the predictions are logits, p = σ(logits).
        label_smoothing: share by which targets are moved towards ½.
        axis: axis of the mean.

    Example:
        >>> print(binary_focal_crossentropy([[1.0]], [[0.5]]).round(4))
        [0.1733]

    Source: Lin, Goyal, Girshick, He, Dollár, "Focal loss for dense object detection", 2018.
    """
    y_true, y_pred = of_dtype(y_true, y_pred)
    y_true = smoothed(y_true, label_smoothing, 2)
    if from_logits:
        y_pred = ops.sigmoid(y_pred)
    right = y_true * y_pred + (1 - y_true) * (1 - y_pred)
    values = ops.power(1.0 - right, gamma) * ops.binary_crossentropy(y_true, y_pred)
    if apply_class_balancing:
        values = (y_true * alpha + (1 - y_true) * (1 - alpha)) * values
    return ops.mean(values, axis=axis)


@LOSSES.entry()
def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """Return -Σ α (1 - p_c)^γ t_c ln p_c over the classes.

    Args:
        y_true: targets t, a share for each class: one-hot, or soft.
        y_pred: probabilities p, or logits, of the same shape.
        alpha: weight α, a number, or one for each class.
        gamma: exponent γ; with 0 and α = 1 it is the categorical cross-entropy.
        from_logits: the predictions are logits, p = softmax(logits).
        label_smoothing: share that is taken from the targets and spread evenly over the classes.
        axis: axis of the classes.

    Raises:
        ArgumentError: the axis is a truth value.

    Example:
        >>> print(categorical_focal_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).round(4))
        [0.0433]

    Source: as `binary_focal_crossentropy`.
    """
    check_class_axis(axis)
    y_true, y_pred = of_dtype(y_true, y_pred)
    y_true = smoothed(y_true, label_smoothing, y_true.shape[-1])
    if from_logits:
        y_pred = ops.softmax(y_pred, axis=axis)
    shares = ops.clip(y_pred / ops.sum(y_pred, axis=axis, keepdims=True), epsilon(), 1.0 - epsilon())
    weights = ops.power(1.0 - shares, gamma) * ops.convert_to_tensor(alpha, dtype=shares.dtype)
    return ops.sum(-weights * y_true * ops.log(shares), axis=axis)


@LOSSES.entry()
@takes_class_numbers
def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> Any:
    """Return (1 - p_y^q) / q, where y is the number of the right class; wrong labels weigh less than in -ln p_y.

    Args:
        y_true: class numbers y (batch, …), or with an axis of size 1 for the classes.
        y_pred: probabilities p (batch, …, classes).
        q: between 0, which -ln p_y is the limit of, and 1, which is an absolute error.

    Example:
        >>> print(categorical_generalized_cross_entropy([1], [[0.75, 0.25]], q=0.5))
        [1.]

    Source: Zhang and Sabuncu, "Generalized cross entropy loss for training deep neural networks with noisy
    labels", 2018.
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    numbers = ops.cast(class_numbers(y_true, y_pred, -1), "int32")
    right = ops.sum(y_pred * ops.one_hot(numbers, y_pred.shape[-1], dtype=y_pred.dtype), axis=-1)
    return (1 - ops.power(right, q)) / q


@LOSSES.entry()
class BinaryFocalCrossentropy(LossFunctionWrapper):
    """Mean of (1 - q)^γ times the binary cross-entropy; see `binary_focal_crossentropy`.

    Args:
        apply_class_balancing: whether to weigh the classes by alpha.
        alpha: weight of class 1; class 0 has 1 - alpha.
        gamma: exponent.
        from_logits: the predictions are logits.
        label_smoothing: share by which targets are moved towards ½.
        axis: axis of the first mean.
        reduction: as in `Loss`.
        name: as in `Loss`.
        dtype: as in `Loss`.

    Example:
        >>> print(round(float(BinaryFocalCrossentropy()([[1.0], [0.0]], [[0.5], [0.5]])), 4))
        0.1733
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "binary_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        arguments = {"apply_class_balancing": apply_class_balancing, "alpha": alpha, "gamma": gamma,
                     "from_logits": from_logits, "label_smoothing": label_smoothing, "axis": axis}  # fmt: skip
        super().__init__(binary_focal_crossentropy, reduction, name, dtype, **arguments)


@LOSSES.entry()
class CategoricalFocalCrossentropy(LossFunctionWrapper):
    """Mean of -Σ α (1 - p_c)^γ t_c ln p_c; see `categorical_focal_crossentropy`.

    Args:
        alpha: weight, a number, or one for each class.
        gamma: exponent.
        from_logits: the predictions are logits.
        label_smoothing: share that is taken from the targets and spread evenly over the classes.
        axis: axis of the classes.
        reduction: as in `Loss`.
        name: as in `Loss`.
        dtype: as in `Loss`.

    Example:
        >>> print(round(float(CategoricalFocalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])), 4))
        0.0433
    """

    def __init__(
        self,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "categorical_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        arguments = {"alpha": alpha, "gamma": gamma, "from_logits": from_logits,
                     "label_smoothing": label_smoothing, "axis": axis}  # fmt: skip
        super().__init__(categorical_focal_crossentropy, reduction, name, dtype, **arguments)


@LOSSES.entry()
class CategoricalGeneralizedCrossEntropy(LossFunctionWrapper):
    """Mean of (1 - p_y^q) / q, for class numbers y; see `categorical_generalized_cross_entropy`.

    Args:
        q: between 0 and 1; the larger, the less wrong labels weigh.
        reduction: as in `Loss`.
        name: as in `Loss`.
        dtype: as in `Loss`.

    Raises:
        ArgumentError: q does not lie between 0 and 1.

    Example:
        >>> print(CategoricalGeneralizedCrossEntropy()([1], [[0.75, 0.25]]))
        1.0
    """

    def __init__(
        self,
        q: float = 0.5,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ) -> None:
        if not 0 < q < 1:
            raise ArgumentError(
                "q lies between 0 and 1.", where="CategoricalGeneralizedCrossEntropy", expected="0 < q < 1",
                given=f"q={q!r}", fix="for q = 0 use SparseCategoricalCrossentropy",
            )  # fmt: skip
        super().__init__(categorical_generalized_cross_entropy, reduction, name, dtype, q=q)
