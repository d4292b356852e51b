"""Layers that pass their inputs on as they are: `Identity`, and `ActivityRegularization`, which adds a penalty."""

from __future__ import annotations

from typing import Any

from onionskin import regularizers
from onionskin.base.registry import LAYERS
from onionskin.layers.layer import Layer


@LAYERS.entry()
class Identity(Layer):
    """Return the inputs as they are: a placeholder where nothing is to be done.

    Args:
        kwargs: as for `Layer`.

    Example:
        >>> from onionskin.layers import Identity
        >>> print(Identity()(np.array([1.0, 2.0])))
        [1. 2.]
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return the inputs."""
        return inputs


@LAYERS.entry()
class ActivityRegularization(Layer):
    """Return the inputs as they are and add a penalty on them to the loss.

    penalty = (l1 · Σ |x| + l2 · Σ x²) / batch

    Args:
        l1: factor of the sum of absolute values.
        l2: factor of the sum of squares.
        kwargs: as for `Layer`.

    Example:
        >>> from onionskin.layers import ActivityRegularization
        >>> layer = ActivityRegularization(l1=0.5)
        >>> print(layer(np.array([[1.0, -3.0]])), layer.losses[0])
        [[ 1. -3.]] 2.0
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.l1, self.l2 = l1, l2
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return the inputs."""
        return inputs

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        base = super().get_config()
        base.pop("activity_regularizer", None)
        return {**base, "l1": self.l1, "l2": self.l2}
