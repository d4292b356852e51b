"""Shapes: reshape, transpose, new and dropped axes; nothing is computed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.specs import normalize_axes, normalize_axis
from onionskin.ops.arguments import Axis, public, sizes, tensor
from onionskin.prims import movement
from onionskin.prims.operators import shaped, transposed


@public
def shape(x: Any) -> Any:
    """Return the sizes of the axes; None where not known yet.

    Args:
        x: array or tensor of any shape.

    Returns:
        Tuple.

    Example:
        >>> print(shape([[1, 2, 3]]))
        (1, 3)
    """
    return tuple(tensor(x).shape)


@public
def ndim(x: Any) -> Any:
    """Return the number of axes.

    Args:
        x: array or tensor of any shape.

    Returns:
        Integer.

    Example:
        >>> print(ndim([[1, 2, 3]]))
        2
    """
    return tensor(x).ndim


@public
def size(x: Any) -> Any:
    """Return the number of elements.

    Args:
        x: array or tensor of any shape.

    Returns:
        Integer.

    Raises:
        ShapeError: a size is not known yet.

    Example:
        >>> print(size([[1, 2, 3]]))
        3
    """
    return tensor(x).size


@public
def reshape(x: Any, newshape: Any) -> Any:
    """Return the elements in another shape.

    Args:
        x: array or tensor of any shape.
        newshape: sizes; one may be -1, which is worked out.

    Returns:
        Array of the new shape.

    Raises:
        ShapeError: the numbers of elements differ.

    Example:
        >>> print(reshape([1, 2, 3, 4], (2, -1)))
        [[1 2]
         [3 4]]
    """
    return shaped(tensor(x), newshape)


@public
def ravel(x: Any) -> Any:
    """Return the elements in one row.

    Args:
        x: array or tensor of any shape.

    Returns:
        Array (n,).

    Example:
        >>> print(ravel([[1, 2], [3, 4]]))
        [1 2 3 4]
    """
    return shaped(tensor(x), (-1,))


@public
def transpose(x: Any, axes: Sequence[int] | None = None) -> Any:
    """Return the axes in another order, reversed where none is given.

    Args:
        x: array or tensor of any shape.
        axes: which axis of x comes first, second …

    Returns:
        Array with the axes of x in that order.

    Raises:
        ShapeError: axes does not name each axis once.

    Example:
        >>> print(transpose([[1, 2], [3, 4]]))
        [[1 3]
         [2 4]]
    """
    return transposed(tensor(x), axes)


@public
def moveaxis(x: Any, source: Any, destination: Any) -> Any:
    """Return x with some axes at other places; the rest keep their order.

    Args:
        x: array or tensor of any shape.
        source: axis or axes to move.
        destination: where each goes.

    Returns:
        Array with the axes moved.

    Raises:
        ArgumentError: source and destination do not pair.

    Example:
        >>> print(moveaxis(np.zeros((2, 3, 4)), 0, -1).shape)
        (3, 4, 2)
    """
    x = tensor(x)
    starts, ends = [
        [normalize_axis(one, x.ndim) for one in ([axes] if isinstance(axes, int | np.integer) else axes)]
        for axes in (source, destination)
    ]
    if len(starts) != len(ends) or len(set(starts)) != len(starts) or len(set(ends)) != len(ends):
        raise ArgumentError(
            "each axis moves to one place of its own.", given=f"source {source}, destination {destination}"
        )
    order = [axis for axis in range(x.ndim) if axis not in starts]
    for end, start in sorted(zip(ends, starts, strict=True)):
        order.insert(end, start)
    return movement.transpose(x, perm=tuple(order))


@public
def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    """Return x with two axes in each other's place.

    Args:
        x: array or tensor of any shape.
        axis1: one axis.
        axis2: the other.

    Returns:
        Array with the axes swapped.

    Example:
        >>> print(swapaxes(np.zeros((2, 3, 4)), 0, 2).shape)
        (4, 3, 2)
    """
    x = tensor(x)
    one, other = normalize_axis(axis1, x.ndim), normalize_axis(axis2, x.ndim)
    order = list(range(x.ndim))
    order[one], order[other] = other, one
    return movement.transpose(x, perm=tuple(order))


@public
def expand_dims(x: Any, axis: Any) -> Any:
    """Return x with new axes of size 1.

    Args:
        x: array or tensor of any shape.
        axis: where they stand in the result.

    Returns:
        Array with as many more axes.

    Example:
        >>> print(expand_dims([1, 2], 0).shape)
        (1, 2)
    """
    x = tensor(x)
    added = 1 if isinstance(axis, int | np.integer) else len(axis)
    places = normalize_axes(axis, x.ndim + added)
    old = iter(x.shape)
    return movement.reshape(x, shape=tuple(1 if place in places else next(old) for place in range(x.ndim + added)))


@public
def squeeze(x: Any, axis: Axis = None) -> Any:
    """Return x without axes of size 1.

    Args:
        x: array or tensor of any shape.
        axis: which; all of size 1 where None.

    Returns:
        Array without them.

    Raises:
        ShapeError: an axis has another size.

    Example:
        >>> print(squeeze([[1], [2]], -1).shape)
        (2,)
    """
    x = tensor(x)
    gone = [place for place, size in enumerate(x.shape) if size == 1] if axis is None else normalize_axes(axis, x.ndim)
    for place in gone:
        if x.shape[place] not in (1, None):
            raise ShapeError(
                "only an axis of size 1 can be left out.", expected=f"size 1 at axis {place}", given=tuple(x.shape)
            )
    return movement.reshape(x, shape=tuple(size for place, size in enumerate(x.shape) if place not in gone))


@public
def broadcast_to(x: Any, shape: Any) -> Any:
    """Return x repeated to a shape that it broadcasts to.

    Args:
        x: array or tensor of any shape.
        shape: sizes of the result.

    Returns:
        Array of that shape.

    Raises:
        ShapeError: x does not broadcast to it.

    Example:
        >>> print(broadcast_to([1, 2], (2, 2)))
        [[1 2]
         [1 2]]
    """
    return movement.broadcast_to(tensor(x), shape=sizes(shape))
