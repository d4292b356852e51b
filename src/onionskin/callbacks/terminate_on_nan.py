"""TerminateOnNaN: ends training when the loss is no longer a finite number."""

from __future__ import annotations

import math
from typing import Any

from onionskin.base.errors import NumericError, OnionskinError
from onionskin.callbacks.callback import Callback, Logs, Phase


class NonFiniteLossError(NumericError, RuntimeError):
    """A loss that became NaN or infinite; a RuntimeError too, which is what Keras raises."""


class TerminateOnNaN(Callback):
    """Stop training when the loss is NaN or infinite.

    It looks at every batch, so training returns to Python for each; it also looks at progress reports and at
    the end of an epoch, for loops that give no batches.

    Args:
        raise_error: whether to raise at once, so that no `on_train_end` runs, instead of stopping in order.
        explain: whether to print which operation made it, of what numbers and why; `report` keeps it. A weight that
            is no longer finite then stops training too.
        language: "en" or "ko", of the report.

    Attributes:
        report: what `Model.find_nan` has found, None where nothing was looked for.

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

    def __init__(self, raise_error: bool = False, explain: bool = False, language: str = "en") -> None:
        super().__init__()
        self.raise_error, self.explain, self.language = raise_error, explain, language
        self.report: Any = None
        self._said = False
        if explain:
            self.on_not_finite = self._explain  # which the loop calls where there is one

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget the last training."""
        self._said, self.report = False, None

    def _explain(self, epoch: int, step: int, batches: Any) -> None:
        """Find what made the loss or a weight NaN, while the model still has its weights from before.

        Args:
            epoch: the epoch, from 0.
            step: the step in it, from 0.
            batches: those from where these weights were to that step.
        """
        if self.report is not None:
            return
        try:
            self.report = self.model.find_nan(iter(batches), language=self.language)
        except OnionskinError as error:  # code that only runs on numbers; training ends as it would without a report
            print(error)
            return
        if self.report and self.report.batch is not None:
            self.report.epoch = epoch
            self.report.batch += step + 1 - len(batches)  # of the epoch

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Look at the loss after a batch."""
        self._look(f"Batch {batch}", logs)
        if self.report is not None and not self._said:  # the loss is not wrong yet, a weight is
            self._stop(f"Batch {batch}", "a weight is no longer finite", "Invalid weight")

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
        self._stop(place, "the loss is not finite", "Invalid loss", f"loss {float(loss)}")

    def _stop(self, place: str, what: str, short: str, given: str | None = None) -> None:
        """Say what is wrong, once, and why where that was found; then stop training or raise."""
        said, self._said = self._said, True
        if not said and not self.raise_error:
            print(f"{place}: {short}, terminating training")
        if not said and self.report is not None:
            print(self.report)
        if self.raise_error:
            raise NonFiniteLossError(
                f"{what}.",
                where=place,
                given=given,
                fix="lower the learning rate, scale the inputs, or look for NaN in the data",
            )
        self.model.stop_training = True
