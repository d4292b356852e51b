"""Training an estimator by "lbfgs": SciPy's L-BFGS-B on the compiled loss and gradient over all samples."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import require
from onionskin.sklearn.network import Network

optimize = require("scipy.optimize", "sklearn", "estimators")


def packed(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Return arrays as one vector, in float64."""
    return np.concatenate([np.ravel(one) for one in arrays]).astype(np.float64, copy=False)


def unpacked(vector: np.ndarray, like: Sequence[Any]) -> list[np.ndarray]:
    """Return the arrays in a vector, of the shapes of others.

    Example:
        >>> [one.shape for one in unpacked(np.arange(5.0), [np.zeros((2, 2)), np.zeros(1)])]
        [(2, 2), (1,)]
    """
    ends = np.cumsum([int(np.prod(one.shape)) for one in like])[:-1]
    return [part.reshape(one.shape) for part, one in zip(np.split(vector, ends), like, strict=True)]


def objective(
    network: Network, values: dict[Any, Any], x: Any, y: Any, weight: Any
) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """Return the function packed weights → (loss, packed gradient) over samples.

    Args:
        network: of a float64 recipe.
        values: numbers of its variables; those that are trained are taken from the vector instead.
        x: inputs (n, features), dense or sparse.
        y: targets (n, outputs).
        weight: of the samples, or None.
    """
    program = network.slope(x.shape[0], weight is not None)
    dense = x if isinstance(x, np.ndarray) else x.toarray()
    columns = [np.ascontiguousarray(one, np.float64) for one in (dense, y, *([] if weight is None else [weight]))]
    variables, changed = program.pure.variables, len(program.pure.changed)
    values = {one: np.asarray(value, one.dtype) for one, value in values.items()}  # of an estimator of float32, too

    def value_and_slope(vector: np.ndarray) -> tuple[float, np.ndarray]:
        own = dict(zip(network.trained, unpacked(vector, network.trained), strict=True))
        given = [own[one] if one in own else values[one] for one in variables]
        results = program.program(*given, *columns)[changed:]
        return float(results[0]), packed(results[1:])

    return value_and_slope


def train(estimator: Any, network: Network, x: Any, y: Any, weight: Any) -> None:
    """Fit the weights of an estimator; its `n_iter_` and `loss_` are set."""
    sklearn_warning = require("sklearn.exceptions", "sklearn", "estimators").ConvergenceWarning
    values = network.start(estimator.coefs_, estimator.intercepts_, estimator._others)
    values[network.alpha] = np.array(estimator.alpha)
    found = optimize.minimize(
        objective(network, values, x, y, weight),
        packed([values[one] for one in network.trained]),
        method="L-BFGS-B",
        jac=True,
        options={"maxfun": estimator.max_fun, "maxiter": estimator.max_iter, "gtol": estimator.tol},
    )
    estimator.n_iter_, estimator.loss_ = min(int(found.nit), estimator.max_iter), found.fun
    if found.status != 0:
        more = "" if estimator.n_iter_ != estimator.max_iter else (
            f"\nIncrease the number of iterations to improve the convergence (max_iter={estimator.max_iter})."
        )  # fmt: skip
        warnings.warn(
            f"lbfgs failed to converge after {estimator.n_iter_} iteration(s) (status={found.status}):\n"
            f"{found.message}\n{more}\nYou might also want to scale the data as shown in:\n"
            "    https://scikit-learn.org/stable/modules/preprocessing.html",
            sklearn_warning,
            stacklevel=2,
        )
    values.update(zip(network.trained, unpacked(found.x, network.trained), strict=True))
    dtype = estimator.coefs_[0].dtype
    estimator.coefs_ = [values[one].astype(dtype) for one in network.kernels]
    estimator.intercepts_ = [values[one].astype(dtype) for one in network.biases]
    estimator._others = [values[one].astype(dtype) if one.trainable else values[one] for one in network.others]
