"""How wide a text is in a terminal."""

import unicodedata


def width(text: str) -> int:
    r"""Return how many columns a text takes in a terminal: a Korean letter takes two, an accent on a letter none.

    Example:
        >>> width("abc"), width("층"), width("e\u0301")
        (3, 2, 1)
    """
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )
