"""Derivatives of composed operations against central differences, also where their formula has a hole."""

import numpy as np
import pytest

from onionskin import ops
from onionskin.base.specs import spec_of
from onionskin.engines import get
from onionskin.graph import trace
from onionskin.transforms.reverse import differentiate

generator = np.random.default_rng(11)
x = generator.normal(size=(3, 4))
y = generator.normal(size=(3, 4))
weights = generator.normal(size=(3, 4))
wide = np.array([-50.0, -1.5, -0.5, 1e-3, 0.5, 1.5, 50.0])
holes = np.where(generator.uniform(size=(3, 4)) < 0.3, np.nan, x)
places = np.array([[2], [0], [2]])

CASES = {
    "divide_no_nan": (lambda a: ops.divide_no_nan(a, y * (y > 0)), [x]),
    "fmod": (lambda a: ops.fmod(a, 0.7), [x]),
    "heaviside": (lambda a: ops.heaviside(a, 0.5), [x]),
    "logaddexp": (ops.logaddexp, [x, y]),
    "logaddexp2": (ops.logaddexp2, [x, y]),
    "hypot": (ops.hypot, [x, y]),
    "cbrt": (ops.cbrt, [x]),
    "tan": (ops.tan, [x / 3]),
    "arcsin": (ops.arcsin, [np.tanh(x)]),
    "arccos": (ops.arccos, [np.tanh(x)]),
    "sinh": (ops.sinh, [x]),
    "cosh": (ops.cosh, [x]),
    "arcsinh": (ops.arcsinh, [wide]),
    "arccosh": (ops.arccosh, [np.abs(x) + 1.1]),
    "arctanh": (ops.arctanh, [np.tanh(x)]),
    "sinc": (ops.sinc, [wide / 20]),
    "trunc": (ops.trunc, [x]),
    "nan_to_num": (ops.nan_to_num, [x]),
    "max": (lambda a: ops.max(a, axis=1), [x]),
    "cumprod": (lambda a: ops.cumprod(a, axis=1), [x * (np.abs(x) > 0.4)]),
    "median": (lambda a: ops.median(a, axis=1), [x]),
    "quantile": (lambda a: ops.quantile(a, [0.1, 0.7], axis=0), [x]),
    "top_k": (lambda a: ops.top_k(a, 2)[0], [x]),
    "std": (lambda a: ops.std(a, axis=1), [x]),
    "average": (lambda a, w: ops.average(a, axis=0, weights=w), [x, np.abs(y) + 0.1]),
    "corrcoef": (ops.corrcoef, [x]),
    "trapezoid": (lambda a: ops.trapezoid(a, np.cumsum(y[0] ** 2)), [x]),
    "norm": (lambda a: ops.norm(a, 3, axis=1), [x]),
    "cross": (lambda a, b: ops.cross(a[:, :3], b[:, :3]), [x, y]),
    "correlate": (lambda a, b: ops.correlate(a[0], b[0], "same"), [x, y]),
    "cdist": (ops.cdist, [x, y]),
    "einsum": (lambda a, b: ops.einsum("ij,kj->ki", a, b), [x, y]),
    "kron": (ops.kron, [x, y]),
    "diagonal": (lambda a: ops.diagonal(a, 1), [x]),
    "diagflat": (lambda a: ops.diagflat(a, -1), [x]),
    "tril": (ops.tril, [x]),
    "take_along_axis": (lambda a: ops.take_along_axis(a, np.array([[1, -1], [0, 0], [3, 2]]), 1), [x]),
    "scatter": (lambda a: ops.scatter(places, a, (3, 4)), [x]),
    "scatter_update": (lambda a, b: ops.scatter_update(a, places, b), [x, y]),
    "slice_update": (lambda a, b: ops.slice_update(a, [1, 1], b[:2, :2]), [x, y]),
    "segment_sum": (lambda a: ops.segment_sum(a, [1, 0, 1], 2), [x]),
    "pad": (lambda a: ops.pad(a, ((1, 1), (2, 0)), mode="reflect"), [x]),
    "repeat": (lambda a: ops.repeat(a, 2, axis=1), [x]),
    "roll": (lambda a: ops.roll(a, 3), [x]),
    "tile": (lambda a: ops.tile(a, (2, 2)), [x]),
    "sparsemax": (ops.sparsemax, [x]),
    "normalize": (ops.normalize, [x]),
    "layer_normalization": (lambda a, g, b: ops.layer_normalization(a, g, b), [x, y[0], y[1]]),
    "rms_normalization": (ops.rms_normalization, [x, y[0]]),
    "batch_normalization": (
        lambda a, m, v: ops.batch_normalization(a, m, v, -1, m, v),
        [x, y[0], np.abs(y[1]) + 0.1],
    ),
    "moments": (lambda a: ops.moments(a, 0)[1], [x]),
    "fft": (lambda a, b: ops.stack(ops.fft((a, b))), [x, y]),
    "ifft2": (lambda a, b: ops.stack(ops.ifft2((a, b))), [x, y]),
    "rfft": (lambda a: ops.stack(ops.rfft(a, 5)), [x]),
    "irfft": (lambda a, b: ops.irfft((a, b), 5), [x, y]),
    "stft": (lambda a: ops.stack(ops.stft(a, 3, 1, 4)), [x]),
    "istft": (lambda a, b: ops.istft((a, b), 3, 1, 6), [x, y]),
    "logdet": (lambda a: ops.logdet(ops.matmul(a, ops.transpose(a))), [x]),
    "cholesky_inverse": (lambda a: ops.cholesky_inverse(ops.tril(a[:, :3]) + 2 * ops.eye(3)), [x]),
    "lstsq": (lambda a, b: ops.lstsq(ops.transpose(a), b[0]), [x, y]),
    "nuclear norm": (lambda a: ops.norm(a, "nuc"), [x]),
    "segment_max": (lambda a: ops.segment_max(a, [1, 0, 1], 2), [x]),
    "segment_prod": (lambda a: ops.segment_prod(a, [1, 0, 1], 2), [x]),
    "rearrange": (lambda a: ops.rearrange(a, "a (b c) -> c (a b)", b=2), [x]),
    "erfc": (ops.erfc, [wide]),
    "i0": (ops.i0, [x]),
    "soft_shrink": (ops.soft_shrink, [x]),
    "hard_shrink": (ops.hard_shrink, [x]),
}
SMOOTH = "elu selu celu gelu silu leaky_relu hard_sigmoid hard_silu hard_tanh log_sigmoid softsign relu6"
for activation in (*SMOOTH.split(), "tanh_shrink", "squareplus", "sparse_plus", "sparse_sigmoid"):
    CASES[activation] = (getattr(ops, activation), [wide])


