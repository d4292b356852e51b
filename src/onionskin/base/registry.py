"""Names for things that files and string identifiers speak of; nothing is ever found by import path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from onionskin.base.errors import ArgumentError, UnknownNameError, suggest


class Registry:
    """Names of one kind of object ("layer", "loss" …) and what stands behind each.

    Lookups try the name as it is and then its snake_case form, so that "MeanSquaredError" and
    "mean_squared_error" find one object.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, Any] = {}
        self._aliases: dict[str, str] = {}

    def register(self, name: str, entry: Any, *aliases: str) -> Any:
        """Put an object under a name, and under shorter aliases; returns the object."""
        self._entries[name] = entry
        self._aliases[snake_case(name)] = name
        for alias in aliases:
            self._aliases[alias] = name
        return entry

    def entry(self, *aliases: str) -> Callable[[Any], Any]:
        """Decorator: register a class or function under its own name and these aliases."""

        def add(entry: Any) -> Any:
            return self.register(entry.__name__, entry, *aliases)

        return add

    def get(self, name: str) -> Any:
        """Return what stands under a name.

        Raises:
            UnknownNameError: nothing does; the nearest known name is suggested.
        """
        if name in self._entries:
            return self._entries[name]
        for form in (name, snake_case(name)):
            if form in self._aliases:
                return self._entries[self._aliases[form]]
        raise UnknownNameError(
            f"there is no {self.kind} of this name.",
            given=repr(name),
            fix=suggest(name, set(self._entries) | set(self._aliases)),
        )

    def __contains__(self, name: str) -> bool:
        return name in self._entries or name in self._aliases

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)


def snake_case(name: str) -> str:
    """Return the snake_case form of a CamelCase name.

    Example:
        >>> snake_case("MeanSquaredError"), snake_case("Conv2D"), snake_case("ReLU")
        ('mean_squared_error', 'conv2d', 'relu')
    """
    name = "relu" if name == "ReLU" else name
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


LAYERS = Registry("layer")  # layers and models, which refer to each other in files

# Objects users add for files and string identifiers: "package>Name" → class or function.
custom_objects: dict[str, Any] = {}
_registered_names: dict[Any, str] = {}


def register_serializable(package: str = "Custom", name: str | None = None) -> Callable[[Any], Any]:
    """Decorator that lets a class or function of yours be named in configs and files.

    The later of two objects with one name takes its place, as when a notebook's cell is run again.

    Args:
        package: a namespace of your own.
        name: the name within it; the object's own where None.

    Raises:
        ArgumentError: a class lacks `get_config`.

    Example:
        >>> @register_serializable("docs")
        ... def doubled(x):
        ...     return x * 2
        >>> registered_name(doubled)
        'docs>doubled'
    """

    def add(entry: Any) -> Any:
        full = f"{package}>{name or entry.__name__}"
        if isinstance(entry, type) and not hasattr(entry, "get_config"):
            raise ArgumentError(
                "a class that files may name needs a get_config() method.",
                where=f"register_serializable({entry.__name__})",
                fix="add get_config(self) that returns the arguments of __init__ as a dictionary",
            )
        custom_objects[full] = entry
        _registered_names[entry] = full
        return entry

    return add


def registered_name(entry: Any) -> str | None:
    """Return the "package>Name" of a registered class or function, or None."""
    return _registered_names.get(entry)
