"""What scikit-learn's networks have not: dropout, any activation, class weights, normalisation, losses, callbacks."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn import neural_network
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression, QuantileRegressor
from sklearn.preprocessing import scale
from sklearn.utils.class_weight import compute_sample_weight

from onionskin import callbacks
from onionskin.base.errors import DataError
from onionskin.sklearn import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, Y = scale(load_iris().data), load_iris().target
CANCER = scale(load_breast_cancer().data), load_breast_cancer().target
DIABETES = load_diabetes().data * 10, scale(load_diabetes().target)


def test_their_parameters_and_defaults_are_ours_too():
    for ours, theirs in ((MLPClassifier, neural_network.MLPClassifier), (MLPRegressor, neural_network.MLPRegressor)):
        own = ours().get_params()
        assert {name: own[name] for name in theirs().get_params()} == theirs().get_params()


def test_any_activation_and_one_for_each_layer():
    named = MLPClassifier((8, 6), ["gelu", "tanh"], random_state=0, max_iter=30).fit(X, Y)
    x = X @ named.coefs_[0] + named.intercepts_[0]
    from scipy.stats import norm

    x = np.tanh((x * norm.cdf(x)) @ named.coefs_[1] + named.intercepts_[1])
    z = x @ named.coefs_[2] + named.intercepts_[2]
    expected = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    np.testing.assert_allclose(named.predict_proba(X), expected, rtol=1e-6)
    same = MLPClassifier((8, 6), ["relu", "relu"], random_state=0, max_iter=30).fit(X, Y)
    np.testing.assert_array_equal(
        same.coefs_[0], MLPClassifier((8, 6), random_state=0, max_iter=30).fit(X, Y).coefs_[0]
    )


def test_dropout_is_of_training_only_and_follows_random_state():
    fits = [MLPClassifier(dropout=0.5, random_state=seed, max_iter=30).fit(X, Y) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(fits[0].coefs_[0], fits[1].coefs_[0])
    assert np.abs(fits[0].coefs_[0] - fits[2].coefs_[0]).max() > 0.01
    np.testing.assert_array_equal(fits[0].predict_proba(X), fits[0].predict_proba(X))
    plain = neural_network.MLPClassifier(random_state=0)  # the same network without dropout, on the same weights
    plain.fit(X, Y)
    plain.coefs_, plain.intercepts_ = fits[0].coefs_, fits[0].intercepts_
    np.testing.assert_allclose(fits[0].predict_proba(X), plain.predict_proba(X), rtol=1e-10)
    assert fits[0].loss_ > MLPClassifier(random_state=0, max_iter=30).fit(X, Y).loss_
    layers = [type(layer).__name__ for layer in fits[0].model_.layers]
    assert layers == ["Dense", "Activation", "Dropout", "Dense", "Activation"]


def test_dropout_goes_on_with_new_masks():
    one = MLPRegressor(dropout=[0.5], random_state=0).partial_fit(*DIABETES)
    seed = one._others[0].copy()
    one.partial_fit(*DIABETES)
    assert not np.array_equal(one._others[0], seed)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(one))._others[0], one._others[0])


@pytest.mark.parametrize("kind", ["batch", "layer"])
def test_normalisation_is_of_the_model_too(kind):
    one = MLPClassifier(normalization=kind, random_state=0, max_iter=100).fit(CANCER[0] * 1000, CANCER[1])
    assert one.score(CANCER[0] * 1000, CANCER[1]) > 0.95
    np.testing.assert_allclose(
        np.asarray(one.model_(CANCER[0] * 1000))[:, 0], one.predict_proba(CANCER[0] * 1000)[:, 1]
    )
    assert len(one.model_.get_weights()) == {"batch": 8, "layer": 6}[kind]


def test_weights_of_classes_are_weights_of_samples():
    for given in ("balanced", {0: 1.0, 1: 5.0}):
        own = MLPClassifier(class_weight=given, random_state=0, max_iter=20).fit(*CANCER)
        theirs = neural_network.MLPClassifier(random_state=0, max_iter=20)
        theirs.fit(*CANCER, compute_sample_weight(given, CANCER[1]))
        np.testing.assert_allclose(own.coefs_[0], theirs.coefs_[0], rtol=1e-7, atol=1e-9)
    with pytest.raises(ValueError, match="class_weight 'balanced' is not supported for partial_fit"):
        MLPClassifier(class_weight="balanced").partial_fit(*CANCER, classes=[0, 1])


def linear(loss: str, **settings) -> np.ndarray:
    """Predictions of a network that is one line, trained to the end."""
    one = MLPRegressor(
        loss, (1,), "identity", alpha=0, random_state=0, max_iter=4000, tol=0, learning_rate_init=0.01,
        batch_size=442, n_iter_no_change=100, **settings,
    )  # fmt: skip
    return one.fit(*DIABETES).predict(DIABETES[0])


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_quantile_loss_reaches_the_least_of_linear_programming(share):
    theirs = QuantileRegressor(quantile=share, alpha=0).fit(*DIABETES).predict(DIABETES[0])
    losses = []
    for found in (linear("quantile", quantile=share), theirs):
        residual = DIABETES[1] - found
        losses.append(np.maximum(share * residual, (share - 1) * residual).mean())
    assert losses[1] <= losses[0] + 1e-12
    assert losses[0] < 1.01 * losses[1], losses
    if share == 0.5:
        np.testing.assert_allclose(linear("absolute_error"), linear("quantile"), atol=0.05)


def test_huber_loss_is_least_where_its_slope_is_zero():
    found = linear("huber", huber_delta=0.3)
    pull = np.clip(DIABETES[1] - found, -0.3, 0.3)
    np.testing.assert_allclose(pull.mean(), 0, atol=2e-3)
    np.testing.assert_allclose(DIABETES[0].T @ pull / len(pull), 0, atol=2e-3)


@pytest.mark.parametrize(("loss", "number"), [("absolute_error", {}), ("huber", {"huber_delta": 0.7})])
def test_reported_loss_is_the_mean_over_outputs(loss, number):
    y = np.c_[DIABETES[1], 2 * DIABETES[1]]
    one = MLPRegressor(loss, random_state=0, max_iter=1, batch_size=442, alpha=0, **number)
    first = MLPRegressor(loss, random_state=0, max_iter=1, batch_size=442, learning_rate_init=1e-300, **number)
    size = np.abs(y - first.fit(DIABETES[0], y).predict(DIABETES[0]))  # of the weights that training starts from
    expected = size if loss == "absolute_error" else np.where(size <= 0.7, size**2 / 2, 0.7 * (size - 0.35))
    np.testing.assert_allclose(one.fit(DIABETES[0], y).loss_, expected.mean(), rtol=1e-9)


def test_validation_data_of_ones_own():
    train, held = (CANCER[0][:400], CANCER[1][:400]), (CANCER[0][400:], CANCER[1][400:])
    watched = MLPClassifier(random_state=0, max_iter=15).fit(*train, validation_data=held)
    plain = MLPClassifier(random_state=0, max_iter=15).fit(*train)
    np.testing.assert_array_equal(watched.coefs_[0], plain.coefs_[0])  # it is only watched
    assert len(watched.validation_scores_) == 15
    assert watched.validation_scores_[-1] == watched.score(*held)
    stopped = MLPClassifier(random_state=0, early_stopping=True, n_iter_no_change=3).fit(*train, validation_data=held)
    assert stopped.n_iter_ < 200
    assert stopped.score(*held) == stopped.best_validation_score_ == max(stopped.validation_scores_)


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (MLPClassifier, (X, Y + 1), "validation_data: it has labels that the training data has not.\n"
         "  expected: [0 1 2]\n  given:    [3]"),
        (MLPClassifier, X, "validation_data: it is inputs and targets, with weights of the samples or without.\n"
         "  expected: (X, y) or (X, y, sample_weight)\n  given:    ndarray"),
        (MLPRegressor, (X, np.c_[Y, Y]), "validation_data: its targets have another number of outputs.\n"
         "  expected: 1\n  given:    2"),
    ],
)  # fmt: skip
def test_bad_validation_data_is_named(kind, given, expected):
    with pytest.raises(DataError) as caught:
        kind().fit(X, Y, validation_data=given)
    assert str(caught.value) == expected


class Notes(callbacks.Callback):
    """Notes what it is told, and how large the weights are then."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[str] = []
        self.sizes: list[float] = []

    def on_train_begin(self, logs=None):
        self.notes.append("begin")

    def on_epoch_end(self, epoch, logs=None):
        self.notes.append(f"epoch {epoch}: {sorted(logs)}")
        self.sizes.append(float(np.abs(self.model.get_weights()[0]).sum()))

    def on_train_batch_end(self, batch, logs=None):
        self.notes.append(f"batch {batch}")

    def on_train_end(self, logs=None):
        self.notes.append("end")


