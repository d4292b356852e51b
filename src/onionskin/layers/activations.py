"""The activations that have settings or weights of their own as layers: ReLU, LeakyReLU, PReLU, ELU, Softmax."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin import activations, constraints, initializers, ops, regularizers
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.registry import LAYERS
from onionskin.layers.input_spec import InputSpec
from onionskin.layers.layer import Layer


def _not_negative(value: Any, argument: str, where: str) -> Any:
    """Return a setting that may not be negative.

    Raises:
        ArgumentError: it is, or is no number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or value < 0:
        raise ArgumentError(
            f"{argument} is a number that is not negative.", where=where, expected="0 or more", given=repr(value)
        )
    return value


@LAYERS.entry()
class ReLU(Layer):
    """Rectified linear unit.

        y = max_value                         where x ≥ max_value
            x                                 where threshold ≤ x < max_value
            negative_slope · (x - threshold)  elsewhere

    Args:
        max_value: largest value; none where None.
        negative_slope: slope below the threshold.
        threshold: x below which the values are damped.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: one of them is negative.

    Example:
        >>> from onionskin.layers import ReLU
        >>> print(ReLU(max_value=6.0, negative_slope=0.5)(np.array([-2.0, 3.0, 9.0])))
        [-1.  3.  6.]
    """

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        where = f"ReLU '{self.name}'"
        self.max_value = None if max_value is None else _not_negative(max_value, "max_value", where)
        self.negative_slope = _not_negative(negative_slope, "negative_slope", where)
        self.threshold = _not_negative(threshold, "threshold", where)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return the rectified inputs."""
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {
            **super().get_config(),
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }


@LAYERS.entry()
class LeakyReLU(Layer):
    """Rectified linear unit with a slope for negative inputs: y = x where x ≥ 0, negative_slope · x elsewhere.

    Args:
        negative_slope: slope for x < 0.
        kwargs: as for `Layer`; `alpha` is the old name of `negative_slope`, taken with a warning.

    Raises:
        ArgumentError: the slope is negative.

    Example:
        >>> from onionskin.layers import LeakyReLU
        >>> print(LeakyReLU(0.5)(np.array([-2.0, 3.0])))
        [-1.  3.]
    """

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any) -> None:
        if "alpha" in kwargs:
            negative_slope = kwargs.pop("alpha")
            warnings.warn("LeakyReLU: alpha is an old name, use negative_slope.", stacklevel=3)
        super().__init__(**kwargs)
        self.negative_slope = _not_negative(negative_slope, "negative_slope", f"LeakyReLU '{self.name}'")
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return the rectified inputs."""
        return activations.leaky_relu(inputs, negative_slope=self.negative_slope)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "negative_slope": self.negative_slope}


@LAYERS.entry()
class PReLU(Layer):
    """Rectified linear unit with learned slopes: y = x where x ≥ 0, alpha · x elsewhere.

    Args:
        alpha_initializer: how the slopes start.
        alpha_regularizer: penalty on the slopes.
        alpha_constraint: applied to the slopes after each update.
        shared_axes: axes, counted with the batch, along which there is one slope, such as (1, 2) for images.
        kwargs: as for `Layer`.

    Raises:
        ShapeError: the size of an axis that has a slope for each place is not known.

    Example:
        >>> from onionskin.layers import PReLU
        >>> print(PReLU("ones")(np.array([[-2.0, 3.0]])))
        [[-2.  3.]]

    Source: He et al., "Delving deep into rectifiers", 2015.
    """

    _takes_one = True

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        axes = [shared_axes] if isinstance(shared_axes, int) else shared_axes
        self._untracked_shared = None if axes is None else [int(axis) for axis in axes]
        self.supports_masking = True

    @property
    def shared_axes(self) -> list[int] | None:
        """Axes along which there is one slope."""
        return self._untracked_shared

    def build(self, input_shape: Any) -> None:
        """Make the slopes, of the shape of a sample with 1 along the shared axes."""
        sizes = list(input_shape[1:])
        for axis in self._untracked_shared or ():
            if not 1 <= axis <= len(sizes):
                raise ArgumentError(
                    "shared_axes names an axis that the input does not have.",
                    expected=f"1 to {len(sizes)}",
                    given=axis,
                )
            sizes[axis - 1] = 1
        shared = self._untracked_shared
        axes = (
            {} if not shared else {axis: size for axis, size in enumerate(input_shape) if axis and axis not in shared}
        )
        self.input_spec = InputSpec(ndim=len(input_shape), axes=axes)
        if None in sizes:
            raise ShapeError(
                "PReLU has a slope for each place, and the size of an axis is not known.",
                given=f"shape {tuple(input_shape)}",
                fix="name the axis in shared_axes",
            )
        self.alpha = self.add_weight(
            shape=tuple(sizes),
            initializer=self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
            name="alpha",
        )

    def call(self, inputs: Any) -> Any:
        """Return the rectified inputs."""
        return ops.subtract(ops.relu(inputs), ops.multiply(self.alpha, ops.relu(ops.negative(inputs))))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {
            **super().get_config(),
            "alpha_initializer": initializers.serialize(self.alpha_initializer),
            "alpha_regularizer": regularizers.serialize(self.alpha_regularizer),
            "alpha_constraint": constraints.serialize(self.alpha_constraint),
            "shared_axes": self._untracked_shared,
        }


