"""What EarlyStopping and ModelCheckpoint share: which way a monitored number improves, and whether it did."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from numbers import Real
from typing import Any

import numpy as np

from onionskin.base import config
from onionskin.base.errors import ArgumentError, DTypeError
from onionskin.base.specs import dtype_name
from onionskin.callbacks.callback import Callback

# Words within a metric's name that tell which way is better; of two, the one further right decides, so that
# "loss_accuracy" is an accuracy and "accuracy_loss" a loss.
_UP = {"acc", "accuracy", "auc", "precision", "recall", "sensitivity", "specificity", "f1", "fbeta", "iou", "r2"}
_DOWN = {
    "loss",
    "error",
    "mse",
    "mae",
    "mape",
    "msle",
    "rmse",
    "crossentropy",
    "divergence",
    "entropy",
    "hinge",
    "perplexity",
}


def _less(value: Any, reference: Any) -> bool:
    return bool(np.less(_rounded(value), _rounded(reference)))


def _greater(value: Any, reference: Any) -> bool:
    return bool(np.greater(_rounded(value), _rounded(reference)))


def _rounded(value: Any) -> Any:
    # Compared in the dtype that the numbers were computed in: 0.7 + 0.1 < 0.8 must not count as better.
    return np.asarray(value, dtype=dtype_name(config.floatx()))


class MonitorCallback(Callback):
    """Base of callbacks that watch one number of the logs for improvement.

    Args:
        monitor: name of the number in the logs, such as "val_loss".
        mode: "min", "max", or "auto": the direction that the model's metric of that name declares, else
            the one its name tells.
        baseline: the value to beat at first; None takes the first value seen.
        min_delta: by how much a value must be better to count.

    Raises:
        DTypeError: an argument has a type that cannot be used.

    Source: the interface of keras.callbacks.MonitorCallback, Keras 3.15.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        mode: str = "auto",
        baseline: float | None = None,
        min_delta: float = 0,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        if not isinstance(monitor, str):
            raise DTypeError("monitor must be the name of a number in the logs.", where=name, given=repr(monitor))
        if mode not in ("auto", "min", "max"):
            warnings.warn(f"{name}: mode {mode!r} is unknown and taken as 'auto'. Known: auto, max, min.", stacklevel=3)
            mode = "auto"
        self.monitor = monitor
        self.mode = mode
        self.best = check_number(name, "baseline", baseline, optional=True)
        self.min_delta = abs(check_number(name, "min_delta", min_delta))
        self.monitor_op: Callable[[Any, Any], bool] | None = None

    def _set_monitor_op(self) -> Callable[[Any, Any], bool]:
        """Find the direction; late, because the model's metrics are built by then.

        Returns:
            The comparison that tells whether one value is better than another.

        Raises:
            ArgumentError: neither the model nor the name tells it.
        """
        direction = {"min": "down", "max": "up"}.get(self.mode) or self._find_direction()
        if direction is None:
            raise ArgumentError(
                f"nothing tells whether {self.monitor!r} should rise or fall.",
                where=type(self).__name__,
                expected="mode='max' or mode='min'",
                given=f"mode='auto', monitor={self.monitor!r}",
                fix="pass mode='max' where higher is better, mode='min' where lower is",
            )
        self.monitor_op = _greater if direction == "up" else _less
        if direction == "down":
            self.min_delta *= -1  # so that value - min_delta is the value to compare, in either direction
        return self.monitor_op

    def _find_direction(self) -> str | None:
        name = self.monitor.removeprefix("val_")
        for metric in _each_metric(getattr(self.model, "metrics", None)):
            declared = getattr(metric, "_direction", None)
            if getattr(metric, "name", None) == name and declared in ("up", "down"):
                return str(declared)
        for word in reversed(re.split(r"[\W_]+", name.lower())):
            if word in _UP:
                return "up"
            if word in _DOWN:
                return "down"
        return None

    def _is_improvement(self, monitor_value: Any, reference_value: Any) -> bool:
        better = self.monitor_op or self._set_monitor_op()
        if reference_value is None:
            return True
        return better(monitor_value - self.min_delta, reference_value)


def _each_metric(metrics: Any) -> Iterator[Any]:
    for metric in metrics or ():
        yield metric
        yield from _each_metric(getattr(metric, "metrics", None))  # a container of metrics


def check_number(where: str, name: str, value: Any, *, optional: bool = False) -> Any:
    """Return a number as it is.

    Raises:
        DTypeError: it is none.
    """
    if (value is None and optional) or (isinstance(value, Real | np.number) and not isinstance(value, bool)):
        return value
    expected = "a number or None" if optional else "a number"
    raise DTypeError(f"{name} must be {expected}.", where=where, expected=expected, given=repr(value))
