"""Elementwise primitives: arithmetic, functions, comparisons, logic, casts and choice."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from onionskin.base.specs import Spec, is_float
from onionskin.graph import Node, Primitive
from onionskin.prims.families import (
    binary,
    define,
    float_spec,
    joint_spec,
    number_spec,
    truth_spec,
    unary,
    unbroadcast,
)
from onionskin.prims.special import bessel_values, erf_values, erfc_values, erfinv_values


def number(value: float, like: Any) -> np.ndarray:
    """Return a number as a 0-d array of another value's dtype."""
    return np.asarray(value, like.dtype)


# --- cast and identity ---


def _cast_vjp(g: Node, y: Node, x: Node, *, dtype: str) -> tuple[Any]:
    return (cast(g, dtype=x.dtype) if is_float(x.dtype) and is_float(dtype) else None,)


def _cast_value(x: Any, *, dtype: str) -> Any:
    return x.astype(dtype)


cast: Primitive = define(
    Primitive(
        "cast",
        "elementwise",
        spec=lambda x, *, dtype: Spec(x.shape, dtype),
        value=_cast_value,
        vjp=_cast_vjp,
        formula=r"\mathrm{{{dtype}}}({0})",
    )
)
stop_gradient: Primitive = define(
    Primitive(
        "stop_gradient",
        "elementwise",
        spec=lambda x: x,
        value=lambda x: x,
        formula=r"\mathrm{{stop}}({0})",
        fresh=False,
    )
)

# --- arithmetic ---


def _log_where_positive(a: Node) -> Any:
    return where(a > 0, log(where(a > 0, a, number(1, a))), number(0, a))


add: Primitive = binary("add", np.add, (lambda g, y, a, b: g, lambda g, y, a, b: g), "{0} + {1}")
subtract: Primitive = binary(
    "subtract", np.subtract, (lambda g, y, a, b: g, lambda g, y, a, b: -g), "{0} - {1}", spec=number_spec
)
multiply: Primitive = binary(
    "multiply", np.multiply, (lambda g, y, a, b: g * b, lambda g, y, a, b: g * a), r"{0} \cdot {1}"
)
divide: Primitive = binary(
    "divide",
    np.true_divide,
    (lambda g, y, a, b: g / b, lambda g, y, a, b: -(g * y) / b),
    r"\frac{{{0}}}{{{1}}}",
    ("real", "nonzero"),
    float_spec,
)
power: Primitive = binary(
    "power",
    np.power,
    (
        lambda g, y, a, b: g * b * power(a, where(equal(b, number(0, b)), number(1, b), b - 1)),
        lambda g, y, a, b: g * y * _log_where_positive(a),
    ),
    "{0}^{{{1}}}",
    ("positive", "real"),
    number_spec,
)


def _tie_share(y: Node, mine: Node, other: Node) -> Any:
    """Return 1 where mine was chosen, ½ where both are equal, 0 elsewhere."""
    chosen = cast(equal(y, mine), dtype=y.dtype)
    return chosen / (chosen + cast(equal(y, other), dtype=y.dtype))


maximum: Primitive = binary(
    "maximum",
    np.maximum,
    (lambda g, y, a, b: g * _tie_share(y, a, b), lambda g, y, a, b: g * _tie_share(y, b, a)),
    r"\max({0}, {1})",
)
minimum: Primitive = binary(
    "minimum",
    np.minimum,
    (lambda g, y, a, b: g * _tie_share(y, a, b), lambda g, y, a, b: g * _tie_share(y, b, a)),
    r"\min({0}, {1})",
)
mod: Primitive = binary(
    "mod",
    np.mod,
    (lambda g, y, a, b: g, lambda g, y, a, b: -g * floor(a / b)),
    r"{0} \bmod {1}",
    ("real", "nonzero"),
    number_spec,
)
floor_divide: Primitive = binary(
    "floor_divide", np.floor_divide, None, r"\lfloor {0} / {1} \rfloor", ("real", "nonzero"), number_spec
)
arctan2: Primitive = binary(
    "arctan2",
    np.arctan2,
    (lambda g, y, a, b: g * b / (a * a + b * b), lambda g, y, a, b: -(g * a) / (a * a + b * b)),
    r"\operatorname{{atan2}}({0}, {1})",
    ("nonzero", "nonzero"),
    float_spec,
)

