"""Widths of texts without a font at hand, so that a drawing can be laid out where there is no Matplotlib."""

from __future__ import annotations

import re
import unicodedata

# Advance widths of the letters from space to ~ in thousandths of the size, of DejaVu Sans and its bold face. They are
# wider than those of most other fonts, so that what a browser puts in its place fits too.
_PLAIN = (
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
    636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
    748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
    615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
    337, 636, 838,
)  # fmt: skip
_BOLD = (
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696, 696, 696, 696, 696,
    696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995,
    837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716,
    678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712,
    365, 712, 838,
)  # fmt: skip
# What stays on one line where it fits: a shape or another bracket, or letters up to a mark.
_PARTS = re.compile(r"\([^()]*\)[\],]*\s?|\(?[^\s_/.,:(-]*[\s_/.,:-]?")
_WIDE, _OTHER = 1050, 900  # Hangul and Chinese letters; letters that are not in the tables


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return the width of one line, in the unit of its size.

    Args:
        text: the line.
        size: of the letters.
        bold: whether they are bold.

    Example:
        >>> text_width("ab", 10.0), text_width("층", 10.0)
        (12.48, 10.5)
    """
    table = _BOLD if bold else _PLAIN
    total = 0
    for letter in text:
        code = ord(letter) - 32
        if 0 <= code < len(table):
            total += table[code]
        elif not unicodedata.combining(letter):
            total += _WIDE if unicodedata.east_asian_width(letter) in "WF" else _OTHER
    return total * size / 1000


def wrapped(text: str, most: float, size: float, bold: bool = False) -> list[str]:
    """Return a text in lines no wider than `most`, broken after a space or a mark, else within a word; nothing is lost.

    Args:
        text: the text.
        most: greatest width, in the unit of the size.
        size: of the letters.
        bold: whether they are bold.

    Example:
        >>> wrapped("encoder_block_projection", 100.0, 10.0)
        ['encoder_block_', 'projection']
    """
    lines = [""]
    for part in _PARTS.findall(re.sub(r"\s", " ", text)):
        if lines[-1] and text_width((lines[-1] + part).rstrip(), size, bold) > most:
            lines.append("")
        for letter in part:
            if lines[-1] and text_width(lines[-1] + letter.rstrip(), size, bold) > most:
                lines.append("")
            lines[-1] += letter
    return [line.strip() for line in lines if line.strip()] or [""]
