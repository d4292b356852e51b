"""Tile programs: every operation against NumPy or float64, specials, broadcasting, dtypes and mistakes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines_native.ext_run import CODES, OPS, build, chain, flat, isa, run, threads  # noqa: F401 - fixtures

SPECIALS = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    np.inf,
    -np.inf,
    np.nan,
    1e-45,
    -1e-45,
    1.17e-38,
    3.4e38,
    -3.4e38,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
]
SPECIALS32 = np.array(SPECIALS, "float32")


def bit_patterns(count=400_000, dtype="float32"):
    """Return float32 numbers spread evenly over all bit patterns, so over all sizes, and the specials."""
    patterns = np.linspace(0, 2**32 - 1, count).astype(np.uint32)
    with np.errstate(invalid="ignore"):  # signalling NaNs are among them
        return np.concatenate([patterns.view(np.float32), SPECIALS32]).astype(dtype)


def assert_ulps(got, exact, most):
    """Compare float32 results with float64 ones, in units of the last place of the rounded exact result."""
    exact = np.asarray(exact, np.float64)
    with np.errstate(over="ignore"):
        rounded = exact.astype(np.float32)
    special = ~np.isfinite(rounded)
    np.testing.assert_array_equal(got[special], rounded[special])
    spacing = np.spacing(np.abs(rounded[~special])).astype(np.float64)
    error = np.abs(got[~special].astype(np.float64) - exact[~special]) / spacing
    worst = int(np.argmax(error)) if error.size else 0
    assert error.size == 0 or error[worst] <= most, (
        f"{error[worst]} ulp: {got[~special][worst]!r}, exact {exact[~special][worst]!r}"
    )


def exact_erf(x):
    return np.array([math.erf(one) for one in x])


def exact_sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(np.isnan(x), x, np.where(x >= 0, 1, e) / (1 + e))


FUNCTIONS = {
    "EXP": (np.exp, 2),
    "EXPM1": (np.expm1, 1),
    "LOG": (np.log, 2),
    "LOG1P": (np.log1p, 1),
    "TANH": (np.tanh, 2),
    "SIGMOID": (exact_sigmoid, 2),
    "SOFTPLUS": (lambda x: np.logaddexp(x, 0), 1),
    "SIN": (np.sin, 1),
    "COS": (np.cos, 1),
    "ERF": (exact_erf, 1),
    "SQRT": (np.sqrt, 0.5),
    "RSQRT": (lambda x: 1 / np.sqrt(x), 2),
    "ATAN": (np.arctan, 2),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_is_within_its_bound_over_all_sizes(name, isa):  # noqa: F811
    function, bound = FUNCTIONS[name]
    x = bit_patterns(60_000 if name == "ERF" else 400_000)
    dense = np.linspace(-20, 20, 40_001, dtype=np.float32)
    for part in (x, dense):
        with np.errstate(all="ignore"):
            exact = function(part.astype(np.float64))
        assert_ulps(chain([(name, 0)], [part]), exact, bound)


@pytest.mark.parametrize("name", ["EXP", "LOG", "SIGMOID", "TANH", "EXPM1", "LOG1P", "SOFTPLUS", "SIN", "COS", "SQRT"])
def test_function_in_float64_equals_numpy_within_rounding(name, isa):  # noqa: F811
    x = np.concatenate([np.linspace(-800, 800, 20_001), np.geomspace(1e-310, 1e300, 5_000), SPECIALS])
    with np.errstate(all="ignore"):
        expected = FUNCTIONS[name][0](x)
    np.testing.assert_allclose(chain([(name, 0)], [x], dtype="float64"), expected, rtol=2e-15, atol=1e-320)


EXACT = {
    "ADD": np.add, "SUB": np.subtract, "MUL": np.multiply, "DIV": np.divide, "MAX": np.maximum, "MIN": np.minimum,
    "MOD": np.mod, "EQ": np.equal, "NE": np.not_equal, "LT": np.less, "LE": np.less_equal, "GT": np.greater,
    "GE": np.greater_equal, "AND": np.logical_and, "OR": np.logical_or, "XOR": np.logical_xor,
}  # fmt: skip


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", EXACT)
def test_binary_operation_equals_numpy_on_all_pairs_of_specials(name, dtype, isa):  # noqa: F811
    values = np.concatenate([SPECIALS32, np.random.default_rng(0).normal(size=30)]).astype(dtype)
    a, b = (np.ascontiguousarray(one) for one in np.meshgrid(values, values))
    with np.errstate(all="ignore"):
        expected = EXACT[name](a, b).astype(dtype)
    np.testing.assert_array_equal(chain([(name, 0, 1)], [a, b], dtype=dtype), expected)


UNARY = {
    "NEG": np.negative, "ABS": np.abs, "SIGN": np.sign, "FLOOR": np.floor, "CEIL": np.ceil, "ROUND": np.rint,
    "NOT": np.logical_not, "RELU": lambda x: np.maximum(x, 0), "ISFINITE": np.isfinite, "ISNAN": np.isnan,
    "ISINF": np.isinf,
}  # fmt: skip


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", UNARY)
def test_unary_operation_equals_numpy_over_all_sizes(name, dtype, isa):  # noqa: F811
    x = bit_patterns(50_000, dtype)
    with np.errstate(all="ignore"):
        expected = UNARY[name](x).astype(dtype)
    got = chain([(name, 0)], [x], dtype=dtype)
    np.testing.assert_array_equal(got, expected)
    if name not in ("RELU", "SIGN"):  # the sign of zero counts too
        real = ~np.isnan(expected)
        np.testing.assert_array_equal(np.signbit(got[real]), np.signbit(expected[real]))


def test_power_equals_the_rounded_one(isa):  # noqa: F811
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=3000).astype("float32"), rng.integers(-4, 5, 3000).astype("float32")
    with np.errstate(all="ignore"):
        exact = np.power(a.astype(float), b.astype(float))
    assert_ulps(chain([("POW", 0, 1)], [a, b]), exact, 1)
    grid = [np.ascontiguousarray(one) for one in np.meshgrid(SPECIALS32, SPECIALS32)]
    with np.errstate(all="ignore"):
        expected = np.power(*grid)
    np.testing.assert_allclose(chain([("POW", 0, 1)], grid), expected, rtol=2.5e-7, atol=0)


def test_where_clip_and_fma(isa):  # noqa: F811
    x = bit_patterns(5000)
    np.testing.assert_array_equal(
        chain([("LT", 0, 1), ("WHERE", 3, 0, 2)], [x], [0.0, 7.0]), np.where(x < 0, x, np.float32(7))
    )
    np.testing.assert_array_equal(chain([("CLIP", 0, 1, 2)], [x], [-2.0, 3.0]), np.clip(x, -2, 3))
    small = np.linspace(-3, 3, 1001, dtype=np.float32)
    np.testing.assert_allclose(
        chain([("FMA", 0, 0, 1)], [small], [0.5]), small * small + np.float32(0.5), rtol=1e-6, atol=1e-7
    )


def test_denormals_are_not_flushed(isa):  # noqa: F811
    x = np.array([1e-40, -3e-42, 1e-45], "float32")
    np.testing.assert_array_equal(chain([("ADD", 0, 0)], [x]), x + x)
    np.testing.assert_array_equal(chain([("MUL", 0, 1)], [x], [0.5]), x * np.float32(0.5))


@st.composite
def shapes(draw):
    """Draw a result's shape and shapes that broadcast to it."""
    full = tuple(draw(st.lists(st.integers(0, 9), min_size=0, max_size=5)))
    parts = []
    for _ in range(3):
        keep = draw(st.lists(st.booleans(), min_size=len(full), max_size=len(full)))
        parts.append(tuple(size if k else 1 for size, k in zip(full, keep, strict=True)))
    return full, parts


