"""`Embedding`: a learned vector for each whole number."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from onionskin import constraints, initializers, ops, regularizers
from onionskin.base.errors import ArgumentError, NotBuiltError
from onionskin.base.registry import LAYERS
from onionskin.layers.layer import Layer
from onionskin.layers.unsupported import no_lora, refuse_lora


@LAYERS.entry()
class Embedding(Layer):
    """Look up a vector for each whole number: y[…] = embeddings[x[…]].

    The gradient of the embeddings is the sum of the gradients at the places where each was looked up.

    Args:
        input_dim: how many vectors; inputs are 0 … input_dim - 1.
        output_dim: length of each.
        embeddings_initializer: how the vectors (input_dim, output_dim) start.
        embeddings_regularizer: penalty on the vectors.
        embeddings_constraint: applied to the vectors after each update.
        mask_zero: whether input 0 stands for nothing, so that layers behind leave it out.
        weights: the vectors to start with, an array or a list with one.
        lora_rank: not supported.
        lora_alpha: not supported.
        quantization_config: not supported.
        kwargs: as for `Layer`; `input_length` of old code is taken with a warning.

    Raises:
        ArgumentError: a size is no positive whole number, or LoRA or quantization is asked for; when called
            on numbers, one of them lies outside.

    Example:
        >>> from onionskin.layers import Embedding
        >>> Embedding(1000, 64)(np.array([[4, 20, 7]])).shape
        (1, 3, 64)
    """

    _takes_one = True

    enable_lora = no_lora

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        for label, size in (("input_dim", input_dim), ("output_dim", output_dim)):
            if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1:
                raise ArgumentError(
                    f"{label} must be a positive whole number.", where="Embedding", expected="1, 2 …", given=repr(size)
                )
        refuse_lora("Embedding", lora_rank, lora_alpha, quantization_config)
        if kwargs.pop("input_length", None) is not None:
            warnings.warn("Embedding: input_length is not needed, remove it.", stacklevel=3)
        super().__init__(**kwargs)
        self.autocast = False
        self.input_dim, self.output_dim = int(input_dim), int(output_dim)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = mask_zero
        self.supports_masking = bool(mask_zero)
        if weights is not None:
            self.build()
            self.set_weights(weights if isinstance(weights, list) and len(weights) == 1 else [weights])

    def build(self, input_shape: Any = None) -> None:
        """Make the vectors."""
        if self.built:
            return
        self._embeddings = self.add_weight(
            shape=(self.input_dim, self.output_dim),
            initializer=self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
            name="embeddings",
        )

    @property
    def embeddings(self) -> Any:
        """The vectors, (input_dim, output_dim).

        Raises:
            NotBuiltError: they are not made yet.
        """
        if not self.built:
            raise NotBuiltError(
                "the embeddings are not made yet.", where=f"Embedding '{self.name}'", fix="call it, or build() it"
            )
        return self._embeddings

    def call(self, inputs: Any) -> Any:
        """Return the vector of each input, (…, output_dim)."""
        if str(inputs.dtype) not in ("int32", "int64"):
            inputs = ops.cast(inputs, "int32")
        return ops.cast(ops.take(self._embeddings, inputs, axis=0), self.compute_dtype)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Return True where an input is not 0, with `mask_zero`; None without."""
        return ops.not_equal(inputs, 0) if self.mask_zero else None

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "embeddings_initializer": initializers.serialize(self.embeddings_initializer),
            "embeddings_regularizer": regularizers.serialize(self.embeddings_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "embeddings_constraint": constraints.serialize(self.embeddings_constraint),
            "mask_zero": self.mask_zero,
            "quantization_config": None,
        }
