"""`Flatten`, `Reshape` and `Rescaling`: layers that only give the numbers another form."""

from __future__ import annotations

import math
from typing import Any

from onionskin import ops
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.registry import LAYERS
from onionskin.layers.layer import Layer


@LAYERS.entry()
class Flatten(Layer):
    """Make one row of each sample: (batch, a, b, …) becomes (batch, a·b·…).

    Args:
        data_format: "channels_last" (the order as it is) or "channels_first" (channels are moved last).
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: another data_format.

    Example:
        >>> from onionskin.layers import Flatten
        >>> Flatten()(np.zeros((2, 28, 28))).shape
        (2, 784)
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if data_format not in (None, "channels_last", "channels_first"):
            raise ArgumentError(
                "there is no such data_format.",
                where=f"Flatten '{self.name}'",
                expected="'channels_last' or 'channels_first'",
                given=repr(data_format),
            )
        self.data_format = data_format or "channels_last"
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return the inputs as rows."""
        if self.data_format == "channels_first" and inputs.ndim > 2:
            inputs = ops.transpose(inputs, (0, *range(2, inputs.ndim), 1))
        _check_known(inputs.shape)
        return ops.reshape(inputs, (inputs.shape[0], math.prod(inputs.shape[1:])))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "data_format": self.data_format}


@LAYERS.entry()
class Reshape(Layer):
    """Give each sample another shape.

    Args:
        target_shape: shape of a sample; one size may be -1.
        kwargs: as for `Layer`.

    Example:
        >>> from onionskin.layers import Reshape
        >>> Reshape((2, -1))(np.zeros((5, 6))).shape
        (5, 2, 3)
    """

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        sizes = (target_shape,) if isinstance(target_shape, int) else tuple(target_shape)
        if sizes.count(-1) > 1 or any(not isinstance(size, int) or size < -1 for size in sizes):
            raise ArgumentError(
                "target_shape is a tuple of sizes, one of which may be -1.",
                where=f"Reshape '{self.name}'",
                given=repr(target_shape),
            )
        self._untracked_target = sizes
        self.built = True

    @property
    def target_shape(self) -> tuple[int, ...]:
        """Shape of a sample."""
        return self._untracked_target

    def call(self, inputs: Any) -> Any:
        """Return the inputs with each sample in the target shape."""
        _check_known(inputs.shape)
        return ops.reshape(inputs, (inputs.shape[0], *self._sizes(inputs.shape[1:])))

    def _sizes(self, sample: tuple[Any, ...]) -> tuple[int, ...]:
        total = math.prod(sample)
        known = math.prod(size for size in self._untracked_target if size != -1)
        fits = total % known == 0 if -1 in self._untracked_target and known else total == known
        if not fits:
            raise ShapeError(
                "the samples have another number of elements than the target shape.",
                expected=f"{self._untracked_target}, a sample of {known} elements",
                given=f"{sample}, a sample of {total} elements",
            )
        return tuple(total // known if size == -1 else size for size in self._untracked_target)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "target_shape": list(self._untracked_target)}


@LAYERS.entry()
class Rescaling(Layer):
    """Scale and shift the inputs: y = x·scale + offset. Whole numbers become floats.

    Args:
        scale: factor, such as 1/255.
        offset: added after it.
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
        scale = ops.cast(self._untracked_scale, self.compute_dtype)
        offset = ops.cast(self._untracked_offset, self.compute_dtype)
        return ops.cast(inputs, self.compute_dtype) * scale + offset

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "scale": self._untracked_scale, "offset": self._untracked_offset}


def _check_known(shape: tuple[Any, ...]) -> None:
    if None in shape[1:]:
        raise ShapeError("only the batch may have an unknown size.", given=f"shape {tuple(shape)}")
