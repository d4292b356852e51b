"""Cases of the operations as data: name, arguments, and a NumPy oracle; for the room's own tests and for the peers."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

generator = np.random.default_rng(3)
real = generator.normal(size=(3, 4))
other = generator.normal(size=(3, 4))
positive = np.abs(real) + 0.1
unit = generator.uniform(-0.9, 0.9, size=(3, 4))
whole = generator.integers(-5, 6, size=(3, 4)).astype(np.int32)
natural = generator.integers(0, 4, size=(3, 4)).astype(np.int32)
row = np.array([3.0, -1.0, 2.0, 0.5])
cube = generator.normal(size=(2, 3, 4))
odd = np.array([1.0, np.nan, -np.inf, np.inf, 0.0, -0.0, -3.5])
holes = np.where(generator.uniform(size=(3, 4)) < 0.3, np.nan, real)
flags = real > 0
shares = np.exp(real) / np.exp(real).sum(-1, keepdims=True)
one_hot = np.eye(4)[[1, 0, 3]]


@dataclass
class Case:
    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)
    oracle: Any = None
    eager_only: bool = False  # the result's shape hangs on the numbers
    peer: bool = True  # keras.ops on JAX can be compared

    def __repr__(self):
        told = [str(np.shape(one)) if isinstance(one, np.ndarray) else repr(one)[:20] for one in self.args]
        return f"{self.name}({', '.join([*told, *[f'{key}={value!r}'[:30] for key, value in self.kwargs.items()]])})"


CASES: list[Case] = []


def case(name, *args, oracle=None, eager_only=False, peer=True, **kwargs):
    CASES.append(Case(name, args, kwargs, oracle, eager_only, peer))


def silent(function):
    def call(*args, **kwargs):
        with np.errstate(all="ignore"):
            return function(*args, **kwargs)

    return call


for name in [
    "add",
    "subtract",
    "multiply",
    "divide",
    "true_divide",
    "power",
    "maximum",
    "minimum",
    "mod",
    "floor_divide",
    "fmod",
    "fmax",
    "fmin",
    "logaddexp",
    "logaddexp2",
    "arctan2",
    "hypot",
    "heaviside",
    "equal",
    "not_equal",
    "less",
    "less_equal",
    "greater",
    "greater_equal",
]:
    first = positive if name == "power" else real
    case(name, first, row, oracle=silent(getattr(np, name)))
    if name not in ("power", "heaviside", "hypot", "arctan2"):
        case(name, whole, natural + 1, oracle=silent(getattr(np, name)))
for name in ["exp", "expm1", "exp2", "sqrt", "sin", "cos", "tan", "tanh", "sinh", "cosh", "arctan", "arcsinh", "cbrt"]:
    case(name, positive, oracle=getattr(np, name))
    case(name, natural, oracle=getattr(np, name))
for name in ["sin", "cos", "tan", "tanh", "sinh", "cosh", "arctan", "arcsinh", "cbrt", "expm1", "sinc"]:
    case(name, real * 3, oracle=getattr(np, name))
for name in ["log", "log1p", "log2", "log10", "reciprocal"]:
    case(name, positive, oracle=getattr(np, name))
for name in ["arcsin", "arccos", "arctanh"]:
    case(name, unit, oracle=getattr(np, name))
    case(name, np.array([-1.0, 0.0, 1.0, 2.0]), oracle=silent(getattr(np, name)))
case("arccosh", positive + 1, oracle=np.arccosh)
case("arcsinh", np.array([1e-8, -1e-8, 1.0, -1.0, 1e30, -1e30, 0.0, np.inf]), oracle=np.arcsinh)
case("sinh", np.array([1e-8, -1e-8, 50.0, -50.0, 1000.0]), oracle=silent(np.sinh))
case("hypot", np.array([0.0, 1e30, np.inf, 3.0]), np.array([0.0, 1e30, 1.0, -4.0]), oracle=np.hypot)
case("hypot", np.array([1e200]), np.array([1e200]), oracle=np.hypot, peer=False)  # beyond float32
case("logaddexp", odd, np.zeros(7), oracle=np.logaddexp)
far = np.array([-0.693, -1e5, 3.0], np.float32)
case("logaddexp", far, far[[1, 0, 2]], oracle=np.logaddexp)
case("logaddexp2", far + 1000, far[[1, 0, 2]], oracle=np.logaddexp2)
case("logaddexp", np.array([-np.inf, np.inf]), np.array([-np.inf, np.inf]), oracle=np.logaddexp)
case("rsqrt", positive, oracle=lambda x: 1 / np.sqrt(x))
case("erf", real, oracle=np.vectorize(math.erf))
case("erfinv", unit, oracle=None)
case("deg2rad", real, oracle=np.deg2rad)
case("rad2deg", real, oracle=np.rad2deg)
case("ldexp", real, whole, oracle=np.ldexp)
for name in ["negative", "absolute", "abs", "sign", "square"]:
    case(name, real, oracle=getattr(np, name))
    case(name, whole, oracle=getattr(np, name))
case("fabs", real, oracle=np.fabs)
for name in ["floor", "ceil", "trunc", "round"]:
    case(name, real * 4, oracle=getattr(np, name))
case("round", real * 100, 1, oracle=np.round)
case("round", real * 100, -1, oracle=np.round)
case("round", np.array([15, 25, -35], np.int32), -1, oracle=np.round)
case("round", np.array([0.5, 1.5, 2.5, -0.5]), oracle=np.round)
case("trunc", whole, oracle=np.trunc)
case("clip", real, -0.5, 0.5, oracle=np.clip)
case("clip", whole, -2, 3, oracle=np.clip)
case(
    "divide_no_nan",
    real,
    np.array([0.0, 1.0, -2.0, 0.0]),
    oracle=lambda a, b: np.where(b == 0, 0, a / np.where(b == 0, 1, b)),
)
case("nan_to_num", odd, oracle=np.nan_to_num)
case("nan_to_num", odd, 1.0, 2.0, -2.0, oracle=lambda x, nan, high, low: np.nan_to_num(x, True, nan, high, low))
for name in ["isnan", "isinf", "isfinite", "isposinf", "isneginf", "signbit"]:
    case(name, odd, oracle=getattr(np, name))
for name in ["logical_and", "logical_or", "logical_xor"]:
    case(name, flags, whole > 0, oracle=getattr(np, name))
case("logical_not", flags, oracle=np.logical_not)
case("where", flags, real, other, oracle=np.where)
case("where", flags, 1, 0, oracle=np.where)
case("where", natural, oracle=np.where, eager_only=True)
case("isclose", odd, odd + 1e-9, oracle=np.isclose)
case("isclose", odd, odd, equal_nan=True, oracle=np.isclose)
case("allclose", real, real + 1e-9, oracle=np.allclose)
case("isin", whole, natural, oracle=np.isin)
case("isin", whole, natural, invert=True, oracle=np.isin)
case("select", [flags, real > -1], [real, other], 7.0, oracle=np.select)

for name in ["sum", "mean", "max", "min", "prod", "var", "std", "median", "ptp", "amax", "amin"]:
    for axis in (None, 1, (0, 2), -1):
        case(name, cube, axis=axis, keepdims=True, oracle=getattr(np, name))
    case(name, cube, axis=0, oracle=getattr(np, name))
    case(name, whole, axis=0, oracle=getattr(np, name))
for name in ["any", "all"]:
    case(name, flags, axis=1, oracle=getattr(np, name))
    case(name, whole, oracle=getattr(np, name))
case("max", real, axis=0, initial=0.5, oracle=np.max)
case("min", np.zeros((0, 3)), axis=0, initial=2.0, oracle=np.min)
case("logsumexp", cube * 300, axis=(1, 2), oracle=lambda x, axis: np.logaddexp.reduce(x.reshape(2, 12), axis=1))
for name in ["argmax", "argmin"]:
    case(name, cube, axis=1, oracle=getattr(np, name))
    case(name, natural, oracle=getattr(np, name))
    case(name, cube, keepdims=True, oracle=getattr(np, name))
for name in ["cumsum", "cumprod"]:
    case(name, cube, axis=1, oracle=getattr(np, name))
    case(name, whole, oracle=getattr(np, name))
case("sort", cube, axis=1, oracle=np.sort)
case("argsort", natural, oracle=lambda x: np.argsort(x, axis=-1, kind="stable"))
case("argsort", natural, axis=None, oracle=lambda x, axis: np.argsort(x, axis=None, kind="stable"))


def top_oracle(x, k):
    order = np.argsort(-x.astype(float), axis=-1, kind="stable")[..., :k]
    return np.take_along_axis(x, order, -1), order


case("top_k", cube, 2, oracle=top_oracle)
case("top_k", natural, 3, oracle=top_oracle)
case(
    "in_top_k",
    np.array([1, 3, 0]),
    real.astype(np.float32),
    2,
    oracle=lambda t, p, k: np.array([(row > row[i]).sum() < k for i, row in zip(t, p, strict=True)]),
)
case(
    "in_top_k",
    np.array([9, -1, 0]),
    real.astype(np.float32),
    4,
    oracle=lambda t, p, k: [False, False, True],
    peer=False,
)
case("average", real, axis=1, weights=np.array([1.0, 2.0, 3.0, 4.0]), oracle=np.average)
case("average", real, axis=0, weights=positive, oracle=np.average)
case("average", whole, oracle=np.average)
case("count_nonzero", natural, axis=1, oracle=np.count_nonzero)
for method in ("linear", "lower", "higher", "nearest", "midpoint"):
    # half-way between two elements NumPy takes the even one as the nearest, JAX the lower one
    peer = method != "nearest"
    case("quantile", cube, [0.1, 0.5, 0.9], axis=(0, 2), method=method, oracle=np.quantile, peer=peer)
case("quantile", real, 0.3, axis=1, keepdims=True, oracle=np.quantile)
case("quantile", holes, 0.3, axis=1, oracle=np.quantile)
case("percentile", real, 30, axis=0, oracle=np.percentile)
case("diff", cube, 2, axis=1, oracle=np.diff)
case("diff", whole, oracle=np.diff)
case("trapezoid", real, oracle=np.trapezoid)
case("trapezoid", real, row.cumsum(), oracle=np.trapezoid)
case("trapezoid", real, dx=0.5, axis=0, oracle=np.trapezoid)
case("digitize", real, np.array([-1.0, 0.0, 1.0]), oracle=np.digitize)
case("searchsorted", np.array([1, 2, 2, 5], np.int32), natural, oracle=np.searchsorted)
case("searchsorted", np.array([1, 2, 2, 5], np.int32), natural, side="right", oracle=np.searchsorted)
case("bincount", natural[0], minlength=6, oracle=np.bincount, eager_only=True)
case("bincount", natural[0], weights=row, oracle=np.bincount, eager_only=True)
case("histogram", real, 5, oracle=np.histogram, eager_only=True, peer=False)  # Keras takes one axis only
case("histogram", row, 3, oracle=np.histogram, eager_only=True)
case("corrcoef", real, oracle=np.corrcoef)
case("moments", cube, (0, 2), oracle=lambda x, axes: (x.mean(axes), x.var(axes)))
case("psnr", real, other, 2.0, oracle=lambda a, b, top: 10 * np.log10(top**2 / ((a - b) ** 2).mean()))
for name in ["nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmax", "nanmin", "nanmedian"]:
    case(name, holes, axis=0, oracle=getattr(np, name))
    case(name, holes, keepdims=True, oracle=getattr(np, name))
for name in ["nanargmax", "nanargmin"]:
    case(name, holes, axis=1, oracle=getattr(np, name))
for name in ["nancumsum", "nancumprod"]:
    case(name, holes, axis=1, oracle=getattr(np, name))
case("nanquantile", holes, [0.2, 0.8], axis=1, oracle=np.nanquantile)
case("nanpercentile", holes, 40, oracle=np.nanpercentile)

case("reshape", cube, (4, -1), oracle=np.reshape)
case("ravel", cube, oracle=np.ravel)
case("transpose", cube, (2, 0, 1), oracle=np.transpose)
case("moveaxis", cube, (0, 1), (-1, 0), oracle=np.moveaxis)
case("swapaxes", cube, 0, -1, oracle=np.swapaxes)
case("expand_dims", cube, (0, -1), oracle=np.expand_dims)
case("squeeze", cube[None, :, :, :, None], (0, -1), oracle=np.squeeze)
case("broadcast_to", row, (3, 4), oracle=np.broadcast_to)
case("concatenate", [cube, cube * 2], axis=1, oracle=np.concatenate)
case("concatenate", [whole, real], oracle=np.concatenate)
case("stack", [real, other], axis=-1, oracle=np.stack)
case("unstack", cube, axis=1, oracle=lambda x, axis: [x[:, index] for index in range(3)])
case("split", cube, 2, axis=2, oracle=np.split)
case("split", cube, [1, 3], axis=-1, oracle=np.split)
case("array_split", row, 3, oracle=np.array_split)
for name in ["vstack", "hstack", "dstack"]:
    case(name, [real, other], oracle=getattr(np, name))
    case(name, [row, row], oracle=getattr(np, name))
for name in ["vsplit", "hsplit"]:
    case(name, cube[:2, :2], 2, oracle=getattr(np, name))
case("dsplit", cube, 2, oracle=np.dsplit)
case("append", real, other, axis=1, oracle=np.append)
case("tile", real, (2, 1, 3), oracle=np.tile)
case("repeat", real, 2, axis=1, oracle=np.repeat)
case("repeat", real, np.array([0, 2, 1]), axis=0, oracle=np.repeat, eager_only=True)
case("flip", cube, axis=(0, 2), oracle=np.flip)
case("fliplr", cube, oracle=np.fliplr)
case("flipud", cube, oracle=np.flipud)
case("roll", cube, 5, oracle=np.roll)
case("roll", cube, (1, -1), axis=(0, 2), oracle=np.roll)
for turns in range(-1, 4):
    case("rot90", cube, turns, (2, 0), oracle=np.rot90)
case("pad", real, ((1, 0), (0, 2)), constant_values=3.0, oracle=np.pad)
for mode in ("reflect", "symmetric"):
    case("pad", real, ((1, 2), (0, 3)), mode=mode, oracle=np.pad)
case("pad", real, ((1, 2), (0, 3)), mode="edge", oracle=np.pad)
case("pad", real, ((5, 2), (0, 9)), mode="wrap", oracle=np.pad)

case("take", cube, natural[:2] % 3, axis=1, oracle=np.take)
case("take", cube, np.array([-1, 5], np.int32), oracle=np.take)
case("take_along_axis", real, natural, axis=1, oracle=np.take_along_axis)
case("take_along_axis", real, natural[:, :1] - 4, axis=1, oracle=np.take_along_axis)
case("take_along_axis", real, natural.ravel(), axis=None, oracle=np.take_along_axis)
case("get_item", cube, (0, Ellipsis, None, slice(None, None, -2)), oracle=lambda x, key: x[key])
case("one_hot", natural, 4, oracle=lambda x, n: np.eye(n)[x])
case("one_hot", natural, 4, axis=1, dtype="int32", oracle=lambda x, n, axis, dtype: np.moveaxis(np.eye(n)[x], -1, 1))
case("nonzero", natural, oracle=np.nonzero, eager_only=True)


def scatter_oracle(indices, values, shape):
    y = np.zeros(shape, values.dtype)
    np.add.at(y, tuple(np.moveaxis(indices, -1, 0)), values)
    return y


case("scatter", np.array([[0, 1], [2, 3], [0, 1]]), real[:, 0], (3, 4), oracle=scatter_oracle)
case("scatter", np.array([[1], [1], [0]]), real, (3, 4), oracle=scatter_oracle)
case("segment_sum", real, np.array([1, 0, 1]), 3, oracle=lambda x, ids, n: np.stack([x[1], x[0] + x[2], x[0] * 0]))


def update_oracle(x, indices, updates, reduction=None):
    y = x.copy()
    for index, update in zip(
        indices, np.broadcast_to(updates, (len(indices), *x.shape[indices.shape[1] :])), strict=True
    ):
        y[tuple(index)] = y[tuple(index)] + update if reduction else update
    return y


case("scatter_update", real, np.array([[0, 1], [2, 3]]), row[:2], oracle=update_oracle)
case("scatter_update", real, np.array([[2], [0], [2]]), other, oracle=update_oracle, peer=False)
case("scatter_update", real, np.array([[2], [0], [2]]), other, reduction="add", oracle=update_oracle)
case("slice", cube, [0, 1, 2], [2, 2, 2], oracle=lambda x, start, shape: x[0:2, 1:3, 2:4])


def block_oracle(x, start, updates):
    y = x.copy()
    y[1:3, 2:4] = updates
    return y


case("slice_update", real, np.array([1, 2]), other[:2, :2], oracle=block_oracle)
case("unravel_index", natural, (2, 3), oracle=np.unravel_index)
case("multi_hot", natural, 4, oracle=lambda x, n: np.eye(n)[x].max(1))
case("saturate_cast", np.array([-5.0, 3.7, 300.0, 1e20]), "uint8", oracle=lambda x, d: np.array([0, 3, 255, 255], d))
case("saturate_cast", np.array([-5, 300, 7], np.int32), "int8", oracle=lambda x, d: np.array([-5, 127, 7], d))

case("matmul", cube, real.T, oracle=np.matmul)
case("matmul", row, real.T, oracle=np.matmul)
case("matmul", whole, natural.T, oracle=np.matmul)
case("dot", cube, real.T, oracle=np.dot)
case("dot", row, row, oracle=np.dot)
case("dot", cube, row, oracle=np.dot)
case("dot", real, cube.transpose(0, 2, 1), oracle=np.dot)
for subscripts, arrays in (
    ("ij,kj->ik", (real, other)),
    ("ij,kj", (real, other)),
    ("ii", (real[:, :3],)),
    ("...ij,jk->...ik", (cube, real.T)),
    ("b...,...", (real, row)),
    ("ij->ji", (real,)),
):
    case("einsum", subscripts, *arrays, oracle=np.einsum)
for order in (None, 1, 2, 3, 0, np.inf, -np.inf, -1):
    case("norm", real, order, axis=1, oracle=np.linalg.norm)
for order in ("fro", 1, -1, np.inf, -np.inf):
    case("norm", cube, order, axis=(2, 0), oracle=np.linalg.norm)
case("norm", whole, keepdims=True, oracle=np.linalg.norm)
case("outer", real, row, oracle=np.outer)
case("inner", cube, real, oracle=np.inner)
case("vdot", real, other, oracle=np.vdot)
case("tensordot", cube, real, axes=([2], [1]), oracle=np.tensordot)
case("tensordot", real, real, axes=2, oracle=np.tensordot)
case("kron", real, row, oracle=np.kron)
case("cross", real[:, :3], other[:, :3], oracle=np.cross)
case("cross", real[:3], other[:3], axis=0, oracle=np.cross)
case("correlate", row, row[:2], oracle=np.correlate)
for mode in ("same", "full", "valid"):
    case("correlate", row, np.array([1.0, 2.0, -1.0]), mode=mode, oracle=np.correlate)
    case("correlate", row[:2], np.arange(5.0), mode=mode, oracle=np.correlate)
case("cdist", real, other, oracle=lambda a, b: np.sqrt(((a[:, None] - b) ** 2).sum(-1)))
case("diag", row, 1, oracle=np.diag)
case("diag", row, -2, oracle=np.diag)
case("diag", real, 1, oracle=np.diag)
case("diagflat", real, -1, oracle=np.diagflat)
case("diagonal", cube, -1, 2, 1, oracle=np.diagonal)
case("trace", cube, 1, 1, 2, oracle=np.trace)
case("tril", cube, 1, oracle=np.tril)
case("triu", cube, -1, oracle=np.triu)
case("meshgrid", row, row[:2], row[:3], oracle=np.meshgrid)
case("meshgrid", row, row[:2], indexing="ij", oracle=np.meshgrid)
case("vander", row, 3, oracle=np.vander)
case("vander", whole[0], increasing=True, oracle=np.vander)

case("linspace", 0.0, 1.0, 7, oracle=np.linspace)
case("linspace", row, row * 2, 5, endpoint=False, axis=1, oracle=np.linspace)
case("logspace", 0.0, 2.0, 5, oracle=np.logspace)
case("geomspace", 1.0, 1000.0, 4, oracle=np.geomspace)
case("geomspace", -1.0, -8.0, 4, oracle=np.geomspace)
case("arange", 5, oracle=np.arange)
case("arange", 1, 2, 0.25, oracle=np.arange)
case("eye", 3, 4, 1, oracle=np.eye)
case("tri", 3, 4, 1, oracle=np.tri)
for name in ["bartlett", "blackman", "hamming", "hanning"]:
    case(name, 7, oracle=getattr(np, name))
case("kaiser", 7, 3.0, oracle=np.kaiser)
case("full", (2, 3), 7.0, oracle=np.full)
case("full_like", whole, 7, oracle=np.full_like)
case("zeros_like", real, oracle=np.zeros_like)
case("ones_like", real, dtype="int32", oracle=np.ones_like)

sigmoid = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731 - formulas beside their names
ACTIVATIONS = {
    "sigmoid": sigmoid,
    "relu": lambda x: np.maximum(x, 0),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "elu": lambda x: np.where(x > 0, x, np.exp(x) - 1),
    "gelu": lambda x: x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "silu": lambda x: x * sigmoid(x),
    "swish": lambda x: x * sigmoid(x),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * (np.exp(x) - 1)),
    "celu": lambda x: np.where(x > 0, x, np.exp(x) - 1),
    "relu6": lambda x: np.clip(x, 0, 6),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "hard_silu": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "hard_swish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "log_sigmoid": lambda x: -np.log(1 + np.exp(-x)),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "soft_shrink": lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0),
    "hard_shrink": lambda x: np.where(np.abs(x) > 0.5, x, 0),
    "tanh_shrink": lambda x: x - np.tanh(x),
    "squareplus": lambda x: (x + np.sqrt(x * x + 4)) / 2,
    "sparse_plus": lambda x: np.where(x <= -1, 0, np.where(x >= 1, x, (x + 1) ** 2 / 4)),
    "sparse_sigmoid": lambda x: (np.clip(x, -1, 1) + 1) / 2,
}
for name, formula in ACTIVATIONS.items():
    case(name, real * 4, oracle=formula)
case("celu", real, alpha=0.3, oracle=lambda x, alpha: np.where(x > 0, x, alpha * (np.exp(x / alpha) - 1)))
case("gelu", real, False, oracle=lambda x, _: x / 2 * (1 + np.vectorize(math.erf)(x / math.sqrt(2))))
case("glu", cube, oracle=lambda x: x[..., :2] * sigmoid(x[..., 2:]))
case("threshold", real, 0.1, 5.0, oracle=lambda x, t, v: np.where(x > t, x, v))
case("softmax", cube, oracle=lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True))
case("softmax", cube, axis=(0, 2), oracle=lambda x, axis: np.exp(x) / np.exp(x).sum(axis, keepdims=True))
case("log_softmax", cube, axis=1, oracle=lambda x, axis: x - np.log(np.exp(x).sum(axis, keepdims=True)))


def sparsemax_oracle(x, axis):
    """Find the threshold by bisection: the shares must sum to 1."""
    low, high = x.min(axis, keepdims=True) - 1, x.max(axis, keepdims=True)
    for _ in range(100):
        middle = (low + high) / 2
        above = np.maximum(x - middle, 0).sum(axis, keepdims=True) > 1
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.maximum(x - low, 0)


# Keras 3.15 adds up the running totals of the support, so that its shares do not sum to 1
case(
    "sparsemax",
    np.array([[1.0, 1.5, -3.0], [0.0, 0.0, 0.0]]),
    oracle=lambda x: np.array([[0.25, 0.75, 0.0], [1 / 3] * 3]),
    peer=False,
)
case("sparsemax", cube, axis=1, oracle=sparsemax_oracle, peer=False)
case("normalize", real, oracle=lambda x: x / np.linalg.norm(x, axis=-1, keepdims=True))
case("normalize", real, axis=0, order=3, oracle=lambda x, axis, order: x / np.linalg.norm(x, 3, axis=0, keepdims=True))


def standardised(x, axis, epsilon):
    return (x - x.mean(axis, keepdims=True)) / np.sqrt(x.var(axis, keepdims=True) + epsilon)


case(
    "batch_normalization",
    cube,
    row[:3],
    positive[0, :3],
    1,
    offset=row[1:],
    scale=row[:3],
    epsilon=0.1,
    oracle=lambda x, m, v, axis, offset, scale, epsilon: (
        (x - m[:, None]) / np.sqrt(v + epsilon)[:, None] * scale[:, None] + offset[:, None]
    ),
)
case(
    "layer_normalization",
    cube,
    row,
    row * 2,
    epsilon=0.1,
    oracle=lambda x, g, b, epsilon: standardised(x, -1, epsilon) * g + b,
)
case(
    "layer_normalization",
    cube,
    axis=(1, 2),
    epsilon=0.1,
    oracle=standardised,
)
case(
    "rms_normalization",
    cube,
    row,
    epsilon=0.1,
    oracle=lambda x, s, epsilon: x / np.sqrt((x * x).mean(-1, keepdims=True) + epsilon) * s,
)
case("binary_crossentropy", one_hot, sigmoid(real), oracle=lambda t, p: -(t * np.log(p) + (1 - t) * np.log(1 - p)))
case(
    "binary_crossentropy",
    one_hot,
    real,
    from_logits=True,
    oracle=lambda t, z, from_logits: -(t * np.log(sigmoid(z)) + (1 - t) * np.log(1 - sigmoid(z))),
)
case("categorical_crossentropy", one_hot, shares * 2, oracle=lambda t, p: -(t * np.log(p / 2)).sum(-1))
case(
    "categorical_crossentropy",
    one_hot.T,
    real.T,
    from_logits=True,
    axis=0,
    oracle=lambda t, z, from_logits, axis: -(t * np.log(np.exp(z) / np.exp(z).sum(0))).sum(0),
)
case("sparse_categorical_crossentropy", np.array([1, 0, 3]), shares, oracle=lambda t, p: -np.log(p[range(3), t]))
case(
    "sparse_categorical_crossentropy",
    np.array([[1], [0], [3]]),
    real,
    from_logits=True,
    oracle=lambda t, z, from_logits: -np.log(shares[range(3), t[:, 0]]),
)
