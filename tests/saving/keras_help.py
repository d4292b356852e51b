"""A small `.keras` file to damage, and ways to damage it, for the tests of hostile files."""

import io
import json
import zipfile

import pytest

import onionskin
from onionskin import layers
from onionskin.base import errors
from onionskin.models import load_model
from tests.saving.saving_help import X, Y

h5py = pytest.importorskip("h5py", reason="h5py is not installed: it comes with the extra keras")


def small_keras_file(path):
    """Write the file that the tests of damage start from."""
    onionskin.utils.set_random_seed(0)
    model = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(2, name="a"), layers.Dense(3, name="b")])
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    model.save(path)
    return path


def refused(path, act=load_model):
    """Return the words with which a file is refused, without its name."""
    with pytest.raises(errors.OnionskinError) as caught:
        act(path)
    words = str(caught.value)
    assert words.startswith(f"{path}")
    return words.removeprefix(str(path)).removeprefix(": ").removeprefix(" > ")


def rewritten(source, target, config=None, entries=None, drop=(), weights=None):
    """Copy a `.keras` file with its config changed, its weights changed in place, entries replaced or left out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename in drop or info.filename in (entries or {}):
                continue
            if info.filename == "config.json" and config is not None:
                data = json.dumps(config(json.loads(data))).encode()
            if info.filename == "model.weights.h5" and weights is not None:
                buffer = io.BytesIO(data)
                with h5py.File(buffer, "r+") as file:
                    weights(file)
                data = buffer.getvalue()
            new.writestr(info.filename, data)
        for name, data in (entries or {}).items():
            new.writestr(name, data)
    return target


def assert_loaded_or_refused(path):
    words, model = str(path), None
    try:
        model = load_model(path)
    except errors.OnionskinError as error:
        words = str(error)
    assert str(path) in words
    assert isinstance(model, onionskin.Model | None)
