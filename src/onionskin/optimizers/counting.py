"""Steps counted within the graph: how many rounds are whole, when one is, and changes that only then take place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from onionskin import ops
from onionskin.state import Variable


def rounds(count: Any, steps: int) -> Any:
    """Return how many whole rounds of so many steps a count makes, ⌊count / steps⌋.

    Args:
        count: int32 of shape (), array or tensor.
        steps: 1 or more.

    Returns:
        int32 of shape ().

    Example:
        >>> [int(rounds(ops.convert_to_tensor(count, "int32"), 3)) for count in (0, 2, 3, 7)]
        [0, 0, 1, 2]
    """
    return ops.cast(ops.floor(_quotient(count, steps)), "int32")


def completes(count: Any, steps: int) -> Any:
    """Return whether a count makes whole rounds of so many steps.

    Example:
        >>> [bool(completes(ops.convert_to_tensor(count, "int32"), 3)) for count in (2, 3, 4, 6)]
        [False, True, False, True]
    """
    quotient = _quotient(count, steps)
    return ops.equal(ops.floor(quotient), quotient)


def _quotient(count: Any, steps: int) -> Any:
    """Return count / steps in float64, which for counts of int32 is whole just where it divides."""
    return ops.cast(count, "float64") / float(steps)


def only_where(condition: Any, variables: Sequence[Variable], change: Callable[[], None]) -> None:
    """Change variables, and take it back where a condition that only the numbers know does not hold.

    Args:
        condition: one truth value, an array or a tensor.
        variables: all that the change may assign to.
        change: assigns to them.
    """
    before = [variable.value for variable in variables]
    change()
    for variable, old in zip(variables, before, strict=True):
        if variable.value is not old:
            variable.assign(ops.where(condition, variable.value, old))
