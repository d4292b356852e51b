"""Strategies that draw the arguments of primitives: shapes, numbers, memory layouts and parameters."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, mutually_broadcastable_shapes

from onionskin.base.specs import Spec
from onionskin.graph import trace
from onionskin.prims import TABLE

LAYOUTS = ("plain", "columns first", "backwards", "every second")
DRAWS = {  # domain → numbers; each keeps away from where its operations have no derivative
    "real": lambda rng, shape: rng.normal(0, 1.5, shape),
    "small": lambda rng, shape: rng.normal(0, 0.7, shape),
    "positive": lambda rng, shape: rng.uniform(0.3, 3, shape),
    "unit": lambda rng, shape: rng.uniform(-0.9, 0.9, shape),
    "nonzero": lambda rng, shape: rng.choice([-1, 1], shape) * rng.uniform(0.4, 2, shape),
    "noninteger": lambda rng, shape: rng.integers(-4, 5, shape) + rng.uniform(0.1, 0.9, shape),
    "even": lambda rng, shape: rng.integers(-6, 7, shape) * 0.5,
    "odd": lambda rng, shape: rng.integers(-6, 7, shape) * 0.5 + 0.25,
    "distinct": lambda rng, shape: (rng.permutation(int(np.prod(shape))) * 0.25 - 2).reshape(shape),
    "dividend": lambda rng, shape: 2 * rng.integers(-3, 4, shape) + rng.uniform(0.3, 0.4, shape),
    "divisor": lambda rng, shape: rng.choice([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0], shape),
    "outside": lambda rng, shape: rng.choice([-1.7, -1.4, -0.5, 0.2, 0.6, 1.4, 1.9], shape),
    "below": lambda rng, shape: -rng.uniform(0.9, 1.1, shape),
    "above": lambda rng, shape: rng.uniform(0.9, 1.1, shape),
    "special": lambda rng, shape: rng.choice([0.0, -0.0, 1.5, np.inf, -np.inf, np.nan], shape),
}


def numbers(rng, shape, domain, dtype):
    """Return numbers of a domain; whole ones stay small, and away from 0 where they divide."""
    if dtype == "bool" or domain == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype.startswith("u"):
        return rng.integers(1 if domain == "divisor" else 0, 9, shape).astype(dtype)
    if dtype.startswith("int"):
        sign = rng.choice([-1, 1], shape) if domain != "count" else 1
        return (sign * rng.integers(1 if domain in ("divisor", "nonzero") else 0, 6, shape)).astype(dtype)
    return np.asarray(DRAWS[domain](rng, shape)).astype(dtype)


def laid_out(array, layout):
    """Return equal numbers in another order of memory."""
    if layout == "columns first":
        return np.array(array, order="F")
    if layout == "backwards" and array.ndim:
        return np.ascontiguousarray(array[::-1])[::-1]
    if layout == "every second" and array.ndim:
        wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
        wide[..., ::2] = array
        return wide[..., ::2]
    return np.array(array)


@st.composite
def filled(draw, shapes, domains, dtype):
    """Draw arrays of these shapes."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return [
        laid_out(numbers(rng, shape, domain, dtype), draw(st.sampled_from(LAYOUTS)))
        for shape, domain in zip(shapes, domains, strict=True)
    ]


def some_shape(low=0, high=3, least=0, most=4):
    return array_shapes(min_dims=low, max_dims=high, min_side=least, max_side=most)


def elementwise(*domains):
    """Arguments of an elementwise operation: shapes that broadcast."""

    @st.composite
    def sample(draw, dtype, smooth):
        if len(domains) == 1:
            shapes = [draw(some_shape())]
        else:
            shapes = draw(
                mutually_broadcastable_shapes(num_shapes=len(domains), max_dims=3, min_side=0, max_side=4)
            ).input_shapes
        return draw(filled(shapes, domains, dtype)), {}

    return sample


def casting(*targets):
    @st.composite
    def sample(draw, dtype, smooth):
        target = draw(st.sampled_from([one for one in targets if not smooth or one.startswith("float6")]))
        return draw(filled([draw(some_shape())], ["real"], dtype)), {"dtype": target}

    return sample


def reduction(domain="real", least=0):
    @st.composite
    def sample(draw, dtype, smooth):
        shape = draw(some_shape(least=1 if smooth else least))
        axes = draw(st.sets(st.integers(0, len(shape) - 1))) if shape else set()
        params = {"axis": tuple(sorted(axes)), "keepdims": draw(st.booleans())}
        return draw(filled([shape], [domain], dtype)), params

    return sample


def along(domain="real", least=0, **more):
    @st.composite
    def sample(draw, dtype, smooth):
        shape = draw(some_shape(low=1, least=least))
        params = {"axis": draw(st.integers(0, len(shape) - 1))}
        params |= {name: draw(strategy) for name, strategy in more.items()}
        return draw(filled([shape], [domain], dtype)), params

    return sample


# --- movements ---


