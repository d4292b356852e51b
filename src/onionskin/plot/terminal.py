"""A small picture as text of half blocks, for terminals; needs no plotting library."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import ShapeError
from onionskin.plot.checks import numbers

_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
_MOST = 512  # pixels a side: more fits no terminal


def digit_text(image: Any) -> str:
    """Return a digit as lines of half blocks, two pixels to a character, every line equally long.

    A pixel is ink where it lies above the middle between the image's lowest and highest value.

    Args:
        image: (height, width), (height, width, 1) numbers of any range, ink high.

    Returns:
        (height + 1) // 2 lines of `width` characters, joined by line ends.

    Raises:
        ShapeError: the image has another shape, is empty or more than 512 pixels wide or high.
        DTypeError: it holds no numbers.
        DataError: a pixel is not finite.

    Example:
        >>> print(digit_text([[0, 9, 9], [0, 0, 9], [0, 0, 9], [0, 0, 9]]).replace(" ", "."))
        .▀█
        ..█
    """
    array = numbers(image, "digit_text(image)")
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim != 2 or not array.size or max(array.shape) > _MOST:
        raise ShapeError(
            "this is no small picture.",
            where="digit_text(image)",
            expected=f"(height, width), each 1 to {_MOST}",
            given=array.shape,
        )
    rows = array.astype(float).tolist()
    low, high = min(min(row) for row in rows), max(max(row) for row in rows)
    middle = (low / 2 + high / 2) if high > low else 0.0  # an even picture is ink where it is above 0
    ink = [[value > middle for value in row] for row in rows]
    if len(ink) % 2:
        ink.append([False] * len(ink[0]))
    return "\n".join(
        "".join(_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(ink[::2], ink[1::2], strict=True)
    )
