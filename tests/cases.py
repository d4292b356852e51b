"""One case for each primitive: how to draw its arguments, what it means, how exact it must be."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from tests import samples
from tests.prims import oracles
from tests.prims import oracles_matrices as of_matrices
from tests.prims.oracles import along, each, picking, reduce

FLOATS = ("float32", "float64")
NUMBERS = ("float16", "float32", "float64", "int32", "int64")
ANY = ("float32", "float64", "int32", "uint8", "bool")
MATRIX = {"float16": 2e-3, "float32": 2e-5, "float64": 1e-12}  # errors grow with the condition
EXACT = {"float16": 2e-3, "float32": 2e-6, "float64": 2e-13}


@dataclass(frozen=True)
class Case:
    """What the tests of one primitive need.

    Args:
        name: the primitive's name in `prims.TABLE`.
        sample: `(dtype, smooth) -> strategy of (arguments, parameters)`; smooth where differences are taken.
        oracle: plain-loop meaning, `(*arrays, **params) -> array` or a tuple of them.
        dtypes: dtypes to draw.
        tolerance: relative error allowed, by dtype.
        derivative: False where the record has no rule because the derivative is zero or does not exist.
    """

    name: str
    sample: Callable
    oracle: Callable
    dtypes: tuple[str, ...] = FLOATS
    tolerance: dict[str, float] = field(default_factory=lambda: EXACT)
    derivative: bool = True

    def __str__(self):
        return self.name


def smooth(name, function, domain="real", **more):
    return Case(name, samples.elementwise(domain), each(function), **more)


def pair(name, function, *domains, **more):
    return Case(name, samples.elementwise(*(domains or ("real", "real"))), each(function), **more)


def truth(name, function, *domains, dtypes=ANY):
    return Case(name, samples.elementwise(*domains), each(function, bool), dtypes, derivative=False)


def flat(name, function, domain, **more):
    return Case(name, samples.elementwise(domain), each(function), derivative=False, **more)


def matrix(name, function, sample, **more):
    return Case(name, sample, of_matrices.each_matrix(function), tolerance=MATRIX, **more)


def flat_pair(name, function, *domains, **more):
    return Case(name, samples.elementwise(*domains), each(function), derivative=False, **more)


def _summed(function):
    """The oracle of a sum or product: small integers are widened to 32 bits."""
    wide = {"bool": "int32", "int8": "int32", "uint8": "uint32"}

    def oracle(x, *, axis, keepdims):
        return reduce(function, wide.get(x.dtype.name, x.dtype.name))(x, axis=axis, keepdims=keepdims)

    return oracle


def _total(values):
    return math.fsum(values) if values and isinstance(values[0], float) else sum(values)


def _mean(values):
    return math.fsum(values) / len(values) if values else math.nan


def _running(values):
    return [_total(values[: end + 1]) for end in range(len(values))]


def _cast(x, *, dtype):
    def convert(value):
        return bool(value) if dtype == "bool" else (value if dtype.startswith("float") else math.trunc(value))

    return each(convert, dtype)(x)


def _clip(x, low, high):
    return min(max(x, low), high)


def _where(condition, a, b):
    return a if condition else b


def _relu(x):
    return x if x > 0 else 0


def _softplus(x):
    return math.log1p(math.exp(-abs(x))) + max(x, 0.0)


def _cond(pred, a, b, *, on_true, on_false):
    if pred:
        return each(lambda a, b: a * b)(a, b), each(math.sin)(a)
    return each(lambda a, b: a + b)(a, b), each(lambda a, b: b * b * a)(a, b)


def _scan(c, n, xs, k, *, body, carries, sequences, length, reverse):
    rows, counts = np.empty_like(xs), np.empty(length, np.int32)
    for step in reversed(range(length)) if reverse else range(length):
        rows[step] = each(lambda c, x: c * x)(c, xs[step])
        counts[step] = n
        c, n = each(lambda c, k, x: math.tanh(c * k + x))(c, k, xs[step]), n + 1
    return c, np.asarray(n, np.int32), rows, counts


def _where_sample(dtype, smooth_only):
    return samples.elementwise("real", "real", "real")(dtype, smooth_only).map(
        lambda drawn: ([drawn[0][0] > 0, *drawn[0][1:]], drawn[1])
    )


def _order(values):
    return sorted(range(len(values)), key=values.__getitem__)


CASES = [
    # arithmetic
    pair("add", lambda a, b: a + b, dtypes=NUMBERS),
    pair("subtract", lambda a, b: a - b, dtypes=NUMBERS),
    pair("multiply", lambda a, b: a * b, dtypes=NUMBERS),
    pair("divide", lambda a, b: a / b, "real", "nonzero"),
    pair("power", math.pow, "positive", "real"),
    pair("maximum", max, "even", "odd", dtypes=NUMBERS),
    pair("minimum", min, "even", "odd", dtypes=NUMBERS),
    pair("mod", lambda a, b: a % b, "dividend", "divisor", dtypes=(*FLOATS, "int32", "uint8")),
    Case(
        "floor_divide",
        samples.elementwise("dividend", "divisor"),
        each(lambda a, b: a // b),
        (*FLOATS, "int32", "uint8"),
        derivative=False,
    ),
    pair("arctan2", math.atan2, "nonzero", "nonzero"),
    smooth("negative", lambda x: -x, dtypes=NUMBERS),
    smooth("abs", abs, "nonzero", dtypes=(*NUMBERS, "uint8")),
    flat("sign", lambda x: (x > 0) - (x < 0), "real", dtypes=NUMBERS),
    flat("floor", math.floor, "noninteger"),
    flat("ceil", math.ceil, "noninteger"),
    flat("round", round, "even"),
    # functions
    smooth("exp", math.exp),
    smooth("expm1", math.expm1),
    smooth("log", math.log, "positive"),
    smooth("log1p", math.log1p, "positive"),
    smooth("sqrt", math.sqrt, "positive"),
    smooth("rsqrt", lambda x: 1 / math.sqrt(x), "positive"),
    smooth("tanh", math.tanh),
    smooth("sin", math.sin),
    smooth("cos", math.cos),
    smooth("arctan", math.atan),
    smooth("erf", math.erf),
    smooth("erfinv", oracles.erfinv, "unit"),
    smooth("sigmoid", lambda x: 1 / (1 + math.exp(-x))),
    smooth("softplus", _softplus),
    smooth("relu", _relu, "nonzero", dtypes=NUMBERS),
    smooth("erfc", math.erfc),
    Case(
        "bessel_i",
        lambda dtype, smooth: samples.elementwise("real")(dtype, smooth).map(lambda drawn: (drawn[0], {"order": 1})),
        each(oracles.bessel_i),
    ),
    flat_pair("nextafter", math.nextafter, "real", "real", dtypes=("float64",)),
    # whole numbers
    flat_pair("bitwise_and", lambda a, b: a & b, "real", "real", dtypes=("int32", "uint8", "bool")),
    flat_pair("bitwise_or", lambda a, b: a | b, "real", "real", dtypes=("int32", "uint8", "bool")),
    flat_pair("bitwise_xor", lambda a, b: a ^ b, "real", "real", dtypes=("int32", "uint8", "bool")),
    flat("bitwise_not", lambda a: (not a) if isinstance(a, bool) else ~a, "real", dtypes=("int32", "int64", "bool")),
    flat_pair("left_shift", lambda a, b: a << b, "real", "count", dtypes=("int32", "int64")),
    flat_pair("right_shift", lambda a, b: a >> b, "real", "count", dtypes=("int32", "uint8")),
    flat_pair("gcd", math.gcd, "real", "real", dtypes=("int32", "uint8")),
    # tests of a value, comparisons, logic, choice
    truth("isfinite", math.isfinite, "special", dtypes=FLOATS),
    truth("isnan", math.isnan, "special", dtypes=FLOATS),
    truth("isinf", math.isinf, "special", dtypes=FLOATS),
    truth("logical_not", lambda a: not a, "bool", dtypes=("bool",)),
    truth("equal", lambda a, b: a == b, "even", "even"),
    truth("not_equal", lambda a, b: a != b, "even", "even"),
    truth("less", lambda a, b: a < b, "even", "even"),
    truth("less_equal", lambda a, b: a <= b, "even", "even"),
    truth("greater", lambda a, b: a > b, "even", "even"),
    truth("greater_equal", lambda a, b: a >= b, "even", "even"),
    truth("logical_and", lambda a, b: a and b, "bool", "bool", dtypes=("bool",)),
    truth("logical_or", lambda a, b: a or b, "bool", "bool", dtypes=("bool",)),
    truth("logical_xor", lambda a, b: a != b, "bool", "bool", dtypes=("bool",)),
    Case("where", _where_sample, each(_where), FLOATS),
    Case("clip", samples.elementwise("outside", "below", "above"), each(_clip), (*FLOATS, "int32")),
    Case("cast", samples.casting("float16", "float32", "float64", "int32", "bool"), _cast, (*FLOATS, "int32", "bool")),
    flat("stop_gradient", lambda x: x, "real", dtypes=ANY),
    # reductions
    Case("sum", samples.reduction(), _summed(_total), (*FLOATS, "int32", "uint8", "bool")),
    Case("prod", samples.reduction("nonzero"), _summed(math.prod), (*FLOATS, "int64", "bool")),
    Case("mean", samples.reduction(), reduce(_mean)),
    Case("var", samples.reduction(), reduce(oracles.variance)),
    Case("max", samples.reduction("distinct", least=1), reduce(max), ANY),
    Case("min", samples.reduction("distinct", least=1), reduce(min), ANY),
    Case("any", samples.reduction("bool"), reduce(any, bool), ("bool",), derivative=False),
    Case("all", samples.reduction("bool"), reduce(all, bool), ("bool",), derivative=False),
    Case("logsumexp", samples.reduction(), reduce(oracles.logsumexp)),
    Case("softmax", samples.along(), along(oracles.softmax)),
    Case("log_softmax", samples.along(), along(lambda values: [value - oracles.logsumexp(values) for value in values])),
    Case("cumsum", samples.along(), along(_running), (*FLOATS, "int32")),
    Case("sort", samples.along("distinct"), along(sorted), (*FLOATS, "int32")),
    Case("argsort", samples.along("even"), along(_order, np.int32), (*FLOATS, "int32"), derivative=False),
    Case(
        "argmax",
        samples.along("even", least=1, keepdims=samples.st.booleans()),
        picking(lambda values: values.index(max(values))),
        ANY,
        derivative=False,
    ),
    Case(
        "argmin",
        samples.along("even", least=1, keepdims=samples.st.booleans()),
        picking(lambda values: values.index(min(values))),
        ANY,
        derivative=False,
    ),
    # movements
    Case("reshape", samples.reshaping, oracles.reshape, ANY),
    Case("transpose", samples.transposing, oracles.transpose, ANY),
    Case("broadcast_to", samples.broadcasting, oracles.broadcast_to, ANY),
    Case("concatenate", samples.joining, oracles.concatenate, ANY),
    Case("slice", samples.slicing, oracles.slice_, ANY),
    Case("pad", samples.padding, oracles.pad, ANY),
    Case("flip", samples.flipping, oracles.flip, ANY),
    # products, indexing, random, control
    Case("matmul", samples.products, oracles.matmul),
    Case("einsum", samples.summing, oracles.einsum),
    Case("take", samples.indexing(with_updates=False), oracles.take, ANY),
    Case("scatter_add", samples.indexing(with_updates=True), oracles.scatter_add, (*FLOATS, "int32")),
    Case(
        "scatter_max", samples.indexing(with_updates=True, distinct=True), oracles.scattering(max), (*FLOATS, "int32")
    ),
    Case(
        "scatter_min", samples.indexing(with_updates=True, distinct=True), oracles.scattering(min), (*FLOATS, "uint8")
    ),
    Case(
        "scatter_multiply",
        samples.indexing(with_updates=True),
        oracles.scattering(lambda a, b: a * b),
        (*FLOATS, "int64"),
        EXACT | {"float32": 2e-5},
    ),
    Case("bitcast", samples.recasting, oracles.bitcast, (*FLOATS, "int32", "uint8"), derivative=False),
    Case("one_hot", samples.labels, oracles.one_hot, ("int32", "uint8", "int64"), derivative=False),
    Case("random_bits", samples.streams(), oracles.random_bits, ("uint32",), derivative=False),
    Case(
        "random_uniform",
        samples.streams("float16", "float32", "float64"),
        oracles.random_uniform,
        ("uint32",),
        {"uint32": 0.0},
        derivative=False,
    ),
    Case("cond", samples.branching, _cond),
    Case("scan", samples.scanning, _scan, tolerance=EXACT | {"float32": 2e-5}),
    Case("fourier", samples.transforming, oracles.fourier, tolerance=EXACT | {"float32": 2e-5, "float64": 1e-12}),
    # matrices
    matrix("inv", of_matrices.inverse, samples.matrices("regular")),
    matrix("det", of_matrices.determinant, samples.matrices("regular")),
    matrix("cofactor", of_matrices.cofactors, samples.matrices("regular")),
    matrix("slogdet", of_matrices.sign_and_log, samples.matrices("regular")),
    matrix("solve", of_matrices.solution, samples.systems("regular")),
    matrix("solve_triangular", of_matrices.triangular, samples.systems("triangular", lower=samples.st.booleans())),
    matrix("pinv", of_matrices.pseudo_inverse, samples.matrices("any", rcond=1e-6)),
    matrix("cholesky", of_matrices.cholesky, samples.matrices("definite")),
    matrix("lu", of_matrices.lu, samples.matrices("any")),
    matrix("qr", of_matrices.qr, samples.matrices("any", complete=samples.only_when_rough)),
    Case("svd", samples.matrices("any", full=samples.only_when_rough), of_matrices.svd, tolerance=MATRIX),
    Case("singular_values", samples.matrices("any"), of_matrices.singular_values, tolerance=MATRIX),
    Case("eigh", samples.matrices("definite"), of_matrices.eigh, tolerance=MATRIX),
    Case("eig", samples.matrices("real spectrum"), of_matrices.eig, tolerance=MATRIX),
]
