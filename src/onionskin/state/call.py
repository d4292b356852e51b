"""What a running call tells the layers inside it: training or not, losses to collect, outputs to watch."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class CallContext:
    """The call of an outermost layer or model.

    Args:
        training: whether it is a training step.
        losses: what layers added with `add_loss` or an activity regularizer.
        watch: note the first layer whose output on arrays is not finite.
    """

    training: bool | None = None
    losses: list[Any] = field(default_factory=list)
    watch: bool = False
    not_finite: str | None = None

    def look_at(self, layer: Any, outputs: Any) -> None:
        """Note the innermost layer that first put out NaN or infinity."""
        if self.watch and self.not_finite is None:
            arrays = [one for one in outputs if isinstance(one, np.ndarray | np.generic) and one.dtype.kind == "f"]
            if any(not np.isfinite(one).all() for one in arrays):
                self.not_finite = f"layer '{layer.name}' ({type(layer).__name__})"


class _Stack(threading.local):
    def __init__(self) -> None:
        self.contexts: list[CallContext] = []


_stack = _Stack()


def current_call() -> CallContext | None:
    """Return the context of the call that runs in this thread, None outside of one."""
    return _stack.contexts[-1] if _stack.contexts else None


@contextmanager
def calling(context: CallContext) -> Iterator[CallContext]:
    """Run a block as an outermost call with this context."""
    _stack.contexts.append(context)
    try:
        yield context
    finally:
        _stack.contexts.pop()
