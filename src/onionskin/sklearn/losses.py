"""The losses of the estimators, from targets and the values before the last activation, so that none overflows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from onionskin import ops

Terms = tuple[Any, Any]  # of each output of each sample: what is made small, and what is reported


def log_loss(y: Any, z: Any, output: str) -> Terms:
    """Return −log p of the true class: −Σ y·log softmax(z), or softplus(z) − y·z for each output of its own.

    Reported are probabilities of at least the dtype's precision, as scikit-learn does.
    """
    most = float(-np.log(np.finfo(z.dtype).eps))
    terms = ops.softplus(z) - y * z if output == "logistic" else -(y * ops.log_softmax(z))
    return terms, ops.minimum(terms, most)


def squared_error(y: Any, z: Any, output: str) -> Terms:
    """Return ½(y − z)²."""
    terms = ops.square(y - z) * 0.5
    return terms, terms


def poisson(y: Any, z: Any, output: str) -> Terms:
    """Return half the Poisson deviance y·log(y/p) − y + p, where p = exp(z)."""
    tiny = float(np.finfo(z.dtype).tiny)
    terms = ops.exp(z) - y * z + y * ops.log(ops.maximum(y, tiny)) - y
    return terms, terms


LOSSES: dict[str, Callable[[Any, Any, str], Terms]] = {
    "log_loss": log_loss,
    "squared_error": squared_error,
    "poisson": poisson,
}
