"""The languages that people are spoken to in, and the one refusal of any other."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import UnknownNameError, suggest

LANGUAGES = ("en", "ko")


def known_language(language: Any, where: str) -> str:
    """Return a language, or refuse.

    Args:
        language: what was given.
        where: the function that was given it.

    Raises:
        UnknownNameError: it is neither "en" nor "ko".

    Example:
        >>> known_language("ko", "curves")
        'ko'
    """
    if not isinstance(language, str) or language not in LANGUAGES:
        raise UnknownNameError(
            "there is no language of this name.",
            where=f"{where}(language)",
            given=repr(language),
            fix=suggest(str(language), LANGUAGES),
        )
    return language
