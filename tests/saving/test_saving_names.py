"""The words for names and arguments that files are not saved or loaded by."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest

import onionskin
from onionskin import saving
from onionskin.base.errors import ArgumentError, MissingExtraError

MODEL = onionskin.Sequential([onionskin.Input((3,)), onionskin.layers.Dense(1)], name="m")
UNKNOWN = "the file's name does not say a form that is known."


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (
            lambda: MODEL.save("net.h5"),
            f"save: {UNKNOWN}\n  expected: a name that ends in .keras or .onionskin\n  given:    'net.h5'\n"
            "  to fix:   that form is only read; use net.keras",
        ),
        (
            lambda: MODEL.save("net"),
            f"save: {UNKNOWN}\n  expected: a name that ends in .keras or .onionskin\n  given:    'net'\n"
            "  to fix:   use net.keras",
        ),
        (
            lambda: onionskin.models.load_model("net.pt"),
            f"load_model: {UNKNOWN}\n  expected: a name that ends in .keras, .onionskin, .h5 or .hdf5\n"
            "  given:    'net.pt'",
        ),
        (
            lambda: onionskin.models.load_model("net.weights.h5"),
            f"load_model: {UNKNOWN}\n  expected: a name that ends in .keras, .onionskin, .h5 or .hdf5\n"
            "  given:    'net.weights.h5'",
        ),
        (
            lambda: onionskin.models.load_model("gs://bucket/net.keras"),
            "load_model: only files of this machine are read and written.\n  given:    'gs://bucket/net.keras'",
        ),
        (
            lambda: MODEL.save_weights("net.h5"),
            f"save_weights: {UNKNOWN}\n  expected: a name that ends in .weights.h5 or .weights.npz\n"
            "  given:    'net.h5'\n  to fix:   use net.weights.h5",
        ),
        (
            lambda: MODEL.load_weights("net.bin"),
            f"load_weights: {UNKNOWN}\n"
            "  expected: a name that ends in .weights.h5, .weights.npz, .keras, .h5 or .hdf5\n  given:    'net.bin'",
        ),
        (
            lambda: MODEL.load_weights("net.weights.json"),
            "load_weights: weights that are spread over several files are not supported.\n"
            "  expected: .weights.h5, .weights.npz, .keras, .h5 or .hdf5\n  given:    'net.weights.json'\n"
            "  to fix:   save them in Keras without max_shard_size",
        ),
        (
            lambda: MODEL.save_weights("net.weights.h5", max_shard_size=1),
            "save_weights: weights are not spread over several files.\n  given:    max_shard_size=1\n"
            "  to fix:   leave max_shard_size out",
        ),
        (
            lambda: MODEL.save("net.keras", zipped=False),
            "save: a model is not saved as a folder.\n  given:    zipped=False\n"
            "  to fix:   leave zipped out, and name a file that ends in .keras",
        ),
        (
            lambda: MODEL.save("net.keras", save_format="tf"),
            "save: this argument is not supported.\n  given:    save_format='tf'\n"
            "  to fix:   leave it out; the file's name says the form",
        ),
        (
            lambda: onionskin.models.load_model("net.keras", safe_mode=False),
            "load_model: code in a file is never run.\n  given:    safe_mode=False\n"
            "  to fix:   leave safe_mode out; register your own functions and classes, or pass them as custom_objects",
        ),
        (
            lambda: saving.deserialize_keras_object({}, safe_mode=False),
            "deserialize_keras_object: code in data is never run.\n  given:    safe_mode=False\n"
            "  to fix:   leave safe_mode out",
        ),
        (
            lambda: MODEL.load_weights("net.keras", by_name=True),
            "load_weights: layers are found by name in files of Keras's older form alone.\n"
            "  given:    by_name=True\n  to fix:   leave by_name out",
        ),
        (
            lambda: MODEL.load_weights("net.weights.npz", skip_mismatch=True),
            "load_weights: weights in an .npz are loaded all or none.\n  given:    skip_mismatch=True\n"
            "  to fix:   save them to a .weights.h5 file",
        ),
        (
            lambda: MODEL.load_weights("net.weights.npz", objects_to_skip=[]),
            "load_weights: parts are left out of files that end in .weights.h5 alone.\n  given:    objects_to_skip",
        ),
        (
            lambda: saving.KerasFileEditor("net.keras"),
            "KerasFileEditor: files are not edited in place.\n  given:    'net.keras'\n  to fix:   "
            "load_model(path), change the model, and save it; or model.load_weights(path, skip_mismatch=True)",
        ),
        (
            lambda: saving.custom_object_scope([1]),
            "custom_object_scope: custom objects come in a dictionary.\n  expected: {'Name': class or function}\n"
            "  given:    an object of type list",
        ),
    ],
)
def test_words(act: Callable[[], Any], words: str) -> None:
    with pytest.raises(ArgumentError) as e:
        act()
    assert str(e.value) == words


def test_without_h5py_the_extra_is_named_before_training(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.import_module

    def without(name: str, *rest: Any) -> Any:
        if name == "h5py":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(importlib, "import_module", without)
    for act in (lambda: MODEL.save(tmp_path / "m.keras"), lambda: MODEL.save_weights(tmp_path / "m.weights.h5"),
                lambda: MODEL.check_savable("m.keras"), lambda: MODEL.check_savable("m.weights.h5", True)):  # fmt: skip
        with pytest.raises(MissingExtraError) as e:
            act()
        assert str(e.value) == (
            "files in Keras's formats need the library 'h5py', which is not installed.\n"
            "  to fix:   pip install 'onionskin[keras]'"
        )
    assert list(tmp_path.iterdir()) == []
    MODEL.save(tmp_path / "m.onionskin")


def test_names_of_ones_own() -> None:
    @saving.register_keras_serializable("tests_names")
    def third(x: Any) -> Any:
        return x / 3

    assert saving.get_registered_name(third) == "tests_names>third"
    assert saving.get_registered_name(len) == "len"
    assert saving.get_registered_object("tests_names>third") is third
    assert saving.get_registered_object("nothing") is None
    assert saving.get_registered_object("a", {"a": 1}) == 1
    assert saving.get_registered_object("a", module_objects={"a": 2}) == 2
    with saving.custom_object_scope({"third": third, "a": 3}), saving.CustomObjectScope({"a": 4}):
        assert saving.get_registered_object("a", {"a": 1}) == 4
        assert onionskin.losses.deserialize("third") is third
        assert saving.deserialize_keras_object("third") is third
    assert "a" not in saving.get_custom_objects()
    saving.get_custom_objects()["tests_names_own"] = third
    assert saving.get_registered_object("tests_names_own") is third
    del saving.get_custom_objects()["tests_names_own"]
    assert "tests_names_own" not in list(saving.get_custom_objects())
