"""Source S1, row 7: the font of a colour by the estimator of scikit-learn's interface."""

from __future__ import annotations

import statistics
from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split

from onionskin.sklearn import MLPClassifier


def test_s1_7_the_estimator_of_the_source_tells_the_fonts_apart(data_dir: Path) -> None:
    table = np.loadtxt(
        data_dir / "font_shade" / "light_dark_font_training_set.csv", delimiter=",", skiprows=1, dtype=np.float64
    )
    x, y = table[:, :3] / 255, table[:, 3]
    scores = []
    for seed in range(5):
        x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=1 / 3, random_state=seed)
        estimator = MLPClassifier(
            solver="sgd",
            hidden_layer_sizes=(3,),
            activation="relu",
            max_iter=100000,
            learning_rate_init=0.05,
            random_state=seed,
        )
        scores.append(estimator.fit(x_train, y_train).score(x_test, y_test))
        assert [one.shape for one in estimator.coefs_] == [(3, 3), (3, 1)]
        assert [one.shape for one in estimator.intercepts_] == [(3,), (1,)]
    assert statistics.median(scores) >= 0.99, scores
