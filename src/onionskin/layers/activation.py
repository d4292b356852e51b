"""`Activation`: an activation function as a layer."""

from __future__ import annotations

from typing import Any

from onionskin import activations
from onionskin.base.registry import LAYERS
from onionskin.layers.layer import Layer


@LAYERS.entry()
class Activation(Layer):
    """Apply an activation function.

    Args:
        activation: function or its name, such as "relu".
        kwargs: as for `Layer`.

    Example:
        >>> from onionskin.layers import Activation
        >>> print(Activation("relu")(np.array([-1.0, 2.0])))
        [0. 2.]
    """

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return activation(inputs)."""
        return self.activation(inputs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "activation": activations.serialize(self.activation)}
