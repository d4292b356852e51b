"""Calls and predictions answered by a program: the same results, the same words, and never those of an older model."""

from __future__ import annotations

import copy
import signal
import threading

import numpy as np
import pytest

import onionskin
from onionskin import engines, layers, ops
from onionskin.base import config, errors
from onionskin.models import quick

pytestmark = pytest.mark.usefixtures("each_engine")
RNG = np.random.default_rng(3)
X = RNG.normal(size=(3, 6)).astype("float32")


@pytest.fixture
def runs(monkeypatch):
    """Count how often code of a layer runs; within a program none does."""
    count = [0]
    compute = layers.Layer._compute

    def counted(self, *args):
        count[0] += 1
        return compute(self, *args)

    monkeypatch.setattr(layers.Layer, "_compute", counted)
    return count


def sequential(*extra, rate=0.5):
    return onionskin.Sequential(
        [
            onionskin.Input((6,), name="data"),
            layers.Dense(5, "relu", bias_initializer="ones", name="first"),
            layers.Dropout(rate, seed=4),
            *extra,
            layers.Dense(2, "softmax", name="last"),
        ]
    )


def functional():
    x = onionskin.Input((6,))
    h = layers.Dense(5, "tanh", name="first")(x)
    return onionskin.Model(x, [layers.Dense(2, name="last")(h), ops.mean(h, axis=1)])


def warm(model, x=X, **kwargs):
    for _ in range(quick.AFTER + 1):
        model(x, **kwargs)
        model.predict(x, verbose=0)
    return model


def plain(model, x=X, **kwargs):
    """Return what the layers' own code computes."""
    kept, model._untracked_quick = model._untracked_quick, None
    result = model(x, **kwargs)
    model._untracked_quick = kept
    return result


def assert_current(model, runs=None, x=X):
    """Compare calls and predictions, as a program gives them and as the layers' own code does."""
    wanted = plain(model, x)
    for _ in range(quick.AFTER + 2):
        for found in (model(x), model.predict(x, verbose=0)):
            for one, other in zip(*[v if isinstance(v, list) else [v] for v in (found, wanted)], strict=True):
                assert type(one) is np.ndarray
                np.testing.assert_allclose(one, other, rtol=2e-5, atol=1e-6)
    if runs is not None:
        before = runs[0]
        model(x)
        model.predict(x, verbose=0)
        assert runs[0] == before
    return wanted


def nested():
    return onionskin.Sequential([onionskin.Input((6,)), sequential(), layers.Dense(3)])


@pytest.mark.parametrize("make", [sequential, functional, nested])
def test_a_program_answers_after_a_few_calls(make, runs):
    model = make()
    assert_current(model, runs)


@pytest.mark.parametrize(
    "x",
    [X.astype("float64"), X.astype("float16"), (X * 50).astype("int8"), np.asfortranarray(X), X[::-1], X[:0:-2]],
    ids=["float64", "float16", "int8", "columns first", "rows from the end", "every other row"],
)
def test_arrays_of_any_form(x, runs):
    assert_current(sequential(), runs, x)


def test_an_array_may_be_changed_in_place(runs):
    model, x = sequential(), np.array(X)
    first = assert_current(model, runs, x)
    x *= -1
    assert not np.allclose(assert_current(model, runs, x), first)


def test_results_are_the_callers_own():
    model = warm(sequential())
    first, predicted = model(X), model.predict(X, verbose=0)
    kept = np.array(first)
    model(X + 1)[:] = 0
    model.predict(X + 1, verbose=0)[:] = 0
    for one in (first, predicted):
        np.testing.assert_array_equal(one, kept)
        assert one.flags.writeable


