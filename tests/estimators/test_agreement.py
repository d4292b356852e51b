"""The estimators against scikit-learn's own: with the same random_state the same weights, losses and scores."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from sklearn import neural_network
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, make_multilabel_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

import onionskin.sklearn
from onionskin import callbacks

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

IRIS = scale(load_iris().data), load_iris().target
CANCER = scale(load_breast_cancer().data), load_breast_cancer().target
DIABETES = load_diabetes().data * 10, scale(load_diabetes().target)
TWO = DIABETES[0], np.c_[DIABETES[1], DIABETES[1] ** 2]
COUNTS = DIABETES[0], np.round(np.exp(DIABETES[1]))
LABELS = make_multilabel_classification(n_samples=80, random_state=0)
WORDS = IRIS[0], np.array(["one", "two", "three"], dtype=object)[IRIS[1]]

CASES: list[tuple[str, tuple[Any, Any], dict[str, Any]]] = [
    ("MLPClassifier", IRIS, {}),
    ("MLPClassifier", WORDS, {"solver": "sgd", "learning_rate_init": 0.05, "hidden_layer_sizes": (7, 5)}),
    ("MLPClassifier", CANCER, {"activation": "logistic", "alpha": 0.5, "max_iter": 40}),
    ("MLPClassifier", CANCER, {"activation": "tanh", "batch_size": 64, "max_iter": 20, "shuffle": False}),
    ("MLPClassifier", CANCER, {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.3, "max_iter": 30}),
    ("MLPClassifier", CANCER, {"solver": "sgd", "learning_rate": "adaptive", "tol": 0.01, "learning_rate_init": 0.1}),
    ("MLPClassifier", CANCER, {"solver": "sgd", "nesterovs_momentum": False, "momentum": 0.5, "max_iter": 30}),
    ("MLPClassifier", CANCER, {"early_stopping": True, "tol": 1e-3}),
    ("MLPClassifier", CANCER, {"early_stopping": True, "solver": "sgd", "learning_rate": "adaptive", "tol": 0.02}),
    ("MLPClassifier", LABELS, {"activation": "identity", "max_iter": 60}),
    ("MLPClassifier", LABELS, {"early_stopping": True, "max_iter": 60}),
    ("MLPRegressor", DIABETES, {"beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-4, "max_iter": 60}),
    ("MLPRegressor", DIABETES, {"early_stopping": True, "learning_rate_init": 0.01}),
    ("MLPRegressor", TWO, {"solver": "sgd", "learning_rate_init": 0.01, "max_iter": 80}),
    ("MLPRegressor", COUNTS, {"loss": "poisson", "max_iter": 60}),
]


def both(name: str, settings: dict[str, Any], seed: int = 3) -> tuple[Any, Any]:
    """Return scikit-learn's estimator and ours, of equal settings."""
    kinds = getattr(neural_network, name), getattr(onionskin.sklearn, name)
    return tuple(kind(random_state=seed, **settings) for kind in kinds)  # type: ignore[return-value]


def assert_equal_fits(theirs: Any, ours: Any, x: Any, rtol: float = 1e-7) -> None:
    for name in ("n_iter_", "t_", "n_layers_", "n_outputs_", "out_activation_", "n_features_in_"):
        assert getattr(theirs, name) == getattr(ours, name), name
    for own, other in zip(ours.coefs_ + ours.intercepts_, theirs.coefs_ + theirs.intercepts_, strict=True):
        assert own.dtype == other.dtype
        np.testing.assert_allclose(own, other, rtol=rtol, atol=rtol)
    for name in ("loss_", "loss_curve_", "best_loss_", "validation_scores_", "best_validation_score_"):
        own, other = getattr(ours, name), getattr(theirs, name)
        assert (own is None) == (other is None), name
        if own is not None:
            np.testing.assert_allclose(own, other, rtol=rtol, err_msg=name)
    np.testing.assert_allclose(ours._optimizer.learning_rate, theirs._optimizer.learning_rate, rtol=1e-12)
    predict = "predict_proba" if hasattr(theirs, "predict_proba") else "predict"
    np.testing.assert_allclose(getattr(ours, predict)(x), getattr(theirs, predict)(x), rtol=10 * rtol, atol=rtol)
    np.testing.assert_array_equal(np.shape(ours.predict(x)), np.shape(theirs.predict(x)))


