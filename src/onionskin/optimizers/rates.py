"""Learning rates as users give them: numbers that are checked, and functions that are called."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

from onionskin.base.errors import ArgumentError


def number(value: Any, where: str) -> float:
    """Return a learning rate that is a number.

    Args:
        value: what the user gave.
        where: class of the optimizer.

    Raises:
        ArgumentError: it is no finite number, or negative.

    Example:
        >>> number(1, "SGD")
        1.0
    """
    try:
        rate = float(value) if not isinstance(value, str | bool) else math.nan
    except (TypeError, ValueError):
        rate = math.nan
    if not math.isfinite(rate) or rate < 0:
        raise ArgumentError(
            "the learning rate is a number, a schedule or a function of the step.",
            where=where,
            expected="at least 0, such as 0.01",
            given=f"learning_rate={value!r}",
        )
    return rate


def called(function: Callable[..., Any], step: Any) -> Any:
    """Return what a function of the user's own gives: of the step number, or of nothing, as Keras calls it.

    Example:
        >>> called(lambda: 0.5, 3), called(lambda step: 0.5 * step, 3)
        (0.5, 1.5)
    """
    return function(step) if inspect.signature(function).parameters else function()
