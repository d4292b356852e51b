"""Identity, orthogonal and Fourier initializers: what they are, their seeds, and the words of errors."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onionskin import initializers
from onionskin.base.errors import ArgumentError, ShapeError
from tests.random.statistics import check_moments


def failing(call, error):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


@given(st.lists(st.integers(1, 6), min_size=2, max_size=4), st.integers(0, 99))
def test_orthogonal(shape, seed):
    values = initializers.Orthogonal(gain=2.0, seed=seed)(shape, "float64")
    assert values.shape == tuple(shape)
    matrix = values.reshape(-1, shape[-1]) / 2
    product = matrix @ matrix.T if matrix.shape[0] < matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(product, np.eye(len(product)), atol=1e-12)
    np.testing.assert_array_equal(initializers.Orthogonal(2.0, seed)(shape, "float64"), values)


def test_orthogonal_statistics():
    """Evenly spread over all rotations: an entry of a matrix of n rows has mean 0 and variance 1/n."""
    values = np.stack([initializers.Orthogonal(seed=seed)((8, 8), "float64") for seed in range(400)])
    for place in ((0, 0), (3, 5), (7, 7)):
        check_moments(values[(slice(None), *place)], 0, 1 / 8, 3 * 8 / 10)
    assert initializers.Orthogonal(seed=1)((4, 2)).dtype == np.float32
    assert (initializers.Orthogonal()((4, 2)) != initializers.Orthogonal()((4, 2))).any()


@pytest.mark.parametrize("name", ["hann", "hamming", "blackman", "boxcar"])
def test_windows(name):
    known = {"hann": np.hanning, "hamming": np.hamming, "blackman": np.blackman, "boxcar": np.ones}[name]
    for periodic, window in ((False, known(8)), (True, known(9)[:8])):
        by_name = initializers.STFT(window=name, periodic=periodic)((8, 1, 5), "float64")
        np.testing.assert_allclose(by_name, initializers.STFT(window=window)((8, 1, 5), "float64"), atol=1e-15)
    assert initializers.STFT(window=name)((1, 1, 2))[0, 0, 0] == 1


def test_a_frame_times_the_kernels_is_its_transform():
    frame = np.random.default_rng(0).normal(size=8)
    real, imaginary = (
        np.einsum("t,tik->ik", frame, initializers.STFT(side, window=None)((8, 2, 5), "float64"))
        for side in ("real", "imag")
    )
    np.testing.assert_allclose(real + 1j * imaginary, [np.fft.rfft(frame)] * 2, atol=1e-12)
    for scaling, scale in (("density", math.sqrt((np.hanning(8) ** 2).sum())), ("spectrum", np.hanning(8).sum())):
        kernel = initializers.STFT(scaling=scaling)((8, 1, 5), "float64")[:, 0, 0]
        np.testing.assert_allclose(kernel, np.hanning(8) / scale, atol=1e-15)


def test_names_and_configurations():
    for name, kind in (
        ("identity", "Identity"), ("IdentityInitializer", "Identity"), ("orthogonal", "Orthogonal"),
        ("OrthogonalInitializer", "Orthogonal"), ("stft", "STFT"), ("constant", "Constant"),
    ):  # fmt: skip
        assert type(initializers.get(name)).__name__ == kind
    made = initializers.STFT(window=np.ones(4))
    back = initializers.deserialize(initializers.serialize(made))
    np.testing.assert_array_equal(back((4, 1, 3)), made((4, 1, 3)))


def test_words():
    assert failing(lambda: initializers.Identity()((2, 3, 4)), ShapeError) == (
        "Identity: an identity has two axes.\n  expected: (rows, columns)\n  given:    (2, 3, 4)"
    )
    assert failing(lambda: initializers.Orthogonal()((2,)), ShapeError) == (
        "Orthogonal: an orthogonal weight has two axes or more.\n  expected: (…, rows, columns)\n  given:    (2,)"
    )
    assert failing(lambda: initializers.STFT("both"), ArgumentError) == (
        "STFT: unknown side.\n  expected: 'real' or 'imag'\n  given:    'both'"
    )
    assert failing(lambda: initializers.STFT(scaling="loud"), ArgumentError) == (
        "STFT: unknown scaling.\n  expected: 'density', 'spectrum' or None\n  given:    'loud'"
    )
    assert failing(lambda: initializers.STFT(window="han"), ArgumentError) == (
        "STFT: unknown window.\n  given:    'han'\n  to fix:   did you mean 'hann'? Known: blackman, blackmanharris, "
        "boxcar, hamming, hann, nuttall; or pass the window as an array"
    )
    assert failing(lambda: initializers.STFT()((8, 5)), ShapeError) == (
        "STFT: a Fourier kernel has three axes.\n  expected: (frame, inputs, frequencies)\n  given:    (8, 5)"
    )
    assert failing(lambda: initializers.STFT(window=[1.0, 2.0])((8, 1, 5)), ShapeError) == (
        "STFT: the window has another length than the frame.\n  expected: (8,)\n  given:    (2,)"
    )
