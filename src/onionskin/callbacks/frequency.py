"""`SaveFrequency`, the base of callbacks that write something after each epoch or every so many batches."""

from __future__ import annotations

from typing import Any

from onionskin.callbacks.callback import Callback, Logs, Phase, is_overridden


class SaveFrequency(Callback):
    """Counts batches through the epochs, also where training tells only of every few; subclasses set `save_freq`."""

    save_freq: Any = "epoch"
    _batches_since_save: int = 0
    _last_batch: int | None = None

    def needs_batches(self, phase: Phase) -> bool:
        """Tell whether it must be called for every batch: for training, where `save_freq` is a number."""
        if phase != "train" or is_overridden(self, "on_train_batch_end", SaveFrequency):
            return super().needs_batches(phase)
        others = ("on_train_batch_begin", "on_batch_begin")
        return self.save_freq != "epoch" or any(is_overridden(self, hook, Callback) for hook in others)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Write after every `save_freq` batches, counted through the epochs."""
        if self.save_freq == "epoch":
            return
        new_epoch = self._last_batch is None or batch <= self._last_batch
        self._batches_since_save += batch + 1 if new_epoch else batch - (self._last_batch or 0)
        self._last_batch = batch
        if self._batches_since_save >= int(self.save_freq):
            self._batches_since_save = 0
            self._save_after(batch, logs or {})

    def _save_after(self, batch: int, logs: Logs) -> None:
        """Write what is to be written; subclasses say what."""
