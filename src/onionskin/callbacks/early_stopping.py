"""EarlyStopping: ends training when a monitored number no longer improves."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from onionskin.callbacks.callback import Logs, kept
from onionskin.callbacks.monitor import MonitorCallback, check_number


class EarlyStopping(MonitorCallback):
    """Stop training when a monitored number has not improved for `patience` epochs.

    A value v improves on the best value b where v + min_delta < b (or v - min_delta > b for a number that
    should rise).

    Args:
        monitor: name of the number in the logs.
        min_delta: by how much a value must be better to count as an improvement.
        patience: epochs without improvement after which training stops.
        verbose: 1 says when it stops and what it restores.
        mode: "min", "max", or "auto" to tell the direction from the model's metric or its name.
        baseline: a value that must be beaten too before the wait starts anew.
        restore_best_weights: whether the model gets the weights of its best epoch back at the end.
        start_from_epoch: epochs at the beginning that are not watched.

    Raises:
        DTypeError: an argument has a type that cannot be used.
        ArgumentError: at the end of an epoch, nothing tells the direction.

    Example:
        >>> from types import SimpleNamespace
        >>> stop = EarlyStopping(monitor="loss", patience=2)
        >>> stop.set_model(SimpleNamespace(stop_training=False))
        >>> stop.on_train_begin()
        >>> for epoch, loss in enumerate([0.5, 0.4, 0.45, 0.41]):
        ...     stop.on_epoch_end(epoch, {"loss": loss})
        >>> stop.model.stop_training, stop.stopped_epoch, stop.best
        (True, 3, 0.4)

    Source: Prechelt, "Early stopping - but when?", 1998; the interface of Keras 3.15.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        name = type(self).__name__
        self.patience = check_number(name, "patience", patience)
        self.verbose = verbose
        self.baseline = check_number(name, "baseline", baseline, optional=True)
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = check_number(name, "start_from_epoch", start_from_epoch)
        self.wait = 0
        self.stopped_epoch = 0
        self.best_weights: list[Any] | None = None
        self.best_epoch = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget the last training, so that one instance can serve several."""
        self.wait = 0
        self.stopped_epoch = 0
        self.best = None
        self.best_weights = None
        self.best_epoch = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare this epoch's number with the best one, and stop training when patience is used up."""
        if self.monitor_op is None:
            self._set_monitor_op()
        current = self.get_monitor_value(logs)
        if current is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self._keep_weights(epoch)
        self.wait += 1
        if self._is_improvement(current, self.best):
            self.best = current
            self.best_epoch = epoch
            if self.restore_best_weights:
                self._keep_weights(epoch)
            # The wait starts anew only where the baseline is beaten too.
            if self.baseline is None or self._is_improvement(current, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Give the model its best weights back where that was asked for."""
        if self.stopped_epoch > 0 and self.verbose > 0:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.restore_best_weights and self.best_weights is not None:
            if self.verbose > 0:
                print(f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)

    def state_to_keep(self) -> dict[str, Any]:
        """Return the best number and weights, and how long it has waited."""
        return kept(self, "wait", "stopped_epoch", "best", "best_epoch", "best_weights")

    def get_monitor_value(self, logs: Logs | None) -> Any:
        """Return the monitored number of these logs; warn and return None where it is missing."""
        logs = logs or {}
        value = logs.get(self.monitor)
        if value is None:
            known = ", ".join(logs) or "none"
            hint = " It needs validation data." if self.monitor.startswith("val_") else ""
            warnings.warn(
                f"{type(self).__name__}: monitor={self.monitor!r} is not in the logs, so it cannot stop training."
                f"{hint} Known: {known}",
                stacklevel=2,
            )
        return value

    def _keep_weights(self, epoch: int) -> None:
        # Copied: training goes on in the very arrays that a model may hand out.
        self.best_weights = [np.array(weight) for weight in self.model.get_weights()]
        self.best_epoch = epoch
