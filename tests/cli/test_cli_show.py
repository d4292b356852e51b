"""The command `show`: samples in the terminal and as files, and the words of what cannot be shown."""

from __future__ import annotations

import re

import numpy as np
import pytest

from onionskin import datasets, plot
from tests.cli.running import fails, on_terminal, works


def test_a_digit_is_drawn_in_the_terminal_under_its_label():
    (x, y), (x_test, y_test) = datasets.digits.load_data()
    shown = works("show", "digits", 3, 0)
    expected = [f"digits, train sample {k}: {y[k]}\n{plot.digit_text(x[k])}\n" for k in (3, 0)]
    assert shown == "".join(expected)
    assert works("show", "digits", 5, "--test") == (
        f"digits, test sample 5: {y_test[5]}\n{plot.digit_text(x_test[5])}\n"
    )
    assert works("show", "digits", 3, "--language", "ko").startswith(f"digits, 훈련 표본 3: {y[3]}\n")


@pytest.mark.parametrize("numbers", [[7], [7, 8, 9]])
def test_digits_are_written_as_a_picture(tmp_path, numbers):
    for suffix, start in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        path = tmp_path / "inside" / f"digits.{suffix}"
        shown = works("show", "digits", *numbers, "--output", path, "--style", "dark")
        assert shown.endswith(f"Written: {path}\n")
        assert path.read_bytes().startswith(start)


def test_colours_are_shown_as_their_numbers_or_a_swatch(tmp_path):
    (x, y), _ = datasets.font_shade.load_data()
    code = ",".join(str(int(one)) for one in x[0])
    name = ("light font", "dark font")[y[0]]
    assert works("show", "font-shade", 0) == f"font-shade, train sample 0: {name}\n{code}\n"
    status, shown = on_terminal("show", "font-shade", 0, home=tmp_path, TERM="xterm", COLORTERM="truecolor")
    assert status == 0
    assert f"48;2;{code.replace(',', ';')}m   Can you read this?   " in shown
    path = tmp_path / "colour.png"
    works("show", "font-shade", 0, "--output", path)
    pixels = pytest.importorskip("matplotlib.image").imread(path)
    middle = np.round(255 * pixels[pixels.shape[0] // 2, pixels.shape[1] // 2, :3])
    np.testing.assert_array_equal(middle, x[0])


SAID = [
    (
        ["digits", 1437],
        "error: NUMBER: there is no sample of this number.\n  expected: 0 to 1,436\n  given:    1,437\n",
    ),
    (
        ["digits", 360, "--test"],
        "error: NUMBER: there is no sample of this number.\n  expected: 0 to 359\n  given:    360\n",
    ),
    (
        ["digit", 0],
        "error: DATASET: there is no data set of this name.\n  given:    'digit'\n"
        "  to fix:   did you mean 'digits'? Known: digits, fashion-mnist, font-shade, mnist\n",
    ),
    (
        ["digits", 0, "--output", "a.gif"],
        "error: --output: a plot cannot be written in this format.\n"
        "  expected: a file name that ends in .png, .svg or .pdf\n  given:    'a.gif'\n",
    ),
    (
        ["digits", 0, "--window"],
        "error: --window: no window can be opened here.\n  given:    Matplotlib's backend agg\n"
        "  to fix:   write a file with --output, or install a toolkit such as PySide6 where there is a screen\n",
    ),
]


@pytest.mark.parametrize(("arguments", "words"), SAID)
def test_what_cannot_be_shown_is_said(arguments, words, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "agg")
    assert fails("show", *arguments) == words


def test_numbers_below_0_are_errors_of_usage():
    assert re.search(r"Invalid value for 'NUMBER\.\.\.'|No such option", fails("show", "digits", "-1"))
