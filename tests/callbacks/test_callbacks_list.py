"""Callback and CallbackList: which hook is called when and how, who asks for batches, what is refused."""

import inspect

import numpy as np
import pytest

from onionskin.base.errors import ArgumentError, DTypeError
from onionskin.callbacks import (
    Callback,
    CallbackList,
    EarlyStopping,
    History,
    LambdaCallback,
    ModelCheckpoint,
    ProgbarLogger,
    TerminateOnNaN,
)


def test_hooks_arrive_as_in_keras(record, cases):
    assert record.run_hooks(Callback, CallbackList) == cases["hooks"]


def test_list_has_every_hook_of_a_callback_with_its_signature():
    for name, function in inspect.getmembers(Callback, inspect.isfunction):
        if name.startswith("on_"):
            assert name in vars(CallbackList), name
            assert inspect.signature(getattr(CallbackList, name)) == inspect.signature(function), name


def test_callbacks_share_one_dictionary_of_logs_in_the_order_given():
    seen = []
    first = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(rate=0.1))
    second = LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(logs))
    given = {"matrix": np.zeros((2, 2)), "loss": np.float32(0.5)}
    CallbackList([first, second]).on_epoch_end(0, given)
    assert list(seen[0]) == ["loss", "matrix", "rate"]
    assert type(seen[0]["loss"]) is float
    assert seen[0]["matrix"] is given["matrix"]
    assert list(given) == ["matrix", "loss"]


def test_no_logs_become_an_empty_dictionary():
    seen = []
    CallbackList(LambdaCallback(on_train_begin=seen.append)).on_train_begin()
    assert seen == [{}]


def test_progress_reaches_every_callback():
    seen = []
    hooks = CallbackList([LambdaCallback(on_progress=lambda phase, step, logs: seen.append((phase, step, logs)))] * 2)
    hooks.on_progress("train", 3, {"loss": np.float32(0.25)})
    assert seen == [("train", 3, {"loss": 0.25})] * 2


def test_model_and_params_reach_every_callback(model):
    late = Callback()
    hooks = CallbackList([Callback(), [Callback()]], model=model, params={"epochs": 2}, verbose=1)
    hooks.append(late)
    assert [callback.model for callback in hooks.callbacks] == [model] * 3
    assert [callback.params for callback in hooks.callbacks] == [{"epochs": 2, "verbose": 1}] * 3
    assert hooks.model is model


def test_append_before_there_is_a_model_leaves_the_callback_alone():
    hooks, late = CallbackList(), Callback()
    hooks.append(late)
    assert (hooks.callbacks, late.model, late.params) == ([late], None, None)


def test_progress_bar_is_added_once():
    assert [type(one) for one in CallbackList(add_progbar=True).callbacks] == [ProgbarLogger]
    own = ProgbarLogger()
    assert CallbackList([own], add_progbar=True).callbacks == [own]


def overriding(hook):
    return type("Own", (Callback,), {hook: lambda self, batch, logs=None: None})()


@pytest.mark.parametrize(
    ("callback", "phases"),
    [
        (None, []),
        (Callback(), []),
        (ProgbarLogger(), []),
        (EarlyStopping(), []),
        (ModelCheckpoint("m.keras"), []),
        (ModelCheckpoint("m.keras", save_freq=5), ["train"]),
        (TerminateOnNaN(), ["train"]),
        (LambdaCallback(on_epoch_end=print, on_progress=print), []),
        (LambdaCallback(on_train_batch_end=print), ["train"]),
        (LambdaCallback(on_batch_end=print), ["train"]),
        (LambdaCallback(on_test_batch_begin=print), ["test"]),
        (LambdaCallback(on_predict_batch_end=print), ["predict"]),
        (overriding("on_batch_begin"), ["train"]),
        (overriding("on_train_batch_begin"), ["train"]),
        (overriding("on_test_batch_end"), ["test"]),
        (overriding("on_predict_batch_begin"), ["predict"]),
        ([Callback(), TerminateOnNaN()], ["train"]),
        (CallbackList([Callback()]), []),
        (CallbackList([TerminateOnNaN()]), ["train"]),
    ],
)
def test_batches_are_asked_for_only_where_a_batch_hook_is_overridden(callback, phases):
    hooks = CallbackList(callback)
    assert [phase for phase in ("train", "test", "predict") if hooks.needs_batches(phase)] == phases


def test_checkpoint_subclass_with_its_own_batch_hook_asks_for_batches():
    class Own(ModelCheckpoint):
        def on_train_batch_end(self, batch, logs=None):
            pass

    class Begins(ModelCheckpoint):
        def on_train_batch_begin(self, batch, logs=None):
            pass

    class Tests(ModelCheckpoint):
        def on_test_batch_end(self, batch, logs=None):
            pass

    assert Own("m.keras").needs_batches("train")
    assert Begins("m.keras").needs_batches("train")
    assert not Tests("m.keras").needs_batches("train")
    assert Tests("m.keras").needs_batches("test")


def test_callback_that_does_not_call_its_base_works(model):
    class Own(Callback):
        def __init__(self):
            pass

    own = Own()
    assert (own.model, own.params) == (None, None)
    CallbackList([own], model=model)
    assert own.model is model


@pytest.mark.parametrize("hooks", [Callback(), CallbackList(), CallbackList([ModelCheckpoint("m.keras")])])
def test_unknown_phase_is_refused(hooks):
    with pytest.raises(ArgumentError) as e:
        hooks.needs_batches("fit")
    assert str(e.value) == (
        "needs_batches: there is no such phase.\n  expected: ('train', 'test', 'predict')\n  given:    'fit'"
    )


def test_class_instead_of_an_instance_is_refused():
    with pytest.raises(DTypeError) as e:
        CallbackList([Callback(), EarlyStopping])
    assert str(e.value) == (
        "EarlyStopping: this is the class, not an instance.\n  to fix:   pass an instance: EarlyStopping()"
    )


@pytest.mark.parametrize(
    ("callback", "given", "fix"),
    [
        (None, "None", "pass an instance of a subclass of onionskin.callbacks.Callback"),
        (
            3.5,
            "an object of type builtins.float",
            "pass an instance of a subclass of onionskin.callbacks.Callback",
        ),
        (
            lambda epoch, logs: None,
            "an object of type builtins.function",
            "wrap the function: LambdaCallback(on_epoch_end=function)",
        ),
    ],
)
def test_what_is_no_callback_is_refused(callback, given, fix):
    words = (
        "callbacks[1]: this is not a callback.\n"
        "  expected: an instance of onionskin.callbacks.Callback\n"
        f"  given:    {given}\n"
        f"  to fix:   {fix}"
    )
    with pytest.raises(DTypeError) as e:
        CallbackList([Callback(), callback])
    assert str(e.value) == words
    with pytest.raises(DTypeError) as e:
        CallbackList([Callback()]).append(callback)
    assert str(e.value) == words


def test_a_history_is_added_where_there_is_none():
    added = CallbackList(add_history=True)
    assert [type(one) for one in added.callbacks] == [History]
    own = History()
    assert CallbackList([own], add_history=True).callbacks == [own]


@pytest.mark.parametrize("phase", ["train", "test", "predict"])
def test_end_without_begin_is_refused(phase):
    hooks = CallbackList()
    getattr(hooks, f"on_{phase}_begin")()
    getattr(hooks, f"on_{phase}_end")()
    with pytest.raises(ArgumentError) as e:
        getattr(hooks, f"on_{phase}_end")()
    assert str(e.value) == (
        f"on_{phase}_end: this hook closes what was never begun.\n  to fix:   call on_{phase}_begin before it"
    )