@pytest.mark.parametrize(("name", "data", "settings"), CASES, ids=lambda one: str(one) if isinstance(one, dict) else "")
def test_fit_gives_the_weights_of_scikit_learn(name, data, settings):
    theirs, ours = both(name, settings)
    assert_equal_fits(theirs.fit(*data), ours.fit(*data), data[0])
    assert ours.score(*data) == pytest.approx(theirs.score(*data), rel=1e-9)


def test_each_engine_trains_alike(each_engine):
    for settings in ({}, {"solver": "sgd", "early_stopping": True}, {"solver": "lbfgs", "max_iter": 3}):
        theirs, ours = both("MLPClassifier", {"max_iter": 4, **settings})
        theirs.fit(*CANCER)
        ours.fit(*CANCER)
        for own, other in zip(ours.coefs_ + ours.intercepts_, theirs.coefs_ + theirs.intercepts_, strict=True):
            np.testing.assert_allclose(own, other, rtol=1e-7, atol=1e-9)


def test_labels_in_a_sparse_table():
    theirs, ours = both("MLPClassifier", {"max_iter": 5})
    table = sparse.csr_matrix(LABELS[1])
    assert_equal_fits(theirs.fit(LABELS[0], table), ours.fit(LABELS[0], table), LABELS[0])


