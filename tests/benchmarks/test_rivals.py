"""Tests that rivals which need no other library do the work that they say: ours and the plain loops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import data
from benchmarks.agreement import score_outputs, score_weights
from benchmarks.case import Chosen
from benchmarks.cases import memory, program, sweep, table
from benchmarks.cases.entrants import predicting, training
from benchmarks.cases.processes import run_program
from benchmarks.peak import bare_products, products
from benchmarks.peers import find, ours, plain_numpy, shade_loop
from benchmarks.tasks import Network, Predicting, Training
from onionskin.base import config


@pytest.fixture
def compiled():
    pytest.importorskip("onionskin.engines.native._ext", reason="the compiled part is not installed")


@pytest.fixture(params=["reference", "native"])
def engine(request):
    """Each engine that is installed."""
    if request.param == "native":
        request.getfixturevalue("compiled")
    return request.param


def small(optimizer, dtype="float32", **settings):
    rng = np.random.default_rng(1)
    x = rng.integers(0, 256, (40, 6), np.uint8)
    x = x if dtype == "uint8" else x.astype(np.float32) / np.float32(255)
    t = np.eye(3, dtype=np.float32)[rng.integers(0, 3, 40)]
    network = Network((6, 5, 3), "relu", "softmax")
    given = {"rate": 0.01, "batch": 16, "epochs": 2, "shuffle": False, "weights": network.weights(), **settings}
    return Training(network, "crossentropy", optimizer, x=x, t=t, x_test=x, t_test=t, **given)


def trained(rival):
    rival.prepare()
    rival.run()
    return rival.outcome()


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adam"])
def test_the_numpy_loop_trains_to_our_weights(optimizer, dtype, engine):
    task = small(optimizer, dtype)
    [plain] = plain_numpy.train(task)
    for other, mine in zip(trained(plain), trained(ours.train(task, engine)), strict=True):
        np.testing.assert_allclose(other, mine, rtol=2e-4, atol=2e-6)


@pytest.mark.parametrize("make", [lambda task: ours.train(task, "reference"), lambda task: plain_numpy.train(task)[0]])
def test_every_run_begins_with_the_first_weights_and_empty_slots(make):
    rival = make(small("adam"))
    first = [weight.copy() for weight in trained(rival)]
    for before, after in zip(first, trained(rival), strict=True):
        np.testing.assert_array_equal(before, after)


def test_one_logistic_output_too():
    task = replace(table.task(epochs=1), shuffle=False)
    [plain] = plain_numpy.train(task)
    for other, mine in zip(trained(plain), trained(ours.train(task, "reference")), strict=True):
        np.testing.assert_allclose(other, mine, rtol=2e-4, atol=2e-6)


def shade(steps=60):
    rng = np.random.default_rng(0)
    x, t = rng.random((steps, 3), np.float32), rng.integers(0, 2, (steps, 1)).astype(np.float32)
    weights = [rng.random(shape).astype(np.float32) for shape in ((3, 3), (3,), (3, 1), (1,))]
    return Training(
        Network((3, 3, 1), "relu", "sigmoid"), "squared", "sgd", 0.05, 1, 1, False, x, t, x, t, weights, metrics=False,
        rows={"numpy": 40},
    )  # fmt: skip


def test_both_loops_of_the_first_source_train_to_our_weights():
    task = shade()
    mine = trained(ours.train(task, "reference"))
    for loop in (shade_loop.as_written, shade_loop.careful):
        for other, weight in zip(loop(task), mine, strict=True):
            np.testing.assert_allclose(other, weight, rtol=1e-4, atol=1e-6)


def test_a_rival_may_do_a_share_of_the_rows_and_says_so():
    rivals = plain_numpy.train(shade())
    assert [rival.units for rival in rivals] == [40, 40]
    expected = score_weights(shade(), shade_loop.careful(shade().first(40)))
    for rival in rivals:
        score = score_weights(shade(), trained(rival))
        np.testing.assert_allclose(score.loss, expected.loss, rtol=1e-5)


def test_predictions_are_right_by_every_call():
    network = Network((6, 5, 4, 3), "sigmoid", "softmax")
    task = Predicting(network, network.weights(), np.random.default_rng(0).random((7, 6), np.float32))
    chosen = Chosen(("reference",), {"numpy": find("numpy")})
    for form in ("call", "predict"):
        rivals = predicting(task, chosen, form)
        assert [rival.key for rival in rivals] == ["onionskin", "numpy"]
        for rival in rivals:
            rival.prepare()
            assert score_outputs(task, rival.outcome()).error < 1e-6
    assert [rival.key for rival in predicting(task, chosen, "call", ())] == ["onionskin"]


def test_units_of_a_race_may_be_epochs():
    chosen = Chosen(("reference",), {"numpy": find("numpy")})
    assert [rival.units for rival in training(small("sgd"), chosen)] == [6, 6]
    assert [rival.units for rival in training(small("sgd"), chosen, units=2)] == [2.0, 2.0]


def test_the_products_of_a_step_are_all_there():
    shapes = sorted((a.shape, b.shape) for a, b in products((784, 50, 10), 100))
    assert shapes == [
        ((50, 100), (100, 10)), ((100, 10), (10, 50)), ((100, 50), (50, 10)), ((100, 784), (784, 50)),
        ((784, 100), (100, 50)),
    ]  # fmt: skip


def test_bare_products_measure_themselves(engine, monkeypatch):
    monkeypatch.setattr("benchmarks.peak.CALLS", 2)
    rival = bare_products((6, 5, 3), 4, 2.5, engine)
    rival.prepare()
    assert config.engine() == engine
    seconds = rival.run()
    assert isinstance(seconds, float) and seconds > 0


def test_the_made_table_is_the_same_each_time_and_has_both_classes():
    (x, t), (x_test, _) = data.table()
    again = data.table()
    np.testing.assert_array_equal(x, again[0][0])
    assert x.shape == x_test.shape == (1000, 20) and x.dtype == t.dtype == np.float32
    assert 0.25 < t.mean() < 0.75
    assert not np.array_equal(x, x_test)


def test_the_sweep_says_where_the_worst_is():
    cells = [sweep.Cell(1, 2, 3.0, {2: 1.01, 4: 0.99}), sweep.Cell(8, 16, 3.0, {2: 0.6, 4: 1.2})]
    value = sweep.summary(cells)
    assert value.value == 1.2
    assert (
        value.text
        == "1.20 x the time of one, with 4 threads at width 8, batch 16; 1 of 2 above; at best 0.60 x at 8, 16"
    )


def test_a_cell_above_the_limit_is_measured_again_by_its_fastest_runs(monkeypatch):
    given = iter([{1: [1.0, 1.0, 1.0], 2: [2.0, 2.0, 2.0]}, {1: [1.0, 5.0], 2: [7.0, 1.02]}])
    asked = []

    def compare(run, set_threads, counts, rounds):
        asked.append(rounds)
        return next(given)

    monkeypatch.setattr(sweep, "compare", compare)
    monkeypatch.setattr(sweep, "trainer", lambda width, batch, engine: (None, 10))
    found = sweep.cell(4, 8, "reference", lambda count: None, (2,), 3)
    assert found.ratios == {2: 1.02}
    assert asked == [3, 3 * sweep.AGAIN]


def test_threads_are_set_and_put_back(compiled):
    from onionskin.engines.native import _ext

    before = _ext.threads()
    [value] = sweep.measure(Chosen(("native",), {}), 1, widths=(2,), batches=(3,))
    assert value.at_most == 1.05 and len(value.details) == 1
    assert _ext.threads() == before
    [other] = sweep.measure(Chosen(("reference",), {}), 1)
    assert other.at_most is None


@pytest.mark.parametrize(("most", "counts"), [(1, (2,)), (2, (2,)), (6, (2, 4, 6)), (16, (2, 4, 8, 16))])
def test_numbers_of_threads(most, counts):
    assert sweep.thread_counts(most) == counts


def test_a_program_that_fails_says_why():
    with pytest.raises(RuntimeError, match=r"(?s)memory\.py nonsense failed \(1\):.*nonsense"):
        run_program("memory.py", "nonsense")


def test_the_whole_program_is_a_rival_with_an_environment_of_its_own(monkeypatch):
    seen = {}

    def run(name, *arguments, **environment):
        seen.update(name=name, arguments=arguments, environment=environment)
        return {"accuracy": 0.5}

    monkeypatch.setattr("benchmarks.cases.processes.run_program", run)
    [rival] = program.rivals(Chosen(("reference",), {}))
    rival.run()
    assert seen == {
        "name": "first_network.py", "arguments": ("onionskin",), "environment": {"ONIONSKIN_ENGINE": "reference"}
    }  # fmt: skip
    assert rival.outcome().accuracy == 0.5


def test_memory_is_a_share_of_the_data(monkeypatch):
    monkeypatch.setattr(memory, "run_program", lambda *_, **__: {"peak": 150, "data": 100})
    first, second = memory.measure(Chosen(("reference",), {}), None)
    assert (first.value, first.at_most) == (1.5, 1.3)
    assert (first.name, second.name) == ("float32 pixels", "uint8 pixels")