@pytest.mark.parametrize("name", CASES)
def test_derivatives(name):
    function, arrays = CASES[name]
    directions = [generator.normal(size=array.shape) for array in arrays]
    shape = np.shape(function(*arrays))
    probe = generator.normal(size=shape)

    def loss(*args):
        return ops.sum(function(*args) * probe)

    graph = trace(loss, [spec_of(array) for array in arrays])
    parts = get("reference").compile(differentiate(graph, range(len(arrays))))(*arrays)
    along = sum(float((part * way).sum()) for part, way in zip(parts, directions, strict=True))
    step = 1e-6
    high, low = (
        float(loss(*[array + sign * step * way for array, way in zip(arrays, directions, strict=True)]))
        for sign in (1, -1)
    )
    np.testing.assert_allclose(along, (high - low) / (2 * step), rtol=2e-6, atol=1e-7)


HOLES = {
    "divide by 0": (lambda a: ops.divide_no_nan(a, a * 0), np.ones(3), 0.0),
    "sinc at 0": (ops.sinc, np.zeros(3), 0.0),
    "distance 0": (lambda a: ops.cdist(a, np.ones((1, 3))), np.ones((1, 3)), 0.0),
    "elu far up": (ops.elu, np.full(3, 1000.0), 1.0),
    "selu far up": (ops.selu, np.full(3, 1000.0), 1.0507009873554805),
    "arcsinh at 0": (ops.arcsinh, np.zeros(3), 1.0),
    "arcsinh far out": (ops.arcsinh, np.full(3, 1e200), 1e-200),
    "logaddexp of equals": (lambda a: ops.logaddexp(a, 1.0), np.ones(3), 0.5),
    "logaddexp of infinities": (lambda a: ops.logaddexp(a, -np.inf), np.zeros(3), 1.0),
    "logaddexp far up": (lambda a: ops.logaddexp(a, 0.0), np.full(3, 1000.0), 1.0),
    "log_sigmoid far down": (ops.log_sigmoid, np.full(3, -1000.0), 1.0),
    "hypot at 0": (lambda a: ops.where(a > 0, ops.hypot(a, 1e-300), a), np.zeros(3), 1.0),
}


@pytest.mark.parametrize("name", HOLES)
def test_derivatives_stay_finite(name):
    function, array, expected = HOLES[name]
    graph = differentiate(trace(lambda a: ops.sum(function(a)), [spec_of(array)]))
    result = get("reference").compile(graph)(array)[0]
    np.testing.assert_allclose(result, np.full(array.shape, expected), rtol=1e-12, atol=0)


def test_numbers_left_out_receive_nothing():
    graph = differentiate(trace(lambda a: ops.sum(ops.nanmean(a, axis=0)), [spec_of(holes)]))
    result = get("reference").compile(graph)(holes)[0]
    there = ~np.isnan(holes)
    count = there.sum(0)
    np.testing.assert_allclose(result[:, count > 0], (there / np.maximum(count, 1))[:, count > 0])


def test_a_computed_place_outside_is_an_error_when_it_runs():
    from onionskin.base.errors import ArgumentError

    graph = trace(lambda a, i: ops.take_along_axis(a, i, axis=1), [spec_of(x), spec_of(places)])
    run = get("reference").compile(graph)
    np.testing.assert_array_equal(run(x, places)[0], np.take_along_axis(x, places, 1))
    with pytest.raises(ArgumentError, match="take: an index lies outside the axis"):
        run(x, places + 2)
