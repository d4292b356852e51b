"""LearningRateScheduler, ReduceLROnPlateau, CSVLogger: what Keras's do, recorded; words of errors; within `fit`."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from onionskin import Sequential, callbacks, layers, optimizers
from onionskin.base.errors import ArgumentError, DTypeError
from onionskin.callbacks import CSVLogger, LearningRateScheduler, ReduceLROnPlateau
from tests.callbacks import record_rates


def failing(call, error):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_as_keras():
    wanted = json.loads(record_rates.FILE.read_text())
    got = json.loads(json.dumps(record_rates.answers(callbacks)))
    assert len(got["plateau"]) == 88
    for (settings, name, rates), (*_, expected) in zip(got["plateau"], wanted["plateau"], strict=True):
        np.testing.assert_allclose(rates, expected, rtol=1e-12, err_msg=f"{settings} {name}")
    for (name, rates), (_, expected) in zip(got["schedule"], wanted["schedule"], strict=True):
        np.testing.assert_allclose(rates, expected, rtol=1e-12, err_msg=name)
    assert got["table"] == wanted["table"]


def test_words_of_errors(tmp_path):
    assert failing(lambda: ReduceLROnPlateau(factor=1.0), ArgumentError) == (
        "ReduceLROnPlateau: a factor reduces.\n  expected: less than 1\n  given:    factor=1.0"
    )
    assert failing(lambda: ReduceLROnPlateau(epsilon=0.1), ArgumentError) == (
        "ReduceLROnPlateau: unknown argument.\n  given:    epsilon=0.1"
    )
    assert failing(lambda: LearningRateScheduler(0.1), DTypeError) == (
        "LearningRateScheduler: a schedule must be a function.\n  given:    0.1"
    )
    wrong = LearningRateScheduler(lambda epoch: "fast")
    wrong.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.5)))
    assert failing(lambda: wrong.on_epoch_begin(1), DTypeError) == (
        "LearningRateScheduler, epoch 2: the schedule gave no number.\n  expected: a float\n  given:    'fast'"
    )
    assert failing(lambda: CSVLogger(3), DTypeError) == (
        "CSVLogger: filename must be a string or a path.\n  given:    3"
    )
    assert failing(lambda: CSVLogger("a.csv", separator=", "), ArgumentError) == (
        "CSVLogger: a separator is one character.\n  given:    ', '"
    )
    path = tmp_path / "missing" / "log.csv"
    assert failing(CSVLogger(path).on_train_begin, ArgumentError) == (
        f"CSVLogger({str(path)!r}): the file cannot be written.\n  given:    No such file or directory\n"
        "  to fix:   make its folder first, or choose another"
    )
    reduce = ReduceLROnPlateau(monitor="val_loss")
    reduce.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.5)))
    with pytest.warns(UserWarning) as caught:
        reduce.on_epoch_end(0, {"loss": 1.0})
    assert str(caught[0].message) == (
        "ReduceLROnPlateau: monitor='val_loss' is not in the logs, so the learning rate stays. "
        "Known: loss, learning_rate"
    )


def test_a_type_error_within_a_schedule_is_its_own():
    def broken(epoch, rate):
        return rate + "1"

    scheduler = LearningRateScheduler(broken)
    scheduler.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.5)))
    with pytest.raises(TypeError, match="unsupported operand"):
        scheduler.on_epoch_begin(0)


def test_verbose(capsys):
    reduce = ReduceLROnPlateau("loss", factor=0.5, patience=1, verbose=1)
    scheduler = LearningRateScheduler(lambda epoch: 0.25, verbose=1)
    for one in (scheduler, reduce):
        one.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.5)))
    scheduler.on_epoch_begin(2)
    for epoch in range(2):
        reduce.on_epoch_end(epoch, {"loss": 1.0})
    assert capsys.readouterr().out == (
        "\nEpoch 3: LearningRateScheduler setting learning rate to 0.25.\n"
        "\nEpoch 2: ReduceLROnPlateau reducing learning rate to 0.25.\n"
    )


def test_within_fit_one_program_serves_all_rates(each_engine, tmp_path):
    x, y = np.ones((8, 2), "float32"), np.ones((8, 1), "float32")
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile(optimizer=optimizers.SGD(0.5), loss="mse", metrics=["mae"])
    rates = LearningRateScheduler(lambda epoch, rate: 0.5 if epoch == 0 else rate / 2)
    log = CSVLogger(tmp_path / "log.csv")
    history = model.fit(x, y, batch_size=4, epochs=3, verbose=0, callbacks=[rates, log])
    assert history.history["learning_rate"] == [0.5, 0.25, 0.125]
    assert len([key for key in model._steps._programs if key[0] == "train"]) == 1
    lines = (tmp_path / "log.csv").read_text().splitlines()
    assert lines[0] == "epoch,learning_rate,loss,mae,val_learning_rate,val_loss,val_mae"
    for epoch, line in enumerate(lines[1:]):
        cells = line.split(",")
        assert cells[:2] == [str(epoch), str(history.history["learning_rate"][epoch])]
        assert float(cells[2]) == history.history["loss"][epoch] and cells[4:] == ["NA"] * 3
