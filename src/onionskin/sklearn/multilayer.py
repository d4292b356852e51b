"""`MultilayerPerceptron`: what `MLPClassifier` and `MLPRegressor` share, scikit-learn's rules around a network."""

# ruff: noqa: N803, N806 - X is the name that scikit-learn gives to inputs

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from itertools import pairwise
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np

from onionskin.base import config
from onionskin.base.errors import require
from onionskin.sklearn.network import Network, Recipe, network_of
from onionskin.sklearn.updates import AdamState, SGDState

require("sklearn", "sklearn", "estimators")
from sklearn.base import BaseEstimator, _fit_context  # noqa: E402
from sklearn.utils import check_random_state  # noqa: E402
from sklearn.utils._param_validation import Interval, Options, StrOptions  # noqa: E402
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data  # noqa: E402

from onionskin.sklearn import lbfgs, stochastic  # noqa: E402

STOCHASTIC = ("sgd", "adam")


class MultilayerPerceptron(BaseEstimator, metaclass=ABCMeta):
    """A network of dense layers with scikit-learn's parameters; its subclasses say what is predicted."""

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "activation": [StrOptions({"identity", "logistic", "tanh", "relu"})],
        "solver": [StrOptions({"lbfgs", "sgd", "adam"})],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "learning_rate": [StrOptions({"constant", "invscaling", "adaptive"})],
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "power_t": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "tol": [Interval(Real, 0, None, closed="left")],
        "verbose": ["verbose"],
        "warm_start": ["boolean"],
        "momentum": [Interval(Real, 0, 1, closed="both")],
        "nesterovs_momentum": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="left")],
        "beta_1": [Interval(Real, 0, 1, closed="left")],
        "beta_2": [Interval(Real, 0, 1, closed="left")],
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left"), Options(Real, {np.inf})],
        "max_fun": [Interval(Integral, 1, None, closed="left")],
    }

    _others: Any = None  # numbers of the variables that are neither coefs_ nor intercepts_, in the network's order
    _best: Any = None  # all numbers at the best validation score

    # --- what subclasses say ---

    @abstractmethod
    def _validate_input(self, X: Any, y: Any, incremental: bool, reset: bool) -> tuple[Any, np.ndarray]:
        """Return checked inputs and targets, the targets as numbers that the outputs are compared with."""

    @abstractmethod
    def _output_activation(self) -> str:
        """Return the name of the last activation."""

    @abstractmethod
    def _score_of(self, outputs: np.ndarray, y: np.ndarray, weight: Any) -> float:
        """Return the score of outputs against targets; NaN where the outputs are not finite."""

    # --- training ---

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Fit the network to inputs and targets.

        Args:
            X: inputs (n, features), dense or sparse.
            y: targets (n,) or (n, outputs).
            sample_weight: of the samples (n,), None for all alike.

        Returns:
            The estimator itself.
        """
        return self._fit(X, y, sample_weight, incremental=False)

    def _fit(self, X: Any, y: Any, sample_weight: Any, incremental: bool) -> Any:
        sizes = self._hidden_sizes()
        first = not hasattr(self, "coefs_") or (not self.warm_start and not incremental)
        X, y = self._validate_input(X, y, incremental, reset=first)
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, X)
        y = y.reshape(-1, 1) if y.ndim == 1 else y
        self.n_outputs_ = y.shape[1]
        self._random_state = check_random_state(self.random_state)
        if first:
            self._start(X.shape[1], sizes, X.dtype)
        if self.solver == "lbfgs":
            lbfgs.train(self, self._network("float64"), X, y, sample_weight)
        else:
            self._fit_stochastic(X, y, sample_weight, incremental)
        if not all(np.isfinite(one).all() for one in (*self.coefs_, *self.intercepts_)):
            raise ValueError(
                "Solver produced non-finite parameter weights. The input data may contain large values and need to be"
                " preprocessed."
            )
        return self

    def _hidden_sizes(self) -> list[int]:
        given = self.hidden_layer_sizes
        sizes = list(given) if hasattr(given, "__iter__") else [given]
        if np.any(np.array(sizes) <= 0):
            raise ValueError(f"hidden_layer_sizes must be > 0, got {sizes}.")
        return [int(one) for one in sizes]

    def _start(self, features: int, sizes: list[int], dtype: Any) -> None:
        """Draw the first weights, uniform within Glorot's bound, and begin the histories."""
        units = [features, *sizes, self.n_outputs_]
        self.n_iter_, self.t_, self.n_layers_ = 0, 0, len(units)
        self.out_activation_ = self._output_activation()
        self._others = self._best = None
        self.coefs_: list[np.ndarray] = []
        self.intercepts_: list[np.ndarray] = []
        gain = 2.0 if self.activation == "logistic" else 6.0
        for into, out in pairwise(units):
            bound = np.sqrt(gain / (into + out))
            self.coefs_.append(self._random_state.uniform(-bound, bound, (into, out)).astype(dtype, copy=False))
            self.intercepts_.append(self._random_state.uniform(-bound, bound, out).astype(dtype, copy=False))
        if self.solver in STOCHASTIC:
            self.loss_curve_: list[float] = []
            self._no_improvement_count = 0
            self.best_loss_ = None if self.early_stopping else np.inf
            self.validation_scores_: list[float] | None = [] if self.early_stopping else None
            self.best_validation_score_ = -np.inf if self.early_stopping else None

    def _fit_stochastic(self, X: Any, y: np.ndarray, weight: Any, incremental: bool) -> None:
        network = self._network()
        if not incremental or not hasattr(self, "_optimizer"):
            shapes = [np.zeros(one.shape, one.dtype) for one in network.trained]
            if self.solver == "sgd":
                self._optimizer: Any = SGDState(
                    shapes, self.learning_rate_init, self.learning_rate, self.momentum, self.nesterovs_momentum,
                    self.power_t,
                )  # fmt: skip
            else:
                self._optimizer = AdamState(shapes, self.learning_rate_init, self.beta_1, self.beta_2, self.epsilon)
        if self.early_stopping and incremental:
            raise ValueError("partial_fit does not support early_stopping=True")
        held_out = None
        if self.early_stopping:
            (X, y, weight), held_out = stochastic.split(self, X, y, weight)
        dtype = network.recipe.dtype
        y = np.ascontiguousarray(y, dtype)
        weight = None if weight is None else np.ascontiguousarray(weight, dtype)
        stochastic.Training(self, network, X, y, weight, held_out).go(once=incremental)

    def _check_solver(self) -> bool:
        if self.solver not in STOCHASTIC:
            raise AttributeError(
                f"partial_fit is only available for stochastic optimizers. {self.solver} is not stochastic."
            )
        return True

    # --- the network ---

    def _recipe(self, dtype: str | None = None) -> Recipe:
        units = (self.coefs_[0].shape[0], *[one.shape[1] for one in self.coefs_])
        return Recipe(
            units=units,
            activations=(self.activation,) * (len(units) - 2),
            output=self.out_activation_,
            loss=self.loss,
            dtype=dtype or ("float32" if self.coefs_[0].dtype == np.float32 else "float64"),
        )

    def _network(self, dtype: str | None = None) -> Network:
        return network_of(self._recipe(dtype), config.engine())

    @property
    def model_(self) -> Any:
        """The network as a model of this library, with copies of the weights: to explain, draw, save or export."""
        check_is_fitted(self)
        network, model = self._network(), self._recipe().model("mlp")
        values = network.start(self.coefs_, self.intercepts_, self._others)
        model.set_weights([values[one] for one in network.model.weights])
        return model

    def _outputs(self, X: Any, check_input: bool = True) -> np.ndarray:
        """Return the network's outputs (n, outputs)."""
        if check_input:
            X = validate_data(self, X, accept_sparse=["csr", "csc"], reset=False)
        network = self._network()
        return network.predict(network.start(self.coefs_, self.intercepts_, self._others), X)

    def _loss_grad_lbfgs(self, packed: np.ndarray, X: Any, y: Any, sample_weight: Any = None, *_: Any) -> Any:
        """Return loss and packed gradient at packed weights; further arguments are scikit-learn's scratch arrays."""
        network = self._network("float64")
        values = network.start(self.coefs_, self.intercepts_, self._others)
        values[network.alpha] = np.array(self.alpha, np.float64)
        return lbfgs.objective(network, values, X, y, sample_weight)(packed)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "coefs_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
