"""Layers that cut, pad and enlarge along the axes of space: Cropping, ZeroPadding and UpSampling, 1D to 3D."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base.config import checked_data_format, floatx
from onionskin.base.errors import ArgumentError, ShapeError, suggest
from onionskin.base.registry import LAYERS
from onionskin.base.specs import is_float
from onionskin.layers.input_spec import InputSpec
from onionskin.layers.layer import Layer
from onionskin.layers.resizing import KERNELS, resized


class _Spatial(Layer):
    """Base of layers that work along the axes of space: (batch, …space…, channels), or with the channels second."""

    _rank = 1  # how many axes of space there are
    _has_format = True  # whether the class takes data_format

    _takes_one = True

    def __init__(self, data_format: str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        where = f"{type(self).__name__} '{self.name}'"
        self.data_format = checked_data_format(data_format, where) if self._has_format else "channels_last"
        self.input_spec = InputSpec(ndim=self._rank + 2)
        self.built = True

    def _axes(self) -> range:
        """Return the axes of space."""
        first = 2 if self.data_format == "channels_first" else 1
        return range(first, first + self._rank)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        base = super().get_config()
        return {**base, "data_format": self.data_format} if self._has_format else base


def _count(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and int(value) >= 0


def _pairs(value: Any, rank: int, argument: str, where: str) -> tuple[tuple[int, int], ...]:
    """Return (before, after) for each axis of space.

    Raises:
        ArgumentError: it is no number, and not one number or pair for each axis.
    """
    parts: list[Any] = [value] * rank if _count(value) else list(value) if isinstance(value, list | tuple) else []
    if rank == 1 and len(parts) == 2 and all(_count(one) for one in parts):
        parts = [parts]
    pairs = [(one, one) if _count(one) else tuple(one) if isinstance(one, list | tuple) else () for one in parts]
    if len(pairs) != rank or any(len(pair) != 2 or not all(_count(one) for one in pair) for pair in pairs):
        pair = "(before, after)"
        raise ArgumentError(
            f"{argument} is a number, or numbers for each axis, none negative.",
            where=where,
            expected=f"2 or {pair}" if rank == 1 else f"2, {('2',) * rank}, or a tuple of {rank} pairs {pair}",
            given=f"{argument}={value!r}",
        )
    return tuple((int(before), int(after)) for before, after in pairs)


# --- cropping ---


class _Cropping(_Spatial):
    """Base of the layers that cut off both ends of axes."""

    def __init__(self, cropping: Any, data_format: str | None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self._untracked_cropping = _pairs(cropping, self._rank, "cropping", f"{type(self).__name__} '{self.name}'")

    @property
    def cropping(self) -> tuple[Any, ...]:
        """How much is cut off before and after, for each axis of space."""
        return self._untracked_cropping[0] if self._rank == 1 else self._untracked_cropping

    def call(self, inputs: Any) -> Any:
        """Return the inputs without their ends."""
        for axis, (before, after) in zip(self._axes(), self._untracked_cropping, strict=True):
            size = inputs.shape[axis]
            if size is not None and before + after >= size:
                raise ShapeError(
                    "the cropping leaves nothing of an axis.",
                    expected=f"less than {size} cut off axis {axis}",
                    given=f"{before} + {after}",
                )
            if size is None:  # in a description: cut from the front, turned round and back
                inputs = _without(_without(inputs, axis, before), axis, after, turned=True)
            else:
                inputs = inputs[(*[slice(None)] * axis, slice(before, size - after))]
        return inputs

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "cropping": self.cropping}


def _without(inputs: Any, axis: int, count: int, turned: bool = False) -> Any:
    if not count:
        return inputs
    key = (*[slice(None)] * axis, slice(count, None))
    return ops.flip(ops.flip(inputs, axis=axis)[key], axis=axis) if turned else inputs[key]


@LAYERS.entry()
class Cropping1D(_Cropping):
    """Cut steps off both ends of sequences (batch, steps, features).

    Args:
        cropping: how many, at both ends or (before, after).
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: cropping is malformed.
        ShapeError: nothing is left of the inputs.

    Example:
        >>> from onionskin.layers import Cropping1D
        >>> Cropping1D((1, 2))(np.zeros((2, 8, 3))).shape
        (2, 5, 3)
    """

    _has_format = False

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        super().__init__(cropping, None, **kwargs)


@LAYERS.entry()
class Cropping2D(_Cropping):
    """Cut rows and columns off the edges of images (batch, height, width, channels).

    Args:
        cropping: how many on all edges, or (of rows, of columns), or ((top, bottom), (left, right)).
        data_format: "channels_last" or "channels_first"; `config.image_data_format()` where None.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: cropping or data_format is malformed.
        ShapeError: nothing is left of the inputs.

    Example:
        >>> from onionskin.layers import Cropping2D
        >>> Cropping2D(((2, 2), (4, 4)))(np.zeros((2, 28, 28, 3))).shape
        (2, 24, 20, 3)
    """

    _rank = 2

    def __init__(self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(cropping, data_format, **kwargs)


@LAYERS.entry()
class Cropping3D(_Cropping):
    """Cut the ends off three axes of space, (batch, a, b, c, channels).

    Args:
        cropping: how many at all ends, or one number or (before, after) for each axis.
        data_format: "channels_last" or "channels_first"; `config.image_data_format()` where None.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: cropping or data_format is malformed.
        ShapeError: nothing is left of the inputs.

    Example:
        >>> from onionskin.layers import Cropping3D
        >>> Cropping3D((2, 4, 2))(np.zeros((1, 28, 28, 10, 3))).shape
        (1, 24, 20, 6, 3)
    """

    _rank = 3

    def __init__(self, cropping: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(cropping, data_format, **kwargs)


# --- padding ---


class _ZeroPadding(_Spatial):
    """Base of the layers that put zeros before and after axes."""

    def __init__(self, padding: Any, data_format: str | None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self._untracked_padding = _pairs(padding, self._rank, "padding", f"{type(self).__name__} '{self.name}'")

    @property
    def padding(self) -> tuple[Any, ...]:
        """How many zeros come before and after, for each axis of space."""
        return self._untracked_padding[0] if self._rank == 1 else self._untracked_padding

    def call(self, inputs: Any) -> Any:
        """Return the inputs with zeros around them."""
        widths = [(0, 0)] * inputs.ndim
        for axis, pair in zip(self._axes(), self._untracked_padding, strict=True):
            widths[axis] = pair
        return ops.pad(inputs, widths)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "padding": self.padding}


@LAYERS.entry()
class ZeroPadding1D(_ZeroPadding):
    """Put steps of zeros before and after sequences (batch, steps, features).

    Args:
        padding: how many, at both ends or (before, after).
        data_format: "channels_last" or "channels_first"; `config.image_data_format()` where None.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: padding or data_format is malformed.

    Example:
        >>> from onionskin.layers import ZeroPadding1D
        >>> ZeroPadding1D((1, 2))(np.zeros((2, 8, 3))).shape
        (2, 11, 3)
    """

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)


@LAYERS.entry()
class ZeroPadding2D(_ZeroPadding):
    """Put rows and columns of zeros around images (batch, height, width, channels).

    Args:
        padding: how many on all edges, or (of rows, of columns), or ((top, bottom), (left, right)).
        data_format: "channels_last" or "channels_first"; `config.image_data_format()` where None.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: padding or data_format is malformed.

    Example:
        >>> from onionskin.layers import ZeroPadding2D
        >>> ZeroPadding2D(((1, 0), (2, 2)))(np.zeros((2, 4, 4, 3))).shape
        (2, 5, 8, 3)
    """

    _rank = 2

    def __init__(self, padding: Any = (1, 1), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)


@LAYERS.entry()
class ZeroPadding3D(_ZeroPadding):
    """Put zeros around three axes of space, (batch, a, b, c, channels).

    Args:
        padding: how many at all ends, or one number or (before, after) for each axis.
        data_format: "channels_last" or "channels_first"; `config.image_data_format()` where None.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: padding or data_format is malformed.

    Example:
        >>> from onionskin.layers import ZeroPadding3D
        >>> ZeroPadding3D(1)(np.zeros((2, 4, 4, 2, 3))).shape
        (2, 6, 6, 4, 3)
    """

    _rank = 3

    def __init__(self, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)


# --- enlarging ---


class _UpSampling(_Spatial):
    """Base of the layers that enlarge along axes by whole factors."""

    def __init__(self, size: Any, data_format: str | None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        factors = (size,) * self._rank if _count(size) else tuple(size) if isinstance(size, list | tuple) else ()
        if len(factors) != self._rank or any(not _count(one) or one < 1 for one in factors):
            raise ArgumentError(
                "size is a factor, or one for each axis.",
                where=f"{type(self).__name__} '{self.name}'",
                expected="2" if self._rank == 1 else f"2 or {(2,) * self._rank}",
                given=f"size={size!r}",
            )
        self._untracked_size = tuple(int(one) for one in factors)

    @property
    def size(self) -> Any:
        """The factor of each axis of space."""
        return self._untracked_size[0] if self._rank == 1 else self._untracked_size

    def call(self, inputs: Any) -> Any:
        """Return the inputs with each place repeated."""
        for axis, factor in zip(self._axes(), self._untracked_size, strict=True):
            inputs = _repeated(inputs, axis, factor)
        return inputs

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "size": self.size}


def _repeated(inputs: Any, axis: int, factor: int) -> Any:
    """Return the inputs with each place of an axis repeated, also where its size is not known yet."""
    if factor == 1:
        return inputs
    shape = inputs.shape
    if shape[axis] is not None:
        return ops.repeat(inputs, factor, axis=axis)
    return ops.reshape(ops.stack([inputs] * factor, axis=axis + 1), (*shape[:axis], -1, *shape[axis + 1 :]))


@LAYERS.entry()
class UpSampling1D(_UpSampling):
    """Repeat each step of sequences (batch, steps, features).

    Args:
        size: how often.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: size is no positive whole number.

    Example:
        >>> from onionskin.layers import UpSampling1D
        >>> UpSampling1D(3)(np.zeros((2, 4, 5))).shape
        (2, 12, 5)
    """

    _has_format = False

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        super().__init__(size, None, **kwargs)


@LAYERS.entry()
class UpSampling2D(_UpSampling):
    """Enlarge images (batch, height, width, channels) by whole factors.

    Args:
        size: factor, or (of height, of width).
        data_format: "channels_last" or "channels_first"; `config.image_data_format()` where None.
        interpolation: "nearest" (each place repeated), "bilinear", "bicubic", "lanczos3" or "lanczos5".
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: an argument is malformed.
        ShapeError: with an interpolation other than "nearest", the size of the images is not known.

    Example:
        >>> from onionskin.layers import UpSampling2D
        >>> UpSampling2D((2, 3), interpolation="bilinear")(np.zeros((1, 4, 4, 3))).shape
        (1, 8, 12, 3)
    """

    _rank = 2

    def __init__(
        self, size: Any = (2, 2), data_format: str | None = None, interpolation: str = "nearest", **kwargs: Any
    ) -> None:
        super().__init__(size, data_format, **kwargs)
        self.interpolation = str(interpolation).lower()
        known = ("nearest", *KERNELS)
        if self.interpolation not in known:
            raise ArgumentError(
                "there is no such interpolation.",
                where=f"UpSampling2D '{self.name}'",
                given=repr(interpolation),
                fix=suggest(self.interpolation, known),
            )

    def call(self, inputs: Any) -> Any:
        """Return the images enlarged."""
        if self.interpolation == "nearest":
            return super().call(inputs)
        kind = str(inputs.dtype)
        if not is_float(kind):  # whole numbers are interpolated as floats, and rounded
            return ops.cast(ops.round(self.call(ops.cast(inputs, floatx()))), kind)
        for axis, factor in zip(self._axes(), self._untracked_size, strict=True):
            size = inputs.shape[axis]
            if size is None:
                raise ShapeError(
                    "images of unknown size are only enlarged by repetition.",
                    given=f"shape {tuple(inputs.shape)}, interpolation '{self.interpolation}'",
                    fix="use interpolation='nearest', or give the input a size",
                )
            inputs = resized(inputs, axis, size * factor, self.interpolation)
        return inputs

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "interpolation": self.interpolation}


@LAYERS.entry()
class UpSampling3D(_UpSampling):
    """Repeat each place along three axes of space, (batch, a, b, c, channels).

    Args:
        size: factor, or one for each axis.
        data_format: "channels_last" or "channels_first"; `config.image_data_format()` where None.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: an argument is malformed.

    Example:
        >>> from onionskin.layers import UpSampling3D
        >>> UpSampling3D((2, 2, 1))(np.zeros((1, 3, 4, 5, 2))).shape
        (1, 6, 8, 5, 2)
    """

    _rank = 3

    def __init__(self, size: Any = (2, 2, 2), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(size, data_format, **kwargs)
