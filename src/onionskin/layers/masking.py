"""`Masking`: time steps that hold nothing but a certain value are left out by the layers behind."""

from __future__ import annotations

from typing import Any

from onionskin import ops
from onionskin.base.registry import LAYERS
from onionskin.layers.layer import Layer


@LAYERS.entry()
class Masking(Layer):
    """Mask the time steps all of whose values are `mask_value`, and set them to 0.

    Args:
        mask_value: what a step that is to be left out is filled with.
        kwargs: as for `Layer`.

    Example:
        >>> from onionskin.layers import Masking
        >>> layer = Masking(-1.0)
        >>> x = np.array([[[1.0, -1.0], [-1.0, -1.0]]])
        >>> print(layer(x), layer.compute_mask(x))
        [[[ 1. -1.]
          [ 0.  0.]]] [[ True False]]
    """

    def __init__(self, mask_value: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = mask_value
        self.supports_masking = True
        self.built = True

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Return True for each step, (batch, time), that holds something else than the mask value."""
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=-1)

    def call(self, inputs: Any) -> Any:
        """Return the inputs with the masked steps set to 0."""
        kept = ops.any(ops.not_equal(inputs, self.mask_value), axis=-1, keepdims=True)
        return ops.where(kept, inputs, ops.zeros_like(inputs))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "mask_value": self.mask_value}
