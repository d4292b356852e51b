"""`History`: what each epoch of training measured."""

from __future__ import annotations

from typing import Any

from onionskin.callbacks.callback import Callback, Logs, kept


class History(Callback):
    """Keeps the logs of each epoch; `fit` makes one by itself and returns it.

    Attributes:
        history: name → list of values, one for each epoch.
        epoch: numbers of the epochs, from 0.

    Example:
        >>> history = History()
        >>> history.on_epoch_end(0, {"loss": 0.5})
        >>> history.on_epoch_end(1, {"loss": 0.25})
        >>> history.history
        {'loss': [0.5, 0.25]}

    Source: the interface of keras.callbacks.History, Keras 3.
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[Any]] = {}
        self.epoch: list[int] = []

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start anew."""
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Note the epoch's values."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        if self.model is not None:
            self.model.history = self

    def state_to_keep(self) -> dict[str, Any]:
        """Return all values so far."""
        return kept(self, "history", "epoch")
