"""Files that are truncated, damaged or made to do harm: an error in our words, nothing run, nothing left behind."""

import copy
import errno
import io
import json
import os
import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import onionskin
from onionskin.base import errors
from onionskin.models import load_model, model_from_json
from onionskin.saving import archive
from tests.saving.saving_help import X, rewritten, sequential, small_file


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "small.onionskin"
    small_file(path)
    return path


def refused(path):
    """Return the words with which a file is refused."""
    with pytest.raises(errors.OnionskinError) as caught:
        load_model(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_the_small_file_itself_loads(saved, tmp_path):
    expected = load_model(saved).predict(X, verbose=0)
    again = load_model(rewritten(saved, tmp_path / "copy.onionskin"))
    np.testing.assert_array_equal(again.predict(X, verbose=0), expected)


@pytest.mark.parametrize("part", range(20))
def test_truncated(saved, tmp_path, part):
    data = saved.read_bytes()
    path = tmp_path / "cut.onionskin"
    path.write_bytes(data[: len(data) * part // 20])
    words = refused(path)
    assert "the file is damaged, or is no file that save() wrote." in words
    assert words.endswith("to fix:   save the model again")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_flipped_bits_are_found_or_harmless(saved, tmp_path, data):
    whole = bytearray(saved.read_bytes())
    for place in data.draw(st.lists(st.integers(0, 8 * len(whole) - 1), min_size=1, max_size=4)):
        whole[place // 8] ^= 1 << place % 8
    path = tmp_path / "flipped.onionskin"
    path.write_bytes(whole)
    try:
        model = load_model(path)
    except errors.OnionskinError:
        return
    expected = load_model(saved).predict(X, verbose=0)  # a flip where zip keeps dates or notes
    np.testing.assert_array_equal(model.predict(X, verbose=0), expected)


@pytest.mark.parametrize("name", [
    "../evil.npy", "/etc/evil.npy", "arrays/../../evil.npy", "arrays\\..\\evil.npy", "arrays/x.npy/../../../e.npy",
    "evil.py", "arrays/evil.pkl", "arrays/a\x00b.npy", "arrays/",
])  # fmt: skip
def test_entries_that_do_not_belong_there(saved, tmp_path, name):
    before = set(os.listdir(tmp_path.parent))
    words = refused(rewritten(saved, tmp_path / "slip.onionskin", entries={name: b"x"}))
    assert "the file holds an entry that does not belong there." in words or "is damaged" in words
    assert set(os.listdir(tmp_path.parent)) == before
    assert os.listdir(tmp_path) == ["slip.onionskin"]


def test_an_entry_twice(saved, tmp_path):
    path = rewritten(saved, tmp_path / "twice.onionskin")
    with zipfile.ZipFile(path, "a") as archive_, pytest.warns(UserWarning, match="Duplicate name"):
        archive_.writestr("model.json", b"{}")
    assert "the file holds an entry that does not belong there.\n  given:    'model.json'" in refused(path)


def test_a_description_that_unpacks_to_too_much(saved, tmp_path):
    path = tmp_path / "bomb.onionskin"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("model.json", b" " * (archive.MAX_JSON + 1))
    assert path.stat().st_size < 200_000
    assert f"the description is too large.\n  expected: at most {archive.MAX_JSON} bytes" in refused(path)


def test_an_array_that_unpacks_to_more_than_the_file(saved, tmp_path):
    path = rewritten(saved, tmp_path / "packed.onionskin")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("arrays/model/99.npy", b"\0" * 10**6)
    assert "an array is packed, which save() never does.\n  given:    'arrays/model/99.npy'" in refused(path)


def npy(header, data=b"", version=(1, 0)):
    text = (header if isinstance(header, str) else repr(header)).encode()
    text += b" " * (64 - (len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY" + bytes(version) + len(text).to_bytes(2, "little") + text + data


@pytest.mark.parametrize("entry", [
    npy({"descr": "<f4", "fortran_order": False, "shape": (2**40,)}),
    npy({"descr": "<f4", "fortran_order": False, "shape": (2**62, 2**62)}),
    npy({"descr": "<f4", "fortran_order": False, "shape": (-1, -4)}, b"\0" * 16),
    npy({"descr": "<f4", "fortran_order": False, "shape": (4,)}, b"\0" * 15),
    npy({"descr": "<f4", "fortran_order": False, "shape": (4,)}, b"\0" * 17),
    npy({"descr": "<U4", "fortran_order": False, "shape": (1,)}, b"\0" * 16),
    npy({"descr": [("a", "<f4")], "fortran_order": False, "shape": (4,)}, b"\0" * 16),
    npy({"descr": "<c8", "fortran_order": False, "shape": (4,)}, b"\0" * 32),
    npy({"descr": "<f4", "fortran_order": 3, "shape": (4,)}, b"\0" * 16),
    npy({"descr": "<f4", "shape": (4,)}, b"\0" * 16),
    npy("__import__('os').system('touch planted')"),
    npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,) * 9**9}"),
    npy("(" * 5000),
    npy({"descr": "<f4", "fortran_order": False, "shape": (1,) * 70}, b"\0" * 4),
    npy({"descr": "<f4", "fortran_order": False, "shape": (4,)}, b"\0" * 16, version=(9, 9)),
    b"", b"\x93NUMPY", b"\x93NUMPY\x01\x00\xff\xff",
], ids=range(18))  # fmt: skip
def test_headers_that_lie(saved, tmp_path, monkeypatch, entry):
    monkeypatch.chdir(tmp_path)
    refused(rewritten(saved, tmp_path / "lie.onionskin", entries={"arrays/model/0.npy": entry}))
    assert os.listdir(tmp_path) == ["lie.onionskin"]


class Planted:
    """Runs a command when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (os.system, (f"touch {self.path}",))


def test_pickles_do_not_run(saved, tmp_path):
    flag = tmp_path / "ran"
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.array([Planted(flag)], dtype=object), allow_pickle=True)
    for number, entry in enumerate((buffer.getvalue(), pickle.dumps(Planted(flag)))):
        folder = tmp_path / str(number)
        folder.mkdir()
        refused(rewritten(saved, folder / "pickle.onionskin", entries={"arrays/model/0.npy": entry}))
        (folder / "bare.onionskin").write_bytes(entry)
        refused(folder / "bare.onionskin")
    np.load(buffer_of(buffer), allow_pickle=True)  # the plant itself works
    assert flag.exists()


def buffer_of(buffer):
    return io.BytesIO(buffer.getvalue())


@pytest.mark.parametrize("name", [
    "os.system", "builtins>eval", "eval", "__import__", "onionskin.layers.Dense", "subprocess.Popen", "Layer.__init__",
    "lambda: 0", "", "Dense\x00", "../Dense",
])  # fmt: skip
def test_class_names_are_looked_up_and_never_imported(saved, tmp_path, name):
    def change(description):
        layer = description["model"]["config"]["layers"][1]
        layer["class_name"], layer["registered_name"], layer["module"] = name, name, "os"
        return description

    words = refused(rewritten(saved, tmp_path / "name.onionskin", change))
    assert "there is no layer class of this name." in words


@pytest.mark.parametrize("section", ["optimizer", "loss", "metrics"])
@pytest.mark.parametrize("value", ["os.system", {"class_name": "system", "module": "os", "config": {"command": "true"}},
                                   {"class_name": "function", "config": "eval", "module": "builtins"},
                                   {"class_name": "builtins>eval", "config": {}}, [["os.system"]], 3])  # fmt: skip
def test_names_of_rules_are_looked_up_too(saved, tmp_path, section, value):
    def change(description):
        description["compile"][section] = value
        return description

    refused(rewritten(saved, tmp_path / "rule.onionskin", change))


def test_activations_and_initializers_are_looked_up_too(saved, tmp_path):
    for number, (key, value) in enumerate([
        ("activation", "os.system"), ("activation", {"class_name": "function", "config": "eval", "module": "builtins"}),
        ("kernel_initializer", {"class_name": "os.system", "config": {}}), ("kernel_constraint", "eval"),
    ]):  # fmt: skip

        def change(description, key=key, value=value):
            description["model"]["config"]["layers"][-1]["config"][key] = value
            return description

        refused(rewritten(saved, tmp_path / f"{number}.onionskin", change))


def test_more_weights_than_the_file_holds(saved, tmp_path):
    def change(description):
        description["model"]["config"]["layers"][-1]["config"]["units"] = 10**12
        return description

    words = refused(rewritten(saved, tmp_path / "huge.onionskin", change))
    assert "the description asks for more weights than the file holds.\n  given:    a weight of shape" in words


@pytest.mark.parametrize("text", [
    b"[" * 100_000, b'{"format": 1, "model": ' + b'{"a":' * 100_000, b"[]", b"3", b"null", b"{}", b"\xff\xfe", b"",
    b"{1: 2}",
    b'{"format": 2}', b'{"format": "1"}', b'{"format": true, "model": 3}',
], ids=range(12))  # fmt: skip
def test_descriptions_that_are_none(saved, tmp_path, text):
    refused(rewritten(saved, tmp_path / "text.onionskin", entries={"model.json": text}))


def test_models_within_models_without_end():
    entry = {"class_name": "Dense", "config": {"units": 2}}
    for _ in range(200):
        entry = {"class_name": "Sequential", "config": {"name": "s", "layers": [entry]}}
    with pytest.raises(errors.FileFormatError) as caught:
        model_from_json(json.dumps(entry))
    assert "expected: config, a dictionary, at most 64 models deep" in str(caught.value)


VALUES = [
    None, True, -1, 0, 3, 10**30, 1.5, float("nan"), float("inf"), "", "relu", "x" * 500, [], [None], [[1]], [1, 2, 3],
    {}, {"a": 1}, {"class_name": "Dense"}, {"class_name": "Dense", "config": {"units": 2}, "registered_name": None},
]  # fmt: skip


def places(value, path=()):
    """Yield the place of every part of a description."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in items:
        yield from places(one, (*path, key))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_anything_in_the_place_of_anything(saved, tmp_path, data):
    with zipfile.ZipFile(saved) as file:
        description = json.loads(file.read("model.json"))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(places(description))[1:]))
        value = copy.deepcopy(data.draw(st.sampled_from([*VALUES, "delete"])))
        parent = description
        for key in path[:-1]:
            parent = parent[key]
        if value == "delete":
            del parent[path[-1]]
        else:
            parent[path[-1]] = value
    text = json.dumps(description).encode()
    path = rewritten(saved, tmp_path / "fuzz.onionskin", entries={"model.json": text})
    try:
        model = load_model(path)
    except errors.OnionskinError:
        return
    assert isinstance(model, onionskin.Model)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_anything_in_a_functional_description(data):
    x = onionskin.Input((4,), name="x")
    hidden = onionskin.layers.Dense(3, name="d")(x)
    description = json.loads(onionskin.Model(x, [hidden, onionskin.layers.Dropout(0.5, name="e")(hidden)]).to_json())
    path = data.draw(st.sampled_from(list(places(description))[1:]))
    parent = description
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = copy.deepcopy(data.draw(st.sampled_from(VALUES)))
    try:
        model_from_json(json.dumps(description))
    except errors.OnionskinError:
        return


# --- writing ---


def test_a_full_disk_keeps_the_old_file(saved, tmp_path, monkeypatch):
    path = tmp_path / "m.onionskin"
    path.write_bytes(saved.read_bytes())

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    for what in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(archive.os, what, full)
            with pytest.raises(errors.ArgumentError) as caught:
                sequential().save(path)
        assert str(caught.value) == (
            f"{path}: the file cannot be written.\n  given:    No space left on device\n"
            "  to fix:   what stood there before is unchanged; free space, or choose another folder"
        )
        assert path.read_bytes() == saved.read_bytes()
        assert os.listdir(tmp_path) == ["m.onionskin"]


def test_a_write_that_fails_halfway_leaves_nothing(tmp_path, monkeypatch):
    count = [0]
    real = np.lib.format.write_array

    def half(*args, **kwargs):
        count[0] += 1
        if count[0] == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*args, **kwargs)

    monkeypatch.setattr(np.lib.format, "write_array", half)
    with pytest.raises(errors.ArgumentError):
        sequential().save(tmp_path / "m.onionskin")
    assert os.listdir(tmp_path) == []


def test_what_is_there_is_not_replaced_unasked(saved, tmp_path):
    path = tmp_path / "m.onionskin"
    path.write_bytes(b"mine")
    with pytest.raises(errors.ArgumentError) as caught:
        sequential().save(path, overwrite=False)
    assert str(caught.value) == f"{path}: the file is there already.\n  to fix:   pass overwrite=True, or another name"
    assert path.read_bytes() == b"mine"
    sequential().save(path)
    load_model(path)


def test_folders_that_are_none_and_names_of_other_formats(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(errors.ArgumentError) as caught:
        sequential().save(tmp_path / "file" / "m.onionskin")
    assert "the file cannot be written." in str(caught.value)
    for name in ("m.h5", "m", "m.onionskin.txt", "m.weights.h5"):
        with pytest.raises(errors.ArgumentError) as caught:
            sequential().save(tmp_path / name)
        assert "expected: a name that ends in .keras or .onionskin\n" in str(caught.value)
    sequential().save(tmp_path / "new" / "folder" / "m.onionskin")
    (tmp_path / "d.onionskin").mkdir()
    for name, given_ in (("none.onionskin", "nothing"), ("d.onionskin", "a folder")):
        with pytest.raises(errors.FileFormatError) as caught:
            load_model(tmp_path / name)
        assert str(caught.value) == (
            f"{tmp_path / name}: there is no such file.\n  expected: a file that save() wrote\n  given:    {given_}"
        )
