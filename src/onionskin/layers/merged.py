"""The layers that merge as functions of a list of tensors: add, subtract, multiply, average and their kin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin.layers import merging


def add(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Return the sum of a list of tensors, by an `Add` layer.

    Args:
        inputs: list of tensors.
        kwargs: as for `Add`.

    Example:
        >>> print(add([np.array([[1.0]]), np.array([[2.0]])]))
        [[3.]]
    """
    return merging.Add(**kwargs)(list(inputs))


def subtract(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Return the first of two tensors less the second, by a `Subtract` layer.

    Args:
        inputs: list of two tensors.
        kwargs: as for `Subtract`.

    Example:
        >>> print(subtract([np.array([[1.0]]), np.array([[3.0]])]))
        [[-2.]]
    """
    return merging.Subtract(**kwargs)(list(inputs))


def multiply(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Return the product of a list of tensors, element by element, by a `Multiply` layer.

    Args:
        inputs: list of tensors.
        kwargs: as for `Multiply`.

    Example:
        >>> print(multiply([np.array([[2.0]]), np.array([[3.0]])]))
        [[6.]]
    """
    return merging.Multiply(**kwargs)(list(inputs))


def average(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Return the mean of a list of tensors, by an `Average` layer.

    Args:
        inputs: list of tensors.
        kwargs: as for `Average`.

    Example:
        >>> print(average([np.array([[1.0]]), np.array([[2.0]])]))
        [[1.5]]
    """
    return merging.Average(**kwargs)(list(inputs))


def maximum(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Return the largest of each element of a list of tensors, by a `Maximum` layer.

    Args:
        inputs: list of tensors.
        kwargs: as for `Maximum`.

    Example:
        >>> print(maximum([np.array([[1.0]]), np.array([[2.0]])]))
        [[2.]]
    """
    return merging.Maximum(**kwargs)(list(inputs))


def minimum(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Return the smallest of each element of a list of tensors, by a `Minimum` layer.

    Args:
        inputs: list of tensors.
        kwargs: as for `Minimum`.

    Example:
        >>> print(minimum([np.array([[1.0]]), np.array([[2.0]])]))
        [[1.]]
    """
    return merging.Minimum(**kwargs)(list(inputs))


def concatenate(inputs: Sequence[Any], axis: int = -1, **kwargs: Any) -> Any:
    """Return a list of tensors joined along an axis, by a `Concatenate` layer.

    Args:
        inputs: list of tensors.
        axis: the axis, counted with the batch.
        kwargs: as for `Concatenate`.

    Example:
        >>> print(concatenate([np.array([[1.0]]), np.array([[2.0]])]))
        [[1. 2.]]
    """
    return merging.Concatenate(axis=axis, **kwargs)(list(inputs))


def dot(inputs: Sequence[Any], axes: int | Sequence[int] = -1, **kwargs: Any) -> Any:
    """Return the sums of products of two tensors along an axis of each, by a `Dot` layer.

    Args:
        inputs: list of two tensors.
        axes: the axis of both, or one of each, counted with the batch.
        kwargs: as for `Dot`, such as `normalize`.

    Example:
        >>> print(dot([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])]))
        [[11.]]
    """
    return merging.Dot(axes=axes, **kwargs)(list(inputs))
