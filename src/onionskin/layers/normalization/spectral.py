"""`SpectralNormalization`: a layer whose kernel is kept at spectral norm 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin import initializers, ops
from onionskin.base.errors import ArgumentError
from onionskin.base.registry import LAYERS
from onionskin.layers.wrappers import Wrapper


@LAYERS.entry()
class SpectralNormalization(Wrapper):
    """Divide the kernel of a layer by its largest singular value, at each call while training.

    v ← u·Wᵀ / ‖u·Wᵀ‖,  u ← v·W / ‖v·W‖,  W ← W / (v·W·uᵀ)

    Args:
        layer: a layer with a `kernel` or `embeddings`.
        power_iterations: how often v and u are improved at a call.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: the layer has neither, or power_iterations is no positive whole number.

    Example:
        >>> from onionskin.layers import Dense, SpectralNormalization
        >>> layer = SpectralNormalization(Dense(3), power_iterations=50)
        >>> _ = layer(np.ones((2, 4)), training=True)
        >>> round(float(np.linalg.norm(layer.layer.kernel.numpy(), 2)), 3)
        1.0

    Source: Miyato and others, "Spectral normalization for generative adversarial networks", ICLR 2018.
    """

    _takes_one = True

    def __init__(self, layer: Any, power_iterations: int = 1, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        whole = isinstance(power_iterations, int | np.integer) and not isinstance(power_iterations, bool)
        if not whole or power_iterations < 1:
            raise ArgumentError(
                "power_iterations is a positive whole number.",
                where=f"SpectralNormalization '{self.name}'",
                given=f"power_iterations={power_iterations!r}",
            )
        self.power_iterations = int(power_iterations)

    def build(self, input_shape: Any = None) -> None:
        """Build the layer inside and make the vector u (1, outputs)."""
        super().build(input_shape)
        kernel = getattr(self.layer, "kernel", None)
        kernel = getattr(self.layer, "embeddings", None) if kernel is None else kernel
        if kernel is None:
            raise ArgumentError(
                "the layer inside has nothing whose spectral norm could be brought to 1.",
                expected="a layer with a kernel, or an Embedding",
                given=f"{type(self.layer).__name__} '{self.layer.name}'",
            )
        self.kernel = kernel
        self.vector_u = self.add_weight(
            shape=(1, kernel.shape[-1]),
            initializer=initializers.TruncatedNormal(stddev=0.02),
            trainable=False,
            name="vector_u",
            dtype=kernel.dtype,
        )

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the layer's output, its kernel brought to spectral norm 1 first while training."""
        if training:
            u, kernel = self.normalized_weights()
            self.vector_u.assign(u)
            self.kernel.assign(kernel)
        return ops.cast(self.layer(inputs), inputs.dtype)

    def normalized_weights(self) -> tuple[Any, Any]:
        """Return the next u and the kernel divided by its spectral norm; both as they are where the kernel is 0."""
        kernel, start = self.kernel.value, self.vector_u.value
        matrix = ops.reshape(kernel, (-1, kernel.shape[-1]))
        u = start
        for _ in range(self.power_iterations):
            v = ops.normalize(ops.matmul(u, ops.transpose(matrix)), axis=None)
            u = ops.normalize(ops.matmul(v, matrix), axis=None)
        u, v = ops.stop_gradient(u), ops.stop_gradient(v)
        sigma = ops.sum(ops.matmul(ops.matmul(v, matrix), ops.transpose(u)))
        empty = ops.all(ops.equal(kernel, 0))
        return ops.where(empty, start, u), kernel / ops.where(empty, 1, sigma)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "power_iterations": self.power_iterations}
