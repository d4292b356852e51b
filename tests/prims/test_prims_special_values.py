"""Zeros of both signs, infinities, NaN and denormal numbers through the functions, as mathematics has it."""

import math

import numpy as np
import pytest

from onionskin.base.specs import spec_of
from onionskin.engines import get
from onionskin.graph import trace
from onionskin.prims import TABLE
from onionskin.transforms import differentiate, pullback

INF, NAN = math.inf, math.nan
TABLED = {  # function → value at -inf, -0, 0, inf
    "exp": (0.0, 1.0, 1.0, INF),
    "expm1": (-1.0, -0.0, 0.0, INF),
    "log": (NAN, -INF, -INF, INF),
    "log1p": (NAN, -0.0, 0.0, INF),
    "sqrt": (NAN, -0.0, 0.0, INF),
    "rsqrt": (NAN, -INF, INF, 0.0),
    "tanh": (-1.0, -0.0, 0.0, 1.0),
    "sigmoid": (0.0, 0.5, 0.5, 1.0),
    "softplus": (0.0, math.log(2), math.log(2), INF),
    "erf": (-1.0, -0.0, 0.0, 1.0),
    "erfc": (2.0, 1.0, 1.0, 0.0),
    "erfinv": (NAN, -0.0, 0.0, NAN),
    "arctan": (-math.pi / 2, -0.0, 0.0, math.pi / 2),
    "sin": (NAN, -0.0, 0.0, NAN),
    "cos": (NAN, 1.0, 1.0, NAN),
    "relu": (0.0, 0.0, 0.0, INF),
    "abs": (INF, 0.0, 0.0, INF),
    "sign": (-1.0, 0.0, 0.0, 1.0),
    "floor": (-INF, -0.0, 0.0, INF),
    "negative": (INF, 0.0, -0.0, -INF),
}


def run(record, *args, **params):
    """Return what a primitive gives through the engine."""
    graph = trace(lambda *xs: record(*xs, **params), [spec_of(one) for one in args])
    return get("reference").compile(graph)(*args)[0]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", TABLED)
def test_functions_at_the_ends(name, dtype):
    x = np.array([-INF, -0.0, 0.0, INF, NAN], dtype)
    y = run(TABLE[name], x)
    wanted = np.array([*TABLED[name], NAN], dtype)
    np.testing.assert_allclose(y, wanted, rtol=1e-6 if dtype == "float32" else 1e-15)
    if name not in ("relu", "sign", "rsqrt"):  # whose zeros have no sign to speak of
        zero = wanted == 0
        np.testing.assert_array_equal(np.signbit(y[zero]), np.signbit(wanted[zero]), err_msg="sign of zero")


# these speak of NaN itself, or take truth values
APART = {"isfinite", "isinf", "isnan", "where", "cast", "stop_gradient", "bessel_i"}
APART |= {name for name in TABLE if "integer" in TABLE[name].domain}
APART |= {name for name in TABLE if name.startswith("logical")}


@pytest.mark.parametrize("name", [one for one in TABLE if TABLE[one].kind == "elementwise" and one not in APART])
def test_nan_passes_through(name):
    record = TABLE[name]
    nan, one = np.array([NAN, NAN]), np.array([1.0, -1.0])
    count = {"clip": 3}.get(name, len(record.domain))
    for place in range(count):
        args = [nan if index == place else one for index in range(count)]
        y = run(record, *args)
        if y.dtype == bool:
            np.testing.assert_array_equal(y, [name == "not_equal"] * 2)
        elif not (name == "power" and place == 1):  # 1 to the power of NaN is 1 by IEEE 754
            np.testing.assert_array_equal(np.isnan(y), [True, True], err_msg=f"input {place}")


@pytest.mark.parametrize("name", ["sum", "mean", "max", "min", "prod", "var", "logsumexp"])
def test_nan_passes_through_reductions(name):
    x = np.array([[1.0, NAN, 3.0], [1.0, 2.0, 3.0]])
    y = run(TABLE[name], x, axis=(1,), keepdims=False)
    np.testing.assert_array_equal(np.isnan(y), [True, False])


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_nan_passes_through_softmax(name):
    y = run(TABLE[name], np.array([[1.0, NAN], [1.0, 2.0]]), axis=1)
    np.testing.assert_array_equal(np.isnan(y), [[True, True], [False, False]])


