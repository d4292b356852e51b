"""SwapEMAWeights: the running averages of the weights take their place while the model is asked."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import ArgumentError
from onionskin.callbacks.callback import Callback, Logs, kept


class SwapEMAWeights(Callback):
    """Exchange the weights with their running averages for evaluation and prediction, and back for training.

    Args:
        swap_on_epoch: also at the end of each epoch, so that callbacks which save there save the averages; this
            one stands before them in the list.

    Raises:
        ArgumentError: when it is to swap, the optimizer keeps no averages.

    Example:
        >>> SwapEMAWeights(swap_on_epoch=True).needs_batches("train")
        False

    Source: the interface of keras.callbacks.SwapEMAWeights, Keras 3.
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self._ema_weights_in_model = False

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Put the weights back that are trained."""
        if self.swap_on_epoch:
            self._put(False)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Put the averages in; after the last epoch for good."""
        if not self.swap_on_epoch or self._ema_weights_in_model:
            return
        self._put(True)
        if epoch == (self.params or {}).get("epochs", 0) - 1 or self.model.stop_training:
            for variable, average in self._pairs():  # what `fit` puts into the weights when it ends
                average.assign(variable)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Put the averages in."""
        self._put(True)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Put the weights back."""
        self._put(False)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Put the averages in."""
        self._put(True)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Put the weights back."""
        self._put(False)

    def state_to_keep(self) -> dict[str, Any]:
        """Return whether the averages are in."""
        return kept(self, "_ema_weights_in_model")

    def _put(self, averages: bool) -> None:
        """Have the averages in the model, or its own weights."""
        if self._ema_weights_in_model == averages:
            return
        for variable, average in self._pairs():
            own = variable.numpy()
            variable.assign(average)
            average.assign(own)
        self._ema_weights_in_model = averages

    def _pairs(self) -> list[tuple[Any, Any]]:
        optimizer = self.model.optimizer
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        if not getattr(optimizer, "use_ema", False):
            raise ArgumentError(
                "the optimizer keeps no running averages.", where="SwapEMAWeights",
                given=f"optimizer {getattr(optimizer, 'name', None)!r}",
                fix="make the optimizer with use_ema=True",
            )  # fmt: skip
        return list(optimizer.averaged_variables)
