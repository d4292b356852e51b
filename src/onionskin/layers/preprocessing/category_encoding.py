"""`CategoryEncoding`: numbers of categories as vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DataError
from onionskin.base.registry import LAYERS
from onionskin.layers.layer import Layer
from onionskin.layers.preprocessing.encoding import checked_mode, encoded, refuse_sparse


@LAYERS.entry()
class CategoryEncoding(Layer):
    """Put out numbers of categories as one-hot, multi-hot or counting vectors.

    Args:
        num_tokens: number of categories; the inputs are from 0 to num_tokens - 1.
        output_mode: "one_hot" (a vector for each number), "multi_hot" (1 for each category that a sample has) or
            "count" (how often it has it).
        sparse: not supported.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: num_tokens is no positive whole number, there is no such output_mode, or sparse is asked for.

    Example:
        >>> from onionskin.layers import CategoryEncoding
        >>> print(CategoryEncoding(3, output_mode="count")([[0, 1], [2, 2]]))
        [[1. 1. 0.]
         [0. 0. 2.]]
    """

    def __init__(
        self, num_tokens: int | None = None, output_mode: str = "multi_hot", sparse: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        where = f"CategoryEncoding '{self.name}'"
        self.output_mode = checked_mode(output_mode, where, ("one_hot", "multi_hot", "count"))
        if isinstance(num_tokens, bool) or not isinstance(num_tokens, int | np.integer) or num_tokens < 1:
            raise ArgumentError(
                "num_tokens is a positive whole number.",
                where=where,
                given=f"num_tokens={num_tokens!r}",
                fix="use IntegerLookup where the categories are not known beforehand" if num_tokens is None else None,
            )
        refuse_sparse(sparse, where)
        self.num_tokens, self.sparse = int(num_tokens), False
        self.built = True

    def call(self, inputs: Any, count_weights: Any = None) -> Any:
        """Return the vectors; count_weights, of the shape of inputs, says how much each counts.

        Raises:
            ArgumentError: there are weights and nothing is counted.
            DataError: a number in an array is none of the categories (in a graph, it counts for none).
        """
        if count_weights is not None and self.output_mode != "count":
            raise ArgumentError("count_weights are for output_mode='count'.", given=f"output_mode={self.output_mode!r}")
        if isinstance(inputs, np.ndarray):
            outside = inputs[(inputs < 0) | (inputs >= self.num_tokens)]
            if outside.size:
                raise DataError(
                    "a number is none of the categories.",
                    expected=f"0 to {self.num_tokens - 1}",
                    given=outside.ravel()[0],
                )
        return encoded(inputs, self.output_mode, self.num_tokens, self.compute_dtype, count_weights)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "num_tokens": self.num_tokens, "output_mode": self.output_mode}
