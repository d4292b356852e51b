"""`GroupNormalization`: the channels of each sample brought to mean 0 and variance 1, group by group."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.registry import LAYERS
from onionskin.layers.normalization.affine import Affine, check_fits, checked_axis, sizes_of


@LAYERS.entry()
class GroupNormalization(Affine):
    """Normalise each sample over groups of channels and all other axes.

    y = gamma·(x - mean) / √(variance + epsilon) + beta, mean and variance of the group that x is in

    Args:
        groups: number of groups; -1 for as many as there are channels (instance normalisation).
        axis: the axis of the channels.
        epsilon: added to the variance.
        center: whether there is a beta.
        scale: whether there is a gamma.
        beta_initializer: how beta (channels,) starts.
        gamma_initializer: how gamma (channels,) starts.
        beta_regularizer: penalty on beta.
        gamma_regularizer: penalty on gamma.
        beta_constraint: applied to beta after each update.
        gamma_constraint: applied to gamma after each update.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: groups is neither a positive whole number nor -1.

    Example:
        >>> from onionskin.layers import GroupNormalization
        >>> print(GroupNormalization(2, epsilon=0.0)(np.array([[1.0, 3.0, 10.0, 30.0]])))
        [[-1.  1. -1.  1.]]

    Source: Wu, He, "Group normalization", ECCV 2018.
    """

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            epsilon=epsilon,
            center=center,
            scale=scale,
            beta_initializer=beta_initializer,
            gamma_initializer=gamma_initializer,
            beta_regularizer=beta_regularizer,
            gamma_regularizer=gamma_regularizer,
            beta_constraint=beta_constraint,
            gamma_constraint=gamma_constraint,
            **kwargs,
        )
        where = f"GroupNormalization '{self.name}'"
        whole = isinstance(groups, int | np.integer) and not isinstance(groups, bool)
        if not whole or not (groups > 0 or groups == -1):
            raise ArgumentError(
                "groups is a positive whole number, or -1 for one channel in each.",
                where=where,
                given=f"groups={groups!r}",
            )
        self.groups, self.axis = int(groups), checked_axis(axis, where, several=False)
        self.autocast = False

    def build(self, input_shape: Any) -> None:
        """Make gamma and beta, each (channels,)."""
        shape = sizes_of(input_shape, [self.axis], "GroupNormalization")
        if self.groups == -1:
            self.groups = shape[0]
        if self.axis % len(input_shape) == 0 or shape[0] % self.groups:
            raise ShapeError(
                "the channels cannot be divided into these groups.",
                expected="a number of channels that the number of groups divides, on another axis than the batch",
                given=f"{self.groups} groups, {shape[0]} channels, axis {self.axis}",
            )
        self._untracked_ndim, self._untracked_sizes = len(input_shape), shape
        if self.scale:
            self._add_gamma(shape)
        if self.center:
            self._add_beta(shape)

    def call(self, inputs: Any) -> Any:
        """Return the inputs, the groups of each sample normalised."""
        check_fits(inputs.shape, self._untracked_ndim, [self.axis], self._untracked_sizes)
        place, channels = self.axis % inputs.ndim, self._untracked_sizes[0]
        split = (self.groups, channels // self.groups)
        # float16 holds neither the squares nor their sums
        dtype = "float64" if inputs.dtype == "float64" else "float32"
        x = ops.reshape(ops.cast(inputs, dtype), (*inputs.shape[:place], *split, *inputs.shape[place + 1 :]))
        axes = tuple(one for one in range(1, x.ndim) if one != place)
        mean, variance = ops.moments(x, axes, keepdims=True)
        fitting = tuple(split[one - place] if one in (place, place + 1) else 1 for one in range(x.ndim))
        factor = ops.rsqrt(variance + self.epsilon)
        if self.scale:
            factor = factor * ops.reshape(ops.cast(self.gamma, dtype), fitting)
        shift = -mean * factor
        if self.center:
            shift = shift + ops.reshape(ops.cast(self.beta, dtype), fitting)
        return ops.cast(ops.reshape(x * factor + shift, tuple(inputs.shape)), self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "groups": self.groups, "axis": self.axis}
