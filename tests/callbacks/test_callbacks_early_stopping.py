"""EarlyStopping: the epochs Keras stops at, the weights it restores, the directions it infers, what it refuses."""

from types import SimpleNamespace

import numpy as np
import pytest

from onionskin.base import config
from onionskin.base.errors import ArgumentError, DTypeError
from onionskin.callbacks import EarlyStopping


def test_recorded_cases_cover_stopping_and_running_on(cases):
    stopped = [case["expected"]["stopped"] for case in cases["early_stopping"]]
    assert (len(stopped), sum(stopped)) == (220, 156)


def test_stops_where_keras_stops(record, cases):
    for case in cases["early_stopping"]:
        got = record.run_early_stopping(EarlyStopping, case["values"], case["mode"], case["settings"])
        expected = case["expected"]
        what = f"{case['series']} {case['mode']} {case['settings']}"
        for key in ("last_epoch", "stopped", "stopped_epoch", "weights"):
            assert got[key] == expected[key], f"{what}: {key}"
        np.testing.assert_equal(got["best"], expected["best"], err_msg=what)


def drive(callback, values, name="val_loss", metrics=None):
    model = SimpleNamespace(stop_training=False)
    if metrics is not None:
        model.metrics = metrics
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {name: value})
        if model.stop_training:
            return epoch
    return None


def test_one_instance_serves_two_trainings():
    stop = EarlyStopping(patience=1, min_delta=0.05)
    values = [0.5, 0.4, 0.36, 0.1]
    assert [drive(stop, values), drive(stop, values)] == [2, 2]


def test_differences_below_the_float_dtype_do_not_count():
    values = [0.8, 0.7]  # in float64, 0.7 + 0.1 is less than 0.8
    assert drive(EarlyStopping(patience=1, min_delta=0.1), values) == 1
    config.set_floatx("float64")
    try:
        assert drive(EarlyStopping(patience=1, min_delta=0.1), values) is None
    finally:
        config.set_floatx("float32")


def test_restored_weights_are_those_of_the_best_epoch_though_arrays_change_in_place(capsys):
    weights = [np.array([0.0, 10.0]), np.array([[1.0]])]
    restored = []
    model = SimpleNamespace(stop_training=False, get_weights=lambda: weights, set_weights=restored.append)
    stop = EarlyStopping(patience=2, restore_best_weights=True, verbose=1)
    stop.set_model(model)
    stop.on_train_begin()
    for epoch, loss in enumerate([0.5, 0.3, 0.4, 0.4]):
        weights[0] += 1
        weights[1] *= 2
        stop.on_epoch_end(epoch, {"val_loss": loss})
    stop.on_train_end()
    assert model.stop_training
    np.testing.assert_array_equal(restored[0][0], [2.0, 12.0])
    np.testing.assert_array_equal(restored[0][1], [[4.0]])
    assert capsys.readouterr().out == (
        "Epoch 4: early stopping\nRestoring model weights from the end of the best epoch: 2.\n"
    )


RISING, FALLING = [0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("loss", FALLING),
        ("val_loss", FALLING),
        ("mean_squared_error", FALLING),
        ("val_mae", FALLING),
        ("sparse_categorical_crossentropy", FALLING),
        ("val_head_loss", FALLING),
        ("accuracy", RISING),
        ("val_accuracy", RISING),
        ("acc", RISING),
        ("val_AUC_1", RISING),
        ("sparse_categorical_accuracy", RISING),
        ("f1_score", RISING),
        ("r2_score", RISING),
        ("loss_head_accuracy", RISING),
    ],
)
def test_direction_is_inferred_from_the_name(name, better):
    assert drive(EarlyStopping(name, patience=1), better, name) is None
    assert drive(EarlyStopping(name, patience=1), better[::-1], name) == 1


def test_direction_of_the_models_metric_goes_before_the_name():
    odd = SimpleNamespace(name="accuracy", _direction="down")
    plain = SimpleNamespace(name="gini", _direction="up")
    silent = SimpleNamespace(name="loss")
    within = SimpleNamespace(name="compile_metrics", metrics=[plain, silent])
    assert drive(EarlyStopping("val_accuracy"), FALLING, "val_accuracy", [odd]) is None
    assert drive(EarlyStopping("val_accuracy"), RISING, "val_accuracy", [odd]) == 1
    assert drive(EarlyStopping("gini"), RISING, "gini", [odd, within]) is None
    assert drive(EarlyStopping("gini"), FALLING, "gini", [odd, within]) == 1
    assert drive(EarlyStopping("loss"), FALLING, "loss", [odd, within]) is None


def test_direction_that_nothing_tells_is_refused():
    with pytest.raises(ArgumentError) as e:
        drive(EarlyStopping("val_gini"), [0.5], "val_gini", [])
    assert str(e.value) == (
        "EarlyStopping: nothing tells whether 'val_gini' should rise or fall.\n"
        "  expected: mode='max' or mode='min'\n"
        "  given:    mode='auto', monitor='val_gini'\n"
        "  to fix:   pass mode='max' where higher is better, mode='min' where lower is"
    )


def test_missing_number_warns_and_training_goes_on():
    words = (
        "EarlyStopping: monitor='val_loss' is not in the logs, so it cannot stop training. "
        "It needs validation data. Known: loss"
    )
    with pytest.warns(UserWarning) as caught:
        assert drive(EarlyStopping(), [0.5], "loss") is None
    assert [str(one.message) for one in caught] == [words]
    stop = EarlyStopping("loss")
    with pytest.warns(UserWarning) as caught:
        stop.on_epoch_end(0)
    assert [str(one.message) for one in caught] == [
        "EarlyStopping: monitor='loss' is not in the logs, so it cannot stop training. Known: none"
    ]


def test_unknown_mode_warns_and_is_auto():
    with pytest.warns(UserWarning) as caught:
        stop = EarlyStopping(mode="up")
    assert [str(one.message) for one in caught] == [
        "EarlyStopping: mode 'up' is unknown and taken as 'auto'. Known: auto, max, min."
    ]
    assert caught[0].filename == __file__
    assert stop.mode == "auto"


@pytest.mark.parametrize("name", ["min_delta", "patience", "start_from_epoch"])
@pytest.mark.parametrize("value", ["3", None, True])
def test_argument_that_is_no_number_is_refused(name, value):
    with pytest.raises(DTypeError) as e:
        EarlyStopping(**{name: value})
    assert str(e.value) == (f"EarlyStopping: {name} must be a number.\n  expected: a number\n  given:    {value!r}")


def test_baseline_that_is_no_number_is_refused():
    with pytest.raises(DTypeError) as e:
        EarlyStopping(baseline="0.5")
    assert str(e.value) == (
        "EarlyStopping: baseline must be a number or None.\n  expected: a number or None\n  given:    '0.5'"
    )


def test_monitor_that_is_no_name_is_refused():
    with pytest.raises(DTypeError) as e:
        EarlyStopping(monitor=3)
    assert str(e.value) == "EarlyStopping: monitor must be the name of a number in the logs.\n  given:    3"
