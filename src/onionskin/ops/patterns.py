"""Axes taken apart and put together: by a written pattern, between depth and space, into windows."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.ops.arguments import public
from onionskin.ops.arguments import tensor as as_tensor
from onionskin.prims import indexing, movement
from onionskin.prims.operators import shaped


@public
def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> Any:
    """Return an array whose axes are taken apart, put in another order and joined, as a pattern says.

    Args:
        tensor: array or tensor of any shape.
        pattern: such as "b h (w two) -> b (h two) w": a name for each axis, in brackets the axes that one
            axis is made of, slowest first.
        axes_lengths: lengths of named axes; of each bracket all but one are needed.

    Returns:
        Array with the axes of the right side.

    Raises:
        ArgumentError: the pattern is malformed.
        ShapeError: it does not fit the array.

    Example:
        >>> print(rearrange(np.arange(6).reshape(2, 3), "a b -> (b a)"))
        [0 3 1 4 2 5]

    Source: Rogozhnikov, "Einops: Clear and Reliable Tensor Manipulations with Einstein-like Notation", ICLR 2022.
    """
    x = as_tensor(tensor)
    left, arrow, right = pattern.partition("->")
    if not arrow:
        raise ArgumentError("a pattern has two sides.", expected="'axes -> axes'", given=repr(pattern))
    before, after = _groups(left, pattern), _groups(right, pattern)
    names, wanted = [name for group in before for name in group], [name for group in after for name in group]
    if sorted(names) != sorted(wanted) or len(set(names)) != len(names):
        raise ArgumentError(
            "both sides of a pattern name the same axes, each once.",
            expected=" ".join(sorted(set(names))),
            given=" ".join(wanted),
        )
    for name in axes_lengths:
        if name not in names:
            raise ArgumentError("the pattern has no axis of this name.", expected=" ".join(names), given=repr(name))
    if len(before) != x.ndim:
        raise ShapeError(
            "the pattern does not fit the array.",
            expected=f"{len(before)} axes for {left.strip()!r}",
            given=tuple(x.shape),
        )
    known: dict[str, int | None] = dict(axes_lengths)
    for group, size in zip(before, x.shape, strict=True):
        _fill_in(group, size, known)
    x = shaped(x, tuple(known[name] for name in names))
    x = movement.transpose(x, perm=tuple(names.index(name) for name in wanted))
    return shaped(x, tuple(_product(known[name] for name in group) for group in after))


def _groups(side: str, pattern: str) -> list[list[str]]:
    """Return the names of each axis of one side."""
    parts = re.findall(r"\([\w\s]*\)|\w+", side)
    if re.sub(r"\s+", "", "".join(parts)) != re.sub(r"\s+", "", side):
        raise ArgumentError("a pattern is made of names and round brackets.", given=repr(pattern))
    return [part.strip("()").split() for part in parts]


def _product(sizes: Any) -> int | None:
    sizes = list(sizes)
    return None if None in sizes else math.prod(sizes)


def _fill_in(group: list[str], size: int | None, known: dict[str, int | None]) -> None:
    """Note the lengths of the axes that one axis is made of."""
    open_names = [name for name in group if name not in known]
    rest = _product(known[name] for name in group if name in known)
    if len(open_names) > 1:
        raise ShapeError(
            "an axis is made of several of unknown length.",
            expected="all lengths but one",
            given=f"({' '.join(group)})",
        )
    if open_names:
        fits = size is None or rest is None or (size % rest == 0 if rest else size == 0)
        known[open_names[0]] = None if size is None or rest is None else (size // rest if rest else 0)
    else:
        fits = size is None or rest is None or size == rest
    if not fits:
        raise ShapeError(
            "the lengths of a pattern do not fit its axis.", expected=f"size {size} of ({' '.join(group)})", given=rest
        )


def _image(x: Any, block_size: int, data_format: str | None) -> tuple[Any, int, bool]:
    """Return images with their channels last, the block's size, and whether the channels came first."""
    data_format = str(data_format or "channels_last").lower()
    if data_format not in ("channels_last", "channels_first"):
        raise ArgumentError(
            "there is no such order of axes.", expected="'channels_last' or 'channels_first'", given=repr(data_format)
        )
    if isinstance(block_size, bool) or not isinstance(block_size, int | np.integer) or block_size < 2:
        raise ArgumentError("a block has two rows or more.", expected="block_size >= 2", given=block_size)
    x = as_tensor(x)
    if x.ndim != 4:
        raise ShapeError("images have four axes.", expected="(batch, height, width, channels)", given=tuple(x.shape))
    first = data_format == "channels_first"
    return (movement.transpose(x, perm=(0, 2, 3, 1)) if first else x), int(block_size), first


