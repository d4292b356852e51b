"""Kinds of objects that users name, such as losses: found by name, written as configurations, and made again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from onionskin.base import registry
from onionskin.base.errors import ArgumentError, OnionskinError
from onionskin.base.registry import Registry, registered_name


class Kind(Registry):
    """All objects of one kind by name, and their configurations in Keras's form.

    A name is looked for among the `custom_objects` of the call first, then among the objects that users
    registered, then among the kind's own.

    Args:
        word: what one of them is called, with its article: "a loss".
        module: the module that configurations name for classes of this library; each class's own where None.
        functions: a function's name → what a configuration says for it; None where plain functions
            cannot be written.
        usable: tells whether an object can serve as one.
        classes: whether a class stands for an object of it that is made without arguments.
        bare_names: whether a name alone is a configuration.
        any_case: whether a name is also looked for in lower case.
        expected: what `find` takes, in words.

    Example:
        >>> colours = Kind("a colour", functions=str)
        >>> @colours.entry()
        ... def red():
        ...     return "ff0000"
        >>> colours.find("red") is red, colours.config_of(red)
        (True, 'red')
    """

    def __init__(
        self,
        word: str,
        module: str | None = None,
        *,
        functions: Callable[[str], Any] | None = None,
        usable: Callable[[Any], bool] = callable,
        classes: bool = True,
        bare_names: bool = True,
        any_case: bool = False,
        expected: str = "a name, a configuration, a class, a function or None",
    ) -> None:
        super().__init__(word.partition(" ")[2])
        self.word = word
        self.module = module
        self.functions = functions
        self.usable = usable
        self.classes = classes
        self.bare_names = bare_names
        self.any_case = any_case
        self.expected = expected

    def get(self, name: str) -> Any:
        """Return what stands under a name.

        Raises:
            UnknownNameError: nothing does; the nearest known name is suggested.
        """
        return super().get(name.lower() if self.any_case and name not in self else name)

    def function(self, name: str) -> Any:
        """Return what the configuration of a function speaks of, by its name."""
        return self.get(name)

    def find(self, identifier: Any) -> Any:
        """Return the object that a name, configuration, class or object stands for; None stays None.

        Raises:
            UnknownNameError: there is none of this name.
            ArgumentError: it stands for none.
        """
        found = self.from_config(identifier) if isinstance(identifier, str | dict) else identifier
        if self.classes and isinstance(found, type):
            found = found()
        if found is None or self.usable(found):
            return found
        raise ArgumentError(f"this is no {self.kind}.", expected=self.expected, given=repr(found))

    def config_of(self, entry: Any) -> Any:
        """Return the configuration of an object, its class by name and its arguments, or that of a function.

        Raises:
            ArgumentError: an object without `get_config`, or a function that no name stands for.
        """
        if hasattr(entry, "get_config"):
            own = registered_name(type(entry))
            return {
                "module": type(entry).__module__ if own or self.module is None else self.module,
                "class_name": type(entry).__name__,
                "config": entry.get_config(),
                "registered_name": own,
            }
        if self.functions is not None:
            return self.config_of_function(entry)
        raise ArgumentError(
            f"{self.word} without get_config() cannot be written to a file.",
            given=repr(entry),
            fix=f"make it a subclass of {self.kind.capitalize()}",
        )

    def config_of_function(self, function: Any) -> Any:
        """Return the configuration of a function.

        Raises:
            ArgumentError: no name stands for it.
        """
        own = registered_name(function)
        name = str(getattr(function, "__name__", type(function).__name__))
        if self.functions is None or (own is None and (name not in self or self.get(name) is not function)):
            raise ArgumentError(
                "a function of your own has no name that a file could use.",
                given=repr(name),
                fix="put @onionskin.saving.register_keras_serializable() above its definition",
            )
        return self.functions(own or name)

    def from_config(self, config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
        """Return what a configuration describes; of a kind with functions, a bare name returns its entry as it is.

        Args:
            config: a name, or {"class_name": …, "config": …} as `config_of` returns it.
            custom_objects: name → function or class of the user's own.

        Raises:
            UnknownNameError: there is none of this name.
            ArgumentError: it is no configuration, or it has settings that its object does not take.
        """
        custom = {**registry.custom_objects, **(custom_objects or {})}
        name, settings = self._parts(config)
        plain = self.functions is not None
        if plain and isinstance(settings, str) and config["class_name"] == "function":
            return custom[settings] if settings in custom else self.function(settings)
        entry = custom[name] if name in custom else self.get(name)
        if not isinstance(settings, dict):
            raise self._malformed(config)
        if plain and isinstance(config, str):
            return entry
        if hasattr(entry, "from_config"):
            try:
                return entry.from_config(dict(settings))
            except OnionskinError:
                raise
            except TypeError as error:
                raise ArgumentError(
                    "the settings of a configuration are not those that its class takes.",
                    where=name,
                    given=f"{settings!r}: {error}",
                ) from error
        if settings:
            raise ArgumentError(
                f"{self.word} without from_config() cannot take settings from a file.",
                where=name,
                given=repr(settings),
                fix="add the class method from_config(cls, config), which makes an object of them",
            )
        return entry

    def _parts(self, config: Any) -> tuple[str, Any]:
        """Return the name in a configuration and the settings, which are a name again where it is a function's."""
        if isinstance(config, str) and self.bare_names:
            return config, {}
        if isinstance(config, dict):
            name, own, settings = (config.get(key) for key in ("class_name", "registered_name", "config"))
            if isinstance(name, str) and isinstance(own, str | None):
                return own or name, settings or {}
        raise self._malformed(config)

    def _malformed(self, config: Any) -> ArgumentError:
        return ArgumentError(
            f"this is no configuration of {self.word}.",
            expected=("a name, or " if self.bare_names else "") + "a dictionary with class_name and config",
            given=repr(config),
        )


def builtin_function(name: str) -> dict[str, str]:
    """Return what Keras's configurations say for a plain function of this name.

    Example:
        >>> builtin_function("huber")["class_name"]
        'function'
    """
    return {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}
