"""Activations made of straight pieces: linear, step, sign, relu and its kin, hard_sigmoid and its kin."""

from __future__ import annotations

from typing import Any

from onionskin import ops
from onionskin.activations.lookup import ACTIVATIONS
from onionskin.base.config import floatx
from onionskin.base.specs import dtype_name, is_float


@ACTIVATIONS.entry()
def linear(x: Any) -> Any:
    """Return x as it is.

    Args:
        x: array or tensor.

    Example:
        >>> linear(3.0)
        3.0
    """
    return x


@ACTIVATIONS.entry()
def step(x: Any) -> Any:
    """Return 1 where x ≥ 0, else 0, in the dtype of x; its derivative is 0 everywhere.

        step(x) = [x ≥ 0]

    Args:
        x: float array or tensor of any shape.

    Example:
        >>> print(step([-0.5, 0.0, 2.0]))
        [0. 1. 1.]

    Source: McCulloch and Pitts, "A logical calculus of the ideas immanent in nervous activity", 1943.
    """
    x = ops.convert_to_tensor(x)
    return ops.cast(ops.greater_equal(x, 0), x.dtype)


@ACTIVATIONS.entry()
def sign(x: Any) -> Any:
    """Return -1, 0 or 1 after the sign of x; its derivative is 0 everywhere.

    Args:
        x: array or tensor of any shape.

    Example:
        >>> print(sign([-0.5, 0.0, 2.0]))
        [-1.  0.  1.]
    """
    return ops.sign(x)


@ACTIVATIONS.entry()
def relu(x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Any:
    """Rectified linear unit.

        relu(x) = max_value                         where x ≥ max_value
                  x                                 where threshold < x < max_value
                  negative_slope · (x - threshold)  elsewhere

    Args:
        x: array or tensor of any shape.
        negative_slope: slope below the threshold.
        max_value: largest value; none where None. For integers it loses what is behind its point.
        threshold: x below which the values are damped. Likewise.

    Returns:
        Values of the shape and dtype of x; of integers with a slope, or limited to 6, in the default float dtype.

    Example:
        >>> print(relu([-2.0, 0.0, 3.0]), relu([-2.0, 9.0], negative_slope=0.5, max_value=6.0))
        [0. 0. 3.] [-1.  6.]

    Source: Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010.
    """
    x = ops.convert_to_tensor(x)
    bend = threshold
    if not is_float(dtype_name(x.dtype)):
        fraction = negative_slope or (max_value == 6 and not threshold)
        x = ops.cast(x, floatx() if fraction else "int32" if x.dtype == "bool" else x.dtype)
        bend, max_value = int(threshold), None if max_value is None else int(max_value)
    y = ops.relu(x) if threshold == 0 else ops.where(ops.greater(x, bend), x, 0)
    if max_value is not None:
        y = ops.clip(y, 0, max_value)
    if negative_slope:
        y = y - negative_slope * ops.relu(threshold - x)
    return y


@ACTIVATIONS.entry()
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """Return x where x > 0, negative_slope · x elsewhere.

    Args:
        x: float array or tensor of any shape.
        negative_slope: slope for x < 0.

    Example:
        >>> print(leaky_relu([-2.0, 3.0], negative_slope=0.5))
        [-1.  3.]
    """
    return ops.leaky_relu(x, negative_slope=negative_slope)


@ACTIVATIONS.entry()
def relu6(x: Any) -> Any:
    """Return x limited to the range from 0 to 6.

    Args:
        x: float array or tensor of any shape.

    Example:
        >>> print(relu6([-2.0, 3.0, 9.0]))
        [0. 3. 6.]
    """
    return ops.relu6(x)


@ACTIVATIONS.entry()
def hard_sigmoid(x: Any) -> Any:
    """Straight-line approximation of the sigmoid.

        hard_sigmoid(x) = min(max(x + 3, 0), 6) / 6

    Args:
        x: float array or tensor of any shape.

    Example:
        >>> print(hard_sigmoid([-3.0, 0.0, 5.0]))
        [0.  0.5 1. ]
    """
    # not ops.hard_sigmoid, whose x/6 + 1/2 loses the digits of small values, near x = -3
    return ops.clip(ops.convert_to_tensor(x) + 3, 0, 6) / 6


@ACTIVATIONS.entry("hard_swish")
def hard_silu(x: Any) -> Any:
    """Straight-line approximation of silu, also called hard_swish.

        hard_silu(x) = x · hard_sigmoid(x)

    Args:
        x: float array or tensor of any shape.

    Example:
        >>> print(hard_silu([-3.0, 0.0, 5.0]))
        [-0.  0.  5.]

    Source: Howard and others, "Searching for MobileNetV3", 2019.
    """
    x = ops.convert_to_tensor(x)
    return x * hard_sigmoid(x)


@ACTIVATIONS.entry()
def hard_tanh(x: Any) -> Any:
    """Return x limited to the range from -1 to 1.

    Args:
        x: float array or tensor of any shape.

    Example:
        >>> print(hard_tanh([-2.0, 0.5, 3.0]))
        [-1.   0.5  1. ]
    """
    return ops.hard_tanh(x)
