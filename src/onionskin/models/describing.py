"""Which classes and calls make a functional model, and how a class of one's own becomes one."""

from __future__ import annotations

import inspect
from typing import Any

_ENDS = ["inputs", "outputs", "name"]


def describes(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Tell whether a model is made of inputs and outputs, rather than of code."""
    return len(args) == 2 or (len(args) == 1 and "outputs" in kwargs) or {"inputs", "outputs"} <= kwargs.keys()


def takes_description(cls: type) -> bool:
    """Tell whether a class is made as `Model` is, of inputs and outputs, and not of arguments of its own."""
    parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]  # type: ignore[misc]
    named = [one.name for one in parameters if one.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    kinds = {one.kind for one in parameters}
    return named == _ENDS or {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD} <= kinds


def make_functional(cls: type, model: type, functional: type) -> type:
    """Put the functional model into a class's line in place of the model in code.

    Args:
        cls: a subclass of `model`; it stays the class that it is, with another base.
        model: `Model`.
        functional: `Functional`.

    Returns:
        The class to stand in a subclass's bases for `cls`.
    """
    if cls is model:
        return functional
    if not issubclass(cls, model) or issubclass(cls, functional):
        return cls
    cls.__bases__ = tuple(make_functional(base, model, functional) for base in cls.__bases__)
    return cls