def test_denormal_numbers_keep_their_value():
    tiny = np.array([5e-324, -5e-324, 2.2e-308])
    for name in ("tanh", "sin", "arctan", "expm1", "log1p", "relu"):
        np.testing.assert_array_equal(run(TABLE[name], np.abs(tiny)), np.abs(tiny), err_msg=name)
    np.testing.assert_array_equal(run(TABLE["exp"], tiny), np.ones(3))
    np.testing.assert_allclose(run(TABLE["log"], np.abs(tiny)), [math.log(abs(one)) for one in tiny], rtol=1e-15)
    np.testing.assert_allclose(run(TABLE["erf"], tiny), [math.erf(one) for one in tiny], rtol=0, atol=5e-324)
    np.testing.assert_array_equal(run(TABLE["sigmoid"], tiny), [0.5, 0.5, 0.5])
    np.testing.assert_array_equal(run(TABLE["softplus"], tiny), [math.log(2)] * 3)


@pytest.mark.parametrize(
    ("x", "wanted"),
    [
        ([-INF, -INF], -INF),
        ([INF, 0.0], INF),
        ([-INF, 3.0], 3.0),
        ([1000.0, 1000.0], 1000 + math.log(2)),
        ([-1000.0, -1000.0], -1000 + math.log(2)),
        ([1e308, 1e308], 1e308),
        ([5e-324, 0.0], math.log(2)),
    ],
)
def test_logsumexp_at_the_ends(x, wanted):
    y = run(TABLE["logsumexp"], np.array(x), axis=(0,), keepdims=False)
    np.testing.assert_allclose(y, wanted, rtol=1e-15)


@pytest.mark.parametrize(
    ("x", "wanted"),
    [([1000.0, 0.0], [1.0, 0.0]), ([-INF, 0.0], [0.0, 1.0]), ([-1e308, -1e308], [0.5, 0.5]), ([-0.0, 0.0], [0.5, 0.5])],
)
def test_softmax_at_the_ends(x, wanted):
    np.testing.assert_array_equal(run(TABLE["softmax"], np.array(x), axis=0), wanted)
    with np.errstate(divide="ignore"):
        logs = np.log(wanted)
    finite = np.isfinite(logs)
    np.testing.assert_allclose(run(TABLE["log_softmax"], np.array(x), axis=0)[finite], logs[finite], rtol=1e-15)


def test_erf_and_its_inverse_over_their_whole_range():
    x = np.concatenate([np.linspace(-6.5, 6.5, 4001), 10.0 ** np.arange(-300, 0, 11)])
    np.testing.assert_allclose(run(TABLE["erf"], x), [math.erf(one) for one in x], rtol=5e-16)
    y = np.array([0.0, 1e-300, 1e-9, 0.3, -0.5, 0.84, 0.85, -0.99, 1 - 1e-6, -(1 - 1e-10), 1 - 1e-14, 1 - 2.0**-53])
    back = run(TABLE["erfinv"], y)
    for one, other in zip(y, back, strict=True):  # compared where the digits are: in erf, near the ends in erfc
        if abs(one) < 0.5:
            np.testing.assert_allclose(math.erf(other), one, rtol=4e-16)
        else:
            np.testing.assert_allclose(math.erfc(abs(other)), 1 - abs(one), rtol=4e-14)
    np.testing.assert_array_equal(run(TABLE["erfinv"], np.array([-1.0, 1.0, 1.5])), [-INF, INF, NAN])


def test_no_function_overflows_on_the_way_to_a_finite_value():
    x = np.array([-500.0, 500.0], np.float32)
    np.testing.assert_array_equal(run(TABLE["sigmoid"], x), [0.0, 1.0])
    np.testing.assert_array_equal(run(TABLE["softplus"], x), [0.0, 500.0])
    np.testing.assert_array_equal(run(TABLE["tanh"], x), [-1.0, 1.0])


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 3e-7), ("float64", 5e-16)])
def test_small_values_keep_their_digits(dtype, tolerance):
    x = np.array([-30.0, -10.0, -3.0, 3.0, 30.0], dtype)
    for name, function in (
        ("sigmoid", lambda x: math.exp(x) / (1 + math.exp(x))),
        ("softplus", lambda x: math.log1p(math.exp(x))),
        ("expm1", math.expm1),
    ):
        wanted = [function(one) for one in x.tolist()]
        np.testing.assert_allclose(run(TABLE[name], x), wanted, rtol=tolerance, err_msg=name)


