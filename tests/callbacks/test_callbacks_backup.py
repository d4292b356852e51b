"""BackupAndRestore: trainings killed at random batches end with the same bits; what else can go wrong, in its words."""

import json
import os
import random
import signal
import zipfile

import numpy as np
import pytest

import onionskin
from onionskin import Sequential, callbacks, layers, metrics, optimizers, utils
from onionskin.base.errors import ArgumentError, DTypeError, FileFormatError, ShapeError
from onionskin.callbacks import BackupAndRestore, Callback, EarlyStopping, LambdaCallback
from onionskin.saving import read_archive, write_archive
from tests.callbacks import kills

X = np.random.default_rng(0).normal(size=(10, 3)).astype("float32")
Y = X[:, :1] * 2


def failing(call, error):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def make(units=4, seed=1, loss="mse"):
    utils.set_random_seed(seed)
    model = Sequential([layers.Input((3,)), layers.Dense(units, name="a"), layers.Dropout(0.2), layers.Dense(1)])
    model.compile(optimizer=optimizers.Adam(0.1), loss=loss, metrics=["mae"])
    return model


class Stopped(Exception):  # noqa: N818 - stands for a kill
    pass


def stop_at(epoch, batch=None):
    """Return a callback that ends the call of `fit` there, as a kill would."""
    now = []

    def begin(number, logs):
        now[:] = [number]
        if batch is None and number == epoch:
            raise Stopped

    def end(number, logs):
        if (now[0], number) == (epoch, batch):
            raise Stopped

    hooks = {"on_epoch_begin": begin} | ({} if batch is None else {"on_train_batch_end": end})
    return LambdaCallback(**hooks)


def fit(model, hooks, epochs=4, **given):
    return model.fit(X, Y, batch_size=4, epochs=epochs, verbose=0, callbacks=hooks, **given)


def state(model):
    return [one.numpy() for one in (*model.variables, *model.optimizer.variables)]


def assert_same(model, other):
    for one, wanted in zip(state(model), state(other), strict=True):
        np.testing.assert_array_equal(one, wanted)


@pytest.mark.slow
@pytest.mark.parametrize("variant", kills.VARIANTS)
def test_killed_at_random_batches(variant, tmp_path):
    seed = random.randrange(2**32)
    assert kills.survive(variant, 2, random.Random(seed), tmp_path) == [], f"seed {seed}"


ROWS = [("epoch", 2, None), ("epoch", 1, 1), (1, 0, 0), (2, 2, 2), (1, 1, 2)]


@pytest.mark.parametrize(("freq", "epoch", "batch"), ROWS)
def test_a_call_that_ended_early_goes_on(tmp_path, each_engine, freq, epoch, batch):
    alone = make()
    whole = fit(alone, [BackupAndRestore(tmp_path / "a", save_freq=freq), LambdaCallback()])
    with pytest.raises(Stopped):
        fit(make(), [BackupAndRestore(tmp_path / "b", save_freq=freq), stop_at(epoch, batch)])
    again = make()
    history = fit(again, [BackupAndRestore(tmp_path / "b", save_freq=freq), LambdaCallback()])
    assert_same(again, alone)
    assert history.history == whole.history and history.epoch == [0, 1, 2, 3]
    assert list(tmp_path.iterdir()) == []


def test_an_order_that_lasts_several_epochs(tmp_path):
    def short(model, hooks):
        return model.fit(X, Y, batch_size=2, steps_per_epoch=2, epochs=6, verbose=0, callbacks=hooks)

    alone = make()
    short(alone, [])
    for number, stop in enumerate([stop_at(1), stop_at(4), stop_at(1, 0), stop_at(3, 1)]):
        with pytest.raises(Stopped):
            short(make(), [BackupAndRestore(tmp_path / str(number), save_freq=1), stop])
        again = make()
        short(again, [BackupAndRestore(tmp_path / str(number), save_freq=1), LambdaCallback()])
        assert_same(again, alone)


@pytest.mark.parametrize("once", [True, False])
@pytest.mark.parametrize("stop", [(2, None), (1, 1)])
def test_streams_are_read_again(tmp_path, once, stop):
    class Batches:
        """An indexed data set that shuffles itself after each epoch."""

        def __init__(self):
            self.rows = np.arange(10)

        def __len__(self):
            return 3

        def __getitem__(self, index):
            rows = self.rows[4 * index : 4 * index + 4]
            return X[rows], Y[rows]

        def on_epoch_end(self):
            np.random.shuffle(self.rows)

    def endless():
        source = Batches()
        while True:
            for index in range(3):
                yield source[index]
            source.on_epoch_end()

    def short(model, hooks):
        given = {"x": endless(), "steps_per_epoch": 2} if once else {"x": Batches()}
        return model.fit(**given, epochs=4, verbose=0, callbacks=hooks)

    alone = make()
    short(alone, [])
    with pytest.raises(Stopped):
        short(make(), [BackupAndRestore(tmp_path, save_freq=1), stop_at(*stop)])
    again = make()
    short(again, [BackupAndRestore(tmp_path, save_freq=1), LambdaCallback()])
    assert_same(again, alone)


