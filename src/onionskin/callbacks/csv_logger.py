"""CSVLogger: one line of a table for each epoch."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError
from onionskin.callbacks.callback import Callback, Logs


class CSVLogger(Callback):
    """Write the numbers of each epoch to a CSV file.

    The columns are "epoch" and the names of the first epoch's logs, sorted; where there is no validation in it,
    columns of "val_" names follow, which hold NA until there is.

    Args:
        filename: the file.
        separator: one character between the columns.
        append: go on with a file that is there, instead of replacing it.

    Raises:
        DTypeError: filename is no path.
        ArgumentError: separator is not one character; when training begins, the file cannot be opened.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "log.csv"
        >>> logger = CSVLogger(path)
        >>> logger.on_train_begin()
        >>> logger.on_epoch_end(0, {"val_loss": 0.25, "loss": 0.5})
        >>> logger.on_train_end()
        >>> print(path.read_text().split())
        ['epoch,loss,val_loss', '0,0.5,0.25']

    Source: the interface of keras.callbacks.CSVLogger, Keras 3.
    """

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        super().__init__()
        if not isinstance(filename, str | os.PathLike):
            raise DTypeError("filename must be a string or a path.", where="CSVLogger", given=repr(filename))
        if not isinstance(separator, str) or len(separator) != 1:
            raise ArgumentError("a separator is one character.", where="CSVLogger", given=repr(separator))
        self.filename = os.fspath(filename)
        self.sep = separator
        self.append = append
        self.keys: list[str] | None = None
        self.append_header = True
        self.csv_file: IO[str] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Open the file."""
        path = Path(self.filename)
        self.append_header = not (self.append and path.is_file() and path.stat().st_size > 0)
        self._open("a" if self.append else "w")
        self.keys = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the epoch's line, and the names above the first."""
        logs = logs or {}
        if self.csv_file is None:
            return
        writer = csv.writer(self.csv_file, delimiter=self.sep)
        if self.keys is None:
            self.keys = sorted(logs)
            if not any(key.startswith("val_") for key in self.keys):
                self.keys += [f"val_{key}" for key in self.keys]
            if self.append_header:
                writer.writerow(["epoch", *self.keys])
        writer.writerow([epoch, *[_cell(logs.get(key, "NA")) for key in self.keys]])
        self.csv_file.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Close the file."""
        if self.csv_file is not None:
            self.csv_file.close()
        self.csv_file = None

    def state_to_keep(self) -> dict[str, Any]:
        """Return the file's lines and columns, so that none is lost or written twice."""
        with open(self.filename, encoding="utf-8", newline="") as file:
            return {"text": file.read(), "keys": self.keys}

    def take_state(self, state: dict[str, Any]) -> None:
        """Put the lines into the file and go on behind them."""
        self.keys = state["keys"]
        self._open("w")
        if self.csv_file is not None:
            self.csv_file.write(state["text"])
            self.csv_file.flush()

    def _open(self, mode: str) -> None:
        if self.csv_file is not None:
            self.csv_file.close()
        try:
            self.csv_file = open(self.filename, mode, encoding="utf-8", newline="")  # noqa: SIM115 - until training ends
        except OSError as error:
            raise ArgumentError(
                "the file cannot be written.", where=f"CSVLogger({self.filename!r})", given=error.strerror,
                fix="make its folder first, or choose another",
            ) from error  # fmt: skip


def _cell(value: Any) -> Any:
    several = isinstance(value, Iterable) and not isinstance(value, str)
    if several and not (isinstance(value, np.ndarray) and value.ndim == 0):
        return f'"[{", ".join(map(str, value))}]"'
    return value
