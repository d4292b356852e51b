"""Initializers of matrices with a form of their own: identity, orthogonal, and the kernels of a Fourier transform."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError, suggest
from onionskin.initializers.constant import dtype_or_default
from onionskin.initializers.distributions import RandomInitializer
from onionskin.initializers.initializer import Initializer
from onionskin.initializers.lookup import INITIALIZERS

# name → weights of the cosines of 0, 1, 2 … turns over the window
_COSINES = {
    "boxcar": (1.0,), "hann": (0.5, -0.5), "hamming": (0.54, -0.46), "blackman": (0.42, -0.5, 0.08),
    "nuttall": (0.3635819, -0.4891775, 0.1365995, -0.0106411),
    "blackmanharris": (0.35875, -0.48829, 0.14128, -0.01168),
}  # fmt: skip


@INITIALIZERS.entry("IdentityInitializer")
class Identity(Initializer):
    """The identity matrix, with ones on the diagonal also where it is not square.

    Args:
        gain: factor.

    Raises:
        ShapeError: the shape is not that of a matrix.

    Example:
        >>> print(Identity(2.0)((2, 3)))
        [[2. 0. 0.]
         [0. 2. 0.]]
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        """Return the matrix in a shape and dtype."""
        shape = self._sizes(shape)
        if len(shape) != 2:
            raise ShapeError(
                "an identity has two axes.", where="Identity", expected="(rows, columns)", given=tuple(shape)
            )
        kind = dtype_or_default(dtype)
        return np.asarray(self.gain * np.eye(shape[0], shape[1], dtype=kind), kind)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal initializer."""
        return {"gain": self.gain}


@INITIALIZERS.entry("OrthogonalInitializer")
class Orthogonal(RandomInitializer):
    """A matrix whose rows or columns, whichever are fewer, have length 1 and right angles between them.

    It is the Q of the QR decomposition of normal numbers, with the signs that make R's diagonal positive;
    of a weight with more axes, all but the last count as rows.

    Args:
        gain: factor.
        seed: as in `RandomInitializer`.

    Raises:
        ShapeError: the shape has less than two axes.

    Example:
        >>> q = Orthogonal(seed=0)((3, 3), "float64")
        >>> bool(np.allclose(q @ q.T, np.eye(3)))
        True

    Source: Saxe, McClelland, Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear
    neural networks", 2014.
    """

    def __init__(self, gain: float = 1.0, seed: Any = None) -> None:
        super().__init__(seed)
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        """Return a random orthogonal matrix of a shape and dtype."""
        shape = self._sizes(shape)
        if len(shape) < 2:
            raise ShapeError(
                "an orthogonal weight has two axes or more.", where="Orthogonal", expected="(…, rows, columns)",
                given=tuple(shape),
            )  # fmt: skip
        rows, columns = math.prod(shape[:-1]), int(shape[-1])
        values = self.normal((max(rows, columns), min(rows, columns)), 0.0, 1.0, "float64")
        q, r = np.linalg.qr(values)
        q = q * np.sign(np.diag(r))
        return np.asarray(self.gain * (q.T if rows < columns else q).reshape(shape), self._float(dtype))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal initializer."""
        return {**super().get_config(), "gain": self.gain}


@INITIALIZERS.entry("STFTInitializer")
class STFT(Initializer):
    """The kernel of a convolution that takes the short-time Fourier transform of a signal.

        kernel[t, :, k] = w[t] · cos(2πkt / n) / s,  or -w[t] · sin(2πkt / n) / s

    Args:
        side: "real" for the cosines, "imag" for the sines.
        window: w, an array of the frame's length, the name of a window, or None for none.
        scaling: "density" for s = √Σw², "spectrum" for s = Σ|w|, None for s = 1.
        periodic: make a window by name as for a period that goes on, rather than symmetric.

    Raises:
        ArgumentError: one of these cannot be used.
        ShapeError: the shape is not (frame, inputs, frequencies), or the window has another length.

    Example:
        >>> STFT("imag")((8, 1, 5)).shape
        (8, 1, 5)
    """

    def __init__(
        self, side: str = "real", window: Any = "hann", scaling: str | None = "density", periodic: bool = False
    ) -> None:
        if side not in ("real", "imag"):
            raise ArgumentError("unknown side.", where="STFT", expected="'real' or 'imag'", given=repr(side))
        if scaling not in ("density", "spectrum", None):
            raise ArgumentError(
                "unknown scaling.", where="STFT", expected="'density', 'spectrum' or None", given=repr(scaling)
            )
        if isinstance(window, str) and window not in _COSINES:
            raise ArgumentError(
                "unknown window.", where="STFT", given=repr(window),
                fix=suggest(window, _COSINES) + "; or pass the window as an array",
            )  # fmt: skip
        self.side, self.window, self.scaling, self.periodic = side, window, scaling, periodic

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        """Return the kernel in a shape (frame, inputs, frequencies) and dtype."""
        shape = self._sizes(shape)
        if len(shape) != 3:
            raise ShapeError(
                "a Fourier kernel has three axes.", where="STFT", expected="(frame, inputs, frequencies)",
                given=tuple(shape),
            )  # fmt: skip
        frame, _, frequencies = shape
        turns = np.arange(frame)[:, None, None] * np.arange(frequencies) / ((frequencies - 1) * 2)
        kernel = np.cos(2 * math.pi * turns) if self.side == "real" else -np.sin(2 * math.pi * turns)
        if self.window is not None:
            weights = self._weights(frame)
            scales = {"density": np.sqrt(np.sum(weights**2)), "spectrum": np.sum(np.abs(weights)), None: 1.0}
            kernel = kernel * weights[:, None, None] / scales[self.scaling]
        return np.array(np.broadcast_to(kernel, tuple(shape)), dtype_or_default(dtype))

    def _weights(self, frame: int) -> np.ndarray:
        if isinstance(self.window, str):
            turns = 2 * math.pi * np.arange(frame) / max(frame if self.periodic else frame - 1, 1)
            parts = [factor * np.cos(index * turns) for index, factor in enumerate(_COSINES[self.window])]
            return np.ones(1) if frame == 1 else np.asarray(sum(parts))
        weights = np.asarray(self.window, "float64")
        if weights.shape != (frame,):
            raise ShapeError(
                "the window has another length than the frame.", where="STFT", expected=(frame,), given=weights.shape
            )
        return weights

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal initializer."""
        window = self.window if isinstance(self.window, str | None) else np.asarray(self.window).tolist()
        return {"side": self.side, "window": window, "periodic": self.periodic, "scaling": self.scaling}
