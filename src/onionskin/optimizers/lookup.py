"""Which optimizer a name, a configuration or an object stands for."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import UnknownNameError
from onionskin.base.kinds import Kind

OPTIMIZERS = Kind(
    "an optimizer",
    "keras.optimizers",
    usable=lambda entry: hasattr(entry, "apply"),
    any_case=True,
    expected="a name, a configuration, a class, an optimizer or None",
)


def get(identifier: Any) -> Any:
    """Return the optimizer that a name, configuration, class or object stands for; None stays None.

    Args:
        identifier: None, a name such as "adam" (upper and lower case are one), a configuration, a class, or
            an optimizer.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is none of these.

    Example:
        >>> get("adam").name
        'adam'
    """
    return OPTIMIZERS.find(identifier)


def serialize(optimizer: Any) -> Any:
    """Return the configuration of an optimizer: its class by name and its arguments; None stays None.

    Raises:
        ArgumentError: it has no get_config().

    Example:
        >>> serialize(get("adam"))["class_name"]
        'Adam'
    """
    return None if optimizer is None else OPTIMIZERS.config_of(optimizer)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the optimizer of a configuration.

    Args:
        config: a name, or {"class_name": …, "config": …} as `serialize` returns it.
        custom_objects: name → class of your own.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is no configuration.
    """
    return OPTIMIZERS.from_config(config, custom_objects)


def refuse_absent(name: str) -> None:
    """Refuse an optimizer of Keras that is not here by saying so.

    Raises:
        UnknownNameError: it is one. It is no AttributeError, of which `from onionskin.optimizers import …` would keep
            no word.
    """
    if name in ("MultiOptimizer", "OptimizerMap"):
        raise UnknownNameError(
            "several optimizers for one model are not here yet.",
            where=f"onionskin.optimizers.{name}",
            fix="use one optimizer; trainable=False keeps layers as they are",
        )