def test_callbacks_hear_of_epochs_and_batches():
    notes = Notes()
    one = MLPClassifier(callbacks=[notes], random_state=0, max_iter=2).fit(*CANCER)
    epoch = ["batch 0", "batch 1", "batch 2"]
    assert notes.notes == ["begin", *epoch, "epoch 0: ['loss']", *epoch, "epoch 1: ['loss']", "end"]
    np.testing.assert_allclose(notes.sizes[-1], np.abs(one.coefs_[0]).sum(), rtol=1e-12)
    plain = MLPClassifier(random_state=0, max_iter=2).fit(*CANCER)
    np.testing.assert_array_equal(one.coefs_[0], plain.coefs_[0])
    assert clone(one).callbacks[0].notes == notes.notes


def test_callbacks_stop_and_put_back_the_best_weights():
    stop = callbacks.EarlyStopping("val_score", mode="max", patience=3, restore_best_weights=True)
    one = MLPClassifier(callbacks=[stop], random_state=0)
    one.fit(CANCER[0][:400], CANCER[1][:400], validation_data=(CANCER[0][400:], CANCER[1][400:]))
    assert one.n_iter_ < 200
    assert one.score(CANCER[0][400:], CANCER[1][400:]) == max(one.validation_scores_)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"dropout": 1.5}, "The 'dropout' parameter of MLPClassifier must be a float in the range [0.0, 1.0) or an "
         "array-like. Got 1.5 instead."),
        ({"dropout": [1.5]}, "dropout: the share that is dropped is from 0 to below 1.\n  given:    1.5"),
        ({"dropout": [0.1, 0.2]}, "dropout: a list says one for each hidden layer.\n"
         "  expected: 1 of them\n  given:    2"),
        ({"dropout": 0.5, "solver": "lbfgs"}, "MLPClassifier: dropout works with steps over batches, which the solver "
         "'lbfgs' does not take.\n  to fix:   solver='adam' or 'sgd'"),
    ],
)  # fmt: skip
def test_bad_settings_are_named(settings, expected):
    with pytest.raises(ValueError, match="dropout") as caught:
        MLPClassifier(**settings).fit(X, Y)
    assert str(caught.value) == expected


def test_an_unknown_activation_is_named():
    with pytest.raises(ValueError, match="The 'activation' parameter of MLPClassifier must be a str among"):
        MLPClassifier(activation="rleu").fit(X, Y)
    with pytest.raises(ValueError, match="did you mean 'relu'"):
        MLPClassifier(activation=["rleu"]).fit(X, Y)


def test_layer_normalisation_trains_by_lbfgs_too():
    one = MLPClassifier(normalization="layer", solver="lbfgs", random_state=0, hidden_layer_sizes=5).fit(X, Y)
    assert one.score(X, Y) >= LogisticRegression().fit(X, Y).score(X, Y)
