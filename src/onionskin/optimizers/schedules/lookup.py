"""Configurations of learning-rate schedules."""

from __future__ import annotations

from typing import Any

from onionskin.base import registry
from onionskin.base.errors import ArgumentError
from onionskin.base.registry import Registry, registered_name

SCHEDULES = Registry("learning-rate schedule")


def serialize(schedule: Any) -> dict[str, Any]:
    """Return the configuration of a schedule: its class by name and its arguments.

    Raises:
        ArgumentError: it is a function, which a file cannot hold.
    """
    if not hasattr(schedule, "get_config"):
        raise ArgumentError(
            "a function cannot be written to a file as learning rate.", given=repr(schedule),
            fix="make it a subclass of LearningRateSchedule with get_config()",
        )  # fmt: skip
    own = registered_name(type(schedule))
    return {
        "module": type(schedule).__module__ if own else "keras.optimizers.schedules",
        "class_name": type(schedule).__name__,
        "config": schedule.get_config(),
        "registered_name": own,
    }


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the schedule of a configuration.

    Args:
        config: {"class_name": …, "config": …} as `serialize` returns it.
        custom_objects: name → class of your own.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is no configuration.
    """
    if not isinstance(config, dict) or not isinstance(config.get("class_name"), str):
        raise ArgumentError(
            "this is no configuration of a learning-rate schedule.",
            expected="a dictionary with class_name and config",
            given=repr(config),
        )
    name = config.get("registered_name") or config["class_name"]
    own = {**registry.custom_objects, **(custom_objects or {})}
    entry = own[name] if name in own else SCHEDULES.get(name)
    return entry.from_config(dict(config.get("config") or {}))
