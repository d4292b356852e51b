"""Layers that draw noise: what Keras draws and what onionskin draws have one distribution."""

import numpy as np
import pytest

import onionskin

keras = pytest.importorskip("keras", reason="Keras is not installed; `make test-peers` installs it")

SIZE = 120_000
POINTS = np.linspace(0.02, 0.98, 25)
CASES = [
    ("GaussianNoise", {"stddev": 0.4}), ("GaussianNoise", {"stddev": 1.0}), ("GaussianDropout", {"rate": 0.1}),
    ("GaussianDropout", {"rate": 0.6}), ("AlphaDropout", {"rate": 0.2}), ("AlphaDropout", {"rate": 0.7}),
    ("AlphaDropout", {"rate": 0.4, "noise_shape": [None, 1]}), ("Dropout", {"rate": 0.3}),
    ("Dropout", {"rate": 0.8, "noise_shape": [None, 1]}), ("SpatialDropout1D", {"rate": 0.5}),
    ("SpatialDropout2D", {"rate": 0.2}), ("SpatialDropout3D", {"rate": 0.7, "data_format": "channels_first"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_one_distribution(name, arguments):
    """The two empirical distribution functions are apart by no more than Kolmogorov and Smirnov allow at 10⁻⁶."""
    rng = np.random.default_rng(1)
    rank = {"SpatialDropout1D": 3, "SpatialDropout2D": 4, "SpatialDropout3D": 5}.get(name, 2)
    shape = (SIZE // 4, *[1] * (rank - 2), 4)
    x = rng.normal(0.5, 1.0, shape).astype("float32")
    if name.startswith("Spatial") and "data_format" in arguments:
        x = np.moveaxis(x, -1, 1)
    draws = [np.asarray(getattr(library.layers, name)(seed=5, **arguments)(x, training=True)).ravel()
             for library in (onionskin, keras)]  # fmt: skip
    shared = 4 if "noise_shape" in arguments else 1  # so many numbers are drawn as one
    allowed = 2.7 * np.sqrt(2 * shared / SIZE)
    for point in np.quantile(draws[1], POINTS):
        np.testing.assert_allclose((draws[0] <= point).mean(), (draws[1] <= point).mean(), atol=allowed)
    np.testing.assert_allclose(draws[0].mean(), draws[1].mean(), atol=8 * draws[1].std() * np.sqrt(shared / SIZE))
    np.testing.assert_allclose(draws[0].std(), draws[1].std(), rtol=0.05)
