"""`plot_model` and `model_to_dot`: pictures of models, which are not there yet; each says what to use instead."""

from __future__ import annotations

from typing import Any, NoReturn

from onionskin.base.errors import ArgumentError


def plot_model(model: Any, *args: Any, **kwargs: Any) -> NoReturn:
    """Refuse: drawing models is not supported yet.

    Args:
        model: a model.
        args: as for Keras.
        kwargs: as for Keras.

    Raises:
        ArgumentError: always.
    """
    _refuse("plot_model")


def model_to_dot(model: Any, *args: Any, **kwargs: Any) -> NoReturn:
    """Refuse: drawing models is not supported yet.

    Args:
        model: a model.
        args: as for Keras.
        kwargs: as for Keras.

    Raises:
        ArgumentError: always.
    """
    _refuse("model_to_dot")


def _refuse(name: str) -> NoReturn:
    raise ArgumentError(
        "drawing models is not supported yet.",
        where=f"utils.{name}",
        fix="model.summary(expand_nested=True) lists the layers, their shapes and what they are connected to",
    )
