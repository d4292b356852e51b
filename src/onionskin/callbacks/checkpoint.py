"""ModelCheckpoint: saves the model while it trains, after epochs or after batches."""

from __future__ import annotations

import os
import warnings
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError, OnionskinError
from onionskin.callbacks.callback import Logs, kept
from onionskin.callbacks.frequency import SaveFrequency
from onionskin.callbacks.monitor import MonitorCallback


class ModelCheckpoint(SaveFrequency, MonitorCallback):
    """Save the model, or its weights, after each epoch or after every so many batches.

    Args:
        filepath: where to save; may hold fields such as "{epoch:02d}-{val_loss:.2f}.onionskin", where epoch (and
            batch) count from 1 and the other names are those of the logs. Missing folders are made. It ends as
            `model.save` (or `model.save_weights`) wants it to.
        monitor: name of the number in the logs that tells which model is best.
        verbose: 1 says what is saved and why.
        save_best_only: whether to save only where the monitored number is the best so far.
        save_weights_only: whether to call `model.save_weights` rather than `model.save`.
        mode: "min", "max", or "auto" to tell the direction from the model's metric or its name.
        save_freq: "epoch", or a number of batches; only a number makes training return for every batch.
        initial_value_threshold: a first "best" value that must be beaten.

    Raises:
        DTypeError: an argument has a type that cannot be used.
        ArgumentError: `save_freq` is neither "epoch" nor a positive integer; when saving, a field of the file
            name is not in the logs, or the file name is a folder; when training begins, the model could not be
            saved under this name.

    Example:
        >>> ModelCheckpoint("best.onionskin", save_best_only=True).needs_batches("train")
        False
        >>> ModelCheckpoint("{epoch}-{batch}.onionskin", save_freq=100).needs_batches("train")
        True

    Source: the interface of keras.callbacks.ModelCheckpoint, Keras 3.15.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode, initial_value_threshold)
        path = os.fspath(filepath) if isinstance(filepath, str | os.PathLike) else filepath
        if not isinstance(path, str):
            raise DTypeError("filepath must be a string or a path.", where=type(self).__name__, given=repr(filepath))
        if save_freq != "epoch" and not _is_count(save_freq):
            raise ArgumentError(
                "this save_freq cannot be used.",
                where=type(self).__name__,
                expected="'epoch', or a positive number of batches",
                given=repr(save_freq),
            )
        self.filepath = path
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self._current_epoch = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Let the model refuse now what it would refuse to save after an epoch of training."""
        check = getattr(self.model, "check_savable", None)
        if check is None:
            return
        try:
            check(self.filepath, self.save_weights_only)
        except OnionskinError as error:
            raise error.within(type(self).__name__) from None

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Remember the epoch, which names of files written within it may hold."""
        self._current_epoch = epoch

    def _save_after(self, batch: int, logs: Logs) -> None:
        self._save(self._current_epoch, batch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save where `save_freq` is "epoch"."""
        if self.save_freq == "epoch":
            self._save(epoch, None, logs or {})

    def state_to_keep(self) -> dict[str, Any]:
        """Return the best number so far, and the batches since the last file."""
        return kept(self, "best", "_current_epoch", "_batches_since_save", "_last_batch")

    def _save(self, epoch: int, batch: int | None, logs: Logs) -> None:
        path = self._path(epoch, batch, logs)
        if not self._should_save(epoch, logs, path):
            return
        if os.path.isdir(path):
            raise ArgumentError(
                "this path is a folder; a checkpoint is a file.",
                where=f"{type(self).__name__}(filepath={self.filepath!r})",
                given=path,
                fix="add a file name, such as 'model.onionskin'",
            )
        if folder := os.path.dirname(path):
            os.makedirs(folder, exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)
        if self.verbose > 0:
            print(f"\nEpoch {epoch + 1}: finished saving model to {path}")

    def _should_save(self, epoch: int, logs: Logs, path: str) -> bool:
        say = f"\nEpoch {epoch + 1}: "
        if not self.save_best_only:
            if self.verbose > 0:
                print(f"{say}saving model to {path}")
            return True
        name = type(self).__name__
        current = logs.get(self.monitor)
        if current is None:
            known = ", ".join(logs) or "none"
            warnings.warn(
                f"{name}: monitor={self.monitor!r} is not in the logs, so every model is saved. Known: {known}",
                stacklevel=4,
            )
            return True
        if np.ndim(current) > 0:
            warnings.warn(
                f"{name}: monitor={self.monitor!r} is no single number, so every model is saved.", stacklevel=4
            )
            return True
        best = "None" if self.best is None else f"{self.best:.5f}"
        if not self._is_improvement(current, self.best):
            if self.verbose > 0:
                print(f"{say}{self.monitor} did not improve from {best}")
            return False
        if self.verbose > 0:
            print(f"{say}{self.monitor} improved from {best} to {current:.5f}, saving model to {path}")
        self.best = current
        return True

    def _path(self, epoch: int, batch: int | None, logs: Logs) -> str:
        fields = {} if batch is None else {"batch": batch + 1}
        fields = {**fields, **logs, "epoch": epoch + 1}
        try:
            return self.filepath.format(**fields)
        except KeyError as error:
            problem = f"the file name asks for {error.args[0]!r}, which is not in the logs."
        except (IndexError, ValueError, AttributeError, TypeError) as error:
            problem = f"the file name cannot be filled in: {error}."
        raise ArgumentError(
            problem,
            where=f"{type(self).__name__}(filepath={self.filepath!r})",
            expected="fields among " + ", ".join(sorted(fields)),
            fix="name one of these, or add validation data or the metric",
        )


def _is_count(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(value > 0)
