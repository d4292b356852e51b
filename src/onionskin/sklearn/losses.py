"""The losses of the estimators, from targets and the values before the last activation, so that none overflows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from onionskin import ops

Terms = tuple[Any, Any]  # of each output of each sample: what is made small, and what is reported
AVERAGED = ("squared_error", "absolute_error", "huber", "quantile")  # reported as the mean over the outputs


def log_loss(y: Any, z: Any, output: str, number: float) -> Terms:
    """Return −log p of the true class: −Σ y·log softmax(z), or softplus(z) − y·z for each output of its own.

    Reported are probabilities of at least the dtype's precision, as scikit-learn does.
    """
    most = float(-np.log(np.finfo(z.dtype).eps))
    terms = ops.softplus(z) - y * z if output == "logistic" else -(y * ops.log_softmax(z))
    return terms, ops.minimum(terms, most)


def squared_error(y: Any, z: Any, output: str, number: float) -> Terms:
    """Return ½(y − z)²."""
    terms = ops.square(y - z) * 0.5
    return terms, terms


def poisson(y: Any, z: Any, output: str, number: float) -> Terms:
    """Return half the Poisson deviance y·log(y/p) − y + p, where p = exp(z)."""
    tiny = float(np.finfo(z.dtype).tiny)
    terms = ops.exp(z) - y * z + y * ops.log(ops.maximum(y, tiny)) - y
    return terms, terms


def absolute_error(y: Any, z: Any, output: str, number: float) -> Terms:
    """Return |y − z|, whose least mean is at the median."""
    terms = ops.abs(y - z)
    return terms, terms


def huber(y: Any, z: Any, output: str, number: float) -> Terms:
    """Return ½r² where |r| ≤ δ, else δ(|r| − δ/2), for r = y − z: outliers pull no harder than δ."""
    size = ops.abs(y - z)
    terms = ops.where(size <= number, 0.5 * ops.square(size), number * (size - 0.5 * number))
    return terms, terms


def quantile(y: Any, z: Any, output: str, number: float) -> Terms:
    """Return q·r where r = y − z ≥ 0, else (q − 1)·r, whose least mean is at the quantile q."""
    residual = y - z
    terms = ops.maximum(number * residual, (number - 1.0) * residual)
    return terms, terms


LOSSES: dict[str, Callable[[Any, Any, str, float], Terms]] = {
    one.__name__: one for one in (log_loss, squared_error, poisson, absolute_error, huber, quantile)
}
