"""What all operations share: the place named in errors, and arguments brought to the form primitives want."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ParamSpec, TypeVar

import numpy as np

from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError, OnionskinError, ShapeError
from onionskin.base.specs import dtype_name, whole_number
from onionskin.graph import Node
from onionskin.prims.families import cast_to, dtype_of, operand

P = ParamSpec("P")
R = TypeVar("R")
Axis = int | Sequence[int] | None


def public(function: Callable[P, R]) -> Callable[P, R]:
    """Decorator: errors out of an operation begin with its name, that of the outermost where they nest."""
    place = f"ops.{function.__name__}"

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except OnionskinError as error:
            if error.where is not None and error.where.startswith("ops.") and " > " not in error.where:
                error.where = None  # the operation that this one is made of; users called this one
            error.within(place)
            raise

    return call


def public_with_body(function: Callable[P, R]) -> Callable[P, R]:
    """Decorator like `public` for operations that call a user's function: the inner place is kept too."""
    place = f"ops.{function.__name__}"

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except OnionskinError as error:
            error.within(place)
            raise

    return call


def tensor(x: Any, dtype: str | None = None) -> Any:
    """Return an argument as a node or an array, a Python number in the dtype it takes alone.

    Args:
        x: array, number, list, variable or node.
        dtype: dtype to cast to; its own where None.
    """
    x = operand(x)
    if dtype is None and isinstance(x, Node | np.ndarray | np.generic):
        return x
    return cast_to(x, dtype_of(x) if dtype is None else dtype)


def truth(x: Any) -> Any:
    """Return an argument as a bool node or array: whether each element differs from 0."""
    return cast_to(operand(x), "bool")


def float_dtype(dtype: Any) -> str:
    """Return a dtype's name, the default float dtype where None."""
    return floatx() if dtype is None else dtype_name(dtype)


def concrete_array(x: Any, what: str) -> np.ndarray:
    """Return an argument whose numbers are needed now, not when the graph runs.

    Raises:
        ArgumentError: it is a tensor that is being traced.
    """
    x = operand(x)
    if isinstance(x, Node):
        raise ArgumentError(
            f"{what} must be known while the function is traced.", expected="numbers", given=f"tensor {x.spec}"
        )
    return np.asarray(x)


def sizes(shape: Any) -> tuple[int, ...]:
    """Return a shape given as a number or a sequence of numbers.

    Raises:
        ShapeError: a size is negative or not known.
    """
    listed = tuple(shape) if isinstance(shape, Iterable) and not isinstance(shape, str) else (shape,)
    if any(size is None or isinstance(size, Node) for size in listed):
        raise ShapeError("every size of a new array must be known.", expected="whole numbers >= 0", given=shape)
    found = tuple(whole_number(size, "a size") for size in listed)
    if any(size < 0 for size in found):
        raise ShapeError("every size of a new array must be known.", expected="whole numbers >= 0", given=shape)
    return found
