"""Lane programs give what the reference engine gives: every primitive, drawn graphs, steps in place, training."""

import ctypes
import mmap
import signal
import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onionskin
from onionskin import engines, layers, optimizers
from onionskin.base.specs import Spec
from onionskin.graph import trace
from onionskin.prims import TABLE
from tests.cases import CASES
from tests.checks import graph_of
from tests.engines_native.ext_run import _ext, isa  # noqa: F401
from tests.engines_native.test_native_parity import SETTINGS, assert_close, compare, native
from tests.expressions import SHAPE, arguments, graphs, plainly

F, D = "float32", "float64"


def is_lanes(program):
    texts = [one.text for one in program._layout.instructions]
    return len(texts) == 1 and texts[0].startswith("lane program")


def run_lanes(function, *args, state=0):
    """Compile for these arguments, run, compare with the reference; it must be a lane program."""
    graph = trace(function, [Spec(one.shape, one.dtype.name) for one in args])
    program = native(graph, state)
    assert is_lanes(program), program.describe()
    compare(graph, args)
    return program


# --- values ---

OUTSIDE = {  # have no form in lanes; run by ordinary plans
    "conv", "conv_filter", "conv_input", "cumsum", "sort", "argsort", "take", "scatter_add", "random_bits",
    "random_uniform", "scan", "cond", "einsum", "pool", "unpool", "cholesky", "solve",
}  # fmt: skip
WITHIN = {
    "add", "subtract", "multiply", "divide", "maximum", "minimum", "negative", "abs", "exp", "log", "sqrt", "tanh",
    "sigmoid", "relu", "softplus", "power", "where", "clip", "greater", "equal", "cast", "reshape", "transpose",
    "broadcast_to", "slice", "flip", "concatenate", "pad", "matmul", "sum", "mean", "max", "min", "prod", "any", "all",
    "softmax", "log_softmax", "logsumexp", "argmax", "argmin", "one_hot",
}  # fmt: skip


@pytest.mark.parametrize(("case", "dtype"), [(case, dtype) for case in CASES for dtype in case.dtypes], ids=str)
def test_every_primitive(case, dtype):
    found = []

    @settings(SETTINGS, max_examples=25)
    @given(case.sample(dtype, False), st.sampled_from(_ext.isas()))
    def check(drawn, name):
        args, params = drawn
        graph = graph_of(TABLE[case.name], args, params)
        before = _ext.isa()
        try:
            _ext.set_isa(name)
            compare(graph, args)
        finally:
            _ext.set_isa(before)
        found.append(is_lanes(native(graph)))

    check()
    if dtype == F and case.name in WITHIN:
        assert any(found), f"no {case.name} was a lane program"
    if case.name in OUTSIDE:
        assert not any(found), f"{case.name} was a lane program"


@pytest.mark.parametrize("dtype", [F, D])
def test_drawn_graphs(dtype, isa):  # noqa: F811
    @settings(SETTINGS, max_examples=150)
    @given(graphs(dtype=dtype, length=14, outputs=4), st.integers(0, 2**32 - 1))
    def check(graph, seed):
        assert is_lanes(native(graph)), native(graph).describe()
        compare(graph, arguments(graph, seed))

    check()


SIZES = st.sampled_from([1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64])


