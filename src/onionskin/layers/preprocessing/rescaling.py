"""`Rescaling`: a factor and a shift, as from bytes to the range 0 to 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base.registry import LAYERS
from onionskin.layers.layer import Layer


@LAYERS.entry()
class Rescaling(Layer):
    """Scale and shift the inputs: y = x·scale + offset. Whole numbers become floats.

    Args:
        scale: factor, such as 1/255, or several along the last axis.
        offset: added after it, likewise.
        kwargs: as for `Layer`.

    Example:
        >>> from onionskin.layers import Rescaling
        >>> print(Rescaling(1 / 255)(np.array([0, 255], dtype="uint8")))
        [0. 1.]
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._untracked_scale, self._untracked_offset = scale, offset
        self.supports_masking = True
        self.built = True

    @property
    def scale(self) -> Any:
        """The factor."""
        return self._untracked_scale

    @property
    def offset(self) -> Any:
        """What is added."""
        return self._untracked_offset

    def call(self, inputs: Any) -> Any:
        """Return inputs·scale + offset."""
        scale = np.asarray(self._untracked_scale, self.compute_dtype)
        offset = np.asarray(self._untracked_offset, self.compute_dtype)
        return ops.cast(inputs, self.compute_dtype) * scale + offset

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "scale": _plain(self.scale), "offset": _plain(self.offset)}

    @classmethod
    def from_config(cls, settings: dict[str, Any]) -> Any:
        """Return a layer from what `get_config` gave, here or in Keras, which writes arrays in a form of its own."""
        values = {key: _read(value) if key in ("scale", "offset") else value for key, value in settings.items()}
        return super().from_config(values)


def _plain(value: Any) -> Any:
    return np.asarray(value).tolist() if hasattr(value, "dtype") else value


def _read(value: Any) -> Any:
    if isinstance(value, dict) and value.get("class_name") == "__numpy__":
        config = value.get("config", {})
        return np.array(config.get("value"), config.get("dtype"))
    return value
