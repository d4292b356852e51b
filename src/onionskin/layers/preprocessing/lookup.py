"""`IndexLookup`, the base of the lookups: a vocabulary given or learned, and the number of each term in it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base import config
from onionskin.base.errors import ArgumentError, DataError, FileFormatError, NotBuiltError
from onionskin.base.specs import is_float
from onionskin.data.frames import is_table
from onionskin.graph import Node
from onionskin.layers.layer import Layer
from onionskin.layers.preprocessing import fingerprint
from onionskin.layers.preprocessing.encoding import MODES, checked_mode, encoded, refuse_sparse
from onionskin.layers.preprocessing.raw import batches
from onionskin.layers.preprocessing.vocabulary import checked_salt, checked_terms, file_lines

DROPPED = -1  # the number of what is to count for nothing


class IndexLookup(Layer):
    """Base of `IntegerLookup` and `StringLookup`; the arguments are explained there."""

    def __init__(
        self,
        *,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token: Any,
        oov_token: Any,
        vocabulary: Any,
        idf_weights: Any,
        invert: bool,
        output_mode: str,
        sparse: bool,
        pad_to_max_tokens: bool,
        oov_method: str,
        salt: Any,
        **kwargs: Any,
    ) -> None:
        learned = not kwargs.pop("has_input_vocabulary", vocabulary is not None)
        size = kwargs.pop("vocabulary_size", None)  # what Keras writes beside the vocabulary
        super().__init__(**kwargs)
        self._untracked_where = where = f"{type(self).__name__} '{self.name}'"
        self.output_mode = checked_mode(output_mode, where, (*MODES, "tf_idf"))
        self.max_tokens, self.num_oov_indices = max_tokens, num_oov_indices
        self.mask_token, self.oov_token = mask_token, oov_token
        self.invert, self.pad_to_max_tokens = bool(invert), bool(pad_to_max_tokens)
        self.sparse, self.oov_method, self.salt = False, oov_method, checked_salt(salt, where)
        self._check(sparse, idf_weights)
        self.supports_jit = False
        self._untracked_size = size if isinstance(size, int) else None
        self._untracked_terms: Any = None  # array of the vocabulary's terms, special ones left out
        self._untracked_idf: Any = None  # weights by number, special ones included
        self._untracked_given = (vocabulary if not isinstance(vocabulary, str | os.PathLike) else None, idf_weights)
        self._untracked_learned = True
        self.reset_state()
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)
            self._untracked_learned = learned
        self.built = True

    def _check(self, sparse: Any, idf_weights: Any) -> None:
        """Compare the arguments with each other.

        Raises:
            ArgumentError: they contradict each other.
        """
        where, mode = self._untracked_where, self.output_mode
        refuse_sparse(sparse, where)
        whole = isinstance(self.num_oov_indices, int | np.integer) and not isinstance(self.num_oov_indices, bool)
        wrong = None
        if self.max_tokens is not None and (not isinstance(self.max_tokens, int | np.integer) or self.max_tokens <= 1):
            wrong = ("max_tokens is a whole number above 1.", f"max_tokens={self.max_tokens!r}")
        elif self.pad_to_max_tokens and self.max_tokens is None:
            wrong = ("pad_to_max_tokens needs max_tokens.", "max_tokens=None")
        elif not whole or self.num_oov_indices < 0:
            wrong = ("num_oov_indices is a whole number from 0.", f"num_oov_indices={self.num_oov_indices!r}")
        elif self.oov_method not in ("floormod", "farmhash"):
            wrong = ("oov_method is 'floormod' or 'farmhash'.", repr(self.oov_method))
        elif self.invert and mode != "int":
            wrong = ("a vocabulary is inverted in output_mode='int'.", f"output_mode={mode!r}")
        elif idf_weights is not None and mode != "tf_idf":
            wrong = ("idf_weights are for output_mode='tf_idf'.", f"output_mode={mode!r}")
        if wrong is not None:
            raise ArgumentError(wrong[0], where=where, given=wrong[1])

    # --- what a subclass says ---

    def _terms(self, value: Any) -> np.ndarray:
        """Return values as an array of terms."""
        raise NotImplementedError

    def _from_lines(self, lines: Sequence[str]) -> np.ndarray:
        """Return the terms that lines of a file mean."""
        raise NotImplementedError

    def _buckets(self, values: Any) -> Any:
        """Return to which of the numbers for unknown terms each value belongs, counted from 0."""
        raise NotImplementedError

    # --- the vocabulary ---

    @property
    def learns(self) -> bool:
        """Whether `adapt` makes the vocabulary, rather than the user."""
        return self._untracked_learned

    @property
    def _special(self) -> list[Any]:
        """The special terms that a vocabulary begins with."""
        return [self.mask_token] * self._first_oov + [self.oov_token] * self.num_oov_indices

    @property
    def _first_oov(self) -> int:
        return int(self.mask_token is not None and self.output_mode == "int")

    def vocabulary_size(self) -> int:
        """Return the number of terms, special ones included."""
        return len(self._special) + (0 if self._untracked_terms is None else len(self._untracked_terms))

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """Return the terms in the order of their numbers.

        Args:
            include_special_tokens: begin with the terms for masked and unknown values, as the numbers do.
        """
        terms = [] if self._untracked_terms is None else self._untracked_terms.tolist()
        return [*self._special, *terms] if include_special_tokens else terms

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Set the vocabulary in place of the one known so far.

        Args:
            vocabulary: terms in a list or array, with or without the special ones at its start, or the path of a
                text file with one term in each line (without them).
            idf_weights: weights of the terms, in the same order, where output_mode is "tf_idf".

        Raises:
            ArgumentError: the terms are empty, too many, repeated or special, or the weights do not fit.
        """
        where = f"{self._untracked_where}.set_vocabulary"
        if (self.output_mode == "tf_idf") != (idf_weights is not None):
            raise ArgumentError(
                "weights come with the vocabulary where output_mode is 'tf_idf', and only there.",
                where=where,
                given=f"output_mode={self.output_mode!r}, idf_weights={idf_weights!r}",
            )
        special = self._special
        if isinstance(vocabulary, str | os.PathLike):
            terms, given = self._from_lines(file_lines(Path(vocabulary), where)), 0
        else:
            entries = list(vocabulary.to_numpy() if is_table(vocabulary) else vocabulary)
            given = len(special) if _same(entries[: len(special)], special) else 0
            terms = self._terms(entries[given:]) if len(entries) > given else np.zeros(0)
        checked_terms(terms, special, self.invert, self.max_tokens, where)
        if idf_weights is not None:
            self._untracked_idf = self._weighed(np.asarray(idf_weights, "float64"), given, len(terms), where)
        self._set(terms)

    def _set(self, terms: np.ndarray) -> None:
        self._edited()  # programs made with another vocabulary are not used again
        self._untracked_terms = terms
        self._untracked_order = np.argsort(terms, kind="stable")
        self._untracked_sorted = terms[self._untracked_order]

    def _weighed(self, weights: np.ndarray, given: int, count: int, where: str) -> np.ndarray:
        """Return the weight of each number; the special terms weigh the mean where nothing was said of them.

        Raises:
            ArgumentError: there are more or fewer than terms.
        """
        if weights.shape != (given + count,):
            raise ArgumentError(
                "there is one weight for each term.",
                where=where,
                expected=f"shape ({given + count},)",
                given=f"shape {weights.shape}",
            )
        front = 0 if given else len(self._special)
        return np.concatenate([np.full(front, weights.mean()), weights])

    # --- learning it ---

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learn the vocabulary: the terms seen, the frequent ones first, equally frequent ones from high to low.

        Args:
            data: terms in an array, a list or a table, each row a document for "tf_idf", or an iterable of batches.
            steps: how many batches to take of an iterable.

        Raises:
            ArgumentError: the vocabulary was given.
            DataError: there is nothing to adapt to.
        """
        self.reset_state()
        for batch in batches(data, f"{self._untracked_where}.adapt", steps):
            # a row of terms that is all there is holds one document in each place; a batch of one axis is one
            alone = batch is data or is_table(data)
            terms = self._terms(batch)
            self.update_state(terms[:, None] if alone and terms.ndim == 1 else terms)
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """Count the terms of a batch.

        Raises:
            ArgumentError: the vocabulary was given.
        """
        if not self._untracked_learned:
            raise ArgumentError(
                "the vocabulary was given, and is not learned.",
                where=f"{self._untracked_where}.adapt",
                fix="make the layer without vocabulary",
            )
        terms = self._terms(data)
        self._untracked_counts.update(terms.ravel().tolist())
        if self.output_mode == "tf_idf":
            documents = terms.reshape(1, -1) if terms.ndim < 2 else terms.reshape(len(terms), -1)
            self._untracked_documents += len(documents)
            for row in documents:
                self._untracked_appearances.update(set(row.tolist()))

    def finalize_state(self) -> None:
        """Make the vocabulary of the terms counted."""
        if not self._untracked_learned or not self._untracked_counts:
            return
        special = (self.mask_token, self.oov_token)
        counts = {term: count for term, count in self._untracked_counts.items() if term not in special}
        ordered = sorted(counts, key=lambda term: (counts[term], term), reverse=True)
        if self.max_tokens is not None:
            ordered = ordered[: max(0, self.max_tokens - len(self._special))]
        if self.output_mode == "tf_idf":
            seen = np.array([self._untracked_appearances[term] for term in ordered], "float64")
            weights = np.log(1 + self._untracked_documents / (1 + seen))
            self._untracked_idf = self._weighed(weights, 0, len(ordered), self._untracked_where)
        self._set(self._terms(ordered) if ordered else self._terms(list(counts))[:0])
        self.reset_state()

    def reset_state(self) -> None:
        """Forget the terms counted."""
        self._untracked_counts: Counter[Any] = Counter()
        self._untracked_appearances: Counter[Any] = Counter()
        self._untracked_documents = 0

    # --- looking up ---

    @property
    def _vector_dtype(self) -> str:
        """Dtype of vectors: the layer's, or the default one where Keras names the dtype of text."""
        return self.compute_dtype if is_float(self.compute_dtype) else config.floatx()

    def call(self, inputs: Any) -> Any:
        """Return the number of each term in the output mode, or the terms of numbers where inverted."""
        if self.invert:
            return self._inverted(inputs)
        depth = self._depth(inputs)
        if depth is None:
            raise NotBuiltError(
                "the vocabulary is not known yet.", fix="call adapt(data) first, or give the vocabulary"
            )
        numbers = self._numbers(inputs)
        if self.output_mode == "int":
            return numbers
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        codes = encoded(numbers, mode, depth, self._vector_dtype)
        if self.output_mode != "tf_idf":
            return codes
        return codes * self._padded_weights(depth)

    def _depth(self, inputs: Any) -> int | None:
        """Return the length of the vectors, 0 where none are put out, None where it is not known.

        A model that a file describes is put together before the vocabulary is read from a file of its own; its
        tensors, whose batch is not known, have the size that was noted.
        """
        if self.output_mode == "int":
            return 0
        if self.pad_to_max_tokens:
            return self.max_tokens
        if self._untracked_terms is not None:
            return self.vocabulary_size()
        return self._untracked_size if isinstance(inputs, Node) and None in inputs.shape else None

    def _padded_weights(self, depth: int) -> np.ndarray:
        """Return the weight of each place of a vector; places of no term weigh nothing."""
        weights = np.zeros(depth, self._vector_dtype)
        known = () if self._untracked_idf is None else self._untracked_idf
        weights[: len(known)] = known
        return weights

    def _numbers(self, inputs: Any) -> Any:
        """Return the number of each term, int64; DROPPED for masked terms outside of output_mode "int"."""
        found = self._places(inputs)
        known = ops.greater_equal(found, 0)
        if self.num_oov_indices == 0:
            self._refuse_unknown(inputs, known)
            oov: Any = np.int64(DROPPED)
        elif self.num_oov_indices == 1:
            oov = np.int64(self._first_oov)
        else:
            oov = ops.cast(self._buckets(inputs), "int64") + np.int64(self._first_oov)
        numbers = ops.where(known, found + np.int64(len(self._special)), oov)
        if self.mask_token is None:
            return numbers
        masked = np.int64(0 if self.output_mode == "int" else DROPPED)
        return ops.where(self._equal(inputs, self.mask_token), masked, numbers)

    def _places(self, inputs: Any) -> Any:
        """Return the place of each term among those of the vocabulary, -1 where it is none of them."""
        if self._untracked_terms is None or not len(self._untracked_terms):
            return ops.cast(ops.zeros_like(self._equal(inputs, self.oov_token)), "int64") - np.int64(1)
        if isinstance(inputs, Node):
            place = ops.minimum(ops.searchsorted(self._untracked_sorted, inputs), len(self._untracked_sorted) - 1)
            met = ops.equal(ops.take(self._untracked_sorted, place), inputs)
            return ops.where(met, ops.take(self._untracked_order, place), np.int64(-1))
        place = np.minimum(np.searchsorted(self._untracked_sorted, inputs), len(self._untracked_sorted) - 1)
        met = self._untracked_sorted[place] == inputs
        return np.where(met, self._untracked_order[place], np.int64(-1))

    def _equal(self, inputs: Any, term: Any) -> Any:
        return ops.equal(inputs, np.int64(term)) if isinstance(inputs, Node) else np.asarray(inputs == term)

    def _refuse_unknown(self, inputs: Any, known: Any) -> None:
        """Refuse terms that there is no number for.

        Raises:
            ArgumentError: the terms are not known before the program runs.
            DataError: a term is not in the vocabulary.
        """
        if isinstance(inputs, Node):
            raise ArgumentError(
                "whether every value is in the vocabulary cannot be checked inside a model.",
                given="num_oov_indices=0",
                fix="use num_oov_indices=1, or call the layer on the arrays before they go into the model",
            )
        masked = False if self.mask_token is None else inputs == self.mask_token
        unknown = np.asarray(inputs)[~(known | masked)]
        if unknown.size:
            raise DataError(
                "a value is not in the vocabulary, and num_oov_indices=0 leaves no number for it.",
                given=", ".join(repr(one) for one in unknown.ravel()[:5].tolist()),
                fix="use num_oov_indices=1",
            )

    def _inverted(self, inputs: Any) -> Any:
        """Return the terms of numbers; `oov_token` for those of no term."""
        terms = self.get_vocabulary() if self.vocabulary_size() else []
        table = self._terms([self.oov_token if term is None else term for term in terms] + [self.oov_token])
        last = len(table) - 1
        outside = ops.logical_or(ops.less(inputs, 0), ops.greater_equal(inputs, last))
        places = ops.where(outside, np.int64(last), ops.cast(inputs, "int64"))
        if isinstance(inputs, Node):
            return ops.take(table, places)
        return table[places]

    # --- as data ---

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer, and the vocabulary, also where it was learned.

        Keras leaves a learned vocabulary out and keeps it in a file of its own; it reads this form too.
        """
        vocabulary, weights = self._untracked_given
        settings = {
            "invert": self.invert,
            "max_tokens": self.max_tokens,
            "num_oov_indices": self.num_oov_indices,
            "oov_token": self.oov_token,
            "mask_token": self.mask_token,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
            "pad_to_max_tokens": self.pad_to_max_tokens,
            "idf_weights": _listed(weights),
            "vocabulary": _listed(vocabulary),
            "vocabulary_size": None if self._untracked_terms is None else self.vocabulary_size(),
            "oov_method": self.oov_method,
            "salt": self.salt,
        }
        if self._untracked_terms is not None and (self._untracked_learned or vocabulary is None):
            settings["vocabulary"] = self.get_vocabulary()
            settings["idf_weights"] = None if self._untracked_idf is None else self._untracked_idf.tolist()
            settings["has_input_vocabulary"] = not self._untracked_learned
        return {**super().get_config(), **settings}

    @classmethod
    def from_config(cls, settings: dict[str, Any]) -> Any:
        """Return a layer from what `get_config` gave.

        Raises:
            FileFormatError: the vocabulary is the path of a file, which no configuration may have read.
        """
        if isinstance(settings.get("vocabulary"), str):
            raise FileFormatError(
                "a configuration names a file for the vocabulary.",
                where=cls.__name__,
                given=repr(settings["vocabulary"])[:80],
                fix="read the file yourself: set_vocabulary(path)",
            )
        return cls(**settings)

    def save_assets(self, dir_path: Any) -> None:
        """Write the vocabulary to `vocabulary.txt` in a folder, one term in each line, as Keras keeps it."""
        if self._untracked_given[0] is None:
            lines = [str(term) for term in self.get_vocabulary()]
            (Path(dir_path) / "vocabulary.txt").write_text("\n".join(lines), encoding="utf-8")

    def load_assets(self, dir_path: Any) -> None:
        """Read what `save_assets` wrote, here or in Keras."""
        if self._untracked_given[0] is None:
            path = Path(dir_path) / "vocabulary.txt"
            lines = file_lines(path, f"{self._untracked_where}.load_assets")
            terms = self._from_lines(lines)
            weights = self._untracked_idf
            if self.output_mode == "tf_idf":  # ones where load_own_variables is still to bring the true ones
                weights = np.ones(len(terms)) if weights is None else weights[: len(terms)]
            self.set_vocabulary(terms, weights)

    def save_own_variables(self, store: Any) -> None:
        """Put the weights of "tf_idf" into a store."""
        if self.output_mode == "tf_idf" and self._untracked_idf is not None:
            depth = self.max_tokens if self.pad_to_max_tokens else len(self._untracked_idf)
            store["idf_weights"] = self._padded_weights(int(depth or 0))

    def load_own_variables(self, store: Any) -> None:
        """Take the weights of "tf_idf" from a store."""
        if self.output_mode == "tf_idf":
            self._edited()
            weights = np.asarray(store["idf_weights"], "float64")
            # Keras keeps the places of no term, too
            self._untracked_idf = weights if self._untracked_terms is None else weights[: self.vocabulary_size()]


def _same(entries: list[Any], special: list[Any]) -> bool:
    plain = [one.decode() if isinstance(one, bytes) else one for one in entries]
    return len(plain) == len(special) and all(bool(a == b) for a, b in zip(plain, special, strict=True))


def _listed(value: Any) -> Any:
    if value is None:
        return None
    plain = np.asarray(value.to_numpy() if is_table(value) else value).tolist()
    return [one.decode() if isinstance(one, bytes) else one for one in plain]


def hashed_buckets(values: np.ndarray, count: int, salt: Any, encoding: str = "utf-8") -> np.ndarray:
    """Return the bin of each value by the hash of its text."""
    return fingerprint.bins(values.astype(str), count, salt, encoding)