@settings(max_examples=150, deadline=None)
@given(shapes(), st.sampled_from(["float32", "float64"]), st.integers(0, 2**31))
def test_chain_broadcasts_as_numpy(case, dtype, seed):
    full, parts = case
    rng = np.random.default_rng(seed)
    a, b, c = (rng.normal(size=part).astype(dtype) for part in parts)
    got = chain([("MUL", 0, 1), ("ADD", 3, 2), ("RELU", 4)], [a, b, c], dtype=dtype, shape=full)
    expected = np.maximum(a * b + c, 0)
    np.testing.assert_array_equal(got, np.broadcast_to(expected, full))


@pytest.mark.parametrize("source", CODES)
@pytest.mark.parametrize("target", CODES)
def test_load_and_store_convert_as_astype(source, target):
    x = np.array([0, 1, 2, 3, 100, 127], "float64").astype(source)
    np.testing.assert_array_equal(
        chain([("NEG", 0), ("NEG", 1)], [x], dtype="float64", out_dtype=target), x.astype(target)
    )


def test_threads_give_the_same_bits(isa, threads):  # noqa: F811
    x = np.random.default_rng(2).normal(size=(300, 1001)).astype("float32")
    row = x[0].copy()
    results = []
    for count in (1, 2, 3, 5):
        threads(count)
        results.append(chain([("ADD", 0, 1), ("TANH", 2), ("ERF", 3)], [x, row]))
    for other in results[1:]:
        np.testing.assert_array_equal(other, results[0])


