"""Damaged and hostile files of Keras's forms: each ends in a clear error, nothing runs, nothing large is made."""

import io
import json
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import onionskin
from onionskin.base import errors
from onionskin.models import load_model, model_from_json
from onionskin.saving import archive, bundle
from tests.saving.keras_help import assert_loaded_or_refused, refused, rewritten, small_keras_file
from tests.saving.saving_help import X

h5py = pytest.importorskip("h5py", reason="h5py is not installed: it comes with the extra keras")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return small_keras_file(tmp_path_factory.mktemp("saved") / "small.keras")


def test_the_small_file_itself_loads(saved, tmp_path):
    expected = load_model(saved).predict(X, verbose=0)
    again = load_model(rewritten(saved, tmp_path / "copy.keras"))
    np.testing.assert_array_equal(again.predict(X, verbose=0), expected)


# --- the zip ---


@pytest.mark.parametrize("part", range(12))
def test_truncated(saved, tmp_path, part):
    data = saved.read_bytes()
    path = tmp_path / "cut.keras"
    path.write_bytes(data[: len(data) * part // 12])
    assert refused(path).startswith("the file is damaged, or is no .keras file.")


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/passwd", "assets/../../evil", "assets/..", "evil.py",
                                  "C:\\evil", "assets//x", "assets/a\\b", "model.weights.h5.py"])  # fmt: skip
def test_names_that_lead_out_or_do_not_belong(saved, tmp_path, name):
    path = rewritten(saved, tmp_path / "slip.keras", entries={name: b"x"})
    with zipfile.ZipFile(path) as archive:
        stored = archive.namelist()[-1]
    assert refused(path) == f"the file holds an entry that does not belong there.\n  given:    {stored!r}"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["slip.keras"]


def test_an_entry_twice(saved, tmp_path):
    path = rewritten(saved, tmp_path / "twice.keras")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("config.json", b"{}")
    assert refused(path) == "the file holds an entry that does not belong there.\n  given:    'config.json'"


def test_too_many_entries(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "MAX_ENTRIES", 3)
    path = rewritten(saved, tmp_path / "many.keras", entries={"assets/a": b""})
    assert refused(path) == "the file has too many entries.\n  expected: at most 3\n  given:    4"


@pytest.mark.parametrize("missing", ["config.json", "metadata.json", "model.weights.h5"])
def test_an_entry_that_is_missing(saved, tmp_path, missing):
    path = rewritten(saved, tmp_path / "less.keras", drop=[missing])
    left = ", ".join(one for one in ("metadata.json", "config.json", "model.weights.h5") if one != missing)
    assert refused(path) == f"this is no .keras file.\n  expected: the entry {missing}\n  given:    {left}"


def test_weights_in_an_npz(saved, tmp_path):
    path = rewritten(saved, tmp_path / "npz.keras", entries={"model.weights.npz": b""})
    assert refused(path) == (
        "weights in an .npz are not read.\n  expected: model.weights.h5\n  given:    model.weights.npz\n"
        "  to fix:   save the model with its weights in HDF5, which is the default"
    )


def test_a_bomb_is_not_unpacked(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "FLOOR", 2**16)
    path = rewritten(saved, tmp_path / "bomb.keras", drop=["model.weights.h5"])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.weights.h5", bytes(2**24))
        packed = archive.getinfo("model.weights.h5").compress_size
    assert refused(path) == (
        "model.weights.h5: an entry claims to unpack to far more than it takes in the file.\n"
        f"  expected: at most {100 * packed} bytes\n  given:    {2**24}"
    )


def test_a_description_that_is_too_large(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "MAX_JSON", 100)
    words = refused(saved)
    assert words.startswith("config.json: a description is too large.\n  expected: at most 100 bytes\n  given:    ")


def test_an_entry_that_claims_another_size(saved, tmp_path):
    data = bytearray(rewritten(saved, tmp_path / "size.keras").read_bytes())
    at = data.rindex(b"config.json") - 46  # its entry in the list at the end of the file
    size = struct.unpack("<I", data[at + 24 : at + 28])[0]
    data[at + 24 : at + 28] = struct.pack("<I", size + 10)
    (tmp_path / "size.keras").write_bytes(data)
    refused(tmp_path / "size.keras")


