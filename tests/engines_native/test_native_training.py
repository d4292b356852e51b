"""Training on the native engine: the reference's weights step by step, the same bits for any number of threads."""

import threading

import numpy as np
import pytest

import onionskin
from onionskin import engines, layers, optimizers
from onionskin.base.specs import Spec
from onionskin.graph import trace
from onionskin.prims import TABLE
from tests.engines_native.ext_run import _ext, isa, threads  # noqa: F401
from tests.engines_native.test_native_parity import assert_close

OPTIMIZERS = {
    "sgd": lambda: optimizers.SGD(0.1),
    "momentum": lambda: optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "clipped": lambda: optimizers.SGD(0.1, global_clipnorm=0.5),
    "rmsprop": lambda: optimizers.RMSprop(0.01),
    "adam": lambda: optimizers.Adam(0.01),
    "adagrad": lambda: optimizers.Adagrad(0.1),
}


def network(optimizer, engine, inputs=20, hidden=33, dropout=0.2):
    onionskin.utils.set_random_seed(7)
    model = onionskin.Sequential(
        [
            onionskin.Input((inputs,)),
            layers.Dense(hidden, activation="relu"),
            layers.Dropout(dropout),
            layers.Dense(hidden, activation="tanh"),
            layers.Dense(5, activation="softmax"),
        ]
    )
    model.compile(optimizer, loss="categorical_crossentropy", metrics=["accuracy"], engine=engine)
    return model


