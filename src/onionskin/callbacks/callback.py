"""The hooks of a callback, and which of them make training return for every batch."""

from __future__ import annotations

from typing import Any, Literal

from onionskin.base.errors import ArgumentError, FileFormatError

Logs = dict[str, Any]
Phase = Literal["train", "test", "predict"]

# The hooks that make the training loop return to Python for every batch.
BATCH_HOOKS: dict[str, tuple[str, ...]] = {
    "train": ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end"),
    "test": ("on_test_batch_begin", "on_test_batch_end"),
    "predict": ("on_predict_batch_begin", "on_predict_batch_end"),
}


class Callback:
    """Base of all callbacks: override the hooks you need, and pass an instance to `fit(callbacks=[...])`.

    Overriding a batch hook makes the loop return to Python for every batch; all other hooks, `on_progress`
    among them, leave it running at full speed.

    Attributes:
        model: the model that is trained; set `self.model.stop_training = True` to end training.
        params: dictionary with "verbose", "epochs" and "steps" (per epoch, None where unknown).

    Example:
        >>> class Losses(Callback):
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         print(f"{epoch}: {logs['loss']:.2f}")
        >>> Losses().on_epoch_end(0, {"loss": 0.251})
        0: 0.25

    Source: the interface of keras.callbacks.Callback, Keras 3.
    """

    params: dict[str, Any] | None = None
    model: Any = None

    def __init__(self) -> None:
        self.params = None
        self.model = None

    def set_params(self, params: dict[str, Any]) -> None:
        """Receive the parameters of the run: "verbose", "epochs" and "steps"."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Receive the model that is trained, evaluated or asked to predict."""
        self.model = model

    def needs_batches(self, phase: Phase) -> bool:
        """Tell whether this callback must be called for every batch of a phase.

        Args:
            phase: "train", "test" or "predict".

        Returns:
            True where a batch hook of the phase is overridden, in a class or on the instance.

        Raises:
            ArgumentError: there is no such phase.

        Example:
            >>> Callback().needs_batches("train")
            False
        """
        if phase not in BATCH_HOOKS:
            raise ArgumentError(
                "there is no such phase.", where="needs_batches", expected=tuple(BATCH_HOOKS), given=repr(phase)
            )
        return any(is_overridden(self, hook) for hook in BATCH_HOOKS[phase])

    def state_to_keep(self) -> dict[str, Any]:
        """Return what of this callback must outlast a stop of the process; `BackupAndRestore` keeps it.

        Returns:
            Numbers, text, None, arrays, and lists and dictionaries of these, by name; nothing by default.
        """
        return {}

    def take_state(self, state: dict[str, Any]) -> None:
        """Go on from what `state_to_keep` returned before the stop; called after `on_train_begin`.

        Raises:
            FileFormatError: it holds something else than `state_to_keep` returns.
        """
        known = self.state_to_keep()
        if set(state) != set(known):
            raise FileFormatError(
                "the state kept is not that of this callback.", where=type(self).__name__,
                expected=", ".join(known), given=", ".join(state),
            )  # fmt: skip
        for name, value in state.items():
            setattr(self, name, value)

    def on_progress(self, phase: Phase, step: int, logs: Logs | None = None) -> None:
        """Called for display while batches run: some ten times a second, and after a phase's last step.

        Args:
            phase: "train", "test" or "predict".
            step: how many steps of the current epoch are done.
            logs: averages over these steps, such as {"accuracy": 0.7, "loss": 0.2}.
        """

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Called once before the first epoch of `fit`."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Called once after the last epoch of `fit`, with that epoch's logs."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Called before `evaluate`, and before each validation within `fit`."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Called after `evaluate` and after each validation, with its results."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Called before `predict`."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Called after `predict`."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Called before each epoch; `epoch` counts from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Called after each epoch and its validation, whose results have names that begin with "val_"."""

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """An older name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """An older name of `on_train_batch_end`."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before each batch of `fit`; `batch` counts from 0 in each epoch."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after each batch of `fit`, with the averages since the epoch began."""
        self.on_batch_end(batch, logs=logs)

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before each batch of `evaluate` and of a validation."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after each batch of `evaluate` and of a validation, with the averages so far."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before each batch of `predict`."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after each batch of `predict`; logs["outputs"] holds its outputs."""


def is_overridden(callback: Callback, hook: str, base: type[Callback] = Callback) -> bool:
    """Tell whether a hook is another function than that of a base class."""
    # A function set on the instance has no __func__, so it counts as overridden too.
    return getattr(getattr(callback, hook), "__func__", None) is not getattr(base, hook)


def kept(callback: Callback, *names: str) -> dict[str, Any]:
    """Return attributes by name, as `state_to_keep` gives them.

    Example:
        >>> kept(Callback(), "model")
        {'model': None}
    """
    return {name: getattr(callback, name) for name in names}
