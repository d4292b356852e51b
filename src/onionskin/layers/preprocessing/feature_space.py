"""`FeatureSpace`: the columns of a table, each prepared in its way, as one vector for a network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base.errors import ArgumentError, DataError, NotBuiltError
from onionskin.base.registry import LAYERS
from onionskin.data.frames import is_table
from onionskin.layers.input import Input
from onionskin.layers.layer import Layer
from onionskin.layers.naming import auto_name
from onionskin.layers.preprocessing.category_encoding import CategoryEncoding
from onionskin.layers.preprocessing.discretization import Discretization
from onionskin.layers.preprocessing.features import Cross, Feature, TFDIdentity, as_data, from_data
from onionskin.layers.preprocessing.hashing import HashedCrossing, Hashing
from onionskin.layers.preprocessing.integer_lookup import IntegerLookup
from onionskin.layers.preprocessing.lookup import IndexLookup
from onionskin.layers.preprocessing.normalization import Normalization
from onionskin.layers.preprocessing.rescaling import Rescaling
from onionskin.layers.preprocessing.string_lookup import StringLookup

ROWS = 32  # rows that a preprocessor is adapted to at a time, as in Keras: sketches of quantiles depend on it


@LAYERS.entry()
class FeatureSpace(Layer):
    """Prepare the columns of a table: scaled, cut into bins, looked up, hashed and crossed, then joined.

    Features are named by kind: "float", "float_normalized", "float_rescaled", "float_discretized",
    "integer_categorical", "string_categorical", "integer_hashed", "string_hashed", or made by the methods of these
    names where arguments are wanted.

    Args:
        features: column → kind, or `Feature`.
        output_mode: "concat" (one vector for each sample) or "dict" (column → numbers).
        crosses: tuples of columns to be hashed together, or what `cross` made.
        crossing_dim: number of bins of crosses.
        hashing_dim: number of bins of hashed features.
        num_discretization_bins: number of bins of "float_discretized".
        name: its name.

    Raises:
        ArgumentError: there are no features, or a kind, a cross or a mode is unknown.

    Example:
        >>> from onionskin.layers.preprocessing import FeatureSpace
        >>> space = FeatureSpace({"age": "float_normalized", "color": "string_categorical"})
        >>> table = {"age": [20.0, 40.0], "color": ["red", "blue"]}
        >>> space.adapt(table)
        >>> print(space(table))
        [[-1.  0.  1.  0.]
         [ 1.  0.  0.  1.]]
    """

    def __init__(
        self,
        features: Any,
        output_mode: str = "concat",
        crosses: Any = None,
        crossing_dim: int = 32,
        hashing_dim: int = 32,
        num_discretization_bins: int = 32,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        where = f"FeatureSpace '{self.name}'"
        if not features:
            raise ArgumentError("a feature space has features.", where=where, given=repr(features))
        if output_mode not in ("concat", "dict"):
            raise ArgumentError(
                "there is no such output_mode.", where=where, expected="'concat', 'dict'", given=repr(output_mode)
            )
        self.output_mode, self.crossing_dim, self.hashing_dim = output_mode, crossing_dim, hashing_dim
        self.num_discretization_bins = num_discretization_bins
        self.features = {key: self._feature(key, value, where) for key, value in features.items()}
        self.crosses = [self._cross(one, where) for one in crosses or []]
        self.crosses_by_name = {cross.name: cross for cross in self.crosses}
        self.preprocessors = {key: feature.preprocessor for key, feature in self.features.items()}
        self.crossers = {cross.name: HashedCrossing(cross.crossing_dim, name=cross.name) for cross in self.crosses}
        self.one_hot_encoders: dict[str, Any] = {}
        self.encoded_features: Any = None
        self._untracked_adapted = False
        self._untracked_inputs: Any = None
        self.built = True

    # --- kinds of features ---

    @classmethod
    def cross(cls, feature_names: Any, crossing_dim: int, output_mode: str = "one_hot") -> Cross:
        """Return a combination of features, hashed into so many bins."""
        return Cross(feature_names, crossing_dim, output_mode)

    @classmethod
    def feature(cls, dtype: str, preprocessor: Any, output_mode: str) -> Feature:
        """Return a feature with a layer of one's own."""
        return Feature(dtype, preprocessor, output_mode)

    @classmethod
    def float(cls, name: str | None = None) -> Feature:
        """Return a feature of numbers as they are."""
        return Feature("float32", TFDIdentity(dtype="float32", name=_name(name, "float")), "float")

    @classmethod
    def float_rescaled(cls, scale: Any = 1.0, offset: Any = 0.0, name: str | None = None) -> Feature:
        """Return a feature of numbers, scaled and shifted."""
        return Feature("float32", Rescaling(scale, offset, name=_name(name, "float_rescaled")), "float")

    @classmethod
    def float_normalized(cls, name: str | None = None) -> Feature:
        """Return a feature of numbers, brought to mean 0 and variance 1."""
        return Feature("float32", Normalization(axis=-1, name=_name(name, "float_normalized")), "float")

    @classmethod
    def float_discretized(
        cls, num_bins: int | None, bin_boundaries: Any = None, output_mode: str = "one_hot", name: str | None = None
    ) -> Feature:
        """Return a feature of numbers, cut into bins; num_bins is None where the bounds are given."""
        layer = Discretization(bin_boundaries, num_bins, name=_name(name, "float_discretized"))
        return Feature("float32", layer, output_mode)

    @classmethod
    def integer_categorical(
        cls,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        output_mode: str = "one_hot",
        name: str | None = None,
    ) -> Feature:
        """Return a feature of whole numbers, looked up in a vocabulary."""
        layer = IntegerLookup(max_tokens, num_oov_indices, name=_name(name, "integer_categorical"))
        return Feature("int32", layer, output_mode)

    @classmethod
    def string_categorical(
        cls,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        output_mode: str = "one_hot",
        name: str | None = None,
    ) -> Feature:
        """Return a feature of texts, looked up in a vocabulary."""
        layer = StringLookup(max_tokens, num_oov_indices, name=_name(name, "string_categorical"))
        return Feature("string", layer, output_mode)

    @classmethod
    def string_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: str | None = None) -> Feature:
        """Return a feature of texts, hashed into bins."""
        return Feature("string", Hashing(num_bins, name=_name(name, "string_hashed")), output_mode)

    @classmethod
    def integer_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: str | None = None) -> Feature:
        """Return a feature of whole numbers, hashed into bins."""
        return Feature("int32", Hashing(num_bins, name=_name(name, "integer_hashed")), output_mode)

    def _feature(self, key: str, value: Any, where: str) -> Feature:
        """Return a feature given by its kind, its description, or itself.

        Raises:
            ArgumentError: there is no such kind.
        """
        if isinstance(value, Feature):
            return value
        if isinstance(value, dict):
            feature: Feature = from_data(value, Feature)
            return feature
        sizes = {"float_discretized": self.num_discretization_bins}
        sizes.update(dict.fromkeys(("integer_hashed", "string_hashed"), self.hashing_dim))
        plain = ("float", "float_normalized", "float_rescaled", "integer_categorical", "string_categorical")
        if not isinstance(value, str) or value not in (*plain, *sizes):
            raise ArgumentError(
                f"feature {key!r} is of no known kind.",
                where=where,
                expected=", ".join((*plain, *sizes)),
                given=repr(value),
            )
        make = getattr(self, value)
        made: Feature = make(sizes[value], name=key) if value in sizes else make(name=key)
        return made

    def _cross(self, value: Any, where: str) -> Cross:
        """Return a cross given by its columns, its description, or itself.

        Raises:
            ArgumentError: a column is no feature.
        """
        if isinstance(value, dict):
            value = from_data(value, Cross)
        cross = value if isinstance(value, Cross) else Cross(value, self.crossing_dim)
        unknown = [one for one in cross.feature_names if one not in self.features]
        if unknown or len(cross.feature_names) < 2:
            raise ArgumentError(
                "a cross is of two or more features.",
                where=where,
                expected=", ".join(self.features),
                given=", ".join(map(str, cross.feature_names)),
            )
        return cross

    # --- learning from data ---

    def adapt(self, dataset: Any) -> None:
        """Let each feature learn from its column: statistics, bounds of bins, vocabularies.

        Args:
            dataset: column → array or list, a table, or an iterable of such dictionaries (batches).

        Raises:
            DataError: a column is missing.
            ArgumentError: it is nothing of these.
        """
        where = f"FeatureSpace '{self.name}'.adapt"
        parts = _parts(dataset, where)
        for key in self._adaptable():
            missing = [part for part, _ in parts if key not in part]
            if missing:
                raise DataError(
                    "a feature's column is missing.", where=where, expected=repr(key), given=", ".join(missing[0])
                )
            self.preprocessors[key].adapt(_rows(parts, key))
        self._untracked_adapted = True
        self.encoded_features = self._untracked_inputs = None
        self.one_hot_encoders = {}

    def _adaptable(self) -> list[str]:
        """Return the features that learn from data."""
        found = []
        for key, layer in self.preprocessors.items():
            fixed = (
                (isinstance(layer, Normalization) and layer.input_mean is not None)
                or (isinstance(layer, Discretization) and layer.num_bins is None)
                or (isinstance(layer, IndexLookup) and not layer.learns)
            )
            if hasattr(layer, "adapt") and not fixed:
                found.append(key)
        return found

    def _check_adapted(self) -> None:
        """Refuse to go on before the features have learned.

        Raises:
            NotBuiltError: a feature has not.
        """
        if self._untracked_adapted:
            return
        for key in self._adaptable():
            layer = self.preprocessors[key]
            known = isinstance(layer, IndexLookup) and layer.get_vocabulary(include_special_tokens=False)
            if not known and getattr(layer, "bin_boundaries", None) is None:
                raise NotBuiltError(
                    "the features have not learned from data yet.",
                    where=f"FeatureSpace '{self.name}'",
                    given=f"feature {key!r}",
                    fix="call adapt(data) first",
                )

    # --- encoding ---

    def __call__(self, data: Any) -> Any:
        """Return the encoded features of a dictionary of columns, or of one sample."""
        self._check_adapted()
        where = f"FeatureSpace '{self.name}'"
        if is_table(data) and hasattr(data, "columns"):
            data = {key: data[key] for key in data.columns}
        if not isinstance(data, dict):
            raise ArgumentError("a feature space is called on a dictionary.", where=where, given=type(data).__name__)
        if set(data) != set(self.features):
            raise DataError(
                "the columns are not those of the features.",
                where=where,
                expected=", ".join(self.features),
                given=", ".join(map(str, data)),
            )
        columns = {key: np.asarray(value.to_numpy() if is_table(value) else value) for key, value in data.items()}
        single = all(one.ndim == 0 for one in columns.values())
        columns = {key: one.reshape(-1, 1) if one.ndim < 2 else one for key, one in columns.items()}
        encoded = self._encoded(columns)
        if not single:
            return encoded
        return {key: one[0] for key, one in encoded.items()} if isinstance(encoded, dict) else encoded[0]

    def _encoded(self, columns: dict[str, Any]) -> Any:
        """Return the columns (batch, …) of arrays or tensors prepared, crossed, and merged in the output mode."""
        plain = {key: self.preprocessors[key](columns[key]) for key in self.features}
        crossed = {
            cross.name: self.crossers[cross.name]([plain[key] for key in cross.feature_names]) for cross in self.crosses
        }
        whole = {key: (plain | crossed)[key] for key in (*sorted(plain), *sorted(crossed))}
        encoded = {key: self._vector(key, value) for key, value in whole.items()}
        if self.output_mode == "dict":
            return encoded
        return ops.concatenate(list(encoded.values()), axis=-1)

    def _spec(self, key: str) -> Feature | Cross:
        return self.features[key] if key in self.features else self.crosses_by_name[key]

    def _vector(self, key: str, value: Any) -> Any:
        """Return a prepared column in the form that it is put out in.

        Raises:
            ArgumentError: numbers of categories would stand in one vector with measures.
        """
        whole = not str(value.dtype).startswith("float")
        if self._spec(key).output_mode == "one_hot":
            if not whole:
                raise ArgumentError(
                    "a one-hot feature is made of numbers of categories.",
                    where=f"feature {key!r}",
                    given=f"dtype {value.dtype}",
                    fix="use output_mode='float', or a preprocessor that puts out whole numbers",
                )
            encoder = self.one_hot_encoders.get(key)
            if encoder is None:
                encoder = CategoryEncoding(self._cardinality(key), output_mode="multi_hot")
                self.one_hot_encoders = {**self.one_hot_encoders, key: encoder}
            return encoder(value)
        if whole and self.output_mode == "concat":
            raise ArgumentError(
                "numbers of categories are not put into one vector with the other features.",
                where=f"feature {key!r}",
                given=f"dtype {value.dtype}",
                fix="use output_mode='one_hot' for the feature, or output_mode='dict' for the feature space",
            )
        return value

    def _cardinality(self, key: str) -> int:
        """Return how many categories a feature or cross has.

        Raises:
            ArgumentError: its layer does not tell.
        """
        layer = self.preprocessors.get(key) or self.crossers[key]
        if isinstance(layer, IndexLookup):
            return layer.vocabulary_size()
        count = {
            CategoryEncoding: "num_tokens",
            Discretization: "bins",
            Hashing: "num_bins",
            HashedCrossing: "num_bins",
        }
        for kind, name in count.items():
            if isinstance(layer, kind):
                return int(getattr(layer, name))
        raise ArgumentError(
            "how many categories there are is not known.",
            where=f"feature {key!r}",
            given=type(layer).__name__,
            fix="use output_mode='int'",
        )

    # --- in a model ---

    def _outside(self) -> str | None:
        """Return what keeps the features out of a graph of numbers, None where nothing does."""
        if self.crosses:
            return f"the cross {self.crosses[0].name!r}"
        for key, feature in self.features.items():
            layer = feature.preprocessor
            counted = isinstance(layer, IntegerLookup) and layer.num_oov_indices == 0
            if feature.dtype == "string" or isinstance(layer, Hashing | StringLookup) or counted:
                return f"the feature {key!r} ({type(layer).__name__})"
        return None

    def get_inputs(self) -> dict[str, Any]:
        """Return an `Input` for each column, for a model that prepares them itself.

        Raises:
            ArgumentError: a feature is of texts, hashed or crossed, which is done on arrays outside of models.
        """
        self._check_adapted()
        found = self._outside()
        if found is not None:
            raise ArgumentError(
                "texts and hashes cannot be part of a model.",
                where=f"FeatureSpace '{self.name}'",
                given=found,
                fix="Model(inputs=space.get_encoded_features(), …), and space(data) for the data that it is given",
            )
        if self._untracked_inputs is None:
            self._untracked_inputs = {
                key: Input((1,), dtype=feature.dtype, name=key) for key, feature in self.features.items()
            }
        inputs: dict[str, Any] = self._untracked_inputs
        return inputs

    def get_encoded_features(self) -> Any:
        """Return the encoded features as tensors of a model.

        They are computed from `get_inputs()`; where that cannot be, they are inputs themselves, for what calling the
        feature space on the data returns.
        """
        self._check_adapted()
        if self.encoded_features is None:
            if self._outside() is None:
                self.encoded_features = self._encoded(self.get_inputs())
            else:
                shapes = {key: self._described(key) for key in (*sorted(self.features), *sorted(self.crossers))}
                if self.output_mode == "concat":
                    self.encoded_features = Input((sum(width for width, _ in shapes.values()),), name=self.name)
                else:
                    self.encoded_features = {
                        key: Input((width,), dtype=dtype, name=key) for key, (width, dtype) in shapes.items()
                    }
        return self.encoded_features

    def _described(self, key: str) -> tuple[int, str]:
        """Return width and dtype of an encoded feature or cross."""
        if self._spec(key).output_mode == "one_hot":
            return self._cardinality(key), self.compute_dtype
        layer = self.preprocessors.get(key) or self.crossers[key]
        if isinstance(layer, IndexLookup | HashedCrossing):
            return 1, "int64"
        text = self.features[key].dtype == "string"
        value = self._vector(key, layer(np.array([[""]]) if text else np.zeros((1, 1), self.features[key].dtype)))
        return int(value.shape[-1]), str(value.dtype)

    # --- as data ---

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal feature space, with what it has learned."""
        return {
            "features": {key: as_data(feature) for key, feature in self.features.items()},
            "output_mode": self.output_mode,
            "crosses": [as_data(cross) for cross in self.crosses],
            "crossing_dim": self.crossing_dim,
            "hashing_dim": self.hashing_dim,
            "num_discretization_bins": self.num_discretization_bins,
        }


def _name(name: str | None, kind: str) -> str:
    return f"{name or auto_name(kind)}_preprocessor"


def _parts(dataset: Any, where: str) -> list[tuple[dict[str, Any], bool]]:
    """Return dictionaries of columns, and whether each is all of the data rather than a batch.

    Raises:
        ArgumentError: there are none.
    """
    if is_table(dataset) and hasattr(dataset, "columns"):
        return [({key: dataset[key] for key in dataset.columns}, True)]
    if isinstance(dataset, dict):
        return [(dataset, True)]
    parts = [one[0] if isinstance(one, tuple) else one for one in dataset] if hasattr(dataset, "__iter__") else []
    if not parts or not all(isinstance(one, dict) for one in parts):
        raise ArgumentError(
            "a feature space is adapted to a dictionary of columns.",
            where=where,
            expected="column → array or list, a table, or batches of such dictionaries",
            given=type(dataset).__name__,
        )
    return [(one, False) for one in parts]


def _rows(parts: list[tuple[dict[str, Any], bool]], key: str) -> Iterator[np.ndarray]:
    """Yield the batches (rows, 1) of a column."""
    for part, whole in parts:
        value = part[key]
        column = np.asarray(value.to_numpy() if is_table(value) else value)
        if not whole:
            yield column[:, None] if column.ndim == 1 else column
        elif column.ndim == 1:
            yield from (column[start : start + ROWS, None] for start in range(0, len(column), ROWS))
        else:
            yield from (row[:, None] if row.ndim == 1 else row for row in column)
