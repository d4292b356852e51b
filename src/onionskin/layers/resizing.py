"""Interpolation along an axis, as a product with a matrix of weights: linear, cubic and Lanczos kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from onionskin import ops


def _linear(x: np.ndarray) -> np.ndarray:
    return np.maximum(0, 1 - x)


def _cubic(x: np.ndarray) -> np.ndarray:
    """Keys's cubic with a = -1/2, for distances x >= 0."""
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x >= 2, 0, np.where(x >= 1, far, near))


def _lanczos(radius: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda x: np.where(x > radius, 0, np.sinc(x) * np.sinc(x / radius))


# the weight of a place at a distance, in places of the input
KERNELS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "bilinear": _linear,
    "bicubic": _cubic,
    "lanczos3": _lanczos(3.0),
    "lanczos5": _lanczos(5.0),
}


def weights(size: int, wanted: int, kernel: str) -> np.ndarray:
    """Return the matrix (wanted, size) that interpolates a row of `size` numbers at `wanted` >= size places.

    Places are the middles of equal parts of the same length; at the edges the weights that fall outside are
    left out and the others scaled to add up to 1.

    Args:
        size: numbers there are.
        wanted: numbers to make of them.
        kernel: a name in KERNELS.

    Example:
        >>> print(weights(2, 4, "bilinear"))
        [[1.   0.  ]
         [0.75 0.25]
         [0.25 0.75]
         [0.   1.  ]]

    Source: Keys, "Cubic convolution interpolation for digital image processing", 1981.
    """
    places = (np.arange(wanted) + 0.5) * (size / wanted) - 0.5
    found = KERNELS[kernel](np.abs(places[:, None] - np.arange(size)[None, :]))
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def resized(x: Any, axis: int, wanted: int, kernel: str) -> Any:
    """Return x with an axis interpolated to another size.

    Args:
        x: float array or tensor of any shape.
        axis: the axis, >= 0, of a known size.
        wanted: its new size, no smaller.
        kernel: a name in KERNELS.
    """
    matrix = weights(x.shape[axis], wanted, kernel).astype(str(x.dtype))
    letters = "abcdefgh"[: x.ndim]
    return ops.einsum(f"{letters},z{letters[axis]}->{letters.replace(letters[axis], 'z')}", x, matrix)
