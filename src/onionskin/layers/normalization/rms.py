"""`RMSNormalization`: each sample divided by the root of its mean square."""

from __future__ import annotations

from typing import Any

from onionskin import ops
from onionskin.base.registry import LAYERS
from onionskin.layers.layer import Layer
from onionskin.layers.normalization.affine import checked_axis, sizes_of


@LAYERS.entry()
class RMSNormalization(Layer):
    """Divide by the root of the mean square over axes of each sample.

    y = scale·x / √(mean x² + epsilon)

    Args:
        axis: axis or axes to normalise over.
        epsilon: added to the mean square.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: axis is neither a whole number nor a list of them.

    Example:
        >>> from onionskin.layers import RMSNormalization
        >>> print(RMSNormalization()(np.array([[3.0, 4.0]])).round(3))
        [[0.849 1.131]]

    Source: Zhang, Sennrich, "Root mean square layer normalization", NeurIPS 2019.
    """

    _takes_one = True

    def __init__(self, axis: Any = -1, epsilon: float = 1e-6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = checked_axis(axis, f"RMSNormalization '{self.name}'")
        self.epsilon = epsilon

    def build(self, input_shape: Any) -> None:
        """Make the factor, of the sizes of the axes."""
        self.axis = sorted(self.axis) if isinstance(self.axis, list) else [self.axis]
        shape = sizes_of(input_shape, self.axis, "RMSNormalization")
        self.scale = self.add_weight(shape=shape, initializer="ones", name="scale")

    def call(self, inputs: Any) -> Any:
        """Return the inputs, each sample divided by the root of its mean square."""
        return ops.rms_normalization(inputs, self.scale, self.axis, self.epsilon)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "axis": self.axis, "epsilon": self.epsilon}