@st.composite
def reshaping(draw, dtype, smooth):
    shape = draw(some_shape())
    target = draw(st.permutations(shape))
    if draw(st.booleans()):
        target = [int(np.prod(shape, dtype=int))]
    return draw(filled([shape], ["real"], dtype)), {"shape": tuple(target)}


@st.composite
def transposing(draw, dtype, smooth):
    shape = draw(some_shape())
    return draw(filled([shape], ["real"], dtype)), {"perm": tuple(draw(st.permutations(range(len(shape)))))}


@st.composite
def broadcasting(draw, dtype, smooth):
    shape = draw(some_shape())
    inner = tuple(1 if draw(st.booleans()) else size for size in shape)[draw(st.integers(0, len(shape))) :]
    return draw(filled([inner], ["real"], dtype)), {"shape": shape}


@st.composite
def joining(draw, dtype, smooth):
    shape = draw(some_shape(low=1))
    axis = draw(st.integers(0, len(shape) - 1))
    sizes = draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))
    shapes = [(*shape[:axis], size, *shape[axis + 1 :]) for size in sizes]
    return draw(filled(shapes, ["real"] * len(shapes), dtype)), {"axis": axis}


@st.composite
def slicing(draw, dtype, smooth):
    shape = draw(some_shape(most=5))
    start = tuple(draw(st.integers(0, size)) for size in shape)
    stop = tuple(draw(st.integers(first, size)) for first, size in zip(start, shape, strict=True))
    step = tuple(draw(st.integers(1, 3)) for _ in shape)
    return draw(filled([shape], ["real"], dtype)), {"start": start, "stop": stop, "step": step}


@st.composite
def padding(draw, dtype, smooth):
    shape = draw(some_shape())
    amounts = {name: tuple(draw(st.integers(0, 2)) for _ in shape) for name in ("low", "high", "interior")}
    return draw(filled([shape, ()], ["real", "real"], dtype)), amounts


@st.composite
def flipping(draw, dtype, smooth):
    shape = draw(some_shape())
    axes = draw(st.sets(st.integers(0, len(shape) - 1))) if shape else set()
    return draw(filled([shape], ["real"], dtype)), {"axes": tuple(sorted(axes))}


# --- products, indexing, random ---


@st.composite
def products(draw, dtype, smooth):
    batches = draw(mutually_broadcastable_shapes(num_shapes=2, max_dims=2, min_side=0, max_side=3)).input_shapes
    rows, inner, columns = (draw(st.integers(0, 4)) for _ in range(3))
    shapes = [(*batches[0], rows, inner), (*batches[1], inner, columns)]
    return draw(filled(shapes, ["real", "real"], dtype)), {}


SUBSCRIPTS = (
    "ij,jk->ik", "ij->ji", "ii->i", "ii->", "i,j->ij", "bij,bjk->kbi", "ij,ij->", "ijk->j", "i,i,i->i", "ij,kj->k",
    "iij,j->i", "->", "ij->ij",
)  # fmt: skip


@st.composite
def summing(draw, dtype, smooth):
    subscripts = draw(st.sampled_from(SUBSCRIPTS))
    terms = subscripts.split("->")[0].split(",")
    sizes = {letter: draw(st.integers(0, 3)) for letter in sorted(set("".join(terms)))}
    shapes = [tuple(sizes[letter] for letter in term) for term in terms]
    return draw(filled(shapes, ["real"] * len(shapes), dtype)), {"subscripts": subscripts}


def indexing(with_updates, distinct=False):
    @st.composite
    def sample(draw, dtype, smooth):
        shape = draw(some_shape(low=1, least=1))
        axis = draw(st.integers(0, len(shape) - 1))
        places = draw(some_shape(high=2, most=3))
        rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
        indices = rng.integers(-shape[axis], shape[axis], places).astype(draw(st.sampled_from(["int32", "int64"])))
        (x,) = draw(filled([shape], ["real"], dtype))
        extra = draw(filled([(*shape[:axis], *places, *shape[axis + 1 :])], ["real"], dtype)) if with_updates else []
        if distinct and smooth:  # no two numbers tie
            values = numbers(rng, (x.size + extra[0].size,), "distinct", dtype)
            x, extra = values[: x.size].reshape(x.shape), [values[x.size :].reshape(extra[0].shape)]
        return [x, indices, *extra], {"axis": axis}

    return sample


@st.composite
def labels(draw, dtype, smooth):
    (x,) = draw(filled([draw(some_shape())], ["real"], dtype))
    target = draw(st.sampled_from(["float32", "int32", "bool"]))
    return [x], {"num_classes": draw(st.integers(0, 5)), "dtype": target}


def streams(*dtypes):
    @st.composite
    def sample(draw, dtype, smooth):
        seed = np.array([draw(st.integers(0, 2**32 - 1)) for _ in range(4)], np.uint32)
        params = {"shape": draw(some_shape(most=5))}
        return [seed], params | ({"dtype": draw(st.sampled_from(dtypes))} if dtypes else {})

    return sample


# --- control ---


