"""Images in another size, as keras.ops.image.resize has it: no smoothing, pixels as areas."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DataError


def _linear(x: Any) -> Any:
    return np.maximum(1 - np.abs(x), 0)


def _cubic(x: Any) -> Any:
    """Keys's cubic with a = -1/2."""
    x = np.abs(x)
    near, far = (1.5 * x - 2.5) * x * x + 1, ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x <= 1, near, np.where(x < 2, far, 0))


_KERNELS = {"bilinear": _linear, "bicubic": _cubic}
METHODS = ("bilinear", "bicubic", "nearest")


def _weights(old: int, new: int, kernel: Any) -> np.ndarray:
    """Return the share of each old pixel in each new one, (new, old)."""
    centres = (np.arange(new) + 0.5) * (old / new) - 0.5
    shares = kernel(centres[:, None] - np.arange(old))
    return (shares / shares.sum(1, keepdims=True)).astype(np.float32)


def _nearest(old: int, new: int) -> np.ndarray:
    """Return which old pixel the middle of each new one lies in."""
    places: np.ndarray = np.floor((np.arange(new) + 0.5) * (old / new)).astype(int)
    return places


def resize(image: np.ndarray, size: tuple[int, int], interpolation: str, *, crop: bool, pad: bool) -> np.ndarray:
    """Return an image in another size.

    Args:
        image: (height, width, channels).
        size: new height and width.
        interpolation: "bilinear", "bicubic" or "nearest".
        crop: keep the aspect ratio by leaving out the margins.
        pad: keep it by adding black margins.

    Returns:
        float32 array (*size, channels).

    Raises:
        ArgumentError: there is no such interpolation, or crop and pad are both asked for.
        DataError: the image has no pixels.
    """
    if interpolation not in METHODS:
        raise ArgumentError(
            "there is no such interpolation here.", expected=", ".join(map(repr, METHODS)), given=repr(interpolation)
        )
    if crop and pad:
        raise ArgumentError("an image is either cropped or padded.", given="both crop and pad to the aspect ratio")
    image = np.asarray(image, np.float32)
    if 0 in image.shape:
        raise DataError("the image has no pixels.", given=f"shape {image.shape}")
    height, width = image.shape[:2]
    wide, high = int(height * size[1] / size[0]), int(width * size[0] / size[1])
    if crop:
        rows, columns = max(min(height, high), 1), max(min(width, wide), 1)
        top, left = (height - rows) // 2, (width - columns) // 2
        image = image[top : top + rows, left : left + columns]
    elif pad:
        top, left = (max(height, high) - height) // 2, (max(width, wide) - width) // 2
        image = np.pad(image, ((top, top), (left, left), (0, 0)))
    if interpolation == "nearest":
        return image[_nearest(image.shape[0], size[0])][:, _nearest(image.shape[1], size[1])]
    kernel = _KERNELS[interpolation]
    image = np.tensordot(_weights(image.shape[0], size[0], kernel), image, 1)
    return np.einsum("jw,hwc->hjc", _weights(image.shape[1], size[1], kernel), image)
