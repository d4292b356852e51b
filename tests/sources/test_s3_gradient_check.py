"""Source S3, row 3: the numerical gradient checks the analytic one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import onionskin
from onionskin import datasets, explain


def test_s3_3_numerical_gradient_agrees_with_backpropagation(data_dir: Path) -> None:
    """The 784-50-10 network on real digits: every parameter array, relative error below 1e-6, in float64."""
    del data_dir
    onionskin.utils.set_random_seed(1)
    (x, t), _ = datasets.load_mnist(normalize=True, one_hot_label=True)
    start = onionskin.initializers.RandomNormal(stddev=0.01)
    model = onionskin.Sequential(
        [
            onionskin.Input((784,)),
            onionskin.layers.Dense(50, "relu", kernel_initializer=start),
            onionskin.layers.Dense(10, "softmax", kernel_initializer=start),
        ]
    )
    model.compile(onionskin.optimizers.SGD(0.1), loss="categorical_crossentropy")
    for trained in (False, True):
        if trained:
            model.fit(x[:6000], t[:6000], batch_size=100, epochs=1, verbose=0)
        result = explain.gradient_check(model, x[:3], t[:3], argnums=())
        print(result)
        assert result.passed, str(result)
        assert [row.shape for row in result.rows] == [(784, 50), (50,), (50, 10), (10,)]
        assert max(row.error for row in result.rows) < 1e-6, str(result)
        assert min(row.checked for row in result.rows) >= 10
        assert any(row.analytic != 0 for row in result.rows if row.shape == (784, 50))
        assert np.isfinite([row.own_error for row in result.rows]).all()
