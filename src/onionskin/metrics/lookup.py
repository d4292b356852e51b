"""Which metric a name, a configuration or an object stands for."""

from __future__ import annotations

from typing import Any

from onionskin import losses
from onionskin.base.errors import ArgumentError
from onionskin.base.registry import Registry, custom_objects, registered_name

METRICS = Registry("metric")
METRIC_FUNCTIONS = Registry("metric function")


def get(identifier: Any) -> Any:
    """Return the metric that a name, configuration, class or object stands for; None stays None.

    Args:
        identifier: None, a name such as "mse", a configuration, a class, or an object that can be called.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is none of these.

    Example:
        >>> get("mse"), get("BinaryAccuracy")
        (<MeanSquaredError name=mean_squared_error>, <BinaryAccuracy name=binary_accuracy>)
    """
    if isinstance(identifier, str | dict):
        identifier = deserialize(identifier)
    if isinstance(identifier, type):
        identifier = identifier()
    if identifier is None or callable(identifier):
        return identifier
    raise ArgumentError(
        "this is no metric.", expected="a name, a configuration, a class, a function or None", given=repr(identifier)
    )


def serialize(metric: Any) -> Any:
    """Return the configuration of a metric, its class by name and its arguments, or a function's name; None stays None.

    Raises:
        ArgumentError: a function that no name stands for.

    Example:
        >>> serialize(get("mse"))["class_name"]
        'MeanSquaredError'
    """
    if metric is None:
        return None
    if not hasattr(metric, "get_config"):
        return serialize_function(metric)
    own = registered_name(type(metric))
    return {
        "module": type(metric).__module__ if own else "keras.metrics",
        "class_name": type(metric).__name__,
        "config": metric.get_config(),
        "registered_name": own,
    }


def serialize_function(function: Any) -> Any:
    """Return the configuration of what a metric is the mean of: a function of metrics, or a loss.

    Raises:
        ArgumentError: a function that no name stands for.
    """
    name = getattr(function, "__name__", "")
    if name in METRIC_FUNCTIONS and METRIC_FUNCTIONS.get(name) is function:
        return {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}
    return losses.serialize(function)


def deserialize_function(config: Any) -> Any:
    """Return the function of a configuration that `serialize_function` returned."""
    name = config.get("config") if isinstance(config, dict) else config
    if isinstance(name, str) and name in METRIC_FUNCTIONS:
        return METRIC_FUNCTIONS.get(name)
    return losses.deserialize(config)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the metric of a configuration.

    Args:
        config: a name, or {"class_name": …, "config": …} as `serialize` returns it.
        custom_objects: name → class or function of your own.

    Raises:
        UnknownNameError: there is none of this name.
        ArgumentError: it is no configuration.
    """
    if isinstance(config, str):
        return _named(config, custom_objects)
    if not isinstance(config, dict) or not isinstance(config.get("class_name"), str):
        raise ArgumentError(
            "this is no configuration of a metric.",
            expected="a name, or a dictionary with class_name and config",
            given=repr(config),
        )
    if config["class_name"] == "function":
        name = str(config.get("config"))
        return _named(name, custom_objects) if _is_own(name, custom_objects) else deserialize_function(config)
    entry: Any = _named(config.get("registered_name") or config["class_name"], custom_objects)
    return entry.from_config(dict(config.get("config") or {})) if hasattr(entry, "from_config") else entry


def _is_own(name: str, own: dict[str, Any] | None) -> bool:
    return name in (own or {}) or name in custom_objects


def _named(name: str, own: dict[str, Any] | None) -> Any:
    for known in (own or {}, custom_objects):
        if name in known:
            return known[name]
    if name not in METRICS and losses.is_known(name):
        return losses.get(name)  # every loss can be watched as a metric
    return METRICS.get(name)
