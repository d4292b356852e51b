"""Plain-loop oracles: what each primitive means, one element after the other in Python numbers."""

import itertools
import math
import struct

import numpy as np


def places(shape):
    """Return every index of a shape."""
    return itertools.product(*[range(size) for size in shape])


def joint_shape(*shapes):
    """Return the shape that shapes broadcast to, by hand."""
    rank = max((len(shape) for shape in shapes), default=0)
    columns = zip(*[(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes], strict=True)
    return tuple(next((size for size in column if size != 1), 1) for column in columns)


def at(array, index):
    """Return the element that a broadcast array has at an index of the joint shape, as a Python number."""
    own = index[len(index) - array.ndim :]
    return array[tuple(0 if size == 1 else one for one, size in zip(own, array.shape, strict=True))].item()


def each(function, dtype=None):
    """Make an elementwise oracle from a function of Python numbers."""

    def oracle(*arrays, **params):
        shape = joint_shape(*[array.shape for array in arrays])
        out = np.empty(shape, dtype or arrays[-1].dtype)
        for index in places(shape):
            out[index] = function(*[at(array, index) for array in arrays], **params)
        return out

    return oracle


def lines(x, axis):
    """Return, for each index of the other axes, the index and the Python numbers along some axes."""
    kept = [one for one in range(x.ndim) if one not in axis]
    for outer in places([x.shape[one] for one in kept]):
        values = []
        for inner in places([x.shape[one] for one in axis]):
            index = [0] * x.ndim
            for one, position in (*zip(kept, outer, strict=True), *zip(axis, inner, strict=True)):
                index[one] = position
            values.append(x[tuple(index)].item())
        yield outer, values


def reduce(function, dtype=None):
    """Make the oracle of a reduction from a function of a list of numbers."""

    def oracle(x, *, axis, keepdims):
        out = np.empty([x.shape[one] for one in range(x.ndim) if one not in axis], dtype or x.dtype)
        for outer, values in lines(x, axis):
            out[outer] = function(values)
        return out.reshape([1 if one in axis else size for one, size in enumerate(x.shape)]) if keepdims else out

    return oracle


def along(function, dtype=None):
    """Make the oracle of an operation that turns the list of numbers along one axis into another list."""

    def oracle(x, *, axis):
        axis %= x.ndim
        out = np.empty(x.shape, dtype or x.dtype)
        for outer, values in lines(x, (axis,)):
            for position, value in enumerate(function(values)):
                out[(*outer[:axis], position, *outer[axis:])] = value
        return out

    return oracle


def picking(function):
    """Make the oracle of argmax and argmin."""

    def oracle(x, *, axis, keepdims):
        return reduce(function, np.int32)(x, axis=(axis % x.ndim,), keepdims=keepdims)

    return oracle


def variance(values):
    if not values:
        return math.nan
    centre = math.fsum(values) / len(values)
    return math.fsum((value - centre) ** 2 for value in values) / len(values)


def logsumexp(values):
    if not values:
        return -math.inf
    top = max(values)
    return top + math.log(math.fsum(math.exp(value - top) for value in values))


def softmax(values):
    total = logsumexp(values)
    return [math.exp(value - total) for value in values]


def erfinv(y):
    """Bisect erf, and erfc near the ends, where erf has no digits left."""
    size, low, high = abs(y), 0.0, 6.5
    for _ in range(80):
        middle = (low + high) / 2
        if (math.erf(middle) < size) if size < 0.5 else (math.erfc(middle) > 1 - size):
            low = middle
        else:
            high = middle
    return math.copysign((low + high) / 2, y)


# --- movements ---


def _moved(shape, dtype, source):
    out = np.empty(shape, dtype)
    for index in places(shape):
        out[index] = source(index)
    return out


def reshape(x, *, shape):
    values = [x[index].item() for index in places(x.shape)]
    return _moved(shape, x.dtype, dict(zip(places(shape), values, strict=True)).__getitem__)


def transpose(x, *, perm):
    def source(index):
        back = [0] * x.ndim
        for position, axis in zip(index, perm, strict=True):
            back[axis] = position
        return x[tuple(back)]

    return _moved([x.shape[axis] for axis in perm], x.dtype, source)


def broadcast_to(x, *, shape):
    return _moved(shape, x.dtype, lambda index: at(x, index))


def concatenate(*xs, axis):
    axis %= xs[0].ndim
    owner = [(x, position) for x in xs for position in range(x.shape[axis])]

    def source(index):
        x, position = owner[index[axis]]
        return x[(*index[:axis], position, *index[axis + 1 :])]

    return _moved((*xs[0].shape[:axis], len(owner), *xs[0].shape[axis + 1 :]), xs[0].dtype, source)


def slice_(x, *, start, stop, step):
    chosen = [list(range(*part)) for part in zip(start, stop, step, strict=True)]
    return _moved(
        [len(one) for one in chosen],
        x.dtype,
        lambda index: x[tuple(one[position] for one, position in zip(chosen, index, strict=True))],
    )


def pad(x, fill, *, low, high, interior):
    rows = []  # for each axis the list of source positions, None for filling
    for size, before, after, between in zip(x.shape, low, high, interior, strict=True):
        inner = []
        for position in range(size):
            inner += ([None] * between if position else []) + [position]
        rows.append([None] * before + inner + [None] * after)

    def source(index):
        back = [row[position] for row, position in zip(rows, index, strict=True)]
        return fill.item() if None in back else x[tuple(back)]

    return _moved([len(row) for row in rows], x.dtype, source)


def flip(x, *, axes):
    return _moved(
        x.shape,
        x.dtype,
        lambda index: x[tuple(x.shape[a] - 1 - p if a in axes else p for a, p in enumerate(index))],
    )


# --- products, indexing, control, random ---


def matmul(a, b):
    batch, inner = joint_shape(a.shape[:-2], b.shape[:-2]), a.shape[-1]

    def row(x, index, i, j):
        own = index[len(index) - (x.ndim - 2) :]
        return x[(*[0 if n == 1 else p for p, n in zip(own, x.shape[:-2], strict=True)], i, j)].item()

    def source(index):
        *outer, i, j = index
        return math.fsum(row(a, outer, i, k) * row(b, outer, k, j) for k in range(inner))

    return _moved((*batch, a.shape[-2], b.shape[-1]), a.dtype, source)


def einsum(*xs, subscripts):
    left, right = subscripts.split("->")
    terms = left.split(",")
    sizes = {letter: n for term, x in zip(terms, xs, strict=True) for letter, n in zip(term, x.shape, strict=True)}
    inner = [letter for letter in sizes if letter not in right]

    def source(index):
        known, total = dict(zip(right, index, strict=True)), []
        for values in places([sizes[letter] for letter in inner]):
            spot = known | dict(zip(inner, values, strict=True))
            total.append(math.prod(x[tuple(spot[c] for c in term)].item() for term, x in zip(terms, xs, strict=True)))
        return math.fsum(total)

    return _moved([sizes[letter] for letter in right], xs[0].dtype, source)


def take(x, indices, *, axis):
    axis %= x.ndim
    shape = (*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :])

    def source(index):
        spot = indices[index[axis : axis + indices.ndim]].item()
        return x[(*index[:axis], spot + x.shape[axis] if spot < 0 else spot, *index[axis + indices.ndim :])]

    return _moved(shape, x.dtype, source)


