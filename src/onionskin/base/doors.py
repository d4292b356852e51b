"""`Door`, the public side of a room with many files: each is loaded when a name of it is first asked for."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn


class Door:
    """What a package offers, and where it is; loading only what is asked for keeps importing cheap.

    Args:
        package: its `__name__`.
        files: full name of each module → the names that it offers, parted by spaces. "name:other" is offered under
            another name; what stands beside the package's own name are modules of it.
        absent: called with a name that is not offered, to say what to use instead.

    Example:
        >>> door = Door("json", {"json.decoder": "JSONDecoder"})
        >>> door.find("JSONDecoder").__name__, door.names()
        ('JSONDecoder', ['JSONDecoder'])
    """

    def __init__(self, package: str, files: Mapping[str, str], absent: Callable[[str], Any] | None = None) -> None:
        self.package, self._absent = package, absent
        self._places: dict[str, tuple[str, str]] = {}  # name → module, name in it
        for module, names in files.items():
            for name in names.split():
                own, _, other = name.partition(":")
                self._places[other or own] = module, own

    def names(self) -> list[str]:
        """Return all names; the package's `__dir__`."""
        return sorted(self._places)

    def find(self, name: str) -> Any:
        """Return what stands under a name, loading its file; the package's `__getattr__`."""
        if name in self._places:
            module, own = self._places[name]
            if module == self.package:
                return importlib.import_module(f"{module}.{own}")
            value = getattr(importlib.import_module(module), own)
            setattr(sys.modules[self.package], name, value)  # found at once the next time
            return value
        if self._absent is not None and not name.startswith("_"):
            self._absent(name)
        raise AttributeError(f"module {self.package!r} has no attribute {name!r}")

    def load_all(self) -> None:
        """Load all files, those behind the doors of inner rooms too."""
        for name in self._places:
            self.find(name)


def unlike_keras(package: str, instead: Mapping[str, str]) -> Callable[[str], NoReturn]:
    """Return what refuses the names that Keras has where this package has none.

    Args:
        package: its `__name__`.
        instead: name → what to use.

    Example:
        >>> try:
        ...     unlike_keras("onionskin.room", {"door": "use a window"})("door")
        ... except AttributeError as error:
        ...     print(error)
        onionskin.room has no 'door', unlike keras.room.
          to fix:   use a window
    """

    def refuse(name: str) -> NoReturn:
        if name in instead:
            theirs = package.replace("onionskin", "keras", 1)
            raise AttributeError(f"{package} has no {name!r}, unlike {theirs}.\n  to fix:   {instead[name]}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return refuse
