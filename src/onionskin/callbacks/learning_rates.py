"""Callbacks that change the learning rate between epochs: by a function, or where a number stops improving."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError
from onionskin.callbacks.callback import Callback, Logs, kept
from onionskin.callbacks.monitor import MonitorCallback, check_number


class LearningRateScheduler(Callback):
    """Set the learning rate before each epoch to what a function gives.

    Args:
        schedule: called with (epoch, learning rate so far), or with (epoch) where it takes one argument; epochs
            count from 0.
        verbose: 1 says what is set.

    Raises:
        DTypeError: schedule is no function; before an epoch, it gives no number.

    Example:
        >>> from types import SimpleNamespace
        >>> halve = LearningRateScheduler(lambda epoch, rate: rate / 2)
        >>> halve.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.5)))
        >>> halve.on_epoch_begin(0)
        >>> halve.model.optimizer.learning_rate
        0.25

    Source: the interface of keras.callbacks.LearningRateScheduler, Keras 3.
    """

    def __init__(self, schedule: Callable[..., Any], verbose: int = 0) -> None:
        super().__init__()
        if not callable(schedule):
            raise DTypeError("a schedule must be a function.", where="LearningRateScheduler", given=repr(schedule))
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Set the learning rate of this epoch."""
        optimizer = self.model.optimizer
        given = (epoch, float(optimizer.learning_rate)) if _takes_two(self.schedule) else (epoch,)
        rate = self.schedule(*given)
        if not isinstance(rate, Real | np.floating) or isinstance(rate, bool):
            raise DTypeError(
                "the schedule gave no number.", where=f"LearningRateScheduler, epoch {epoch + 1}",
                expected="a float", given=repr(rate),
            )  # fmt: skip
        optimizer.learning_rate = float(rate)
        if self.verbose > 0:
            print(f"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {rate}.")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Add the learning rate to the epoch's logs."""
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)


def _takes_two(function: Callable[..., Any]) -> bool:
    try:
        inspect.signature(function).bind(0, 0.0)
    except TypeError:
        return False
    except ValueError:  # a function that does not tell what it takes
        return True
    return True


class ReduceLROnPlateau(MonitorCallback):
    """Multiply the learning rate by a factor where a monitored number has not improved for `patience` epochs.

    Args:
        monitor: name of the number in the logs.
        factor: less than 1; what the learning rate is multiplied by.
        patience: epochs without improvement after which it is.
        verbose: 1 says so.
        mode: "min", "max", or "auto" to tell the direction from the model's metric or its name.
        min_delta: by how much a value must be better to count as an improvement.
        cooldown: epochs after a reduction in which none is counted.
        min_lr: the learning rate does not fall below this.
        **kwargs: none is known; Keras passes them over.

    Raises:
        ArgumentError: the factor is not less than 1, or an argument is unknown.
        DTypeError: an argument has a type that cannot be used.

    Example:
        >>> from types import SimpleNamespace
        >>> reduce = ReduceLROnPlateau(monitor="loss", factor=0.5, patience=1)
        >>> reduce.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.5)))
        >>> for epoch, loss in enumerate([0.5, 0.4, 0.4]):
        ...     reduce.on_epoch_end(epoch, {"loss": loss})
        >>> reduce.model.optimizer.learning_rate
        0.25

    Source: the interface of keras.callbacks.ReduceLROnPlateau, Keras 3.15.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        name = type(self).__name__
        for argument, value in kwargs.items():
            raise ArgumentError("unknown argument.", where=name, given=f"{argument}={value!r}")
        self.factor = check_number(name, "factor", factor)
        if factor >= 1:
            raise ArgumentError("a factor reduces.", where=name, expected="less than 1", given=f"factor={factor}")
        self.patience = check_number(name, "patience", patience)
        self.cooldown = check_number(name, "cooldown", cooldown)
        self.min_lr = check_number(name, "min_lr", min_lr)
        self.verbose = verbose
        self.cooldown_counter = 0
        self.wait = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget the last training."""
        self.best = None
        self.cooldown_counter = 0
        self.wait = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare this epoch's number with the best one, and reduce the learning rate when patience is used up."""
        if self.monitor_op is None:
            self._set_monitor_op()
        logs = {} if logs is None else logs
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        current = logs.get(self.monitor)
        if current is None:
            warnings.warn(
                f"{type(self).__name__}: monitor={self.monitor!r} is not in the logs, so the learning rate stays. "
                f"Known: {', '.join(logs)}",
                stacklevel=2,
            )
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._is_improvement(current, self.best):
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience and self._reduce(epoch):
                self.cooldown_counter = self.cooldown
                self.wait = 0

    def _reduce(self, epoch: int) -> bool:
        """Reduce the learning rate; tell whether it was above its least."""
        old = float(self.model.optimizer.learning_rate)
        if not old > np.float32(self.min_lr):  # the rate itself is a float32
            return False
        new = max(old * self.factor, self.min_lr)
        self.model.optimizer.learning_rate = new
        if self.verbose > 0:
            print(f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {new}.")
        return True

    def in_cooldown(self) -> bool:
        """Tell whether the last reduction is so recent that none is counted."""
        return self.cooldown_counter > 0

    def state_to_keep(self) -> dict[str, Any]:
        """Return the best number, and how long it has waited."""
        return kept(self, "best", "wait", "cooldown_counter")
