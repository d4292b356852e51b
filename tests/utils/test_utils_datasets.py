"""Data sets made by utils: windows, folders of texts and images, splits; read by hand, mapped, and trained on."""

import io
import warnings

import numpy as np
import pytest

import onionskin
from onionskin import utils
from onionskin.base.errors import ArgumentError, DataError, FileFormatError
from onionskin.utils.resizing import resize

image = pytest.importorskip("PIL.Image", reason="Pillow reads and writes the images")
rng = np.random.default_rng(3)


@pytest.fixture
def pictures(tmp_path):
    """Seven images of two classes, of different sizes and kinds."""
    for number, (name, size, mode) in enumerate(
        [("cat/b.png", (5, 7), "RGB"), ("cat/a.jpg", (8, 8), "RGB"), ("cat/in/c.bmp", (9, 4), "L"),
         ("dog/a.gif", (6, 6), "L"), ("dog/B.PNG", (3, 11), "RGBA"), ("dog/c.png", (8, 8), "RGB"),
         ("dog/d.png", (8, 8), "RGB")]
    ):  # fmt: skip
        path = tmp_path / "pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shape = (size[1], size[0]) if mode == "L" else (size[1], size[0], len(mode))
        image.fromarray(np.random.default_rng(number).integers(0, 256, shape).astype("uint8")).save(path)
    (tmp_path / "pictures" / "cat" / "notes.txt").write_text("none")
    (tmp_path / "pictures" / ".hidden").mkdir()
    return tmp_path / "pictures"


def read(source):
    return [tuple(part) if isinstance(part, tuple) else part for part in source]


def words(call, kind):
    with pytest.raises(kind) as caught:
        call()
    return str(caught.value)


# --- sequences ---


@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("truncating", ["pre", "post"])
@pytest.mark.parametrize("maxlen", [None, 0, 2, 5])
def test_padding(padding, truncating, maxlen):
    rows = [[1], [], [2, 3], [4, 5, 6]]
    length = 3 if maxlen is None else maxlen
    wanted = []
    for row in rows:
        kept = row[max(len(row) - length, 0) :] if truncating == "pre" else row[:length]
        fill = [9] * (length - len(kept))
        wanted.append(fill + kept if padding == "pre" else kept + fill)
    found = utils.pad_sequences(rows, maxlen, padding=padding, truncating=truncating, value=9)
    np.testing.assert_array_equal(found, np.array(wanted, "int32").reshape(4, length))
    assert found.dtype == "int32"


def test_padding_of_vectors_and_texts():
    found = utils.pad_sequences([np.ones((1, 2)), np.full((3, 2), 2.0)], dtype="float32")
    assert found.shape == (2, 3, 2)
    np.testing.assert_array_equal(found[0], [[0, 0], [0, 0], [1, 1]])
    assert utils.pad_sequences([["a"], ["b", "c"]], dtype=object, value="-").tolist() == [["-", "a"], ["b", "c"]]
    assert utils.pad_sequences([], dtype="int32").shape == (0, 0)


@pytest.mark.parametrize("rate", [1, 2])
@pytest.mark.parametrize("stride", [1, 3])
@pytest.mark.parametrize("ends", [(None, None), (2, None), (None, 15), (3, 17)])
def test_windows(rate, stride, ends):
    data, targets = np.arange(20) * 10, np.arange(20)
    source = utils.timeseries_dataset_from_array(
        data, targets, 4, stride, rate, batch_size=3, start_index=ends[0], end_index=ends[1]
    )
    begin, end = ends[0] or 0, ends[1] or 20
    starts = [one for one in range(begin, end, stride) if one + 3 * rate < end]
    found = read(source)
    np.testing.assert_array_equal(
        np.concatenate([x for x, _ in found]), [[data[one + rate * k] for k in range(4)] for one in starts]
    )
    np.testing.assert_array_equal(np.concatenate([y for _, y in found]), starts)
    assert [len(x) for x, _ in found[:-1]] == [3] * (len(found) - 1)


