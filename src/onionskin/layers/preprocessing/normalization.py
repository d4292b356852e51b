"""`Normalization`: features brought to mean 0 and variance 1, by statistics of data seen before."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base import config
from onionskin.base.errors import ArgumentError, DataError, ShapeError
from onionskin.base.registry import LAYERS
from onionskin.layers.layer import Layer
from onionskin.layers.normalization.affine import check_fits, checked_axis, sizes_of
from onionskin.layers.preprocessing.raw import batches


@LAYERS.entry()
class Normalization(Layer):
    """Subtract the mean and divide by the standard deviation of data that `adapt` has seen.

    y = (x - mean) / max(√variance, ε), or x = y·max(√variance, ε) + mean where `invert`

    Args:
        axis: axis or axes that have a mean and variance for each place; None for one of all.
        mean: the mean, known beforehand, of the sizes of the axes or what broadcasts to them.
        variance: the variance, likewise.
        invert: bring normalised values back.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: only one of mean and variance is given, their shapes differ, or axis is no axis.

    Example:
        >>> from onionskin.layers import Normalization
        >>> layer = Normalization()
        >>> layer.adapt(np.array([[0.0, 7.0], [2.0, 9.0]]))
        >>> print(layer(np.array([[0.0, 9.0]])))
        [[-1.  1.]]
    """

    _takes_one = True

    def __init__(
        self, axis: Any = -1, mean: Any = None, variance: Any = None, invert: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        where = f"Normalization '{self.name}'"
        axes = [] if axis is None or (isinstance(axis, list | tuple) and not axis) else checked_axis(axis, where)
        self._untracked_axis = tuple(axes) if isinstance(axes, list) else (axes,)
        if (mean is None) != (variance is None):
            raise ArgumentError(
                "mean and variance are given together.", where=where, given=f"mean={mean!r}, variance={variance!r}"
            )
        if mean is not None and (np.shape(mean) != np.shape(variance) or np.ndim(mean) > len(self.axis)):
            raise ArgumentError(
                "mean and variance have one shape, of at most as many axes as are kept.",
                where=where,
                expected=f"at most {len(self.axis)} axes",
                given=f"shapes {np.shape(mean)} and {np.shape(variance)}",
            )
        self._untracked_given = None if mean is None else (np.asarray(mean), np.asarray(variance))
        self.invert = bool(invert)
        self.supports_masking = True
        self.adapt_mean: Any = None

    @property
    def axis(self) -> tuple[int, ...]:
        """The axes that have a mean and variance for each place."""
        return self._untracked_axis

    @property
    def input_mean(self) -> Any:
        """The mean that was given, None where it is adapted."""
        return None if self._untracked_given is None else self._untracked_given[0]

    @property
    def input_variance(self) -> Any:
        """The variance that was given, None where it is adapted."""
        return None if self._untracked_given is None else self._untracked_given[1]

    def build(self, input_shape: Any) -> None:
        """Make mean, variance and count, or fit what was given to the input."""
        sizes_of(input_shape, self.axis, "Normalization")  # refuses axes that there are not, or of no known size
        ndim = len(input_shape)
        kept = sorted(axis % ndim for axis in self.axis)
        self._untracked_kept = tuple(kept)
        self._untracked_sizes = tuple(input_shape[place] for place in kept)
        self._untracked_fitting = tuple(input_shape[place] if place in kept else 1 for place in range(ndim))
        if self._untracked_given is not None:
            self._untracked_fitted = tuple(self._fit(one) for one in self._untracked_given)
            return
        shape = self._untracked_sizes
        self.adapt_mean = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="mean")
        self.adapt_variance = self.add_weight(shape=shape, initializer="ones", trainable=False, name="variance")
        # files of Keras hold it, too
        self.count = self.add_weight(shape=(), dtype="int32", initializer="zeros", trainable=False, name="count")

    def _fit(self, value: np.ndarray) -> np.ndarray:
        """Return a given mean or variance with its axes at the kept ones, from the right."""
        shape = [1] * len(self._untracked_fitting)
        for place, size in zip(reversed(self._untracked_kept), reversed(value.shape), strict=False):
            shape[place] = size
        try:
            return np.broadcast_to(value.reshape(shape), self._untracked_fitting)
        except ValueError:
            raise ShapeError(
                "the mean and variance given do not fit the input.",
                expected=f"sizes {self._untracked_sizes} along axes {self._untracked_kept}",
                given=f"shape {value.shape}",
            ) from None

    @property
    def mean(self) -> Any:
        """The mean as it meets the input; None before the layer is built."""
        return self._statistics()[0] if self.built else None

    @property
    def variance(self) -> Any:
        """The variance as it meets the input; None before the layer is built."""
        return self._statistics()[1] if self.built else None

    def _statistics(self) -> tuple[Any, Any]:
        pair = (self.adapt_mean, self.adapt_variance) if self._untracked_given is None else self._untracked_fitted
        mean, variance = (ops.reshape(ops.cast(one, self.compute_dtype), self._untracked_fitting) for one in pair)
        return mean, variance

    def adapt(self, data: Any) -> None:
        """Take mean and variance from data, in float64, in place of those known so far.

        Args:
            data: an array or table of samples, or an iterable of batches of them.

        Raises:
            ArgumentError: mean and variance were given.
            ShapeError: the data do not fit the input that the layer was built for.
            DataError: there is nothing to adapt to.
        """
        where = f"Normalization '{self.name}'.adapt"
        if self._untracked_given is not None:
            raise ArgumentError(
                "mean and variance were given, and are not adapted.", where=where, fix="leave mean and variance out"
            )
        total, mean, spread = 0, np.float64(0.0), np.float64(0.0)
        for batch in batches(data, where):
            array = np.asarray(batch)
            if array.dtype.kind not in "biuf":
                raise DataError("statistics are taken of numbers.", where=where, given=f"dtype {array.dtype}")
            mean, spread, total = self._with(array.astype("float64"), mean, spread, total)
        self.adapt_mean.assign(mean)
        self.adapt_variance.assign(spread)

    def _with(self, array: np.ndarray, mean: Any, variance: Any, total: int) -> tuple[Any, Any, int]:
        """Return mean, variance and number of all samples with a batch more (Chan and others, 1979)."""
        if not self.built:
            self.build(array.shape)
        try:
            check_fits(array.shape, len(self._untracked_fitting), self._untracked_kept, self._untracked_sizes)
        except ShapeError as error:
            raise error.within(f"Normalization '{self.name}'.adapt") from None
        reduced = tuple(place for place in range(array.ndim) if place not in self._untracked_kept)
        count = int(np.prod([array.shape[place] for place in reduced], dtype=np.int64))
        if not count:
            return mean, variance, total
        own, spread = array.mean(axis=reduced), array.var(axis=reduced)
        share = count / (total + count)
        joint = mean + (own - mean) * share
        spread = (variance + (mean - joint) ** 2) * (1 - share) + (spread + (own - joint) ** 2) * share
        return joint, spread, total + count

    def call(self, inputs: Any) -> Any:
        """Return the inputs normalised, or brought back."""
        check_fits(inputs.shape, len(self._untracked_fitting), self._untracked_kept, self._untracked_sizes)
        x = ops.cast(inputs, self.compute_dtype)
        mean, variance = self._statistics()
        spread = ops.maximum(ops.sqrt(variance), config.epsilon())
        return mean + x * spread if self.invert else (x - mean) / spread

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        given = self._untracked_given
        return {
            **super().get_config(),
            "axis": list(self.axis),
            "invert": self.invert,
            "mean": None if given is None else given[0].tolist(),
            "variance": None if given is None else given[1].tolist(),
        }
