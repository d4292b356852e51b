"""Finds an installed font that has Hangul, so that Korean text never becomes a row of empty boxes."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from functools import cache
from typing import Any

from onionskin.base.errors import OnionskinError, require

LATIN = "DejaVu Sans"  # comes with Matplotlib
PREFERRED = (
    "Noto Sans KR",
    "Noto Sans CJK KR",
    "Pretendard",
    "NanumGothic",
    "Nanum Gothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "AppleGothic",
    "UnDotum",
)
_PROBE = "가한글힣"


def has_hangul(text: str) -> bool:
    """Return whether a text holds a Hangul syllable or letter.

    Example:
        >>> has_hangul("고양이"), has_hangul("cat")
        (True, False)
    """
    return any("가" <= letter <= "힣" or "ㄱ" <= letter <= "ㆎ" for letter in text)


@cache
def hangul_family() -> str | None:
    """Return the family name of an installed font with Hangul, a usual text font first; None where there is none."""
    manager = require("matplotlib.font_manager", "plot", "plots")
    found = _with_hangul(manager.fontManager.ttflist)
    if found is None:  # Matplotlib's list is a stored one: look for fonts installed since
        known = {entry.fname for entry in manager.fontManager.ttflist}
        for path in sorted(set(manager.findSystemFonts()) - known):
            try:
                manager.fontManager.addfont(path)
            except (OSError, RuntimeError):
                continue  # a file that is no font
        found = _with_hangul(entry for entry in manager.fontManager.ttflist if entry.fname not in known)
    return found


def _with_hangul(entries: Iterable[Any]) -> str | None:
    order = {name: place for place, name in enumerate(PREFERRED)}
    # Upright faces of normal weight only: plots use no other, and a family without one is no text font.
    plain = {(e.name, e.fname) for e in entries if e.style == "normal" and e.weight in (400, "normal", "regular")}
    for name, path in sorted(plain, key=lambda face: (order.get(face[0], len(order)), face)):
        # The "last resort" font that Matplotlib ships claims every letter and draws each as a box.
        if "lastresort" not in name.lower().replace(" ", "") and _draws_hangul(path):
            return str(name)
    return None


def _draws_hangul(path: str) -> bool:
    ft2font = require("matplotlib.ft2font", "plot", "plots")
    try:
        font = ft2font.FT2Font(path)
    except (OSError, RuntimeError):
        return False
    return all(font.get_char_index(ord(letter)) != 0 for letter in _PROBE)


@cache
def say_no_hangul(where: str) -> None:
    """Warn, once for each function, that no installed font has Hangul."""
    message = OnionskinError(
        "no installed font has Korean letters, so labels are in English.",
        where=where,
        fix="install one, such as Noto Sans KR or NanumGothic (Debian and Ubuntu: apt install fonts-nanum)",
    )
    warnings.warn(str(message), stacklevel=5)  # the line that called the plotting function
