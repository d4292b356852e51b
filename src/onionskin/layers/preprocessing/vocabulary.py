"""What may be a vocabulary: its terms, the file it is read from, the key of the hash for what is not in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError

MAX_BYTES = 2**30  # of a vocabulary's file: a data set passed by mistake, rather than a list of terms


def file_lines(path: Path, where: str) -> list[str]:
    """Return the lines of a vocabulary's file, empty ones at its end left out.

    Raises:
        ArgumentError: there is no such file, or it is no text of a reasonable size.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ArgumentError("this file is too large for a vocabulary.", where=where, given=str(path))
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentError(
            "the vocabulary's file cannot be read.", where=where, given=f"{path} ({type(error).__name__})"
        ) from None
    lines = [line.removesuffix("\r") for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def checked_terms(terms: np.ndarray, special: Sequence[Any], invert: bool, limit: int | None, where: str) -> None:
    """Check the terms of a vocabulary, special ones left out.

    Raises:
        ArgumentError: there is none, one comes twice or is special, or there are more than allowed.
    """
    given = terms.tolist() if terms.ndim == 1 else []
    if not given:
        raise ArgumentError(
            "a vocabulary is a list of terms.", where=where, given=f"shape {terms.shape}" if terms.ndim != 1 else "none"
        )
    twice = [repr(term) for term, count in Counter(given).items() if count > 1]
    if twice:
        raise ArgumentError("a term is in the vocabulary twice.", where=where, given=", ".join(twice[:5]))
    # where nothing is inverted, what unknown terms are called does not matter
    reserved = [one for one in special if invert or one != special[-1]] if special else []
    found = [repr(one) for one in dict.fromkeys(reserved) if one is not None and one in given]
    if found:
        raise ArgumentError(
            "a special term stands among the others.",
            where=where,
            expected=f"special terms left out, or all of them at the start: {list(special)}",
            given=found[0],
        )
    if limit is not None and len(special) + len(given) > limit:
        raise ArgumentError(
            "the vocabulary has more terms than max_tokens.",
            where=where,
            expected=f"at most {limit}, {len(special)} special ones included",
            given=len(special) + len(given),
        )


def checked_salt(salt: Any, where: str) -> list[int] | None:
    """Return the two numbers of a hash's key.

    Raises:
        ArgumentError: it is neither one whole number nor two.
    """
    if salt is None:
        return None
    numbers = list(salt) if isinstance(salt, list | tuple) and len(salt) == 2 else [salt, salt]
    if any(isinstance(one, bool) or not isinstance(one, int | np.integer) for one in numbers):
        raise ArgumentError("a salt is one whole number, or two of them.", where=where, given=f"salt={salt!r}")
    return [int(one) for one in numbers]