@pytest.mark.parametrize("dtype", [F, D, "int32", "uint8", "bool"])
def test_every_width_of_a_value(dtype, isa):  # noqa: F811
    """From one vector to many, with lanes left over, against a column, a row and a number."""

    @settings(SETTINGS, max_examples=60)
    @given(SIZES, st.sampled_from([1, 2, 4]), st.integers(0, 2**32 - 1))
    def check(size, rows, seed):
        rng = np.random.default_rng(seed)
        columns = max(size // rows, 1)

        def drawn(*shape):
            return np.asarray(rng.integers(0, 2 if dtype == "bool" else 9, shape), dtype)

        x, y, row, column, number = (drawn(*s) for s in ((rows, columns), (rows, columns), (columns,), (rows, 1), ()))

        def work(x, y, row, column, number):
            total = TABLE["where"](TABLE["greater"](x, row), y, number) + x
            top = TABLE["max"](total, axis=(1,), keepdims=True)
            turned = TABLE["transpose"](TABLE["maximum"](top, column), perm=(1, 0))
            place = TABLE["argmax"](total, axis=0, keepdims=False)
            return total, TABLE["sum"](total, axis=(0,), keepdims=False), turned, place

        run_lanes(work, x, y, row, column, number)

    check()


@settings(SETTINGS, max_examples=80)
@given(
    st.tuples(*[st.integers(1, 6)] * 3), st.sampled_from([F, D]), st.booleans(), st.booleans(),
    st.sampled_from(_ext.isas()), st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_products_of_every_shape(sizes, dtype, turn_a, turn_b, name, seed):
    m, n, k = sizes
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(k, m) if turn_a else (m, k)).astype(dtype)
    b = rng.normal(size=(n, k) if turn_b else (k, n)).astype(dtype)
    bias = rng.normal(size=n).astype(dtype)
    before = _ext.isa()
    try:
        _ext.set_isa(name)
        run_lanes(lambda a, b, c: TABLE["relu"]((a.T if turn_a else a) @ (b.T if turn_b else b) + c), a, b, bias)
        many = rng.normal(size=(2, 3, k)).astype(dtype)
        run_lanes(lambda a, b: a @ (b.T if turn_b else b), many, b)
    finally:
        _ext.set_isa(before)


def test_lanes_that_hold_nothing_do_not_leak(isa):  # noqa: F811
    """Three of sixteen lanes are values; 0/0, log 0 and 1/0 in the others reach no sum, extreme, test or output."""
    x = np.asarray([1.0, 2.0, 3.0], F)

    def work(x):
        y = TABLE["log"](x) / x + 1.0 / x
        return (
            TABLE["sum"](y, axis=(0,), keepdims=False),
            TABLE["max"](-y, axis=(0,), keepdims=False),
            TABLE["all"](TABLE["isfinite"](y), axis=(0,), keepdims=False),
            TABLE["softmax"](y, axis=0),
            y,
        )

    run_lanes(work, x)
    run_lanes(work, x.astype(D))


def test_nan_and_infinity_are_those_of_the_reference(isa):  # noqa: F811
    x = np.asarray([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-42, 3e38], F)
    names = ("relu", "sigmoid", "tanh", "exp", "log", "sqrt", "abs", "sign", "floor", "isnan", "softplus", "negative")
    run_lanes(lambda x: tuple(TABLE[name](x) for name in names), x)
    run_lanes(lambda x, y: (TABLE["maximum"](x, y), TABLE["minimum"](x, y), x * y + x), x, x[::-1].copy())
    for name in ("argmax", "argmin"):
        run_lanes(lambda x, name=name: TABLE[name](x, axis=0, keepdims=False), x)
        run_lanes(lambda x, name=name: TABLE[name](x, axis=0, keepdims=False), x[1:])


def test_a_float_becomes_an_int32():
    x = np.asarray([0.0, -0.9, 1.9, -7.5, 8388609.0, 2.0e9, -2147483648.0], F)
    for name in _ext.isas():
        _ext.set_isa(name)
        run_lanes(lambda x: TABLE["cast"](x, dtype="int32"), x)
        run_lanes(lambda x: TABLE["cast"](x, dtype="int32") + 1, x.astype(D))


def test_integers_wrap_around(isa):  # noqa: F811
    x = np.asarray([2**31 - 1, -(2**31), 5, -7], "int32")
    run_lanes(lambda x: (x + x, -x, TABLE["abs"](x), TABLE["sum"](x, axis=(0,), keepdims=False) + x), x)
    y = np.asarray([2**32 - 1, 0, 7], "uint32")
    run_lanes(lambda y: (y + 3, y - y - 1, TABLE["cast"](y, dtype="int32")), y)
    z = np.asarray([255, 0, 200], "uint8")
    run_lanes(lambda z: (z * z, z + z, TABLE["cast"](z, dtype=F) / 255.0), z)


def test_what_does_not_fit_is_an_ordinary_plan():
    long = Spec((3,), "int64")
    for function, specs in (
        (lambda x: x + 1.0, [Spec((65,), F)]),
        (lambda x: x + 1.0, [Spec((0, 3), F)]),
        (lambda x: x + x, [long]),
        (lambda x, i: TABLE["take"](x, i, axis=0), [Spec((3, 2), F), Spec((2,), "int32")]),
        (lambda x: TABLE["sum"](TABLE["exp"](x), axis=(0,), keepdims=False) @ x, [Spec((2, 40, 40), F)]),
    ):
        assert not is_lanes(native(trace(function, specs)))
    labels = np.asarray([2, 0, 2**53 + 1], "int64")
    run_lanes(lambda x: (TABLE["cast"](x, dtype=F), TABLE["one_hot"](x, num_classes=3, dtype=F)), labels)


# --- steps ---


@settings(SETTINGS, max_examples=200)
@given(graphs(length=14, outputs=5), st.integers(0, 2**32 - 1), st.integers(0, 3), st.sampled_from(_ext.isas()))
def test_steps_in_place_are_the_steps_one_by_one(graph, seed, state, name):
    rng = np.random.default_rng(seed)
    begin = [rng.normal(size=SHAPE) for _ in range(state)]
    columns = [rng.normal(size=(8, 3)) for _ in range(3 - state)]
    order = rng.permutation(8)
    kept = [np.array(one) for one in begin]
    before = _ext.isa()
    try:
        _ext.set_isa(name)
        program = native(graph, state)
        assert is_lanes(program)
        final, results = program.run_steps(begin, [], columns, order, SHAPE[0])
        now = begin
        for step in range(len(order) // SHAPE[0]):
            batch = [column[order[2 * step : 2 * step + 2]] for column in columns]
            outputs = program(*now, *batch)
            for one, wanted in zip(outputs, plainly(graph, [*now, *batch]), strict=True):
                assert_close(one, wanted, program.describe())
            now = outputs[:state]
            for one, wanted in zip(results, outputs[state:], strict=True):
                np.testing.assert_array_equal(one[step, ...], wanted, err_msg=f"step {step}")
    finally:
        _ext.set_isa(before)
    for one, wanted in zip(final, now, strict=True):
        np.testing.assert_array_equal(one, wanted)
    for one, was in zip(begin, kept, strict=True):
        np.testing.assert_array_equal(one, was)


V = Spec((3,), F)
STATES = {
    "swapped": lambda a, b, x: (b, a, TABLE["sum"](a * x, axis=(0,), keepdims=False)),
    "turned in a ring": lambda a, b, x: (b + x, a * 2.0, a - b),
    "the old value is a result": lambda a, b, x: (a + x, b * x, a, b),
    "the new value is a result too": lambda a, b, x: (a + x, a + x, a + x),
    "as it was": lambda a, b, x: (a, a + b, x),
    "a constant": lambda a, b, x: (TABLE["broadcast_to"](as_number(2.0), shape=(3,)), a + x, b),
    "backwards": lambda a, b, x: (TABLE["flip"](a, axes=(0,)) + x, TABLE["flip"](b, axes=(0,)), a),
    "never read": lambda a, b, x: (x * 2.0, x, x + 1.0),
}


def as_number(value):
    from onionskin.graph import make_constant

    return make_constant(np.asarray(value, F))


@pytest.mark.parametrize("name", STATES)
def test_state(name, isa):  # noqa: F811
    graph = trace(STATES[name], [V, V, Spec((3,), F)])
    program = native(graph, 2)
    assert is_lanes(program)
    rng = np.random.default_rng(3)
    state = [rng.normal(size=3).astype(F) for _ in range(2)]
    column = rng.normal(size=(7, 3)).astype(F)
    reference = engines.get("reference").compile(graph)
    now, order = state, np.asarray([0, 3, 6, 1, 1])
    # a batch of three numbers each: the column is flat
    final, results = program.run_steps(state, [], [column.reshape(-1)], order.repeat(3) * 3 + np.tile(range(3), 5), 3)
    for step, row in enumerate(order):
        outputs = reference(*now, column[row])
        for one, wanted in zip(results, outputs[2:], strict=True):
            assert_close(one[step, ...], wanted, f"step {step}\n{program.describe()}")
        now = outputs[:2]
    for one, wanted in zip(final, now, strict=True):
        assert_close(one, wanted)


def test_a_counter_wraps_around_and_counts_on(isa):  # noqa: F811
    graph = trace(lambda n, x: (n + 1, TABLE["cast"](n, dtype=F) * x), [Spec((), "int32"), Spec((1,), F)])
    program, reference = native(graph, 1), engines.get("reference").compile(graph, 1)
    assert is_lanes(program)
    start, column, order = [np.asarray(2**31 - 4, "int32")], np.ones(4, F), np.zeros(9, np.int64)
    (final,), results = program.run_steps(start, [], [column], order, 1)
    (wanted,), near = reference.run_steps(start, [], [column], order, 1)
    assert int(final) == int(wanted) == 2**31 - 4 + 9 - 2**32
    alone = native(trace(lambda n, x: (n + 1, x), [Spec((), "int32"), Spec((1,), F)]), 1)
    assert int(alone.run_steps(start, [], [column], order, 1)[0][0]) == int(wanted)
    np.testing.assert_array_equal(results[0], near[0])
    assert len(results[0]) == 9


@pytest.mark.parametrize(
    "dtype", ["bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", F, D]
)
@pytest.mark.parametrize("batch", [1, 3])
def test_columns_of_every_dtype_in_any_layout(dtype, batch, isa):  # noqa: F811
    def step(total, x):
        y = TABLE["cast"](x, dtype=F)
        return total + TABLE["sum"](y, axis=(0, 1), keepdims=False), y * 2.0

    graph = trace(step, [Spec((), F), Spec((batch, 2, 3)[:2] if batch == 1 else (batch, 2), dtype)])
    program, reference = native(graph, 1), engines.get("reference").compile(graph, 1)
    assert is_lanes(program)
    rng = np.random.default_rng(0)
    base = np.asarray(rng.integers(0, 2 if dtype == "bool" else 100, (12, 8)), dtype)
    order = rng.integers(0, 6, 5 * batch)
    fortran = np.asfortranarray(base[:, :2])
    for column in (base[:, :2], base[:, 1:6:4], base[::2, :2], base[::-1, ::-1][:, 3:5], fortran):
        found, results = program.run_steps([np.zeros((), F)], [], [column], order, batch)
        wanted, near = reference.run_steps([np.zeros((), F)], [], [column], order, batch)
        np.testing.assert_array_equal(found[0], wanted[0])
        for one, other in zip(results, near, strict=True):
            np.testing.assert_array_equal(one, other)


def test_nothing_is_read_beyond_the_end_of_a_column(isa):  # noqa: F811
    """The rows end where a page begins that must not be touched."""
    page = mmap.PAGESIZE
    memory = mmap.mmap(-1, 2 * page)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    protect = ctypes.CDLL(None, use_errno=True).mprotect
    protect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    if protect(address + page, page, 0):
        pytest.skip("pages cannot be protected here")
    try:
        graph = trace(lambda s, x: (s + x, x), [Spec((1, 3), F), Spec((1, 3), F)])
        program = native(graph, 1)
        assert is_lanes(program)
        column = np.frombuffer(memory, F, 12, page - 48).reshape(4, 3)
        column.flags.writeable = True
        column[:] = np.arange(12).reshape(4, 3)
        final, _ = program.run_steps([np.zeros((1, 3), F)], [], [column], np.asarray([3, 3, 0]), 1)
        np.testing.assert_array_equal(final[0], [[18.0, 21.0, 24.0]])
        np.testing.assert_array_equal(program(np.zeros((1, 3), F), column[3:])[0], [[9.0, 10.0, 11.0]])
    finally:
        protect(address + page, page, 3)


def step_program():
    def step(w, count, rate, x, t):
        error = TABLE["sigmoid"](x @ w) - t
        slope = TABLE["transpose"](x, perm=(1, 0)) @ error
        return w - rate * slope, count + 1, TABLE["mean"](error * error, axis=(0, 1), keepdims=False)

    specs = [Spec((3, 1), F), Spec((), "int32"), Spec((), F), Spec((1, 3), F), Spec((1, 1), F)]
    return trace(step, specs, name="step")


def step_arguments(steps, seed=0):
    rng = np.random.default_rng(seed)
    state = [rng.normal(size=(3, 1)).astype(F), np.asarray(0, "int32")]
    columns = [rng.normal(size=(40, 3)).astype(F), rng.integers(0, 2, (40, 1)).astype(F)]
    return state, [np.asarray(0.1, F)], columns, rng.integers(0, 40, steps), 1


def test_a_chunk_can_be_interrupted_at_once():
    program = native(step_program(), 2)
    arguments_ = step_arguments(40_000_000)
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        begin = time.perf_counter()
        with pytest.raises(KeyboardInterrupt):
            program._program.run_steps(*arguments_, 2)
        assert time.perf_counter() - begin < 1.5  # the order is checked and copied before the first step
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def test_threads_of_python_may_share_a_program():
    program = native(step_program(), 2)
    assert is_lanes(program)
    wanted = [program.run_steps(*step_arguments(3000, seed)) for seed in range(4)]
    found = [None] * 4

    def run(seed):
        for _ in range(20):
            found[seed] = program.run_steps(*step_arguments(3000, seed))

    workers = [threading.Thread(target=run, args=(seed,)) for seed in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for (state, results), (right, losses) in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(state[0], right[0])
        np.testing.assert_array_equal(results, losses)


def test_describe_says_what_is_in_it():
    program = native(step_program(), 2)
    program.profile()
    program.run_steps(*step_arguments(100))
    header, line, end = program.describe().splitlines()[1:]
    assert header.split() == ["instruction", "writes", "FLOPs", "bytes", "time", "share"]
    assert "lane program of 7 operations: matmul ×2, sigmoid, subtract ×2, multiply ×2, add, mean" in line
    assert line.endswith("100.0%")
    assert end.endswith("state in place: 2")


# --- training ---

OPTIMIZERS = {
    "sgd": lambda: optimizers.SGD(0.1),
    "momentum": lambda: optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "clipped": lambda: optimizers.SGD(0.1, global_clipnorm=0.5),
    "rmsprop": lambda: optimizers.RMSprop(0.01),
    "adam": lambda: optimizers.Adam(0.01),
}
HEADS = {  # activation of the last layer, its units, loss
    "squares": ("sigmoid", 1, "mean_squared_error"),
    "truth": ("sigmoid", 1, "binary_crossentropy"),
    "classes": ("softmax", 3, "categorical_crossentropy"),
    "labels": ("softmax", 3, "sparse_categorical_crossentropy"),
    "line": ("linear", 1, "mean_absolute_error"),
}


def network(optimizer, head, engine, hidden="relu"):
    last, units, loss = HEADS[head]
    onionskin.utils.set_random_seed(7)
    model = onionskin.Sequential(
        [onionskin.Input((3,)), layers.Dense(3, activation=hidden), layers.Dense(units, activation=last)]
    )
    metrics = [] if head == "line" else ["accuracy"]
    model.compile(OPTIMIZERS[optimizer](), loss=loss, metrics=metrics, engine=engine)
    return model


def samples(head, count=60):
    rng = np.random.default_rng(0)
    x = rng.uniform(size=(count, 3)).astype(F)
    labels = rng.integers(0, 3, count)
    if head == "classes":
        return x, np.eye(3, dtype=F)[labels]
    return x, (labels[:, None] if head == "labels" else (labels[:, None] > 0)).astype(F)


def check_training(optimizer, head, batch, hidden="relu"):
    x, t = samples(head)
    one, other = (network(optimizer, head, engine, hidden) for engine in ("native", "reference"))
    for step in range(12):
        rows = slice(batch * step, batch * (step + 1))
        losses = [model.train_on_batch(x[rows], t[rows]) for model in (one, other)]
        np.testing.assert_allclose(losses[0], losses[1], rtol=2e-5, atol=1e-6, err_msg=f"step {step}")
        for mine, wanted in zip(one.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_allclose(mine, wanted, rtol=1e-4, atol=1e-5, err_msg=f"step {step}")
    found = [model.fit(x, t, batch_size=batch, epochs=2, shuffle=False, verbose=0).history for model in (one, other)]
    for key, values in found[0].items():
        np.testing.assert_allclose(values, found[1][key], rtol=1e-3, err_msg=key)
    for program in one._steps._programs.values():
        assert is_lanes(program.program), program.program.describe()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("head", HEADS)
def test_training_is_the_references_step_by_step(optimizer, head):
    check_training(optimizer, head, 1)


@pytest.mark.parametrize("hidden", ["relu", "tanh", "sigmoid", "softplus"])
@pytest.mark.parametrize("batch", [1, 4])
def test_each_instruction_set_trains_alike(batch, hidden, isa):  # noqa: F811
    check_training("adam" if batch == 1 else "sgd", "truth", batch, hidden)


def test_a_whole_epoch_on_real_data_reaches_the_references_weights(data_dir):
    table = np.loadtxt(data_dir / "font_shade" / "light_dark_font_training_set.csv", delimiter=",", skiprows=1)
    x, t = (table[:, :3] / 255).astype(F), table[:, 3:].astype(F)
    models = [network("sgd", "squares", engine) for engine in ("native", "reference")]
    for model in models:
        model.fit(x, t, batch_size=1, epochs=1, shuffle=False, verbose=0)
    for mine, wanted in zip(*[model.get_weights() for model in models], strict=True):
        np.testing.assert_allclose(mine, wanted, rtol=1e-3, atol=1e-4)


# --- the tests see what is wrong ---


def test_a_wrong_index_is_found(monkeypatch):
    """One index of one permutation, one off: the comparisons above must fail."""
    from onionskin.engines.native import lanes

    plain = lanes._Builder.line

    def wrong(self, name, wide, count, *operands, tables=(), **more):
        if tables and len(tables[-1]) > 1:
            last = list(tables[-1])
            last[-1] = (last[-1] + 1) % self.count(operands[-1 if name == "DOT" else 0])
            tables = (*tables[:-1], last)
        return plain(self, name, wide, count, *operands, tables=tables, **more)

    monkeypatch.setattr(lanes._Builder, "line", wrong)
    with pytest.raises(AssertionError):
        test_products_of_every_shape()
    with pytest.raises(AssertionError):
        check_training("sgd", "squares", 1)
    for shape, work in (
        ((2, 3), lambda x: TABLE["softmax"](x, axis=1)),
        ((2, 3), lambda x: TABLE["transpose"](x, perm=(1, 0))),
        ((2, 3), lambda x: TABLE["sum"](x, axis=(0,), keepdims=False)),
    ):
        with pytest.raises(AssertionError):
            run_lanes(work, np.random.default_rng(0).normal(size=shape).astype(F))
