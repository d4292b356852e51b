"""The programs behind the estimators: kept between fits of equal settings, and not where they are large."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris

from onionskin.sklearn import MLPClassifier, network
from onionskin.sklearn.network import Recipe, network_of

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, Y = load_iris(return_X_y=True)


def test_fits_of_equal_shapes_share_programs_whatever_their_numbers():
    first = MLPClassifier((21,), max_iter=2, random_state=0).fit(X, Y)
    programs = dict(first._network()._programs)
    assert len(programs) == 1
    other = MLPClassifier((21,), max_iter=3, alpha=0.3, learning_rate_init=0.1, beta_1=0.5, random_state=1).fit(X, Y)
    assert other._network() is first._network()
    assert dict(other._network()._programs) == programs
    assert MLPClassifier((22,), max_iter=2).fit(X, Y)._network() is not first._network()


def test_large_programs_are_not_kept(monkeypatch):
    kept = MLPClassifier((23,), max_iter=3, random_state=0).fit(X, Y)
    network_of.cache_clear()
    monkeypatch.setattr(network, "LARGE", 1000)
    one = MLPClassifier((23,), max_iter=3, random_state=0).fit(X, Y)
    assert not one._network()._programs
    np.testing.assert_array_equal(one.coefs_[0], kept.coefs_[0])


def test_no_more_programs_are_kept_than_said(monkeypatch):
    monkeypatch.setattr(network, "PROGRAMS", 2)
    one = MLPClassifier((24,), max_iter=2, random_state=0)
    for count in (60, 70, 80, 90):
        one.fit(X[::-1][:count], Y[::-1][:count])
    assert [key[2] for key in one._network()._programs] == [80, 90]


def test_recipe_makes_a_model_of_the_parts_that_it_names():
    recipe = Recipe((4, 6, 5, 3), ("relu", "identity"), "softmax", "log_loss", "float32", (0.2, 0.0), "layer")
    names = [layer.name for layer in recipe.model().layers]
    assert names == [
        "hidden_1", "normalization_1", "activation_1", "dropout_1", "hidden_2", "normalization_2", "output",
        "output_activation",
    ]  # fmt: skip
