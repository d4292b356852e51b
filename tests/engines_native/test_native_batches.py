"""Batches that products read by rows: gathered, converted and scaled while they are packed, as the reference does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onionskin import engines
from onionskin.base.specs import Spec
from onionskin.graph import trace
from onionskin.prims import TABLE
from tests.engines_native.ext_run import _ext, isa, threads  # noqa: F401
from tests.engines_native.test_native_parity import assert_close

SCALINGS = {
    "none": lambda x: x,
    "times": lambda x: x * np.float32(1 / 255),
    "divided": lambda x: x / np.float32(255),
    "shifted and scaled": lambda x: (x - np.float32(3)) * np.float32(0.5),
    "scaled and shifted": lambda x: x * np.float32(0.25) + np.float32(1),
}


def training_step(rows, shape, hidden, dtype, scaling):
    """Return the graph of x → scaled → x · w, and the gradient of the sum of squares by w as its new state."""

    def step(w, x):
        y = TABLE["cast"](x, dtype="float32") if dtype != "float32" else x
        y = scaling(TABLE["reshape"](y, shape=(rows, int(np.prod(shape)))))
        z = y @ w
        slope = TABLE["transpose"](y, perm=(1, 0)) @ z
        return w - np.float32(1e-3) * slope, TABLE["sum"](z * z, axis=(0, 1), keepdims=False)

    specs = [Spec((int(np.prod(shape)), hidden), "float32"), Spec((rows, *shape), dtype)]
    return trace(step, specs, name="step")


def column_of(dtype, shape, samples=40, seed=0):
    rng = np.random.default_rng(seed)
    if dtype == "bool":
        return rng.random((samples, *shape)) < 0.5
    return rng.integers(0, 100, (samples, *shape)).astype(dtype)


def compare(graph, column, rows, hidden, lazily=True, steps=4, seed=1):
    """Run some steps on both engines; the numbers agree, and the batch is gathered only where it must be."""
    rng = np.random.default_rng(seed)
    native, reference = (engines.get(name).compile(graph, 1) for name in ("native", "reference"))
    assert (len(native._layout.ungathered) == 1) is lazily
    state = [(rng.normal(size=(graph.in_specs[0].shape)) / 100).astype(np.float32)]
    order = rng.integers(0, len(column), rows * steps)
    found, results = native.run_steps(state, [], [column], order, rows)
    wanted, near = reference.run_steps(state, [], [column], order, rows)
    np.testing.assert_allclose(results[0], near[0], rtol=2e-4)
    assert_close(found[0], wanted[0], tolerance=2e-4)
    alone = native(state[0], np.ascontiguousarray(column[order[:rows]]))
    np.testing.assert_allclose(alone[1], near[0][0], rtol=2e-5)
    return found[0]


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8", "int8", "uint16", "int16", "bool"])
@pytest.mark.parametrize("name", SCALINGS)
def test_rows_are_converted_and_scaled(name, dtype, isa):  # noqa: F811
    graph = training_step(16, (5, 9), 33, dtype, SCALINGS[name])
    compare(graph, column_of(dtype, (5, 9)), 16, 33)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 70),
    st.one_of(st.integers(1, 3), st.integers(60, 450)),
    st.sampled_from([1, 2, 7, 16, 18, 33, 50, 96]),
    st.sampled_from(_ext.isas()),
)
def test_drawn_shapes(rows, features, hidden, name):
    before = _ext.isa()
    try:
        _ext.set_isa(name)
        compare(training_step(rows, (features,), hidden, "uint8", SCALINGS["times"]), column_of("uint8", (features,)),
                rows, hidden)  # fmt: skip
    finally:
        _ext.set_isa(before)


@pytest.mark.parametrize("hidden", [10, 18, 50, 512])
def test_the_bits_are_the_same_for_any_threads(hidden, threads):  # noqa: F811
    graph, column = training_step(100, (784,), hidden, "float32", SCALINGS["none"]), column_of("float32", (784,), 300)
    results = []
    for count in (1, 2, 3, 5):
        threads(count)
        results.append(compare(graph, column, 100, hidden))
    for other in results[1:]:
        np.testing.assert_array_equal(other, results[0])


@pytest.mark.parametrize(
    "turn", [lambda x: x[::2], lambda x: x[:, ::-1], lambda x: np.asfortranarray(x), lambda x: x[::-1]]
)
def test_columns_in_any_layout(turn):
    column = turn(column_of("uint8", (40,), 80))
    graph = training_step(8, column.shape[1:], 33, "uint8", SCALINGS["times"])
    compare(graph, column, 8, 33)


def test_a_batch_that_something_else_reads_is_gathered():
    def step(w, x):
        return w - TABLE["transpose"](x, perm=(1, 0)) @ (x @ w), TABLE["sum"](x, axis=(0, 1), keepdims=False)

    graph = trace(step, [Spec((70, 33), "float32"), Spec((16, 70), "float32")])
    compare(graph, column_of("float32", (70,)), 16, 33, lazily=False)


def test_state_is_never_read_by_rows():
    def step(x, b):
        return x + np.float32(1), x @ b

    graph = trace(step, [Spec((16, 70), "float32"), Spec((70, 33), "float32")])
    native, reference = (engines.get(name).compile(graph, 1) for name in ("native", "reference"))
    rng = np.random.default_rng(0)
    given_ = rng.normal(size=(16, 70)).astype("float32"), rng.normal(size=(70, 33)).astype("float32")
    for one, wanted in zip(native(*given_), reference(*given_), strict=True):
        assert_close(one, wanted)


def test_describe_says_what_a_product_reads_and_whether_it_is_gathered():
    program = engines.get("native").compile(training_step(16, (5, 9), 33, "uint8", SCALINGS["divided"]), 1)
    text = program.describe()
    assert "matmul A B (A from uint8, ÷ 255)" in text
    assert "matmul Aᵀ B (A from uint8, ÷ 255), then multiply, subtract" in text
    assert text.splitlines()[-1].endswith("state in place: 1, batches read by rows: 1")


def test_groups_never_need_each_other():
    """Sparse targets of a small integer dtype with accuracy: two merges once met crosswise."""
    import onionskin
    from onionskin import layers

    rng = np.random.default_rng(0)
    x, y = rng.random((96, 20)).astype("float32"), rng.integers(0, 3, 96).astype("uint8")
    scores = []
    for engine in ("native", "reference"):
        onionskin.utils.set_random_seed(3)
        model = onionskin.Sequential(
            [onionskin.Input((20,)), layers.Dense(40, activation="relu"), layers.Dense(3, activation="softmax")]
        )
        model.compile("sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"], engine=engine)
        model.fit(x, y, epochs=2, verbose=0, shuffle=False)
        scores.append(model.evaluate(x, y, verbose=0))
    np.testing.assert_allclose(scores[0], scores[1], rtol=1e-5)