def test_an_encrypted_file(saved, tmp_path):
    data = bytearray(rewritten(saved, tmp_path / "locked.keras").read_bytes())
    at = data.rindex(b"metadata.json") - 46
    data[at + 8] |= 1
    (tmp_path / "locked.keras").write_bytes(data)
    assert refused(tmp_path / "locked.keras") == "the file is encrypted.\n  given:    'metadata.json'"


# --- the description ---


@pytest.mark.parametrize("text", [b"", b"{", b"[1", b"\xff\xfe", b"[" * 100_000])
def test_descriptions_that_are_no_json(saved, tmp_path, text):
    path = rewritten(saved, tmp_path / "json.keras", entries={"config.json": text})
    assert "config.json: the description is no JSON.\n" in refused(path)


def test_a_description_nested_without_end(saved, tmp_path):
    path = rewritten(saved, tmp_path / "deep.keras", entries={"config.json": b"[" * 800 + b"]" * 800})
    assert refused(path) == "config.json: the description is nested too deep.\n  expected: at most 700 levels"


@pytest.mark.parametrize("value", [3, None, [], {}, {"class_name": "Dense"}, {"class_name": "InputLayer", "config": {
    "shape": [3]}}, {"class_name": "Sequential", "config": []}])  # fmt: skip
def test_descriptions_of_no_model(saved, tmp_path, value):
    refused(rewritten(saved, tmp_path / "none.keras", config=lambda _: value))


def test_modules_are_compared_with_a_table_and_never_imported(saved, tmp_path):
    def change(config):
        config["config"]["layers"][1]["module"] = "antigravity.evil"
        return config

    path = rewritten(saved, tmp_path / "module.keras", config=change)
    assert refused(path) == (
        "the file names a class of a module that is not known here.\n  given:    antigravity.evil.Dense\n"
        "  to fix:   pass custom_objects={'Name': Class}, or decorate the class with "
        "@onionskin.saving.register_keras_serializable()"
    )


@pytest.mark.parametrize("module", ["keras.layers", "keras.src.layers", "onionskin.models.files", "builtins"])
@pytest.mark.parametrize("name", ["load_model", "get_file", "eval", "system"])
def test_functions_of_known_modules_are_no_layers(saved, tmp_path, module, name):
    def change(config):
        config["config"]["layers"][1] |= {"module": module, "class_name": name}
        return config

    words = refused(rewritten(saved, tmp_path / "name.keras", config=change))
    assert "there is no layer class of this name.\n" in words


@pytest.mark.parametrize("place", ["layer", "activation", "loss"])
def test_code_is_refused_and_never_run(saved, tmp_path, place):
    code = {"class_name": "__lambda__", "config": {"value": {"code": "4wAAAA==", "defaults": None, "closure": None}}}

    def change(config):
        layer = config["config"]["layers"][1]
        if place == "layer":
            layer |= {"class_name": "Lambda", "config": {"name": "l", "function": "f"}}
        elif place == "activation":
            layer["config"]["activation"] = code
        else:
            config["compile_config"]["loss"] = code
        return config

    path = rewritten(saved, tmp_path / "code.keras", config=change)
    assert refused(path) == (
        "the file holds a function as Python code, which is never run.\n"
        f"  given:    {'Lambda' if place == 'layer' else '__lambda__'}\n  to fix:   put what it computes into a "
        "layer class of your own, register it, and save the model again"
    )


def test_more_weights_than_the_file_holds(saved, tmp_path):
    def change(config):
        config["config"]["layers"][1]["config"]["units"] = 10**12
        return config

    words = refused(rewritten(saved, tmp_path / "huge.keras", config=change))
    assert "the description asks for more weights than the file holds.\n  given:    a weight of shape" in words


