"""Products that pair the elements of two arrays: outer, inner, Kronecker and cross products, distances."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.specs import normalize_axis
from onionskin.ops.arguments import public
from onionskin.ops.products import contracted
from onionskin.ops.shapes import moveaxis
from onionskin.prims import elementwise, indexing, movement, reductions
from onionskin.prims.families import joined
from onionskin.prims.operators import shaped


@public
def outer(x1: Any, x2: Any) -> Any:
    """Return the products of every element with every other.

    Args:
        x1: array or tensor with n elements.
        x2: array or tensor with m elements.

    Returns:
        Array (n, m).

    Example:
        >>> print(outer([1, 2], [3, 4]))
        [[3 4]
         [6 8]]
    """
    a, b = joined(x1, x2)
    return elementwise.multiply(shaped(a, (-1, 1)), shaped(b, (1, -1)))


@public
def inner(x1: Any, x2: Any) -> Any:
    """Return the product over the last axis of both.

    Args:
        x1: array or tensor (…, k).
        x2: array or tensor (…, k); a single number multiplies every element.

    Returns:
        Array with the other axes of x1, then of x2.

    Raises:
        ShapeError: the last sizes differ.

    Example:
        >>> print(inner([1, 2], [3, 4]))
        11
    """
    a, b = joined(x1, x2)
    if a.ndim == 0 or b.ndim == 0:
        return elementwise.multiply(a, b)
    return contracted(a, b, [a.ndim - 1], [b.ndim - 1])


@public
def vdot(x1: Any, x2: Any) -> Any:
    """Return the sum of the products of all elements.

    Args:
        x1: array or tensor.
        x2: array or tensor with as many elements.

    Returns:
        One number.

    Raises:
        ShapeError: the numbers of elements differ.

    Example:
        >>> print(vdot([[1, 2]], [[3, 4]]))
        11
    """
    a, b = [shaped(one, (-1,)) for one in joined(x1, x2)]
    return contracted(a, b, [0], [0])


@public
def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Any:
    """Return the product summed over pairs of axes.

    Args:
        x1: array or tensor.
        x2: array or tensor.
        axes: how many last axes of x1 pair with first ones of x2, or two lists of axes.

    Returns:
        Array with the other axes of x1, then of x2.

    Raises:
        ArgumentError: the axes do not pair.
        ShapeError: the sizes of a pair differ.

    Example:
        >>> print(tensordot([[1, 2], [3, 4]], [1, 1], axes=1))
        [3 7]
    """
    a, b = joined(x1, x2)
    if isinstance(axes, int | np.integer):
        if not 0 <= axes <= min(a.ndim, b.ndim):
            raise ArgumentError(
                "there are not so many axes to pair.", expected=f"0 to {min(a.ndim, b.ndim)}", given=f"axes={axes}"
            )
        left, right = list(range(a.ndim - axes, a.ndim)), list(range(axes))
    else:
        one, other = [[part] if isinstance(part, int | np.integer) else list(part) for part in axes]
        if len(one) != len(other):
            raise ArgumentError("each axis needs one to pair with.", given=f"axes={axes}")
        left = [normalize_axis(int(axis), a.ndim) for axis in one]
        right = [normalize_axis(int(axis), b.ndim) for axis in other]
    return contracted(a, b, left, right)


@public
def kron(x1: Any, x2: Any) -> Any:
    """Return the Kronecker product: x2 once for each element of x1, times it.

    Args:
        x1: array or tensor.
        x2: array or tensor.

    Returns:
        Array whose sizes are the products of theirs.

    Example:
        >>> print(kron([1, 10], [1, 2]))
        [ 1  2 10 20]
    """
    a, b = joined(x1, x2)
    rank = max(a.ndim, b.ndim)
    first = (1,) * (rank - a.ndim) + tuple(a.shape)
    second = (1,) * (rank - b.ndim) + tuple(b.shape)
    a = movement.reshape(a, shape=tuple(size for one in first for size in (one, 1)))
    b = movement.reshape(b, shape=tuple(size for one in second for size in (1, one)))
    return movement.reshape(elementwise.multiply(a, b), shape=tuple(p * q for p, q in zip(first, second, strict=True)))


@public
def cross(x1: Any, x2: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """Return the cross product of vectors of two or three components.

    Args:
        x1: array or tensor.
        x2: array or tensor.
        axisa: the axis of the components in x1.
        axisb: the same in x2.
        axisc: the same in the result.
        axis: one axis for all three.

    Returns:
        Array with three components, or without that axis where both vectors have two.

    Raises:
        ShapeError: vectors of another length.

    Example:
        >>> print(cross([1, 0, 0], [0, 1, 0]))
        [0 0 1]
    """
    a, b = joined(x1, x2)
    axisa, axisb, axisc = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
    a, b = moveaxis(a, axisa, -1), moveaxis(b, axisb, -1)
    if a.shape[-1] not in (2, 3) or b.shape[-1] not in (2, 3):
        raise ShapeError(
            "a cross product is one of vectors of two or three components.", given=f"{a.shape[-1]} and {b.shape[-1]}"
        )

    def part(x: Any, index: int) -> Any:
        if index >= x.shape[-1]:
            return elementwise.number(0, x)
        return movement.reshape(movement.slice_along(x, -1, index, index + 1), shape=tuple(x.shape[:-1]))

    def component(one: int, other: int) -> Any:
        return elementwise.subtract(
            elementwise.multiply(part(a, one), part(b, other)), elementwise.multiply(part(a, other), part(b, one))
        )

    if a.shape[-1] == b.shape[-1] == 2:
        return component(0, 1)
    parts = [component(1, 2), component(2, 0), component(0, 1)]
    shape = parts[2].shape  # the one that holds components of both
    wide = [movement.reshape(movement.broadcast_to(one, shape=tuple(shape)), shape=(*shape, 1)) for one in parts]
    return moveaxis(movement.concatenate(*wide, axis=len(shape)), -1, axisc)


@public
def correlate(x1: Any, x2: Any, mode: str = "valid") -> Any:
    """Return the cross-correlation of two rows.

    yₖ = Σₙ x1ₙ₊ₖ · x2ₙ

    Args:
        x1: array or tensor (n,).
        x2: array or tensor (m,).
        mode: "valid" where they overlap fully, "same" as long as the longer, "full" wherever they overlap.

    Returns:
        Array (max(n, m) - min(n, m) + 1,), (max(n, m),) or (n + m - 1,).

    Raises:
        ArgumentError: an unknown mode.
        ShapeError: there are more axes than one, or nothing.

    Example:
        >>> print(correlate([1, 2, 3], [0, 1], mode="full"))
        [1 2 3 0]
    """
    a, b = joined(x1, x2)
    if a.ndim != 1 or b.ndim != 1 or 0 in (*a.shape, *b.shape):
        raise ShapeError(
            "rows are correlated.", expected="shapes (n,) and (m,)", given=f"{tuple(a.shape)} and {tuple(b.shape)}"
        )
    if mode not in ("valid", "same", "full"):
        raise ArgumentError("there is no such mode.", expected="valid, same or full", given=repr(mode))
    swapped = a.shape[0] < b.shape[0]
    a, b = (b, a) if swapped else (a, b)
    size = b.shape[0]
    low, high = {"valid": (0, 0), "same": (size // 2, (size - 1) // 2), "full": (size - 1, size - 1)}[mode]
    wide = movement.pad(a, elementwise.number(0, a), low=(low,), high=(high,), interior=(0,))
    places = np.arange(wide.shape[0] - size + 1)[:, None] + np.arange(size)
    y = contracted(indexing.take(wide, places.astype(np.int32), axis=0), b, [1], [0])
    return movement.flip(y, axes=(0,)) if swapped else y


@public
def cdist(x: Any, y: Any) -> Any:
    """Return the Euclidean distance of every row of x from every row of y.

    Args:
        x: array or tensor (…, n, d).
        y: array or tensor (…, m, d).

    Returns:
        Array (…, n, m), a float.

    Raises:
        ShapeError: the rows differ in length.

    Example:
        >>> print(cdist([[0.0, 0.0]], [[3.0, 4.0], [0.0, 0.0]]))
        [[5. 0.]]
    """
    a, b = joined(x, y, to_float=True)
    if a.ndim < 2 or b.ndim < 2 or a.shape[-1] != b.shape[-1]:
        raise ShapeError(
            "rows of one length are compared.",
            expected="(…, n, d) and (…, m, d)",
            given=f"{tuple(a.shape)} and {tuple(b.shape)}",
        )
    a = movement.reshape(a, shape=(*a.shape[:-1], 1, a.shape[-1]))
    b = movement.reshape(b, shape=(*b.shape[:-2], 1, *b.shape[-2:]))
    gap = elementwise.subtract(a, b)
    squares = reductions.sum_(elementwise.multiply(gap, gap), axis=(gap.ndim - 1,), keepdims=False)
    zero = elementwise.equal(squares, elementwise.number(0, squares))
    # a distance of 0 has no slope; it is given 0, not NaN
    root = elementwise.sqrt(elementwise.where(zero, elementwise.number(1, squares), squares))
    return elementwise.where(zero, elementwise.number(0, squares), root)