CHANGES = {
    "set_weights": lambda m: m.set_weights([w + 1 for w in m.get_weights()]),
    "assign": lambda m: m.layers[0].kernel.assign(m.layers[0].kernel.numpy() * 2),
    "numbers in place": lambda m: m.layers[0].kernel.value.__imul__(3),
    "another variable": lambda m: setattr(m.layers[0], "kernel", onionskin.Variable(np.ones((6, 5), "float32"))),
    "a fit": lambda m: (m.compile("sgd", "mse"), m.fit(X, X[:, :2], epochs=3, verbose=0)),
    "activation": lambda m: setattr(m.layers[0], "activation", onionskin.activations.get("sigmoid")),
    "no bias": lambda m: setattr(m.layers[0], "bias", None),
    "call of an instance": lambda m: setattr(m.layers[0], "call", lambda inputs: inputs[:, :5] * 2.0),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_changed_is_seen_at_once(change):
    model = warm(sequential())
    before = model(X)
    CHANGES[change](model)
    after = assert_current(model)
    assert not np.allclose(before, after)


def test_layers_put_on_and_taken_off(runs):
    model = warm(sequential())
    model.add(layers.Dense(4, "relu"))
    assert assert_current(model, runs).shape == (3, 4)
    model.pop()
    model.pop()
    assert assert_current(model, runs).shape == (3, 5)


def test_a_change_within_an_inner_model(runs):
    inner = sequential()
    model = warm(onionskin.Sequential([onionskin.Input((6,)), inner]))
    before = model(X)
    inner.layers[0].activation = onionskin.activations.get("sigmoid")
    assert not np.allclose(before, assert_current(model, runs))


def test_settings_and_engine():
    model = warm(sequential())
    assert model(X).dtype == model.predict(X, verbose=0).dtype == np.float32
    config.set_floatx("float64")
    try:
        np.testing.assert_allclose(model.predict(X.astype("float64"), verbose=0), plain(model), rtol=2e-5)
    finally:
        config.set_floatx("float32")
    warm(model)
    kept = next(one for key, one in model._untracked_quick._programs.items() if key[2] is None)
    other = engines.get("reference")
    assert isinstance(kept.program, type(other.compile(kept.pure.graph))) is (config.engine() == "reference")
    model.compile("sgd", "mse", engine="reference")
    warm(model)
    kept = model._untracked_quick._programs.values()
    assert {type(one.program) for one in kept} == {type(other.compile(next(iter(kept)).pure.graph))}


def test_dropout_draws_as_the_layers_own_code_does(runs):
    model = sequential()
    twin = copy.deepcopy(model)
    twin._untracked_quick = None
    for step in range(quick.AFTER + 4):
        np.testing.assert_allclose(model(X, training=True), twin(X, training=True), rtol=2e-5, err_msg=f"call {step}")
        np.testing.assert_allclose(model(X, training=False), twin(X), rtol=2e-5)
    before = runs[0]
    assert not np.allclose(model(X, training=True), model(X, training=True))
    assert runs[0] == before
    model.layers[1].rate = 0.0
    assert_current(model)
    np.testing.assert_allclose(model(X, training=True), model(X), rtol=2e-5)


def test_trainable_is_told_apart_and_programs_are_kept_for_both():
    model = warm(sequential())
    model.compile("sgd", "mse")
    model.fit(X, X[:, :2], verbose=0)
    (first,) = (one for key, one in model._steps._programs.items() if key[0] == "train")
    kept = model.layers[0].get_weights()
    model.layers[0].trainable = False
    model.fit(X, X[:, :2], verbose=0)
    np.testing.assert_array_equal(model.layers[0].get_weights()[0], kept[0])
    model.layers[0].trainable = True
    model.fit(X, X[:, :2], verbose=0)
    assert not np.array_equal(model.layers[0].get_weights()[0], kept[0])
    assert sum(one is first for one in model._steps._programs.values()) == 1
    model.layers[0].kernel.trainable = False
    kernel, bias = model.layers[0].kernel.numpy(), model.layers[0].bias.numpy()
    model.fit(X, X[:, :2], verbose=0)
    np.testing.assert_array_equal(model.layers[0].kernel.numpy(), kernel)
    assert not np.array_equal(model.layers[0].bias.numpy(), bias)


def test_training_sees_a_layer_that_was_changed():
    model = sequential(rate=0.0)
    model.compile("sgd", "mse")
    before = model.evaluate(X, X[:, :2], verbose=0)
    model.layers[0].activation = onionskin.activations.get("sigmoid")
    after = model.evaluate(X, X[:, :2], verbose=0)
    assert after == pytest.approx(float(np.mean((plain(model) - X[:, :2]) ** 2)), rel=1e-5)
    assert after != pytest.approx(before, rel=1e-5)


# --- what runs the user's code, or is part of something larger ---


def test_a_layer_of_the_users_own_runs_at_every_call():
    seen = []

    class Own(layers.Layer):
        def call(self, inputs):
            seen.append(type(inputs))
            return inputs * 2.0

    model = onionskin.Sequential([onionskin.Input((6,)), Own(), layers.Dense(2)])
    seen.clear()
    for _ in range(6):
        model(X)
    assert seen == [np.ndarray] * 6


def test_an_activation_of_the_users_own_runs_at_every_call():
    seen = []

    def own(x):
        seen.append(type(x))
        return ops.tanh(x)

    model = onionskin.Sequential([onionskin.Input((6,)), layers.Dense(2, activation=own)])
    seen.clear()
    for _ in range(6):
        model(X)
    assert seen == [np.ndarray] * 6


def test_a_model_of_the_users_own_may_branch_on_values():
    class Own(onionskin.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)

        def call(self, inputs):
            outputs = self.dense(inputs)
            return outputs if float(outputs.sum()) > 1e9 else -outputs

    model = Own()
    for _ in range(6):
        np.testing.assert_array_equal(model(X), -model.dense(X))


def test_penalties_of_a_call_are_still_told():
    model = onionskin.Sequential([onionskin.Input((6,)), layers.Dense(2, activity_regularizer="l2")])
    for _ in range(6):
        outputs = model(X)
        np.testing.assert_allclose(model.losses[0], 0.01 * np.sum(outputs**2) / 3, rtol=1e-5)


def test_numbers_that_a_layer_shares_with_the_user():
    scale = np.ones(6, "float32")
    model = warm(onionskin.Sequential([onionskin.Input((6,)), layers.Rescaling(scale)]))
    scale *= 2
    np.testing.assert_allclose(model(X), 2 * X, rtol=1e-6)


def test_within_a_trace_the_model_is_part_of_the_trace():
    model = warm(sequential())
    traced = onionskin.jit(lambda y: model(X) + y)
    zero = np.zeros((3, 2), "float32")
    before = traced(zero)
    model.set_weights([w * 2 for w in model.get_weights()])
    np.testing.assert_allclose(traced(zero), model(X), rtol=2e-5)
    assert not np.allclose(before, traced(zero))


def test_within_a_call_its_training_counts():
    class Outer(onionskin.Model):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner

        def call(self, inputs, training=False):
            return self.inner(inputs)

    inner = warm(sequential())
    outer = Outer(inner)
    np.testing.assert_allclose(outer(X), inner(X), rtol=2e-5)
    twin = copy.deepcopy(inner)
    np.testing.assert_allclose(outer(X, training=True), plain(twin, training=True), rtol=2e-5)


def test_described_tensors_and_lists_go_the_usual_way():
    model = warm(sequential())
    np.testing.assert_allclose(model([X]), model(X), rtol=2e-5)
    np.testing.assert_allclose(model(X.tolist()), model(X), rtol=2e-5)
    y = onionskin.Input((6,))
    assert onionskin.Model(y, model(y)).output_shape == (None, 2)


# --- mistakes ---


@pytest.mark.parametrize(
    "wrong", [X[:, :5], X.astype("U5"), X.astype(object), X[0, 0], np.zeros((3, 6), complex)],
    ids=["shape", "text", "objects", "number", "complex"],
)  # fmt: skip
@pytest.mark.parametrize("door", ["call", "predict"])
def test_mistakes_are_said_in_the_same_words(door, wrong):
    def ask(model):
        return model(wrong) if door == "call" else model.predict(wrong, verbose=0)

    fresh = sequential()
    fresh.name = "net"
    with pytest.raises(errors.OnionskinError) as wanted:
        ask(fresh)
    model = warm(sequential())
    model.name = "net"
    for _ in range(quick.AFTER + 2):
        with pytest.raises(errors.OnionskinError) as caught:
            ask(model)
        names = (fresh.layers[1].name, model.layers[1].name)
        assert str(caught.value).replace(names[1], names[0]) == str(wanted.value)


def test_a_prediction_looks_at_every_number():
    model = warm(sequential())
    wrong = np.array(X)
    wrong[1, 2] = np.nan
    with pytest.raises(errors.DataError) as caught:
        model.predict(wrong, verbose=0)
    assert str(caught.value) == (
        "predict: x has NaN or infinite values.\n"
        "  expected: finite numbers\n"
        "  given:    nan at row 1, column 2; 1 such value in 1 of 3 rows\n"
        "  to fix:   remove these rows or fill in the values"
    )
    model.predict(X.astype("float64"), verbose=0)
    with pytest.raises(errors.DataError, match="too large for float32"):
        model.predict(X.astype("float64") * 1e300, verbose=0)
    with pytest.raises(errors.ArgumentError, match="batch_size must be a positive whole number"):
        model.predict(X, batch_size=0, verbose=0)
    with pytest.raises(errors.DataError, match="there are no samples"):
        model.predict(X[:0], verbose=0)


def test_what_a_program_cannot_do_is_left_to_the_layers(monkeypatch, runs):
    model = warm(sequential())
    wanted = plain(model)
    for one in model._untracked_quick._programs.values():
        monkeypatch.setattr(one, "program", None)
    before = runs[0]
    np.testing.assert_array_equal(model(X), wanted)
    assert runs[0] > before


# --- the rest ---


def test_no_signal_handler_for_a_prediction_of_microseconds(monkeypatch):
    model = warm(sequential())

    def refused(*_):
        raise AssertionError("a handler was set")

    monkeypatch.setattr(signal, "signal", refused)
    assert model.predict(X, verbose=0).shape == (3, 2)
    with pytest.raises(AssertionError, match="a handler was set"):
        model.predict(np.zeros((100, 6), "float32"), verbose=0)


def test_only_so_many_programs_are_kept():
    model = sequential()
    for rows in range(1, 3 * quick.MOST):
        x = np.zeros((rows, 6), "float32")
        for _ in range(quick.AFTER + 1):
            assert model(x).shape == (rows, 2)
    assert len(model._untracked_quick._programs) == quick.MOST
    for rows in range(1, 20 * quick.MOST):
        model(np.zeros((rows, 6), "float16"))
    assert len(model._untracked_quick._calls) <= 8 * quick.MOST


def test_threads_may_call_one_model_while_it_is_changed():
    model = warm(sequential())
    outcomes = {}
    for name in ("relu", "sigmoid"):
        model.layers[0].activation = onionskin.activations.get(name)
        outcomes[name] = plain(model)
    wrong, stop = [], threading.Event()

    def ask():
        while not stop.is_set():
            found = model(X)
            if not any(np.allclose(found, one, rtol=1e-4) for one in outcomes.values()):
                wrong.append(found)

    workers = [threading.Thread(target=ask) for _ in range(3)]
    for worker in workers:
        worker.start()
    for step in range(30):
        name = ("relu", "sigmoid")[step % 2]
        model.layers[0].activation = onionskin.activations.get(name)
        for _ in range(quick.AFTER + 2):
            np.testing.assert_allclose(model(X), outcomes[name], rtol=1e-4, err_msg=f"change {step}")
    stop.set()
    for worker in workers:
        worker.join()
    assert wrong == []


def test_a_copy_has_programs_of_its_own():
    model = warm(sequential())
    other = copy.deepcopy(model)
    model.set_weights([w * 2 for w in model.get_weights()])
    assert not np.allclose(assert_current(other), assert_current(model))
