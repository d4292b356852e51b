"""`Described`, what a model shows of itself: its layers, their metrics, its configuration, its summary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onionskin.base.errors import ArgumentError, UnknownNameError
from onionskin.base.registry import LAYERS
from onionskin.base.trees import map_tree
from onionskin.layers import Layer
from onionskin.models.describing import takes_description
from onionskin.models.summary import show, summary


class Described(Layer):
    """The base of models, as a layer made of layers."""

    _untracked_call_specs: Any = None  # specs of the inputs, where a model in code was built for them

    def _metrics_within(self) -> list[Any]:
        """Return the metrics set as attributes here and in layers; those of models within are for these to report."""
        inner = [layer for layer in self._flatten_layers() if layer is self or not isinstance(layer, Described)]
        found = {id(metric): metric for layer in inner for metric in layer._metrics_here()}
        return list(found.values())

    @property
    def layers(self) -> list[Any]:
        """The layers directly inside."""
        return self._listed_layers()

    @layers.setter
    def layers(self, value: Any) -> None:
        raise ArgumentError(
            "the attribute layers of a model is its list of layers.",
            where=f"model '{self.name}'",
            fix="give the attribute another name",
        )

    def _listed_layers(self) -> list[Any]:
        return self._layers

    @classmethod
    def from_config(cls, settings: dict[str, Any], custom_objects: Any = None) -> Any:
        """Return the model that `get_config` described.

        Args:
            settings: what it returned.
            custom_objects: class name → class, for classes that are not registered.
        """
        within = getattr(cls, "_from_config_within", None)
        described = {"name", "layers", "input_layers", "output_layers"} <= settings.keys() and takes_description(cls)
        if within is None and described:
            within = LAYERS.get("Functional")._from_config_within
        return super().from_config(settings) if within is None else within(settings, custom_objects, 0)

    def get_build_config(self) -> dict[str, Any] | None:
        """Return what `build_from_config` makes the weights from; of a model in code, also the inputs' dtypes."""
        specs = self._untracked_call_specs
        if specs is None:
            return None if hasattr(self, "description") else super().get_build_config()
        return {
            "input_shape": map_tree(lambda spec: list(spec.shape), specs),
            "inputs": map_tree(lambda spec: {"shape": list(spec.shape), "dtype": spec.dtype}, specs),
        }

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by its name or its place.

        Raises:
            UnknownNameError: there is none.
        """
        own = self.layers
        if (name is None) == (index is None):
            raise ArgumentError("a layer is found by its name or by its place.",
                                where=f"model '{self.name}', get_layer",
                                given="neither" if name is None else "both", fix="pass name=… or index=…")  # fmt: skip
        if index is not None:
            if -len(own) <= index < len(own):
                return own[index]
            raise UnknownNameError("there is no layer at this place.", where=f"model '{self.name}'",
                                   expected=f"0 to {len(own) - 1}", given=index)  # fmt: skip
        for layer in own:
            if layer.name == name:
                return layer
        raise UnknownNameError(
            "there is no layer of this name.",
            where=f"model '{self.name}'",
            expected=", ".join(layer.name for layer in own),
            given=repr(name),
        )

    def summary(
        self,
        line_length: int | None = None,
        positions: Any = None,
        print_fn: Any = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Sequence[str] | None = None,
    ) -> None:
        """Print the layers, the shapes of their outputs and their numbers of parameters.

        Args:
            line_length: width in characters, into which longer entries are folded; as wide as needed where None.
            positions: where each column ends, as parts of the width or in characters.
            print_fn: called with the text instead of `print`.
            expand_nested: list the layers of inner models too.
            show_trainable: say which layers are trained.
            layer_range: names, or regular expressions, of the first and the last layer to list.

        Raises:
            UnknownNameError: layer_range names a layer that there is not.
            ArgumentError: layer_range or positions cannot be used.
        """
        table = summary(self, line_length, positions, expand_nested, show_trainable, layer_range)
        if print_fn is None:
            show(table)
        else:
            print_fn(table)
