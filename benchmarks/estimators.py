"""The estimators beside scikit-learn's own, fit for fit in turn: `python -m benchmarks.estimators`."""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np
from sklearn import neural_network
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, make_classification
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

import onionskin.sklearn

ROUNDS = 5


def synthetic():
    """Return 100,000 samples of 50 features, two classes."""
    return make_classification(100_000, 50, n_informative=20, random_state=0)


CASES: list[tuple[str, Callable, str, dict]] = [
    ("iris", lambda: load_iris(return_X_y=True), "MLPClassifier", {}),
    ("breast cancer", lambda: load_breast_cancer(return_X_y=True), "MLPClassifier", {}),
    ("digits", lambda: load_digits(return_X_y=True), "MLPClassifier", {"max_iter": 40}),
    ("diabetes", lambda: load_diabetes(return_X_y=True), "MLPRegressor", {}),
    ("100,000×50", synthetic, "MLPClassifier", {"max_iter": 2}),
]


def measure(name: str, load: Callable, kind: str, settings: dict, solver: str, dtype: str) -> str:
    """Return a row: medians of the seconds of `fit`, their ratio, and the mean scores on held-out parts."""
    x, y = load()
    rounds = 3 if len(x) > 10_000 else ROUNDS
    seconds: dict[str, list[float]] = {"theirs": [], "ours": []}
    scores: dict[str, list[float]] = {"theirs": [], "ours": []}
    first = 0.0
    for seed in range(rounds + 1):
        x_train, x_test, y_train, y_test = train_test_split(x, y, random_state=max(seed - 1, 0))
        scaler = StandardScaler().fit(x_train)
        x_train, x_test = (scaler.transform(one).astype(dtype) for one in (x_train, x_test))
        if kind == "MLPRegressor":
            y_train, y_test = ((one - y_train.mean()) / y_train.std() for one in (y_train, y_test))
        for who, module in (("theirs", neural_network), ("ours", onionskin.sklearn)):
            estimator = getattr(module, kind)(solver=solver, random_state=seed, **settings)
            began = time.perf_counter()
            estimator.fit(x_train, y_train)
            spent = time.perf_counter() - began
            if seed:
                seconds[who].append(spent)
                scores[who].append(estimator.score(x_test, y_test))
            elif who == "ours":
                first = spent  # with the programs compiled
    theirs, ours = (statistics.median(seconds[who]) for who in ("theirs", "ours"))
    error = np.std(scores["theirs"], ddof=1) / rounds**0.5
    return (
        f"{name:14} {solver:5} {dtype:8} {theirs * 1e3:9.1f} {ours * 1e3:9.1f} {first * 1e3:9.1f} {theirs / ours:6.1f}x"
        f"   {np.mean(scores['theirs']):.4f} ± {error:.4f}   {np.mean(scores['ours']):.4f}"
    )


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    print(f"{'data':14} {'solver':5} {'dtype':8} {'theirs ms':>9} {'ours ms':>9} {'first ms':>9} {'ratio':>7}   scores")
    for case in CASES:
        for solver in ("adam", "sgd"):
            for dtype in ("float64", "float32"):
                print(measure(*case, solver, dtype), flush=True)


if __name__ == "__main__":
    main()
