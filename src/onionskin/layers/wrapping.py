"""What is done around the `build` and `__init__` of every layer class: noting shapes, paths and arguments."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from onionskin.base.errors import OnionskinError
from onionskin.layers.calls import parameter_names
from onionskin.state.call import within


def building(build: Callable[..., None]) -> Callable[..., None]:
    """Make a subclass's build note the shapes and that it has run."""
    names = parameter_names(build)[1:]

    @functools.wraps(build)
    def wrapped(self: Any, *shapes: Any, **named: Any) -> None:
        with within(self):
            build(self, *shapes, **named)
            self._note_build({**dict(zip(names, shapes, strict=False)), **named})

    return wrapped


def remembering(init: Callable[..., None]) -> Callable[..., None]:
    """Make a subclass's __init__ remember its arguments, for get_config where the class writes none."""

    @functools.wraps(init)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> None:
        outermost = "_untracked_arguments" not in self.__dict__
        if outermost:
            object.__setattr__(self, "_untracked_arguments", _named(init, self, args, kwargs))
        try:
            init(self, *args, **kwargs)
        except OnionskinError as error:
            raise (error.within(type(self).__name__) if outermost and error.where is None else error) from None

    return wrapped


def _named(init: Callable[..., None], self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    try:
        bound = inspect.signature(init).bind(self, *args, **kwargs)
    except TypeError:
        return {}  # the call itself will say what is wrong
    named = dict(list(bound.arguments.items())[1:])
    for parameter in inspect.signature(init).parameters.values():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            named.update(named.pop(parameter.name, {}))
        elif parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            named.pop(parameter.name, None)
    return named
