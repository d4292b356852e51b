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
    """Multi-layer perceptron that predicts numbers, by the smallest squared error, with scikit-learn's interface.

    With the same `random_state` the weights are those of scikit-learn; only "lbfgs" with several outputs differs, since
    here it follows one loss, the sum over the outputs, whose slope scikit-learn takes too.

    Args:
        loss: "squared_error", ½(y − p)²; "poisson", half its deviance with p = e^z; "absolute_error", |y − p|; "huber";
            or "quantile".
        hidden_layer_sizes: units of each hidden layer, a list of whole numbers or one.
        activation: of the hidden layers: "identity", "logistic", "tanh", "relu", another name or function of
            `onionskin.activations`, or a list with one for each layer.
        solver: "adam", "sgd" or "lbfgs" (SciPy's, over all samples at a time).
        alpha: strength of the penalty α/(2n)·Σw² on the weights, where n is the number of samples of a step.
        batch_size: samples of a step of "adam" and "sgd"; "auto" for 200, or all where there are fewer.
        learning_rate: of "sgd": "constant"; "invscaling", divided by (samples seen + 1)^power_t; or "adaptive",
            divided by 5 whenever training makes no progress.
        learning_rate_init: step size of "adam" and "sgd" to begin with.
        power_t: exponent of "invscaling".
        max_iter: most epochs, or iterations of "lbfgs".
        shuffle: whether each epoch has an order of its own.
        random_state: seed of weights, orders and the part that is held out; None for another each time.
        tol: how much better loss or score has to become to count as progress; of "lbfgs", the largest slope at the end.
        verbose: whether to print the loss of each epoch.
        warm_start: whether `fit` goes on from the last weights.
        momentum: share of the last step that is taken again, of "sgd".
        nesterovs_momentum: whether the slope is that from where the momentum leads.
        early_stopping: hold out a part of the samples, end when its score makes no progress, and keep the best weights.
        validation_fraction: share that is held out.
        beta_1: share of the running mean of slopes that is kept, of "adam".
        beta_2: likewise, of their squares.
        epsilon: added to the root of the latter.
        n_iter_no_change: epochs without progress before training ends.
        max_fun: most evaluations of "lbfgs".
        dropout: share of each hidden layer's outputs that is silenced in training; or a list, one for each layer.
        normalization: "batch" or "layer", before each hidden activation.
        callbacks: callbacks of this library; they are given the network as a model, and stop training by
            `self.model.stop_training = True`. Rates are the solver's: callbacks do not change them.
        huber_delta: residuals above it pull no harder, of the loss "huber".
        quantile: which one is predicted, of the loss "quantile".

    Attributes (after `fit`, as in scikit-learn): coefs_, intercepts_, loss_, loss_curve_, best_loss_,
        validation_scores_, best_validation_score_, n_iter_, t_, n_layers_, n_outputs_, out_activation_,
        n_features_in_ and, for data frames, feature_names_in_. `model_` is the network as a model of this library.

    Raises:
        ValueError: from `fit`, in scikit-learn's words, for what cannot be trained on.

    Example:
        >>> from sklearn.datasets import make_regression
        >>> x, y = make_regression(100, 3, random_state=0)
        >>> one = MLPRegressor(learning_rate_init=0.01, max_iter=1000, tol=1e-3, random_state=0)
        >>> one.fit(x, y / y.std()).score(x, y / y.std()) > 0.95
        True

    Source: the interface of sklearn.neural_network.MLPRegressor, scikit-learn 1.9.
    """

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
