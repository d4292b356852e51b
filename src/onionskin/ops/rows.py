"""Stacks and splits by rows, columns and depth, and turned matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.specs import normalize_axes, normalize_axis
from onionskin.ops.arguments import public, tensor
from onionskin.ops.joining import concatenate, split
from onionskin.prims import movement


@public
def vstack(xs: Any) -> Any:
    """Return arrays joined by rows, along the first axis.

    Args:
        xs: sequence of arrays or tensors.

    Returns:
        Array.

    Raises:
        ShapeError: other sizes differ.

    Example:
        >>> print(vstack([[1, 2], [3, 4]]))
        [[1 2]
         [3 4]]
    """
    return concatenate([_at_least(one, 2) for one in xs], axis=0)


@public
def hstack(xs: Any) -> Any:
    """Return arrays joined by columns, along the second axis (the first for rows).

    Args:
        xs: sequence of arrays or tensors.

    Returns:
        Array.

    Raises:
        ShapeError: other sizes differ.

    Example:
        >>> print(hstack([[1, 2], [3, 4]]))
        [1 2 3 4]
    """
    parts = [_at_least(one, 1) for one in xs]
    return concatenate(parts, axis=0 if parts and parts[0].ndim == 1 else 1)


@public
def dstack(xs: Any) -> Any:
    """Return arrays joined in depth, along the third axis.

    Args:
        xs: sequence of arrays or tensors.

    Returns:
        Array.

    Raises:
        ShapeError: other sizes differ.

    Example:
        >>> print(dstack([[1, 2], [3, 4]]))
        [[[1 3]
          [2 4]]]
    """
    return concatenate([_at_least(one, 3) for one in xs], axis=2)


def _at_least(x: Any, rank: int) -> Any:
    """Return x with as many axes as a stack needs: a row has its one axis second, a matrix its two first."""
    x = tensor(x)
    shape = tuple(x.shape)
    if len(shape) == 0:
        shape = (1,)
    if len(shape) == 1 and rank > 1:
        shape = (1, *shape)
    if len(shape) == 2 and rank > 2:
        shape = (*shape, 1)
    return x if len(shape) == x.ndim else movement.reshape(x, shape=shape)


@public
def vsplit(x: Any, indices_or_sections: Any) -> Any:
    """Return x cut into parts along the first axis.

    Args:
        x: array or tensor of any shape.
        indices_or_sections: the number of equal parts, or the positions of the cuts.

    Returns:
        List of arrays.

    Raises:
        ShapeError: the axis cannot be cut into so many equal parts.

    Example:
        >>> print(*vsplit([[1, 2], [3, 4]], 2))
        [[1 2]] [[3 4]]
    """
    return split(x, indices_or_sections, axis=0)


@public
def hsplit(x: Any, indices_or_sections: Any) -> Any:
    """Return x cut into parts along the second (first for a row) axis.

    Args:
        x: array or tensor of any shape.
        indices_or_sections: the number of equal parts, or the positions of the cuts.

    Returns:
        List of arrays.

    Raises:
        ShapeError: the axis cannot be cut into so many equal parts.

    Example:
        >>> print(*hsplit([1, 2, 3, 4], 2))
        [1 2] [3 4]
    """
    return split(x, indices_or_sections, axis=1 if tensor(x).ndim > 1 else 0)


@public
def dsplit(x: Any, indices_or_sections: Any) -> Any:
    """Return x cut into parts along the third axis.

    Args:
        x: array or tensor of any shape.
        indices_or_sections: the number of equal parts, or the positions of the cuts.

    Returns:
        List of arrays.

    Raises:
        ShapeError: the axis cannot be cut into so many equal parts.

    Example:
        >>> print([part.shape for part in dsplit(np.zeros((1, 2, 4)), 2)])
        [(1, 2, 2), (1, 2, 2)]
    """
    return split(x, indices_or_sections, axis=2)


@public
def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Return x cut into parts that need not be equal: the first ones are longer by one.

    Args:
        x: array or tensor of any shape.
        indices_or_sections: the number of parts, or the positions of the cuts.
        axis: the axis to work along.

    Returns:
        List of arrays.

    Raises:
        ShapeError: there are no parts, or the size is not known.

    Example:
        >>> print(*array_split([1, 2, 3], 2))
        [1 2] [3]
    """
    x = tensor(x)
    size = x.shape[normalize_axis(axis, x.ndim)]
    if not isinstance(indices_or_sections, int | np.integer):
        return split(x, indices_or_sections, axis)
    count = int(indices_or_sections)
    if count < 1 or size is None:
        raise ShapeError(
            "the axis cannot be cut into parts.", expected="1 part or more of a known size", given=f"{count} of {size}"
        )
    lengths = [size // count + (index < size % count) for index in range(count)]
    return split(x, [int(cut) for cut in np.cumsum(lengths)[:-1]], axis)


@public
def fliplr(x: Any) -> Any:
    """Return x with its second axis reversed.

    Args:
        x: array or tensor of two axes or more.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(fliplr([[1, 2], [3, 4]]))
        [[2 1]
         [4 3]]
    """
    x = tensor(x)
    return movement.flip(x, axes=(normalize_axis(1, x.ndim),))


@public
def flipud(x: Any) -> Any:
    """Return x with its first axis reversed.

    Args:
        x: array or tensor of one axis or more.

    Returns:
        Array of the shape of x.

    Example:
        >>> print(flipud([[1, 2], [3, 4]]))
        [[3 4]
         [1 2]]
    """
    x = tensor(x)
    return movement.flip(x, axes=(normalize_axis(0, x.ndim),))


@public
def rot90(array: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    """Return matrices turned by quarters, from the first axis towards the second.

    Args:
        array: array or tensor of two axes or more.
        k: number of quarter turns.
        axes: the two axes of the plane.

    Returns:
        Array with the axes turned.

    Raises:
        ArgumentError: axes are not two.
        ShapeError: there is no such axis, or one is named twice.

    Example:
        >>> print(rot90([[1, 2], [3, 4]]))
        [[2 4]
         [1 3]]
    """
    x = tensor(array)
    if len(axes) != 2:
        raise ArgumentError("a plane has two axes.", given=f"axes={axes}")
    normalize_axes(axes, x.ndim)  # refuses one axis named twice
    one, other = [normalize_axis(int(axis), x.ndim) for axis in axes]
    order = list(range(x.ndim))
    order[one], order[other] = other, one
    turns = k % 4
    if turns == 2:
        return movement.flip(x, axes=tuple(sorted((one, other))))
    if turns == 1:
        return movement.transpose(movement.flip(x, axes=(other,)), perm=tuple(order))
    return movement.flip(movement.transpose(x, perm=tuple(order)), axes=(other,)) if turns == 3 else x
