"""Helpers of onionskin.utils against those of keras.utils: signatures, padding, images, and how folders are listed."""

import inspect
import os

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras", reason="Keras is not installed: see `make test-peers`")
image = pytest.importorskip("PIL.Image", reason="Pillow reads and writes the images")

from keras.src.utils import dataset_utils  # noqa: E402 - Keras decides its backend when it is imported

from onionskin import utils  # noqa: E402
from onionskin.utils.folders import _listed  # noqa: E402
from onionskin.utils.resizing import resize  # noqa: E402

NAMES = [
    "array_to_img", "get_file", "image_dataset_from_directory", "img_to_array", "load_img", "normalize",
    "pack_x_y_sample_weight", "pad_sequences", "save_img", "set_random_seed", "split_dataset",
    "text_dataset_from_directory", "timeseries_dataset_from_array", "to_categorical", "unpack_x_y_sample_weight",
    "PyDataset", "Sequence",
]  # fmt: skip
rng = np.random.default_rng(6)


@pytest.mark.parametrize("name", NAMES)
def test_signatures_are_those_of_keras(name):
    mine, theirs = (inspect.signature(getattr(module, name)).parameters for module in (utils, keras.utils))
    assert [(one.name, one.kind, one.default) for one in mine.values()] == [
        (one.name, one.kind, one.default) for one in theirs.values()
    ]


@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("truncating", ["pre", "post"])
@pytest.mark.parametrize("maxlen", [None, 1, 2, 6])
def test_padding(padding, truncating, maxlen):
    rows = [rng.integers(0, 9, size).tolist() for size in (3, 0, 1, 5)]
    setting = {"maxlen": maxlen, "padding": padding, "truncating": truncating, "value": 7, "dtype": "float32"}
    np.testing.assert_array_equal(utils.pad_sequences(rows, **setting), keras.utils.pad_sequences(rows, **setting))


@pytest.mark.parametrize("method", ["bilinear", "bicubic", "nearest"])
@pytest.mark.parametrize("size", [(3, 4), (7, 9), (20, 5), (16, 33)])
@pytest.mark.parametrize("fit", ["plain", "crop", "pad"])
def test_resizing(method, size, fit):
    x = rng.uniform(0, 255, (7, 12, 3)).astype("float32")
    mine = resize(x, size, method, crop=fit == "crop", pad=fit == "pad")
    theirs = keras.ops.image.resize(
        x, size, method, crop_to_aspect_ratio=fit == "crop", pad_to_aspect_ratio=fit == "pad",
        data_format="channels_last",
    )  # fmt: skip
    np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("scale", [True, False])
def test_images(channels, scale, tmp_path):
    x = rng.integers(0, 256, (5, 8, channels)).astype("float32")
    x[0, 0], x[0, 1] = 0, 255
    mine, theirs = utils.array_to_img(x, scale=scale), keras.utils.array_to_img(x, scale=scale)
    assert mine.mode == theirs.mode
    np.testing.assert_array_equal(np.asarray(mine), np.asarray(theirs))
    np.testing.assert_array_equal(utils.img_to_array(mine), keras.utils.img_to_array(theirs))
    utils.save_img(tmp_path / "x.png", x)
    for setting in (
        {},
        {"color_mode": "grayscale", "target_size": (3, 3)},
        {"target_size": (9, 4), "interpolation": "bicubic", "keep_aspect_ratio": True},
    ):
        mine, theirs = (
            utils.load_img(tmp_path / "x.png", **setting),
            keras.utils.load_img(tmp_path / "x.png", **setting),
        )
        np.testing.assert_array_equal(np.asarray(mine), np.asarray(theirs))


@pytest.mark.parametrize("shuffle", [False, True])
def test_folders_are_listed_and_split_alike(tmp_path, shuffle):
    for name in ("b/2.txt", "b/10.txt", "b/in/1.txt", "a/x.TXT", "a/y.txt", "c/z.txt", "c/none.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("text")
    paths, labels, names = dataset_utils.index_directory(
        str(tmp_path), "inferred", (".txt",), shuffle=shuffle, seed=3, verbose=False
    )
    own, numbers, own_names = _listed("here", tmp_path, "inferred", (".txt",), None, False)
    assert own_names == names
    if not shuffle:
        assert own == paths
        np.testing.assert_array_equal(numbers, labels)
    for subset in ("training", "validation"):
        source = utils.text_dataset_from_directory(
            tmp_path, shuffle=shuffle, seed=3, validation_split=0.4, subset=subset, verbose=False
        )
        kept, wanted = dataset_utils.get_training_or_validation_split(paths, list(labels), 0.4, subset)
        assert source.file_paths == kept
        np.testing.assert_array_equal(source._labels, wanted)
