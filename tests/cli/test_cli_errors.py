"""Wrong arguments and files at the command line: the exact words, the status, and no traceback."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest

from onionskin import models
from onionskin.base.languages import LANGUAGES
from onionskin.cli import jobs
from onionskin.cli.report import percent, printable
from onionskin.cli.words import WORDS, Words
from onionskin.layers import Dense, Input, Rescaling
from onionskin.models import Sequential
from tests.cli.running import fails, run, works

TRAIN = [
    (
        ["font-shad"],
        "error: DATASET: there is no data set of this name.\n  given:    'font-shad'\n"
        "  to fix:   did you mean 'font-shade'? Known: digits, fashion-mnist, font-shade, mnist\n",
    ),
    (["--learning-rate", "0"], "error: --learning-rate: a learning rate is a positive number.\n  given:    0\n"),
    (["--learning-rate", "nan"], "error: --learning-rate: a learning rate is a positive number.\n  given:    nan\n"),
    (
        ["--validation-split", "1"],
        "error: --validation-split: the share for validation is at least 0 and below 1.\n  given:    1\n",
    ),
    (
        ["--validation-split", "0.9999"],
        "error: --validation-split: the share for validation leaves nothing to train on.\n"
        "  given:    0.9999 of 896 samples\n",
    ),
    (
        ["--model", "8,8;8"],
        "error: --model: this is no layer.\n  expected: widths of hidden layers, such as 16, 128-64 or "
        "512:relu,dropout:0.2,64:tanh, or none\n  given:    8,8;8\n              ^^^\n",
    ),
    (["--model", "no.json"], "error: no.json: there is no such file.\n  to fix:   check the path\n"),
    (
        ["--engine", "warp"],
        "error: --engine: there is no engine of this name.\n  given:    'warp'\n  to fix:   Known: "
    ),
    (["--optimizer", "adm"], "error: --optimizer: there is no optimizer of this name.\n  given:    'adm'\n  to fix:   "
                             "did you mean 'adam'?"),
    (["--data", "no.csv"], "error: no.csv: there is no such file.\n  to fix:   check the path\n"),
    (["digits", "--data", "."], "error: --data: digits is not read from a folder.\n  given:    .\n"),
    (
        ["digits", "--data", "a"],
        "error: path: digits is not read from a file.\n  given:    a\n  to fix:   leave the path out\n",
    ),
    (
        ["mnist", "--data", "."],
        "error: --data: the folder lacks a file of the data set.\n  expected: train-images-idx3-ubyte[.gz], "
        "train-labels-idx1-ubyte[.gz], t10k-images-idx3-ubyte[.gz], t10k-labels-idx1-ubyte[.gz]\n  given:    .\n"
        "  to fix:   put train-images-idx3-ubyte[.gz] there\n",
    ),
    (
        ["--output", "file/below"],
        "error: --output: the folder cannot be written to: not a directory.\n  given:    file/below\n"
        "  to fix:   name another folder\n",
    ),
    (
        ["--output", "file"],
        "error: --output: the folder cannot be written to: file exists.\n  given:    file\n"
        "  to fix:   name another folder\n",
    ),
]  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Run each test in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    return tmp_path


@pytest.fixture(scope="module")
def shade(tmp_path_factory):
    """A model of the default job."""
    output = tmp_path_factory.mktemp("shade")
    works("train", "--epochs", 1, "--no-plots", "--output", output)
    return output / "model.onionskin"


@pytest.mark.parametrize(("arguments", "words"), TRAIN)
def test_what_cannot_be_trained_is_said_before_training(arguments, words):
    said = fails("train", "--epochs", 1, *arguments)
    assert said.startswith(words)
    assert words.endswith(("Known: ", "?")) or said == words


def test_numbers_out_of_range_are_errors_of_usage():
    for option in ("--epochs", "--batch-size"):
        assert f"Invalid value for '{option}'" in fails("train", option, 0)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "net.json: model_from_json: the description is no JSON."),
        (b"\xff{}", "net.json: this description of a model is no UTF-8 text."),
        (b"[1, 2]", "net.json: a layer's description is malformed."),
        (b'{"class_name": "os.system", "config": {}}', "net.json: there is no layer class of this name."),
        (b"[" * 100_000, "net.json: model_from_json: the description is no JSON."),
    ],
)
def test_a_wrong_description_of_a_model_is_no_traceback(folder, content, words):
    (folder / "net.json").write_bytes(content)
    assert fails("train", "--model", "net.json").replace(" > ", ": ").startswith(f"error: {words}")


def test_a_description_too_large_is_not_read(folder, monkeypatch):
    monkeypatch.setattr(jobs, "_MAX_JSON", 10)
    (folder / "net.json").write_text(" " * 11)
    assert fails("train", "--model", "net.json") == (
        "error: net.json: this description of a model is too large.\n  expected: at most 10 bytes\n"
        "  given:    11 bytes\n"
    )


def test_a_damaged_model_is_no_traceback(shade, folder):
    whole = shade.read_bytes()
    for cut in (0, 10, len(whole) // 2, len(whole) - 1):
        (folder / "cut.onionskin").write_bytes(whole[:cut])
        assert fails("evaluate", "cut.onionskin").startswith("error: cut.onionskin")
    with zipfile.ZipFile(folder / "other.onionskin", "w") as archive:
        archive.writestr("a", "b")
    assert fails("predict", "other.onionskin", "gold").startswith("error: other.onionskin")
    assert fails("evaluate", "file") == (
        "error: file: this is no file of a model.\n  expected: a name that ends in .onionskin or .json\n"
    )


def test_a_model_of_other_data_is_refused(shade):
    expected = (
        f"error: {shade}: this model was made for other data.\n  expected: 10 outputs, for 10 classes\n"
        "  given:    outputs of shape (None, 1)\n"
    )
    assert fails("evaluate", shade, "digits") == expected
    assert fails("train", "digits", "--model", shade) == expected


def test_a_model_of_other_samples_is_refused(folder):
    Sequential([Input((5,)), Dense(10, activation="softmax")], name="five").save("five.onionskin")
    assert fails("evaluate", "five.onionskin", "digits") == (
        "error: model 'five': this model was made for other data.\n  expected: samples of shape (5,)\n"
        "  given:    (8, 8)\n"
    )


def test_a_model_whose_data_is_not_known_asks_for_its_name(folder):
    Sequential([Input((5,)), Dense(10, activation="softmax")], name="five").save("five.onionskin")
    assert fails("evaluate", "five.onionskin") == (
        "error: five.onionskin: the model's name does not say what data it was trained on.\n"
        "  to fix:   name the data set: onionskin evaluate five.onionskin DATASET\n"
    )
    assert fails("predict", "five.onionskin", "--index", 0) == (
        "error: --index: it is not known which data set the test samples are of.\n  to fix:   name it with --dataset\n"
    )


def test_outputs_that_are_no_probabilities_are_refused(folder):
    model = Sequential([Input((3,)), Rescaling(1 / 255), Dense(1, bias_initializer="ones")], name="font_shade")
    model.set_weights([np.full((3, 1), 1.0, np.float32), np.ones(1, np.float32)])
    model.save("line.onionskin")
    assert fails("predict", "line.onionskin", "white") == (
        "error: model 'font_shade': the model's outputs are no probabilities.\n  expected: 0 to 1, with the sum 1\n"
        "  given:    4 to 4\n  to fix:   end the model with softmax, or with sigmoid where there is one output\n"
    )


PREDICT = [
    (
        ["purpel"],
        "error: parse_color: this is no colour.\n  expected: R,G,B with 0 to 255, #rrggbb, #rgb, rgb(R, G, B), or a "
        "CSS colour name\n  given:    'purpel'\n  to fix:   did you mean 'purple'?\n",
    ),
    (["no.csv"], "error: no.csv: there is no such file.\n  to fix:   check the path\n"),
    (
        ["--index", 449],
        "error: --index: there is no test sample of this number.\n  expected: 0 to 448\n  given:    449\n",
    ),
    (
        ["gold", "--index", 1],
        "error: predict: inputs and test samples are asked for at once.\n  given:    INPUT and --index\n"
        "  to fix:   leave one of them out\n",
    ),
    (
        ["two.csv"],
        "error: two.csv: the rows have another number of columns than the model takes.\n"
        "  expected: 3, and perhaps a column 'label'\n  given:    2\n",
    ),
    (
        ["wide.npy"],
        "error: wide.npy: the samples have another shape than the model takes.\n  expected: (n, 3)\n"
        "  given:    (2, 4)\n",
    ),
    (["nan.npy"], "error: nan.npy, sample 1: a sample holds a number that is not finite.\n"),
    (["text.npy"], "error: text.npy: the samples are no numbers.\n  given:    <U1\n"),
    (
        ["many.npz"],
        "error: many.npz: it is not clear which array holds the samples.\n  expected: one array, or one of x_test, "
        "x, images, arr_0\n  given:    a, b\n",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "words"), PREDICT)
def test_what_cannot_be_predicted_is_said(shade, folder, arguments, words):
    (folder / "two.csv").write_text("a,b\n1,2\n")
    np.save("wide.npy", np.zeros((2, 4)))
    np.save("nan.npy", np.array([[0, 0, 0], [0, np.nan, 0]]))
    np.save("text.npy", np.array([["a", "b", "c"]]))
    np.savez("many.npz", a=np.zeros(3), b=np.zeros(3))
    assert fails("predict", shade, *arguments) == words


def test_arrays_of_objects_and_damaged_arrays_are_never_unpickled(shade, folder):
    np.save("object.npy", np.array([print], object), allow_pickle=True)
    whole = (np.save("whole.npy", np.zeros((4, 3))), (folder / "whole.npy").read_bytes())[1]
    (folder / "short.npy").write_bytes(whole[:-8])
    (folder / "huge.npy").write_bytes(whole.replace(b"(4, 3)", b"(999999999, 3)")[: len(whole)])
    (folder / "empty.npy").write_bytes(b"")
    for name in ("object", "short", "huge", "empty"):
        said = fails("predict", shade, f"{name}.npy")
        assert said.startswith(f"error: {name}.npy: this .npy file is corrupt or holds no plain numbers.\n  given:    ")
        assert said.endswith("\n  to fix:   write it with numpy.save, from numbers\n")


def test_a_model_of_pictures_wants_files_or_numbers(folder):
    works("train", "digits", "--epochs", 1, "--no-plots", "--output", folder)
    assert fails("predict", "model.onionskin") == (
        "error: predict: there is nothing to predict.\n"
        "  to fix:   name a file of samples, or a test sample with --index 0\n"
    )


def test_debug_shows_where_it_happened():
    done = run("train", "font-shad", "--debug")
    assert done.exit_code == 2
    assert "Traceback (most recent call last)" in done.stderr
    assert done.stderr.endswith("Known: digits, fashion-mnist, font-shade, mnist\n")


def test_what_is_not_the_users_mistake_has_another_status(monkeypatch, tmp_path):
    monkeypatch.delenv("ONIONSKIN_DATA", raising=False)
    monkeypatch.setenv("ONIONSKIN_HOME", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    said = fails("train", "mnist", status=1)
    assert said.startswith("error: train-images-idx3-ubyte.gz of MNIST could not be downloaded.\n"), said
    assert not list(tmp_path.rglob("*ubyte*"))


def test_a_previous_model_that_cannot_be_kept_stops_the_saving(shade, folder, monkeypatch):
    job = jobs.prepare(jobs.Request(epochs=1, output=folder))
    job.model.save(job.file)
    before = job.file.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(jobs.shutil, "copyfile", full)
    with pytest.raises(jobs.ArgumentError) as caught:
        jobs.save(job)
    assert str(caught.value) == (
        f"--output: the folder cannot be written to: no space left on device.\n  given:    {folder}\n"
        "  to fix:   name another folder"
    )
    assert job.file.read_bytes() == before


def test_no_file_or_argument_steers_the_terminal(folder):
    assert printable("a\x1b[2Jb\nc\x07") == "a\\x1b[2Jb\nc\\x07"
    assert "\x1b" not in fails("train", "\x1b[2Jmnist")
    Sequential([Input((5,)), Dense(2, activation="softmax")], name="\x1b[31mred").save("red.onionskin")
    assert "\x1b" not in fails("evaluate", "red.onionskin", "digits")
    assert models.load_model("red.onionskin").name == "\x1b[31mred"


def test_every_text_is_there_in_both_languages_with_the_same_values():
    import string

    for key, texts in WORDS.items():
        assert set(texts) == set(LANGUAGES), key
        fields = [sorted(name for _, name, _, _ in string.Formatter().parse(text) if name) for text in texts.values()]
        assert fields[0] == fields[1], key
        assert all(text.strip() for text in texts.values()), key


def test_the_language_follows_the_locale(monkeypatch):
    for names, language in (({"LANG": "ko_KR.UTF-8"}, "ko"), ({"LANG": "ko", "LC_ALL": "en_US"}, "en"), ({}, "en")):
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        for name, value in names.items():
            monkeypatch.setenv(name, value)
        assert Words().language == language


def test_only_what_is_whole_is_a_hundred_percent():
    assert [percent(one) for one in (0, 0.12345, 0.9996, 1)] == ["0.0 %", "12.3 %", "99.9 %", "100.0 %"]
