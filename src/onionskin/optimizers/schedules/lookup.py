"""Configurations of learning-rate schedules."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import ArgumentError
from onionskin.base.kinds import Kind

SCHEDULES = Kind("a learning-rate schedule", "keras.optimizers.schedules", bare_names=False)


def serialize(schedule: Any) -> Any:
    """Return the configuration of a schedule: its class by name and its arguments.

    Raises:
        ArgumentError: it is a function, which a file cannot hold.
    """
    if not hasattr(schedule, "get_config"):
        raise ArgumentError(
            "a function cannot be written to a file as learning rate.", given=repr(schedule),
            fix="make it a subclass of LearningRateSchedule with get_config()",
        )  # fmt: skip
    return SCHEDULES.config_of(schedule)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the schedule of a configuration.

    Args:
        config: {"class_name": …, "config": …} as `serialize` returns it.
        custom_objects: name → class of your own.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is no configuration.
    """
    return SCHEDULES.from_config(config, custom_objects)
