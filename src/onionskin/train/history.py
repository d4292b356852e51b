"""`History`: what each epoch of training measured, and its plot."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import NotBuiltError
from onionskin.callbacks import Callback


class History(Callback):
    """Keeps the logs of each epoch; `fit` returns it.

    Attributes:
        history: name → list of values, one for each epoch.
        epoch: numbers of the epochs, from 0.
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Start anew."""
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Note the epoch's values."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        if self.model is not None:
            self.model.history = self

    def plot(self, path: Any = None, style: str = "light", language: str = "en") -> Any:
        """Draw loss and metrics over the epochs, training beside validation.

        Args:
            path: file to write (PNG, SVG or PDF); none where None.
            style: "light" or "dark".
            language: "en" or "ko".

        Returns:
            A Matplotlib figure.

        Raises:
            NotBuiltError: nothing has been trained yet.
        """
        if not self.history:
            raise NotBuiltError(
                "there is nothing to plot yet.", where="History.plot", fix="train the model with fit() first"
            )
        from onionskin import plot  # nobody who only trains waits for it

        return plot.curves(self.history, path=path, style=style, language=language)
