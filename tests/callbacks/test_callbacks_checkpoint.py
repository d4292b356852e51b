"""ModelCheckpoint: the files Keras would write, the words it says, what it refuses."""

from pathlib import Path

import numpy as np
import pytest

import onionskin
from onionskin.base.errors import ArgumentError, DTypeError
from onionskin.callbacks import ModelCheckpoint


class Writer:
    """A model whose files hold one line."""

    def save(self, path, overwrite=True):
        Path(path).write_text("model", encoding="utf-8")

    def save_weights(self, path, overwrite=True):
        Path(path).write_text("weights", encoding="utf-8")


def checkpoint(path, **settings):
    made = ModelCheckpoint(path, **settings)
    made.set_model(Writer())
    made.on_train_begin()
    return made


def test_saves_what_keras_saves(record, cases, tmp_path):
    assert len(cases["checkpoint"]) == 24
    for case in cases["checkpoint"]:
        got = record.run_checkpoint(ModelCheckpoint, case["values"], case["settings"], tmp_path)
        assert got == case["expected"], case["settings"]


def test_files_are_written_in_folders_that_are_made(tmp_path):
    made = checkpoint(tmp_path / "deep" / "er" / "{epoch:02d}-{val_loss:.2f}.keras")
    made.on_epoch_end(0, {"val_loss": 0.125})
    made.on_epoch_end(1, {"val_loss": 0.5})
    weights = checkpoint(str(tmp_path / "w.weights.h5"), save_weights_only=True)
    weights.on_epoch_end(0, {})
    found = {path.relative_to(tmp_path).as_posix(): path.read_text("utf-8") for path in tmp_path.rglob("*.*")}
    assert found == {
        "deep/er/01-0.12.keras": "model",
        "deep/er/02-0.50.keras": "model",
        "w.weights.h5": "weights",
    }


def test_bare_name_is_written_where_the_process_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    checkpoint("m.keras").on_epoch_end(0, {})
    assert [path.name for path in tmp_path.iterdir()] == ["m.keras"]


def test_best_of_batches_within_the_first_epoch(tmp_path):
    made = checkpoint(tmp_path / "{batch}.keras", monitor="loss", save_best_only=True, save_freq=1)
    made.on_epoch_begin(0)
    for batch, loss in enumerate([0.5, 0.6, 0.4]):
        made.on_train_batch_end(batch, {"loss": loss})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.keras", "3.keras"]


def test_direction_is_not_asked_for_where_it_is_not_needed(tmp_path):
    checkpoint(tmp_path / "m.keras", monitor="gini").on_epoch_end(0, {"gini": 0.5})
    assert (tmp_path / "m.keras").exists()
    with pytest.raises(ArgumentError) as e:
        checkpoint(tmp_path / "b.keras", monitor="gini", save_best_only=True).on_epoch_end(0, {"gini": 0.5})
    assert str(e.value) == (
        "ModelCheckpoint: nothing tells whether 'gini' should rise or fall.\n"
        "  expected: mode='max' or mode='min'\n"
        "  given:    mode='auto', monitor='gini'\n"
        "  to fix:   pass mode='max' where higher is better, mode='min' where lower is"
    )


def test_it_says_what_it_does(tmp_path, capsys):
    path = tmp_path / "m.keras"
    made = checkpoint(path, save_best_only=True, verbose=1)
    for epoch, loss in enumerate([0.5, 0.75, 0.25]):
        made.on_epoch_end(epoch, {"val_loss": loss})
    checkpoint(path, verbose=1).on_epoch_end(0, {})
    assert capsys.readouterr().out.split("\n\n") == [
        f"\nEpoch 1: val_loss improved from None to 0.50000, saving model to {path}",
        f"Epoch 1: finished saving model to {path}",
        "Epoch 2: val_loss did not improve from 0.50000",
        f"Epoch 3: val_loss improved from 0.50000 to 0.25000, saving model to {path}",
        f"Epoch 3: finished saving model to {path}",
        f"Epoch 1: saving model to {path}",
        f"Epoch 1: finished saving model to {path}\n",
    ]


@pytest.mark.parametrize(
    ("logs", "words"),
    [
        (
            {"loss": 0.5},
            "ModelCheckpoint: monitor='val_loss' is not in the logs, so every model is saved. Known: loss",
        ),
        ({}, "ModelCheckpoint: monitor='val_loss' is not in the logs, so every model is saved. Known: none"),
        (
            {"val_loss": np.zeros(2)},
            "ModelCheckpoint: monitor='val_loss' is no single number, so every model is saved.",
        ),
    ],
)
def test_best_that_cannot_be_told_warns_and_saves(tmp_path, logs, words):
    with pytest.warns(UserWarning) as caught:
        checkpoint(tmp_path / "m.keras", save_best_only=True).on_epoch_end(0, logs)
    assert [str(one.message) for one in caught] == [words]
    assert caught[0].filename == __file__
    assert (tmp_path / "m.keras").exists()


