"""`UnitNormalization`: each sample brought to length 1."""

from __future__ import annotations

from typing import Any

from onionskin import ops
from onionskin.base.registry import LAYERS
from onionskin.layers.layer import Layer
from onionskin.layers.normalization.affine import checked_axis


@LAYERS.entry()
class UnitNormalization(Layer):
    """Divide by the Euclidean length over axes.

    y = x / max(‖x‖₂, 10⁻¹²)

    Args:
        axis: axis or axes that the length is taken over.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: axis is neither a whole number nor a list of them.

    Example:
        >>> from onionskin.layers import UnitNormalization
        >>> print(UnitNormalization()(np.array([[3.0, 4.0], [0.0, 2.0]])))
        [[0.6 0.8]
         [0.  1. ]]
    """

    _takes_one = True

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = checked_axis(axis, f"UnitNormalization '{self.name}'")
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return the inputs, brought to length 1."""
        return ops.normalize(inputs, self.axis, order=2, epsilon=1e-12)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "axis": self.axis}
