"""What callbacks see while training, and how training stops: asked to, by Ctrl-C, or by a loss that is no number."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest

import onionskin
from onionskin import callbacks
from onionskin.base import errors
from onionskin.layers.naming import reset_names
from tests.train.train_help import X, Y, linear, regression, same_weights

pytestmark = pytest.mark.usefixtures("each_engine")


class Notes(callbacks.Callback):
    """Writes down every hook."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_begin(self, logs=None):
        self.seen.append("train begin")

    def on_train_end(self, logs=None):
        self.seen.append("train end")

    def on_epoch_begin(self, epoch, logs=None):
        self.seen.append(f"epoch {epoch} begin")

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(f"epoch {epoch} end {sorted(logs)}")

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append((batch, logs["loss"]))

    def on_test_batch_end(self, batch, logs=None):
        self.seen.append(f"test {batch}")


def test_hooks_come_in_order_once_for_each_batch_with_running_logs():
    notes, model = Notes(), linear()
    model.fit(X, Y, batch_size=20, epochs=1, validation_split=0.2, shuffle=False, callbacks=[notes], verbose=0)
    words = [one if isinstance(one, str) else one[0] for one in notes.seen]
    assert words == ["train begin", "epoch 0 begin", 0, 1, "test 0", "epoch 0 end ['loss', 'val_loss']", "train end"]
    losses = [one[1] for one in notes.seen if not isinstance(one, str)]
    single = linear()
    first = single.train_on_batch(X[:20], Y[:20])
    np.testing.assert_allclose(losses[0], first, rtol=1e-6)
    single.reset_metrics()
    second = single.train_on_batch(X[20:40], Y[20:40])
    np.testing.assert_allclose(losses[1], (first + second) / 2, rtol=1e-6)


def test_batch_hooks_do_not_change_the_training():
    one = regression()
    one.fit(X, Y, batch_size=4, epochs=3, callbacks=[Notes()], verbose=0)
    other = regression()
    other.fit(X, Y, batch_size=4, epochs=3, verbose=0)
    same_weights(one, other)


def test_progress_is_told_at_the_end_of_every_epoch_at_least():
    seen = []

    class Progress(callbacks.Callback):
        def on_progress(self, phase, step, logs=None):
            seen.append((phase, step))

    linear().fit(X, Y, batch_size=10, epochs=2, validation_data=(X, Y), callbacks=[Progress()], verbose=0)
    assert seen.count(("train", 5)) >= 2
    assert ("test", 5) in seen


