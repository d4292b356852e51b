"""Planted NaNs of every kind are found where they were planted: operation, layer, batch, numbers and reason."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onionskin
from onionskin import explain, layers, ops
from onionskin.base import config
from onionskin.base.errors import (
    ArgumentError,
    DataError,
    FileFormatError,
    NotBuiltError,
    NumericError,
    UnknownNameError,
)
from onionskin.callbacks.terminate_on_nan import NonFiniteLossError
from onionskin.explain.columns import WIDTH, width
from onionskin.explain.finding.reasons import WORDS
from onionskin.explain.finding.report import LABELS
from onionskin.explain.finding.search import Search
from onionskin.prims.custom import define_primitive

RNG = np.random.default_rng(4)


def f32(*values):
    return np.array(values, "float32")


FUNCTIONS = {  # function, arguments, phase, operation, reason, element
    "log 0": (lambda x: ops.sum(ops.log(x)), [f32(1, 0)], "forward", "log", "log of 0", (1,)),
    "log -": (lambda x: ops.sum(ops.log(x)), [f32(1, 2, -3)], "forward", "log", "log of a negative", (2,)),
    "log1p": (lambda x: ops.sum(ops.log1p(x)), [f32(-1, 2)], "forward", "log1p", "log of 0", (0,)),
    "sqrt -": (lambda x: ops.sum(ops.sqrt(x)), [f32(1, -2)], "forward", "sqrt", "root of a negative", (1,)),
    "rsqrt 0": (lambda x: ops.sum(ops.rsqrt(x)), [f32(0, 4)], "forward", "rsqrt", "root of 0", (0,)),
    "sqrt 0": (lambda x: ops.sum(ops.sqrt(x)), [f32(1, 0)], "backward", "divide", "division by 0", (1,)),
    "1/0": (lambda x: ops.sum(1 / x), [f32(0, 2)], "forward", "divide", "division by 0", (0,)),
    "0/0": (lambda x: ops.sum(x / x), [f32(3, 0)], "forward", "divide", "0 by 0", (1,)),
    "(-2)^.5": (lambda x: ops.sum(ops.power(x, 0.5)), [f32(-2)], "forward", "power", "power of a negative", (0,)),
    "0^-1": (lambda x: ops.sum(ops.power(x, -1.0)), [f32(2, 0)], "forward", "power", "power of 0", (1,)),
    "exp": (lambda x: ops.sum(ops.exp(x)), [f32(1, 100)], "forward", "exp", "overflow of exp", (1,)),
    "product": (lambda x: ops.sum(x * x), [f32(1, 1e30)], "forward", "multiply", "overflow", (1,)),
    "sum": (lambda x: ops.sum(x), [f32(3e38, 3e38)], "forward", "sum", "overflow", ()),
    "matmul": (lambda x: ops.sum(ops.matmul(x, x)), [np.full((2, 2), 1e25, "float32")], "forward", "matmul",
               "overflow", (0, 0)),
    "float16": (lambda x: ops.sum(ops.cast(x, "float16")), [f32(1, 1e6)], "forward", "cast",
                "overflow of half precision", (1,)),
    "where": (lambda x: ops.sum(ops.where(x > 0, ops.log(x), 0.0)), [f32(1, 0)], "backward", "divide", "0 by 0", (1,)),
    "mask": (lambda x: ops.sum(ops.softmax(ops.where(x > 0, x, -np.inf))), [f32([1, 2], [-1, -2])], "forward",
             "softmax", "all masked", (1, 0)),
    "inf-inf": (lambda x: ops.sum(x + ops.where(x > 0, np.inf, -np.inf) + ops.where(x > 0, -np.inf, np.inf)),
                [f32(1, -1)], "forward", "add", "inf minus inf", (0,)),
    "0*inf": (lambda x: ops.sum(x * ops.where(x > 0, x, np.inf)), [f32(1, 0)], "forward", "multiply", "0 times inf",
              (1,)),
    "mean": (lambda x: ops.mean(x[:0]), [f32(1)], "forward", "mean", "nothing", ()),
    "constant": (lambda x: ops.sum(x * np.float32("nan")), [f32(1)], "forward", "multiply", "constant", (0,)),
    "data": (lambda x, y: ops.sum(x * y), [f32(1, 2), f32(3, np.nan)], "forward", "input", "data", (1,)),
    "infinite data": (lambda x: ops.sum(ops.log(x)), [f32(1, np.inf)], "forward", "input", "data", (1,)),
}  # fmt: skip


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("case", FUNCTIONS)
def test_each_kind_in_a_function(case, engine, tmp_path, monkeypatch):
    function, arguments, phase, operation, reason, index = FUNCTIONS[case]
    monkeypatch.setitem(config._settings, "engine", engine)
    report = explain.find_nan(function, *arguments)
    assert report, report
    assert (report.phase, report.operation, report.reason, report.index) == (phase, operation, reason, index)
    assert not np.isfinite(report.value[index])
    for array in report.inputs.values():
        assert np.isfinite(array).all() or reason in ("all masked", "inf minus inf", "0 times inf", "constant")
    np.testing.assert_array_equal(report.replay(), report.value)
    np.testing.assert_array_equal(report.replay(whole=True), report.value)
    assert report.step.engine == engine
    report.save(tmp_path / "report.npz")
    again = explain.Finding.load(tmp_path / "report.npz")
    assert str(again) == str(report) and bool(again)
    np.testing.assert_array_equal(again.replay(), report.value)
    np.testing.assert_array_equal(again.replay(whole=True), report.value)
    for language in LABELS:
        text = str(explain.find_nan(function, *arguments, language=language))
        assert max(map(width, text.split("\n"))) <= WIDTH, text


@pytest.mark.parametrize(
    "function",
    [
        lambda x: ops.sum(ops.square(x)),
        lambda x: ops.sum(1 / (1 + ops.exp(100 * ops.abs(x)))),  # the infinity becomes the right 0
        lambda x: ops.sum(ops.where(x < 5, x, ops.log(x - 5))),
        lambda x: ops.sum(ops.softmax(ops.where(x > 1.5, x, -np.inf))),
    ],
)
def test_what_ends_in_finite_numbers_is_no_finding(function):
    safe = function if function(f32(1, 2, 3)) is not None else None
    report = explain.find_nan(lambda x: ops.stop_gradient(safe(x)) + ops.sum(x), f32(1, 2, 3))
    assert not report
    assert str(report) == "No NaN and no infinity."


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_inside_a_loop_and_a_choice(engine, tmp_path, monkeypatch):
    monkeypatch.setitem(config._settings, "engine", engine)

    def looped(x):
        def turn(total, one):
            return total + ops.cond(one > 1, lambda: ops.log(one - 2), lambda: one), total

        return ops.sum(ops.scan(turn, np.float32(0), x)[1])

    report = explain.find_nan(looped, f32(1, 3, 2, 1))
    assert (report.operation, report.reason, report.inside) == ("log", "log of 0", ("scan[2]", "cond"))
    assert "inside scan[2] > cond" in str(report) and next(iter(report.inputs.values())) == 0
    report.save(tmp_path / "inner.npz")
    for one in (report, explain.Finding.load(tmp_path / "inner.npz")):
        assert one.replay() == -np.inf and one.replay(whole=True) == -np.inf and one.inside == report.inside


# --- models ---


def network(*between, inputs=3, **options):
    onionskin.utils.set_random_seed(1)
    model = onionskin.Sequential([onionskin.Input((inputs,)), *between, layers.Dense(1, name="out")], name="net")
    model.compile(**{"optimizer": "sgd", "loss": "mse", **options})
    return model


X = RNG.uniform(1, 2, size=(24, 3)).astype("float32")
Y = RNG.normal(size=(24, 1)).astype("float32")


def with_zero(row=13, column=1):
    bad = X.copy()
    bad[row, column] = 0
    return bad


def state_of(model):
    return [one.numpy() for one in (*model.variables, *model.optimizer.variables)]


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_batch_the_layer_and_the_numbers(engine, optimizer):
    model = network(layers.Lambda(ops.log, name="logarithm"), layers.Dense(4, "relu", name="hidden"), engine=engine,
                    optimizer=optimizer, metrics=["mae"])  # fmt: skip
    model.optimizer.build(model.trainable_variables)
    before = state_of(model)
    report = model.find_nan(with_zero(), Y, batch_size=4)
    assert (report.layer, report.kind, report.operation, report.phase) == ("logarithm", "Lambda", "log", "forward")
    assert (report.batch, report.batches, report.index, report.wrong) == (3, 4, (1, 1), 1)
    np.testing.assert_array_equal(report.inputs["x"], with_zero()[12:16])
    for one, kept in zip(state_of(model), before, strict=True):
        np.testing.assert_array_equal(one, kept)
    np.testing.assert_array_equal(report.replay(whole=True), report.value)
    clean = model.find_nan(X, Y, batch_size=4)
    assert not clean and str(clean) == "No NaN and no infinity in 6 batches."
    assert str(model.find_nan(X, Y, steps=1, batch_size=4)) == "No NaN and no infinity in 1 batch."


def test_it_trains_on_copies_as_fit_does():
    """With dropout and Adam, the weights that the search goes through are those of fit: the loss it fails on is too."""
    model = network(layers.Dropout(0.2, seed=3), layers.Dense(8, "tanh"), optimizer="adam")
    twin = network(layers.Dropout(0.2, seed=3), layers.Dense(8, "tanh"), optimizer="adam")
    twin.fit(X[:16], Y[:16], batch_size=4, shuffle=False, verbose=0)
    search = Search()
    step = model._recording(X[:4], Y[:4], where="a test", update=True, measured=True)
    for first in range(0, 16, 4):
        assert search.look(step, [X[first : first + 4], Y[first : first + 4]]) is None
    for mine, theirs in zip(model.trainable_variables, twin.trainable_variables, strict=True):
        np.testing.assert_allclose(search.state[mine], theirs.numpy(), rtol=1e-6, err_msg=mine.path)


def test_a_derivative_names_the_operation_that_it_is_of():
    model = network(layers.Dense(4, "relu", name="hidden"), layers.Lambda(ops.sqrt, name="root"))
    model.get_layer("hidden").bias.assign(-np.full(4, 100.0))  # relu gives 0, where a root has an infinite slope
    report = model.find_nan(X, Y)
    assert (report.phase, report.layer, report.operation, report.reason) == (
        "backward",
        "root",
        "divide",
        "division by 0",
    )
    assert report.rule == "%7 = √%6"
    assert "derivative of  %7 = √%6" in str(report)


def test_an_update_that_divides_by_0():
    model = network(optimizer=onionskin.optimizers.Adam(epsilon=0.0))
    flat = X.copy()
    flat[:, 2] = 0  # its weight has no gradient, so that Adam divides 0 by the root of 0
    report = model.find_nan(flat, Y)
    assert (report.phase, report.layer, report.operation, report.reason) == ("update", "out", "divide", "0 by 0")
    assert report.index == (2, 0) and "update of the weights" in report.title


def test_weights_and_slots_that_were_not_finite_before():
    model = network(layers.Dense(2, name="hidden"), optimizer="adam")
    model.get_layer("hidden").kernel.assign(np.where(np.eye(3, 2) > 0, np.nan, 1.0))
    report = model.find_nan(X, Y)
    assert (report.operation, report.name, report.reason, report.wrong) == (
        "input",
        "hidden/kernel",
        "not finite before",
        2,
    )
    assert str(report) == (
        "NaN in the weights\n"
        "  where       batch 0 (from 0), layer hidden (Dense), hidden/kernel\n"
        "  why         it was not finite before this step began\n"
        "  elements    2 of 6, the first at [0, 0]\n"
        "  what helps  load or make the weights anew; then search from weights that are\n"
        "              finite"
    )
    model = network(optimizer="adam")
    model.optimizer.build(model.trainable_variables)
    slot = next(one for one in model.optimizer.variables if "velocity" in one.path)
    slot.assign(np.full(slot.shape, np.inf))
    report = model.find_nan(X, Y)
    assert (report.phase, report.operation, report.name) == ("update", "input", "adam/out_kernel_velocity")
    assert report.title == "inf in the values that the optimizer keeps" and report.layer == "out"


def test_a_loss_and_a_layer_of_ones_own():
    class Inverse(layers.Layer):
        def call(self, x):
            return 1.0 / x

    report = network(Inverse(name="inverse")).find_nan(with_zero(), Y)
    assert (report.layer, report.kind, report.operation) == ("inverse", "Inverse", "divide")
    model = network(layers.Dense(4, "relu"), loss=lambda y, guess: ops.mean(ops.log(guess - y)))
    report = model.find_nan(X, Y + 100)
    assert (report.layer, report.operation, report.reason) == ("", "log", "log of a negative")
    assert "batch 0 (from 0), loss" in str(report)


def test_a_step_of_ones_own():
    class Own(onionskin.Sequential):
        def train_step(self, data):
            x, y = data

            def loss():
                return ops.mean(ops.sqrt(self(x, training=True) - y))

            value, gradients = onionskin.value_and_grad(loss, variables=self.trainable_variables)()
            self.optimizer.apply(gradients, self.trainable_variables)
            return {"loss": value}

    onionskin.utils.set_random_seed(1)
    model = Own([onionskin.Input((3,)), layers.Dense(1, name="out")])
    model.compile("sgd", "mse")
    report = model.find_nan(X, Y + 100, batch_size=8)
    assert (report.operation, report.reason, report.batch) == ("sqrt", "root of a negative", 0)
    assert not model.find_nan(X, Y - 100, batch_size=8)


def test_sample_weights_and_streams():
    model = network()
    heavy = np.ones(24, "float32")
    heavy[9] = 3e38
    report = model.find_nan(X, Y + 100, heavy, batch_size=8)
    assert (report.batch, report.reason, report.layer, report.operation) == (1, "overflow", "", "multiply")
    batches = ((with_zero()[i : i + 4], Y[i : i + 4]) for i in range(0, 24, 4))
    report = network(layers.Lambda(ops.log, name="logarithm")).find_nan(batches)
    assert (report.batch, report.layer, report.operation) == (3, "logarithm", "log")


def test_nan_in_the_data():
    bad = X.copy()
    bad[7, 2] = np.nan
    report = network().find_nan(bad, Y, batch_size=4)
    assert str(report) == (
        "NaN in the data\n"
        "  where       x, sample 7, column 2\n"
        "  why         the data holds NaN\n"
        "  elements    1 of 72, the first at [7, 2]\n"
        "  what helps  repair or leave out these samples before training"
    )
    np.testing.assert_array_equal(report.replay(), bad)
    report = network().find_nan(((bad[i : i + 4], Y[i : i + 4]) for i in range(0, 24, 4)), language="ko")
    assert str(report).split("\n")[:3] == [
        "데이터에서 NaN 발생",
        "  위치    배치 1 (0부터), x, 표본 3, 열 2",
        "  이유    데이터에 NaN 값이 있습니다",
    ]


def test_half_precision():
    onionskin.utils.set_random_seed(1)
    model = onionskin.Sequential(
        [onionskin.Input((3,)), layers.Dense(4, dtype="mixed_float16", name="half"), layers.Dense(1, name="out")]
    )
    model.compile("sgd", "mse")
    model.get_layer("half").kernel.assign(np.full((3, 4), 4e4))
    report = model.find_nan(X, Y)
    assert (report.layer, report.operation, report.reason) == ("half", "matmul", "overflow of half precision")
    assert report.why == "the result is larger than the largest float16, 65504"


def test_gradients_that_a_scale_makes_infinite_are_no_finding():
    """LossScaleOptimizer leaves out such a step and halves the scale: nothing is wrong."""
    optimizer = onionskin.optimizers.LossScaleOptimizer(onionskin.optimizers.SGD(0.01), initial_scale=1e38)
    model = network(optimizer=optimizer)
    twin = network(
        optimizer=onionskin.optimizers.LossScaleOptimizer(onionskin.optimizers.SGD(0.01), initial_scale=1e38)
    )
    twin.fit(X * 100, Y, batch_size=8, epochs=1, verbose=0)
    assert not model.find_nan(X * 100, Y, batch_size=8)


# --- training ---


def failing(**options):
    return network(layers.Lambda(ops.log, name="logarithm"), layers.Dense(4, name="hidden"), **options)


@pytest.mark.parametrize("options", [{}, {"engine": "reference"}, {"run_eagerly": True}])
def test_after_a_fit_that_failed_it_looks_at_the_very_batches(options):
    model = failing(optimizer="adam", **options)
    model.fit(X, Y, batch_size=4, epochs=2, verbose=0)
    with pytest.raises(NumericError) as error:
        model.fit(with_zero(), Y, batch_size=4, epochs=3, verbose=0)
    place = int(str(error.value).partition("step ")[2].partition(",")[0])
    before = state_of(model)
    report = model.find_nan()
    assert (report.layer, report.operation, report.reason) == ("logarithm", "log", "log of 0")
    assert report.batch <= place - 1 and report.inputs["x"].shape == (4, 3)
    assert (report.inputs["x"] == 0).sum() == 1
    assert report.inputs["x"][report.index] == 0
    for one, kept in zip(state_of(model), before, strict=True):
        np.testing.assert_array_equal(one, kept)
    model.fit(X, Y, batch_size=4, verbose=0)
    with pytest.raises(ArgumentError):
        model.find_nan()


@pytest.mark.parametrize("options", [{}, {"engine": "reference"}, {"run_eagerly": True}])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_terminate_on_nan_explains(options, language, capsys):
    guard = onionskin.callbacks.TerminateOnNaN(explain=True, language=language)
    model = failing(**options)
    model.fit(with_zero(), Y, batch_size=4, epochs=3, verbose=0, shuffle=False, callbacks=[guard])
    printed = capsys.readouterr().out
    assert printed == f"Batch 3: Invalid loss, terminating training\n{guard.report}\n"
    assert (guard.report.epoch, guard.report.batch, guard.report.layer, guard.report.operation) == (
        0,
        3,
        "logarithm",
        "log",
    )
    if language == "en":
        assert printed.split("\n")[2] == "  where       epoch 1, batch 3 (from 0), layer logarithm (Lambda)"
    assert model.stop_training
    guard.report.replay()


def test_terminate_on_nan_explains_and_raises(capsys):
    guard = onionskin.callbacks.TerminateOnNaN(raise_error=True, explain=True)
    with pytest.raises(NonFiniteLossError) as error:
        failing().fit(with_zero(), Y, batch_size=4, verbose=0, shuffle=False, callbacks=[guard])
    assert str(error.value) == (
        "Batch 3: the loss is not finite.\n"
        "  given:    loss nan\n"
        "  to fix:   lower the learning rate, scale the inputs, or look for NaN in the data"
    )
    assert capsys.readouterr().out == f"{guard.report}\n" and guard.report.operation == "log"


@pytest.mark.parametrize("raise_error", [False, True])
def test_a_weight_that_is_no_longer_finite_ends_training_before_the_loss_is_wrong(raise_error, capsys):
    flat = X.copy()
    flat[:, 2] = 0
    guard = onionskin.callbacks.TerminateOnNaN(raise_error=raise_error, explain=True)
    model = network(optimizer=onionskin.optimizers.Adam(epsilon=0.0))
    fit = lambda: model.fit(flat, Y, batch_size=8, epochs=2, verbose=0, callbacks=[guard])  # noqa: E731
    if raise_error:
        with pytest.raises(NonFiniteLossError) as error:
            fit()
        assert str(error.value) == (
            "Batch 0: a weight is no longer finite.\n"
            "  to fix:   lower the learning rate, scale the inputs, or look for NaN in the data"
        )
    else:
        fit()
        assert capsys.readouterr().out.startswith("Batch 0: Invalid weight, terminating training\nNaN in the update")
    assert (guard.report.phase, guard.report.reason, guard.report.epoch) == ("update", "0 by 0", 0)


def test_terminate_on_nan_without_explaining_is_as_before(capsys):
    guard = onionskin.callbacks.TerminateOnNaN()
    failing().fit(with_zero(), Y, batch_size=4, verbose=0, shuffle=False, callbacks=[guard])
    assert capsys.readouterr().out == "Batch 3: Invalid loss, terminating training\n" and guard.report is None


def test_code_that_only_runs_on_numbers_still_ends_in_order(capsys):
    class Branching(onionskin.Model):
        def __init__(self):
            super().__init__()
            self.out = layers.Dense(1)

        def call(self, x):
            return self.out(ops.log(x)) if float(ops.sum(x)) > 0 else self.out(x)

    guard = onionskin.callbacks.TerminateOnNaN(explain=True)
    model = Branching()
    model.compile("sgd", "mse", run_eagerly=True)
    model.fit(with_zero(), Y, batch_size=4, verbose=0, shuffle=False, callbacks=[guard])
    assert "Batch 3: Invalid loss, terminating training\n" in capsys.readouterr().out and model.stop_training


def test_a_diverging_training_names_the_overflow():
    model = network(layers.Dense(8, "relu", name="hidden"), optimizer=onionskin.optimizers.SGD(1e15))
    with pytest.raises(NumericError):
        model.fit(X, Y, batch_size=4, epochs=5, verbose=0)
    report = model.find_nan()
    assert report.reason == "overflow" and all(np.isfinite(one).all() for one in report.inputs.values())


def test_a_metric_that_is_not_finite_is_found_too():
    def strange(y, guess):
        return ops.log(-1 - ops.square(guess - y))

    model = network(metrics=[strange])
    with pytest.raises(NumericError):
        model.fit(X, Y, batch_size=8, verbose=0)
    report = model.find_nan()
    assert (report.operation, report.phase, report.reason) == ("log", "update", "log of a negative")


def test_class_weights_and_the_door_of_the_room():
    model = network(loss="binary_crossentropy")
    labels = (Y > 0).astype("int32")
    report = explain.find_nan(model, X, labels, class_weight={0: 1.0, 1: 1e38}, batch_size=4, language="ko")
    assert report.reason == "overflow" and report.language == "ko"
    assert not explain.find_nan(model, X, labels, class_weight={0: 1.0, 1: 2.0})
    assert len(explain.trace_step(model, X, labels, language="ko")) == len(model.trace_step(X, labels))


PLANTED = {
    "log": (ops.log, "log"), "root": (lambda x: ops.sqrt(x), "sqrt"), "inverse": (lambda x: 1 / (x * 0), "divide"),
    "power": (lambda x: ops.power(x, 0.3), "power"), "exp": (lambda x: ops.exp(x * 1e4 + 2e3), "exp"),
}  # fmt: skip
OTHERS = [
    lambda: layers.Dense(4, "tanh"), lambda: layers.Dense(3, "relu"), lambda: layers.Dropout(0.3),
    lambda: layers.BatchNormalization(), lambda: layers.LayerNormalization(), lambda: layers.Activation("gelu"),
    lambda: layers.Dense(5, "softmax"),
]  # fmt: skip


@given(
    st.lists(st.integers(0, len(OTHERS) - 1), max_size=3), st.lists(st.integers(0, len(OTHERS) - 1), max_size=3),
    st.sampled_from(sorted(PLANTED)), st.sampled_from(["sgd", "adam"]), st.integers(0, 100),
)  # fmt: skip
@settings(max_examples=30, deadline=None)
def test_a_single_planted_producer_is_the_one_that_is_named(before, behind, kind, optimizer, seed):
    function, operation = PLANTED[kind]
    planted = layers.Lambda(lambda x: function(-ops.square(ops.tanh(x)) - 0.1), name="planted")
    if kind == "exp":
        planted = layers.Lambda(lambda x: function(ops.square(x) + 1), name="planted")
    onionskin.utils.set_random_seed(seed)
    model = onionskin.Sequential(
        [onionskin.Input((3,)), *[OTHERS[one]() for one in before], planted, *[OTHERS[one]() for one in behind],
         layers.Dense(1)]
    )  # fmt: skip
    model.compile(optimizer, "mse")
    report = model.find_nan(X, Y, batch_size=6)
    assert (report.layer, report.operation, report.phase, report.batch) == ("planted", operation, "forward", 0), str(
        report
    )
    assert all(np.isfinite(one).all() for one in report.inputs.values())


# --- files, words ---


def test_what_is_printed_word_for_word():
    report = failing().find_nan(with_zero(), Y, batch_size=4)
    assert str(report) == (
        "-inf in the forward pass\n"
        "  where       batch 3 (from 0), layer logarithm (Lambda)\n"
        "  operation   %2 = ln x  (log)\n"
        "  why         logarithm of 0, which is -inf\n"
        "  elements    1 of 12, the first at [1, 1]\n"
        "  inputs      x there = 0\n"
        "  what helps  keep what goes into the logarithm above 0, as in ops.log(x +\n"
        "              1e-7); for a cross-entropy give the loss logits\n"
        "              (from_logits=True), which has no logarithm of a probability"
    )
    assert repr(report) == "<-inf in the forward pass: ln x>"
    assert "<caption>-inf in the forward pass</caption>" in report._repr_html_()
    assert str(failing().find_nan(with_zero(), Y, batch_size=4, language="ko")) == (
        "순전파에서 -inf 발생\n"
        "  위치    배치 3 (0부터), logarithm 층 (Lambda)\n"
        "  연산    %2 = ln x  (log)\n"
        "  이유    0의 로그는 -inf입니다\n"
        "  원소    12개 중 1개, 처음은 [1, 1]\n"
        "  입력    그 자리의 x = 0\n"
        "  해결책  로그에 들어가는 값을 0보다 크게 하세요(예: ops.log(x + 1e-7)). 교차\n"
        "          엔트로피라면 손실에 로짓을 주세요(from_logits=True)"
    )
    assert explain.find_nan(lambda x: ops.sum(x), f32(1))._repr_html_() == "<p>No NaN and no infinity.</p>"


def test_both_languages_have_all_words():
    assert {*WORDS["en"]} == {*WORDS["ko"]} and {*LABELS["en"]} == {*LABELS["ko"]}
    for key, sentences in WORDS["en"].items():
        for place in (0, 1):
            fields = {one for one in ("{value}", "{other}", "{dtype}", "{largest}") if one in sentences[place]}
            assert fields == {
                one for one in ("{value}", "{other}", "{dtype}", "{largest}") if one in WORDS["ko"][key][place]
            }


def test_a_report_of_a_primitive_of_ones_own_is_kept_without_it(tmp_path):
    cube = define_primitive("own_log", np.log, lambda g, y, x: g / x)
    with np.errstate(all="ignore"):
        report = explain.find_nan(lambda x: ops.sum(cube(x)), f32(1, -1))
        assert report.operation == "own_log" and report.reason == "not defined"
        np.testing.assert_array_equal(report.replay(), report.value)
    report.save(tmp_path / "own.npz")
    again = explain.Finding.load(tmp_path / "own.npz")
    assert str(again) == str(report)
    with pytest.raises(ArgumentError) as error:
        again.replay()
    assert str(error.value) == (
        "replay: there is nothing to run again: an operation of one's own cannot be kept in a file.\n"
        "  to fix:   call find_nan again, and replay() on what it returns"
    )
    with pytest.raises(ArgumentError) as error:
        explain.find_nan(lambda x: ops.sum(x), f32(1)).replay()
    assert str(error.value) == "replay: there is nothing to run again: nothing was found."


def test_files_that_are_no_reports_are_refused(tmp_path):
    path = tmp_path / "report.npz"
    failing().find_nan(with_zero(), Y, batch_size=4).save(path)
    assert not any(name.endswith(".pkl") for name in zipfile.ZipFile(path).namelist())
    kept = dict(np.load(path, allow_pickle=False))
    description = json.loads(kept["report"].tobytes())

    def refused(change):
        changed = {name: np.array(array) for name, array in kept.items()}
        text = json.loads(json.dumps(description))
        change(changed, text)
        changed["report"] = np.frombuffer(json.dumps(text).encode(), np.uint8)
        np.savez(tmp_path / "bad.npz", **changed)
        with pytest.raises(FileFormatError) as error:
            explain.Finding.load(tmp_path / "bad.npz")
        return str(error.value)

    assert "the file holds no report of find_nan." in refused(lambda arrays, text: text.pop("step"))
    assert "KeyError: 'value'" in refused(lambda arrays, text: arrays.pop("a_value"))
    refused(lambda arrays, text: text["step"]["nodes"][-1].__setitem__(0, "system"))
    refused(lambda arrays, text: text["step"]["nodes"][-1].__setitem__(1, [999]))
    refused(lambda arrays, text: text.update(reason="unknown"))
    refused(lambda arrays, text: text.update(phase=3))
    refused(lambda arrays, text: text.update(index=[99, 99]))
    refused(lambda arrays, text: text.update(names=["x"] * 50))
    refused(lambda arrays, text: arrays.update(a_input_0=np.zeros((1, 1), "float32")))
    refused(lambda arrays, text: arrays.update(a_direct_0=np.zeros((1, 1), "float32")))
    (tmp_path / "text.npz").write_text("no archive")
    with pytest.raises(FileFormatError):
        explain.Finding.load(tmp_path / "text.npz")
    with pytest.raises(DataError):
        explain.Finding.load(tmp_path / "absent.npz")
    with pytest.raises(ArgumentError) as error:
        explain.find_nan(lambda x: ops.log(x), f32(0)).save(tmp_path / "no" / "where.npz")
    assert str(error.value) == (
        f"{tmp_path / 'no' / 'where.npz'}: the file cannot be written.\n  given:    No such file or directory"
    )


def test_words_of_errors():
    model = onionskin.Sequential([onionskin.Input((3,)), layers.Dense(1)], name="net")
    with pytest.raises(NotBuiltError) as error:
        model.find_nan(X, Y)
    assert str(error.value) == (
        "find_nan, model 'net': the model has not been compiled.\n"
        "  to fix:   call model.compile(optimizer=…, loss=…) first"
    )
    with pytest.raises(ArgumentError) as error:
        network().find_nan()
    assert str(error.value) == (
        "find_nan, model 'net': there is no data to search.\n"
        "  given:    x=None, and no fit that has failed\n"
        "  to fix:   pass x and y as to fit"
    )
    with pytest.raises(UnknownNameError) as unknown:
        explain.find_nan(lambda x: x, f32(1), language="fr")
    assert str(unknown.value) == (
        "find_nan(language): there is no language of this name.\n  given:    'fr'\n  to fix:   Known: en, ko"
    )
