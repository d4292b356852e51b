"""What a running call tells the layers inside it: training or not, losses to collect, who looks on, names."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class CallContext:
    """The call of an outermost layer or model.

    Args:
        training: whether it is a training step.
        losses: what layers added with `add_loss` or an activity regularizer, each beside the layer.
        look: called after each layer's call, the innermost first, with the layer, its positional and its named
            arguments, and its outputs.
    """

    training: bool | None = None
    losses: list[tuple[Any, Any]] = field(default_factory=list)
    look: Callable[[Any, tuple[Any, ...], dict[str, Any], Any], None] | None = None


class _Stack(threading.local):
    def __init__(self) -> None:
        self.contexts: list[CallContext] = []
        self.layers: list[Any] = []  # those that are being called or built, the outermost first


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


@contextmanager
def within(layer: Any) -> Iterator[None]:
    """Run a block as part of a layer's call or build: what is named in it has the layer's name in its path."""
    layers = _stack.layers
    if layers and layers[-1] is layer:
        yield
        return
    layers.append(layer)
    try:
        yield
    finally:
        layers.pop()


def path_of(layer: Any) -> str:
    """Return a layer's name behind those of the layers that are being called around it, as `outer/inner`."""
    layers = _stack.layers
    around = layers[: layers.index(layer)] if layer in layers else layers
    return "/".join([one.name for one in around] + [layer.name])
