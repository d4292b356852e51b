"""The list that calls many callbacks as one, and refuses what is no callback."""

from __future__ import annotations

import inspect
from typing import Any

from onionskin.base import trees
from onionskin.base.errors import ArgumentError, DTypeError
from onionskin.callbacks.callback import Callback, Logs, Phase
from onionskin.callbacks.history import History
from onionskin.callbacks.progress import ProgbarLogger


class CallbackList(Callback):
    """Many callbacks called as one, in the order given, with logs as plain floats.

    All callbacks of one call share one dictionary of logs, so that what one adds, the next ones read.

    Args:
        callbacks: a callback, or callbacks in lists, nested or not; None for none.
        add_history: whether to append a `History` where there is none.
        add_progbar: whether to append a `ProgbarLogger` where there is none.
        model: the model they work with.
        **params: the parameters of the run by name, "verbose", "epochs" and "steps", or all in a dictionary `params`.

    Raises:
        DTypeError: something in the list is not an instance of `Callback`.
        ArgumentError: from its hooks, where one closes what was never begun.

    Example:
        >>> hooks = CallbackList([Callback()], params={"epochs": 2})
        >>> hooks.needs_batches("train"), hooks.callbacks[0].params
        (False, {'epochs': 2})
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        super().__init__()
        given = [] if callbacks is None else trees.flatten(callbacks)[0]
        self.callbacks: list[Callback] = [_checked(callback, index) for index, callback in enumerate(given)]
        self._open = 0
        if add_progbar and not any(isinstance(callback, ProgbarLogger) for callback in self.callbacks):
            self.callbacks.append(ProgbarLogger())
        if add_history and not any(isinstance(callback, History) for callback in self.callbacks):
            self.callbacks.append(History())
        if model is not None:
            self.set_model(model)
        whole: dict[str, Any] = params.pop("params", None) or {}
        self.set_params({**whole, **params})

    def append(self, callback: Callback) -> None:
        """Add a callback at the end; it receives the model and the parameters.

        Raises:
            DTypeError: it is not an instance of `Callback`.
        """
        self.callbacks.append(_checked(callback, len(self.callbacks)))
        if self.model is not None:
            callback.set_model(self.model)
        if self.params:
            callback.set_params(self.params)

    def set_params(self, params: dict[str, Any]) -> None:
        """Give the parameters of the run to every callback."""
        self.params = params
        if params:
            for callback in self.callbacks:
                callback.set_params(params)

    def set_model(self, model: Any) -> None:
        """Give the model to every callback."""
        self.model = model
        for callback in self.callbacks:
            callback.set_model(model)

    def needs_batches(self, phase: Phase) -> bool:
        """Tell whether any callback must be called for every batch of "train", "test" or "predict"."""
        super().needs_batches(phase)  # refuses an unknown phase even where the list is empty
        return any(callback.needs_batches(phase) for callback in self.callbacks)

    def on_progress(self, phase: Phase, step: int, logs: Logs | None = None) -> None:
        """Call `on_progress` of every callback."""
        plain = _plain_logs(logs)
        for callback in self.callbacks:
            callback.on_progress(phase, step, plain)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Call `on_train_begin` of every callback."""
        self._begin("on_train_begin", logs)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Call `on_train_end` of every callback."""
        self._end("on_train_end", logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Call `on_test_begin` of every callback."""
        self._begin("on_test_begin", logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Call `on_test_end` of every callback."""
        self._end("on_test_end", logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Call `on_predict_begin` of every callback."""
        self._begin("on_predict_begin", logs)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Call `on_predict_end` of every callback."""
        self._end("on_predict_end", logs)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Call `on_epoch_begin` of every callback."""
        plain = _plain_logs(logs)
        for callback in self.callbacks:
            callback.on_epoch_begin(epoch, plain)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Call `on_epoch_end` of every callback."""
        plain = _plain_logs(logs)
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, plain)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call `on_batch_begin` of every callback."""
        self._batch("on_batch_begin", batch, logs)

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call `on_batch_end` of every callback."""
        self._batch("on_batch_end", batch, logs)

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call `on_train_batch_begin` of every callback."""
        self._batch("on_train_batch_begin", batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call `on_train_batch_end` of every callback."""
        self._batch("on_train_batch_end", batch, logs)

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call `on_test_batch_begin` of every callback."""
        self._batch("on_test_batch_begin", batch, logs)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call `on_test_batch_end` of every callback."""
        self._batch("on_test_batch_end", batch, logs)

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call `on_predict_batch_begin` of every callback."""
        self._batch("on_predict_batch_begin", batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call `on_predict_batch_end` of every callback."""
        self._batch("on_predict_batch_end", batch, logs)

    def _begin(self, hook: str, logs: Logs | None) -> None:
        self._open += 1
        plain = _plain_logs(logs)
        for callback in self.callbacks:
            getattr(callback, hook)(plain)

    def _end(self, hook: str, logs: Logs | None) -> None:
        if self._open == 0:
            raise ArgumentError(
                "this hook closes what was never begun.",
                where=hook,
                fix=f"call {hook.replace('_end', '_begin')} before it",
            )
        plain = _plain_logs(logs)
        for callback in self.callbacks:
            getattr(callback, hook)(plain)
        self._open -= 1

    def _batch(self, hook: str, batch: int, logs: Logs | None) -> None:
        plain = _plain_logs(logs)
        # By name, as Keras does: a lambda for a batch hook may not call its second argument otherwise than logs.
        for callback in self.callbacks:
            getattr(callback, hook)(batch, logs=plain)


def _checked(callback: Any, index: int) -> Callback:
    if isinstance(callback, Callback):
        return callback
    if isinstance(callback, type):
        raise DTypeError(
            "this is the class, not an instance.",
            where=callback.__name__,
            fix=f"pass an instance: {callback.__name__}()",
        )
    kind = type(callback)
    fix = "pass an instance of a subclass of onionskin.callbacks.Callback"
    if inspect.isroutine(callback):
        fix = "wrap the function: LambdaCallback(on_epoch_end=function)"
    raise DTypeError(
        "this is not a callback.",
        where=f"callbacks[{index}]",
        expected="an instance of onionskin.callbacks.Callback",
        given="None" if callback is None else f"an object of type {kind.__module__}.{kind.__qualname__}",
        fix=fix,
    )


def _plain_logs(logs: Logs | None) -> Logs:
    """Return the logs flat, sorted by name, as Python floats where they are numbers."""
    plain: Logs = {}
    for name, value in sorted((logs or {}).items()):
        if isinstance(value, dict):
            plain.update(_plain_logs(value))
            continue
        try:
            plain[name] = float(value)
        except (TypeError, ValueError):
            plain[name] = value  # an array of outputs, or text: passed on as it is
    return plain
