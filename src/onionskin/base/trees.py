"""Nested tuples, lists and dictionaries: taken apart into leaves and put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple


class TreeDef(NamedTuple):
    """The form of a nested structure without its leaves; hashable, so that it can key a cache."""

    kind: Any  # None for a leaf, else the container's type
    keys: tuple[Any, ...]  # dictionary keys, in sorted order where they sort
    children: tuple[TreeDef, ...]


LEAF = TreeDef(None, (), ())


def _sorted_keys(tree: dict[Any, Any]) -> list[Any]:
    try:
        return sorted(tree)
    except TypeError:
        return list(tree)


def flatten(tree: Any) -> tuple[list[Any], TreeDef]:
    """Take a nested structure apart.

    Args:
        tree: tuples, named tuples, lists and dictionaries, nested; all else is a leaf. `None` is a leaf.

    Returns:
        The leaves in order (dictionaries by sorted key) and the form that `unflatten` needs.

    Example:
        >>> leaves, form = flatten({"b": 2, "a": [1, (3,)]})
        >>> leaves, unflatten(form, leaves)
        ([1, 3, 2], {'a': [1, (3,)], 'b': 2})
    """
    leaves: list[Any] = []
    return leaves, _form(tree, leaves)


def _form(part: Any, leaves: list[Any]) -> TreeDef:
    """Return the form of a structure, and put its leaves into a list.

    No function within another, which would hold itself and with it the arrays until they are looked for.
    """
    if isinstance(part, dict):
        keys = _sorted_keys(part)
        return TreeDef(dict, tuple(keys), tuple([_form(part[key], leaves) for key in keys]))
    if isinstance(part, tuple | list):
        return TreeDef(type(part), (), tuple([_form(child, leaves) for child in part]))
    leaves.append(part)
    return LEAF


def unflatten(form: TreeDef, leaves: Sequence[Any]) -> Any:
    """Put leaves back into the form that `flatten` returned."""
    return _built(form, iter(leaves))


def _built(part: TreeDef, supply: Iterator[Any]) -> Any:
    if part.kind is None:
        return next(supply)
    children = [_built(child, supply) for child in part.children]
    if part.kind is dict:
        return dict(zip(part.keys, children, strict=True))
    if hasattr(part.kind, "_fields"):
        return part.kind(*children)
    return part.kind(children)


def map_tree(function: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """Apply a function to every leaf (and the leaves at the same places of other structures)."""
    leaves, form = flatten(tree)
    columns = [flatten(other)[0] for other in others]
    return unflatten(form, [function(*row) for row in zip(leaves, *columns, strict=True)])