def test_states_of_other_callbacks(tmp_path):
    def hooks(folder):
        best = EarlyStopping("loss", patience=1, min_delta=10.0, restore_best_weights=True)
        keep = callbacks.ModelCheckpoint(tmp_path / f"{folder}.weights.npz", "loss", save_best_only=True,
                                         save_weights_only=True)  # fmt: skip
        return [BackupAndRestore(tmp_path / folder, delete_checkpoint=False), best, keep]

    alone, first = make(), hooks("a")
    fit(alone, first)
    second = hooks("b")
    with pytest.raises(Stopped):
        fit(make(), [*second, stop_at(1)])
    again, third = make(), hooks("b")
    fit(again, [*third, LambdaCallback()])
    assert first[1].stopped_epoch == third[1].stopped_epoch == 1
    assert (first[1].best, first[2].best) == (third[1].best, third[2].best)
    assert_same(again, alone)
    # it had been stopped in order: run once more, there is nothing left to train
    once_more = make()
    assert fit(once_more, hooks("b")).epoch == [0, 1]
    assert_same(once_more, alone)


def test_random_numbers_of_every_source_go_on(tmp_path):
    """Of Python, NumPy and onionskin, drawn beside the training; of a layer within it, see the tests above."""

    def draws(into):
        def draw(epoch, logs):
            np_draw, own = np.random.random(), onionskin.random.uniform((1,))[0]
            into.append((random.random(), np_draw, float(own)))

        return LambdaCallback(on_epoch_begin=draw)

    alone, stopped, again = [], [], []
    fit(make(), [draws(alone)])
    with pytest.raises(Stopped):
        fit(make(), [BackupAndRestore(tmp_path, save_freq=1), draws(stopped), stop_at(2, 1)])
    fit(make(), [BackupAndRestore(tmp_path, save_freq=1), draws(again), LambdaCallback()])
    assert again[1:] == alone[3:] and stopped == alone[:3]
    with pytest.raises(Stopped):
        fit(make(), [BackupAndRestore(tmp_path), draws([]), stop_at(2)])
    again = []
    fit(make(), [BackupAndRestore(tmp_path), draws(again), LambdaCallback()])
    assert again == alone[2:]


