"""Further cases of the operations: linear algebra, whole numbers, segments, patterns, functions met less often."""

import math

import numpy as np

from tests.ops.op_cases import CASES, case, cube, generator, natural, odd, real, row, whole

square = generator.normal(size=(2, 3, 3)) + 2 * np.eye(3)
definite = square @ square.transpose(0, 2, 1)
spectrum = np.array([[2.0, 1.0], [0.0, 3.0]])
poor = np.outer([1.0, 2.0, 3.0], [1.0, -1.0])  # of rank 1
bits = generator.integers(-9, 10, size=(3, 4)).astype(np.int32)
small = bits.astype(np.int8)

__all__ = ["CASES"]  # with those below

# linear algebra
case("cholesky", definite, oracle=np.linalg.cholesky)
case("cholesky", definite, upper=True, oracle=lambda x, upper: np.linalg.cholesky(x).transpose(0, 2, 1))
case("cholesky", definite[0] + np.triu(square[0], 1), oracle=lambda x: np.linalg.cholesky((x + x.T) / 2))
case("cholesky_inverse", np.tril(square[0]), oracle=lambda x: np.linalg.inv(x @ x.T))
case("cholesky_inverse", np.triu(square[0]), upper=True, oracle=lambda x, upper: np.linalg.inv(x.T @ x))
case("cholesky_inverse", np.tril(square), oracle=lambda x: np.linalg.inv(x @ x.transpose(0, 2, 1)), peer=False)
for name in ("det", "inv"):
    case(name, square, oracle=getattr(np.linalg, name))
case("det", poor @ poor.T, oracle=lambda x: np.array(0.0))
case("slogdet", -square, oracle=lambda x: tuple(np.linalg.slogdet(x)))
case("logdet", definite, oracle=lambda x: np.linalg.slogdet(x)[1], peer=False)  # Keras takes one matrix
case("logdet", definite[0], oracle=lambda x: np.linalg.slogdet(x)[1])
case("eig", spectrum, oracle=np.linalg.eig, peer=False)  # Keras gives complex numbers
case("eigh", definite, oracle=np.linalg.eigh)
case("pinv", cube, oracle=np.linalg.pinv)
case("pinv", poor, oracle=np.linalg.pinv)
case("pinv", np.diag([1.0, 0.1, 0.01]), 0.05, oracle=lambda x, rcond: np.diag([1.0, 10.0, 0.0]))
case("matrix_rank", np.stack([poor, poor + np.eye(3, 2)]), oracle=np.linalg.matrix_rank)
case("matrix_rank", np.diag([1.0, 0.4, 0.1]), 0.2, oracle=lambda x, tol: np.asarray(2))


def lu_oracle(x):
    """Return what SciPy says of one matrix, by elimination with the largest pivot."""
    a, pivots = x.copy(), []
    for step in range(min(a.shape)):
        chosen = step + int(np.argmax(np.abs(a[step:, step])))
        a[[step, chosen]] = a[[chosen, step]]
        pivots.append(chosen)
        a[step + 1 :, step] /= a[step, step]
        a[step + 1 :, step + 1 :] -= np.outer(a[step + 1 :, step], a[step, step + 1 :])
    return a, np.array(pivots)


for matrix in (square[0], real, real.T):
    case("lu_factor", matrix, oracle=lu_oracle)
for mode in ("reduced", "complete"):
    case("qr", real, mode=mode, oracle=lambda x, mode: tuple(np.linalg.qr(x, mode)))
    case("qr", cube.transpose(0, 2, 1), mode=mode, oracle=lambda x, mode: tuple(np.linalg.qr(x, mode)))
case("solve", square, real.T[:3, :2], oracle=np.linalg.solve)
case("solve", square[0], row[:3], oracle=np.linalg.solve)
case("solve", square, square[:, :, :1] + 1, oracle=np.linalg.solve)
case("solve", whole[:3, :3] + 9 * np.eye(3, dtype=np.int32), natural[0, :3], oracle=np.linalg.solve)
case(
    "solve_triangular",
    square,
    square[..., 0],
    oracle=lambda a, b: np.linalg.solve(np.triu(a), b[..., None])[..., 0],
    peer=False,  # JAX warns that it will read such right sides otherwise
)
case("solve_triangular", square[0], real[:, :2], lower=True, oracle=lambda a, b, lower: np.linalg.solve(np.tril(a), b))
case("svd", cube, oracle=lambda x: tuple(np.linalg.svd(x)), peer=False)  # the columns of V beyond the rank are free
case("svd", cube, full_matrices=False, oracle=lambda x, full_matrices: tuple(np.linalg.svd(x, full_matrices)))
case("svd", cube, compute_uv=False, oracle=np.linalg.svd)
case("lstsq", real.T, row, oracle=lambda a, b: np.linalg.lstsq(a, b, None)[0])
case("lstsq", real, real[:, :2], oracle=lambda a, b: np.linalg.lstsq(a, b, None)[0])
case("lstsq", poor, row[:3], rcond=1e-3, oracle=lambda a, b, rcond: np.linalg.lstsq(a, b, rcond)[0])
case("lstsq", poor, row[:3], rcond=-1, oracle=lambda a, b, rcond: np.linalg.lstsq(a, b, None)[0])
for order in ("nuc", 2, -2):
    case("norm", cube, order, axis=(2, 0), oracle=np.linalg.norm)
    case("norm", cube, order, axis=(0, 1), keepdims=True, oracle=np.linalg.norm)

