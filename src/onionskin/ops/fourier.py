"""Fourier transforms; complex numbers are pairs of real and imaginary parts, as in Keras."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError, ShapeError
from onionskin.ops.arguments import public, tensor
from onionskin.ops.joining import pad
from onionskin.ops.patterns import extract_sequences
from onionskin.prims import elementwise, indexing, movement
from onionskin.prims.families import dtype_of, floating, joined
from onionskin.prims.fourier import fourier


def _pair(x: Any) -> tuple[Any, Any]:
    if not isinstance(x, tuple | list) or len(x) != 2:
        raise DTypeError(
            "a complex array is given by its two parts.", expected="(real, imaginary)", given=f"a {type(x).__name__}"
        )
    real, imaginary = joined(*x, to_float=True)
    if tuple(real.shape) != tuple(imaginary.shape) or not real.ndim:
        raise ShapeError(
            "both parts of a complex array have one shape.", given=f"{tuple(real.shape)} and {tuple(imaginary.shape)}"
        )
    return real, imaginary


def _scaled(parts: tuple[Any, Any], by: float) -> tuple[Any, Any]:
    real, imaginary = (elementwise.multiply(part, elementwise.number(by, part)) for part in parts)
    return real, imaginary


def _two_axes(x: Any, inverse: bool) -> tuple[Any, Any]:
    real, imaginary = _pair(x)
    if real.ndim < 2:
        raise ShapeError("two axes are transformed.", expected="two axes or more", given=tuple(real.shape))
    parts = fourier(real, imaginary, axis=real.ndim - 1, inverse=inverse)
    first, second = fourier(*parts, axis=real.ndim - 2, inverse=inverse)
    return first, second


@public
def fft(x: Any) -> Any:
    """Return the discrete Fourier transform along the last axis.

    yₖ = Σⱼ xⱼ·exp(-2πi·jk/n)

    Args:
        x: real and imaginary part, arrays or tensors of one shape.

    Returns:
        Real and imaginary part of the transform, of that shape.

    Raises:
        DTypeError: x is no pair.
        ShapeError: the parts differ in shape.

    Example:
        >>> print(*fft(([1.0, 0.0], [0.0, 0.0])))
        [1. 1.] [0. 0.]
    """
    real, imaginary = _pair(x)
    return fourier(real, imaginary, axis=real.ndim - 1, inverse=False)


@public
def fft2(x: Any) -> Any:
    """Return the discrete Fourier transform along the last two axes.

    Args:
        x: real and imaginary part, arrays or tensors of one shape.

    Returns:
        Real and imaginary part of the transform, of that shape.

    Raises:
        DTypeError: x is no pair.
        ShapeError: the parts differ in shape, or have less than two axes.

    Example:
        >>> print(fft2(([[1.0, 0.0]], [[0.0, 0.0]]))[0])
        [[1. 1.]]
    """
    return _two_axes(x, inverse=False)


@public
def ifft2(x: Any) -> Any:
    """Return what `fft2` makes x of.

    Args:
        x: real and imaginary part, arrays or tensors of one shape.

    Returns:
        Real and imaginary part, of that shape.

    Raises:
        DTypeError: x is no pair.
        ShapeError: the parts differ in shape, or have less than two axes.

    Example:
        >>> print(ifft2(([[1.0, 1.0]], [[0.0, 0.0]]))[0])
        [[1. 0.]]
    """
    parts = _two_axes(x, inverse=True)
    return _scaled(parts, 1 / max(parts[0].shape[-1] * parts[0].shape[-2], 1))


def _length(x: Any, length: int | None, own: int) -> int:
    if length is None:
        length = own
    if int(length) < 1:
        raise ArgumentError("a transform has a length.", expected="fft_length >= 1", given=length)
    return int(length)


def _resized(x: Any, size: int) -> Any:
    """Return x cut off or filled up with zeros along its last axis."""
    own, last = x.shape[-1], x.ndim - 1
    if own >= size:
        return movement.slice_along(x, last, 0, size)
    none = (0,) * x.ndim
    return movement.pad(x, elementwise.number(0, x), low=none, high=(*none[:-1], size - own), interior=none)


@public
def rfft(x: Any, fft_length: int | None = None) -> Any:
    """Return the first half of the Fourier transform of real numbers; the other is its mirror image.

    Args:
        x: array or tensor (…, n).
        fft_length: length to cut or fill x up to; n where None.

    Returns:
        Real and imaginary part (…, fft_length // 2 + 1).

    Raises:
        ArgumentError: the length is less than 1.
        ShapeError: x has no axis.

    Example:
        >>> print(*rfft([1.0, 0.0, 0.0]))
        [1. 1.] [0. 0.]
    """
    x = floating(x)
    if not x.ndim:
        raise ShapeError("one axis is transformed.", expected="one axis or more", given=())
    size = _length(x, fft_length, x.shape[-1])
    x = _resized(x, size)
    parts = fourier(x, movement.broadcast_to(elementwise.number(0, x), shape=tuple(x.shape)), axis=x.ndim - 1,
                    inverse=False)  # fmt: skip
    return tuple(movement.slice_along(part, x.ndim - 1, 0, size // 2 + 1) for part in parts)


@public
def irfft(x: Any, fft_length: int | None = None) -> Any:
    """Return the real numbers whose `rfft` is x.

    Args:
        x: real and imaginary part (…, m).
        fft_length: how many numbers; 2·(m - 1) where None.

    Returns:
        Array (…, fft_length).

    Raises:
        ArgumentError: the length is less than 1.
        DTypeError: x is no pair.
        ShapeError: the parts differ in shape.

    Example:
        >>> print(irfft(([1.0, 1.0], [0.0, 0.0])))
        [1. 0.]
    """
    real, imaginary = _pair(x)
    size, last = _length(real, fft_length, 2 * (real.shape[-1] - 1)), real.ndim - 1
    half = size // 2 + 1
    parts = []
    for part, sign in ((real, 1), (imaginary, -1)):  # the other half: conjugates, the last first
        kept = _resized(part, half)
        mirror = movement.flip(movement.slice_along(kept, last, 1, size - half + 1), axes=(last,))
        parts.append(movement.concatenate(kept, mirror if sign > 0 else elementwise.negative(mirror), axis=last))
    return _scaled(fourier(*parts, axis=last, inverse=True), 1 / size)[0]


def _window(window: Any, length: int, fft_length: int, dtype: str) -> Any:
    """Return the window, in the middle of a transform's length."""
    if fft_length < length:
        raise ArgumentError(
            "a sequence is longer than its transform.", expected=f"fft_length >= {length}", given=fft_length
        )
    if window is None:
        return np.ones(fft_length, dtype)
    if isinstance(window, str):
        shares = {"hann": 0.5, "hamming": 0.54}
        if window not in shares:
            raise ArgumentError("there is no such window.", expected="'hann', 'hamming', an array or None",
                                given=repr(window))  # fmt: skip
        mean = shares[window]
        window = mean - (1 - mean) * np.cos(2 * np.pi * np.arange(length) / length) if length > 1 else np.ones(1)
    window = tensor(window, dtype)
    if tuple(window.shape) != (length,):
        raise ShapeError("the window does not fit the sequences.", expected=(length,), given=tuple(window.shape))
    left = (fft_length - length) // 2
    return movement.pad(
        window, elementwise.number(0, window), low=(left,), high=(fft_length - length - left,), interior=(0,)
    )


def _stride(stride: Any) -> int:
    if isinstance(stride, bool) or not isinstance(stride, int) or stride < 1:
        raise ArgumentError("the stride is a number of steps.", expected="sequence_stride >= 1", given=repr(stride))
    return stride


@public
def stft(
    x: Any, sequence_length: int, sequence_stride: int, fft_length: int, window: Any = "hann", center: bool = True
) -> Any:
    """Return the Fourier transforms of windows that slide along the last axis.

    Args:
        x: float array or tensor (…, n).
        sequence_length: length of a window.
        sequence_stride: steps from one to the next.
        fft_length: length of each transform, sequence_length or more.
        window: what each is multiplied by: "hann", "hamming", an array (sequence_length,), or None.
        center: add fft_length // 2 mirrored numbers at both ends, so that windows have their middle at the steps.

    Returns:
        Real and imaginary part (…, windows, fft_length // 2 + 1).

    Raises:
        ArgumentError: a length, stride or window cannot be used.
        DTypeError: x is no float32 or float64.
        ShapeError: x is shorter than a window, or the window has another length.

    Example:
        >>> print(stft([0.0, 1.0, 2.0, 3.0, 4.0], 3, 2, 3)[0])
        [[ 0.75  -0.375]
         [ 3.75  -1.875]
         [ 5.25  -2.625]]
    """
    x = tensor(x)
    if dtype_of(x) not in ("float32", "float64"):
        raise DTypeError("waves are floats.", expected="float32 or float64", given=dtype_of(x))
    shape = _window(window, int(sequence_length), int(fft_length), dtype_of(x))
    stride = _stride(sequence_stride)
    if center:
        ends = int(fft_length) // 2
        x = pad(x, [(0, 0)] * (x.ndim - 1) + [(ends, ends)], mode="reflect")
    frames = extract_sequences(x, int(fft_length), stride)
    return rfft(elementwise.multiply(frames, shape))


@public
def istft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: Any = "hann",
    center: bool = True,
) -> Any:
    """Return the wave whose `stft` is x; where windows overlap, their mean by the squares of the window.

    Args:
        x: real and imaginary part (…, windows, fft_length // 2 + 1).
        sequence_length: as for `stft`.
        sequence_stride: likewise.
        fft_length: likewise.
        length: how many numbers to return; all where None.
        window: as for `stft`.
        center: likewise.

    Returns:
        Array (…, length).

    Raises:
        ArgumentError: a length, stride or window cannot be used.
        DTypeError: x is no pair.
        ShapeError: the parts differ in shape, or have less than two axes.

    Example:
        >>> print(istft(stft([0.0, 1.0, 2.0, 3.0], 2, 1, 2), 2, 1, 2).round(5))
        [0. 1. 2. 3.]
    """
    real, imaginary = _pair(x)
    if real.ndim < 2:
        raise ShapeError("windows and their transforms are two axes.", given=tuple(real.shape))
    size, stride = int(fft_length), _stride(sequence_stride)
    shape = _window(window, int(sequence_length), size, dtype_of(real))
    frames = irfft((real, imaginary), size)
    frames = elementwise.multiply(frames, shape)
    count, lead = frames.shape[-2], tuple(frames.shape[:-2])
    places = np.arange(count, dtype=np.int32)[:, None] * stride + np.arange(size, dtype=np.int32)
    whole = size + stride * (count - 1)

    def laid(parts: Any, lead: tuple[int, ...]) -> Any:
        nothing = movement.broadcast_to(elementwise.number(0, parts), shape=(*lead, whole))
        return indexing.scatter_add(nothing, places, parts, axis=len(lead))

    squares = movement.broadcast_to(elementwise.multiply(shape, shape), shape=(count, size))
    weight = laid(squares, ())
    tiny = elementwise.less_equal(weight, elementwise.number(1e-10, weight))
    wave = elementwise.divide(laid(frames, lead), elementwise.where(tiny, elementwise.number(1, weight), weight))
    start = size // 2 if center else 0
    stop = start + int(length) if length is not None else whole - (size // 2 if center else 0)
    return movement.slice_along(wave, wave.ndim - 1, start, min(stop, whole))
