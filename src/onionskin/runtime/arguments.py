"""Calls of user functions taken apart: which arguments are tensors, which are settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from onionskin.base.config import floatx
from onionskin.base.errors import DTypeError
from onionskin.base.specs import Spec, is_float, promote, spec_of
from onionskin.base.trees import TreeDef, flatten, unflatten
from onionskin.graph import Node, concrete


@dataclass(frozen=True)
class Call:
    """The arguments of one call: tensors among them, and everything else as it is.

    Args:
        form: structure of (args, kwargs).
        leaves: its leaves; None at the tensors' places.
        places: where the tensors stand among the leaves.
        tensors: arrays or nodes.
    """

    form: TreeDef
    leaves: tuple[Any, ...]
    places: tuple[int, ...]
    tensors: tuple[Any, ...]

    @property
    def specs(self) -> tuple[Spec, ...]:
        """Spec of each tensor."""
        return tuple(spec_of(tensor) for tensor in self.tensors)

    @property
    def traced(self) -> bool:
        """Whether a tensor is a node, so that the call happens within a trace."""
        return any(isinstance(tensor, Node) for tensor in self.tensors)

    def rebuild(self, tensors: Sequence[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return (args, kwargs) with other tensors."""
        leaves = list(self.leaves)
        for place, tensor in zip(self.places, tensors, strict=True):
            leaves[place] = tensor
        args, kwargs = unflatten(self.form, leaves)
        return args, kwargs

    def runner(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function of the tensors alone."""

        def run(*tensors: Any) -> Any:
            args, kwargs = self.rebuild(tensors)
            return function(*args, **kwargs)

        run.__name__ = getattr(function, "__name__", "function")
        return run


def checked_function(function: Any, where: str) -> Any:
    """Return a function given by the user.

    Raises:
        DTypeError: it cannot be called.
    """
    if not callable(function):
        raise DTypeError(
            "a function is needed.", where=where, given=repr(function), fix=f"pass the function itself: {where}(f)"
        )
    return function


def take_apart(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
    """Take the arguments of a call apart.

    Arrays, nodes and Python floats are tensors, and so are specs, where nothing is to run; whole numbers,
    truth values, strings and objects are settings that the trace may branch on. A Python float takes the
    widest float dtype among the arrays, so that it is as exact as where the function runs untraced; the
    default dtype where there is none.
    """
    leaves, form = flatten((args, kwargs))
    places, tensors = [], []
    for index, leaf in enumerate(leaves):
        leaf = concrete(leaf)
        if isinstance(leaf, str):  # NumPy's strings have dtypes, but are settings too
            continue
        if not isinstance(leaf, float | Node | np.ndarray | np.generic | Spec):
            if not hasattr(leaf, "__array__"):
                continue
            leaf = np.asarray(leaf)
        places.append(index)
        tensors.append(leaf)
        leaves[index] = None
    return Call(form, tuple(leaves), tuple(places), tuple(_with_dtypes(tensors)))


def _with_dtypes(tensors: list[Any]) -> list[Any]:
    """Give Python floats the widest float dtype among the others, or the default one."""
    plain = [isinstance(one, float) and not isinstance(one, np.generic) for one in tensors]
    if not any(plain):
        return tensors
    dtypes = [spec_of(one).dtype for one, bare in zip(tensors, plain, strict=True) if not bare]
    floats = [dtype for dtype in dtypes if is_float(dtype)]
    dtype = promote(floats) if floats else floatx()
    return [np.asarray(one, dtype) if bare else one for one, bare in zip(tensors, plain, strict=True)]
