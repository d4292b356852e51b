"""Colours: relative luminance and contrast by WCAG 2, and reading a colour that a person typed."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import ArrayLike

from onionskin.base.errors import ArgumentError, DTypeError, suggest
from onionskin.datasets.css_colors import CSS_COLORS

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
_TRIPLE = re.compile(r"\s*([0-9]{1,9})\s*,\s*([0-9]{1,9})\s*,\s*([0-9]{1,9})\s*")
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")


def relative_luminance(rgb: ArrayLike) -> np.ndarray:
    """Return how bright colours are, from 0 (black) to 1 (white).

    L = 0.2126 R + 0.7152 G + 0.0722 B, where each channel c of 0 … 1 is made linear first:
    c / 12.92 if c <= 0.04045, else ((c + 0.055) / 1.055) ** 2.4.

    Args:
        rgb: sRGB colours, numbers from 0 to 255, shape (…, 3).

    Returns:
        float64 of shape (…).

    Raises:
        ArgumentError: the last axis is not 3, or a channel is not from 0 to 255.

    Example:
        >>> relative_luminance([(0, 0, 0), (255, 255, 255), (255, 0, 0)])
        array([0.    , 1.    , 0.2126])

    Source: WCAG 2.2, "relative luminance", https://www.w3.org/TR/WCAG22/#dfn-relative-luminance.
    """
    colors = np.asarray(rgb)
    if colors.ndim == 0 or colors.shape[-1] != 3 or colors.dtype.kind not in "uif":
        raise ArgumentError(
            "these are no colours.",
            where="rgb",
            expected="numbers of shape (…, 3): red, green, blue",
            given=f"{colors.dtype} of shape {colors.shape}",
        )
    if not np.all((colors >= 0) & (colors <= 255)):
        raise ArgumentError(
            "a colour channel is out of range.",
            where="rgb",
            expected="0 to 255",
            given=f"{np.nanmin(colors):g} to {np.nanmax(colors):g}"
            if np.all(np.isfinite(colors))
            else "a value that is not finite",
        )
    c = colors.astype(np.float64) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return np.asarray(0.2126 * linear[..., 0] + 0.7152 * linear[..., 1] + 0.0722 * linear[..., 2])


def contrast_ratio(a: ArrayLike, b: ArrayLike) -> np.ndarray:
    """Return the contrast of two colours, from 1 (the same) to 21 (black and white).

    (L1 + 0.05) / (L2 + 0.05), with L1 the relative luminance of the lighter one.

    Args:
        a: sRGB colours, numbers from 0 to 255, shape (…, 3).
        b: the same; shapes are broadcast.

    Returns:
        float64 of shape (…).

    Raises:
        ArgumentError: the last axis is not 3, or a channel is not from 0 to 255.

    Example:
        >>> round(float(contrast_ratio((0, 0, 0), (255, 255, 255))), 6)
        21.0

    Source: WCAG 2.2, "contrast ratio", https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.
    """
    one, other = relative_luminance(a), relative_luminance(b)
    return np.asarray((np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05))


def dark_font(background: ArrayLike) -> np.ndarray:
    """Return 1 where black text contrasts with a background at least as much as white text, else 0.

    Args:
        background: sRGB colours, numbers from 0 to 255, shape (…, 3).

    Returns:
        int64 of shape (…).

    Raises:
        ArgumentError: the last axis is not 3, or a channel is not from 0 to 255.

    Example:
        >>> dark_font([(255, 255, 0), (0, 0, 139)])
        array([1, 0])
    """
    return np.asarray(contrast_ratio(BLACK, background) >= contrast_ratio(WHITE, background)).astype(np.int64)


def parse_color(text: str) -> tuple[int, int, int]:
    """Read a colour that a person typed.

    Args:
        text: "R,G,B" with numbers from 0 to 255, "#rrggbb", "#rgb", or a CSS colour name.

    Returns:
        Red, green and blue, 0 to 255.

    Raises:
        ArgumentError: it is none of these.
        DTypeError: it is no text.

    Example:
        >>> parse_color("255, 128, 0"), parse_color("#f80"), parse_color("RebeccaPurple")
        ((255, 128, 0), (255, 136, 0), (102, 51, 153))
    """
    if not isinstance(text, str):
        raise DTypeError("a colour is read from text.", where="parse_color", given=type(text).__name__)
    if triple := _TRIPLE.fullmatch(text):
        red, green, blue = (int(channel) for channel in triple.groups())
        if max(red, green, blue) > 255:
            raise ArgumentError(
                "a colour channel is out of range.", where="parse_color", expected="0 to 255", given=repr(text[:60])
            )
        return red, green, blue
    name = text.strip().lower()
    code = CSS_COLORS.get(name, name)
    if _HEX.fullmatch(code):
        digits = code[1:] if len(code) == 7 else "".join(2 * digit for digit in code[1:])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    near = suggest(name, CSS_COLORS).partition(" Known:")[0] if name.isalpha() else ""
    raise ArgumentError(
        "this is no colour.",
        where="parse_color",
        expected="R,G,B with 0 to 255, #rrggbb, #rgb, or a CSS colour name",
        given=repr(text if len(text) <= 60 else text[:59] + "…"),
        fix=near if near.startswith("did") else None,
    )
