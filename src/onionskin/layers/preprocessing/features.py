"""`Feature` and `Cross`: one column of a `FeatureSpace` and a combination of several, and their form as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin.base.errors import ArgumentError, FileFormatError
from onionskin.base.registry import LAYERS
from onionskin.layers.layer import Layer
from onionskin.layers.preprocessing.normalization import Normalization
from onionskin.layers.wrappers import config_of_layer, layer_of_config

MODULE = "keras.src.layers.preprocessing.feature_space"  # where Keras's files look for these classes


@LAYERS.entry()
class TFDIdentity(Layer):
    """Return the inputs as they are: what a plain float feature goes through, by the name that files of Keras have.

    Args:
        kwargs: as for `Layer`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return the inputs."""
        return inputs


class Feature:
    """A column: what it holds, the layer that makes numbers of it, and how these are put out.

    Args:
        dtype: "float32", "int32" … or "string".
        preprocessor: the layer, or its description.
        output_mode: "float" (as the layer puts them out), "int" or "one_hot".

    Raises:
        ArgumentError: there is no such output_mode.
    """

    def __init__(self, dtype: str, preprocessor: Any, output_mode: str) -> None:
        _check_mode(output_mode, ("int", "one_hot", "float"), "Feature")
        self.dtype, self.output_mode = dtype, output_mode
        self.preprocessor = layer_of_config(preprocessor) if isinstance(preprocessor, dict) else preprocessor

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal feature; what was adapted stays so."""
        entry = config_of_layer(self.preprocessor)
        if isinstance(self.preprocessor, TFDIdentity):
            entry.update(module=MODULE, registered_name="TFDIdentity")
        adapted = isinstance(self.preprocessor, Normalization) and self.preprocessor.adapt_mean is not None
        if adapted:
            mean, variance = self.preprocessor.adapt_mean.numpy(), self.preprocessor.adapt_variance.numpy()
            entry["config"] = {**entry["config"], "mean": mean.tolist(), "variance": variance.tolist()}
        return {"dtype": self.dtype, "preprocessor": entry, "output_mode": self.output_mode}

    @classmethod
    def from_config(cls, settings: dict[str, Any]) -> Feature:
        """Return a feature from what `get_config` gave."""
        return cls(**settings)


class Cross:
    """A combination of features, hashed.

    Args:
        feature_names: names of the features.
        crossing_dim: number of bins.
        output_mode: "int" or "one_hot".

    Raises:
        ArgumentError: there is no such output_mode.
    """

    def __init__(self, feature_names: Sequence[str], crossing_dim: int, output_mode: str = "one_hot") -> None:
        _check_mode(output_mode, ("int", "one_hot"), "Cross")
        self.feature_names, self.crossing_dim, self.output_mode = tuple(feature_names), crossing_dim, output_mode

    @property
    def name(self) -> str:
        """The features' names, joined."""
        return "_X_".join(self.feature_names)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal cross."""
        return {
            "feature_names": list(self.feature_names),
            "crossing_dim": self.crossing_dim,
            "output_mode": self.output_mode,
        }

    @classmethod
    def from_config(cls, settings: dict[str, Any]) -> Cross:
        """Return a cross from what `get_config` gave."""
        return cls(**settings)


def as_data(part: Feature | Cross) -> dict[str, Any]:
    """Return a feature or a cross as files hold it."""
    name = type(part).__name__
    return {"module": MODULE, "class_name": name, "config": part.get_config(), "registered_name": name}


def from_data(entry: dict[str, Any], kind: type[Feature] | type[Cross]) -> Any:
    """Return the feature or cross that data describes.

    Raises:
        FileFormatError: the data is malformed.
    """
    if entry.get("class_name") != kind.__name__ or not isinstance(entry.get("config"), dict):
        raise FileFormatError(
            f"the description of a {kind.__name__.lower()} is malformed.",
            expected=f"class_name {kind.__name__!r} and config",
            given=repr(entry)[:80],
        )
    try:
        return kind.from_config(entry["config"])
    except TypeError as error:
        raise FileFormatError(f"the description of a {kind.__name__.lower()} is malformed.", given=str(error)) from None


def _check_mode(mode: Any, allowed: tuple[str, ...], where: str) -> None:
    if mode not in allowed:
        raise ArgumentError(
            "there is no such output_mode.", where=where, expected=", ".join(map(repr, allowed)), given=repr(mode)
        )