def test_a_stop_within_an_epoch_is_kept(tmp_path):
    class Enough(Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = self.model.optimizer.iterations.numpy() >= 4

    alone = make()
    fit(alone, [Enough()])
    with pytest.raises(Stopped):
        fit(make(), [BackupAndRestore(tmp_path, save_freq=1), Enough(), stop_at_end()])
    again = make()
    fit(again, [BackupAndRestore(tmp_path, save_freq=1), Enough(), LambdaCallback()])
    assert int(again.optimizer.iterations) == 4
    assert_same(again, alone)


def test_a_stop_asked_for_before_training_is_heard_after_the_first_epoch():
    def stop(logs):
        model.stop_training = True

    model = make()
    assert fit(model, [LambdaCallback(on_train_begin=stop)]).epoch == [0]


def stop_at_end():
    def end(epoch, logs):
        if epoch == 1:
            raise Stopped

    return LambdaCallback(on_epoch_end=end)


def test_sums_of_metrics_that_are_made_while_tracing(tmp_path):
    class Late(metrics.Metric):
        def __init__(self):
            super().__init__(name="late")
            self.total = None

        def update_state(self, y_true, y_pred, sample_weight=None):
            if self.total is None:
                self.total = self.add_variable((), name="total")
            self.total.assign_add(1.0)

        def result(self):
            return self.total.value

    def late():
        model = make()
        model.compile(optimizer="sgd", loss="mse", metrics=[Late()])
        return model

    with pytest.raises(Stopped):
        fit(late(), [BackupAndRestore(tmp_path, save_freq=1), stop_at(1, 1)])
    history = fit(late(), [BackupAndRestore(tmp_path, save_freq=1), LambdaCallback()])
    assert history.history["late"] == [3.0] * 4


def test_ctrl_c_leaves_the_file(tmp_path):
    def interrupt(epoch, logs):
        if epoch == 2:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        fit(make(), [BackupAndRestore(tmp_path), LambdaCallback(on_epoch_begin=interrupt)])
    assert [one.name for one in tmp_path.iterdir()] == ["training.backup"]
    description, _ = read_archive(tmp_path / "training.backup")
    assert (description["training"]["epoch"], description["training"]["step"]) == (2, 0)
    alone, again = make(), make()
    fit(alone, [])
    fit(again, [BackupAndRestore(tmp_path), LambdaCallback()])
    assert_same(again, alone)


def test_the_file_before_the_last(tmp_path):
    with pytest.raises(Stopped):
        fit(make(), [BackupAndRestore(tmp_path, save_freq=1, double_checkpoint=True), stop_at(1, 1)])
    last = tmp_path / "training.backup"
    last.write_bytes(last.read_bytes()[:-50])
    alone, again = make(), make()
    fit(alone, [])
    with pytest.warns(UserWarning) as caught:
        fit(again, [BackupAndRestore(tmp_path, save_freq=1), LambdaCallback()])
    assert str(caught[0].message) == (
        "BackupAndRestore: the file is damaged, or is no file that save() wrote. "
        f"The one before it is used: {tmp_path / 'training.backup.previous'}"
    )
    assert_same(again, alone)


def test_files_that_cannot_be_used(tmp_path):
    folder = tmp_path / "b"
    with pytest.raises(Stopped):
        fit(make(), [BackupAndRestore(folder), stop_at(1)])
    path = folder / "training.backup"
    whole = path.read_bytes()
    before = make(units=5)
    fit(before, [])
    kept = state(before)
    said = failing(lambda: fit(before, [BackupAndRestore(folder), LambdaCallback()]), ShapeError)
    assert said.startswith(f"{path}: the file is of another training: the variables of the model differ.\n")
    assert said.endswith("to fix:   run the program that was stopped, or delete the file to begin anew")
    for one, wanted in zip(state(before), kept, strict=True):
        np.testing.assert_array_equal(one, wanted)
    assert failing(lambda: fit(make(), [BackupAndRestore(folder), EarlyStopping("loss")]), ArgumentError) == (
        f"{path}: the file is of a training with other callbacks.\n  expected: BackupAndRestore, History\n"
        "  given:    BackupAndRestore, EarlyStopping, History\n"
        "  to fix:   pass the same callbacks in the same order, or delete the file to begin anew"
    )
    path.write_bytes(whole[:-9])
    assert failing(lambda: fit(make(), [BackupAndRestore(folder)]), FileFormatError).endswith(
        f"to fix:   delete {folder} to begin anew"
    )
    path.write_bytes(whole)
    description, arrays = read_archive(path)
    for spoilt in ({}, {**description["training"], "epoch": -1}, {**description["training"], "callbacks": [3]}):
        write_archive(path, {**description, "training": spoilt}, arrays)
        assert failing(lambda: fit(make(), [BackupAndRestore(folder)]), FileFormatError) == (
            f"{path}: the file holds no state of a training.\n  to fix:   delete {folder} to begin anew"
        )
    foreign = json.loads(json.dumps(description))
    _, state_of_it = foreign["training"]["callbacks"][0]
    state_of_it["named"]["backup_dir"] = "/elsewhere"  # no file says where another is written
    write_archive(path, foreign, arrays)
    assert failing(lambda: fit(make(), [BackupAndRestore(folder)]), FileFormatError) == (
        "BackupAndRestore: the state kept is not that of this callback.\n"
        "  expected: _batches_since_save, _last_batch\n  given:    _batches_since_save, _last_batch, backup_dir"
    )
    broken = json.loads(json.dumps(description))
    broken["training"]["random"]["named"]["python"] = [3, [1, 2], None]
    write_archive(path, broken, arrays)
    assert failing(lambda: fit(make(), [BackupAndRestore(folder)]), FileFormatError) == (
        f"{path}: the state of the random numbers is malformed.\n  given:    state vector is the wrong size"
    )
    write_archive(path, description, {name: one for name, one in arrays.items() if name != "optimizer/2"})
    said = failing(lambda: fit(make(), [BackupAndRestore(folder)]), FileFormatError)
    assert said.startswith(f"{path}: an array is missing or does not fit its variable.\n  given:    adam/")
    assert said.endswith("a_kernel_momentum")


def test_states_that_no_file_can_hold(tmp_path):
    class Odd(Callback):
        def state_to_keep(self):
            return {"odd": {1, 2}}

    assert failing(lambda: fit(make(), [BackupAndRestore(tmp_path), Odd()]), ArgumentError) == (
        "state_to_keep: a callback's state cannot be kept.\n"
        "  expected: numbers, text, None, arrays, and lists and dictionaries of these\n"
        "  given:    an object of type set"
    )


def test_states_arrive_as_they_were(tmp_path):
    nested = [None, True, 2, 0.1, "ä", {"array": [], "b": {}}]
    sent = {"array": np.arange(3), "number": np.float32(0.5), "nested": nested, "nan": float("nan")}

    class Keeps(Callback):
        def state_to_keep(self):
            return sent

        def take_state(self, state):
            taken.append(state)

    taken = []
    with pytest.raises(Stopped):
        fit(make(), [BackupAndRestore(tmp_path), Keeps(), stop_at(1)])
    fit(make(), [BackupAndRestore(tmp_path), Keeps(), LambdaCallback()])
    (got,) = taken
    np.testing.assert_array_equal(got["array"], sent["array"])
    assert got["number"] == 0.5 and got["number"].dtype == "float32"
    assert got["nested"] == sent["nested"] and np.isnan(got["nan"])


def test_words_of_errors():
    assert failing(lambda: BackupAndRestore(3), DTypeError) == (
        "BackupAndRestore: backup_dir must be a string or a path.\n  given:    3"
    )
    assert failing(lambda: BackupAndRestore(""), ArgumentError) == (
        "BackupAndRestore: backup_dir is empty.\n  to fix:   name a folder of its own"
    )
    for wrong in (0, True, "batch", 1.5):
        assert failing(lambda wrong=wrong: BackupAndRestore("b", save_freq=wrong), ArgumentError) == (
            "BackupAndRestore: this save_freq cannot be used.\n"
            f"  expected: 'epoch', or a positive number of batches\n  given:    {wrong!r}"
        )
    assert failing(lambda: BackupAndRestore("b").on_epoch_end(0), ArgumentError) == (
        "BackupAndRestore: there is no training to keep.\n  to fix:   use it with fit()"
    )


def test_the_file_is_whole_or_not_there(tmp_path, monkeypatch):
    """A full disk leaves the last file as it was, and says so."""
    with pytest.raises(Stopped):
        fit(make(), [BackupAndRestore(tmp_path), stop_at(2)])
    path = tmp_path / "training.backup"
    before = path.read_bytes()

    def full(*arguments, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    said = failing(lambda: fit(make(), [BackupAndRestore(tmp_path), LambdaCallback()]), ArgumentError)
    assert said.startswith(f"{path}: the file cannot be written.\n  given:    No space left on device\n")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


# --- SwapEMAWeights and averages within fit ---


def averaging(loss="mse", **given):
    utils.set_random_seed(2)
    model = Sequential([layers.Input((3,)), layers.Dense(1, use_bias=False)])
    model.compile(optimizer=optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5, **given), loss=loss)
    return model


def test_averages_are_in_the_model_after_fit_and_while_it_is_asked(each_engine):
    model, weights, seen, predicted = averaging(), [], [], []
    swap = callbacks.SwapEMAWeights()
    spy = LambdaCallback(
        on_train_batch_end=lambda batch, logs: weights.append(model.get_weights()[0]),
        on_test_end=lambda logs: None,
        on_test_begin=lambda logs: seen.append(model.get_weights()[0]),
    )
    fit(model, [swap, spy], epochs=2, validation_data=(X, Y))
    average = weights[0].copy()
    averages = [average]
    for one in weights[1:]:
        average = 0.5 * average + 0.5 * one
        averages.append(average)
    np.testing.assert_allclose(seen, [averages[2], averages[5]], rtol=1e-5)
    np.testing.assert_allclose(model.get_weights()[0], averages[5], rtol=1e-5)
    predicted = model.predict(X, verbose=0, callbacks=[swap])
    np.testing.assert_allclose(predicted, X @ averages[5], rtol=1e-5)


def test_averages_at_the_end_of_epochs_are_saved(tmp_path):
    saved = []
    model = averaging()
    spy = LambdaCallback(on_epoch_end=lambda epoch, logs: saved.append(model.get_weights()[0].copy()))
    fit(model, [callbacks.SwapEMAWeights(swap_on_epoch=True), spy], epochs=2)
    plain = averaging()
    fit(plain, [], epochs=2)
    np.testing.assert_array_equal(saved[-1], plain.get_weights()[0])
    np.testing.assert_array_equal(model.get_weights()[0], plain.get_weights()[0])
    assert not np.array_equal(saved[0], saved[1])


def test_swapping_needs_averages():
    model = make()
    said = failing(lambda: model.predict(X, verbose=0, callbacks=[callbacks.SwapEMAWeights()]), ArgumentError)
    assert said == (
        "SwapEMAWeights: the optimizer keeps no running averages.\n  given:    optimizer 'adam'\n"
        "  to fix:   make the optimizer with use_ema=True"
    )
