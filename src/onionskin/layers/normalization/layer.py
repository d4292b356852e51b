"""`LayerNormalization`: each sample brought to mean 0 and variance 1."""

from __future__ import annotations

from typing import Any

from onionskin import ops
from onionskin.base.registry import LAYERS
from onionskin.base.specs import normalize_axes
from onionskin.layers.normalization.affine import Affine, checked_axis, sizes_of


@LAYERS.entry()
class LayerNormalization(Affine):
    """Normalise over axes of each sample.

    y = gamma·(x - mean x) / √(var x + epsilon) + beta

    Args:
        axis: axis or axes to normalise over.
        epsilon: added to the variance.
        center: whether there is a beta.
        scale: whether there is a gamma.
        beta_initializer: how beta, of the sizes of the axes, starts.
        gamma_initializer: how gamma, of the sizes of the axes, starts.
        beta_regularizer: penalty on beta.
        gamma_regularizer: penalty on gamma.
        beta_constraint: applied to beta after each update.
        gamma_constraint: applied to gamma after each update.
        kwargs: as for `Layer`; `rms_scaling=True`, which Keras deprecates, leaves mean and beta out:
            y = gamma·x / √(var x + epsilon). `RMSNormalization` divides by the root of the mean square instead.

    Raises:
        ArgumentError: axis is neither a whole number nor a list of them.

    Example:
        >>> from onionskin.layers import LayerNormalization
        >>> print(LayerNormalization(epsilon=0.0)(np.array([[1.0, 3.0], [10.0, 30.0]])))
        [[-1.  1.]
         [-1.  1.]]

    Source: Ba, Kiros, Hinton, "Layer normalization", 2016.
    """

    def __init__(
        self,
        axis: Any = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        rms_scaling = bool(kwargs.pop("rms_scaling", False))
        super().__init__(
            epsilon=epsilon,
            center=center,
            scale=scale,
            beta_initializer=beta_initializer,
            gamma_initializer=gamma_initializer,
            beta_regularizer=beta_regularizer,
            gamma_regularizer=gamma_regularizer,
            beta_constraint=beta_constraint,
            gamma_constraint=gamma_constraint,
            **kwargs,
        )
        self.axis = checked_axis(axis, f"LayerNormalization '{self.name}'")
        self.rms_scaling = rms_scaling
        self.autocast = False

    def build(self, input_shape: Any) -> None:
        """Make gamma and beta, of the sizes of the axes."""
        self.axis = sorted(self.axis) if isinstance(self.axis, list) else [self.axis]
        shape = sizes_of(input_shape, self.axis, "LayerNormalization")
        if self.scale or self.rms_scaling:
            self._add_gamma(shape)
        if self.center and not self.rms_scaling:
            self._add_beta(shape)

    def call(self, inputs: Any) -> Any:
        """Return the inputs, each sample normalised."""
        if not self.rms_scaling:
            outputs = ops.layer_normalization(inputs, self.gamma, self.beta, self.axis, self.epsilon)
            return ops.cast(outputs, self.compute_dtype)
        x = ops.cast(inputs, "float64" if inputs.dtype == "float64" else "float32")
        axes = normalize_axes(self.axis, x.ndim)
        gamma = ops.reshape(self.gamma, tuple(x.shape[one] if one in axes else 1 for one in range(x.ndim)))
        outputs = x * ops.rsqrt(ops.var(x, axes, keepdims=True) + self.epsilon) * ops.cast(gamma, x.dtype)
        return ops.cast(outputs, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "axis": self.axis, "rms_scaling": self.rms_scaling}
