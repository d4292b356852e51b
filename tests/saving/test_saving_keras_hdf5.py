"""Hostile HDF5 in files of Keras: links, types, filters and sizes that lie, each answered in clear words."""

import json
import os
import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import onionskin
from onionskin import layers
from onionskin.models import load_model
from onionskin.saving import hdf5
from tests.saving.keras_help import assert_loaded_or_refused, refused, rewritten, small_keras_file

h5py = pytest.importorskip("h5py", reason="h5py is not installed: it comes with the extra keras")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return small_keras_file(tmp_path_factory.mktemp("saved") / "small.keras")


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
    assert_loaded_or_refused(path)


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
