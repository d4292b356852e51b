"""`Affine`: the factor gamma and the shift beta that normalising layers end with, and the axes that they need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin import constraints, initializers, regularizers
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.layers.layer import Layer


class Affine(Layer):
    """Base of the layers that put out gamma·z + beta for a normalised z.

    Args:
        epsilon: added to the variance.
        center: whether there is a beta.
        scale: whether there is a gamma.
        beta_initializer: how beta starts.
        gamma_initializer: how gamma starts.
        beta_regularizer: penalty on beta.
        gamma_regularizer: penalty on gamma.
        beta_constraint: applied to beta after each update.
        gamma_constraint: applied to gamma after each update.
        kwargs: as for `Layer`.
    """

    _takes_one = True

    def __init__(
        self,
        *,
        epsilon: float,
        center: bool,
        scale: bool,
        beta_initializer: Any,
        gamma_initializer: Any,
        beta_regularizer: Any,
        gamma_regularizer: Any,
        beta_constraint: Any,
        gamma_constraint: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.epsilon, self.center, self.scale = epsilon, center, scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.supports_masking = True
        self.gamma: Any = None
        self.beta: Any = None

    def _add_gamma(self, shape: tuple[int, ...]) -> None:
        self.gamma = self.add_weight(
            shape=shape,
            initializer=self.gamma_initializer,
            regularizer=self.gamma_regularizer,
            constraint=self.gamma_constraint,
            autocast=False,
            name="gamma",
        )

    def _add_beta(self, shape: tuple[int, ...]) -> None:
        self.beta = self.add_weight(
            shape=shape,
            initializer=self.beta_initializer,
            regularizer=self.beta_regularizer,
            constraint=self.beta_constraint,
            autocast=False,
            name="beta",
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {
            **super().get_config(),
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": initializers.serialize(self.beta_initializer),
            "gamma_initializer": initializers.serialize(self.gamma_initializer),
            "beta_regularizer": regularizers.serialize(self.beta_regularizer),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
            "beta_constraint": constraints.serialize(self.beta_constraint),
            "gamma_constraint": constraints.serialize(self.gamma_constraint),
        }


def checked_axis(axis: Any, where: str, several: bool = True) -> Any:
    """Return an axis, or a list of axes, that a user gave.

    Raises:
        ArgumentError: it is no whole number, nor (where several are allowed) a list of them.
    """
    parts = list(axis) if several and isinstance(axis, list | tuple) else [axis]
    if not parts or any(isinstance(one, bool) or not isinstance(one, int | np.integer) for one in parts):
        raise ArgumentError(
            "an axis is a whole number.",
            where=where,
            expected="such as -1, or a list of axes" if several else "such as -1",
            given=f"axis={axis!r}",
        )
    return [int(one) for one in parts] if isinstance(axis, list | tuple) else int(axis)


def sizes_of(input_shape: Sequence[Any], axes: Sequence[int], what: str) -> tuple[int, ...]:
    """Return the sizes of axes.

    Raises:
        ShapeError: the input has no such axis, or its size is not known.
    """
    shape = tuple(input_shape)
    for axis in axes:
        if not -len(shape) <= axis < len(shape):
            raise ShapeError(
                f"{what} was given an axis that the input does not have.",
                expected=f"-{len(shape)} <= axis < {len(shape)} for {len(shape)} axes",
                given=f"axis={axis}, input of shape {shape}",
            )
        if shape[axis] is None:
            raise ShapeError(
                f"{what} needs to know the size of the axis that it has weights for.",
                given=f"axis={axis}, input of shape {shape}",
                fix="give each sample a shape: Input(shape=…)",
            )
    return tuple(int(shape[axis]) for axis in axes)


def check_fits(shape: Sequence[Any], ndim: int, axes: Sequence[int], sizes: Sequence[int]) -> None:
    """Compare an input with the one that the weights were made for.

    Raises:
        ShapeError: it has another number of axes, or another size where there are weights.
    """
    shape = tuple(shape)
    if len(shape) != ndim or any(shape[axis] not in (None, size) for axis, size in zip(axes, sizes, strict=True)):
        wanted = ", ".join(f"{size} along axis {axis}" for axis, size in zip(axes, sizes, strict=True))
        raise ShapeError(
            "the input does not fit the weights.",
            expected=f"{ndim} axes, {wanted}",
            given=f"shape {shape}",
        )
