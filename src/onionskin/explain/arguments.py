"""What a function, layer or loss is explained for: its arguments as arrays, and what they are called."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import DTypeError


def named_arguments(
    function: Callable[..., Any], args: Sequence[Any], names: Sequence[str], where: str
) -> tuple[list[Any], list[str]]:
    """Return arguments as arrays, and what to call them: the function's own names where none are given.

    Args:
        function: a function, layer or loss.
        args: arrays, lists of numbers, or trees of arrays.
        names: what to call them.
        where: the function that asks, for errors.

    Raises:
        DTypeError: it cannot be called.

    Example:
        >>> named_arguments(lambda x, *rest: x, [[1.0, 2.0], 3.0, 4.0], (), "peel")
        ([array([1., 2.]), 3.0, 4.0], ['x', 'rest1', 'rest2'])
    """
    if not callable(function):
        raise DTypeError(
            "this cannot be called.",
            where=where,
            expected="a model, a layer, a loss or a function",
            given=f"an object of type {type(function).__name__}",
        )
    return [_array(one) for one in args], list(names) or _parameters(getattr(function, "call", function), len(args))


def title_of(function: Any) -> str:
    """Return what to call a function, layer or loss."""
    return str(getattr(function, "name", None) or getattr(function, "__name__", None) or type(function).__name__)


def _array(value: Any) -> Any:
    return np.asarray(value) if isinstance(value, list) and not any(hasattr(one, "shape") for one in value) else value


def _parameters(function: Any, count: int) -> list[str]:
    """Return the names of a function's first arguments, as far as it has them."""
    try:
        found = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return []
    own = [one.name for one in found if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    if len(own) < count:
        rest = next((one.name for one in found if one.kind is one.VAR_POSITIONAL), None)
        own += [] if rest is None else [f"{rest}{place}" for place in range(1, count - len(own) + 1)]
    return own[:count]
