"""Cross-entropies of targets and outputs, in forms that neither overflow nor round to 0."""

from __future__ import annotations

from typing import Any

from onionskin.base.config import epsilon
from onionskin.base.errors import ShapeError
from onionskin.base.specs import normalize_axis
from onionskin.ops.arguments import public, tensor
from onionskin.prims import elementwise, indexing, movement, reductions
from onionskin.prims.families import dtype_of, floating, joined


def _paired(target: Any, output: Any, least: int) -> list[Any]:
    """Return target and output as floats of one dtype and shape."""
    pair = joined(target, output, to_float=True)
    shapes = [tuple(one.shape) for one in pair]
    if len(shapes[0]) != len(shapes[1]) or any(
        a != b for a, b in zip(shapes[0], shapes[1], strict=True) if None not in (a, b)
    ):
        raise ShapeError(
            "target and output differ in shape.", expected=f"target of shape {shapes[1]}", given=f"shape {shapes[0]}"
        )
    if len(shapes[0]) < least:
        raise ShapeError(
            "target and output need an axis of classes.", expected="one axis or more", given=f"shape {shapes[0]}"
        )
    return pair


def _log_probability(output: Any, from_logits: bool, axis: int) -> Any:
    """Return the logarithm of the share of each class, at least ln ε where shares are given."""
    if from_logits:
        return reductions.log_softmax(output, axis=axis)
    shares = elementwise.divide(output, reductions.sum_(output, axis=(axis,), keepdims=True))
    return elementwise.log(_clipped(shares))


def _clipped(shares: Any) -> Any:
    low, high = elementwise.number(epsilon(), shares), elementwise.number(1 - epsilon(), shares)
    return elementwise.clip(shares, low, high)


@public
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """Return the cross-entropy of each yes/no answer.

    y = -t·ln p - (1 - t)·ln(1 - p)

    Args:
        target: answers in 0 … 1.
        output: probabilities, or logits, of the same shape.
        from_logits: output are logits z, with p = sigmoid(z).

    Returns:
        Array of the same shape.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> print(binary_crossentropy([0.0, 1.0], [0.5, 0.5]))
        [0.6931472 0.6931472]
    """
    target, output = _paired(target, output, 0)
    one = elementwise.number(1, output)
    if from_logits:
        # t·softplus(-z) + (1 - t)·softplus(z)
        yes, no = elementwise.softplus(elementwise.negative(output)), elementwise.softplus(output)
        return elementwise.add(
            elementwise.multiply(target, yes), elementwise.multiply(elementwise.subtract(one, target), no)
        )
    shares = _clipped(output)
    yes, no = elementwise.log(shares), elementwise.log(elementwise.subtract(one, shares))
    total = elementwise.add(
        elementwise.multiply(target, yes), elementwise.multiply(elementwise.subtract(one, target), no)
    )
    return elementwise.negative(total)


@public
def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """Return the cross-entropy of shares of classes.

    y = -Σ t·ln p

    Args:
        target: shares of the classes (…, classes), such as one-hot codes.
        output: probabilities (they are divided by their sum), or logits, of the same shape.
        from_logits: output are logits z, with p = softmax(z).
        axis: the axis of the classes.

    Returns:
        Array without the axis of the classes.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> print(categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]))
        [0.6931472]
    """
    target, output = _paired(target, output, 1)
    along = normalize_axis(axis, output.ndim)
    terms = elementwise.multiply(target, _log_probability(output, from_logits, along))
    return elementwise.negative(reductions.sum_(terms, axis=(along,), keepdims=False))


@public
def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """Return the cross-entropy of one right class each.

    y = -ln p[t]

    Args:
        target: whole numbers of the right classes (…) or (…, 1).
        output: probabilities (they are divided by their sum), or logits (…, classes).
        from_logits: output are logits z, with p = softmax(z).
        axis: the axis of the classes.

    Returns:
        Array of the shape of output without its axis of classes.

    Raises:
        ShapeError: the shapes do not fit.

    Example:
        >>> print(sparse_categorical_crossentropy([1], [[0.5, 0.5]]))
        [0.6931472]
    """
    target, output = tensor(target), floating(output)
    if output.ndim < 1:
        raise ShapeError(
            "output needs an axis of classes.", expected="one axis or more", given=f"shape {tuple(output.shape)}"
        )
    along = normalize_axis(axis, output.ndim)
    if target.ndim == output.ndim and target.shape[-1] == 1:
        target = movement.reshape(target, shape=tuple(target.shape[:-1]))
    rest = (*output.shape[:along], *output.shape[along + 1 :])
    if target.ndim != len(rest) or any(a != b for a, b in zip(target.shape, rest, strict=True) if None not in (a, b)):
        raise ShapeError(
            "target and output do not fit.",
            expected=f"target of shape {rest}, output without its classes",
            given=f"shape {tuple(target.shape)}",
            fix="use categorical_crossentropy for one-hot targets",
        )
    chosen = indexing.one_hot(
        elementwise.cast(target, dtype="int32"), num_classes=output.shape[along], dtype=dtype_of(output)
    )
    if along != output.ndim - 1:
        order = [*range(along), output.ndim - 1, *range(along, output.ndim - 1)]
        chosen = movement.transpose(chosen, perm=tuple(order))
    terms = elementwise.multiply(chosen, _log_probability(output, from_logits, along))
    return elementwise.negative(reductions.sum_(terms, axis=(along,), keepdims=False))
