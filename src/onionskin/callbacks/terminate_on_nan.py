"""TerminateOnNaN: ends training when the loss is no longer a finite number."""

from __future__ import annotations

import math

from onionskin.base.errors import NumericError
from onionskin.callbacks.callback import Callback, Logs, Phase


class NonFiniteLossError(NumericError, RuntimeError):
    """A loss that became NaN or infinite; a RuntimeError too, which is what Keras raises."""


class TerminateOnNaN(Callback):
    """Stop training when the loss is NaN or infinite.

    It looks at every batch, so training returns to Python for each; it also looks at progress reports and at
    the end of an epoch, for loops that give no batches.

    Args:
        raise_error: whether to raise at once, so that no `on_train_end` runs, instead of stopping in order.

    Raises:
        NonFiniteLossError: from its hooks, where `raise_error` is set.

    Example:
        >>> from types import SimpleNamespace
        >>> guard = TerminateOnNaN()
        >>> guard.set_model(SimpleNamespace(stop_training=False))
        >>> guard.on_train_batch_end(7, {"loss": float("nan")})
        Batch 7: Invalid loss, terminating training
        >>> guard.model.stop_training
        True

    Source: the interface of keras.callbacks.TerminateOnNaN, Keras 3.15.
    """

    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()
        self.raise_error = raise_error
        self._said = False

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget the last training."""
        self._said = False

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Look at the loss after a batch."""
        self._look(f"Batch {batch}", logs)

    def on_progress(self, phase: Phase, step: int, logs: Logs | None = None) -> None:
        """Look at the loss of a progress report; `step` steps are done, so the batch before it is the last."""
        if phase == "train":
            self._look(f"Batch {step - 1}", logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Look at the loss of the whole epoch."""
        self._look(f"Epoch {epoch + 1}", logs)

    def _look(self, place: str, logs: Logs | None) -> None:
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        if self.raise_error:
            raise NonFiniteLossError(
                "the loss is not finite.",
                where=place,
                given=f"loss {float(loss)}",
                fix="lower the learning rate, scale the inputs, or look for NaN in the data",
            )
        self.model.stop_training = True
        if not self._said:
            print(f"{place}: Invalid loss, terminating training")
            self._said = True