# whole numbers
for name in ("bitwise_and", "bitwise_or", "bitwise_xor"):
    case(name, bits, natural, oracle=getattr(np, name))
    case(name, small, natural.astype(np.uint8), oracle=getattr(np, name))
    case(name, real > 0, real > 1, oracle=getattr(np, name))
for name in ("bitwise_not", "bitwise_invert"):
    case(name, bits, oracle=np.invert)
    case(name, real > 0, oracle=np.invert)
for name, function in (("left_shift", np.left_shift), ("right_shift", np.right_shift)):
    case(name, bits, natural, oracle=function)
    case(name, bits, 2, oracle=function)
    case(f"bitwise_{name}", small, natural.astype(np.int8), oracle=function)
for name in ("gcd", "lcm"):
    case(name, bits, natural, oracle=getattr(np, name))
    case(name, bits, 6, oracle=getattr(np, name))

# functions met less often
case("erfc", np.array([-30.0, -2.0, -0.5, 0.0, 0.5, 1.0, 2.0, 5.9, 6.1]), oracle=np.vectorize(math.erfc))
case("erfc", np.array([10.0, 20.0, 26.0]), oracle=np.vectorize(math.erfc), peer=False)  # below float32
case("i0", real * 5, oracle=np.i0)
case("i0", np.array([29.9, 30.1, -80.0, 700.0]), oracle=np.i0, peer=False)  # above float32
case("nextafter", real, row, oracle=np.nextafter)
case("angle", odd[:5], oracle=np.angle)
case("angle", whole, oracle=np.angle)
for name in ("conj", "conjugate", "real", "imag", "isreal"):
    case(name, real, oracle=getattr(np, name))
    case(name, whole, oracle=getattr(np, name))
case("view", real.astype(np.float32), "int32", oracle=lambda x, dtype: x.view(dtype))
case("view", real.astype(np.float32), "uint8", oracle=lambda x, dtype: x.view(dtype))
case("view", bits, "float32", oracle=lambda x, dtype: x.view(dtype))
case("view", small, "int16", oracle=lambda x, dtype: x.view(dtype))
case("view", real, oracle=lambda x: x)


# segments and selections
def segments_oracle(reduce, empty):
    def oracle(x, ids, count):
        return np.stack(
            [reduce(x[ids == one], axis=0) if (ids == one).any() else x[0] * 0 + empty for one in range(count)]
        )

    return oracle


for name, reduce, empty in (("max", np.max, -np.inf), ("min", np.min, np.inf), ("prod", np.prod, 1)):
    case(f"segment_{name}", real, np.array([2, 0, 2], np.int32), 4, oracle=segments_oracle(reduce, empty))
case("segment_max", whole, np.array([0, 1, 0], np.int32), 3, oracle=lambda x, ids, n: np.stack(
    [x[[0, 2]].max(0), x[1], np.full(4, np.iinfo(np.int32).min)]))  # fmt: skip
case("argpartition", real, 1, axis=1, oracle=lambda x, k, axis: np.argsort(x, axis=axis), peer=False)  # order is free
case("argpartition", natural, (0, 3), axis=None, oracle=lambda x, k, axis: np.argsort(x, None, "stable"), peer=False)
case("unique", natural, oracle=np.unique, eager_only=True)
case("unique", natural, axis=0, oracle=np.unique, eager_only=True)
everything = {"return_index": True, "return_inverse": True, "return_counts": True}
case("unique", natural[0], **everything, oracle=np.unique, eager_only=True)
case(
    "unique",
    natural[0],
    **everything,
    size=2,
    oracle=lambda x, **_: tuple(
        part[:2] if place != 2 else part for place, part in enumerate(np.unique(x, True, True, True))
    ),
    eager_only=True,
)
case("unique", np.array([3, 1, 3, 2], np.int32), size=5, fill_value=7, return_counts=True, eager_only=True,
     oracle=lambda x, **_: (np.array([1, 2, 3, 7, 7]), np.array([1, 1, 2, 0, 0])))  # fmt: skip