negative: Primitive = unary("negative", np.negative, lambda g, y, x: -g, "-{0}", spec=number_spec)
abs_: Primitive = unary("abs", np.abs, lambda g, y, x: g * sign(x), "|{0}|", "nonzero")
sign: Primitive = unary("sign", np.sign, None, r"\operatorname{{sign}}({0})", "nonzero", spec=number_spec)
floor: Primitive = unary("floor", np.floor, None, r"\lfloor {0} \rfloor", "noninteger", spec=float_spec)
ceil: Primitive = unary("ceil", np.ceil, None, r"\lceil {0} \rceil", "noninteger", spec=float_spec)
round_: Primitive = unary("round", np.rint, None, r"\operatorname{{round}}({0})", "noninteger", spec=float_spec)

# --- functions ---


def _rsqrt_value(x: Any, out: Any = None) -> Any:
    return np.divide(1, np.sqrt(x), out=out, dtype=x.dtype)


def _sigmoid_value(x: Any, out: Any = None) -> Any:
    # exp(-x) may overflow, and 1 / inf is the right 0; (1 + tanh(x/2)) / 2 would lose the digits of small values
    one = x.dtype.type(1)
    y = np.exp(np.negative(x, out=out), out=out)
    return np.divide(one, np.add(y, one, out=out), out=out)


def _softplus_value(x: Any, out: Any = None) -> Any:
    return np.logaddexp(x, x.dtype.type(0), out=out)


def _relu_value(x: Any, out: Any = None) -> Any:
    return np.maximum(x, x.dtype.type(0), out=out)


exp: Primitive = unary("exp", np.exp, lambda g, y, x: g * y, "e^{{{0}}}", spec=float_spec)
expm1: Primitive = unary("expm1", np.expm1, lambda g, y, x: g * (y + 1), "e^{{{0}}} - 1", spec=float_spec)
log: Primitive = unary("log", np.log, lambda g, y, x: g / x, r"\ln {0}", "positive", spec=float_spec)
log1p: Primitive = unary("log1p", np.log1p, lambda g, y, x: g / (x + 1), r"\ln(1 + {0})", "positive", spec=float_spec)
sqrt: Primitive = unary("sqrt", np.sqrt, lambda g, y, x: g * 0.5 / y, r"\sqrt{{{0}}}", "positive", spec=float_spec)
rsqrt: Primitive = unary(
    "rsqrt",
    _rsqrt_value,
    lambda g, y, x: g * -0.5 * y * y * y,
    r"\frac{{1}}{{\sqrt{{{0}}}}}",
    "positive",
    spec=float_spec,
)
tanh: Primitive = unary("tanh", np.tanh, lambda g, y, x: g * (1 - y * y), r"\tanh {0}", spec=float_spec)
sin: Primitive = unary("sin", np.sin, lambda g, y, x: g * cos(x), r"\sin {0}", spec=float_spec)
cos: Primitive = unary("cos", np.cos, lambda g, y, x: -g * sin(x), r"\cos {0}", spec=float_spec)
arctan: Primitive = unary("arctan", np.arctan, lambda g, y, x: g / (1 + x * x), r"\arctan {0}", spec=float_spec)
erf: Primitive = unary(
    "erf",
    erf_values,
    lambda g, y, x: g * exp(-x * x) * (2 / math.sqrt(math.pi)),
    r"\operatorname{{erf}}({0})",
    spec=float_spec,
)
erfinv: Primitive = unary(
    "erfinv",
    erfinv_values,
    lambda g, y, x: g * exp(y * y) * (math.sqrt(math.pi) / 2),
    r"\operatorname{{erf}}^{{-1}}({0})",
    "unit",
    spec=float_spec,
)
erfc: Primitive = unary(
    "erfc",
    erfc_values,
    lambda g, y, x: g * exp(-x * x) * (-2 / math.sqrt(math.pi)),
    r"\operatorname{{erfc}}({0})",
    spec=float_spec,
)


def _bessel_derivative(g: Node, y: Node, x: Node, *, order: int) -> Any:
    above = bessel_i(x, order=order + 1)
    return g * (above if order == 0 else (bessel_i(x, order=order - 1) + above) * 0.5)