@pytest.mark.parametrize("given", ["batch", 0, -3, 2.5, True, None])
def test_save_freq_that_is_no_count_is_refused(given):
    with pytest.raises(ArgumentError) as e:
        ModelCheckpoint("m.keras", save_freq=given)
    assert str(e.value) == (
        "ModelCheckpoint: this save_freq cannot be used.\n"
        "  expected: 'epoch', or a positive number of batches\n"
        f"  given:    {given!r}"
    )


@pytest.mark.parametrize("given", [None, 3, b"m.keras"])
def test_path_that_is_none_is_refused(given):
    with pytest.raises(DTypeError) as e:
        ModelCheckpoint(given)
    assert str(e.value) == f"ModelCheckpoint: filepath must be a string or a path.\n  given:    {given!r}"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("{val_loss:.2f}.keras", "the file name asks for 'val_loss', which is not in the logs."),
        (
            "{}.keras",
            "the file name cannot be filled in: Replacement index 0 out of range for positional args tuple.",
        ),
        ("{epoch.keras", "the file name cannot be filled in: expected '}' before end of string."),
        ("{loss.mean}.keras", "the file name cannot be filled in: 'float' object has no attribute 'mean'."),
        ("{loss[0]}.keras", "the file name cannot be filled in: 'float' object is not subscriptable."),
    ],
)
def test_field_that_cannot_be_filled_is_refused(name, problem, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ArgumentError) as e:
        checkpoint(name).on_epoch_end(0, {"loss": 0.5, "accuracy": 0.25})
    assert str(e.value) == (
        f"ModelCheckpoint(filepath={name!r}): {problem}\n"
        "  expected: fields among accuracy, epoch, loss\n"
        "  to fix:   name one of these, or add validation data or the metric"
    )
    assert list(tmp_path.iterdir()) == []


def test_folder_is_refused(tmp_path):
    with pytest.raises(ArgumentError) as e:
        checkpoint(tmp_path).on_epoch_end(0, {})
    assert str(e.value) == (
        f"ModelCheckpoint(filepath={str(tmp_path)!r}): this path is a folder; a checkpoint is a file.\n"
        f"  given:    {tmp_path}\n"
        "  to fix:   add a file name, such as 'model.onionskin'"
    )


@pytest.mark.parametrize(
    ("path", "weights", "words"),
    [
        ("best.h5", False, "ModelCheckpoint > save: the file's name does not say a form that is known.\n"
         "  expected: a name that ends in .keras or .onionskin\n"
         "  given:    'best.h5'\n  to fix:   that form is only read; use best.keras"),
        ("w.h5", True, "ModelCheckpoint > save_weights: the file's name does not say a form that is known.\n"
         "  expected: a name that ends in .weights.h5 or .weights.npz\n"
         "  given:    'w.h5'\n  to fix:   use w.weights.h5"),
    ],
)  # fmt: skip
def test_a_name_that_save_would_refuse_is_refused_before_training(path, weights, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = onionskin.Sequential([onionskin.Input((3,)), onionskin.layers.Dense(1)])
    model.compile("sgd", "mse")
    before = model.get_weights()
    with pytest.raises(ArgumentError) as caught:
        model.fit(np.ones((4, 3)), np.ones(4), callbacks=[ModelCheckpoint(path, save_weights_only=weights)], verbose=0)
    assert str(caught.value) == words
    np.testing.assert_array_equal(model.get_weights()[0], before[0])


def test_a_loss_that_no_file_can_hold_is_refused_before_training(tmp_path):
    model = onionskin.Sequential([onionskin.Input((3,)), onionskin.layers.Dense(1)], name="m")
    model.compile("sgd", lambda y, p: onionskin.ops.mean((y - p) ** 2, -1))
    before = model.get_weights()
    with pytest.raises(ArgumentError) as caught:
        model.fit(np.ones((4, 3)), np.ones(4), callbacks=[ModelCheckpoint(tmp_path / "b.onionskin")], verbose=0)
    words = "ModelCheckpoint > save, model 'm', what it was compiled with: a function of your own has no name"
    assert str(caught.value).startswith(words)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    weights = ModelCheckpoint(tmp_path / "b.weights.npz", save_weights_only=True)  # needs no name for the loss
    model.fit(np.ones((4, 3)), np.ones(4), callbacks=[weights], verbose=0)
    assert (tmp_path / "b.weights.npz").exists()
