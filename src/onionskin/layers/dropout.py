"""`Dropout` and `SpatialDropout1D` to `3D`: random inputs silenced while training."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from onionskin import random
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.registry import LAYERS
from onionskin.layers.layer import Layer
from onionskin.state import SeedGenerator


class Dropping(Layer):
    """Base of the dropouts that draw a mask: its rate, its shape and its seed.

    Args:
        rate: share of the inputs to drop.
        noise_shape: shape of the mask, None for that of the input.
        seed: whole number; one drawn from the process where None.
        kwargs: as for `Layer`.
    """

    _takes_one = True

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        where = f"{type(self).__name__} '{self.name}'"
        self.rate, self.seed = self._checked_rate(rate, where), seed
        self._untracked_noise_shape = checked_noise_shape(noise_shape, where)
        if self.rate > 0:
            self.seed_generator = SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    @property
    def noise_shape(self) -> tuple[int | None, ...] | None:
        """Shape of the mask, None for that of the input."""
        return self._untracked_noise_shape

    @staticmethod
    def _checked_rate(rate: Any, where: str) -> float:
        return checked_rate(rate, where)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "rate": self.rate, "seed": self.seed, "noise_shape": self.noise_shape}


@LAYERS.entry()
class Dropout(Dropping):
    """Set inputs to 0 with probability `rate` while training, and scale the others by 1/(1 - rate).

    Args:
        rate: share of the inputs to drop, from 0 to 1.
        noise_shape: shape of the mask where it is to be shared along axes, None in place of a size that
            is the input's.
        seed: whole number; one drawn from the process where None.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: the rate is not between 0 and 1, or noise_shape is no shape.

    Example:
        >>> from onionskin.layers import Dropout
        >>> print(Dropout(0.5, seed=1)(np.ones(4), training=False))
        [1. 1. 1. 1.]
    """

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the inputs, some of them silenced while training."""
        if not training or self.rate == 0:
            return inputs
        return random.dropout(inputs, self.rate, self._shared(inputs.shape), seed=self.seed_generator)

    def _shared(self, shape: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """Return the shape of the mask for an input's shape."""
        return self.noise_shape


class SpatialDropout(Dropout):
    """Base of the dropouts that silence whole feature maps.

    Args:
        rate: share of the maps to drop, from 0 to 1.
        data_format: "channels_last" or "channels_first".
        seed: whole number; one drawn from the process where None.
        name: its name.
        dtype: dtype of the computation.
    """

    spatial: ClassVar[int]  # axes of a map

    def __init__(self, rate: float, data_format: str | None, seed: int | None, name: str | None, dtype: Any) -> None:
        super().__init__(rate, seed=seed, name=name, dtype=dtype)
        if data_format not in (None, "channels_last", "channels_first"):
            raise ArgumentError(
                "there is no such data_format.",
                where=f"{type(self).__name__} '{self.name}'",
                expected="'channels_last' or 'channels_first'",
                given=repr(data_format),
            )
        self.data_format = data_format or "channels_last"

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the inputs, some of their maps silenced while training."""
        if inputs.ndim != self.spatial + 2:
            sizes = ", ".join(f"size {place + 1}" for place in range(self.spatial))
            order = f"channels, {sizes}" if self.data_format == "channels_first" else f"{sizes}, channels"
            raise ShapeError(
                "the input has another number of axes than such maps have.",
                expected=f"shape (batch, {order})",
                given=f"shape {tuple(inputs.shape)}",
            )
        return super().call(inputs, training)

    def _shared(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        single = (1,) * self.spatial
        if self.data_format == "channels_first":
            return (shape[0], shape[1], *single)
        return (shape[0], *single, shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        base = super().get_config()
        return {**{key: base[key] for key in ("rate", "seed", "name", "dtype")}, "data_format": self.data_format}


@LAYERS.entry()
class SpatialDropout1D(SpatialDropout):
    """Set whole channels of sequences (batch, steps, channels) to 0 while training, and scale the others.

    Args:
        rate: share of the channels to drop, from 0 to 1.
        seed: whole number; one drawn from the process where None.
        name: its name.
        dtype: dtype of the computation.

    Raises:
        ArgumentError: the rate is not between 0 and 1.

    Example:
        >>> from onionskin.layers import SpatialDropout1D
        >>> SpatialDropout1D(0.5, seed=1)(np.ones((1, 4, 2)), training=True).std(axis=1).tolist()
        [[0.0, 0.0]]

    Source: Tompson and others, "Efficient object localization using convolutional networks", CVPR 2015.
    """

    spatial = 1

    def __init__(self, rate: float, seed: int | None = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(rate, None, seed, name, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {key: value for key, value in super().get_config().items() if key != "data_format"}


@LAYERS.entry()
class SpatialDropout2D(SpatialDropout):
    """Set whole feature maps of images (batch, rows, columns, channels) to 0 while training, and scale the others.

    Args:
        rate: share of the maps to drop, from 0 to 1.
        data_format: "channels_last", or "channels_first" for (batch, channels, rows, columns).
        seed: whole number; one drawn from the process where None.
        name: its name.
        dtype: dtype of the computation.

    Raises:
        ArgumentError: the rate is not between 0 and 1, or there is no such data_format.

    Example:
        >>> from onionskin.layers import SpatialDropout2D
        >>> SpatialDropout2D(0.5, seed=1)(np.ones((1, 4, 4, 2)), training=True).std(axis=(1, 2)).tolist()
        [[0.0, 0.0]]

    Source: Tompson and others, "Efficient object localization using convolutional networks", CVPR 2015.
    """

    spatial = 2

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(rate, data_format, seed, name, dtype)


@LAYERS.entry()
class SpatialDropout3D(SpatialDropout):
    """Set whole feature maps of volumes (batch, 3 sizes, channels) to 0 while training, and scale the others.

    Args:
        rate: share of the maps to drop, from 0 to 1.
        data_format: "channels_last", or "channels_first" for (batch, channels, 3 sizes).
        seed: whole number; one drawn from the process where None.
        name: its name.
        dtype: dtype of the computation.

    Raises:
        ArgumentError: the rate is not between 0 and 1, or there is no such data_format.

    Example:
        >>> from onionskin.layers import SpatialDropout3D
        >>> SpatialDropout3D(0.5, seed=1)(np.ones((1, 2, 2, 2, 1)), training=False).shape
        (1, 2, 2, 2, 1)

    Source: Tompson and others, "Efficient object localization using convolutional networks", CVPR 2015.
    """

    spatial = 3

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(rate, data_format, seed, name, dtype)


def checked_rate(rate: Any, where: str) -> float:
    """Return the share of inputs to drop.

    Raises:
        ArgumentError: it is no number from 0 to 1.
    """
    if isinstance(rate, bool) or not isinstance(rate, int | float | np.number) or not 0 <= rate <= 1:
        raise ArgumentError("the rate is a share.", where=where, expected="0 <= rate <= 1", given=repr(rate))
    return float(rate)


def checked_noise_shape(shape: Any, where: str) -> tuple[int | None, ...] | None:
    """Return the shape that random numbers are drawn in.

    Raises:
        ArgumentError: it is no sequence of positive whole numbers and None.
    """
    if shape is None:
        return None
    sizes = list(shape) if isinstance(shape, list | tuple | np.ndarray) else None
    if sizes is None or not all(
        one is None or (isinstance(one, int | np.integer) and not isinstance(one, bool) and one > 0) for one in sizes
    ):
        raise ArgumentError(
            "noise_shape is a shape: positive whole numbers, None where the size is the input's.",
            where=where,
            given=repr(shape),
        )
    return tuple(None if one is None else int(one) for one in sizes)