case("unique", np.array([3, 1, 3], np.int32), size=4, oracle=lambda x, size: np.array([1, 3, 1, 1]), eager_only=True)

# Fourier transforms


def parts(function):
    """Make the oracle of a function of complex numbers one of pairs."""

    def oracle(x, *args, **kwargs):
        whole = x[0] + 1j * x[1] if isinstance(x, list | tuple) else x
        y = function(whole, *args, **kwargs)
        return (y.real, y.imag) if np.iscomplexobj(y) else y

    return oracle


for name in ("fft", "fft2", "ifft2"):
    case(name, [cube, cube[::-1]], oracle=parts(getattr(np.fft, name)))
for size in (None, 3, 4, 7):
    case("rfft", cube, size, oracle=parts(np.fft.rfft))
    case("irfft", [cube, cube * 2], size, oracle=parts(np.fft.irfft))
wave = generator.normal(size=(2, 40))


def stft_oracle(x, length, stride, size, window="hann", center=True):
    """Transform each window by itself."""
    if center:
        x = np.pad(x, ((0, 0), (size // 2, size // 2)), mode="reflect")
    shares = {"hann": 0.5, "hamming": 0.54}
    if isinstance(window, str):
        mean = shares[window]
        window = mean - (1 - mean) * np.cos(2 * np.pi * np.arange(length) / length)
    left = (size - length) // 2
    weights = np.zeros(size)
    weights[left : left + length] = 1 if window is None else window
    weights = np.ones(size) if window is None else weights
    starts = range(0, x.shape[-1] - size + 1, stride)
    y = np.stack([np.fft.rfft(x[:, one : one + size] * weights) for one in starts], 1)
    return y.real, y.imag


for setting in (
    {},
    {"window": "hamming"},
    {"window": None},
    {"window": np.linspace(0.5, 1, 6)},
    {"center": False},
):
    case("stft", wave, 6, 2, 8, oracle=stft_oracle, **setting)
    case("stft", wave, 6, 3, 7, oracle=stft_oracle, **setting)
    transformed = list(stft_oracle(wave, 6, 2, 8, **setting))
    # Keras divides by the stride where there is no window, which gives the wave back only for a stride of fft_length
    case("istft", transformed, 6, 2, 8, 40, **setting, peer=setting.get("window", "") is not None)
case("istft", list(stft_oracle(wave, 6, 2, 8)), 6, 2, 8, oracle=lambda x, *_: wave)

# patterns
case("rearrange", cube, "a b c -> c (b a)", oracle=lambda x, _: x.transpose(2, 1, 0).reshape(4, 6))
case("rearrange", cube, "a b (c d) -> (a c) d b", c=2, oracle=lambda x, _, c: x.reshape(2, 3, 2, 2).transpose(
    0, 2, 3, 1).reshape(4, 2, 3))  # fmt: skip
image = generator.normal(size=(2, 4, 6, 8))
for data_format in ("channels_last", "channels_first"):
    last = data_format == "channels_last"

    def spread(x, r, data_format):
        y = np.zeros((x.shape[0], x.shape[1] * r, x.shape[2] * r, x.shape[3] // r**2))
        if data_format == "channels_first":
            x = x.transpose(0, 2, 3, 1)
            y = np.zeros((x.shape[0], x.shape[1] * r, x.shape[2] * r, x.shape[3] // r**2))
        depth = y.shape[-1]
        for i, j, c in np.ndindex(*y.shape[1:]):
            block = (i % r) * r + j % r
            channel = c * r * r + block if data_format == "channels_first" else block * depth + c
            y[:, i, j, c] = x[:, i // r, j // r, channel]
        return y.transpose(0, 3, 1, 2) if data_format == "channels_first" else y

    packed = image if last else image.transpose(0, 3, 1, 2)
    case("depth_to_space", packed, 2, data_format, oracle=spread)
    case("space_to_depth", spread(packed, 2, data_format), 2, data_format, oracle=lambda *_, packed=packed: packed)
case("extract_sequences", real, 3, 1, oracle=lambda x, *_: np.stack([x[:, :3], x[:, 1:]], 1))
case("extract_sequences", np.arange(9.0), 4, 3, oracle=lambda x, *_: np.array([[0, 1, 2, 3], [3, 4, 5, 6]]))
for blank in (0, 3):  # sums over all paths: test_ops_alignment.py
    spoken = np.array([[1, 2, 2], [2, 1, 0], [1, 1, 2]])
    logits = np.random.default_rng(blank).normal(size=(3, 6, 4))
    case("ctc_loss", spoken, logits, np.array([3, 2, 1]), np.array([6, 5, 4]), blank, oracle=None)