def test_windows_shuffled_and_alone():
    make = lambda **more: utils.timeseries_dataset_from_array(np.arange(30), None, 5, **more)  # noqa: E731
    one, other = make(shuffle=True, seed=1, batch_size=4), make(shuffle=True, seed=1, batch_size=4)
    first, second = (np.concatenate(read(one)) for _ in range(2))
    np.testing.assert_array_equal(np.concatenate(read(other)), first)
    assert (first != second).any()
    np.testing.assert_array_equal(np.sort(first[:, 0]), np.arange(26))
    np.testing.assert_array_equal(np.sort(second[:, 0]), np.arange(26))
    singles = read(make(batch_size=None))
    assert len(singles) == 26
    np.testing.assert_array_equal(singles[3], np.arange(3, 8))
    np.testing.assert_array_equal(make(batch_size=None).batch(26)[0], np.stack(singles))


# --- folders ---


def test_images_of_a_folder(pictures, capsys):
    source = utils.image_dataset_from_directory(pictures, image_size=(6, 4), shuffle=False, batch_size=4)
    assert capsys.readouterr().out == "Found 7 files belonging to 2 classes.\n"
    assert source.class_names == ["cat", "dog"]
    names = [path[len(str(pictures)) + 1 :] for path in source.file_paths]
    assert names == ["cat/a.jpg", "cat/b.png", "cat/in/c.bmp", "dog/B.PNG", "dog/a.gif", "dog/c.png", "dog/d.png"]
    (x, y), (rest, _) = read(source)
    assert (x.shape, x.dtype, rest.shape) == ((4, 6, 4, 3), np.float32, (3, 6, 4, 3))
    np.testing.assert_array_equal(y, [0, 0, 0, 1])
    assert y.dtype == np.int32
    wanted = np.asarray(image.open(source.file_paths[1]), np.float32)
    np.testing.assert_array_equal(x[1], resize(wanted, (6, 4), "bilinear", crop=False, pad=False))


@pytest.mark.parametrize(
    ("mode", "labels"),
    [
        ("categorical", [[1, 0], [1, 0], [1, 0], [0, 1], [0, 1], [0, 1], [0, 1]]),
        ("binary", [[0], [0], [0], [1], [1], [1], [1]]),
    ],
)
def test_label_modes(pictures, mode, labels):
    ((_, y),) = utils.image_dataset_from_directory(
        pictures, label_mode=mode, image_size=8, shuffle=False, batch_size=7, verbose=False
    )
    np.testing.assert_array_equal(y, np.array(labels, "float32"))
    assert y.dtype == np.float32


def test_labels_of_ones_own_or_none(pictures):
    setting = {"image_size": 8, "shuffle": False, "verbose": False, "batch_size": 7}
    source = utils.image_dataset_from_directory(pictures, labels=[5, 5, 7, 7, 7, 5, 5], **setting)
    np.testing.assert_array_equal(source[0][1], [5, 5, 7, 7, 7, 5, 5])
    assert source.class_names == ["5", "7"]
    source = utils.image_dataset_from_directory(pictures, labels=None, color_mode="grayscale", **setting)
    assert source[0].shape == (7, 8, 8, 1)
    assert source.class_names is None
    source = utils.image_dataset_from_directory(pictures, label_mode=None, data_format="channels_first",
                                                color_mode="rgba", **setting)  # fmt: skip
    assert source[0].shape == (7, 4, 8, 8)
    source = utils.image_dataset_from_directory(pictures, class_names=["dog", "cat"], **setting)
    np.testing.assert_array_equal(source[0][1], [0, 0, 0, 0, 1, 1, 1])
    source = utils.image_dataset_from_directory(pictures, class_names=["dog"], **setting)
    assert len(source.file_paths) == 4


