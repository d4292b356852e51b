"""`History`: what each epoch of training measured, and its plot."""

from __future__ import annotations

from typing import Any

from onionskin import callbacks
from onionskin.base.errors import NotBuiltError


class History(callbacks.History):
    """Keeps the logs of each epoch, and draws them; `fit` returns it."""

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