def test_several_outputs_and_unlike_dtypes():
    x = np.linspace(-2, 2, 777, dtype=np.float32)
    code = [[OPS["LOAD"], 0, 0, 0, 0], [OPS["RELU"], 1, 0, 0, 0], [OPS["GT"], 2, 0, 3, 0], [OPS["STORE"], 0, 1, 0, 0]]
    code.insert(0, [OPS["CONST"], 3, 0, 0, 0])
    code.append([OPS["STORE"], 1, 2, 0, 0])
    y, mask = run("tile", [x], [(x.shape, "float32"), (x.shape, "bool")], outs=[1, 2], ins=[0], code=flat(code),
                  consts=[0.0], shape=[777], strides=[[1]], dtype=9)  # fmt: skip
    np.testing.assert_array_equal(y, np.maximum(x, 0))
    np.testing.assert_array_equal(mask, x > 0)
    assert mask.dtype == bool


MISTAKES = {
    "tile: ADD reads register 7 before it is written": {"code": [OPS["LOAD"], 0, 0, 0, 0, OPS["ADD"], 1, 0, 7, 0]},
    "tile: LOAD names a input that is not there: 4": {"code": [OPS["LOAD"], 0, 4, 0, 0]},
    "tile: no instruction has the code 99": {"code": [99, 0, 0, 0, 0]},
    "tile: the code is a list of instructions of 5 numbers each": {"code": [0, 0, 0]},
    "tile: the strides of an input of shape (4) reach beyond it": {"strides": [[2]]},
    "tile: a stride is negative or too large": {"strides": [[-1]]},
    "tile: one list of strides is needed for each input": {"strides": []},
    "tile: an output of shape (4) does not fill the index space (5)": {"shape": [5]},
    "tile: registers are float32 or float64, not int32": {"dtype": CODES["int32"]},
    "tile: NEG takes 1 operands; the rest must be 0": {"code": [OPS["LOAD"], 0, 0, 0, 0, OPS["NEG"], 1, 0, 2, 0]},
    "tile: STORE names a output that is not there: 3": {"code": [OPS["LOAD"], 0, 0, 0, 0, OPS["STORE"], 3, 0, 0, 0]},
    "a shape has too many elements: (4611686018427387904, 4)": {"shape": [2**62, 4]},
}


@pytest.mark.parametrize("words", MISTAKES)
def test_a_tile_that_does_not_fit_together_is_refused(words):
    good = {"outs": [1], "ins": [0], "code": [OPS["LOAD"], 0, 0, 0, 0, OPS["STORE"], 0, 0, 0, 0], "consts": [],
            "shape": [4], "strides": [[1]], "dtype": 9}  # fmt: skip
    with pytest.raises(ValueError) as e:
        build("tile", [np.zeros(4, "float32")], [((4,), "float32")], **{**good, **MISTAKES[words]})
    assert str(e.value) == words


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sums_of_any_number_of_columns(isa, dtype):  # noqa: F811
    """Columns that fill vectors and those that do not are summed alike, and nothing beyond the array is read."""
    rng = np.random.default_rng(1)
    for length in (1, 2, 3, 63, 64, 65, 200):
        for columns in (1, 2, 3, 5, 7, 15, 16, 17, 31, 33, 50, 64, 65, 100, 257, 300):
            x = rng.normal(size=(length, columns)).astype(dtype)
            (got,) = run("reduce", [x], [((columns,), dtype)], out=1, a=0, kind="sum", outer=1, length=length,
                         inner=columns)  # fmt: skip
            bound = np.finfo(dtype).eps * (length + 8) * np.abs(x).sum(0)
            assert (np.abs(got - x.astype(np.longdouble).sum(0)) <= bound).all(), (length, columns)
            if columns > 1:  # a column's order of sums does not depend on how many there are beside it
                (alone,) = run("reduce", [np.ascontiguousarray(x[:, -2:])], [((2,), dtype)], out=1, a=0, kind="sum",
                               outer=1, length=length, inner=2)  # fmt: skip
                np.testing.assert_array_equal(got[-2:], alone)
