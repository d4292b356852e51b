"""Colours: relative luminance and contrast by WCAG 2, and reading a colour that a person typed."""

from __future__ import annotations

import difflib
import re
import unicodedata

import numpy as np
from numpy.typing import ArrayLike

from onionskin.base.errors import ArgumentError, DTypeError
from onionskin.datasets.css_colors import CSS_COLORS

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
_LONGEST = 100  # letters of what can be a colour
_TRIPLE = re.compile(r"\s*([0-9]{1,9})\s*,\s*([0-9]{1,9})\s*,\s*([0-9]{1,9})\s*")
_FUNCTION = re.compile(r"rgb\(\s*([0-9]{1,9})(?:\s*,\s*|\s+)([0-9]{1,9})(?:\s*,\s*|\s+)([0-9]{1,9})\s*\)")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?")
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


class ColorError(ArgumentError):
    """Text that is no colour.

    Args:
        problem: which of the ways to be none: "name", "near", "count", "range", "whole" or "hex".
        text: what was typed.
        detail: the near name, the count or the number that the problem speaks of.
    """

    def __init__(self, problem: str, text: str, detail: object = None) -> None:
        out = problem == "range"
        fixes = {
            "near": f"did you mean {detail!r}?",
            "count": f"give three numbers, not {detail}",
            "whole": "give whole numbers from 0 to 255",
            "hex": "write 3 or 6 hexadecimal digits after #",
        }
        super().__init__(
            "a colour channel is out of range." if out else "this is no colour.",
            where="parse_color",
            expected="0 to 255" if out else "R,G,B with 0 to 255, #rrggbb, #rgb, rgb(R, G, B), or a CSS colour name",
            given=repr(text if len(text) <= 60 else text[:59] + "…"),
            fix=fixes.get(problem),
        )
        self.problem, self.detail = problem, detail


def parse_color(text: str) -> tuple[int, int, int]:
    """Read a colour that a person typed.

    Args:
        text: "R,G,B" or "rgb(R, G, B)" with numbers from 0 to 255, "#rrggbb", "#rgb", or a CSS colour name; letters
            and commas as wide as Korean ones count as the usual ones.

    Returns:
        Red, green and blue, 0 to 255.

    Raises:
        ColorError: it is none of these.
        DTypeError: it is no text.

    Example:
        >>> parse_color("255, 128, 0"), parse_color("#f80"), parse_color("RebeccaPurple")
        ((255, 128, 0), (255, 136, 0), (102, 51, 153))
        >>> parse_color("rgb(255 128 0)")
        (255, 128, 0)
    """
    if not isinstance(text, str):
        raise DTypeError("a colour is read from text.", where="parse_color", given=type(text).__name__)
    name = unicodedata.normalize("NFKC", text[:_LONGEST]).strip().lower()
    if len(text) <= _LONGEST:
        if triple := _TRIPLE.fullmatch(name) or _FUNCTION.fullmatch(name):
            red, green, blue = (int(channel) for channel in triple.groups())
            if max(red, green, blue) > 255:
                raise ColorError("range", text, max(red, green, blue))
            return red, green, blue
        code = CSS_COLORS.get(name, name)
        if _HEX.fullmatch(code):
            digits = code[1:] if len(code) == 7 else "".join(2 * digit for digit in code[1:])
            return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    raise ColorError(*_problem(name, text))


def _problem(name: str, text: str) -> tuple[str, str, object]:
    """Return the arguments of a `ColorError`: what is wrong with a text, as far as that can be told."""
    parts = re.split(r"[,\s]+", name.removeprefix("rgb").strip("() ,"))
    if len(text) <= _LONGEST and all(map(_NUMBER.fullmatch, parts)):
        if len(parts) != 3 and ("," in name or len(parts) > 1):
            return "count", text, len(parts)
        if len(parts) == 3 and any(not part.isdecimal() for part in parts):
            return "whole", text, None
    if name.startswith("#"):
        return "hex", text, None
    if _HEX.fullmatch(f"#{name}"):
        return "near", text, f"#{name}"
    near = difflib.get_close_matches(name, CSS_COLORS, n=1, cutoff=0.6) if name.isalpha() else []
    return ("near", text, near[0]) if near else ("name", text, None)
