"""NumPy values of functions that NumPy itself does not have: error functions and modified Bessel functions.

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


def _written(wide: Any, dtype: Any, out: Any) -> Any:
    """Return float64 values rounded to a dtype, in the array `out` where there is one."""
    result = wide.astype(dtype)
    if out is None:
        return result
    out[...] = result
    return out


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
    return _written(_erf64(np.where(np.isinf(wide), np.copysign(6.0, wide), wide)), x.dtype, out)


_FAR = tuple((-1.0) ** k * math.prod(range(1, 2 * k, 2)) / 2.0**k / math.sqrt(math.pi) for k in range(30, -1, -1))


def _erfc_far(size: Any) -> Any:
    """Return 1 - erf beyond 6: exp(-x²)/(x·√π) · (1 - 1/(2x²) + 1·3/(2x²)² - …), whose terms fall there."""
    # x² is rounded: the part of it that was lost is put back, or exp would lose three digits
    high = (size * 128.0).round() / 128.0
    return np.exp(-high * high) * np.exp(-(size - high) * (size + high)) / size * _horner(_FAR, 1.0 / (size * size))


def erfc_values(x: Any, out: Any = None) -> Any:
    """Return the complementary error function of an array, erfc(x) = 1 - erf(x), exact also where it is small.

    Args:
        x: float array.
        out: array to write to.
    """
    wide = np.asarray(x, np.float64)
    size = np.abs(wide)
    tail = np.where(size <= 6.0, _erfc_tail(np.clip(size, 1.0, 6.0)), _erfc_far(np.clip(size, 6.0, 28.0)))
    far = np.where(wide > 0, tail, 2.0 - tail)
    result = np.where(size <= 1.0, 1.0 - _erf64(np.where(size <= 1.0, wide, 0.0)), far)
    return _written(np.where(np.isnan(wide), np.nan, result), x.dtype, out)


def bessel_values(x: Any, *, order: int) -> Any:
    """Return the modified Bessel function of the first kind, Iₙ(x) = Σₖ (x/2)²ᵏ⁺ⁿ / (k!·(k+n)!), in its dtype.

    Args:
        x: float array.
        order: n, a small whole number.
    """
    wide = np.asarray(x, np.float64)
    size = np.abs(wide)
    near = np.minimum(size, 30.0)
    quarter = near * near / 4
    term = (near / 2) ** order / math.factorial(order)
    total = term.copy() if isinstance(term, np.ndarray) else term
    for k in range(1, 90):  # all terms are positive; at 30 the last is below 1e-20 of the sum
        term = term * quarter / (k * (k + order))
        total = total + term
    far = np.maximum(size, 30.0)
    part, series = np.ones_like(far), np.ones_like(far)
    for k in range(1, 30):  # the asymptotic series (Abramowitz and Stegun 9.7.1), which begins to grow later
        part = part * -(4.0 * order * order - (2 * k - 1) ** 2) / (8.0 * k * far)
        series = series + part
    grown = np.exp(far / 2) * (np.exp(far / 2) / np.sqrt(2 * math.pi * far) * series)
    result = np.where(size <= 30.0, total, np.where(np.isinf(size), np.inf, grown))
    result = np.where(np.isnan(wide), np.nan, result)
    return (np.where(wide < 0, -result, result) if order % 2 else result).astype(x.dtype)


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
    return _written(np.where(np.isnan(wide), np.nan, ends), y.dtype, out)
