"""`MLPClassifier`: a network that tells classes apart, with the interface of scikit-learn's."""

# ruff: noqa: N803, N806 - X is the name that scikit-learn gives to inputs

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from onionskin.base.errors import DataError, require
from onionskin.sklearn.multilayer import MultilayerPerceptron, parts_of

require("sklearn", "sklearn", "estimators")
from sklearn.base import ClassifierMixin, _fit_context  # noqa: E402
from sklearn.preprocessing import LabelBinarizer  # noqa: E402
from sklearn.utils import column_or_1d  # noqa: E402
from sklearn.utils._param_validation import StrOptions  # noqa: E402
from sklearn.utils.class_weight import compute_sample_weight  # noqa: E402
from sklearn.utils.metaestimators import available_if  # noqa: E402
from sklearn.utils.multiclass import _check_partial_fit_first_call, type_of_target, unique_labels  # noqa: E402
from sklearn.utils.validation import check_is_fitted, validate_data  # noqa: E402


class MLPClassifier(ClassifierMixin, MultilayerPerceptron):
    """Multi-layer perceptron that tells classes apart, by the smallest log-loss, with scikit-learn's interface.

    A class among several has the probability softmax(z), one of two, or one of several labels, 1/(1 + e^(−z)), where z
    is the output; small is made the mean of −log p, and the penalty. With the same `random_state` the weights are those
    of scikit-learn.

    Args:
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
        class_weight: label → weight of its samples, or "balanced" for n/(classes · samples of the class).

    Attributes (after `fit`, as in scikit-learn): classes_, coefs_, intercepts_, loss_, loss_curve_, best_loss_,
        validation_scores_, best_validation_score_, n_iter_, t_, n_layers_, n_outputs_, out_activation_,
        n_features_in_ and, for data frames, feature_names_in_. `model_` is the network as a model of this library.

    Raises:
        ValueError: from `fit`, in scikit-learn's words, for what cannot be trained on.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> x, y = load_iris(return_X_y=True)
        >>> MLPClassifier(learning_rate_init=0.01, random_state=0).fit(x, y).score(x, y) > 0.95
        True

    Source: the interface of sklearn.neural_network.MLPClassifier, scikit-learn 1.9.
    """

    def __init__(
        self,
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
        class_weight: Any = None,
    ) -> None:
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
        self.class_weight = class_weight

    loss = "log_loss"
    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **MultilayerPerceptron._parameter_constraints,
        "class_weight": [StrOptions({"balanced"}), dict, list, None],
    }

    @available_if(lambda self: self._check_solver())
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> MLPClassifier:
        """Go once over samples, from where the last call left off.

        Args:
            X: inputs (n, features), dense or sparse.
            y: labels (n,), or (n, classes) of 0 and 1.
            sample_weight: of the samples (n,), None for all alike.
            classes: all labels that any call will bring; needed at the first call.

        Returns:
            The estimator itself.
        """
        if _check_partial_fit_first_call(self, classes):
            self._label_binarizer = LabelBinarizer()
            self._label_binarizer.fit(y if type_of_target(y).startswith("multilabel") else classes)
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> np.ndarray:
        """Return the class of each sample.

        Args:
            X: inputs (n, features), dense or sparse.

        Returns:
            Labels (n,), or (n, classes) of 0 and 1 where a sample may have several.
        """
        check_is_fitted(self)
        return self._labels(self._outputs(X))

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of each class, in the order of `classes_`.

        Args:
            X: inputs (n, features), dense or sparse.

        Returns:
            Probabilities (n, classes).
        """
        check_is_fitted(self)
        outputs = self._outputs(X)
        return np.hstack([1 - outputs, outputs]) if self.n_outputs_ == 1 else outputs

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Return the logarithm of the probability of each class.

        Args:
            X: inputs (n, features), dense or sparse.

        Returns:
            Logarithms (n, classes).
        """
        found = self.predict_proba(X)
        return np.log(found, out=found)

    def _labels(self, outputs: np.ndarray) -> np.ndarray:
        return self._label_binarizer.inverse_transform(outputs.ravel() if self.n_outputs_ == 1 else outputs)

    def _output_activation(self) -> str:
        return "softmax" if self._label_binarizer.y_type_ == "multiclass" else "logistic"

    def _score_of(self, outputs: np.ndarray, y: np.ndarray, weight: Any) -> float:
        if self.out_activation_ == "softmax":
            right = outputs.argmax(1) == y.argmax(1)
        else:
            right = ((outputs > 0.5) == (y > 0.5)).all(1)
        return float(np.average(right, weights=weight))

    def _validate_input(self, X: Any, y: Any, incremental: bool, reset: bool) -> tuple[Any, np.ndarray]:
        X, y = validate_data(
            self, X, y, accept_sparse=["csr", "csc"], multi_output=True, dtype=(np.float64, np.float32), reset=reset
        )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if not hasattr(self, "classes_") or (not self.warm_start and not incremental):
            self._label_binarizer = LabelBinarizer().fit(y)
            self.classes_ = self._label_binarizer.classes_
        else:
            self._check_known(unique_labels(y))
        return X, self._codes(y)

    def _codes(self, y: Any) -> np.ndarray:
        """Return labels that are known as columns of 0 and 1: one for each class, a single one for two classes."""
        if getattr(y, "ndim", 2) != 1:
            return self._label_binarizer.transform(y)
        places = np.searchsorted(self.classes_, y)
        return places.reshape(-1, 1) if len(self.classes_) <= 2 else np.eye(len(self.classes_))[places]

    def _held_out(self, given: Any) -> tuple[Any, np.ndarray, Any]:
        X, y, weight = parts_of(given)
        X, y = validate_data(self, X, y, accept_sparse=["csr", "csc"], multi_output=True, reset=False)
        unknown = np.setdiff1d(unique_labels(y), self.classes_)
        if len(unknown):
            raise DataError(
                "it has labels that the training data has not.",
                where="validation_data",
                expected=self.classes_,
                given=unknown,
            )
        return X, self._codes(column_or_1d(y) if y.ndim == 2 and y.shape[1] == 1 else y), weight

    def _weights_of(self, y: Any, weight: Any, incremental: bool) -> Any:
        if self.class_weight is None:
            return weight
        if incremental and self.class_weight == "balanced":
            raise ValueError(
                "class_weight 'balanced' is not supported for partial_fit. In order to use 'balanced' weights, use "
                "compute_class_weight('balanced', classes=classes, y=y) over all samples, and pass the result as the "
                "class_weight parameter."
            )
        own = compute_sample_weight(self.class_weight, y)
        return own if weight is None else own * weight

    def _check_known(self, classes: np.ndarray) -> None:
        """Check the classes of a further call against those of the first."""
        if self.warm_start and set(classes) != set(self.classes_):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the previous call to fit. "
                f"Previously got {self.classes_}, `y` has {classes}"
            )
        if not self.warm_start and len(np.setdiff1d(classes, self.classes_, assume_unique=True)):
            raise ValueError(
                f"`y` has classes not in `self.classes_`. `self.classes_` has {self.classes_}. 'y' has {classes}."
            )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
