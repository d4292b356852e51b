"""Which entries of a tensor count: masks, kept beside the tensors that they belong to, which cannot bear attributes."""

from __future__ import annotations

import weakref
from typing import Any
from weakref import WeakKeyDictionary

from onionskin.graph import Node
from onionskin.state import scope
from onionskin.state.scope import Scope

_of_arrays: dict[int, tuple[Any, Any]] = {}  # id → (weak reference, mask): arrays, and tensors of descriptions
_of_traces: WeakKeyDictionary[Scope, dict[Node, Any]] = WeakKeyDictionary()  # tensors of a trace; they go with it


def mask_of(tensor: Any) -> Any:
    """Return the mask that a tensor carries, None where it has none.

    Args:
        tensor: an array, or a tensor of a trace or of a description; anything else has none.

    Example:
        >>> import numpy as np
        >>> from onionskin.state import mask_of, set_mask
        >>> x = np.zeros((2, 3))
        >>> set_mask(x, np.array([True, False]))
        >>> print(mask_of(x), mask_of(x + 1))
        [ True False] None
    """
    if isinstance(tensor, Node):
        for running in reversed(scope.stack()):
            found = None if running is None else _of_traces.get(running, {}).get(tensor)
            if found is not None:
                return found
    entry = _of_arrays.get(id(tensor)) if _of_arrays else None
    return entry[1] if entry is not None and entry[0]() is tensor else None


def masks_carried() -> bool:
    """Tell whether any tensor at all carries a mask, which most programs never need."""
    return bool(_of_arrays) or bool(_of_traces)


def set_mask(tensor: Any, mask: Any) -> None:
    """Let a tensor carry a mask from here on; with None it carries none.

    Args:
        tensor: an array, or a tensor of a trace or of a description.
        mask: a boolean array or tensor of its shape, or of that of its first axes.
    """
    running = scope.current()
    if isinstance(tensor, Node) and not tensor.described and running is not None:
        _of_traces.setdefault(running, {})[tensor] = mask
        return
    key = id(tensor)
    if mask is None:
        _of_arrays.pop(key, None)
        return
    try:
        reference = weakref.ref(tensor, lambda gone: _forget(key, gone))
    except TypeError:  # a single number of NumPy's, which has no entries to leave out
        return
    _of_arrays[key] = (reference, mask)


def _forget(key: int, gone: Any) -> None:
    """Drop the mask of an array that is no more, before another takes its place in memory."""
    entry = _of_arrays.get(key)
    if entry is not None and entry[0] is gone:
        del _of_arrays[key]
