"""`Wrapper` and `TimeDistributed`: layers around a layer, and how a configuration names the one inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onionskin import ops
from onionskin.base.errors import ArgumentError, FileFormatError, ShapeError, UnknownNameError, suggest
from onionskin.base.registry import LAYERS, custom_objects, registered_name
from onionskin.layers.activation import Activation
from onionskin.layers.dense import Dense
from onionskin.layers.layer import Layer
from onionskin.layers.reshaping import Flatten, Reshape
from onionskin.prims import movement

MAX_DEPTH = 64  # layers within layers; a file that nests deeper is not one that save() wrote
_EACH_ROW_ALONE = (Activation, Dense, Flatten, Reshape)  # all time steps at once are the same to them


@LAYERS.entry()
class Wrapper(Layer):
    """A layer around another one; a base for layers of your own that change what a layer does.

    Args:
        layer: the layer inside; built with this one.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: it is no layer.

    Example:
        >>> from onionskin.layers import Dense, Wrapper
        >>> class Twice(Wrapper):
        ...     def call(self, inputs):
        ...         return 2 * self.layer(inputs)
        >>> Twice(Dense(3))(np.ones((2, 4))).shape
        (2, 3)
    """

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise ArgumentError(
                "there must be a layer to wrap.",
                where=type(self).__name__,
                expected="a layer, such as Dense(3)",
                given=repr(layer)[:80],
            )
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape: Any = None) -> None:
        """Make the weights of the layer inside."""
        if not self.layer.built:
            self.layer.build(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer, the layer inside as data."""
        return {**super().get_config(), "layer": config_of_layer(self.layer)}

    @classmethod
    def from_config(cls, settings: dict[str, Any]) -> Any:
        """Return a layer from what `get_config` gave; the class of the one inside must be known by name."""
        return cls._from_config_within(settings, None, 0)

    @classmethod
    def _from_config_within(cls, settings: dict[str, Any], custom: Mapping[str, Any] | None, depth: int) -> Any:
        rest = dict(settings)
        return cls(layer_of_config(rest.pop("layer", None), custom, depth + 1), **rest)


def config_of_layer(layer: Any) -> dict[str, Any]:
    """Return a layer as data: its class, by name, and its configuration."""
    return {
        "module": "keras.layers",
        "class_name": type(layer).__name__,
        "config": layer.get_config(),
        "registered_name": registered_name(type(layer)),
    }


def layer_of_config(entry: Any, custom: Mapping[str, Any] | None = None, depth: int = 0) -> Any:
    """Return the layer that data describes; a layer is returned as it is.

    Args:
        entry: what `config_of_layer` returned.
        custom: class name → class, for classes that are not registered.
        depth: how deep it stands within other layers.

    Raises:
        FileFormatError: the data is malformed, or nested too deep.
        UnknownNameError: nothing is known under the class's name.
    """
    if isinstance(entry, Layer):
        return entry
    known = isinstance(entry, dict) and isinstance(entry.get("class_name"), str)
    if not known or not isinstance(entry.get("config"), dict) or depth > MAX_DEPTH:
        raise FileFormatError(
            "a layer's description is malformed.",
            expected=f"class_name and config, at most {MAX_DEPTH} deep",
            given=repr(entry)[:80] if depth <= MAX_DEPTH else f"{depth} deep",
        )
    name, settings = entry["class_name"], entry["config"]
    tables = (
        ((custom or {}), name),
        (custom_objects, entry.get("registered_name")),
        (custom_objects, f"Custom>{name}"),
    )
    found = [table[key] for table, key in tables if isinstance(key, str) and key in table]
    if not found and name not in LAYERS:
        raise UnknownNameError(
            "there is no layer class of this name.",
            given=repr(name),
            fix=suggest(name, [*LAYERS, *(custom or {}), *custom_objects]),
        )
    cls = found[0] if found else LAYERS.get(name)
    if hasattr(cls, "_from_config_within"):
        return cls._from_config_within(settings, custom, depth)
    return cls.from_config(dict(settings))


@LAYERS.entry()
class TimeDistributed(Wrapper):
    """Apply a layer to every time step: inputs (batch, time, …), each step (batch, …) on its own.

    Args:
        layer: the layer for each step; all steps share its weights.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: it is no layer.
        ShapeError: the inputs have fewer than three axes, or a mask is not of their batch and time.

    Example:
        >>> from onionskin.layers import Dense, TimeDistributed
        >>> TimeDistributed(Dense(3))(np.ones((2, 5, 4))).shape
        (2, 5, 3)
    """

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def build(self, input_shape: Any = None) -> None:
        """Make the weights of the layer inside, for one step."""
        super().build(_one_step(input_shape))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape (batch, time, …) of the outputs."""
        step = self.layer.compute_output_shape(_one_step(input_shape))
        return (step[0], input_shape[1], *step[1:])

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return the layer's output for each step, (batch, time, …).

        Args:
            inputs: (batch, time, …).
            training: handed on, where the layer takes it.
            mask: (batch, time, …), of which each step's part is handed on, where the layer takes it.
        """
        _one_step(tuple(inputs.shape))
        if mask is not None:
            _check_mask(tuple(mask.shape), tuple(inputs.shape))
        steps = inputs.shape[1]
        if steps is None:  # in a description: what comes out has as many steps, whatever the number
            row = self.layer.call(ops.reshape(inputs, (-1, *inputs.shape[2:])), **self._named(training, None))
            return movement.reshape(row, shape=(inputs.shape[0], None, *row.shape[1:]))
        if type(self.layer) in _EACH_ROW_ALONE:
            rows = self.layer.call(ops.reshape(inputs, (-1, *inputs.shape[2:])), **self._named(training, None))
            return ops.reshape(rows, (inputs.shape[0], steps, *rows.shape[1:]))
        outputs = [
            self.layer.call(inputs[:, step], **self._named(training, None if mask is None else mask[:, step]))
            for step in range(steps)
        ]
        return ops.stack(outputs, axis=1)

    def _named(self, training: bool | None, mask: Any) -> dict[str, Any]:
        taken = self.layer._call_names
        named: dict[str, Any] = {"training": bool(training)} if "training" in taken else {}
        return {**named, "mask": mask} if mask is not None and "mask" in taken else named


def _one_step(shape: Any) -> tuple[Any, ...]:
    """Return the shape of one step.

    Raises:
        ShapeError: there is no time axis with something behind it.
    """
    if not isinstance(shape, tuple | list) or len(shape) < 3 or isinstance(shape[0], tuple | list):
        raise ShapeError(
            "TimeDistributed needs an axis of time.", expected="shape (batch, time, …) of 3 axes or more", given=shape
        )
    return (shape[0], *shape[2:])


def _check_mask(mask: tuple[Any, ...], inputs: tuple[Any, ...]) -> None:
    pairs = zip(mask[:2], inputs[:2], strict=False)
    if len(mask) < 2 or any(None not in pair and pair[0] != pair[1] for pair in pairs):
        raise ShapeError("the mask does not fit the inputs.", expected=f"shape {inputs[:2]} and more", given=mask)
