"""`StringLookup`: texts as their places in a vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import OnionskinError
from onionskin.base.registry import LAYERS
from onionskin.layers.preprocessing.lookup import IndexLookup, hashed_buckets
from onionskin.layers.preprocessing.raw import refuse_node, texts, whole_numbers


@LAYERS.entry()
class StringLookup(IndexLookup):
    """Map texts to their places in a vocabulary, which is given or learned by `adapt`.

    The places are as in `IntegerLookup`. Texts are NumPy arrays (or lists, or columns of a table): the layer is
    called on them before they go into a model, whose `Input` is for the places.

    Args:
        max_tokens: the most terms to learn, special ones included; no limit where None.
        num_oov_indices: how many places unknown texts share, by their hash; with 0, there may be none.
        mask_token: the text that stands for a missing one.
        oov_token: what places of unknown texts are turned into, where inverted.
        vocabulary: the terms, in a list or array, or the path of a text file with one in each line.
        idf_weights: weights of the terms, for output_mode "tf_idf".
        invert: turn places into texts (an array of str) instead.
        output_mode: "int" (int64), "one_hot", "multi_hot", "count" (as in `CategoryEncoding`), or "tf_idf" (counts
            times weights); these are floats of the layer's dtype.
        pad_to_max_tokens: put out vectors of max_tokens also where there are fewer terms.
        sparse: not supported.
        encoding: how bytes are read as text.
        name: its name.
        salt: one or two numbers, for SipHash64 instead of FarmHash64.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: arguments make no sense, or contradict each other.

    Example:
        >>> from onionskin.layers import StringLookup
        >>> layer = StringLookup()
        >>> layer.adapt([["a", "c", "d"], ["d", "z", "b"]])
        >>> layer.get_vocabulary()
        ['[UNK]', 'd', 'z', 'c', 'b', 'a']
        >>> print(layer(["a", "q"]))
        [5 0]
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str | None = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        salt: Any = None,
        **kwargs: Any,
    ) -> None:
        self._untracked_encoding = encoding
        super().__init__(
            max_tokens=max_tokens,
            num_oov_indices=num_oov_indices,
            mask_token=mask_token,
            oov_token=oov_token,
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            invert=invert,
            output_mode=output_mode,
            sparse=sparse,
            pad_to_max_tokens=pad_to_max_tokens,
            oov_method=kwargs.pop("oov_method", "floormod"),  # Keras writes it, and hashes all the same
            salt=salt,
            name=name,
            **kwargs,
        )

    @property
    def encoding(self) -> str:
        """How bytes are read as text."""
        return self._untracked_encoding

    def __call__(self, inputs: Any, **kwargs: Any) -> Any:
        """Return the places of texts, or the texts of places."""
        refuse_node(inputs, self._untracked_where)
        given = whole_numbers(inputs, self._untracked_where) if self.invert else self._terms(inputs)
        try:
            return self.call(given, **kwargs)
        except OnionskinError as error:
            raise error.within(self._untracked_where) from None

    def _terms(self, value: Any) -> np.ndarray:
        return texts(value, self._untracked_where, self.encoding)

    def _from_lines(self, lines: Sequence[str]) -> np.ndarray:
        return np.array(lines, str)

    def _buckets(self, values: Any) -> Any:
        return hashed_buckets(values, self.num_oov_indices, self.salt, self.encoding)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer, and the vocabulary."""
        return {**super().get_config(), "encoding": self.encoding}
