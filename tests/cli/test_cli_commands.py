"""The commands within this process: what they train, measure, write and show."""

from __future__ import annotations

import re

import numpy as np
import pytest

from onionskin import datasets, models
from onionskin.cli import jobs
from onionskin.layers import Dense
from onionskin.models import Sequential
from onionskin.state import set_random_seed
from tests.cli.running import run, works


@pytest.fixture(scope="module")
def shade(tmp_path_factory):
    """A folder with a model of the default job, trained for a few epochs, and its plots."""
    folder = tmp_path_factory.mktemp("shade")
    return folder, works("train", "--epochs", 8, "--output", folder)


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """The same of the 8×8 digits."""
    folder = tmp_path_factory.mktemp("digits")
    return folder, works("train", "digits", "--epochs", 8, "--output", folder)


def test_train_shows_what_it_trains_and_how_well(shade):
    folder, shown = shade
    assert "data      font-shade" in shown
    assert "896 training and 449 test samples, 2 classes" in shown
    assert "network   3 → 16 relu → 1 sigmoid, 81 weights" in shown
    assert "training  Adam, learning rate 0.02, batches of 4, 8 epochs, seed 0" in shown
    assert re.search(r"samples +806 +90 +449", shown)
    assert re.search(r"Trained in \d+\.\d+ s\.\n", shown)
    for name in ("model.onionskin", "curves.png", "confusion.png", "boundary.png"):
        assert (folder / name).stat().st_size > 1000
        assert re.search(rf"^  {name} +\w", shown, re.MULTILINE)
    assert f"Try it: onionskin predict {folder}/model.onionskin 255,200,0\n" in shown


def test_the_table_says_what_the_model_itself_measures(shade):
    folder, shown = shade
    model, data = models.load_model(folder / "model.onionskin"), datasets.get("font-shade").load()
    loss, accuracy = model.evaluate(data.x_test, data.y_test, verbose=0)
    assert re.search(rf"accuracy.* {100 * accuracy:.1f} %\s", shown)
    table_loss = float(re.search(r"  loss .* ([\d.]+)\s*\n", shown)[1])
    np.testing.assert_allclose(table_loss, loss, atol=6e-5)
    dark = model.predict(data.x_test, verbose=0)[:, 0] >= 0.5
    for name, is_dark in (("light font", 0), ("dark font", 1)):
        counts = [int(((data.y_test == is_dark) & (dark == read)).sum()) or "·" for read in (False, True)]
        assert re.search(rf"  {name} +{counts[0]} +{counts[1]} +[\d.]+ %", shown), (counts, shown)


def test_digits_have_a_confusion_matrix_within_80_columns(digits):
    folder, shown = digits
    assert {path.name for path in folder.iterdir()} == {"model.onionskin", "curves.png", "confusion.png", "wrong.png"}
    lines = shown.splitlines()
    start = lines.index("Test samples: what they are (rows), what they were read as (columns)")
    rows = [re.sub("·", "0", line).split() for line in lines if re.match(r"  \d +[\d·]+ ", line)]
    matrix = np.array([row[1:11] for row in rows], int)
    data = datasets.get("digits").load()
    guess = models.load_model(folder / "model.onionskin").predict(data.x_test, verbose=0).argmax(axis=1)
    expected = np.zeros((10, 10), int)
    np.add.at(expected, (data.y_test, guess), 1)
    np.testing.assert_array_equal(matrix, expected)
    assert max(map(len, lines[start:-1])) <= 80
    assert np.trace(matrix) / matrix.sum() >= 0.9


def test_output_that_is_no_terminal_has_plain_lines(shade):
    _, shown = shade
    assert "\r" not in shown
    assert "\x1b" not in shown
    assert len(re.findall(r"^Epoch \d/8$", shown, re.MULTILINE)) == 8


