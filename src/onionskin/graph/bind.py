"""The one place where an operation is either computed at once or recorded as a node."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import OnionskinError
from onionskin.base.specs import spec_of
from onionskin.graph.node import Node, as_node, make, pick
from onionskin.graph.primitive import APPLY, Primitive


def concrete(value: Any) -> Any:
    """Return what an argument stands for: a variable's node or array; anything else as it is."""
    stand_in = getattr(value, "__onionskin_value__", None)
    return value if stand_in is None else stand_in()


def bind(primitive: Primitive, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """Apply a primitive: nodes among the arguments record a node, arrays alone are computed.

    Returns:
        A node or an array; a tuple of them where the primitive has several outputs.
    """
    if any(isinstance(arg, Node) for arg in args):
        node = make(primitive, tuple([as_node(arg) for arg in args]), params)
        if isinstance(node.spec, tuple):
            return tuple(pick(node, index) for index in range(len(node.spec)))
        return node
    arrays = [arg if isinstance(arg, np.ndarray | np.generic) else np.asarray(arg) for arg in args]
    try:
        with np.errstate(all="ignore"):
            return primitive.value(*arrays, **params)
    except OnionskinError:
        raise
    except (ValueError, TypeError, IndexError):
        # the shape rule says the same in the words that traced code gets
        primitive.spec(*[spec_of(array) for array in arrays], **params)
        raise


APPLY["bind"] = bind
