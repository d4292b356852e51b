"""`MultilayerPerceptron`: what `MLPClassifier` and `MLPRegressor` share, scikit-learn's rules around a network."""

# ruff: noqa: N803, N806 - X is the name that scikit-learn gives to inputs

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from itertools import pairwise
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np

from onionskin.activations.lookup import ACTIVATIONS
from onionskin.activations.lookup import get as known_activation
from onionskin.base import config
from onionskin.base.errors import ArgumentError, DataError, require
from onionskin.callbacks import Callback
from onionskin.sklearn.network import HIDDEN, Network, Recipe, network_of
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
        "activation": [StrOptions({*HIDDEN, *ACTIVATIONS}), callable, "array-like"],
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
        "dropout": [Interval(Real, 0, 1, closed="left"), "array-like"],
        "normalization": [StrOptions({"batch", "layer"}), None],
        "callbacks": [list, tuple, Callback, None],
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
    def fit(self, X: Any, y: Any, sample_weight: Any = None, validation_data: Any = None) -> Any:
        """Fit the network to inputs and targets.

        Args:
            X: inputs (n, features), dense or sparse.
            y: targets (n,) or (n, outputs).
            sample_weight: of the samples (n,), None for all alike.
            validation_data: (X, y) or (X, y, sample_weight) of one's own to take `validation_scores_` on after each
                epoch; with `early_stopping`, in place of a part of the samples.

        Returns:
            The estimator itself.
        """
        return self._fit(X, y, sample_weight, incremental=False, validation_data=validation_data)

    def _fit(self, X: Any, y: Any, sample_weight: Any, incremental: bool, validation_data: Any = None) -> Any:
        sizes = self._hidden_sizes()
        self._check_extras(len(sizes), validation_data)
        given = y
        first = not hasattr(self, "coefs_") or (not self.warm_start and not incremental)
        X, y = self._validate_input(X, y, incremental, reset=first)
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, X)
        sample_weight = self._weights_of(given, sample_weight, incremental)
        y = y.reshape(-1, 1) if y.ndim == 1 else y
        self.n_outputs_ = y.shape[1]
        self._random_state = check_random_state(self.random_state)
        if first:
            self._start(X.shape[1], sizes, X.dtype)
        if self.solver == "lbfgs":
            lbfgs.train(self, self._network("float64"), X, y, sample_weight)
        else:
            held_out = None if validation_data is None else self._checked_held_out(validation_data)
            self._fit_stochastic(X, y, sample_weight, incremental, held_out)
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
        activations = self._activations(len(sizes))
        for (into, out), activation in zip(pairwise(units), (*activations, activations[-1]), strict=True):
            bound = np.sqrt((2.0 if activation in ("logistic", "sigmoid") else 6.0) / (into + out))
            self.coefs_.append(self._random_state.uniform(-bound, bound, (into, out)).astype(dtype, copy=False))
            self.intercepts_.append(self._random_state.uniform(-bound, bound, out).astype(dtype, copy=False))
        if self.dropout or self.normalization:
            self._others = self._network().draw_others(self._random_state)
        if self.solver in STOCHASTIC:
            self.loss_curve_: list[float] = []
            self._no_improvement_count = 0
            self.best_loss_ = None if self.early_stopping else np.inf
            self.validation_scores_: list[float] | None = [] if self.early_stopping else None
            self.best_validation_score_ = -np.inf if self.early_stopping else None

    def _fit_stochastic(self, X: Any, y: np.ndarray, weight: Any, incremental: bool, held_out: Any) -> None:
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
        if self.early_stopping and held_out is None:
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

    # --- what scikit-learn's have not ---

    def _weights_of(self, y: Any, weight: Any, incremental: bool) -> Any:
        """Return the weights of the samples, with those of their classes where there are any."""
        return weight

    def _loss_number(self) -> float:
        """Return what the loss depends on besides, such as the quantile."""
        return 0.0

    @abstractmethod
    def _held_out(self, given: Any) -> tuple[Any, np.ndarray, Any]:
        """Return the user's own validation data, checked: inputs, targets (n, outputs) and weights."""

    def _checked_held_out(self, given: Any) -> tuple[Any, np.ndarray, Any]:
        X, y, weight = self._held_out(given)
        if y.shape[1] != self.n_outputs_:
            raise DataError(
                "its targets have another number of outputs.",
                where="validation_data",
                expected=self.n_outputs_,
                given=y.shape[1],
            )
        return X, y, None if weight is None else _check_sample_weight(weight, X)

    def _activations(self, count: int) -> tuple[Any, ...]:
        return per_layer(self.activation, count, "activation")

    def _check_extras(self, count: int, validation_data: Any) -> None:
        """Check the arguments that scikit-learn's estimators have not."""
        for one in self._activations(count):
            if one not in HIDDEN:
                known_activation(one)
        for share in per_layer(self.dropout, count, "dropout"):
            if not 0 <= share < 1:
                raise ArgumentError(
                    "the share that is dropped is from 0 to below 1.", where="dropout", given=repr(share)
                )
        if self.solver == "lbfgs":
            for name, given in (
                ("dropout", self.dropout),
                ("normalization='batch'", self.normalization == "batch"),
                ("callbacks", self.callbacks),
                ("validation_data", validation_data is not None),
            ):
                if given:
                    raise ArgumentError(
                        f"{name} works with steps over batches, which the solver 'lbfgs' does not take.",
                        where=type(self).__name__,
                        fix="solver='adam' or 'sgd'",
                    )

    # --- the network ---

    def _recipe(self, dtype: str | None = None) -> Recipe:
        units = (self.coefs_[0].shape[0], *[one.shape[1] for one in self.coefs_])
        return Recipe(
            units=units,
            activations=self._activations(len(units) - 2),
            output=self.out_activation_,
            loss=self.loss,
            dtype=dtype or ("float32" if self.coefs_[0].dtype == np.float32 else "float64"),
            dropout=per_layer(self.dropout, len(units) - 2, "dropout") if self.dropout else (),
            normalization=self.normalization,
            number=self._loss_number(),
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


def parts_of(validation_data: Any) -> tuple[Any, Any, Any]:
    """Return inputs, targets and weights, None where there are none.

    Raises:
        DataError: it is no tuple of two or three.
    """
    if not isinstance(validation_data, tuple | list) or len(validation_data) not in (2, 3):
        raise DataError(
            "it is inputs and targets, with weights of the samples or without.",
            where="validation_data",
            expected="(X, y) or (X, y, sample_weight)",
            given=type(validation_data).__name__,
        )
    return (*validation_data, None)[:3]


def per_layer(given: Any, count: int, name: str) -> tuple[Any, ...]:
    """Return one of a setting for each hidden layer, from one for all or a list.

    Raises:
        ArgumentError: the list is of another length.

    Example:
        >>> per_layer("relu", 2, "activation"), per_layer([0.5, 0], 2, "dropout")
        (('relu', 'relu'), (0.5, 0))
    """
    if isinstance(given, str) or callable(given) or not hasattr(given, "__iter__"):
        return (given,) * count
    if len(given) != count:
        raise ArgumentError(
            "a list says one for each hidden layer.", where=name, expected=f"{count} of them", given=len(given)
        )
    return tuple(given)