def scatter_add(x, indices, updates, *, axis):
    axis %= x.ndim
    out = np.array(x)
    for index in places(updates.shape):
        spot = indices[index[axis : axis + indices.ndim]].item()
        out[(*index[:axis], spot, *index[axis + indices.ndim :])] += updates[index]
    return out


def one_hot(x, *, num_classes, dtype):
    return _moved((*x.shape, num_classes), dtype, lambda index: x[index[:-1]].item() == index[-1])


def philox(counter, key):
    """Philox4x32-10 in Python integers, as its authors define it (Salmon and others, SC 2011)."""
    word = 2**32 - 1
    (c0, c1, c2, c3), (k0, k1) = counter, key
    for _ in range(10):
        first, third = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (third >> 32) ^ c1 ^ k0, third & word, (first >> 32) ^ c3 ^ k1, first & word
        k0, k1 = (k0 + 0x9E3779B9) & word, (k1 + 0xBB67AE85) & word
    return c0, c1, c2, c3


def words(seed, count):
    """Return the first words of a stream: key0, key1, stream0, stream1 are the seed."""
    key0, key1, stream0, stream1 = (int(word) for word in seed)
    blocks = (philox((block, 0, stream0, stream1), (key0, key1)) for block in range((count + 3) // 4))
    return [word for block in blocks for word in block][:count]


def random_bits(seed, *, shape):
    return np.array(words(seed, math.prod(shape)), np.uint32).reshape(shape)


def random_uniform(seed, *, shape, dtype):
    count = math.prod(shape)
    if dtype == "float64":
        pairs = words(seed, 2 * count)
        values = [((pairs[2 * n] >> 5) * 2**26 + (pairs[2 * n + 1] >> 6)) / 2**53 for n in range(count)]
    else:
        bits = 11 if dtype == "float16" else 24
        values = [(word >> (32 - bits)) / 2**bits for word in words(seed, count)]
    return np.array(values, dtype).reshape(shape)


def bessel_i(x, order):
    """Average e^(x·cos θ)·cos(nθ) over half a turn: the function's own integral, exact for a smooth periodic sum."""
    angles = [math.pi * step / 64 for step in range(65)]
    values = [math.exp(x * math.cos(a)) * math.cos(order * a) for a in angles]
    return (math.fsum(values[1:-1]) + (values[0] + values[-1]) / 2) / 64


def scattering(function):
    """Make the oracle of an operation that brings updates to places by a function of two numbers."""

    def oracle(x, indices, updates, *, axis):
        y = x.copy()
        for outer in places(x.shape[:axis]):
            for where in places(indices.shape):
                for inner in places(x.shape[axis + 1 :]):
                    at_place = (*outer, int(indices[where]), *inner)
                    y[at_place] = function(y[at_place].item(), updates[(*outer, *where, *inner)].item())
        return y

    return oracle


def fourier(real, imaginary, *, axis, inverse):
    """Sum the turned numbers, one after the other."""
    real_out, imaginary_out = np.zeros_like(real), np.zeros_like(real)
    size, turn = real.shape[axis], 2 * math.pi * (1 if inverse else -1)
    for index in places(real.shape):
        total = 0j
        for j in range(size):
            one = (*index[:axis], j, *index[axis + 1 :])
            angle = turn * ((j * index[axis]) % size) / size
            total += complex(real[one], imaginary[one]) * complex(math.cos(angle), math.sin(angle))
        real_out[index], imaginary_out[index] = total.real, total.imag
    return real_out, imaginary_out


CODES = {"uint8": "B", "int16": "h", "int32": "i", "int64": "q", "float32": "f", "float64": "d"}


def bitcast(x, *, dtype):
    lines = []
    for row in x.reshape(-1, x.shape[-1]) if x.size else []:
        data = struct.pack(f"={x.shape[-1]}{CODES[x.dtype.name]}", *row.tolist())
        lines.append(struct.unpack(f"={len(data) // struct.calcsize(CODES[dtype])}{CODES[dtype]}", data))
    last = x.shape[-1] * x.dtype.itemsize // np.dtype(dtype).itemsize
    return np.array(lines, dtype).reshape((*x.shape[:-1], last))
