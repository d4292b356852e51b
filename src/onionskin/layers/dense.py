"""`Dense`: every output sees every input."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin import activations, constraints, initializers, ops, regularizers
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.registry import LAYERS
from onionskin.layers.layer import Layer
from onionskin.layers.unsupported import no_lora, refuse_lora


@LAYERS.entry()
class Dense(Layer):
    """A fully connected layer.

    y = activation(x·kernel + bias)

    Args:
        units: number of outputs.
        activation: function or its name; none where None.
        use_bias: whether there is a bias.
        kernel_initializer: how the kernel (inputs, units) starts.
        bias_initializer: how the bias (units,) starts.
        kernel_regularizer: penalty on the kernel.
        bias_regularizer: penalty on the bias.
        activity_regularizer: penalty on the output.
        kernel_constraint: applied to the kernel after each update.
        bias_constraint: applied to the bias after each update.
        lora_rank: not supported.
        lora_alpha: not supported.
        quantization_config: not supported.
        kwargs: as for `Layer`; `input_shape` and `input_dim` announce the input.

    Raises:
        ArgumentError: units is no positive whole number, or LoRA or quantization is asked for.

    Example:
        >>> from onionskin.layers import Dense
        >>> Dense(2, activation="relu")(np.ones((3, 4))).shape
        (3, 2)
    """

    _takes_one = True

    enable_lora = no_lora

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        if isinstance(units, bool) or not isinstance(units, int | np.integer) or units < 1:
            raise ArgumentError(
                "units must be a positive whole number.", where="Dense", expected="1, 2, 3 …", given=repr(units)
            )
        refuse_lora("Dense", lora_rank, lora_alpha, quantization_config)
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.units = int(units)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.bias: Any = None
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        """Make the kernel and the bias."""
        if not input_shape or input_shape[-1] is None:
            raise ShapeError(
                "Dense needs to know the size of the last axis of its input.",
                expected="shape (batch, features)",
                given=input_shape,
                fix="use Flatten or Reshape first, or give each sample a shape",
            )
        self._untracked_features = int(input_shape[-1])
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(self.units,),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def call(self, inputs: Any) -> Any:
        """Return activation(inputs·kernel + bias), (…, units) for inputs (…, features)."""
        if inputs.ndim < 2 or inputs.shape[-1] != self._untracked_features:
            raise ShapeError(
                "the input does not fit the kernel.",
                expected=f"shape (batch, …, {self._untracked_features})",
                given=f"shape {tuple(inputs.shape)}",
                fix="flatten each sample, or build the model for this shape",
            )
        outputs = ops.matmul(inputs, self.kernel)
        if self.bias is not None:
            outputs = ops.add(outputs, self.bias)
        return self.activation(outputs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
            "quantization_config": None,
        }
