"""Which metric a name, a configuration or an object stands for."""

from __future__ import annotations

from typing import Any

from onionskin import losses
from onionskin.base.kinds import Kind, builtin_function
from onionskin.base.registry import Registry

METRIC_FUNCTIONS = Registry("metric function")


class _Metrics(Kind):
    """Metrics, and all losses, which can be watched as metrics too."""

    def get(self, name: str) -> Any:
        return losses.get(name) if name not in self and losses.is_known(name) else super().get(name)

    def function(self, name: str) -> Any:
        return deserialize_function(name)

    def config_of_function(self, function: Any) -> Any:
        return serialize_function(function)


METRICS = _Metrics("a metric", "keras.metrics", functions=builtin_function)


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
    return METRICS.find(identifier)


def serialize(metric: Any) -> Any:
    """Return the configuration of a metric, its class by name and its arguments, or a function's name; None stays None.

    Raises:
        ArgumentError: a function that no name stands for.

    Example:
        >>> serialize(get("mse"))["class_name"]
        'MeanSquaredError'
    """
    return None if metric is None else METRICS.config_of(metric)


def serialize_function(function: Any) -> Any:
    """Return the configuration of what a metric is the mean of: a function of metrics, or a loss.

    Raises:
        ArgumentError: a function that no name stands for.
    """
    name = getattr(function, "__name__", "")
    if name in METRIC_FUNCTIONS and METRIC_FUNCTIONS.get(name) is function:
        return builtin_function(name)
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
    return METRICS.from_config(config, custom_objects)
