"""Bad input: the estimators say what scikit-learn's say, in the same words and the same kind of error."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np
import pytest
from sklearn import neural_network
from sklearn.datasets import load_iris

import onionskin.sklearn

X, Y = load_iris(return_X_y=True)
BOTH = (neural_network, onionskin.sklearn)
KINDS = ("MLPClassifier", "MLPRegressor")
SETTINGS: list[dict[str, Any]] = [
    {"alpha": -1}, {"solver": "newton"}, {"hidden_layer_sizes": -1}, {"hidden_layer_sizes": (3, 0)},
    {"batch_size": 0}, {"learning_rate": "slow"}, {"learning_rate_init": 0}, {"power_t": -1}, {"max_iter": 0},
    {"shuffle": "yes"}, {"random_state": "one"}, {"tol": -1}, {"verbose": -1}, {"warm_start": 2}, {"momentum": 2},
    {"nesterovs_momentum": 3}, {"early_stopping": "x"}, {"validation_fraction": 1}, {"beta_1": 1}, {"beta_2": -0.1},
    {"epsilon": 0}, {"n_iter_no_change": -1}, {"max_fun": 0}, {"early_stopping": True, "validation_fraction": 0.001},
]  # fmt: skip
INPUTS: list[tuple[Any, ...]] = [
    (X, Y[:-1]), (X[0], Y), (np.full_like(X, np.nan), Y), (X.astype(str) + "a", Y), (X[:0], Y[:0]),
    (X, np.full(150, np.nan)), (X, Y, np.ones(3)), (X, Y, np.ones((150, 2))), (X * 1j, Y), (X, None), (X, Y + 0.5),
]  # fmt: skip


def said(work: Any) -> tuple[str, str]:
    """Return the kind and the words of what is raised."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises((ValueError, TypeError, AttributeError)) as caught:
            work()
    return type(caught.value).__name__, re.sub(r"\{[^{}]*\}", _sorted, str(caught.value))


def _sorted(choices: re.Match[str]) -> str:
    """Put the names of a set in order, which Python has none for."""
    return "{" + ", ".join(sorted(choices[0][1:-1].split(", "))) + "}"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_settings(kind, settings):
    theirs, ours = (said(lambda one=one: getattr(one, kind)(**settings).fit(X, Y)) for one in BOTH)
    assert ours == theirs


# The last one, targets between the whole numbers, is right for a regressor.
@pytest.mark.parametrize(("kind", "case"), [(kind, case) for kind in KINDS for case in range(len(INPUTS))][:-1])
def test_data(kind, case):
    theirs, ours = (said(lambda one=one: getattr(one, kind)().fit(*INPUTS[case])) for one in BOTH)
    assert ours == theirs


def test_other_features_and_no_fit():
    for kind in KINDS:
        both = [getattr(one, kind)(solver="sgd", tol=1, n_iter_no_change=1) for one in BOTH]
        unfit = [said(lambda one=one: one.predict(X)) for one in both]
        assert unfit[0] == unfit[1]
        fitted = [one.fit(X, Y) for one in both]
        wide = [said(lambda one=one: one.predict(X[:, :2])) for one in fitted]
        assert wide[0] == wide[1]


def test_partial_fit():
    for settings, calls in (
        ({"early_stopping": True}, [(X, Y, None, [0, 1, 2])]),
        ({}, [(X, Y)]),
        ({}, [(X, Y, None, [0, 1])]),
        ({}, [(X, Y, None, [0, 1, 2]), (X, Y, None, [0, 1])]),
        ({}, [(X, Y, None, [0, 1, 2]), (X, Y + 1)]),
        ({"warm_start": True}, [(X, Y, None, [0, 1, 2]), (X[:50], Y[:50])]),
    ):

        def work(module: Any, settings: Any = settings, calls: Any = calls) -> None:
            one = module.MLPClassifier(**settings)
            for call in calls:
                one.partial_fit(*call)

        theirs, ours = (said(lambda module=module: work(module)) for module in BOTH)
        assert ours == theirs
    for kind in KINDS:
        assert not hasattr(getattr(onionskin.sklearn, kind)(solver="lbfgs"), "partial_fit")


def test_warnings():
    for settings in ({"max_iter": 2}, {"batch_size": 1000, "max_iter": 1}):
        words = []
        for one in BOTH:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                one.MLPClassifier(**settings).fit(X, Y)
            words.append([(warning.category, str(warning.message)) for warning in caught])
        assert words[0] == words[1]
        assert words[1]
