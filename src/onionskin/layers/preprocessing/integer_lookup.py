"""`IntegerLookup`: numbers as their places in a vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base.errors import ArgumentError
from onionskin.base.registry import LAYERS
from onionskin.graph import Node
from onionskin.layers.preprocessing.lookup import IndexLookup, hashed_buckets
from onionskin.layers.preprocessing.raw import refuse_node, whole_numbers


@LAYERS.entry()
class IntegerLookup(IndexLookup):
    """Map whole numbers of any size to their places in a vocabulary, which is given or learned by `adapt`.

    The places begin with that of masked values (where there are any, in output_mode "int"), then come those of
    unknown values, then the vocabulary. It works on arrays and, but for hashing, inside a model.

    Args:
        max_tokens: the most terms to learn, special ones included; no limit where None.
        num_oov_indices: how many places unknown values share; with 0, there may be none.
        mask_token: the value that stands for a missing one.
        oov_token: what places of unknown values are turned into, where inverted.
        vocabulary: the terms, in a list or array, or the path of a text file with one in each line.
        vocabulary_dtype: "int64".
        idf_weights: weights of the terms, for output_mode "tf_idf".
        invert: turn places into terms instead.
        output_mode: "int" (int64), "one_hot", "multi_hot", "count" (as in `CategoryEncoding`), or "tf_idf" (counts
            times weights); these are floats of the layer's dtype.
        sparse: not supported.
        pad_to_max_tokens: put out vectors of max_tokens also where there are fewer terms.
        oov_method: how unknown values share their places: "floormod" (the remainder) or "farmhash".
        salt: one or two numbers, for SipHash64 instead of FarmHash64.
        name: its name.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: arguments make no sense, or contradict each other.

    Example:
        >>> from onionskin.layers import IntegerLookup
        >>> layer = IntegerLookup(vocabulary=[12, 36, 1138, 42])
        >>> print(layer([[12, 1138, 42], [42, 1000, 36]]))
        [[1 3 4]
         [4 0 2]]
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: int | None = None,
        oov_token: int | None = -1,
        vocabulary: Any = None,
        vocabulary_dtype: str = "int64",
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        where = "IntegerLookup"
        if vocabulary_dtype != "int64":
            raise ArgumentError("the terms are int64.", where=where, given=f"vocabulary_dtype={vocabulary_dtype!r}")
        if salt is not None and oov_method != "farmhash":
            raise ArgumentError(
                "a salt is for hashing.", where=where, given=f"oov_method={oov_method!r}", fix="oov_method='farmhash'"
            )
        super().__init__(
            max_tokens=max_tokens,
            num_oov_indices=num_oov_indices,
            mask_token=None if mask_token is None else int(mask_token),
            oov_token=None if oov_token is None else int(oov_token),
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            invert=invert,
            output_mode=output_mode,
            sparse=sparse,
            pad_to_max_tokens=pad_to_max_tokens,
            oov_method=oov_method,
            salt=salt,
            name=name,
            **kwargs,
        )

    def __call__(self, inputs: Any, **kwargs: Any) -> Any:
        """Return the places of numbers, or the terms of places."""
        given = inputs if isinstance(inputs, Node) else whole_numbers(inputs, self._untracked_where)
        return super().__call__(given, **kwargs)

    def call(self, inputs: Any) -> Any:
        """Return the number of each term in the output mode, or the terms of numbers where inverted."""
        return super().call(ops.cast(inputs, "int64") if isinstance(inputs, Node) else inputs)

    def _terms(self, value: Any) -> np.ndarray:
        return whole_numbers(value, self._untracked_where)

    def _from_lines(self, lines: Sequence[str]) -> np.ndarray:
        try:
            return np.array([int(line) for line in lines], np.int64)
        except ValueError as error:
            raise ArgumentError(
                "a line of the vocabulary's file is no whole number.", where=self._untracked_where, given=str(error)
            ) from None

    def _buckets(self, values: Any) -> Any:
        if self.oov_method == "floormod":
            return ops.mod(values, np.int64(self.num_oov_indices))
        refuse_node(values, self._untracked_where, "a hash cannot be part of a graph.")
        return hashed_buckets(values, self.num_oov_indices, self.salt)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer, and the vocabulary."""
        return {**super().get_config(), "vocabulary_dtype": "int64"}
