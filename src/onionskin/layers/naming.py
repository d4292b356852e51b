"""Names for layers that were given none: dense, dense_1, dense_2."""

from __future__ import annotations

import gc

from onionskin.base.errors import ArgumentError
from onionskin.base.registry import snake_case

_counts: dict[str, int] = {}


def auto_name(class_name: str) -> str:
    """Return the next free name of a class in this process."""
    prefix = snake_case(class_name)
    count = _counts.get(prefix, 0)
    _counts[prefix] = count + 1
    return prefix if count == 0 else f"{prefix}_{count}"


def reset_names() -> None:
    """Start counting anew, so that the next Dense is `dense` again."""
    _counts.clear()


def clear_session(free_memory: bool = True) -> None:
    """Start naming layers anew, as in a new program; models that are there keep their names.

    Args:
        free_memory: give back now what models that nobody holds any more still take.

    Example:
        >>> import onionskin
        >>> _ = onionskin.layers.Dense(1)
        >>> onionskin.utils.clear_session()
        >>> onionskin.layers.Dense(1).name
        'dense'
    """
    reset_names()
    if free_memory:
        gc.collect()


def checked_name(name: object) -> str:
    """Return a name given by the user.

    Raises:
        ArgumentError: it is no text, is empty, or holds a "/", which separates the parts of a path.
    """
    if not isinstance(name, str) or not name or "/" in name:
        raise ArgumentError("a layer's name is text without '/'.", where="name", given=repr(name))
    return name
