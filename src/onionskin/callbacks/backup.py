"""BackupAndRestore: training that was stopped, even by force, goes on as if it had not been."""

from __future__ import annotations

import contextlib
import os
import shutil
import warnings
from pathlib import Path
from typing import Any

from onionskin.base.errors import ArgumentError, DTypeError, FileFormatError
from onionskin.callbacks.callback import Logs, kept
from onionskin.callbacks.frequency import SaveFrequency

_FILE = "training.backup"
_PREVIOUS = f"{_FILE}.previous"


class BackupAndRestore(SaveFrequency):
    """Keep the whole state of training in a file, and begin with it where there is one.

    The same program, run again after it was stopped, ends with the same bits as one that was not stopped: kept
    are weights, optimizer, random state, the order of the samples, the place within the epoch, the sums of the
    metrics, the history, and what other callbacks name in `state_to_keep`. A file is written in full beside the
    old one and then takes its place. A stream of batches is read again up to the place.

    Args:
        backup_dir: a folder of its own for this training.
        save_freq: "epoch", or a number of batches, for which training returns to Python for every batch.
        double_checkpoint: also keep the file before the last, and use it where the last is damaged.
        delete_checkpoint: whether the files are deleted when training has ended; Ctrl-C leaves them.

    Raises:
        DTypeError: backup_dir is no path.
        ArgumentError: backup_dir is empty, or save_freq is neither "epoch" nor a positive number; when training
            begins, it is not `fit` that calls; when saving, the file cannot be written.
        FileFormatError: when training begins, the file is damaged.
        ShapeError: when training begins, the file is of another model.

    Example:
        >>> BackupAndRestore("backup").needs_batches("train")
        False
        >>> BackupAndRestore("backup", save_freq=100).needs_batches("train")
        True

    Source: the interface of keras.callbacks.BackupAndRestore, Keras 3.15.
    """

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: str | int = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        super().__init__()
        if not isinstance(backup_dir, str | os.PathLike):
            raise DTypeError("backup_dir must be a string or a path.", where="BackupAndRestore", given=repr(backup_dir))
        if not os.fspath(backup_dir):
            raise ArgumentError("backup_dir is empty.", where="BackupAndRestore", fix="name a folder of its own")
        number = isinstance(save_freq, int) and not isinstance(save_freq, bool) and save_freq > 0
        if save_freq != "epoch" and not number:
            raise ArgumentError("this save_freq cannot be used.", where="BackupAndRestore",
                                expected="'epoch', or a positive number of batches", given=repr(save_freq))  # fmt: skip
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._session: Any = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget the last training."""
        self._session = None
        self._batches_since_save = 0
        self._last_batch = None

    def set_session(self, session: Any) -> None:
        """Receive what stands for the training that begins, and let it go on from the file that is there.

        Args:
            session: has `load(path)`, `ask(write)`, `save(path)` and `interrupted`; see `train.Session`.
        """
        self._session = session
        last, previous = Path(self.backup_dir, _FILE), Path(self.backup_dir, _PREVIOUS)
        if not last.exists():
            if previous.exists():
                session.load(previous)
            return
        try:
            session.load(last)
        except FileFormatError as error:
            if not previous.exists():
                error.fix = f"delete {self.backup_dir} to begin anew"
                raise
            warnings.warn(f"BackupAndRestore: {error.what} The one before it is used: {previous}", stacklevel=2)
            session.load(previous)

    def _save_after(self, batch: int, logs: Logs) -> None:
        self._ask()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Keep the state where `save_freq` is "epoch"."""
        if self.save_freq == "epoch":
            self._ask()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Delete the files, unless they are wanted or training was interrupted."""
        if not self.delete_checkpoint or self._session is None or self._session.interrupted:
            return
        for path in Path(self.backup_dir).glob(f"*{_FILE}*"):  # with what a kill in the midst of writing has left
            with contextlib.suppress(OSError):
                os.unlink(path)
        with contextlib.suppress(OSError):
            os.rmdir(self.backup_dir)  # only where nothing else is in it

    def state_to_keep(self) -> dict[str, Any]:
        """Return the batches since the last file."""
        return kept(self, "_batches_since_save", "_last_batch")

    def _ask(self) -> None:
        if self._session is None:
            raise ArgumentError("there is no training to keep.", where="BackupAndRestore", fix="use it with fit()")
        self._session.ask(self._write)  # after the other callbacks' hooks, whose state is kept too

    def _write(self) -> None:
        last, previous = Path(self.backup_dir, _FILE), Path(self.backup_dir, _PREVIOUS)
        if self.double_checkpoint and last.exists():
            beside = last.with_name(f".{_FILE}.copy.part")
            shutil.copyfile(last, beside)
            os.replace(beside, previous)
        self._session.save(last)