def test_splits_do_not_overlap_and_are_drawn_as_in_keras(pictures):
    setting = {"image_size": 8, "verbose": False, "seed": 4, "validation_split": 0.3}
    both = utils.image_dataset_from_directory(pictures, subset="both", **setting)
    alone = [utils.image_dataset_from_directory(pictures, subset=one, **setting) for one in ("training", "validation")]
    assert [one.file_paths for one in both] == [one.file_paths for one in alone]
    assert [len(one.file_paths) for one in both] == [5, 2]
    plain = utils.image_dataset_from_directory(pictures, image_size=8, shuffle=False, verbose=False).file_paths
    np.random.RandomState(4).shuffle(plain)  # how Keras shuffles
    assert both[0].file_paths + both[1].file_paths == plain
    for source in both:
        for path, label in zip(source.file_paths, source._labels, strict=True):
            assert ("dog" in path) == bool(label)


def test_texts_of_a_folder(tmp_path):
    for name, text in (("bad/1.txt", "schlecht ü"), ("good/2.txt", "gut"), ("good/1.txt", "sehr gut")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    source = utils.text_dataset_from_directory(tmp_path, shuffle=False, max_length=4, verbose=False)
    x, y = source[0]
    assert x.tolist() == ["schl", "sehr", "gut"]
    np.testing.assert_array_equal(y, [0, 1, 1])
    (tmp_path / "bad" / "1.txt").write_bytes(b"abc\xff")
    assert words(lambda: source[0], FileFormatError) == (
        f"{tmp_path}/bad/1.txt: the file is no text in UTF-8.\n  given:    byte 3"
    )


@pytest.mark.parametrize("workers", [1, 3])
def test_a_folder_is_trained_on(pictures, workers):
    source = utils.image_dataset_from_directory(pictures, image_size=(4, 4), batch_size=3, verbose=False, seed=1)
    source.workers = workers
    model = onionskin.Sequential(
        [onionskin.Input((4, 4, 3)), onionskin.layers.Flatten(), onionskin.layers.Dense(2, activation="softmax")]
    )
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    scaled = source.map(lambda x, y: (x / 255, y))
    history = model.fit(scaled, epochs=3, verbose=0)
    assert len(history.history["loss"]) == 3
    assert np.isfinite(history.history["loss"]).all()
    assert model.predict(scaled.map(lambda x, y: x), verbose=0).shape == (7, 2)
    assert len(read(scaled.take(1))) == 1
    assert scaled.class_names == ["cat", "dog"]


def test_broken_images_are_named(pictures):
    (pictures / "cat" / "a.jpg").write_bytes(b"no image")
    source = utils.image_dataset_from_directory(pictures, image_size=8, shuffle=False, verbose=False)
    path = pictures / "cat" / "a.jpg"
    assert words(lambda: source[0], FileFormatError) == (
        f"image_dataset_from_directory: the file is no image.\n  given:    {path}"
    )
    out = io.BytesIO()
    image.fromarray(rng.integers(0, 255, (40, 40, 3)).astype("uint8")).save(out, "PNG")
    path.write_bytes(out.getvalue()[:-2000])
    assert words(lambda: source[0], FileFormatError).startswith(
        f"image_dataset_from_directory: the image is broken.\n  given:    {path}: "
    )


def test_images_of_too_many_pixels(pictures, monkeypatch):
    monkeypatch.setattr(image, "MAX_IMAGE_PIXELS", 10)
    path = pictures / "cat" / "b.png"
    text = words(lambda: utils.load_img(path), FileFormatError)
    assert text.startswith(f"load_img: the image has too many pixels.\n  given:    {path}: ")


# --- images ---


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_arrays_and_images(channels, data_format, tmp_path):
    x = rng.integers(0, 256, (5, 7, channels)).astype("float32")
    given = x.transpose(2, 0, 1) if data_format == "channels_first" else x
    made = utils.array_to_img(given, data_format, scale=False)
    assert made.size == (7, 5)
    np.testing.assert_array_equal(utils.img_to_array(made, data_format), given)
    utils.save_img(tmp_path / "x.png", given, data_format, scale=False)
    mode = {1: "grayscale", 3: "rgb", 4: "rgba"}[channels]
    np.testing.assert_array_equal(utils.img_to_array(utils.load_img(tmp_path / "x.png", mode)), x)
    spread = utils.img_to_array(utils.array_to_img(x / 100 - 1))
    assert (spread.min(), spread.max()) == (0, 255)


def test_transparency_is_lost_in_jpeg(tmp_path):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        utils.save_img(tmp_path / "x.jpg", np.ones((4, 4, 4)))
    assert [str(one.message) for one in caught] == [
        "save_img: JPEG files have no transparency; the image is written without it."
    ]
    assert utils.load_img(tmp_path / "x.jpg").mode == "RGB"
    assert utils.load_img(io.BytesIO((tmp_path / "x.jpg").read_bytes()), target_size=(2, 3)).size == (3, 2)
    assert utils.load_img(tmp_path / "x.jpg", target_size=(2, 4), keep_aspect_ratio=True).size == (4, 2)


def test_resizing_keeps_a_plane_and_picks_the_nearest():
    ramp = np.arange(8.0)[:, None, None] * np.ones((8, 6, 1))
    for method in ("bilinear", "bicubic"):
        half = resize(ramp, (4, 3), method, crop=False, pad=False)
        np.testing.assert_allclose(half[1:-1, :, 0], np.array([2.5, 4.5])[:, None] * np.ones(3), rtol=1e-6)
    np.testing.assert_array_equal(resize(ramp, (2, 2), "nearest", crop=False, pad=False)[:, 0, 0], [2, 6])
    assert resize(ramp, (4, 4), "nearest", crop=True, pad=False).shape == (4, 4, 1)
    padded = resize(ramp + 1, (8, 8), "nearest", crop=False, pad=True)
    np.testing.assert_array_equal(padded[0, :, 0], [0, 1, 1, 1, 1, 1, 1, 0])


# --- splits ---


@pytest.mark.parametrize("shuffle", [False, True])
def test_splits(shuffle):
    x, y = np.arange(10), {"a": np.arange(10) * 2}
    left, right = utils.split_dataset((x, y), left_size=0.7, shuffle=shuffle, seed=2)
    assert (len(left), len(right)) == (7, 3)
    for number, labels in [*left, *right]:
        assert labels["a"] == 2 * number
    numbers = [int(one) for one, _ in [*left, *right]]
    assert sorted(numbers) == list(range(10))
    assert (numbers == list(range(10))) != shuffle
    batches = read(left.batch(4))
    assert [len(one[0]) for one in batches] == [4, 3]
    assert [len(one) for one in utils.split_dataset(x, right_size=4)] == [6, 4]
    assert [len(one) for one in utils.split_dataset(x, 2, 3)] == [2, 3]
    windows = utils.timeseries_dataset_from_array(x, x, 2, batch_size=4)
    left, right = utils.split_dataset(windows, left_size=5)
    assert [len(one) for _, one in left] == [4, 1]
    assert [len(one) for _, one in right] == [4]


def test_packing():
    assert utils.pack_x_y_sample_weight(1) == 1
    assert utils.pack_x_y_sample_weight([1]) == ([1],)
    assert utils.pack_x_y_sample_weight(1, 2, 3) == (1, 2, 3)
    assert utils.unpack_x_y_sample_weight([1, 2]) == (1, 2, None)
    assert words(lambda: utils.unpack_x_y_sample_weight((1, 2, 3, 4)), DataError) == (
        "unpack_x_y_sample_weight: this cannot be taken apart.\n"
        "  expected: (x, y) or (x, y, sample_weight)\n  given:    4 parts"
    )


# --- words ---

windows = lambda **more: utils.timeseries_dataset_from_array(np.arange(9), None, **({"sequence_length": 2} | more))  # noqa: E731
series = "timeseries_dataset_from_array: "
split = "split_dataset: "
MISTAKES = [
    (
        lambda: utils.pad_sequences([[1]], padding="left"),
        ArgumentError,
        "pad_sequences: padding cannot be this.\n  expected: 'pre' or 'post'\n  given:    'left'",
    ),
    (
        lambda: utils.pad_sequences([[1]], value="x"),
        ArgumentError,
        "pad_sequences: a text cannot fill up numbers.\n  given:    value='x', dtype='int32'\n  to fix:   dtype=object",
    ),
    (
        lambda: utils.pad_sequences(3),
        DataError,
        "pad_sequences: sequences have no number.\n  expected: a list\n  given:    int",
    ),
    (
        lambda: utils.pad_sequences([[1], 2]),
        DataError,
        "pad_sequences: element 1 is no sequence.\n  given:    2",
    ),
    (
        lambda: utils.pad_sequences([[1], [[2]]]),
        DataError,
        "pad_sequences: sequence 1 has other axes than the first.\n  expected: ()\n  given:    (1,)",
    ),
    *[
        (
            lambda more=more: windows(**more),
            ArgumentError,
            f"{series}{next(iter(more))} lies outside the series.\n  expected: {span}\n  given:    {value}",
        )
        for more, span, value in (
            ({"sampling_rate": 0}, "1 to 8", 0),
            ({"sequence_stride": 9}, "1 to 8", 9),
            ({"sequence_length": 10}, "1 to 9", 10),
            ({"start_index": 9}, "0 to 8", 9),
            ({"end_index": 12}, "1 to 9", 12),
        )
    ],
    (
        lambda: windows(format="jax"),
        ArgumentError,
        f"{series}there is no such format.\n  expected: 'tf' or 'grain'\n  given:    'jax'",
    ),
    (
        lambda: windows(batch_size=0),
        ArgumentError,
        "batch_size is a whole number.\n  expected: 1 or more, or None\n  given:    0",
    ),
    (
        lambda: windows(seed=1.5),
        ArgumentError,
        "seed is a whole number.\n  expected: 0 or more, or None\n  given:    1.5",
    ),
    (
        lambda: utils.split_dataset(np.arange(4)),
        ArgumentError,
        f"{split}one of the two sizes is needed.\n  expected: left_size or right_size\n  given:    neither",
    ),
    (
        lambda: utils.split_dataset(np.arange(4), 4),
        ArgumentError,
        f"{split}left_size is a number of samples or a share of them.\n"
        "  expected: 1 to 3, or a float between 0 and 1\n  given:    4",
    ),
    (
        lambda: utils.split_dataset(np.arange(4), 3, 2),
        ArgumentError,
        f"{split}the two parts do not fit the data set.\n"
        "  expected: at least 1 sample each, at most 4 together\n  given:    3 and 2",
    ),
    (
        lambda: utils.split_dataset((np.arange(4), np.arange(3)), 1),
        DataError,
        f"{split}a data set to split is made of arrays of one length.\n  given:    lengths ['3', '4']",
    ),
    (
        lambda: utils.array_to_img(np.ones((2, 2))),
        DataError,
        "array_to_img: an image has three axes.\n  given:    shape (2, 2)",
    ),
    (
        lambda: utils.array_to_img(np.ones((2, 2, 2))),
        DataError,
        "array_to_img: an image has 1, 3 or 4 channels.\n  given:    shape (2, 2, 2)",
    ),
    (
        lambda: utils.img_to_array(np.ones(2)),
        DataError,
        "img_to_array: an image has two or three axes.\n  given:    shape (2,)",
    ),
    (
        lambda: utils.img_to_array(np.ones((2, 2)), "rows"),
        ArgumentError,
        "img_to_array: there is no such order of axes.\n"
        "  expected: 'channels_last' or 'channels_first'\n  given:    'rows'",
    ),
    (
        lambda: utils.load_img("x.png", color_mode="cmyk"),
        ArgumentError,
        "load_img: color_mode cannot be this.\n  expected: 'grayscale', 'rgb', 'rgba'\n  given:    'cmyk'",
    ),
    (
        lambda: utils.load_img(3),
        ArgumentError,
        "load_img: this is no path.\n  expected: a path or io.BytesIO\n  given:    3",
    ),
    (
        lambda: utils.load_img("no_such.png"),
        DataError,
        "load_img: there is no such file.\n  given:    no_such.png: No such file or directory",
    ),
    (
        lambda: resize(np.ones((2, 2, 1)), (2, 2), "area", crop=False, pad=False),
        ArgumentError,
        "there is no such interpolation here.\n  expected: 'bilinear', 'bicubic', 'nearest'\n  given:    'area'",
    ),
    (
        lambda: resize(np.ones((2, 2, 1)), (2, 2), "nearest", crop=True, pad=True),
        ArgumentError,
        "an image is either cropped or padded.\n  given:    both crop and pad to the aspect ratio",
    ),
    (
        lambda: resize(np.ones((0, 2, 1)), (2, 2), "nearest", crop=False, pad=False),
        DataError,
        "the image has no pixels.\n  given:    shape (0, 2, 1)",
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), MISTAKES)
def test_mistakes_are_said(call, kind, text):
    assert words(call, kind) == text


FOLDER = [
    ({"label_mode": "one"}, ArgumentError,
     "label_mode cannot be this.\n  expected: 'int', 'categorical', 'binary', None\n  given:    'one'"),
    ({"subset": "test"}, ArgumentError,
     "subset cannot be this.\n  expected: 'training', 'validation', 'both', None\n  given:    'test'"),
    ({"labels": "names"}, ArgumentError,
     "labels cannot be this.\n  expected: 'inferred', None or a number for each file\n  given:    names"),
    ({"validation_split": 2, "subset": "both"}, ArgumentError,
     "validation_split is a share.\n  expected: above 0, below 1\n  given:    2"),
    ({"validation_split": 0.5}, ArgumentError,
     "validation_split and subset belong together.\n  given:    validation_split=0.5, subset=None"),
    ({"validation_split": 0.5, "subset": "both"}, ArgumentError,
     "shuffled files can be split only with a seed: the two parts would overlap.\n  given:    seed=None\n"
     "  to fix:   give seed, the same for both parts, or shuffle=False"),
    ({"validation_split": 0.1, "subset": "both", "seed": 1}, DataError,
     "there is no file for validation.\n"
     "  expected: files ending in .bmp, .gif, .jpeg, .jpg, .png\n  given:    7 in {folder}"),
    ({"labels": [1, 2]}, DataError, "each file needs a label.\n  expected: 7 labels\n  given:    2"),
    ({"labels": None, "class_names": ["a"]}, ArgumentError,
     "class_names is for inferred labels.\n  given:    labels=None"),
    ({"class_names": ["cow"]}, DataError,
     "there is no folder for a class.\n"
     "  expected: names among ['cat', 'dog']\n  given:    class_names=['cow']"),
    ({"class_names": ["dog"], "label_mode": "binary"}, DataError,
     "label_mode=\"binary\" is for two classes.\n  given:    classes ['dog']"),
    ({"image_size": (1, 2, 3)}, ArgumentError, "image_size is a height and a width.\n  given:    (1, 2, 3)"),
    ({"interpolation": "area"}, ArgumentError,
     "interpolation cannot be this.\n  expected: 'bilinear', 'bicubic', 'nearest'\n  given:    'area'"),
    ({"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}, ArgumentError,
     "an image is either cropped or padded.\n  given:    crop and pad to aspect ratio"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "kind", "text"), FOLDER)
def test_mistakes_about_folders_are_said(pictures, arguments, kind, text):
    found = words(lambda: utils.image_dataset_from_directory(pictures, verbose=False, **arguments), kind)
    assert found == f"image_dataset_from_directory: {text.replace('{folder}', str(pictures))}"


def test_a_folder_that_is_not_there():
    assert words(lambda: utils.text_dataset_from_directory("nowhere"), DataError) == (
        "text_dataset_from_directory: there is no such folder.\n  given:    nowhere"
    )


def test_names_of_keras_that_are_not_here():
    for name in ("audio_dataset_from_directory", "bounding_boxes", "legacy"):
        text = words(lambda name=name: getattr(utils, name), AttributeError)
        assert text.startswith(f"onionskin.utils has no {name!r}, unlike keras.utils.\n  to fix:   ")
    text = words(lambda: utils.no_such_name, AttributeError)
    assert text == "module 'onionskin.utils' has no attribute 'no_such_name'"