@LAYERS.entry()
class ELU(Layer):
    """Exponential linear unit: y = x where x > 0, alpha · (eˣ - 1) elsewhere.

    Args:
        alpha: the value that it goes to for x → -∞, negated.
        kwargs: as for `Layer`.

    Example:
        >>> from onionskin.layers import ELU
        >>> print(ELU()(np.array([0.0, 2.0])))
        [0. 2.]

    Source: Clevert et al., "Fast and accurate deep network learning by exponential linear units", 2016.
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = alpha
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return the activation of the inputs."""
        return activations.elu(inputs, alpha=self.alpha)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "alpha": self.alpha}


@LAYERS.entry()
class Softmax(Layer):
    """Shares that add up to 1: y = eˣ / Σ eˣ along an axis, or over several axes together.

    Args:
        axis: axis or axes that the shares add up along.
        kwargs: as for `Layer`.

    Raises:
        ShapeError: a mask does not fit the inputs.

    Example:
        >>> from onionskin.layers import Softmax
        >>> print(Softmax()(np.array([[0.0, 0.0, 7.0]]), mask=np.array([[True, True, False]])))
        [[0.5 0.5 0. ]]
    """

    _takes_one = True

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._untracked_axis = axis if isinstance(axis, int) else tuple(axis)
        self.supports_masking = True
        self.built = True

    @property
    def axis(self) -> int | tuple[int, ...]:
        """Axis or axes that the shares add up along."""
        return self._untracked_axis

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Return the shares; those that the mask leaves out are 0.

        Args:
            inputs: float array or tensor of any shape.
            mask: True, or more than 0.5, where an input counts; of the shape of the inputs or one that grows to it.
        """
        if mask is not None:
            mask = _fitting(mask, tuple(inputs.shape))
            least = -3e4 if str(inputs.dtype) == "float16" else -1e9  # Keras's number: finite, so no NaN arises
            inputs = ops.where(mask, inputs, least)
        axes = self._untracked_axis
        if isinstance(axes, int) or len(axes) == 1:
            outputs = activations.softmax(inputs, axis=axes if isinstance(axes, int) else axes[0])
        else:
            outputs = ops.exp(ops.subtract(inputs, ops.logsumexp(inputs, axis=axes, keepdims=True)))
        return outputs if mask is None else ops.where(mask, outputs, 0.0)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "axis": self._untracked_axis}


def _fitting(mask: Any, shape: tuple[Any, ...]) -> Any:
    """Return a mask of booleans that grows to a shape.

    Raises:
        ShapeError: it does not.
    """
    mask = ops.convert_to_tensor(mask)
    pairs = zip(reversed(mask.shape), reversed(shape), strict=False)
    if mask.ndim > len(shape) or any(None not in (a, b) and a not in (1, b) for a, b in pairs):
        raise ShapeError(
            "the mask does not fit the inputs.", expected=f"shape {shape}, or 1 in places", given=mask.shape
        )
    return mask if str(mask.dtype) == "bool" else ops.greater(mask, 0.5)