def samples(count=48, inputs=20, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, inputs)).astype(np.float32)
    return x, np.eye(5, dtype=np.float32)[rng.integers(0, 5, count)]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_weights_are_the_references_step_by_step(name):
    x, t = samples(64)
    one, other = (network(OPTIMIZERS[name](), engine) for engine in ("native", "reference"))
    for step in range(8):
        rows = slice(8 * step, 8 * step + 8)
        losses = [model.train_on_batch(x[rows], t[rows]) for model in (one, other)]
        np.testing.assert_allclose(losses[0], losses[1], rtol=2e-5, err_msg=f"step {step}")
        for mine, wanted in zip(one.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_allclose(mine, wanted, rtol=1e-3, atol=2e-5, err_msg=f"step {step}")
    assert_close(one.predict(x, verbose=0), other.predict(x, verbose=0), tolerance=2e-4)


def test_an_epoch_is_the_references_and_so_is_its_history():
    x, t = samples(205)  # the last batch is smaller
    histories = []
    for engine in ("native", "reference"):
        model = network(optimizers.Adam(0.01), engine)
        found = model.fit(x, t, batch_size=32, epochs=3, verbose=0, validation_data=(x[:50], t[:50])).history
        histories.append(found)
    assert histories[0].keys() == histories[1].keys()
    for key, values in histories[0].items():
        np.testing.assert_allclose(values, histories[1][key], rtol=2e-4, err_msg=key)


def trained_bits(count, hidden=300):
    _ext.set_threads(count)
    model = network(optimizers.RMSprop(), "native", inputs=400, hidden=hidden)
    x, t = samples(256, 400)
    model.fit(x, t, batch_size=128, epochs=3, verbose=0)
    return [np.array(one) for one in model.get_weights()]


def test_the_bits_do_not_depend_on_the_number_of_threads(threads):  # noqa: F811
    first = trained_bits(1)
    for count in (2, 3, 4):
        for one, other in zip(trained_bits(count), first, strict=True):
            np.testing.assert_array_equal(one, other, err_msg=f"{count} threads")


def test_each_instruction_set_trains_alike(isa):  # noqa: F811
    x, t = samples()
    one, other = (network(optimizers.Adam(0.01), engine) for engine in ("native", "reference"))
    for model in (one, other):
        model.fit(x, t, batch_size=16, epochs=2, shuffle=False, verbose=0)
    for mine, wanted in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(mine, wanted, rtol=1e-3, atol=2e-5, err_msg=isa)


# --- programs ---


def step_program(state=3):
    """One step of a network with a hidden layer: (w, v, count, rate, x, t) -> (w, v, count, loss)."""

    def step(w, v, count, rate, x, t):
        y = TABLE["tanh"](x @ w)
        error = y - t
        slope = TABLE["transpose"](x, perm=(1, 0)) @ (error * (1.0 - y * y))
        v = v * 0.9 + slope * slope * 0.1
        return (
            w - rate * slope / TABLE["sqrt"](v + 1e-3),
            v,
            count + 1,
            TABLE["mean"](error * error, axis=(0, 1), keepdims=False),
        )

    single = "float32"
    specs = [Spec((6, 4), single), Spec((6, 4), single), Spec((), "int32"), Spec((), single)]
    return trace(step, [*specs, Spec((5, 6), single), Spec((5, 4), single)], name="step"), state


def step_arguments(steps=6, seed=0):
    rng = np.random.default_rng(seed)
    state = [rng.normal(size=(6, 4)).astype(np.float32), np.zeros((6, 4), np.float32), np.asarray(3, np.int32)]
    columns = [rng.normal(size=(40, 6)).astype(np.float32), rng.normal(size=(40, 4)).astype(np.float32)]
    return state, [np.asarray(0.1, np.float32)], columns, rng.integers(0, 40, 5 * steps)


def test_run_steps_are_repeated_calls_to_the_bit():
    graph, count = step_program()
    program = engines.get("native").compile(graph, count)
    state, fixed, columns, order = step_arguments()
    kept = [np.array(one) for one in (*state, *fixed, *columns)]
    final, (losses,) = program.run_steps(state, fixed, columns, order, 5)
    now = state
    for step, found in enumerate(losses):
        rows = order[5 * step : 5 * step + 5]
        *now, loss = program(*now, *fixed, *[column[rows] for column in columns])
        np.testing.assert_array_equal(found, loss)
    for one, wanted in zip(final, now, strict=True):
        np.testing.assert_array_equal(one, wanted)
    assert int(final[2]) == 9
    for one, was in zip((*state, *fixed, *columns), kept, strict=True):
        np.testing.assert_array_equal(one, was)
    wanted, _ = engines.get("reference").compile(graph, count).run_steps(state, fixed, columns, order, 5)
    for one, other in zip(final, wanted, strict=True):
        assert_close(one, other, tolerance=1e-5)


def test_state_is_kept_in_place_and_the_update_stands_behind_the_product():
    graph, count = step_program()
    program = engines.get("native").compile(graph, count)
    lines = program.describe().splitlines()
    assert lines[0] == "native program step"
    products = [line for line in lines if "matmul" in line]
    assert len(products) == 2
    assert "matmul A B, then" in products[0]
    assert "matmul Aᵀ B, then multiply ×" in products[1]
    assert "sqrt, divide" in products[1]
    assert lines[-1].endswith("state in place: 3, batches read by rows: 1")


def test_describe_shows_the_times_of_a_profiled_run():
    graph, count = step_program()
    program = engines.get("native").compile(graph, count)
    assert "share" not in program.describe()
    program.profile()
    program.run_steps(*step_arguments(), 5)
    header, *rows, _ = program.describe().splitlines()[1:]
    assert header.split() == ["instruction", "writes", "FLOPs", "bytes", "time", "share"]
    assert sum(float(row.split()[-1].rstrip("%")) for row in rows) == pytest.approx(100, abs=0.05 * len(rows) + 0.1)


def test_threads_of_python_may_share_a_program():
    graph, count = step_program()
    program = engines.get("native").compile(graph, count)
    wanted = [program.run_steps(*step_arguments(50, seed), 5) for seed in range(4)]
    found = [None] * 4

    def run(seed):
        for _ in range(20):
            found[seed] = program.run_steps(*step_arguments(50, seed), 5)

    workers = [threading.Thread(target=run, args=(seed,)) for seed in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for (state, results), (right, losses) in zip(found, wanted, strict=True):
        for one, other in zip(state, right, strict=True):
            np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(results, losses)
