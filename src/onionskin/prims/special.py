"""NumPy values of the error function and its inverse, which NumPy itself does not have.

Both compute in float64 and round once. The coefficients are Chebyshev fits made for this file with
mpmath (relative error below 1e-18 over each interval), highest power first.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

# erf(x) / x as a polynomial in x² on 0 ≤ x ≤ 1
_SMALL = (
    2.8067128195611264e-13, -6.1967364287877e-12, 9.323723518153027e-11, -1.2277734486795524e-09,
    1.4806027146128752e-08, -1.636576864883207e-07, 1.6462110782018636e-06, -1.4925650236967501e-05,
    0.00012055332978879483, -0.0008548327023403001, 0.005223977625441674, -0.026866170645131218,
    0.11283791670955126, -0.37612638903183754, 1.1283791670955126,
)  # fmt: skip
# x·exp(x²)·erfc(x) as a polynomial in t = (x - 3) / (x + 3) on 1 ≤ x ≤ 6
_TAIL = (
    -1.3456010463199292e-07, 3.415271355906054e-07, 1.8167083880466845e-06, -1.0239372018676336e-06,
    -1.11015293884311e-05, 6.470519382653809e-06, 6.897952183773652e-05, -8.460889550027e-05,
    -0.00041254379851584776, 0.001242876198417507, 0.0009108226907246976, -0.014019825627408427,
    0.046350263331233654, -0.09546975030660809, 0.13988054760177074, -0.14658304803289116,
    0.09530622695922801, 0.5370034535441699,
)  # fmt: skip


def _horner(coefficients: tuple[float, ...], x: Any) -> Any:
    total = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        total *= x
        total += coefficient
    return total


def _erfc_tail(size: Any) -> Any:
    """Return 1 - erf on 1 ≤ x ≤ 6."""
    return np.exp(-size * size) / size * _horner(_TAIL, (size - 3.0) / (size + 3.0))


def _erf64(x: Any) -> Any:
    size = np.abs(x)
    small = x * _horner(_SMALL, np.minimum(size * size, 1.0))
    tail = 1.0 - _erfc_tail(np.clip(size, 1.0, 6.0))  # erfc(6) = 2e-17: beyond it erf is 1 in float64
    return np.where(size <= 1.0, small, np.copysign(tail, x)) + x * 0  # NaN stays NaN, ±inf is mended below


def erf_values(x: Any, out: Any = None) -> Any:
    """Return the error function of an array, erf(x) = 2/√π ∫₀ˣ exp(-t²) dt, in its dtype.

    Args:
        x: float array.
        out: array to write to.
    """
    wide = np.asarray(x, np.float64)
    result = _erf64(np.where(np.isinf(wide), np.copysign(6.0, wide), wide)).astype(x.dtype)
    if out is None:
        return result
    out[...] = result
    return out


def erfinv_values(y: Any, out: Any = None) -> Any:
    """Return the inverse error function of an array: x with erf(x) = y, ±inf at ±1, NaN beyond.

    Winitzki's estimate, then three Halley steps on erf; on erfc near the ends, where erf rounds to 1.

    Args:
        y: float array.
        out: array to write to.
    """
    wide = np.asarray(y, np.float64)
    size = np.minimum(np.abs(wide), 1 - 2.0**-53)
    a = 0.147
    logarithm = np.log1p(-size * size)
    half = 2 / (math.pi * a) + logarithm / 2
    x = np.sqrt(np.sqrt(half * half - logarithm / a) - half)
    for _ in range(3):
        over = np.where(x > 1.0, (1.0 - size) - _erfc_tail(np.clip(x, 1.0, 6.0)), _erf64(x) - size)
        newton = over / (2 / math.sqrt(math.pi) * np.exp(-x * x))
        x = x - newton / (1 + x * newton)
    x = np.copysign(x, wide)
    ends = np.where(np.abs(wide) == 1, np.copysign(np.inf, wide), np.where(np.abs(wide) > 1, np.nan, x))
    result = np.where(np.isnan(wide), np.nan, ends).astype(y.dtype)
    if out is None:
        return result
    out[...] = result
    return out