# --- derivatives where functions bend or tie ---


def gradient(function, *values):
    arrays = [np.array(one) for one in values]
    graph = trace(lambda *xs: TABLE["sum"](function(*xs), axis=(0,), keepdims=False), [spec_of(one) for one in arrays])
    return get("reference").compile(differentiate(graph, range(len(arrays))))(*arrays)


def test_derivatives_at_bends_and_ties():
    (at_zero,) = gradient(TABLE["relu"], [0.0, -0.0, 1.0])
    np.testing.assert_array_equal(at_zero, [0.0, 0.0, 1.0])
    for name, larger in (("maximum", 0), ("minimum", 1)):
        parts = gradient(TABLE[name], [2.0, 1.0], [1.0, 1.0])
        np.testing.assert_array_equal(parts[larger], [1.0, 0.5], err_msg=name)
        np.testing.assert_array_equal(parts[1 - larger], [0.0, 0.5], err_msg=name)
    (shared,) = gradient(lambda x: TABLE["max"](x, axis=(0,), keepdims=True), [3.0, 1.0, 3.0, 3.0])
    np.testing.assert_allclose(shared, [1 / 3, 0, 1 / 3, 1 / 3], rtol=1e-15)
    (product,) = gradient(lambda x: TABLE["prod"](x, axis=(0,), keepdims=True), [0.0, 2.0, 5.0])
    np.testing.assert_array_equal(product, [10.0, 0.0, 0.0])
    (two_zeros,) = gradient(lambda x: TABLE["prod"](x, axis=(0,), keepdims=True), [0.0, 0.0, 5.0])
    np.testing.assert_array_equal(two_zeros, [0.0, 0.0, 0.0])


def test_derivatives_of_powers_at_zero():
    base, exponent = gradient(TABLE["power"], [0.0, 0.0, 3.0], [2.0, 0.0, 0.0])
    np.testing.assert_array_equal(base, [0.0, 0.0, 0.0])
    np.testing.assert_allclose(exponent, [0.0, 0.0, math.log(3)], rtol=1e-15)
    (negative, _) = gradient(TABLE["power"], [-2.0], [3.0])
    np.testing.assert_array_equal(negative, [12.0])


def test_derivatives_of_a_clip_belong_to_what_was_chosen():
    x, low, high = gradient(TABLE["clip"], [0.0, 2.0, -2.0, 5.0], [-1.0] * 3 + [4.0], [1.0] * 3 + [3.0])
    np.testing.assert_array_equal(x, [1, 0, 0, 0])
    np.testing.assert_array_equal(low, [0, 0, 1, 0])
    np.testing.assert_array_equal(high, [0, 1, 0, 1])  # also where it lies below the lower bound


def test_stop_gradient_stops():
    (part,) = gradient(lambda x: TABLE["stop_gradient"](x) * x, [3.0])
    np.testing.assert_array_equal(part, [3.0])


def test_integers_on_the_way_have_no_derivative():
    graph = trace(lambda x: TABLE["cast"](TABLE["cast"](x, dtype="int32"), dtype="float32"), [spec_of(np.ones(2))])
    (back,) = pullback(graph.outputs, [np.ones(2, np.float32)], graph.inputs)
    (part,) = get("reference").compile(type(graph)(graph.inputs, (back,)))(np.ones(2))
    np.testing.assert_array_equal(part, [0.0, 0.0])


def test_the_derivative_of_a_variance_of_nothing_is_as_empty_as_its_operand():
    (part,) = gradient(lambda x: TABLE["var"](x, axis=(0,), keepdims=False), np.zeros((0, 3)))
    assert part.shape == (0, 3)


def test_a_mean_of_more_halves_than_a_half_can_count():
    mean = TABLE["mean"](np.full(70000, 2.0, np.float16), axis=(0,), keepdims=False)
    assert (mean, mean.dtype) == (2.0, np.float16)
