"""Source S1: light or dark font on a background colour, a 3-3-1 network, 97 to 99 % on the CSV."""

from __future__ import annotations

import statistics
from pathlib import Path

import numpy as np

import onionskin
from onionskin.datasets import font_shade


def _trained_accuracy(path: Path, seed: int) -> tuple[float, float]:
    """Train as the source does: 100,000 steps of one sample, rate 0.05, ReLU, logistic, squared error."""
    onionskin.utils.set_random_seed(seed)
    (x, y), (x_test, y_test) = font_shade.load_data(path, test_split=1 / 3, seed=seed, normalize=True)
    start = onionskin.initializers.RandomUniform(0.0, 1.0)
    model = onionskin.Sequential(
        [
            onionskin.Input((3,)),
            onionskin.layers.Dense(3, "relu", kernel_initializer=start, bias_initializer=start),
            onionskin.layers.Dense(1, "sigmoid", kernel_initializer=start, bias_initializer=start),
        ]
    )
    model.compile(onionskin.optimizers.SGD(0.05), loss="mse", metrics=["accuracy"])
    before = model.evaluate(x_test, y_test, verbose=0)[1]
    epochs = round(100_000 / len(x))
    model.fit(x, y, batch_size=1, epochs=epochs, verbose=0)
    return before, model.evaluate(x_test, y_test, verbose=0)[1]


def test_s1_font_shade_network_reaches_97_to_99_percent(data_dir: Path) -> None:
    path = data_dir / "font_shade" / "light_dark_font_training_set.csv"
    results = [_trained_accuracy(path, seed) for seed in range(5)]
    trained = [after for _, after in results]
    median = statistics.median(trained)
    assert 0.97 <= median <= 1.0, f"test accuracies {np.round(trained, 4)}, median {median:.4f}"
    assert statistics.median(before for before, _ in results) < 0.8, "random weights should know nothing"
