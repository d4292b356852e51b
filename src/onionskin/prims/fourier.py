"""The discrete Fourier transform, of real and imaginary parts kept apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.specs import Spec, normalize_axis, spec_of
from onionskin.graph import Node, Primitive
from onionskin.prims.families import define, float_spec, unbroadcast
from onionskin.prims.systems import wide


def _fourier_spec(real: Spec, imaginary: Spec, *, axis: int, inverse: bool) -> tuple[Spec, Spec]:
    joint = float_spec(real, imaginary)
    normalize_axis(axis, joint.ndim)
    return joint, joint


def _fourier_value(real: Any, imaginary: Any, *, axis: int, inverse: bool) -> tuple[Any, Any]:
    spec = _fourier_spec(spec_of(real), spec_of(imaginary), axis=axis, inverse=inverse)[0]
    parts = np.broadcast_arrays(wide(real), wide(imaginary))
    if not parts[0].shape[axis]:
        return np.zeros(spec.shape, spec.dtype), np.zeros(spec.shape, spec.dtype)
    whole = parts[0] + 1j * parts[1]
    y = np.fft.ifft(whole, axis=axis, norm="forward") if inverse else np.fft.fft(whole, axis=axis)
    return y.real.astype(spec.dtype), y.imag.astype(spec.dtype)


def _fourier_vjp(
    g: tuple[Node, Node], y: Node, real: Node, imaginary: Node, *, axis: int, inverse: bool
) -> tuple[Any, Any]:
    back = fourier(*g, axis=axis, inverse=not inverse)  # the transform with the other sign is the adjoint
    return unbroadcast(back[0], real), unbroadcast(back[1], imaginary)


# yₖ = Σⱼ xⱼ·exp(∓2πi·jk/n), + where inverse; neither is divided by n.
fourier: Primitive = define(
    Primitive(
        "fourier",
        "factorization",
        _fourier_spec,
        _fourier_value,
        _fourier_vjp,
        formula=r"\mathcal{{F}}({0} + i {1})",
        domain=("real", "real"),
    )
)