bessel_i: Primitive = unary(
    "bessel_i", bessel_values, _bessel_derivative, "I_{{{order}}}({0})", spec=lambda x, *, order: float_spec(x)
)
# The step to the next number is not a function of reals: it has no derivative.
nextafter: Primitive = binary("nextafter", np.nextafter, None, r"\operatorname{{next}}({0}, {1})", spec=float_spec)
sigmoid: Primitive = unary(
    "sigmoid",
    _sigmoid_value,
    lambda g, y, x: g * y * (1 - y),
    r"\sigma({0})",
    definition=lambda x: 1 / (1 + exp(-x)),
    spec=float_spec,
)
softplus: Primitive = unary(
    "softplus",
    _softplus_value,
    lambda g, y, x: g * sigmoid(x),
    r"\ln(1 + e^{{{0}}})",
    definition=lambda x: log1p(exp(x)),
    spec=float_spec,
)
# The derivative at 0 is 0, as in every library that people compare with.
relu: Primitive = unary(
    "relu",
    _relu_value,
    lambda g, y, x: g * cast(greater(y, number(0, y)), dtype=g.dtype),  # y, so that x need not be kept
    r"\max(0, {0})",
    "nonzero",
    definition=lambda x: maximum(x, number(0, x)),
)

# --- tests of a value, comparisons, logic ---


def _is_spec(x: Spec) -> Spec:
    return Spec(x.shape, "bool")


isfinite: Primitive = unary("isfinite", np.isfinite, None, r"{0} \in \mathbb{{R}}", spec=_is_spec)
isnan: Primitive = unary("isnan", np.isnan, None, r"{0} = \mathrm{{NaN}}", spec=_is_spec)
isinf: Primitive = unary("isinf", np.isinf, None, r"|{0}| = \infty", spec=_is_spec)
logical_not: Primitive = unary("logical_not", np.logical_not, None, r"\neg {0}", "bool", spec=_is_spec)

equal: Primitive = binary("equal", np.equal, None, "{0} = {1}", spec=truth_spec)
not_equal: Primitive = binary("not_equal", np.not_equal, None, r"{0} \neq {1}", spec=truth_spec)
less: Primitive = binary("less", np.less, None, "{0} < {1}", spec=truth_spec)
less_equal: Primitive = binary("less_equal", np.less_equal, None, r"{0} \leq {1}", spec=truth_spec)
greater: Primitive = binary("greater", np.greater, None, "{0} > {1}", spec=truth_spec)
greater_equal: Primitive = binary("greater_equal", np.greater_equal, None, r"{0} \geq {1}", spec=truth_spec)
logical_and: Primitive = binary("logical_and", np.logical_and, None, r"{0} \land {1}", ("bool", "bool"), truth_spec)
logical_or: Primitive = binary("logical_or", np.logical_or, None, r"{0} \lor {1}", ("bool", "bool"), truth_spec)
logical_xor: Primitive = binary("logical_xor", np.logical_xor, None, r"{0} \oplus {1}", ("bool", "bool"), truth_spec)

# --- choice ---


def _where_spec(condition: Spec, a: Spec, b: Spec) -> Spec:
    branches = joint_spec(a, b)
    shaped = Spec(condition.shape, branches.dtype)  # only the shapes of condition and branches must fit
    return joint_spec(shaped, branches)


def _where_vjp(g: Node, y: Node, condition: Node, a: Node, b: Node) -> tuple[Any, ...]:
    return None, unbroadcast(where(condition, g, number(0, g)), a), unbroadcast(where(condition, number(0, g), g), b)


where: Primitive = define(
    Primitive(
        "where",
        "elementwise",
        _where_spec,
        lambda condition, a, b: np.where(condition, a, b),
        _where_vjp,
        formula=r"({0}\,?\,{1} : {2})",
        domain=("bool", "real", "real"),
    )
)


def _clip_value(x: Any, low: Any, high: Any, out: Any = None) -> Any:
    return np.minimum(np.maximum(x, low, out=out), high, out=out)


def _clip_vjp(g: Node, y: Node, x: Node, low: Node, high: Node) -> tuple[Any, ...]:
    inside = logical_and(greater_equal(x, low), less_equal(x, high))
    below = logical_and(less(x, low), less_equal(low, high))
    above = greater(maximum(x, low), high)
    return (
        unbroadcast(where(inside, g, number(0, g)), x),
        unbroadcast(where(below, g, number(0, g)), low),
        unbroadcast(where(above, g, number(0, g)), high),
    )


clip: Primitive = define(
    Primitive(
        "clip",
        "elementwise",
        joint_spec,
        _clip_value,
        _clip_vjp,
        formula=r"\min(\max({0}, {1}), {2})",
        domain=("real", "negative", "positive"),
    )
)
