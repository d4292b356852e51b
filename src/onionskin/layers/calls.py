"""How a layer is called: its arguments by name, and the shapes that `build` is given for them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from onionskin.base.errors import ArgumentError
from onionskin.base.trees import flatten, map_tree

_SUFFIX = "_shape"
_BY_NAME = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def parameter_names(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of a method's parameters, in order, without those that take any number of arguments."""
    return tuple(name for name, one in inspect.signature(function).parameters.items() if one.kind in _BY_NAME)


def default_of(function: Callable[..., Any], name: str) -> Any:
    """Return what a method's parameter is where it is left out; None where that is not said."""
    parameter = inspect.signature(function).parameters.get(name)
    return None if parameter is None or parameter.default is inspect.Parameter.empty else parameter.default


def shapes_for(
    build: Callable[..., Any], names: tuple[str, ...], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Return what `build` (or `compute_output_shape`) is given for the arguments of a call.

    With one parameter that is the shape of the first argument; with several that end in `_shape`, the shapes of
    the arguments of these names; with others, the shapes of the arguments by their places.

    Args:
        build: the method, bound to its layer.
        names: the names of the parameters of `call`.
        args: positional arguments of the call.
        kwargs: its named arguments.

    Returns:
        Positional and named arguments.

    Raises:
        ArgumentError: there is no array or tensor among the arguments.
    """
    wanted = parameter_names(build)
    labels = [*names[: len(args)], *[str(index) for index in range(len(names), len(args))]]
    given = {**dict(zip(labels, args, strict=True)), **{key: kwargs[key] for key in names if key in kwargs}}
    shapes = {name: shapes_of(one) for name, one in given.items() if has_tensor(one) and name != "mask"}
    if not wanted:
        return [], {}
    if not shapes:
        raise ArgumentError(
            "a layer is called on an array or a tensor.",
            given=", ".join(type(one).__name__ for one in args) or "nothing",
            fix="pass an array (samples, …), or Input(shape=…) where a model is described",
        )
    if len(wanted) == 1:
        return [next(iter(shapes.values()))], {}
    stems = {name: name.removesuffix(_SUFFIX) for name in wanted}
    if all(name.endswith(_SUFFIX) and stem in names for name, stem in stems.items()):
        return [], {name: shapes[stem] for name, stem in stems.items() if stem in shapes}
    return list(shapes.values())[: len(wanted)], {}


def shapes_of(value: Any) -> Any:
    """Return the shape of each tensor of an argument, in its structure; None where there is none."""
    return map_tree(lambda one: tuple(one.shape) if hasattr(one, "shape") else None, value)


def has_tensor(value: Any) -> bool:
    """Tell whether there is an array or tensor in an argument."""
    return any(hasattr(leaf, "shape") for leaf in flatten(value)[0])


def map_shapes(function: Callable[[tuple[Any, ...]], Any], value: Any) -> Any:
    """Apply a function to every shape of a structure: a tuple or list of sizes is a shape, all else holds shapes."""
    if isinstance(value, dict):
        return {key: map_shapes(function, one) for key, one in value.items()}
    if isinstance(value, tuple | list) and any(isinstance(one, tuple | list | dict) for one in value):
        parts = [map_shapes(function, one) for one in value]
        return tuple(parts) if isinstance(value, tuple) else parts
    return None if value is None else function(tuple(value))
