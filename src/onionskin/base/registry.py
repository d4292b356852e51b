"""Names for things that files and string identifiers speak of; nothing is ever found by import path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextvars import ContextVar, Token
from typing import Any

from onionskin.base.doors import Door
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
        self._doors: list[Door] = []  # of the rooms whose files register more when they are loaded
        self._looked_for: set[str] = set()

    def filled_by(self, door: Door) -> None:
        """Have a room's files loaded when a name is asked for that is not known yet, or all names are."""
        self._doors.append(door)

    def _load(self, name: str | None = None) -> bool:
        """Load the file that offers a name, or all where none does; tell whether there was anything to load."""
        for door in self._doors if name else ():
            own = {form: one for one in door.names() for form in (snake_case(one), one)}.get(name or "")
            if own is not None and own not in self._looked_for:
                self._looked_for.add(own)
                door.find(own)
                return True
        doors, self._doors = self._doors, []
        for door in doors:
            door.load_all()
        return bool(doors)

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
        if self._load(name):
            return self.get(name)
        raise UnknownNameError(
            f"there is no {self.kind} of this name.",
            given=repr(name),
            fix=suggest(name, set(self._entries) | set(self._aliases)),
        )

    def __contains__(self, name: str) -> bool:
        return name in self._entries or name in self._aliases or (self._load(name) and name in self)

    def __iter__(self) -> Iterator[str]:
        self._load()
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


class CustomObjects(MutableMapping[str, Any]):
    """The user's own objects by name: those registered for good, and above them those of the scopes that are open."""

    def __init__(self) -> None:
        self.registered: dict[str, Any] = {}
        self._scoped: ContextVar[dict[str, Any] | None] = ContextVar("custom_objects", default=None)

    def __getitem__(self, name: str) -> Any:
        scoped = self._scoped.get() or {}
        return scoped[name] if name in scoped else self.registered[name]

    def __setitem__(self, name: str, entry: Any) -> None:
        self.registered[name] = entry

    def __delitem__(self, name: str) -> None:
        del self.registered[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self.registered, **(self._scoped.get() or {})})

    def __len__(self) -> int:
        return len({**self.registered, **(self._scoped.get() or {})})

    def __repr__(self) -> str:
        return repr(dict(self))

    def open(self, *tables: Mapping[str, Any] | None) -> Token[dict[str, Any] | None]:
        """Put names above all others until `close`; returns what `close` needs."""
        scoped = dict(self._scoped.get() or {})
        for table in tables:
            scoped.update(table or {})
        return self._scoped.set(scoped)

    def close(self, token: Token[dict[str, Any] | None]) -> None:
        """Take the names of the innermost scope away again."""
        self._scoped.reset(token)


# Objects users add for files and string identifiers: "package>Name" → class or function.
custom_objects = CustomObjects()
_registered_names: dict[Any, str] = {}


class CustomObjectScope:
    """Let names stand for classes and functions of your own within a `with` block.

    Args:
        tables: name → class or function, one or several dictionaries.

    Raises:
        ArgumentError: one of them is no dictionary.

    Example:
        >>> with CustomObjectScope({"halved": lambda x: x / 2}):
        ...     "halved" in custom_objects
        True
        >>> "halved" in custom_objects
        False
    """

    def __init__(self, *tables: Mapping[str, Any] | None) -> None:
        for table in tables:
            if table is not None and not isinstance(table, Mapping):
                raise ArgumentError(
                    "custom objects come in a dictionary.",
                    where="custom_object_scope",
                    expected="{'Name': class or function}",
                    given=f"an object of type {type(table).__name__}",
                )
        self._tables = tables
        self._tokens: list[Token[dict[str, Any] | None]] = []

    def __enter__(self) -> CustomObjectScope:
        self._tokens.append(custom_objects.open(*self._tables))
        return self

    def __exit__(self, *_: object) -> None:
        custom_objects.close(self._tokens.pop())


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


def name_of(entry: Any) -> str:
    """Return the "package>Name" of a registered class or function, its own name where it is not registered.

    Example:
        >>> name_of(int)
        'int'
    """
    return registered_name(entry) or str(entry.__name__)


def get_custom_objects() -> CustomObjects:
    """Return the table of your own objects by name, which may be changed."""
    return custom_objects


def registered_object(
    name: str, custom_objects: Mapping[str, Any] | None = None, module_objects: Mapping[str, Any] | None = None
) -> Any:
    """Return the class or function registered under "package>Name", None where there is none.

    Args:
        name: the name.
        custom_objects: further objects, looked at after the registered ones.
        module_objects: further objects, looked at last.

    Example:
        >>> registered_object("docs>nothing") is None
        True
    """
    for table in (get_custom_objects(), custom_objects or {}, module_objects or {}):
        if name in table:
            return table[name]
    return None


# Functions that a lower room offers under its own name and a higher one defines: put here where they are defined.
DOORS: dict[str, Any] = {}
_loaders: list[Callable[[], Any]] = []


def load_doors_by(load: Callable[[], Any]) -> None:
    """Say how the rooms that fill `DOORS` are loaded; the public door does, which stands above all rooms."""
    _loaders.append(load)


def door(name: str) -> Any:
    """Return a function that a higher room defines, None where that room is not loaded and nobody said how.

    Example:
        >>> door("nothing of this name") is None
        True
    """
    if name not in DOORS:
        for load in _loaders:
            load()
    return DOORS.get(name)
