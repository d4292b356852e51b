"""The estimators among scikit-learn's tools: its checks, clones, files, searches, pipelines, calibration."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError, SkipTestWarning
from sklearn.inspection import permutation_importance
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, scale
from sklearn.utils.estimator_checks import check_estimator

from onionskin.sklearn import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, Y = scale(load_iris().data), load_iris().target
BOTH = pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])


@BOTH
@pytest.mark.parametrize("settings", [{}, {"solver": "sgd", "learning_rate_init": 0.05}, {"solver": "lbfgs"}], ids=str)
def test_scikit_learn_finds_no_fault(kind, settings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SkipTestWarning)  # checks that need a setting of scikit-learn's
        warnings.simplefilter("ignore", ConvergenceWarning)
        results = check_estimator(kind(max_iter=60, **settings), on_fail=None)
    assert [(one["check_name"], repr(one["exception"])) for one in results if one["status"] == "failed"] == []
    assert {one["status"] for one in results} <= {"passed", "skipped"}
    assert sum(one["status"] == "passed" for one in results) > 40


@BOTH
def test_clone_has_the_parameters_and_no_weights(kind):
    one = kind(hidden_layer_sizes=(4, 3), alpha=0.5, random_state=1).fit(X, Y)
    other = clone(one)
    assert other.get_params() == one.get_params()
    assert not hasattr(other, "coefs_")
    assert other.set_params(alpha=0.25).alpha == 0.25
    with pytest.raises(NotFittedError):
        other.predict(X)
    assert repr(other) == f"{kind.__name__}(alpha=0.25, hidden_layer_sizes=(4, 3), random_state=1)"


@BOTH
def test_files_keep_the_weights_and_the_solver(kind, tmp_path: Path):
    one = kind(random_state=1, max_iter=5).fit(X, Y)
    joblib.dump(one, tmp_path / "mlp.joblib")
    for other in (pickle.loads(pickle.dumps(one)), joblib.load(tmp_path / "mlp.joblib")):
        np.testing.assert_array_equal(other.predict(X), one.predict(X))
        goes_on, stays = clone_of(one).partial_fit(X, Y), other.partial_fit(X, Y)
        for left, right in zip(goes_on.coefs_, stays.coefs_, strict=True):
            np.testing.assert_array_equal(left, right)
        assert other._optimizer.t == 6


def clone_of(one: Any) -> Any:
    return pickle.loads(pickle.dumps(one))


def test_a_search_in_two_processes_finds_the_best():
    search = GridSearchCV(
        MLPClassifier(random_state=0, max_iter=50), {"learning_rate_init": [1e-5, 0.02]}, n_jobs=2, cv=3
    )
    search.fit(X, Y)
    assert search.best_params_ == {"learning_rate_init": 0.02}
    assert search.score(X, Y) > 0.95
    alone = cross_val_score(MLPClassifier(random_state=0, max_iter=50, learning_rate_init=0.02), X, Y, cv=3)
    np.testing.assert_allclose(search.cv_results_["mean_test_score"][1], alone.mean(), rtol=1e-12)


def test_threads_train_at_the_same_time_as_one_after_the_other():
    def fit(seed: int) -> np.ndarray:
        return MLPClassifier(random_state=seed, max_iter=20).fit(X, Y).coefs_[0]

    together = joblib.Parallel(n_jobs=4, backend="threading")(joblib.delayed(fit)(seed) for seed in range(8))
    for seed, weights in enumerate(together):
        np.testing.assert_array_equal(weights, fit(seed))


def test_pipeline_calibration_and_permutations():
    pipeline = make_pipeline(StandardScaler(), MLPClassifier(random_state=0, learning_rate_init=0.01)).fit(
        load_iris().data, Y
    )
    assert pipeline.score(load_iris().data, Y) > 0.9
    calibrated = CalibratedClassifierCV(MLPClassifier(random_state=0, learning_rate_init=0.01), cv=3).fit(X, Y)
    np.testing.assert_allclose(calibrated.predict_proba(X).sum(1), 1, rtol=1e-6)
    assert calibrated.score(X, Y) > 0.9
    found = permutation_importance(MLPRegressor(random_state=0).fit(X, Y), X, Y, n_repeats=2, random_state=0)
    assert found.importances_mean.argmax() in (2, 3)  # the petals tell the kinds of iris apart


def test_weights_of_samples_are_routed():
    with config_context(enable_metadata_routing=True):
        kind = MLPClassifier(random_state=0, max_iter=50, learning_rate_init=0.05).set_fit_request(sample_weight=True)
        weight = np.where(Y == 0, 1.0, 1e-9)
        pipeline = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), kind).fit(
            X, Y, sample_weight=weight
        )
        assert (pipeline.predict(X) == 0).mean() > 0.9


def test_names_of_columns_are_kept_and_checked():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=["a", "b", "c", "d"])
    one = MLPClassifier(random_state=0, max_iter=5).fit(frame, Y)
    assert list(one.feature_names_in_) == ["a", "b", "c", "d"]
    with pytest.raises(ValueError, match="must be in the same order"):
        one.predict(frame[["b", "a", "c", "d"]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_model_is_the_same_network_as_a_model(dtype):
    for one in (MLPClassifier(random_state=0, max_iter=30), MLPRegressor(loss="poisson", random_state=0, max_iter=30)):
        one.fit(X.astype(dtype), Y)
        model, tolerance = one.model_, 1e-5 if dtype == np.float32 else 1e-12
        expected = one.predict_proba(X) if hasattr(one, "predict_proba") else one.predict(X)[:, None]
        np.testing.assert_allclose(np.asarray(model(X.astype(dtype))), expected, rtol=tolerance)
        assert [weight.dtype for weight in model.get_weights()] == [dtype] * 4
        np.testing.assert_array_equal(model.get_weights()[0], one.coefs_[0])
        model.set_weights([0 * weight for weight in model.get_weights()])  # its weights are copies
        assert np.abs(one.coefs_[0]).max() > 0


def test_fits_leave_the_names_and_seeds_of_models_alone():
    import onionskin

    onionskin.utils.set_random_seed(1)
    onionskin.utils.clear_session()
    first = onionskin.layers.Dense(2)
    first.build((None, 3))
    onionskin.utils.set_random_seed(1)
    onionskin.utils.clear_session()
    MLPClassifier(hidden_layer_sizes=(17,), max_iter=2).fit(X, Y)
    second = onionskin.layers.Dense(2)
    second.build((None, 3))
    assert second.name == first.name
    np.testing.assert_array_equal(first.get_weights()[0], second.get_weights()[0])
