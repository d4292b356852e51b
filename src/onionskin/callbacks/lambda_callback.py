"""LambdaCallback: a callback made of functions, without a class of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from onionskin.base.errors import ArgumentError, DTypeError, suggest
from onionskin.callbacks.callback import Callback

Hook = Callable[..., Any]


class LambdaCallback(Callback):
    """A callback made of functions.

    Args:
        on_epoch_begin: called with (epoch, logs).
        on_epoch_end: called with (epoch, logs).
        on_train_begin: called with (logs).
        on_train_end: called with (logs).
        on_train_batch_begin: called with (batch, logs=logs).
        on_train_batch_end: called with (batch, logs=logs).
        **kwargs: any other method of `Callback`, by name.

    Raises:
        ArgumentError: `Callback` has no method of this name.
        DTypeError: what is given for a hook cannot be called.

    Example:
        >>> LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs)).on_epoch_end(3, {"loss": 0.5})
        3 {'loss': 0.5}

    Source: the interface of keras.callbacks.LambdaCallback, Keras 3.
    """

    def __init__(
        self,
        on_epoch_begin: Hook | None = None,
        on_epoch_end: Hook | None = None,
        on_train_begin: Hook | None = None,
        on_train_end: Hook | None = None,
        on_train_batch_begin: Hook | None = None,
        on_train_batch_end: Hook | None = None,
        **kwargs: Hook | None,
    ) -> None:
        super().__init__()
        given = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
            **kwargs,
        }
        known = [name for name in vars(Callback) if name.startswith(("on_", "set_"))]
        for name, function in given.items():
            if name not in known:
                raise ArgumentError(
                    "a callback has no such hook.", where="LambdaCallback", given=repr(name), fix=suggest(name, known)
                )
            if function is None:
                continue
            if not callable(function):
                raise DTypeError(
                    "a hook must be a function.", where=f"LambdaCallback({name}=...)", given=repr(function)
                )
            setattr(self, name, function)
