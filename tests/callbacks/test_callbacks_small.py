"""LambdaCallback and TerminateOnNaN: what they call, when they stop, what they refuse."""

import math

import pytest

from onionskin.base.errors import ArgumentError, DTypeError
from onionskin.callbacks import CallbackList, LambdaCallback, TerminateOnNaN


def test_functions_are_called_in_place_of_hooks():
    calls = []
    hooks = CallbackList(
        LambdaCallback(
            on_epoch_begin=lambda epoch, logs: calls.append(("epoch_begin", epoch)),
            on_epoch_end=lambda epoch, logs: calls.append(("epoch_end", epoch, logs)),
            on_train_begin=lambda logs: calls.append("train_begin"),
            on_train_end=lambda logs: calls.append("train_end"),
            on_train_batch_begin=lambda batch, logs: calls.append(("batch_begin", batch)),
            on_train_batch_end=None,
            on_batch_end=lambda batch, logs: calls.append(("batch_end", batch, logs)),
            on_test_end=None,
        )
    )
    hooks.on_train_begin()
    hooks.on_epoch_begin(0)
    hooks.on_train_batch_begin(5)
    hooks.on_train_batch_end(5, {"loss": 1})
    hooks.on_test_begin()
    hooks.on_test_end()
    hooks.on_epoch_end(0, {"loss": 2})
    hooks.on_train_end()
    assert calls == [
        "train_begin",
        ("epoch_begin", 0),
        ("batch_begin", 5),
        ("batch_end", 5, {"loss": 1.0}),
        ("epoch_end", 0, {"loss": 2.0}),
        "train_end",
    ]


def test_hook_that_does_not_exist_is_refused():
    with pytest.raises(ArgumentError) as e:
        LambdaCallback(on_epoch_ends=print)
    assert str(e.value) == (
        "LambdaCallback: a callback has no such hook.\n"
        "  given:    'on_epoch_ends'\n"
        "  to fix:   did you mean 'on_epoch_end'?"
    )


def test_hook_that_is_no_function_is_refused():
    with pytest.raises(DTypeError) as e:
        LambdaCallback(on_train_end="done")
    assert str(e.value) == "LambdaCallback(on_train_end=...): a hook must be a function.\n  given:    'done'"


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    ("call", "place"),
    [
        (lambda hooks, logs: hooks.on_train_batch_end(7, logs), "Batch 7"),
        (lambda hooks, logs: hooks.on_progress("train", 8, logs), "Batch 7"),
        (lambda hooks, logs: hooks.on_epoch_end(1, logs), "Epoch 2"),
    ],
)
def test_training_stops_at_a_loss_that_is_not_finite(model, capsys, loss, call, place):
    hooks = CallbackList([TerminateOnNaN()], model=model)
    hooks.on_train_begin()
    call(hooks, {"loss": 0.5, "accuracy": math.nan})
    call(hooks, {})
    assert (model.stop_training, capsys.readouterr().out) == (False, "")
    call(hooks, {"loss": loss})
    assert (model.stop_training, capsys.readouterr().out) == (True, f"{place}: Invalid loss, terminating training\n")
    call(hooks, {"loss": loss})
    assert capsys.readouterr().out == ""
    hooks.on_train_begin()
    call(hooks, {"loss": loss})
    assert capsys.readouterr().out == f"{place}: Invalid loss, terminating training\n"


def test_loss_of_a_validation_does_not_stop_training(model):
    hooks = CallbackList([TerminateOnNaN()], model=model)
    hooks.on_progress("test", 8, {"loss": math.nan})
    assert not model.stop_training


def test_error_is_raised_at_once_where_asked_for(model):
    hooks = CallbackList([TerminateOnNaN(raise_error=True)], model=model)
    with pytest.raises(RuntimeError) as e:
        hooks.on_train_batch_end(3, {"loss": math.nan})
    assert str(e.value) == (
        "Batch 3: the loss is not finite.\n"
        "  given:    loss nan\n"
        "  to fix:   lower the learning rate, scale the inputs, or look for NaN in the data"
    )
    assert not model.stop_training