def test_a_policy_that_is_quantized(saved, tmp_path):
    def change(config):
        config["config"]["layers"][1]["config"]["dtype"] = {"module": "keras", "class_name": "QuantizedDTypePolicy",
                                                            "config": {"mode": "int8"}}  # fmt: skip
        return config

    words = refused(rewritten(saved, tmp_path / "policy.keras", config=change))
    assert words.endswith(
        "this dtype policy is not supported.\n  expected: a DTypePolicy with the name of a dtype\n"
        "  given:    'QuantizedDTypePolicy'\n"
        "  to fix:   save the model with a plain or mixed policy, not a quantized one"
    )


def test_operations_that_take_functions_or_are_none():
    x = onionskin.Input((3,))
    entry = json.loads(onionskin.Model(x, x * 2.0).to_json())
    for name in ("Map", "Scan", "WhileLoop", "Getattr", "Eval", "ConvertToNumpy"):
        entry["config"]["layers"][1]["class_name"] = name
        with pytest.raises(errors.UnknownNameError) as caught:
            model_from_json(json.dumps(entry))
        assert f"there is no operation of this name.\n  given:    {name!r}\n" in str(caught.value)


@pytest.mark.parametrize("own", [
    {"seeds": 3}, {"seeds": {"layers/dropout/0": "x"}}, {"seeds": []}, "x", [], {"order": [1]}, {"order": [True, 1]},
    {"order": {}},
])  # fmt: skip
def test_metadata_of_any_kind(saved, tmp_path, own):
    metadata = json.dumps({"keras_version": "3", "onionskin": own}).encode()
    path = rewritten(saved, tmp_path / "meta.keras", entries={"metadata.json": metadata})
    if isinstance(own, dict) and "order" in own:
        words = refused(path)
        assert words == (
            f"the order of the samples is malformed.\n  expected: two whole numbers\n  given:    {own['order']!r}"
        )
    else:
        load_model(path)


VALUES = [None, True, -1, 0, 10**30, 1.5, float("nan"), "", "relu", [], [None], [[1]], {}, {"class_name": "Dense"}]


def places(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in items:
        yield from places(one, (*path, key))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_anything_in_the_place_of_anything(saved, tmp_path, data):
    def change(config):
        path = data.draw(st.sampled_from(list(places(config))[1:]))
        parent = config
        for key in path[:-1]:
            parent = parent[key]
        parent[path[-1]] = data.draw(st.sampled_from(VALUES))
        return config

    path = rewritten(saved, tmp_path / "fuzz.keras", config=change)
    assert_loaded_or_refused(path)


# --- writing ---


@pytest.mark.parametrize("name", ["m.keras", "m.weights.h5"])
def test_a_full_disk_keeps_the_old_file(saved, tmp_path, monkeypatch, name):
    model = load_model(saved)
    save = model.save if name == "m.keras" else model.save_weights
    save(tmp_path / name)
    before = (tmp_path / name).read_bytes()

    def full(path, mode):
        file = open(path, mode)  # noqa: SIM115 - handed on

        class Full(io.BufferedWriter):
            def write(self, data):
                if self.tell() + len(data) > 2000:
                    raise OSError(28, "No space left on device")
                return super().write(data)

        return Full(file.detach())

    monkeypatch.setattr(archive, "open", full, raising=False)
    with pytest.raises(errors.ArgumentError) as caught:
        save(tmp_path / name)
    assert str(caught.value) == (
        f"{tmp_path / name}: the file cannot be written.\n  given:    No space left on device\n"
        "  to fix:   what stood there before is unchanged; free space, or choose another folder"
    )
    assert (tmp_path / name).read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_what_is_there_is_not_replaced_unasked(saved, tmp_path):
    model = load_model(saved)
    for name, save in (("m.keras", model.save), ("m.weights.h5", model.save_weights)):
        (tmp_path / name).write_bytes(b"mine")
        with pytest.raises(errors.ArgumentError) as caught:
            save(tmp_path / name, overwrite=False)
        assert str(caught.value) == (
            f"{tmp_path / name}: the file is there already.\n  to fix:   pass overwrite=True, or another name"
        )
        assert (tmp_path / name).read_bytes() == b"mine"
