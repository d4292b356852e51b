"""Damaged and hostile files of Keras's forms: each ends in a clear error, nothing runs, nothing large is made."""

import io
import json
import os
import pickle
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import onionskin
from onionskin import layers
from onionskin.base import errors
from onionskin.models import load_model, model_from_json
from onionskin.saving import bundle, hdf5
from tests.saving.saving_help import X, Y

h5py = pytest.importorskip("h5py", reason="h5py is not installed: it comes with the extra keras")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    onionskin.utils.set_random_seed(0)
    model = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(2, name="a"), layers.Dense(3, name="b")])
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    path = tmp_path_factory.mktemp("saved") / "small.keras"
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
    try:
        model = load_model(path)
    except errors.OnionskinError as error:
        assert str(path) in str(error)
    else:
        assert isinstance(model, onionskin.Model)


# --- the weights ---

KERNEL = "layers/dense/vars/0"


def replaced(**more):
    """Return a change that puts another dataset in the place of a kernel."""

    def change(file):
        del file[KERNEL]
        file.create_dataset(KERNEL, **more)

    return change


def damaged(saved, tmp_path, change):
    return refused(rewritten(saved, tmp_path / "h5.keras", weights=change))


@pytest.mark.parametrize(("link", "words"), [
    (lambda: h5py.ExternalLink("/etc/passwd", "/x"), "an external link"),
    (lambda: h5py.SoftLink("/layers/dense_1/vars/0"), "a soft link"),
])  # fmt: skip
def test_links(saved, tmp_path, link, words):
    def change(file):
        del file[KERNEL]
        file[KERNEL] = link()

    assert damaged(saved, tmp_path, change) == (
        f"{KERNEL}: the file holds {words}, which save() never writes.\n  to fix:   do not trust this file"
    )


def test_groups_in_a_circle(saved, tmp_path):
    def change(file):
        file["layers/dense/again"] = file["layers"]

    assert damaged(saved, tmp_path, change).startswith(
        "layers/dense/again: groups are nested without end, or linked more than once.\n"
        "  expected: each object once, at most 128 deep and 1000000 in all"
    )


def test_groups_without_end(saved, tmp_path):
    assert "groups are nested without end" in damaged(saved, tmp_path, lambda file: file.create_group("a/" * 200 + "b"))


def test_objects_and_references(saved, tmp_path):
    for dtype in (h5py.ref_dtype, h5py.string_dtype(), h5py.vlen_dtype("int32"), "S5", "V8", [("a", "f4")], "c8"):
        words = damaged(saved, tmp_path, replaced(shape=(4, 2), dtype=dtype))
        assert words.startswith(f"{KERNEL}: an array holds no numbers.\n  expected: bool, "), dtype


def test_a_pickle_in_an_array_does_not_run(saved, tmp_path):
    flag = tmp_path / "ran"

    class Planted:
        def __reduce__(self):
            return os.system, (f"touch {flag}",)

    data = np.void(pickle.dumps(Planted()))
    damaged(saved, tmp_path, replaced(data=data))
    path = rewritten(saved, tmp_path / "p.keras", entries={"model.weights.h5": pickle.dumps(Planted())})
    assert refused(path).startswith("the HDF5 file is damaged.\n  given:    OSError: ")
    assert not flag.exists()
    pickle.loads(pickle.dumps(Planted()))  # the plant itself works
    assert flag.exists()


def test_an_array_in_another_file(saved, tmp_path):
    (tmp_path / "raw").write_bytes(bytes(32))
    words = damaged(saved, tmp_path, replaced(shape=(4, 2), dtype="f4", external=[(str(tmp_path / "raw"), 0, 32)]))
    assert words == f"{KERNEL}: an array lies in another file.\n  to fix:   do not trust this file"


def test_an_array_put_together_from_others(saved, tmp_path):
    def change(file):
        layout = h5py.VirtualLayout((4, 2), "f4")
        layout[:] = h5py.VirtualSource("other.h5", "x", (4, 2))
        del file[KERNEL]
        file.create_virtual_dataset(KERNEL, layout)

    assert damaged(saved, tmp_path, change) == (
        f"{KERNEL}: an array is put together from other files.\n  to fix:   do not trust this file"
    )


def test_other_filters(saved, tmp_path):
    words = damaged(saved, tmp_path, replaced(data=np.zeros((4, 2), "f4"), compression="lzf"))
    assert words == (
        f"{KERNEL}: an array is packed with another filter.\n  expected: gzip, shuffle\n  given:    filter 32000"
    )


def test_packed_arrays_are_read(saved, tmp_path):
    value = np.arange(8, dtype="f4").reshape(4, 2)
    change = replaced(data=value, compression="gzip", shuffle=True, fletcher32=True)
    model = load_model(rewritten(saved, tmp_path / "packed.keras", weights=change))
    np.testing.assert_array_equal(model.get_weights()[0], value)


def test_arrays_that_claim_more_than_they_store(saved, tmp_path, monkeypatch):
    words = damaged(saved, tmp_path, replaced(shape=(10**6, 10**6), dtype="f4"))
    assert words == (
        f"{KERNEL}: an array claims to be larger than what the file holds of it.\n  expected: about 0 bytes\n"
        "  given:    4000000000000 bytes for shape (1000000, 1000000)"
    )
    monkeypatch.setattr(hdf5, "FLOOR", 1000)
    words = damaged(saved, tmp_path, replaced(data=np.zeros((1000, 1000), "f4"), compression="gzip"))
    assert words.startswith(f"{KERNEL}: an array claims to be larger than what the file holds of it.\n")


