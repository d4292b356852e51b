"""`MLPRegressor`: a network that predicts numbers, with the interface of scikit-learn's."""

# ruff: noqa: N803, N806 - X is the name that scikit-learn gives to inputs

from __future__ import annotations

from numbers import Real
from typing import Any, ClassVar

import numpy as np

from onionskin.base.errors import require
from onionskin.sklearn.losses import LOSSES
from onionskin.sklearn.multilayer import MultilayerPerceptron, parts_of

require("sklearn", "sklearn", "estimators")
from sklearn.base import RegressorMixin, _fit_context  # noqa: E402
from sklearn.metrics import r2_score  # noqa: E402
from sklearn.utils import column_or_1d  # noqa: E402
from sklearn.utils._param_validation import Interval, StrOptions  # noqa: E402
from sklearn.utils.metaestimators import available_if  # noqa: E402
from sklearn.utils.validation import check_is_fitted, validate_data  # noqa: E402


class MLPRegressor(RegressorMixin, MultilayerPerceptron):
    """Multi-layer perceptron that predicts numbers, by the smallest squared error, with scikit-learn's interface."""

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **MultilayerPerceptron._parameter_constraints,
        "loss": [StrOptions({name for name in LOSSES if name != "log_loss"})],
        "huber_delta": [Interval(Real, 0, None, closed="neither")],
        "quantile": [Interval(Real, 0, 1, closed="neither")],
    }

    def __init__(
        self,
        loss: str = "squared_error",
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: Any = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: Any = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: Any = 10,
        max_fun: int = 15000,
        dropout: Any = 0.0,
        normalization: str | None = None,
        callbacks: Any = None,
        huber_delta: float = 1.0,
        quantile: float = 0.5,
    ) -> None:
        self.loss = loss
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun
        self.dropout = dropout
        self.normalization = normalization
        self.callbacks = callbacks
        self.huber_delta = huber_delta
        self.quantile = quantile

    @available_if(lambda self: self._check_solver())
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> MLPRegressor:
        """Go once over samples, from where the last call left off.

        Args:
            X: inputs (n, features), dense or sparse.
            y: targets (n,) or (n, outputs).
            sample_weight: of the samples (n,), None for all alike.

        Returns:
            The estimator itself.
        """
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> np.ndarray:
        """Return the predicted number of each sample.

        Args:
            X: inputs (n, features), dense or sparse.

        Returns:
            Numbers (n,), or (n, outputs) where there are several.
        """
        check_is_fitted(self)
        outputs = self._outputs(X)
        return outputs.ravel() if outputs.shape[1] == 1 else outputs

    def _output_activation(self) -> str:
        return "exp" if self.loss == "poisson" else "identity"

    def _loss_number(self) -> float:
        return {"huber": float(self.huber_delta), "quantile": float(self.quantile)}.get(self.loss, 0.0)

    def _held_out(self, given: Any) -> tuple[Any, np.ndarray, Any]:
        X, y, weight = parts_of(given)
        X, y = validate_data(self, X, y, accept_sparse=["csr", "csc"], multi_output=True, y_numeric=True, reset=False)
        return X, y.reshape(len(y), -1), weight

    def _score_of(self, outputs: np.ndarray, y: np.ndarray, weight: Any) -> float:
        if not np.isfinite(outputs).all():
            return float("nan")
        return float(r2_score(y, outputs, sample_weight=weight))

    def _validate_input(self, X: Any, y: Any, incremental: bool, reset: bool) -> tuple[Any, np.ndarray]:
        X, y = validate_data(
            self, X, y, accept_sparse=["csr", "csc"], multi_output=True, y_numeric=True,
            dtype=(np.float64, np.float32), reset=reset,
        )  # fmt: skip
        return X, column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y
