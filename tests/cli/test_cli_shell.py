"""The shell of colours: as a person at a terminal, as a pipe, and in the words of each mistake."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest

from onionskin import datasets, models
from onionskin.cli import prompt, shell
from onionskin.layers import Dense, Input
from onionskin.models import Sequential
from onionskin.state import set_random_seed
from tests.cli.running import environment, fails, on_terminal, program, run

TRAINED = (
    r"Training 3-3-1 on 896 colours: 100,000 steps of one each, learning rate 0\.05\.\n"
    r"Trained in [\d.]+ s: (\d\d\.\d) % of 449 test colours right \((\d\d\.\d) % before training\)\.\n"
)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """The file of a network that the shell trained and saved."""
    path = tmp_path_factory.mktemp("shell") / "shade.onionskin"
    done = run("shell", "font-shade", "--model", path, stdin="")
    assert (done.exit_code, done.stdout) == (0, "")
    said = re.fullmatch(TRAINED + rf"Saved in {path}\.\n", done.stderr)
    assert said, done.stderr
    assert float(said[1]) >= 97
    assert float(said[2]) < 80
    return path


def asked(model, typed, **options):
    """Type lines into a shell on a pipe; return the answers and what went to standard error beside the first line."""
    done = run("shell", "--model", model, stdin=typed, **options)
    assert done.exit_code == 0, done.output
    first, _, rest = done.stderr.partition("\n")
    assert first in (f"The network of {model} answers.", f"{model}의 신경망이 답합니다.")
    return done.stdout, rest


def test_the_accuracy_it_tells_is_that_of_the_network_it_saves(model):
    data = datasets.get("font-shade").load()
    said = re.fullmatch(TRAINED, run("shell", stdin="").stderr)
    _, after = models.load_model(model).evaluate(data.x_test, data.y_test, verbose=0)
    _, before = shell.network(0).evaluate(data.x_test, data.y_test, verbose=0)
    assert [float(one) for one in said.groups()] == [round(100 * float(after), 1), round(100 * float(before), 1)]


def test_the_network_is_3_3_1_with_weights_from_0_to_1(model):
    fresh = shell.network(0)
    shapes = [(3, 3), (3,), (3, 1), (1,)]
    assert [one.shape for one in fresh.get_weights()] == shapes
    assert [one.shape for one in models.load_model(model).get_weights()] == shapes
    values = np.concatenate([one.ravel() for one in fresh.get_weights()])
    assert 0 <= values.min() < values.max() < 1
    assert [layer.activation.__name__ for layer in fresh.layers[1:]] == ["relu", "sigmoid"]


def test_each_way_to_write_a_colour_gets_the_answer_of_the_network(model):
    typed = [
        "255,255,0",
        "#000080",
        "#FFF",
        "RebeccaPurple",
        "rgb(10, 20, 30)",
        " 12 , 200 , 7 ",
        "255\uff0c200\uff0c0",
    ]
    colors = [(255, 255, 0), (0, 0, 128), (255, 255, 255), (102, 51, 153), (10, 20, 30), (12, 200, 7), (255, 200, 0)]
    shown, said = asked(model, "\n".join(typed))
    dark = models.load_model(model).predict(np.array(colors, np.float32), verbose=0)[:, 0]
    assert not said
    rows = [re.fullmatch(r"(.+)  (\d+,\d+,\d+)  (DARK|LIGHT)  ([\d.]+) %", row) for row in shown.splitlines()]
    assert [row[1] for row in rows] == [one.strip() for one in typed]
    assert [row[2] for row in rows] == [",".join(map(str, one)) for one in colors]
    assert [row[3] for row in rows] == ["DARK" if one >= 0.5 else "LIGHT" for one in dark]
    np.testing.assert_allclose([float(row[4]) for row in rows], 100 * np.maximum(dark, 1 - dark), atol=0.11)
    assert [row[3] for row in rows][:3] == ["DARK", "LIGHT", "DARK"]


MISTAKES = [
    ("1,2", "1,2: a colour has three numbers, not 2."),
    ("1 2 3 4", "1 2 3 4: a colour has three numbers, not 4."),
    ("300,0,0", "300,0,0: 300 is above 255."),
    ("999999999,0,0", "999999999,0,0: 999999999 is above 255."),
    ("-1,2,3", "-1,2,3: the three numbers are whole ones from 0 to 255."),
    ("1.5,2,3", "1.5,2,3: the three numbers are whole ones from 0 to 255."),
    ("#12345", "#12345: after # stand 3 or 6 digits of 0-9 and a-f."),
    ("ffc800", "ffc800: this is no colour; did you mean #ffc800?"),
    ("purpel", "purpel: this is no colour; did you mean purple?"),
    ("hello world", "hello world: this is no colour."),
    ("빨강", "빨강: this is no colour."),
    ("a,b,c", "a,b,c: this is no colour."),
    ("\x1b[2J", "\\x1b[2J: this is no colour."),
    ("\x07\x00", "\\x07\\x00: this is no colour."),
    ("x" * 100_000, "x" * 29 + "…: this is no colour."),
    ("9" * 100_000, "9" * 29 + "…: this is no colour."),
    ("[bold]red[/bold]", "[bold]red[/bold]: this is no colour."),
    ("1e9999,0,0", "1e9999,0,0: this is no colour."),
]


@pytest.mark.parametrize(("typed", "words"), MISTAKES)
def test_a_mistake_is_answered_in_a_line_and_ends_nothing(model, typed, words):
    shown, said = asked(model, f"{typed}\nnavy\n")
    assert said == f"error: {words} Try 255,200,0 or gold.\n"
    assert re.fullmatch(r"navy  0,0,128  LIGHT  [\d.]+ %\n", shown)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1,2", "1,2: 색은 수 세 개인데 2개입니다."),
        ("300,0,0", "300,0,0: 300은(는) 255보다 큽니다."),
        ("-1,2,3", "-1,2,3: 세 수는 0에서 255 사이의 정수입니다."),
        ("#12345", "#12345: # 뒤에는 0-9, a-f 중 3자리나 6자리를 씁니다."),
        ("purpel", "purpel: 색이 아닙니다. purple인가요?"),
        ("빨강", "빨강: 색이 아닙니다."),
    ],
)
def test_mistakes_are_answered_in_korean(model, typed, words):
    shown, said = asked(model, f"{typed}\nnavy\n", LC_ALL="ko_KR.UTF-8")
    assert said == f"오류: {words} 입력 예: 255,200,0 또는 gold.\n"
    assert re.fullmatch(r"navy  0,0,128  밝은 글자  [\d.]+ %\n", shown)


@pytest.mark.parametrize("end", ["", "\n", "   \n", "quit\n", "EXIT\n", "끝\n", "종료\n"])
def test_an_empty_line_and_the_words_for_it_end_it_quietly(model, end):
    shown, said = asked(model, f"navy\n{end}gold\n" if end else "navy")
    assert shown.startswith("navy  0,0,128") and shown.count("\n") == 1
    assert not said


def test_help_lists_all_it_understands(model):
    for language in ("en", "ko"):
        for word in ("help", "?", "도움말"):
            shown, said = asked(model, f"{word}\n", LC_ALL=f"{language}_X.UTF-8")
            assert not said
            assert all(one in shown for one in ("R,G,B", "#rrggbb", "gold", "why", "quit", "Ctrl-D"))
            assert max(map(len, shown.splitlines())) <= 80


def test_why_shows_the_numbers_of_the_forward_pass(model):
    shown, said = asked(model, "why\n255,102,0\nwhy\n")
    assert said == "error: no colour was typed yet. Try 255,200,0 or gold.\n"
    rows = shown.splitlines()
    assert rows[1:3] == ["x = 255.000, 102.000, 0.000", "divided by 255: 1.000, 0.400, 0.000"]
    w1, b1, w2, b2 = (one.astype(float) for one in models.load_model(model).get_weights())
    x = np.array([1.0, 0.4, 0.0])
    z1 = [sum(x[i] * w1[i, k] for i in range(3)) + b1[k] for k in range(3)]
    a1 = [max(one, 0.0) for one in z1]
    z2 = sum(a1[k] * w2[k, 0] for k in range(3)) + b2[0]
    shown_sums = [float(one) for one in re.findall(r"^  z = .* = (\S+)$", shown, re.MULTILINE)]
    shown_outputs = [float(one) for one in re.findall(r"^  a = \w+\(z\) = (\S+)$", shown, re.MULTILINE)]
    np.testing.assert_allclose(shown_sums, [*z1, z2], atol=6e-4)
    np.testing.assert_allclose(shown_outputs, [*a1, 1 / (1 + np.exp(-z2))], atol=6e-4)
    for line, sum_ in zip(re.findall(r"^  z = (.*) = ", shown, re.MULTILINE), shown_sums, strict=True):
        products = [float(one) * float(two) for one, two in re.findall(r"([\d.]+)·\(?(-?[\d.]+)", line)]
        sign, bias = re.search(r" ([+-]) ([\d.]+)$", line).groups()
        added = sum(products) + float(f"{sign}{bias}")
        np.testing.assert_allclose(added, sum_, atol=0.02)  # the terms add up, as far as shown
    assert re.search(r"^hidden 3$", shown, re.MULTILINE) and re.search(r"^output 1$", shown, re.MULTILINE)
    assert max(map(len, rows)) <= 80


def test_why_reads_any_network_of_colours(tmp_path):
    set_random_seed(3)
    own = Sequential([Input((3,)), Dense(2, None, use_bias=False), Dense(2, "softmax")], name="font_shade")
    own.save(tmp_path / "own.onionskin")
    done = run("predict", tmp_path / "own.onionskin", stdin="255,0,51\nwhy\n")
    assert done.exit_code == 0, done.output
    assert "x = 1.000, 0.000, 0.200\n" in done.stdout
    assert len(re.findall(r"^  a = softmax\(z\) = ", done.stdout, re.MULTILINE)) == 2
    assert len(re.findall(r"^  z = ", done.stdout, re.MULTILINE)) == 4


def test_bytes_that_are_no_letters_are_answered(model, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "onionskin", "shell", "--model", model], input=b"\xff\xfe\x80\ngold\n\xc3",
        capture_output=True, check=False, timeout=60, cwd=tmp_path, env=environment(tmp_path, PYTHONUTF8="1"),
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stdout.startswith(b"gold  255,215,0  DARK")
    assert done.stderr.decode().count("\ufffd") >= 4
    assert done.stderr.count(b"this is no colour. Try") == 2


def test_a_terminal_has_a_prompt_a_swatch_and_no_escape_of_the_typist(model, tmp_path):
    status, shown = on_terminal(
        "shell", "--model", model, home=tmp_path, TERM="xterm-256color", COLORTERM="truecolor",
        typed=(b"gold\n", b"#1a2b3c\n", b"purpel\n", b"help\n", b"\x04"),
    )  # fmt: skip
    assert status == 0, shown
    assert "Type a background colour: 255,200,0 or #ffc800 or gold (help; empty line ends)." in shown
    assert "\x1b[38;2;0;0;0;48;2;255;215;0m   Can you read this?   \x1b[0m   gold = 255,215,0" in shown
    assert "\x1b[38;2;255;255;255;48;2;26;43;60m   Can you read this?   \x1b[0m   #1a2b3c = 26,43,60" in shown
    assert re.search(r"\x1b\[1mDARK\x1b\[0m  [\d.]+ %", shown) and re.search(r"\x1b\[1mLIGHT\x1b\[0m  [\d.]+ %", shown)
    assert "contrast 15.0 to 1" in shown  # (0.7 + 0.05) / 0.05, by WCAG
    assert "error: purpel: this is no colour; did you mean purple? Try 255,200,0 or gold." in shown
    assert "Traceback" not in shown


def test_ctrl_c_ends_it_quietly(model, tmp_path):
    status, shown = on_terminal("shell", "--model", model, home=tmp_path, interrupt_at=b"> ")
    assert status == 0, shown
    assert shown.endswith("> \r\n")


def test_a_terminal_trains_first_and_edits_lines(tmp_path):
    status, shown = on_terminal(
        "shell", home=tmp_path, typed=(b"navi\x7fy\n", b"\x1b[A\n", b"\n")
    )  # up: the line before
    assert status == 0, shown
    assert re.search(TRAINED.replace("\n", "\r\n")[:40], shown), shown
    assert len(re.findall(r"navy = 0,0,128", shown)) == 2, shown


def test_a_terminal_without_colour_gets_a_line_of_text(model, tmp_path):
    status, shown = on_terminal("shell", "--model", model, home=tmp_path, TERM="dumb", typed=(b"gold\n", b"\n"))
    assert status == 0
    assert re.search(r"gold  255,215,0  DARK  [\d.]+ %\r\n", shown), shown
    status, shown = on_terminal("shell", "--model", model, home=tmp_path, NO_COLOR="1", typed=(b"gold\n", b"\n"))
    assert status == 0
    assert "DARK" in shown and "38;2;" not in shown


def test_it_trains_on_a_file_or_an_address(tmp_path):
    colors, labels = datasets.font_shade.make_table(161, seed=5)
    rows = "\n".join(f"{r},{g},{b},{label}" for (r, g, b), label in zip(colors, labels, strict=True))
    (tmp_path / "own.csv").write_text(f"RED,GREEN,BLUE,LIGHT_OR_DARK_FONT_IND\n{rows}\n", encoding="utf-8")
    assert "on 200 colours" in run("shell", "--data", tmp_path / "own.csv", stdin="").stderr
    url = "http://127.0.0.1:9/own.csv"  # nothing listens there
    said = fails("shell", "--data", url, status=1, http_proxy="", no_proxy="*", stdin="")
    assert said == f"error: {url} could not be downloaded.\n  given:    Connection refused\n"


def test_what_cannot_be_opened_is_said(tmp_path):
    assert fails("shell", "mnist") == (
        "error: DATASET: there is no shell for this data set.\n  expected: font-shade\n  given:    mnist\n"
        "  to fix:   onionskin show mnist shows its samples\n"
    )
    assert fails("shell", "--model", tmp_path / "new.txt") == (
        f"error: --model: a model is saved under a name that ends in .onionskin.\n  given:    {tmp_path}/new.txt\n"
    )
    Sequential([Input((5,)), Dense(1, "sigmoid")], name="five").save(tmp_path / "five.onionskin")
    assert fails("shell", "--model", tmp_path / "five.onionskin") == (
        "error: model 'five': this model was made for other data.\n  expected: samples of shape (5,)\n"
        "  given:    (3,)\n"
    )
    (tmp_path / "broken.onionskin").write_bytes(b"not a model")
    assert fails("shell", "--model", tmp_path / "broken.onionskin").startswith(f"error: {tmp_path}/broken.onionskin")


def test_the_same_seed_trains_the_same_network_and_another_does_not(tmp_path):
    def weights(name, seed):
        run("shell", "--model", tmp_path / name, "--seed", seed, stdin="")
        return models.load_model(tmp_path / name).get_weights()

    one, again, other = weights("a.onionskin", 3), weights("b.onionskin", 3), weights("c.onionskin", 4)
    for first, second in zip(one, again, strict=True):
        np.testing.assert_array_equal(first, second)
    assert not np.array_equal(one[0], other[0])


def test_a_program_without_standard_input_ends_at_once(model, tmp_path):
    code = (
        f"import sys; sys.stdin = None; sys.argv = ['onionskin', 'shell', '--model', {str(model)!r}]\n"
        "from onionskin.cli.__main__ import main; main()"
    )
    done = program(home=tmp_path, code=code)
    assert (done.returncode, done.stdout) == (0, b""), done.stderr


def test_names_and_commands_are_completed():
    complete = prompt._completer(["gold", "goldenrod", "green", "help"])
    assert [complete("go", state) for state in range(3)] == ["gold", "goldenrod", None]
    assert complete("HE", 0) == "help"
    assert complete("", 0) is None