def test_the_same_seed_gives_the_same_bits_and_another_does_not(tmp_path):
    def weights(name, seed):
        works("train", "--epochs", 1, "--seed", seed, "--no-plots", "--output", tmp_path / name)
        return models.load_model(tmp_path / name / "model.onionskin").get_weights()

    for one, other in zip(weights("a", 3), weights("b", 3), strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(weights("c", 4)[0], weights("a", 3)[0])


@pytest.mark.slow
def test_the_default_settings_reach_97_percent_in_the_median_of_five_seeds(tmp_path):
    def accuracy(seed):
        job = jobs.prepare(jobs.Request(seed=seed, output=tmp_path))
        jobs.fit(job, verbose=0)
        return jobs.measure(job.model, *job.parts["test"], 2).accuracy

    reached = [accuracy(seed) for seed in range(5)]
    assert np.median(reached) >= 0.97, reached


def test_training_goes_on_from_a_file_and_keeps_what_was_there(tmp_path):
    first = tmp_path / "model.onionskin"
    works("train", "--epochs", 2, "--no-plots", "--output", tmp_path)
    before = first.read_bytes()
    steps = int(models.load_model(first).optimizer.iterations.numpy())
    shown = works(
        "train", "--model", first, "--epochs", 1, "--learning-rate", 0.005, "--no-plots", "--output", tmp_path
    )
    assert f"goesonfrom{first}" in "".join(shown.split())  # a long path is folded
    assert "Adam, learning rate 0.005, " in shown
    assert "model.previous.onionskin" in shown
    assert (tmp_path / "model.previous.onionskin").read_bytes() == before
    assert int(models.load_model(first).optimizer.iterations.numpy()) == steps + 202


def test_an_architecture_from_json_is_trained_anew(tmp_path):
    works("train", "--model", "5:tanh", "--epochs", 1, "--no-plots", "--output", tmp_path)
    (tmp_path / "net.json").write_text(models.load_model(tmp_path / "model.onionskin").to_json(), encoding="utf-8")
    shown = works("train", "--model", tmp_path / "net.json", "--optimizer", "sgd", "--epochs", 1, "--no-plots",
                  "--validation-split", 0, "--batch-size", 100, "--output", tmp_path / "b")  # fmt: skip
    assert "3 → 5 tanh → 1 sigmoid, 26 weights" in shown
    assert "SGD, learning rate 0.01, batches of 100, 1 epochs, seed 0" in shown
    assert "validation" not in shown


def test_data_of_a_csv_file_takes_the_place_of_the_embedded(tmp_path):
    colors, labels = datasets.font_shade.make_table(161, seed=5)
    rows = "\n".join(f"{r},{g},{b},{label}" for (r, g, b), label in zip(colors, labels, strict=True))
    (tmp_path / "own.csv").write_text(f"RED,GREEN,BLUE,LIGHT_OR_DARK_FONT_IND\n{rows}\n", encoding="utf-8")
    shown = works("train", "--data", tmp_path / "own.csv", "--epochs", 1, "--no-plots", "--output", tmp_path)
    assert "200 training and 100 test samples" in shown


def test_images_are_read_from_a_folder_of_idx_files(tmp_path):
    rng = np.random.default_rng(0)
    for part, count in (("train", 40), ("t10k", 10)):
        images = rng.integers(0, 256, (count, 28, 28)).astype(np.uint8)
        head = bytes([0, 0, 8, 3]) + np.array([count, 28, 28], ">u4").tobytes()
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(head + images.tobytes())
        labels = bytes([0, 0, 8, 1]) + np.array([count], ">u4").tobytes() + bytes(k % 10 for k in range(count))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(labels)
    output = tmp_path / "out"
    shown = works("train", "mnist", "--data", tmp_path, "--model", "4", "--epochs", 1, "--no-plots", "--output", output)
    assert re.search(r"samples +36 +4 +10", shown)
    shown = works("evaluate", output / "model.onionskin", "--data", tmp_path)
    assert f"{output}/model.onionskin on mnist" in shown


def test_evaluate_repeats_the_table_of_training(digits, tmp_path):
    folder, trained = digits
    shown = works("evaluate", folder / "model.onionskin", "--output", tmp_path)
    matrix = "Test samples:"
    assert shown[shown.index(matrix) : shown.index("Files in")].strip() == (
        trained[trained.index(matrix) : trained.index("Trained in")].strip()
    )
    assert {path.name for path in tmp_path.iterdir()} == {"confusion.png", "wrong.png"}


def test_evaluate_takes_a_model_made_in_python_for_flat_rows_from_0_to_1(tmp_path):
    data = datasets.get("digits").load()
    set_random_seed(0)
    model = Sequential([Dense(32, activation="relu", input_shape=(64,)), Dense(10, activation="softmax")], name="mine")
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(data.x_train.reshape(-1, 64) / 16, data.y_train, epochs=8, verbose=0)
    model.save(tmp_path / "mine.onionskin")
    done = run("evaluate", tmp_path / "mine.onionskin", "digits")
    assert done.stderr == "note: the model does not scale its inputs, so they were divided by 16 for it\n"
    _, accuracy = model.evaluate(data.x_test.reshape(-1, 64) / 16, data.y_test, verbose=0)
    assert re.search(rf"accuracy +{100 * accuracy:.1f} %", done.stdout), (accuracy, done.stdout)


def test_predict_answers_colours_however_they_are_written(shade):
    folder, _ = shade
    shown = works("predict", folder / "model.onionskin", "255,255,0", "#000080", "white", "rebeccapurple")
    rows = [line.split() for line in shown.splitlines() if "%" in line]
    assert [row[:3] for row in rows] == [
        ["255,255,0", "255,255,0", "DARK"],
        ["#000080", "0,0,128", "LIGHT"],
        ["white", "255,255,255", "DARK"],
        ["rebeccapurple", "102,51,153", "LIGHT"],
    ]
    model = models.load_model(folder / "model.onionskin")
    dark = model.predict(np.array([[102, 51, 153]], np.float32), verbose=0)[0, 0]
    assert abs(float(rows[3][3]) - 100 * (1 - dark)) <= 0.1


def test_predict_asks_for_colours_and_goes_on_after_a_wrong_one(shade):
    folder, _ = shade
    done = run("predict", folder / "model.onionskin", stdin="gold\nnot a colour\nnavy\n\nwhite\n")
    assert done.exit_code == 0
    assert re.findall(r"(\w+) +[\d,]+ +(DARK|LIGHT)", done.stdout) == [("gold", "DARK"), ("navy", "LIGHT")]
    assert done.stderr == "error: not a colour: this is no colour. Try 255,200,0 or gold.\n"


def test_predict_draws_test_samples_beside_what_they_are(digits):
    folder, _ = digits
    shown = works("predict", folder / "model.onionskin", "--index", 0, "--index", 7)
    data = datasets.get("digits").load()
    chances = models.load_model(folder / "model.onionskin").predict(data.x_test[[0, 7]], verbose=0)
    for number, chance, truth in zip((0, 7), chances, data.y_test[[0, 7]], strict=True):
        pattern = rf"digits {number} +{chance.argmax()} +[\d.]+ % +\d [\d.]+ % +{truth}\s"
        assert re.search(pattern, shown), shown
    assert "█" in shown


@pytest.mark.parametrize("kind", ["npy", "npz", "csv"])
def test_predict_reads_files_of_samples(digits, tmp_path, kind):
    folder, _ = digits
    x = datasets.get("digits").load().x_test[:30]
    path = tmp_path / f"some.{kind}"
    if kind == "npy":
        np.save(path, x)
    elif kind == "npz":
        np.savez(path, x_test=x, y_test=np.zeros(30))
    else:
        head = ",".join(f"p{k}" for k in range(64))
        path.write_text("\n".join([f"{head},label", *(",".join(map(str, [*row.ravel(), 3])) for row in x)]) + "\n")
    shown = works("predict", folder / "model.onionskin", path, "--limit", 8)
    guess = models.load_model(folder / "model.onionskin").predict(x, verbose=0).argmax(axis=1)
    assert [int(one) for one in re.findall(rf"some.{kind} \d+ +(\d) ", shown)] == guess[:8].tolist()
    assert "8 of 30 shown; --limit 0 shows all." in shown
    assert len(re.findall(rf"some.{kind} \d+ ", works("predict", folder / "model.onionskin", path, "--limit", 0))) == 30


def test_predict_warns_of_pixels_that_are_scaled_already(digits, tmp_path):
    folder, _ = digits
    np.save(tmp_path / "x.npy", datasets.get("digits").load().x_test[:2] / 16)
    done = run("predict", folder / "model.onionskin", tmp_path / "x.npy")
    assert done.stderr == "note: all inputs are from 0 to 1; this model takes numbers from 0 to 16\n"


def test_the_list_of_data_sets_says_what_is_here(tmp_path, monkeypatch):
    monkeypatch.delenv("ONIONSKIN_DATA", raising=False)
    monkeypatch.setenv("ONIONSKIN_HOME", str(tmp_path))
    shown = works("datasets")
    assert re.search(r"font-shade +896 +3 +2 +yes ", shown)
    assert re.search(r"digits +1,437 +8×8 +10 +yes +CC BY 4.0", shown)
    assert re.search(r"mnist +60,000 +28×28 +10 +no: downloads +CC BY-SA 3.0", shown)
    assert re.search(r"\+ 10,000 +11.6 MB", shown)
    for entry in datasets.catalogue():
        assert entry.description in " ".join(shown.split())
    assert max(map(len, shown.splitlines())) <= 80


def test_korean_is_chosen_by_the_option_and_by_the_environment(tmp_path):
    option = works("train", "--language", "ko", "--epochs", 1, "--no-plots", "--output", tmp_path)
    locale = works("train", "--epochs", 1, "--no-plots", "--output", tmp_path / "b", LC_ALL="ko_KR.UTF-8")
    for shown in (option, locale):
        assert "결과: font-shade" in shown
        assert "시험 표본: 실제 클래스(행)와 예측한 클래스(열)" in shown
        assert re.search(r"밝은 글자 +[\d·]+ +[\d·]+ +[\d.]+ %", shown)
    assert "Result: font-shade" in works("train", "--language", "en", "--epochs", 1, "--no-plots", "--output",
                                         tmp_path / "c", LC_ALL="ko_KR.UTF-8")  # fmt: skip


def test_version_and_help():
    assert re.fullmatch(r"onionskin \d+\.\d+\.\d+\n", works("--version"))
    shown = works("--help")
    for command in ("train", "evaluate", "predict", "shell", "show", "draw", "datasets", "demo"):
        assert re.search(rf"^  {command} ", shown, re.MULTILINE)
        assert "..." not in re.search(rf"^  {command} .*$", shown, re.MULTILINE)[0]