def test_ctrl_c_keeps_what_was_learnt():
    class Stop(callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    one = onionskin.sklearn.MLPClassifier(callbacks=Stop(), random_state=3)
    with pytest.warns(UserWarning, match="^Training interrupted by user.$"):
        one.fit(*CANCER)
    three = onionskin.sklearn.MLPClassifier(max_iter=3, random_state=3).fit(*CANCER)
    np.testing.assert_array_equal(one.coefs_[0], three.coefs_[0])
    assert one.n_iter_ == 3


def test_weights_may_be_changed_between_calls():
    _, one = both("MLPClassifier", {"max_iter": 5})
    one.fit(*CANCER)
    for weights in one.coefs_ + one.intercepts_:
        weights[...] = 0
    np.testing.assert_allclose(one.predict_proba(CANCER[0]), 0.5)


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_weighted_samples(solver):
    weight = np.random.default_rng(0).uniform(0.1, 3, len(CANCER[1]))
    for stopping in (False, True):
        theirs, ours = both("MLPClassifier", {"solver": solver, "max_iter": 25, "early_stopping": stopping})
        assert_equal_fits(theirs.fit(*CANCER, weight), ours.fit(*CANCER, weight), CANCER[0])


def test_float32_stays_float32():
    x = CANCER[0].astype(np.float32)
    theirs, ours = both("MLPClassifier", {"max_iter": 10})
    assert_equal_fits(theirs.fit(x, CANCER[1]), ours.fit(x, CANCER[1]), x, rtol=2e-4)


def test_sparse_inputs_train_as_dense_ones(monkeypatch):
    from onionskin.sklearn import stochastic

    monkeypatch.setattr(stochastic, "_PART", 30 * 200)  # so that a matrix is written out in several pieces
    x = np.where(CANCER[0] > 0.5, CANCER[0], 0.0)
    for layout in (sparse.csr_matrix, sparse.csc_array):
        theirs, ours = both("MLPClassifier", {"max_iter": 8})
        assert_equal_fits(theirs.fit(layout(x), CANCER[1]), ours.fit(layout(x), CANCER[1]), layout(x))
        np.testing.assert_array_equal(ours.predict(layout(x)), ours.predict(x))


def test_partial_fit_goes_on_as_scikit_learn_does():
    for solver in ("adam", "sgd"):
        theirs, ours = both("MLPClassifier", {"solver": solver})
        for start in range(0, 500, 100):
            rows = slice(start, start + 100)
            for one in (theirs, ours):
                one.partial_fit(CANCER[0][rows], CANCER[1][rows], classes=[0, 1])
        assert_equal_fits(theirs, ours, CANCER[0])


def test_warm_start_goes_on_as_scikit_learn_does():
    theirs, ours = both("MLPRegressor", {"warm_start": True, "max_iter": 6})
    for _ in range(3):
        theirs.fit(*DIABETES)
        ours.fit(*DIABETES)
    assert_equal_fits(theirs, ours, DIABETES[0])


@pytest.mark.parametrize("name", ["MLPClassifier", "MLPRegressor"])
@pytest.mark.parametrize(
    "settings", [{"max_iter": 12}, {"early_stopping": True, "max_iter": 4}, {"tol": 1, "n_iter_no_change": 3}], ids=str
)
def test_verbose_prints_what_scikit_learn_prints(name, settings):
    said = []
    for one in both(name, {"verbose": True, "solver": "sgd", "learning_rate": "adaptive", **settings}):
        stream = io.StringIO()
        with contextlib.redirect_stdout(stream):
            one.fit(*IRIS)
        said.append(stream.getvalue())
    assert said[0] == said[1]
    assert said[1].startswith("Iteration 1, loss = ")


@pytest.mark.parametrize(
    ("name", "data"), [("MLPClassifier", IRIS), ("MLPClassifier", CANCER), ("MLPRegressor", COUNTS)]
)
def test_lbfgs_takes_the_steps_of_scikit_learn(name, data):
    weight = np.random.default_rng(1).uniform(0.5, 2, len(data[1]))
    for settings in ({}, {"loss": "poisson"}) if name == "MLPRegressor" else ({},):
        for given in (None, weight):
            few = {"solver": "lbfgs", "max_iter": 4, "alpha": 0.1, "hidden_layer_sizes": 9, **settings}
            theirs, ours = both(name, few)
            theirs.fit(*data, given)
            ours.fit(*data, given)
            assert ours.n_iter_ == theirs.n_iter_ == 4
            np.testing.assert_allclose(ours.loss_, theirs.loss_, rtol=1e-9)
            for own, other in zip(ours.coefs_ + ours.intercepts_, theirs.coefs_ + theirs.intercepts_, strict=True):
                np.testing.assert_allclose(own, other, rtol=1e-7, atol=1e-9)


def test_lbfgs_says_that_it_has_not_converged_as_scikit_learn_does():
    said = []
    for one in both("MLPClassifier", {"solver": "lbfgs", "max_iter": 4}):
        with pytest.warns(ConvergenceWarning) as caught:
            one.fit(*IRIS)
        said.append([str(warning.message) for warning in caught])
    assert said[0] == said[1]


def test_lbfgs_of_several_outputs_follows_the_slope_of_one_loss():
    # scikit-learn's reports the mean over the outputs and the slope of the sum; a step must go down one loss.
    _, ours = both("MLPRegressor", {"solver": "lbfgs", "max_iter": 3, "hidden_layer_sizes": 4})
    ours.fit(*TWO)
    theta = np.concatenate([one.ravel() for one in ours.coefs_ + ours.intercepts_])
    value, slope = ours._loss_grad_lbfgs(theta, *TWO)
    step = np.random.default_rng(0).normal(size=theta.size)
    ahead, behind = (ours._loss_grad_lbfgs(theta + sign * 1e-6 * step, *TWO)[0] for sign in (1, -1))
    np.testing.assert_allclose((ahead - behind) / 2e-6, slope @ step, rtol=1e-6)
    residual = TWO[1] - ours.predict(TWO[0])
    penalty = 0.5 * ours.alpha * sum((one**2).sum() for one in ours.coefs_) / len(residual)
    np.testing.assert_allclose(value, 0.5 * (residual**2).sum() / len(residual) + penalty, rtol=1e-9)