def test_stop_training_after_a_batch_and_after_an_epoch():
    class Stop(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                self.model.stop_training = True

    notes = Notes()
    history = linear().fit(X, Y, batch_size=10, epochs=5, callbacks=[Stop(), notes], verbose=0)
    assert history.epoch == [0]
    assert [one[0] for one in notes.seen if not isinstance(one, str)] == [0, 1]
    model = linear()
    model.stop_training = True  # of an earlier call
    assert len(model.fit(X, Y, epochs=3, verbose=0).epoch) == 3


def test_early_stopping_restores_the_best_weights():
    kept = {}

    class Keep(callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            kept[epoch] = (logs["val_loss"], self.model.get_weights())

    model = linear(optimizer=onionskin.optimizers.SGD(1.4))  # steps so large that the loss soon grows
    stopping = callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True)
    model.fit(X, Y, epochs=50, validation_data=(X[:20], Y[:20]), callbacks=[Keep(), stopping], verbose=0)
    best = min(kept, key=lambda epoch: kept[epoch][0])
    assert max(kept) == best + 2 < 49
    for one, other in zip(model.get_weights(), kept[best][1], strict=True):
        np.testing.assert_array_equal(one, other)


def test_checkpoints_are_files_that_load(tmp_path):
    model = regression(optimizer="adam")
    keep = callbacks.ModelCheckpoint(tmp_path / "epoch{epoch}.onionskin")
    model.fit(X, Y, epochs=2, callbacks=[keep], verbose=0)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["epoch1.onionskin", "epoch2.onionskin"]
    same_weights(onionskin.models.load_model(tmp_path / "epoch2.onionskin"), model)
    resumed = onionskin.models.load_model(tmp_path / "epoch1.onionskin")
    resumed.fit(X, Y, initial_epoch=1, epochs=2, verbose=0)
    same_weights(resumed, model)


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
@pytest.mark.parametrize("hooks", [[], [Notes()]], ids=["chunks", "single steps"])
def test_a_loss_that_is_no_number_stops_with_finite_weights(hooks):
    reset_names()
    model = linear(optimizer=onionskin.optimizers.SGD(1e12))
    model.fit(X, Y, epochs=1, batch_size=50, verbose=0)
    with pytest.raises(errors.NumericError) as caught:
        model.fit(X, Y, epochs=20, batch_size=50, verbose=0, callbacks=hooks)
    lines = str(caught.value).split("\n")
    ways = ("the loss became inf", "the loss became nan", "a weight became NaN or infinite")
    assert lines[0] in [f"fit, epoch {epoch}, step 1: {way}." for epoch in range(1, 9) for way in ways]
    assert lines[1:] == [
        "  expected: a finite number",
        "  to fix:   a smaller learning rate, clipnorm=1.0 in the optimizer, or inputs scaled to about 0 to 1; "
        "the model keeps its weights from before step 1 of this epoch, and model.find_nan() names the operation",
    ]
    for weight in model.get_weights():
        assert np.isfinite(weight).all()
    assert np.isfinite(model.predict(X[:1], verbose=0)).all()


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value", "ignore:divide")
def test_the_first_layer_that_makes_a_nan_is_named():
    reset_names()
    model = onionskin.Sequential(
        [onionskin.Input((4,)), onionskin.layers.Rescaling(1.0), onionskin.layers.Activation(onionskin.ops.log),
         onionskin.layers.Dense(3)]
    )  # fmt: skip
    model.compile("sgd", "mse")
    with pytest.raises(errors.NumericError) as caught:
        model.fit(X, Y, verbose=0)
    assert str(caught.value).split("\n")[0] == (
        "fit, epoch 1, step 1, first in layer 'activation' (Activation): the loss became nan."
    )


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def test_terminate_on_nan_stops_without_an_error(capsys):
    model = linear(optimizer=onionskin.optimizers.SGD(1e12))
    history = model.fit(X, Y, epochs=20, verbose=0, callbacks=[callbacks.TerminateOnNaN()])
    assert len(history.epoch) < 20
    assert not np.isfinite(history.history["loss"][-1])


SCRIPT = """
    import os, signal, sys, threading
    import numpy as np
    import onionskin
    from onionskin import callbacks, layers

    class Interrupts(callbacks.Callback):
        def on_{hook}(self, *_, logs=None):
            self.count = getattr(self, "count", 0) + 1
            if self.count == 3:
                os.kill(os.getpid(), signal.SIGINT)

    x = np.random.default_rng(0).normal(size=(200, 4)).astype("float32")
    model = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(3)])
    model.compile("sgd", "mse")
    before = model.get_weights()[0]
    try:
        model.fit(x, x[:, :3], epochs=10**9, validation_data=(x, x[:, :3]), verbose=0, callbacks=[Interrupts()])
    except KeyboardInterrupt as stop:
        print(stop)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert len(model.history.history["loss"]) == 3, model.history.history
    assert np.isfinite(model.get_weights()[0]).all() and not np.array_equal(before, model.get_weights()[0])
    print(model.predict(x[:2], verbose=0).shape, len(model.fit(x, x[:, :3], verbose=0).epoch))
"""


@pytest.mark.parametrize("hook", ["epoch_begin", "test_begin"], ids=["training", "validation"])
def test_ctrl_c_stops_cleanly_and_keeps_what_was_learnt(hook):
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(SCRIPT.replace("{hook}", hook))]
    run = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert run.stderr == ""
    steps = "6 steps" if hook == "epoch_begin" else "7 steps"
    assert run.stdout.splitlines() == [
        f"training stopped in epoch 3 after {steps}; the model keeps what it has learnt",
        "(2, 3) 1",
    ]


def test_several_models_train_in_threads_at_once():
    import threading

    alone = {}
    for seed in (1, 2, 3):
        alone[seed] = regression(seed, optimizer="adam")
        alone[seed].fit(X, Y, epochs=20, shuffle=False, verbose=0)
    models, failed = {seed: regression(seed, optimizer="adam") for seed in (1, 2, 3)}, []

    def train(model):
        try:
            model.fit(X, Y, epochs=20, shuffle=False, verbose=0)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=train, args=(model,)) for model in models.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    for seed, model in models.items():
        same_weights(model, alone[seed])