@public
def depth_to_space(x: Any, block_size: int, data_format: str = "channels_last") -> Any:
    """Return images whose channels are spread out as blocks of pixels (pixel shuffle).

    Args:
        x: images (batch, height, width, channels·r²), or (batch, channels·r², height, width).
        block_size: r, the rows and columns of a block.
        data_format: "channels_last" or "channels_first".

    Returns:
        Array (batch, height·r, width·r, channels), or with the channels before height and width.

    Raises:
        ArgumentError: block_size or data_format cannot be used.
        ShapeError: the channels do not divide by r².

    Example:
        >>> print(depth_to_space(np.arange(4).reshape(1, 1, 1, 4), 2)[0, :, :, 0])
        [[0 1]
         [2 3]]
    """
    x, block, first = _image(x, block_size, data_format)
    batch, height, width, channels = x.shape
    if channels % block**2:
        raise ShapeError(
            "the channels do not divide into blocks.", expected=f"a multiple of {block**2} channels", given=channels
        )
    depth = channels // block**2
    if first:  # the channels come before the places within the block there
        x = shaped(x, (batch, height, width, depth, block, block))
        x = movement.transpose(x, perm=(0, 3, 1, 4, 2, 5))
        return shaped(x, (batch, depth, height * block, width * block))
    x = shaped(x, (batch, height, width, block, block, depth))
    x = movement.transpose(x, perm=(0, 1, 3, 2, 4, 5))
    return shaped(x, (batch, height * block, width * block, depth))


@public
def space_to_depth(x: Any, block_size: int, data_format: str = "channels_last") -> Any:
    """Return images whose blocks of pixels have become channels; turns `depth_to_space` back.

    Args:
        x: images (batch, height·r, width·r, channels), or (batch, channels, height·r, width·r).
        block_size: r, the rows and columns of a block.
        data_format: "channels_last" or "channels_first".

    Returns:
        Array (batch, height, width, channels·r²), or with the channels before height and width.

    Raises:
        ArgumentError: block_size or data_format cannot be used.
        ShapeError: height or width do not divide by r.

    Example:
        >>> print(space_to_depth(np.arange(4).reshape(1, 2, 2, 1), 2)[0, 0, 0])
        [0 1 2 3]
    """
    x, block, first = _image(x, block_size, data_format)
    batch, height, width, channels = x.shape
    if height % block or width % block:
        raise ShapeError(
            "the image does not divide into blocks.",
            expected=f"height and width multiples of {block}",
            given=f"{height} and {width}",
        )
    x = shaped(x, (batch, height // block, block, width // block, block, channels))
    depth = channels * block**2
    if first:
        x = movement.transpose(x, perm=(0, 5, 2, 4, 1, 3))
        return shaped(x, (batch, depth, height // block, width // block))
    x = movement.transpose(x, perm=(0, 1, 3, 2, 4, 5))
    return shaped(x, (batch, height // block, width // block, depth))


@public
def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> Any:
    """Return the windows that slide along the last axis.

    Args:
        x: array or tensor (…, n).
        sequence_length: length of a window.
        sequence_stride: steps from one window to the next.

    Returns:
        Array (…, 1 + (n - sequence_length) // sequence_stride, sequence_length).

    Raises:
        ArgumentError: a length or stride is less than 1.
        ShapeError: the axis is shorter than a window.

    Example:
        >>> print(extract_sequences([1, 2, 3, 4, 5], 3, 2))
        [[1 2 3]
         [3 4 5]]
    """
    x = as_tensor(x)
    length, stride = int(sequence_length), int(sequence_stride)
    if length < 1 or stride < 1:
        raise ArgumentError(
            "windows have a length and a stride.",
            expected="sequence_length >= 1 and sequence_stride >= 1",
            given=f"{length} and {stride}",
        )
    size = x.shape[-1] if x.ndim else None
    if size is None or size < length:
        raise ShapeError(
            "the last axis is shorter than a window.", expected=f"{length} or more", given=f"shape {tuple(x.shape)}"
        )
    starts = np.arange(0, size - length + 1, stride, dtype=np.int32)
    return indexing.take(x, starts[:, None] + np.arange(length, dtype=np.int32), axis=x.ndim - 1)