def test_arrays_that_are_large_together(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(hdf5, "FLOOR", 40)
    monkeypatch.setattr(hdf5, "EXPANSION", 0)
    assert refused(saved).startswith("layers/dense/vars/0: the arrays are together larger than the file") or (
        "the arrays are together larger than the file can account for." in refused(saved)
    )


def test_pieces_larger_than_the_array(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(hdf5, "FLOOR", 10)

    def change(file):
        del file[KERNEL]
        made = file.create_dataset(KERNEL, (4, 2), "f4", maxshape=(None, None), chunks=(64, 64))
        made[:] = 1

    words = damaged(saved, tmp_path, change)
    assert words == (
        f"{KERNEL}: an array is stored in pieces far larger than itself.\n  expected: at most 64 bytes\n"
        "  given:    16384"
    )


def test_empty_and_bfloat16_arrays(saved, tmp_path):
    assert damaged(saved, tmp_path, replaced(dtype="f4", data=h5py.Empty("f4"))).startswith(
        f"{KERNEL}: an array has no shape."
    )

    def marked(file):
        file[KERNEL].attrs["dtype"] = "bfloat16"

    assert damaged(saved, tmp_path, marked) == (
        f"{KERNEL}: this dtype is not supported.\n  given:    bfloat16\n  to fix:   save the model with float32 weights"
    )


@pytest.mark.parametrize(("change", "words"), [
    (replaced(data=np.zeros((2, 4), "f4")), "layers/dense (Dense 'a') > a/kernel: an array of the file has another "
     "shape than its variable.\n  expected: (4, 2)\n  given:    (2, 4)"),
    (replaced(data=np.zeros((4, 2), "i4")), "layers/dense (Dense 'a') > a/kernel: an array of the file holds other "
     "kinds of numbers than its variable.\n  expected: float32\n  given:    int32"),
    (lambda file: file.__delitem__(KERNEL), "layers/dense (Dense 'a'): the file holds another number of variables.\n"
     "  expected: 2: kernel (4, 2), bias (2,)\n  given:    1"),
])  # fmt: skip
def test_arrays_that_do_not_fit(saved, tmp_path, change, words):
    assert damaged(saved, tmp_path, change) == words


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1), bit=st.integers(0, 7))
def test_flipped_bits_are_found_or_harmless(saved, tmp_path, at, bit):
    with zipfile.ZipFile(saved) as archive:
        data = bytearray(archive.read("model.weights.h5"))
    data[int(at * (len(data) - 1))] ^= 1 << bit
    path = rewritten(saved, tmp_path / "bits.keras", entries={"model.weights.h5": bytes(data)})
    try:
        load_model(path)
    except errors.OnionskinError as error:
        assert str(path) in str(error)


# --- the older form ---


def old_file(path, **attributes):
    with h5py.File(path, "w") as file:
        file.attrs.update(attributes)
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = ["d"]
        weights.create_group("d").attrs["weight_names"] = ["d/kernel"]
        weights["d/d/kernel"] = np.zeros((4, 2), "f4")
    return path


def test_older_files_that_hold_no_model(tmp_path):
    assert refused(old_file(tmp_path / "old.h5")) == (
        "the file holds no model, only weights.\n  expected: the attribute model_config\n"
        "  to fix:   make the model in code, then model.load_weights(path)"
    )
    assert refused(old_file(tmp_path / "old.h5", model_config="{")).startswith(
        "model_config: the description is no JSON."
    )
    code = json.dumps({"class_name": "Sequential", "config": {"layers": [{"class_name": "Lambda", "config": {}}]}})
    assert "which is never run." in refused(old_file(tmp_path / "old.h5", model_config=code))


def test_attributes_that_are_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(hdf5, "MAX_TEXTS", 1000)
    path = old_file(tmp_path / "old.h5", model_config="{}")
    assert "an attribute is too large.\n" in refused(path)
    with h5py.File(path, "r+") as file:
        file.attrs["model_config"] = np.arange(3)
    assert refused(path) == "/, model_config: an attribute holds no text.\n  given:    int64"


def test_older_weights_that_are_not_there(tmp_path):
    path = old_file(tmp_path / "old.h5")
    with h5py.File(path, "r+") as file:
        file["model_weights/d"].attrs["weight_names"] = ["d/kernel", "../../x"]
    model = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(2)])
    assert refused(path, model.load_weights) == "an array is missing.\n  given:    d/../../x"


# --- writing ---


@pytest.mark.parametrize("name", ["m.keras", "m.weights.h5"])
def test_a_full_disk_keeps_the_old_file(saved, tmp_path, monkeypatch, name):
    model = load_model(saved)
    save = model.save if name == "m.keras" else model.save_weights
    save(tmp_path / name)
    before = (tmp_path / name).read_bytes()
    real = os.fdopen

    def full(handle, mode):
        file = real(handle, mode)

        class Full(io.BufferedWriter):
            def write(self, data):
                if self.tell() + len(data) > 2000:
                    raise OSError(28, "No space left on device")
                return super().write(data)

        return Full(file.detach())

    monkeypatch.setattr(os, "fdopen", full)
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
