"""Orders among things of which some must come after others: groups of nodes, instructions, lines of a lane program."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


def in_turn(after: Mapping[T, Collection[T]], rank: Callable[[T], Any]) -> list[T]:
    """Return all things, each before those after it; of those that may come next, the one of the lowest rank.

    Args:
        after: thing → what must come after it, each once; has every thing as a key.
        rank: gives each thing a rank of its own.

    Returns:
        The things in order; those that need each other are missing.
    """
    waiting = dict.fromkeys(after, 0)
    for users in after.values():
        for one in users:
            waiting[one] += 1
    ready = [(rank(one), one) for one, count in waiting.items() if not count]
    heapq.heapify(ready)
    order = []
    while ready:
        one = heapq.heappop(ready)[1]
        order.append(one)
        for user in after[one]:
            waiting[user] -= 1
            if not waiting[user]:
                heapq.heappush(ready, (rank(user), user))
    return order


def comes_before(after: Mapping[T, Iterable[T]], start: T, ends: Collection[T]) -> bool:
    """Tell whether one of some things must come after another, directly or not."""
    stack, seen = [start], {start}
    while stack:
        for one in after[stack.pop()]:
            if one in ends:
                return True
            if one not in seen:
                seen.add(one)
                stack.append(one)
    return False