@st.composite
def branching(draw, dtype, smooth):
    shape = draw(some_shape(high=2))
    a, b = draw(filled([shape, shape], ["real", "real"], dtype))
    specs = [Spec(shape, dtype)] * 2
    yes = trace(lambda a, b: (a * b, TABLE["sin"](a)), specs, name="yes")
    no = trace(lambda a, b: (a + b, b * b * a), specs, name="no")
    return [np.array(draw(st.booleans())), a, b], {"on_true": yes, "on_false": no}


@st.composite
def scanning(draw, dtype, smooth):
    shape, length = draw(some_shape(high=2, most=3)), draw(st.integers(0, 4))
    c, xs, k = draw(filled([shape, (length, *shape), shape], ["small"] * 3, dtype))
    specs = [Spec(shape, dtype), Spec((), "int32"), Spec(shape, dtype), Spec(shape, dtype)]
    body = trace(lambda c, n, x, k: (TABLE["tanh"](c * k + x), n + 1, c * x, n), specs, name="body")
    params = {"body": body, "carries": 2, "sequences": 1, "length": length, "reverse": draw(st.booleans())}
    return [c, np.array(3, np.int32), xs, k], params


@st.composite
def recasting(draw, dtype, smooth):
    shape = draw(some_shape(low=1))
    target = draw(st.sampled_from(["uint8", "int16", "float32", "int64"]))
    (x,) = draw(filled([(*shape[:-1], 8 * shape[-1])], ["real"], dtype))
    return [x], {"dtype": target}


@st.composite
def transforming(draw, dtype, smooth):
    shape = draw(some_shape(low=1, most=5))
    setting = {"axis": draw(st.integers(0, len(shape) - 1)), "inverse": draw(st.booleans())}
    return draw(filled([shape, shape], ["real", "real"], dtype)), setting


# --- matrices ---


def _turned(rng, size):
    """Return an orthogonal matrix."""
    return np.linalg.qr(rng.normal(size=(size, size)))[0]


def spread_out(rng, count):
    """Return numbers far enough apart that neighbours do not meet under small changes."""
    return rng.permutation(0.8 + 0.7 * np.arange(count) + rng.uniform(0, 0.2, count))


def _with_values(rng, rows, columns):
    """Return a matrix of distinct singular values, none of them small."""
    middle = np.zeros((rows, columns))
    np.fill_diagonal(middle, spread_out(rng, min(rows, columns)))
    return _turned(rng, rows) @ middle @ _turned(rng, columns)


def _conjugated(rng, base, back):
    """Return a matrix of distinct eigenvalues whose vectors are given."""
    return base @ np.diag(spread_out(rng, len(base))) @ back


MATRICES = {  # what the matrices of a case are
    "regular": lambda rng, n, m: _with_values(rng, n, n),
    "definite": lambda rng, n, m: _conjugated(rng, (turn := _turned(rng, n)), turn.T),
    "any": _with_values,
    "tall": lambda rng, n, m: _with_values(rng, max(n, m), min(n, m)),
    "triangular": lambda rng, n, m: np.tril(rng.uniform(-0.5, 0.5, (n, n)), -1) + np.diag(rng.uniform(0.7, 2, n)),
    "real spectrum": lambda rng, n, m: _conjugated(
        rng, (base := _turned(rng, n) + 0.1 * rng.normal(size=(n, n))), np.linalg.inv(base)
    ),
}


@st.composite
def batches(draw, kind, dtype, least=1, most=3):
    """Draw a batch of matrices of one kind."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, columns, batch = (
        draw(st.integers(least, most)),
        draw(st.integers(least, most)),
        draw(some_shape(high=1, most=2)),
    )
    made = [MATRICES[kind](rng, rows, columns) for _ in range(max(int(np.prod(batch)), 1))]
    count = int(np.prod(batch))
    return laid_out(
        np.array(made)[:count].reshape(*batch, *made[0].shape).astype(dtype), draw(st.sampled_from(LAYOUTS[:2]))
    )


def matrices(kind, most=3, **params):
    """Arguments of an operation on one batch of matrices."""

    @st.composite
    def sample(draw, dtype, smooth):
        x = draw(batches(kind, dtype, most=most))
        return [x], {name: value if not callable(value) else draw(value(smooth)) for name, value in params.items()}

    return sample


def systems(kind, **params):
    """Arguments of an operation that solves systems of equations."""

    @st.composite
    def sample(draw, dtype, smooth):
        a = draw(batches(kind, dtype))
        settings = {name: draw(value) for name, value in params.items()}
        if settings.get("lower") is False:
            a = np.swapaxes(a, -1, -2)
        batch = draw(st.sampled_from([(), a.shape[:-2], (2, *a.shape[:-2])]))
        (b,) = draw(filled([(*batch, a.shape[-1], draw(st.integers(0, 3)))], ["real"], dtype))
        return [a, b], settings

    return sample


def only_when_rough(smooth):
    """Draw a setting whose results have no derivative one by one."""
    return st.just(False) if smooth else st.booleans()
